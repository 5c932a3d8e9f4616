"""How many test images each perturbation fools, on one network, beside random signs of the same norm."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Bool, Float, Int
from scipy.stats import rankdata
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.attacks.single_image import deepfool, fgsm, perturbed, pgd, predicted
from mlsim.numerics.attacks.universal_perturbations import random_signs
from mlsim.studies.adversarial.classifiers import Classifier, Stored, classifier, stored, unit
from mlsim.studies.adversarial.construct import vectors
from mlsim.studies.adversarial.settings import CONTROL, Evaluation, Scoring
from mlsim.studies.adversarial.train import steps
from mlsim.tables import Row, mean_row, row, standard_error
from mlsim.training.seeding import numpy_generator, torch_generator

Fooled = Bool[np.ndarray, "image seed"]
Weights = Float[np.ndarray, "resampling image"]
UNIVERSAL = ("singular_vector", "sequential_uap", "sgd_uap")


@dataclass(frozen=True, kw_only=True)
class Target:
    """The network under test and its test images.

    Attributes:
        name: of the network.
        network: with its parameters.
        images: of the test.
        clean: what the network says of them.
        correct: where that is right.
    """

    name: str
    network: Classifier
    images: Stored
    clean: Int[np.ndarray, " image"]
    correct: Bool[np.ndarray, " image"]

    def fooled(self, perturbations: list[Tensor]) -> Fooled:
        """Which images each perturbation fools."""
        return np.stack([self.network.classes(self.images, v) != self.clean for v in perturbations], axis=1)


def evaluate(
    settings: Evaluation, *, data: xr.Dataset, model: dict, perturbations: list[xr.Dataset], trained: bool,
    seed: int, method: str,
) -> pd.DataFrame:  # fmt: skip
    """Rows of one tested network.

    Args:
        settings: of all networks.
        data: from :mod:`mlsim.studies.adversarial.generate`.
        model: state of the tested network.
        perturbations: of all networks in the order of their names, from :mod:`mlsim.studies.adversarial.construct`.
        trained: here, and not the user's.
        seed: of the rows that stand for all constructions together.
        method: name of the tested network.
    """
    network = classifier(settings.networks[method], settings.pixels, model)
    images, labels = stored(data, "test")
    clean = network.classes(images)
    target = Target(name=method, network=network, images=images, clean=clean, correct=clean == labels.numpy())
    found = dict(zip(sorted(settings.networks), perturbations, strict=True))
    weights = resampled(len(images), settings.scoring.resamplings, seed=seed)
    rows = _universal_rows(settings, target, found, weights=weights, seed=seed)
    rows += _single_rows(settings.scoring, target, seed=seed)
    rows += _sweep_rows(found[method], target, selection=data.attrs["selection"], weights=weights)
    updates = steps(settings.networks[method], samples=data.attrs["train"]) if trained else 0
    sizes = {"training_steps": updates, "construction_images": settings.attack.images}
    rows += _size_rows(target, sizes, weights=weights, seed=seed)
    return pd.DataFrame(rows)


def resampled(images: int, resamplings: int, *, seed: int) -> Weights:
    """Bootstrap samples: the share of each image in each of them."""
    rng = numpy_generator(seed, "bootstrap")
    return rng.multinomial(images, np.full(images, 1 / images), size=resamplings) / images


def pooled(fooled: Fooled, weights: Weights, *, rng: np.random.Generator) -> Float[np.ndarray, " resampling"]:
    """Fooling rates of bootstrap samples of images and of seeds.

    Samples of ``n`` seeds vary by ``(n - 1) / n`` of the variance between seeds: that is undone.
    """
    rates = weights @ fooled
    count = rates.shape[1]
    seeds = rng.integers(count, size=rates.shape)
    means = rates.mean(axis=1)
    return means + np.sqrt(count / max(count - 1, 1)) * (np.take_along_axis(rates, seeds, axis=1).mean(axis=1) - means)


def rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's; not a number where one of them does not vary.

    >>> round(rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.3, 0.2])), 12)
    0.5
    """
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])


def _universal_rows(
    settings: Evaluation, target: Target, found: dict[str, xr.Dataset], *, weights: Weights, seed: int
) -> list[Row]:
    case, shape, norm = f"tested_on_{target.name}", tuple(target.images.shape[1:]), settings.attack.norm
    signs = [
        random_signs(shape, norm=1.0, generator=torch_generator(seed, "random signs", index))
        for index in range(settings.scoring.signs)
    ]
    rows = [row("test_images", len(target.images), case=case, method=CONTROL, seed=seed)]
    for x in progress(sorted({norm, *settings.scoring.norms}), label="norms"):
        control = target.fooled([x / 255 * sign for sign in signs])
        rows += _rate_rows(case, CONTROL, control, list(range(len(signs))), target, weights=weights, x=x)
        for source, method in ((source, method) for source in found for method in UNIVERSAL):
            # at other norms only what is exact there: a singular vector of the network itself
            if x != norm and (source, method) != (target.name, "singular_vector"):
                continue
            seeds, _, steps_ = zip(*vectors(found[source], method), strict=True)
            fooled = target.fooled([x / norm * v for v in steps_])
            name = f"{method}_from_{source}"
            rows += _rate_rows(case, name, fooled, list(seeds), target, weights=weights, x=x)
            rows += _excess_rows(case, name, fooled, control, weights=weights, x=x, seed=seed)
    return rows


