"""What can be configured in the study of residual learning."""

from typing import Annotated, Literal

from msgspec import Meta

from mlsim.config import AtLeast2, Count, Named, NonEmpty, NonNegative, Positive, Section, Seed, Seeds, enabled

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
    "direct",
    "residual",
    "conditioned",
    "mgnet_zero",
    "mgnet_injection",
    "closed_form",
)


class States(Section):
    """Potentials and their ground states on a fine and on coarser grids."""

    size: Count  # points of the fine grid, 1/h
    ratios: NonEmpty[AtLeast2]  # H/h of the coarse grids
    test: AtLeast2  # potentials; they do not depend on the other numbers
    validation: AtLeast2  # potentials by which parameters are chosen
    train: AtLeast2  # potentials
    interaction: NonNegative  # beta of the nonlinear term
    references: AtLeast2  # test potentials whose ground state is also computed without discretisation error

    def __post_init__(self) -> None:
        self.require_increasing("ratios")
        divisors = all(self.size % ratio == 0 and self.size // ratio >= 10 for ratio in self.ratios)
        self.require(divisors, "ratios", allowed="divisors of size that leave 10 points or more")
        self.require_at_most("references", "test")


class Variant(Section):
    """Training of one kind of network."""

    steps: Count  # of NAdam, for each network
    batch: Count  # samples per step
    rate: Positive  # first learning rate of NAdam, decreasing to zero along a half cosine
    validations: Count  # evenly spaced; the parameters of the best one are stored
    seeds: tuple[Seed, ...] = ()  # one training per seed; none: those of the study
    enabled: bool = True  # false omits the variant

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")
        self.require_distinct("seeds")


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
    depths: NonEmpty[AtLeast2]  # numbers of convolutions

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_increasing("depths")
        even = self.network != "mgnet" or all(depth % 2 == 0 for depth in self.depths)
        self.require(even, "depths", allowed="even numbers: a step of mgnet has two convolutions")


class Shape(Section):
    """Shape of all deep networks."""

    ratio: AtLeast2  # H/h of the grid on which they map the potential to the ground state
    channels: Count  # of every convolution
    width: Count  # taps of every convolution, odd

    def __post_init__(self) -> None:
        self.require_odd("width")


class Exact(Section):
    """Untrained computations: cycles as networks, convolutions as matrices."""

    # nodes per side, 2^k - 1, of the grids on which MgNet is compared with the V-cycle
    cycle_sizes: NonEmpty[Annotated[int, Meta(ge=7)]]
    size: Count  # points of the piecewise-smooth functions
    jumps: AtLeast2  # of each function
    noise: Positive  # standard deviation of the noise in the observed values; that of the functions is about one
    width: Count  # taps of the short convolution, odd, less than size
    test: AtLeast2  # functions
    validation: AtLeast2  # functions by which the penalty is chosen
    samples: NonEmpty[Count]  # numbers of training functions

    def __post_init__(self) -> None:
        halved = all(size & (size + 1) == 0 for size in self.cycle_sizes)
        self.require(halved, "cycle_sizes", allowed="numbers of the form 2^k - 1, 7 or more")
        self.require_increasing("samples")
        self.require_odd("width")
        self.require(self.width < self.size, "width", allowed=f"less than size, {self.size}")


class CorrectionRun(Section):
    """What one training job of a correction depends on."""

    variant: Correction


class StackRun(Section):
    """What one training job of a deep network depends on."""

    shape: Shape
    variant: Stack


class Scoring(Section):
    """What the evaluation of all networks depends on."""

    corrections: Named[Correction]
    shape: Shape
    stacks: Named[Stack]


class Settings(Section):
    """The section ``residual``."""

    seed: Seed  # of the potentials, of test functions and right-hand sides
    seeds: Seeds  # one training per seed
    states: States
    corrections: Named[Correction]
    shape: Shape
    stacks: Named[Stack]
    exact: Exact

    def __post_init__(self) -> None:
        self.require_distinct("seeds")
        self.require_untaken("corrections", RESERVED)
        self.require_untaken("stacks", (*RESERVED, *self.corrections))
        self.require_enabled("corrections", "stacks")
        ratios = self.states.ratios
        solved = f"those of states.ratios, {list(ratios)}"
        self.require(self.shape.ratio in ratios, "shape.ratio", allowed=solved)
        for name, variant in self.corrections.items():
            for key, chosen in (("residual", variant.residual), ("conditioned", variant.conditioned)):
                self.require(
                    set(chosen) <= set(ratios), f"corrections.{name}.{key}", value=list(chosen), allowed=solved
                )

    def scoring(self) -> Scoring:
        """Settings of the evaluation of all networks."""
        return Scoring(corrections=enabled(self.corrections), shape=self.shape, stacks=enabled(self.stacks))

    def run(self, variant: str) -> CorrectionRun | StackRun:
        """Settings of one training job."""
        if variant in self.corrections:
            return CorrectionRun(variant=self.corrections[variant])
        return StackRun(shape=self.shape, variant=self.stacks[variant])

    def runs(self) -> list[tuple[str, int]]:
        """Name and seed of every training."""
        variants: dict[str, Variant] = {**enabled(self.corrections), **enabled(self.stacks)}
        return [(name, seed) for name, variant in variants.items() for seed in variant.seeds or self.seeds]
