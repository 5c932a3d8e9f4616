"""The whole pipeline at smoke size: complete, idempotent, deterministic, and rerun exactly where something changed."""

import os
import shutil
import signal
import subprocess
import time
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import psutil
import pytest
import yaml
from pipeline import ROOT, STUDIES, command, edited_copy, environment, planned, snakemake

from mlsim.logs import cost
from mlsim.quantities import registered
from mlsim.storage import read_table
from mlsim.tables import COLUMNS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """A folder in which the smoke run is complete; on one core, since another worker tests beside it."""
    folder = tmp_path_factory.mktemp("smoke")
    before = _checkout()
    run = snakemake("--cores", "1", directory=folder)
    assert run.returncode == 0, run.stdout
    assert "Traceback" not in run.stdout
    # a run elsewhere leaves the checkout clean
    assert _checkout() == before
    return folder


def _checkout() -> dict[Path, int]:
    """Files of the checkout and when they were written; caches and the environment apart."""
    apart = {".venv", ".git", "__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache", "mlsim.egg-info"}
    files: dict[Path, int] = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in apart]
        files |= {Path(folder, name): Path(folder, name).stat().st_mtime_ns for name in names}
    return files


def _plan(folder: Path, *, root: Path = ROOT, overlays: tuple[Path, ...] = ()) -> dict[str, int]:
    run = snakemake("--cores", "1", "--dry-run", directory=folder, root=root, overlays=overlays)
    assert run.returncode == 0, run.stdout
    return planned(run.stdout)


def _products(folder: Path) -> dict[str, bytes]:
    """Tables, claims, figures and data sets by name; run times and versions apart."""
    results = folder / "results"
    found = [
        path for kind in ("*.csv", "*.html", "*.png", "*.svg", "*.zarr.zip", "*.pt") for path in results.rglob(kind)
    ]
    apart = ("runtime.csv", "environment.csv")
    return {str(path.relative_to(results)): path.read_bytes() for path in found if path.name not in apart}


def test_second_run_has_nothing_to_do(done):
    run = snakemake("--cores", "1", directory=done)
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout


def test_every_study_writes_its_table_figure_and_claims(done):
    claims = read_table(done / "results" / "claims.csv")
    for study in STUDIES:
        results = done / "results" / study
        assert list(read_table(results / "table.csv").columns) == COLUMNS
        assert (results / "figure.png").exists()
        assert (results / "runtime.csv").exists()
        own = claims[claims["study"] == study]
        assert len(own) >= 1
        assert own["verdict"].str.match(r"holds$|differs$|not comparable \(.+\)$").all()
        # the smoke size is too small to show anything, and every row that a claim compares is there
        assert own["verdict"].str.startswith("not comparable (needs").all()
    assert set(claims["study"]) == set(STUDIES)


def test_replication_has_every_line_and_every_printed_table(done):
    published = ROOT / "config" / "published"
    lines = yaml.safe_load((published / "replication.yaml").read_text())
    table = read_table(done / "results" / "replication.csv")
    assert sorted(table["number"]) == sorted(line["number"] for line in lines)
    # nothing is reproduced by a smoke run, but for what is exact at any size and what a stored run shows
    shown = table[~table["verdict"].str.startswith("not comparable")]
    assert shown["size"].str.startswith("published").all()
    for layout in yaml.safe_load((published / "layouts.yaml").read_text()):
        frame = read_table(done / "results" / "papers" / f"{layout['location']}.csv")
        assert list(frame[layout["label"]]) == list(layout["rows"])
        assert (done / "results" / "papers" / f"{layout['location']}.html").read_text().startswith("<table>")


def _draws(axes: ElementTree.Element) -> bool:
    """Whether an axes of a figure shows more than its frame, ticks, texts and legend."""
    for place, artist in enumerate(axes):
        kind = artist.get("id", "image")
        paths = [path.get("d", "").strip() for path in artist.iter(f"{SVG}path")]
        if kind.startswith("patch"):  # the first one is the background; spines have one segment
            if place > 0 and any(path.count("L") > 1 for path in paths):
                return True
        elif not kind.startswith(("matplotlib.axis", "text", "legend")) and (
            any(paths) or [*artist.iter(f"{SVG}image")]
        ):
            return True
    return False


def test_no_figure_is_empty(done):
    figures = sorted((done / "results").glob("*/figure*.svg"))
    assert {path.parent.name for path in figures} == set(STUDIES)
    for path in figures:
        axes = [group for group in ElementTree.parse(path).iter(f"{SVG}g") if group.get("id", "").startswith("axes_")]
        # panels of the other figures may be left over
        drawn = [_draws(each) for each in (axes if path.name == "figure.svg" else axes[:1])]
        assert drawn, path
        assert all(drawn), path


