"""Stage: time of each job of one study from the last line of its log, and memory from its benchmark file.

Wall time is without the imports of the script, CPU time with them. The times in the benchmark file are Snakemake's last
sample, up to 30 s before the job ended; they are used where the log is missing or that of a failed attempt.
"""

from pathlib import Path

import pandas as pd

from job import logged
from mlsim.logs import Cost, cost
from mlsim.storage import write_table

with logged(snakemake):
    rows = []
    for path in map(Path, sorted(snakemake.input)):
        sampled = pd.read_csv(path, sep="\t").iloc[0]
        log = path.parent.with_name("logs") / f"{path.stem}.log"
        time = (cost(log) if log.exists() else None) or Cost(wall=sampled["s"], cpu=sampled["cpu_time"])
        row = {"job": path.stem, "wall_seconds": time.wall, "cpu_seconds": time.cpu, "memory_mb": sampled["max_rss"]}
        rows.append(row)
    write_table(pd.DataFrame(rows), snakemake.output[0])
