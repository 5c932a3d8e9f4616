"""Regression in closed form between functions on the ring: kernel and linear ridge, translation-canonicalised inputs.

Baselines for networks that map a potential to a state. The only hyperparameter, the length scale, is chosen on
validation data.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist

from mlsim.numerics.estimation.relative_errors import mean_relative_error

Inputs = Float[np.ndarray, "samples inputs"]
Outputs = Float[np.ndarray, "samples outputs"]
Functions = Float[np.ndarray, "samples points"]
Map = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class KernelRidge:
    """``u(v) = mean + sum_i k(v, v_i) w_i``, a map of inputs to outputs."""

    inputs: Float[np.ndarray, "training inputs"]  # those of the training part
    weights: Float[np.ndarray, "training outputs"]  # ``w_i``
    mean: Float[np.ndarray, " outputs"]  # of the training outputs
    length_scale: float  # of the kernel, in the units of the inputs

    def __call__(self, inputs: Inputs) -> Outputs:
        """Predicted outputs."""
        return self.mean + matern(inputs, self.inputs, length_scale=self.length_scale) @ self.weights


def kernel_ridge(inputs: Inputs, outputs: Outputs, *, length_scale: float, nugget: float = 1e-8) -> KernelRidge:
    """Ridge regression with the Matérn kernel, ``(K + nugget I) w = u - mean(u)``, ``nugget`` positive."""
    gram = matern(inputs, inputs, length_scale=length_scale)
    gram[np.diag_indices_from(gram)] += nugget
    mean = outputs.mean(axis=0)
    weights = cho_solve(cho_factor(gram, overwrite_a=True), outputs - mean)
    return KernelRidge(inputs=inputs, weights=weights, mean=mean, length_scale=length_scale)


def matern(
    inputs: Inputs, others: Float[np.ndarray, "others inputs"], *, length_scale: float
) -> Float[np.ndarray, "samples others"]:
    """Matérn-5/2 kernel: ``(1 + q + q^2 / 3) e^-q``, ``q = sqrt(5) d / length_scale``.

    ``d`` is the root mean square of the difference, which does not depend on the number of grid points.

    >>> value = matern(np.zeros((1, 3)), np.ones((1, 3)), length_scale=np.sqrt(5))[0, 0]
    >>> bool(np.isclose(value, (1 + 1 + 1 / 3) / np.e))
    True
    """
    q = cdist(inputs, others) * np.sqrt(5 / inputs.shape[1]) / length_scale
    return (1 + q + q**2 / 3) * np.exp(-q)


def validated_length_scale(
    training: tuple[Inputs, Outputs],
    validation: tuple[Float[np.ndarray, "others inputs"], Float[np.ndarray, "others outputs"]],
    *,
    candidates: tuple[float, ...],
    nugget: float = 1e-8,
    measure: Callable[[Outputs, Outputs], float] = mean_relative_error,
) -> float:
    """The length scale with the smallest ``measure`` of predicted and exact outputs on the validation part."""
    inputs, outputs = validation

    def error(length_scale: float) -> float:
        fitted = kernel_ridge(*training, length_scale=length_scale, nugget=nugget)
        return measure(fitted(inputs), outputs)

    return min(candidates, key=error)


def ridge(inputs: Inputs, outputs: Outputs, *, scale: float = 200.0, penalty: float = 1e-4) -> Map:
    """Linear map of ``[v / scale, 1]`` with the least ``sum |u - prediction|^2 + penalty |coefficients|^2``."""
    design = _with_one(inputs / scale)
    normal = design.T @ design + penalty * np.eye(design.shape[1])
    coefficients = np.linalg.solve(normal, design.T @ outputs)
    return lambda others: _with_one(others / scale) @ coefficients


def low_pass(functions: Functions, *, cutoff: float = 3.0) -> Functions:
    """Functions on the ring with mode ``k`` divided by ``1 + (k / cutoff)^2``.

    >>> wave = np.cos(2 * np.pi * np.arange(8) / 8)[None]
    >>> bool(np.allclose(low_pass(wave, cutoff=1.0), wave / 2))
    True
    """
    size = functions.shape[1]
    modes = np.arange(size // 2 + 1)
    return np.fft.irfft(np.fft.rfft(functions) / (1 + (modes / cutoff) ** 2), n=size)


def canonical_shifts(potential: Functions) -> Int[np.ndarray, " samples"]:
    """By how many points to move each potential so that the weight of its wells comes to the middle of the grid.

    ``round(N / 2 - N phase / (2 pi))``, ``phase = arg sum_j (max V - V_j) e^(2 pi i j / N)``; a potential that
    was moved by ``s`` points has ``s`` less, modulo ``N``.
    """
    size = potential.shape[1]
    depth = potential.max(axis=1, keepdims=True) - potential
    phase = np.angle(depth @ np.exp(2j * np.pi * np.arange(1, size + 1) / size))
    return np.rint(size / 2 - size * phase / (2 * np.pi)).astype(int) % size


def moved(functions: Functions, shifts: Int[np.ndarray, " samples"]) -> Functions:
    """Each function moved cyclically by its own number of points.

    >>> moved(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]), np.array([1, -1])).tolist()
    [[3.0, 1.0, 2.0], [2.0, 3.0, 1.0]]
    """
    points = np.arange(functions.shape[1])
    return np.take_along_axis(functions, (points - shifts[:, None]) % points.size, axis=1)


def in_canonical_frame(inner: Map) -> Map:
    """The map that moves a potential to the canonical frame, applies ``inner``, and moves the state back."""

    def outer(potential: np.ndarray) -> np.ndarray:
        shifts = canonical_shifts(potential)
        return moved(inner(moved(potential, shifts)), -shifts)

    return outer


def _with_one(inputs: Inputs) -> np.ndarray:
    return np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)
