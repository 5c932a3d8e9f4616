"""Stage: what the jobs of each study took, from the last lines of their logs."""

from pathlib import Path

from job import logged

import pandas as pd

from mlsim.logs import cost
from mlsim.storage import write_table

with logged(snakemake):
    rows = []
    for study in snakemake.params.studies:
        found = [cost(path) for path in sorted(Path("results", study, "logs").glob("*.log"))]
        costs = [each for each in found if each is not None]
        row = {"study": study, "jobs": len(costs)}
        rows.append(row | {"cpu_seconds": sum(c.cpu for c in costs), "wall_seconds": sum(c.wall for c in costs)})
    write_table(pd.DataFrame(rows).round(1), snakemake.output[0])
