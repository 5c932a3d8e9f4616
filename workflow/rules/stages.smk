"""What all rules of one stage have in common. A study's rules inherit it: `use rule tabulate as topopt_tabulate with:`.

But for `claims`, which is the same for all studies, none of these rules has an output, so none of them ever runs. A rule
that names resources replaces all of those here; data, training and evaluation differ so much in size that they have none
here.
"""


rule generate:
    threads: 1
    script:
        "../scripts/generate.py"


rule train:
    threads: 1
    script:
        "../scripts/train.py"


rule evaluate:
    threads: 1
    script:
        "../scripts/evaluate.py"


rule tabulate:
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/tabulate.py"


rule plot:
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/plot.py"


rule runtime:
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("runtime"),
    script:
        "../scripts/runtime.py"


rule claims:
    input:
        table="results/{study}/table.csv",
    output:
        report(
            "results/{study}/claims.csv",
            caption="../report/study_claims.rst",
            category="{study}",
            labels={"result": "claims"},
        ),
    log:
        "results/{study}/logs/claims.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        study=lambda wildcards: wildcards.study,
        function=lambda wildcards: f"mlsim.studies.{wildcards.study}.claims:claims",
        code=lambda wildcards: code("claims", f"mlsim.studies.{wildcards.study}.claims:claims"),
    script:
        "../scripts/claims.py"
