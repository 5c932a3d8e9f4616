"""What is computed without learning: exact ranks of random tensors, and canonical approximation against its bound."""

from collections.abc import Iterable

import numpy as np
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
from mlsim.numerics.tensors.grid_tensors import Product, floating, grid_tensor, numerical_rank, random_grid_network
from mlsim.studies.expressivity.approximation import error_rows, needed_rank_rows
from mlsim.studies.expressivity.settings import Grids, Tensors, Trains
from mlsim.tables import Row, row
from mlsim.training.seeding import numpy_generator

CORES = {"tt": False, "tt_shared": True}
PRODUCTS: tuple[Product, ...] = ("relu", "multiplicative")


def evaluate_tensors(settings: Tensors, *, seed: int) -> pd.DataFrame:
    """Rows of all exact ranks and of the approximations; draws take the place of the seeds."""
    rows: list[Row] = []
    for trains in progress(settings.ranks, label="trains"):
        rows += _rank_rows(trains, draws=settings.draws, seed=seed)
    rows += _over_all(rows)
    for trees in progress(settings.trees, label="trees"):
        rows += _conversion_rows(trees, draws=settings.draws, seed=seed)
    rows += _canonical_rows(settings, seed=seed)
    rows += _grid_rows(settings.grids, seed=seed)
    rows += error_rows(settings.approximation, seed=seed)
    rows += needed_rank_rows(settings.needed_rank, seed=seed)
    return pd.DataFrame(rows)


def odd_against_even(d: int) -> range:
    """The modes 1, 3, ..., which are the places 0, 2, ..."""
    return range(0, d, 2)


