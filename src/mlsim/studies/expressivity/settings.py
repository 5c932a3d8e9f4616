"""What can be configured in the study of expressive power."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_positive, require_seeds

BASELINES = ("svc", "logistic", "kernel_ridge", "linear")
DIGIT_SIDE, LARGEST = 8, 2**23


def _rising(name: str, values: tuple[int, ...], *, least: int) -> None:
    good = len(values) > 0 and list(values) == sorted(set(values)) and values[0] >= least
    require(good, name, list(values), allowed=f"rising integers, {least} or more, at least one")


def _is_power_of_two(number: int) -> bool:
    return number >= 2 and number & (number - 1) == 0


@dataclass(frozen=True, kw_only=True)
class Trains:
    """Tensor trains of ``d`` modes with ``n`` values each and rank ``r``."""

    n: int
    r: int
    d: tuple[int, ...]

    def __post_init__(self) -> None:
        require(self.n >= 2, "n", self.n, allowed="at least 2")
        require(self.r >= 1, "r", self.r, allowed="at least 1")
        _rising("d", self.d, least=4)
        require(all(d % 2 == 0 for d in self.d), "d", list(self.d), allowed="even numbers, so that half of d is one")
        require(self.n ** self.d[-1] <= LARGEST * 2, "d", list(self.d), allowed="at most 2^24 entries, n^d")


@dataclass(frozen=True, kw_only=True)
class Canonical:
    """Canonical tensors of ``d`` modes with ``n`` values each and given ranks."""

    n: int
    d: int
    ranks: tuple[int, ...]

    def __post_init__(self) -> None:
        _rising("ranks", self.ranks, least=1)
        good = self.n >= 2 and self.d >= 2 and self.d % 2 == 0 and self.n**self.d <= LARGEST
        require(good, "d", self.d, allowed="even, with at most 2^23 entries, n^d, of n >= 2 values each")


@dataclass(frozen=True, kw_only=True)
class Grids:
    """Grid tensors of recurrent networks: templates and steps of each kind, widths, draws."""

    shapes: tuple[tuple[int, int], ...]
    widths: tuple[int, ...]
    draws: int

    def __post_init__(self) -> None:
        good = all(m >= 2 and 4 <= t <= 6 and t % 2 == 0 for m, t in self.shapes)
        require(good, "shapes", list(self.shapes), allowed="pairs of templates, 2 or more, and steps, 4 or 6")
        _rising("widths", self.widths, least=1)
        require(self.widths[-1] <= 8, "widths", list(self.widths), allowed="at most 8: the integers have 64 bits")
        require_positive(self, "draws")


@dataclass(frozen=True, kw_only=True)
class Approximation:
    """Canonical approximation of random trains with ``d`` modes of ``n`` values.

    Attributes:
        widths: ranks of the trains.
        ranks: canonical ranks R.
        draws: trains of each rank.
        starts: of alternating least squares; the best one counts.
        iterations: of each start.
    """

    n: int
    d: int
    widths: tuple[int, ...]
    ranks: tuple[int, ...]
    draws: int
    starts: int
    iterations: int

    def __post_init__(self) -> None:
        _rising("widths", self.widths, least=1)
        _rising("ranks", self.ranks, least=1)
        require_positive(self, "draws", "starts", "iterations")
        good = self.n >= 2 and self.d >= 4 and self.d % 2 == 0 and self.n**self.d <= LARGEST
        require(good, "d", self.d, allowed="even, at least 4, with at most 2^23 entries, n^d, of n >= 2 values each")


@dataclass(frozen=True, kw_only=True)
class NeededRank:
    """Canonical rank that random trains need for a relative error.

    Attributes:
        trains: the trains.
        error: relative error.
        draws: trains of each length.
        als_up_to: largest d for which alternating least squares look for it too.
    """

    trains: Trains
    error: float
    draws: int
    als_up_to: int

    def __post_init__(self) -> None:
        require(0 < self.error < 1, "error", self.error, allowed="between 0 and 1")
        require_positive(self, "draws")


@dataclass(frozen=True, kw_only=True)
class Tensors:
    """What is computed without learning.

    Attributes:
        draws: random tensors of each case.
        ranks: trains whose odd-even flattening is looked at.
        trees: hierarchical Tucker tensors, ``d`` powers of two.
        canonical: canonical tensors.
        grids: grid tensors of recurrent networks.
        approximation: alternating least squares against the bound.
        needed_rank: canonical rank against the number of modes.
    """

    draws: int
    ranks: tuple[Trains, ...]
    trees: tuple[Trains, ...]
    canonical: tuple[Canonical, ...]
    grids: Grids
    approximation: Approximation
    needed_rank: NeededRank

    def __post_init__(self) -> None:
        require_positive(self, "draws")
        for name in ("ranks", "trees"):
            pairs = [(each.n, each.r) for each in getattr(self, name)]
            require(len(set(pairs)) == len(pairs), name, pairs, allowed="each pair n, r once")
        powers = all(_is_power_of_two(d) for each in self.trees for d in each.d)
        require(powers, "trees", [list(each.d) for each in self.trees], allowed="d that are powers of two")
        pairs = [(each.n, each.d) for each in self.canonical]
        require(len(set(pairs)) == len(pairs), "canonical", pairs, allowed="each pair n, d once")


@dataclass(frozen=True, kw_only=True)
class Words:
    """A random function of words: a train of rank ``width`` with one core per site, or one for all sites.

    Attributes:
        letters: values of a site.
        sites: letters of a word, a power of two.
        width: rank of the train, states of the automaton.
        spread: of the cores about the identity; of the automaton the size of the rotations, in radians.
        train: words to learn from.
        test: words to test on; they come first and do not depend on the others.
    """

    letters: int
    sites: int
    width: int
    spread: float
    train: int
    test: int

    def __post_init__(self) -> None:
        require(self.letters >= 2, "letters", self.letters, allowed="at least 2")
        require(_is_power_of_two(self.sites), "sites", self.sites, allowed="a power of two: the tree is balanced")
        require_positive(self, "width", "spread", "train", "test")
        enough = self.train + self.test <= self.letters**self.sites <= 2**62
        require(enough, "train", self.train, allowed="with test at most letters^sites, that at most 2^62")


@dataclass(frozen=True, kw_only=True)
class Data:
    """Digits and functions of words; ``test_share`` is that of the digits."""

    test_share: float
    teacher: Words
    automaton: Words

    def __post_init__(self) -> None:
        require(0 < self.test_share < 1, "test_share", self.test_share, allowed="between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What all networks learn in one task, and how long.

    Attributes:
        data: what is learned.
        patch: pixels per side of a part of a digit.
        channels: features per part of a digit, the constant included.
        widths: of the networks.
        matched: width of the train whose number of parameters the others get too.
        steps: updates.
        batch: samples per update.
        rate: peak of the learning rate of AdamW, one cycle.
        weight_decay: of AdamW.
    """

    data: Literal["digits", "teacher", "automaton"]
    patch: int = 0
    channels: int = 0
    widths: tuple[int, ...]
    matched: int
    steps: int
    batch: int
    rate: float
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _rising("widths", self.widths, least=1)
        require_positive(self, "steps", "batch", "rate")
        require(self.matched in self.widths, "matched", self.matched, allowed="one of widths")
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, allowed="zero or more")
        if self.data == "digits":
            require(self.patch in (1, 2, 4), "patch", self.patch, allowed="1, 2 or 4, with a balanced tree")
            require(self.channels >= 2, "channels", self.channels, allowed="at least 2")
        else:
            require(self.patch == 0, "patch", self.patch, allowed="none: words have letters, remove the key")
            require(self.channels == 0, "channels", self.channels, allowed="none: letters are one-hot, remove the key")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One kind of network; see :class:`mlsim.networks.tensor_networks.TensorNetwork`."""

    network: Literal["tt", "tt_shared", "ht", "cp"]
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job depends on: all tasks, all widths and all seeds of one kind of network."""

    seeds: tuple[int, ...]
    tasks: dict[str, Task]
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation depends on."""

    seeds: tuple[int, ...]
    tasks: dict[str, Task]
    variants: dict[str, Variant]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """What the data set depends on; each seed of the networks has functions of its own."""

    seeds: tuple[int, ...]
    data: Data


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``expressivity``."""

    seed: int
    seeds: tuple[int, ...]
    tensors: Tensors
    data: Data
    tasks: dict[str, Task]
    variants: dict[str, Variant]

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        for name in self.variants:
            require(name not in BASELINES, "variants", name, allowed="another name: this one is a baseline")
        kinds = [variant.network for variant in self.enabled.values()]
        require(
            "tt" in kinds, "variants", list(self.enabled), allowed="an enabled network tt: the others are matched to it"
        )

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)
