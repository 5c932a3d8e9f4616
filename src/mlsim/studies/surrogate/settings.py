"""What can be configured in the study of surrogates."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_positive, require_seeds

# cases of the table
CASE, WIDE, CALIBRATION = "conductivity", "wide", "calibration"

Network = Literal["dense", "convolutions", "exponential", "convex_concave", "resistor"]
# rows of these methods are not those of a network that the configuration names
CLASSICAL = ("harmonic_mean", "row_bound", "layer_bound", "column_bound", "arithmetic_mean", "geometric_mean",
             "fitted_bounds", "boosting", "monotone_boosting", "gaussian_process", "exact")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Random conductivities, their logarithms uniform and independent, and the parts of the sample.

    Attributes:
        side: cells per side of the square.
        spread: largest absolute logarithm.
        wide_spread: that of a second test part, outside the law of the training.
        test: fields to test on; they do not depend on the number of the others. So many of the wide law, too.
        validation: further ones to choose parameters by.
        calibration: further ones for the width of prediction intervals.
        samples: sizes of the training set, rising; each seed draws its own, a smaller one is the start of a larger.
    """

    side: int
    spread: float
    wide_spread: float
    test: int
    validation: int
    calibration: int
    samples: tuple[int, ...]

    def __post_init__(self) -> None:
        require_at_least(2, self, "side")
        require_at_least(20, self, "test", "validation", "calibration")
        require_positive(self, "spread")
        wide = self.wide_spread > self.spread
        require(wide, "wide_spread", self.wide_spread, allowed=f"more than spread, {self.spread:g}")
        rising = len(self.samples) > 0 and list(self.samples) == sorted(set(self.samples)) and min(self.samples) >= 20
        require(rising, "samples", list(self.samples), allowed="rising numbers, 20 or more, at least one")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One kind of network, trained for each size of the training set and each seed.

    Attributes:
        network: ``dense`` and ``convolutions`` may do anything; ``exponential``, ``convex_concave`` and ``resistor``
            are monotone by construction.
        widths: of the hidden layers; of convolutions the channels, the last one being that of a dense layer.
        homogeneous: learns the deviation from the mean logarithm.
        reflected: the mean over the four reflections of the field.
        steps: updates.
        batch: samples per update, no more than the smallest training set.
        rate: first learning rate of Adam, falling to zero along a half cosine.
        validations: evenly spread; for each member the best one decides which parameters are kept.
        spread: of the resistor network's initial logarithms.
        enabled: false drops the variant.
    """

    network: Network
    widths: tuple[int, ...]
    homogeneous: bool = False
    reflected: bool = False
    steps: int
    batch: int
    rate: float
    validations: int
    spread: float = 3.0
    enabled: bool = True

    def __post_init__(self) -> None:
        good = len(self.widths) > 0 and min(self.widths) >= 1
        require(good, "widths", list(self.widths), allowed="positive numbers, at least one")
        require_at_least(1, self, "batch", "validations")
        require(self.steps >= self.validations, "steps", self.steps, allowed="validations or more")
        require_positive(self, "rate", "spread")
        odd = self.network != "resistor" or len(self.widths) % 2 == 1
        require(odd, "widths", list(self.widths), allowed="an odd number of them for network: resistor")
        thirds = self.network != "convex_concave" or all(width % 3 == 0 for width in self.widths)
        require(thirds, "widths", list(self.widths), allowed="multiples of three for network: convex_concave")
        two = self.network != "convolutions" or len(self.widths) >= 2
        require(two, "widths", list(self.widths), allowed="two or more for network: convolutions")
        keeps = not (self.homogeneous and self.monotone)
        require(keeps, "homogeneous", True, allowed="false for monotone networks: x - mean(x) falls in other cells")

    @property
    def monotone(self) -> bool:
        """Whether no derivative can be negative, by construction."""
        return self.network in ("exponential", "convex_concave", "resistor")


@dataclass(frozen=True, kw_only=True)
class Classical:
    """What is fitted without descent.

    Attributes:
        trees: most trees of gradient boosting; how many of them are used is chosen by validation.
        leaves: leaves per tree to choose from.
        rate: shrinkage of each tree.
        likelihood_samples: most samples for the kernel's parameters; the process itself takes all.
    """

    trees: int
    leaves: tuple[int, ...]
    rate: float
    likelihood_samples: int

    def __post_init__(self) -> None:
        require_at_least(1, self, "trees")
        good = len(self.leaves) > 0 and min(self.leaves) >= 2
        require(good, "leaves", list(self.leaves), allowed="2 or more, at least one")
        require_positive(self, "rate")
        require_at_least(20, self, "likelihood_samples")


@dataclass(frozen=True, kw_only=True)
class Measures:
    """How exact properties are checked.

    Attributes:
        paired: test fields from which pairs of fields are made, for properties that need no derivative.
        step: by which the logarithm of one cell, of all cells, or along a random direction, is moved in a pair.
        jacobian: validation fields whose derivatives are stacked for the singular vectors.
        q: norm of the outputs for the (infinity, q) vector.
        starts: random starts of the power method.
        amplitude: root mean square of the change of logarithms by a worst-case or random perturbation.
        random: random perturbations of each kind to compare with, signs and normal fields.
    """

    paired: int
    step: float
    jacobian: int
    q: float
    starts: int
    amplitude: float
    random: int

    def __post_init__(self) -> None:
        require_at_least(2, self, "paired", "jacobian")
        require_at_least(1, self, "q", "starts", "random")
        require_positive(self, "step", "amplitude")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job depends on."""

    samples: tuple[int, ...]
    seeds: tuple[int, ...]
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation of all networks depends on."""

    samples: tuple[int, ...]
    seeds: tuple[int, ...]
    variants: dict[str, Variant]
    measures: Measures


@dataclass(frozen=True, kw_only=True)
class ClassicalRun:
    """What the fits without descent and their evaluation depend on."""

    samples: tuple[int, ...]
    seeds: tuple[int, ...]
    classical: Classical
    measures: Measures


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``surrogate``."""

    seed: int
    seeds: tuple[int, ...]
    fields: Fields
    variants: dict[str, Variant]
    classical: Classical
    measures: Measures

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        for name, variant in self.variants.items():
            require(name not in CLASSICAL, "variants", name, allowed="another name: taken")
            fits = not variant.enabled or variant.batch <= min(self.fields.samples)
            words = f"at most {min(self.fields.samples)}, the smallest of fields.samples"
            require(fits, f"variants.{name}.batch", variant.batch, allowed=words)
        require(len(self.enabled) > 0, "variants", {}, allowed="at least one enabled variant")
        enough = self.measures.paired <= self.fields.test
        require(enough, "measures.paired", self.measures.paired, allowed=f"at most {self.fields.test}, fields.test")
        enough, most = self.measures.jacobian <= self.fields.validation, self.fields.validation
        require(enough, "measures.jacobian", self.measures.jacobian, allowed=f"at most {most}, fields.validation")

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)