def test_every_registered_quantity_is_in_a_table(done):
    """In that of the smoke run, or, what takes a larger size, in that of the published run."""
    for study in STUDIES:
        registry = import_module(f"mlsim.studies.{study}.quantities").QUANTITIES
        paths = (
            done / "results" / study / "table.csv",
            ROOT / "docs" / "reproduction" / "default" / study / "table.csv",
        )
        names = pd.concat([read_table(path)["quantity"] for path in paths]).unique()
        assert set(registry) <= {registered(name, registry) for name in names}, study


def test_what_every_study_cost_is_added_up_from_the_logs_of_its_jobs(done):
    costs = read_table(done / "results" / "runtime.csv").set_index("study")
    assert sorted(costs.index) == STUDIES
    for study in STUDIES:
        assert costs["jobs"][study] == len(list((done / "results" / study / "logs").glob("*.log")))
    assert (costs["cpu_seconds"] > 0.5 * costs["jobs"]).all()  # no job starts in less


def test_jobs_of_a_study_cost_what_their_logs_tell(done):
    """Not what Snakemake saw of them every half a minute."""
    for study in STUDIES:
        results = done / "results" / study
        table = read_table(results / "runtime.csv")
        assert sorted(table["job"]) == sorted(path.stem for path in (results / "benchmarks").glob("*.tsv"))
        assert (table["memory_mb"] > 50).all()
        for job, seconds in zip(table["job"], table["cpu_seconds"], strict=True):
            own = cost(results / "logs" / f"{job}.log")
            assert own is not None
            assert seconds == own.cpu


@pytest.mark.parametrize("log", [None, "error: stopped\n"])
def test_where_a_log_is_gone_or_of_a_failed_attempt_snakemakes_look_stands_in(done, tmp_path, log):
    folder = tmp_path / "copy"
    shutil.copytree(done, folder)
    results = folder / "results" / "autodiff"
    job = sorted((results / "benchmarks").glob("*.tsv"))[0].stem
    path = results / "logs" / f"{job}.log"
    path.unlink() if log is None else path.write_text(log)
    target = "results/autodiff/runtime.csv"
    run = snakemake(target, "--cores", "1", "--forcerun", "autodiff_runtime", directory=folder)
    assert run.returncode == 0, run.stdout
    seen = pd.read_csv(results / "benchmarks" / f"{job}.tsv", sep="\t").iloc[0]
    found = read_table(folder / target).set_index("job")
    assert found["wall_seconds"][job] == pytest.approx(seen["s"])
    assert found["cpu_seconds"][job] == pytest.approx(seen["cpu_time"])
    before = read_table(done / target).set_index("job")
    pd.testing.assert_frame_equal(found.drop(index=job), before.drop(index=job))


def test_no_partial_file_and_no_checkpoint_is_left(done):
    assert not list(done.rglob("*.partial-*"))
    assert not list(done.rglob("checkpoint.pt"))


def test_every_log_of_a_job_tells_how_it_ended(done):
    logs = list((done / "results").rglob("*.log"))
    assert len(logs) >= 15
    assert all("done in" in log.read_text().splitlines()[-1] for log in logs)


def test_results_are_byte_identical_for_one_and_two_cores(done, tmp_path):
    run = snakemake("--cores", "2", directory=tmp_path)
    assert run.returncode == 0, run.stdout
    one, two = _products(done), _products(tmp_path)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_report_holds_every_category(done):
    run = snakemake("--report", "report.html", directory=done)
    assert run.returncode == 0, run.stdout
    text = (done / "report.html").read_text()
    assert "topopt" in text
    assert "all claims" in text


