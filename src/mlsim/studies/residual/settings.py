"""What can be configured in the study of residual learning."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_distinct_seeds, require_seeds

# the variant whose rows are called direct, residual and conditioned, without its name before them
MAIN = "dense"
# rows of these methods are not those of a network that the configuration names
CLASSICAL = ("coarse_solve", "richardson", "fine_solve", "convolution", "full_convolution", "dense_matrix", "direct",
             "residual", "conditioned", "mgnet_zero", "mgnet_injection", "closed_form")  # fmt: skip


def _check_rising(name: str, values: tuple[float, ...], *, least: float) -> None:
    good = len(values) > 0 and min(values) >= least and list(values) == sorted(set(values))
    require(good, name, list(values), allowed=f"rising numbers, {least:g} or more, at least one")


def _check_budget(budget: "Correction | Stack") -> None:
    for name in ("steps", "batch", "validations"):
        require(getattr(budget, name) >= 1, name, getattr(budget, name), allowed="at least 1")
    require(budget.steps >= budget.validations, "steps", budget.steps, allowed="validations or more")
    require(budget.rate > 0, "rate", budget.rate, allowed="positive")
    require_distinct_seeds("seeds", list(budget.seeds), or_none=True)


@dataclass(frozen=True, kw_only=True)
class States:
    """Potentials and their ground states on a fine and on coarser grids.

    Attributes:
        size: points of the fine grid, ``1 / h``.
        ratios: ``H / h`` of the coarse grids.
        test: potentials to test on; they do not depend on the number of the others.
        validation: further ones to choose parameters by.
        train: further ones to train on.
        interaction: ``beta`` of the nonlinear term.
        references: test potentials whose ground state is also computed without discretisation error.
    """

    size: int
    ratios: tuple[int, ...]
    test: int
    validation: int
    train: int
    interaction: float
    references: int

    def __post_init__(self) -> None:
        _check_rising("ratios", self.ratios, least=2)
        divides = all(self.size % ratio == 0 and self.size // ratio >= 10 for ratio in self.ratios)
        require(divides, "ratios", list(self.ratios), allowed="divisors of size that leave 10 points or more")
        require_at_least(2, self, "test", "validation", "train")
        require(self.interaction >= 0, "interaction", self.interaction, allowed="zero or more")
        require(2 <= self.references <= self.test, "references", self.references, allowed="2 to test")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A network from the potential on the fine grid to the ground state, once for each way to pose the task.

    Attributes:
        network: ``dense``, three layers of the grid's size; or ``circular``, dilated circular convolutions with skips.
        residual: ``H / h`` for which it learns what the interpolated coarse ground state leaves; the whole state is
            learned always.
        conditioned: ``H / h`` for which it learns the whole state and sees the interpolated coarse one.
        steps: updates per task.
        batch: samples per update.
        rate: first learning rate of NAdam, falling to zero along a half cosine.
        validations: evenly spread; the best one decides which parameters are kept.
        seeds: of the trainings; none stands for those of the study.
        enabled: false drops the variant.
    """

    network: Literal["dense", "circular"]
    residual: tuple[int, ...]
    conditioned: tuple[int, ...] = ()
    steps: int
    batch: int
    rate: float
    validations: int
    seeds: tuple[int, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_budget(self)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A deep network of circular convolutions, once for each depth.

    Attributes:
        network: ``plain``, ``skip``, or ``mgnet``, residual blocks whose second convolution is shared.
        initial: ``torch``: weights uniform on ``+-1/sqrt(inputs)``; ``he``: the same times ``sqrt(6)``; ``small``: the
            same over ``sqrt(depth)``, so that the blocks together change their input by as much at every depth.
        depths: convolutions that an input passes.
        steps: updates per depth.
        batch: samples per update.
        rate: first learning rate of NAdam, falling to zero along a half cosine.
        validations: evenly spread; the best one decides which parameters are kept.
        seeds: of the trainings; none stands for those of the study.
        enabled: false drops the variant.
    """

    network: Literal["plain", "skip", "mgnet"]
    initial: Literal["torch", "he", "small"]
    depths: tuple[int, ...]
    steps: int
    batch: int
    rate: float
    validations: int
    seeds: tuple[int, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_budget(self)
        _check_rising("depths", self.depths, least=2)
        even = self.network != "mgnet" or all(depth % 2 == 0 for depth in self.depths)
        require(even, "depths", list(self.depths), allowed="even numbers: a step of mgnet has two convolutions")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What all deep networks have in common.

    Attributes:
        ratio: ``H / h`` of the grid on which they map the potential to the ground state.
        channels: channels of every convolution.
        width: its taps, odd.
    """

    ratio: int
    channels: int
    width: int

    def __post_init__(self) -> None:
        require(self.channels >= 1, "channels", self.channels, allowed="at least 1")
        require(self.width >= 1 and self.width % 2 == 1, "width", self.width, allowed="odd numbers")


@dataclass(frozen=True, kw_only=True)
class Exact:
    """What is computed without training: cycles as networks, convolutions as matrices.

    Attributes:
        cycle_sizes: nodes per side of the grids on which MgNet is compared with the V-cycle.
        size: points of the piecewise-smooth functions.
        jumps: their jumps.
        noise: deviation of the noise in the observed values; the functions' own is about one.
        width: taps of the convolution layer, odd.
        test: functions to test on.
        validation: functions to choose the penalty by.
        samples: numbers of training functions.
    """

    cycle_sizes: tuple[int, ...]
    size: int
    jumps: int
    noise: float
    width: int
    test: int
    validation: int
    samples: tuple[int, ...]

    def __post_init__(self) -> None:
        good = len(self.cycle_sizes) > 0 and all(n >= 7 and n & (n + 1) == 0 for n in self.cycle_sizes)
        require(good, "cycle_sizes", list(self.cycle_sizes), allowed="numbers of the form 2^k - 1, 7 or more")
        _check_rising("samples", self.samples, least=1)
        require(self.jumps >= 2, "jumps", self.jumps, allowed="at least 2")
        require(self.noise > 0, "noise", self.noise, allowed="positive")
        odd = self.width % 2 == 1 and 1 <= self.width < self.size
        require(odd, "width", self.width, allowed="odd numbers below size")
        require_at_least(2, self, "test", "validation")


@dataclass(frozen=True, kw_only=True)
class CorrectionRun:
    """What one training job of a correction depends on."""

    variant: Correction


@dataclass(frozen=True, kw_only=True)
class StackRun:
    """What one training job of a deep network depends on."""

    shape: Shape
    variant: Stack


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation of all networks depends on."""

    corrections: dict[str, Correction]
    shape: Shape
    stacks: dict[str, Stack]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``residual``."""

    seed: int
    seeds: tuple[int, ...]
    states: States
    corrections: dict[str, Correction]
    shape: Shape
    stacks: dict[str, Stack]
    exact: Exact

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        ratios, words = self.states.ratios, f"those of states.ratios, {list(self.states.ratios)}"
        require(self.shape.ratio in ratios, "shape.ratio", self.shape.ratio, allowed=words)
        for name, variant in self.corrections.items():
            for key in ("residual", "conditioned"):
                known = set(getattr(variant, key)) <= set(ratios)
                require(known, f"corrections.{name}.{key}", list(getattr(variant, key)), allowed=words)
        for name in (*self.corrections, *self.stacks):
            taken = name in CLASSICAL or (name in self.corrections and name in self.stacks)
            require(not taken, "stacks" if name in self.stacks else "corrections", name, allowed="another name: taken")
        for section in ("enabled_corrections", "enabled_stacks"):
            some = len(getattr(self, section)) > 0
            require(some, section.removeprefix("enabled_"), {}, allowed="at least one enabled variant")

    @property
    def enabled_corrections(self) -> dict[str, Correction]:
        """The corrections to train."""
        return enabled(self.corrections)

    @property
    def enabled_stacks(self) -> dict[str, Stack]:
        """The deep networks to train."""
        return enabled(self.stacks)

    def runs(self) -> list[tuple[str, int]]:
        """Name and seed of every training."""
        variants = {**self.enabled_corrections, **self.enabled_stacks}
        return [(name, seed) for name, variant in variants.items() for seed in variant.seeds or self.seeds]
