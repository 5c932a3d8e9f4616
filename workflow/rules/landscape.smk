"""Loss surfaces: data, trainings, GANs, analysis around trained parameters, table, figures, claims."""

LANDSCAPE = SETTINGS["landscape"]
LANDSCAPE_SCORING = parts(
    LANDSCAPE, "problems", "seeds", "analysis", variants=LANDSCAPE.enabled, games=LANDSCAPE.enabled_games
)


localrules:
    landscape,


rule landscape:
    input:
        "results/landscape/table.csv",
        "results/landscape/claims.csv",
        "results/landscape/figure.png",
        "results/landscape/figure_training.png",
        "results/landscape/figure_sensitivity.png",
        "results/landscape/figure_game.png",
        "results/landscape/runtime.csv",


use rule generate as landscape_generate with:
    output:
        "results/landscape/problems.zarr.zip",
    log:
        "results/landscape/logs/generate.log",
    resources:
        mem_mb=500,
        runtime=5,
    params:
        **call("generate", "mlsim.studies.landscape.generate:generate"),
        settings=canonical_json(LANDSCAPE.problems),
        arguments={"seed": LANDSCAPE.seed},


# all learning rates and seeds of one network are trained in one job, without a folder per seed; the networks are too
# small for a GPU
use rule train as landscape_train with:
    input:
        data="results/landscape/problems.zarr.zip",
    output:
        model="results/landscape/models/{variant}/model.pt",
        history="results/landscape/models/{variant}/history.csv",
    log:
        "results/landscape/logs/train_{variant}.log",
    benchmark:
        "results/landscape/benchmarks/train_{variant}.tsv"
    wildcard_constraints:
        variant="|".join(LANDSCAPE.enabled),
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        **call("train", "mlsim.studies.landscape.train:train"),
        settings=variant_parts(LANDSCAPE, "problems", "seeds", "analysis"),


use rule landscape_train as landscape_train_game with:
    wildcard_constraints:
        variant="|".join(LANDSCAPE.enabled_games),
    params:
        **call("train", "mlsim.studies.landscape.games:train_game"),
        settings=lambda wildcards: parts(
            LANDSCAPE, "problems", "seeds", game=LANDSCAPE.enabled_games[wildcards.variant]
        ),


use rule generate as landscape_look with:
    input:
        data="results/landscape/problems.zarr.zip",
        models=expand("results/landscape/models/{variant}/model.pt", variant=LANDSCAPE.enabled),
        games=expand("results/landscape/models/{variant}/model.pt", variant=LANDSCAPE.enabled_games),
    output:
        "results/landscape/surroundings.zarr.zip",
    log:
        "results/landscape/logs/look.log",
    benchmark:
        "results/landscape/benchmarks/look.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        **call("generate", "mlsim.studies.landscape.surroundings:analyse"),
        settings=LANDSCAPE_SCORING,
        arguments={"seed": LANDSCAPE.seed},


use rule evaluate as landscape_evaluate with:
    input:
        data="results/landscape/problems.zarr.zip",
        surroundings="results/landscape/surroundings.zarr.zip",
        models=expand("results/landscape/models/{variant}/model.pt", variant=LANDSCAPE.enabled),
        histories=expand("results/landscape/models/{variant}/history.csv", variant=LANDSCAPE.enabled),
    output:
        "results/landscape/models/metrics.csv",
    log:
        "results/landscape/logs/evaluate.log",
    benchmark:
        "results/landscape/benchmarks/evaluate.tsv"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        **call("evaluate", "mlsim.studies.landscape.evaluate:evaluate"),
        settings=LANDSCAPE_SCORING,
        arguments={"seed": LANDSCAPE.seed},


use rule tabulate as landscape_tabulate with:
    input:
        metrics=["results/landscape/models/metrics.csv"],
    output:
        table=reported("results/landscape/table.csv", "table"),
    log:
        "results/landscape/logs/tabulate.log",
    params:
        **tabulation("landscape"),


use rule plot as landscape_plot with:
    input:
        surroundings="results/landscape/surroundings.zarr.zip",
    output:
        reported("results/landscape/figure", "pairs of loss surfaces"),
    log:
        "results/landscape/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:surface_figure"),
        arguments={"coordinates": LANDSCAPE.analysis.coordinates()},


use rule landscape_plot as landscape_plot_training with:
    input:
        table="results/landscape/table.csv",
        surroundings="results/landscape/surroundings.zarr.zip",
    output:
        reported("results/landscape/figure_training", "curves, sharpness along training, spectra"),
    log:
        "results/landscape/logs/plot_training.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:training_figure"),


use rule plot as landscape_plot_sensitivity with:
    input:
        histories=expand("results/landscape/models/{variant}/history.csv", variant=LANDSCAPE.enabled),
    output:
        reported("results/landscape/figure_sensitivity", "error by learning rate and seed"),
    log:
        "results/landscape/logs/plot_sensitivity.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:sensitivity_figure"),
        arguments={"names": list(LANDSCAPE.enabled)},


use rule plot as landscape_plot_game with:
    input:
        surroundings="results/landscape/surroundings.zarr.zip",
    output:
        reported("results/landscape/figure_game", "fields and spectra of the GANs"),
    log:
        "results/landscape/logs/plot_game.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:game_figure"),
        arguments={"names": list(LANDSCAPE.enabled_games)},


use rule runtime as landscape_runtime with:
    input:
        expand(
            "results/landscape/benchmarks/train_{variant}.tsv",
            variant=[*LANDSCAPE.enabled, *LANDSCAPE.enabled_games],
        ),
        "results/landscape/benchmarks/look.tsv",
        "results/landscape/benchmarks/evaluate.tsv",
    output:
        "results/landscape/runtime.csv",
    log:
        "results/landscape/logs/runtime.log",
