"""Filters learned from signals for sparse coefficients of the wavelet transform."""

from functools import partial

import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.networks.wavelets.trainable_filters import FreeFilters, LatticeFilters
from mlsim.numerics.wavelets.filters import Filters, daubechies, lattice_angles, orthonormality_defect, transform
from mlsim.numerics.wavelets.sparsity import gini
from mlsim.studies.wavelets.generate import signals_of
from mlsim.studies.wavelets.settings import ENSEMBLES, Run, Variant
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit, with_parameters
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator

Signals = Float[Tensor, "signals points"]


def train(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Filters of every ensemble and length, ``<ensemble>.<length>`` in the state.

    They have the smallest objective on the validation signals of all fits and the untrained Daubechies filters;
    ``<ensemble>.<length>.random`` are the best of the fits from random filters. With some dozens of parameters the
    training stays on the CPU, whatever the device.
    """
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    for index, ensemble in enumerate(ENSEMBLES):
        parts = {part: signals_of(data, ensemble, part) for part in ("train", "validation")}
        for length in settings.variant.lengths:
            name = f"{ensemble}.{length}"
            candidates = [filters_of(module(settings.variant, length=length, start=0, seed=seed))]
            for start in range(settings.training.starts):
                model = module(settings.variant, length=length, start=start, seed=seed)
                part = checkpoint.part(f"{name}.{start}")
                trained = _fitted(model, settings, parts=parts, start=start, seed=seed, checkpoint=part)
                history += [{"ensemble": index, "length": length, "start": start, **row} for row in trained.history]
                candidates.append(filters_of(with_parameters(model, trained.state)))
            score = partial(objective, signals=parts["validation"], settings=settings)
            state |= {name: min(candidates, key=score), f"{name}.random": min(candidates[2:], key=score)}
    return Trained(state=state, history=history)


def module(variant: Variant, *, length: int, start: int, seed: int) -> nn.Module:
    """Trainable filters: Daubechies filters at start 0, random ones at all others."""
    generator = torch_generator(seed, "initial filters", length, start)
    if variant.form == "lattice":
        free = length // 2 - 1
        angles = 2 * torch.pi * torch.rand(free, generator=generator, dtype=torch.float64)
        return LatticeFilters(lattice_angles(daubechies(length // 2)[0]) if start == 0 else angles)
    low = torch.randn(length, generator=generator, dtype=torch.float64)
    return FreeFilters(daubechies(length // 2)[0] if start == 0 else low / low.norm())


def filters_of(model: nn.Module) -> Filters:
    """The model's filters, without their graph."""
    with torch.no_grad():
        return model()


def objective(filters: Filters, signals: Signals, *, settings: Run) -> Float[Tensor, ""]:
    """``1 - Gini(c) + penalty R(a)``, the mean over signals; ``R`` is zero for a lattice."""
    value = 1.0 - gini(coefficients_of(signals, filters, levels=settings.levels)).mean()
    if settings.variant.form == "lattice":
        return value
    return value + settings.training.penalty * orthonormality_defect(filters)


def coefficients_of(signals: Signals, filters: Filters, *, levels: int) -> Signals:
    """All coefficients of the periodic wavelet transform side by side."""
    return torch.cat(transform(signals, filters, levels=levels), dim=1)


def decay(progress: float, *, peak: float) -> float:
    """Learning rate after a fraction of the steps, decreasing linearly to a fiftieth."""
    return peak * (1.0 - 0.98 * progress)


def _fitted(
    model: nn.Module, settings: Run, *, parts: dict[str, Signals], start: int, seed: int, checkpoint: Checkpoint
) -> Trained:
    training = settings.training
    rate = training.rate if start == 0 else training.rate_random
    batches = Batches(samples=len(parts["train"]), size=training.batch, seed=seed)
    return fit(
        model,
        Plan(steps=training.steps, rate=partial(decay, peak=rate), validations=training.validations, seed=seed),
        loss=lambda step: objective(model(), parts["train"][batches.indices(step)], settings=settings),
        validate=lambda: float(objective(model(), parts["validation"], settings=settings)),
        optimizer=torch.optim.Adam(model.parameters(), betas=(0.9, 0.99), fused=True),
        checkpoint=checkpoint,
    )
