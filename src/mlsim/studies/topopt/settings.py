"""What can be configured in the study of topology optimisation."""

from typing import Annotated, Literal

from msgspec.structs import replace

from mlsim.config import Section, Study, WithEnabled
from mlsim.types import AtLeast2, Count, Distinct, Meta, Named, NonNegative, OpenFraction, Positive, Range

# cases of the table
ELASTIC, HEAT = "compliance_40x40", "heat_40x40"
COLUMNS = ROWS = 40  # elements
# methods that are not networks: a variant of this name would mix with them in the table
RESERVED = ("thresholding", "thresholding_all", "final_design")
# minibatch and dropout of the code released with the paper
RELEASED_BATCH = 64
RELEASED_DROPOUT = 0.1

Coordinate = Annotated[int, Meta(ge=0, le=COLUMNS)]
Side = Literal["left", "right", "top", "bottom"]
Place = Side | tuple[Coordinate, Coordinate]
Mean = Annotated[float, Meta(ge=0.1, le=100, description="between 0.1 and 100")]


class RandomProblems(Section):
    """Random nodes and volume fractions, of elastic and of heat problems."""

    boundary_factor: Positive  # weight of a boundary node relative to an inner node
    volume_mean: OpenFraction  # of the normal distribution of the volume fraction
    volume_deviation: NonNegative  # its standard deviation
    volume_range: Range[OpenFraction]  # to which it is clipped

    def __post_init__(self) -> None:
        low, high = self.volume_range
        self.require(low <= self.volume_mean <= high, "volume_mean", f"in volume_range, [{low}, {high}]")


class LoadCases(RandomProblems):
    """Distribution of the random load cases; see :class:`mlsim.numerics.elasticity.load_cases.Distribution`."""

    mean_fixed_x: Mean  # Poisson mean of the nodes fixed in x
    mean_fixed_y: Mean  # Poisson mean of the nodes fixed in y
    mean_loads: Mean  # Poisson mean of the loaded nodes


class Simulation(Section):
    """One run of SIMP."""

    updates: AtLeast2  # iterations; 10 or more, since the figure of problems stops SIMP after at most 8
    filter_radius: Positive  # in element sides


class Sampling(Section):
    """What the simulation of one shard depends on."""

    simulation: Simulation
    load_cases: LoadCases


