"""Small colour images of textured shapes on a cluttered ground: a classification problem that needs no download.

A class is a shape with a texture. Everything else (pose, colours, ground, light) is random for each image.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8

SHAPES = ("disk", "square", "triangle", "star", "ring")
TEXTURES = ("stripes", "checks", "dots", "cloud")

Maps = Float[np.ndarray, "image row column"]
Colours = Float[np.ndarray, "image channel row column"]
PerImage = Float[np.ndarray, " image"]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Images, their classes, and what was drawn for them."""

    images: UInt8[np.ndarray, "image channel row column"]  # red, green and blue in 0..255
    labels: Int[np.ndarray, " image"]  # index of the class, all textures of a shape one after the other
    # pose and texture of each image, by name: ``scale``, ``centre_x``, ``centre_y``, ``angle``, ``aspect``, ``phase``,
    # ``direction``, ``frequency``, ``contrast``
    parameters: dict[str, PerImage]


def class_names(textures: Sequence[str]) -> list[str]:
    """Names of the classes in the order of their labels.

    >>> class_names(["stripes", "dots"])[:3]
    ['disk stripes', 'disk dots', 'square stripes']
    """
    return [f"{shape} {texture}" for shape in SHAPES for texture in textures]


def rendered_shapes(
    count: int, size: int, *, textures: Sequence[str], noise: float, rotation: float, rng: np.random.Generator
) -> Rendered:
    """Independent images in which every class occurs equally often, up to one, in random order.

    Pixel centres are ``2 (i + 1/2) / size - 1``, x along columns, y along rows.

    Args:
        count: number of images.
        size: pixels per side.
        textures: some of :data:`TEXTURES`.
        noise: standard deviation of the white noise of every pixel; values are from 0 to 1.
        rotation: largest rotation of a shape in radians, both ways.
        rng: source of the draws.

    Raises:
        ValueError: a texture is unknown.
    """
    unknown = set(textures) - set(TEXTURES)
    if unknown:
        raise ValueError(f"textures is {list(textures)}: allowed are {', '.join(TEXTURES)}")
    classes = len(SHAPES) * len(textures)
    labels = rng.permutation(np.arange(count) % classes)
    parameters = _parameters(count, rotation=rotation, rng=rng)
    mask = np.empty((count, size, size))
    pattern = np.empty((count, size, size))
    cloud = coloured_noise(count, size, exponent=2.2, rng=rng)
    for index in range(classes):
        chosen = labels == index
        of_class = {name: values[chosen] for name, values in parameters.items()}
        mask[chosen] = shape_mask(SHAPES[index // len(textures)], of_class, size=size)
        pattern[chosen] = texture(textures[index % len(textures)], of_class, cloud=cloud[chosen])
    values = _lit(mask, pattern, parameters["contrast"], rng=rng) + noise * rng.normal(size=(count, 3, size, size))
    images = np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)
    return Rendered(images=images, labels=labels, parameters=parameters)


def pixel_centres(size: int) -> Float[np.ndarray, " size"]:
    """Coordinates of the pixels of one row.

    >>> pixel_centres(2).tolist()
    [-0.5, 0.5]
    """
    return 2 * (np.arange(size) + 0.5) / size - 1


def shape_mask(shape: str, parameters: dict[str, PerImage], *, size: int) -> Maps:
    """Fraction of each pixel that one of :data:`SHAPES` covers: a sigmoid of its distance, about a pixel wide."""
    at = {name: values[:, None, None] for name, values in parameters.items()}
    centres = pixel_centres(size)
    dx, dy = centres - at["centre_x"], centres[:, None] - at["centre_y"]
    cos, sin = np.cos(at["angle"]), np.sin(at["angle"])
    u = at["aspect"] * (cos * dx + sin * dy) / at["scale"]
    w = (-sin * dx + cos * dy) / (at["scale"] * at["aspect"])
    return _sigmoid(-0.75 * size * at["scale"] * _distance(shape, u, w))


def _distance(shape: str, u: Maps, w: Maps) -> Maps:
    """Negative inside, in units of the shape's scale; a true distance near the outline only."""
    radius, polar = np.hypot(u, w), np.arctan2(w, u)
    if shape == "disk":
        return radius - 1
    if shape == "square":
        return np.maximum(np.abs(u), np.abs(w)) - 0.9
    if shape == "triangle":
        return radius * np.cos((polar + np.pi / 2) % (2 * np.pi / 3) - np.pi / 3) - 0.65
    if shape == "star":
        return radius - (0.82 + 0.38 * np.cos(5 * polar))
    return np.abs(radius - 0.78) - 0.32


def texture(name: str, parameters: dict[str, PerImage], *, cloud: Maps) -> Maps:
    """Pattern with values in (0, 1), fixed in the image and not in the shape.

    Args:
        name: one of :data:`TEXTURES`.
        parameters: ``phase``, ``direction`` and ``frequency`` (radians per half side).
        cloud: normal field for the texture of that name; its size is the image's.
    """
    phase, direction, frequency = (parameters[key][:, None, None] for key in ("phase", "direction", "frequency"))
    x, y = pixel_centres(cloud.shape[-1]), pixel_centres(cloud.shape[-1])[:, None]
    along = np.sin(frequency * (np.cos(direction) * x + np.sin(direction) * y) + phase)
    across = np.sin(frequency * (-np.sin(direction) * x + np.cos(direction) * y) + 2 * phase)
    if name == "stripes":
        return _sigmoid(4 * along)
    if name == "checks":
        return _sigmoid(6 * along * across)
    if name == "dots":
        return _sigmoid(5 * (along + across) - 3.5)
    return _sigmoid(1.6 * cloud)


def coloured_noise(count: int, size: int, *, exponent: float, rng: np.random.Generator) -> Maps:
    """Normal fields with power ``|f|^-exponent``, zero mean and unit standard deviation each."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size))
    frequency[0, 0] = 1.0
    gain = frequency ** (-exponent / 2)
    gain[0, 0] = 0.0
    spectrum = np.fft.rfft2(rng.normal(size=(count, size, size)))
    fields = np.fft.irfft2(gain * spectrum, s=(size, size))
    return fields / fields.std(axis=(1, 2), keepdims=True)


def _parameters(count: int, *, rotation: float, rng: np.random.Generator) -> dict[str, PerImage]:
    ranges = {
        "scale": (0.42, 0.72),
        "centre_x": (-0.25, 0.25),
        "centre_y": (-0.25, 0.25),
        "angle": (-rotation, rotation),
        "aspect": (0.85, 1.18),
        "phase": (0.0, 2 * np.pi),
        "direction": (0.0, 2 * np.pi),
        "frequency": (0.8 * np.pi * 3.5, 0.8 * np.pi * 6.0),
        "contrast": (0.45, 0.9),
    }
    return {name: rng.uniform(low, high, size=count) for name, (low, high) in ranges.items()}


def _lit(mask: Maps, pattern: Maps, contrast: PerImage, *, rng: np.random.Generator) -> Colours:
    """Object and ground in random colours, under light of random strength."""
    count, size, _ = mask.shape
    x, y = pixel_centres(size), pixel_centres(size)[:, None]
    drawn = {"ground": (0.15, 0.85), "slope_x": (-0.15, 0.15), "slope_y": (-0.15, 0.15), "clutter": (0.02, 0.07)}
    drawn |= {"middle": (0.25, 0.75)}
    per_channel = {key: rng.uniform(low, high, size=(count, 3, 1, 1)) for key, (low, high) in drawn.items()}
    fields = coloured_noise(3 * count, size, exponent=2.0, rng=rng).reshape(count, 3, size, size)
    clutter = per_channel["clutter"] * fields
    ground = per_channel["ground"] + per_channel["slope_x"] * x + per_channel["slope_y"] * y + clutter
    colour = rng.normal(size=(count, 3, 1, 1))
    colour *= contrast[:, None, None, None] / np.linalg.norm(colour, axis=1, keepdims=True)
    inside = per_channel["middle"] + colour * (pattern[:, None] - 0.5) + 0.5 * clutter
    light = 1 + rng.uniform(-0.15, 0.15, size=(count, 1, 1, 1))
    return light * (ground + mask[:, None] * (inside - ground))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))
