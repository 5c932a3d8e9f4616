"""The data of all tasks: digits, and values of random tensor trains and weighted automata on random words."""

from collections.abc import Callable
from functools import partial

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
    """Digits, split into training and test part; words and the values of one function for each seed of the networks.

    The split of the digits is that of scikit-learn with ``random_state=0``, stratified.
    """
    data = _digits(test_share=settings.data.test_share)
    for name, functions in {"teacher": settings.data.teacher, "automaton": settings.data.automaton}.items():
        data = data.assign(_word_variables(name, functions, draws=settings.seeds, seed=seed))
    return data.assign_coords(draw=list(settings.seeds))


def function_of(data: xr.Dataset, name: str, *, draw: int) -> WordFunction:
    """The function that the network of seed ``draw`` learns; ``name`` is teacher or automaton."""
    start, cores, end = (data[f"{name}_{field}"].sel(draw=draw).values for field in ("start", "cores", "end"))
    return WordFunction(start=start, cores=cores, end=end)


def _digits(*, test_share: float) -> xr.Dataset:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, labels = (np.asarray(values) for values in load_digits(return_X_y=True))
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


def _word_variables(name: str, settings: Words, *, draws: tuple[int, ...], seed: int) -> dict[str, tuple]:
    size = {"letters": settings.letters, "sites": settings.sites}
    parts = distinct_words(
        numpy_generator(seed, name, "test words"),
        numpy_generator(seed, name, "training words"),
        count=(settings.test, settings.train),
        **size,
    )
    random_function = partial(FUNCTIONS[name], rank=settings.width, spread=settings.spread, **size)
    functions = [random_function(numpy_generator(seed, name, "function", draw)) for draw in draws]
    variables: dict[str, tuple] = {}
    for part, words in zip(("test", "train"), parts, strict=True):
        values = np.stack([function.values(words) for function in functions])
        letters = {"units": "1", "long_name": f"letters of the {part} words of the {name}"}
        about = {"units": "1", "long_name": f"value of each function of the {name}, mean square 1 over all words"}
        variables[f"{name}_{part}_words"] = ((f"{name}_{part}", f"{name}_site"), words.astype(np.uint8), letters)
        variables[f"{name}_{part}_values"] = (("draw", f"{name}_{part}"), values, about)
    dimensions = {"start": ("left",), "cores": ("site", "letter", "left", "right"), "end": ("right",)}
    for field, axes in dimensions.items():
        stacked = np.stack([getattr(function, field) for function in functions])
        about = {"units": "1", "long_name": f"{field} of each function of the {name}"}
        variables[f"{name}_{field}"] = (("draw", *(f"{name}_{axis}" for axis in axes)), stacked, about)
    return variables
