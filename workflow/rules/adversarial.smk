"""Universal perturbations: images, networks, perturbations of each, fooling rates on each, table, figures, claims."""

ADVERSARIAL = SETTINGS["adversarial"]


def adversarial_network(wildcards):
    """Settings of one training."""
    return canonical(pixels=ADVERSARIAL.pixels, network=ADVERSARIAL.enabled[wildcards.variant])


def adversarial_construction(wildcards):
    """Settings of the perturbations of one network."""
    return canonical(
        pixels=ADVERSARIAL.pixels,
        network=ADVERSARIAL.enabled[wildcards.variant],
        attack=ADVERSARIAL.attack,
    )


def adversarial_method(wildcards):
    """Seed and name of the tested network, and whether it is trained here."""
    return {
        "seed": ADVERSARIAL.seed,
        "method": wildcards.variant,
        "trained": wildcards.variant not in ADVERSARIAL.weights,
    }


def adversarial_files(pattern):
    """One file for each network, in the order of the names."""
    return [pattern.format(variant=name) for name in sorted(ADVERSARIAL.enabled)]


def adversarial_memory():
    """Megabytes of a job that holds all images and the hidden layers of the construction images."""
    area, parts = ADVERSARIAL.rendering.size**2, ADVERSARIAL.parts
    width = max(network.width for network in ADVERSARIAL.enabled.values())
    images = 10 * area * (parts.test + parts.selection + parts.train) // 10**6
    return 2000 + images + area * width * ADVERSARIAL.attack.images // 16000


localrules:
    adversarial,


rule adversarial:
    input:
        "results/adversarial/table.csv",
        "results/adversarial/transfer.csv",
        "results/adversarial/claims.csv",
        "results/adversarial/figure.png",
        "results/adversarial/figure_perturbations.png",
        "results/adversarial/figure_examples.png",
        "results/adversarial/figure_sweeps.png",
        "results/adversarial/runtime.csv",


use rule generate as adversarial_generate with:
    output:
        "results/adversarial/images.zarr.zip",
    log:
        "results/adversarial/logs/generate.log",
    benchmark:
        "results/adversarial/benchmarks/generate.tsv"
    resources:
        mem_mb=adversarial_memory(),
        runtime=15,
    params:
        **call("generate", "mlsim.studies.adversarial.generate:generate"),
        settings=canonical(parts=ADVERSARIAL.parts, rendering=ADVERSARIAL.rendering),
        arguments={"seed": ADVERSARIAL.seed},


use rule generate as adversarial_photographs with:
    input:
        images=user_file(ADVERSARIAL.images),
    output:
        "results/adversarial/images.zarr.zip",
    log:
        "results/adversarial/logs/generate.log",
    benchmark:
        "results/adversarial/benchmarks/generate.tsv"
    resources:
        mem_mb=adversarial_memory(),
        runtime=60,
    params:
        **call("generate", "mlsim.studies.adversarial.generate:photographs"),
        settings=canonical(parts=ADVERSARIAL.parts, size=ADVERSARIAL.rendering.size),


if ADVERSARIAL.images:

    ruleorder: adversarial_photographs > adversarial_generate

else:

    ruleorder: adversarial_generate > adversarial_photographs


use rule train as adversarial_train with:
    input:
        data="results/adversarial/images.zarr.zip",
    output:
        model="results/adversarial/models/{variant}/model.pt",
        history="results/adversarial/models/{variant}/history.csv",
    log:
        "results/adversarial/logs/train_{variant}.log",
    benchmark:
        "results/adversarial/benchmarks/train_{variant}.tsv"
    wildcard_constraints:
        variant="|".join(set(ADVERSARIAL.enabled) - set(ADVERSARIAL.weights)) or "none",
    resources:
        mem_mb=adversarial_memory(),
        runtime=lambda wildcards: 15 + 2 * ADVERSARIAL.enabled[wildcards.variant].epochs,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.adversarial.train:train"),
        settings=adversarial_network,
        arguments={"seed": ADVERSARIAL.seed},


use rule train as adversarial_import with:
    input:
        weights=lambda wildcards: user_file(ADVERSARIAL.weights[wildcards.variant]),
    output:
        model="results/adversarial/models/{variant}/model.pt",
        history="results/adversarial/models/{variant}/history.csv",
    log:
        "results/adversarial/logs/train_{variant}.log",
    benchmark:
        "results/adversarial/benchmarks/train_{variant}.tsv"
    wildcard_constraints:
        variant="|".join(ADVERSARIAL.weights) or "none",
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        **call("train", "mlsim.studies.adversarial.train:imported"),
        settings=adversarial_network,
        arguments={"seed": ADVERSARIAL.seed},


