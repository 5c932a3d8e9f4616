"""The claims of all studies in one table, and the environment they were measured in."""


rule claims:
    input:
        expand("results/{study}/claims.csv", study=STUDIES),
    output:
        claims=report("results/claims.csv", caption="../report/claims.rst", category="all claims"),
        environment="results/environment.csv",
    log:
        "results/logs/claims.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("collect"),
    script:
        "../scripts/collect.py"
