"""Wavelet filters as trainable parameters: orthonormal by construction, or free."""

from jaxtyping import Float
from torch import Tensor, nn

from mlsim.numerics.wavelets.filters import Filters, lattice_filters, mirrored
from mlsim.numerics.wavelets.nonstandard_form import Bases


class LatticeFilters(nn.Module):
    """Orthonormal filters of two channels for any values of the parameters, see :func:`lattice_filters`.

    ``free`` are the initial angles, in radians; their number is half the length of the filters less one.

    >>> from torch import zeros
    >>> LatticeFilters(zeros(3)).forward().shape
    torch.Size([2, 8])
    """

    def __init__(self, free: Float[Tensor, " free"]) -> None:
        super().__init__()
        self.angles = nn.Parameter(free.clone())

    def forward(self) -> Filters:
        """Low-pass and high-pass."""
        return lattice_filters(self.angles)


class LatticeBases(nn.Module):
    """One filter bank of :class:`LatticeFilters` for each level and side of a matrix, equal at first, or one for all.

    >>> from torch import zeros
    >>> LatticeBases(zeros(2), levels=3, shared=False).forward().shape
    torch.Size([3, 2, 2, 6])
    """

    def __init__(self, free: Float[Tensor, " free"], *, levels: int, shared: bool) -> None:
        super().__init__()
        self.levels = levels
        self.angles = nn.Parameter(free.repeat(1 if shared else 2 * levels, 1))

    def forward(self) -> Bases:
        """Filter banks per level, of the rows and of the columns."""
        banks = lattice_filters(self.angles)
        return banks.expand(2 * self.levels, -1, -1).unflatten(0, (self.levels, 2))


class FreeFilters(nn.Module):
    """A free low-pass, initially ``low``, and its quadrature mirror: orthonormal only as far as a penalty enforces."""

    def __init__(self, low: Float[Tensor, " taps"]) -> None:
        super().__init__()
        self.low = nn.Parameter(low.clone())

    def forward(self) -> Filters:
        """Low-pass and high-pass."""
        return mirrored(self.low)
