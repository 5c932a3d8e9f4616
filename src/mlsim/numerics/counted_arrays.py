"""Arithmetic operations of numpy programs, counted where numpy dispatches them."""

from collections.abc import Callable
from typing import Any

import numpy as np


def counted_operations(function: Callable[[np.ndarray], object], argument: np.ndarray) -> int:
    """Operations of ``function(argument)``: one for each number that an elementwise function gives or a sum takes.

    Copies, shifts and indexing cost nothing. What leaves numpy's elementwise functions and sums, such as Fourier
    transforms and factorisations, is not counted, nor what is computed from their results alone.

    >>> counted_operations(lambda x: (2 * x + 1).sum(), np.ones(10))
    30
    """
    count = 0

    class Counted(np.ndarray):
        __array_priority__ = 1.0  # concatenations stay counted

        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **keywords: Any) -> Any:
            nonlocal count
            plain = [each.view(np.ndarray) if isinstance(each, Counted) else each for each in inputs]
            if out is not None:
                keywords["out"] = tuple(each.view(np.ndarray) if isinstance(each, Counted) else each for each in out)
            result = getattr(ufunc, method)(*plain, **keywords)
            count += np.size(plain[0] if method == "reduce" else result)
            if out is not None:
                return out[0]
            return result.view(Counted) if isinstance(result, np.ndarray) else result

    function(argument.copy().view(Counted))
    return count
