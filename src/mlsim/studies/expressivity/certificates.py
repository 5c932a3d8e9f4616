"""Exact ranks of random tensors, and canonical approximation against its bound, without learning."""

import itertools
from collections.abc import Iterable
from functools import partial

import pandas as pd

from mlsim.logs import progress
from mlsim.numerics.tensors.finite_field_rank import PRIME, field_rank
from mlsim.numerics.tensors.formats import (
    canonical_tensor,
    flattening,
    minimal_cut,
    random_train,
    random_tree,
    train_graph,
    train_tensor,
    tree_tensor,
    tucker_graph,
)
from mlsim.numerics.tensors.grid_tensors import (
    GridNetwork,
    Product,
    floating,
    grid_tensor,
    numerical_rank,
    random_grid_network,
)
from mlsim.studies.expressivity.approximation import error_rows, needed_rank_rows
from mlsim.studies.expressivity.settings import Canonical, Grids, Tensors, Trains
from mlsim.tables import NO_SEED, Row, row
from mlsim.training.seeding import numpy_generator

CORES = {"tt": False, "tt_shared": True}  # whether all inner modes share one core
PRODUCTS: tuple[Product, ...] = ("relu", "multiplicative")


def evaluate_tensors(settings: Tensors, *, seed: int) -> pd.DataFrame:
    """Rows of all exact ranks and of the approximations; the seed of a row is the index of its random draw."""
    rows: list[Row] = []
    for trains in progress(settings.ranks, label="tensor trains"):
        rows += _rank_rows(trains, draws=settings.draws, seed=seed)
    rows += _summary_rows(rows)
    for trees in progress(settings.trees, label="trees"):
        rows += _conversion_rows(trees, draws=settings.draws, seed=seed)
    for tensors in settings.canonical:
        rows += _canonical_rows(tensors, draws=settings.draws, seed=seed)
    rows += _grid_rows(settings.grids, seed=seed)
    rows += error_rows(settings.approximation, seed=seed)
    rows += needed_rank_rows(settings.needed_rank, seed=seed)
    return pd.DataFrame(rows)


def odd_against_even(d: int) -> range:
    """The modes 1, 3, ..., counted from zero: 0, 2, ..."""
    return range(0, d, 2)


