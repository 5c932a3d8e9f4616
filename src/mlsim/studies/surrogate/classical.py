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
from mlsim.studies.surrogate.measures import Parts, Surrogate
from mlsim.studies.surrogate.models import runs_of
from mlsim.studies.surrogate.settings import CALIBRATION, Classical, ClassicalRun

Fields = Float[Tensor, "samples rows columns"]
PerSample = Float[Tensor, " samples"]
# fields and outputs
Training = tuple[Tensor, Tensor]

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
    """Rows of every method that is fitted without descent; what needs no sample has the same row at every size."""
    parts, held = Parts.of(data), part(data, "validation")
    frames = [_fixed_rows(settings, parts)]
    runs = runs_of(settings.samples, settings.seeds)
    for place, (size, seed) in enumerate(progress(runs, total=len(runs), label="training sets")):
        training = part(data, f"train_{seed}", size)
        for name, surrogate in fitted(settings.classical, training, held).items():
            rows = all_rows(surrogate, parts, settings.measures, size=size, seed=seed, largest=max(settings.samples))
            if place < len(settings.seeds):
                rows += size_rows(parts, settings.samples, seeds=len(settings.seeds))
            frames.append(pd.DataFrame(rows).assign(method=name, seed=seed))
    return pd.concat(frames, ignore_index=True)


def _fixed_rows(settings: ClassicalRun, parts: Parts) -> pd.DataFrame:
    """Bounds and means, measured once and written for every size."""
    frames, largest = [], max(settings.samples)
    for name, surrogate in fixed().items():
        found = pd.DataFrame(all_rows(surrogate, parts, settings.measures, size=largest, seed=0, largest=largest))
        same = found[found["case"] != CALIBRATION]
        copies = [same.assign(x=float(size)) for size in settings.samples if size != largest]
        sizes = pd.DataFrame(size_rows(parts, settings.samples, seeds=1))
        frames.append(pd.concat([found, *copies, sizes]).assign(method=name, seed=settings.seeds[0]))
    return pd.concat(frames)


def fixed() -> dict[str, Surrogate]:
    """Exact bounds and means, in logarithms."""
    found = {name: Surrogate(value=_logarithm_of(mean)) for name, mean in MEANS.items()}
    return found | {"geometric_mean": Surrogate(value=lambda fields: fields.mean(dim=(1, 2)))}


def fitted(settings: Classical, training: Training, held: Training) -> dict[str, Surrogate]:
    """What learns from the samples; ``held``, the validation part, decides where there is something to choose."""
    return {
        "fitted_bounds": fitted_bounds(training),
        "boosting": boosting(settings, training, held, monotone=False),
        "monotone_boosting": boosting(settings, training, held, monotone=True),
        "gaussian_process": gaussian_process(settings, training, held),
    }


def fitted_bounds(training: Training) -> Surrogate:
    """Between the two sharp bounds at a share that least squares of the logarithms find, one number in [0, 1]."""
    lower, upper = _sharp(training[0])
    gap = upper - lower
    share = float(((training[1] - lower) * gap).sum() / gap.square().sum())
    share = min(max(share, 0.0), 1.0)

    def value(fields: Tensor) -> Tensor:
        low, high = _sharp(fields)
        return low + share * (high - low)

    return Surrogate(value=value)


def boosting(settings: Classical, training: Training, held: Training, *, monotone: bool) -> Surrogate:
    """Gradient boosting of trees; leaves per tree and number of trees by validation.

    With ``monotone`` every tree rises in every input, so that the sum does.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    inputs, held_inputs = (each[0].flatten(1).numpy() for each in (training, held))
    best: tuple[float, int, int] | None = None

    def model(leaves: int, trees: int) -> Any:
        return HistGradientBoostingRegressor(
            max_leaf_nodes=leaves, max_iter=trees, learning_rate=settings.rate,
            early_stopping=False,  # pyright: ignore[reportArgumentType]
            min_samples_leaf=5, monotonic_cst=[1] * inputs.shape[1] if monotone else None, random_state=0,
        ).fit(inputs, training[1].numpy())  # fmt: skip

    for leaves in settings.leaves:
        stages = model(leaves, settings.trees).staged_predict(held_inputs)
        for trees, found in enumerate(stages, start=1):
            score = float(np.square(found - held[1].numpy()).mean())
            best = min(best, (score, leaves, trees)) if best else (score, leaves, trees)
    assert best is not None
    chosen = model(best[1], best[2])
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


def gaussian_process(settings: Classical, training: Training, held: Training) -> Surrogate:
    """Interpolation; parameters of the kernel by marginal likelihood on the first samples, the kernel by validation.

    The outputs are exact: with a free variance of noise its estimate runs to the lower bound.
    """
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern

    inputs, outputs = training[0].flatten(1).numpy(), training[1].numpy()
    mean, some = float(outputs.mean()), settings.likelihood_samples
    best: tuple[float, Any, float] | None = None
    for smoothness, shape in ((np.inf, RBF(4.0, (0.5, 200.0))), (2.5, Matern(4.0, (0.5, 200.0), nu=2.5))):
        kernel = ConstantKernel(1.0, (1e-3, 1e4)) * shape
        likely: Any = GaussianProcessRegressor(kernel, alpha=JITTER).fit(inputs[:some], outputs[:some] - mean)
        fixed_kernel = GaussianProcessRegressor(
            likely.kernel_,
            alpha=JITTER,
            optimizer=None,  # pyright: ignore[reportArgumentType]
        )
        found: Any = fixed_kernel.fit(inputs, outputs - mean)
        wrong = found.predict(held[0].flatten(1).numpy()) + mean - held[1].numpy()
        score = float(np.square(wrong).mean())
        if best is None or score < best[0]:
            best = (score, found, smoothness)
    assert best is not None
    chosen = best[1]
    process = Process(
        inputs=training[0].flatten(1),
        weights=torch.from_numpy(np.asarray(chosen.alpha_).reshape(-1)),
        mean=mean,
        variance=float(chosen.kernel_.k1.constant_value),
        length=float(chosen.kernel_.k2.length_scale),
        smoothness=best[2],
    )

    def deviation(fields: Tensor) -> Tensor:
        return torch.from_numpy(chosen.predict(fields.flatten(1).numpy(), return_std=True)[1])

    return Surrogate(value=process.value, deviation=deviation)


def _sharp(fields: Fields) -> tuple[PerSample, PerSample]:
    """Logarithms of the two bounds next to the truth."""
    bounds = conductivity_bounds(fields.exp())
    return bounds.rows.log(), bounds.layers.log()


def _logarithm_of(mean: Callable[[Bounds], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda fields: mean(conductivity_bounds(fields.exp())).log()
