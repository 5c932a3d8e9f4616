"""Loss surfaces: data, trainings side by side, games, what surrounds their ends, table, figures, claims."""

LANDSCAPE = SETTINGS["landscape"]


def landscape_run(wildcards):
    """Settings of one network, all rates and seeds."""
    return canonical(
        problems=LANDSCAPE.problems,
        seeds=LANDSCAPE.seeds,
        analysis=LANDSCAPE.analysis,
        variant=LANDSCAPE.enabled[wildcards.variant],
    )


def landscape_game_run(wildcards):
    """Settings of one game, all seeds."""
    return canonical(
        problems=LANDSCAPE.problems,
        seeds=LANDSCAPE.seeds,
        game=LANDSCAPE.enabled_games[wildcards.variant],
    )


# all settings of the analysis; names in order, as canonical text has them
LANDSCAPE_LOOK = canonical(
    problems=LANDSCAPE.problems,
    seeds=LANDSCAPE.seeds,
    analysis=LANDSCAPE.analysis,
    variants=LANDSCAPE.enabled,
    games=LANDSCAPE.enabled_games,
)
LANDSCAPE_VARIANTS, LANDSCAPE_GAMES = (
    sorted(LANDSCAPE.enabled),
    sorted(LANDSCAPE.enabled_games),
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


# all rates and seeds of one network are trained side by side: there is no folder per seed; the networks are so small
# that no GPU is requested
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
        variant="|".join(LANDSCAPE_VARIANTS),
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        **call("train", "mlsim.studies.landscape.train:train"),
        settings=landscape_run,
        arguments={},


use rule landscape_train as landscape_train_game with:
    wildcard_constraints:
        variant="|".join(LANDSCAPE_GAMES),
    params:
        **call("train", "mlsim.studies.landscape.games:train_game"),
        settings=landscape_game_run,
        arguments={},


use rule generate as landscape_look with:
    input:
        data="results/landscape/problems.zarr.zip",
        models=expand("results/landscape/models/{variant}/model.pt", variant=LANDSCAPE_VARIANTS),
        games=expand("results/landscape/models/{variant}/model.pt", variant=LANDSCAPE_GAMES),
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
        **call("generate", "mlsim.studies.landscape.surroundings:look"),
        settings=LANDSCAPE_LOOK,
        arguments={"seed": LANDSCAPE.seed},


use rule evaluate as landscape_evaluate with:
    input:
        data="results/landscape/problems.zarr.zip",
        seen="results/landscape/surroundings.zarr.zip",
        models=expand("results/landscape/models/{variant}/model.pt", variant=LANDSCAPE_VARIANTS),
        histories=expand("results/landscape/models/{variant}/history.csv", variant=LANDSCAPE_VARIANTS),
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
        settings=LANDSCAPE_LOOK,
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
        seen="results/landscape/surroundings.zarr.zip",
    output:
        reported("results/landscape/figure", "pairs of loss surfaces"),
    log:
        "results/landscape/logs/plot.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:surface_figure"),
        arguments={"coordinates": LANDSCAPE.analysis.coordinates()},


use rule plot as landscape_plot_training with:
    input:
        table="results/landscape/table.csv",
        seen="results/landscape/surroundings.zarr.zip",
    output:
        reported("results/landscape/figure_training", "curves, sharpness along training, spectra"),
    log:
        "results/landscape/logs/plot_training.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:training_figure"),
        arguments={"coordinates": LANDSCAPE.analysis.coordinates()},


use rule plot as landscape_plot_sensitivity with:
    input:
        histories=expand("results/landscape/models/{variant}/history.csv", variant=LANDSCAPE_VARIANTS),
    output:
        reported("results/landscape/figure_sensitivity", "error by learning rate and seed"),
    log:
        "results/landscape/logs/plot_sensitivity.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:sensitivity_figure"),
        arguments={"names": LANDSCAPE_VARIANTS},


use rule plot as landscape_plot_game with:
    input:
        seen="results/landscape/surroundings.zarr.zip",
    output:
        reported("results/landscape/figure_game", "fields and spectra of the games"),
    log:
        "results/landscape/logs/plot_game.log",
    params:
        **call("plot", "mlsim.studies.landscape.plot:game_figure"),
        arguments={"names": LANDSCAPE_GAMES},


use rule runtime as landscape_runtime with:
    input:
        expand(
            "results/landscape/benchmarks/train_{variant}.tsv",
            variant=[*LANDSCAPE_VARIANTS, *LANDSCAPE_GAMES],
        ),
        "results/landscape/benchmarks/look.tsv",
        "results/landscape/benchmarks/evaluate.tsv",
    output:
        "results/landscape/runtime.csv",
    log:
        "results/landscape/logs/runtime.log",
