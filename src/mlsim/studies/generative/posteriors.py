"""Distances of learned conditional distributions to the posteriors of inverse problems, and their calibration."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

import numpy as np
import xarray as xr

from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.probability.ensemble_kalman import ensemble_update
from mlsim.numerics.probability.preconditioned_crank_nicolson import pcn_chains
from mlsim.numerics.probability.two_sample_distances import exact_w2, gaussian_w2, rank_deviation, ranks
from mlsim.studies.generative.coordinates import part_of
from mlsim.studies.generative.generate import linear_problem, lognormal_observations
from mlsim.studies.generative.settings import Scoring
from mlsim.studies.generative.trained import Model
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator

BINS = 8
THINNING = 10
# posterior samples for each of several data vectors, shape problems samples parameters
Sampler = Callable[[np.ndarray, int], np.ndarray]


class PosteriorScores(ABC):
    """Scores on one inverse problem: prior, one ensemble Kalman update of it, and trained models.

    Attributes:
        observe: data without noise that belong to parameters.
        noise: standard deviation of the noise in the data.
    """

    observe: Callable[[np.ndarray], np.ndarray]
    noise: float

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        self.name, self.settings, self.parameters = name, settings, settings.inverse.parameters
        self.truth, self.data = part_of(data, name, "test"), part_of(data, name, "test_data")
        self.y = self.data[: settings.evaluation.problems]

    @abstractmethod
    def distances(self, sampler: Sampler) -> list[Row]:
        """Distances of a sampler to the posteriors of the first problems."""

    def samplers(self) -> dict[str, Sampler]:
        """Samplers that need no training."""
        return {"prior": self.prior, "ensemble_kalman": self.ensemble_kalman}

    def baselines(self) -> dict[str, list[Row]]:
        """Rows of each sampler that needs no training."""
        return {method: self._rows(sampler) for method, sampler in self.samplers().items()}

    def learned(self, model: Model) -> list[list[Row]]:
        """Rows of each seed of a trained model."""
        return [self._rows(partial(model.conditional_samples, index)) for index in range(len(model.seeds))]

    def prior(self, y: np.ndarray, count: int) -> np.ndarray:
        """Samples that ignore the data."""
        return numpy_generator(0, self.name, "prior samples").normal(size=(len(y), count, self.parameters))

    def ensemble_kalman(self, y: np.ndarray, count: int) -> np.ndarray:
        """One ensemble Kalman update of prior samples."""
        rng = numpy_generator(0, self.name, "ensemble")
        # a small ensemble has a noisy gain: more members are drawn than asked for
        theta = rng.normal(size=(len(y), max(count, 500), self.parameters))
        joint = np.concatenate([theta, self.observe(theta)], axis=-1)
        operator = np.eye(joint.shape[-1])[self.parameters :]
        return ensemble_update(joint, y=y, operator=operator, noise=self.noise, rng=rng)[:, :count, : self.parameters]

    def _rows(self, sampler: Sampler) -> list[Row]:
        """Distances, and simulation-based calibration of the first parameter."""
        rows, count = self.distances(sampler), self.settings.evaluation.calibrated
        drawn = sampler(self.data[:count], self.settings.evaluation.rank_draws)
        return rows + calibration_rows(self.truth[:count, 0], drawn[..., 0].T)


class LinearScores(PosteriorScores):
    """Scores on the linear inverse problem, whose posterior is a Gaussian in closed form."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        super().__init__(name, settings, data=data)
        self.problem = linear_problem(settings.inverse)
        self.observe, self.noise = (lambda theta: theta @ self.problem.operator.T), self.problem.noise

    def samplers(self) -> dict[str, Sampler]:
        """Samplers that need no training, the exact posterior among them."""
        return {**super().samplers(), "truth": self.exact}

    def exact(self, y: np.ndarray, count: int) -> np.ndarray:
        """Samples of the posterior."""
        rng = numpy_generator(0, self.name, "exact samples")
        return np.stack([self.problem.posterior_samples(vector, count, rng=rng) for vector in y])

    def distances(self, sampler: Sampler) -> list[Row]:
        """Errors of mean and covariance, and W2 of the Gaussian that has both, per square root of tr S."""
        count, errors = self.settings.evaluation.posterior_samples, []
        S, size = self.problem.covariance, np.sqrt(np.trace(self.problem.covariance))
        for exact_mean, drawn in zip(self.problem.mean(self.y), sampler(self.y, count), strict=True):
            mean, covariance = drawn.mean(axis=0), np.cov(drawn, rowvar=False)
            distance = gaussian_w2(exact_mean, S, other_mean=mean, other_covariance=covariance)
            mean_error = float(np.linalg.norm(mean - exact_mean)) / size
            errors.append((mean_error, relative_error(covariance, S), distance / size))
        rows = _mean_rows(("mean_error", "covariance_error", "relative_w2"), errors)
        return [*rows, row("problems", len(self.y)), row("posterior_samples", count)]


