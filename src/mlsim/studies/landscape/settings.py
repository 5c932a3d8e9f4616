"""What can be configured in the study of loss surfaces."""

from typing import Annotated, Literal

from mlsim.config import Section, Study, WithSeeds, enabled
from mlsim.types import AtLeast2, Count, Increasing, Meta, NonEmpty, NonNegative, Odd, Positive, Seeds, Variants

Network = Literal["pinn", "data_fit", "relu", "plain", "skip", "mnn_h"]


class Poisson(Section):
    """The equation ``-u'' = f`` on (0, 1) with ``u = 0`` at both ends, and the network that represents ``u``."""

    points: Annotated[int, Meta(ge=4)]  # midpoints of equal cells, where the equation or the solution is prescribed
    modes: NonEmpty[Count]  # k of the solution, sum of amplitude sin(k pi x); below points
    amplitudes: tuple[float, ...]  # one for each mode, not all zero
    width: Count  # of both hidden layers
    accuracy: Positive  # relative error that counts as solved
    sines: NonEmpty[Count]  # numbers of modes of the linear models with known Hessians; below points

    def __post_init__(self) -> None:
        for key, numbers in {"modes": self.modes, "sines": self.sines}.items():
            self.require(max(numbers) < self.points, key, f"integers from 1 to points - 1, {self.points - 1}")
        count = len(self.modes)
        self.require(len(self.amplitudes) == count, "amplitudes", f"one number per mode, {count}")
        self.require(any(self.amplitudes), "amplitudes", "at least one that is not zero")


class Function(Section):
    """A smooth function of many inputs, and the ReLU network that learns it."""

    inputs: AtLeast2  # dimension of the cube (-1, 1)^inputs
    train: AtLeast2  # training points
    test: AtLeast2  # test points
    width: Count  # of both hidden layers
    accuracy: Positive  # relative error that counts as solved


class States(Section):
    """Ground states of a nonlinear Schroedinger equation with periodic potential, and networks that compute them."""

    points: Count  # of the periodic grid; a multiple of 2^levels
    train: AtLeast2  # training potentials
    test: AtLeast2  # test potentials
    interaction: Positive  # beta of the equation
    depth: Count  # convolutions of the plain and of the skip network
    channels: Count  # of each convolution
    taps: Odd  # of each convolution
    levels: AtLeast2  # of MNN-H, whose leaves have points / 2^levels points
    rank: Count  # channels of MNN-H
    layers: AtLeast2  # convolutions of MNN-H per level
    accuracy: Positive  # relative error that counts as solved

    def __post_init__(self) -> None:
        self.require(self.points % 2**self.levels == 0, "points", f"multiples of 2^levels, {2**self.levels}")


class Mixture(Section):
    """Data and networks of the GANs: narrow modes on a circle, two perceptrons."""

    modes: AtLeast2  # on the circle
    samples: AtLeast2  # real points, and as many latent ones; drawn once, so that the losses are deterministic
    latent: Count  # dimension of the latent points
    width: Count  # of both hidden layers of the generator
    critic_width: Count  # of both hidden layers of the critic


class Analysis(Section):
    """Analysis of the loss surface around trained parameters."""

    reach: Positive  # of curves and surfaces, in units of the filters' norms
    points: Annotated[Odd, Meta(ge=3)]  # per curve and per side of a surface; odd, so that the origin is among them
    directions: AtLeast2  # curves per network; the first two span the surface
    kept: Increasing[NonNegative]  # fractions of the training after which sharpness is measured; the last one is 1.0
    eigenvalues: Count  # largest ones of each spectrum that are stored
    field_points: Annotated[int, Meta(ge=3)]  # per side of a GAN's vector field

    def __post_init__(self) -> None:
        self.require(self.kept[-1] == 1.0, "kept", "fractions of the training, the last one 1.0")

    def coordinates(self) -> list[float]:
        """Steps along a direction in curves and surfaces; the one in the middle is exactly zero."""
        half = self.points // 2
        return [self.reach * (index - half) / half for index in range(self.points)]

    def stored_steps(self, steps: int) -> list[int]:
        """Steps after which parameters are stored."""
        return sorted({round(fraction * steps) for fraction in self.kept})


class Variant(WithSeeds):
    """One network, trained on the full batch at constant learning rates."""

    network: Network  # see mlsim.studies.landscape.problems
    optimiser: Literal["adam", "descent"]  # Adam, or gradient descent without momentum
    rates: Increasing[Positive]  # learning rates; each is trained from each seed
    shown: float  # the learning rate whose parameters are stored and whose loss surface is analysed
    steps: Count  # of the optimiser

    def __post_init__(self) -> None:
        self.require(self.shown in self.rates, "shown", f"one of rates, {list(self.rates)}")


class Game(WithSeeds):
    """One GAN, whose players are updated in turns on fixed points."""

    penalty: NonNegative  # weight of the critic's gradient penalty
    rate: Positive  # learning rate of both players (Adam)
    steps: Count  # updates of each player


class Problems(Section):
    """What data and networks depend on."""

    poisson: Poisson
    function: Function
    states: States
    mixture: Mixture


class Job(Section):
    """What all jobs but the sampling depend on."""

    problems: Problems
    seeds: Seeds


class Run(Job):
    """What the training of one network at all learning rates and from all seeds depends on."""

    analysis: Analysis
    variant: Variant


class GameRun(Job):
    """What the training of one GAN from all seeds depends on."""

    game: Game


class Scoring(Job):
    """What the analysis and the evaluation of all networks depend on."""

    analysis: Analysis
    variants: Variants[Variant]
    games: Variants[Game]


class Settings(Study[Variant]):
    """The section ``landscape``."""

    poisson: Poisson
    function: Function
    states: States
    mixture: Mixture
    analysis: Analysis
    games: Variants[Game]

    def __post_init__(self) -> None:
        self.require_untaken("games", self.variants)
        pairs = {(variant.network, variant.optimiser) for variant in self.enabled.values()}
        names = list(self.enabled)
        self.require(len(pairs) == len(names), "variants", "one variant per network and optimiser", value=names)
        adam = any(optimiser == "adam" for _, optimiser in pairs)
        self.require(adam, "variants", "at least one enabled variant with the optimiser adam", value=names)

    @property
    def problems(self) -> Problems:
        """The problems alone."""
        return Problems(poisson=self.poisson, function=self.function, states=self.states, mixture=self.mixture)

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train, in the order of their names."""
        return dict(sorted(enabled(self.variants).items()))

    @property
    def enabled_games(self) -> dict[str, Game]:
        """The GANs to train, in the order of their names."""
        return dict(sorted(enabled(self.games).items()))
