"""The flow of the oscillator: motions, networks, table, figure, claims."""

OSCILLATOR = SETTINGS["oscillator"]


localrules:
    oscillator,


rule oscillator:
    input:
        "results/oscillator/table.csv",
        "results/oscillator/claims.csv",
        "results/oscillator/figure.png",
        "results/oscillator/runtime.csv",


use rule generate as oscillator_generate with:
    output:
        "results/oscillator/motions.zarr.zip",
    log:
        "results/oscillator/logs/generate.log",
    resources:
        mem_mb=500,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.oscillator.generate:generate"),
        settings=canonical_json(OSCILLATOR.sampling),
        arguments={"seed": OSCILLATOR.seed},


use rule train as oscillator_train with:
    input:
        data="results/oscillator/motions.zarr.zip",
    output:
        model="results/oscillator/models/{variant}/seed{seed}/model.pt",
        history="results/oscillator/models/{variant}/seed{seed}/history.csv",
    log:
        "results/oscillator/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/oscillator/benchmarks/train_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.oscillator.train:train"),
        settings=variant_parts(OSCILLATOR, "training"),
        arguments=seed_argument,


use rule evaluate as oscillator_evaluate with:
    input:
        data="results/oscillator/motions.zarr.zip",
        model="results/oscillator/models/{variant}/seed{seed}/model.pt",
    output:
        "results/oscillator/models/{variant}/seed{seed}/metrics.csv",
    log:
        "results/oscillator/logs/evaluate_{variant}_seed{seed}.log",
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        **call("evaluate", "mlsim.studies.oscillator.evaluate:evaluate"),
        settings=variant_parts(OSCILLATOR, "training"),
        arguments=method_arguments,


use rule tabulate as oscillator_tabulate with:
    input:
        metrics=expand(
            "results/oscillator/models/{variant}/seed{seed}/metrics.csv",
            variant=OSCILLATOR.enabled,
            seed=OSCILLATOR.seeds,
        ),
    output:
        table=reported("results/oscillator/table.csv", "table"),
    log:
        "results/oscillator/logs/tabulate.log",
    params:
        **tabulation("oscillator"),


use rule plot as oscillator_plot with:
    input:
        table="results/oscillator/table.csv",
    output:
        reported("results/oscillator/figure", "error of every network"),
    log:
        "results/oscillator/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.oscillator.plot:error_figure"),


use rule runtime as oscillator_runtime with:
    input:
        expand(
            "results/oscillator/benchmarks/train_{variant}_seed{seed}.tsv",
            variant=OSCILLATOR.enabled,
            seed=OSCILLATOR.seeds,
        ),
    output:
        "results/oscillator/runtime.csv",
    log:
        "results/oscillator/logs/runtime.log",
