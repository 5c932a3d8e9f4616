"""What a gradient costs in operations: inputs, counts for scalar and array codes and checkpoints, table, figures."""

from mlsim.studies.autodiff.settings import Settings as AutodiffSettings

AUTODIFF = settings_of("autodiff", AutodiffSettings)


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
        function="mlsim.studies.autodiff.generate:generate_scalar_codes",
        settings=canonical_json(AUTODIFF.scalar_sampling()),
        arguments={"seed": AUTODIFF.seed},
        code=code("generate", "mlsim.studies.autodiff.generate:generate_scalar_codes"),


use rule autodiff_generate_scalar_codes as autodiff_generate_array_codes with:
    output:
        "results/autodiff/array_codes.zarr.zip",
    log:
        "results/autodiff/logs/generate_array_codes.log",
    params:
        function="mlsim.studies.autodiff.generate:generate_array_codes",
        settings=canonical_json(AUTODIFF.array_sampling()),
        arguments={"seed": AUTODIFF.seed},
        code=code("generate", "mlsim.studies.autodiff.generate:generate_array_codes"),


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
        function="mlsim.studies.autodiff.evaluate:evaluate_scalar_codes",
        settings=canonical_json(AUTODIFF.differences),
        code=code("evaluate", "mlsim.studies.autodiff.evaluate:evaluate_scalar_codes"),


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
        function="mlsim.studies.autodiff.evaluate:evaluate_array_codes",
        settings=canonical_json(AUTODIFF.differences),
        code=code("evaluate", "mlsim.studies.autodiff.evaluate:evaluate_array_codes"),


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
        function="mlsim.studies.autodiff.evaluate:evaluate_checkpointing",
        settings=canonical_json(AUTODIFF.checkpointing),
        code=code("evaluate", "mlsim.studies.autodiff.evaluate:evaluate_checkpointing"),


use rule tabulate as autodiff_tabulate with:
    input:
        metrics=expand(
            "results/autodiff/models/{part}/metrics.csv",
            part=["scalar_codes", "array_codes", "checkpointing"],
        ),
    output:
        table=report(
            "results/autodiff/table.csv",
            caption="../report/autodiff_table.rst",
            category="autodiff",
            labels={"result": "table"},
        ),
    log:
        "results/autodiff/logs/tabulate.log",
    params:
        published=published("autodiff"),
        code=code("tabulate"),


use rule plot as autodiff_plot with:
    input:
        table="results/autodiff/table.csv",
    output:
        report(
            multiext("results/autodiff/figure", ".png", ".svg"),
            caption="../report/autodiff_figure.rst",
            category="autodiff",
            labels={"result": "cost of gradients against the bounds"},
        ),
    log:
        "results/autodiff/logs/plot.log",
    params:
        function="mlsim.studies.autodiff.plot:ratio_figure",
        code=code("plot", "mlsim.studies.autodiff.plot:ratio_figure"),


use rule autodiff_plot as autodiff_plot_inputs with:
    output:
        report(
            multiext("results/autodiff/figure_inputs", ".png", ".svg"),
            caption="../report/autodiff_figure_inputs.rst",
            category="autodiff",
            labels={"result": "cost of gradients against the number of inputs"},
        ),
    log:
        "results/autodiff/logs/plot_inputs.log",
    params:
        function="mlsim.studies.autodiff.plot:inputs_figure",
        code=code("plot", "mlsim.studies.autodiff.plot:inputs_figure"),


use rule autodiff_plot as autodiff_plot_memory with:
    output:
        report(
            multiext("results/autodiff/figure_memory", ".png", ".svg"),
            caption="../report/autodiff_figure_memory.rst",
            category="autodiff",
            labels={"result": "memory against recomputation"},
        ),
    log:
        "results/autodiff/logs/plot_memory.log",
    params:
        function="mlsim.studies.autodiff.plot:memory_figure",
        code=code("plot", "mlsim.studies.autodiff.plot:memory_figure"),


use rule judge as autodiff_claims with:
    input:
        table="results/autodiff/table.csv",
    output:
        report(
            "results/autodiff/claims.csv",
            caption="../report/autodiff_claims.rst",
            category="autodiff",
            labels={"result": "claims"},
        ),
    log:
        "results/autodiff/logs/claims.log",
    params:
        study="autodiff",
        function="mlsim.studies.autodiff.claims:claims",
        code=code("claims", "mlsim.studies.autodiff.claims:claims"),


use rule time as autodiff_runtime with:
    input:
        expand(
            "results/autodiff/benchmarks/evaluate_{part}.tsv",
            part=["scalar_codes", "array_codes", "checkpointing"],
        ),
    output:
        "results/autodiff/runtime.csv",
    log:
        "results/autodiff/logs/runtime.log",
