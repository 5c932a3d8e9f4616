"""Equations from observations: fields, PDE-FIND, weak form, the Lorenz system, neural ODEs, table, figures, claims."""

DISCOVERY = SETTINGS["discovery"]
# memory and run time of simulation and regression grow with the size of the fields; ``gigabytes`` estimates it


localrules:
    discovery,


rule discovery:
    input:
        "results/discovery/table.csv",
        "results/discovery/claims.csv",
        "results/discovery/figure.png",
        "results/discovery/figure_fields.png",
        "results/discovery/figure_lorenz.png",
        "results/discovery/runtime.csv",


use rule generate as discovery_generate with:
    output:
        "results/discovery/fields/{variant}.zarr.zip",
    log:
        "results/discovery/logs/generate_{variant}.log",
    wildcard_constraints:
        variant="|".join(DISCOVERY.enabled),
    resources:
        mem_mb=lambda wildcards: int(1000 + 3000 * DISCOVERY.enabled[wildcards.variant].data.gigabytes),
        runtime=lambda wildcards: int(5 + 30 * DISCOVERY.enabled[wildcards.variant].data.gigabytes),
    params:
        **call("generate", "mlsim.studies.discovery.generate:generate"),
        settings=lambda wildcards: canonical_json(DISCOVERY.enabled[wildcards.variant].data),


use rule generate as discovery_generate_lorenz with:
    output:
        "results/discovery/trajectory.zarr.zip",
    log:
        "results/discovery/logs/generate_lorenz.log",
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.discovery.lorenz.generate:generate_lorenz"),
        settings=canonical_json(DISCOVERY.lorenz.trajectory),


use rule evaluate as discovery_evaluate with:
    input:
        data="results/discovery/fields/{variant}.zarr.zip",
    output:
        "results/discovery/metrics/pde_find_{variant}.csv",
    log:
        "results/discovery/logs/pde_find_{variant}.log",
    benchmark:
        "results/discovery/benchmarks/pde_find_{variant}.tsv"
    wildcard_constraints:
        variant="|".join(DISCOVERY.enabled),
    resources:
        mem_mb=lambda wildcards: int(2000 + 5000 * DISCOVERY.enabled[wildcards.variant].data.gigabytes),
        runtime=lambda wildcards: int(15 + 30 * DISCOVERY.enabled[wildcards.variant].data.gigabytes),
    params:
        **call("evaluate", "mlsim.studies.discovery.evaluate:evaluate"),
        settings=lambda wildcards: canonical_json(DISCOVERY.enabled[wildcards.variant].pde_find),
        arguments=lambda wildcards: {
            "case": wildcards.variant,
            "seed": DISCOVERY.seed,
            "seeds": list(DISCOVERY.seeds),
        },


# one job for all noise levels and seeds of an equation: pysindy takes seconds to load
use rule evaluate as discovery_evaluate_weak with:
    input:
        data="results/discovery/fields/{variant}.zarr.zip",
    output:
        "results/discovery/metrics/weak_{variant}.csv",
    log:
        "results/discovery/logs/weak_{variant}.log",
    benchmark:
        "results/discovery/benchmarks/weak_{variant}.tsv"
    wildcard_constraints:
        variant="|".join(DISCOVERY.weak) or "none",
    resources:
        mem_mb=2000,
        runtime=15,
    params:
        **call("evaluate", "mlsim.studies.discovery.weak:evaluate_weak"),
        settings=lambda wildcards: canonical_json(DISCOVERY.weak[wildcards.variant]),
        arguments=lambda wildcards: {"case": wildcards.variant, "seeds": list(DISCOVERY.seeds)},


