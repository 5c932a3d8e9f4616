"""Expressive power: exact ranks and bounds; digits, teachers and automata learned by four networks; table, figures."""

EXPRESSIVITY = SETTINGS["expressivity"]


localrules:
    expressivity,


rule expressivity:
    input:
        "results/expressivity/table.csv",
        "results/expressivity/claims.csv",
        "results/expressivity/figure.png",
        "results/expressivity/figure_bounds.png",
        "results/expressivity/figure_networks.png",
        "results/expressivity/runtime.csv",


use rule generate as expressivity_generate with:
    output:
        "results/expressivity/tasks.zarr.zip",
    log:
        "results/expressivity/logs/generate.log",
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.expressivity.generate:generate"),
        settings=parts(EXPRESSIVITY, "seeds", "data"),
        arguments={"seed": EXPRESSIVITY.seed},


use rule evaluate as expressivity_evaluate_tensors with:
    output:
        "results/expressivity/models/tensors/metrics.csv",
    log:
        "results/expressivity/logs/evaluate_tensors.log",
    benchmark:
        "results/expressivity/benchmarks/evaluate_tensors.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.expressivity.certificates:evaluate_tensors"),
        settings=canonical_json(EXPRESSIVITY.tensors),
        arguments={"seed": EXPRESSIVITY.seed},


# all seeds of one kind of network are trained in one job, without a folder per seed; the networks are too small for a GPU
use rule train as expressivity_train with:
    input:
        data="results/expressivity/tasks.zarr.zip",
    output:
        model="results/expressivity/models/{variant}/model.pt",
        history="results/expressivity/models/{variant}/history.csv",
    log:
        "results/expressivity/logs/train_{variant}.log",
    benchmark:
        "results/expressivity/benchmarks/train_{variant}.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        **call("train", "mlsim.studies.expressivity.train:train"),
        settings=variant_parts(EXPRESSIVITY, "seeds", "tasks"),


use rule evaluate as expressivity_evaluate with:
    input:
        data="results/expressivity/tasks.zarr.zip",
        model=expand("results/expressivity/models/{variant}/model.pt", variant=EXPRESSIVITY.enabled),
    output:
        "results/expressivity/models/networks/metrics.csv",
    log:
        "results/expressivity/logs/evaluate.log",
    benchmark:
        "results/expressivity/benchmarks/evaluate.tsv"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.expressivity.evaluate:evaluate"),
        settings=parts(EXPRESSIVITY, "seeds", "tasks", variants=EXPRESSIVITY.enabled),
        # canonical text sorts the variants by name; the models are in the order of the configuration
        arguments={"methods": list(EXPRESSIVITY.enabled)},


use rule tabulate as expressivity_tabulate with:
    input:
        metrics=expand("results/expressivity/models/{part}/metrics.csv", part=["tensors", "networks"]),
    output:
        table=reported("results/expressivity/table.csv", "table"),
    log:
        "results/expressivity/logs/tabulate.log",
    params:
        **tabulation("expressivity"),


use rule plot as expressivity_plot with:
    input:
        table="results/expressivity/table.csv",
    output:
        reported("results/expressivity/figure", "exact rank against the number of modes"),
    log:
        "results/expressivity/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.expressivity.plot:rank_figure"),


use rule expressivity_plot as expressivity_plot_bounds with:
    output:
        reported("results/expressivity/figure_bounds", "canonical approximation against its lower bound"),
    log:
        "results/expressivity/logs/plot_bounds.log",
    params:
        **call("plot", "mlsim.studies.expressivity.plot:bound_figure"),


use rule expressivity_plot as expressivity_plot_networks with:
    output:
        reported("results/expressivity/figure_networks", "networks against their number of parameters"),
    log:
        "results/expressivity/logs/plot_networks.log",
    params:
        **call("plot", "mlsim.studies.expressivity.plot:network_figure"),


use rule runtime as expressivity_runtime with:
    input:
        expand("results/expressivity/benchmarks/train_{variant}.tsv", variant=EXPRESSIVITY.enabled),
        "results/expressivity/benchmarks/evaluate.tsv",
        "results/expressivity/benchmarks/evaluate_tensors.tsv",
    output:
        "results/expressivity/runtime.csv",
    log:
        "results/expressivity/logs/runtime.log",
