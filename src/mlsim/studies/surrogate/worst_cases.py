"""One perturbation for all fields: singular vectors of the stacked derivatives of a surrogate and of the truth."""

from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.attacks.pq_power_method import LinearMap, SingularVectors, pq_singular_vectors
from mlsim.studies.surrogate.generate import exact
from mlsim.studies.surrogate.measures import nrmse
from mlsim.studies.surrogate.samples import Fields, Parts, Sample, Surrogate
from mlsim.studies.surrogate.settings import CASE, Measures
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator

Field = Float[Tensor, "rows columns"]
ITERATIONS, TOLERANCE = 300, 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Norms:
    """``p``-norm of a perturbation, and root mean of the ``q``-th powers of the changes of all outputs."""

    p: float
    q: float

    @property
    def label(self) -> str:
        """As in the names of quantities, such as ``inf_4``."""
        return f"{self.p:g}_{self.q:g}"


def leading_vectors(derivatives: Fields, norms: Norms, *, starts: int) -> SingularVectors:
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


def leading_field(derivatives: Fields, norms: Norms, *, starts: int) -> Field:
    """The best leading vector as a field, of positive sum, so that pictures compare."""
    vector = leading_vectors(derivatives, norms, starts=starts).best().reshape(derivatives.shape[1:])
    return -vector if float(vector.sum()) < 0 else vector


def worst_case_rows(surrogate: Surrogate, parts: Parts, settings: Measures, *, seed: int, x: float) -> list[Row]:
    """Gains of the surrogate over those of the truth, and errors of perturbed over those of unperturbed fields.

    The perturbations and their signs are chosen on the validation fields, the errors measured on the test fields.
    """
    validation, test = parts.validation.first(settings.jacobian), parts.test.first(settings.paired)
    gradient, starts = surrogate.gradient(validation.field), settings.starts
    rows: list[Row] = []
    perturbations: dict[str, list[Field]] = {}
    for norms in (Norms(p=2, q=2), Norms(p=inf, q=settings.q)):
        of_surrogate, of_truth = (
            leading_vectors(derivatives, norms, starts=starts) for derivatives in (gradient, validation.gradient)
        )
        directions = [vectors.best() / vectors.best().norm() for vectors in (of_surrogate, of_truth)]
        gain = float(of_surrogate.values.max() / of_truth.values.max())
        rows.append(case_row(CASE, f"gain_{norms.label}", gain, x=x))
        rows.append(case_row(CASE, f"alignment_{norms.label}", float((directions[0] @ directions[1]).abs()), x=x))
        worst = leading_field(gradient - validation.gradient, norms, starts=starts)
        perturbations["worst_case_ratio" if norms.p == inf else "worst_case_ratio_2_2"] = [_of_unit_size(worst)]
    rng, size = numpy_generator(seed, "random perturbations"), (settings.random, *validation.field.shape[1:])
    perturbations["random_case_ratio"] = list(torch.from_numpy(rng.choice([-1.0, 1.0], size=size)))
    normal = torch.from_numpy(rng.normal(size=size))
    perturbations["random_case_ratio_2_2"] = [_of_unit_size(change) for change in normal]
    for quantity, changes in perturbations.items():
        signed = [_worse_sign(surrogate, validation, settings.amplitude * change) for change in changes]
        growth = float(np.mean([_error_growth(surrogate, test, change) for change in signed]))
        rows.append(case_row(CASE, quantity, growth, x=x))
    return rows


def _of_unit_size(change: Field) -> Field:
    """With a root mean square of one, as signs have."""
    return change / change.square().mean().sqrt()


def _worse_sign(surrogate: Surrogate, validation: Sample, change: Field) -> Field:
    """The change or its negative, whichever raises the error of the validation fields more."""
    return max((change, -change), key=lambda signed: _error_growth(surrogate, validation, signed))


def _error_growth(surrogate: Surrogate, sample: Sample, change: Field) -> float:
    """Error of the perturbed fields over that of the unperturbed ones."""
    fields = sample.field + change
    return nrmse(surrogate.values(fields), exact(fields))[0] / nrmse(surrogate.values(sample.field), sample.output)[0]
