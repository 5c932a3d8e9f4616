"""What can be configured in the study of generative models."""

from typing import Annotated, Literal

from mlsim.config import Section, WithEnabled, enabled
from mlsim.types import AtLeast2, Count, Meta, Name, Named, NonEmpty, NonNegative, OrZero, Positive, Range, Seed, Seeds

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
CLASSICAL = ("truth", "training_set", "gaussian", "kde", "prior", "observation", "ensemble_kalman", "pcn", "pca")
Kind = Literal["gan", "wgan_gp", "rpgan", "edm", "flow_matching", "spline_flow", "autoencoder"]

Hundreds = Annotated[int, Meta(ge=100)]
Weight = Annotated[float, Meta(gt=0, le=1, description="in (0, 1]")]
Decay = Annotated[float, Meta(ge=0, lt=1, description="in [0, 1)")]


class Case(WithEnabled):
    """One distribution to be learned; all its models have the same data and the same budget."""

    job: Name  # cases of one job share a data set, a training job and an evaluation
    train: Annotated[int, Meta(ge=64)]  # training samples
    test: OrZero = 0  # stored test samples; those of the mixtures are drawn when they are needed
    steps: Count  # training steps; a critic may be updated several times per step
    batch: AtLeast2  # samples per update
    components: Annotated[int, Meta(ge=0, le=32)] = 0  # whitened principal components; zero: scaled coordinates
    looks: Count = 10  # number of evaluations of the averaged networks during a training, for the history only

    def __post_init__(self) -> None:
        self.require_at_most("looks", "steps")


class Variant(WithEnabled):
    """One model of one case; its name is the case's, an underscore, and the name of the method in the table."""

    case: str  # name of the case
    kind: Kind  # model and loss
    rate: Positive  # first learning rate of Adam; it decreases to a hundredth along a half cosine
    hidden: NonEmpty[Count]  # widths of the hidden layers of every network of the model
    frequencies: OrZero = 0  # of the sines and cosines of the coordinates that a network has as inputs
    latent: Count = 2  # dimension of a generator's noise; for autoencoder the largest number of latent coordinates
    generator_scale: Positive = 1.0  # learning rate of the generator relative to that of the critic
    betas: tuple[Decay, Decay] = (0.9, 0.999)  # of Adam
    penalty: NonNegative = 0.0  # weight of the gradient penalty
    turns: Count = 1  # updates of the critic per step
    pack: Count = 1  # samples that are one input of the critic
    average: Weight = 0.01  # of the newest parameters in the average that is evaluated
    levels: Range[Positive] = (0.002, 20.0)  # smallest and largest noise of edm, in standard deviations
    sampler_steps: AtLeast2 = 40  # of the midpoint rule of flow_matching, of Heun's method of edm
    seeds: Count = 100  # at most this many of the study's seeds are trained


class Darcy(Section):
    """Distribution of the permeability ``k = exp(g)`` of the Darcy flows."""

    cells: Annotated[int, Meta(ge=16, multiple_of=4)]  # of the line
    length: Positive  # correlation length of g on the line, which has length one; the variance of g is one
    modes: Count  # of g in darcy_1d
    manifold_modes: Count  # of g in darcy_manifold: the dimension of the manifold of solutions
    nodes: Annotated[int, Meta(ge=8)]  # per side of the square
    deviation: Positive  # standard deviation of g on the square
    smoothing: Positive  # cells, width of the kernel that smooths white noise to g on the square

    def __post_init__(self) -> None:
        self.require_at_most("modes", "cells")
        self.require_at_most("manifold_modes", "cells")


class Inverse(Section):
    """Inverse problems."""

    noise: Positive  # standard deviation of the noise in the data of linear_gaussian
    lognormal_noise: Positive  # standard deviation of the noise in the pressures of lognormal_inverse
    parameters: Annotated[int, Meta(ge=1, le=32)]  # unknown coefficients of both


class Chains(Section):
    """Markov chains (pCN) of the reference posteriors; half of them are the reference, the other half its floor."""

    parallel: Annotated[int, Meta(ge=4, multiple_of=2)]  # chains per data vector
    burn_in: OrZero  # steps
    kept: Count  # samples stored per chain, one in ten steps
    proposal: Weight  # size of the step, in (0, 1]


