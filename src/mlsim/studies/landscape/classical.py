"""What solves the same problems without training: a tridiagonal solve, kernel ridge regression, a coarse solve."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.linalg import solveh_banded

from mlsim.numerics.kernel_ridge import (
    canonical_shifts,
    in_canonical_frame,
    kernel_ridge,
    moved,
    relative_errors,
    validated_length_scale,
)
from mlsim.numerics.periodic_interpolation import resampled
from mlsim.numerics.schroedinger import ground_states
from mlsim.studies.landscape.problems import poisson_points, poisson_solution
from mlsim.studies.landscape.settings import Network, Poisson, Problems

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # candidates of the length scale, in units of the inputs' spread


@dataclass(frozen=True, kw_only=True)
class Solved:
    """One direct method.

    Attributes:
        method: its name.
        error: relative, as for the networks.
        operations: arithmetic operations of its solve; not a number where they are not counted.
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
    """Second differences on the points of the equation; beyond the ends the solution is continued as an odd function.

    Elimination takes ``3 (n - 1)`` operations, the two substitutions ``5 n - 4``.
    """
    x, n = poisson_points(settings), settings.points
    exact, forcing = (poisson_solution(settings, x, forcing=each).numpy()[:, 0] for each in (False, True))
    bands = np.full((2, n), -1.0)
    bands[1] = 2.0
    bands[1, [0, -1]] = 3.0
    found = solveh_banded(bands * n**2, forcing)
    error = np.linalg.norm(found - exact) / np.linalg.norm(exact)
    return Solved(method="tridiagonal_solve", error=float(error), operations=8 * n - 7)


def _function_kernel(data: xr.Dataset) -> Solved:
    """Kernel ridge regression; the length scale is chosen on a fifth of the training points."""
    x, y = data["x_train"].values, data["y_train"].values[:, None]
    held_out = max(1, len(x) // 5)
    scale = validated_length_scale(
        (x[held_out:], y[held_out:]), (x[:held_out], y[:held_out]), candidates=_candidates(x)
    )
    found = kernel_ridge(x, y, length_scale=scale)(data["x_test"].values)[:, 0]
    truth = data["y_test"].values
    error = float(np.linalg.norm(found - truth) / np.linalg.norm(truth))
    return Solved(method="kernel_ridge", error=error, operations=_kernel_operations(len(x), x.shape[1], 1))


def _state_kernel(data: xr.Dataset) -> Solved:
    """Kernel ridge regression in a frame that moves with the potential."""
    train, validation = (_framed(data, part) for part in ("train", "validation"))
    scale = validated_length_scale(train, validation, candidates=_candidates(train[0]))
    fitted = in_canonical_frame(kernel_ridge(*train, length_scale=scale))
    errors = relative_errors(fitted(data["potential_test"].values), data["state_test"].values)
    n, d = train[0].shape
    return Solved(method="kernel_ridge", error=float(errors.mean()), operations=_kernel_operations(n, d, d))


def _framed(data: xr.Dataset, part: str) -> tuple[np.ndarray, np.ndarray]:
    potential, state = data[f"potential_{part}"].values, data[f"state_{part}"].values
    shifts = canonical_shifts(potential)
    return moved(potential, shifts), moved(state, shifts)


def _coarse_solve(settings: Problems, *, data: xr.Dataset) -> Solved:
    """The equation itself on every second point, interpolated."""
    coarse = ground_states(data["potential_test"].values[:, 1::2], interaction=settings.states.interaction).state
    found = resampled(coarse, data.sizes["site"])
    return Solved(method="coarse_solve", error=float(relative_errors(found, data["state_test"].values).mean()))


def _candidates(inputs: np.ndarray) -> tuple[float, ...]:
    return tuple(float(factor * inputs.std()) for factor in FACTORS)


def _kernel_operations(samples: int, inputs: int, outputs: int) -> float:
    """Leading terms: distances ``3 n^2 d``, Cholesky ``n^3 / 3``, substitutions ``2 n^2 m``."""
    return 3 * samples**2 * inputs + samples**3 / 3 + 2 * samples**2 * outputs
