"""Deep image prior: damaged images, fits of untrained networks, inversion, designs, table, figures, claims."""

IMAGE_PRIOR = SETTINGS["image_prior"]


localrules:
    image_prior,


rule image_prior:
    input:
        "results/image_prior/table.csv",
        "results/image_prior/claims.csv",
        "results/image_prior/figure.png",
        "results/image_prior/figure_images.png",
        "results/image_prior/figure_simulation.png",
        "results/image_prior/runtime.csv",


use rule generate as image_prior_generate with:
    input:
        photographs=[user_file(Path(IMAGE_PRIOR.folder, name)) for name in IMAGE_PRIOR.files],
    output:
        "results/image_prior/images.zarr.zip",
    log:
        "results/image_prior/logs/generate.log",
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.image_prior.generate:generate"),
        settings=canonical_json(IMAGE_PRIOR.data()),
        arguments={"seed": IMAGE_PRIOR.seed},


use rule train as image_prior_train with:
    input:
        data="results/image_prior/images.zarr.zip",
    output:
        model="results/image_prior/models/{variant}/seed{seed}/model.pt",
        history="results/image_prior/models/{variant}/seed{seed}/history.csv",
    log:
        "results/image_prior/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/image_prior/benchmarks/train_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=4000,
        runtime=lambda wildcards: 10 + IMAGE_PRIOR.enabled[wildcards.variant].steps // 50,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.image_prior.train:train"),
        settings=lambda wildcards: canonical_json(IMAGE_PRIOR.run(wildcards.variant)),
        arguments=seed_argument,


# one job for all fits: most of a job's time would be its start
use rule evaluate as image_prior_evaluate with:
    input:
        data="results/image_prior/images.zarr.zip",
        models=[f"results/image_prior/models/{variant}/seed{seed}/model.pt" for variant, seed in IMAGE_PRIOR.fits],
    output:
        "results/image_prior/models/metrics.csv",
    log:
        "results/image_prior/logs/evaluate.log",
    benchmark:
        "results/image_prior/benchmarks/evaluate.tsv"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.image_prior.evaluate:evaluate"),
        settings=parts(
            IMAGE_PRIOR,
            "priors",
            tasks=IMAGE_PRIOR.used_tasks,
            variants=IMAGE_PRIOR.enabled,
            sets=IMAGE_PRIOR.used_sets,
        ),
        arguments={"runs": [list(fit) for fit in IMAGE_PRIOR.fits]},


use rule evaluate as image_prior_evaluate_inversion with:
    output:
        "results/image_prior/models/inversion/metrics.csv",
    log:
        "results/image_prior/logs/evaluate_inversion.log",
    benchmark:
        "results/image_prior/benchmarks/evaluate_inversion.tsv"
    resources:
        mem_mb=1500,
        runtime=10 + IMAGE_PRIOR.inversion.truths,
    params:
        **call("evaluate", "mlsim.studies.image_prior.inversion:evaluate_inversion"),
        settings=canonical_json(IMAGE_PRIOR.inversion),
        arguments={"seed": IMAGE_PRIOR.seed},


use rule evaluate as image_prior_evaluate_designs with:
    output:
        "results/image_prior/models/designs/metrics.csv",
    log:
        "results/image_prior/logs/evaluate_designs.log",
    benchmark:
        "results/image_prior/benchmarks/evaluate_designs.tsv"
    resources:
        mem_mb=1500,
        runtime=10 + 2 * IMAGE_PRIOR.designs.problems,
    params:
        **call("evaluate", "mlsim.studies.image_prior.designs:evaluate_designs"),
        settings=canonical_json(IMAGE_PRIOR.designs),
        arguments={"seed": IMAGE_PRIOR.seed},


use rule tabulate as image_prior_tabulate with:
    input:
        metrics=[
            "results/image_prior/models/metrics.csv",
            "results/image_prior/models/inversion/metrics.csv",
            "results/image_prior/models/designs/metrics.csv",
        ],
    output:
        table=reported("results/image_prior/table.csv", "table"),
    log:
        "results/image_prior/logs/tabulate.log",
    params:
        **tabulation("image_prior"),


use rule plot as image_prior_plot with:
    input:
        table="results/image_prior/table.csv",
        histories=[
            f"results/image_prior/models/{variant}/seed{seed}/history.csv" for variant, seed in IMAGE_PRIOR.curve_fits
        ],
        models=[f"results/image_prior/models/{variant}/seed{seed}/model.pt" for variant, seed in IMAGE_PRIOR.curve_fits],
    output:
        reported("results/image_prior/figure", "decibels along the fit"),
    log:
        "results/image_prior/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.image_prior.plot:curve_figure"),
        arguments={
            "networks": [IMAGE_PRIOR.network(variant) for variant, _ in IMAGE_PRIOR.curve_fits],
            "case": next(iter(IMAGE_PRIOR.enabled.values())).task,
        },


use rule plot as image_prior_plot_images with:
    input:
        data="results/image_prior/images.zarr.zip",
        models=[f"results/image_prior/models/{variant}/seed{seed}/model.pt" for variant, seed in IMAGE_PRIOR.image_fits],
    output:
        reported("results/image_prior/figure_images", "images"),
    log:
        "results/image_prior/logs/plot_images.log",
    params:
        **call("plot", "mlsim.studies.image_prior.plot:image_figure"),
        settings=canonical_json(IMAGE_PRIOR.data()),
        arguments={
            "order": [IMAGE_PRIOR.enabled[variant].task for variant, _ in IMAGE_PRIOR.image_fits],
        },


use rule plot as image_prior_plot_simulation with:
    input:
        table="results/image_prior/table.csv",
    output:
        reported("results/image_prior/figure_simulation", "inversion and designs"),
    log:
        "results/image_prior/logs/plot_simulation.log",
    params:
        **call("plot", "mlsim.studies.image_prior.plot:simulation_figure"),


use rule runtime as image_prior_runtime with:
    input:
        [f"results/image_prior/benchmarks/train_{variant}_seed{seed}.tsv" for variant, seed in IMAGE_PRIOR.fits],
        "results/image_prior/benchmarks/evaluate.tsv",
        "results/image_prior/benchmarks/evaluate_inversion.tsv",
        "results/image_prior/benchmarks/evaluate_designs.tsv",
    output:
        "results/image_prior/runtime.csv",
    log:
        "results/image_prior/logs/runtime.log",
