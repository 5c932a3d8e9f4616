"""Deep multigrid: random coefficients, learned cycles, classical methods, table, figures, claims."""

MULTIGRID = SETTINGS["multigrid"]


# for the problems that have random coefficients
COEFFICIENTS = {"data": "results/multigrid/coefficients.zarr.zip"}


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
        unpack(lambda wildcards: COEFFICIENTS if MULTIGRID.has_coefficients(wildcards.variant) else {}),
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
        settings=lambda wildcards: canonical_json(MULTIGRID.run(wildcards.variant)),
        arguments=seed_argument,


use rule evaluate as multigrid_evaluate with:
    input:
        unpack(lambda wildcards: COEFFICIENTS if MULTIGRID.has_coefficients(wildcards.variant) else {}),
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
        settings=lambda wildcards: canonical_json(MULTIGRID.scoring(wildcards.variant)),
        arguments=method_arguments,


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
        settings=parts(MULTIGRID, "evaluation", "problems"),


use rule tabulate as multigrid_tabulate with:
    input:
        metrics=[
            "results/multigrid/models/classical/metrics.csv",
            *(f"results/multigrid/models/{variant}/seed{seed}/metrics.csv" for variant, seed in MULTIGRID.runs()),
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
        settings=canonical_json(MULTIGRID.run(MULTIGRID.shown)),


use rule runtime as multigrid_runtime with:
    input:
        [
            f"results/multigrid/benchmarks/{stage}_{variant}_seed{seed}.tsv"
            for stage in ("train", "evaluate")
            for variant, seed in MULTIGRID.runs()
        ],
        "results/multigrid/benchmarks/evaluate_classical.tsv",
    output:
        "results/multigrid/runtime.csv",
    log:
        "results/multigrid/logs/runtime.log",
