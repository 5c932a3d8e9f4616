"""Rows that compare networks with each other and with direct methods, made from the rows of each."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mlsim.tables import Row, row

RISES = (0.5, 1.0)  # shares of the reach
SEVERAL = "all_networks"


def comparison_rows(rows: list[Row]) -> list[Row]:
    """All comparisons that the rows allow."""
    table = pd.DataFrame(rows)
    parts = (_origins, _equation_against_data, _against_direct, _sign_tests, _games)
    return [row for part in parts for row in part(table)]


def _of(table: pd.DataFrame, case: str, quantity: str, *, method: str = "adam", x: float = np.nan) -> pd.Series:
    """Values by seed."""
    at = table["x"].isna() if np.isnan(x) else table["x"] == x
    chosen = (table["case"] == case) & (table["quantity"] == quantity) & (table["method"] == method) & at
    return table[chosen].set_index("seed")["value"]


def _origins(table: pd.DataFrame) -> list[Row]:
    """The largest difference between a curve at the origin and the trained loss, over networks, seeds, directions."""
    chosen = table[table["quantity"] == "origin_difference"]
    return [
        row("origin_difference", chosen["value"].max(), case=SEVERAL, method="curves", seed=0),
        row("networks", chosen["case"].nunique(), case=SEVERAL, method="curves", seed=0),
    ]


def _equation_against_data(table: pd.DataFrame) -> list[Row]:
    """How far condition and sharpness of the equation's loss exceed those of the data fit: decades, for each seed."""
    found: list[Row] = []
    indices = table.loc[(table["case"] == "pinn") & (table["quantity"] == "condition"), "x"].unique()
    for quantity, x in [("final_sharpness", np.nan), *(("condition", k) for k in sorted(indices))]:
        name = quantity.removeprefix("final_")
        of_equation, of_data = (_of(table, case, quantity, x=x) for case in ("pinn", "data_fit"))
        decades = (of_equation / of_data).dropna().map(np.log10)
        found += [
            row(f"decades_of_{name}_over_data_fit", value, case="pinn", method="adam", seed=seed, x=x)
            for seed, value in decades.items()
        ]
        if quantity == "condition":
            found += _sign_test("pinn", f"less_{name}", of_equation, of_data, x=x)
        else:
            found += _sign_test("pinn", f"more_{name}", of_data, of_equation, x=x)
    return found


def _against_direct(table: pd.DataFrame) -> list[Row]:
    """How far operations to the accuracy exceed those of the direct method that reaches it, for each seed."""
    found: list[Row] = []
    for method in ("tridiagonal_solve", "kernel_ridge"):
        chosen = table[(table["method"] == method) & (table["quantity"] == "operations_to_accuracy")]
        for case, operations in zip(chosen["case"], chosen["value"], strict=True):
            own = _of(table, case, "operations_to_accuracy_at_shown_rate")
            found += [
                row("operations_over_direct", value / operations, case=case, method="adam", seed=seed)
                for seed, value in own.items()
            ]
    return found


def _sign_tests(table: pd.DataFrame) -> list[Row]:
    """The skip network against the plain one: is it less sharp, does it rise less?"""
    found: list[Row] = []
    for quantity, x in [("final_sharpness", np.nan), *(("rise", share) for share in RISES)]:
        plain, skip = (_of(table, case, quantity, x=x) for case in ("plain", "skip"))
        found += _sign_test("skip", f"less_{quantity.removeprefix('final_')}", skip, plain, x=x)
    return found


def _sign_test(case: str, what: str, small: pd.Series, large: pd.Series, *, x: float) -> list[Row]:
    """Seeds in which ``small`` is below ``large``, and the one-sided chance of that many or more."""
    common = small.index.intersection(large.index)
    if not len(common):
        return []
    less = int((small[common] < large[common]).sum())
    chance = float(binomtest(less, len(common), alternative="greater").pvalue)
    return [
        row(f"seeds_with_{what}", less, case=case, method="sign_test", seed=0, x=x),
        row(f"chance_of_{what}", chance, case=case, method="sign_test", seed=0, x=x),
    ]


def _games(table: pd.DataFrame) -> list[Row]:
    """The least attraction over all seeds of a game."""
    chosen = table[(table["method"] == "game") & (table["quantity"] == "attraction") & table["x"].isna()]
    return [
        row("attraction_of_all", own["value"].min(), case=str(case), method="game", seed=0)
        for case, own in chosen.groupby("case")
    ]
