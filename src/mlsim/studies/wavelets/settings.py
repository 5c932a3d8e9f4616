"""What can be configured in the study of wavelets."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_seeds

ENSEMBLES = ("smooth", "piecewise_smooth", "ground_states")
KERNELS = ("logarithm", "sawtooth", "convection")
OTHER_METHODS = (
    "dct", "principal_components", "wtt", "bcr_net", "standard_form", "fourier_diagonal", "truncated_svd",
)  # fmt: skip


def _check_rising(name: str, values: tuple[int, ...] | tuple[float, ...], *, least: float, most: float) -> None:
    good = len(values) > 0 and list(values) == sorted(set(values)) and least <= values[0] and values[-1] <= most
    require(good, name, list(values), allowed=f"rising numbers from {least:g} to {most:g}, at least one")


def _check_levels(points: int, levels: int) -> None:
    fits = levels >= 1 and points % 2**levels == 0
    require(fits, "levels", levels, allowed=f"positive, and 2**levels divides the {points} points")


@dataclass(frozen=True, kw_only=True)
class Signals:
    """Number and law of the signals of each ensemble.

    Attributes:
        test: signals to test on; they come first and depend on none of the others.
        validation: further ones to choose by.
        train: further ones to learn from.
        points: values per signal, a power of two.
        modes: highest mode of the smooth ensemble and of each piece.
        decay: modes over which amplitudes fall by a factor e.
        pieces: pieces of a piecewise smooth signal.
        interaction: factor of the cubic term whose ground states are the third ensemble.
    """

    test: int
    validation: int
    train: int
    points: int
    modes: int
    decay: float
    pieces: int
    interaction: float

    def __post_init__(self) -> None:
        require_at_least(2, self, "test", "validation", "train")
        power = self.points >= 32 and self.points & (self.points - 1) == 0
        require(power, "points", self.points, allowed="a power of two, 32 or more")
        require(1 <= self.modes < self.points / 2, "modes", self.modes, allowed="1 or more, below half the points")
        require(self.decay > 0, "decay", self.decay, allowed="positive")
        require(1 <= self.pieces <= 8, "pieces", self.pieces, allowed="1 to 8")
        require(self.interaction >= 0, "interaction", self.interaction, allowed="zero or more")


@dataclass(frozen=True, kw_only=True)
class Compression:
    """How signals are compressed.

    Attributes:
        levels: levels of the wavelet transforms.
        bases: orthonormal wavelets of PyWavelets.
        ranks: largest ranks of the wavelet tensor train.
        kept: numbers of coefficients that are kept.
        tolerances: relative errors for which the needed number of coefficients is counted.
        degrees: degrees ``p`` of the powers ``x^p``.
    """

    levels: int
    bases: tuple[str, ...]
    ranks: tuple[int, ...]
    kept: tuple[int, ...]
    tolerances: tuple[float, ...]
    degrees: tuple[int, ...]

    def __post_init__(self) -> None:
        distinct = len(set(self.bases)) == len(self.bases) > 0
        families = all(name.rstrip("0123456789") in ("haar", "db", "sym", "coif") for name in self.bases)
        require(distinct and families, "bases", list(self.bases), allowed="distinct names of haar, db*, sym*, coif*")
        require("db2" in self.bases, "bases", list(self.bases), allowed="a list with db2, which claims compare with")
        _check_rising("ranks", self.ranks, least=1, most=16)
        _check_rising("kept", self.kept, least=1, most=1024)
        _check_rising("tolerances", self.tolerances, least=1e-12, most=0.5)
        _check_rising("degrees", self.degrees, least=1, most=7)


@dataclass(frozen=True, kw_only=True)
class Operators:
    """Which operators are compressed, and how.

    Attributes:
        kernels: names of :mod:`mlsim.numerics.periodic.integral_kernels`.
        points: rows of the matrices.
        levels: levels of the nonstandard form.
        network_levels: levels of BCR-Net, such that the last one has an odd number of points.
        orders: Daubechies' orders.
        bases: further orthonormal wavelets of PyWavelets.
        bands: half widths of the bands.
    """

    kernels: tuple[Literal["logarithm", "sawtooth", "convection"], ...]
    points: int
    levels: int
    network_levels: int
    orders: tuple[int, ...]
    bases: tuple[str, ...]
    bands: tuple[int, ...]

    def __post_init__(self) -> None:
        distinct = len(set(self.kernels)) == len(self.kernels)
        require(
            distinct and "logarithm" in self.kernels, "kernels", list(self.kernels), allowed="distinct, logarithm one"
        )
        _check_levels(self.points, self.levels)
        fits = self.network_levels >= 1 and self.points % 2**self.network_levels == 0
        odd = fits and (self.points >> self.network_levels) % 2 == 1 and self.points >> self.network_levels >= 3
        allowed = f"such that {self.points} points halved so often give an odd number, 3 or more"
        require(odd, "network_levels", self.network_levels, allowed=allowed)
        _check_rising("orders", self.orders, least=1, most=12)
        families = all(name.rstrip("0123456789") in ("sym", "coif") for name in self.bases)
        require(families and len(set(self.bases)) == len(self.bases), "bases", list(self.bases), allowed="sym*, coif*")
        _check_rising("bands", self.bands, least=1, most=self.points // 4)


@dataclass(frozen=True, kw_only=True)
class Training:
    """Budget of the filters learned from signals.

    Attributes:
        steps: updates of every fit.
        rate: of Adam from a known wavelet, in radians for angles, falling to a fiftieth.
        rate_random: the same from a random start, which has farther to go.
        validations: validations along the way; the best one decides which parameters are kept.
        starts: fits, the first from Daubechies' filters, the others from random ones; the best one
            on the validation signals is kept.
        penalty: weight of the orthonormality conditions in the penalty form.
        batch: signals per step.
    """

    steps: int
    rate: float
    rate_random: float
    validations: int
    starts: int
    penalty: float
    batch: int

    def __post_init__(self) -> None:
        require_at_least(1, self, "steps", "validations", "batch")
        require(self.starts >= 2, "starts", self.starts, allowed="at least 2")
        require(self.validations <= self.steps, "validations", self.validations, allowed="at most the steps")
        for name in ("rate", "rate_random"):
            require(0 < getattr(self, name) < 1, name, getattr(self, name), allowed="positive and below one")
        require(self.penalty > 0, "penalty", self.penalty, allowed="positive")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Filters learned from signals.

    Attributes:
        form: orthonormal for any parameters (a lattice of rotations), or free coefficients with a penalty.
        lengths: lengths of the filters, even; each is a method ``<variant>_<length>`` of the table.
        enabled: false drops the variant.
    """

    form: Literal["lattice", "penalty"]
    lengths: tuple[int, ...]
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_rising("lengths", self.lengths, least=4, most=32)
        require(all(n % 2 == 0 for n in self.lengths), "lengths", list(self.lengths), allowed="even numbers")


