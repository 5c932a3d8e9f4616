"""Fraction of test images that each perturbation fools, on one network, compared with random signs of that norm."""

from collections.abc import Sequence
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
from mlsim.tables import Row, mean_row, row
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
        clean: predicted classes of the images.
        correct: whether they are the true ones.
        weights: of the images in the bootstrap samples.
        seed: of random signs and bootstrap, and of rows over all constructions.
    """

    name: str
    network: Classifier
    images: Stored
    clean: Int[np.ndarray, " image"]
    correct: Bool[np.ndarray, " image"]
    weights: Weights
    seed: int

    @property
    def case(self) -> str:
        """Case of the rows about its test images."""
        return f"tested_on_{self.name}"

    def fooled(self, perturbations: list[Tensor]) -> Fooled:
        """Which images each perturbation fools."""
        return np.stack([self.network.classes(self.images, v) != self.clean for v in perturbations], axis=1)

    def fraction_row(
        self, quantity: str, hits: Bool[np.ndarray, " image"], *, x: float = np.nan, **labels: object
    ) -> Row:
        """Fraction of the test images that are hit, with the standard error of the bootstrap."""
        return {**labels, **row(quantity, hits.mean(), x=x, se=(self.weights @ hits).std())}


def evaluate(
    settings: Evaluation,
    *,
    data: xr.Dataset,
    model: dict,
    perturbations: list[xr.Dataset],
    trained: bool,
    seed: int,
    method: str,
) -> pd.DataFrame:
    """Rows of one tested network.

    Args:
        settings: of all networks.
        data: from :mod:`mlsim.studies.adversarial.generate`.
        model: state of the tested network.
        perturbations: of all networks in the order of their names, from :mod:`mlsim.studies.adversarial.construct`.
        trained: whether the network was trained here, not imported.
        seed: of random signs and bootstrap, and of rows over all constructions.
        method: name of the tested network.
    """
    network = classifier(settings.networks[method], settings.pixels, model)
    images, truth = stored(data, "test")
    clean = network.classes(images)
    target = Target(
        name=method,
        network=network,
        images=images,
        clean=clean,
        correct=clean == truth.numpy(),
        weights=resampled(len(images), settings.scoring.resamplings, seed=seed),
        seed=seed,
    )
    by_source = dict(zip(sorted(settings.networks), perturbations, strict=True))
    sizes = {
        "test_images": len(images),
        "pixels": images.shape[-1],
        "training_steps": steps(settings.networks[method], samples=data.attrs["train"]) if trained else 0,
        "construction_images": settings.attack.images,
    }
    labels = {"case": "accuracy", "method": method, "seed": seed}
    rows = [
        *_universal_rows(settings, target, by_source),
        *_single_rows(settings.scoring, target),
        *_choice_rows(by_source[method], target, selection=data.attrs["selection"]),
        *_batch_rows(by_source[method], target),
        *(row(name, value, **labels) for name, value in sizes.items()),
        target.fraction_row("test_accuracy", target.correct, **labels),
    ]
    return pd.DataFrame(rows)


def resampled(images: int, resamplings: int, *, seed: int) -> Weights:
    """Bootstrap samples: the fraction of each image in each of them."""
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
    """Spearman's; NaN where one of them does not vary.

    >>> round(rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.3, 0.2])), 12)
    0.5
    """
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])


def _universal_rows(settings: Evaluation, target: Target, by_source: dict[str, xr.Dataset]) -> list[Row]:
    """Universal perturbations and random signs on the test images."""
    shape, norm, count = tuple(target.images.shape[1:]), settings.attack.norm, settings.scoring.signs
    signs = [
        random_signs(shape, norm=1.0, generator=torch_generator(target.seed, "random signs", index))
        for index in range(count)
    ]
    rows = [row("test_images", len(target.images), case=target.case, method=CONTROL, seed=target.seed)]
    for x in progress(sorted({norm, *settings.scoring.norms}), label="norms"):
        control = target.fooled([x / 255 * sign for sign in signs])
        rows += _rate_rows(target, CONTROL, control, seeds=range(count), x=x)
        for source, method in ((source, method) for source in by_source for method in UNIVERSAL):
            # only singular vectors of the network itself are exact at other norms
            if x != norm and (source, method) != (target.name, "singular_vector"):
                continue
            seeds, _, perturbations = zip(*vectors(by_source[source], method), strict=True)
            fooled = target.fooled([x / norm * v for v in perturbations])
            rows += _rate_rows(target, f"{method}_from_{source}", fooled, seeds=seeds, x=x)
            rows += _excess_rows(target, f"{method}_from_{source}", fooled, control=control, x=x)
    return rows


def _rate_rows(target: Target, method: str, fooled: Fooled, *, seeds: Sequence[int], x: float) -> list[Row]:
    """Fooling rates of each seed among all images, and among the correctly classified ones."""
    rows, correct = [], target.correct
    fractions = target.weights @ correct
    # a sample may hold no image that is classified correctly
    usable = fractions > 0
    for hits, seed in zip(fooled.T, seeds, strict=True):
        labels = {"case": target.case, "method": method, "seed": seed, "x": x}
        rows.append(target.fraction_row("fooling_rate", hits, **labels))
        if correct.any():
            of_correct = (target.weights @ (hits & correct))[usable] / fractions[usable]
            rows.append(row("fooled_of_correct", hits[correct].mean(), se=of_correct.std(), **labels))
    return rows


def _excess_rows(target: Target, method: str, fooled: Fooled, *, control: Fooled, x: float) -> list[Row]:
    """Comparison with the control over all seeds; both have the same bootstrap samples of images."""
    rng = numpy_generator(target.seed, "bootstrap of seeds", method, f"{x:g}")
    attacked, random = pooled(fooled, target.weights, rng=rng), pooled(control, target.weights, rng=rng)
    low, high = np.quantile(attacked - random, [0.025, 0.975])
    # a control that fools nothing has no ratio: one image in its place
    least = 1 / len(fooled)
    labels = {"case": target.case, "method": method, "seed": target.seed, "x": x}
    excess, ratio = fooled.mean() - control.mean(), fooled.mean() / max(control.mean(), least)
    return [
        row("excess", excess, se=(attacked - random).std(), **labels),
        row("excess_low", low, **labels),
        row("excess_high", high, **labels),
        row("over_random", ratio, se=(attacked / np.maximum(random, least)).std(), **labels),
    ]


def _single_rows(scoring: Scoring, target: Target) -> list[Row]:
    """Attacks on one image at a time."""
    network, images, clean = target.network, unit(target.images[: scoring.single]), target.clean[: scoring.single]

    def rate_row(attacked: Tensor, method: str, x: float = np.nan) -> Row:
        fooled = predicted(network, attacked).numpy() != clean
        return mean_row("fooling_rate", fooled, case=target.case, method=method, seed=target.seed, x=x)

    rows = []
    for x in scoring.single_norms:
        generator = torch_generator(target.seed, "start of pgd")
        rows.append(rate_row(fgsm(network, images, norm=x / 255), "fgsm", x))
        attacked = pgd(network, images, norm=x / 255, steps=scoring.steps, generator=generator)
        rows.append(rate_row(attacked, "pgd", x))
    step, _ = deepfool(network, images, steps=scoring.steps)
    lengths = (step.flatten(1).norm(dim=1) / images.flatten(1).norm(dim=1)).double().numpy()
    return [
        *rows,
        rate_row(perturbed(images, step), "deepfool"),
        mean_row("relative_norm", lengths, case=target.case, method="deepfool", seed=target.seed),
    ]


def _choice_rows(perturbations: xr.Dataset, target: Target, *, selection: int) -> list[Row]:
    """The choice of layer and q, and of the step length of gradient ascent."""
    rows = []
    sweep = {name: perturbations[name].values for name in ("layer", "q", "seed", "gain", "selection_fooling")}
    for layer, q, seed, gain, rate in zip(*sweep.values(), strict=True):
        labels = {"case": "q_sweep", "method": f"{target.name}_{layer}", "seed": int(seed), "x": float(q)}
        rows.append(row("fooling_rate", rate, se=np.sqrt(rate * (1 - rate) / selection), **labels))
        rows.append(row("gain", gain, **labels))
    first = int(sweep["seed"][0])
    for q in [np.nan, *np.unique(sweep["q"]).tolist()]:
        among = np.isnan(q) | (sweep["q"] == q)
        correlation = rank_correlation(sweep["gain"][among], sweep["selection_fooling"][among])
        rows.append(row("rank_correlation", correlation, case="q_sweep", method=target.name, seed=first, x=q))
    chosen = perturbations.attrs
    method = f"{target.name}_{chosen['layer']}"
    rows.append(row("chosen_q", chosen["q"], case="q_sweep", method=method, seed=first))
    for (seed, _, _), fraction in zip(vectors(perturbations, "sgd_uap"), chosen["gradient_shares"], strict=True):
        method = f"sgd_uap_from_{target.name}"
        rows.append(row("step_share", fraction, case=target.case, method=method, seed=seed, x=chosen["norm"]))
    return rows


def _batch_rows(perturbations: xr.Dataset, target: Target) -> list[Row]:
    """Singular vectors from different numbers of construction images."""
    rows = []
    for seed, count, v in (*vectors(perturbations, "batch_sweep"), *vectors(perturbations, "singular_vector")):
        hits = target.fooled([v])[:, 0]
        labels = {"case": "batch_sweep", "method": target.name, "seed": seed, "x": count}
        rows.append(target.fraction_row("fooling_rate", hits, **labels))
    return rows
