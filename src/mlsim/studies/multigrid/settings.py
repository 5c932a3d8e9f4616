"""What can be configured in the study of multigrid."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_seeds

CLASSICAL = (
    "linear", "linear_closed_form", "jacobi_optimal", "amg_default", "amg_unscaled", "amg_ruge_stuben",
    "amg_smoothed_aggregation", "two_grid", "two_grid_variable", "w_cycle", "v_cycle",
)  # fmt: skip


def _check_sizes(name: str, sizes: tuple[int, ...], *, least: int = 7) -> None:
    good = len(sizes) > 0 and all(n >= least and n & (n + 1) == 0 for n in sizes) and list(sizes) == sorted(set(sizes))
    require(good, name, list(sizes), allowed=f"rising numbers of the form 2^k - 1, {least} or more")


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """Law and number of the random coefficients.

    Attributes:
        test: coefficient fields in two dimensions to test on; they come first and do not depend on the others.
        validation: further ones to validate on.
        train: further ones to train on.
        size: interior nodes per side.
        deviation: standard deviation of the logarithm.
        length: standard deviation of the smoothing kernel in cells; zero for independent cells.
        line_sizes: interior nodes of the one-dimensional problems with independent cells.
    """

    test: int
    validation: int
    train: int
    size: int
    deviation: float
    length: float
    line_sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        require_at_least(1, self, "test", "validation", "train")
        _check_sizes("size", (self.size,))
        _check_sizes("line_sizes", self.line_sizes, least=3)
        require(self.deviation > 0, "deviation", self.deviation, allowed="positive")
        require(self.length >= 0, "length", self.length, allowed="zero or more")


@dataclass(frozen=True, kw_only=True)
class Training:
    """Budgets and rates.

    Attributes:
        steps: steps on each problem of at most 225 unknowns.
        steps_later: steps on each larger grid, whose weights start from the grid before.
        rate: of Adam, falling linearly to a fiftieth.
        noise: standard deviation of the initial changes of the stencils.
        validations: radii computed along the way, exact ones but for random coefficients; the best one decides which
            parameters are kept.
        power: largest exponent of the stochastic estimate; it grows from 4 to this.
        samples: random vectors per step of the stochastic estimate.
    """

    steps: int
    steps_later: int
    rate: float
    noise: float
    validations: int
    power: int
    samples: int

    def __post_init__(self) -> None:
        require(self.validations >= 1, "validations", self.validations, allowed="at least 1")
        for name in ("steps", "steps_later"):
            require(getattr(self, name) >= self.validations, name, getattr(self, name), allowed="validations or more")
        require(self.rate > 0, "rate", self.rate, allowed="positive")
        require(self.noise >= 0, "noise", self.noise, allowed="zero or more")
        require(self.power >= 4, "power", self.power, allowed="at least 4")
        require(self.samples >= 1, "samples", self.samples, allowed="at least 1")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One family of problems, solved by V(2,2) cycles.

    Attributes:
        equation: what is solved.
        levels: most levels of the cycle.
        x: the members: grid sizes of ``poisson`` and ``lognormal``, wave numbers of ``helmholtz``, diffusion
            coefficients of ``convection``.
        size: interior nodes; of ``helmholtz`` and ``convection`` alone.
    """

    equation: Literal["poisson", "lognormal", "helmholtz", "convection"]
    levels: int
    x: tuple[float, ...]
    size: int = 0

    def __post_init__(self) -> None:
        require(self.levels >= 2, "levels", self.levels, allowed="at least 2")
        require(len(self.x) > 0 and min(self.x) > 0, "x", list(self.x), allowed="positive numbers, at least one")
        distinct = len({f"{x:g}" for x in self.x}) == len(self.x)
        require(distinct, "x", list(self.x), allowed="numbers that differ in their first six digits")
        if self.equation in ("poisson", "lognormal"):
            require(all(x == int(x) for x in self.x), "x", list(self.x), allowed="grid sizes, which are integers")
            _check_sizes("x", tuple(int(x) for x in self.x))
            require(self.size == 0, "size", self.size, allowed="none: x holds the sizes, remove the key")
        else:
            _check_sizes("size", (self.size,))
            require(self.size <= 127, "size", self.size, allowed="at most 127: the loss is that of a dense matrix")
        if self.equation == "helmholtz":
            resolved = max(self.x) < self.size + 1
            require(resolved, "x", list(self.x), allowed="wave numbers below size + 1, which the grid resolves")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One learned cycle; see :class:`mlsim.networks.multigrid.learned_cycle.LearnedCycle` for weights and stencils.

    Attributes:
        problem: name of the family it is trained on.
        weights: which smoother weights are learned.
        transfers: whether the stencils of prolongation and restriction are learned too.
        enabled: false drops the variant.
    """

    problem: str
    weights: Literal["one", "four", "per_level", "mirrored"]
    transfers: Literal["linear", "learned"] = "linear"
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job depends on."""

    training: Training
    problem: Problem
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Sizes of the evaluation.

    Attributes:
        solver_sizes: grids on which iterations are counted.
        estimate_size: grid of the stochastic estimate.
        powers: its exponents.
        largest_transfer: largest grid on which a cycle learned elsewhere is measured.
    """

    solver_sizes: tuple[int, ...]
    estimate_size: int
    powers: tuple[int, ...]
    largest_transfer: int

    def __post_init__(self) -> None:
        _check_sizes("solver_sizes", self.solver_sizes)
        _check_sizes("estimate_size", (self.estimate_size,))
        good = len(self.powers) > 0 and min(self.powers) >= 1
        require(good, "powers", list(self.powers), allowed="positive exponents, at least one")
        require(self.largest_transfer >= 7, "largest_transfer", self.largest_transfer, allowed="at least 7")


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation of one learned cycle depends on."""

    evaluation: Evaluation
    training: Training
    problem: Problem
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Classical:
    """What the evaluation of the classical methods depends on."""

    evaluation: Evaluation
    problems: dict[str, Problem]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``multigrid``; ``shown`` is the variant whose stencils a figure shows."""

    seed: int
    seeds: tuple[int, ...]
    coefficients: Coefficients
    problems: dict[str, Problem]
    training: Training
    variants: dict[str, Variant]
    shown: str
    evaluation: Evaluation

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        for name, variant in self.variants.items():
            require(name not in CLASSICAL, "variants", name, allowed="another name: this one is a classical method")
            known = variant.problem in self.problems
            require(known, f"variants.{name}.problem", variant.problem, allowed=f"one of {', '.join(self.problems)}")
        for name, problem in self.problems.items():
            if problem.equation == "lognormal":
                largest = int(max(problem.x))
                allowed = f"at most coefficients.size = {self.coefficients.size}"
                require(largest <= self.coefficients.size, f"problems.{name}.x", list(problem.x), allowed=allowed)
        shown = self.enabled.get(self.shown)
        good = shown is not None and shown.transfers == "learned"
        if shown is not None:
            problem = self.problems[shown.problem]
            good = good and problem.equation == "poisson" and min(problem.x) <= 15
        allowed = "an enabled variant of poisson with learned transfers and a grid of at most 15 nodes per side"
        require(good, "shown", self.shown, allowed=allowed)

    def seeds_of(self, name: str) -> tuple[int, ...]:
        """Seeds of one variant: a single one where nothing is drawn at random, linear transfers and exact losses."""
        variant = self.variants[name]
        drawn = variant.transfers == "learned" or self.problems[variant.problem].equation == "lognormal"
        return self.seeds if drawn else self.seeds[:1]

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)
