"""The declared lines and tables against the stored run, and the replication table of README.md."""

import sys
from pathlib import Path

import pytest

from mlsim.replication import measured_numbers, paper_table, printed_numbers

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))
import document_replication as document


@pytest.fixture(scope="module")
def stored():
    return document.stored_replication(document.SHOWN)


def test_every_line_has_a_verdict_on_the_stored_run(stored):
    words = r"(reproduced|same sign|not reproduced|not comparable) \(.+\)$|\d+ of \d+ .+"
    assert stored["verdict"].str.fullmatch(words).all()
    assert stored["number"].tolist() == list(range(1, len(stored) + 1))
    assert stored["size"].str.fullmatch(r"(published( \(stored run \w+\))?|default|smaller)?").all()
    # what a line compares is measured there, or the line shows something else and says why
    empty = stored[stored["measured"] == ""]
    assert empty["verdict"].str.startswith("not comparable").all()
    assert not stored["verdict"].str.contains("a claim was not judged|numbers are not measured").any()


def test_the_lecture_is_reproduced_where_nothing_is_learned(stored):
    """Deterministic rows, whose printed digits have to come out on any machine."""
    lines = stored.set_index("number")["verdict"]
    assert lines[1] == "reproduced (6 of 6 to the printed digits)"
    assert lines[8] == "reproduced (4 of 4 to the printed digits)"
    assert lines[31] == "reproduced (6 of 6 to the printed digits)"


def test_a_worse_gan_is_no_reproduction_of_lost_modes(stored):
    assert stored.set_index("number")["verdict"][36].startswith("not reproduced")


def test_every_printed_table_has_all_its_printed_numbers():
    locations = [layout.location for layout in document.layouts()]
    assert len(set(locations)) == len(locations)
    tables = document.stored_tables(document.SHOWN)
    for layout in document.layouts():
        printed = printed_numbers(document.printed(), study=layout.study, location=layout.location)
        frame = paper_table(layout, printed, measured_numbers(tables[layout.study]))
        cells = frame.drop(columns=layout.label).stack()
        texts = {number.text for number in printed.values()}
        assert set(cells.str.partition(" | ")[0]) - {"-"} == texts, layout.location


def test_readme_and_stored_files_are_up_to_date():
    for path, text in document.files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is outdated: run make format"
