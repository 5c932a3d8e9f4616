"""BCR-Net: the product with a nonstandard form as a network, with convolutions in place of its bands."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.rings import wrapped
from mlsim.numerics.periodic.integral_kernels import circulant
from mlsim.numerics.wavelets.filters import Filters, daubechies
from mlsim.numerics.wavelets.nonstandard_form import nonstandard_form, same_everywhere

FilterStart = Literal["frozen", "trained", "random"]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The sizes of a BCR-Net; the defaults are those of the code released with it.

    Raises:
        ValueError: ``2**levels`` does not divide the points, or the last level has too few points.
    """

    points: int  # points ``N`` of the ring
    levels: int  # ``L``; ``2**L`` divides ``N``
    channels: int = 6  # ``alpha``, wavelets (and as many scaling functions) per level
    depth: int = 5  # ``K``, convolutions per level
    order: int = 3  # ``p``, half the length of the filters; Daubechies' number of vanishing moments
    band: int = 2  # half width ``n_b`` of the convolutions

    def __post_init__(self) -> None:
        if self.levels < 1 or self.coarsest << self.levels != self.points:
            raise ValueError(f"points is {self.points}: it must be a multiple of 2**levels, levels is {self.levels}")
        if max(self.order - 1, self.band) > self.coarsest:
            few = f"{self.coarsest} points, too few for order {self.order} and band {self.band}"
            raise ValueError(f"the last level has {few}: take fewer levels")

    @property
    def coarsest(self) -> int:
        """Points of the last level."""
        return self.points >> self.levels

    @property
    def coarse_width(self) -> int:
        """Taps of the coarse convolution: the largest odd number of points that the last level has."""
        return 2 * ((self.coarsest + 1) // 2) - 1


class PeriodicConvolutions(nn.Module):
    """``depth`` convolutions of ``width`` taps (odd) on a ring, each followed by ReLU; ``linear``: no ReLU and no bias.

    Initial weights are uniform with the variance of He et al., biases start at zero.
    """

    def __init__(
        self, *, depth: int, channels: int, width: int, linear: bool, generator: torch.Generator, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.padding = (width - 1) // 2
        self.linear = linear
        self.layers = nn.ModuleList()
        for _ in range(depth):
            layer = nn.Conv1d(channels, channels, width, bias=not linear, dtype=dtype)
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="linear" if linear else "relu", generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
            self.layers.append(layer)

    def forward(self, x: Float[Tensor, "batch channels points"]) -> Float[Tensor, "batch channels points"]:
        """The layers one after the other."""
        for layer in self.layers:
            x = layer(wrapped(x, self.padding, self.padding))
            x = x if self.linear else functional.relu(x)
        return x


class BCRNet(nn.Module):
    """Analysis, periodic convolutions on the details and means of every level, synthesis.

    ``[d_l | s_l] = analysis(s_(l-1))``, ``u = coarse(s_L)``, and from ``l = L`` to 1: ``z = band_l([d_l | s_l])``,
    ``u`` added to the mean half of ``z``, ``u = synthesis(z)``. At last a scale and a shift. With one channel,
    Daubechies' filters, one linear convolution per level this is the product with the banded nonstandard form of a
    convolution, see :func:`linear_bcr_net`. It commutes with shifts by multiples of ``2**levels``.

    Args:
        sizes: see :class:`Sizes`.
        filters: Daubechies filters, fixed or trained, or filters trained from a random start.
        linear: convolutions without ReLU and bias.
        generator: random numbers of the initial parameters.
        dtype: of the parameters; a later ``.double()`` adds no digits to the Daubechies filters.

    Source:
        Y. Fan, C. Orozco Bohorquez, L. Ying, J. Comput. Phys. 384 (2019) 1-15, arXiv:1810.08754. The width of the
        coarse convolution and the ReLU after every convolution are those of the code released with it, where filters
        start at random. The Daubechies start, the mean over channels in the finest synthesis and the last scale and
        shift are ours.

    >>> net = BCRNet(Sizes(points=320, levels=6), generator=torch.Generator())
    >>> sum(p.numel() for p in net.parameters())
    27356
    """

    def __init__(
        self,
        sizes: Sizes,
        *,
        filters: FilterStart = "trained",
        linear: bool = False,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        channels, levels = sizes.channels, sizes.levels
        shapes = [(2 * channels, 1 if level == 0 else channels, 2 * sizes.order) for level in range(levels)]
        if filters == "random":
            analysis = [_random(shape, terms=shape[1] * shape[2], generator=generator) for shape in shapes]
            synthesis = [_random(shape, terms=channels * shape[2], generator=generator) for shape in shapes]
        else:
            analysis = [_copies(daubechies(sizes.order), shape) for shape in shapes]
            synthesis = [bank / channels if level == 0 else bank.clone() for level, bank in enumerate(analysis)]
        self.analysis, self.synthesis = (
            nn.ParameterList(nn.Parameter(bank.to(dtype), requires_grad=filters != "frozen") for bank in weights)
            for weights in (analysis, synthesis)
        )

        shared = {"depth": sizes.depth, "linear": linear, "generator": generator, "dtype": dtype}
        bands = [PeriodicConvolutions(channels=2 * channels, width=2 * sizes.band + 1, **shared) for _ in range(levels)]
        self.bands = nn.ModuleList(bands)
        self.coarse = PeriodicConvolutions(channels=channels, width=sizes.coarse_width, **shared)
        self.scale = nn.Parameter(torch.ones((), dtype=dtype))
        self.shift = nn.Parameter(torch.zeros((), dtype=dtype))

    def forward(self, x: Float[Tensor, "batch points"]) -> Float[Tensor, "batch points"]:
        """The network's value at the same points."""
        levels = []
        means = x[:, None]
        for weight in self.analysis:
            overhang = weight.shape[-1] - 2
            both = functional.conv1d(wrapped(means, 0, overhang), weight, stride=2)
            means = both.chunk(2, dim=1)[1]
            levels.append(both)
        u = self.coarse(means)
        for both, weight, band in zip(reversed(levels), reversed(self.synthesis), reversed(self.bands), strict=True):
            details, correction = band(both).chunk(2, dim=1)
            u = _synthesis(torch.cat([details, correction + u], dim=1), weight)
        return self.scale * u[:, 0] + self.shift


def _synthesis(z: Float[Tensor, "batch both half"], weight: Float[Tensor, "both finer taps"]) -> Tensor:
    """Transpose of the strided convolution on the ring: what hangs over the end is added at the beginning."""
    line = functional.conv_transpose1d(z, weight, stride=2)
    points = 2 * z.shape[-1]
    return line[..., :points] + functional.pad(line[..., points:], (0, 2 * points - line.shape[-1]))


def _copies(bank: Filters, shape: tuple[int, int, int]) -> Float[Tensor, "both finer taps"]:
    """The filters on every channel: details first, then means; channel ``a`` sees channel ``a`` of the finer level."""
    both, finer, _ = shape
    weight = torch.zeros(shape, dtype=bank.dtype)
    for channel in range(both // 2):
        weight[channel, channel % finer] = bank[1]
        weight[both // 2 + channel, channel % finer] = bank[0]
    return weight


def _random(shape: tuple[int, int, int], *, terms: int, generator: torch.Generator) -> Tensor:
    """Normal numbers; a sum of ``terms`` of them has variance one."""
    return torch.randn(shape, generator=generator, dtype=torch.float64) / terms**0.5


def linear_bcr_net(kernel: Float[Tensor, " points"], *, levels: int, order: int, band: int) -> BCRNet:
    """The linear BCR-Net that is the banded nonstandard form of the convolution with ``kernel``.

    One channel, Daubechies' filters; the weights of the band layers are the first rows of ``D1, D2, D3``, those from
    means to means zero. In double precision.

    Args:
        kernel: ``a`` of ``(A v)_i = sum_j a_(i-j) v_j`` on the ring.
        levels: number of levels, such that the last one has an odd number of points, which one convolution covers.
        order: number of vanishing moments.
        band: half width of the bands.

    Raises:
        ValueError: the last level has an even number of points.
    """
    sizes = Sizes(points=kernel.shape[0], levels=levels, channels=1, depth=1, order=order, band=band)
    if sizes.coarsest % 2 == 0:
        raise ValueError(f"the last of {levels} levels has {sizes.coarsest} points: an odd number is needed")
    net = BCRNet(sizes, filters="frozen", linear=True, generator=torch.Generator(), dtype=torch.float64)
    form = nonstandard_form(circulant(kernel), same_everywhere(daubechies(order), levels=levels))
    weights = dict(net.named_parameters())
    with torch.no_grad():
        for level, (from_details, from_means, to_means) in enumerate(form.blocks):
            weight = weights[f"bands.{level}.layers.0.weight"]
            weight.zero_()
            for entry, block in (((0, 0), from_details), ((0, 1), from_means), ((1, 0), to_means)):
                weight[entry] = _taps(block, width=weight.shape[-1])
        weights["coarse.layers.0.weight"][0, 0] = _taps(form.coarse, width=sizes.coarse_width)
    return net


def _taps(circulant: Float[Tensor, "size size"], *, width: int) -> Float[Tensor, " width"]:
    """Weights of the convolution with a circulant matrix, cut to ``width`` taps around the diagonal.

    Where the ring is shorter than that, every entry is taken once.
    """
    size = circulant.shape[0]
    offsets = torch.arange(-(width // 2), width // 2 + 1)
    once = (offsets > -((size + 1) // 2)) & (offsets <= size // 2)
    return circulant[0, offsets % size] * once
