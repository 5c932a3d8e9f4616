"""Markov chain Monte Carlo for posteriors with a Gaussian prior."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Chains:
    """Samples of parallel chains, thinned, and the fraction of accepted proposals per chain."""

    samples: Float[np.ndarray, "kept chains parameters"]
    acceptance: Float[np.ndarray, " chains"]


def pcn_chains(
    misfit: Callable[[np.ndarray], np.ndarray],
    start: Float[np.ndarray, "chains parameters"],
    *,
    step: float,
    burn_in: int,
    kept: int,
    thinning: int,
    rng: np.random.Generator,
) -> Chains:
    """Chains with the density ``exp(-misfit)`` relative to the prior ``N(0, I)``.

    Proposals ``sqrt(1 - step^2) theta + step xi`` preserve the prior, so that the acceptance
    ``min(1, exp(misfit(theta) - misfit(theta')))`` does not degenerate as the dimension grows.

    Args:
        misfit: ``Phi``, one value per row; for Gaussian noise ``|y - F(theta)|^2 / (2 noise^2)``.
        start: first states.
        step: in (0, 1].
        burn_in: discarded first steps.
        kept: number of samples per chain.
        thinning: steps per sample.
        rng: source of proposals and decisions.

    Source:
        S. L. Cotter, G. O. Roberts, A. M. Stuart, D. White, MCMC methods for functions, Statist. Sci. 28 (2013).
    """
    theta, phi = start, misfit(start)
    accepted, samples = np.zeros(len(start)), []
    for index in range(burn_in + kept * thinning):
        proposal = np.sqrt(1 - step**2) * theta + step * rng.normal(size=theta.shape)
        proposed = misfit(proposal)
        taken: Bool[np.ndarray, " chains"] = np.log(rng.uniform(size=len(theta))) < phi - proposed
        theta, phi = np.where(taken[:, None], proposal, theta), np.where(taken, proposed, phi)
        if index >= burn_in:
            accepted += taken
            if (index - burn_in + 1) % thinning == 0:
                samples.append(theta)
    return Chains(samples=np.stack(samples), acceptance=accepted / (kept * thinning))
