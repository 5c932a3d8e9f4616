"""Direct methods for the same problems: a tridiagonal solve, kernel ridge regression, a solve on a coarse grid."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.linalg import solveh_banded

from mlsim.numerics.estimation.kernel_ridge import (
    canonical_shifts,
    in_canonical_frame,
    kernel_ridge,
    moved,
    validated_length_scale,
)
from mlsim.numerics.estimation.relative_errors import mean_relative_error, relative_error
from mlsim.numerics.periodic.trigonometric_interpolation import resampled
from mlsim.numerics.waves.schroedinger import ground_states
from mlsim.studies.landscape.problems import poisson_points, poisson_solution
from mlsim.studies.landscape.settings import Network, Poisson, Problems

# candidates of the length scale, in units of the inputs' standard deviation
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, kw_only=True)
class Solved:
    """Result of one direct method.

    Attributes:
        method: its name.
        error: relative error, as for the networks.
        operations: arithmetic operations of the solve, the choice of a length scale included; NaN where not counted.
    """

    method: str
    error: float
    operations: float = float("nan")


def classical(network: Network, settings: Problems, *, data: xr.Dataset) -> list[Solved]:
    """The direct methods on the problem of a network."""
    if network in ("pinn", "data_fit"):
        return [tridiagonal_solve(settings.poisson)]
    if network == "relu":
        return [_function_kernel(data)]
    return [_state_kernel(data), _coarse_solve(settings, data=data)]


def tridiagonal_solve(settings: Poisson) -> Solved:
    """Second differences at the points of the equation, with an odd continuation of the solution beyond the ends.

    Elimination takes ``3 (n - 1)`` operations, the two substitutions ``5 n - 4``.
    """
    x, n = poisson_points(settings), settings.points
    exact, forcing = (poisson_solution(settings, x, forcing=flag).numpy()[:, 0] for flag in (False, True))
    bands = np.full((2, n), -1.0)
    bands[1] = 2.0
    bands[1, [0, -1]] = 3.0
    error = relative_error(solveh_banded(bands * n**2, forcing), exact)
    return Solved(method="tridiagonal_solve", error=error, operations=8 * n - 7)


def _function_kernel(data: xr.Dataset) -> Solved:
    """Kernel ridge regression; errors are relative to all values together, since some are near zero."""
    x, y = data["x_train"].values, data["y_train"].values[:, None]
    scale, operations = _chosen_scale(x, y, measure=relative_error)
    predicted = kernel_ridge(x, y, length_scale=scale)(data["x_test"].values)[:, 0]
    return Solved(method="kernel_ridge", error=relative_error(predicted, data["y_test"].values), operations=operations)


def _state_kernel(data: xr.Dataset) -> Solved:
    """Kernel ridge regression after a shift of each potential to a canonical position."""
    potential, state = data["potential_train"].values, data["state_train"].values
    shifts = canonical_shifts(potential)
    potential, state = moved(potential, shifts), moved(state, shifts)
    scale, operations = _chosen_scale(potential, state, measure=mean_relative_error)
    fitted = in_canonical_frame(kernel_ridge(potential, state, length_scale=scale))
    error = mean_relative_error(fitted(data["potential_test"].values), data["state_test"].values)
    return Solved(method="kernel_ridge", error=error, operations=operations)


def _coarse_solve(settings: Problems, *, data: xr.Dataset) -> Solved:
    """The equation solved on every second point, and interpolated."""
    coarse = ground_states(data["potential_test"].values[:, 1::2], interaction=settings.states.interaction).state
    state = resampled(coarse, data.sizes["site"])
    return Solved(method="coarse_solve", error=mean_relative_error(state, data["state_test"].values))


def _chosen_scale(
    inputs: np.ndarray, outputs: np.ndarray, *, measure: Callable[[np.ndarray, np.ndarray], float]
) -> tuple[float, float]:
    """Length scale chosen on a fifth of the training samples; operations of the choice and of the final fit."""
    held_out = max(1, len(inputs) // 5)
    scale = validated_length_scale(
        (inputs[held_out:], outputs[held_out:]),
        (inputs[:held_out], outputs[:held_out]),
        candidates=tuple(float(factor * inputs.std()) for factor in FACTORS),
        measure=measure,
    )
    n, d, m = len(inputs), inputs.shape[1], outputs.shape[1]
    trial = _fit_operations(n - held_out, d, m) + held_out * (n - held_out) * (3 * d + 2 * m)
    return scale, len(FACTORS) * trial + _fit_operations(n, d, m)


def _fit_operations(samples: int, inputs: int, outputs: int) -> float:
    """Leading terms: distances ``3 n^2 d``, Cholesky ``n^3 / 3``, substitutions ``2 n^2 m``."""
    return 3 * samples**2 * inputs + samples**3 / 3 + 2 * samples**2 * outputs
