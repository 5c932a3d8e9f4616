"""Networks from hierarchical matrices: four data sets, networks, rivals, table, figures, claims."""

from mlsim.studies.multiscale.settings import Settings as MultiscaleSettings

MULTISCALE = settings_of("multiscale", MultiscaleSettings)
MULTISCALE_CASES = [name for name, data in MULTISCALE.problems.items() if data.enabled]


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


rule multiscale:
    input:
        "results/multiscale/table.csv",
        "results/multiscale/claims.csv",
        "results/multiscale/figure.png",
        "results/multiscale/figure_predictions.png",
        "results/multiscale/figure_scaling.png",
        "results/multiscale/runtime.csv",


use rule generate as multiscale_nlse_1d with:
    output:
        "results/multiscale/nlse_1d.zarr.zip",
    log:
        "results/multiscale/logs/nlse_1d.log",
    resources:
        mem_mb=multiscale_memory("nlse_1d"),
        runtime=20,
    params:
        function="mlsim.studies.multiscale.generate:generate",
        settings=canonical_json(MULTISCALE.problems["nlse_1d"]),
        arguments={"seed": MULTISCALE.seed},
        code=code("generate", "mlsim.studies.multiscale.generate:generate"),


use rule multiscale_nlse_1d as multiscale_nlse_2d with:
    output:
        "results/multiscale/nlse_2d.zarr.zip",
    log:
        "results/multiscale/logs/nlse_2d.log",
    resources:
        mem_mb=multiscale_memory("nlse_2d"),
        runtime=120,
    params:
        function="mlsim.studies.multiscale.generate:generate",
        settings=canonical_json(MULTISCALE.problems["nlse_2d"]),
        arguments={"seed": MULTISCALE.seed},
        code=code("generate", "mlsim.studies.multiscale.generate:generate"),


use rule multiscale_nlse_1d as multiscale_rte_slab with:
    output:
        "results/multiscale/rte_slab.zarr.zip",
    log:
        "results/multiscale/logs/rte_slab.log",
    resources:
        mem_mb=multiscale_memory("rte_slab"),
        runtime=120,
    params:
        function="mlsim.studies.multiscale.generate:generate",
        settings=canonical_json(MULTISCALE.problems["rte_slab"]),
        arguments={"seed": MULTISCALE.seed},
        code=code("generate", "mlsim.studies.multiscale.generate:generate"),


use rule multiscale_nlse_1d as multiscale_darcy_2d with:
    output:
        "results/multiscale/darcy_2d.zarr.zip",
    log:
        "results/multiscale/logs/darcy_2d.log",
    resources:
        mem_mb=multiscale_memory("darcy_2d"),
        runtime=60,
    params:
        function="mlsim.studies.multiscale.generate:generate",
        settings=canonical_json(MULTISCALE.problems["darcy_2d"]),
        arguments={"seed": MULTISCALE.seed},
        code=code("generate", "mlsim.studies.multiscale.generate:generate"),


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
        function="mlsim.studies.multiscale.train:train",
        settings=multiscale_run,
        arguments={},
        code=code("train", "mlsim.studies.multiscale.train:train"),


use rule evaluate as multiscale_evaluate_nlse_1d with:
    input:
        data="results/multiscale/nlse_1d.zarr.zip",
        models=multiscale_models(MULTISCALE.of("nlse_1d")),
    output:
        "results/multiscale/metrics/nlse_1d.csv",
    log:
        "results/multiscale/logs/evaluate_nlse_1d.log",
    benchmark:
        "results/multiscale/benchmarks/evaluate_nlse_1d.tsv"
    resources:
        mem_mb=multiscale_memory("nlse_1d"),
        runtime=60,
    params:
        function="mlsim.studies.multiscale.evaluate:evaluate",
        settings=multiscale_scoring("nlse_1d"),
        arguments={"methods": list(MULTISCALE.of("nlse_1d"))},
        code=code("evaluate", "mlsim.studies.multiscale.evaluate:evaluate"),


use rule multiscale_evaluate_nlse_1d as multiscale_evaluate_nlse_2d with:
    input:
        data="results/multiscale/nlse_2d.zarr.zip",
        models=multiscale_models(MULTISCALE.of("nlse_2d")),
    output:
        "results/multiscale/metrics/nlse_2d.csv",
    log:
        "results/multiscale/logs/evaluate_nlse_2d.log",
    benchmark:
        "results/multiscale/benchmarks/evaluate_nlse_2d.tsv"
    resources:
        mem_mb=multiscale_memory("nlse_2d"),
        runtime=60,
    params:
        function="mlsim.studies.multiscale.evaluate:evaluate",
        settings=multiscale_scoring("nlse_2d"),
        arguments={"methods": list(MULTISCALE.of("nlse_2d"))},
        code=code("evaluate", "mlsim.studies.multiscale.evaluate:evaluate"),


