"""Wavelets as architecture: signals, learned filters of signals and of operators, tables, figures, claims."""

from mlsim.studies.wavelets.settings import Settings as WaveletsSettings

WAVELETS = settings_of("wavelets", WaveletsSettings)
WAVELETS_OPERATORS = canonical(learned=WAVELETS.learned_operators, operators=WAVELETS.operators)


def wavelets_run(wildcards):
    """Settings of one training job."""
    variant = WAVELETS.enabled[wildcards.variant]
    return canonical(training=WAVELETS.training, variant=variant, levels=WAVELETS.compression.levels)


def wavelets_scoring(wildcards):
    """Settings of the evaluation of one training."""
    variant = WAVELETS.enabled[wildcards.variant]
    return canonical(training=WAVELETS.training, variant=variant, compression=WAVELETS.compression)


def wavelets_seed(wildcards):
    """Seed of one training job."""
    return {"seed": int(wildcards.seed)}


def wavelets_method(wildcards):
    """Seed and name of one training."""
    return {"seed": int(wildcards.seed), "method": wildcards.variant}


def wavelets_jobs(pattern):
    """One file for each variant and each seed."""
    return [pattern.format(variant=variant, seed=seed) for variant in WAVELETS.enabled for seed in WAVELETS.seeds]


rule wavelets:
    input:
        "results/wavelets/table.csv",
        "results/wavelets/claims.csv",
        "results/wavelets/figure.png",
        "results/wavelets/figure_compression.png",
        "results/wavelets/figure_filters.png",
        "results/wavelets/runtime.csv",


use rule generate as wavelets_generate with:
    output:
        "results/wavelets/signals.zarr.zip",
    log:
        "results/wavelets/logs/generate.log",
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        function="mlsim.studies.wavelets.generate:generate",
        settings=canonical_json(WAVELETS.signals),
        arguments={"seed": WAVELETS.seed},
        code=code("generate", "mlsim.studies.wavelets.generate:generate"),


# a few dozen parameters in double precision: no graphics card is asked for
use rule train as wavelets_train with:
    input:
        data="results/wavelets/signals.zarr.zip",
    output:
        model="results/wavelets/models/{variant}/seed{seed}/model.pt",
        history="results/wavelets/models/{variant}/seed{seed}/history.csv",
    log:
        "results/wavelets/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/wavelets/benchmarks/train_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=1500,
        runtime=10 + WAVELETS.training.steps // 5,
    params:
        function="mlsim.studies.wavelets.train:train",
        settings=wavelets_run,
        arguments=wavelets_seed,
        code=code("train", "mlsim.studies.wavelets.train:train"),


# nothing is drawn at random: no seed
use rule train as wavelets_train_operators with:
    output:
        model="results/wavelets/models/operators/model.pt",
        history="results/wavelets/models/operators/history.csv",
    log:
        "results/wavelets/logs/train_operators.log",
    benchmark:
        "results/wavelets/benchmarks/train_operators.tsv"
    resources:
        mem_mb=2000,
        runtime=30 + WAVELETS.learned_operators.steps // 5,
    params:
        function="mlsim.studies.wavelets.train_operators:train_operators",
        settings=WAVELETS_OPERATORS,
        arguments={},
        code=code("train", "mlsim.studies.wavelets.train_operators:train_operators"),


use rule evaluate as wavelets_evaluate with:
    input:
        data="results/wavelets/signals.zarr.zip",
        model="results/wavelets/models/{variant}/seed{seed}/model.pt",
    output:
        "results/wavelets/models/{variant}/seed{seed}/metrics.csv",
    log:
        "results/wavelets/logs/evaluate_{variant}_seed{seed}.log",
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        function="mlsim.studies.wavelets.evaluate:evaluate",
        settings=wavelets_scoring,
        arguments=wavelets_method,
        code=code("evaluate", "mlsim.studies.wavelets.evaluate:evaluate"),


