"""All studies together: claims, the tables of the papers with our numbers, environment, and what the studies cost."""

import json

import yaml


rule collect:
    input:
        expand("results/{study}/claims.csv", study=STUDIES),
    output:
        claims=report("results/claims.csv", caption="../report/claims.rst", category="all claims"),
        environment="results/environment.csv",
    log:
        "results/logs/collect.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("collect"),
    script:
        "../scripts/collect.py"


SUMMARY_PUBLISHED = ROOT / "config" / "published"
SUMMARY_LAYOUTS = yaml.load(
    (SUMMARY_PUBLISHED / "layouts.yaml").read_text(encoding="utf-8"), Loader=configuration.LOADER
)
SUMMARY_LINES = yaml.load(
    (SUMMARY_PUBLISHED / "replication.yaml").read_text(encoding="utf-8"), Loader=configuration.LOADER
)
SUMMARY_LOCATIONS = [layout["location"] for layout in SUMMARY_LAYOUTS]


def summary_stored():
    """Of the stored runs that lines name, the rows with the quantities of these lines, by run and study."""
    runs = {}
    for line in (line for line in SUMMARY_LINES if "stored" in line):
        path = ROOT / "docs" / "reproduction" / line["stored"] / line["study"] / "table.csv"
        wanted = json.dumps([line["numbers"], line["published_size"]])
        rows = [row for row in printed_rows(path) if f'"{row["quantity"]}"' in wanted]
        runs.setdefault(line["stored"], {}).setdefault(line["study"], []).extend(rows)
    return runs


rule replicate:
    input:
        tables=expand("results/{study}/table.csv", study=STUDIES),
        claims="results/claims.csv",
    output:
        report("results/replication.csv", caption="../report/replication.rst", category="printed and measured"),
        tables=expand("results/papers/{location}.csv", location=SUMMARY_LOCATIONS),
        pages=report(
            expand("results/papers/{location}.html", location=SUMMARY_LOCATIONS),
            caption="../report/papers.rst",
            category="printed and measured",
        ),
    log:
        "results/logs/replicate.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        printed=canonical_json([row for study in STUDIES for row in printed_rows(SUMMARY_PUBLISHED / f"{study}.csv")]),
        # rows and columns in the order of the file
        papers=json.dumps(SUMMARY_LAYOUTS),
        lines=canonical_json(SUMMARY_LINES),
        stored=canonical_json(summary_stored()),
        code=code("replicate"),
    script:
        "../scripts/replicate.py"


rule costs:
    input:
        [getattr(rules, study).input for study in STUDIES],
    output:
        "results/runtime.csv",
    log:
        "results/logs/costs.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        studies=STUDIES,
        code=code("costs"),
    script:
        "../scripts/costs.py"
