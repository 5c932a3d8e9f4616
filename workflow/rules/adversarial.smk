"""Universal perturbations: images, networks, perturbations of each, fooling rates on each, table, figures, claims."""

ADVERSARIAL = SETTINGS["adversarial"]


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
        mem_mb=ADVERSARIAL.memory,
        runtime=15,
    params:
        **call("generate", "mlsim.studies.adversarial.generate:generate"),
        settings=parts(ADVERSARIAL, "parts", "rendering"),
        arguments={"seed": ADVERSARIAL.seed},


use rule adversarial_generate as adversarial_photographs with:
    input:
        images=user_file(ADVERSARIAL.images),
    resources:
        mem_mb=ADVERSARIAL.memory,
        runtime=60,
    params:
        **call("generate", "mlsim.studies.adversarial.generate:photographs"),
        settings=parts(ADVERSARIAL, "parts", size=ADVERSARIAL.rendering.size),
        arguments={},


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
        mem_mb=ADVERSARIAL.memory,
        runtime=lambda wildcards: 15 + 2 * ADVERSARIAL.enabled[wildcards.variant].epochs,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.adversarial.train:train"),
        settings=variant_parts(ADVERSARIAL, "pixels", name="network"),
        arguments={"seed": ADVERSARIAL.seed},


use rule adversarial_train as adversarial_import with:
    input:
        weights=lambda wildcards: user_file(ADVERSARIAL.weights[wildcards.variant]),
    wildcard_constraints:
        variant="|".join(ADVERSARIAL.weights) or "none",
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        **call("train", "mlsim.studies.adversarial.train:imported"),


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
        mem_mb=ADVERSARIAL.memory,
        runtime=60,
    params:
        **call("generate", "mlsim.studies.adversarial.construct:construct"),
        settings=variant_parts(ADVERSARIAL, "pixels", "attack", name="network"),
        arguments={"seeds": list(ADVERSARIAL.seeds)},


use rule evaluate as adversarial_evaluate with:
    input:
        data="results/adversarial/images.zarr.zip",
        model="results/adversarial/models/{variant}/model.pt",
        perturbations=expand("results/adversarial/models/{variant}/perturbations.zarr.zip", variant=ADVERSARIAL.names),
    output:
        "results/adversarial/models/{variant}/metrics.csv",
    log:
        "results/adversarial/logs/evaluate_{variant}.log",
    benchmark:
        "results/adversarial/benchmarks/evaluate_{variant}.tsv"
    resources:
        mem_mb=ADVERSARIAL.memory,
        runtime=60,
    params:
        **call("evaluate", "mlsim.studies.adversarial.evaluate:evaluate"),
        settings=parts(ADVERSARIAL, "pixels", "attack", "scoring", networks=ADVERSARIAL.enabled),
        arguments=lambda wildcards: ADVERSARIAL.tested(wildcards.variant),


use rule tabulate as adversarial_tabulate with:
    input:
        metrics=expand("results/adversarial/models/{variant}/metrics.csv", variant=ADVERSARIAL.names),
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
        perturbations=expand("results/adversarial/models/{variant}/perturbations.zarr.zip", variant=ADVERSARIAL.names),
    output:
        reported("results/adversarial/figure_perturbations", "the perturbations"),
    log:
        "results/adversarial/logs/plot_perturbations.log",
    params:
        **call("plot", "mlsim.studies.adversarial.plot:perturbation_figure"),
        arguments={"names": ADVERSARIAL.names},


use rule adversarial_plot_perturbations as adversarial_plot_examples with:
    input:
        data="results/adversarial/images.zarr.zip",
        perturbations=expand("results/adversarial/models/{variant}/perturbations.zarr.zip", variant=ADVERSARIAL.names),
    output:
        reported("results/adversarial/figure_examples", "images that are fooled"),
    log:
        "results/adversarial/logs/plot_examples.log",
    params:
        **call("plot", "mlsim.studies.adversarial.plot:example_figure"),


use rule runtime as adversarial_runtime with:
    input:
        "results/adversarial/benchmarks/generate.tsv",
        expand("results/adversarial/benchmarks/train_{variant}.tsv", variant=ADVERSARIAL.names),
        expand("results/adversarial/benchmarks/construct_{variant}.tsv", variant=ADVERSARIAL.names),
        expand("results/adversarial/benchmarks/evaluate_{variant}.tsv", variant=ADVERSARIAL.names),
    output:
        "results/adversarial/runtime.csv",
    log:
        "results/adversarial/logs/runtime.log",
