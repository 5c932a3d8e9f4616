"""Networks from hierarchical matrices: four data sets, networks, rivals, table, figures, claims."""

MULTISCALE = SETTINGS["multiscale"]
MULTISCALE_CASES = [name for name, data in MULTISCALE.problems.items() if data.enabled]


wildcard_constraints:
    case="|".join(MULTISCALE.problems),


def multiscale_run(wildcards):
    """Settings of one training job."""
    variant = MULTISCALE.enabled[wildcards.variant]
    return canonical(data=MULTISCALE.problems[variant.problem], variant=variant)


def multiscale_data(wildcards):
    """The data set of one network."""
    return f"results/multiscale/{MULTISCALE.enabled[wildcards.variant].problem}.zarr.zip"


def multiscale_models(variants):
    """Files of some networks."""
    return [f"results/multiscale/models/{variant}/model.pt" for variant in variants]


def multiscale_memory(case):
    """Megabytes for a job that holds one data set four times over."""
    data = MULTISCALE.problems[case]
    samples = data.test + data.validation + data.train + 7 * data.shifted
    points = data.size ** (2 if case.endswith("2d") else 1)
    return 2000 + 4 * 16 * samples * points // 10**6


def multiscale_scoring(case):
    """Settings of the evaluation of all networks of one problem."""
    return canonical(data=MULTISCALE.problems[case], variants=MULTISCALE.of(case))


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
        mem_mb=lambda wildcards: multiscale_memory(wildcards.case),
        runtime=120,
    params:
        **call("generate", "mlsim.studies.multiscale.generate:generate"),
        settings=lambda wildcards: canonical_json(MULTISCALE.problems[wildcards.case]),
        arguments={"seed": MULTISCALE.seed},


use rule train as multiscale_train with:
    input:
        data=multiscale_data,
    output:
        model="results/multiscale/models/{variant}/model.pt",
        history="results/multiscale/models/{variant}/history.csv",
    log:
        "results/multiscale/logs/train_{variant}.log",
    benchmark:
        "results/multiscale/benchmarks/train_{variant}.tsv"
    resources:
        mem_mb=lambda wildcards: multiscale_memory(MULTISCALE.enabled[wildcards.variant].problem),
        runtime=lambda wildcards: 30 + MULTISCALE.enabled[wildcards.variant].steps // 500,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.multiscale.train:train"),
        settings=multiscale_run,
        arguments={},


use rule evaluate as multiscale_evaluate with:
    input:
        data="results/multiscale/{case}.zarr.zip",
        models=lambda wildcards: multiscale_models(MULTISCALE.of(wildcards.case)),
    output:
        "results/multiscale/metrics/{case}.csv",
    log:
        "results/multiscale/logs/evaluate_{case}.log",
    benchmark:
        "results/multiscale/benchmarks/evaluate_{case}.tsv"
    resources:
        mem_mb=lambda wildcards: multiscale_memory(wildcards.case),
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.multiscale.evaluate:evaluate"),
        settings=lambda wildcards: multiscale_scoring(wildcards.case),
        arguments=lambda wildcards: {"methods": list(MULTISCALE.of(wildcards.case))},


# all problems in one job: each is a matter of seconds
use rule evaluate as multiscale_rivals with:
    input:
        data=[f"results/multiscale/{case}.zarr.zip" for case in MULTISCALE_CASES],
    output:
        "results/multiscale/metrics/rivals.csv",
    log:
        "results/multiscale/logs/rivals.log",
    benchmark:
        "results/multiscale/benchmarks/rivals.tsv"
    resources:
        mem_mb=4000 + max(map(multiscale_memory, MULTISCALE_CASES)),
        runtime=120,
    params:
        **call("evaluate", "mlsim.studies.multiscale.classical:evaluate_rivals"),
        settings=canonical(
            problems={case: MULTISCALE.problems[case] for case in MULTISCALE_CASES},
            rivals=MULTISCALE.rivals,
        ),


use rule tabulate as multiscale_tabulate with:
    input:
        metrics=[
            "results/multiscale/metrics/rivals.csv",
            *[f"results/multiscale/metrics/{case}.csv" for case in MULTISCALE_CASES if MULTISCALE.of(case)],
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
        models=multiscale_models(MULTISCALE.shown),
    output:
        reported("results/multiscale/figure_predictions", "predictions"),
    log:
        "results/multiscale/logs/plot_predictions.log",
    params:
        **call("plot", "mlsim.studies.multiscale.plot:predictions_figure"),
        settings=canonical(
            data=MULTISCALE.problems["nlse_1d"],
            variants={name: MULTISCALE.enabled[name] for name in MULTISCALE.shown},
        ),
        arguments={"methods": list(MULTISCALE.shown)},


use rule runtime as multiscale_runtime with:
    input:
        expand("results/multiscale/benchmarks/train_{variant}.tsv", variant=MULTISCALE.enabled),
        [f"results/multiscale/benchmarks/evaluate_{case}.tsv" for case in MULTISCALE_CASES if MULTISCALE.of(case)],
        "results/multiscale/benchmarks/rivals.tsv",
    output:
        "results/multiscale/runtime.csv",
    log:
        "results/multiscale/logs/runtime.log",
