"""What can be configured about the Lorenz system: data, regressions, forecasts, networks."""

from typing import Annotated

from mlsim.config import Section, WithEnabled, enabled
from mlsim.types import AtLeast2, Count, Increasing, Meta, Named, NonNegative, Positive

SAVITZKY_GOLAY_DEGREE = 3
Noise = Increasing[NonNegative]


class Trajectory(Section):
    """One observed trajectory of the Lorenz system."""

    time: Positive  # length of the trajectory, at least 500 spacings
    spacing: Positive  # time between two observations
    noise: Noise  # levels, in percent of the standard deviation of each component

    def __post_init__(self) -> None:
        self.require(self.time >= 500 * self.spacing, "time", "at least 500 spacings")


class Sindy(Section):
    """Sparse regression on polynomials of degree three, for the Lorenz system."""

    threshold: Positive  # terms with smaller coefficients are dropped
    window: Positive  # width of the Savitzky-Golay windows, in units of time
    boxes: Annotated[int, Meta(ge=30)]  # random time intervals of the weak form
    half_width: Positive  # of a time interval
    models: Count  # regressions of an ensemble


class Forecasts(Section):
    """Forecasts by the recovered models from new initial states."""

    starts: AtLeast2  # initial states, on the attractor
    longest: Positive  # length of a forecast, in Lyapunov times
    step: Positive  # of the Runge-Kutta method, the same for all models and for the truth
    noise: Noise  # levels of trajectory.noise from which forecasts are made, in percent

    def __post_init__(self) -> None:
        self.require(self.step <= self.longest / 10, "step", "at most a tenth of longest")


class NeuralOde(WithEnabled):
    """A network as the right-hand side, trained through the solver."""

    noise: Noise  # levels of trajectory.noise, in percent; one training for each
    width: Count  # of the two hidden layers
    spacing: Count  # observations between two states of a segment
    segment: Count  # states of a segment after its initial state
    steps: Count  # of the optimiser
    batch: Count  # segments per step
    rate: Positive  # first learning rate of Adam, decreasing to zero along a half cosine
    validations: Count  # evenly spaced; the parameters of the best one are stored

    def __post_init__(self) -> None:
        self.require_at_most("validations", "steps")


class Methods(Section):
    """Regressions, forecasts and networks."""

    sindy: Sindy
    forecasts: Forecasts
    networks: Named[NeuralOde]


class LorenzScoring(Methods):
    """What the evaluation on the Lorenz system depends on; ``noise`` is that of the trajectory."""

    noise: Noise


class Lorenz(Methods):
    """The Lorenz system: data, regressions, forecasts, networks."""

    trajectory: Trajectory

    def __post_init__(self) -> None:
        time, spacing = self.trajectory.time, self.trajectory.spacing
        longest = int(time / spacing) // 10
        for name, network in self.networks.items():
            fits = network.spacing * network.segment <= longest
            self.require(fits, f"networks.{name}.spacing", f"spacing * segment of at most {longest}")
        levels = {f"networks.{name}.noise": network.noise for name, network in self.networks.items()}
        for key, noise in {**levels, "forecasts.noise": self.forecasts.noise}.items():
            self.require(set(noise) <= set(self.trajectory.noise), key, "levels of trajectory.noise")
        least = (SAVITZKY_GOLAY_DEGREE + 1) * spacing
        self.require(self.sindy.window >= least, "sindy.window", f"four spacings of the trajectory or more, {least:g}")
        self.require(2 * self.sindy.half_width < time, "sindy.half_width", "less than half of trajectory.time")

    @property
    def enabled(self) -> dict[str, NeuralOde]:
        """The networks to train."""
        return enabled(self.networks)
