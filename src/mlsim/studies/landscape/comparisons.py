"""Rows that compare networks with each other and with direct methods, made from the rows of each."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mlsim.tables import Row, case_row

RISES = (0.5, 1.0)  # shares of the reach
SEVERAL = "all_networks"


def comparison_rows(rows: list[Row]) -> list[Row]:
    """All comparisons that the rows allow."""
    table = pd.DataFrame(rows)
    return [*_origins(table), *_equation_against_data(table), *_against_direct(table), *_sign_tests(table)]


def _of(table: pd.DataFrame, case: str, quantity: str, *, method: str = "adam", x: float = np.nan) -> pd.Series:
    """Values by seed."""
    at = table["x"].isna() if np.isnan(x) else table["x"] == x
    chosen = (table["case"] == case) & (table["quantity"] == quantity) & (table["method"] == method) & at
    return table[chosen].set_index("seed")["value"]


def _row(case: str, method: str, quantity: str, value: float, *, seed: Any = 0, x: float = np.nan) -> Row:
    return {**case_row(case, quantity, value, x=x), "method": method, "seed": seed}


def _origins(table: pd.DataFrame) -> list[Row]:
    """The largest difference between a curve at the origin and the trained loss, over networks, seeds, directions."""
    chosen = table[table["quantity"] == "origin_difference"]
    return [
        _row(SEVERAL, "curves", "origin_difference", chosen["value"].max()),
        _row(SEVERAL, "curves", "networks", chosen["case"].nunique()),
    ]


def _equation_against_data(table: pd.DataFrame) -> list[Row]:
    """How far condition and sharpness of the equation's loss exceed those of the data fit, for each seed."""
    found: list[Row] = []
    indices = table.loc[(table["case"] == "pinn") & (table["quantity"] == "condition"), "x"].unique()
    for quantity, x in [("final_sharpness", np.nan), *(("condition", k) for k in sorted(indices))]:
        name = f"{quantity.removeprefix('final_')}_over_data_fit"
        ratio = (_of(table, "pinn", quantity, x=x) / _of(table, "data_fit", quantity, x=x)).dropna()
        found += [_row("pinn", "adam", name, value, seed=seed, x=x) for seed, value in ratio.items()]
    return found


def _against_direct(table: pd.DataFrame) -> list[Row]:
    """How far operations to the accuracy exceed those of the direct method that reaches it, for each seed."""
    found: list[Row] = []
    for method in ("tridiagonal_solve", "kernel_ridge"):
        chosen = table[(table["method"] == method) & (table["quantity"] == "operations_to_accuracy")]
        for case, operations in zip(chosen["case"], chosen["value"], strict=True):
            own = _of(table, case, "operations_to_accuracy_at_shown_rate")
            found += [
                _row(case, "adam", "operations_over_direct", value / operations, seed=seed)
                for seed, value in own.items()
            ]
    return found


def _sign_tests(table: pd.DataFrame) -> list[Row]:
    """Seeds in which the skip network is less sharp, or rises less, than the plain one, and the one-sided chance."""
    found: list[Row] = []
    for quantity, x in [("final_sharpness", np.nan), *(("rise", share) for share in RISES)]:
        plain, skip = (_of(table, case, quantity, x=x) for case in ("plain", "skip"))
        name = quantity.removeprefix("final_")
        common = plain.index.intersection(skip.index)
        if len(common):
            less = int((skip[common] < plain[common]).sum())
            chance = float(binomtest(less, len(common), alternative="greater").pvalue)
            found.append(_row("skip", "sign_test", f"seeds_with_less_{name}", less, x=x))
            found.append(_row("skip", "sign_test", f"chance_of_less_{name}", chance, x=x))
    return found
