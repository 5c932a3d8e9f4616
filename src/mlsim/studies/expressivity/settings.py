"""What can be configured in the study of expressive power."""

from typing import Annotated, Literal

from mlsim.config import Section, Study, WithEnabled
from mlsim.types import AtLeast2, Count, Increasing, Meta, Named, NonNegative, OpenFraction, Positive, PowerOfTwo, Seeds

# methods that are not networks: a variant of this name would mix with them in the table
BASELINES = ("svc", "logistic", "kernel_ridge", "linear")
DIGIT_SIDE = 8

Modes = Annotated[int, Meta(ge=4, multiple_of=2)]


class Tensor(Section):
    """Size of full tensors."""

    n: AtLeast2  # values of a mode

    def require_size(self, modes: int, *, exponent: int = 23) -> None:
        """Refuse full tensors with more than 2^exponent entries."""
        self.require(self.n**modes <= 2**exponent, "d", f"at most 2^{exponent} entries, n^d")


class Trains(Tensor):
    """Tensor trains of several lengths."""

    r: Count  # rank
    d: Increasing[Modes]  # numbers of modes, even

    def __post_init__(self) -> None:
        self.require_size(self.d[-1], exponent=24)


class Trees(Trains):
    """Balanced trees of several sizes."""

    d: Increasing[Annotated[PowerOfTwo, Meta(ge=4)]]  # numbers of modes, powers of two


class Canonical(Tensor):
    """Canonical tensors of several ranks."""

    d: Annotated[int, Meta(ge=2, multiple_of=2)]  # modes, even
    ranks: Increasing[Count]  # canonical ranks

    def __post_init__(self) -> None:
        self.require_size(self.d)


class Grids(Section):
    """Grid tensors of recurrent networks with random weights."""

    shapes: tuple[tuple[AtLeast2, Literal[4, 6]], ...]  # templates, and steps of the network
    widths: Increasing[Annotated[int, Meta(ge=1, le=8)]]  # of the network; wider ones exceed integers of 64 bits
    draws: Count  # networks of each shape and width


class Approximation(Tensor):
    """Canonical approximation of random tensor trains by alternating least squares."""

    d: Modes  # modes, even
    widths: Increasing[Count]  # ranks of the tensor trains
    ranks: Increasing[Count]  # canonical ranks
    draws: Count  # tensor trains of each rank
    starts: Count  # random starts of alternating least squares, of which the best one is reported
    iterations: Count  # sweeps of each start

    def __post_init__(self) -> None:
        self.require_size(self.d)


class NeededRank(Section):
    """Canonical rank that random tensor trains need for a relative error."""

    trains: Trains
    error: OpenFraction  # relative error
    draws: Count  # tensor trains of each length
    als_up_to: int  # largest d for which alternating least squares search for the rank as well


class Tensors(Section):
    """Exact ranks and approximations of random tensors, without learning."""

    draws: Count  # random tensors of each case
    ranks: tuple[Trains, ...]  # tensor trains for the rank of odd against even modes
    trees: tuple[Trees, ...]  # hierarchical Tucker tensors and tensor trains for conversions
    canonical: tuple[Canonical, ...]  # canonical tensors for the rank of odd against even modes
    grids: Grids
    approximation: Approximation
    needed_rank: NeededRank

    def __post_init__(self) -> None:
        for key, pairs in {
            "ranks": [(trains.n, trains.r) for trains in self.ranks],
            "trees": [(trains.n, trains.r) for trains in self.trees],
            "canonical": [(tensors.n, tensors.d) for tensors in self.canonical],
        }.items():
            self.require(len(set(pairs)) == len(pairs), key, "each pair n, r or n, d once", value=pairs)


class Words(Section):
    """Random functions of words: tensor trains with one core per site, or automata with one core for all sites."""

    letters: AtLeast2  # size of the alphabet
    sites: Annotated[PowerOfTwo, Meta(ge=2)]  # length of a word, a power of two: the tree is balanced
    width: Count  # rank of the tensor train, states of the automaton
    spread: Positive  # scale of the random part of the cores; for automata the size of their rotations, in radians
    train: Count  # training words
    test: Count  # test words; they do not depend on the number of training words

    def __post_init__(self) -> None:
        enough = self.train + self.test <= self.letters**self.sites <= 2**62
        self.require(enough, "train", "with test at most letters^sites, that at most 2^62")


class Data(Section):
    """Digits and functions of words."""

    test_share: OpenFraction  # fraction of the digits that is used for testing
    teacher: Words  # functions of words that are random tensor trains, with one core per site
    automaton: Words  # functions of words that are random weighted automata, with one core for all sites


class Task(Section):
    """What all networks learn in one task, and how long."""

    data: Literal["digits", "teacher", "automaton"]  # digits, tensor trains or automata
    patch: int = 0  # pixels per side of a part of a digit: 1, 2 or 4; words have none
    channels: int = 0  # features per part of a digit, the constant included; words have none
    widths: Increasing[Count]  # of the networks
    matched: int  # width of the tensor train whose number of parameters the other networks match; one of widths
    steps: Count  # of the optimiser
    batch: Count  # samples per step
    rate: Positive  # largest learning rate of AdamW, in a one-cycle schedule
    weight_decay: NonNegative = 0.0  # of AdamW

    def __post_init__(self) -> None:
        self.require(self.matched in self.widths, "matched", "one of widths")
        if self.data == "digits":
            self.require(self.patch in (1, 2, 4), "patch", "1, 2 or 4, with a balanced tree")
            self.require(self.channels >= 2, "channels", "at least 2")
        else:
            self.require(self.patch == 0, "patch", "none: words have letters, remove the key")
            self.require(self.channels == 0, "channels", "none: letters are one-hot, remove the key")


class Variant(WithEnabled):
    """One kind of network, see ``mlsim.networks.tensor_networks``."""

    network: Literal["tt", "tt_shared", "ht", "cp"]  # tensor train, with one shared core, tree, shallow network


class Run(Section):
    """What one training job depends on: all tasks, widths and seeds of one kind of network."""

    seeds: Seeds
    tasks: Named[Task]
    variant: Variant


class Scoring(Section):
    """What the evaluation depends on."""

    seeds: Seeds
    tasks: Named[Task]
    variants: Named[Variant]


class Sampling(Section):
    """What the data set depends on; each seed of the networks has its own functions."""

    seeds: Seeds
    data: Data


class Settings(Study[Variant]):
    """The section ``expressivity``; each seed of the networks has its own functions of words."""

    tensors: Tensors
    data: Data
    tasks: Named[Task]

    def __post_init__(self) -> None:
        self.require_untaken("variants", BASELINES)
        reference = any(variant.network == "tt" for variant in self.enabled.values())
        allowed = "an enabled network tt: the others are matched to it"
        self.require(reference, "variants", allowed, value=list(self.enabled))