@dataclass(frozen=True, kw_only=True)
class OperatorVariant:
    """Filters learned for the nonstandard form of an operator.

    Attributes:
        start: the wavelet of PyWavelets whose filters are the first.
        filters: one filter bank, or one per level for each side of the matrix.
        enabled: false drops the variant.
    """

    start: str
    filters: Literal["shared", "per_level_and_side"]
    enabled: bool = True

    def __post_init__(self) -> None:
        family = self.start.rstrip("0123456789") in ("db", "sym", "coif") and self.start != "db1"
        require(family, "start", self.start, allowed="one of db2 and above, sym*, coif*")


@dataclass(frozen=True, kw_only=True)
class OperatorTraining:
    """Filters learned for operators.

    Attributes:
        bands: bands for which they are learned.
        steps: updates of every fit.
        rate: of Adam, in radians, falling linearly to a fiftieth.
        validations: errors computed along the way; the smallest one decides which parameters are kept.
        variants: by name, each a method of the table.
    """

    bands: tuple[int, ...]
    steps: int
    rate: float
    validations: int
    variants: dict[str, OperatorVariant]

    def __post_init__(self) -> None:
        require(self.steps >= 1, "steps", self.steps, allowed="at least 1")
        require(0 < self.rate < 1, "rate", self.rate, allowed="positive and below one")
        good = 1 <= self.validations <= self.steps
        require(good, "validations", self.validations, allowed="1 or more, at most the steps")
        _check_rising("bands", self.bands, least=1, most=64)

    @property
    def enabled(self) -> dict[str, OperatorVariant]:
        """The variants to train."""
        return enabled(self.variants)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job on signals depends on."""

    training: Training
    variant: Variant
    levels: int


@dataclass(frozen=True, kw_only=True)
class OperatorRun:
    """What the training job on operators depends on."""

    learned: OperatorTraining
    operators: Operators


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation of one set of learned filters depends on."""

    variant: Variant
    training: Training
    compression: Compression


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``wavelets``."""

    seed: int
    seeds: tuple[int, ...]
    signals: Signals
    compression: Compression
    operators: Operators
    training: Training
    variants: dict[str, Variant]
    shown: str
    learned_operators: OperatorTraining

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        _check_levels(self.signals.points, self.compression.levels)
        most = self.compression.kept[-1]
        require(most < self.signals.points, "compression.kept", most, allowed="below the points of a signal")
        require(
            self.training.batch <= self.signals.train, "training.batch", self.training.batch, allowed="at most train"
        )
        longest = self.learned_operators.bands[-1]
        known = set(self.learned_operators.bands) <= set(self.operators.bands)
        require(known, "learned_operators.bands", longest, allowed="bands that operators.bands has too")
        for name in (*self.variants, *self.learned_operators.variants):
            taken = name in OTHER_METHODS or name.startswith(("wtt", "db", "haar", "sym", "coif"))
            require(not taken, "variants", name, allowed="another name: this one is a classical method")
        twice = set(self.variants) & set(self.learned_operators.variants)
        require(not twice, "variants", sorted(twice), allowed="names that no learned operator has")
        good = self.shown in self.enabled and self.enabled[self.shown].form == "lattice"
        require(good, "shown", self.shown, allowed="an enabled variant of the form lattice")

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train on signals."""
        return enabled(self.variants)
