"""The one table schema of all studies: seeds aggregated, published numbers beside the measured ones.

``case, method, x, quantity, value, se, seeds, unit, published``: ``x`` is the abscissa, empty where there is none;
``se`` is the standard error of ``value``; ``published`` is what the paper prints, empty where it prints nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlsim.quantities import Quantity, check_registered

Row = dict[str, Any]
KEY = ["case", "method", "x", "quantity"]
METRICS = ["case", "method", "seed", "x", "quantity", "value", "se", "unit"]
COLUMNS = [*KEY, "value", "se", "seeds", "unit", "published"]
NO_SEED = 0  # seed of rows that do not depend on the seed of a training; the column is never empty


def metrics(
    rows: pd.DataFrame, quantities: Mapping[str, Quantity], *, source: str = "the study's quantities.py"
) -> pd.DataFrame:
    """Rows of one evaluation in the order and with the columns of a metrics file.

    Args:
        rows: columns ``case, method, seed, x, quantity, value, se, unit``, one row per key and seed.
        quantities: those that are registered, see :mod:`mlsim.quantities`.
        source: where they are registered, for messages.

    Raises:
        ValueError: a column is missing or unknown, two rows have the same key, a quantity is not registered or has
            another unit.
    """
    if set(rows.columns) != set(METRICS):
        raise ValueError(f"metrics have the columns {sorted(rows.columns)}: needed are {sorted(METRICS)}")
    twice = rows[rows.duplicated([*KEY, "seed"])]
    if len(twice):
        raise ValueError(f"metrics name {twice.iloc[0][KEY].to_dict()} twice for one seed")
    check_registered(zip(rows["quantity"], rows["unit"], strict=True), quantities, source=source)
    return rows[METRICS].sort_values([*KEY, "seed"], ignore_index=True)


def row(
    quantity: str, value: float, *, x: float = np.nan, se: float = np.nan, unit: str = "1", **labels: object
) -> Row:
    """One measured number; ``labels`` are its case, method and seed, as far as they are known here."""
    return {**labels, "x": float(x), "quantity": quantity, "value": float(value), "se": float(se), "unit": unit}


def case_row(
    case: str, quantity: str, value: float, *, x: float = np.nan, se: float = np.nan, unit: str = "1", **labels: object
) -> Row:
    """One measured number of a case; ``labels`` as in :func:`row`."""
    return row(quantity, value, x=x, se=se, unit=unit, case=case, **labels)


def standard_error(values: ArrayLike) -> float:
    """Standard error of the mean of independent values ``s / sqrt(n)``; NaN for a single value.

    >>> standard_error([1.0, 3.0])
    1.0
    """
    sample = np.asarray(values)
    return float(sample.std(ddof=1) / np.sqrt(sample.size)) if sample.size > 1 else np.nan


def mean_row(quantity: str, values: ArrayLike, *, x: float = np.nan, unit: str = "1", **labels: object) -> Row:
    """Mean of independent values and its standard error; ``labels`` as in :func:`row`.

    >>> mean_row("error", [1.0, 3.0])["value"], mean_row("error", [1.0, 3.0])["se"]
    (2.0, 1.0)
    """
    return row(quantity, float(np.asarray(values).mean()), x=x, se=standard_error(values), unit=unit, **labels)


def percent_row(quantity: str, hits: ArrayLike, *, x: float = np.nan, unit: str = "percent", **labels: object) -> Row:
    """Fraction of hits in percent and its standard error; ``labels`` as in :func:`row`.

    ``hits`` are booleans, or the fraction of hits in each of several samples.

    >>> percent_row("wrong", [True, False])["value"], percent_row("wrong", [True, False])["se"]
    (50.0, 50.0)
    """
    return mean_row(quantity, 100.0 * np.asarray(hits), x=x, unit=unit, **labels)


def aggregated(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Means over seeds of all :func:`metrics`, in the table's schema without published numbers.

    The squared standard error is the mean of the squared errors within a seed, which share their test problems and do
    not average out, plus the variance between seeds over their number.

    Raises:
        ValueError: two parts hold the same row, or a row in two units.

    >>> row = {"case": "c", "method": "m", "x": 1.0, "quantity": "q", "se": 3.0, "unit": "1"}
    >>> frame = pd.DataFrame([{**row, "seed": 0, "value": 0.0}, {**row, "seed": 1, "value": 8.0}])
    >>> aggregated([frame])[["value", "se", "seeds"]].values.tolist()
    [[4.0, 5.0, 2.0]]
    """
    rows = pd.concat(parts, ignore_index=True).astype({"x": float, "value": float, "se": float})
    twice = rows[rows.duplicated([*KEY, "seed"])]
    if len(twice):
        raise ValueError(f"two metrics files name {twice.iloc[0][[*KEY, 'seed']].to_dict()}")
    groups = rows.groupby([*KEY, "unit"], dropna=False, sort=True)
    table = groups.agg(
        value=("value", "mean"),
        seeds=("seed", "nunique"),
        within=("se", lambda se: float(np.mean(np.square(se)))),
        between=("value", lambda value: float(np.var(value, ddof=1)) if len(value) > 1 else 0.0),
    ).reset_index()
    clash = table[table.duplicated(KEY)]
    if len(clash):
        raise ValueError(f"metrics name {clash.iloc[0][KEY].to_dict()} in two units")
    spread = table["between"] / table["seeds"]
    # a quantity without an error within a seed still has one between seeds
    within = table["within"].where(table["within"].notna() | (table["seeds"] == 1), 0.0)
    return table.assign(se=np.sqrt(within + spread)).drop(columns=["within", "between"])


