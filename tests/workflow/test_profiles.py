"""What every profile must hold, and that the default one is found by itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from snakemake.cli import get_argument_parser

ROOT = Path(__file__).resolve().parents[2]
PROFILES = sorted((ROOT / "profiles").glob("*/*.yaml"))

SNAKEFILE = """
rule all:
    input: expand("results/{x}.txt", x=range(3))

rule train:
    output: "results/{x}.txt"
    resources: gpu=1
    shell: "mkdir running && sleep 0.05 && rmdir running && touch {output}"
"""


def settings(profile: Path) -> dict[str, object]:
    """The content of a profile."""
    return yaml.safe_load(profile.read_text())


def test_default_and_slurm_are_the_profiles():
    assert {str(file.relative_to(ROOT / "profiles")) for file in PROFILES} == {
        "default/profile.yaml",
        "slurm/profile.yaml",
    }


@pytest.mark.parametrize("profile", PROFILES, ids=lambda file: file.parent.name)
def test_profile_reruns_for_inputs_settings_and_times_never_for_touched_scripts(profile: Path):
    assert settings(profile)["rerun-triggers"] == ["input", "params", "mtime"]
    assert settings(profile)["rerun-incomplete"] is True


@pytest.mark.parametrize("profile", PROFILES, ids=lambda file: file.parent.name)
def test_snakemake_knows_every_setting_of_the_profile(profile: Path):
    known = {option for action in get_argument_parser()._actions for option in action.option_strings}
    # those of an executor plugin exist only where it is installed
    unknown = {name for name in settings(profile) if f"--{name}" not in known and not name.startswith("slurm-")}
    assert unknown == set()


def test_default_profile_leaves_cores_and_executor_to_the_command_line():
    assert not {"cores", "jobs", "executor"} & set(settings(ROOT / "profiles/default/profile.yaml"))


def test_default_profile_trains_one_network_at_a_time_on_the_one_card():
    assert settings(ROOT / "profiles/default/profile.yaml")["resources"] == {"gpu": 1}


def test_incomplete_files_are_never_kept():
    # Snakemake would take them for complete in the next run
    assert not [profile for profile in PROFILES if settings(profile).get("keep-incomplete")]


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    """A workflow beside a copy of the default profile, whose jobs fail when two of them run at once."""
    folder = tmp_path / "workflow"
    shutil.copytree(ROOT / "profiles" / "default", folder / "profiles" / "default")
    (folder / "Snakefile").write_text(SNAKEFILE)
    return folder


@pytest.mark.parametrize("elsewhere", [False, True])
def test_bare_snakemake_finds_the_default_profile(workflow: Path, tmp_path: Path, elsewhere: bool):
    where = tmp_path / "elsewhere" if elsewhere else workflow
    call = [sys.executable, "-m", "snakemake", "--cores", "3", "--snakefile", str(workflow / "Snakefile")]
    # called from a third folder, the profile stands only beside the Snakefile
    directory = ["--directory", str(where)] if elsewhere else []
    done = subprocess.run(
        [*call, *directory], cwd=tmp_path if elsewhere else workflow, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Provided resources: gpu=" in done.stderr
    assert len(list((where / "results").glob("*.txt"))) == 3
