"""Configuration and its check, code hashes, device resources, wildcard constraints."""

import os
import sys
from pathlib import Path

from mlsim.config import ConfigError, canonical_json
from mlsim.provenance import code_hash
from mlsim.published import printed

ROOT = Path(workflow.basedir)

import configuration
import locks
import summary

# a wrong configuration ends here, in one line, before any job
try:
    SETTINGS = configuration.all_settings(config)
except ConfigError as error:
    sys.exit(f"error: {error}")


wildcard_constraints:
    study="|".join(STUDIES),
    variant="[a-z0-9_]+",
    seed="[0-9]+",
    shard="[0-9]+",


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


def seed_argument(wildcards):
    """Seed of one training job."""
    return {"seed": int(wildcards.seed)}


def method_arguments(wildcards):
    """Seed and name of one network."""
    return {"seed": int(wildcards.seed), "method": wildcards.variant}


def gpus():
    """GPUs that a training job asks for."""
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
