"""Inversion of the Darcy equation: the coefficient as output of an untrained network, or by penalties on its values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float

from mlsim.logs import progress
from mlsim.networks.untrained.field_decoder import FieldDecoder
from mlsim.numerics.estimation.quasi_newton import Minimum, minimised
from mlsim.numerics.flow.darcy_2d import Factor, two_phase_coefficients
from mlsim.numerics.flow.darcy_2d_inversion import Misfit, bounded, smoothed_total_variation, sources, tikhonov
from mlsim.studies.image_prior.settings import Inversion
from mlsim.tables import NO_SEED, Row, mean_row, row
from mlsim.training.reparametrised import load, parameters_of, reparametrised
from mlsim.training.seeding import global_randomness, numpy_generator

Field = Float[np.ndarray, "nodes nodes"]
MARGIN = 0.2  # log k is bounded by the values of the two phases and this margin on both sides
SLOPE = 3.0  # factor on the network's output before it is mapped to the bounds
STUCK = 10.0  # misfit above which a start counts as stuck
PENALTIES = {"tikhonov": tikhonov, "tv": smoothed_total_variation}
PIXELS = ("tikhonov", "tv", "bounded_tikhonov", "bounded_tv")


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A true coefficient and the misfit of a field against its data.

    Attributes:
        log_k: true coefficient at the nodes of the inversion.
        misfit: see :class:`mlsim.numerics.flow.darcy_2d_inversion.Misfit`.
    """

    log_k: Field
    misfit: Misfit


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimate:
    """An estimated coefficient, its misfit, and the number of evaluations."""

    log_k: Field
    misfit: float
    evaluations: int


def evaluate_inversion(settings: Inversion, *, seed: int) -> pd.DataFrame:
    """Rows of the case ``darcy_inversion``: all methods on the same truths and data."""
    rows: list[Row] = [row("truths", settings.truths, method="cnn")]
    for sensors in progress(settings.sensors, label="numbers of sensors"):
        validation, test = (
            [problem(settings, (name, k), sensors=sensors, seed=seed) for k in range(count)]
            for name, count in (("validation truth", settings.validation), ("truth", settings.truths))
        )
        errors: dict[str, np.ndarray] = {}
        for method in PIXELS:
            weight = _chosen_weight(settings, method, validation)
            estimates = [by_pixels(settings, method, given, weight=weight) for given in test]
            errors[method] = _errors(estimates, test)
            rows += [*_method_rows(method, estimates, test, x=sensors), row("weight", weight, x=sensors, method=method)]
        starts = [by_network(settings, given, seed=seed, index=k) for k, given in enumerate(test)]
        best = [min(estimates, key=lambda estimate: estimate.misfit) for estimates in starts]
        errors["cnn"] = _errors(best, test)
        rows += _method_rows("cnn", best, test, x=sensors)
        rows += _start_rows(starts, test, x=sensors) + _paired_rows(errors, x=sensors)
    return pd.DataFrame(rows).assign(case="darcy_inversion", seed=NO_SEED)


def problem(settings: Inversion, name: tuple[str, int], *, sensors: int, seed: int) -> Problem:
    """A true coefficient with noisy data from a grid of half the mesh width, at random inner nodes of the inversion."""
    nodes, fine = settings.nodes, 2 * settings.nodes - 1
    phases, rng = (1.0, settings.contrast), numpy_generator(seed, *name)
    k = two_phase_coefficients(1, fine, values=phases, modes=nodes, rng=rng)[0]
    pressure = Factor(k).pressure(sources(fine))[:, ::2, ::2]
    rng = numpy_generator(seed, "sensors and noise", *name)
    inner = np.arange(nodes**2).reshape(nodes, nodes)[1:-1, 1:-1].ravel()
    observed_nodes = rng.permutation(inner)[:sensors]
    sigma = settings.noise * np.abs(pressure).max(axis=(1, 2))
    exact = pressure.reshape(len(pressure), -1)[:, observed_nodes]
    observed = exact + sigma[:, None] * rng.normal(size=exact.shape)
    misfit = Misfit(observed, deviation=sigma, sensors=observed_nodes, nodes=nodes)
    return Problem(log_k=np.log(k[::2, ::2]), misfit=misfit)


def nrmse(log_k: Field, truth: Field) -> float:
    """Normalised root mean square error ``||log k - truth|| / ||truth - mean||`` at the inner nodes."""
    inner = truth[1:-1, 1:-1]
    return float(np.linalg.norm(log_k[1:-1, 1:-1] - inner) / np.linalg.norm(inner - inner.mean()))


