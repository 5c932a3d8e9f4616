"""Arithmetic operations of numpy programs, counted where numpy dispatches them."""

from collections.abc import Callable, Mapping, Sequence
from math import log2, prod
from typing import Any

import numpy as np

TRANSFORMS = {"fft": 5.0, "ifft": 5.0, "rfft": 2.5, "irfft": 2.5}


def counted_operations(function: Callable[[np.ndarray], object], argument: np.ndarray) -> int:
    """Operations of ``function(argument)``.

    One for each number that an elementwise function gives or a sum takes, ``5 N log2 N`` for a Fourier transform of
    ``N`` numbers and half of that for a real one, one per factor for each product of a sum of products (``einsum``).
    Copies, shifts and indexing cost nothing; products of matrices and factorisations are not counted.

    >>> counted_operations(lambda x: (2 * x + 1).sum(), np.ones(10))
    30
    """
    count = 0.0

    class Counted(np.ndarray):
        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **keywords: Any) -> Any:
            nonlocal count
            arguments = as_arrays(inputs)
            if out is not None:
                keywords["out"] = as_arrays(out)
            result = getattr(ufunc, method)(*arguments, **keywords)
            count += np.size(arguments[0] if method == "reduce" else result)
            if out is not None:
                return out[0]
            return result.view(Counted) if isinstance(result, np.ndarray) else result

        def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
            nonlocal count
            result = super().__array_function__(func, types, args, kwargs)
            count += _cost(func.__name__, args, kwargs, result)
            return result.view(Counted) if isinstance(result, np.ndarray) else result

    def as_arrays(arguments: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(item.view(np.ndarray) if isinstance(item, Counted) else item for item in arguments)

    function(argument.copy().view(Counted))
    return round(count)


def _cost(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> float:
    """What a function costs beside the elementwise functions and sums that it calls."""
    if name in TRANSFORMS:
        longer = args[0] if name == "rfft" else result  # the real side of a real transform
        return TRANSFORMS[name] * np.size(longer) * log2(longer.shape[kwargs.get("axis", -1)])
    if name != "einsum":
        return 0.0
    terms = args[0].split("->")[0].split(",")
    shapes = [dict(zip(term, array.shape, strict=True)) for term, array in zip(terms, args[1:], strict=True)]
    sizes = {letter: size for shape in shapes for letter, size in shape.items()}
    return len(terms) * prod(sizes.values())
