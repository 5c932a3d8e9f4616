"""What can be configured in the study of expressive power."""

from collections.abc import Sequence
from typing import Annotated, Literal

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

# methods that are not networks: a variant of this name would mix with them in the table
BASELINES = ("svc", "logistic", "kernel_ridge", "linear")
DIGIT_SIDE = 8
LARGEST = 2**23  # entries of a full tensor

Modes = Annotated[int, Meta(ge=4, multiple_of=2)]


def _require_size(section: "Canonical | Approximation | Trains", d: int, *, largest: int) -> None:
    require(section.n**d <= largest, "d", section.d, allowed=f"at most 2^{largest.bit_length() - 1} entries, n^d")


def _require_once(name: str, pairs: Sequence[tuple[int, int]], *, keys: str) -> None:
    require(len(set(pairs)) == len(pairs), name, pairs, allowed=f"each pair {keys} once")


def _is_power_of_two(number: int) -> bool:
    return number >= 2 and number & (number - 1) == 0


class Trains(Section):
    """Tensor trains of several lengths."""

    n: AtLeast2  # values of a mode
    r: Count  # rank
    d: NonEmpty[Modes]  # numbers of modes, even

    def __post_init__(self) -> None:
        self.require_increasing("d")
        _require_size(self, self.d[-1], largest=2 * LARGEST)


class Canonical(Section):
    """Canonical tensors of several ranks."""

    n: AtLeast2  # values of a mode
    d: Annotated[int, Meta(ge=2, multiple_of=2)]  # modes, even
    ranks: NonEmpty[Count]  # canonical ranks

    def __post_init__(self) -> None:
        self.require_increasing("ranks")
        _require_size(self, self.d, largest=LARGEST)


class Grids(Section):
    """Grid tensors of recurrent networks with random weights."""

    shapes: tuple[tuple[AtLeast2, Literal[4, 6]], ...]  # templates, and steps of the network
    widths: NonEmpty[Annotated[int, Meta(ge=1, le=8)]]  # of the network; wider ones exceed integers of 64 bits
    draws: Count  # networks of each shape and width

    def __post_init__(self) -> None:
        self.require_increasing("widths")


class Approximation(Section):
    """Canonical approximation of random tensor trains by alternating least squares."""

    n: AtLeast2  # values of a mode
    d: Modes  # modes, even
    widths: NonEmpty[Count]  # ranks of the tensor trains
    ranks: NonEmpty[Count]  # canonical ranks
    draws: Count  # tensor trains of each rank
    starts: Count  # random starts of alternating least squares, of which the best one is reported
    iterations: Count  # sweeps of each start

    def __post_init__(self) -> None:
        self.require_increasing("widths", "ranks")
        _require_size(self, self.d, largest=LARGEST)


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
    trees: tuple[Trains, ...]  # hierarchical Tucker tensors and tensor trains for conversions; d is a power of two
    canonical: tuple[Canonical, ...]  # canonical tensors for the rank of odd against even modes
    grids: Grids
    approximation: Approximation
    needed_rank: NeededRank

    def __post_init__(self) -> None:
        _require_once("ranks", [(trains.n, trains.r) for trains in self.ranks], keys="n, r")
        _require_once("trees", [(trains.n, trains.r) for trains in self.trees], keys="n, r")
        _require_once("canonical", [(tensors.n, tensors.d) for tensors in self.canonical], keys="n, d")
        lengths = [list(trains.d) for trains in self.trees]
        powers = all(_is_power_of_two(d) for modes in lengths for d in modes)
        self.require(powers, "trees", value=lengths, allowed="d that are powers of two")


class Words(Section):
    """Random functions of words: tensor trains with one core per site, or automata with one core for all sites."""

    letters: AtLeast2  # values of a site
    sites: int  # letters of a word, a power of two: the tree is balanced
    width: Count  # rank of the tensor train, states of the automaton
    spread: Positive  # of the cores about the identity; of the automaton the size of the rotations, in radians
    train: Count  # training words
    test: Count  # test words; they do not depend on the number of training words

    def __post_init__(self) -> None:
        self.require(_is_power_of_two(self.sites), "sites", allowed="a power of two: the tree is balanced")
        enough = self.train + self.test <= self.letters**self.sites <= 2**62
        self.require(enough, "train", allowed="with test at most letters^sites, that at most 2^62")


class Data(Section):
    """Digits and functions of words."""

    test_share: OpenFraction  # fraction of the digits that is used for testing
    teacher: Words
    automaton: Words


class Task(Section):
    """What all networks learn in one task, and how long."""

    data: Literal["digits", "teacher", "automaton"]  # digits, tensor trains or automata
    patch: int = 0  # pixels per side of a part of a digit: 1, 2 or 4; words have none
    channels: int = 0  # features per part of a digit, the constant included; words have none
    widths: NonEmpty[Count]  # of the networks
    matched: int  # width of the tensor train whose number of parameters the other networks match; one of widths
    steps: Count  # of the optimiser
    batch: Count  # samples per step
    rate: Positive  # largest learning rate of AdamW, in a one-cycle schedule
    weight_decay: NonNegative = 0.0  # of AdamW

    def __post_init__(self) -> None:
        self.require_increasing("widths")
        self.require(self.matched in self.widths, "matched", allowed="one of widths")
        if self.data == "digits":
            self.require(self.patch in (1, 2, 4), "patch", allowed="1, 2 or 4, with a balanced tree")
            self.require(self.channels >= 2, "channels", allowed="at least 2")
        else:
            self.require(self.patch == 0, "patch", allowed="none: words have letters, remove the key")
            self.require(self.channels == 0, "channels", allowed="none: letters are one-hot, remove the key")


class Variant(Section):
    """One kind of network, see ``mlsim.networks.tensor_networks``."""

    network: Literal["tt", "tt_shared", "ht", "cp"]  # tensor train, with one shared core, tree, shallow network
    enabled: bool = True  # false omits the variant


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


class Settings(Section):
    """The section ``expressivity``."""

    seed: Seed  # of the random tensors, words and functions of words
    seeds: Seeds  # of the networks; each has its own functions of words
    tensors: Tensors
    data: Data
    tasks: Named[Task]
    variants: Named[Variant]

    def __post_init__(self) -> None:
        self.require_distinct("seeds")
        self.require_untaken("variants", BASELINES)
        reference = any(variant.network == "tt" for variant in self.enabled.values())
        names = list(self.enabled)
        self.require(reference, "variants", value=names, allowed="an enabled network tt: the others are matched to it")

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)

    def run(self, variant: str) -> Run:
        """Settings of one training job."""
        return Run(seeds=self.seeds, tasks=self.tasks, variant=self.enabled[variant])
