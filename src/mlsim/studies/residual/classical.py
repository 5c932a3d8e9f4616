"""What needs no training: MgNet against the V-cycle, and convolutions against dense matrices by least squares."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import torch
from torch import nn

from mlsim.networks.multigrid.mgnet import MgNet, linear
from mlsim.numerics.estimation.relative_errors import mean_relative_error, relative_errors
from mlsim.numerics.multigrid.cycles import Sweeps, Transfer, cycle, hierarchy
from mlsim.numerics.multigrid.spectral_radius import arpack_radius
from mlsim.numerics.multigrid.stencils import laplacian, linear_interpolation
from mlsim.numerics.periodic.piecewise_smooth import piecewise_linear
from mlsim.numerics.periodic.toeplitz import circulant, ridge_solutions, windows
from mlsim.studies.residual.evaluate import error_rows
from mlsim.studies.residual.settings import Exact
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator, torch_generator

LEVELS, DAMPING = 4, 2 / 3
PENALTIES = tuple(10.0**k for k in range(-6, 2))
# where the jumps of the training functions lie, and whether the truth is multiplied by a coefficient
CASES = {"toeplitz": (1.0, False), "toeplitz_elsewhere": (0.5, False), "toeplitz_variable": (1.0, True)}


def evaluate_exact(settings: Exact, *, seed: int, seeds: list[int]) -> pd.DataFrame:
    """Rows of the cases ``mgnet`` and ``toeplitz*``; ``seeds`` draw the training functions."""
    frames = [pd.DataFrame(_cycle_rows(size, seed=seed)).assign(seed=seed) for size in settings.cycle_sizes]
    largest = case_row("mgnet", "largest_grid", max(settings.cycle_sizes), method="closed_form")
    frames.append(pd.DataFrame([largest]).assign(seed=seed))
    frames.append(pd.DataFrame(_layer_rows(settings, seed=seed)).assign(seed=seed))
    for case in CASES:
        for each in seeds:
            frames.append(pd.DataFrame(_learning_rows(case, settings, seed=seed, own=each)).assign(seed=each))
    return pd.concat(frames, ignore_index=True)


def mgnet(size: int, *, start: str) -> MgNet:
    """The linear MgNet with the weights of V(2,2), damping 2/3."""
    return MgNet(
        size=size, levels=LEVELS, damping=DAMPING, activation=linear, start="zero" if start == "zero" else "injection"
    )


def _cycle_rows(size: int, *, seed: int) -> list[Row]:
    """Largest difference of one cycle, and spectral radius of the iteration beside its closed form."""
    generator = torch_generator(seed, "right-hand side", size)
    u, f = torch.randn(2, 1, size, size, dtype=torch.float64, generator=generator)
    interpolation = linear_interpolation(dimensions=2)
    transfer = Transfer(restriction=interpolation / 4, prolongation=interpolation)
    transfers = [transfer] * (len(mgnet(size, start="zero").shapes) - 1)
    damping = torch.full((2,), DAMPING, dtype=torch.float64)
    levels = hierarchy(laplacian(dimensions=2), shape=(size, size), transfers=transfers)
    reference = cycle(levels, f, u, sweeps=[Sweeps(before=damping, after=damping)] * len(transfers))
    rows: list[Row] = []
    for start in ("zero", "injection"):
        net = mgnet(size, start=start)
        with torch.no_grad():
            difference = float((net(u, f) - reference).abs().max() / reference.abs().max())
        own = [case_row("mgnet", "difference_from_v_cycle", difference, x=size)]
        if start == "zero":
            own.append(case_row("mgnet", "spectral_radius", _radius(net, size, seed=seed), x=size))
        rows += [each | {"method": f"mgnet_{start}"} for each in own]
    closed = ((1 + np.cos(np.pi / (size + 1))) / 3) ** 4
    return [*rows, case_row("mgnet", "spectral_radius", float(closed), x=size, method="closed_form")]


def _radius(net: nn.Module, size: int, *, seed: int) -> float:
    zero = torch.zeros(1, size, size, dtype=torch.float64)

    def apply(vector: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return net(torch.from_numpy(np.ascontiguousarray(vector.ravel())).reshape(zero.shape), zero).numpy().ravel()

    start = numpy_generator(seed, "start vector", size).normal(size=size * size)
    return arpack_radius(apply, size=size * size, start=start).value


def _layer_rows(settings: Exact, *, seed: int) -> list[Row]:
    """A circular layer of torch against its circulant matrix."""
    rng = numpy_generator(seed, "kernel")
    kernel, x = rng.normal(size=settings.width), rng.normal(size=(4, settings.size))
    layer = nn.Conv1d(1, 1, settings.width, padding=settings.width // 2, padding_mode="circular", bias=False).double()
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(kernel))
        found = layer(torch.from_numpy(x)[:, None])[:, 0].numpy()
    exact = x @ circulant(kernel, settings.size).T
    difference = float(np.abs(found - exact).max() / np.abs(exact).max())
    return [case_row("toeplitz", "difference_from_matrix", difference, method="convolution")]


def _learning_rows(case: str, settings: Exact, *, seed: int, own: int) -> Iterator[Row]:
    """Test errors of the best linear maps from ever more training functions."""
    reach, variable = CASES[case]

    def pairs(part: str, count: int, *, reach: float, stream: int) -> tuple[np.ndarray, np.ndarray]:
        return observed(case, count, settings, reach=reach, variable=variable, part=part, seed=stream)

    test = pairs("test", settings.test, reach=1.0, stream=seed)
    validation = pairs("validation", settings.validation, reach=reach, stream=seed)
    train = pairs("train", max(settings.samples), reach=reach, stream=own)
    taps = {"convolution": settings.width, "full_convolution": settings.size - 1 + settings.size % 2}
    for samples in settings.samples:
        some = (train[0][:samples], train[1][:samples])
        maps = {name: circulant_maps(some, taps=count) for name, count in taps.items()}
        maps["dense_matrix"] = ridge_solutions(*some, PENALTIES)
        for method, found in maps.items():
            scores = [mean_relative_error(validation[0] @ each, validation[1]) for each in found]
            best = found[int(np.argmin(scores))]
            errors = relative_errors(test[0] @ best, test[1])
            yield from (each | {"method": method} for each in error_rows(case, "test_error", errors, x=samples)[:1])
            train_errors = relative_errors(some[0] @ best, some[1])
            yield case_row(case, "train_error", float(train_errors.mean()), x=samples, method=method)
    for method in (*taps, "dense_matrix"):
        yield case_row(case, "training_samples", max(settings.samples), method=method)


def observed(
    case: str, count: int, settings: Exact, *, reach: float, variable: bool, part: str, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Noisy values of piecewise-smooth functions, and the functions, if variable times ``1 + cos(2 pi x) / 2``."""
    rng = numpy_generator(seed, "piecewise-smooth functions", case, part)
    truth = piecewise_linear(count, settings.size, jumps=settings.jumps, reach=reach, rng=rng)
    noisy = truth + settings.noise * rng.normal(size=truth.shape)
    coefficient = 1 + np.cos(2 * np.pi * np.arange(settings.size) / settings.size) / 2
    return noisy, coefficient * truth if variable else truth


def circulant_maps(pairs: tuple[np.ndarray, np.ndarray], *, taps: int) -> list[np.ndarray]:
    """Least-squares kernels of all penalties as matrices ``M``, prediction ``x M``."""
    inputs, outputs = pairs
    rows = windows(inputs, taps).reshape(-1, taps)
    kernels = ridge_solutions(rows, outputs.reshape(-1, 1), PENALTIES)
    return [circulant(kernel[:, 0], inputs.shape[1]).T for kernel in kernels]
