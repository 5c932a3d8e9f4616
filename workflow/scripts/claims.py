"""Stage: a verdict for each claim of a study."""

from job import logged, named
from mlsim.storage import read_table, write_table
from mlsim.verdicts import verdicts

with logged(snakemake):
    claims = named(snakemake.params.function)()
    write_table(verdicts(read_table(snakemake.input.table), claims, study=snakemake.params.study), snakemake.output[0])
