"""What can be configured in the study of wavelets."""

from typing import Annotated, Literal, get_args

from msgspec import Meta

from mlsim.config import (
    AtLeast2,
    Count,
    Named,
    NonEmpty,
    NonNegative,
    OpenFraction,
    Positive,
    Section,
    Seed,
    Seeds,
    enabled,
    require,
)

ENSEMBLES = ("smooth", "piecewise_smooth", "ground_states")
Kernel = Literal["logarithm", "sawtooth", "convection"]
KERNELS: tuple[Kernel, ...] = get_args(Kernel)
# methods that are not learned: a variant of such a name would mix with them in the table
RESERVED = ("dct", "principal_components", "bcr_net", "standard_form", "fourier_diagonal", "truncated_svd")
RESERVED_BEGINNINGS = ("wtt", "db", "haar", "sym", "coif")

Wavelet = Annotated[str, Meta(pattern=r"^(haar|(db|sym|coif)\d+)$", description="one of haar, db*, sym*, coif*")]
Symmetric = Annotated[str, Meta(pattern=r"^(sym|coif)\d+$", description="one of sym*, coif*")]
Start = Annotated[str, Meta(pattern=r"^(db(?!1$)|sym|coif)\d+$", description="one of db2 and above, sym*, coif*")]


def _check_levels(name: str, levels: int, *, points: int) -> None:
    require(points % 2**levels == 0, name, levels, allowed=f"such that 2**levels divides the {points} points")


class Signals(Section):
    """Distribution and number of the signals of each ensemble."""

    test: AtLeast2  # signals; they come first and do not depend on the number of the others
    validation: AtLeast2  # signals by which filters are chosen
    train: AtLeast2  # signals to learn from
    points: Annotated[int, Meta(ge=32)]  # values per signal, a power of two
    modes: Count  # highest mode of the smooth ensemble and of each piece
    decay: Positive  # modes over which amplitudes decay by a factor e
    pieces: Annotated[int, Meta(ge=1, le=8)]  # of a piecewise smooth signal
    interaction: NonNegative  # factor of u^3 in the nonlinear Schroedinger equation of the ground states

    def __post_init__(self) -> None:
        self.require(self.points & (self.points - 1) == 0, "points", allowed="a power of two")
        self.require(self.modes < self.points / 2, "modes", allowed="below half the points")


class Compression(Section):
    """How signals are compressed."""

    levels: Count  # of the wavelet transforms
    bases: NonEmpty[Wavelet]  # orthonormal wavelets of PyWavelets
    ranks: NonEmpty[Annotated[int, Meta(ge=1, le=16)]]  # largest ranks of the wavelet tensor train
    kept: NonEmpty[Annotated[int, Meta(ge=1, le=1024)]]  # numbers of largest coefficients that rebuild a signal
    tolerances: NonEmpty[Annotated[float, Meta(ge=1e-12, le=0.5)]]  # errors whose numbers of coefficients are counted
    degrees: NonEmpty[Annotated[int, Meta(ge=1, le=7)]]  # p of the powers x^p

    def __post_init__(self) -> None:
        self.require_distinct("bases")
        self.require("db2" in self.bases, "bases", allowed="a list with db2, which claims compare with")
        self.require_increasing("ranks", "kept", "tolerances", "degrees")


class Operators(Section):
    """Which operators are compressed, and how."""

    kernels: tuple[Kernel, ...]  # integral operators; logarithm is one of them
    points: Count  # rows of the matrices
    levels: Count  # of the nonstandard form
    network_levels: Count  # of BCR-Net, the last of which has an odd number of points
    orders: NonEmpty[Annotated[int, Meta(ge=1, le=12)]]  # vanishing moments of Daubechies wavelets; 1: Haar
    bases: tuple[Symmetric, ...]  # further orthonormal wavelets of PyWavelets
    bands: NonEmpty[Count]  # half-widths of the bands

    def __post_init__(self) -> None:
        self.require_distinct("kernels", "bases")
        self.require("logarithm" in self.kernels, "kernels", allowed="a list with logarithm")
        _check_levels("levels", self.levels, points=self.points)
        coarsest, rest = divmod(self.points, 2**self.network_levels)
        allowed = f"such that {self.points} points halved so often give an odd number, 3 or more"
        possible = rest == 0 and coarsest % 2 == 1 and coarsest >= 3
        self.require(possible, "network_levels", allowed=allowed)
        self.require_increasing("orders", "bands")
        widest, most = self.bands[-1], self.points // 4
        self.require(widest <= most, "bands", value=widest, allowed=f"at most {most}, a quarter of the points")