def _rank_rows(trains: Trains, *, draws: int, seed: int) -> list[Row]:
    n, r = trains.n, trains.r
    case = f"rank_n{n}_r{r}"
    rows = []
    for d in trains.d:
        cut = minimal_cut(train_graph(n=n, r=r, d=d), odd_against_even(d))
        for method, shared in CORES.items():
            rows.append(row("min_cut", cut, case=case, method=method, seed=0, x=d))
            rows.append(row("theorem_bound", min(n, r) ** (d // 2), case=case, method=method, seed=0, x=d))
            for draw in range(draws):
                rng = numpy_generator(seed, "train", method, n, r, d, draw)
                tensor = train_tensor(random_train(rng, n=n, r=r, d=d, shared=shared), prime=PRIME)
                rank = field_rank(flattening(tensor, odd_against_even(d)))
                rows.append(row("exact_rank", rank, case=case, method=method, seed=draw, x=d))
    return rows


def _over_all(rows: list[Row]) -> list[Row]:
    """Cases, draws, and the draws whose rank is not the minimal cut or is below the theorem's bound."""
    summary = []
    for method in CORES:
        own = [row for row in rows if row["method"] == method]
        known = {(row["case"], row["x"], row["quantity"]): row["value"] for row in own}
        ranks = [row for row in own if row["quantity"] == "exact_rank"]
        cut, bound = (
            [known[row["case"], row["x"], quantity] for row in ranks] for quantity in ("min_cut", "theorem_bound")
        )
        numbers = {
            "cases": len({(row["case"], row["x"]) for row in ranks}),
            "draws": len(ranks),
            "draws_off_the_cut": sum(row["value"] != c for row, c in zip(ranks, cut, strict=True)),
            "draws_below_the_bound": sum(row["value"] < b for row, b in zip(ranks, bound, strict=True)),
        }
        summary += [row(name, value, case="all_ranks", method=method, seed=0) for name, value in numbers.items()]
    return summary


def _conversion_rows(trees: Trains, *, draws: int, seed: int) -> list[Row]:
    """The largest rank over the cuts of one format, of random tensors of the other."""
    n, r = trees.n, trees.r
    rows = []
    for d in trees.d:
        prefixes = [range(k) for k in range(1, d)]
        nodes = [range(first, first + size) for size in _halvings(d) for first in range(0, d, size)]
        cuts = {"ht_to_tt": prefixes, "tt_to_ht": nodes, "ht_to_cp": [odd_against_even(d)]}
        for name, sets in cuts.items():
            case, method = f"convert_{name}_r{r}", f"n{n}"
            graph = train_graph(n=n, r=r, d=d) if name == "tt_to_ht" else tucker_graph(n=n, r=r, d=d)
            rows.append(row("closed_form", _closed_form(name, r=r, d=d), case=case, method=method, seed=0, x=d))
            rows.append(
                row("min_cut", max(minimal_cut(graph, each) for each in sets), case=case, method=method, seed=0, x=d)
            )
            for draw in range(draws):
                rng = numpy_generator(seed, name, n, r, d, draw)
                if name == "tt_to_ht":
                    tensor = train_tensor(random_train(rng, n=n, r=r, d=d, shared=False), prime=PRIME)
                else:
                    tensor = tree_tensor(random_tree(rng, n=n, r=r, d=d), prime=PRIME)
                largest = max(field_rank(flattening(tensor, each)) for each in sets)
                rows.append(row("needed_width", largest, case=case, method=method, seed=draw, x=d))
    return rows


def _closed_form(name: str, *, r: int, d: int) -> int:
    """Width after the conversion for n >= r: each cut of one format crosses so many edges of the other."""
    levels = d.bit_length() - 1
    edges = {"ht_to_tt": (levels + 1) // 2, "tt_to_ht": 1 if d == 4 else 2, "ht_to_cp": d // 2}
    return r ** edges[name]


def _halvings(d: int) -> Iterable[int]:
    """Sizes of the nodes of the balanced tree below its root: ``d / 2, d / 4, ..., 1``."""
    return [d >> level for level in range(1, d.bit_length())]


def _canonical_rows(settings: Tensors, *, seed: int) -> list[Row]:
    rows = []
    for each in settings.canonical:
        case = f"canonical_n{each.n}_d{each.d}"
        for rank in each.ranks:
            rows.append(row("min_cut", min(rank, each.n ** (each.d // 2)), case=case, method="cp", seed=0, x=rank))
            for draw in range(settings.draws):
                rng = numpy_generator(seed, "canonical", each.n, each.d, rank, draw)
                factors = rng.integers(PRIME, size=(each.d, each.n, rank))
                tensor = canonical_tensor(factors, prime=PRIME)
                found = field_rank(flattening(tensor, odd_against_even(each.d)))
                rows.append(row("exact_rank", found, case=case, method="cp", seed=draw, x=rank))
    return rows


def _grid_rows(grids: Grids, *, seed: int) -> list[Row]:
    rows = []
    for templates, steps in grids.shapes:
        case = f"grid_m{templates}_t{steps}"
        for product in PRODUCTS:
            rows.append(row("draws", grids.draws, case=case, method=product, seed=0))
            for width in grids.widths:
                pairs = [
                    _grid_ranks(
                        numpy_generator(seed, "grid", product, templates, steps, width, draw),
                        templates=templates,
                        steps=steps,
                        width=width,
                        product=product,
                    )
                    for draw in range(grids.draws)
                ]
                exact = [each for each, _ in pairs]
                rows += [
                    row("exact_rank", rank, case=case, method=product, seed=k, x=width) for k, rank in enumerate(exact)
                ]
                numbers = {
                    "smallest_rank": min(exact),
                    "largest_rank": max(exact),
                    "disagreeing_draws": sum(one != other for one, other in pairs),
                    "theorem_bound": min(templates, width) ** (steps // 2),
                }
                rows += [
                    row(name, value, case=case, method=product, seed=0, x=width) for name, value in numbers.items()
                ]
    return rows


def _grid_ranks(
    rng: np.random.Generator, *, templates: int, steps: int, width: int, product: Product
) -> tuple[int, int]:
    """Exact rank, and the one that floating-point numbers tell of the same network."""
    network = random_grid_network(rng, templates=templates, steps=steps, width=width, product=product)
    prime = PRIME if product == "multiplicative" else None
    exact = flattening(grid_tensor(network, product=product, prime=prime), odd_against_even(steps))
    rounded = flattening(grid_tensor(floating(network), product=product), odd_against_even(steps))
    return field_rank(exact), numerical_rank(rounded)
