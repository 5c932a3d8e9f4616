"""Bounds, means, gradient boosting and Gaussian processes, on the same samples as the networks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.flow.effective_conductivity import Bounds, conductivity_bounds
from mlsim.studies.surrogate.evaluate import all_rows, size_rows
from mlsim.studies.surrogate.generate import part
from mlsim.studies.surrogate.models import runs_of
from mlsim.studies.surrogate.samples import Fields, Parts, PerSample, Surrogate
from mlsim.studies.surrogate.settings import CALIBRATION, Classical, ClassicalRun

# fields and outputs
Samples = tuple[Tensor, Tensor]

# on the diagonal of the kernel, in units of the variance of the outputs about 1e-5
JITTER = 1e-6
MEANS: dict[str, Callable[[Bounds], Tensor]] = {
    "harmonic_mean": lambda bounds: bounds.harmonic,
    "row_bound": lambda bounds: bounds.rows,
    "layer_bound": lambda bounds: bounds.layers,
    "column_bound": lambda bounds: bounds.columns,
    "arithmetic_mean": lambda bounds: bounds.arithmetic,
}


def evaluate_classical(settings: ClassicalRun, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of every method without gradient descent; methods without samples have the same rows at every size."""
    parts, validation = Parts.of(data), part(data, "validation")
    frames = [_fixed_rows(settings, parts)]
    runs, largest = runs_of(settings.samples, settings.seeds), max(settings.samples)
    for run, (size, seed) in enumerate(progress(runs, total=len(runs), label="training sets")):
        training = part(data, f"train_{seed}", size)
        for name, surrogate in fitted(settings.classical, training, validation).items():
            rows = all_rows(surrogate, parts, settings.measures, size=size, seed=seed, largest=largest)
            if run < len(settings.seeds):
                rows += size_rows(parts, settings.samples, seeds=len(settings.seeds))
            frames.append(pd.DataFrame(rows).assign(method=name, seed=seed))
    return pd.concat(frames, ignore_index=True)


def _fixed_rows(settings: ClassicalRun, parts: Parts) -> pd.DataFrame:
    """Bounds and means, measured once and written for every size."""
    frames, largest = [], max(settings.samples)
    for name, surrogate in fixed().items():
        rows = pd.DataFrame(all_rows(surrogate, parts, settings.measures, size=largest, seed=0, largest=largest))
        by_size = rows[rows["case"] != CALIBRATION]
        copies = [by_size.assign(x=float(size)) for size in settings.samples if size != largest]
        sizes = pd.DataFrame(size_rows(parts, settings.samples, seeds=1))
        frames.append(pd.concat([rows, *copies, sizes]).assign(method=name, seed=settings.seeds[0]))
    return pd.concat(frames)


def fixed() -> dict[str, Surrogate]:
    """Exact bounds and means, in logarithms."""
    return {
        **{name: Surrogate(value=_logarithm_of(mean)) for name, mean in MEANS.items()},
        "geometric_mean": Surrogate(value=lambda fields: fields.mean(dim=(1, 2))),
    }


