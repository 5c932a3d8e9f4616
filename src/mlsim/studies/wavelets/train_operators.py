"""Filters of the nonstandard form fitted to operators."""

from functools import partial

import torch
from torch import Tensor

from mlsim.networks.wavelets.trainable_filters import LatticeBases
from mlsim.numerics.periodic.integral_kernels import kernel_matrix
from mlsim.numerics.wavelets.filters import lattice_angles, named_filters
from mlsim.numerics.wavelets.nonstandard_form import (
    Bases,
    Matrix,
    nonstandard_form,
    same_everywhere,
    squared_band_error,
)
from mlsim.studies.wavelets.settings import OperatorRun, OperatorVariant
from mlsim.studies.wavelets.train import decay
from mlsim.training.loop import Plan, Trained, fit, with_parameters
from mlsim.training.resume import Checkpoint

SMALLEST = 1e-30  # squared error that counts as zero


def train_operators(settings: OperatorRun, *, checkpoint: Checkpoint, device: str) -> Trained:
    """Filters of every variant, kernel and band, ``<variant>.<kernel>.<band>`` in the state.

    The filters are orthonormal for any parameters, so the best entries of the bands are known for each choice of
    filters, see :func:`mlsim.numerics.wavelets.nonstandard_form.nonstandard_form`: gradient descent on the filters
    with these entries minimises over both. Nothing is drawn at random; the training stays on the CPU.
    """
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    operators = settings.operators
    for index, (name, variant) in enumerate(settings.learned.enabled.items()):
        for number, kernel in enumerate(operators.kernels):
            matrix = kernel_matrix(kernel, size=operators.points)
            for band in settings.learned.bands:
                part = checkpoint.part(f"{name}.{kernel}.{band}")
                bases, rows = _fitted(matrix, variant, settings=settings, band=band, checkpoint=part)
                state[f"{name}.{kernel}.{band}"] = bases
                history += [{"variant": index, "kernel": number, "band": band, **row} for row in rows]
    return Trained(state=state, history=history)


def error_of(matrix: Matrix, bases: Bases, *, band: int) -> Tensor:
    """Relative error of the banded form in the Frobenius norm."""
    return (squared_band_error(nonstandard_form(matrix, bases), band=band) + SMALLEST).sqrt()


def _fitted(
    matrix: Matrix, variant: OperatorVariant, *, settings: OperatorRun, band: int, checkpoint: Checkpoint
) -> tuple[Bases, list[dict[str, float]]]:
    """The better of the first and the trained filters, and the history."""
    learned = settings.learned
    first, levels = named_filters(variant.start), settings.operators.levels
    model = LatticeBases(lattice_angles(first[0]), levels=levels, shared=variant.filters == "shared")
    trained = fit(
        model,
        Plan(steps=learned.steps, rate=partial(decay, peak=learned.rate), validations=learned.validations, seed=0),
        loss=lambda step: error_of(matrix, model(), band=band).log(),
        validate=lambda: float(error_of(matrix, model(), band=band)),
        optimizer=torch.optim.Adam(model.parameters(), betas=(0.9, 0.99), fused=True),
        checkpoint=checkpoint,
    )
    start = same_everywhere(first, levels=levels)
    with torch.no_grad():
        learned_filters = with_parameters(model, trained.state)()
        better = error_of(matrix, learned_filters, band=band) < error_of(matrix, start, band=band)
    return (learned_filters if better else start).contiguous(), trained.history
