"""Residual learning: ground states, corrections of coarse solves, deep networks, table, figures, claims."""

RESIDUAL = SETTINGS["residual"]


localrules:
    residual,


rule residual:
    input:
        "results/residual/table.csv",
        "results/residual/claims.csv",
        "results/residual/figure.png",
        "results/residual/figure_depth.png",
        "results/residual/figure_toeplitz.png",
        "results/residual/runtime.csv",


use rule generate as residual_generate with:
    output:
        "results/residual/states.zarr.zip",
    log:
        "results/residual/logs/generate.log",
    resources:
        mem_mb=2000,
        runtime=10 + RESIDUAL.states.train // 2000,
    params:
        **call("generate", "mlsim.studies.residual.generate:generate"),
        settings=canonical_json(RESIDUAL.states),
        arguments={"seed": RESIDUAL.seed},


use rule train as residual_train with:
    input:
        data="results/residual/states.zarr.zip",
    output:
        model="results/residual/models/{variant}/seed{seed}/model.pt",
        history="results/residual/models/{variant}/seed{seed}/history.csv",
    log:
        "results/residual/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/residual/benchmarks/train_{variant}_seed{seed}.tsv"
    wildcard_constraints:
        variant="|".join(RESIDUAL.corrections),
    resources:
        mem_mb=3000,
        runtime=lambda wildcards: 10 + RESIDUAL.run(wildcards.variant).variant.steps // 100,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.residual.train:train"),
        settings=lambda wildcards: canonical_json(RESIDUAL.run(wildcards.variant)),
        arguments=seed_argument,


use rule residual_train as residual_train_stack with:
    wildcard_constraints:
        variant="|".join(RESIDUAL.stacks),
    params:
        **call("train", "mlsim.studies.residual.train:train_stack"),


# one job for all networks: most of a job's time would be its start
use rule evaluate as residual_evaluate with:
    input:
        data="results/residual/states.zarr.zip",
        models=[f"results/residual/models/{variant}/seed{seed}/model.pt" for variant, seed in RESIDUAL.runs()],
    output:
        "results/residual/models/metrics.csv",
    log:
        "results/residual/logs/evaluate.log",
    benchmark:
        "results/residual/benchmarks/evaluate.tsv"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.residual.evaluate:evaluate"),
        settings=parts(RESIDUAL, "shape", corrections=enabled(RESIDUAL.corrections), stacks=enabled(RESIDUAL.stacks)),
        arguments={"runs": [list(run) for run in RESIDUAL.runs()]},


use rule evaluate as residual_evaluate_exact with:
    output:
        "results/residual/models/exact/metrics.csv",
    log:
        "results/residual/logs/evaluate_exact.log",
    benchmark:
        "results/residual/benchmarks/evaluate_exact.tsv"
    resources:
        mem_mb=3000,
        runtime=15,
    params:
        **call("evaluate", "mlsim.studies.residual.classical:evaluate_exact"),
        settings=canonical_json(RESIDUAL.exact),
        arguments={"seed": RESIDUAL.seed, "seeds": list(RESIDUAL.seeds)},


use rule tabulate as residual_tabulate with:
    input:
        metrics=[
            "results/residual/models/metrics.csv",
            "results/residual/models/exact/metrics.csv",
        ],
    output:
        table=reported("results/residual/table.csv", "table"),
    log:
        "results/residual/logs/tabulate.log",
    params:
        **tabulation("residual"),


use rule plot as residual_plot with:
    input:
        table="results/residual/table.csv",
    output:
        reported("results/residual/figure", "error against the coarse grid"),
    log:
        "results/residual/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.residual.plot:correction_figure"),


use rule residual_plot as residual_plot_depth with:
    output:
        reported("results/residual/figure_depth", "training error against depth"),
    log:
        "results/residual/logs/plot_depth.log",
    params:
        **call("plot", "mlsim.studies.residual.plot:depth_figure"),


use rule residual_plot as residual_plot_toeplitz with:
    output:
        reported("results/residual/figure_toeplitz", "convolution against dense matrix"),
    log:
        "results/residual/logs/plot_toeplitz.log",
    params:
        **call("plot", "mlsim.studies.residual.plot:toeplitz_figure"),


use rule runtime as residual_runtime with:
    input:
        [f"results/residual/benchmarks/train_{variant}_seed{seed}.tsv" for variant, seed in RESIDUAL.runs()],
        "results/residual/benchmarks/evaluate.tsv",
        "results/residual/benchmarks/evaluate_exact.tsv",
    output:
        "results/residual/runtime.csv",
    log:
        "results/residual/logs/runtime.log",
