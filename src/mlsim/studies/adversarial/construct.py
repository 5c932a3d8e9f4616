"""All universal perturbations of one network, and the choices of layer, q, sign and step that they rest on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf

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
    """

    layer: str
    q: float
    seed: int
    vector: Tensor
    gain: float
    history: list[float]


def construct(settings: Construction, *, data: xr.Dataset, model: dict, seeds: list[int]) -> xr.Dataset:
    """Perturbations by all methods and seeds, and the sweep over layers and q.

    Dimensions: ``attack``, the perturbations; ``candidate``, the singular vectors of the sweep; ``shown``, examples.
    """
    attack, source = settings.attack, classifier(settings.network, settings.pixels, model)
    images, _ = stored(data, "train")
    held_out, _ = stored(data, "selection")
    clean = source.classes(held_out)

    def fooling(v: Tensor) -> float:
        return float((source.classes(held_out, v) != clean).mean())

    norm = attack.norm / 255

    def fooling_of_signs(signs: Tensor) -> float:
        return fooling(norm * signs)

    pairs = list(product(seeds, settings.network.layers))
    swept, rates = [], []
    for seed, layer in progress(pairs, label="layers"):
        few = chosen_images(images, attack.images, seed=seed)
        for found in candidates(source, few, attack, layer=layer, q=attack.q, seed=seed):
            chosen, rate = most_fooling(found, fooling_of_signs)
            swept.append(chosen)
            rates.append(rate)
    layer, q = _best([(each.layer, each.q) for each in swept], rates)
    winners = {each.seed: each for each in swept if (each.layer, each.q) == (layer, q)}
    found = [("singular_vector", seed, attack.images, norm * winners[seed].vector) for seed in seeds]
    leading = attack.q[: attack.q.index(q) + 1]
    for count, seed in product(attack.batches, seeds):
        few = chosen_images(images, count, seed=seed)
        maxima = candidates(source, few, attack, layer=layer, q=leading, seed=seed)[-1]
        chosen, _ = most_fooling(maxima, fooling_of_signs)
        found.append(("batch_sweep", seed, count, norm * chosen.vector))
    shares = []
    for seed in progress(seeds, label="seeds"):
        ascents = [_ascent(source, images, attack, share=share, seed=seed) for share in attack.gradient_shares]
        best = int(np.argmax([fooling(v) for v in ascents]))
        shares.append(attack.gradient_shares[best])
        found.append(("sgd_uap", seed, attack.images, ascents[best]))
        found.append(("sequential_uap", seed, attack.images, _sequential(source, images, attack, seed=seed)))
    result = _dataset(found, swept, rates, winner=winners[seeds[0]])
    about = {"layer": layer, "q": q, "norm": attack.norm, "gradient_shares": shares}
    return result.merge(_examples(source, data, norm * winners[seeds[0]].vector)).assign_attrs(about)


def chosen_images(images: Stored, count: int, *, seed: int) -> Tensor:
    """Construction images of one seed, values in [0, 1]; more of them begin with the fewer."""
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
    budget = {"iterations": attack.iterations, "tolerance": attack.tolerance}
    results = []
    for each in q:
        found = pq_singular_vectors(linear, start, p=inf, q=each, **budget)
        start = found.vectors
        gains = found.values / norms(values, each)[0]
        results.append(
            [
                Candidate(
                    layer=layer,
                    q=each,
                    seed=seed,
                    vector=found.vectors[restart],
                    gain=float(gains[restart]),
                    history=found.history[:, restart].tolist(),
                )
                for restart in found.values.argsort(descending=True, stable=True).tolist()
            ]
        )
    return results


def most_fooling(found: Sequence[Candidate], fooling: Callable[[Tensor], float]) -> tuple[Candidate, float]:
    """Of local maxima and of both signs of each, what fools most, and its rate; of equals the largest singular value.

    A vector and its negative have one singular value, but they move the images to different sides.
    """
    signed = [replace(each, vector=sign * each.vector) for each in found for sign in (1.0, -1.0)]
    rates = [fooling(each.vector) for each in signed]
    best = int(np.argmax(rates))
    return signed[best], rates[best]


def _best(keys: list[tuple[str, float]], rates: list[float]) -> tuple[str, float]:
    """The key of the largest mean rate over seeds; the first of equals."""
    means = {key: np.mean([rate for own, rate in zip(keys, rates, strict=True) if own == key]) for key in keys}
    return max(means, key=lambda key: means[key])


def _ascent(source: Classifier, images: Stored, attack: Attack, *, share: float, seed: int) -> Tensor:
    few, norm = chosen_images(images, attack.images, seed=seed), attack.norm / 255
    return gradient_perturbation(source, few, norm=norm, steps=attack.gradient_steps, step=share * norm)


def _sequential(source: Classifier, images: Stored, attack: Attack, *, seed: int) -> Tensor:
    few, generator = chosen_images(images, attack.images, seed=seed), torch_generator(seed, "order of images")
    return sequential_perturbation(source, few, norm=attack.norm / 255, passes=attack.passes, generator=generator)


def _dataset(
    found: list[tuple[str, int, int, Tensor]], swept: list[Candidate], rates: list[float], *, winner: Candidate
) -> xr.Dataset:
    methods, seeds, counts, vectors = zip(*found, strict=True)
    one = {"units": "1"}
    attacks = {
        "perturbation": (
            ("attack", "channel", "row", "column"),
            torch.stack(vectors).numpy(),
            {"units": "1", "long_name": "perturbation of values from 0 to 1"},
        ),
        "method": ("attack", np.array(methods), one | {"long_name": "how it was constructed"}),
        "attack_seed": ("attack", np.array(seeds), one | {"long_name": "seed of the construction"}),
        "images": ("attack", np.array(counts), one | {"long_name": "images of the construction"}),
        "history": ("iteration", np.array(winner.history), one | {"long_name": "singular value of the chosen layer"}),
    }
    columns = {
        "layer": (np.array([each.layer for each in swept]), "hidden layer"),
        "q": (np.array([each.q for each in swept]), "exponent"),
        "seed": (np.array([each.seed for each in swept]), "seed of the construction"),
        "gain": (np.array([each.gain for each in swept]), "singular value over the norm of the layer's values"),
        "selection_fooling": (np.array(rates), "share of the selection images that is fooled"),
    }
    sweep = {name: ("candidate", values, one | {"long_name": text}) for name, (values, text) in columns.items()}
    return xr.Dataset(attacks | sweep)


def _examples(source: Classifier, data: xr.Dataset, v: Tensor) -> xr.Dataset:
    """The first test images that change their class."""
    images, _ = stored(data, "test")
    before, after = source.classes(images), source.classes(images, v)
    chosen = np.flatnonzero(before != after)[:SHOWN]
    one = {"units": "1"}
    return xr.Dataset(
        {
            "shown": ("example", chosen, one | {"long_name": "index of a test image that is fooled"}),
            "before": ("example", before[chosen], one | {"long_name": "class of the clean image"}),
            "after": ("example", after[chosen], one | {"long_name": "class of the perturbed image"}),
        }
    )


def vectors(perturbations: xr.Dataset, method: str) -> Iterable[tuple[int, int, Tensor]]:
    """Seed, number of construction images and perturbation of every attack by one method."""
    for index in np.flatnonzero(perturbations["method"].values == method).tolist():
        own = perturbations.isel(attack=index)
        yield int(own["attack_seed"]), int(own["images"]), torch.from_numpy(own["perturbation"].values)
