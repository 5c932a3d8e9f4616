"""The one table schema."""

import numpy as np
import pandas as pd
import pytest

from mlsim.published import COLUMNS as PUBLISHED
from mlsim.published import KINDS, printed, printed_rows
from mlsim.quantities import Quantity
from mlsim.storage import read_table
from mlsim.tables import (
    COLUMNS,
    CaseLayout,
    Layout,
    Mean,
    aggregated,
    laid_out,
    mean_row,
    metrics,
    percent_row,
    standard_error,
    with_means,
    with_published,
)

ROW = {"case": "c", "method": "m", "seed": 0, "x": 5.0, "quantity": "q", "value": 1.0, "se": 0.5, "unit": "1"}
QUANTITIES = {"q": Quantity("1", "a number"), "r": Quantity("1", "another"), "fraction": Quantity("percent", "hits")}


def _frame(*changes):
    return metrics(pd.DataFrame([{**ROW, **change} for change in changes]), QUANTITIES)


def test_error_within_seeds_does_not_average_out_and_spread_between_seeds_does():
    values = np.array([1.0, 2.0, 6.0])
    table = aggregated([_frame({"seed": k, "value": v, "se": 0.5}) for k, v in enumerate(values)])
    assert table["value"].item() == values.mean()
    assert table["se"].item() == pytest.approx(np.sqrt(0.5**2 + values.var(ddof=1) / 3))
    assert table["seeds"].item() == 3


def test_one_seed_keeps_its_error_and_a_quantity_without_error_has_none():
    table = aggregated([_frame({}, {"quantity": "r", "se": np.nan})])
    assert table["se"].tolist()[0] == 0.5
    assert np.isnan(table["se"].tolist()[1])


def test_rows_without_abscissa_stay_one_row():
    table = aggregated([_frame({"x": np.nan}), _frame({"x": np.nan, "seed": 1})])
    assert len(table) == 1


def test_only_numbers_of_the_paper_fill_the_published_column(tmp_path):
    path = tmp_path / "s.csv"
    rows = ["5,q,7.5,,1,paper,p/a", "5,q,7.6,,1,paper,p/b", "5,q,8.5,,1,rerun,p/c", "6,q,9.5,,1,paper,p/a"]
    lines = [f"s,c,m,{row},somewhere" for row in rows]
    path.write_text("\n".join([",".join(PUBLISHED), *lines]))
    table = with_published(aggregated([_frame({}, {"x": 7.0})]), printed(printed_rows(path)))
    assert list(table.columns) == COLUMNS
    assert table["published"].tolist()[0] == 7.5
    assert np.isnan(table["published"].tolist()[1])


def test_table_does_not_depend_on_the_order_of_its_parts():
    parts = [_frame({"method": name, "x": x}) for name in ("b", "a") for x in (10.0, 5.0)]
    forward, backward = with_published(aggregated(parts), []), with_published(aggregated(parts[::-1]), [])
    pd.testing.assert_frame_equal(forward, backward)
    assert forward["x"].tolist() == [5.0, 10.0, 5.0, 10.0]


def test_duplicate_rows_and_foreign_columns_are_refused():
    with pytest.raises(ValueError, match="twice"):
        _frame({}, {"value": 2.0})
    with pytest.raises(ValueError, match="needed are"):
        metrics(pd.DataFrame([{**ROW, "time": 3.0}]), QUANTITIES)
    with pytest.raises(ValueError, match="two units"):
        aggregated([_frame({}), _frame({"seed": 1}).assign(unit="percent")])
    with pytest.raises(ValueError, match="two metrics files"):
        aggregated([_frame({}), _frame({"value": 2.0})])


def test_quantities_that_are_not_registered_and_other_units_are_refused():
    with pytest.raises(
        ValueError, match=r"quantity 'fracton' is not in .*quantities.py: did you mean fraction\? Allowed"
    ):
        _frame({"quantity": "fracton", "unit": "percent"})
    with pytest.raises(ValueError, match=r"quantity 'zzz' is not in .*: register it there. Allowed are fraction, q, r"):
        _frame({"quantity": "zzz"})
    with pytest.raises(ValueError, match=r"quantity 'fraction' has the unit '1': .* allows 'percent'"):
        _frame({"quantity": "fraction"})


def test_mean_has_the_standard_error_of_independent_values_and_none_for_a_single_one():
    values = np.array([1.0, 2.0, 6.0])
    found = mean_row("q", values, x=2.0)
    assert (found["value"], found["x"]) == (3.0, 2.0)
    # sum of squares 4 + 1 + 9, over n - 1, over n
    assert found["se"] == pytest.approx(np.sqrt(14 / 2 / 3))
    assert np.isnan(standard_error([3.0]))


