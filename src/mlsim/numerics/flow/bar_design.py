"""A given amount of conductive material along a heated bar: the design with the least thermal compliance.

``-(k u')' = f`` on the unit interval, both ends cooled, ``u(0) = u(1) = 0``; the bar consists of equal segments with
one ``k`` each, of mean one. The compliance is ``C = int f u``. With
``F(x) = int_0^x f`` the flux is ``F - c``, and by the principle of complementary energy

    C(k) = min_c sum_s A_s(c) / k_s,    A_s(c) = int over segment s of (F - c)^2.

For fixed c the best design is ``k_s ~ sqrt(A_s(c))``, so that the least compliance is
``min_c (sum_s sqrt(h A_s(c)))^2`` with ``h`` the length of a segment: a convex function of one number. For uniform heat
c is 1/2 by symmetry, and all is in closed form; with ever more segments, ``k = 4 |x - 1/2|`` and ``C = 1/16``, where a
uniform bar has 1/12.
"""

import numpy as np
from jaxtyping import Float, Inexact
from scipy.optimize import minimize_scalar

Parameters = Float[np.ndarray, " parameters"]
Candidates = Inexact[np.ndarray, "candidates parameters"]
Segments = Float[np.ndarray, " segments"]


class HeatedBar:
    """Compliance of designs for one distribution of heat, and the best design.

    Args:
        heat: ``f`` in equal cells, not negative, somewhere positive.
        segments: their number, a divisor of that of the cells.

    >>> bar = HeatedBar(np.ones(8), segments=2)
    >>> [round(float(C), 12) for C in 144 * bar.compliance(np.array([[1.0, 1.0], [0.5, 1.5]]))]
    [12.0, 13.0]
    """

    def __init__(self, heat: Float[np.ndarray, " cells"], *, segments: int) -> None:
        if segments < 1 or len(heat) % segments:
            raise ValueError(f"segments is {segments}: allowed are divisors of the number of cells, {len(heat)}")
        cells = len(heat)
        flow = np.concatenate([[0.0], np.cumsum(heat)]) / cells
        left, right = flow[:-1], flow[1:]
        squares = (left**2 + left * right + right**2) / (3 * cells)
        self._length = 1.0 / segments
        self._total = float(flow[-1])
        self._square = squares.reshape(segments, -1).sum(axis=1)
        self._linear = ((left + right) / (2 * cells)).reshape(segments, -1).sum(axis=1)

    @property
    def segments(self) -> int:
        """Number of segments."""
        return len(self._square)

    def compliance(
        self, conductivity: Inexact[np.ndarray, "candidates segments"]
    ) -> Inexact[np.ndarray, " candidates"]:
        """``C`` of each design; positive conductivities."""
        resistance = 1.0 / conductivity
        return resistance @ self._square - (resistance @ self._linear) ** 2 / (self._length * resistance.sum(axis=-1))

    def slopes(self, conductivity: Segments) -> Segments:
        """``dC/dk_s = -A_s(c) / k_s^2`` at the c of the design: the flux is stationary, so it needs no adjoint."""
        return -self._flux_squares(self._constant(conductivity)) / conductivity**2

    def improved(self, conductivity: Segments) -> Segments:
        """Next design by optimality criteria: ``k_s sqrt(-dC/dk_s)``, scaled to mean one."""
        return _of_mean_one(conductivity * np.sqrt(-self.slopes(conductivity)))

    def optimum(self) -> Segments:
        """Design with the least compliance of all."""

        def root(c: float) -> float:
            return float(np.sqrt(np.maximum(self._flux_squares(c), 0.0)).sum())

        best = minimize_scalar(root, bounds=(0.0, self._total), method="bounded", options={"xatol": 1e-12})
        return _of_mean_one(np.sqrt(self._flux_squares(float(best.x))))

    def _constant(self, conductivity: Segments) -> float:
        return float((self._linear / conductivity).sum() / (self._length / conductivity).sum())

    def _flux_squares(self, c: float) -> Segments:
        return self._square - 2.0 * c * self._linear + c * c * self._length


class BarObjective:
    """Fraction of the possible gain that a design lacks: one for the uniform bar, zero for the best design.

    The segments have ``k_s = m exp(theta_s) / sum_t exp(theta_t)``, m their number: the amount of material is constant.
    """

    def __init__(self, bar: HeatedBar) -> None:
        self._bar = bar
        best, uniform = bar.compliance(np.stack([bar.optimum(), np.ones(bar.segments)]))
        self._best, self._gain = float(best), float(uniform - best)

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return self._bar.segments

    def design(self, theta: Candidates) -> Inexact[np.ndarray, "candidates segments"]:
        """Conductivities."""
        # shifted by the largest, so that nothing overflows
        power = np.exp(theta - np.real(theta).max(axis=-1, keepdims=True))
        return power / power.mean(axis=-1, keepdims=True)

    def values(self, theta: Candidates) -> Inexact[np.ndarray, " candidates"]:
        """Fraction of the gain that each candidate lacks."""
        return (self._bar.compliance(self.design(theta)) - self._best) / self._gain

    def value_and_gradient(self, theta: Parameters) -> tuple[float, Parameters]:
        """Value and gradient of one candidate."""
        k = self.design(theta[None])[0]
        weighted = self._bar.slopes(k) * k
        return float(self.values(theta[None])[0]), (weighted - k * weighted.mean()) / self._gain

    def improved(self, theta: Parameters) -> Parameters:
        """Next candidate by optimality criteria."""
        return np.log(self._bar.improved(self.design(theta[None])[0]))


def _of_mean_one(conductivity: Segments) -> Segments:
    return conductivity / conductivity.mean()
