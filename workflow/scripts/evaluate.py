"""Stage: tidy rows of the one table schema from data and a model."""

from job import logged, result

from mlsim.storage import write_table
from mlsim.tables import metrics

with logged(snakemake):
    write_table(metrics(result(snakemake)), snakemake.output[0])
