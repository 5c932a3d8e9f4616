"""What all rules use: checked settings, the parameters of rules that call functions, GPUs, start and end of a run."""

import os
import sys
from pathlib import Path

from msgspec.structs import asdict

from mlsim.config import ConfigError, canonical_json, enabled
from mlsim.provenance import code_hash
from mlsim.published import printed, printed_rows

ROOT = Path(workflow.basedir)

# let glibc reuse up to 512 MB of freed memory, and serve arrays of up to 32 MB from the heap: the system has to fill
# fresh pages with zeros (docs/experiments/speed.md)
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 25))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 29))
os.environ.setdefault("MALLOC_TOP_PAD_", str(1 << 26))

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
    """Hash of all mlsim code that the stage script and the functions can reach; see docs/architecture.md."""
    scripts = ROOT / "workflow" / "scripts"
    return code_hash(scripts / "job.py", scripts / f"{script}.py", *functions)


def call(script, function):
    """Params of a rule that calls one function: its name, and the code hash of function and script."""
    return {"function": function, "code": code(script, function)}


def tabulation(study, **functions):
    """Params of a rule that makes a study's table: the printed numbers, and functions for layouts and means if any."""
    published = canonical_json(printed(printed_rows(ROOT / "config" / "published" / f"{study}.csv")))
    return {"published": published, **functions, "code": code("tabulate", *functions.values())}


def reported(path, label):
    """A result in the report, with the caption report/<study>_<name>.rst; without suffix a figure as PNG and SVG."""
    study, name = Path(path).parent.name, Path(path).stem
    files = path if Path(path).suffix else multiext(path, ".png", ".svg")
    return report(files, caption=f"../report/{study}_{name}.rst", category=study, labels={"result": label})


def parts(section, *keys, **others):
    """Canonical JSON of some keys of a section, with further entries: the settings that one function needs."""
    return canonical_json({**{key: getattr(section, key) for key in keys}, **others})


def variant_parts(study, *keys, name="variant"):
    """``parts`` of a study with the settings of the job's variant under ``name``, as a function of the wildcards."""
    return lambda wildcards: parts(study, *keys, **{name: study.enabled[wildcards.variant]})


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


onsuccess:
    if os.environ.get("MLSIM_SUMMARY") != "wrapper":
        summary.print_summary(Path.cwd())


onerror:
    if os.environ.get("MLSIM_SUMMARY") != "wrapper":
        summary.print_failures(log, workdir=Path.cwd())


def user_file(path):
    """A file or folder of the user, whose name counts from the folder where snakemake was called."""
    return str(Path(workflow.rundir, path).absolute())
