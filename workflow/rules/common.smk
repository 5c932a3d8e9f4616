"""Configuration and its check, code hashes, device resources, wildcard constraints."""

import csv
import os
import sys
from pathlib import Path

from mlsim.config import ConfigError, canonical_json, check_sections
from mlsim.config import parse as parsed  # snakemake has a parse of its own
from mlsim.provenance import code_hash

ROOT = Path(workflow.basedir)
STUDIES = (
    "topopt",
    "multigrid",
    "autodiff",
    "multiscale",
    "wavelets",
    "residual",
    "expressivity",
    "generative",
    "adversarial",
    "image_prior",
    "surrogate",
    "landscape",
    "discovery",
    "blackbox",
)

sys.path.insert(0, str(ROOT / "workflow"))
import locks
import summary


wildcard_constraints:
    variant="[a-z0-9_]+",
    seed="[0-9]+",
    shard="[0-9]+",


def settings_of(study, cls):
    """The study's section as its dataclass; a wrong configuration ends here, in one line, before any job."""
    try:
        check_sections(config, studies=STUDIES)
        return parsed(cls, config.get(study), path=study)
    except ConfigError as error:
        sys.exit(f"error: {error}")


def code(script, *functions):
    """Hash of all mlsim code that the stage script and the functions can reach."""
    scripts = ROOT / "workflow" / "scripts"
    return code_hash(scripts / "job.py", scripts / f"{script}.py", *functions)


def canonical(**fields):
    """Settings as text that is equal for equal settings: the smallest section that a function needs."""
    return canonical_json(fields)


def published(study):
    """The study's published numbers as text; none if it has no such file."""
    path = ROOT / "config" / "published" / f"{study}.csv"
    if not path.exists():
        return canonical_json([])
    with open(path, newline="", encoding="utf-8") as file:
        return canonical_json(list(csv.DictReader(file)))


def gpus():
    """Graphics cards that a training job asks for."""
    device = config.get("device", "auto")
    present = any(Path("/dev").glob("nvidia[0-9]*"))
    return int(device == "cuda" or (device == "auto" and present))


onstart:
    locks.record_owner(Path.cwd())
    if workflow.local_exec and getattr(workflow.scheduler, "job_rate_limiter", None) is not None:
        # Nothing to spare here, and the limit on jobs per second is dear: for each job that has ended Snakemake 9 looks
        # at all waiting ones once more per second, with a third of a core after 180 jobs.
        workflow.scheduler.job_rate_limiter = None


onsuccess:
    if os.environ.get("MLSIM_SUMMARY") != "wrapper":
        summary.print_summary(Path.cwd())


onerror:
    if os.environ.get("MLSIM_SUMMARY") != "wrapper":
        summary.print_failures(log, workdir=Path.cwd())


def user_file(path):
    """A file or folder of the user, whose name counts from the folder where snakemake was called."""
    return str(Path(workflow.rundir, path).absolute())
