"""Stage: a data set from settings, and from other data sets."""

from job import logged, result
from mlsim.storage import write_dataset

with logged(snakemake):
    write_dataset(result(snakemake), snakemake.output[0])
