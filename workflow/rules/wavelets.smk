"""Wavelets as architecture: signals, learned filters of signals and of operators, tables, figures, claims."""

WAVELETS = SETTINGS["wavelets"]


localrules:
    wavelets,


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
        **call("generate", "mlsim.studies.wavelets.generate:generate"),
        settings=canonical_json(WAVELETS.signals),
        arguments={"seed": WAVELETS.seed},


# a few dozen parameters in double precision: no GPU is requested
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
        **call("train", "mlsim.studies.wavelets.train:train"),
        settings=lambda wildcards: parts(
            WAVELETS, "training", levels=WAVELETS.compression.levels, variant=WAVELETS.enabled[wildcards.variant]
        ),
        arguments=seed_argument,


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
        **call("train", "mlsim.studies.wavelets.train_operators:train_operators"),
        settings=parts(WAVELETS, "operators", learned=WAVELETS.learned_operators),


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
        **call("evaluate", "mlsim.studies.wavelets.classical:evaluate_signals"),
        settings=canonical_json(WAVELETS.compression),


use rule wavelets_evaluate_signals as wavelets_evaluate with:
    input:
        data="results/wavelets/signals.zarr.zip",
        model="results/wavelets/models/{variant}/seed{seed}/model.pt",
    output:
        "results/wavelets/models/{variant}/seed{seed}/metrics.csv",
    log:
        "results/wavelets/logs/evaluate_{variant}_seed{seed}.log",
    params:
        **call("evaluate", "mlsim.studies.wavelets.evaluate:evaluate"),
        settings=variant_parts(WAVELETS, "training", "compression"),
        arguments=method_arguments,


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
        **call("evaluate", "mlsim.studies.wavelets.operators:evaluate_operators"),
        settings=parts(WAVELETS, "operators", learned=WAVELETS.learned_operators),


use rule tabulate as wavelets_tabulate with:
    input:
        metrics=[
            "results/wavelets/models/signals/metrics.csv",
            "results/wavelets/models/operators/metrics.csv",
            *expand(
                "results/wavelets/models/{variant}/seed{seed}/metrics.csv",
                variant=WAVELETS.enabled,
                seed=WAVELETS.seeds,
            ),
        ],
    output:
        table=reported("results/wavelets/table.csv", "table"),
    log:
        "results/wavelets/logs/tabulate.log",
    params:
        **tabulation("wavelets"),


use rule plot as wavelets_plot with:
    input:
        table="results/wavelets/table.csv",
    output:
        reported("results/wavelets/figure", "error against band"),
    log:
        "results/wavelets/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.wavelets.plot:band_figure"),


use rule wavelets_plot as wavelets_plot_compression with:
    output:
        reported("results/wavelets/figure_compression", "error against coefficients kept"),
    log:
        "results/wavelets/logs/plot_compression.log",
    params:
        **call("plot", "mlsim.studies.wavelets.plot:compression_figure"),


use rule wavelets_plot as wavelets_plot_filters with:
    input:
        model=f"results/wavelets/models/{WAVELETS.shown}/seed{WAVELETS.seeds[0]}/model.pt",
    output:
        reported("results/wavelets/figure_filters", "learned filters"),
    log:
        "results/wavelets/logs/plot_filters.log",
    params:
        **call("plot", "mlsim.studies.wavelets.plot:filters_figure"),
        settings=canonical_json(WAVELETS.enabled[WAVELETS.shown]),


use rule runtime as wavelets_runtime with:
    input:
        expand(
            "results/wavelets/benchmarks/train_{variant}_seed{seed}.tsv", variant=WAVELETS.enabled, seed=WAVELETS.seeds
        ),
        "results/wavelets/benchmarks/train_operators.tsv",
    output:
        "results/wavelets/runtime.csv",
    log:
        "results/wavelets/logs/runtime.log",
