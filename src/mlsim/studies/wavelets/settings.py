"""What can be configured in the study of wavelets."""

from typing import Annotated, Literal, get_args

from mlsim.config import Section, Study, WithEnabled, WithVariants
from mlsim.types import AtLeast2, Count, Increasing, Meta, NonNegative, OpenFraction, Positive, PowerOfTwo, Subset

ENSEMBLES = ("smooth", "piecewise_smooth", "ground_states")
Kernel = Literal["logarithm", "sawtooth", "convection"]
KERNELS: tuple[Kernel, ...] = get_args(Kernel)
# methods that are not learned: a variant of such a name would mix with them in the table
RESERVED = ("dct", "principal_components", "bcr_net", "standard_form", "fourier_diagonal", "truncated_svd")
RESERVED_BEGINNINGS = ("wtt", "db", "haar", "sym", "coif")

Wavelet = Annotated[str, Meta(pattern=r"^(haar|(db|sym|coif)\d+)$", description="one of haar, db*, sym*, coif*")]
Symmetric = Annotated[str, Meta(pattern=r"^(sym|coif)\d+$", description="one of sym*, coif*")]
Start = Annotated[str, Meta(pattern=r"^(db(?!1$)|sym|coif)\d+$", description="one of db2 and above, sym*, coif*")]


class Signals(Section):
    """Distribution and number of the signals of each ensemble."""

    test: AtLeast2  # signals; they come first and do not depend on the number of the others
    validation: AtLeast2  # signals by which filters are chosen
    train: AtLeast2  # signals to learn from
    points: Annotated[PowerOfTwo, Meta(ge=32)]  # values per signal, a power of two
    modes: Count  # highest mode of the smooth ensemble and of each piece
    decay: Positive  # modes over which amplitudes decay by a factor e
    pieces: Annotated[int, Meta(ge=1, le=8)]  # of a piecewise smooth signal
    interaction: NonNegative  # factor of u^3 in the nonlinear Schroedinger equation of the ground states

    def __post_init__(self) -> None:
        self.require(self.modes < self.points / 2, "modes", "below half the points")


class Compression(Section):
    """How signals are compressed."""

    levels: Count  # of the wavelet transforms
    bases: Subset[Wavelet]  # orthonormal wavelets of PyWavelets
    ranks: Increasing[Annotated[int, Meta(ge=1, le=16)]]  # largest ranks of the wavelet tensor train
    kept: Increasing[Annotated[int, Meta(ge=1, le=1024)]]  # numbers of largest coefficients that rebuild a signal
    tolerances: Increasing[Annotated[float, Meta(ge=1e-12, le=0.5)]]  # errors whose numbers of coefficients are counted
    degrees: Increasing[Annotated[int, Meta(ge=1, le=7)]]  # p of the powers x^p

    def __post_init__(self) -> None:
        self.require("db2" in self.bases, "bases", "a list with db2, which claims compare with")


class Operators(Section):
    """Which operators are compressed, and how."""

    kernels: Subset[Kernel]  # integral operators; logarithm is one of them
    points: Count  # rows of the matrices
    levels: Count  # of the nonstandard form
    network_levels: Count  # of BCR-Net, the last of which has an odd number of points
    orders: Increasing[Annotated[int, Meta(ge=1, le=12)]]  # vanishing moments of Daubechies wavelets; 1: Haar
    bases: Subset[Symmetric]  # further orthonormal wavelets of PyWavelets
    bands: Increasing[Count]  # half-widths of the bands

    def __post_init__(self) -> None:
        points = self.points
        self.require("logarithm" in self.kernels, "kernels", "a list with logarithm")
        self.require(points % 2**self.levels == 0, "levels", f"such that 2**levels divides the {points} points")
        coarsest, rest = divmod(points, 2**self.network_levels)
        allowed = f"such that {points} points halved so often give an odd number, 3 or more"
        self.require(rest == 0 and coarsest % 2 == 1 and coarsest >= 3, "network_levels", allowed)
        self.require(self.bands[-1] <= points // 4, "bands", f"at most {points // 4}, a quarter of the points")


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


class Variant(WithEnabled):
    """Filters learned from signals."""

    form: Literal["lattice", "penalty"]  # orthonormal by construction (rotations), or coefficients with a penalty
    # lengths of the filters; each is a method of the table, such as lattice_8
    lengths: Increasing[Annotated[int, Meta(ge=4, le=32, multiple_of=2)]]


class OperatorVariant(WithEnabled):
    """Filters learned for the nonstandard form of an operator."""

    start: Start  # wavelet of PyWavelets from which the training starts
    filters: Literal["shared", "per_level_and_side"]  # one filter bank, or one per level and side of the matrix


class OperatorTraining(WithVariants[OperatorVariant]):
    """Training of filters for operators."""

    bands: Increasing[Count]  # half-widths for which filters are learned, some of operators.bands
    steps: Count  # of Adam, in each fit
    rate: OpenFraction  # first learning rate, for angles in radians, decreasing linearly to a fiftieth
    validations: Count  # evenly spaced; the parameters of the best one are stored

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")


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


class Settings(Study[Variant]):
    """The section ``wavelets``."""

    signals: Signals
    compression: Compression
    operators: Operators
    training: Training
    shown: str  # variant whose filters a figure shows
    learned_operators: OperatorTraining

    def __post_init__(self) -> None:
        points, learned = self.signals.points, self.learned_operators
        halved = points % 2**self.compression.levels == 0
        self.require(halved, "compression.levels", f"such that 2**levels divides the {points} points")
        self.require(self.compression.kept[-1] < points, "compression.kept", "below the points of a signal")
        self.require_at_most("training.batch", "signals.train")
        evaluated = set(learned.bands) <= set(self.operators.bands)
        self.require(evaluated, "learned_operators.bands", "some of operators.bands")
        for name in (*self.variants, *learned.variants):
            taken = name in RESERVED or name.startswith(RESERVED_BEGINNINGS)
            self.require(not taken, "variants", "another name: this one is a classical method", value=name)
        self.require_untaken("learned_operators.variants", self.variants)
        drawn = self.shown in self.enabled and self.enabled[self.shown].form == "lattice"
        self.require(drawn, "shown", "an enabled variant of the form lattice")
