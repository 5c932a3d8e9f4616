"""Printed numbers beside ours: the tables of the papers in their own rows and columns, and one verdict per line.

All is declared in ``config/published``: the printed numbers (``<study>.csv``, see :mod:`mlsim.published`), how a paper
arranges them (``layouts.yaml``, a list of :class:`PrintedTable`), and what ``results/replication.csv`` compares
(``replication.yaml``, a list of :class:`Line`). Nothing here knows a study.
"""

import html
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec
import pandas as pd

COLUMNS = ["number", "source", "printed", "measured", "size", "verdict"]
KEY = ("case", "method", "x", "quantity")
# more numbers than these are shown by their largest differences
SHOWN = 9
# so many are shown with an error each
FEW = 3
# as many significant digits as a table stores
STORED_DIGITS = 6

Key = tuple[str, str, float | None, str]
# values of the fields of a key; a list stands for one key for each of its members
Fields = dict[Literal["case", "method", "x", "quantity"], str | float | list[str | float]]


class Declared(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Base of what the files declare: an unknown key is refused."""


class PrintedTable(Declared, frozen=True, kw_only=True):
    """A table of a paper: each of its cells is a key of our table, put together from the table, its row and its column.

    Attributes:
        location: as in the printed numbers, ``<arXiv id>/tab_<number>``.
        study: whose table it is compared with.
        title: what it shows, in our words.
        label: name of the first column.
        fixed: fields that all cells share.
        rows: fields of each row by the name that the paper gives it, in the paper's order.
        columns: likewise, or a list of ``x`` that are their own names.
    """

    location: str
    study: str
    title: str
    label: str
    fixed: Fields = {}
    rows: dict[str, Fields]
    columns: dict[str, Fields] | list[float]


class Need(Declared, frozen=True, kw_only=True):
    """A size: the value of the row without abscissa must reach ``at_least``."""

    case: str
    method: str
    quantity: str
    at_least: float


class Line(Declared, frozen=True, kw_only=True):
    """One line of the replication table.

    Attributes:
        number: its number.
        source: paper or lecture, and what is printed there.
        study: whose table is compared.
        location: of the printed numbers, or several.
        numbers: keys of the printed numbers.
        measured: fields in which the keys of our numbers differ from those.
        minus: fields of a second key, whose number is subtracted, in print and in ours.
        measured_minus: fields of our second key, where it differs in others than ``minus``.
        shows: keys of our numbers to be shown where those to be compared are not measured.
        beside: keys of our other numbers that are shown behind the measured ones, by what they are.
        others: locations where others print the same numbers, such as a retraining, by what they are.
        mean: whether the mean of all numbers is compared.
        rule: ``equal`` is two-sided; ``sign`` compares signs; ``at most`` and ``at least`` are bounds that are printed
            as bounds.
        within: tolerance; 0 stands for the printed and the stored digits plus ``errors`` standard errors.
        errors: how many standard errors count, of the printed and the measured number together.
        better: which numbers are better, if any: those outside the tolerance on that side are counted by themselves.
        claims: names of claims, in place of numbers: a statement is reproduced if all of them hold.
        printed: what is printed, in words where it is not a number in the files.
        published_size: sizes at which our numbers count as measured at the published size; ``never`` if no run does.
        default_size: likewise for the default size; where it is empty, the run at hand is below it.
        size: ``smaller`` for data of our own that are smaller than the published at every size of ours.
        judged: the least size at which there is a verdict.
        stored: name of a stored run whose numbers are shown where the run at hand is below the published size.
        reason: why there is no verdict below the size; by default the size that is missing.
        note: what a reader of the measured numbers must know.
    """

    number: int
    source: str
    study: str = ""
    location: str | list[str] = ""
    numbers: list[Fields] = []
    measured: Fields = {}
    minus: Fields = {}
    measured_minus: Fields = {}
    shows: list[Fields] = []
    beside: dict[str, Fields] = {}
    others: dict[str, str] = {}
    mean: bool = False
    rule: Literal["equal", "sign", "at most", "at least"] = "equal"
    within: float = 0.0
    errors: float = 2.0
    better: Literal["", "smaller", "larger"] = ""
    claims: list[str] = []
    printed: str = ""
    published_size: list[Need] | Literal["never"] = []
    default_size: list[Need] = []
    size: Literal["", "smaller"] = ""
    judged: Literal["default", "published"] = "default"
    stored: str = ""
    reason: str = ""
    note: str = ""


_Declared = TypeVar("_Declared", PrintedTable, Line)


def declared(entries: object, kind: type[_Declared]) -> list[_Declared]:
    """The entries of ``layouts.yaml`` or ``replication.yaml``, as they are read from YAML or JSON.

    Raises:
        ValueError: an entry has an unknown key or a value of a wrong type.
    """
    return msgspec.convert(entries, type=list[kind])


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number with its standard error (0 where there is none) and the decimals with which it is shown."""

    value: float
    se: float = 0.0
    decimals: int = 6
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A printed number and ours, which is None where it was not measured."""

    method: str
    printed: Number
    measured: Number | None


def measured_numbers(table: pd.DataFrame) -> dict[Key, Number]:
    """The values of a study's table by their key."""
    columns = (table[name].tolist() for name in (*KEY, "value", "se"))
    return {
        (str(case), str(method), _abscissa(x), str(quantity)): Number(value=value, se=_zero_if_nan(se))
        for case, method, x, quantity, value, se in zip(*columns, strict=True)
    }


def stored_table(rows: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """The table of a stored run from its rows as text; rows that come twice count once.

    >>> row = {"case": "c", "method": "m", "x": "", "quantity": "q", "value": "1.5", "se": ""}
    >>> stored_table([row, row])["value"].tolist()
    [1.5]
    """
    frame = pd.DataFrame(list(rows), columns=[*KEY, "value", "se"]).drop_duplicates(list(KEY))
    numbers = frame[["x", "value", "se"]].replace("", "nan").astype(float)
    return frame.assign(**{str(name): numbers[name] for name in numbers})


def printed_numbers(rows: Sequence[Mapping[str, str]], *, study: str, location: str) -> dict[Key, Number]:
    """The numbers that one location prints, by their key.

    Args:
        rows: printed numbers of all studies, as text, see :func:`mlsim.published.printed_rows`.
        study: the study's name.
        location: the table or figure.
    """
    return {
        (row["case"], row["method"], _abscissa(row["x"]), row["quantity"]): Number(
            value=float(row["value"]),
            se=float(row["se"] or 0.0),
            decimals=len(row["value"].partition(".")[2]),
            text=row["value"],
        )
        for row in rows
        if row["study"] == study and row["location"] == location
    }


def paper_table(layout: PrintedTable, printed: Mapping[Key, Number], measured: Mapping[Key, Number]) -> pd.DataFrame:
    """A table of a paper in its own rows and columns; cells are ``printed | measured +- se | difference``.

    A number that is not printed or not measured is ``-``.
    """
    columns: dict[str, Fields]
    columns = layout.columns if isinstance(layout.columns, dict) else {f"{x:g}": {"x": x} for x in layout.columns}
    rows = []
    for name, row in layout.rows.items():
        keys = {title: _keys({**layout.fixed, **row, **column})[0] for title, column in columns.items()}
        cells = {title: _cell(printed.get(key), measured.get(key)) for title, key in keys.items()}
        rows.append({layout.label: name, **cells})
    return pd.DataFrame(rows)


def paper_pages(
    layouts: Sequence[PrintedTable], rows: Sequence[Mapping[str, str]], tables: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Location, table and HTML fragment of each table of a paper, in the order of the layouts.

    Args:
        layouts: how the papers arrange their tables.
        rows: printed numbers of all studies, as text.
        tables: our tables by study.
    """
    for layout in layouts:
        printed = printed_numbers(rows, study=layout.study, location=layout.location)
        frame = paper_table(layout, printed, measured_numbers(tables[layout.study]))
        yield layout.location, frame, html_fragment(frame, title=f"{layout.location}: {layout.title}")


def _cell(printed: Number | None, measured: Number | None) -> str:
    if measured is None or printed is None:
        return f"{printed.text if printed else '-'} | {_shown(measured, STORED_DIGITS) if measured else '-'} | -"
    decimals = _decimals(measured, printed.decimals)
    return f"{printed.text} | {_shown(measured, printed.decimals)} | {measured.value - printed.value:+.{decimals}f}"


def _shown(number: Number, printed: int) -> str:
    """A number with its error, where ``printed`` decimals are printed."""
    decimals = _decimals(number, printed)
    return f"{number.value:.{decimals}f}" + (f" +- {number.se:.{decimals}f}" if number.se else "")


def _decimals(number: Number, printed: int) -> int:
    """Decimals with which to show a number: two digits of its error, or one more than is printed."""
    if number.se:
        return max(0, 1 - math.floor(math.log10(number.se)))
    if number.value == round(number.value):
        return printed if printed < STORED_DIGITS else 0
    return max(0, min(printed + 1, STORED_DIGITS - 1 - math.floor(math.log10(abs(number.value)))))


def html_fragment(frame: pd.DataFrame, *, title: str) -> str:
    """A table as HTML, to be put into a page.

    >>> html_fragment(pd.DataFrame({"a": ["<1"]}), title="t").count("&lt;1")
    1
    """
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in frame.columns)
    lines = [
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in frame.itertuples(index=False)
    ]
    caption = f"<caption>{html.escape(title)}</caption>"
    return "\n".join(
        ["<table>", caption, f"<thead><tr>{head}</tr></thead>", "<tbody>", *lines, "</tbody>", "</table>\n"]
    )


def replication(
    lines: Sequence[Line],
    rows: Sequence[Mapping[str, str]],
    tables: Mapping[str, pd.DataFrame],
    *,
    claims: pd.DataFrame,
    stored: Mapping[str, Mapping[str, pd.DataFrame]],
) -> pd.DataFrame:
    """One row per line, in the order of the numbers.

    Args:
        lines: what is compared.
        rows: printed numbers of all studies, as text.
        tables: the tables of the run at hand, by study; a study may be missing.
        claims: verdicts on claims, columns ``study, claim, measured, verdict`` at least.
        stored: tables of stored runs, by the run's name and study.

    Raises:
        ValueError: two lines have one number, or a number that a line names is not printed.
    """
    numbers = [line.number for line in lines]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"replication lines have the numbers {sorted(numbers)}: allowed is each number once")
    judged = [_judged(line, rows, tables, claims=claims, stored=stored) for line in sorted(lines, key=_number)]
    return pd.DataFrame(judged, columns=COLUMNS)


def _number(line: Line) -> int:
    return line.number


def _judged(
    line: Line,
    rows: Sequence[Mapping[str, str]],
    tables: Mapping[str, pd.DataFrame],
    *,
    claims: pd.DataFrame,
    stored: Mapping[str, Mapping[str, pd.DataFrame]],
) -> dict[str, object]:
    numbers = measured_numbers(tables[line.study]) if line.study in tables else {}
    size, missing = _size(line, numbers)
    if size != "published" and line.study in stored.get(line.stored, {}):
        instead = measured_numbers(stored[line.stored][line.study])
        if not _lacking(line.published_size, instead):
            numbers, size, missing = instead, f"published (stored run {line.stored})", ""
    if line.numbers:
        pairs = _pairs(line, line.location, rows, measured=numbers)
        text, shown, verdict = _printed_text(pairs), _measured_text(pairs), compared(pairs, line)
        for name, location in line.others.items():
            text += f"; {name}: {_printed_text(_pairs(line, location, rows, measured=numbers))}"
    else:
        text = line.printed
        shown, verdict = _from_claims(line, claims)
    if not shown:
        shown = _plain(line.shows, numbers)
    others = {name: _plain([fields], numbers) for name, fields in line.beside.items()}
    shown += "".join(f"; {name}: {values}" for name, values in others.items() if values)
    if missing:
        verdict = f"not comparable ({missing})"
    if not (line.numbers or line.claims or line.shows):
        size = ""
    elif size == "published" and verdict.startswith("not comparable"):
        size = "smaller"
    measured = f"{shown} ({line.note})" if shown and line.note else shown
    cells = {"printed": text, "measured": measured, "size": size, "verdict": verdict}
    return {"number": line.number, "source": line.source, **cells}


def _plain(entries: Sequence[Fields], numbers: Mapping[Key, Number]) -> str:
    """The numbers of some keys with four digits, without those that are not measured."""
    keys = [key for fields in entries for key in _keys(fields)]
    return " ".join(f"{numbers[key].value:.4g}" for key in keys if key in numbers)


def _size(line: Line, measured: Mapping[Key, Number]) -> tuple[str, str]:
    """The size of the run at hand, and why there is no verdict at this size; empty if there is one."""
    published = _lacking(line.published_size, measured)
    if not published:
        return "published", ""
    default = _lacking(line.default_size or line.published_size, measured)
    missing = published if line.judged == "published" else default
    return line.size or ("smaller" if default else "default"), missing and (line.reason or missing)


def _pairs(
    line: Line, location: str | list[str], rows: Sequence[Mapping[str, str]], *, measured: Mapping[Key, Number]
) -> list[Pair]:
    """What one location, or several, prints for a line, and what is measured."""
    printed: dict[Key, Number] = {}
    for name in [location] if isinstance(location, str) else location:
        printed |= printed_numbers(rows, study=line.study, location=name)
    keys = [key for fields in line.numbers for key in _keys(fields)]
    subtracted = [_changed(key, line.minus) for key in keys] if line.minus else []
    unknown = [key for key in [*keys, *subtracted] if key not in printed]
    if unknown:
        raise ValueError(f"replication line {line.number} names {unknown[0]}: {location} prints no such number")
    pairs = []
    for key in keys:
        key_here = _changed(key, line.measured)
        first, second = printed[key], measured.get(key_here)
        if line.minus:
            first = _difference(first, printed[_changed(key, line.minus)])
            other = measured.get(_changed(key_here, line.measured_minus or line.minus))
            second = _difference(second, other) if second and other else None
        pairs.append(Pair(method=key[1], printed=first, measured=second))
    if not line.mean:
        return pairs
    known = [pair.measured for pair in pairs if pair.measured]
    mean = _mean(known) if len(known) == len(pairs) else None
    return [Pair(method="mean", printed=_mean([pair.printed for pair in pairs]), measured=mean)]


def compared(pairs: Sequence[Pair], line: Line) -> str:
    """The verdict: ``reproduced``, ``not reproduced``, ``7 of 9 within 0.5`` or ``not comparable (reason)``.

    >>> same = Pair(method="m", printed=Number(value=1.25, decimals=2), measured=Number(value=1.252))
    >>> line = Line(number=1, source="s")
    >>> compared([same], line)
    'reproduced (1 of 1 to the printed digits)'
    """
    numbers = [(pair.printed, pair.measured) for pair in pairs if pair.measured is not None]
    if len(numbers) < len(pairs):
        return f"not comparable ({len(pairs) - len(numbers)} of {len(pairs)} numbers are not measured)"
    passed = [_passes(printed, measured, line) for printed, measured in numbers]
    if line.rule == "sign":
        rule = "with the printed sign"
    elif line.rule != "equal":
        rule = f"{line.rule} the printed bound"
    elif line.within:
        rule = f"within {line.within:g}"
    else:
        spread = any(printed.se or measured.se for printed, measured in numbers)
        rule = f"within the printed digits + {line.errors:g} se" if spread else "to the printed digits"
    count = f"{sum(passed)} of {len(passed)} {rule}"
    sign = {"smaller": -1.0, "larger": 1.0, "": 0.0}[line.better]
    signed = [sign * (measured.value - printed.value) for printed, measured in numbers]
    better = sum(gain > 0 and not passes for gain, passes in zip(signed, passed, strict=True))
    count += f", {better} better than printed" if better else ""
    if all(passed):
        return f"same sign ({len(passed)} of {len(passed)})" if line.rule == "sign" else f"reproduced ({count})"
    return count if any(passed) else f"not reproduced ({count})"


def _passes(printed: Number, measured: Number, line: Line) -> bool:
    difference = measured.value - printed.value
    if line.rule == "sign":
        # a difference that its error can turn round has no sign
        return printed.value * measured.value > 0 and abs(measured.value) > line.errors * measured.se
    digits = 0.5 * 10.0**-printed.decimals + _resolution(measured.value)
    allowed = (line.within or digits + line.errors * math.hypot(printed.se, measured.se)) * (1 + 1e-9)
    if line.rule == "equal":
        return abs(difference) <= allowed
    return difference <= allowed if line.rule == "at most" else -difference <= allowed


def _resolution(value: float) -> float:
    """Half a unit of the last digit that a table stores."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) + 1 - STORED_DIGITS) if value else 0.0


def _from_claims(line: Line, claims: pd.DataFrame) -> tuple[str, str]:
    """What the claims of a line measured, and the verdict on all of them."""
    chosen = claims[(claims["study"] == line.study) & claims["claim"].isin(line.claims)]
    if not line.claims:
        return "", f"not comparable ({line.reason})"
    texts = chosen["measured"].astype(str).str.partition(" (")[0] if len(chosen) else pd.Series(dtype=str)
    verdicts = chosen["verdict"].tolist()
    if len(verdicts) < len(line.claims):
        return "", "not comparable (a claim was not judged)"
    unknown = [verdict for verdict in verdicts if verdict.startswith("not comparable")]
    held = verdicts.count("holds")
    count = f"{held} of {len(verdicts)} statements hold"
    if held == len(verdicts):
        verdict = f"reproduced ({count})"
    elif len(unknown) == len(verdicts):
        verdict = unknown[0]
    else:
        verdict = count if held else f"not reproduced ({count})"
    return ", ".join(texts), verdict


def _lacking(needs: Sequence[Need] | str, measured: Mapping[Key, Number]) -> str:
    """The first size that is not reached, as text; empty if all are."""
    if isinstance(needs, str):
        return "no run has the published size"
    for need in needs:
        number = measured.get((need.case, need.method, None, need.quantity))
        value = number.value if number else 0.0
        if value < need.at_least:
            return f"needs {need.at_least:,.10g} {need.quantity} of {need.method}, has {value:,.10g}"
    return ""


def _keys(fields: Fields) -> list[Key]:
    """All keys of some fields, of which each may be a list."""
    values = [fields.get(name, "") for name in KEY]
    lists = [value if isinstance(value, list) else [value] for value in values]
    return [(str(case), str(method), _abscissa(x), str(name)) for case, method, x, name in itertools.product(*lists)]


def _changed(key: Key, fields: Fields) -> Key:
    """The key with some fields in place of its own."""
    case, method, x, name = key
    unchanged: Fields = {"case": case, "method": method, "x": "" if x is None else x, "quantity": name}
    return _keys({**unchanged, **fields})[0]


def _abscissa(x: object) -> float | None:
    value = float(str(x)) if x not in ("", None) else math.nan
    return None if math.isnan(value) else value


def _zero_if_nan(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _difference(first: Number, second: Number) -> Number:
    """Of two numbers with independent errors."""
    decimals = min(first.decimals, second.decimals)
    value = first.value - second.value
    return Number(value=value, se=math.hypot(first.se, second.se), decimals=decimals, text=f"{value:+.{decimals}f}")


def _mean(numbers: Sequence[Number]) -> Number:
    """The mean with the mean of the errors, as large as its error can be."""
    value, se = (math.fsum(part) / len(numbers) for part in zip(*((n.value, n.se) for n in numbers), strict=True))
    decimals = min(number.decimals for number in numbers) + 1
    return Number(value=value, se=se, decimals=decimals, text=f"{value:.{decimals}f}")


def _printed_text(pairs: Sequence[Pair]) -> str:
    if len(pairs) > SHOWN:
        return f"{len(pairs)} numbers"
    texts = [pair.printed.text + (f" +- {pair.printed.se:g}" if pair.printed.se else "") for pair in pairs]
    return (", " if len(pairs) <= FEW else " ").join(texts)


def _measured_text(pairs: Sequence[Pair]) -> str:
    known = [(pair.method, pair.printed, pair.measured) for pair in pairs if pair.measured is not None]
    if not known:
        return ""
    uncertain = max((number for *_, number in known), key=lambda number: number.se)
    if len(pairs) > SHOWN:
        return _largest(known)
    if len(pairs) <= FEW or not uncertain.se:
        texts = [_shown(number, printed.decimals) for _, printed, number in known]
        return (", " if len(pairs) <= FEW else " ").join(texts)
    # the number with the largest error sets the decimals of all
    decimals = _decimals(uncertain, 0)
    values = " ".join(f"{number.value:.{decimals}f}" for *_, number in known)
    return f"{values}, standard errors at most {uncertain.se:.{decimals}f}"


def _largest(known: Sequence[tuple[str, Number, Number]]) -> str:
    """The largest difference of each method."""
    largest: dict[str, float] = {}
    for method, printed, number in known:
        difference = number.value - printed.value
        if abs(difference) >= abs(largest.get(method, 0.0)):
            largest[method] = difference
    decimals = max(printed.decimals for _, printed, _ in known) + 1
    return "largest difference " + ", ".join(f"{value:+.{decimals}f} ({name})" for name, value in largest.items())