class Lorenz(Section):
    """Twin experiment on the Lorenz system: observations, the learned filter's window, the ensemble Kalman filter."""

    interval: Positive  # time between observations
    noise: Positive  # standard deviation of the noise in the observed x, y, z
    window: Count  # number of last observations that are the learned filter's input
    members: Annotated[int, Meta(ge=4)]  # of the ensemble Kalman filter
    inflation: Annotated[float, Meta(ge=1)]  # factor of the ensemble's deviations from its mean
    cycles: Count  # observations before the filters are compared

    def __post_init__(self) -> None:
        self.require_at_most("window", "cycles")


class Evaluation(Section):
    """Sizes of the evaluation."""

    samples: Hundreds  # of each method on a mixture
    field_samples: Hundreds  # per set of the energy distance and of the classifier
    sets: Count  # pairs of sets
    directions: Count  # of the sliced distance
    transported: Hundreds  # samples of exact optimal transport
    problems: Count  # number of data vectors whose posteriors are compared
    posterior_samples: Hundreds  # per problem
    calibrated: Annotated[int, Meta(ge=20)]  # data vectors for the rank histograms
    rank_draws: Annotated[int, Meta(ge=7)]  # posterior samples per rank, 8 k - 1 so that eight bins are equal

    def __post_init__(self) -> None:
        self.require((self.rank_draws + 1) % 8 == 0, "rank_draws", "8 k - 1, for eight equal bins")


class Simulation(Section):
    """What the data of one job depend on."""

    cases: Named[Case]
    darcy: Darcy
    inverse: Inverse
    lorenz: Lorenz


class Run(Section):
    """What one training job depends on, beside the data."""

    cases: Named[Case]
    variants: Named[Variant]


class Scoring(Simulation):
    """What the evaluation of one job depends on."""

    variants: Named[Variant]
    chains: Chains
    evaluation: Evaluation


class Settings(Scoring):
    """The section ``generative``."""

    seed: Seed  # of the data
    seeds: Seeds  # one network of every model per seed, all trained side by side
    shown: Literal["ring8", "grid25"]  # mixture of the figures

    def __post_init__(self) -> None:
        for name, case in self.cases.items():
            self.require(name in CASES, "cases", f"one of {', '.join(CASES)}", value=name)
            least = self._fewest_tests(name)
            self.require(case.test >= least, f"cases.{name}.test", f"at least {least}")
        self.require(self.shown in enabled(self.cases), "shown", "an enabled mixture")
        for name, variant in self.variants.items():
            self._check_variant(name, variant)

    def _fewest_tests(self, case: str) -> int:
        sizes = self.evaluation
        if case in POSTERIORS:
            return max(sizes.calibrated, sizes.problems)
        return sizes.sets * sizes.field_samples if case in FIELDS else 100 * (case in MANIFOLDS)

    def _check_variant(self, name: str, variant: Variant) -> None:
        path, case = f"variants.{name}", variant.case
        self.require_known(f"{path}.case", self.cases)
        self.require(name.startswith(f"{case}_"), "variants", f"{case}_ and the method", value=name)
        trained = method_of(name, variant) not in CLASSICAL
        self.require(trained, "variants", "another name: this one is an untrained baseline", value=name)
        self.require_known(f"{path}.kind", KINDS[case])
        batch = self.cases[case].batch
        self.require(batch % variant.pack == 0, f"{path}.pack", f"a divisor of the batch, {batch}")

    @property
    def jobs(self) -> tuple[str, ...]:
        """Names of the jobs of the enabled cases."""
        return tuple(sorted({case.job for case in enabled(self.cases).values()}))

    @property
    def shown_job(self) -> str:
        """Name of the job of the mixture in the figures."""
        return self.cases[self.shown].job

    def run(self, job: str) -> Run:
        """Settings of the training of a job."""
        cases = {name: case for name, case in enabled(self.cases).items() if case.job == job}
        variants = {name: variant for name, variant in enabled(self.variants).items() if variant.case in cases}
        return Run(cases=cases, variants=variants)


def method_of(name: str, variant: Variant) -> str:
    """The name of a variant's method in the table.

    >>> method_of("ring8_edm", Variant(case="ring8", kind="edm", rate=1e-3, hidden=(8,)))
    'edm'
    """
    return name.removeprefix(f"{variant.case}_")
