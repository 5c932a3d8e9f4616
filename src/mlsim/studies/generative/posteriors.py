"""Rows of the inverse problems: learned conditional laws against the exact posterior and against Markov chains."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from torch import Tensor

from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.probability.ensemble_kalman import ensemble_update
from mlsim.numerics.probability.preconditioned_crank_nicolson import Chains, pcn_chains
from mlsim.numerics.probability.two_sample_distances import exact_w2, gaussian_w2, rank_deviation, ranks
from mlsim.studies.generative.coordinates import part_of
from mlsim.studies.generative.generate import linear_problem, lognormal_observations
from mlsim.studies.generative.rows import Model, frame, models_of
from mlsim.studies.generative.settings import Evaluation, Scoring
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator

BINS = 8
THINNING = 10
# posterior samples for each of several data vectors, shape problems samples parameters
Sampler = Callable[[np.ndarray, int], np.ndarray]


def evaluate_posterior(
    name: str, settings: Scoring, *, data: xr.Dataset, state: dict[str, Tensor], seeds: tuple[int, ...]
) -> pd.DataFrame:
    """Rows of one inverse problem: untrained baselines and learned conditional distributions."""
    chains = LognormalScores(settings, data=data) if name == "lognormal_inverse" else None
    score = _linear_rows if chains is None else chains.rows
    frames = []
    for method, sampler in _classical(name, settings).items():
        rows = score(settings, sampler, data=data)
        rows += _rank_rows(name, settings.evaluation, sampler, data=data)
        frames.append(frame(rows, case=name, method=method, seed=0))
    for model in models_of(name, settings, data=data, state=state, seeds=seeds):
        for index, seed in enumerate(model.seeds):
            sampler = partial(learned_samples, model, index)
            rows = score(settings, sampler, data=data) + _rank_rows(name, settings.evaluation, sampler, data=data)
            rows += model.budget_rows(settings.cases[name])
            frames.append(frame(rows, case=name, method=model.method, seed=seed))
    if chains is not None:
        frames.append(frame(chains.floor_rows(), case=name, method="pcn", seed=0))
    return pd.concat(frames, ignore_index=True)


def learned_samples(model: Model, index: int, y: np.ndarray, count: int) -> np.ndarray:
    """Samples of one seed of a model, ``problems count parameters``."""
    drawn = model.member(index).samples(len(y) * count, seed=1, data=np.repeat(y, count, axis=0))[0]
    return drawn.reshape(len(y), count, -1)


def _classical(name: str, settings: Scoring) -> dict[str, Sampler]:
    """Samplers that need no training: the exact one, the prior, one ensemble Kalman update of the prior."""
    parameters = settings.inverse.parameters

    def prior(y: np.ndarray, count: int) -> np.ndarray:
        return numpy_generator(0, name, "prior samples").normal(size=(len(y), count, parameters))

    problem = linear_problem(settings.inverse)
    if name == "linear_gaussian":
        observe, noise = (lambda theta: theta @ problem.operator.T), problem.noise
    else:
        observe = lognormal_observations(settings.inverse, settings.darcy)
        noise = settings.inverse.lognormal_noise

    def ensemble_kalman(y: np.ndarray, count: int) -> np.ndarray:
        rng = numpy_generator(0, name, "ensemble")
        # a small ensemble has a noisy gain: it is drawn larger than asked for
        theta = rng.normal(size=(len(y), max(count, 500), parameters))
        joint = np.concatenate([theta, observe(theta)], axis=-1)
        seen = np.eye(joint.shape[-1])[parameters:]
        return ensemble_update(joint, y=y, operator=seen, noise=noise, rng=rng)[:, :count, :parameters]

    samplers: dict[str, Sampler] = {"prior": prior, "ensemble_kalman": ensemble_kalman}
    if name == "linear_gaussian":

        def exact(y: np.ndarray, count: int) -> np.ndarray:
            rng = numpy_generator(0, name, "exact samples")
            return np.stack([problem.posterior_samples(each, count, rng=rng) for each in y])

        samplers["truth"] = exact
    return samplers


def _linear_rows(settings: Scoring, sampler: Sampler, *, data: xr.Dataset) -> list[Row]:
    """Errors of mean and covariance, and W2 of the Gaussian that has both, per square root of tr S."""
    evaluation, problem = settings.evaluation, linear_problem(settings.inverse)
    y = part_of(data, "linear_gaussian", "test_data")[: evaluation.problems]
    S, size = problem.covariance, np.sqrt(np.trace(problem.covariance))
    errors: dict[str, list[float]] = {"mean_error": [], "covariance_error": [], "relative_w2": []}
    for mean, drawn in zip(problem.mean(y), sampler(y, evaluation.posterior_samples), strict=True):
        own_mean, own = drawn.mean(axis=0), np.cov(drawn, rowvar=False)
        distance = gaussian_w2(mean, S, other_mean=own_mean, other_covariance=own)
        errors["mean_error"].append(float(np.linalg.norm(own_mean - mean)) / size)
        errors["covariance_error"].append(relative_error(own, S))
        errors["relative_w2"].append(distance / size)
    rows = [mean_row(quantity, values) for quantity, values in errors.items()]
    return [*rows, row("problems", len(y)), row("posterior_samples", evaluation.posterior_samples)]


class LognormalScores:
    """Scores against long Markov chains, one half of which is the reference and the other the floor."""

    def __init__(self, settings: Scoring, *, data: xr.Dataset) -> None:
        self.settings = settings
        evaluation, inverse, chains = settings.evaluation, settings.inverse, settings.chains
        self.y = part_of(data, "lognormal_inverse", "test_data")[: evaluation.problems]
        observe = lognormal_observations(inverse, settings.darcy)
        # all problems and chains are moved at once
        seen = np.repeat(self.y, chains.parallel, axis=0)

        def misfit(theta: np.ndarray) -> np.ndarray:
            return ((seen - observe(theta)) ** 2).sum(axis=1) / (2 * inverse.lognormal_noise**2)

        rng = numpy_generator(0, "lognormal_inverse", "chains")
        self.chains: Chains = pcn_chains(
            misfit,
            rng.normal(size=(len(seen), inverse.parameters)),
            step=chains.proposal,
            burn_in=chains.burn_in,
            kept=chains.kept,
            thinning=THINNING,
            rng=rng,
        )
        kept = self.chains.samples.reshape(chains.kept, len(self.y), chains.parallel, inverse.parameters)
        halves = np.split(kept.transpose(1, 2, 0, 3), 2, axis=1)
        self.reference, self.other = (half.reshape(len(self.y), -1, inverse.parameters) for half in halves)

    def rows(self, settings: Scoring, sampler: Sampler, *, data: xr.Dataset) -> list[Row]:
        """Rows of one sampler."""
        return self._rows(sampler(self.y, settings.evaluation.transported))

    def floor_rows(self) -> list[Row]:
        """Rows of the other half of the chains, and how they ran."""
        acceptance = self.chains.acceptance
        sizes = [row("problems", len(self.y)), row("chain_samples", self.reference.shape[1])]
        return [*self._rows(self.other), mean_row("acceptance", acceptance), *sizes]

    def _rows(self, drawn: np.ndarray) -> list[Row]:
        count = self.settings.evaluation.transported
        errors: dict[str, list[float]] = {"mean_error": [], "deviation_error": [], "relative_w2": []}
        for index, (own, chain) in enumerate(zip(drawn, self.reference, strict=True)):
            rng = numpy_generator(0, "lognormal_inverse", "transported", index)
            size = np.sqrt(chain.var(axis=0).sum())
            few = [each[rng.permutation(len(each))[:count]] for each in (own, chain)]
            errors["mean_error"].append(float(np.linalg.norm(own.mean(axis=0) - chain.mean(axis=0)) / size))
            errors["deviation_error"].append(float(np.abs(own.std(axis=0) / chain.std(axis=0) - 1).max()))
            errors["relative_w2"].append(exact_w2(*few) / size)
        return [mean_row(quantity, values) for quantity, values in errors.items()]


def _rank_rows(name: str, evaluation: Evaluation, sampler: Sampler, *, data: xr.Dataset) -> list[Row]:
    """Simulation-based calibration of the first unknown."""
    count = evaluation.calibrated
    theta, y = part_of(data, name, "test")[:count, 0], part_of(data, name, "test_data")[:count]
    return calibration_rows(theta, sampler(y, evaluation.rank_draws)[..., 0].T)


def calibration_rows(truth: np.ndarray, draws: np.ndarray) -> list[Row]:
    """Share of ranks in each of eight equal bins, and how far the shares are from equal."""
    bins = ranks(truth, draws) * BINS // (len(draws) + 1)
    counts = np.bincount(bins, minlength=BINS)
    deviation, probability = rank_deviation(counts)
    shares = [row("rank_share", count / len(truth), x=index) for index, count in enumerate(counts)]
    ends = [row("rank_deviation", deviation), row("rank_p_value", probability), row("calibrated", len(truth))]
    return [*shares, *ends]
