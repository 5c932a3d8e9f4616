"""What a gradient costs in operations: inputs, counts for scalar and array codes and checkpoints, table, figures."""

AUTODIFF = SETTINGS["autodiff"]


localrules:
    autodiff,


rule autodiff:
    input:
        "results/autodiff/table.csv",
        "results/autodiff/claims.csv",
        "results/autodiff/figure.png",
        "results/autodiff/figure_inputs.png",
        "results/autodiff/figure_memory.png",
        "results/autodiff/runtime.csv",


use rule generate as autodiff_generate_scalar_codes with:
    output:
        "results/autodiff/scalar_codes.zarr.zip",
    log:
        "results/autodiff/logs/generate_scalar_codes.log",
    resources:
        mem_mb=500,
        runtime=10,
    params:
        **call("generate", "mlsim.studies.autodiff.generate:generate_scalar_codes"),
        settings=parts(AUTODIFF, "directions", "scalar_codes", "random_programs"),
        arguments={"seed": AUTODIFF.seed},


use rule autodiff_generate_scalar_codes as autodiff_generate_array_codes with:
    output:
        "results/autodiff/array_codes.zarr.zip",
    log:
        "results/autodiff/logs/generate_array_codes.log",
    params:
        **call("generate", "mlsim.studies.autodiff.generate:generate_array_codes"),
        settings=parts(AUTODIFF, "directions", "array_codes"),


use rule evaluate as autodiff_evaluate_scalar_codes with:
    input:
        data="results/autodiff/scalar_codes.zarr.zip",
    output:
        "results/autodiff/models/scalar_codes/metrics.csv",
    log:
        "results/autodiff/logs/evaluate_scalar_codes.log",
    benchmark:
        "results/autodiff/benchmarks/evaluate_scalar_codes.tsv"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        **call("evaluate", "mlsim.studies.autodiff.evaluate:evaluate_scalar_codes"),
        settings=canonical_json(AUTODIFF.differences),


use rule autodiff_evaluate_scalar_codes as autodiff_evaluate_array_codes with:
    input:
        data="results/autodiff/array_codes.zarr.zip",
    output:
        "results/autodiff/models/array_codes/metrics.csv",
    log:
        "results/autodiff/logs/evaluate_array_codes.log",
    benchmark:
        "results/autodiff/benchmarks/evaluate_array_codes.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        **call("evaluate", "mlsim.studies.autodiff.evaluate:evaluate_array_codes"),


use rule autodiff_evaluate_scalar_codes as autodiff_evaluate_checkpointing with:
    input:
        data="results/autodiff/array_codes.zarr.zip",
    output:
        "results/autodiff/models/checkpointing/metrics.csv",
    log:
        "results/autodiff/logs/evaluate_checkpointing.log",
    benchmark:
        "results/autodiff/benchmarks/evaluate_checkpointing.tsv"
    params:
        **call("evaluate", "mlsim.studies.autodiff.evaluate:evaluate_checkpointing"),
        settings=canonical_json(AUTODIFF.checkpointing),


use rule tabulate as autodiff_tabulate with:
    input:
        metrics=expand(
            "results/autodiff/models/{part}/metrics.csv",
            part=["scalar_codes", "array_codes", "checkpointing"],
        ),
    output:
        table=reported("results/autodiff/table.csv", "table"),
    log:
        "results/autodiff/logs/tabulate.log",
    params:
        **tabulation("autodiff"),


use rule plot as autodiff_plot with:
    input:
        table="results/autodiff/table.csv",
    output:
        reported("results/autodiff/figure", "cost of gradients against the bounds"),
    log:
        "results/autodiff/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.autodiff.plot:ratio_figure"),


use rule autodiff_plot as autodiff_plot_inputs with:
    output:
        reported("results/autodiff/figure_inputs", "cost of gradients against the number of inputs"),
    log:
        "results/autodiff/logs/plot_inputs.log",
    params:
        **call("plot", "mlsim.studies.autodiff.plot:inputs_figure"),


use rule autodiff_plot as autodiff_plot_memory with:
    output:
        reported("results/autodiff/figure_memory", "memory against recomputation"),
    log:
        "results/autodiff/logs/plot_memory.log",
    params:
        **call("plot", "mlsim.studies.autodiff.plot:memory_figure"),


use rule runtime as autodiff_runtime with:
    input:
        expand(
            "results/autodiff/benchmarks/evaluate_{part}.tsv",
            part=["scalar_codes", "array_codes", "checkpointing"],
        ),
    output:
        "results/autodiff/runtime.csv",
    log:
        "results/autodiff/logs/runtime.log",
