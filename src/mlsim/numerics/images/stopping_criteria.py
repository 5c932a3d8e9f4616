"""When to stop a fit that would end with fitting the noise: the variance of the latest outputs, streamed."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor


class WindowVariance:
    """Variance of the latest outputs around their mean: ``mean_i |x_i|^2 - |mean_i x_i|^2``, per number.

    Only sums over blocks of outputs are stored, so that a window of 100 large images takes the memory of 20 with blocks
    of 5; the variance is exact at the end of every block.

    Args:
        window: outputs in the window, a multiple of ``block``.
        block: outputs per sum.

    Source:
        Wang et al., Early stopping for deep image prior, arXiv:2112.06074, rule ES-WMV.

    >>> outputs = [torch.tensor([float(i)]) for i in (9, 1, 2, 3, 4)]
    >>> variance = WindowVariance(window=4, block=1)
    >>> [variance.add(x) for x in outputs]
    [None, None, None, 9.6875, 1.25]
    """

    def __init__(self, *, window: int, block: int) -> None:
        if block < 1 or window % block:
            raise ValueError(f"window is {window}: allowed are multiples of the block, {block}")
        self._blocks, self._block = window // block, block
        self._sums: list[Tensor] = []
        self._squares: list[float] = []
        self._count = 0

    def add(self, output: Float[Tensor, "..."]) -> float | None:
        """Take in the next output; the variance at the end of a block, once the window is full."""
        output = output.detach().double()
        square = float(output.square().mean())
        if self._count % self._block == 0:
            self._sums = [*self._sums, output][-self._blocks :]
            self._squares = [*self._squares, square][-self._blocks :]
        else:
            self._sums[-1] = self._sums[-1] + output
            self._squares[-1] += square
        self._count += 1
        if self._count % self._block or len(self._sums) < self._blocks:
            return None
        total = self._blocks * self._block
        mean = torch.stack(self._sums).sum(dim=0) / total
        return sum(self._squares) / total - float(mean.square().mean())

    def state(self) -> dict[str, Any]:
        """What :meth:`restore` needs; later outputs do not change it."""
        return {"sums": list(self._sums), "squares": list(self._squares), "count": self._count}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self._sums, self._squares = list(state["sums"]), list(state["squares"])
        self._count = state["count"]


class Patience:
    """The least value so far, and how long there has been no lower one.

    Args:
        patience: steps without a lower value after which later ones are ignored.

    >>> least = Patience(patience=2)
    >>> [least.improves(step, value) for step, value in enumerate([3.0, 2.0, 2.5, 2.5, 1.0])]
    [True, True, False, False, False]
    """

    def __init__(self, *, patience: int) -> None:
        self._patience, self._value, self._step = patience, float("inf"), 0

    def improves(self, step: int, value: float) -> bool:
        """Whether ``value`` is the least so far and comes in time."""
        if value >= self._value or (self._value < float("inf") and step - self._step > self._patience):
            return False
        self._value, self._step = value, step
        return True

    def state(self) -> dict[str, Any]:
        """What :meth:`restore` needs."""
        return {"value": self._value, "step": self._step}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self._value, self._step = state["value"], state["step"]
