"""Stage: what the training jobs cost, from Snakemake's benchmark files."""

from pathlib import Path

from job import logged

import pandas as pd

from mlsim.storage import write_table

with logged(snakemake):
    rows = [pd.read_csv(path, sep="\t").assign(job=Path(path).stem) for path in sorted(snakemake.input)]
    table = pd.concat(rows)[["job", "s", "cpu_time", "max_rss"]]
    names = {"s": "wall_seconds", "cpu_time": "cpu_seconds", "max_rss": "memory_mb"}
    write_table(table.rename(columns=names), snakemake.output[0])
