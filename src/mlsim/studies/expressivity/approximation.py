"""Canonical approximation of random trains: alternating least squares against the Eckart-Young bound."""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

import numpy as np
from jaxtyping import Float

from mlsim.logs import progress
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.tensors.formats import train_tensor
from mlsim.numerics.tensors.unfolding_bounds import canonical_error_bounds, rank_needed
from mlsim.studies.expressivity.settings import Approximation, NeededRank
from mlsim.tables import Row, row
from mlsim.training.seeding import numpy_generator, seed_sequence

TOLERANCE = 1e-10
# from one rank to the next in the search for the rank that alternating least squares need
STEP = 1.15
SEARCH_ITERATIONS = 100

Tensor = Float[np.ndarray, "..."]


def error_rows(settings: Approximation, *, seed: int) -> list[Row]:
    """Error of alternating least squares and bound, for each rank of the trains."""
    rows = []
    for width in settings.widths:
        case = f"cp_error_r{width}"
        excesses = []
        for draw in progress(range(settings.draws), label=f"trains of rank {width}"):
            tensor = random_unit_train(
                numpy_generator(seed, "approximated train", settings.n, width, settings.d, draw),
                n=settings.n,
                r=width,
                d=settings.d,
            )
            bounds = canonical_error_bounds(tensor)
            for rank in settings.ranks:
                bound = float(bounds[min(rank, bounds.size - 1)])
                starts = [
                    als_error(tensor, rank, iterations=settings.iterations, names=(seed, width, draw, rank, start))
                    for start in range(settings.starts)
                ]
                excesses.append(min(starts) - bound)
                numbers = {"als_error": min(starts), "lower_bound": bound}
                rows += [row(name, value, case=case, method="cp", seed=draw, x=rank) for name, value in numbers.items()]
        rows += [
            row("parameters", rank * settings.n * settings.d, case=case, method="cp", seed=0, x=rank)
            for rank in settings.ranks
        ]
        # entries of the train's cores
        own = 2 * settings.n * width + (settings.d - 2) * settings.n * width**2
        rows.append(row("parameters", own, case=case, method="tt", seed=0, x=width))
        rows += [
            row("smallest_excess", min(excesses), case=case, method="cp", seed=0),
            row("draws", settings.draws, case=case, method="cp", seed=0),
        ]
    return rows


def needed_rank_rows(settings: NeededRank, *, seed: int) -> list[Row]:
    """The canonical rank for a given error against the number of modes."""
    n, r = settings.trains.n, settings.trains.r
    case = f"cp_width_n{n}_r{r}"
    rows, before = [], None
    for d in progress(settings.trains.d, label="numbers of modes"):
        each = []
        for draw in range(settings.draws):
            tensor = random_unit_train(numpy_generator(seed, "long train", n, r, d, draw), n=n, r=r, d=d)
            needed = rank_needed(canonical_error_bounds(tensor), error=settings.error)
            each.append(needed)
            rows.append(row("needed_rank", needed, case=case, method="cp", seed=draw, x=d))
            rows.append(row("needed_parameters", needed * n * d, case=case, method="cp", seed=draw, x=d))
            if d <= settings.als_up_to:
                names = (seed, "search", d, draw)
                found = next(
                    rank
                    for rank in _ranks_from(needed)
                    if als_error(
                        tensor, rank, iterations=SEARCH_ITERATIONS, names=(*names, rank), enough=settings.error
                    )
                    <= settings.error
                )
                rows.append(row("als_rank", found, case=case, method="cp", seed=draw, x=d))
        if before:
            # per pair of modes, of the mean rank
            rows.append(
                row(
                    "rank_growth", (sum(each) / before[1]) ** (2 / (d - before[0])), case=case, method="cp", seed=0, x=d
                )
            )
        before = d, sum(each)
        rows.append(row("needed_rank", r, case=case, method="tt", seed=0, x=d))
        rows.append(row("needed_parameters", 2 * n * r + (d - 2) * n * r**2, case=case, method="tt", seed=0, x=d))
    longest = {"largest_d": max(settings.trains.d), "draws": settings.draws, "target_error": settings.error}
    return rows + [row(name, value, case=case, method="cp", seed=0) for name, value in longest.items()]


def random_unit_train(rng: np.random.Generator, *, n: int, r: int, d: int) -> Tensor:
    """Tensor of norm one of a train with normal cores."""
    ends = (1, *(r,) * (d - 1), 1)
    tensor = train_tensor([rng.normal(size=(left, n, right)) for left, right in pairwise(ends)])
    return tensor / np.linalg.norm(tensor)


def als_error(
    tensor: Tensor, rank: int, *, iterations: int, names: tuple[str | int, ...], enough: float = 0.0
) -> float:
    """Relative error of one run of alternating least squares, ended early by an error that is ``enough``, if positive.

    Every second sweep is followed by a line search, with which half as many sweeps mostly end at smaller errors.
    ``names``, a seed first, spell the random start.
    """
    from tensorly.decomposition import parafac

    seed = int(seed_sequence(int(names[0]), "least squares", *names[1:]).generate_state(1)[0])
    found = parafac(
        tensor,
        rank,
        init="random",
        n_iter_max=iterations,
        tol=TOLERANCE,
        linesearch=True,
        random_state=seed,
        # tensorly asks for True itself, not for numpy's; its error is rounded otherwise than ours
        callback=(lambda _, error: bool(error < enough * (1.0 - 1e-6))) if enough else None,
    )
    return relative_error(found.to_tensor(), tensor)


def _ranks_from(rank: int) -> Iterator[int]:
    while True:
        yield rank
        rank = max(rank + 1, ceil(STEP * rank))
