"""Ordinary differential equations with polynomial right-hand sides, many systems at once."""

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np
from jaxtyping import Float

States = Float[np.ndarray, "*members components"]


def monomial_names(letters: str, degree: int) -> list[str]:
    """Monomials up to ``degree``, the constant first, then by degree and alphabet.

    >>> monomial_names("xy", 2)
    ['1', 'x', 'y', 'x^2', 'xy', 'y^2']
    """
    names = ["1"]
    for total in range(1, degree + 1):
        for factors in combinations_with_replacement(letters, total):
            powers = [(letter, factors.count(letter)) for letter in letters if letter in factors]
            names.append("".join(letter if power == 1 else f"{letter}^{power}" for letter, power in powers))
    return names


def monomials(states: States, degree: int) -> Float[np.ndarray, "*members terms"]:
    """Values of the monomials in the order of :func:`monomial_names`.

    >>> monomials(np.array([2.0, 3.0]), 2).tolist()
    [1.0, 2.0, 3.0, 4.0, 6.0, 9.0]
    """
    components = np.moveaxis(states, -1, 0)
    columns, lower = [np.ones(states.shape[:-1])], [(np.ones(()), 0)]
    for _ in range(degree):
        # each monomial once: factors in alphabetical order
        lower = [(value * components[j], j) for value, i in lower for j in range(i, len(components))]
        columns += [value for value, _ in lower]
    return np.stack(columns, axis=-1)


def times_of_divergence(
    paths: Iterator[States], truth: Iterator[States], *, step: float, tolerance: float, scale: float
) -> Float[np.ndarray, "*members"]:
    """First time at which a path is further than ``tolerance * scale`` from the truth; the end where it never is."""
    times, alive = np.zeros(0), np.zeros(0, dtype=bool)
    for count, (path, exact) in enumerate(zip(paths, truth, strict=True), start=1):
        near = np.linalg.norm(path - exact, axis=-1) <= tolerance * scale
        if count == 1:
            times, alive = np.zeros(near.shape), np.ones(near.shape, dtype=bool)
        alive &= near
        times[alive] = count * step
        if not alive.any():
            break
    return times
