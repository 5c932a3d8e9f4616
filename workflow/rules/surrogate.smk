"""Surrogates of an output quantity: fields, networks, baselines, table, figures, claims."""

SURROGATE = SETTINGS["surrogate"]


localrules:
    surrogate,


rule surrogate:
    input:
        "results/surrogate/table.csv",
        "results/surrogate/claims.csv",
        "results/surrogate/figure.png",
        "results/surrogate/figure_violations.png",
        "results/surrogate/figure_intervals.png",
        "results/surrogate/figure_inputs.png",
        "results/surrogate/runtime.csv",


use rule generate as surrogate_generate with:
    output:
        "results/surrogate/fields.zarr.zip",
    log:
        "results/surrogate/logs/generate.log",
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        **call("generate", "mlsim.studies.surrogate.generate:generate"),
        settings=canonical_json(SURROGATE.fields),
        arguments={"seed": SURROGATE.seed, "seeds": list(SURROGATE.seeds)},


# all training sizes and seeds of one kind of network are trained side by side: there is no folder per seed
use rule train as surrogate_train with:
    input:
        data="results/surrogate/fields.zarr.zip",
    output:
        model="results/surrogate/models/{variant}/model.pt",
        history="results/surrogate/models/{variant}/history.csv",
    log:
        "results/surrogate/logs/train_{variant}.log",
    benchmark:
        "results/surrogate/benchmarks/train_{variant}.tsv"
    resources:
        mem_mb=2000,
        runtime=lambda wildcards: 10 + SURROGATE.enabled[wildcards.variant].steps // 100,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.surrogate.train:train"),
        settings=variant_parts(SURROGATE, "samples", "seeds"),


# one job for all networks: most of a job's time would be its start
use rule evaluate as surrogate_evaluate with:
    input:
        data="results/surrogate/fields.zarr.zip",
        models=expand("results/surrogate/models/{variant}/model.pt", variant=SURROGATE.enabled),
    output:
        "results/surrogate/models/metrics.csv",
    log:
        "results/surrogate/logs/evaluate.log",
    benchmark:
        "results/surrogate/benchmarks/evaluate.tsv"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.surrogate.evaluate:evaluate"),
        settings=parts(SURROGATE, "samples", "seeds", "measures", variants=SURROGATE.enabled),
        arguments={"names": list(SURROGATE.enabled)},


use rule surrogate_evaluate as surrogate_evaluate_classical with:
    input:
        data="results/surrogate/fields.zarr.zip",
    output:
        "results/surrogate/models/classical/metrics.csv",
    log:
        "results/surrogate/logs/evaluate_classical.log",
    benchmark:
        "results/surrogate/benchmarks/evaluate_classical.tsv"
    params:
        **call("evaluate", "mlsim.studies.surrogate.classical:evaluate_classical"),
        settings=parts(SURROGATE, "samples", "seeds", "classical", "measures"),
        arguments={},


use rule generate as surrogate_inspect with:
    input:
        data="results/surrogate/fields.zarr.zip",
        models=expand("results/surrogate/models/{variant}/model.pt", variant=SURROGATE.enabled),
    output:
        "results/surrogate/pictures.zarr.zip",
    log:
        "results/surrogate/logs/inspect.log",
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        **call("generate", "mlsim.studies.surrogate.pictures:inspect"),
        settings=parts(SURROGATE, "samples", "seeds", "measures", variants=SURROGATE.enabled),
        arguments={"names": list(SURROGATE.enabled)},


use rule tabulate as surrogate_tabulate with:
    input:
        metrics=[
            "results/surrogate/models/metrics.csv",
            "results/surrogate/models/classical/metrics.csv",
        ],
    output:
        table=reported("results/surrogate/table.csv", "table"),
    log:
        "results/surrogate/logs/tabulate.log",
    params:
        **tabulation("surrogate"),


use rule plot as surrogate_plot with:
    input:
        table="results/surrogate/table.csv",
    output:
        reported("results/surrogate/figure", "error against training samples"),
    log:
        "results/surrogate/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.surrogate.plot:error_figure"),


use rule surrogate_plot as surrogate_plot_violations with:
    output:
        reported("results/surrogate/figure_violations", "violations of exact properties"),
    log:
        "results/surrogate/logs/plot_violations.log",
    params:
        **call("plot", "mlsim.studies.surrogate.plot:violation_figure"),


use rule surrogate_plot as surrogate_plot_intervals with:
    input:
        table="results/surrogate/table.csv",
        pictures="results/surrogate/pictures.zarr.zip",
    output:
        reported("results/surrogate/figure_intervals", "prediction intervals"),
    log:
        "results/surrogate/logs/plot_intervals.log",
    params:
        **call("plot", "mlsim.studies.surrogate.plot:interval_figure"),


use rule surrogate_plot as surrogate_plot_inputs with:
    input:
        pictures="results/surrogate/pictures.zarr.zip",
    output:
        reported("results/surrogate/figure_inputs", "worst cases beside the exact derivative"),
    log:
        "results/surrogate/logs/plot_inputs.log",
    params:
        **call("plot", "mlsim.studies.surrogate.plot:input_figure"),


use rule runtime as surrogate_runtime with:
    input:
        expand("results/surrogate/benchmarks/train_{variant}.tsv", variant=SURROGATE.enabled),
        "results/surrogate/benchmarks/evaluate.tsv",
        "results/surrogate/benchmarks/evaluate_classical.tsv",
    output:
        "results/surrogate/runtime.csv",
    log:
        "results/surrogate/logs/runtime.log",