def _rank_rows(trains: Trains, *, draws: int, seed: int) -> list[Row]:
    n, r = trains.n, trains.r
    rows = []
    for d in trains.d:
        cut = minimal_cut(train_graph(n=n, r=r, d=d), odd_against_even(d))
        for method, shared in CORES.items():
            row_of = partial(row, case=f"rank_n{n}_r{r}", method=method, x=d)
            rows.append(row_of("min_cut", cut, seed=NO_SEED))
            rows.append(row_of("theorem_bound", min(n, r) ** (d // 2), seed=NO_SEED))
            for draw in range(draws):
                rng = numpy_generator(seed, "train", method, n, r, d, draw)
                tensor = train_tensor(random_train(rng, n=n, r=r, d=d, shared=shared), prime=PRIME)
                rows.append(row_of("exact_rank", field_rank(flattening(tensor, odd_against_even(d))), seed=draw))
    return rows


def _summary_rows(rows: list[Row]) -> list[Row]:
    """Number of cases, of draws, and of draws whose rank is not the minimal cut or is below the theorem's bound."""
    summary = []
    for method in CORES:
        of_method = [measured for measured in rows if measured["method"] == method]
        values = {(measured["case"], measured["x"], measured["quantity"]): measured["value"] for measured in of_method}
        draws = [measured for measured in of_method if measured["quantity"] == "exact_rank"]
        excess = {
            quantity: [draw["value"] - values[draw["case"], draw["x"], quantity] for draw in draws]
            for quantity in ("min_cut", "theorem_bound")
        }
        numbers = {
            "cases": len({(draw["case"], draw["x"]) for draw in draws}),
            "draws": len(draws),
            "draws_off_the_cut": sum(difference != 0 for difference in excess["min_cut"]),
            "draws_below_the_bound": sum(difference < 0 for difference in excess["theorem_bound"]),
        }
        summary += [row(name, value, case="all_ranks", method=method, seed=NO_SEED) for name, value in numbers.items()]
    return summary


def _conversion_rows(trees: Trains, *, draws: int, seed: int) -> list[Row]:
    """The largest rank over the cuts of one format, of random tensors of the other."""
    n, r = trees.n, trees.r
    rows = []
    for d in trees.d:
        prefixes = [range(k) for k in range(1, d)]
        nodes = [range(first, first + size) for size in _halvings(d) for first in range(0, d, size)]
        cuts = {"ht_to_tt": prefixes, "tt_to_ht": nodes, "ht_to_cp": [odd_against_even(d)]}
        for name, subsets in cuts.items():
            row_of = partial(row, case=f"convert_{name}_r{r}", method=f"n{n}", x=d)
            graph = train_graph(n=n, r=r, d=d) if name == "tt_to_ht" else tucker_graph(n=n, r=r, d=d)
            rows.append(row_of("closed_form", _closed_form(name, r=r, d=d), seed=NO_SEED))
            rows.append(row_of("min_cut", max(minimal_cut(graph, modes) for modes in subsets), seed=NO_SEED))
            for draw in range(draws):
                rng = numpy_generator(seed, name, n, r, d, draw)
                if name == "tt_to_ht":
                    tensor = train_tensor(random_train(rng, n=n, r=r, d=d, shared=False), prime=PRIME)
                else:
                    tensor = tree_tensor(random_tree(rng, n=n, r=r, d=d), prime=PRIME)
                largest = max(field_rank(flattening(tensor, modes)) for modes in subsets)
                rows.append(row_of("needed_width", largest, seed=draw))
    return rows


def _closed_form(name: str, *, r: int, d: int) -> int:
    """Width after the conversion for n >= r: ``r`` to the number of edges of the one format that a cut crosses."""
    levels = d.bit_length() - 1
    edges = {"ht_to_tt": (levels + 1) // 2, "tt_to_ht": 1 if d == 4 else 2, "ht_to_cp": d // 2}
    return r ** edges[name]


def _halvings(d: int) -> Iterable[int]:
    """Sizes of the nodes of the balanced tree below its root: ``d / 2, d / 4, ..., 1``."""
    return [d >> level for level in range(1, d.bit_length())]


def _canonical_rows(tensors: Canonical, *, draws: int, seed: int) -> list[Row]:
    n, d = tensors.n, tensors.d
    rows = []
    for rank in tensors.ranks:
        row_of = partial(row, case=f"canonical_n{n}_d{d}", method="cp", x=rank)
        rows.append(row_of("min_cut", min(rank, n ** (d // 2)), seed=NO_SEED))
        for draw in range(draws):
            factors = numpy_generator(seed, "canonical", n, d, rank, draw).integers(PRIME, size=(d, n, rank))
            tensor = canonical_tensor(factors, prime=PRIME)
            rows.append(row_of("exact_rank", field_rank(flattening(tensor, odd_against_even(d))), seed=draw))
    return rows


def _grid_rows(grids: Grids, *, seed: int) -> list[Row]:
    rows = []
    for (templates, steps), product in itertools.product(grids.shapes, PRODUCTS):
        row_of = partial(row, case=f"grid_m{templates}_t{steps}", method=product)
        rows.append(row_of("draws", grids.draws, seed=NO_SEED))
        for width in grids.widths:
            ranks = []
            for draw in range(grids.draws):
                rng = numpy_generator(seed, "grid", product, templates, steps, width, draw)
                network = random_grid_network(rng, templates=templates, steps=steps, width=width, product=product)
                ranks.append(_grid_ranks(network, steps=steps, product=product))
            exact = [rank for rank, _ in ranks]
            rows += [row_of("exact_rank", rank, seed=draw, x=width) for draw, rank in enumerate(exact)]
            numbers = {
                "smallest_rank": min(exact),
                "largest_rank": max(exact),
                "disagreeing_draws": sum(rank != numerical for rank, numerical in ranks),
                "theorem_bound": min(templates, width) ** (steps // 2),
            }
            rows += [row_of(name, value, seed=NO_SEED, x=width) for name, value in numbers.items()]
    return rows


def _grid_ranks(network: GridNetwork, *, steps: int, product: Product) -> tuple[int, int]:
    """Exact rank, and the numerical rank of the same network in floating-point numbers."""
    prime = PRIME if product == "multiplicative" else None
    exact = flattening(grid_tensor(network, product=product, prime=prime), odd_against_even(steps))
    rounded = flattening(grid_tensor(floating(network), product=product), odd_against_even(steps))
    return field_rank(exact), numerical_rank(rounded)
