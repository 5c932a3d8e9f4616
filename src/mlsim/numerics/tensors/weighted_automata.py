"""Functions of words ``f(w) = a G_1[w_1] ... G_d[w_d] b``: tensor trains, and automata, whose cores are all equal."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import expm

Words = Int[np.ndarray, "words sites"]


@dataclass(frozen=True, eq=False, kw_only=True)
class WordFunction:
    """A tensor train with boundary vectors."""

    start: Float[np.ndarray, " rank"]  # ``a``
    cores: Float[np.ndarray, "sites letters rank rank"]  # ``G_t[i]``
    end: Float[np.ndarray, " rank"]  # ``b``

    def values(self, words: Words) -> Float[np.ndarray, " words"]:
        """``f`` of each word."""
        h = np.broadcast_to(self.start, (len(words), self.start.size))
        for letters, G in zip(words.T, self.cores, strict=True):
            h = np.einsum("wj,wjk->wk", h, G[letters])
        return h @ self.end

    def mean_square(self) -> float:
        """Mean of ``f^2`` over all words, exactly: ``S_t = mean_i G_t[i]^T S_(t-1) G_t[i]``.

        >>> f = WordFunction(start=np.ones(1), cores=np.full((5, 2, 1, 1), 3.0), end=np.ones(1))
        >>> f.mean_square() == 3.0**10
        True
        """
        S = np.outer(self.start, self.start)
        for G in self.cores:
            S = np.einsum("ija,jk,ikb->ab", G, S, G) / len(G)
        return float(self.end @ S @ self.end)

    def normalised(self) -> "WordFunction":
        """The same function with mean square one."""
        return WordFunction(start=self.start, cores=self.cores, end=self.end / self.mean_square() ** 0.5)


def random_train_function(
    rng: np.random.Generator, *, letters: int, sites: int, rank: int, spread: float
) -> WordFunction:
    """``G_t[i] = I + spread N / sqrt(rank)``, N normal, with mean square one."""
    noise = rng.normal(size=(sites, letters, rank, rank)) / rank**0.5
    ends = rng.normal(size=(2, rank))
    return WordFunction(start=ends[0], cores=np.eye(rank) + spread * noise, end=ends[1]).normalised()


def random_automaton(rng: np.random.Generator, *, letters: int, sites: int, rank: int, spread: float) -> WordFunction:
    """Weighted automaton whose letters rotate its state: ``G[i] = exp(spread (N - N^T) / sqrt(2 rank))``.

    Rotations preserve the length of the state, so that the influence of a letter does not decay. (Those of the plane
    commute, and would have a canonical rank of two.)
    """
    noise = rng.normal(size=(letters, rank, rank))
    turns = np.stack([expm(spread * (N - N.T) / (2 * rank) ** 0.5) for N in noise])
    ends = rng.normal(size=(2, rank))
    return WordFunction(start=ends[0], cores=np.repeat(turns[None], sites, axis=0), end=ends[1]).normalised()


def distinct_words(
    test: np.random.Generator, train: np.random.Generator, *, letters: int, sites: int, count: tuple[int, int]
) -> tuple[Int[np.ndarray, "test sites"], Int[np.ndarray, "train sites"]]:
    """``count`` words for test and training, all distinct; the former do not depend on the number of the latter."""
    total = letters**sites
    chosen = test.choice(total, size=count[0], replace=False)
    rest = train.choice(total - count[0], size=count[1], replace=False)
    # the k-th word that was not chosen has the number k + (chosen words before it)
    skipped = np.searchsorted(np.sort(chosen) - np.arange(count[0]), rest, side="right")
    return _spelled(chosen, letters=letters, sites=sites), _spelled(rest + skipped, letters=letters, sites=sites)


def all_words(*, letters: int, sites: int) -> Words:
    """Every word, in the order of the entries of the tensor.

    >>> all_words(letters=2, sites=2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    return _spelled(np.arange(letters**sites), letters=letters, sites=sites)


def _spelled(numbers: Int[np.ndarray, " words"], *, letters: int, sites: int) -> Words:
    """Digits of the numbers to the base ``letters``, the highest first."""
    return numbers[:, None] // letters ** np.arange(sites - 1, -1, -1) % letters
