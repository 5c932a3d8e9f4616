"""Stage: the tables of the papers with our numbers, and one verdict per printed table, row or figure."""

from json import loads
from pathlib import Path

from job import logged
from mlsim.replication import Line, PrintedTable, declared, paper_pages, replication, stored_table
from mlsim.storage import read_table, write_table, write_text

with logged(snakemake):
    printed = loads(snakemake.params.printed)
    tables = {Path(path).parent.name: read_table(path) for path in snakemake.input.tables}
    runs = loads(snakemake.params.stored)
    stored = {run: {study: stored_table(rows) for study, rows in studies.items()} for run, studies in runs.items()}
    layouts = declared(loads(snakemake.params.papers), PrintedTable)
    pages = paper_pages(layouts, printed, tables)
    for (_, frame, fragment), table, page in zip(pages, snakemake.output.tables, snakemake.output.pages, strict=True):
        write_table(frame, table)
        write_text(fragment, page)
    lines = declared(loads(snakemake.params.lines), Line)
    claims = read_table(snakemake.input.claims)
    write_table(replication(lines, printed, tables, claims=claims, stored=stored), snakemake.output[0])
