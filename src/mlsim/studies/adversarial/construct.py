"""Universal perturbations of one network, and the choices of layer, q, sign and step length behind them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf, nan
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.attacks.pq_power_method import jacobian, norms, pq_singular_vectors
from mlsim.numerics.attacks.universal_perturbations import gradient_perturbation, random_signs, sequential_perturbation
from mlsim.studies.adversarial.classifiers import Classifier, Stored, classifier, stored, unit
from mlsim.studies.adversarial.settings import Attack, Construction
from mlsim.training.seeding import numpy_generator, torch_generator

# examples to show: test images that the first singular vector fools
SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One singular vector, a local maximum.

    Attributes:
        layer: hidden layer.
        q: exponent.
        seed: of the construction.
        vector: signs.
        gain: singular value over the q-norm of the layer's values.
        history: singular values of its restart, one per iteration.
        fooling: fraction of the selection images that it fools; NaN until :func:`most_fooling` has measured it.
    """

    layer: str
    q: float
    seed: int
    vector: Tensor
    gain: float
    history: list[float]
    fooling: float = nan


class Constructed(NamedTuple):
    """One universal perturbation, with its method, the seed and the number of construction images."""

    method: str
    seed: int
    images: int
    perturbation: Tensor


def construct(settings: Construction, *, data: xr.Dataset, model: dict, seeds: list[int]) -> xr.Dataset:
    """Perturbations by all methods and seeds, and the sweep over layers and q.

    Dimensions: ``attack``, the perturbations; ``candidate``, the singular vectors of the sweep; ``shown``, examples.
    """
    attack, source = settings.attack, classifier(settings.network, settings.pixels, model)
    images, _ = stored(data, "train")
    selection, _ = stored(data, "selection")
    clean, norm = source.classes(selection), attack.norm / 255

    def fooling(v: Tensor) -> float:
        return float((source.classes(selection, v) != clean).mean())

    def fooling_of_signs(signs: Tensor) -> float:
        return fooling(norm * signs)

    swept = []
    for seed, layer in progress(list(product(seeds, settings.network.layers)), label="layers"):
        few = chosen_images(images, attack.images, seed=seed)
        for maxima in candidates(source, few, attack, layer=layer, q=attack.q, seed=seed):
            swept.append(most_fooling(maxima, fooling_of_signs))
    layer, q = _best_layer_and_q(swept)
    winners = {candidate.seed: candidate for candidate in swept if (candidate.layer, candidate.q) == (layer, q)}
    attacks = [Constructed("singular_vector", seed, attack.images, norm * winners[seed].vector) for seed in seeds]
    up_to_q = attack.q[: attack.q.index(q) + 1]
    for count, seed in product(attack.batches, seeds):
        few = chosen_images(images, count, seed=seed)
        maxima = candidates(source, few, attack, layer=layer, q=up_to_q, seed=seed)[-1]
        attacks.append(Constructed("batch_sweep", seed, count, norm * most_fooling(maxima, fooling_of_signs).vector))
    fractions = []
    for seed in progress(seeds, label="seeds"):
        few = chosen_images(images, attack.images, seed=seed)
        fraction, ascent = _gradient_ascent(source, few, attack, fooling=fooling)
        fractions.append(fraction)
        order = torch_generator(seed, "order of images")
        summed = sequential_perturbation(source, few, norm=norm, passes=attack.passes, generator=order)
        attacks.append(Constructed("sgd_uap", seed, attack.images, ascent))
        attacks.append(Constructed("sequential_uap", seed, attack.images, summed))
    first = winners[seeds[0]]
    result = _dataset(attacks, swept, winner=first).merge(_examples(source, data, norm * first.vector))
    return result.assign_attrs({"layer": layer, "q": q, "norm": attack.norm, "gradient_shares": fractions})


def chosen_images(images: Stored, count: int, *, seed: int) -> Tensor:
    """Construction images of one seed, values in [0, 1]; a smaller set begins a larger one."""
    order = numpy_generator(seed, "construction images").permutation(len(images))[:count]
    return unit(images[torch.from_numpy(order)])


