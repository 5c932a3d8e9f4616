"""Residual learning: ground states, corrections of coarse solves, deep networks, table, figures, claims."""

from mlsim.studies.residual.settings import Settings as ResidualSettings

RESIDUAL = settings_of("residual", ResidualSettings)


def residual_run(wildcards):
    """Settings of one correction."""
    return canonical(variant=RESIDUAL.enabled_corrections[wildcards.variant])


def residual_stack_run(wildcards):
    """Settings of one deep network."""
    return canonical(shape=RESIDUAL.shape, variant=RESIDUAL.enabled_stacks[wildcards.variant])


def residual_seed(wildcards):
    """Seed of one training job."""
    return {"seed": int(wildcards.seed)}


def residual_jobs(pattern):
    """One file for each training."""
    return [pattern.format(variant=variant, seed=seed) for variant, seed in RESIDUAL.runs()]


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
        function="mlsim.studies.residual.generate:generate",
        settings=canonical_json(RESIDUAL.states),
        arguments={"seed": RESIDUAL.seed},
        code=code("generate", "mlsim.studies.residual.generate:generate"),


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
        variant="|".join(RESIDUAL.enabled_corrections),
    resources:
        mem_mb=3000,
        runtime=lambda wildcards: 10 + RESIDUAL.enabled_corrections[wildcards.variant].steps // 100,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        function="mlsim.studies.residual.train:train",
        settings=residual_run,
        arguments=residual_seed,
        code=code("train", "mlsim.studies.residual.train:train"),


use rule residual_train as residual_train_stack with:
    wildcard_constraints:
        variant="|".join(RESIDUAL.enabled_stacks),
    resources:
        mem_mb=3000,
        runtime=lambda wildcards: 10 + RESIDUAL.enabled_stacks[wildcards.variant].steps // 100,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        function="mlsim.studies.residual.train:train_stack",
        settings=residual_stack_run,
        arguments=residual_seed,
        code=code("train", "mlsim.studies.residual.train:train_stack"),


# one job for all networks: most of a job's time would be its start
use rule evaluate as residual_evaluate with:
    input:
        data="results/residual/states.zarr.zip",
        models=residual_jobs("results/residual/models/{variant}/seed{seed}/model.pt"),
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
        function="mlsim.studies.residual.evaluate:evaluate",
        settings=canonical(
            corrections=RESIDUAL.enabled_corrections,
            shape=RESIDUAL.shape,
            stacks=RESIDUAL.enabled_stacks,
        ),
        arguments={"runs": [list(run) for run in RESIDUAL.runs()]},
        code=code("evaluate", "mlsim.studies.residual.evaluate:evaluate"),


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
        function="mlsim.studies.residual.classical:evaluate_exact",
        settings=canonical_json(RESIDUAL.exact),
        arguments={"seed": RESIDUAL.seed, "seeds": list(RESIDUAL.seeds)},
        code=code("evaluate", "mlsim.studies.residual.classical:evaluate_exact"),


use rule tabulate as residual_tabulate with:
    input:
        metrics=[
            "results/residual/models/metrics.csv",
            "results/residual/models/exact/metrics.csv",
        ],
    output:
        table=report(
            "results/residual/table.csv",
            caption="../report/residual_table.rst",
            category="residual",
            labels={"result": "table"},
        ),
    log:
        "results/residual/logs/tabulate.log",
    params:
        published=published("residual"),
        code=code("tabulate"),


use rule plot as residual_plot with:
    input:
        table="results/residual/table.csv",
    output:
        report(
            multiext("results/residual/figure", ".png", ".svg"),
            caption="../report/residual_figure.rst",
            category="residual",
            labels={"result": "error against the coarse grid"},
        ),
    log:
        "results/residual/logs/plot.log",
    params:
        function="mlsim.studies.residual.plot:correction_figure",
        code=code("plot", "mlsim.studies.residual.plot:correction_figure"),


use rule residual_plot as residual_plot_depth with:
    output:
        report(
            multiext("results/residual/figure_depth", ".png", ".svg"),
            caption="../report/residual_figure_depth.rst",
            category="residual",
            labels={"result": "training error against depth"},
        ),
    log:
        "results/residual/logs/plot_depth.log",
    params:
        function="mlsim.studies.residual.plot:depth_figure",
        code=code("plot", "mlsim.studies.residual.plot:depth_figure"),


use rule residual_plot as residual_plot_toeplitz with:
    output:
        report(
            multiext("results/residual/figure_toeplitz", ".png", ".svg"),
            caption="../report/residual_figure_toeplitz.rst",
            category="residual",
            labels={"result": "convolution against dense matrix"},
        ),
    log:
        "results/residual/logs/plot_toeplitz.log",
    params:
        function="mlsim.studies.residual.plot:toeplitz_figure",
        code=code("plot", "mlsim.studies.residual.plot:toeplitz_figure"),


use rule judge as residual_claims with:
    input:
        table="results/residual/table.csv",
    output:
        report(
            "results/residual/claims.csv",
            caption="../report/residual_claims.rst",
            category="residual",
            labels={"result": "claims"},
        ),
    log:
        "results/residual/logs/claims.log",
    params:
        study="residual",
        function="mlsim.studies.residual.claims:claims",
        code=code("claims", "mlsim.studies.residual.claims:claims"),


use rule time as residual_runtime with:
    input:
        residual_jobs("results/residual/benchmarks/train_{variant}_seed{seed}.tsv"),
        "results/residual/benchmarks/evaluate.tsv",
        "results/residual/benchmarks/evaluate_exact.tsv",
    output:
        "results/residual/runtime.csv",
    log:
        "results/residual/logs/runtime.log",
    params:
        code=code("runtime"),