def _rate_rows(
    case: str, method: str, fooled: Fooled, seeds: list[int], target: Target, *, weights: Weights, x: float
) -> list[Row]:
    rows = []
    shares = weights @ target.correct
    for place, seed in enumerate(seeds):
        own, se = fooled[:, place], float((weights @ fooled[:, place]).std())
        rows.append(row("fooling_rate", float(own.mean()), case=case, method=method, seed=seed, x=x, se=se))
        if target.correct.any():
            # a sample may hold no image that is classified rightly
            of_correct = (weights @ (own & target.correct))[shares > 0] / shares[shares > 0]
            value, se = float(own[target.correct].mean()), float(of_correct.std())
            rows.append(row("fooled_of_correct", value, case=case, method=method, seed=seed, x=x, se=se))
    return rows


def _excess_rows(
    case: str, method: str, fooled: Fooled, control: Fooled, *, weights: Weights, x: float, seed: int
) -> list[Row]:
    """Comparison with the control over all seeds; both meet the same bootstrap samples of images."""
    rng = numpy_generator(seed, "bootstrap of seeds", method, f"{x:g}")
    own, other = pooled(fooled, weights, rng=rng), pooled(control, weights, rng=rng)
    low, high = np.quantile(own - other, [0.025, 0.975]).tolist()
    # a control that fools nothing has no ratio: one image in its place
    least = 1 / len(fooled)
    ratio = own / np.maximum(other, least)
    values = {
        "excess": (float(fooled.mean() - control.mean()), float((own - other).std())),
        "excess_low": (low, np.nan),
        "excess_high": (high, np.nan),
        "over_random": (float(fooled.mean() / max(control.mean(), least)), float(ratio.std())),
    }
    return [row(name, value, case=case, method=method, seed=seed, x=x, se=se) for name, (value, se) in values.items()]


def _single_rows(scoring: Scoring, target: Target, *, seed: int) -> list[Row]:
    """Attacks on one image at a time."""
    case, images = f"tested_on_{target.name}", unit(target.images[: scoring.single])
    clean, rows = target.clean[: scoring.single], []

    def rate(attacked: Tensor) -> tuple[float, float]:
        fooled = predicted(target.network, attacked).numpy() != clean
        return float(fooled.mean()), standard_error(fooled)

    for x in scoring.single_norms:
        generator = torch_generator(seed, "start of pgd")
        attacks = {
            "fgsm": fgsm(target.network, images, norm=x / 255),
            "pgd": pgd(target.network, images, norm=x / 255, steps=scoring.steps, generator=generator),
        }
        for method, attacked in attacks.items():
            value, se = rate(attacked)
            rows.append(row("fooling_rate", value, case=case, method=method, seed=seed, x=x, se=se))
    step, _ = deepfool(target.network, images, steps=scoring.steps)
    value, se = rate(perturbed(images, step))
    rows.append(row("fooling_rate", value, case=case, method="deepfool", seed=seed, se=se))
    lengths = (step.flatten(1).norm(dim=1) / images.flatten(1).norm(dim=1)).double().numpy()
    return [*rows, mean_row("relative_norm", lengths, case=case, method="deepfool", seed=seed)]


def _sweep_rows(own: xr.Dataset, target: Target, *, selection: int, weights: Weights) -> list[Row]:
    """The choice of layer and q, and the number of construction images."""
    rows = []
    sweep = {name: own[name].values for name in ("layer", "q", "seed", "gain", "selection_fooling")}
    for layer, q, seed, gain, rate in zip(*sweep.values(), strict=True):
        at = {"seed": int(seed), "x": float(q)}
        se = float(np.sqrt(rate * (1 - rate) / selection))
        rows.append(row("fooling_rate", float(rate), case="q_sweep", method=f"{target.name}_{layer}", se=se, **at))
        rows.append(row("gain", float(gain), case="q_sweep", method=f"{target.name}_{layer}", **at))
    first = int(sweep["seed"][0])
    for q in [np.nan, *np.unique(sweep["q"]).tolist()]:
        among = np.isnan(q) | (sweep["q"] == q)
        relation = rank_correlation(sweep["gain"][among], sweep["selection_fooling"][among])
        rows.append(row("rank_correlation", relation, case="q_sweep", method=target.name, seed=first, x=q))
    rows.append(
        row("chosen_q", float(own.attrs["q"]), case="q_sweep", method=f"{target.name}_{own.attrs['layer']}", seed=first)
    )
    for (seed, _, _), share in zip(vectors(own, "sgd_uap"), own.attrs["gradient_shares"], strict=True):
        at = {"seed": seed, "x": float(own.attrs["norm"])}
        method = f"sgd_uap_from_{target.name}"
        rows.append(row("step_share", float(share), case=f"tested_on_{target.name}", method=method, **at))
    for seed, count, v in (*vectors(own, "batch_sweep"), *vectors(own, "singular_vector")):
        fooled = target.fooled([v])[:, 0]
        se = float((weights @ fooled).std())
        rows.append(
            row("fooling_rate", float(fooled.mean()), case="batch_sweep", method=target.name, seed=seed, x=count, se=se)
        )
    return rows


def _size_rows(target: Target, sizes: dict[str, int], *, weights: Weights, seed: int) -> list[Row]:
    """Accuracy, and the sizes that claims need."""
    error = float((weights @ target.correct).std())
    sizes = {"test_images": len(target.images), "pixels": target.images.shape[-1]} | sizes
    rows = [row(name, value, case="accuracy", method=target.name, seed=seed) for name, value in sizes.items()]
    return [
        *rows,
        row("test_accuracy", float(target.correct.mean()), case="accuracy", method=target.name, seed=seed, se=error),
    ]
