"""What all rules of one stage have in common. A study's rules inherit it: `use rule tabulate as topopt_tabulate with:`.

None of these rules has an output, so none of them ever runs. A rule that names resources of its own replaces all of
those here; data, training and evaluation differ so much in size that they have none here.
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


rule judge:
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/claims.py"


rule time:
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("runtime"),
    script:
        "../scripts/runtime.py"
