"""What can be configured in the study of residual learning."""

from typing import Annotated, Literal

from mlsim.config import Section, WithSeeds, enabled
from mlsim.types import AtLeast2, Count, GridSize, Increasing, Meta, NonEmpty, Odd, Positive, Seed, Seeds, Variants

# the variant whose methods are called direct, residual and conditioned, without the name of the variant
MAIN = "dense"
# methods that are not variants: a variant of this name would mix with them in the table
RESERVED = (
    "coarse_solve",
    "richardson",
    "fine_solve",
    "convolution",
    "full_convolution",
    "dense_matrix",
    "closed_form",
)
RESERVED += ("direct", "residual", "conditioned", "mgnet_zero", "mgnet_injection")


class States(Section):
    """Potentials and their ground states on a fine and on coarser grids."""

    size: Count  # points of the fine grid, 1/h
    ratios: Increasing[AtLeast2]  # H/h of the coarse grids
    test: AtLeast2  # potentials; they do not depend on the other numbers
    validation: AtLeast2  # potentials by which parameters are chosen
    train: AtLeast2  # potentials
    interaction: Annotated[float, Meta(ge=0)]  # beta of the nonlinear term
    references: AtLeast2  # test potentials whose ground state is also computed without discretisation error

    def __post_init__(self) -> None:
        divisors = all(self.size % ratio == 0 and self.size // ratio >= 10 for ratio in self.ratios)
        self.require(divisors, "ratios", "divisors of size that leave 10 points or more")
        self.require_at_most("references", "test")


class Variant(WithSeeds):
    """Training of one kind of network."""

    steps: Count  # of NAdam, for each network
    batch: Count  # samples per step
    rate: Positive  # first learning rate of NAdam, decreasing to zero along a half cosine
    validations: Count  # evenly spaced; the parameters of the best one are stored

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")


class Correction(Variant):
    """Networks from the potential on the fine grid to the ground state: one for each formulation of the task."""

    network: Literal["dense", "circular"]  # three layers of the grid's size; dilated circular convolutions with skips
    residual: tuple[int, ...]  # H/h for which a network learns u_h - P u_H, P u_H the interpolated coarse ground state
    conditioned: tuple[int, ...] = ()  # H/h for which a network learns u_h from inputs that include P u_H


class Stack(Variant):
    """Deep networks of circular convolutions, one for each depth."""

    network: Literal["plain", "skip", "mgnet"]  # mgnet: residual blocks whose second convolution is shared
    # torch: weights uniform on +-1/sqrt(inputs); he: sqrt(6) times those of torch; small: those of torch over
    # sqrt(depth), so that all blocks together change their input by as much at every depth
    initial: Literal["torch", "he", "small"]
    depths: Increasing[AtLeast2]  # numbers of convolutions

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.network == "mgnet":
            even = all(depth % 2 == 0 for depth in self.depths)
            self.require(even, "depths", "even numbers: a step of mgnet has two convolutions")


class Shape(Section):
    """Shape of all deep networks."""

    ratio: AtLeast2  # H/h of the grid on which they map the potential to the ground state
    channels: Count  # of every convolution
    width: Odd  # taps of every convolution


class Exact(Section):
    """Untrained computations: cycles as networks, convolutions as matrices."""

    # nodes per side, 2^k - 1, of the grids on which MgNet is compared with the V-cycle
    cycle_sizes: NonEmpty[GridSize]
    size: Count  # points of the piecewise-smooth functions
    jumps: AtLeast2  # of each function
    noise: Positive  # standard deviation of the noise in the observed values; that of the functions is about one
    width: Odd  # taps of the short convolution, less than size
    test: AtLeast2  # functions
    validation: AtLeast2  # functions by which the penalty is chosen
    samples: Increasing[Count]  # numbers of training functions

    def __post_init__(self) -> None:
        self.require(self.width < self.size, "width", f"less than size, {self.size}")


class CorrectionRun(Section):
    """What one training job of a correction depends on."""

    variant: Correction


class StackRun(Section):
    """What one training job of a deep network depends on."""

    shape: Shape
    variant: Stack


class Scoring(Section):
    """What the evaluation of all networks depends on."""

    corrections: Variants[Correction]
    shape: Shape
    stacks: Variants[Stack]


class Settings(Scoring):
    """The section ``residual``."""

    seed: Seed  # of the potentials, of test functions and right-hand sides
    seeds: Seeds  # one training per seed
    states: States
    exact: Exact

    def __post_init__(self) -> None:
        self.require_untaken("corrections", RESERVED)
        self.require_untaken("stacks", (*RESERVED, *self.corrections))
        ratios = self.states.ratios
        solved = f"those of states.ratios, {list(ratios)}"
        self.require(self.shape.ratio in ratios, "shape.ratio", solved)
        for name, variant in self.corrections.items():
            for key, chosen in {"residual": variant.residual, "conditioned": variant.conditioned}.items():
                self.require(set(chosen) <= set(ratios), f"corrections.{name}.{key}", solved)

    def run(self, variant: str) -> CorrectionRun | StackRun:
        """Settings of one training job."""
        if variant in self.corrections:
            return CorrectionRun(variant=self.corrections[variant])
        return StackRun(shape=self.shape, variant=self.stacks[variant])

    def runs(self) -> list[tuple[str, int]]:
        """Name and seed of every training."""
        variants: dict[str, Variant] = {**enabled(self.corrections), **enabled(self.stacks)}
        return [(name, seed) for name, variant in variants.items() for seed in variant.seeds or self.seeds]