class Problems(Section):
    """Numbers of problems; test problems come first, so that they do not depend on the number of the others."""

    test: Count  # number of test problems
    validation: Count  # number of problems by which parameters are chosen
    train: Count  # number of training problems
    per_shard: Count  # number of problems that one job simulates

    @property
    def total(self) -> int:
        """All problems."""
        return self.test + self.validation + self.train

    @property
    def shards(self) -> int:
        """Number of shards."""
        return -(-self.total // self.per_shard)


class Heat(RandomProblems):
    """Heat conduction problems: one cold node more than a Poisson number, uniform source."""

    problems: Count  # number of problems, all for testing
    mean_cold: Annotated[float, Meta(ge=0, le=100)]  # Poisson mean of the cold nodes beyond the first
    source: Positive  # heat per node


class HeatSampling(Section):
    """What the simulation of the heat problems depends on."""

    simulation: Simulation
    heat: Heat


def places_to_nodes(places: tuple[Place, ...]) -> frozenset[tuple[int, int]]:
    """Nodes ``(x, y)`` named by sides of the square and by coordinates, ``y`` downwards."""
    nodes: set[tuple[int, int]] = set()
    for side_or_node in places:
        if isinstance(side_or_node, tuple):
            nodes.add(side_or_node)
        else:
            last = COLUMNS if side_or_node in ("right", "bottom") else 0
            nodes |= {(last, i) if side_or_node in ("left", "right") else (i, last) for i in range(COLUMNS + 1)}
    return frozenset(nodes)


def is_held(fixed_x: frozenset[tuple[int, int]], fixed_y: frozenset[tuple[int, int]]) -> bool:
    """Whether no rigid motion is left.

    A rotation about the point where the normals of all supports meet is free; the normals of x-supports are horizontal
    lines, those of y-supports vertical ones, so all meet when the former share one y and the latter share one x.
    """
    return bool(fixed_x and fixed_y) and (len({y for _, y in fixed_x}) > 1 or len({x for x, _ in fixed_y}) > 1)


class Example(Section):
    """A user-defined load case on the 40 x 40 square; a place is a side or a node ``[x, y]``, ``y`` downwards."""

    fixed_x: tuple[Place, ...]  # sides and nodes that cannot move in x
    fixed_y: tuple[Place, ...]  # sides and nodes that cannot move in y
    loads: tuple[Place, ...]  # sides and nodes that carry a vertical unit load
    volume_fraction: OpenFraction  # of solid material
    stopped_after: Count  # iterations of SIMP before the network predicts the design

    def __post_init__(self) -> None:
        fixed_x, fixed_y, loads = map(places_to_nodes, (self.fixed_x, self.fixed_y, self.loads))
        remedy = "a load case without rigid motions: fix x and y, at two nodes or more"
        self.require(is_held(fixed_x, fixed_y), "fixed_x, fixed_y", remedy, value=(self.fixed_x, self.fixed_y))
        self.require(bool(loads - fixed_y), "loads", "at least one node that is not fixed in y")


class ExampleSampling(Section):
    """What the simulation of the examples depends on."""

    simulation: Simulation
    examples: Named[Example]


class Training(Section):
    """Samples and optimiser, the same for all networks."""

    samples: Count  # shown to the network, repetitions included
    batch: Count  # samples per step
    peak_rate: Positive  # largest learning rate of Adam, in a one-cycle schedule
    warm_up: OpenFraction  # fraction of the steps before the peak
    dropout: Annotated[float, Meta(ge=0, lt=1)]  # probability
    volume_weight: NonNegative  # of the volume in the loss, beta in the paper
    validations: Count  # evenly spaced; the parameters of the best one are stored

    def __post_init__(self) -> None:
        least = self.batch * self.validations
        self.require(self.samples >= least, "samples", f"at least batch * validations = {least}")

    def by(self, protocol: Literal["ours", "released"]) -> "Training":
        """The training of a variant by its protocol: the released code has another minibatch size and dropout.

        Raises:
            ValueError: too few samples for the minibatches of the released code.
        """
        return replace(self, batch=RELEASED_BATCH, dropout=RELEASED_DROPOUT) if protocol == "released" else self


class Variant(WithEnabled):
    """One network."""

    sampler: Literal["uniform", "poisson"]  # distribution of the iteration that the network is shown in training
    mean: float = 0.0  # of the Poisson distribution; uniform has none
    skip: bool = False  # the network corrects thresholding
    gradient: bool = False  # the filtered sensitivity of the compliance is a third input
    protocol: Literal["ours", "released"] = "ours"  # batch, dropout and loss; released: as in the paper's code

    def __post_init__(self) -> None:
        if self.sampler == "poisson":
            self.require(self.mean > 0, "mean", "positive for the sampler poisson")
        else:
            self.require(self.mean == 0, "mean", "none: the sampler uniform has no mean, remove the key")


class Run(Section):
    """What one training job depends on."""

    training: Training
    variant: Variant


class Evaluation(Section):
    """What the table reports."""

    iterations: Distinct[Count]  # of SIMP after which the network predicts the final design
    resamplings: Annotated[int, Meta(ge=100)]  # of the bootstrap


class Scoring(Run):
    """What the evaluation of one network depends on."""

    evaluation: Evaluation


class Settings(Study[Variant]):
    """The section ``topopt``."""

    simulation: Simulation
    load_cases: LoadCases
    problems: Problems
    heat: Heat
    examples: Annotated[Named[Example], Meta(min_length=1)]  # shown in the figure of problems
    training: Training
    shown: str  # the variant in the figure of problems
    evaluation: Evaluation

    def __post_init__(self) -> None:
        updates = self.simulation.updates
        self.require(updates >= 10, "simulation.updates", "at least 10")
        for name in self.examples:
            self.require_at_most(f"examples.{name}.stopped_after", "simulation.updates")
        stops = max(self.evaluation.iterations)
        self.require(stops <= updates, "evaluation.iterations", f"at most {updates}, simulation.updates", value=stops)
        self.require_untaken("variants", RESERVED)
        for variant in self.enabled.values():
            self.training.by(variant.protocol)
        self.require_known("shown", self.enabled)

    def shard(self, shard: int) -> dict[str, int]:
        """Arguments of the job that simulates one shard; the last shard may hold fewer problems."""
        first, size = shard * self.problems.per_shard, self.problems.per_shard
        return {"seed": self.seed, "first": first, "count": min(size, self.problems.total - first)}