use rule multiscale_evaluate_nlse_1d as multiscale_evaluate_rte_slab with:
    input:
        data="results/multiscale/rte_slab.zarr.zip",
        models=multiscale_models(MULTISCALE.of("rte_slab")),
    output:
        "results/multiscale/metrics/rte_slab.csv",
    log:
        "results/multiscale/logs/evaluate_rte_slab.log",
    benchmark:
        "results/multiscale/benchmarks/evaluate_rte_slab.tsv"
    resources:
        mem_mb=multiscale_memory("rte_slab"),
        runtime=60,
    params:
        function="mlsim.studies.multiscale.evaluate:evaluate",
        settings=multiscale_scoring("rte_slab"),
        arguments={"methods": list(MULTISCALE.of("rte_slab"))},
        code=code("evaluate", "mlsim.studies.multiscale.evaluate:evaluate"),


use rule multiscale_evaluate_nlse_1d as multiscale_evaluate_darcy_2d with:
    input:
        data="results/multiscale/darcy_2d.zarr.zip",
        models=multiscale_models(MULTISCALE.of("darcy_2d")),
    output:
        "results/multiscale/metrics/darcy_2d.csv",
    log:
        "results/multiscale/logs/evaluate_darcy_2d.log",
    benchmark:
        "results/multiscale/benchmarks/evaluate_darcy_2d.tsv"
    resources:
        mem_mb=multiscale_memory("darcy_2d"),
        runtime=60,
    params:
        function="mlsim.studies.multiscale.evaluate:evaluate",
        settings=multiscale_scoring("darcy_2d"),
        arguments={"methods": list(MULTISCALE.of("darcy_2d"))},
        code=code("evaluate", "mlsim.studies.multiscale.evaluate:evaluate"),


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
        function="mlsim.studies.multiscale.classical:evaluate_rivals",
        settings=canonical(
            problems={case: MULTISCALE.problems[case] for case in MULTISCALE_CASES},
            rivals=MULTISCALE.rivals,
        ),
        code=code("evaluate", "mlsim.studies.multiscale.classical:evaluate_rivals"),


use rule tabulate as multiscale_tabulate with:
    input:
        metrics=[
            "results/multiscale/metrics/rivals.csv",
            *[f"results/multiscale/metrics/{case}.csv" for case in MULTISCALE_CASES if MULTISCALE.of(case)],
        ],
    output:
        table=report(
            "results/multiscale/table.csv",
            caption="../report/multiscale_table.rst",
            category="multiscale",
            labels={"result": "table"},
        ),
    log:
        "results/multiscale/logs/tabulate.log",
    params:
        published=published("multiscale"),
        code=code("tabulate"),


use rule plot as multiscale_plot with:
    input:
        table="results/multiscale/table.csv",
    output:
        report(
            multiext("results/multiscale/figure", ".png", ".svg"),
            caption="../report/multiscale_figure.rst",
            category="multiscale",
            labels={"result": "error against cost"},
        ),
    log:
        "results/multiscale/logs/plot.log",
    params:
        function="mlsim.studies.multiscale.plot:cost_figure",
        code=code("plot", "mlsim.studies.multiscale.plot:cost_figure"),


use rule multiscale_plot as multiscale_plot_scaling with:
    output:
        report(
            multiext("results/multiscale/figure_scaling", ".png", ".svg"),
            caption="../report/multiscale_figure_scaling.rst",
            category="multiscale",
            labels={"result": "parameters and operations against grid points"},
        ),
    log:
        "results/multiscale/logs/plot_scaling.log",
    params:
        function="mlsim.studies.multiscale.plot:scaling_figure",
        code=code("plot", "mlsim.studies.multiscale.plot:scaling_figure"),


use rule multiscale_plot as multiscale_plot_predictions with:
    input:
        data="results/multiscale/nlse_1d.zarr.zip",
        models=multiscale_models(MULTISCALE.shown),
    output:
        report(
            multiext("results/multiscale/figure_predictions", ".png", ".svg"),
            caption="../report/multiscale_figure_predictions.rst",
            category="multiscale",
            labels={"result": "predictions"},
        ),
    log:
        "results/multiscale/logs/plot_predictions.log",
    params:
        function="mlsim.studies.multiscale.plot:predictions_figure",
        settings=canonical(
            data=MULTISCALE.problems["nlse_1d"],
            variants={name: MULTISCALE.enabled[name] for name in MULTISCALE.shown},
        ),
        arguments={"methods": list(MULTISCALE.shown)},
        code=code("plot", "mlsim.studies.multiscale.plot:predictions_figure"),


use rule judge as multiscale_claims with:
    input:
        table="results/multiscale/table.csv",
    output:
        report(
            "results/multiscale/claims.csv",
            caption="../report/multiscale_claims.rst",
            category="multiscale",
            labels={"result": "claims"},
        ),
    log:
        "results/multiscale/logs/claims.log",
    params:
        study="multiscale",
        function="mlsim.studies.multiscale.claims:claims",
        code=code("claims", "mlsim.studies.multiscale.claims:claims"),


use rule time as multiscale_runtime with:
    input:
        expand("results/multiscale/benchmarks/train_{variant}.tsv", variant=MULTISCALE.enabled),
        [f"results/multiscale/benchmarks/evaluate_{case}.tsv" for case in MULTISCALE_CASES if MULTISCALE.of(case)],
        "results/multiscale/benchmarks/rivals.tsv",
    output:
        "results/multiscale/runtime.csv",
    log:
        "results/multiscale/logs/runtime.log",
    params:
        code=code("runtime"),
