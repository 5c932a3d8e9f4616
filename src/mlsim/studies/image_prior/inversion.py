"""The untrained network as a coefficient: inversion of the Darcy equation, beside penalties on the nodes' values."""

from collections.abc import Callable
from dataclasses import dataclass

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
from mlsim.tables import Row, mean_row, row
from mlsim.training.reparametrised import load, parameters_of, reparametrised
from mlsim.training.seeding import global_randomness, numpy_generator

Field = Float[np.ndarray, "nodes nodes"]
MARGIN = 0.2  # of the bounds beyond the values of the two phases, in log k
SLOPE = 3.0  # of the network's output in its bounded head
STUCK = 10.0  # misfit from which on a start counts as stuck
PENALTIES = {"tikhonov": tikhonov, "tv": smoothed_total_variation}
PIXELS = ("tikhonov", "tv", "bounded_tikhonov", "bounded_tv")


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A truth and what is known of it.

    Attributes:
        log_k: truth at the nodes of the inversion.
        misfit: of a field against the data, see :class:`mlsim.numerics.flow.darcy_2d_inversion.Misfit`.
    """

    log_k: Field
    misfit: Misfit


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """A result: the field, its misfit, and the evaluations that it took."""

    log_k: Field
    misfit: float
    evaluations: int


def evaluate_inversion(settings: Inversion, *, seed: int) -> pd.DataFrame:
    """Rows of the case ``darcy_inversion``: all methods on the same truths and data."""
    rows: list[Row] = [row("truths", settings.truths, method="cnn")]
    for sensors in progress(settings.sensors, label="numbers of sensors"):
        validation = [
            problem(settings, ("validation truth", k), sensors=sensors, seed=seed) for k in range(settings.validation)
        ]
        test = [problem(settings, ("truth", k), sensors=sensors, seed=seed) for k in range(settings.truths)]
        errors: dict[str, np.ndarray] = {}
        for method in PIXELS:
            weight = _chosen_weight(settings, method, validation)
            found = [by_pixels(settings, method, each, weight=weight) for each in test]
            own, errors[method] = _rows(method, found, test, x=sensors)
            rows += [*own, row("weight", weight, x=sensors, method=method)]
        starts = [by_network(settings, each, seed=seed, index=k) for k, each in enumerate(test)]
        kept = [min(each, key=lambda found: found.misfit) for each in starts]
        own, errors["cnn"] = _rows("cnn", kept, test, x=sensors)
        rows += own + _start_rows(starts, test, x=sensors) + _paired_rows(errors, x=sensors)
    return pd.DataFrame(rows).assign(case="darcy_inversion", seed=0)


def problem(settings: Inversion, name: tuple[str, int], *, sensors: int, seed: int) -> Problem:
    """A truth with noisy data from a grid of half the mesh width, at random inner nodes of the inversion's grid."""
    nodes = settings.nodes
    k = two_phase_coefficients(
        1,
        2 * nodes - 1,
        values=(1.0, settings.contrast),
        modes=nodes,
        rng=numpy_generator(seed, *name),
    )[0]
    pressure = Factor(k).pressure(sources(2 * nodes - 1))[:, ::2, ::2]
    rng = numpy_generator(seed, "sensors and noise", *name)
    inner = np.arange(nodes**2).reshape(nodes, nodes)[1:-1, 1:-1].ravel()
    places = rng.permutation(inner)[:sensors]
    deviation = settings.noise * np.abs(pressure).max(axis=(1, 2))
    exact = pressure.reshape(len(pressure), -1)[:, places]
    observed = exact + deviation[:, None] * rng.normal(size=exact.shape)
    misfit = Misfit(observed, deviation=deviation, sensors=places, nodes=nodes)
    return Problem(log_k=np.log(k[::2, ::2]), misfit=misfit)


def nrmse(log_k: Field, truth: Field) -> float:
    """Normalised root mean square error ``||log k - truth|| / ||truth - mean||`` at the inner nodes."""
    inner = truth[1:-1, 1:-1]
    return float(np.linalg.norm(log_k[1:-1, 1:-1] - inner) / np.linalg.norm(inner - inner.mean()))


