"""Subnormal numbers count as zero while networks are trained."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def subnormals_as_zero() -> Iterator[None]:
    """Numbers below the smallest normal one, 1.2e-38 in single precision, are zero in the block; also a decorator.

    A CPU takes up to a hundred times as long for an operation on one of them, and training makes many: products
    of small derivatives through many layers, and Adam's means of a gradient that has become zero, which halve every
    seven steps until no smaller number is left, and then stay there. Added to a number of ordinary size they are lost
    in rounding; a logarithm or a quotient would know them.

    The setting is that of the CPU thread, and so counts for numpy and Python as well; afterwards it is what it
    was before. With more than one thread nothing is set: torch's other threads would keep what they started with, in
    the block or before it. Nor is anything set on a GPU, or on a CPU that cannot.
    """
    if torch.get_num_threads() > 1:
        yield
        return
    before = sys.float_info.min / 2 == 0.0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