def _logarithm_of(mean: Callable[[Bounds], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda fields: mean(conductivity_bounds(fields.exp())).log()


def fitted(settings: Classical, training: Samples, validation: Samples) -> dict[str, Surrogate]:
    """The methods that are fitted to samples."""
    return {
        "fitted_bounds": fitted_bounds(training),
        "boosting": boosting(settings, training, validation, monotone=False),
        "monotone_boosting": boosting(settings, training, validation, monotone=True),
        "gaussian_process": gaussian_process(settings, training, validation),
    }


def fitted_bounds(training: Samples) -> Surrogate:
    """Between the logarithms of the two sharp bounds, at a fraction of their gap that least squares fit."""
    lower, upper = _sharp_bounds(training[0])
    gap = upper - lower
    fraction = float(((training[1] - lower) * gap).sum() / gap.square().sum())
    fraction = min(max(fraction, 0.0), 1.0)

    def value(fields: Tensor) -> Tensor:
        low, high = _sharp_bounds(fields)
        return low + fraction * (high - low)

    return Surrogate(value=value)


def _sharp_bounds(fields: Fields) -> tuple[PerSample, PerSample]:
    """Logarithms of the largest lower and of the smallest upper bound."""
    bounds = conductivity_bounds(fields.exp())
    return bounds.rows.log(), bounds.layers.log()


def boosting(settings: Classical, training: Samples, validation: Samples, *, monotone: bool) -> Surrogate:
    """Gradient boosting of trees; leaves per tree and number of trees by validation.

    With ``monotone`` every tree is increasing in every input, and so is the sum.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    inputs, validation_inputs = (samples[0].flatten(1).numpy() for samples in (training, validation))

    def model(leaves: int, trees: int) -> Any:
        regressor = HistGradientBoostingRegressor(
            max_leaf_nodes=leaves,
            max_iter=trees,
            learning_rate=settings.rate,
            early_stopping=False,  # pyright: ignore[reportArgumentType]
            min_samples_leaf=5,
            monotonic_cst=[1] * inputs.shape[1] if monotone else None,
            random_state=0,
        )
        return regressor.fit(inputs, training[1].numpy())

    errors = [
        (float(np.square(predicted - validation[1].numpy()).mean()), leaves, trees)
        for leaves in settings.leaves
        for trees, predicted in enumerate(model(leaves, settings.trees).staged_predict(validation_inputs), start=1)
    ]
    _, leaves, trees = min(errors)
    chosen = model(leaves, trees)
    return Surrogate(value=lambda fields: torch.from_numpy(chosen.predict(fields.flatten(1).numpy())), smooth=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Process:
    """A Gaussian process with constant mean: ``m(x) = mean + c(x, X) weights``."""

    inputs: Float[Tensor, "training inputs"]
    weights: Float[Tensor, " training"]
    mean: float
    variance: float
    length: float
    smoothness: float

    def value(self, fields: Fields) -> PerSample:
        """Mean of the process, differentiable in the fields."""
        inputs = fields.flatten(1)
        squares = inputs.square().sum(dim=1)[:, None] + self.inputs.square().sum(dim=1)
        square = (squares - 2 * inputs @ self.inputs.T).clamp(min=0) / self.length**2
        if self.smoothness == np.inf:
            covariance = (-square / 2).exp()
        else:  # 5/2; the root has no derivative at zero
            root = (5 * square + 1e-300).sqrt()
            covariance = (1 + root + root.square() / 3) * (-root).exp()
        return self.mean + self.variance * covariance @ self.weights


def gaussian_process(settings: Classical, training: Samples, validation: Samples) -> Surrogate:
    """Interpolation; parameters of the kernel by marginal likelihood on the first samples, the kernel by validation.

    The outputs are exact: the estimate of a free noise variance would be its lower bound.
    """
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern

    inputs, outputs = training[0].flatten(1).numpy(), training[1].numpy()
    mean, some = float(outputs.mean()), settings.likelihood_samples
    processes: list[tuple[float, Any, float]] = []
    for smoothness, shape in ((np.inf, RBF(4.0, (0.5, 200.0))), (2.5, Matern(4.0, (0.5, 200.0), nu=2.5))):
        kernel = ConstantKernel(1.0, (1e-3, 1e4)) * shape
        likely: Any = GaussianProcessRegressor(kernel, alpha=JITTER).fit(inputs[:some], outputs[:some] - mean)
        interpolation: Any = GaussianProcessRegressor(
            likely.kernel_,
            alpha=JITTER,
            optimizer=None,  # pyright: ignore[reportArgumentType]
        )
        interpolation.fit(inputs, outputs - mean)
        errors = interpolation.predict(validation[0].flatten(1).numpy()) + mean - validation[1].numpy()
        processes.append((float(np.square(errors).mean()), interpolation, smoothness))
    _, chosen, smoothness = min(processes, key=lambda process: process[0])
    process = Process(
        inputs=training[0].flatten(1),
        weights=torch.from_numpy(np.asarray(chosen.alpha_).reshape(-1)),
        mean=mean,
        variance=float(chosen.kernel_.k1.constant_value),
        length=float(chosen.kernel_.k2.length_scale),
        smoothness=smoothness,
    )

    def deviation(fields: Tensor) -> Tensor:
        return torch.from_numpy(chosen.predict(fields.flatten(1).numpy(), return_std=True)[1])

    return Surrogate(value=process.value, deviation=deviation)
