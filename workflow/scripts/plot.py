"""Stage: one figure as PNG and SVG, equal bytes from equal tables."""

from job import logged, result
from mlsim.figures import rendered, style
from mlsim.storage import write_bytes

with logged(snakemake), style():
    figure = result(snakemake)
    for path in snakemake.output:
        write_bytes(rendered(figure, kind=path.rsplit(".", 1)[-1]), path)
