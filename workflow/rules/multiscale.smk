"""Networks from hierarchical matrices: four data sets, networks, baselines, table, figures, claims."""

MULTISCALE = SETTINGS["multiscale"]
# in MB, jobs need 2000 for Python and torch, and ``megabytes`` for four copies of their data set; the baselines have 4000
# more for kernel matrices and direct solves


wildcard_constraints:
    case="|".join(MULTISCALE.problems),


localrules:
    multiscale,


rule multiscale:
    input:
        "results/multiscale/table.csv",
        "results/multiscale/claims.csv",
        "results/multiscale/figure.png",
        "results/multiscale/figure_predictions.png",
        "results/multiscale/figure_scaling.png",
        "results/multiscale/runtime.csv",


use rule generate as multiscale_generate with:
    output:
        "results/multiscale/{case}.zarr.zip",
    log:
        "results/multiscale/logs/{case}.log",
    resources:
        mem_mb=lambda wildcards: 2000 + MULTISCALE.problems[wildcards.case].megabytes,
        runtime=120,
    params:
        **call("generate", "mlsim.studies.multiscale.generate:generate"),
        settings=lambda wildcards: canonical_json(MULTISCALE.problems[wildcards.case]),
        arguments={"seed": MULTISCALE.seed},


use rule train as multiscale_train with:
    input:
        data=lambda wildcards: f"results/multiscale/{MULTISCALE.data_of(wildcards.variant).case}.zarr.zip",
    output:
        model="results/multiscale/models/{variant}/model.pt",
        history="results/multiscale/models/{variant}/history.csv",
    log:
        "results/multiscale/logs/train_{variant}.log",
    benchmark:
        "results/multiscale/benchmarks/train_{variant}.tsv"
    resources:
        mem_mb=lambda wildcards: 2000 + MULTISCALE.data_of(wildcards.variant).megabytes,
        runtime=lambda wildcards: 30 + MULTISCALE.enabled[wildcards.variant].steps // 500,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.multiscale.train:train"),
        settings=lambda wildcards: canonical_json(MULTISCALE.run(wildcards.variant)),


use rule evaluate as multiscale_evaluate with:
    input:
        data="results/multiscale/{case}.zarr.zip",
        models=lambda wildcards: expand(
            "results/multiscale/models/{variant}/model.pt", variant=MULTISCALE.of(wildcards.case)
        ),
    output:
        "results/multiscale/metrics/{case}.csv",
    log:
        "results/multiscale/logs/evaluate_{case}.log",
    benchmark:
        "results/multiscale/benchmarks/evaluate_{case}.tsv"
    resources:
        mem_mb=lambda wildcards: 2000 + MULTISCALE.problems[wildcards.case].megabytes,
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.multiscale.evaluate:evaluate"),
        settings=lambda wildcards: canonical_json(MULTISCALE.scoring(wildcards.case)),
        arguments=lambda wildcards: {"methods": list(MULTISCALE.of(wildcards.case))},


# all problems in one job: each is a matter of seconds
use rule evaluate as multiscale_rivals with:
    input:
        data=expand("results/multiscale/{case}.zarr.zip", case=MULTISCALE.enabled_problems),
    output:
        "results/multiscale/metrics/rivals.csv",
    log:
        "results/multiscale/logs/rivals.log",
    benchmark:
        "results/multiscale/benchmarks/rivals.tsv"
    resources:
        mem_mb=6000 + max(data.megabytes for data in MULTISCALE.enabled_problems.values()),
        runtime=120,
    params:
        **call("evaluate", "mlsim.studies.multiscale.classical:evaluate_baselines"),
        settings=parts(MULTISCALE, "rivals", problems=MULTISCALE.enabled_problems),


use rule tabulate as multiscale_tabulate with:
    input:
        metrics=[
            "results/multiscale/metrics/rivals.csv",
            *expand("results/multiscale/metrics/{case}.csv", case=MULTISCALE.trained_problems),
        ],
    output:
        table=reported("results/multiscale/table.csv", "table"),
    log:
        "results/multiscale/logs/tabulate.log",
    params:
        **tabulation("multiscale"),


use rule plot as multiscale_plot with:
    input:
        table="results/multiscale/table.csv",
    output:
        reported("results/multiscale/figure", "error against cost"),
    log:
        "results/multiscale/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.multiscale.plot:cost_figure"),


use rule multiscale_plot as multiscale_plot_scaling with:
    output:
        reported("results/multiscale/figure_scaling", "parameters and operations against grid points"),
    log:
        "results/multiscale/logs/plot_scaling.log",
    params:
        **call("plot", "mlsim.studies.multiscale.plot:scaling_figure"),


use rule multiscale_plot as multiscale_plot_predictions with:
    input:
        data="results/multiscale/nlse_1d.zarr.zip",
        models=expand("results/multiscale/models/{variant}/model.pt", variant=MULTISCALE.shown),
    output:
        reported("results/multiscale/figure_predictions", "predictions"),
    log:
        "results/multiscale/logs/plot_predictions.log",
    params:
        **call("plot", "mlsim.studies.multiscale.plot:predictions_figure"),
        settings=canonical_json(MULTISCALE.scoring("nlse_1d", MULTISCALE.shown)),
        arguments={"methods": list(MULTISCALE.shown)},


use rule runtime as multiscale_runtime with:
    input:
        expand("results/multiscale/benchmarks/train_{variant}.tsv", variant=MULTISCALE.enabled),
        expand("results/multiscale/benchmarks/evaluate_{case}.tsv", case=MULTISCALE.trained_problems),
        "results/multiscale/benchmarks/rivals.tsv",
    output:
        "results/multiscale/runtime.csv",
    log:
        "results/multiscale/logs/runtime.log",
