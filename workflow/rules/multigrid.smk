"""Deep multigrid: random coefficients, learned cycles, classical methods, table, figures, claims."""

MULTIGRID = SETTINGS["multigrid"]


def multigrid_run(wildcards):
    """Settings of one training job."""
    variant = MULTIGRID.enabled[wildcards.variant]
    problem = MULTIGRID.problems[variant.problem]
    return canonical(training=MULTIGRID.training, problem=problem, variant=variant)


def multigrid_scoring(wildcards):
    """Settings of the evaluation of one learned cycle."""
    variant = MULTIGRID.enabled[wildcards.variant]
    return canonical(
        training=MULTIGRID.training,
        problem=MULTIGRID.problems[variant.problem],
        variant=variant,
        evaluation=MULTIGRID.evaluation,
    )


def multigrid_data(wildcards):
    """Random coefficients, for the problems that have them."""
    problem = MULTIGRID.problems[MULTIGRID.enabled[wildcards.variant].problem]
    random = problem.equation == "lognormal"
    return {"data": "results/multigrid/coefficients.zarr.zip"} if random else {}


def multigrid_seed(wildcards):
    """Seed of one training job."""
    return {"seed": int(wildcards.seed)}


def multigrid_method(wildcards):
    """Seed and name of one learned cycle."""
    return {"seed": int(wildcards.seed), "method": wildcards.variant}


def multigrid_jobs(pattern):
    """One file for each variant and each of its seeds."""
    return [
        pattern.format(variant=variant, seed=seed)
        for variant in MULTIGRID.enabled
        for seed in MULTIGRID.seeds_of(variant)
    ]


localrules:
    multigrid,


rule multigrid:
    input:
        "results/multigrid/table.csv",
        "results/multigrid/radius.csv",
        "results/multigrid/claims.csv",
        "results/multigrid/figure.png",
        "results/multigrid/figure_cycles.png",
        "results/multigrid/figure_stencils.png",
        "results/multigrid/runtime.csv",


use rule generate as multigrid_coefficients with:
    output:
        "results/multigrid/coefficients.zarr.zip",
    log:
        "results/multigrid/logs/coefficients.log",
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.multigrid.generate:generate"),
        settings=canonical_json(MULTIGRID.coefficients),
        arguments={"seed": MULTIGRID.seed},


# a few dozen parameters in double precision: no GPU is requested
use rule train as multigrid_train with:
    input:
        unpack(multigrid_data),
    output:
        model="results/multigrid/models/{variant}/seed{seed}/model.pt",
        history="results/multigrid/models/{variant}/seed{seed}/history.csv",
    log:
        "results/multigrid/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/multigrid/benchmarks/train_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=3000,
        runtime=10 + MULTIGRID.training.steps // 5,
    params:
        **call("train", "mlsim.studies.multigrid.train:train"),
        settings=multigrid_run,
        arguments=multigrid_seed,


use rule evaluate as multigrid_evaluate with:
    input:
        unpack(multigrid_data),
        model="results/multigrid/models/{variant}/seed{seed}/model.pt",
    output:
        "results/multigrid/models/{variant}/seed{seed}/metrics.csv",
    log:
        "results/multigrid/logs/evaluate_{variant}_seed{seed}.log",
    benchmark:
        "results/multigrid/benchmarks/evaluate_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.multigrid.evaluate:evaluate"),
        settings=multigrid_scoring,
        arguments=multigrid_method,


use rule evaluate as multigrid_evaluate_classical with:
    input:
        data="results/multigrid/coefficients.zarr.zip",
    output:
        "results/multigrid/models/classical/metrics.csv",
    log:
        "results/multigrid/logs/evaluate_classical.log",
    benchmark:
        "results/multigrid/benchmarks/evaluate_classical.tsv"
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.multigrid.classical:evaluate_classical"),
        settings=canonical(evaluation=MULTIGRID.evaluation, problems=MULTIGRID.problems),


use rule tabulate as multigrid_tabulate with:
    input:
        metrics=[
            "results/multigrid/models/classical/metrics.csv",
            *multigrid_jobs("results/multigrid/models/{variant}/seed{seed}/metrics.csv"),
        ],
    output:
        table=reported("results/multigrid/table.csv", "table"),
        radius=reported("results/multigrid/radius.csv", "spectral radius in the lecture's layout"),
    log:
        "results/multigrid/logs/tabulate.log",
    params:
        **tabulation("multigrid", layouts="mlsim.studies.multigrid.layouts:layouts"),


use rule plot as multigrid_plot with:
    input:
        table="results/multigrid/table.csv",
    output:
        reported("results/multigrid/figure", "radius against grid size"),
    log:
        "results/multigrid/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.multigrid.plot:radius_figure"),


use rule multigrid_plot as multigrid_plot_cycles with:
    output:
        reported("results/multigrid/figure_cycles", "residual per cycle"),
    log:
        "results/multigrid/logs/plot_cycles.log",
    params:
        **call("plot", "mlsim.studies.multigrid.plot:cycles_figure"),


use rule multigrid_plot as multigrid_plot_stencils with:
    input:
        model=f"results/multigrid/models/{MULTIGRID.shown}/seed{MULTIGRID.seeds[0]}/model.pt",
    output:
        reported("results/multigrid/figure_stencils", "learned stencils"),
    log:
        "results/multigrid/logs/plot_stencils.log",
    params:
        **call("plot", "mlsim.studies.multigrid.plot:stencils_figure"),
        settings=canonical(
            training=MULTIGRID.training,
            problem=MULTIGRID.problems[MULTIGRID.enabled[MULTIGRID.shown].problem],
            variant=MULTIGRID.enabled[MULTIGRID.shown],
        ),


use rule runtime as multigrid_runtime with:
    input:
        multigrid_jobs("results/multigrid/benchmarks/train_{variant}_seed{seed}.tsv"),
        multigrid_jobs("results/multigrid/benchmarks/evaluate_{variant}_seed{seed}.tsv"),
        "results/multigrid/benchmarks/evaluate_classical.tsv",
    output:
        "results/multigrid/runtime.csv",
    log:
        "results/multigrid/logs/runtime.log",