EDITS = {
    "a comment": ("src/mlsim/numerics/elasticity/density_filters.py", "    reach =", "    # wider\n    reach =", set()),
    "the meaning of a quantity": (
        "src/mlsim/studies/topopt/quantities.py", '"number of problems"', '"how many problems there are"', set(),
    ),
    "a figure": (
        "src/mlsim/studies/topopt/plot.py",
        "width=9.0, height=3.8",
        "width=9.0, height=3.9",
        {"topopt_plot", "topopt_plot_heat", "costs"},
    ),
    "the evaluation": (
        "src/mlsim/studies/topopt/evaluate.py",
        "VOID = 1e-3",
        "VOID = 2e-3",
        {
            "topopt_evaluate", "topopt_evaluate_thresholding", "topopt_tabulate", "topopt_plot", "topopt_plot_heat",
            "claims", "collect", "replicate", "costs",
        },
    ),
    "a claim": (
        "src/mlsim/studies/topopt/claims.py", "problems=1000,", "problems=1001,",
        {"claims", "collect", "replicate", "costs"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_reruns_what_can_reach_it_and_no_more(done, tmp_path, edit):
    file, old, new, expected = EDITS[edit]
    copy = edited_copy(tmp_path, file=file, old=old, new=new)
    plan = _plan(done, root=copy)
    assert set(plan) == expected
    assert plan.get("claims", 1) == 1
    assert "topopt_train" not in plan


def test_an_edit_of_the_filter_reruns_from_the_data_on(done, tmp_path):
    copy = edited_copy(
        tmp_path,
        file="src/mlsim/numerics/elasticity/density_filters.py",
        old="radius - np.hypot",
        new="radius - 0.9 * np.hypot",
    )
    plan = _plan(done, root=copy)
    assert plan["topopt_simulate"] == 2
    assert {"topopt_simulate_heat", "topopt_merge", "topopt_train", "topopt_evaluate", "topopt_tabulate"} <= set(plan)


def test_a_new_variant_trains_one_network(done, tmp_path):
    overlay = tmp_path / "variant.yaml"
    overlay.write_text("topopt:\n  variants:\n    cnn_poisson_20: {sampler: poisson, mean: 20.0}\n")
    plan = _plan(done, overlays=(overlay,))
    assert plan["topopt_train"] == plan["topopt_evaluate"] == 1
    assert "topopt_simulate" not in plan


def test_a_dropped_variant_trains_nothing(done, tmp_path):
    overlay = tmp_path / "variant.yaml"
    overlay.write_text("topopt:\n  variants:\n    cnn_poisson_30: {enabled: false}\n")
    plan = _plan(done, overlays=(overlay,))
    assert "topopt_train" not in plan
    assert "topopt_tabulate" in plan


def test_key_order_of_an_overlay_and_the_device_rerun_nothing(done, tmp_path):
    overlay = tmp_path / "order.yaml"
    overlay.write_text(
        "device: cpu\ntopopt:\n  training: {validations: 2, batch: 8, samples: 160}\n"
        "  variants:\n    cnn_poisson_5: {mean: 5.0, sampler: poisson}\n"
    )
    assert _plan(done, overlays=(overlay,)) == {}


def test_a_killed_training_job_resumes_and_ends_bit_identical(done, tmp_path):
    overlay = tmp_path / "longer.yaml"
    overlay.write_text("topopt:\n  training: {samples: 3200, validations: 8}\n")
    model = "results/topopt/models/cnn_uniform/seed0/model.pt"
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        shutil.copytree(done, folder)
    assert snakemake("--cores", "1", model, directory=whole, overlays=(overlay,)).returncode == 0
    call = command("--cores", "1", model, directory=killed, overlays=(overlay,))
    run = subprocess.Popen(call, env=environment(ROOT), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = (killed / model).with_name("checkpoint.pt")
    while not checkpoint.exists() and run.poll() is None:
        time.sleep(0.02)
    jobs = [p for p in psutil.Process(run.pid).children(recursive=True) if "train.py" in " ".join(p.cmdline())]
    for job in jobs:
        job.send_signal(signal.SIGKILL)
    assert run.wait() != 0
    assert jobs
    assert checkpoint.exists()
    resumed = snakemake("--cores", "1", model, directory=killed, overlays=(overlay,))
    assert resumed.returncode == 0, resumed.stdout
    assert "resumed at step" in (killed / "results/topopt/logs/train_cnn_uniform_seed0.log").read_text()
    assert (killed / model).read_bytes() == (whole / model).read_bytes()
    assert not checkpoint.exists()


def test_a_damaged_data_set_is_refused_before_use_and_nothing_else_is_lost(done, tmp_path):
    # that files cut short or without a member are refused as well is tested with the storage
    folder = tmp_path / "damaged"
    shutil.copytree(done, folder)
    data = folder / "results" / "topopt" / "histories.zarr.zip"
    times, content = data.stat(), bytearray(data.read_bytes())
    content[len(content) // 3] ^= 1
    data.write_bytes(content)
    os.utime(data, ns=(times.st_atime_ns, times.st_mtime_ns))  # damage that no clock tells
    kept = _products(folder)
    target = "results/topopt/models/cnn_uniform/seed0/metrics.csv"
    run = snakemake("--cores", "1", "--force", target, directory=folder)
    assert run.returncode != 0
    lines = [line.strip() for line in run.stdout.splitlines() if "delete it and run" in line]
    assert lines, run.stdout
    assert "results/topopt/histories.zarr.zip" in lines[-1]
    assert lines[-1].endswith("snakemake --cores all results/topopt/histories.zarr.zip")
    after = _products(folder)
    assert {name for name in kept if after.get(name) != kept[name]} <= {"topopt/models/cnn_uniform/seed0/metrics.csv"}