def by_pixels(settings: Inversion, method: str, given: Problem, *, weight: float) -> Found:
    """Least misfit plus weighted penalty over the values at the nodes, bounded as the network's or free."""
    nodes, penalty = settings.nodes, PENALTIES[method.removeprefix("bounded_")]
    field = _head(settings) if method.startswith("bounded_") else _identity

    def objective(vector: np.ndarray) -> tuple[float, np.ndarray]:
        log_k, slope = field(vector.reshape(nodes, nodes))
        (value, gradient), (size, direction) = given.misfit(log_k), penalty(log_k)
        return value + weight * size, ((gradient + weight * direction) * slope).ravel()

    middle = 0.0 if method.startswith("bounded_") else np.log(settings.contrast) / 2.0
    found = minimised(objective, np.full(nodes**2, middle), evaluations=settings.evaluations)
    return _found(field(found.place.reshape(nodes, nodes))[0], found, given)


def by_network(settings: Inversion, given: Problem, *, seed: int, index: int) -> list[Found]:
    """Least misfit over the parameters of the network, down to the noise; one result per start."""
    head = _head(settings)

    def objective(field: np.ndarray) -> tuple[float, np.ndarray]:
        log_k, slope = head(SLOPE * field)
        value, gradient = given.misfit(log_k)
        return value, gradient * slope * SLOPE

    results = []
    for start in range(settings.starts):
        with global_randomness(seed, "field decoder", index, start):
            net = FieldDecoder(width=settings.width, coarsest=5, doublings=settings.doublings).double()
        found = minimised(
            reparametrised(net, objective), parameters_of(net), evaluations=settings.evaluations, enough=1.0
        )
        load(net, found.place)
        with torch.no_grad():
            results.append(_found(head(SLOPE * net().numpy())[0], found, given))
    return results


def _head(settings: Inversion) -> Callable[[Field], tuple[Field, Field]]:
    high = float(np.log(settings.contrast)) + MARGIN
    return lambda free: bounded(free, low=-MARGIN, high=high)


def _identity(log_k: Field) -> tuple[Field, Field]:
    return log_k, np.ones_like(log_k)


def _found(log_k: Field, minimum: Minimum, given: Problem) -> Found:
    return Found(log_k=log_k, misfit=given.misfit(log_k)[0], evaluations=len(minimum.values))


def _chosen_weight(settings: Inversion, method: str, problems: list[Problem]) -> float:
    """The weight of the penalty with the least mean error on the validation truths."""

    def error(weight: float) -> float:
        found = [by_pixels(settings, method, each, weight=weight) for each in problems]
        return float(np.mean([nrmse(f.log_k, p.log_k) for f, p in zip(found, problems, strict=True)]))

    return min(settings.weights, key=error)


def _rows(method: str, found: list[Found], problems: list[Problem], *, x: float) -> tuple[list[Row], np.ndarray]:
    """Means over the truths, and the error on each."""
    pairs = list(zip(found, problems, strict=True))
    errors = np.array([nrmse(f.log_k, p.log_k) for f, p in pairs])
    middle = [p.log_k.max() / 2.0 for p in problems]
    right = [np.mean(((f.log_k > m) == (p.log_k > m))[1:-1, 1:-1]) for (f, p), m in zip(pairs, middle, strict=True)]
    values = {"relative_error": errors, "right_phase": np.array(right)}
    values |= {"misfit": np.array([f.misfit for f in found])}
    values |= {"evaluations": np.array([float(f.evaluations) for f in found])}
    return [mean_row(quantity, each, x=x, method=method) for quantity, each in values.items()], errors


def _start_rows(starts: list[list[Found]], problems: list[Problem], *, x: float) -> list[Row]:
    """How much hangs on the initial parameters: all starts, not those of least misfit alone."""
    errors = np.array([[nrmse(f.log_k, p.log_k) for f in own] for own, p in zip(starts, problems, strict=True)])
    misfits = np.array([[f.misfit for f in own] for own in starts])
    rows = [
        mean_row("relative_error", errors.mean(axis=1), x=x),
        row("stuck_share", float((misfits > STUCK).mean()), x=x),
    ]
    if errors.shape[1] > 1:
        rows.append(mean_row("deviation_of_starts", errors.std(axis=1, ddof=1), x=x))
    return [each | {"method": "cnn_any_start"} for each in rows]


def _paired_rows(errors: dict[str, np.ndarray], *, x: float) -> list[Row]:
    """By how much the network's error is below that of each other method on the same truth, and how often."""
    rows = []
    for method in PIXELS:
        below = errors[method] - errors["cnn"]
        rows.append(mean_row(f"error_below_{method}", below, x=x))
        rows.append(row(f"wins_over_{method}", float((below > 0).mean()), x=x))
    return [each | {"method": "cnn"} for each in rows]