class LognormalScores(PosteriorScores):
    """Scores against long Markov chains, one half of which is the reference and the other half its floor."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        super().__init__(name, settings, data=data)
        chains, self.noise = settings.chains, settings.inverse.lognormal_noise
        self.observe = lognormal_observations(settings.inverse, settings.darcy)
        # the chains of all problems are advanced at once
        repeated = np.repeat(self.y, chains.parallel, axis=0)

        def misfit(theta: np.ndarray) -> np.ndarray:
            return ((repeated - self.observe(theta)) ** 2).sum(axis=1) / (2 * self.noise**2)

        rng = numpy_generator(0, name, "chains")
        start = rng.normal(size=(len(repeated), self.parameters))
        sizes = {"burn_in": chains.burn_in, "kept": chains.kept, "thinning": THINNING}
        self.chains = pcn_chains(misfit, start, step=chains.proposal, rng=rng, **sizes)
        samples = self.chains.samples.reshape(chains.kept, len(self.y), chains.parallel, self.parameters)
        halves = np.split(samples.transpose(1, 2, 0, 3), 2, axis=1)
        self.reference, self.other = (half.reshape(len(self.y), -1, self.parameters) for half in halves)

    def baselines(self) -> dict[str, list[Row]]:
        """Rows of each sampler that needs no training, and of the other half of the chains."""
        sizes = [row("problems", len(self.y)), row("chain_samples", self.reference.shape[1])]
        floor = [*self._distances(self.other), mean_row("acceptance", self.chains.acceptance), *sizes]
        return {**super().baselines(), "pcn": floor}

    def distances(self, sampler: Sampler) -> list[Row]:
        """Errors of mean and standard deviations, and W2, relative to the reference."""
        return self._distances(sampler(self.y, self.settings.evaluation.transported))

    def _distances(self, samples: np.ndarray) -> list[Row]:
        count, errors = self.settings.evaluation.transported, []
        for index, (drawn, chain) in enumerate(zip(samples, self.reference, strict=True)):
            rng = numpy_generator(0, self.name, "transported", index)
            size = np.sqrt(chain.var(axis=0).sum())
            few = [points[rng.permutation(len(points))[:count]] for points in (drawn, chain)]
            mean_error = np.linalg.norm(drawn.mean(axis=0) - chain.mean(axis=0)) / size
            deviation_error = np.abs(drawn.std(axis=0) / chain.std(axis=0) - 1).max()
            errors.append((mean_error, deviation_error, exact_w2(*few) / size))
        return _mean_rows(("mean_error", "deviation_error", "relative_w2"), errors)


def _mean_rows(quantities: tuple[str, ...], errors: list[tuple[float, ...]]) -> list[Row]:
    """Means over problems; ``errors`` has one value of each quantity per problem."""
    columns = zip(*errors, strict=True)
    return [mean_row(quantity, list(column)) for quantity, column in zip(quantities, columns, strict=True)]


def calibration_rows(truth: np.ndarray, draws: np.ndarray) -> list[Row]:
    """Fraction of ranks in each of eight equal bins, and a test of their equality.

    Args:
        truth: true values, one per problem.
        draws: samples of the predicted distribution, shape ``draws problems``.
    """
    bins = ranks(truth, draws) * BINS // (len(draws) + 1)
    counts = np.bincount(bins, minlength=BINS)
    deviation, probability = rank_deviation(counts)
    fractions = [row("rank_share", count / len(truth), x=index) for index, count in enumerate(counts)]
    test = [row("rank_deviation", deviation), row("rank_p_value", probability), row("calibrated", len(truth))]
    return [*fractions, *test]
