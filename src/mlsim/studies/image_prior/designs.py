"""Topology optimisation by an untrained network whose output is the design, at equal numbers of solves."""

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from mlsim.logs import progress
from mlsim.networks.untrained.design_decoder import DesignDecoder
from mlsim.numerics.elasticity.constrained_sigmoid import constrained_sigmoid, constrained_sigmoid_adjoint
from mlsim.numerics.elasticity.density_filters import ConeFilter
from mlsim.numerics.elasticity.load_cases import Distribution, elastic_equilibrium, random_load_case
from mlsim.numerics.elasticity.optimality import Bisection
from mlsim.numerics.elasticity.quadrilaterals import Grid, plane_stress_stiffness
from mlsim.numerics.elasticity.simp import Simp, preset
from mlsim.numerics.estimation.quasi_newton import Objective, minimised
from mlsim.studies.image_prior.settings import Designs
from mlsim.tables import NO_SEED, Row, row, standard_error
from mlsim.training.reparametrised import parameters_of, reparametrised
from mlsim.training.seeding import global_randomness, numpy_generator

Values = Float[np.ndarray, " solves"]
MEMORY = 10  # pairs of L-BFGS, as in the published code
# exact volume, as with the other methods
RULES = replace(preset("top88_density"), multiplier=Bisection(upper=1e9, tolerance=1e-12))


def evaluate_designs(settings: Designs, *, seed: int) -> pd.DataFrame:
    """Rows of the case ``simp_suite``: the least compliance of each method within each budget."""
    values = [problem_values(settings, seed=seed, index=k) for k in progress(range(settings.problems), label="designs")]
    rows: list[Row] = []
    for solves in settings.solves:
        reached = {name: np.array([by_name[name][solves - 1] for by_name in values]) for name in values[0]}
        for method, baseline in (("cnn", "oc"), ("cnn", "pixels"), ("pixels", "oc")):
            rows += _ratio_rows(method, baseline, reached[method] / reached[baseline], x=solves)
        starts = np.array([sample for name, sample in reached.items() if name.startswith("cnn_start")])
        if len(starts) > 1:
            spread = float(np.log(starts).std(axis=0, ddof=1).mean())
            rows.append(row("deviation_of_starts", spread, x=solves, method="cnn"))
    rows.append(row("problems", settings.problems, method="cnn"))
    return pd.DataFrame(rows).assign(case="simp_suite", seed=NO_SEED)


def problem_values(settings: Designs, *, seed: int, index: int) -> dict[str, Values]:
    """Least compliance up to each solve: optimality criteria, L-BFGS on the elements' logits, and on the network.

    All methods have the same filter, stiffness and budget, and exactly the same volume of the filtered density. The
    values of ``cnn`` are those of the network's first start.
    """
    simp, filtering, volume = load_case(settings, seed=seed, index=index)
    most = settings.solves[-1]
    start = np.full(settings.side**2, volume)
    criteria = np.array([iterate.compliance for iterate in islice(simp.iterates(start), most)])
    objective = design_objective(simp, filtering, volume=volume)
    budget = {"evaluations": most, "memory": MEMORY}
    values = {"oc": criteria, "pixels": minimised(objective, np.zeros(start.size), **budget).values}
    for k in range(settings.starts):
        with global_randomness(seed, "design decoder", index, k):
            net = DesignDecoder(columns=settings.side, rows=settings.side, filters=settings.filters)
        composed = reparametrised(net, _of_field(objective))
        values[f"cnn_start_{k}"] = minimised(composed, parameters_of(net), **budget).values
    padded = {name: _least_so_far(compliances, most) for name, compliances in values.items()}
    return {**padded, "cnn": padded["cnn_start_0"]}


def load_case(settings: Designs, *, seed: int, index: int) -> tuple[Simp, ConeFilter, float]:
    """A random problem with its filter and its volume fraction."""
    distribution = Distribution(
        mean_fixed_x=settings.mean_fixed_x,
        mean_fixed_y=settings.mean_fixed_y,
        mean_loads=settings.mean_loads,
        boundary_factor=settings.boundary_factor,
        volume_mean=settings.volume_mean,
        volume_deviation=settings.volume_deviation,
        volume_range=settings.volume_range,
    )
    grid = Grid(columns=settings.side, rows=settings.side)
    case = random_load_case(distribution, grid=grid, rng=numpy_generator(seed, "load case", index))
    equilibrium = elastic_equilibrium(case, grid=grid, element_matrix=plane_stress_stiffness())
    simp = Simp(equilibrium, filter_radius=settings.filter_radius, rules=RULES)
    return simp, ConeFilter(grid, radius=settings.filter_radius), case.volume_fraction


def design_objective(simp: Simp, filtering: ConeFilter, *, volume: float) -> Objective:
    """Compliance and gradient in the logits: sigmoid with the volume of the filtered density, filter, SIMP."""

    def objective(logits: np.ndarray) -> tuple[float, np.ndarray]:
        weights = filtering.adjoint(np.ones(logits.size))
        density = constrained_sigmoid(logits, weights=weights, mean=volume)
        compliance, gradient = simp.compliance(filtering.mean(density))
        return compliance, constrained_sigmoid_adjoint(density, filtering.adjoint(gradient), weights=weights)

    return objective


def _of_field(objective: Objective) -> Objective:
    """The objective of a field instead of a vector; elements are numbered down the columns, its second index."""

    def of_field(field: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(field.ravel())
        return value, gradient.reshape(field.shape)

    return of_field


def _least_so_far(values: Values, most: int) -> Values:
    """Running minimum; constant after the end of a search that stopped before its budget."""
    least = np.minimum.accumulate(values)
    return np.concatenate([least, np.full(most - least.size, least[-1])])


def _ratio_rows(method: str, baseline: str, ratios: np.ndarray, *, x: float) -> list[Row]:
    """Geometric mean over the problems with its error to first order, median, extremes, and fraction of wins."""
    logs = np.log(ratios)
    mean = float(np.exp(logs.mean()))
    suffix = "" if baseline == "oc" else f"_to_{baseline}"
    labels: dict[str, Any] = {"x": x, "method": method}
    return [
        row(f"compliance_ratio{suffix}", mean, se=mean * standard_error(logs), **labels),
        row(f"median_ratio{suffix}", float(np.median(ratios)), **labels),
        row(f"least_ratio{suffix}", ratios.min(), **labels),
        row(f"largest_ratio{suffix}", ratios.max(), **labels),
        row(f"wins_over_{baseline}", (ratios < 1.0).mean(), **labels),
    ]
