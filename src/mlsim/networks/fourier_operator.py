"""Fourier neural operator on the periodic interval and square."""

from math import prod, tau

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.perceptrons.dense import fill_uniform

HIDDEN = 64


class FourierOperator(nn.Module):
    """Layers ``x <- GELU(W x + F^-1(R F x))``, ``R`` a matrix per mode, higher modes dropped; the last without GELU.

    A linear map lifts the values to ``width`` channels, two maps with GELU between project the last layer to one
    channel. Without coordinates as inputs the network commutes with all shifts of the grid.

    Args:
        side: grid points per side.
        dimensions: one or two.
        width: channels between the layers; the last hidden layer has 64.
        modes: wave numbers ``0 .. modes - 1``; in two dimensions of the last axis, beside ``-modes .. modes - 1`` of
            the first.
        layers: number of layers.
        coordinates: whether the coordinates of the points are inputs, for problems that are not periodic.
        generator: random numbers of the initial parameters.

    Raises:
        ValueError: the grid has fewer modes.

    Source:
        Li, Kovachki, Azizzadenesheli, Liu, Bhattacharya, Stuart, Anandkumar, arXiv:2010.08895.

    >>> net = FourierOperator(side=320, dimensions=1, width=24, modes=32, layers=4, generator=torch.Generator())
    >>> sum(p.numel() for p in net.parameters())
    151569
    """

    points: Tensor | None

    def __init__(
        self,
        *,
        side: int,
        dimensions: int,
        width: int,
        modes: int,
        layers: int,
        coordinates: bool = False,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        if 2 * modes > side:
            raise ValueError(f"modes is {modes}: a grid of {side} points per side carries at most {side // 2}")
        axes = torch.meshgrid(*(torch.linspace(0, 1, side).double(),) * dimensions, indexing="ij")
        self.register_buffer("points", torch.stack(axes, dim=-1) if coordinates else None, persistent=False)
        self.lift = nn.Linear(1 + dimensions * coordinates, width)
        self.spectral = nn.ModuleList(
            SpectralConvolution(side=side, dimensions=dimensions, width=width, modes=modes, generator=generator)
            for _ in range(layers)
        )
        self.pointwise = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))
        self.hidden, self.last = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, 1)
        for layer in (self.lift, *self.pointwise, self.hidden, self.last):
            fill_uniform(layer, generator=generator)

    def forward(self, v: Float[Tensor, "samples *grid"]) -> Float[Tensor, "samples *grid"]:
        """Values at the grid points from values at the grid points."""
        # grid axes first, channels last: transforms and pointwise maps are large products of matrices
        v = v.movedim(0, -1)[..., None]
        if self.points is not None:
            coordinates = self.points.to(v).unsqueeze(-2).expand(*v.shape[:-1], -1)
            v = torch.cat([v, coordinates], dim=-1)
        x = self.lift(v)
        for layer, (spectral, pointwise) in enumerate(zip(self.spectral, self.pointwise, strict=True)):
            x = pointwise(x) + spectral(x)
            x = functional.gelu(x) if layer < len(self.spectral) - 1 else x
        u = self.last(functional.gelu(self.hidden(x)))[..., 0]
        return u.movedim(-1, 0)


class SpectralConvolution(nn.Module):
    """``F^-1 R F`` with a complex matrix per mode; the few modes are taken by products with cosines and sines.

    Args: those of :class:`FourierOperator`.
    """

    forth: Tensor
    back: Tensor
    forth_first: Tensor
    back_first: Tensor

    def __init__(self, *, side: int, dimensions: int, width: int, modes: int, generator: torch.Generator) -> None:
        super().__init__()
        count = (modes,) if dimensions == 1 else (2 * modes, modes)
        self.side, self.count = side, count
        # real and imaginary part
        weight = 2 * torch.rand(2, prod(count), width, width, generator=generator) - 1
        self.weight = nn.Parameter(weight / width)
        # tables in double precision, rounded to that of the input where they are used
        angle = tau / side * torch.outer(torch.arange(modes), torch.arange(side)).double()
        forward = torch.cat([angle.cos(), -angle.sin()]) / side
        # all modes of a real function but the constant occur twice
        twice = torch.where(torch.arange(modes) == 0, 1.0, 2.0).double()[:, None]
        back = torch.cat([twice * angle.cos(), -twice * angle.sin()]).T
        self.register_buffer("forth", forward, persistent=False)
        self.register_buffer("back", back, persistent=False)
        if dimensions == 2:
            turn = torch.outer(torch.arange(-modes, modes), torch.arange(side)).double() * tau / side
            cosine, sine = turn.cos(), turn.sin()
            complex_forth = torch.cat([torch.cat([cosine, sine], 1), torch.cat([-sine, cosine], 1)]) / side
            self.register_buffer("forth_first", complex_forth, persistent=False)
            self.register_buffer("back_first", (complex_forth.T * side).contiguous(), persistent=False)

    def forward(self, x: Float[Tensor, "*grid samples channels"]) -> Float[Tensor, "*grid samples channels"]:
        """The convolution of every sample."""
        samples, channels = x.shape[-2:]
        c = self._coefficients(x.flatten(-2)).reshape(2, -1, samples, channels)
        real, imaginary = self.weight
        matrix = torch.cat([torch.cat([real, imaginary], 2), torch.cat([-imaginary, real], 2)], 1)
        mixed = torch.bmm(torch.cat([c[0], c[1]], dim=2), matrix)
        mixed = torch.stack(mixed.chunk(2, dim=2))
        return self._values(mixed.reshape(2, *self.count, samples * channels)).reshape(x.shape)

    def _coefficients(self, x: Float[Tensor, "*grid columns"]) -> Float[Tensor, "*modes columns_"]:
        if len(self.count) == 1:
            return self.forth.to(x) @ x
        last = (self.forth.to(x) @ x).unflatten(1, (2, -1))  # rows, parts, modes, columns
        return self.forth_first.to(x) @ last.transpose(0, 1).flatten(0, 1).flatten(1)

    def _values(self, c: Float[Tensor, "2 *modes columns"]) -> Float[Tensor, "*grid columns"]:
        if len(self.count) == 1:
            return self.back.to(c) @ c.flatten(0, 1)
        first = (self.back_first.to(c) @ c.flatten(0, 1).flatten(1)).reshape(2, self.side, self.count[1], -1)
        return self.back.to(c) @ first.transpose(0, 1).flatten(1, 2)
