"""What can be configured in the study of loss surfaces."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_distinct_seeds, require_positive, require_seeds

Network = Literal["pinn", "data_fit", "relu", "plain", "skip", "mnn_h"]
Optimiser = Literal["adam", "descent"]


@dataclass(frozen=True, kw_only=True)
class Poisson:
    """``-u'' = f`` on (0, 1) with ``u = 0`` at both ends, and the network that stands for ``u``.

    Attributes:
        points: midpoints of equal cells, where the equation or the solution is prescribed.
        modes: ``k`` of the solution ``sum of amplitude sin(k pi x)``.
        amplitudes: one for each mode.
        width: of both hidden layers.
        accuracy: relative error that counts as solved.
        sines: numbers of modes of the linear models.
    """

    points: int
    modes: tuple[int, ...]
    amplitudes: tuple[float, ...]
    width: int
    accuracy: float
    sines: tuple[int, ...]

    def __post_init__(self) -> None:
        require_at_least(4, self, "points")
        require_positive(self, "width", "accuracy")
        good = len(self.modes) > 0 and all(1 <= mode < self.points for mode in self.modes)
        require(good, "modes", list(self.modes), allowed=f"integers from 1 to points - 1, {self.points - 1}")
        same = len(self.amplitudes) == len(self.modes)
        require(same, "amplitudes", list(self.amplitudes), allowed=f"one number per mode, {len(self.modes)}")
        require(any(self.amplitudes), "amplitudes", list(self.amplitudes), allowed="at least one that is not zero")
        good = len(self.sines) > 0 and all(1 <= count < self.points for count in self.sines)
        require(good, "sines", list(self.sines), allowed=f"integers from 1 to points - 1, {self.points - 1}")


@dataclass(frozen=True, kw_only=True)
class Function:
    """A smooth function of many inputs, and the relu network that learns it.

    Attributes:
        inputs: dimension of the cube.
        train: points to learn from.
        test: points to measure the error on.
        width: of both hidden layers.
        accuracy: relative error that counts as solved.
    """

    inputs: int
    train: int
    test: int
    width: int
    accuracy: float

    def __post_init__(self) -> None:
        require_at_least(2, self, "inputs", "train", "test")
        require_positive(self, "width", "accuracy")


@dataclass(frozen=True, kw_only=True)
class States:
    """Potentials and ground states on a ring, and the networks that map one to the other.

    Attributes:
        points: of the ring.
        train: potentials to learn from.
        test: potentials to measure the error on.
        interaction: ``beta`` of the equation.
        depth: convolutions of the plain and of the skip network.
        channels: of each.
        taps: of each, odd.
        levels: of MNN-H.
        rank: its channels.
        layers: its convolutions per level.
        accuracy: relative error that counts as solved.
    """

    points: int
    train: int
    test: int
    interaction: float
    depth: int
    channels: int
    taps: int
    levels: int
    rank: int
    layers: int
    accuracy: float

    def __post_init__(self) -> None:
        require_at_least(2, self, "train", "test", "levels", "layers")
        require_positive(self, "interaction", "depth", "channels", "taps", "rank", "accuracy")
        require(self.taps % 2 == 1, "taps", self.taps, allowed="odd numbers")
        whole = self.points >= 2**self.levels and self.points % 2**self.levels == 0
        require(whole, "points", self.points, allowed=f"multiples of 2^levels, {2**self.levels}")


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Data and networks of the games: narrow modes on a circle, two perceptrons.

    Attributes:
        modes: on the circle.
        samples: real points, and as many latent ones; both are drawn once, so that the game has one field.
        latent: dimension of the latent points.
        width: of both hidden layers of the generator.
        critic_width: of those of the critic.
    """

    modes: int
    samples: int
    latent: int
    width: int
    critic_width: int

    def __post_init__(self) -> None:
        require_at_least(2, self, "modes", "samples")
        require_positive(self, "latent", "width", "critic_width")


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """How the surroundings of the parameters are looked at.

    Attributes:
        reach: of curves and surfaces, in units of the filters' norms.
        points: per curve and per side of a surface, odd.
        directions: curves per network; the first two span the surface.
        kept: rising shares of the training, the last one is the whole.
        eigenvalues: of a whole spectrum that are kept.
        field_points: per side of a game's field.
    """

    reach: float
    points: int
    directions: int
    kept: tuple[float, ...]
    eigenvalues: int
    field_points: int

    def __post_init__(self) -> None:
        require_positive(self, "reach", "eigenvalues")
        require_at_least(2, self, "directions")
        require_at_least(3, self, "points", "field_points")
        require(self.points % 2 == 1, "points", self.points, allowed="odd numbers: the origin is one of them")
        good = list(self.kept) == sorted(set(self.kept)) and self.kept[:1] >= (0.0,) and self.kept[-1:] == (1.0,)
        require(good, "kept", list(self.kept), allowed="rising shares of the training, the last one 1.0")

    def coordinates(self) -> list[float]:
        """Of curves and surfaces; the one in the middle is exactly zero."""
        half = self.points // 2
        return [self.reach * (place - half) / half for place in range(self.points)]

    def kept_steps(self, steps: int) -> list[int]:
        """Steps after which parameters are kept."""
        return sorted({round(share * steps) for share in self.kept})


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One network and how it is trained, on the full batch at constant rates.

    Attributes:
        network: see :mod:`mlsim.studies.landscape.problems`.
        optimiser: ``adam``, or gradient ``descent`` without any memory.
        rates: learning rates, each from each seed.
        shown: the rate at which parameters are kept and looked at.
        steps: updates.
        seeds: of the initial parameters; none stands for those of the study.
        enabled: false drops the variant.
    """

    network: Network
    optimiser: Optimiser
    rates: tuple[float, ...]
    shown: float
    steps: int
    seeds: tuple[int, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        good = list(self.rates) == sorted(set(self.rates)) and all(rate > 0 for rate in self.rates)
        require(good and len(self.rates) > 0, "rates", list(self.rates), allowed="rising positive numbers")
        require(self.shown in self.rates, "shown", self.shown, allowed=f"one of rates, {list(self.rates)}")
        require_positive(self, "steps")
        require_distinct_seeds("seeds", list(self.seeds), or_none=True)


@dataclass(frozen=True, kw_only=True)
class Game:
    """One GAN, trained by turns on fixed points.

    Attributes:
        penalty: weight of the squared slopes of the critic.
        rate: of both players (Adam).
        steps: turns of each.
        seeds: of the initial parameters; none stands for those of the study.
        enabled: false drops the game.
    """

    penalty: float
    rate: float
    steps: int
    seeds: tuple[int, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        require(self.penalty >= 0, "penalty", self.penalty, allowed="zero or more")
        require_positive(self, "rate", "steps")
        require_distinct_seeds("seeds", list(self.seeds), or_none=True)


@dataclass(frozen=True, kw_only=True)
class Problems:
    """What data and networks depend on."""

    poisson: Poisson
    function: Function
    states: States
    mixture: Mixture


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job depends on."""

    problems: Problems
    seeds: tuple[int, ...]
    analysis: Analysis
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class GameRun:
    """What one training job of a game depends on."""

    problems: Problems
    seeds: tuple[int, ...]
    game: Game


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the analysis of all networks depends on."""

    problems: Problems
    seeds: tuple[int, ...]
    analysis: Analysis
    variants: dict[str, Variant]
    games: dict[str, Game]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``landscape``."""

    seed: int
    seeds: tuple[int, ...]
    poisson: Poisson
    function: Function
    states: States
    mixture: Mixture
    analysis: Analysis
    variants: dict[str, Variant]
    games: dict[str, Game]

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        require(len(self.enabled) > 0, "variants", {}, allowed="at least one enabled variant")
        require(len(self.enabled_games) > 0, "games", {}, allowed="at least one enabled game")
        twice = sorted(set(self.variants) & set(self.games))
        require(not twice, "games", twice, allowed="names that no variant has")
        pairs = [(variant.network, variant.optimiser) for variant in self.enabled.values()]
        different = len(set(pairs)) == len(pairs)
        require(different, "variants", list(self.enabled), allowed="one variant per network and optimiser")
        adam = any(each.optimiser == "adam" for each in self.enabled.values())
        require(adam, "variants", list(self.enabled), allowed="at least one enabled variant with the optimiser adam")

    @property
    def problems(self) -> Problems:
        """The problems alone."""
        return Problems(poisson=self.poisson, function=self.function, states=self.states, mixture=self.mixture)

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)

    @property
    def enabled_games(self) -> dict[str, Game]:
        """The games to play."""
        return enabled(self.games)
