"""Wavelet filters as trainable parameters: orthonormal by construction, or free."""

from jaxtyping import Float
from torch import Tensor, nn

from mlsim.numerics.wavelet_filters import Filters, lattice_filters, mirrored


class LatticeFilters(nn.Module):
    """Orthonormal filters of two channels for any values of the parameters, see :func:`lattice_filters`.

    Args:
        free: initial angles, in radians; half the length of the filters less one.

    >>> LatticeFilters(torch.zeros(3)).forward().shape
    torch.Size([2, 8])
    """

    def __init__(self, free: Float[Tensor, " free"]) -> None:
        super().__init__()
        self.angles = nn.Parameter(free.clone())

    def forward(self) -> Filters:
        """Low-pass and high-pass."""
        return lattice_filters(self.angles)


class FreeFilters(nn.Module):
    """A free low-pass and its quadrature mirror: orthonormal only as far as a penalty makes them so.

    Args:
        low: initial low-pass.
    """

    def __init__(self, low: Float[Tensor, " taps"]) -> None:
        super().__init__()
        self.low = nn.Parameter(low.clone())

    def forward(self) -> Filters:
        """Low-pass and high-pass."""
        return mirrored(self.low)
