"""Black-box optimisation: problems, searches on each case, pictures, table, figures, claims."""

BLACKBOX = SETTINGS["blackbox"]
# two jobs of about the same length: most of a smaller one would be its start
BLACKBOX_CASES = {"smooth": ["inversion", "bar"], "rough": ["rugged", "layers"]}


localrules:
    blackbox,


rule blackbox:
    input:
        "results/blackbox/table.csv",
        "results/blackbox/claims.csv",
        "results/blackbox/figure.png",
        "results/blackbox/figure_convergence.png",
        "results/blackbox/figure_rugged.png",
        "results/blackbox/figure_design.png",
        "results/blackbox/runtime.csv",


use rule generate as blackbox_generate with:
    output:
        "results/blackbox/problems.zarr.zip",
    log:
        "results/blackbox/logs/generate.log",
    resources:
        mem_mb=500,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.blackbox.generate:generate"),
        settings=canonical_json(BLACKBOX.problems),
        arguments={"seed": BLACKBOX.seed},


use rule evaluate as blackbox_evaluate with:
    input:
        data="results/blackbox/problems.zarr.zip",
    output:
        "results/blackbox/models/{variant}/metrics.csv",
    log:
        "results/blackbox/logs/evaluate_{variant}.log",
    benchmark:
        "results/blackbox/benchmarks/evaluate_{variant}.tsv"
    wildcard_constraints:
        variant="|".join(BLACKBOX_CASES),
    resources:
        mem_mb=1000,
        runtime=10 + BLACKBOX.problems.truths * BLACKBOX.budget.units // 4000,
    params:
        **call("evaluate", "mlsim.studies.blackbox.evaluate:evaluate"),
        settings=parts(BLACKBOX, "problems", "budget", "searches"),
        arguments=lambda wildcards: {"cases": BLACKBOX_CASES[wildcards.variant], "seed": BLACKBOX.seed},


use rule generate as blackbox_generate_pictures with:
    input:
        data="results/blackbox/problems.zarr.zip",
    output:
        "results/blackbox/pictures.zarr.zip",
    log:
        "results/blackbox/logs/generate_pictures.log",
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        **call("generate", "mlsim.studies.blackbox.pictures:generate_pictures"),
        settings=parts(BLACKBOX, "problems", "budget", "searches"),
        arguments={"seed": BLACKBOX.seed},


use rule tabulate as blackbox_tabulate with:
    input:
        metrics=expand("results/blackbox/models/{part}/metrics.csv", part=BLACKBOX_CASES),
    output:
        table=reported("results/blackbox/table.csv", "table"),
    log:
        "results/blackbox/logs/tabulate.log",
    params:
        **tabulation("blackbox"),


use rule plot as blackbox_plot with:
    input:
        table="results/blackbox/table.csv",
    output:
        reported("results/blackbox/figure", "cost against dimension"),
    log:
        "results/blackbox/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.blackbox.plot:calls_figure"),


use rule blackbox_plot as blackbox_plot_convergence with:
    output:
        reported("results/blackbox/figure_convergence", "convergence"),
    log:
        "results/blackbox/logs/plot_convergence.log",
    params:
        **call("plot", "mlsim.studies.blackbox.plot:convergence_figure"),


use rule plot as blackbox_plot_rugged with:
    input:
        table="results/blackbox/table.csv",
        pictures="results/blackbox/pictures.zarr.zip",
    output:
        reported("results/blackbox/figure_rugged", "where the black box wins"),
    log:
        "results/blackbox/logs/plot_rugged.log",
    params:
        **call("plot", "mlsim.studies.blackbox.plot:rugged_figure"),


use rule plot as blackbox_plot_design with:
    input:
        pictures="results/blackbox/pictures.zarr.zip",
    output:
        reported("results/blackbox/figure_design", "best bar"),
    log:
        "results/blackbox/logs/plot_design.log",
    params:
        **call("plot", "mlsim.studies.blackbox.plot:design_figure"),


use rule runtime as blackbox_runtime with:
    input:
        expand("results/blackbox/benchmarks/evaluate_{part}.tsv", part=BLACKBOX_CASES),
    output:
        "results/blackbox/runtime.csv",
    log:
        "results/blackbox/logs/runtime.log",
