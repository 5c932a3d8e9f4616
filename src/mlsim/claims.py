"""Claims: statements about table rows, judged by one generic comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

COLUMNS = ["study", "claim", "statement", "source", "published", "measured", "tolerance", "verdict"]

Relation = Literal["equals", "at least", "at most"]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of the table: one method, one quantity, some abscissas (none: the rows without abscissa)."""

    case: str
    method: str
    quantity: str
    x: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Size:
    """A size without which the claim says nothing: the row's value must reach ``at_least``."""

    rows: Rows
    at_least: float


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement that holds when, for one alternative, every row stands in the relation to its reference.

    Attributes:
        name: short identifier.
        statement: one sentence that a reader can check.
        source: who claims it, with the place.
        measured: alternatives; one of them has to pass at every abscissa.
        reference: ``published`` for the published column, a number, or rows with the same abscissas.
        relation: of the measured to the reference.
        tolerance: added to the relation, one number or one per abscissa.
        errors: standard errors of the measured value (and of the reference rows) added to the tolerance.
        needs: sizes below which the claim is not comparable.
    """

    name: str
    statement: str
    source: str
    measured: tuple[Rows, ...]
    reference: Literal["published"] | float | Rows
    relation: Relation
    tolerance: float | tuple[float, ...] = 0.0
    errors: float = 0.0
    needs: tuple[Size, ...] = ()


def verdicts(table: pd.DataFrame, claims: Sequence[Claim], *, study: str) -> pd.DataFrame:
    """One row per claim with the published and the measured number that decide it.

    Args:
        table: the study's table, see :mod:`mlsim.tables`.
        claims: the study's claims, names distinct.
        study: the study's name.

    Returns:
        Columns ``study, claim, statement, source, published, measured, tolerance, verdict``; the verdict is ``holds``,
        ``differs`` or ``not comparable (reason)``.
    """
    names = [claim.name for claim in claims]
    if len(set(names)) != len(names):
        raise ValueError(f"claims of {study} share a name: {sorted(n for n in names if names.count(n) > 1)[0]}")
    rows = [{"study": study, **_judged(table, claim)} for claim in claims]
    return pd.DataFrame(rows, columns=COLUMNS)


def _judged(table: pd.DataFrame, claim: Claim) -> dict[str, str]:
    told = {"claim": claim.name, "statement": claim.statement, "source": claim.source}
    told |= {"tolerance": _tolerance_text(claim)}
    compared = [_compared(table, claim, rows) for rows in claim.measured]
    complete = [each for each in compared if each is not None]
    lacking = _lacking(table, claim.needs)
    if not complete:
        reason = lacking or "a row that it compares is missing"
        return {**told, "published": "", "measured": "", "verdict": f"not comparable ({reason})"}
    # the alternative that passes best, judged by its worst abscissa
    best = max(complete, key=lambda each: each["margin"].min())
    worst = best.iloc[int(best["margin"].to_numpy().argmin())]
    place = f" ({worst['method']}" + ("" if np.isnan(worst["x"]) else f", x = {worst['x']:g}") + ")"
    verdict = f"not comparable ({lacking})" if lacking else "holds" if worst["margin"] >= 0 else "differs"
    numbers = {"published": f"{worst['reference']:.6g}", "measured": f"{worst['value']:.6g}{place}"}
    return {**told, **numbers, "verdict": verdict}


def _compared(table: pd.DataFrame, claim: Claim, rows: Rows) -> pd.DataFrame | None:
    """Value, reference and margin per abscissa; None where a row or its reference is missing."""
    found = _selected(table, rows)
    if found is None:
        return None
    value, error = found["value"].to_numpy(), found["se"].fillna(0.0).to_numpy()
    if isinstance(claim.reference, Rows):
        other = _selected(table, claim.reference)
        if other is None:
            return None
        reference = other["value"].to_numpy()
        error = np.hypot(error, other["se"].fillna(0.0).to_numpy())
    else:
        reference = found["published"].to_numpy() if claim.reference == "published" else claim.reference
    reference = np.broadcast_to(np.asarray(reference, dtype=float), value.shape)
    slack = np.asarray(claim.tolerance) + claim.errors * error
    signed = {"equals": -np.abs(value - reference), "at least": value - reference, "at most": reference - value}
    margin = signed[claim.relation] + slack
    if np.isnan(margin).any():
        return None
    return pd.DataFrame(
        {"method": rows.method, "x": found["x"].to_numpy(), "value": value, "reference": reference, "margin": margin}
    )


def _selected(table: pd.DataFrame, rows: Rows) -> pd.DataFrame | None:
    chosen = table[(table["case"] == rows.case) & (table["method"] == rows.method)]
    chosen = chosen[chosen["quantity"] == rows.quantity]
    if not rows.x:
        return chosen if len(chosen) == 1 else None
    by_x = chosen.set_index("x", drop=False)
    return by_x.loc[list(rows.x)] if set(rows.x) <= set(by_x.index) else None


def _lacking(table: pd.DataFrame, needs: Sequence[Size]) -> str:
    for size in needs:
        found = _selected(table, size.rows)
        value = float(found["value"].iloc[0]) if found is not None else 0.0
        if value < size.at_least:
            return f"needs {size.at_least:g} {size.rows.quantity} of {size.rows.method}, has {value:g}"
    return ""


def _tolerance_text(claim: Claim) -> str:
    each = claim.tolerance if isinstance(claim.tolerance, tuple) else (claim.tolerance,)
    text = f"{claim.relation}, {'/'.join(f'{t:g}' for t in dict.fromkeys(each))}"
    return text + (f" + {claim.errors:g} se" if claim.errors else "")