def candidates(
    source: Classifier, images: Tensor, attack: Attack, *, layer: str, q: Sequence[float], seed: int
) -> list[list[Candidate]]:
    """The singular vectors of a hidden layer on some images: for each ``q`` those of all restarts, the largest first.

    The layer's values on the images, one after the other, are a function of one perturbation that is added to all; its
    derivative at zero, with respect to pixels in [0, 1], is the stacked Jacobian. It is formed once for all ``q``.
    The maxima of one ``q`` are the starts of the next: half the iterations, and for large ``q``, whose functions have
    many poor local maxima, mostly larger singular values than from random signs.
    """
    linear = jacobian(lambda v: source.tapped(images + v, layer=layer), torch.zeros_like(images[0]))
    shape = (attack.restarts, *images.shape[1:])
    start = random_signs(shape, norm=1.0, generator=torch_generator(seed, "start of the power method"))
    with torch.no_grad():
        values = source.tapped(images, layer=layer)[None]
    results = []
    for exponent in q:
        maxima = pq_singular_vectors(
            linear, start, p=inf, q=exponent, iterations=attack.iterations, tolerance=attack.tolerance
        )
        start, gains = maxima.vectors, maxima.values / norms(values, exponent)[0]
        results.append(
            [
                Candidate(
                    layer=layer,
                    q=exponent,
                    seed=seed,
                    vector=maxima.vectors[restart],
                    gain=float(gains[restart]),
                    history=maxima.history[:, restart].tolist(),
                )
                for restart in maxima.values.argsort(descending=True, stable=True).tolist()
            ]
        )
    return results


def most_fooling(maxima: Sequence[Candidate], fooling: Callable[[Tensor], float]) -> Candidate:
    """The local maximum, with its better sign, that fools most images; of equals the largest singular value.

    A vector and its negative have one singular value, but they move the images to different sides.
    """
    signed = [replace(candidate, vector=sign * candidate.vector) for candidate in maxima for sign in (1.0, -1.0)]
    rates = [fooling(candidate.vector) for candidate in signed]
    best = int(np.argmax(rates))
    return replace(signed[best], fooling=rates[best])


def _best_layer_and_q(swept: Sequence[Candidate]) -> tuple[str, float]:
    """The layer and q with the largest mean fooling rate over seeds; the first of equals."""
    rates: dict[tuple[str, float], list[float]] = {}
    for candidate in swept:
        rates.setdefault((candidate.layer, candidate.q), []).append(candidate.fooling)
    return max(rates, key=lambda key: float(np.mean(rates[key])))


def _gradient_ascent(
    source: Classifier, few: Tensor, attack: Attack, *, fooling: Callable[[Tensor], float]
) -> tuple[float, Tensor]:
    """The step length over the norm, and its perturbation, that fool most selection images."""
    norm, fractions = attack.norm / 255, attack.gradient_shares
    ascents = [
        gradient_perturbation(source, few, norm=norm, steps=attack.gradient_steps, step=fraction * norm)
        for fraction in fractions
    ]
    best = int(np.argmax([fooling(v) for v in ascents]))
    return fractions[best], ascents[best]


def _dataset(attacks: Sequence[Constructed], swept: Sequence[Candidate], *, winner: Candidate) -> xr.Dataset:
    methods, seeds, counts, perturbations = zip(*attacks, strict=True)
    stacked = torch.stack(perturbations).numpy()
    columns = {
        "method": ("attack", methods, "method of the construction"),
        "attack_seed": ("attack", seeds, "seed of the construction"),
        "images": ("attack", counts, "number of construction images"),
        "history": ("iteration", winner.history, "singular value of the chosen layer"),
        "layer": ("candidate", [candidate.layer for candidate in swept], "hidden layer"),
        "q": ("candidate", [candidate.q for candidate in swept], "exponent"),
        "seed": ("candidate", [candidate.seed for candidate in swept], "seed of the construction"),
        "gain": ("candidate", [candidate.gain for candidate in swept], "singular value over the layer's q-norm"),
        "selection_fooling": (
            "candidate",
            [candidate.fooling for candidate in swept],
            "fraction of the selection images that are fooled",
        ),
    }
    about = {"units": "1", "long_name": "perturbation of values from 0 to 1"}
    return xr.Dataset(
        {"perturbation": (("attack", "channel", "row", "column"), stacked, about)}
        | {
            name: (dimension, np.array(values), {"units": "1", "long_name": meaning})
            for name, (dimension, values, meaning) in columns.items()
        }
    )


def _examples(source: Classifier, data: xr.Dataset, v: Tensor) -> xr.Dataset:
    """The first test images that change their class."""
    images, _ = stored(data, "test")
    before, after = source.classes(images), source.classes(images, v)
    chosen = np.flatnonzero(before != after)[:SHOWN]
    columns = {
        "shown": (chosen, "index of a test image that is fooled"),
        "before": (before[chosen], "class of the clean image"),
        "after": (after[chosen], "class of the perturbed image"),
    }
    return xr.Dataset(
        {name: ("example", values, {"units": "1", "long_name": meaning}) for name, (values, meaning) in columns.items()}
    )


def vectors(perturbations: xr.Dataset, method: str) -> Iterable[tuple[int, int, Tensor]]:
    """Seed, number of construction images and perturbation of every attack by one method."""
    for index in np.flatnonzero(perturbations["method"].values == method).tolist():
        attack = perturbations.isel(attack=index)
        yield int(attack["attack_seed"]), int(attack["images"]), torch.from_numpy(attack["perturbation"].values)
