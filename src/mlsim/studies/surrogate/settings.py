"""What can be configured in the study of surrogates."""

from typing import Annotated, Literal

from mlsim.config import Section, Study, WithEnabled
from mlsim.types import AtLeast2, Count, Increasing, Meta, NonEmpty, Positive, Seeds, Variants

# cases of the table
CASE, WIDE, CALIBRATION = "conductivity", "wide", "calibration"

# methods that are not networks: a variant of this name would mix with them in the table
BOUNDS = ("harmonic_mean", "row_bound", "layer_bound", "column_bound", "arithmetic_mean", "exact")
CLASSICAL = (*BOUNDS, "geometric_mean", "fitted_bounds", "boosting", "monotone_boosting", "gaussian_process")

Network = Literal["dense", "convolutions", "exponential", "convex_concave", "resistor"]
Sample = Annotated[int, Meta(ge=20)]


class Fields(Section):
    """Random conductivity fields, whose logarithms are uniform and independent, and the sizes of the data sets."""

    side: AtLeast2  # cells per side of the square
    spread: Positive  # largest absolute logarithm of a conductivity
    wide_spread: Positive  # the same for a second test set, outside the training distribution
    test: Sample  # fields of each test set; they do not depend on the sizes of the other sets
    validation: Sample  # fields by which parameters are chosen
    calibration: Sample  # fields from which the width of prediction intervals is computed
    samples: Increasing[Sample]  # sizes of the training set; each seed draws its own, a smaller one begins a larger one

    def __post_init__(self) -> None:
        self.require(self.wide_spread > self.spread, "wide_spread", f"more than spread, {self.spread:g}")


class Variant(WithEnabled):
    """One network, trained for each size of the training set and each seed."""

    network: Network  # exponential, convex_concave and resistor are monotone by construction
    widths: NonEmpty[Count]  # of the hidden layers; for convolutions channels, the last one of a dense layer
    homogeneous: bool = False  # learns the difference from the mean logarithm
    reflected: bool = False  # averages over the four reflections of the field
    steps: Count  # of the optimiser
    batch: Count  # samples per step, at most the smallest training set
    rate: Positive  # first learning rate of Adam, decreasing to zero along a half cosine
    validations: Count  # evenly spaced; the parameters of the best one are stored
    spread: Positive = 3.0  # of the initial logarithms in a resistor network

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")
        if self.network == "resistor":
            self.require(len(self.widths) % 2 == 1, "widths", "an odd number of them for network: resistor")
        if self.network == "convex_concave":
            thirds = all(width % 3 == 0 for width in self.widths)
            self.require(thirds, "widths", "multiples of three for network: convex_concave")
        if self.network == "convolutions":
            self.require(len(self.widths) >= 2, "widths", "two or more for network: convolutions")
        if self.monotone:
            remedy = "false for monotone networks: x - mean(x) falls in other cells"
            self.require(not self.homogeneous, "homogeneous", remedy)

    @property
    def monotone(self) -> bool:
        """Whether no derivative can be negative, by construction."""
        return self.network in ("exponential", "convex_concave", "resistor")


class Classical(Section):
    """Methods without gradient descent."""

    trees: Count  # most trees of gradient boosting; validation chooses how many are used
    leaves: NonEmpty[AtLeast2]  # per tree; validation chooses
    rate: Positive  # shrinkage of each tree
    likelihood_samples: Sample  # most samples for the parameters of the kernel; the Gaussian process itself takes all


class Measures(Section):
    """How exact properties are checked."""

    paired: AtLeast2  # test fields from which pairs are made, for properties that need no derivative
    step: Positive  # in a pair, change of the logarithm of one cell, of all cells, or along a random direction
    jacobian: AtLeast2  # validation fields whose derivatives are stacked for the singular vectors
    q: Annotated[float, Meta(ge=1)]  # norm of the outputs for the (infinity, q) singular vector
    starts: Count  # random starts of the power method
    amplitude: Positive  # root mean square of a perturbation of all logarithms
    random: Count  # random perturbations of each kind, signs and normal fields, as baselines


class Job(Section):
    """What all jobs but the sampling depend on."""

    samples: NonEmpty[Sample]
    seeds: Seeds


class Run(Job):
    """What one training job depends on."""

    variant: Variant


class Scoring(Job):
    """What the evaluation of all networks depends on."""

    variants: Variants[Variant]
    measures: Measures


class ClassicalRun(Job):
    """What the classical methods and their evaluation depend on."""

    classical: Classical
    measures: Measures


class Settings(Study[Variant]):
    """The section ``surrogate``."""

    fields: Fields
    classical: Classical
    measures: Measures

    def __post_init__(self) -> None:
        self.require_untaken("variants", CLASSICAL)
        self.require_at_most("measures.paired", "fields.test")
        self.require_at_most("measures.jacobian", "fields.validation")
        smallest = self.fields.samples[0]
        for name, variant in self.enabled.items():
            bound = f"at most {smallest}, the smallest of fields.samples"
            self.require(variant.batch <= smallest, f"variants.{name}.batch", bound)

    @property
    def samples(self) -> tuple[int, ...]:
        """Sizes of the training set."""
        return self.fields.samples
