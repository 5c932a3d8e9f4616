"""Neural networks for topology optimisation: SIMP histories, networks, table, figures, claims."""

TOPOPT = SETTINGS["topopt"]
# in MB; a history takes 0.5 (100 iterations of 1,600 elements, 3 bytes each), and a job may hold all of them twice
TOPOPT_MEMORY = 3000 + TOPOPT.problems.total


localrules:
    topopt,


rule topopt:
    input:
        "results/topopt/table.csv",
        "results/topopt/accuracy.csv",
        "results/topopt/claims.csv",
        "results/topopt/figure.png",
        "results/topopt/figure_problems.png",
        "results/topopt/figure_heat.png",
        "results/topopt/runtime.csv",


use rule generate as topopt_simulate with:
    output:
        "results/topopt/shards/{shard}.zarr.zip",
    log:
        "results/topopt/logs/simulate_{shard}.log",
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        **call("generate", "mlsim.studies.topopt.generate:simulate"),
        settings=parts(TOPOPT, "simulation", "load_cases"),
        arguments=lambda wildcards: TOPOPT.shard(int(wildcards.shard)),


use rule generate as topopt_merge with:
    input:
        shards=expand(
            "results/topopt/shards/{shard}.zarr.zip",
            shard=range(TOPOPT.problems.shards),
        ),
    output:
        "results/topopt/histories.zarr.zip",
    log:
        "results/topopt/logs/merge.log",
    resources:
        mem_mb=TOPOPT_MEMORY + TOPOPT.problems.total // 4,
        runtime=30,
    params:
        **call("generate", "mlsim.studies.topopt.generate:merge"),
        settings=canonical_json(TOPOPT.problems),


use rule topopt_simulate as topopt_simulate_heat with:
    output:
        "results/topopt/heat.zarr.zip",
    log:
        "results/topopt/logs/heat.log",
    params:
        **call("generate", "mlsim.studies.topopt.generate:simulate_heat"),
        settings=parts(TOPOPT, "simulation", "heat"),
        arguments={"seed": TOPOPT.seed},


use rule topopt_simulate as topopt_simulate_examples with:
    output:
        "results/topopt/examples.zarr.zip",
    log:
        "results/topopt/logs/examples.log",
    params:
        **call("generate", "mlsim.studies.topopt.generate:simulate_examples"),
        settings=parts(TOPOPT, "simulation", "examples"),
        arguments={},


use rule train as topopt_train with:
    input:
        histories="results/topopt/histories.zarr.zip",
    output:
        model="results/topopt/models/{variant}/seed{seed}/model.pt",
        history="results/topopt/models/{variant}/seed{seed}/history.csv",
    log:
        "results/topopt/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/topopt/benchmarks/train_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=TOPOPT_MEMORY,
        runtime=30 + TOPOPT.training.samples // 5000,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.topopt.train:train"),
        settings=variant_parts(TOPOPT, "training"),
        arguments=seed_argument,


use rule evaluate as topopt_evaluate_thresholding with:
    input:
        histories="results/topopt/histories.zarr.zip",
        heat="results/topopt/heat.zarr.zip",
    output:
        "results/topopt/models/thresholding/metrics.csv",
    log:
        "results/topopt/logs/evaluate_thresholding.log",
    resources:
        mem_mb=TOPOPT_MEMORY,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.topopt.evaluate:evaluate_thresholding"),
        settings=canonical_json(TOPOPT.evaluation),


use rule topopt_evaluate_thresholding as topopt_evaluate with:
    input:
        histories="results/topopt/histories.zarr.zip",
        heat="results/topopt/heat.zarr.zip",
        model="results/topopt/models/{variant}/seed{seed}/model.pt",
    output:
        "results/topopt/models/{variant}/seed{seed}/metrics.csv",
    log:
        "results/topopt/logs/evaluate_{variant}_seed{seed}.log",
    params:
        **call("evaluate", "mlsim.studies.topopt.evaluate:evaluate"),
        settings=variant_parts(TOPOPT, "training", "evaluation"),
        arguments=method_arguments,


use rule tabulate as topopt_tabulate with:
    input:
        metrics=[
            "results/topopt/models/thresholding/metrics.csv",
            *expand(
                "results/topopt/models/{variant}/seed{seed}/metrics.csv",
                variant=TOPOPT.enabled,
                seed=TOPOPT.seeds,
            ),
        ],
    output:
        table=reported("results/topopt/table.csv", "table"),
        accuracy=reported("results/topopt/accuracy.csv", "accuracy in the paper's layout"),
    log:
        "results/topopt/logs/tabulate.log",
    params:
        **tabulation("topopt", layouts="mlsim.studies.topopt.layouts:layouts"),


use rule generate as topopt_predict_examples with:
    input:
        histories="results/topopt/histories.zarr.zip",
        cases="results/topopt/examples.zarr.zip",
        model=f"results/topopt/models/{TOPOPT.shown}/seed{TOPOPT.seeds[0]}/model.pt",
    output:
        "results/topopt/predictions.zarr.zip",
    log:
        "results/topopt/logs/predictions.log",
    resources:
        mem_mb=TOPOPT_MEMORY,
        runtime=10,
    params:
        **call("generate", "mlsim.studies.topopt.evaluate:examples"),
        settings=parts(TOPOPT, "training", "evaluation", variant=TOPOPT.enabled[TOPOPT.shown]),
        arguments={"seed": TOPOPT.seeds[0], "method": TOPOPT.shown},


use rule plot as topopt_plot with:
    input:
        table="results/topopt/table.csv",
    output:
        reported("results/topopt/figure", "accuracy against iteration"),
    log:
        "results/topopt/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.topopt.plot:accuracy_figure"),


use rule topopt_plot as topopt_plot_heat with:
    output:
        reported("results/topopt/figure_heat", "transfer to heat conduction"),
    log:
        "results/topopt/logs/plot_heat.log",
    params:
        **call("plot", "mlsim.studies.topopt.plot:heat_figure"),


use rule topopt_plot as topopt_plot_problems with:
    input:
        predictions="results/topopt/predictions.zarr.zip",
    output:
        reported("results/topopt/figure_problems", "problems"),
    log:
        "results/topopt/logs/plot_problems.log",
    params:
        **call("plot", "mlsim.studies.topopt.plot:problems_figure"),


use rule runtime as topopt_runtime with:
    input:
        expand(
            "results/topopt/benchmarks/train_{variant}_seed{seed}.tsv",
            variant=TOPOPT.enabled,
            seed=TOPOPT.seeds,
        ),
    output:
        "results/topopt/runtime.csv",
    log:
        "results/topopt/logs/runtime.log",
