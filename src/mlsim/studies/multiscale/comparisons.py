"""What the claims of the study compare: errors on its grid, numbers of steps and samples."""

from collections.abc import Sequence

from mlsim.claims import Claim, Relation, Rows, Size

PAPERS = "the lecture; Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883; Fan et al., arXiv:1808.02376"
OURS = "ours, beside arXiv:1807.01883"
CASE, GRID = "nlse_1d", 320.0
DOUBLINGS = (640.0, 1280.0, 2560.0, 5120.0)
ENOUGH_SAMPLES = Size(case=CASE, quantity="training_samples", at_least=5000)
TESTED = Size(case=CASE, quantity="test_samples", at_least=1000, method="data")
SCALED = Size(case="scaling", quantity="largest_grid", at_least=5120)


def steps(count: int, *, method: str | None = None, case: str = CASE) -> Size:
    """At least so many training steps."""
    return Size(case=case, quantity="training_steps", at_least=count, method=method)


def error_of(method: str, *, x: float = GRID, case: str = CASE, quantity: str = "test_error") -> Rows:
    """One row of errors, or of another quantity with an abscissa."""
    return Rows(case=case, method=method, quantity=quantity, x=(x,))


def claim(
    name: str,
    statement: str,
    measured: Rows,
    relation: Relation,
    reference: float | Rows,
    *,
    needs: Sequence[Size],
    source: str = OURS,
) -> Claim:
    """A claim about one row or its rows, without tolerance."""
    return Claim(
        name=name,
        statement=statement,
        source=source,
        measured=(measured,),
        reference=reference,
        relation=relation,
        needs=tuple(needs),
    )


LONG = (Size(case=CASE, quantity="training_samples", at_least=20_000), steps(200_000), TESTED)
