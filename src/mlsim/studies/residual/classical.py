"""Untrained networks: MgNet against the V-cycle, and convolutions against dense matrices by least squares."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import torch
from torch import nn

from mlsim.networks.multigrid.mgnet import MgNet, Start, linear
from mlsim.numerics.estimation.relative_errors import mean_relative_error, relative_errors
from mlsim.numerics.multigrid.cycles import Sweeps, Transfer, cycle, hierarchy
from mlsim.numerics.multigrid.spectral_radius import arpack_radius
from mlsim.numerics.multigrid.stencils import laplacian, linear_interpolation
from mlsim.numerics.periodic.piecewise_smooth import piecewise_linear
from mlsim.numerics.periodic.toeplitz import circulant, ridge_solutions, windows
from mlsim.studies.residual.settings import Exact
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator, torch_generator

LEVELS, DAMPING = 4, 2 / 3
PENALTIES = tuple(10.0**k for k in range(-6, 2))
# fraction of the ring where training functions jump, and whether the truth is multiplied by a coefficient
CASES = {"toeplitz": (1.0, False), "toeplitz_elsewhere": (0.5, False), "toeplitz_variable": (1.0, True)}
STARTS: tuple[Start, ...] = ("zero", "injection")


def evaluate_exact(settings: Exact, *, seed: int, seeds: list[int]) -> pd.DataFrame:
    """Rows of the cases ``mgnet`` and ``toeplitz*``; ``seeds`` draw the training functions."""
    largest = row("largest_grid", max(settings.cycle_sizes), case="mgnet", method="closed_form", seed=seed)
    rows = [largest, _layer_row(settings, seed=seed)]
    for size in settings.cycle_sizes:
        rows += _cycle_rows(size, seed=seed)
    for case in CASES:
        for training_seed in seeds:
            rows += _learning_rows(case, settings, seed=seed, training_seed=training_seed)
    return pd.DataFrame(rows)


def mgnet(size: int, *, start: Start) -> MgNet:
    """The linear MgNet with the weights of V(2,2), damping 2/3."""
    return MgNet(size=size, levels=LEVELS, damping=DAMPING, activation=linear, start=start)


def _cycle_rows(size: int, *, seed: int) -> list[Row]:
    """Largest difference of one cycle, and spectral radius of the iteration with its closed form."""
    generator = torch_generator(seed, "right-hand side", size)
    u, f = torch.randn(2, 1, size, size, dtype=torch.float64, generator=generator)
    interpolation = linear_interpolation(dimensions=2)
    transfer = Transfer(restriction=interpolation / 4, prolongation=interpolation)
    weights = torch.full((2,), DAMPING, dtype=torch.float64)
    net = mgnet(size, start="zero")
    count = len(net.shapes) - 1
    levels = hierarchy(laplacian(dimensions=2), shape=(size, size), transfers=[transfer] * count)
    reference = cycle(levels, f, u, sweeps=[Sweeps(before=weights, after=weights)] * count)
    closed = ((1 + np.cos(np.pi / (size + 1))) / 3) ** 4
    labels = {"case": "mgnet", "x": size, "seed": seed}
    rows = [row("spectral_radius", float(closed), method="closed_form", **labels)]
    for start in STARTS:
        net = mgnet(size, start=start)
        with torch.no_grad():
            difference = float((net(u, f) - reference).abs().max() / reference.abs().max())
        rows.append(row("difference_from_v_cycle", difference, method=f"mgnet_{start}", **labels))
        if start == "zero":
            rows.append(row("spectral_radius", _radius(net, size, seed=seed), method="mgnet_zero", **labels))
    return rows


def _radius(net: nn.Module, size: int, *, seed: int) -> float:
    zero = torch.zeros(1, size, size, dtype=torch.float64)

    def apply(vector: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return net(torch.from_numpy(np.ascontiguousarray(vector.ravel())).reshape(zero.shape), zero).numpy().ravel()

    start = numpy_generator(seed, "start vector", size).normal(size=size * size)
    return arpack_radius(apply, size=size * size, start=start).value


def _layer_row(settings: Exact, *, seed: int) -> Row:
    """Difference of a circular layer of torch from its circulant matrix."""
    rng = numpy_generator(seed, "kernel")
    kernel, x = rng.normal(size=settings.width), rng.normal(size=(4, settings.size))
    layer = nn.Conv1d(1, 1, settings.width, padding=settings.width // 2, padding_mode="circular", bias=False).double()
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(kernel))
        outputs = layer(torch.from_numpy(x)[:, None])[:, 0].numpy()
    exact = x @ circulant(kernel, settings.size).T
    difference = float(np.abs(outputs - exact).max() / np.abs(exact).max())
    return row("difference_from_matrix", difference, case="toeplitz", method="convolution", seed=seed)


def _learning_rows(case: str, settings: Exact, *, seed: int, training_seed: int) -> Iterator[Row]:
    """Errors of the best linear maps from ever more training functions."""
    test = observed(settings, case=case, part="test", count=settings.test, seed=seed)
    validation = observed(settings, case=case, part="validation", count=settings.validation, seed=seed)
    largest = max(settings.samples)
    inputs, outputs = observed(settings, case=case, part="train", count=largest, seed=training_seed)
    taps = {"convolution": settings.width, "full_convolution": settings.size - 1 + settings.size % 2}
    for samples in settings.samples:
        x, y = inputs[:samples], outputs[:samples]
        maps = {method: circulant_maps(x, y, taps=count) for method, count in taps.items()}
        maps["dense_matrix"] = ridge_solutions(x, y, PENALTIES)
        for method, candidates in maps.items():
            scores = [mean_relative_error(validation[0] @ matrix, validation[1]) for matrix in candidates]
            best = candidates[int(np.argmin(scores))]
            labels = {"case": case, "method": method, "seed": training_seed, "x": samples}
            yield mean_row("test_error", relative_errors(test[0] @ best, test[1]), **labels)
            yield row("train_error", mean_relative_error(x @ best, y), **labels)
    for method in (*taps, "dense_matrix"):
        yield row("training_samples", largest, case=case, method=method, seed=training_seed)


def observed(settings: Exact, *, case: str, part: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy values of piecewise-smooth functions, and the true ones, times ``1 + cos(2 pi x) / 2`` if variable."""
    reach, variable = CASES[case]
    rng = numpy_generator(seed, "piecewise-smooth functions", case, part)
    reach = 1.0 if part == "test" else reach
    truth = piecewise_linear(count, settings.size, jumps=settings.jumps, reach=reach, rng=rng)
    noisy = truth + settings.noise * rng.normal(size=truth.shape)
    coefficient = 1 + np.cos(2 * np.pi * np.arange(settings.size) / settings.size) / 2
    return noisy, coefficient * truth if variable else truth


def circulant_maps(inputs: np.ndarray, outputs: np.ndarray, *, taps: int) -> list[np.ndarray]:
    """Least-squares kernels of all penalties as matrices ``M``, prediction ``x M``."""
    rows = windows(inputs, taps).reshape(-1, taps)
    kernels = ridge_solutions(rows, outputs.reshape(-1, 1), PENALTIES)
    return [circulant(kernel[:, 0], inputs.shape[1]).T for kernel in kernels]
