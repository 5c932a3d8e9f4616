"""Accuracy, connectivity and compliance of thresholding and of the networks; predictions of single problems."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Bool, Float

from mlsim.logs import progress
from mlsim.numerics.elasticity.load_cases import LoadCase
from mlsim.numerics.images.segmentation import binary_accuracy, disconnected, mean_intersection_over_union
from mlsim.numerics.probability.bootstrap import bootstrap
from mlsim.studies.topopt.generate import DENSITY_LEVELS, GRID, simp_of, stored_cases
from mlsim.studies.topopt.samples import Samples, part, thresholded
from mlsim.studies.topopt.settings import ELASTIC, HEAT, Evaluation, Scoring
from mlsim.studies.topopt.train import network, predicted
from mlsim.tables import NO_SEED, Row, case_row, mean_row, percent_row
from mlsim.training.loop import with_parameters
from mlsim.training.seeding import numpy_generator

VOID = 1e-3
# name and number of iterations of SIMP, those of the lecture's figure 4
SHOWN_TEST_PROBLEMS = (("test problem 1", 8), ("test problem 2", 5))

Images = Bool[np.ndarray, "problems rows columns"]
Predictor = Callable[[int], Images]


def evaluate(
    settings: Scoring, *, histories: xr.Dataset, heat: xr.Dataset, model: dict, seed: int, method: str
) -> pd.DataFrame:
    """Scores of one trained network on the test problems and on heat conduction."""
    batch = settings.training.by(settings.variant.protocol).batch
    rows: list[Row] = []
    for case, data in ((ELASTIC, part(histories, "test")), (HEAT, heat)):
        predictor = network_predictor(settings, data=data, model=model, seed=seed)
        rows += scores(data, predictor, settings.evaluation, case=case)
        rows.append(case_row(case, "training_samples", settings.training.samples // batch * batch))
    return pd.DataFrame(rows).assign(method=method, seed=seed)


def evaluate_thresholding(settings: Evaluation, *, histories: xr.Dataset, heat: xr.Dataset) -> pd.DataFrame:
    """Scores of thresholding, on the test problems and on all, and of the final designs themselves."""
    rows: dict[str, list[Row]] = {"thresholding": [], "final_design": [], "thresholding_all": []}
    for case, data in ((ELASTIC, part(histories, "test")), (HEAT, heat)):
        rows["thresholding"] += scores(data, partial(thresholded, data), settings, case=case)
        rows["thresholding"].append(case_row(case, "problems", data.sizes["problem"]))
        last = data.sizes["iteration"] - 1
        rows["final_design"] += design_rows(data, data["target"].values, case=case, iteration=last)
    for iteration in settings.iterations:
        design = thresholded(histories, iteration)
        rows["thresholding_all"] += overlap_rows(histories, design, case=ELASTIC, iteration=iteration)
    rows["thresholding_all"].append(case_row(ELASTIC, "problems", histories.sizes["problem"]))
    frames = [pd.DataFrame(rows_of_method).assign(method=method) for method, rows_of_method in rows.items()]
    return pd.concat(frames, ignore_index=True).assign(seed=NO_SEED)


def network_predictor(settings: Scoring, *, data: xr.Dataset, model: dict, seed: int) -> Predictor:
    """Designs that a trained network predicts, as a function of the iteration."""
    training = settings.training.by(settings.variant.protocol)
    net = with_parameters(network(settings.variant, dropout=training.dropout, seed=seed), model)
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
        rng = numpy_generator(0, "bootstrap", iteration)
        ratio = bootstrap(compliance / final, np.median, resamplings=settings.resamplings, rng=rng)
        better = _accuracy(data, design) - _accuracy(data, thresholded(data, iteration))
        gain = bootstrap(better, np.mean, resamplings=settings.resamplings, rng=rng)
        rows += [
            *overlap_rows(data, design, case=case, iteration=iteration),
            *design_rows(data, design, case=case, iteration=iteration),
            case_row(case, "compliance_ratio", ratio.value, x=iteration, se=ratio.error),
            case_row(case, "gain", gain.value, x=iteration, se=gain.error, unit="percent"),
            case_row(case, "gain_lower", gain.lower, x=iteration, unit="percent"),
        ]
    return rows


def overlap_rows(data: xr.Dataset, design: Images, *, case: str, iteration: int) -> list[Row]:
    """Accuracy and intersection over union of designs with the final ones."""
    overlap = 100 * mean_intersection_over_union(design, data["target"].values)
    return [
        mean_row("accuracy", _accuracy(data, design), x=iteration, unit="percent", case=case),
        mean_row("iou", overlap, x=iteration, unit="percent", case=case),
    ]


def design_rows(data: xr.Dataset, design: Images, *, case: str, iteration: int) -> list[Row]:
    """Volume error and connectivity of designs."""
    fraction = data["volume_fraction"].values
    excess = 100 * (design.mean(axis=(1, 2)) - fraction) / fraction
    broken = [is_disconnected(image, load, case=case) for image, load in zip(design, stored_cases(data), strict=True)]
    return [
        mean_row("volume_error", np.abs(excess), x=iteration, unit="percent", case=case),
        mean_row("volume_excess", excess, x=iteration, unit="percent", case=case),
        percent_row("disconnected", broken, x=iteration, case=case),
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
    values = np.empty((len(designs), data.sizes["problem"]))
    for problem, load_case in enumerate(progress(stored_cases(data), total=values.shape[1], label="problems")):
        simp = simp_of(load_case, kind=case, filter_radius=1.0)
        for index, design in enumerate(designs):
            values[index, problem] = simp.compliance(GRID.flat(np.where(design[problem], 1.0, VOID)))[0]
    return values


def examples(
    settings: Scoring, *, histories: xr.Dataset, cases: xr.Dataset, model: dict, seed: int, method: str
) -> xr.Dataset:
    """Data of the figure: two test problems and the configured load cases, stopped early and predicted."""
    tests = part(histories, "test").isel(problem=slice(0, len(SHOWN_TEST_PROBLEMS)))
    names, stops = (np.array(entries)[: tests.sizes["problem"]] for entries in zip(*SHOWN_TEST_PROBLEMS, strict=True))
    stopped = {"units": "1", "long_name": "number of iterations after which SIMP was stopped"}
    tests = tests.assign(
        name=("problem", names, {"units": "1", "long_name": "name of the load case"}),
        stopped_after=("problem", stops, stopped),
    )
    panels = [_panel(settings, data=data, model=model, seed=seed) for data in (tests, cases)]
    return xr.concat(panels, dim="problem").assign_attrs(method=method)


def _panel(settings: Scoring, *, data: xr.Dataset, model: dict, seed: int) -> xr.Dataset:
    """Images of every problem at the iteration where it is stopped, its supports and loads, and its name."""
    predict = network_predictor(settings, data=data, model=model, seed=seed)
    stops = data["stopped_after"].values.tolist()
    images = {
        "input": data["density"].values[np.arange(len(stops)), stops] / DENSITY_LEVELS,
        "thresholding": np.stack([thresholded(data, stop)[problem] for problem, stop in enumerate(stops)]),
        "prediction": np.stack([predict(stop)[problem] for problem, stop in enumerate(stops)]),
        "truth": data["target"].values,
    }
    about = {"units": "1", "long_name": "image of the figure"}
    variables = {name: (("problem", "y", "x"), image.astype(np.float32), about) for name, image in images.items()}
    return data[["fixed_x", "fixed_y", "load", "name", "stopped_after"]].assign(variables)


def _accuracy(data: xr.Dataset, design: Images) -> Float[np.ndarray, " problems"]:
    return 100 * binary_accuracy(design, data["target"].values)
