"""Rows that compare networks with each other and with direct methods, from the rows of all of them."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mlsim.tables import NO_SEED, Row, row

RISES = (0.5, 1.0)  # fractions of the reach


def comparison_rows(rows: list[Row]) -> list[Row]:
    """All comparisons that the rows allow."""
    table = pd.DataFrame(rows)
    return [
        *_origin_rows(table),
        *_equation_against_data(table),
        *_against_direct(table),
        *_skip_against_plain(table),
        *_attraction_rows(table),
    ]


def _by_seed(table: pd.DataFrame, case: str, quantity: str, *, x: float = np.nan) -> pd.Series:
    """Values of a network trained with Adam."""
    at = table["x"].isna() if np.isnan(x) else table["x"] == x
    chosen = (table["case"] == case) & (table["quantity"] == quantity) & (table["method"] == "adam") & at
    return table[chosen].set_index("seed")["value"]


def _origin_rows(table: pd.DataFrame) -> list[Row]:
    """The largest difference of a curve at the origin from the trained loss, over networks, seeds and directions."""
    chosen = table[table["quantity"] == "origin_difference"]
    numbers = {"origin_difference": chosen["value"].max(), "networks": chosen["case"].nunique()}
    return [row(name, value, case="all_networks", method="curves", seed=NO_SEED) for name, value in numbers.items()]


def _equation_against_data(table: pd.DataFrame) -> list[Row]:
    """Sharpness and condition number of the equation's loss over those of the data fit, in decades for each seed."""
    rows: list[Row] = []
    indices = table.loc[(table["case"] == "pinn") & (table["quantity"] == "condition"), "x"].unique()
    for quantity, x in [("final_sharpness", np.nan), *(("condition", k) for k in sorted(indices))]:
        name = quantity.removeprefix("final_")
        equation, data_fit = (_by_seed(table, case, quantity, x=x) for case in ("pinn", "data_fit"))
        decades = (equation / data_fit).dropna().map(np.log10)
        rows += [
            row(f"decades_of_{name}_over_data_fit", value, case="pinn", method="adam", seed=seed, x=x)
            for seed, value in decades.items()
        ]
        if quantity == "condition":
            rows += _sign_test_rows("pinn", f"less_{name}", small=equation, large=data_fit, x=x)
        else:
            rows += _sign_test_rows("pinn", f"more_{name}", small=data_fit, large=equation, x=x)
    return rows


def _against_direct(table: pd.DataFrame) -> list[Row]:
    """Operations to the accuracy over those of the direct method that reaches it, for each seed."""
    rows: list[Row] = []
    for method in ("tridiagonal_solve", "kernel_ridge"):
        chosen = table[(table["method"] == method) & (table["quantity"] == "operations_to_accuracy")]
        for case, operations in zip(chosen["case"], chosen["value"], strict=True):
            rows += [
                row("operations_over_direct", value / operations, case=case, method="adam", seed=seed)
                for seed, value in _by_seed(table, case, "operations_to_accuracy_at_shown_rate").items()
            ]
    return rows


def _skip_against_plain(table: pd.DataFrame) -> list[Row]:
    """Sign tests of whether the network with skips is less sharp, and whether its loss rises less."""
    rows: list[Row] = []
    for quantity, x in [("final_sharpness", np.nan), *(("rise", fraction) for fraction in RISES)]:
        plain, skip = (_by_seed(table, case, quantity, x=x) for case in ("plain", "skip"))
        rows += _sign_test_rows("skip", f"less_{quantity.removeprefix('final_')}", small=skip, large=plain, x=x)
    return rows


def _sign_test_rows(case: str, name: str, *, small: pd.Series, large: pd.Series, x: float) -> list[Row]:
    """Number of seeds in which ``small`` is below ``large``, and the one-sided p-value of the sign test."""
    common = small.index.intersection(large.index)
    if not len(common):
        return []
    less = int((small[common] < large[common]).sum())
    p_value = float(binomtest(less, len(common), alternative="greater").pvalue)
    numbers = {f"seeds_with_{name}": less, f"chance_of_{name}": p_value}
    return [
        row(quantity, value, case=case, method="sign_test", seed=NO_SEED, x=x) for quantity, value in numbers.items()
    ]


def _attraction_rows(table: pd.DataFrame) -> list[Row]:
    """The smallest attraction over all seeds of a GAN."""
    chosen = table[(table["method"] == "game") & (table["quantity"] == "attraction") & table["x"].isna()]
    return [
        row("attraction_of_all", least, case=str(case), method="game", seed=NO_SEED)
        for case, least in chosen.groupby("case")["value"].min().items()
    ]
