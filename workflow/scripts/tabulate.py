"""Stage: the study's table, seeds aggregated, published numbers beside it, means of rows; the paper's own layouts."""

from json import loads

from job import logged, named, quantities_beside
from mlsim.inputs import read_inputs
from mlsim.quantities import check_registered
from mlsim.storage import write_table
from mlsim.tables import aggregated, laid_out, with_means, with_published

with logged(snakemake):
    parts = read_inputs({"metrics": list(snakemake.input.metrics)})["metrics"]
    table = with_published(aggregated(parts), loads(snakemake.params.published))
    means = snakemake.params.get("means")
    if means:
        table = with_means(table, named(means)())
        check_registered(zip(table["quantity"], table["unit"], strict=True), **quantities_beside(means))
    write_table(table, snakemake.output.table)
    layouts = snakemake.params.get("layouts")
    for name, layout in named(layouts)().items() if layouts else ():
        write_table(laid_out(table, layout), snakemake.output[name])
