"""What can be configured about the Lorenz system: data, regressions, forecasts, networks."""

from dataclasses import dataclass

from mlsim.config import enabled, require, require_at_least, require_positive

SAVITZKY_GOLAY_DEGREE = 3


def check_noise(noise: tuple[float, ...]) -> None:
    """Check levels of noise.

    Raises:
        ValueError: they do not rise, or one is negative, or there is none.
    """
    rising = len(noise) > 0 and list(noise) == sorted(set(noise)) and noise[0] >= 0
    require(rising, "noise", list(noise), allowed="rising numbers, zero or more, at least one")


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """One observed trajectory of the Lorenz system.

    Attributes:
        time: its length.
        spacing: time between two observations.
        noise: in percent of the deviation of each component.
    """

    time: float
    spacing: float
    noise: tuple[float, ...]

    def __post_init__(self) -> None:
        require_positive(self, "time", "spacing")
        require(self.time >= 500 * self.spacing, "time", self.time, allowed="at least 500 spacings")
        check_noise(self.noise)


@dataclass(frozen=True, kw_only=True)
class Sindy:
    """Sparse regression on polynomials of degree three, for the Lorenz system.

    Attributes:
        threshold: on the coefficients.
        windows: width of a window of Savitzky and Golay, in units of time.
        boxes: intervals of the weak form.
        half_width: of an interval.
        models: regressions of an ensemble.
    """

    threshold: float
    window: float
    boxes: int
    half_width: float
    models: int

    def __post_init__(self) -> None:
        require_positive(self, "threshold", "window", "half_width")
        require(self.boxes >= 30, "boxes", self.boxes, allowed="at least 30")
        require_at_least(1, self, "models")


@dataclass(frozen=True, kw_only=True)
class Forecasts:
    """Forecasts by the recovered models from states that they have not seen.

    Attributes:
        starts: number of states, on the attractor.
        longest: length of a forecast, in Lyapunov times.
        step: of the Runge-Kutta method, the same for all models and for the truth.
        noise: levels at which forecasts are made, in percent.
    """

    starts: int
    longest: float
    step: float
    noise: tuple[float, ...]

    def __post_init__(self) -> None:
        require_at_least(2, self, "starts")
        require_positive(self, "longest", "step")
        require(self.step <= self.longest / 10, "step", self.step, allowed="at most a tenth of longest")
        check_noise(self.noise)


@dataclass(frozen=True, kw_only=True)
class NeuralOde:
    """A network as the right-hand side, trained through the solver.

    Attributes:
        noise: levels of noise, one training each, in percent.
        width: of two hidden layers.
        spacing: observations from one compared state to the next.
        segment: compared states after the first.
        steps: updates.
        batch: segments per update.
        rate: first learning rate of Adam, falling to zero along a half cosine.
        validations: evenly spread; the best one decides which parameters are kept.
        enabled: false drops the variant.
    """

    noise: tuple[float, ...]
    width: int
    spacing: int
    segment: int
    steps: int
    batch: int
    rate: float
    validations: int
    enabled: bool = True

    def __post_init__(self) -> None:
        check_noise(self.noise)
        require_at_least(1, self, "width", "spacing", "segment", "steps", "batch", "validations")
        require(self.steps >= self.validations, "steps", self.steps, allowed="validations or more")
        require_positive(self, "rate")


@dataclass(frozen=True, kw_only=True)
class LorenzScoring:
    """What the evaluation on the Lorenz system depends on; ``noise`` is that of the trajectory."""

    noise: tuple[float, ...]
    sindy: Sindy
    forecasts: Forecasts
    networks: dict[str, NeuralOde]


@dataclass(frozen=True, kw_only=True)
class LorenzRun:
    """What one training of a network depends on."""

    network: NeuralOde


@dataclass(frozen=True, kw_only=True)
class Lorenz:
    """The Lorenz system: data, regressions, forecasts, networks."""

    trajectory: Trajectory
    sindy: Sindy
    forecasts: Forecasts
    networks: dict[str, NeuralOde]

    def __post_init__(self) -> None:
        for name, network in self.networks.items():
            known = set(network.noise) <= set(self.trajectory.noise)
            require(known, f"networks.{name}.noise", list(network.noise), allowed="levels of trajectory.noise")
            covered, most = network.spacing * network.segment, int(self.trajectory.time / self.trajectory.spacing) // 10
            fits = covered <= most
            require(fits, f"networks.{name}.spacing", network.spacing, allowed=f"spacing * segment of at most {most}")
        known = set(self.forecasts.noise) <= set(self.trajectory.noise)
        require(known, "forecasts.noise", list(self.forecasts.noise), allowed="levels of trajectory.noise")
        least = (SAVITZKY_GOLAY_DEGREE + 1) * self.trajectory.spacing
        wide = self.sindy.window >= least
        require(wide, "sindy.window", self.sindy.window, allowed=f"four spacings of the trajectory or more, {least:g}")
        long = 2 * self.sindy.half_width < self.trajectory.time
        require(long, "sindy.half_width", self.sindy.half_width, allowed="less than half of trajectory.time")

    @property
    def enabled(self) -> dict[str, NeuralOde]:
        """The networks to train."""
        return enabled(self.networks)
