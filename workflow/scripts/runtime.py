"""Stage: what the jobs of one study cost: time from the last lines of their logs, memory from their benchmark files.

Snakemake looks at a job's processor time every half a minute and keeps the last look, too little by up to that much.
"""

from pathlib import Path

from job import logged

import pandas as pd

from mlsim.logs import cost
from mlsim.storage import write_table

with logged(snakemake):
    rows = []
    for path in map(Path, sorted(snakemake.input)):
        own = cost(path.parent.with_name("logs") / f"{path.stem}.log")
        assert own is not None  # the job that wrote the benchmark file has ended its log
        memory = pd.read_csv(path, sep="\t")["max_rss"].iloc[0]
        rows.append({"job": path.stem, "wall_seconds": own.wall, "cpu_seconds": own.cpu, "memory_mb": memory})
    write_table(pd.DataFrame(rows), snakemake.output[0])
