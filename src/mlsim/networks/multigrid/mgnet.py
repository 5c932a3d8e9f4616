"""MgNet: a multigrid cycle whose operators, smoothers and transfers are convolution layers.

On each level ``u <- u + s(B_i * s(f - A * u))``, ``s`` an activation. With the identity for ``s`` and the weights of
damped Jacobi, full weighting, linear interpolation and Galerkin operators this is exactly the V-cycle. In the
residual ``r = f - A u`` the same step reads ``r <- r - A * s(B_i * s(r))``: a block of a residual network with
pre-activation, ``r + W2 s(W1 s(r))``, whose ``W2 = -A`` is shared by all blocks of the level.

Source:
    J. He, J. Xu, MgNet, arXiv:1901.10415.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.rings import as_images, on_ring, pointwise
from mlsim.networks.perceptrons.dense import fill_uniform
from mlsim.numerics.multigrid.cycles import level_shapes
from mlsim.numerics.multigrid.stencils import (
    Functions,
    Stencil,
    applied,
    diagonal,
    galerkin,
    laplacian,
    linear_interpolation,
    matrix,
    prolonged,
    restricted,
)

Activation = Callable[[Tensor], Tensor]
Start = Literal["zero", "injection"]


def linear(x: Tensor) -> Tensor:
    """The activation that makes the network a linear method."""
    return x


def corrected(
    u: Functions, f: Functions, operator: Stencil, *, smoothers: Sequence[Stencil] | Tensor, activation: Activation
) -> Functions:
    """``u <- u + s(B * s(f - A * u))``, once for each smoother ``B``."""
    for smoother in smoothers:
        u = u + activation(applied(smoother, activation(f - applied(operator, u))))
    return u


class MgNet(nn.Module):
    """One MgNet cycle on ``size x size`` nodes, whose initial weights are those of a V-cycle for the Laplacian.

    Downwards ``f_(l+1) = R (f_l - A_l u_l) + A_(l+1) u0_(l+1)`` with ``u0_(l+1)`` the start of the coarser level,
    upwards ``u_l <- u_l + P (u_(l+1) - u0_(l+1))``; the coarsest level is solved. Where the network is linear the
    start is arbitrary: it cancels.

    Args:
        size: nodes per side of the finest grid, ``2^k - 1``.
        levels: number of levels, at most.
        steps: corrections before and as many after the coarser level.
        damping: of the Jacobi smoothers that the weights begin with.
        activation: ``s``.
        start: ``u0`` of a coarser level: zero, or the values at its nodes.
    """

    def __init__(
        self,
        *,
        size: int,
        levels: int,
        steps: int = 2,
        damping: float = 2 / 3,
        activation: Activation = torch.relu,
        start: Start = "zero",
    ) -> None:
        super().__init__()
        self.shapes = level_shapes((size, size), levels=levels)
        self.activation, self.start = activation, start
        interpolation = linear_interpolation(dimensions=2)
        operators = [laplacian(dimensions=2)]
        for shape in self.shapes[:-1]:
            operators.append(galerkin(interpolation / 4, operators[-1], interpolation, shape=shape))
        coarser = operators[1:]
        self.operators = nn.ParameterList(nn.Parameter(operator) for operator in operators)
        self.smoothers = nn.ParameterList(
            nn.Parameter(_jacobi(operator, damping=damping).repeat(2 * steps, 1, 1)) for operator in operators[:-1]
        )
        self.restrictions = nn.ParameterList(nn.Parameter(interpolation / 4) for _ in coarser)
        self.prolongations = nn.ParameterList(nn.Parameter(interpolation.clone()) for _ in coarser)

    def forward(self, u: Functions, f: Functions) -> Functions:
        """The next approximation to ``A u = f``."""
        return self._cycle(u, f, level=0)

    def _cycle(self, u: Functions, f: Functions, *, level: int) -> Functions:
        operator = self.operators[level]
        if level == len(self.shapes) - 1:
            columns = f.reshape(f.shape[0], -1).T
            return torch.linalg.solve(matrix(operator, shape=self.shapes[level]), columns).T.reshape(f.shape)
        before, after = self.smoothers[level].chunk(2)
        u = corrected(u, f, operator, smoothers=before, activation=self.activation)
        start = u[:, 1::2, 1::2]
        if self.start == "zero":
            start = torch.zeros_like(start)
        residual = restricted(self.restrictions[level], f - applied(operator, u))
        coarse_f = residual + applied(self.operators[level + 1], start)
        coarse = self._cycle(start, coarse_f, level=level + 1)
        u = u + prolonged(self.prolongations[level], coarse - start)
        return corrected(u, f, operator, smoothers=after, activation=self.activation)


def _jacobi(operator: Stencil, *, damping: float) -> Float[Tensor, "3 3"]:
    """``w D^-1`` as a stencil."""
    stencil = torch.zeros_like(operator)
    stencil[1, 1] = damping / diagonal(operator)
    return stencil


class MgNetSteps(nn.Module):
    """Periodic functions to periodic functions by MgNet steps on one level, in the residual.

    A 1x1 lift to ``channels``, ``r <- r + W s(B_i s(r))`` with ``s`` = GELU, one circular convolution ``B_i`` per step
    and one ``W`` for all steps, and a 1x1 projection to one channel.

    Args:
        channels: channels between lift and projection.
        width: taps of every convolution, odd.
        depth: convolutions that one input passes, two per step, even.
        gain: initial weights are uniform on ``+-gain / sqrt(channels width)``.
        generator: random numbers of the initial parameters.

    Raises:
        ValueError: ``width`` is even or ``depth`` odd.

    >>> net = MgNetSteps(channels=8, width=9, depth=6, generator=torch.Generator())
    >>> sum(p.numel() for p in net.parameters()) == 16 + 4 * (8 * 8 * 9 + 8) + 9
    True
    """

    def __init__(self, *, channels: int, width: int, depth: int, gain: float = 1.0, generator: torch.Generator) -> None:
        super().__init__()
        if width % 2 == 0 or depth % 2:
            raise ValueError(f"width and depth are {width} and {depth}: allowed are an odd and an even number")
        self.lift = nn.Conv1d(1, channels, 1)
        self.convolutions = nn.ModuleList(nn.Conv1d(channels, channels, width) for _ in range(depth // 2))
        self.shared = nn.Conv1d(channels, channels, width)
        self.projection = nn.Conv1d(channels, 1, 1)
        for layer in (self.lift, self.projection):
            fill_uniform(layer, generator=generator)
        for layer in (*self.convolutions, self.shared):
            fill_uniform(layer, generator=generator, gain=gain)

    def forward(self, x: Float[Tensor, "batch points"]) -> Float[Tensor, "batch points"]:
        """Output at the points of the input."""
        r = pointwise(self.lift, as_images(x[:, None]))
        for layer in self.convolutions:
            change = functional.gelu(on_ring(layer, functional.gelu(r)))
            r = r + on_ring(self.shared, change)
        return pointwise(self.projection, r)[:, 0, 0]
