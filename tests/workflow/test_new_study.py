"""`make study`: the skeleton is a study that runs, and a second run has nothing to do."""

import re
import shutil
import subprocess
import sys

import pytest
from pipeline import ROOT, edited_copy, environment, snakemake

from mlsim.storage import read_table


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the checkout with a further study."""
    root = edited_copy(tmp_path_factory.mktemp("skeleton"))
    shutil.copytree(ROOT / "tests", root / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "docs").mkdir(exist_ok=True)
    run = new_study(root, "oscillator")
    assert run.returncode == 0, run.stderr
    return root


def new_study(root, name):
    """One call of the script behind `make study`."""
    command = [sys.executable, str(root / "tools" / "new_study.py"), name]
    return subprocess.run(command, env=environment(root), capture_output=True, text=True, check=False)


def test_skeleton_runs_and_a_second_run_has_nothing_to_do(copy, tmp_path):
    first = snakemake("oscillator", "--cores", "1", directory=tmp_path, root=copy)
    assert first.returncode == 0, first.stdout
    results = tmp_path / "results" / "oscillator"
    assert set(read_table(results / "table.csv")["quantity"]) == {"error", "training_steps"}
    assert read_table(results / "claims.csv")["verdict"].str.startswith("not comparable (needs").all()
    assert (results / "figure.svg").exists()
    assert "Nothing to be done" in snakemake("oscillator", "--cores", "1", directory=tmp_path, root=copy).stdout


def test_skeleton_passes_its_own_tests(copy):
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--rootdir", str(copy)]
    options = ["--import-mode=importlib", "-c", "/dev/null", str(copy / "tests/studies/oscillator")]
    run = subprocess.run(
        [*command, *options], env=environment(copy), cwd=copy, capture_output=True, text=True, check=False
    )
    assert re.search(r"\b2 passed", run.stdout), run.stdout + run.stderr


def test_new_study_is_documented_with_the_others(copy):
    assert "## oscillator" in (copy / "config" / "README.md").read_text()
    assert "mean distance between predicted and true end" in (copy / "docs" / "quantities.md").read_text()


@pytest.mark.parametrize(("name", "message"), [("Two words", "NAME is 'Two words'"), ("topopt", "is there already")])
def test_name_that_cannot_be_used_is_refused_before_anything_is_written(copy, name, message):
    before = sorted(copy.rglob("*.smk"))
    run = new_study(copy, name)
    assert run.returncode == 1
    assert message in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert sorted(copy.rglob("*.smk")) == before