def by_pixels(settings: Inversion, method: str, given: Problem, *, weight: float) -> Estimate:
    """Least misfit plus weighted penalty over the values at the nodes, free or with the bounds of the network."""
    nodes, penalty = settings.nodes, PENALTIES[method.removeprefix("bounded_")]
    is_bounded = method.startswith("bounded_")
    field = _head(settings) if is_bounded else lambda log_k: (log_k, np.ones_like(log_k))

    def objective(vector: np.ndarray) -> tuple[float, np.ndarray]:
        log_k, slope = field(vector.reshape(nodes, nodes))
        (value, gradient), (size, direction) = given.misfit(log_k), penalty(log_k)
        return value + weight * size, ((gradient + weight * direction) * slope).ravel()

    middle = 0.0 if is_bounded else np.log(settings.contrast) / 2.0
    minimum = minimised(objective, np.full(nodes**2, middle), evaluations=settings.evaluations)
    return _estimate(field(minimum.argument.reshape(nodes, nodes))[0], minimum, given)


def by_network(settings: Inversion, given: Problem, *, seed: int, index: int) -> list[Estimate]:
    """Least misfit over the parameters of the network, until it reaches the noise; one estimate per start."""
    head = _head(settings)

    def objective(field: np.ndarray) -> tuple[float, np.ndarray]:
        log_k, slope = head(SLOPE * field)
        value, gradient = given.misfit(log_k)
        return value, gradient * slope * SLOPE

    estimates = []
    for start in range(settings.starts):
        with global_randomness(seed, "field decoder", index, start):
            net = FieldDecoder(width=settings.width, coarsest=5, doublings=settings.doublings).double()
        composed = reparametrised(net, objective)
        minimum = minimised(composed, parameters_of(net), evaluations=settings.evaluations, enough=1.0)
        load(net, minimum.argument)
        with torch.no_grad():
            estimates.append(_estimate(head(SLOPE * net().numpy())[0], minimum, given))
    return estimates


def _head(settings: Inversion) -> Callable[[Field], tuple[Field, Field]]:
    """The map to the bounds, with its derivative."""
    high = float(np.log(settings.contrast)) + MARGIN
    return lambda free: bounded(free, low=-MARGIN, high=high)


def _estimate(log_k: Field, minimum: Minimum, given: Problem) -> Estimate:
    return Estimate(log_k=log_k, misfit=given.misfit(log_k)[0], evaluations=len(minimum.values))


def _errors(estimates: list[Estimate], problems: list[Problem]) -> np.ndarray:
    return np.array([nrmse(estimate.log_k, given.log_k) for estimate, given in zip(estimates, problems, strict=True)])


def _chosen_weight(settings: Inversion, method: str, problems: list[Problem]) -> float:
    """The weight of the penalty with the least mean error on the validation truths."""

    def error(weight: float) -> float:
        return float(np.mean(_errors([by_pixels(settings, method, p, weight=weight) for p in problems], problems)))

    return min(settings.weights, key=error)


def _method_rows(method: str, estimates: list[Estimate], problems: list[Problem], *, x: float) -> list[Row]:
    """Means over the truths."""
    right = []
    for estimate, given in zip(estimates, problems, strict=True):
        middle = given.log_k.max() / 2.0
        right.append(np.mean(((estimate.log_k > middle) == (given.log_k > middle))[1:-1, 1:-1]))
    values = {
        "relative_error": _errors(estimates, problems),
        "right_phase": np.array(right),
        "misfit": np.array([estimate.misfit for estimate in estimates]),
        "evaluations": np.array([float(estimate.evaluations) for estimate in estimates]),
    }
    return [mean_row(quantity, sample, x=x, method=method) for quantity, sample in values.items()]


def _start_rows(starts: list[list[Estimate]], problems: list[Problem], *, x: float) -> list[Row]:
    """Dependence on the initial parameters: all starts, not only those of least misfit."""
    pairs = zip(starts, problems, strict=True)
    errors = np.array([[nrmse(estimate.log_k, given.log_k) for estimate in estimates] for estimates, given in pairs])
    misfits = np.array([[estimate.misfit for estimate in estimates] for estimates in starts])
    labels: dict[str, Any] = {"method": "cnn_any_start", "x": x}
    rows = [
        mean_row("relative_error", errors.mean(axis=1), **labels),
        row("stuck_share", float((misfits > STUCK).mean()), **labels),
    ]
    if errors.shape[1] > 1:
        rows.append(mean_row("deviation_of_starts", errors.std(axis=1, ddof=1), **labels))
    return rows


def _paired_rows(errors: dict[str, np.ndarray], *, x: float) -> list[Row]:
    """Difference between the error of each other method and that of the network on the same truths, and its sign."""
    rows = []
    for method in PIXELS:
        below = errors[method] - errors["cnn"]
        rows.append(mean_row(f"error_below_{method}", below, x=x, method="cnn"))
        rows.append(row(f"wins_over_{method}", float((below > 0).mean()), x=x, method="cnn"))
    return rows
