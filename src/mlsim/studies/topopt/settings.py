"""What can be configured in the study of topology optimisation."""

from dataclasses import dataclass, replace
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_positive, require_seeds

COLUMNS = ROWS = 40
SIDES = ("left", "right", "top", "bottom")
# methods that are no networks: a variant of this name would mix with them in the table
RESERVED = ("thresholding", "thresholding_all", "final_design")
# minibatch and dropout of the code released with the paper
RELEASED_BATCH = 64
RELEASED_DROPOUT = 0.1
# the figure of problems stops SIMP after 8 updates
FEWEST_UPDATES = 10

Place = str | tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class LoadCases:
    """Law of the random load cases; see :class:`mlsim.numerics.elasticity.load_cases.Distribution`."""

    mean_fixed_x: float
    mean_fixed_y: float
    mean_loads: float
    boundary_factor: float
    volume_mean: float
    volume_deviation: float
    volume_range: tuple[float, float]

    def __post_init__(self) -> None:
        for name in ("mean_fixed_x", "mean_fixed_y", "mean_loads"):
            require(0.1 <= getattr(self, name) <= 100, name, getattr(self, name), allowed="between 0.1 and 100")
        require(self.boundary_factor > 0, "boundary_factor", self.boundary_factor, allowed="positive")
        _check_volume(self)


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """One run of SIMP: number of updates, filter radius in element sides."""

    updates: int
    filter_radius: float

    def __post_init__(self) -> None:
        require(self.updates >= 2, "updates", self.updates, allowed="at least 2")
        require(self.filter_radius > 0, "filter_radius", self.filter_radius, allowed="positive")


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """What the simulation of one shard depends on."""

    simulation: Simulation
    load_cases: LoadCases


