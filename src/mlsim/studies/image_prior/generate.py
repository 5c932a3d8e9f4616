"""Damaged images with their clean ones: noise, hidden pixels, low resolution."""

import numpy as np
import xarray as xr

from mlsim.numerics.images.degradations import clipped, observed_around_hole, observed_pixels
from mlsim.studies.image_prior.settings import Data, Image, Task
from mlsim.training.seeding import numpy_generator

MULTIPLE = 32  # of the sides: five halvings


def generate(settings: Data, *, seed: int, photographs: list[np.ndarray] | None = None) -> xr.Dataset:
    """For each task the clean image, the observed one, and for inpainting the mask of the observed pixels.

    Args:
        settings: images and tasks.
        seed: seed of noise and masks, which depend on the seed and the name of the task alone.
        photographs: contents of the ``.png`` files, in the order of the images.
    """
    files = iter(photographs or ())
    pictures = {
        name: part_of(next(files) if image.source.endswith(".png") else bundled(image.source), image)
        for name, image in settings.images.items()
    }
    variables: dict[str, tuple] = {}
    for name, task in settings.tasks.items():
        variables |= _damaged(name, task, clean=pictures[task.image], rng=numpy_generator(seed, "damage", name))
    return xr.Dataset(variables)


def bundled(name: str) -> np.ndarray:
    """A photograph of scikit-image: rows, columns, and colours if there are any; values 0 to 255."""
    from skimage import data

    return getattr(data, name)()


def part_of(photograph: np.ndarray, image: Image) -> np.ndarray:
    """The configured part: channels, rows, columns; values in [0, 1].

    Raises:
        ValueError: the photograph is smaller.
    """
    colours = photograph[..., None] if photograph.ndim == 2 else photograph[..., :3]
    sides = []
    parts = {"rows": (image.top, image.rows), "columns": (image.left, image.columns)}
    for (name, (first, count)), size in zip(parts.items(), colours.shape[:2], strict=True):
        count = count or (size - first) // MULTIPLE * MULTIPLE
        if count < 2 * MULTIPLE or first + count > size:
            raise ValueError(f"{name} is {count} from {first} on, of {size} in {image.source}: take fewer")
        sides.append(slice(first, first + count))
    return np.moveaxis(colours[sides[0], sides[1]], -1, 0).astype(np.float32) / np.float32(255.0)


def _damaged(name: str, task: Task, *, clean: np.ndarray, rng: np.random.Generator) -> dict[str, tuple]:
    dims = tuple(f"{axis}_{name}" for axis in ("channel", "row", "column"))
    about = {"units": "1", "long_name": "values in [0, 1]"}
    rows, columns = clean.shape[1:]
    variables: dict[str, tuple] = {f"clean_{name}": (dims, clean, about)}
    if task.kind == "denoise":
        observed = clipped(clean, sigma=task.amount / 255.0, rng=rng).astype(np.float32)
    elif task.kind == "inpaint":
        hidden = task.amount / 100.0
        if task.hidden == "random":
            mask = observed_pixels(rows, columns, hidden=hidden, rng=rng)
        else:
            mask = observed_around_hole(rows, columns, hidden=hidden)
        observed = (clean * mask).astype(np.float32)
        variables[f"mask_{name}"] = (dims[1:], mask, {"units": "1", "long_name": "whether the pixel is observed"})
    else:
        factor = int(task.amount)
        observed = resized(clean, rows=rows // factor, columns=columns // factor)
        dims = (dims[0], f"low_{dims[1]}", f"low_{dims[2]}")
    return {**variables, f"observed_{name}": (dims, observed, about)}


def resized(image: np.ndarray, *, rows: int, columns: int, method: str = "lanczos") -> np.ndarray:
    """The image ``(channels, rows, columns)`` in another size, by Pillow, clipped to [0, 1].

    ``method`` is ``lanczos``, ``bicubic`` or ``nearest``.
    """
    from PIL import Image as Pillow

    filters = {
        "lanczos": Pillow.Resampling.LANCZOS,
        "bicubic": Pillow.Resampling.BICUBIC,
        "nearest": Pillow.Resampling.NEAREST,
    }
    channels = [Pillow.fromarray(channel.astype(np.float32)) for channel in image]
    resampled = np.stack([np.asarray(channel.resize((columns, rows), filters[method])) for channel in channels])
    return np.clip(resampled, 0.0, 1.0).astype(np.float32)
