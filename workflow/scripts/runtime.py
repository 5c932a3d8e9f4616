"""Stage: what the jobs of one study cost: time from the last lines of their logs, memory from their benchmark files.

Wall time is without the imports of the script, CPU time with them. Snakemake looks at a job every half a minute
and keeps the last look: its CPU time would be too little by up to that much. It stands in where the log of a job
is gone, or is that of an attempt which failed.
"""

from pathlib import Path

from job import logged

import pandas as pd

from mlsim.logs import Cost, cost
from mlsim.storage import write_table

with logged(snakemake):
    rows = []
    for path in map(Path, sorted(snakemake.input)):
        seen = pd.read_csv(path, sep="\t").iloc[0]
        log = path.parent.with_name("logs") / f"{path.stem}.log"
        own = (cost(log) if log.exists() else None) or Cost(wall=seen["s"], cpu=seen["cpu_time"])
        row = {"job": path.stem, "wall_seconds": own.wall, "cpu_seconds": own.cpu, "memory_mb": seen["max_rss"]}
        rows.append(row)
    write_table(pd.DataFrame(rows), snakemake.output[0])