@dataclass(frozen=True, kw_only=True)
class Problems:
    """Numbers of problems; test problems come first, so that more training data leave them as they are."""

    test: int
    validation: int
    train: int
    per_shard: int

    def __post_init__(self) -> None:
        require_at_least(1, self, "test", "validation", "train", "per_shard")

    @property
    def total(self) -> int:
        """All problems."""
        return self.test + self.validation + self.train

    @property
    def shards(self) -> int:
        """Number of shards."""
        return -(-self.total // self.per_shard)

    def in_shard(self, shard: int) -> int:
        """Number of problems in shard ``shard``; the last one may hold fewer."""
        return min(self.per_shard, self.total - shard * self.per_shard)


@dataclass(frozen=True, kw_only=True)
class Heat:
    """Heat-conduction problems: one cold node more than a Poisson number, uniform source per node."""

    problems: int
    mean_cold: float
    boundary_factor: float
    source: float
    volume_mean: float
    volume_deviation: float
    volume_range: tuple[float, float]

    def __post_init__(self) -> None:
        require(self.problems >= 1, "problems", self.problems, allowed="at least 1")
        require(0 <= self.mean_cold <= 100, "mean_cold", self.mean_cold, allowed="between 0 and 100")
        require_positive(self, "boundary_factor", "source")
        _check_volume(self)


@dataclass(frozen=True, kw_only=True)
class HeatSampling:
    """What the simulation of the heat problems depends on."""

    simulation: Simulation
    heat: Heat


def _check_volume(law: LoadCases | Heat) -> None:
    low, high = law.volume_range
    require(0 < low < high < 1, "volume_range", law.volume_range, allowed="two fractions, 0 < low < high < 1")
    require(low <= law.volume_mean <= high, "volume_mean", law.volume_mean, allowed=f"in [{low}, {high}]")
    require(law.volume_deviation >= 0, "volume_deviation", law.volume_deviation, allowed="zero or more")


def places_to_nodes(places: tuple[Place, ...]) -> frozenset[tuple[int, int]]:
    """Nodes ``(x, y)`` named by sides of the square and by coordinates, ``y`` downwards."""
    nodes: set[tuple[int, int]] = set()
    for place in places:
        if isinstance(place, tuple):
            require(0 <= place[0] <= COLUMNS and 0 <= place[1] <= ROWS, "node", list(place), allowed=f"in 0..{COLUMNS}")
            nodes.add(place)
            continue
        require(place in SIDES, "place", place, allowed=f"one of {', '.join(SIDES)}, or a node [x, y]")
        vertical = place in ("left", "right")
        fixed = COLUMNS if place in ("right", "bottom") else 0
        nodes |= {(fixed, i) if vertical else (i, fixed) for i in range(COLUMNS + 1)}
    return frozenset(nodes)


def is_held(fixed_x: frozenset[tuple[int, int]], fixed_y: frozenset[tuple[int, int]]) -> bool:
    """Whether no rigid motion is left.

    A rotation about the point where the normals of all supports meet is free; the normals of x-supports are horizontal
    lines, those of y-supports vertical ones, so all meet when the former share one y and the latter share one x.
    """
    return bool(fixed_x and fixed_y) and (len({y for _, y in fixed_x}) > 1 or len({x for x, _ in fixed_y}) > 1)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A load case of one's own for the figure, on the 40 x 40 square: sides or nodes ``[x, y]``, ``y`` downwards."""

    fixed_x: tuple[Place, ...]
    fixed_y: tuple[Place, ...]
    loads: tuple[Place, ...]
    volume_fraction: float
    stopped_after: int

    def __post_init__(self) -> None:
        require(0 < self.volume_fraction < 1, "volume_fraction", self.volume_fraction, allowed="between 0 and 1")
        require(self.stopped_after >= 1, "stopped_after", self.stopped_after, allowed="at least 1 update")
        fixed_x, fixed_y, loads = map(places_to_nodes, (self.fixed_x, self.fixed_y, self.loads))
        supports = sorted(fixed_x)[:3], sorted(fixed_y)[:3]
        remedy = "a load case that is held: fix x and y, at two nodes or more, so that the body cannot move as a whole"
        require(is_held(fixed_x, fixed_y), "fixed_x, fixed_y", supports, allowed=remedy)
        require(bool(loads - fixed_y), "loads", self.loads, allowed="at least one node that is not fixed in y")


@dataclass(frozen=True, kw_only=True)
class ExampleSampling:
    """What the simulation of the examples depends on."""

    simulation: Simulation
    examples: dict[str, Example]


@dataclass(frozen=True, kw_only=True)
class Training:
    """Budget and optimiser of all networks."""

    samples: int
    batch: int
    peak_rate: float
    warm_up: float
    dropout: float
    volume_weight: float
    validations: int

    def __post_init__(self) -> None:
        require_at_least(1, self, "samples", "batch", "validations")
        require(self.peak_rate > 0, "peak_rate", self.peak_rate, allowed="positive")
        require(0 < self.warm_up < 1, "warm_up", self.warm_up, allowed="between 0 and 1")
        require(0 <= self.dropout < 1, "dropout", self.dropout, allowed="in [0, 1)")
        require(self.volume_weight >= 0, "volume_weight", self.volume_weight, allowed="zero or more")
        require(
            self.samples >= self.batch * self.validations,
            "samples",
            self.samples,
            allowed=f"at least batch * validations = {self.batch * self.validations}",
        )

    def by(self, protocol: Literal["ours", "released"]) -> "Training":
        """The training of a variant; the released code has minibatches and a dropout of its own.

        Raises:
            ValueError: too few samples for the minibatches of the released code.
        """
        return replace(self, batch=RELEASED_BATCH, dropout=RELEASED_DROPOUT) if protocol == "released" else self


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One network.

    Attributes:
        sampler: law of the iteration shown in training: ``uniform``, or ``poisson`` with mean ``mean``.
        mean: mean of the Poisson law; without meaning for ``uniform``.
        skip: whether the network corrects thresholding.
        gradient: whether it also sees the filtered sensitivity of the compliance.
        protocol: ``ours``, or ``released`` for the rules of the code released with the paper.
        enabled: false drops the variant.
    """

    sampler: Literal["uniform", "poisson"]
    mean: float = 0.0
    skip: bool = False
    gradient: bool = False
    protocol: Literal["ours", "released"] = "ours"
    enabled: bool = True

    def __post_init__(self) -> None:
        if self.sampler == "poisson":
            require(self.mean > 0, "mean", self.mean, allowed="positive for the sampler poisson")
        else:
            require(self.mean == 0, "mean", self.mean, allowed="none: the sampler uniform has no mean, remove the key")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job depends on."""

    training: Training
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Iterations of the table, resamplings of the bootstrap."""

    iterations: tuple[int, ...]
    resamplings: int

    def __post_init__(self) -> None:
        require(len(self.iterations) > 0, "iterations", self.iterations, allowed="at least one number of updates")
        require(min(self.iterations, default=1) >= 1, "iterations", self.iterations, allowed="at least 1")
        distinct = len(set(self.iterations)) == len(self.iterations)
        require(distinct, "iterations", self.iterations, allowed="each number once")
        require(self.resamplings >= 100, "resamplings", self.resamplings, allowed="at least 100")


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation of one network depends on."""

    evaluation: Evaluation
    variant: Variant
    training: Training


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``topopt``; ``shown`` is the variant in the figure of problems."""

    seed: int
    seeds: tuple[int, ...]
    simulation: Simulation
    load_cases: LoadCases
    problems: Problems
    heat: Heat
    examples: dict[str, Example]
    training: Training
    variants: dict[str, Variant]
    shown: str
    evaluation: Evaluation

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        updates = self.simulation.updates
        require(updates >= FEWEST_UPDATES, "simulation.updates", updates, allowed=f"at least {FEWEST_UPDATES}")
        require(len(self.examples) > 0, "examples", {}, allowed="at least one load case")
        for name in RESERVED:
            require(name not in self.variants, "variants", name, allowed="another name: this one is a classical method")
        last = max(self.evaluation.iterations)
        require(last <= self.simulation.updates, "evaluation.iterations", last, allowed="at most simulation.updates")
        require(any(v.enabled for v in self.variants.values()), "variants", {}, allowed="at least one enabled variant")
        for variant in self.enabled.values():
            self.training.by(variant.protocol)
        require(self.shown in self.enabled, "shown", self.shown, allowed=f"one of {', '.join(self.enabled)}")
        for name, example in self.examples.items():
            require(
                example.stopped_after <= self.simulation.updates,
                f"examples.{name}.stopped_after",
                example.stopped_after,
                allowed="at most simulation.updates",
            )

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)
