"""The images: rendered, or the user's photographs."""

from typing import Literal

import numpy as np
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.images.rendered_shapes import Rendered, class_names, rendered_shapes
from mlsim.studies.adversarial.settings import Drawing, Parts, Photographs
from mlsim.training.seeding import numpy_generator
from mlsim.user_files import PhotographFolder

Part = Literal["test", "selection", "train"]
# images that are drawn together: the first blocks of a part do not depend on how many follow
BLOCK = 100


def generate(settings: Drawing, *, seed: int) -> xr.Dataset:
    """Rendered images of all parts, one after the other, with what was drawn for each of them."""
    parts = {"test": settings.parts.test, "selection": settings.parts.selection, "train": settings.parts.train}
    blocks: list[Rendered] = []
    for part, count in parts.items():
        drawn = [_block(settings, part, index, seed=seed) for index in range(-(-count // BLOCK))]
        drawn[-1] = _first(drawn[-1], count - BLOCK * (len(drawn) - 1))
        blocks += drawn
    variables = {
        "image": (("sample", "channel", "row", "column"), np.concatenate([block.images for block in blocks])),
        "label": (("sample",), np.concatenate([block.labels for block in blocks])),
    }
    about = {"image": ("1/255", "red, green, blue"), "label": ("1", "class")}
    for name in blocks[0].parameters:
        values = np.concatenate([block.parameters[name] for block in blocks]).astype(np.float32)
        variables[name] = (("sample",), values)
        about[name] = ("rad" if name in ("angle", "phase", "direction") else "1", f"{name} of shape or texture")
    return _described(variables, about, parts=settings.parts, names=class_names(settings.rendering.textures))


def photographs(settings: Photographs, *, images: PhotographFolder) -> xr.Dataset:
    """Photographs from all over a folder, in a random order that depends on nothing, scaled and cut to squares.

    Args:
        settings: numbers and size.
        images: the photographs. Folders stand for classes in the order of their names, as in torchvision; files are
            taken at equal distances in the order of their names, so that every class has its share.

    Raises:
        ValueError: there are too few.
    """
    parts, size = settings.parts, settings.size
    count = parts.test + parts.selection + parts.train
    if len(images) < count:
        raise ValueError(f"the folder of images holds {len(images)}: parts asks for {count}")
    pictures = np.empty((count, 3, size, size), dtype=np.uint8)
    labels = np.empty(count, dtype=np.int64)
    names = images.folders
    chosen = np.arange(count) * len(images) // count
    for place, index in enumerate(progress(chosen.tolist(), total=count, label="photographs")):
        folder, picture = images[index]
        pictures[place] = np.moveaxis(cut(picture, size), -1, 0)
        labels[place] = names.index(folder)
    order = numpy_generator(0, "photographs").permutation(count)
    variables = {
        "image": (("sample", "channel", "row", "column"), pictures[order]),
        "label": (("sample",), labels[order]),
    }
    about = {"image": ("1/255", "red, green, blue"), "label": ("1", "class")}
    return _described(variables, about, parts=parts, names=names)


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
    return np.asarray(
        whole.resize((width, height), Image.Resampling.BILINEAR).crop((left, top, left + size, top + size))
    )


def members(data: xr.Dataset, part: Part) -> slice:
    """Samples of a part."""
    bounds = np.cumsum([0, *(int(data.attrs[name]) for name in ("test", "selection", "train"))]).tolist()
    place = ("test", "selection", "train").index(part)
    return slice(bounds[place], bounds[place + 1])


def _block(settings: Drawing, part: str, index: int, *, seed: int) -> Rendered:
    look = settings.rendering
    return rendered_shapes(
        BLOCK,
        look.size,
        textures=look.textures,
        noise=look.noise,
        rotation=look.rotation,
        rng=numpy_generator(seed, "images", part, index),
    )


def _first(block: Rendered, count: int) -> Rendered:
    parameters = {name: values[:count] for name, values in block.parameters.items()}
    return Rendered(images=block.images[:count], labels=block.labels[:count], parameters=parameters)


def _described(variables: dict, about: dict[str, tuple[str, str]], *, parts: Parts, names: list[str]) -> xr.Dataset:
    data = xr.Dataset(variables)
    for name, (units, long_name) in about.items():
        data[name].attrs = {"units": units, "long_name": long_name}
    counts = {"test": parts.test, "selection": parts.selection, "train": parts.train}
    return data.assign_attrs(counts | {"classes": names})
