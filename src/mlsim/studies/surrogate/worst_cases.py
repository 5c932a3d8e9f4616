"""One perturbation for all fields: singular vectors of the stacked derivatives of a surrogate and of the truth."""

from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.attacks.pq_power_method import LinearMap, Singular, pq_singular_vectors
from mlsim.studies.surrogate.generate import exact
from mlsim.studies.surrogate.measures import Sample, Surrogate, nrmse
from mlsim.studies.surrogate.settings import CASE, Measures
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator

Derivatives = Float[Tensor, "samples rows columns"]
ITERATIONS, TOLERANCE = 300, 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Norms:
    """Norms of a perturbation and of what it does to all outputs; the second is the root mean of the q-th powers."""

    p: float
    q: float

    @property
    def label(self) -> str:
        """As in the names of quantities, such as ``inf_4``."""
        return f"{self.p:g}_{self.q:g}"


def leading(derivatives: Derivatives, norms: Norms, *, starts: int) -> Singular:
    """The perturbations that change all outputs most, to first order; values per sample, see :class:`Norms`.

    Some starts are random, two are the sign of the mean derivative and ones: for a derivative without negative entries
    those are solutions for p = infinity.
    """
    matrix = derivatives.flatten(1) / len(derivatives) ** (1 / norms.q)
    rng = numpy_generator(0, "starts of the power method")
    random = torch.from_numpy(rng.normal(size=(starts, matrix.shape[1])))
    begin = torch.cat([random, matrix.mean(dim=0, keepdim=True).sign(), torch.ones(1, matrix.shape[1]).to(matrix)])
    linear = LinearMap(forward=lambda v: v @ matrix.T, adjoint=lambda w: w @ matrix)
    return pq_singular_vectors(linear, begin, p=norms.p, q=norms.q, iterations=ITERATIONS, tolerance=TOLERANCE)


def perturbation(derivatives: Derivatives, norms: Norms, *, starts: int) -> Float[Tensor, "rows columns"]:
    """The best leading vector as a field, of positive sum, so that pictures compare."""
    vector = leading(derivatives, norms, starts=starts).best().reshape(derivatives.shape[1:])
    return -vector if float(vector.sum()) < 0 else vector


def worst_case_rows(
    surrogate: Surrogate, held: Sample, test: Sample, settings: Measures, *, seed: int, x: float
) -> list[Row]:
    """Gains of the surrogate over those of the truth, and errors of perturbed over those of unperturbed fields.

    The vectors and their signs come from the fields ``held``, the errors from ``test``, where neither has been.
    """
    found = surrogate.gradient(held.field)
    rows: list[Row] = []
    for norms in (Norms(p=2, q=2), Norms(p=inf, q=settings.q)):
        own, true = (leading(each, norms, starts=settings.starts) for each in (found, held.gradient))
        vectors = [each.best() / each.best().norm() for each in (own, true)]
        gain = float(own.values.max() / true.values.max())
        rows.append(case_row(CASE, f"gain_{norms.label}", gain, x=x))
        rows.append(case_row(CASE, f"alignment_{norms.label}", float((vectors[0] @ vectors[1]).abs()), x=x))
        worst = perturbation(found - held.gradient, norms, starts=settings.starts)
        name = "worst_case_ratio" if norms.p == inf else "worst_case_ratio_2_2"
        change = settings.amplitude * _of_unit_size(worst)
        rows.append(case_row(CASE, name, _growth(surrogate, test, _worse(surrogate, held, change)), x=x))
    rng, size = numpy_generator(seed, "random perturbations"), (settings.random, *held.field.shape[1:])
    signs, normal = (torch.from_numpy(each) for each in (rng.choice([-1.0, 1.0], size=size), rng.normal(size=size)))
    controls = {"random_case_ratio": signs, "random_case_ratio_2_2": torch.stack([_of_unit_size(v) for v in normal])}
    for name, drawn in controls.items():
        changes = [_worse(surrogate, held, settings.amplitude * each) for each in drawn]
        rows.append(case_row(CASE, name, float(np.mean([_growth(surrogate, test, each) for each in changes])), x=x))
    return rows


def _of_unit_size(change: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
    """With a root mean square of one, as signs have."""
    return change / change.square().mean().sqrt()


def _worse(surrogate: Surrogate, held: Sample, change: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
    """The change or its negative, whichever raises the error of the fields ``held`` more."""
    return max((change, -change), key=lambda each: _growth(surrogate, held, each))


def _growth(surrogate: Surrogate, test: Sample, change: Float[Tensor, "rows columns"]) -> float:
    """Error of the perturbed fields over that of the unperturbed ones."""
    fields = test.field + change
    return nrmse(surrogate.values(fields), exact(fields))[0] / nrmse(surrogate.values(test.field), test.output)[0]