def with_published(table: pd.DataFrame, published: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """A table of :func:`aggregated` with the published numbers in their column, sorted.

    ``published`` has rows with ``case, method, x, quantity, value``, all as text.
    """
    numbers = pd.DataFrame(list(published), columns=[*KEY, "value"]).rename(columns={"value": "published"})
    # published numbers come as text; a quantity without abscissa has an empty cell
    numbers["x"] = numbers["x"].replace("", "nan")
    numbers = numbers.astype({"x": float, "published": float, "case": str, "method": str, "quantity": str})
    merged = table.merge(numbers, how="left", on=KEY, validate="one_to_one")
    return merged[COLUMNS].sort_values(KEY, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A row that is the mean of others, measured and published, of one quantity at one abscissa."""

    case: str  # case of the new row
    method: str  # method of the new row
    quantity: str  # quantity of the new row
    x: float  # abscissa of all rows, NaN where they have none
    members: Sequence[tuple[str, str]]  # case and method of each row of the mean
    of: str  # quantity of the members


def with_means(table: pd.DataFrame, means: Sequence[Mean]) -> pd.DataFrame:
    """A table of :func:`with_published` with further rows; a mean one of whose members was not run is left out.

    Its standard error is the mean of the members' errors, an upper bound, since they may share their test problems. The
    number of seeds is the smallest of theirs.

    Raises:
        ValueError: the members of a mean have different units.
    """
    rows = []
    for mean in means:
        same_x = table["x"].isna() if np.isnan(mean.x) else table["x"] == mean.x
        at = table[(table["quantity"] == mean.of) & same_x].set_index(["case", "method"])
        if all(member in at.index for member in mean.members):
            members = at.loc[list(mean.members)]
            if members["unit"].nunique() > 1:
                raise ValueError(f"mean {mean.quantity} of {mean.case} has members in several units")
            key = {"case": mean.case, "method": mean.method, "x": mean.x, "quantity": mean.quantity}
            numbers = members[["value", "se", "published"]].mean(skipna=False).to_dict()
            rows.append({**key, **numbers, "seeds": members["seeds"].min(), "unit": members["unit"].iloc[0]})
    if not rows:
        return table
    return pd.concat([table, pd.DataFrame(rows)])[COLUMNS].sort_values(KEY, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A table in the layout of the paper: one line per method, three columns per abscissa."""

    case: str  # case of the rows
    quantity: str  # their quantity
    label: str  # what the paper calls the first column
    methods: Mapping[str, str]  # the paper's name of each method, by our name, in the paper's order
    x: Sequence[float]  # abscissas in the paper's order


@dataclass(frozen=True, kw_only=True)
class CaseLayout:
    """A table in the layout of the paper: one line per case, three columns per method, at the one abscissa ``x``.

    ``cases`` are the paper's names of the cases, by our names, in the paper's order; the rest is as in :class:`Layout`.
    """

    cases: Mapping[str, str]
    quantity: str
    label: str
    methods: Mapping[str, str]
    x: float


def laid_out(table: pd.DataFrame, layout: Layout | CaseLayout) -> pd.DataFrame:
    """Published and measured numbers side by side; what was not run has empty cells.

    Returns:
        One row per method; columns ``<label>, <x> published, <x> measured, <x> se, ...``; or one row per case with the
        methods in place of the abscissas.
    """
    if isinstance(layout, CaseLayout):
        chosen, keys = table[table["x"] == layout.x], ("case", "method")
        lines, columns = layout.cases, layout.methods
    else:
        chosen, keys = table[table["case"] == layout.case], ("method", "x")
        lines, columns = layout.methods, {float(x): f"{x:g}" for x in layout.x}
    chosen = chosen[chosen["quantity"] == layout.quantity]
    cells = chosen[["published", "value", "se"]].to_numpy(dtype=float)
    numbers = dict(zip(zip(*(chosen[key] for key in keys), strict=True), cells, strict=True))
    rows = []
    for line, title in lines.items():
        row: dict[str, object] = {layout.label: title}
        for column, name in columns.items():
            names = (f"{name} published", f"{name} measured", f"{name} se")
            row |= dict(zip(names, numbers.get((line, column), (np.nan,) * 3), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)