class Training(Section):
    """Training of filters for sparse coefficients of signals."""

    steps: Count  # of Adam, in each fit
    rate: OpenFraction  # first learning rate from a known wavelet (for angles in radians), decreasing to a fiftieth
    rate_random: OpenFraction  # first learning rate from a random start, which is farther from the minimum
    validations: Count  # evenly spaced; the parameters of the best one are stored
    starts: AtLeast2  # fits, the first from Daubechies filters, the others from random ones; validation chooses one
    penalty: Positive  # weight of the orthonormality conditions in the form penalty
    batch: Count  # signals per step

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")


class Variant(Section):
    """Filters learned from signals."""

    form: Literal["lattice", "penalty"]  # orthonormal by construction (rotations), or coefficients with a penalty
    # lengths of the filters; each is a method of the table, such as lattice_8
    lengths: NonEmpty[Annotated[int, Meta(ge=4, le=32, multiple_of=2)]]
    enabled: bool = True  # false omits the variant

    def __post_init__(self) -> None:
        self.require_increasing("lengths")


class OperatorVariant(Section):
    """Filters learned for the nonstandard form of an operator."""

    start: Start  # wavelet of PyWavelets from which the training starts
    filters: Literal["shared", "per_level_and_side"]  # one filter bank, or one per level and side of the matrix
    enabled: bool = True  # false omits the variant


class OperatorTraining(Section):
    """Training of filters for operators."""

    bands: NonEmpty[Count]  # half-widths for which filters are learned, some of operators.bands
    steps: Count  # of Adam, in each fit
    rate: OpenFraction  # first learning rate, for angles in radians, decreasing linearly to a fiftieth
    validations: Count  # evenly spaced; the parameters of the best one are stored
    variants: Named[OperatorVariant]

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")
        self.require_increasing("bands")

    @property
    def enabled(self) -> dict[str, OperatorVariant]:
        """The variants to train."""
        return enabled(self.variants)


class Run(Section):
    """What one training job on signals depends on."""

    training: Training
    variant: Variant
    levels: Count


class OperatorRun(Section):
    """What the training on operators and its evaluation depend on."""

    learned: OperatorTraining
    operators: Operators


class Scoring(Section):
    """What the evaluation of one set of learned filters depends on."""

    variant: Variant
    training: Training
    compression: Compression


class Settings(Section):
    """The section ``wavelets``."""

    seed: Seed  # of the signals
    seeds: Seeds  # one training per seed
    signals: Signals
    compression: Compression
    operators: Operators
    training: Training
    variants: Named[Variant]
    shown: str  # variant whose filters a figure shows
    learned_operators: OperatorTraining

    def __post_init__(self) -> None:
        self.require_distinct("seeds")
        _check_levels("compression.levels", self.compression.levels, points=self.signals.points)
        most = self.compression.kept[-1]
        self.require(most < self.signals.points, "compression.kept", value=most, allowed="below the points of a signal")
        self.require_at_most("training.batch", "signals.train")
        bands = self.learned_operators.bands
        evaluated = set(bands) <= set(self.operators.bands)
        self.require(evaluated, "learned_operators.bands", value=list(bands), allowed="some of operators.bands")
        for name in (*self.variants, *self.learned_operators.variants):
            taken = name in RESERVED or name.startswith(RESERVED_BEGINNINGS)
            self.require(not taken, "variants", value=name, allowed="another name: this one is a classical method")
        twice = sorted(set(self.variants) & set(self.learned_operators.variants))
        self.require(not twice, "variants", value=twice, allowed="names that no learned operator has")
        drawn = self.shown in self.enabled and self.enabled[self.shown].form == "lattice"
        self.require(drawn, "shown", allowed="an enabled variant of the form lattice")

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train on signals."""
        return enabled(self.variants)

    def run(self, variant: str) -> Run:
        """Settings of one training job on signals."""
        return Run(training=self.training, variant=self.enabled[variant], levels=self.compression.levels)

    def scoring(self, variant: str) -> Scoring:
        """Settings of the evaluation of one set of learned filters."""
        return Scoring(training=self.training, variant=self.enabled[variant], compression=self.compression)

    def operator_run(self) -> OperatorRun:
        """Settings of the training on operators and of its evaluation."""
        return OperatorRun(learned=self.learned_operators, operators=self.operators)
