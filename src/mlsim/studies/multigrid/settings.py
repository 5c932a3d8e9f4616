"""What can be configured in the study of multigrid."""

from typing import Annotated, Literal

from msgspec.structs import asdict

from mlsim.config import Section, Study, WithEnabled
from mlsim.types import Count, GridSize, Increasing, Meta, Named, NonEmpty, NonNegative, Positive, is_grid_size, where

# methods that are not learned: a variant of this name would mix with them in the table
CLASSICAL = ("linear", "linear_closed_form", "jacobi_optimal", "two_grid", "two_grid_variable", "w_cycle", "v_cycle")
CLASSICAL += ("amg_default", "amg_unscaled", "amg_ruge_stuben", "amg_smoothed_aggregation")


class Coefficients(Section):
    """Distribution and number of the random coefficients."""

    test: Count  # fields in two dimensions; they come first and do not depend on the other numbers
    validation: Count  # fields by which parameters are chosen
    train: Count  # fields
    size: GridSize  # interior nodes per side, 2^k - 1
    deviation: Positive  # standard deviation of the logarithm
    length: NonNegative  # standard deviation of the smoothing kernel in cells; zero for independent cells
    # interior nodes, 2^k - 1, of the one-dimensional problems, whose cells are independent
    line_sizes: Increasing[Annotated[int, where(is_grid_size, "a grid size 2^k - 1, at least 3", ge=3)]]


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

    # the first two on a square, the others on a line
    equation: Literal["poisson", "lognormal", "helmholtz", "convection"]
    levels: Annotated[int, Meta(ge=2)]  # most levels of the cycle
    # members: grid sizes of poisson and lognormal, wave numbers of helmholtz, diffusion coefficients of convection
    x: NonEmpty[Positive]
    size: int = 0  # interior nodes, 2^k - 1, of helmholtz and convection alone

    def __post_init__(self) -> None:
        names = {f"{x:g}" for x in self.x}
        self.require(len(names) == len(self.x), "x", "numbers that differ in their first six digits")
        if self.on_square:
            sizes = list(self.x) == sorted(self.x) and all(x >= 7 and is_grid_size(x) for x in self.x)
            self.require(sizes, "x", "increasing grid sizes, integers of the form 2^k - 1, at least 7")
            self.require(self.size == 0, "size", "none: x holds the sizes, remove the key")
        else:
            dense = is_grid_size(self.size) and 7 <= self.size <= 127
            self.require(dense, "size", "2^k - 1 from 7 to 127: the loss is that of a dense matrix")
        if self.equation == "helmholtz":
            resolved = max(self.x) < self.size + 1
            self.require(resolved, "x", "wave numbers below size + 1, which the grid resolves")

    @property
    def on_square(self) -> bool:
        """Whether the members are grids of x times x nodes; else all have one line of ``size`` nodes."""
        return self.equation in ("poisson", "lognormal")


class Variant(WithEnabled):
    """One learned cycle; see :class:`mlsim.networks.multigrid.learned_cycle.LearnedCycle` for weights and stencils."""

    problem: str  # the family that it is trained on
    weights: Literal["one", "four", "per_level", "mirrored"]  # of the smoother, which are learned
    transfers: Literal["linear", "learned"] = "linear"  # learned: stencils of prolongation and restriction, too


class Run(Section):
    """What one training job depends on."""

    training: Training
    problem: Problem
    variant: Variant


class Evaluation(Section):
    """Sizes of the evaluation."""

    solver_sizes: Increasing[GridSize]  # nodes per side, 2^k - 1, of the grids on which iterations are counted
    estimate_size: GridSize  # nodes per side, 2^k - 1, of the grid of the stochastic estimate
    powers: NonEmpty[Count]  # exponents of the stochastic estimate
    # nodes per side of the largest grid on which a cycle learned elsewhere is measured
    largest_transfer: Annotated[int, Meta(ge=7)]


class Scoring(Run):
    """What the evaluation of one learned cycle depends on."""

    evaluation: Evaluation


class Classical(Section):
    """What the evaluation of the classical methods depends on."""

    evaluation: Evaluation
    problems: Named[Problem]


class Settings(Study[Variant]):
    """The section ``multigrid``."""

    coefficients: Coefficients
    problems: Named[Problem]
    training: Training
    shown: str  # the variant whose stencils are in a figure
    evaluation: Evaluation

    def __post_init__(self) -> None:
        self.require_untaken("variants", CLASSICAL)
        for name in self.variants:
            self.require_known(f"variants.{name}.problem", self.problems)
        largest = self.coefficients.size
        for name, problem in self.problems.items():
            small = problem.equation != "lognormal" or max(problem.x) <= largest
            self.require(small, f"problems.{name}.x", f"at most {largest}, coefficients.size")
        learned = {name: self.problems[v.problem] for name, v in self.enabled.items() if v.transfers == "learned"}
        drawn = [name for name, problem in learned.items() if problem.equation == "poisson" and min(problem.x) <= 15]
        allowed = "an enabled variant of poisson with learned transfers and a grid of at most 15 nodes per side"
        self.require(self.shown in drawn, "shown", allowed)

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
        return Scoring(evaluation=self.evaluation, **asdict(self.run(variant)))
