"""Claims and how they are written; verdicts: what holds, what differs, what is not comparable."""

import numpy as np
import pandas as pd
import pytest

from mlsim.claims import PUBLISHED, Claim, Measured, Rows, Size, claim, needs, quantity
from mlsim.verdicts import COLUMNS, verdicts

TABLE = pd.DataFrame(
    [
        ("c", "a", 5.0, "q", 92.8, 0.15, 92.9),
        ("c", "a", 10.0, "q", 95.0, 0.12, 95.4),
        ("c", "b", 5.0, "q", 94.0, 0.20, np.nan),
        ("c", "b", 10.0, "q", 95.1, 0.20, np.nan),
        ("c", "a", np.nan, "problems", 600.0, np.nan, np.nan),
    ],
    columns=["case", "method", "x", "quantity", "value", "se", "published"],
)


def _rows(method, x=(5.0, 10.0), quantity="q"):
    return Rows(case="c", method=method, quantity=quantity, x=x)


def _verdict(**changes):
    fields = {"name": "n", "statement": "s", "source": "t", "measured": (_rows("a"),), "reference": "published"}
    claim = Claim(**{**fields, "relation": "equals", **changes})
    return verdicts(TABLE, [claim], study="study").iloc[0]


def test_worst_abscissa_decides():
    assert _verdict(tolerance=0.3)["verdict"] == "differs"
    assert _verdict(tolerance=0.3)["measured"] == "95 (a, x = 10)"
    assert _verdict(tolerance=0.41)["verdict"] == "holds"
    assert _verdict(tolerance=(0.11, 0.41))["verdict"] == "holds"


def test_standard_errors_widen_the_tolerance():
    assert _verdict(tolerance=0.2, errors=2.0)["verdict"] == "holds"
    assert _verdict(tolerance=0.1, errors=2.0)["verdict"] == "differs"


def test_relations_have_a_direction():
    assert _verdict(relation="at most")["verdict"] == "holds"
    assert _verdict(relation="at least")["verdict"] == "differs"
    assert _verdict(measured=(_rows("b"),), reference=_rows("a"), relation="at least")["verdict"] == "holds"
    assert _verdict(measured=(_rows("b"),), reference=_rows("a"), relation="at most")["verdict"] == "differs"
    assert _verdict(reference=92.0, relation="at least")["verdict"] == "holds"


def test_reference_can_be_what_the_paper_prints_for_another_method():
    printed = Rows(case="c", method="a", quantity="q", x=(5.0, 10.0), column="published")
    verdict = _verdict(measured=(_rows("b"),), reference=printed, relation="at least", errors=1.0)
    # worst at 10: 95.1 against 95.4, with the error of the measured row alone
    assert (verdict["verdict"], verdict["published"]) == ("differs", "95.4")
    assert (
        _verdict(measured=(_rows("b"),), reference=printed, relation="at least", tolerance=0.31)["verdict"] == "holds"
    )


def test_one_alternative_has_to_pass_everywhere():
    both = (_rows("a"), _rows("b"))
    assert _verdict(measured=both, reference=95.05, relation="at least")["verdict"] == "differs"
    assert _verdict(measured=both, reference=94.0, relation="at least")["measured"].startswith("94 (b")


def test_claim_is_never_judged_below_its_size():
    size = Size(case="c", quantity="problems", at_least=601)
    verdict = _verdict(tolerance=1.0, needs=(size,))["verdict"]
    assert verdict == "not comparable (needs 601 problems of a in c, has 600)"
    enough = Size(case="c", quantity="problems", at_least=600)
    assert _verdict(tolerance=1.0, needs=(enough,))["verdict"] == "holds"


def test_size_belongs_to_the_method_that_is_judged_or_to_the_one_it_names():
    own = Size(case="c", quantity="problems", at_least=600)
    other = Size(case="c", quantity="problems", at_least=600, method="a")
    at_least = {"measured": (_rows("b"),), "reference": 90.0, "relation": "at least"}
    assert _verdict(**at_least, needs=(own,))["verdict"].startswith("not comparable")
    assert _verdict(**at_least, needs=(other,))["verdict"] == "holds"
    # the alternative whose size suffices decides
    both = (_rows("b"), _rows("a"))
    assert _verdict(measured=both, reference=90.0, relation="at least", needs=(own,))["verdict"] == "holds"


