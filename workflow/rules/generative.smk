"""Generative models: true samples, learned maps, classical fits, table, figures, claims."""

GENERATIVE = SETTINGS["generative"]
# a wildcard `variant` is a job here: several cases with all their models and seeds


localrules:
    generative,


rule generative:
    input:
        "results/generative/table.csv",
        "results/generative/claims.csv",
        "results/generative/figure.png",
        "results/generative/figure_training.png",
        "results/generative/figure_calibration.png",
        "results/generative/figure_dimension.png",
        "results/generative/runtime.csv",


use rule generate as generative_generate with:
    output:
        "results/generative/{variant}.zarr.zip",
    log:
        "results/generative/logs/generate_{variant}.log",
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        **call("generate", "mlsim.studies.generative.generate:generate"),
        settings=lambda wildcards: parts(
            GENERATIVE, "darcy", "inverse", "lorenz", cases=GENERATIVE.run(wildcards.variant).cases
        ),
        arguments={"seed": GENERATIVE.seed},


use rule train as generative_train with:
    input:
        data="results/generative/{variant}.zarr.zip",
    output:
        model="results/generative/models/{variant}/model.pt",
        history="results/generative/models/{variant}/history.csv",
    log:
        "results/generative/logs/train_{variant}.log",
    benchmark:
        "results/generative/benchmarks/train_{variant}.tsv"
    resources:
        mem_mb=3000,
        runtime=30 + max(case.steps for case in GENERATIVE.cases.values()) // 20,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.generative.train:train"),
        settings=lambda wildcards: canonical_json(GENERATIVE.run(wildcards.variant)),
        arguments={"seeds": list(GENERATIVE.seeds)},


use rule evaluate as generative_evaluate with:
    input:
        data="results/generative/{variant}.zarr.zip",
        model="results/generative/models/{variant}/model.pt",
    output:
        "results/generative/models/{variant}/metrics.csv",
    log:
        "results/generative/logs/evaluate_{variant}.log",
    benchmark:
        "results/generative/benchmarks/evaluate_{variant}.tsv"
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.generative.evaluate:evaluate"),
        settings=lambda wildcards: parts(
            GENERATIVE,
            "darcy",
            "inverse",
            "lorenz",
            "chains",
            "evaluation",
            **asdict(GENERATIVE.run(wildcards.variant)),
        ),
        arguments={"seeds": list(GENERATIVE.seeds)},


use rule tabulate as generative_tabulate with:
    input:
        metrics=expand("results/generative/models/{variant}/metrics.csv", variant=GENERATIVE.jobs),
    output:
        table=reported("results/generative/table.csv", "table"),
    log:
        "results/generative/logs/tabulate.log",
    params:
        **tabulation("generative"),


use rule plot as generative_plot_training with:
    input:
        history=f"results/generative/models/{GENERATIVE.shown_job}/history.csv",
    output:
        reported("results/generative/figure_training", "training of the GANs"),
    log:
        "results/generative/logs/plot_training.log",
    params:
        **call("plot", "mlsim.studies.generative.plot:training_figure"),
        settings=canonical_json(GENERATIVE.run(GENERATIVE.shown_job)),
        arguments={"case": GENERATIVE.shown, "seeds": list(GENERATIVE.seeds)},


use rule generative_plot_training as generative_plot with:
    input:
        data=f"results/generative/{GENERATIVE.shown_job}.zarr.zip",
        model=f"results/generative/models/{GENERATIVE.shown_job}/model.pt",
        table="results/generative/table.csv",
    output:
        reported("results/generative/figure", "samples over the truth"),
    log:
        "results/generative/logs/plot.log",
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        **call("plot", "mlsim.studies.generative.plot:samples_figure"),


use rule plot as generative_plot_calibration with:
    input:
        table="results/generative/table.csv",
    output:
        reported("results/generative/figure_calibration", "calibration"),
    log:
        "results/generative/logs/plot_calibration.log",
    params:
        **call("plot", "mlsim.studies.generative.plot:calibration_figure"),


use rule generative_plot_calibration as generative_plot_dimension with:
    output:
        reported("results/generative/figure_dimension", "error against latent dimension"),
    log:
        "results/generative/logs/plot_dimension.log",
    params:
        **call("plot", "mlsim.studies.generative.plot:dimension_figure"),


use rule runtime as generative_runtime with:
    input:
        expand(
            "results/generative/benchmarks/{stage}_{variant}.tsv",
            stage=["train", "evaluate"],
            variant=GENERATIVE.jobs,
        ),
    output:
        "results/generative/runtime.csv",
    log:
        "results/generative/logs/runtime.log",
