"""What can be configured in the study of multigrid."""

from typing import Annotated, Literal

from msgspec import Meta

from mlsim.config import AtLeast2, Count, Named, NonEmpty, NonNegative, Positive, Section, Seed, Seeds, enabled, require

# methods that are not learned: a variant of this name would mix with them in the table
CLASSICAL = (
    "linear",
    "linear_closed_form",
    "jacobi_optimal",
    "amg_default",
    "amg_unscaled",
    "amg_ruge_stuben",
    "amg_smoothed_aggregation",
    "two_grid",
    "two_grid_variable",
    "w_cycle",
    "v_cycle",
)

GridSize = Annotated[int, Meta(ge=7)]


def _require_grid_sizes(name: str, sizes: tuple[float, ...]) -> None:
    halved = all(size == int(size) and int(size) & (int(size) + 1) == 0 for size in sizes)
    require(halved, name, list(sizes), allowed="grid sizes, integers of the form 2^k - 1")


class Coefficients(Section):
    """Distribution and number of the random coefficients."""

    test: Count  # fields in two dimensions; they come first and do not depend on the other numbers
    validation: Count  # fields by which parameters are chosen
    train: Count  # fields
    size: GridSize  # interior nodes per side, 2^k - 1
    deviation: Positive  # standard deviation of the logarithm
    length: NonNegative  # standard deviation of the smoothing kernel in cells; zero for independent cells
    # interior nodes, 2^k - 1, of the one-dimensional problems, whose cells are independent
    line_sizes: NonEmpty[Annotated[int, Meta(ge=3)]]

    def __post_init__(self) -> None:
        _require_grid_sizes("size", (self.size,))
        _require_grid_sizes("line_sizes", self.line_sizes)
        self.require_increasing("line_sizes")


class Training(Section):
    """Steps, learning rate and loss, the same for all cycles."""

    steps: Count  # on each problem of at most 225 unknowns
    steps_later: Count  # on each larger grid, whose weights start from the grid before
    rate: Positive  # first learning rate of Adam, decreasing linearly to a fiftieth
    noise: NonNegative  # standard deviation of the initial changes of the stencils, relative to their centre
    # evenly spaced, by exact radii but for random coefficients; the parameters of the best one are stored
    validations: Count
    power: Annotated[int, Meta(ge=4)]  # largest exponent of the stochastic estimate; it grows from 4 to this
    samples: Count  # random vectors per step of the stochastic estimate

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")
        self.require_at_most("validations", "steps_later")


class Problem(Section):
    """One family of problems, solved by V(2,2) cycles."""

    equation: Literal[
        "poisson", "lognormal", "helmholtz", "convection"
    ]  # the first two on a square, the others on a line
    levels: AtLeast2  # most levels of the cycle
    # members: grid sizes of poisson and lognormal, wave numbers of helmholtz, diffusion coefficients of convection
    x: NonEmpty[Positive]
    size: int = 0  # interior nodes, 2^k - 1, of helmholtz and convection alone

    def __post_init__(self) -> None:
        distinct = len({f"{x:g}" for x in self.x}) == len(self.x)
        self.require(distinct, "x", allowed="numbers that differ in their first six digits")
        if self.on_square:
            _require_grid_sizes("x", self.x)
            self.require(min(self.x) >= 7, "x", allowed="grid sizes of at least 7")
            self.require_increasing("x")
            self.require(self.size == 0, "size", allowed="none: x holds the sizes, remove the key")
        else:
            _require_grid_sizes("size", (self.size,))
            dense = "7 to 127: the loss is that of a dense matrix"
            self.require(7 <= self.size <= 127, "size", allowed=dense)
        if self.equation == "helmholtz":
            resolved = max(self.x) < self.size + 1
            self.require(resolved, "x", allowed="wave numbers below size + 1, which the grid resolves")

    @property
    def on_square(self) -> bool:
        """Whether the members are grids of x times x nodes; else all have one line of ``size`` nodes."""
        return self.equation in ("poisson", "lognormal")


