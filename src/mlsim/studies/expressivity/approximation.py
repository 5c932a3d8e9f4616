"""Canonical approximation of random tensor trains: alternating least squares against the Eckart-Young bound."""

from functools import partial
from itertools import pairwise
from math import ceil

import numpy as np
from jaxtyping import Float

from mlsim.logs import progress
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.tensors.formats import train_tensor
from mlsim.numerics.tensors.unfolding_bounds import canonical_error_bounds, rank_needed
from mlsim.studies.expressivity.settings import Approximation, NeededRank
from mlsim.tables import NO_SEED, Row, row
from mlsim.training.seeding import numpy_generator, seed_sequence

TOLERANCE = 1e-10
STEP = 1.15  # ratio of successive ranks in the search for the rank that alternating least squares need
SEARCH_ITERATIONS = 100

Tensor = Float[np.ndarray, "..."]


def error_rows(settings: Approximation, *, seed: int) -> list[Row]:
    """Errors of alternating least squares and their lower bounds, for tensor trains of each width."""
    n, d = settings.n, settings.d
    rows = []
    for width in settings.widths:
        row_of = partial(row, case=f"cp_error_r{width}")
        excesses = []
        for draw in progress(range(settings.draws), label=f"tensor trains of rank {width}"):
            rng = numpy_generator(seed, "approximated train", n, width, d, draw)
            tensor = random_unit_train(rng, n=n, r=width, d=d)
            bounds = canonical_error_bounds(tensor)
            for rank in settings.ranks:
                bound = float(bounds[min(rank, bounds.size - 1)])
                error = min(
                    als_error(tensor, rank, iterations=settings.iterations, names=(seed, width, draw, rank, start))
                    for start in range(settings.starts)
                )
                excesses.append(error - bound)
                rows.append(row_of("als_error", error, method="cp", seed=draw, x=rank))
                rows.append(row_of("lower_bound", bound, method="cp", seed=draw, x=rank))
        rows += [row_of("parameters", rank * n * d, method="cp", seed=NO_SEED, x=rank) for rank in settings.ranks]
        rows += [
            row_of("parameters", train_parameters(n=n, r=width, d=d), method="tt", seed=NO_SEED, x=width),
            row_of("smallest_excess", min(excesses), method="cp", seed=NO_SEED),
            row_of("draws", settings.draws, method="cp", seed=NO_SEED),
        ]
    return rows


def needed_rank_rows(settings: NeededRank, *, seed: int) -> list[Row]:
    """The canonical rank for a given error by the number of modes."""
    n, r = settings.trains.n, settings.trains.r
    cp, tt = (partial(row, case=f"cp_width_n{n}_r{r}", method=method) for method in ("cp", "tt"))
    rows, totals = [], {}
    for d in progress(settings.trains.d, label="numbers of modes"):
        totals[d] = 0
        for draw in range(settings.draws):
            tensor = random_unit_train(numpy_generator(seed, "long train", n, r, d, draw), n=n, r=r, d=d)
            needed = rank_needed(canonical_error_bounds(tensor), error=settings.error)
            totals[d] += needed
            rows.append(cp("needed_rank", needed, seed=draw, x=d))
            rows.append(cp("needed_parameters", needed * n * d, seed=draw, x=d))
            if d <= settings.als_up_to:
                rank = _als_rank(tensor, first=needed, error=settings.error, names=(seed, "search", d, draw))
                rows.append(cp("als_rank", rank, seed=draw, x=d))
        rows.append(tt("needed_rank", r, seed=NO_SEED, x=d))
        rows.append(tt("needed_parameters", train_parameters(n=n, r=r, d=d), seed=NO_SEED, x=d))
    rows += [
        cp("rank_growth", (totals[d] / totals[before]) ** (2 / (d - before)), seed=NO_SEED, x=d)
        for before, d in pairwise(totals)
    ]
    numbers = {"largest_d": max(settings.trains.d), "draws": settings.draws, "target_error": settings.error}
    return rows + [cp(name, value, seed=NO_SEED) for name, value in numbers.items()]


def train_parameters(*, n: int, r: int, d: int) -> int:
    """Entries of the cores of a tensor train of ``d`` modes with ``n`` values and rank ``r``."""
    return 2 * n * r + (d - 2) * n * r**2


def random_unit_train(rng: np.random.Generator, *, n: int, r: int, d: int) -> Tensor:
    """Tensor of norm one: a tensor train with normal cores, normalised."""
    ends = (1, *(r,) * (d - 1), 1)
    tensor = train_tensor([rng.normal(size=(left, n, right)) for left, right in pairwise(ends)])
    return tensor / np.linalg.norm(tensor)


def als_error(
    tensor: Tensor, rank: int, *, iterations: int, names: tuple[str | int, ...], enough: float = 0.0
) -> float:
    """Relative error of one run of alternating least squares with line searches.

    Args:
        tensor: to be approximated.
        rank: canonical rank of the approximation.
        iterations: most sweeps; every second one is followed by a line search, with which half as many sweeps mostly
            end at smaller errors.
        names: of the random start; the first one is a seed.
        enough: an error at which the run ends early, if positive.
    """
    from tensorly.decomposition import parafac

    approximation = parafac(
        tensor,
        rank,
        init="random",
        n_iter_max=iterations,
        tol=TOLERANCE,
        linesearch=True,
        random_state=int(seed_sequence(int(names[0]), "least squares", *names[1:]).generate_state(1)[0]),
        # tensorly expects the Python value True; its error is rounded otherwise than ours
        callback=(lambda _, error: bool(error < enough * (1.0 - 1e-6))) if enough else None,
    )
    return relative_error(approximation.to_tensor(), tensor)


def _als_rank(tensor: Tensor, *, first: int, error: float, names: tuple[str | int, ...]) -> int:
    """The first rank with which alternating least squares reach the error; ranks grow by ``STEP``."""
    rank = first
    while not als_error(tensor, rank, iterations=SEARCH_ITERATIONS, names=(*names, rank), enough=error) <= error:
        rank = max(rank + 1, ceil(STEP * rank))
    return rank
