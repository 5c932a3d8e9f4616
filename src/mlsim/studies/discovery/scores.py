"""Errors of a recovered equation against the true one, as rows of the table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlsim.tables import Row, case_row

Coefficients = Mapping[str, complex]  # by term
SWEPT = ("coefficient_error", "success_rate", "terms")  # quantities in the table for a setting that is varied


def coefficient_errors(recovered: Coefficients, true: Coefficients) -> np.ndarray:
    """Errors of the true coefficients in percent; a missing term has an error of 100.

    >>> coefficient_errors({"uu_x": -1.01, "u": 3.0}, {"uu_x": -1.0, "u_xx": 0.1}).round(9).tolist()
    [1.0, 100.0]
    """
    return np.array([100 * abs(recovered.get(name, 0.0) - value) / abs(value) for name, value in true.items()])


def succeeded(recovered: Coefficients, true: Coefficients) -> bool:
    """Whether exactly the true terms were found.

    >>> succeeded({"u": 1.0}, {"u": -1.0}), succeeded({"u": 1.0, "v": 0.1}, {"u": 1.0})
    (True, False)
    """
    return set(recovered) == set(true)


def equation_rows(
    case: str,
    recovered: Sequence[Coefficients],
    true: Sequence[Coefficients],
    *,
    x: float,
    unknowns: Sequence[str] = "uv",
    **labels: Any,
) -> list[Row]:
    """Errors, success and every true coefficient of one regression.

    Args:
        case: of the rows.
        recovered: coefficients for each unknown.
        true: the true ones.
        x: abscissa.
        unknowns: names of the unknowns, for rows of systems.
        labels: of all rows, such as their method.
    """
    pairs = list(zip(recovered, true, strict=True))
    errors = np.concatenate([coefficient_errors(*pair) for pair in pairs])
    rows = [
        case_row(case, "coefficient_error", errors.mean(), x=x, unit="percent", **labels),
        case_row(case, "coefficient_spread", errors.std(), x=x, unit="percent", **labels),
        case_row(case, "success_rate", float(all(succeeded(*pair) for pair in pairs)), x=x, **labels),
        case_row(case, "terms", sum(len(coefficients) for coefficients in recovered), x=x, **labels),
    ]
    for i, (coefficients, exact) in enumerate(pairs):
        of = f"_of_{unknowns[i]}" if len(true) > 1 else ""
        for name, value in exact.items():
            coefficient = coefficients.get(name, 0.0)
            if np.iscomplexobj(value):  # its part along the true coefficient
                part = float(np.real(coefficient * np.conj(value)) / abs(value))
                rows.append(case_row(case, f"coefficient{of}_{name}", part, x=x, **labels))
            else:
                part = float(np.real(coefficient))
                rows.append(case_row(case, f"coefficient{of}_{name}", part, x=x, **labels))
                rows.append(case_row(case, f"deviation{of}_{name}", part - float(np.real(value)), x=x, **labels))
    return rows


def swept_rows(
    case: str, recovered: Sequence[Coefficients], true: Sequence[Coefficients], *, x: float, **labels: Any
) -> list[Row]:
    """Those rows of :func:`equation_rows` that are in the table for a setting that is varied; ``x`` = its value."""
    rows = equation_rows(case, recovered, true, x=x, **labels)
    return [row for row in rows if row["quantity"] in SWEPT]
