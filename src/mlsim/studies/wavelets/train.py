"""Filters learned from signals: the transform's coefficients shall be sparse."""

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
from mlsim.training.loop import Plan, Trained, evaluated, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator

Signals = Float[Tensor, "signals points"]


def train(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Filters of every ensemble and length, ``<ensemble>.<length>`` in the state.

    Each is the best on the validation signals of fits from Daubechies' filters and from random ones, and of the
    untrained filters of Daubechies; ``<ensemble>.<length>.random`` is the best of the fits from random ones. Some
    dozens of parameters: the work stays on the CPU, whatever the device.
    """
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    for index, ensemble in enumerate(ENSEMBLES):
        parts = {part: signals_of(data, ensemble, part) for part in ("train", "validation")}
        for length in settings.variant.lengths:
            name = f"{ensemble}.{length}"
            found = [filters_of(module(settings.variant, length=length, start=0, seed=seed))]
            for start in range(settings.training.starts):
                model = module(settings.variant, length=length, start=start, seed=seed)
                part = checkpoint.part(f"{name}.{start}")
                trained = _fitted(model, settings, parts=parts, start=start, seed=seed, checkpoint=part)
                history += [{"ensemble": index, "length": length, "start": start, **row} for row in trained.history]
                found.append(filters_of(evaluated(model, trained.state)))
            score = partial(_score, signals=parts["validation"], settings=settings)
            state |= {name: min(found, key=score), f"{name}.random": min(found[2:], key=score)}
    return Trained(state=state, history=history)


def _score(filters: Filters, *, signals: Signals, settings: Run) -> float:
    return float(objective(filters, signals, settings=settings))


def module(variant: Variant, *, length: int, start: int, seed: int) -> nn.Module:
    """Trainable filters: those of Daubechies at start 0, random ones at all others."""
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
    """The rate at a share of the training: falls linearly to a fiftieth."""
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
