"""How claims are judged: each against the rows of its study's table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mlsim.claims import Claim, Rows, Size, class_of, compares_with_print

COLUMNS = ["study", "claim", "class", "statement", "source", "published", "measured", "tolerance", "verdict"]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Outcome for one alternative: the verdict, the margin of its worst abscissa, and the numbers there."""

    verdict: str
    margin: float
    published: str = ""
    measured: str = ""


def verdicts(table: pd.DataFrame, claims: Sequence[Claim], *, study: str) -> pd.DataFrame:
    """One row per claim on the table of a study, with the numbers that determine the verdict.

    Returns:
        Columns ``study, claim, class, statement, source, published, measured, tolerance, verdict``; ``published`` is
        empty where nothing published is compared; the verdict is ``holds``, ``differs`` or ``not comparable (reason)``.

    Raises:
        ValueError: two claims share a name.
    """
    names = [claim.name for claim in claims]
    if len(set(names)) != len(names):
        raise ValueError(f"claims of {study} share a name: {sorted(n for n in names if names.count(n) > 1)[0]}")
    rows = []
    for claim in claims:
        # the best alternative counts, in this order of verdicts, then by margin
        order = ("not comparable", "differs", "holds")
        outcomes = [_judged(table, claim, rows) for rows in claim.measured]
        best = max(outcomes, key=lambda o: (order.index(o.verdict.partition(" (")[0]), o.margin))
        texts = {"study": study, "claim": claim.name, "class": class_of(claim), "statement": claim.statement}
        texts["source"] = claim.source
        numbers = {"published": best.published, "measured": best.measured, "tolerance": _tolerance_text(claim)}
        rows.append({**texts, **numbers, "verdict": best.verdict})
    return pd.DataFrame(rows, columns=COLUMNS)


def _judged(table: pd.DataFrame, claim: Claim, rows: Rows) -> Judgement:
    """Judgement on one alternative."""
    lacking = _lacking(table, claim.needs, method=rows.method)
    compared = _compared(table, claim, rows)
    if compared is None:
        reason = lacking or f"a row of {rows.method} that it compares is missing"
        return Judgement(verdict=f"not comparable ({reason})", margin=-np.inf)
    worst = compared.iloc[int(compared["margin"].to_numpy().argmin())]
    label = rows.method + ("" if np.isnan(worst["x"]) else f", x = {worst['x']:g}")
    against = ""
    if isinstance(claim.reference, Rows):
        against = f", against {worst['reference']:.6g} of {claim.reference.method}"
    outcome = Judgement(
        verdict=_verdict(claim, margin=worst["margin"], error=worst["error"]),
        margin=float(worst["margin"]),
        published=f"{worst['reference']:.6g}" if compares_with_print(claim) else "",
        measured=f"{worst['value']:.6g} ({label}{against})",
    )
    return replace(outcome, verdict=f"not comparable ({lacking})") if lacking else outcome


def _verdict(claim: Claim, *, margin: float, error: float) -> str:
    if claim.relation != "above":
        return "holds" if margin >= 0 else "differs"
    if margin > 0:
        return "holds"
    within = margin + 2 * claim.errors * error > 0
    return f"not comparable (the difference is within {claim.errors:g} standard errors)" if within else "differs"


def _compared(table: pd.DataFrame, claim: Claim, rows: Rows) -> pd.DataFrame | None:
    """Value, reference, error and margin per abscissa; None where a row or its reference is missing."""
    chosen = _selected(table, rows)
    if chosen is None:
        return None
    value, error = chosen["value"].to_numpy(), chosen["se"].fillna(0.0).to_numpy()
    if isinstance(claim.reference, Rows):
        other = _selected(table, claim.reference)
        if other is None:
            return None
        reference = other[claim.reference.column].to_numpy()
        if claim.reference.column == "value":
            error = np.hypot(error, other["se"].fillna(0.0).to_numpy())
    else:
        reference = chosen["published"].to_numpy() if claim.reference == "published" else claim.reference
    reference = np.broadcast_to(np.asarray(reference, dtype=float), value.shape)
    slack = np.asarray(claim.tolerance) + claim.errors * error
    signed = {
        "equals": slack - np.abs(value - reference),
        "at least": value - reference + slack,
        "at most": reference - value + slack,
        "above": value - reference - slack,
    }
    columns = {"x": chosen["x"].to_numpy(), "value": value, "reference": reference, "error": error}
    compared = pd.DataFrame({**columns, "margin": signed[claim.relation]})
    return None if compared["margin"].isna().any() else compared


def _selected(table: pd.DataFrame, rows: Rows) -> pd.DataFrame | None:
    chosen = table[(table["case"] == rows.case) & (table["method"] == rows.method)]
    chosen = chosen[chosen["quantity"] == rows.quantity]
    if not rows.x:
        return chosen if len(chosen) == 1 else None
    by_x = chosen.set_index("x", drop=False)
    return by_x.loc[list(rows.x)] if set(rows.x) <= set(by_x.index) else None


def _lacking(table: pd.DataFrame, needs: Sequence[Size], *, method: str) -> str:
    for size in needs:
        owner = size.method or method
        row = _selected(table, Rows(case=size.case, method=owner, quantity=size.quantity))
        value = float(row["value"].iloc[0]) if row is not None else 0.0
        if value < size.at_least:
            return f"needs {size.at_least:g} {size.quantity} of {owner} in {size.case}, has {value:g}"
    return ""


def _tolerance_text(claim: Claim) -> str:
    """How the numbers are compared: relation, threshold where it is a number, tolerance, errors."""
    threshold = f" {claim.reference:g}" if isinstance(claim.reference, (int, float)) else ""
    tolerances = claim.tolerance if isinstance(claim.tolerance, tuple) else (claim.tolerance,)
    widths = "/".join(f"{t:g}" for t in dict.fromkeys(tolerances) if t)
    slack = [text for text in (widths, f"{claim.errors:g} se" if claim.errors else "") if text]
    return claim.relation + threshold + (f", {' + '.join(slack)}" if slack else "")