use rule train as discovery_train with:
    input:
        data="results/discovery/trajectory.zarr.zip",
    output:
        model="results/discovery/models/{variant}/seed{seed}/model.pt",
        history="results/discovery/models/{variant}/seed{seed}/history.csv",
    log:
        "results/discovery/logs/train_{variant}_seed{seed}.log",
    benchmark:
        "results/discovery/benchmarks/train_{variant}_seed{seed}.tsv"
    resources:
        mem_mb=2000,
        runtime=lambda wildcards: 10 + DISCOVERY.lorenz.enabled[wildcards.variant].steps // 100,
        gpu=gpus(),
        gpu_manufacturer="nvidia",
    params:
        **call("train", "mlsim.studies.discovery.lorenz.train:train"),
        settings=lambda wildcards: canonical_json(DISCOVERY.lorenz.enabled[wildcards.variant]),
        arguments=seed_argument,


use rule evaluate as discovery_evaluate_lorenz with:
    input:
        data="results/discovery/trajectory.zarr.zip",
        models=expand(
            "results/discovery/models/{variant}/seed{seed}/model.pt",
            variant=DISCOVERY.lorenz.enabled,
            seed=DISCOVERY.network_seeds,
        ),
    output:
        "results/discovery/metrics/lorenz.csv",
    log:
        "results/discovery/logs/lorenz.log",
    benchmark:
        "results/discovery/benchmarks/lorenz.tsv"
    resources:
        mem_mb=2000,
        runtime=15,
    params:
        **call("evaluate", "mlsim.studies.discovery.lorenz.evaluate:evaluate_lorenz"),
        settings=parts(
            DISCOVERY.lorenz,
            "sindy",
            "forecasts",
            noise=DISCOVERY.lorenz.trajectory.noise,
            networks=DISCOVERY.lorenz.enabled,
        ),
        arguments={
            "runs": [[name, seed] for name in DISCOVERY.lorenz.enabled for seed in DISCOVERY.network_seeds],
            "seed": DISCOVERY.seed,
            "seeds": list(DISCOVERY.seeds),
        },


use rule tabulate as discovery_tabulate with:
    input:
        metrics=[
            *expand("results/discovery/metrics/pde_find_{variant}.csv", variant=DISCOVERY.enabled),
            *expand("results/discovery/metrics/weak_{variant}.csv", variant=DISCOVERY.weak),
            "results/discovery/metrics/lorenz.csv",
        ],
    output:
        table=reported("results/discovery/table.csv", "table"),
    log:
        "results/discovery/logs/tabulate.log",
    params:
        **tabulation("discovery"),


use rule plot as discovery_plot with:
    input:
        table="results/discovery/table.csv",
    output:
        reported("results/discovery/figure", "errors and success against noise, threshold and boxes"),
    log:
        "results/discovery/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.discovery.plot:noise_figure"),


use rule plot as discovery_plot_fields with:
    input:
        fields=[
            f"results/discovery/fields/{name}.zarr.zip"
            for name in ("burgers", "kdv", "ks")
            if name in DISCOVERY.enabled
        ],
    output:
        reported("results/discovery/figure_fields", "observed fields"),
    log:
        "results/discovery/logs/plot_fields.log",
    params:
        **call("plot", "mlsim.studies.discovery.plot:fields_figure"),
        arguments={"seed": DISCOVERY.seed},


use rule discovery_plot as discovery_plot_lorenz with:
    output:
        reported("results/discovery/figure_lorenz", "Lorenz system"),
    log:
        "results/discovery/logs/plot_lorenz.log",
    params:
        **call("plot", "mlsim.studies.discovery.plot:lorenz_figure"),


use rule runtime as discovery_runtime with:
    input:
        expand(
            "results/discovery/benchmarks/train_{variant}_seed{seed}.tsv",
            variant=DISCOVERY.lorenz.enabled,
            seed=DISCOVERY.network_seeds,
        ),
        expand("results/discovery/benchmarks/pde_find_{variant}.tsv", variant=DISCOVERY.enabled),
        expand("results/discovery/benchmarks/weak_{variant}.tsv", variant=DISCOVERY.weak),
        "results/discovery/benchmarks/lorenz.tsv",
    output:
        "results/discovery/runtime.csv",
    log:
        "results/discovery/logs/runtime.log",
