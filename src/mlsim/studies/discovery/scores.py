"""How far a recovered equation is from the true one, as rows of the table."""

from collections.abc import Mapping, Sequence

import numpy as np

from mlsim.tables import Row, case_row

SWEPT = ("coefficient_error", "success_rate", "terms")  # what is told of a setting that is varied


def coefficient_errors(found: Mapping[str, complex], true: Mapping[str, complex]) -> np.ndarray:
    """Errors of the true coefficients in percent; a term that is not found has an error of 100.

    >>> coefficient_errors({"uu_x": -1.01, "u": 3.0}, {"uu_x": -1.0, "u_xx": 0.1}).round(9).tolist()
    [1.0, 100.0]
    """
    return np.array([100 * abs(found.get(name, 0.0) - value) / abs(value) for name, value in true.items()])


def succeeded(found: Mapping[str, complex], true: Mapping[str, complex]) -> bool:
    """Whether exactly the true terms were found.

    >>> succeeded({"u": 1.0}, {"u": -1.0}), succeeded({"u": 1.0, "v": 0.1}, {"u": 1.0})
    (True, False)
    """
    return set(found) == set(true)


def equation_rows(
    case: str,
    found: Sequence[Mapping[str, complex]],
    true: Sequence[Mapping[str, complex]],
    *,
    x: float,
    unknowns: Sequence[str] = "uv",
) -> list[Row]:
    """Errors, success and every true coefficient of one regression.

    Args:
        case: of the rows.
        found: coefficients by term, for each unknown.
        true: the true ones.
        x: abscissa.
        unknowns: names of the unknowns, for rows of systems.
    """
    errors = np.concatenate([coefficient_errors(f, t) for f, t in zip(found, true, strict=True)])
    success = all(succeeded(f, t) for f, t in zip(found, true, strict=True))
    rows = [
        case_row(case, "coefficient_error", errors.mean(), x=x, unit="percent"),
        case_row(case, "coefficient_spread", errors.std(), x=x, unit="percent"),
        case_row(case, "success_rate", float(success), x=x),
        case_row(case, "terms", sum(len(f) for f in found), x=x),
    ]
    for i, (own, exact) in enumerate(zip(found, true, strict=True)):
        of = f"_of_{unknowns[i]}" if len(true) > 1 else ""
        for name, value in exact.items():
            # of a complex coefficient its part along the true one
            part = float(np.real(own.get(name, 0.0) * np.conj(value)) / abs(value))
            part = part if np.iscomplexobj(value) else float(np.real(own.get(name, 0.0)))
            rows.append(case_row(case, f"coefficient{of}_{name}", part, x=x))
            if np.isrealobj(value):
                rows.append(case_row(case, f"deviation{of}_{name}", part - float(np.real(value)), x=x))
    return rows