# all perturbations of one network
use rule generate as adversarial_construct with:
    input:
        data="results/adversarial/images.zarr.zip",
        model="results/adversarial/models/{variant}/model.pt",
    output:
        "results/adversarial/models/{variant}/perturbations.zarr.zip",
    log:
        "results/adversarial/logs/construct_{variant}.log",
    benchmark:
        "results/adversarial/benchmarks/construct_{variant}.tsv"
    resources:
        mem_mb=adversarial_memory(),
        runtime=60,
    params:
        **call("generate", "mlsim.studies.adversarial.construct:construct"),
        settings=adversarial_construction,
        arguments={"seeds": list(ADVERSARIAL.seeds)},


use rule evaluate as adversarial_evaluate with:
    input:
        data="results/adversarial/images.zarr.zip",
        model="results/adversarial/models/{variant}/model.pt",
        perturbations=adversarial_files("results/adversarial/models/{variant}/perturbations.zarr.zip"),
    output:
        "results/adversarial/models/{variant}/metrics.csv",
    log:
        "results/adversarial/logs/evaluate_{variant}.log",
    benchmark:
        "results/adversarial/benchmarks/evaluate_{variant}.tsv"
    resources:
        mem_mb=adversarial_memory(),
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.adversarial.evaluate:evaluate"),
        settings=canonical(
            pixels=ADVERSARIAL.pixels,
            networks=ADVERSARIAL.enabled,
            attack=ADVERSARIAL.attack,
            scoring=ADVERSARIAL.scoring,
        ),
        arguments=adversarial_method,


use rule tabulate as adversarial_tabulate with:
    input:
        metrics=adversarial_files("results/adversarial/models/{variant}/metrics.csv"),
    output:
        table=reported("results/adversarial/table.csv", "table"),
        transfer=reported("results/adversarial/transfer.csv", "transfer, in the lecture's layout"),
    log:
        "results/adversarial/logs/tabulate.log",
    params:
        **tabulation(
            "adversarial",
            layouts="mlsim.studies.adversarial.layouts:layouts",
            means="mlsim.studies.adversarial.layouts:means",
        ),


use rule plot as adversarial_plot with:
    input:
        table="results/adversarial/table.csv",
    output:
        reported("results/adversarial/figure", "transfer"),
    log:
        "results/adversarial/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.adversarial.plot:transfer_figure"),


use rule adversarial_plot as adversarial_plot_sweeps with:
    output:
        reported("results/adversarial/figure_sweeps", "norm, construction images, q"),
    log:
        "results/adversarial/logs/plot_sweeps.log",
    params:
        **call("plot", "mlsim.studies.adversarial.plot:sweep_figure"),


use rule plot as adversarial_plot_perturbations with:
    input:
        perturbations=adversarial_files("results/adversarial/models/{variant}/perturbations.zarr.zip"),
    output:
        reported("results/adversarial/figure_perturbations", "the perturbations"),
    log:
        "results/adversarial/logs/plot_perturbations.log",
    params:
        **call("plot", "mlsim.studies.adversarial.plot:perturbation_figure"),
        arguments={"names": sorted(ADVERSARIAL.enabled)},


use rule plot as adversarial_plot_examples with:
    input:
        data="results/adversarial/images.zarr.zip",
        perturbations=adversarial_files("results/adversarial/models/{variant}/perturbations.zarr.zip"),
    output:
        reported("results/adversarial/figure_examples", "images that are fooled"),
    log:
        "results/adversarial/logs/plot_examples.log",
    params:
        **call("plot", "mlsim.studies.adversarial.plot:example_figure"),
        arguments={"names": sorted(ADVERSARIAL.enabled)},


use rule runtime as adversarial_runtime with:
    input:
        "results/adversarial/benchmarks/generate.tsv",
        adversarial_files("results/adversarial/benchmarks/train_{variant}.tsv"),
        adversarial_files("results/adversarial/benchmarks/construct_{variant}.tsv"),
        adversarial_files("results/adversarial/benchmarks/evaluate_{variant}.tsv"),
    output:
        "results/adversarial/runtime.csv",
    log:
        "results/adversarial/logs/runtime.log",
