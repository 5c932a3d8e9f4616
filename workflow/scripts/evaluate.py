"""Stage: tidy rows of the one table schema from data and a model."""

from job import logged, quantities_beside, result
from mlsim.storage import write_table
from mlsim.tables import metrics

with logged(snakemake):
    rows = metrics(result(snakemake), **quantities_beside(snakemake.params.function))
    write_table(rows, snakemake.output[0])