class Variant(Section):
    """One learned cycle; see :class:`mlsim.networks.multigrid.learned_cycle.LearnedCycle` for weights and stencils."""

    problem: str  # the family that it is trained on
    weights: Literal["one", "four", "per_level", "mirrored"]  # of the smoother, which are learned
    transfers: Literal["linear", "learned"] = "linear"  # learned: stencils of prolongation and restriction, too
    enabled: bool = True  # false omits the variant


class Run(Section):
    """What one training job depends on."""

    training: Training
    problem: Problem
    variant: Variant


class Evaluation(Section):
    """Sizes of the evaluation."""

    solver_sizes: NonEmpty[GridSize]  # nodes per side, 2^k - 1, of the grids on which iterations are counted
    estimate_size: GridSize  # nodes per side, 2^k - 1, of the grid of the stochastic estimate
    powers: NonEmpty[Count]  # exponents of the stochastic estimate
    largest_transfer: GridSize  # nodes per side of the largest grid on which a cycle learned elsewhere is measured

    def __post_init__(self) -> None:
        _require_grid_sizes("solver_sizes", self.solver_sizes)
        self.require_increasing("solver_sizes")
        _require_grid_sizes("estimate_size", (self.estimate_size,))


class Scoring(Section):
    """What the evaluation of one learned cycle depends on."""

    evaluation: Evaluation
    training: Training
    problem: Problem
    variant: Variant


class Classical(Section):
    """What the evaluation of the classical methods depends on."""

    evaluation: Evaluation
    problems: Named[Problem]


class Settings(Section):
    """The section ``multigrid``."""

    seed: Seed  # of the random coefficients
    seeds: Seeds  # one training per seed
    coefficients: Coefficients
    problems: Named[Problem]
    training: Training
    variants: Named[Variant]
    shown: str  # the variant whose stencils are in a figure
    evaluation: Evaluation

    def __post_init__(self) -> None:
        self.require_distinct("seeds")
        self.require_untaken("variants", CLASSICAL)
        for name, variant in self.variants.items():
            known = variant.problem in self.problems
            self.require(known, f"variants.{name}.problem", allowed=f"one of {', '.join(self.problems)}")
        largest = self.coefficients.size
        for name, problem in self.problems.items():
            small = problem.equation != "lognormal" or max(problem.x) <= largest
            allowed = f"at most {largest}, coefficients.size"
            self.require(small, f"problems.{name}.x", allowed=allowed)
        problems = {name: self.problems[variant.problem] for name, variant in self.enabled.items()}
        poisson = [name for name, problem in problems.items() if problem.equation == "poisson" and min(problem.x) <= 15]
        with_stencils = [name for name in poisson if self.variants[name].transfers == "learned"]
        allowed = "an enabled variant of poisson with learned transfers and a grid of at most 15 nodes per side"
        self.require(self.shown in with_stencils, "shown", allowed=allowed)

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)

    def has_coefficients(self, variant: str) -> bool:
        """Whether the problem of a variant has random coefficients."""
        return self.run(variant).problem.equation == "lognormal"

    def runs(self) -> list[tuple[str, int]]:
        """Name and seed of every training; without random stencils or coefficients one seed alone."""
        drawn = {name: v.transfers == "learned" or self.has_coefficients(name) for name, v in self.enabled.items()}
        return [(name, seed) for name in drawn for seed in (self.seeds if drawn[name] else self.seeds[:1])]

    def run(self, variant: str) -> Run:
        """Settings of one training job."""
        chosen = self.enabled[variant]
        return Run(training=self.training, problem=self.problems[chosen.problem], variant=chosen)

    def scoring(self, variant: str) -> Scoring:
        """Settings of the evaluation of one learned cycle."""
        run = self.run(variant)
        return Scoring(training=run.training, problem=run.problem, variant=run.variant, evaluation=self.evaluation)
