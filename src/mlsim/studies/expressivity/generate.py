"""The data of all tasks: digits, and values of random trains and automata on random words."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from mlsim.numerics.tensors.weighted_automata import (
    WordFunction,
    distinct_words,
    random_automaton,
    random_train_function,
)
from mlsim.studies.expressivity.settings import DIGIT_SIDE, Sampling, Words
from mlsim.training.seeding import numpy_generator

FUNCTIONS: dict[str, Callable[..., WordFunction]] = {"teacher": random_train_function, "automaton": random_automaton}


def generate(settings: Sampling, *, seed: int) -> xr.Dataset:
    """Digits with their test part; words and, for each seed of the networks, the values of a function of its own.

    The split of the digits is that of scikit-learn with ``random_state=0``, stratified.
    """
    data = _digits(test_share=settings.data.test_share)
    for name, words in {"teacher": settings.data.teacher, "automaton": settings.data.automaton}.items():
        data = data.assign(_word_variables(name, words, draws=settings.seeds, seed=seed))
    return data.assign_coords(draw=list(settings.seeds))


def function_of(data: xr.Dataset, name: str, *, draw: int) -> WordFunction:
    """The function that the network of seed ``draw`` learns; ``name`` is teacher or automaton."""
    chosen = data.sel(draw=draw)
    return WordFunction(
        start=chosen[f"{name}_start"].values, cores=chosen[f"{name}_cores"].values, end=chosen[f"{name}_end"].values
    )


def _digits(*, test_share: float) -> xr.Dataset:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, labels = (np.asarray(each) for each in load_digits(return_X_y=True))
    labels = labels.astype(np.int64)
    _, test = train_test_split(np.arange(labels.size), test_size=test_share, stratify=labels, random_state=0)
    image = {"units": "1", "long_name": "brightness, 0 to 1"}
    label = {"units": "1", "long_name": "digit"}
    part = {"units": "1", "long_name": "whether the image belongs to the test part"}
    return xr.Dataset(
        {
            "image": (("digit", "row", "column"), pixels.reshape(-1, DIGIT_SIDE, DIGIT_SIDE) / 16, image),
            "label": (("digit",), labels, label),
            "is_test": (("digit",), np.isin(np.arange(labels.size), test), part),
        }
    )


def _word_variables(name: str, words: Words, *, draws: tuple[int, ...], seed: int) -> dict[str, tuple]:
    parts = distinct_words(
        numpy_generator(seed, name, "test words"),
        numpy_generator(seed, name, "training words"),
        letters=words.letters,
        sites=words.sites,
        count=(words.test, words.train),
    )
    functions = [
        FUNCTIONS[name](
            numpy_generator(seed, name, "function", draw),
            letters=words.letters,
            sites=words.sites,
            rank=words.width,
            spread=words.spread,
        )
        for draw in draws
    ]
    variables: dict[str, tuple] = {}
    for part, chosen in zip(("test", "train"), parts, strict=True):
        values = np.stack([function.values(chosen) for function in functions])
        about = {"units": "1", "long_name": f"letters of the {part} words of the {name}"}
        meaning = {"units": "1", "long_name": f"value of each function of the {name}, mean square 1 over all words"}
        variables[f"{name}_{part}_words"] = ((f"{name}_{part}", f"{name}_site"), chosen.astype(np.uint8), about)
        variables[f"{name}_{part}_values"] = (("draw", f"{name}_{part}"), values, meaning)
    dimensions = {"start": ("left",), "cores": ("site", "letter", "left", "right"), "end": ("right",)}
    for field, axes in dimensions.items():
        stacked = np.stack([getattr(function, field) for function in functions])
        about = {"units": "1", "long_name": f"{field} of each function of the {name}"}
        variables[f"{name}_{field}"] = (("draw", *(f"{name}_{axis}" for axis in axes)), stacked, about)
    return variables
