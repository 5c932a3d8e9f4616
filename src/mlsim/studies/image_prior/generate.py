"""Damaged images with their clean ones: noise, hidden pixels, low resolution."""

import numpy as np
import xarray as xr

from mlsim.numerics.images.degradations import clipped, observed_around_hole, observed_pixels
from mlsim.studies.image_prior.settings import Data, Image, Task
from mlsim.training.seeding import numpy_generator

MULTIPLE = 32  # of the sides: five halvings


def generate(settings: Data, *, seed: int, photographs: list[np.ndarray] | None = None) -> xr.Dataset:
    """For each task the clean image, the observed one, and for inpainting the mask of what is seen.

    Args:
        settings: images and tasks.
        seed: of noise and masks, which depend on it and on the task's name alone.
        photographs: contents of the ``.png`` files that images name, in the images' order.
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
    """A photograph of scikit-image: rows, columns, and colours where it has some; values 0 to 255."""
    from skimage import data

    functions = {
        "astronaut": data.astronaut, "camera": data.camera, "cat": data.cat, "chelsea": data.chelsea,
        "coffee": data.coffee, "coins": data.coins, "hubble_deep_field": data.hubble_deep_field,
        "immunohistochemistry": data.immunohistochemistry, "moon": data.moon, "retina": data.retina,
        "rocket": data.rocket,
    }  # fmt: skip
    return functions[name]()


def part_of(photograph: np.ndarray, image: Image) -> np.ndarray:
    """The configured part: channels, rows, columns; values in [0, 1].

    Raises:
        ValueError: the photograph is smaller.
    """
    colours = photograph[..., None] if photograph.ndim == 2 else photograph[..., :3]
    sides = []
    for name, first, count, size in (
        ("rows", image.top, image.rows, colours.shape[0]),
        ("columns", image.left, image.columns, colours.shape[1]),
    ):
        count = count or (size - first) // MULTIPLE * MULTIPLE
        if count < 2 * MULTIPLE or first + count > size:
            raise ValueError(f"{name} is {count} from {first} on, of {size} in {image.source}: take fewer")
        sides.append(slice(first, first + count))
    return np.moveaxis(colours[sides[0], sides[1]], -1, 0).astype(np.float32) / np.float32(255.0)


def _damaged(name: str, task: Task, *, clean: np.ndarray, rng: np.random.Generator) -> dict[str, tuple]:
    dims = tuple(f"{each}_{name}" for each in ("channel", "row", "column"))
    about = {"units": "1", "long_name": "values in [0, 1]"}
    found: dict[str, tuple] = {f"clean_{name}": (dims, clean, about)}
    if task.kind == "denoise":
        noisy = clipped(clean, sigma=task.amount / 255.0, rng=rng).astype(np.float32)
        found[f"observed_{name}"] = (dims, noisy, about)
    elif task.kind == "inpaint":
        rows, columns = clean.shape[1:]
        random = task.hidden == "random"
        hidden = task.amount / 100.0
        seen = (
            observed_pixels(rows, columns, hidden=hidden, rng=rng)
            if random
            else observed_around_hole(rows, columns, hidden=hidden)
        )
        found[f"observed_{name}"] = (dims, (clean * seen).astype(np.float32), about)
        found[f"seen_{name}"] = (dims[1:], seen, {"units": "1", "long_name": "whether the pixel is seen"})
    else:
        small = (dims[0], f"low_{dims[1]}", f"low_{dims[2]}")
        low = resized(clean, rows=clean.shape[1] // int(task.amount), columns=clean.shape[2] // int(task.amount))
        found[f"observed_{name}"] = (small, low, about)
    return found


def resized(image: np.ndarray, *, rows: int, columns: int, method: str = "lanczos") -> np.ndarray:
    """The image in another size, channel by channel, by Pillow, cut to [0, 1].

    Args:
        image: channels, rows, columns.
        rows: of the result.
        columns: of the result.
        method: ``lanczos``, ``bicubic`` or ``nearest``.
    """
    from PIL import Image as Pillow

    filters = {
        "lanczos": Pillow.Resampling.LANCZOS,
        "bicubic": Pillow.Resampling.BICUBIC,
        "nearest": Pillow.Resampling.NEAREST,
    }
    channels = [
        np.asarray(Pillow.fromarray(each.astype(np.float32)).resize((columns, rows), filters[method])) for each in image
    ]
    return np.clip(np.stack(channels), 0.0, 1.0).astype(np.float32)
