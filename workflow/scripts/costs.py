"""Stage: time of all jobs of each study, from the last lines of their logs."""

from pathlib import Path

import pandas as pd

from job import logged
from mlsim.logs import cost
from mlsim.storage import write_table

with logged(snakemake):
    rows = []
    for study in snakemake.params.studies:
        logs = sorted(Path("results", study, "logs").glob("*.log"))
        costs = [job for job in map(cost, logs) if job is not None]
        row = {"study": study, "jobs": len(costs)}
        rows.append(
            row | {"cpu_seconds": sum(job.cpu for job in costs), "wall_seconds": sum(job.wall for job in costs)}
        )
    write_table(pd.DataFrame(rows).round(1), snakemake.output[0])