def test_above_is_strict_and_a_difference_within_its_error_cannot_be_told():
    five = {"measured": (_rows("b", x=(5.0,)),), "relation": "above"}
    assert _verdict(**five, reference=94.0)["verdict"] != "holds"
    assert _verdict(**five, reference=93.9)["verdict"] == "holds"
    # the standard error is 0.2
    assert _verdict(**five, reference=93.9, errors=2.0)["verdict"].startswith("not comparable (the difference")
    assert _verdict(**five, reference=94.1, errors=2.0)["verdict"].startswith("not comparable (the difference")
    assert _verdict(**five, reference=93.5, errors=2.0)["verdict"] == "holds"
    assert _verdict(**five, reference=94.5, errors=2.0)["verdict"] == "differs"
    # against rows the errors of both count: hypot(0.2, 0.15) = 0.25
    against = {**five, "reference": _rows("a", x=(5.0,))}
    assert _verdict(**against, errors=4.7)["verdict"] == "holds"
    assert _verdict(**against, errors=4.9)["verdict"].startswith("not comparable")


def test_published_column_holds_published_numbers_alone():
    assert _verdict(tolerance=1.0)["published"] == "95.4"
    assert _verdict(reference=92.0, relation="at least")["published"] == ""
    assert _verdict(reference=92.0, relation="at least")["tolerance"] == "at least 92"
    compared = _verdict(measured=(_rows("b"),), reference=_rows("a"), relation="at least")
    assert compared["published"] == ""
    assert compared["measured"] == "95.1 (b, x = 10, against 95 of a)"


def test_missing_rows_and_missing_published_numbers_are_not_comparable():
    assert _verdict(measured=(_rows("absent"),))["verdict"].startswith("not comparable")
    assert _verdict(measured=(_rows("b"),))["verdict"].startswith("not comparable")
    assert _verdict(measured=(_rows("a", x=(5.0, 7.0)),))["verdict"].startswith("not comparable")


def test_columns_are_the_documented_ones_and_names_are_distinct():
    claim = Claim(name="n", statement="s", source="t", measured=(_rows("a"),), reference=1.0, relation="equals")
    assert list(verdicts(TABLE, [claim], study="s").columns) == COLUMNS
    with pytest.raises(ValueError, match="share a name: n"):
        verdicts(TABLE, [claim, claim], study="s")


def test_operators_write_the_same_claims_as_the_fields():
    score = quantity("c", "q", x=(5, 10))
    statement, size = "B is at least A.", Size(case="c", quantity="problems", at_least=600, method="a")
    long_hand = Claim(
        name="n",
        statement=statement,
        source="t",
        measured=(_rows("b"), _rows("a", x=(5.0,))),
        reference=_rows("a"),
        relation="at least",
        tolerance=(0.1, 0.2),
        errors=2.0,
        needs=(size, Size(case="d", quantity="steps", at_least=3)),
    )
    alternatives = Measured((*score("b").rows, *score("a", x=5).rows))
    comparison = alternatives.at_least(score("a"), within=(0.1, 0.2), errors=2)
    assert claim("n", "t", needs("c", problems=600, of="a"), needs("d", steps=3))(statement, comparison) == long_hand


@pytest.mark.parametrize(
    ("comparison", "relation", "reference"),
    [
        (quantity("c", "q")("a") <= 0.3, "at most", 0.3),
        (quantity("c", "q")("a") >= PUBLISHED, "at least", "published"),
        (quantity("c", "q")("a") > quantity("c", "p", x=2)("b"), "above", _rows("b", x=(2.0,), quantity="p")),
        (quantity("c", "q")("a").equals(1, within=0.1), "equals", 1),
        (
            quantity("c", "q")("a") <= quantity("c", "q")("b").published,
            "at most",
            Rows(case="c", method="b", quantity="q", column="published"),
        ),
    ],
)
def test_operators_name_the_relation_and_take_numbers_published_values_and_rows(comparison, relation, reference):
    assert (comparison.measured, comparison.relation) == ((_rows("a", x=()),), relation)
    assert comparison.reference == reference


def test_comparisons_cannot_be_chained_and_references_have_no_alternatives():
    score = quantity("c", "q")
    with pytest.raises(TypeError, match="neither true nor false"):
        assert 0.1 <= score("a") <= 0.3
    with pytest.raises(ValueError, match="2 alternatives"):
        score("a") <= score("a", "b")  # noqa: B015


def test_class_says_who_claims():
    own, stated = {"reference": 1.0, "source": "ours, beside the lecture"}, {"reference": 1.0, "source": "the lecture"}
    printed = Rows(case="c", method="a", quantity="q", x=(5.0, 10.0), column="published")
    assert _verdict(**own)["class"] == "own"
    assert _verdict(**stated)["class"] == "stated"
    assert _verdict(source="ours, beside the lecture")["class"] == "printed"
    assert _verdict(**{**own, "reference": printed})["class"] == "printed"
    assert _verdict(**{**own, "reference": _rows("b")})["class"] == "own"
