"""The claims of all studies in one table, the environment they were measured in, and what the studies cost."""


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
