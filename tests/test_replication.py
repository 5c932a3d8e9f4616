"""Printed numbers beside ours: tables of papers and verdicts, on small tables whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from mlsim.replication import (
    Line,
    Number,
    Pair,
    PrintedTable,
    compared,
    declared,
    html_fragment,
    measured_numbers,
    paper_table,
    printed_numbers,
    replication,
)

NO_CLAIMS = pd.DataFrame(columns=["study", "claim", "measured", "verdict"])


def _table(*rows):
    return pd.DataFrame(list(rows), columns=["case", "method", "x", "quantity", "value", "se"])


def _printed(method, x, value, se="", *, location="p/tab_1", case="c"):
    return {"study": "s", "case": case, "method": method, "x": x, "quantity": "q", "value": value, "se": se,
            "kind": "paper", "location": location}  # fmt: skip


TABLE = _table(("c", "a", 5.0, "q", 92.8, 0.1), ("c", "a", 10.0, "q", 95.0, np.nan), ("c", "b", 5.0, "q", 90.0, 0.3))
TABLE = pd.concat([TABLE, _table(("c", "a", np.nan, "problems", 600.0, np.nan))])
PRINTED = [_printed("a", "5", "92.9"), _printed("a", "10", "95.4"), _printed("b", "5", "91.5", "0.4")]


def _judged(tables=TABLE, printed=PRINTED, *, claims=NO_CLAIMS, runs=(), **fields):
    entry = {"number": 1, "source": "t", "study": "s", "location": "p/tab_1", **fields}
    lines = declared([entry], Line)
    return replication(lines, printed, {"s": tables}, claims=claims, stored=dict(runs)).iloc[0]


def _keys(method="a", x=(5, 10)):
    return [{"case": "c", "method": method, "quantity": "q", "x": list(x)}]


def _pair(printed, measured, *, decimals=1, se=0.0, printed_se=0.0):
    first = Number(value=printed, decimals=decimals, se=printed_se)
    return Pair(method="m", printed=first, measured=Number(value=measured, se=se))


def _compared(*pairs, **fields):
    return compared(pairs, Line(number=1, source="t", **fields))


def test_a_number_is_reproduced_within_half_a_unit_of_its_last_printed_digit():
    assert _compared(_pair(92.9, 92.9499)) == "reproduced (1 of 1 to the printed digits)"
    assert _compared(_pair(92.9, 92.8501)).startswith("reproduced")
    assert _compared(_pair(92.9, 92.96)).startswith("not reproduced (0 of 1")
    assert _compared(_pair(92.90, 92.9499, decimals=2)).startswith("not reproduced")


def test_the_digits_that_a_table_stores_count_too():
    # 4.92702 is what six digits leave of 4.927016
    assert _compared(_pair(4.927016, 4.92702, decimals=6)).startswith("reproduced")
    assert _compared(_pair(4.927016, 4.92703, decimals=6)).startswith("not reproduced")


@pytest.mark.parametrize("sign", [-1, 1])
def test_equality_is_two_sided(sign):
    assert _compared(_pair(17.3, 17.3 + sign * 5)).startswith("not reproduced")
    assert _compared(_pair(17.3, 17.3 + sign * 0.4), within=0.5) == "reproduced (1 of 1 within 0.5)"
    assert _compared(_pair(17.3, 17.3 + sign * 0.6), within=0.5).startswith("not reproduced")


def test_both_standard_errors_widen_the_tolerance():
    # hypot(3, 4) = 5: two of them are 10
    near, far = (_pair(100.0, 100.0 + d, decimals=0, se=3.0, printed_se=4.0) for d in (10.4, 10.6))
    assert _compared(near) == "reproduced (1 of 1 within the printed digits + 2 se)"
    assert _compared(far).startswith("not reproduced")
    assert _compared(near, errors=1).startswith("not reproduced")


def test_what_is_better_than_printed_is_counted_and_not_taken_for_reproduced():
    verdict = _compared(_pair(0.2, 0.1, decimals=3), _pair(0.2, 0.3, decimals=3), better="smaller")
    assert verdict == "not reproduced (0 of 2 to the printed digits, 1 better than printed)"
    assert "better" not in _compared(_pair(0.2, 0.1, decimals=3))


def test_a_part_that_is_reproduced_is_a_count():
    assert _compared(_pair(1.0, 1.2), _pair(1.0, 1.4), _pair(1.0, 1.0), within=0.3) == "2 of 3 within 0.3"


def test_bounds_are_one_sided():
    assert _compared(_pair(5, 3.9, decimals=0), rule="at most").startswith("reproduced")
    assert _compared(_pair(5, 5.6, decimals=0), rule="at most").startswith("not reproduced")
    assert _compared(_pair(5, 3.9, decimals=0), rule="at least").startswith("not reproduced")


def test_a_sign_within_its_error_is_no_sign():
    assert _compared(_pair(1.2, 0.3), rule="sign") == "same sign (1 of 1)"
    assert _compared(_pair(1.2, -0.3), rule="sign").startswith("not reproduced")
    assert _compared(_pair(1.2, 0.3, se=0.2), rule="sign").startswith("not reproduced")
    assert _compared(_pair(1.2, 0.3, se=0.1), rule="sign") == "same sign (1 of 1)"


def test_missing_numbers_leave_no_verdict():
    missing = Pair(method="m", printed=Number(value=1.0), measured=None)
    assert _compared(_pair(1.0, 1.0), missing) == "not comparable (1 of 2 numbers are not measured)"
    row = _judged(numbers=[{"case": "c", "method": "d", "quantity": "q", "x": 5}], printed=[_printed("d", "5", "1.0")])
    assert (row["measured"], row["size"]) == ("", "smaller")


def test_a_line_shows_the_digits_as_they_are_printed_and_ours_with_their_error():
    row = _judged(numbers=_keys(), within=0.5)
    assert row[["printed", "measured"]].tolist() == ["92.9, 95.4", "92.80 +- 0.10, 95.0"]
    assert row[["size", "verdict"]].tolist() == ["published", "reproduced (2 of 2 within 0.5)"]


def test_many_numbers_are_shown_by_the_largest_difference_of_each_method():
    printed = [_printed("a", str(x), "1.0") for x in range(10)]
    rows = _table(*(("c", "a", float(x), "q", 1.0 + (-0.1) ** x, np.nan) for x in range(10)))
    row = _judged(rows, printed, numbers=_keys(x=range(10)), within=0.5)
    assert row[["printed", "measured"]].tolist() == ["10 numbers", "largest difference +1.00 (a)"]
    assert row["verdict"] == "9 of 10 within 0.5"


def test_differences_and_means_carry_the_errors():
    minus = _judged(numbers=_keys(x=[5]), minus={"method": "b"}, rule="sign")
    # 92.9 - 91.5; 92.8 - 90 with hypot(0.1, 0.3)
    assert minus[["printed", "measured"]].tolist() == ["+1.4 +- 0.4", "2.80 +- 0.32"]
    mean = _judged(numbers=_keys(), mean=True, within=1)
    # (92.9 + 95.4) / 2; (92.8 + 95) / 2 with (0.1 + 0) / 2
    assert mean[["printed", "measured"]].tolist() == ["94.15", "93.900 +- 0.050"]


def test_our_key_may_differ_from_the_printed_one():
    row = _judged(numbers=_keys(x=[5]), measured={"method": "b"}, within=3)
    assert row["measured"] == "90.00 +- 0.30"


def test_further_numbers_are_shown_behind_the_measured_ones():
    other = {"case": "c", "method": "b", "quantity": "q", "x": 5}
    row = _judged(numbers=_keys(x=[5]), beside={"alone": other, "absent": {**other, "x": 6}}, within=0.5)
    assert row["measured"] == "92.80 +- 0.10; alone: 90"


def test_what_others_print_is_shown_behind_the_printed_number():
    printed = [*PRINTED, _printed("a", "5", "94.7", location="p/retraining")]
    row = _judged(printed=printed, numbers=_keys(x=[5]), others={"retraining": "p/retraining"}, within=0.5)
    assert row[["printed", "verdict"]].tolist() == ["92.9; retraining: 94.7", "reproduced (1 of 1 within 0.5)"]


NEED = {"case": "c", "method": "a", "quantity": "problems"}


def test_below_the_published_size_the_stored_run_is_shown_and_named():
    needs = [{**NEED, "at_least": 1000}]
    table = _table(("c", "a", 5.0, "q", 92.9, np.nan), ("c", "a", np.nan, "problems", 1000.0, np.nan))
    fields = {"numbers": _keys(x=[5]), "published_size": needs, "stored": "old"}
    row = _judged(runs={"old": {"s": table}}, **fields)
    assert row[["measured", "size"]].tolist() == ["92.90", "published (stored run old)"]
    assert row["verdict"].startswith("reproduced")
    # a stored run that is too small is no better
    assert _judged(runs={"old": {"s": TABLE}}, **fields)["size"] == "smaller"
    assert _judged(**fields)["verdict"] == "not comparable (needs 1,000 problems of a, has 600)"


def test_sizes_say_where_the_run_is_and_whether_it_is_judged():
    needs, fewer = [{**NEED, "at_least": 1000}], [{**NEED, "at_least": 600}]
    fields = {"numbers": _keys(x=[5]), "published_size": needs, "default_size": fewer, "within": 0.5}
    assert _judged(**fields)[["size", "verdict"]].tolist() == ["default", "reproduced (1 of 1 within 0.5)"]
    alone = _judged(**fields, judged="published", reason="other images")
    assert alone[["size", "verdict"]].tolist() == ["default", "not comparable (other images)"]
    assert _judged(**{**fields, "size": "smaller"})["size"] == "smaller"
    small = _judged(**{**fields, "default_size": needs})
    assert small[["size", "verdict"]].tolist() == ["smaller", "not comparable (needs 1,000 problems of a, has 600)"]
    never = _judged(**{**fields, "published_size": "never"})
    assert never["size"] == "default"


def test_statements_are_judged_by_their_claims():
    rows = [("s", "one", "1.5 (m, x = 5)", "holds"), ("s", "two", "2 (m)", "differs")]
    claims = pd.DataFrame(rows, columns=NO_CLAIMS.columns)
    both = _line(claims, ["one", "two"])
    assert both[["printed", "measured", "verdict"]].tolist() == ["below", "1.5, 2", "1 of 2 statements hold"]
    assert _line(claims, ["one"])["verdict"] == "reproduced (1 of 1 statements hold)"
    assert _line(claims, ["two"])["verdict"] == "not reproduced (0 of 1 statements hold)"
    assert _line(claims, ["three"])["verdict"] == "not comparable (a claim was not judged)"
    unknown = claims.assign(verdict="not comparable (needs 5 seeds)")
    assert _line(unknown, ["one", "two"])["verdict"] == "not comparable (needs 5 seeds)"


def _line(claims, names):
    line = Line(number=1, source="t", study="s", printed="below", claims=names)
    return replication([line], [], {"s": TABLE}, claims=claims, stored={}).iloc[0]


def test_a_line_without_any_number_says_why():
    line = Line(number=1, source="t", printed="minutes", reason="times differ")
    row = replication([line], [], {}, claims=NO_CLAIMS, stored={}).iloc[0]
    assert row[["printed", "measured", "size", "verdict"]].tolist() == [
        "minutes",
        "",
        "",
        "not comparable (times differ)",
    ]


def test_lines_are_sorted_and_refused_where_they_are_wrong():
    lines = [Line(number=n, source="t", reason="r") for n in (2, 1)]
    assert replication(lines, [], {}, claims=NO_CLAIMS, stored={})["number"].tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"numbers \[1, 1\]"):
        replication([lines[1], lines[1]], [], {}, claims=NO_CLAIMS, stored={})
    with pytest.raises(ValueError, match=r"line 1 names .*p/tab_1 prints no such number"):
        _judged(numbers=_keys(method="z"))
    with pytest.raises(ValueError, match="unknown field"):
        declared([{"number": 1, "source": "t", "tolerance": 1}], Line)


LAYOUT = PrintedTable(
    location="p/tab_1",
    study="s",
    title="t",
    label="Method",
    fixed={"case": "c", "quantity": "q"},
    rows={"A": {"method": "a"}, "B": {"method": "b"}},
    columns=[5, 10],
)


def test_a_table_of_a_paper_has_its_rows_and_columns():
    printed = printed_numbers(PRINTED, study="s", location="p/tab_1")
    frame = paper_table(LAYOUT, printed, measured_numbers(TABLE))
    assert list(frame.columns) == ["Method", "5", "10"]
    assert frame.to_numpy().tolist() == [
        ["A", "92.9 | 92.80 +- 0.10 | -0.10", "95.4 | 95.0 | -0.4"],
        ["B", "91.5 | 90.00 +- 0.30 | -1.50", "- | - | -"],
    ]
    page = html_fragment(frame, title="a < b")
    assert page.count("<tr>") == 3
    assert "<caption>a &lt; b</caption>" in page


def test_numbers_of_another_place_are_not_those_of_the_table():
    elsewhere = [_printed("a", "5", "1.0", location="p/tab_2")]
    assert printed_numbers(elsewhere, study="s", location="p/tab_1") == {}
