"""Deep image prior: damaged images, fits of untrained networks, inversion, designs, table, figures, claims."""

IMAGE_PRIOR = SETTINGS["image_prior"]


def image_prior_run(wildcards):
    """Settings of one fit."""
    variant = IMAGE_PRIOR.enabled[wildcards.variant]
    return canonical(
        task=IMAGE_PRIOR.tasks[variant.task],
        prior=IMAGE_PRIOR.priors[variant.prior],
        fitting=IMAGE_PRIOR.fitting,
        variant=variant,
    )


def image_prior_seed(wildcards):
    """Seed of one fit."""
    return {"seed": int(wildcards.seed)}


def image_prior_jobs(pattern, runs=None):
    """One file for each fit."""
    runs = IMAGE_PRIOR.runs() if runs is None else runs
    return [pattern.format(variant=variant, seed=seed) for variant, seed in runs]


def image_prior_network(variant):
    """Kind of the network of a variant."""
    return IMAGE_PRIOR.priors[IMAGE_PRIOR.enabled[variant].prior].network


# the curves of all fits to the first variant's task are drawn, and the images of the hourglass's first seeds
IMAGE_PRIOR_DRAWN_TASK = next(iter(IMAGE_PRIOR.enabled.values())).task
IMAGE_PRIOR_DRAWN = [
    (variant, seed)
    for variant, seed in IMAGE_PRIOR.runs()
    if IMAGE_PRIOR.enabled[variant].task == IMAGE_PRIOR_DRAWN_TASK
]
IMAGE_PRIOR_SHOWN = [
    (name, (variant.seeds or IMAGE_PRIOR.seeds)[0])
    for name, variant in IMAGE_PRIOR.enabled.items()
    if image_prior_network(name) == "hourglass"
]


def image_prior_photographs():
    """Files of the user's images; the folder itself is no setting."""
    sources = [image.source for image in IMAGE_PRIOR.used_images.values()]
    return [user_file(Path(IMAGE_PRIOR.folder, source)) for source in sources if source.endswith(".png")]


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
        photographs=image_prior_photographs(),
    output:
        "results/image_prior/images.zarr.zip",
    log:
        "results/image_prior/logs/generate.log",
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.image_prior.generate:generate"),
        settings=canonical(images=IMAGE_PRIOR.used_images, tasks=IMAGE_PRIOR.used_tasks),
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
        settings=image_prior_run,
        arguments=image_prior_seed,


# one job for all fits: most of a job's time would be its start
use rule evaluate as image_prior_evaluate with:
    input:
        data="results/image_prior/images.zarr.zip",
        models=image_prior_jobs("results/image_prior/models/{variant}/seed{seed}/model.pt"),
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
        settings=canonical(
            tasks=IMAGE_PRIOR.used_tasks,
            priors=IMAGE_PRIOR.priors,
            variants=IMAGE_PRIOR.enabled,
            sets=IMAGE_PRIOR.used_sets,
        ),
        arguments={"runs": [list(run) for run in IMAGE_PRIOR.runs()]},


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
        histories=image_prior_jobs(
            "results/image_prior/models/{variant}/seed{seed}/history.csv",
            IMAGE_PRIOR_DRAWN,
        ),
        models=image_prior_jobs(
            "results/image_prior/models/{variant}/seed{seed}/model.pt",
            IMAGE_PRIOR_DRAWN,
        ),
    output:
        reported("results/image_prior/figure", "decibels along the fit"),
    log:
        "results/image_prior/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.image_prior.plot:curve_figure"),
        arguments={
            "networks": [image_prior_network(variant) for variant, _ in IMAGE_PRIOR_DRAWN],
            "case": IMAGE_PRIOR_DRAWN_TASK,
        },


use rule plot as image_prior_plot_images with:
    input:
        data="results/image_prior/images.zarr.zip",
        models=image_prior_jobs(
            "results/image_prior/models/{variant}/seed{seed}/model.pt",
            IMAGE_PRIOR_SHOWN,
        ),
    output:
        reported("results/image_prior/figure_images", "images"),
    log:
        "results/image_prior/logs/plot_images.log",
    params:
        **call("plot", "mlsim.studies.image_prior.plot:image_figure"),
        settings=canonical(images=IMAGE_PRIOR.used_images, tasks=IMAGE_PRIOR.used_tasks),
        arguments={
            "order": [IMAGE_PRIOR.enabled[variant].task for variant, _ in IMAGE_PRIOR_SHOWN],
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
        image_prior_jobs("results/image_prior/benchmarks/train_{variant}_seed{seed}.tsv"),
        "results/image_prior/benchmarks/evaluate.tsv",
        "results/image_prior/benchmarks/evaluate_inversion.tsv",
        "results/image_prior/benchmarks/evaluate_designs.tsv",
    output:
        "results/image_prior/runtime.csv",
    log:
        "results/image_prior/logs/runtime.log",
