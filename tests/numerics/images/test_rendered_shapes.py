"""Rendered images: classes in equal numbers, areas of the shapes, spectra of the noise, equal seeds."""

import numpy as np
import pytest

from mlsim.numerics.images.rendered_shapes import (
    SHAPES,
    TEXTURES,
    class_names,
    coloured_noise,
    pixel_centres,
    rendered_shapes,
    shape_mask,
    texture,
)


def drawn(count=60, size=32, seed=0, **changes):
    options = {"textures": ("stripes", "dots"), "noise": 0.01, "rotation": 0.4} | changes
    return rendered_shapes(count, size, rng=np.random.default_rng(seed), **options)


def pose(scale=0.6, angle=0.0, aspect=1.0, centre=(0.0, 0.0)):
    values = {"scale": scale, "angle": angle, "aspect": aspect, "centre_x": centre[0], "centre_y": centre[1]}
    return {name: np.array([value]) for name, value in values.items()}


def area(mask: np.ndarray) -> float:
    """On a square of side 2."""
    return float(4 * mask.mean())


def test_equal_seeds_give_equal_images_and_others_do_not():
    first, again, other = drawn(), drawn(), drawn(seed=1)
    np.testing.assert_array_equal(first.images, again.images)
    assert (first.images != other.images).mean() > 0.9


def test_every_class_occurs_equally_often_up_to_one():
    counts = np.bincount(drawn(64).labels, minlength=10)
    assert counts.sum() == 64
    assert counts.max() - counts.min() == 1
    assert len(class_names(TEXTURES)) == 20


def test_images_use_the_whole_range():
    images = drawn().images
    assert images.shape == (60, 3, 32, 32)
    assert images.dtype == np.uint8
    assert images.min() < 20
    assert images.max() > 235


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("disk", np.pi), ("square", 1.8**2), ("triangle", 3 * np.sqrt(3) * 0.65**2), ("ring", np.pi * (1.1**2 - 0.46**2))],
)
def test_shapes_cover_their_area(shape, expected):
    # the soft edge of a pixel's width cancels along straight lines, and to second order along curves
    for angle, aspect in ((0.0, 1.0), (0.4, 1.15)):
        mask = shape_mask(shape, pose(scale=0.6, angle=angle, aspect=aspect), size=256)
        assert area(mask) == pytest.approx(0.36 * expected, rel=5e-3)


def test_a_star_covers_the_area_of_its_polar_curve():
    # half the integral of (0.82 + 0.38 cos 5 a)^2 over the angle
    expected = 0.36 * np.pi * (0.82**2 + 0.38**2 / 2)
    assert area(shape_mask("star", pose(), size=256)) == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_move_with_their_centre(shape):
    size = 64
    at_origin = shape_mask(shape, pose(scale=0.5), size=size)
    moved = shape_mask(shape, pose(scale=0.5, centre=(8 / size, -4 / size)), size=size)
    # 8 / size is four pixels to the right, -4 / size two up
    np.testing.assert_allclose(moved[0, :-2, 4:], at_origin[0, 2:, :-4], atol=1e-12)


def test_a_square_turned_by_a_right_angle_is_itself():
    one, other = (shape_mask("square", pose(angle=angle), size=32) for angle in (0.0, np.pi / 2))
    np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("name", TEXTURES)
def test_textures_stay_between_zero_and_one_and_vary(name):
    parameters = {"phase": np.array([0.3]), "direction": np.array([1.0]), "frequency": np.array([12.0])}
    cloud = coloured_noise(1, 64, exponent=2.2, rng=np.random.default_rng(0))
    pattern = texture(name, parameters, cloud=cloud)
    assert 0 < pattern.min() < 0.1
    assert 0.75 < pattern.max() < 1


def test_coloured_noise_has_its_spectrum_zero_mean_and_unit_deviation():
    fields = coloured_noise(400, 32, exponent=2.0, rng=np.random.default_rng(0))
    np.testing.assert_allclose(fields.mean(axis=(1, 2)), 0, atol=1e-13)
    np.testing.assert_allclose(fields.std(axis=(1, 2)), 1, rtol=1e-12)
    power = (np.abs(np.fft.fft2(fields)) ** 2).mean(axis=0)
    # doubling the frequency divides the power by four; 400 fields leave errors of a tenth
    assert power[0, 2] / power[0, 4] == pytest.approx(4, rel=0.25)


def test_pixels_are_centred():
    assert pixel_centres(5).sum() == pytest.approx(0, abs=1e-15)


def test_an_unknown_texture_is_refused():
    with pytest.raises(ValueError, match="textures"):
        drawn(textures=("fur",))
