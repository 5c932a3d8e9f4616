"""Stage: the claims of all studies in one table, and the versions and the machine behind it."""

import platform
from importlib.metadata import distributions

import pandas as pd

from job import logged
from mlsim.inputs import read_inputs
from mlsim.storage import write_table

with logged(snakemake):
    parts = read_inputs({"claims": list(snakemake.input)})["claims"]
    write_table(pd.concat(parts, ignore_index=True), snakemake.output.claims)
    versions = {package.metadata["Name"].lower(): package.version for package in distributions()}
    machine = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    rows = [*machine.items(), *sorted(versions.items())]
    write_table(pd.DataFrame(rows, columns=["name", "version"]), snakemake.output.environment)
