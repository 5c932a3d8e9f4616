"""Configuration and its check, code hashes, device resources, wildcard constraints."""

import os
import sys
from pathlib import Path

from mlsim.config import ConfigError, canonical_json, check_sections
from mlsim.config import parse as parsed  # snakemake has a parse of its own
from mlsim.provenance import code_hash
from mlsim.published import printed

ROOT = Path(workflow.basedir)

sys.path.insert(0, str(ROOT / "workflow"))
import locks
import summary


wildcard_constraints:
    study="|".join(STUDIES),
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


def call(script, function):
    """Params of a rule that calls one function: its name, and the hash of all code that it and the script can reach."""
    return {"function": function, "code": code(script, function)}


def tabulation(study, **functions):
    """Params of a rule that makes a study's table: the printed numbers, and functions for layouts and means if any."""
    published = canonical_json(printed(ROOT / "config" / "published" / f"{study}.csv"))
    return {"published": published, **functions, "code": code("tabulate", *functions.values())}


def reported(path, label):
    """A result in the report, with the caption report/<study>_<name>.rst; without suffix a figure as PNG and SVG."""
    study, name = Path(path).parent.name, Path(path).stem
    files = path if Path(path).suffix else multiext(path, ".png", ".svg")
    return report(files, caption=f"../report/{study}_{name}.rst", category=study, labels={"result": label})


def canonical(**fields):
    """Settings as text that is equal for equal settings: the smallest section that a function needs."""
    return canonical_json(fields)


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
