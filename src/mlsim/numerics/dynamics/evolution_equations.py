"""Evolution equations on periodic intervals and squares, with their true terms, solved in Fourier space."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact

from mlsim.numerics.dynamics.exponential_runge_kutta import Nonlinear, etdrk4

DIFFUSION = 0.1  # of the reaction-diffusion system


@dataclass(frozen=True, kw_only=True, eq=False)
class Evolution:
    """An evolution equation with the data from which it is to be recovered."""

    fields: tuple[str, ...]  # names of the unknowns
    origin: float  # first grid point along each axis
    period: float  # length of the domain along each axis
    start: Callable[..., np.ndarray]  # initial fields from the coordinates of the grid, one array per axis
    linear: Callable[..., np.ndarray]  # ``L`` from the wave numbers, one array per axis
    # ``N`` on Fourier coefficients, from the wave numbers and the transforms to and from space
    nonlinear: Callable[..., Nonlinear]
    # true coefficients of the time derivative of each unknown, by the name of the term
    terms: tuple[Mapping[str, complex], ...]
    dimension: int = 1
    real: bool = True  # whether the unknowns are real

    def grid(self, points: int) -> Float[np.ndarray, " points"]:
        """Points of one axis."""
        return self.origin + self.period * np.arange(points) / points

    def wave_numbers(self, points: int) -> list[Float[np.ndarray, "..."]]:
        """Wave numbers along each axis, broadcastable; the last axis has the half of them where fields are real."""
        whole = 2 * np.pi * np.fft.fftfreq(points, self.period / points)
        half = 2 * np.pi * np.fft.rfftfreq(points, self.period / points)
        # the largest wave number is its own negative, so that odd derivatives have none there
        whole[points // 2] = half[points // 2] = 0.0
        axes = [whole] * (self.dimension - 1) + [half if self.real else whole]
        return [k.reshape([-1 if i == j else 1 for j in range(self.dimension)]) for i, k in enumerate(axes)]


def solution(
    equation: Evolution,
    *,
    points: int,
    times: Float[np.ndarray, " times"],
    substeps: int,
    start: np.ndarray | None = None,
) -> Inexact[np.ndarray, "times fields *points"]:
    """Fields at equally spaced times, by ETDRK4 with ``substeps`` steps from each time to the next.

    Products are cut off at two thirds of the largest wave number, so that they are free of aliases. The number of grid
    ``points`` per axis is even; the first time is that of the initial fields, ``start`` or those of the equation.
    """
    axes = tuple(range(-equation.dimension, 0))
    shape = (points,) * equation.dimension
    wave = equation.wave_numbers(points)
    resolved = np.ones((), dtype=bool)
    for k in wave:
        resolved = resolved & (np.abs(k) < 2 / 3 * np.pi * points / equation.period)

    def forward(u: np.ndarray) -> np.ndarray:
        return np.fft.rfftn(u, axes=axes) if equation.real else np.fft.fftn(u, axes=axes)

    def backward(v: np.ndarray) -> np.ndarray:
        return np.fft.irfftn(v, s=shape, axes=axes) if equation.real else np.fft.ifftn(v, axes=axes)

    nonlinear = equation.nonlinear(*wave, forward=lambda u: resolved * forward(u), backward=backward)
    advance = etdrk4(equation.linear(*wave), nonlinear, step=float(times[1] - times[0]) / substeps)
    if start is None:
        grids = np.meshgrid(*[equation.grid(points)] * equation.dimension, indexing="ij")
        start = equation.start(*grids)
    v, fields = forward(start), [start]
    for _ in times[1:]:
        for _ in range(substeps):
            v = advance(v)
        fields.append(backward(v))
    return np.stack(fields)


def _transport(speed: float) -> Callable[..., Nonlinear]:
    """``N = -(speed / 2) (u^2)_x``."""

    def nonlinear(k: np.ndarray, *, forward: Callable, backward: Callable) -> Nonlinear:
        factor = -0.5j * speed * k
        return lambda v: factor * forward(backward(v) ** 2)

    return nonlinear


def soliton(x: np.ndarray, *, speed: float, place: float) -> np.ndarray:
    """The travelling wave of ``u_t + 6 u u_x + u_xxx = 0``: ``c/2 sech^2(sqrt(c)/2 (x - a))``."""
    return speed / 2 / np.cosh(np.sqrt(speed) / 2 * (x - place)) ** 2


def _focusing(_k: np.ndarray, *, forward: Callable, backward: Callable) -> Nonlinear:
    """``N = i |u|^2 u``."""

    def nonlinear(v: np.ndarray) -> np.ndarray:
        u = backward(v)
        return 1j * forward(np.abs(u) ** 2 * u)

    return nonlinear


def _rotation(*_wave: np.ndarray, forward: Callable, backward: Callable) -> Nonlinear:
    """``N = ((1 - A) u + A v, -A u + (1 - A) v)`` with ``A = u^2 + v^2``."""

    def nonlinear(spectrum: np.ndarray) -> np.ndarray:
        u, v = backward(spectrum)
        a = u**2 + v**2
        return forward(np.stack([(1 - a) * u + a * v, -a * u + (1 - a) * v]))

    return nonlinear


def _spiral(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    return np.tanh(radius) * np.stack([np.cos(angle - radius), np.sin(angle - radius)])


# sources: Rudy, Brunton, Proctor, Kutz, Sci. Adv. 3 (2017), domains and times there; the initial data of KdV and KS
# are fitted to the first snapshot of the authors' files
EVOLUTIONS: dict[str, Evolution] = {
    "burgers": Evolution(
        fields=("u",),
        origin=-8.0,
        period=16.0,
        start=lambda x: np.exp(-((x + 2) ** 2))[None],
        linear=lambda k: -0.1 * k**2,
        nonlinear=_transport(1.0),
        terms=({"uu_x": -1.0, "u_xx": 0.1},),
    ),
    "kdv": Evolution(
        fields=("u",),
        origin=-30.0,
        period=60.0,
        start=lambda x: (soliton(x, speed=1.0, place=-20.0) + soliton(x, speed=0.5, place=5.0))[None],
        linear=lambda k: 1j * k**3,
        nonlinear=_transport(6.0),
        terms=({"uu_x": -6.0, "u_xxx": -1.0},),
    ),
    "ks": Evolution(
        fields=("u",),
        origin=32 * np.pi / 1024,
        period=32 * np.pi,
        start=lambda x: (np.cos(x / 16) * (1 + np.sin(x / 16)))[None],
        linear=lambda k: k**2 - k**4,
        nonlinear=_transport(1.0),
        terms=({"uu_x": -1.0, "u_xx": -1.0, "u_xxxx": -1.0},),
    ),
    "nls": Evolution(
        fields=("u",),
        origin=-5.0,
        period=10.0,
        start=lambda x: 2 / np.cosh(x)[None] + 0j,
        linear=lambda k: -0.5j * k**2,
        nonlinear=_focusing,
        terms=({"u_xx": 0.5j, "u|u|^2": 1j},),
        real=False,
    ),
    "reaction_diffusion": Evolution(
        fields=("u", "v"),
        origin=-10.0,
        period=20.0,
        start=_spiral,
        linear=lambda kx, ky: -DIFFUSION * (kx**2 + ky**2),
        nonlinear=_rotation,
        terms=(
            {"u": 1.0, "u^3": -1.0, "uv^2": -1.0, "u^2v": 1.0, "v^3": 1.0, "u_xx": DIFFUSION, "u_yy": DIFFUSION},
            {"v": 1.0, "u^3": -1.0, "uv^2": -1.0, "u^2v": -1.0, "v^3": -1.0, "v_xx": DIFFUSION, "v_yy": DIFFUSION},
        ),
        dimension=2,
    ),
}