use rule evaluate as wavelets_evaluate_signals with:
    input:
        data="results/wavelets/signals.zarr.zip",
    output:
        "results/wavelets/models/signals/metrics.csv",
    log:
        "results/wavelets/logs/evaluate_signals.log",
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        function="mlsim.studies.wavelets.classical:evaluate_signals",
        settings=canonical_json(WAVELETS.compression),
        code=code("evaluate", "mlsim.studies.wavelets.classical:evaluate_signals"),


use rule evaluate as wavelets_evaluate_operators with:
    input:
        model="results/wavelets/models/operators/model.pt",
    output:
        "results/wavelets/models/operators/metrics.csv",
    log:
        "results/wavelets/logs/evaluate_operators.log",
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        function="mlsim.studies.wavelets.operators:evaluate_operators",
        settings=WAVELETS_OPERATORS,
        code=code("evaluate", "mlsim.studies.wavelets.operators:evaluate_operators"),


use rule tabulate as wavelets_tabulate with:
    input:
        metrics=[
            "results/wavelets/models/signals/metrics.csv",
            "results/wavelets/models/operators/metrics.csv",
            *wavelets_jobs("results/wavelets/models/{variant}/seed{seed}/metrics.csv"),
        ],
    output:
        table=report(
            "results/wavelets/table.csv",
            caption="../report/wavelets_table.rst",
            category="wavelets",
            labels={"result": "table"},
        ),
    log:
        "results/wavelets/logs/tabulate.log",
    params:
        published=published("wavelets"),
        code=code("tabulate"),


use rule plot as wavelets_plot with:
    input:
        table="results/wavelets/table.csv",
    output:
        report(
            multiext("results/wavelets/figure", ".png", ".svg"),
            caption="../report/wavelets_figure.rst",
            category="wavelets",
            labels={"result": "error against band"},
        ),
    log:
        "results/wavelets/logs/plot.log",
    params:
        function="mlsim.studies.wavelets.plot:band_figure",
        code=code("plot", "mlsim.studies.wavelets.plot:band_figure"),


use rule wavelets_plot as wavelets_plot_compression with:
    output:
        report(
            multiext("results/wavelets/figure_compression", ".png", ".svg"),
            caption="../report/wavelets_figure_compression.rst",
            category="wavelets",
            labels={"result": "error against coefficients kept"},
        ),
    log:
        "results/wavelets/logs/plot_compression.log",
    params:
        function="mlsim.studies.wavelets.plot:compression_figure",
        code=code("plot", "mlsim.studies.wavelets.plot:compression_figure"),


use rule wavelets_plot as wavelets_plot_filters with:
    input:
        model=f"results/wavelets/models/{WAVELETS.shown}/seed{WAVELETS.seeds[0]}/model.pt",
    output:
        report(
            multiext("results/wavelets/figure_filters", ".png", ".svg"),
            caption="../report/wavelets_figure_filters.rst",
            category="wavelets",
            labels={"result": "learned filters"},
        ),
    log:
        "results/wavelets/logs/plot_filters.log",
    params:
        function="mlsim.studies.wavelets.plot:filters_figure",
        settings=canonical_json(WAVELETS.enabled[WAVELETS.shown]),
        code=code("plot", "mlsim.studies.wavelets.plot:filters_figure"),


use rule judge as wavelets_claims with:
    input:
        table="results/wavelets/table.csv",
    output:
        report(
            "results/wavelets/claims.csv",
            caption="../report/wavelets_claims.rst",
            category="wavelets",
            labels={"result": "claims"},
        ),
    log:
        "results/wavelets/logs/claims.log",
    params:
        study="wavelets",
        function="mlsim.studies.wavelets.claims:claims",
        code=code("claims", "mlsim.studies.wavelets.claims:claims"),


use rule time as wavelets_runtime with:
    input:
        wavelets_jobs("results/wavelets/benchmarks/train_{variant}_seed{seed}.tsv"),
        "results/wavelets/benchmarks/train_operators.tsv",
    output:
        "results/wavelets/runtime.csv",
    log:
        "results/wavelets/logs/runtime.log",
    params:
        code=code("runtime"),
