"""Scores of thresholding and of the networks, and the predictions that the figure shows."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Bool, Float

from mlsim.logs import progress
from mlsim.numerics.elasticity.load_cases import LoadCase
from mlsim.numerics.elasticity.simp import Simp, preset
from mlsim.numerics.images.segmentation import binary_accuracy, disconnected, mean_intersection_over_union
from mlsim.numerics.probability.bootstrap import bootstrap
from mlsim.studies.topopt.generate import DENSITY_LEVELS, GRID, elastic_case, heat_case, stored_cases
from mlsim.studies.topopt.samples import Samples, part, thresholded
from mlsim.studies.topopt.settings import Evaluation, Scoring
from mlsim.studies.topopt.train import network, predicted
from mlsim.tables import Row, mean_row, percent_row, row
from mlsim.training.loop import evaluated
from mlsim.training.seeding import numpy_generator

ELASTIC, HEAT = "compliance_40x40", "heat_40x40"
VOID = 1e-3
# the lecture's figure 4 stops SIMP after 8 and after 5 iterations
SHOWN_TEST_PROBLEMS = {"test problem 1": 8, "test problem 2": 5}

Images = Bool[np.ndarray, "problems rows columns"]
Predictor = Callable[[int], Images]


def evaluate(
    settings: Scoring, *, histories: xr.Dataset, heat: xr.Dataset, model: dict, seed: int, method: str
) -> pd.DataFrame:
    """Scores of one trained network on the test problems and on heat conduction."""
    frames = []
    for case, data in ((ELASTIC, part(histories, "test")), (HEAT, heat)):
        predictor = network_predictor(settings, data=data, model=model, seed=seed)
        rows = scores(data, predictor, settings.evaluation, case=case)
        size = settings.training.by(settings.variant.protocol).batch
        rows.append(row("training_samples", settings.training.samples // size * size))
        frames.append(pd.DataFrame(rows).assign(case=case))
    return pd.concat(frames, ignore_index=True).assign(method=method, seed=seed)


def evaluate_thresholding(settings: Evaluation, *, histories: xr.Dataset, heat: xr.Dataset) -> pd.DataFrame:
    """Scores of thresholding, on the test problems and on all, and of the final designs themselves."""
    frames = []
    for case, data in ((ELASTIC, part(histories, "test")), (HEAT, heat)):
        rows = scores(data, lambda n, data=data: thresholded(data, iteration=n), settings, case=case)
        rows.append(row("problems", data.sizes["problem"]))
        frames.append(pd.DataFrame(rows).assign(case=case, method="thresholding"))
        final = design_rows(data, data["target"].values, data.sizes["iteration"] - 1, case=case)
        frames.append(pd.DataFrame(final).assign(case=case, method="final_design"))
    rows = [row("problems", histories.sizes["problem"], unit="1")]
    for iteration in settings.iterations:
        rows += overlap_rows(histories, thresholded(histories, iteration=iteration), iteration)
    frames.append(pd.DataFrame(rows).assign(case=ELASTIC, method="thresholding_all"))
    return pd.concat(frames, ignore_index=True).assign(seed=0)


def network_predictor(settings: Scoring, *, data: xr.Dataset, model: dict, seed: int) -> Predictor:
    """Designs that a trained network predicts, as a function of the iteration."""
    training = settings.training.by(settings.variant.protocol)
    net = evaluated(network(settings.variant, dropout=training.dropout, seed=seed), model)
    samples = Samples(data, gradient=settings.variant.gradient)
    problems = np.arange(samples.problems)

    def predict(iteration: int) -> Images:
        return predicted(net, samples.inputs(problems, np.full_like(problems, iteration))).numpy()

    return predict


def scores(data: xr.Dataset, predict: Predictor, settings: Evaluation, *, case: str) -> list[Row]:
    """All quantities of the table at all iterations, for one method on the problems of one case."""
    rows: list[Row] = []
    designs = [predict(iteration) for iteration in settings.iterations]
    final, *compliances = compliances_of(data, [data["target"].values, *designs], case=case)
    for iteration, design, compliance in zip(settings.iterations, designs, compliances, strict=True):
        rows += overlap_rows(data, design, iteration)
        rows += design_rows(data, design, iteration, case=case)
        rng = numpy_generator(0, "bootstrap", iteration)
        ratio = bootstrap(compliance / final, np.median, resamplings=settings.resamplings, rng=rng)
        rows.append(row("compliance_ratio", ratio.value, x=iteration, se=ratio.error))
        better = _accuracy(data, design) - _accuracy(data, thresholded(data, iteration=iteration))
        gain = bootstrap(better, np.mean, resamplings=settings.resamplings, rng=rng)
        rows.append(row("gain", gain.value, x=iteration, se=gain.error, unit="percent"))
        rows.append(row("gain_lower", gain.lower, x=iteration, unit="percent"))
    return rows


def overlap_rows(data: xr.Dataset, design: Images, iteration: int) -> list[Row]:
    """Accuracy and intersection over union of designs with the final ones."""
    overlap = 100 * mean_intersection_over_union(design, data["target"].values)
    return [
        mean_row("accuracy", _accuracy(data, design), x=iteration, unit="percent"),
        mean_row("iou", overlap, x=iteration, unit="percent"),
    ]


def design_rows(data: xr.Dataset, design: Images, iteration: int, *, case: str) -> list[Row]:
    """Volume error and connectivity of designs."""
    fraction = data["volume_fraction"].values
    excess = 100 * (design.mean(axis=(1, 2)) - fraction) / fraction
    broken = [is_disconnected(d, each, case=case) for d, each in zip(design, stored_cases(data), strict=True)]
    return [
        mean_row("volume_error", np.abs(excess), x=iteration, unit="percent"),
        mean_row("volume_excess", excess, x=iteration, unit="percent"),
        percent_row("disconnected", broken, x=iteration),
    ]


def is_disconnected(design: Bool[np.ndarray, "rows columns"], load_case: LoadCase, *, case: str) -> bool:
    """Whether a load is cut off or material floats; heat enters everywhere, so that only floating material counts."""
    supports = load_case.fixed_x | load_case.fixed_y
    carried = (load_case.load != 0) & ~load_case.fixed_y & (case == ELASTIC)
    return disconnected(
        design,
        supports=GRID.node_image(supports),
        loads=GRID.node_image(carried),
        through_corners=case == HEAT,
    )


def compliances_of(data: xr.Dataset, designs: Sequence[Images], *, case: str) -> Float[np.ndarray, "designs problems"]:
    """Compliance of binary designs, with densities 1e-3 and 1, one solve each."""
    rules, equilibrium = (preset("topy"), elastic_case) if case == ELASTIC else (preset("heat_exact"), heat_case)
    values = np.empty((len(designs), data.sizes["problem"]))
    for problem, load_case in enumerate(progress(stored_cases(data), total=values.shape[1], label="problems")):
        simp = Simp(equilibrium(load_case), filter_radius=1.0, rules=rules)
        for index, design in enumerate(designs):
            values[index, problem] = simp.compliance(GRID.flat(np.where(design[problem], 1.0, VOID)))[0]
    return values


def examples(
    settings: Scoring, *, histories: xr.Dataset, cases: xr.Dataset, model: dict, seed: int, method: str
) -> xr.Dataset:
    """What the figure shows: two test problems and the configured load cases, stopped early and predicted."""
    shown = part(histories, "test").isel(problem=slice(0, len(SHOWN_TEST_PROBLEMS)))
    names = list(SHOWN_TEST_PROBLEMS)[: shown.sizes["problem"]]
    stops = {"tests": [SHOWN_TEST_PROBLEMS[name] for name in names], "cases": cases["stopped_after"].values.tolist()}
    panels = [
        _panel(settings, data=shown, model=model, seed=seed, stops=stops["tests"], names=names),
        _panel(settings, data=cases, model=model, seed=seed, stops=stops["cases"], names=cases["name"].values.tolist()),
    ]
    return xr.concat(panels, dim="problem").assign_attrs(method=method)


def _panel(
    settings: Scoring, *, data: xr.Dataset, model: dict, seed: int, stops: list[int], names: list[str]
) -> xr.Dataset:
    predict = network_predictor(settings, data=data, model=model, seed=seed)
    each = np.arange(len(stops))
    images = {
        "input": data["density"].values[each, stops] / DENSITY_LEVELS,
        "thresholding": np.stack([thresholded(data, iteration=n)[i] for i, n in enumerate(stops)]),
        "prediction": np.stack([predict(n)[i] for i, n in enumerate(stops)]),
        "truth": data["target"].values,
    }
    marks = {"units": "1", "long_name": "image of the figure"}
    variables = {name: (("problem", "y", "x"), image.astype(np.float32), marks) for name, image in images.items()}
    label = {"units": "1", "long_name": "name of the load case"}
    stopped = {"units": "1", "long_name": "number of iterations after which SIMP was stopped"}
    supports_and_loads = data[["fixed_x", "fixed_y", "load"]]
    return supports_and_loads.assign(variables).assign(
        name=("problem", np.array(names), label), stopped_after=("problem", np.array(stops), stopped)
    )


def _accuracy(data: xr.Dataset, design: Images) -> Float[np.ndarray, " problems"]:
    return 100 * binary_accuracy(design, data["target"].values)
