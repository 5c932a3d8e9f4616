"""The images: rendered, or the user's photographs."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import xarray as xr
from msgspec.structs import asdict

from mlsim.logs import progress
from mlsim.numerics.images.rendered_shapes import Rendered, class_names, rendered_shapes
from mlsim.studies.adversarial.settings import Drawing, Parts, Photographs, Rendering
from mlsim.training.seeding import numpy_generator
from mlsim.user_files import PhotographFolder

Part = Literal["test", "selection", "train"]
# images that are drawn together: the first blocks of a part do not depend on how many follow
BLOCK = 100
ANGLES = ("angle", "phase", "direction")


def generate(settings: Drawing, *, seed: int) -> xr.Dataset:
    """Rendered images of all parts, one after the other, with the drawn pose and texture of each."""
    parts = asdict(settings.parts)
    images = _joined([_rendered(settings.rendering, part, count, seed=seed) for part, count in parts.items()])
    data = _dataset(images.images, images.labels, parts=settings.parts, names=class_names(settings.rendering.textures))
    for name, values in images.parameters.items():
        about = {"units": "rad" if name in ANGLES else "1", "long_name": f"{name} of shape or texture"}
        data[name] = ("sample", values.astype(np.float32), about)
    return data


def photographs(settings: Photographs, *, images: PhotographFolder) -> xr.Dataset:
    """Photographs from all over a folder, in a fixed random order, scaled and cut to squares.

    Args:
        settings: numbers and size.
        images: the photographs. Folders are classes in the order of their names, as in torchvision; files are
            taken at equal distances in the order of their names, so that every class is represented.

    Raises:
        ValueError: there are too few.
    """
    count, size, names = settings.parts.total, settings.size, images.folders
    if len(images) < count:
        raise ValueError(f"the folder of images holds {len(images)}: parts asks for {count}")
    pictures = np.empty((count, 3, size, size), dtype=np.uint8)
    labels = np.empty(count, dtype=np.int64)
    chosen = np.arange(count) * len(images) // count
    for sample, index in enumerate(progress(chosen.tolist(), total=count, label="photographs")):
        folder, picture = images[index]
        pictures[sample] = np.moveaxis(cut(picture, size), -1, 0)
        labels[sample] = names.index(folder)
    order = numpy_generator(0, "photographs").permutation(count)
    return _dataset(pictures[order], labels[order], parts=settings.parts, names=names)


def cut(picture: np.ndarray, size: int) -> np.ndarray:
    """A square of ``size`` pixels from the middle, after scaling the shorter side to ``size / 0.875``.

    Source:
        The usual evaluation on ImageNet: 256 and 224 pixels.
    """
    from PIL import Image

    whole = Image.fromarray(picture)
    scale = size / 0.875 / min(whole.size)
    width, height = (max(size, round(side * scale)) for side in whole.size)
    left, top = (width - size) // 2, (height - size) // 2
    scaled = whole.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(scaled.crop((left, top, left + size, top + size)))


def members(data: xr.Dataset, part: Part) -> slice:
    """Samples of a part."""
    parts = ("test", "selection", "train")
    first = sum(int(data.attrs[name]) for name in parts[: parts.index(part)])
    return slice(first, first + int(data.attrs[part]))


def _rendered(rendering: Rendering, part: str, count: int, *, seed: int) -> Rendered:
    """The images of one part."""
    blocks = [
        rendered_shapes(
            BLOCK,
            rendering.size,
            textures=rendering.textures,
            noise=rendering.noise,
            rotation=rendering.rotation,
            rng=numpy_generator(seed, "images", part, index),
        )
        for index in range(-(-count // BLOCK))
    ]
    return _joined(blocks, count)


def _joined(blocks: Sequence[Rendered], count: int | None = None) -> Rendered:
    """All images of several blocks, or the first of them."""
    return Rendered(
        images=np.concatenate([block.images for block in blocks])[:count],
        labels=np.concatenate([block.labels for block in blocks])[:count],
        parameters={
            name: np.concatenate([block.parameters[name] for block in blocks])[:count] for name in blocks[0].parameters
        },
    )


def _dataset(images: np.ndarray, labels: np.ndarray, *, parts: Parts, names: list[str]) -> xr.Dataset:
    about = {"units": "1/255", "long_name": "red, green, blue"}
    variables = {
        "image": (("sample", "channel", "row", "column"), images, about),
        "label": ("sample", labels, {"units": "1", "long_name": "class"}),
    }
    return xr.Dataset(variables, attrs=asdict(parts) | {"classes": names})
