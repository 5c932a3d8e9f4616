"""What can be configured in the study of generative models."""

import re
from dataclasses import dataclass
from typing import Literal

from mlsim.config import require, require_at_least, require_positive, require_seeds

MIXTURES = ("ring8", "grid25")
FIELDS = ("darcy_1d", "darcy_2d")
POSTERIORS = ("linear_gaussian", "lognormal_inverse", "lorenz63")
MANIFOLDS = ("darcy_manifold",)
CASES = (*MIXTURES, *FIELDS, *POSTERIORS, *MANIFOLDS)
KINDS = {
    **dict.fromkeys((*MIXTURES, *FIELDS), ("gan", "wgan_gp", "rpgan", "edm", "flow_matching", "spline_flow")),
    **dict.fromkeys(POSTERIORS, ("gan", "wgan_gp", "rpgan", "edm", "flow_matching")),
    **dict.fromkeys(MANIFOLDS, ("autoencoder",)),
}
CLASSICAL = ("truth", "training_set", "gaussian", "kde", "prior", "ensemble_kalman", "pcn", "pca")
Kind = Literal["gan", "wgan_gp", "rpgan", "edm", "flow_matching", "spline_flow", "autoencoder"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One law to be learned; all its models have the same data and the same budget.

    Attributes:
        job: cases of one job share a data set, a training job and an evaluation.
        train: training samples.
        test: test samples, where they are kept; those of the mixtures are drawn afresh.
        steps: updates of each network; a critic may take several turns per step.
        batch: samples per update.
        components: whitened principal components in which the law is learned; zero for scaled coordinates.
        looks: at the averaged networks during a training; they choose nothing.
        enabled: false drops the case and its models.
    """

    job: str
    train: int
    steps: int
    batch: int
    test: int = 0
    components: int = 0
    looks: int = 10
    enabled: bool = True

    def __post_init__(self) -> None:
        require_at_least(64, self, "train")
        require(re.fullmatch("[a-z0-9_]+", self.job) is not None, "job", self.job, allowed="a-z, 0-9 and _")
        require_at_least(1, self, "steps")
        require_at_least(2, self, "batch")
        require_at_least(0, self, "test")
        require(0 <= self.components <= 32, "components", self.components, allowed="from 0 to 32")
        require(1 <= self.looks <= self.steps, "looks", self.looks, allowed="from 1 to steps")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One model of one case; its name is the case's, an underscore, and what the table calls the method.

    Attributes:
        case: name of the case.
        kind: what is learned, and how.
        rate: of Adam, at the start; it falls to a hundredth along a half cosine.
        hidden: widths of the hidden layers of every network of the model.
        frequencies: of the sines and cosines of the coordinates that a network sees, see
            :class:`mlsim.networks.perceptrons.ensembles.PerceptronEnsemble`.
        latent: dimension of the generator's noise; of ``autoencoder``, the largest number of latent coordinates.
        generator_scale: learning rate of the generator relative to that of the critic.
        betas: of Adam.
        penalty: weight of the gradient penalty.
        turns: updates of the critic per step.
        pack: samples that the critic sees at once.
        average: weight of the newest parameters in the average that is evaluated.
        levels: smallest and largest noise of ``edm``, in deviations of the data.
        sampler_steps: of the midpoint rule of ``flow_matching``, of Heun's method of ``edm``.
        seeds: at most so many of the study's seeds are trained.
        enabled: false drops the model.
    """

    case: str
    kind: Kind
    rate: float
    hidden: tuple[int, ...]
    frequencies: int = 0
    latent: int = 2
    generator_scale: float = 1.0
    betas: tuple[float, float] = (0.9, 0.999)
    penalty: float = 0.0
    turns: int = 1
    pack: int = 1
    average: float = 0.01
    levels: tuple[float, float] = (0.002, 20.0)
    sampler_steps: int = 40
    seeds: int = 100
    enabled: bool = True

    def __post_init__(self) -> None:
        require_positive(self, "rate", "generator_scale")
        require_at_least(1, self, "latent", "turns", "pack", "seeds")
        require_at_least(0, self, "frequencies")
        require_at_least(2, self, "sampler_steps")
        require(min(self.hidden, default=0) >= 1, "hidden", list(self.hidden), allowed="positive widths, at least one")
        require(0 <= min(self.betas) <= max(self.betas) < 1, "betas", list(self.betas), allowed="two numbers in [0, 1)")
        require(self.penalty >= 0, "penalty", self.penalty, allowed="zero or more")
        require(0 < self.average <= 1, "average", self.average, allowed="in (0, 1]")
        require(0 < self.levels[0] < self.levels[1], "levels", list(self.levels), allowed="two rising positive numbers")


@dataclass(frozen=True, kw_only=True)
class Darcy:
    """Law of the permeability ``k = exp(g)`` of the Darcy problems."""

    cells: int
    length: float
    modes: int
    manifold_modes: int
    nodes: int
    deviation: float
    smoothing: float

    def __post_init__(self) -> None:
        require(self.cells >= 16 and self.cells % 4 == 0, "cells", self.cells, allowed="a multiple of 4, at least 16")
        require_at_least(8, self, "nodes")
        require_positive(self, "length", "deviation", "smoothing")
        require_at_least(1, self, "modes", "manifold_modes")
        require(max(self.modes, self.manifold_modes) <= self.cells, "modes", self.modes, allowed="at most cells")


@dataclass(frozen=True, kw_only=True)
class Inverse:
    """Inverse problems."""

    noise: float
    lognormal_noise: float
    parameters: int

    def __post_init__(self) -> None:
        require_positive(self, "noise", "lognormal_noise")
        require(1 <= self.parameters <= 32, "parameters", self.parameters, allowed="from 1 to 32")


@dataclass(frozen=True, kw_only=True)
class Chains:
    """Markov chains of the reference posteriors; half of them are the reference, the other half its floor."""

    parallel: int
    burn_in: int
    kept: int
    proposal: float

    def __post_init__(self) -> None:
        require_at_least(0, self, "burn_in")
        require_at_least(1, self, "kept")
        require(self.parallel >= 4 and self.parallel % 2 == 0, "parallel", self.parallel, allowed="even, at least 4")
        require(0 < self.proposal <= 1, "proposal", self.proposal, allowed="in (0, 1]")


@dataclass(frozen=True, kw_only=True)
class Lorenz:
    """Twin experiment on the Lorenz system: observations, the learned filter's window, the ensemble Kalman filter."""

    interval: float
    noise: float
    window: int
    members: int
    inflation: float
    cycles: int

    def __post_init__(self) -> None:
        require_positive(self, "interval", "noise")
        require_at_least(1, self, "window", "inflation")
        require_at_least(4, self, "members")
        require(self.cycles >= self.window, "cycles", self.cycles, allowed="window or more")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Sizes of the evaluation."""

    samples: int
    field_samples: int
    sets: int
    directions: int
    transported: int
    problems: int
    posterior_samples: int
    calibrated: int
    rank_draws: int

    def __post_init__(self) -> None:
        require_at_least(100, self, "samples", "field_samples", "transported", "posterior_samples")
        require_at_least(1, self, "sets", "directions", "problems")
        require_at_least(20, self, "calibrated")
        eighths = self.rank_draws >= 7 and (self.rank_draws + 1) % 8 == 0
        require(eighths, "rank_draws", self.rank_draws, allowed="8 k - 1: ranks fall into eight equal bins")


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What the data of one job depend on."""

    cases: dict[str, Case]
    darcy: Darcy
    inverse: Inverse
    lorenz: Lorenz


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one training job depends on, beside the data."""

    cases: dict[str, Case]
    variants: dict[str, Variant]


@dataclass(frozen=True, kw_only=True)
class Scoring(Simulation):
    """What the evaluation of one job depends on."""

    variants: dict[str, Variant]
    chains: Chains
    evaluation: Evaluation


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``generative``; ``shown`` is the mixture of the figures."""

    seed: int
    seeds: tuple[int, ...]
    cases: dict[str, Case]
    darcy: Darcy
    inverse: Inverse
    lorenz: Lorenz
    chains: Chains
    evaluation: Evaluation
    variants: dict[str, Variant]
    shown: str

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        for name in self.cases:
            require(name in CASES, "cases", name, allowed=f"one of {', '.join(CASES)}")
        shown = self.shown in MIXTURES and self.shown in self.cases and self.cases[self.shown].enabled
        require(shown, "shown", self.shown, allowed="an enabled mixture, which the figures show")
        self._check_tests()
        for name, variant in self.variants.items():
            self._check_variant(name, variant)

    def _check_variant(self, name: str, variant: Variant) -> None:
        path = f"variants.{name}"
        require(variant.case in self.cases, f"{path}.case", variant.case, allowed=f"one of {', '.join(self.cases)}")
        require(name.startswith(f"{variant.case}_"), "variants", name, allowed=f"{variant.case}_ and the method")
        learns = method_of(name, variant) not in CLASSICAL
        require(learns, "variants", name, allowed="another name: this one is not trained")
        kinds = KINDS[variant.case]
        require(variant.kind in kinds, f"{path}.kind", variant.kind, allowed=f"one of {', '.join(kinds)}")
        batch = self.cases[variant.case].batch
        require(batch % variant.pack == 0, f"{path}.pack", variant.pack, allowed=f"a divisor of the batch, {batch}")

    def _check_tests(self) -> None:
        sizes = self.evaluation
        needed: dict[str, int] = dict.fromkeys(FIELDS, sizes.sets * sizes.field_samples)
        needed |= dict.fromkeys(POSTERIORS, max(sizes.calibrated, sizes.problems)) | dict.fromkeys(MANIFOLDS, 100)
        for name, case in self.cases.items():
            least = needed.get(name, 0)
            require(case.test >= least, f"cases.{name}.test", case.test, allowed=f"at least {least}")

    @property
    def jobs(self) -> tuple[str, ...]:
        """Names of the jobs of the enabled cases."""
        return tuple(sorted({case.job for case in self.cases.values() if case.enabled}))

    def simulation(self, job: str) -> Simulation:
        """What the data of a job depend on."""
        return Simulation(cases=self._cases_of(job), darcy=self.darcy, inverse=self.inverse, lorenz=self.lorenz)

    def job(self, name: str) -> Job:
        """What the training of a job depends on."""
        cases = self._cases_of(name)
        own = {key: each for key, each in self.variants.items() if each.enabled and each.case in cases}
        return Job(cases=cases, variants=own)

    def scoring(self, job: str) -> Scoring:
        """What the evaluation of a job depends on."""
        simulation, variants = vars(self.simulation(job)), self.job(job).variants
        return Scoring(**simulation, variants=variants, chains=self.chains, evaluation=self.evaluation)

    def _cases_of(self, job: str) -> dict[str, Case]:
        return {name: case for name, case in self.cases.items() if case.enabled and case.job == job}


def method_of(name: str, variant: Variant) -> str:
    """What the table calls the method of a variant.

    >>> method_of("ring8_edm", Variant(case="ring8", kind="edm", rate=1e-3, hidden=(8,)))
    'edm'
    """
    return name.removeprefix(f"{variant.case}_")