def test_percentage_of_hits_has_the_binomial_error_with_one_degree_less():
    hits = np.arange(10) < 3
    found = percent_row("fraction", hits)
    assert found["value"] == pytest.approx(30.0)
    assert found["se"] == pytest.approx(100 * np.sqrt(0.3 * 0.7 / 9))
    assert found["unit"] == "percent"


def test_layout_puts_published_and_measured_side_by_side():
    table = with_published(aggregated([_frame({}, {"x": 10.0, "value": 3.0})]), [])
    layout = Layout(case="c", quantity="q", label="Method", methods={"m": "M", "absent": "A"}, x=(10.0, 5.0))
    frame = laid_out(table, layout)
    assert frame["Method"].tolist() == ["M", "A"]
    assert frame["10 measured"].tolist()[0] == 3.0
    assert np.isnan(frame["5 measured"].tolist()[1])
    assert frame.columns.tolist()[1:4] == ["10 published", "10 measured", "10 se"]


def test_layout_by_case_has_a_row_for_each_case_and_columns_for_each_method():
    table = with_published(aggregated([_frame({}, {"case": "d", "value": 3.0}, {"x": 7.0, "value": 9.0})]), [])
    layout = CaseLayout(cases={"d": "D", "c": "C"}, quantity="q", label="Case", methods={"m": "M", "n": "N"}, x=5.0)
    frame = laid_out(table, layout)
    assert frame["Case"].tolist() == ["D", "C"]
    assert frame["M measured"].tolist() == [3.0, 1.0]
    assert frame["N measured"].isna().all()
    assert frame.columns.tolist()[1:4] == ["M published", "M measured", "M se"]


def test_a_mean_of_rows_has_the_mean_of_their_values_errors_and_published_numbers():
    entries = [{"case": "c", "value": 1.0, "se": 0.1}, {"case": "d", "value": 4.0, "se": 0.3}, {"case": "e"}]
    entries.append({"case": "d", "value": 4.0, "se": 0.3, "seed": 1})
    table = with_published(aggregated([_frame(*entries)]), [])
    table["published"] = [2.0, 3.0, np.nan]

    def mean(*cases: str) -> Mean:
        members = [(case, "m") for case in cases]
        return Mean(case="all", method="m", quantity="mean_q", x=5.0, members=members, of="q")

    longer = with_means(table, [mean("c", "d"), mean("c", "absent")])
    assert list(longer.columns) == COLUMNS
    assert longer["case"].tolist() == ["all", "c", "d", "e"]
    assert longer.iloc[0][["value", "se", "published", "seeds"]].tolist() == [2.5, 0.2, 2.5, 1.0]
    # a mean of what was not published has no published number
    assert np.isnan(with_means(table, [mean("c", "e")])["published"].iloc[0])
    pd.testing.assert_frame_equal(with_means(table, [mean("absent")]), table)
    mixed = table.assign(unit=["1", "%", "1"])
    with pytest.raises(ValueError, match="mean_q of all has members in several units"):
        with_means(mixed, [mean("c", "d")])


def test_a_mean_of_rows_without_abscissa_is_one_of_them():
    table = with_published(aggregated([_frame({"x": np.nan}, {"value": 7.0})]), [])
    mean = Mean(case="all", method="m", quantity="mean_q", x=np.nan, members=[("c", "m")], of="q")
    assert with_means(table, [mean]).iloc[0][["case", "value"]].tolist() == ["all", 1.0]


def test_every_published_number_has_a_source_and_a_kind(root):
    files = sorted((root / "config" / "published").glob("*.csv"))
    assert files
    for path in files:
        frame = read_table(path)
        assert list(frame.columns) == PUBLISHED
        assert (frame["study"] == path.stem).all()
        assert frame["kind"].isin(KINDS).all()
        assert frame["location"].str.fullmatch(r"[\w.-]+/[\w-]+").all()
        assert (frame["source"].str.len() > 5).all()
        assert np.isfinite(frame["value"]).all()
        assert not frame.duplicated(["location", "case", "method", "x", "quantity"]).any()
        # the first of two places fills the table, which needs one number per row
        numbers = pd.DataFrame(printed(printed_rows(path)))
        assert not numbers.duplicated(["case", "method", "x", "quantity"]).any()


def test_published_quantity_without_abscissa_fills_the_row_without_one():
    text = {"case": "c", "method": "m", "x": "", "quantity": "q", "value": "7.5"}
    table = with_published(aggregated([_frame({"x": np.nan}, {"x": 5.0})]), [text])
    assert table.set_index("x")["published"].dropna().to_dict().keys() != {5.0}
    assert table[table["x"].isna()]["published"].item() == 7.5
