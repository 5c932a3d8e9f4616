"""Histories of SIMP on random load cases, on heat conduction, and on the load cases of the configuration.

A data set has one row per problem. Densities are stored in units of 1/65535, the filtered sensitivity as a logarithm in
units of 1/32 decade, so that the histories of the published size fit into memory as they are.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import xarray as xr
from msgspec.structs import asdict

from mlsim.logs import progress
from mlsim.numerics.elasticity.load_cases import (
    Distribution,
    LoadCase,
    elastic_equilibrium,
    heat_equilibrium,
    node_probabilities,
    random_load_case,
)
from mlsim.numerics.elasticity.quadrilaterals import Grid, conduction_matrix, plane_stress_stiffness
from mlsim.numerics.elasticity.simp import Simp, preset
from mlsim.numerics.elasticity.stiffness import Equilibrium
from mlsim.studies.topopt.settings import (
    COLUMNS,
    ELASTIC,
    HEAT,
    ROWS,
    Example,
    ExampleSampling,
    HeatSampling,
    Problems,
    Sampling,
    Simulation,
    places_to_nodes,
)
from mlsim.training.seeding import numpy_generator

GRID = Grid(columns=COLUMNS, rows=ROWS)
DENSITY_LEVELS = 65535
SENSITIVITY_LEVELS_PER_DECADE = 32
SMALLEST_SENSITIVITY = 1e-4
PARTS = ("test", "validation", "train")
CHUNK = 25

VARIABLES = {
    "density": (("iteration", "y", "x"), "1/65535", "density of every element after each number of iterations"),
    "log_sensitivity": (
        ("iteration", "y", "x"),
        "decade/32",
        "log10 of the filtered sensitivity over 1e-4 of its mean",
    ),
    "compliance": (("iteration",), "1", "compliance of every iterate, Young's modulus and load one"),
    "target": (("y", "x"), "1", "final density above its own mean"),
    "fixed_x": (("node_y", "node_x"), "1", "nodes fixed in x; for heat, at temperature zero"),
    "fixed_y": (("node_y", "node_x"), "1", "nodes fixed in y; for heat, at temperature zero"),
    "load": (("node_y", "node_x"), "force", "vertical force on every node; for heat, its source"),
    "volume_fraction": ((), "1", "fraction of solid material"),
}


def simulate(settings: Sampling, *, seed: int, first: int, count: int) -> xr.Dataset:
    """Histories of problems ``first`` to ``first + count - 1``; problem ``i`` depends on ``seed`` and ``i`` alone."""
    distribution = Distribution(**asdict(settings.load_cases))
    rows = []
    for index in progress(range(first, first + count), label="problems"):
        case = random_load_case(distribution, grid=GRID, rng=numpy_generator(seed, "load case", index))
        rows.append(_history(case, settings.simulation, kind=ELASTIC))
    return _dataset(rows, labels={"index": np.arange(first, first + count)})


def merge(settings: Problems, *, shards: list[xr.Dataset]) -> xr.Dataset:
    """All shards in order, with the part of every problem: test, validation or train.

    Raises:
        ValueError: the shards do not hold the problems 0, 1, 2, ... of the settings.
    """
    merged = xr.concat(shards, dim="problem", data_vars="all", coords="minimal", compat="override", join="override")
    if merged["index"].values.tolist() != list(range(settings.total)):
        raise ValueError(f"shards hold {merged.sizes['problem']} problems, not 0 to {settings.total - 1} in order")
    part = np.repeat(np.arange(3, dtype=np.uint8), [settings.test, settings.validation, settings.train])
    meaning = {"units": "1", "long_name": "part of the problem", "flag_values": [0, 1, 2], "flag_meanings": list(PARTS)}
    return merged.assign(part=("problem", part, meaning))


def simulate_heat(settings: HeatSampling, *, seed: int) -> xr.Dataset:
    """Histories of heat-conduction problems with the rules of ``heat_exact`` and the filter of the elastic problems."""
    heat, rows = settings.heat, []
    probabilities = node_probabilities(GRID, boundary_factor=heat.boundary_factor)
    for index in progress(range(heat.problems), label="problems"):
        rng = numpy_generator(seed, "heat", index)
        cold = np.zeros(GRID.nodes, dtype=bool)
        cold[rng.choice(GRID.nodes, size=1 + rng.poisson(heat.mean_cold), replace=False, p=probabilities)] = True
        fraction = float(np.clip(rng.normal(heat.volume_mean, heat.volume_deviation), *heat.volume_range))
        case = LoadCase(fixed_x=cold, fixed_y=cold, load=np.full(GRID.nodes, heat.source), volume_fraction=fraction)
        rows.append(_history(case, settings.simulation, kind=HEAT))
    return _dataset(rows, labels={"index": np.arange(heat.problems)})


def simulate_examples(settings: ExampleSampling) -> xr.Dataset:
    """Histories of the load cases named in the configuration, with their names and where the figure stops them."""
    examples = settings.examples.values()
    rows = [_history(example_case(example), settings.simulation, kind=ELASTIC) for example in examples]
    stops = np.array([example.stopped_after for example in examples])
    return _dataset(rows, labels={"name": np.array(list(settings.examples)), "stopped_after": stops})


def example_case(example: Example) -> LoadCase:
    """The load case of one example."""

    def mask(nodes: frozenset[tuple[int, int]]) -> np.ndarray:
        return np.array([(int(x), int(y)) in nodes for x, y in GRID.node_coordinates])

    fixed_x, fixed_y, loads = map(mask, map(places_to_nodes, (example.fixed_x, example.fixed_y, example.loads)))
    return LoadCase(fixed_x=fixed_x, fixed_y=fixed_y, load=loads.astype(float), volume_fraction=example.volume_fraction)


def elastic_case(case: LoadCase) -> Equilibrium:
    """Equilibrium of an elastic load case on the study's grid."""
    return elastic_equilibrium(case, grid=GRID, element_matrix=plane_stress_stiffness())


def heat_case(case: LoadCase) -> Equilibrium:
    """Heat conduction on the study's grid; the source is uniform, the cold nodes are those fixed in x."""
    return heat_equilibrium(case.fixed_x, grid=GRID, source=float(case.load[0]), element_matrix=conduction_matrix())


def stored_cases(data: xr.Dataset) -> Iterator[LoadCase]:
    """The load cases of a data set, problem by problem."""
    masks = {name: GRID.flat_nodes(data[name].values) for name in ("fixed_x", "fixed_y", "load")}
    for problem, fraction in enumerate(data["volume_fraction"].values):
        yield LoadCase(**{name: mask[problem] for name, mask in masks.items()}, volume_fraction=float(fraction))


def simp_of(case: LoadCase, *, kind: str, filter_radius: float) -> Simp:
    """SIMP for a load case of the kind ``ELASTIC`` or ``HEAT``, with the rules of that kind."""
    if kind == ELASTIC:
        return Simp(elastic_case(case), filter_radius=filter_radius, rules=preset("topy"))
    return Simp(heat_case(case), filter_radius=filter_radius, rules=preset("heat_exact"))


def _history(case: LoadCase, simulation: Simulation, *, kind: str) -> dict[str, np.ndarray]:
    simp = simp_of(case, kind=kind, filter_radius=simulation.filter_radius)
    start = np.full(GRID.elements, case.volume_fraction)
    iterates = list(islice(simp.iterates(start), simulation.updates + 1))
    density = np.stack([iterate.density for iterate in iterates])
    sensitivity = -np.stack([iterate.sensitivity for iterate in iterates])
    relative = np.maximum(sensitivity / sensitivity.mean(axis=1, keepdims=True), SMALLEST_SENSITIVITY)
    levels = SENSITIVITY_LEVELS_PER_DECADE * np.log10(relative / SMALLEST_SENSITIVITY)
    final = density[-1]
    # a density of exactly 1/2 rounds down, since thresholding counts it as void
    return {
        "density": GRID.image(np.ceil(DENSITY_LEVELS * density - 0.5)).astype(np.uint16),
        "log_sensitivity": GRID.image(np.rint(levels)).astype(np.uint8),
        "compliance": np.array([iterate.compliance for iterate in iterates]),
        "target": GRID.image(final > final.mean()),
        "fixed_x": GRID.node_image(case.fixed_x),
        "fixed_y": GRID.node_image(case.fixed_y),
        "load": GRID.node_image(case.load),
        "volume_fraction": np.array(case.volume_fraction),
    }


def _dataset(rows: list[dict[str, np.ndarray]], *, labels: dict[str, np.ndarray]) -> xr.Dataset:
    variables = {}
    for name, (dims, units, long_name) in VARIABLES.items():
        values = np.stack([row[name] for row in rows])
        variables[name] = (("problem", *dims), values, {"units": units, "long_name": long_name})
    for name, values in labels.items():
        variables[name] = ("problem", values, {"units": "1", "long_name": name.replace("_", " ")})
    dataset = xr.Dataset(variables)
    for name in ("density", "log_sensitivity"):
        dataset[name].encoding["chunks"] = (CHUNK, *dataset[name].shape[1:])
    return dataset
