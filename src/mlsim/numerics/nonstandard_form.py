"""The nonstandard form of a periodic operator in a wavelet basis: exact with full blocks, sparse with banded ones."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.wavelet_filters import Filters, analysis, synthesis

Matrix = Float[Tensor, "points points"]


@dataclass(frozen=True, kw_only=True, eq=False)
class NonstandardForm:
    """An operator level by level.

    Attributes:
        blocks: per level, finest first, ``D1 = G A G^T`` (details from details), ``D2 = G A S^T`` (details from means)
            and ``D3 = S A G^T`` (means from details), each of half the size of the level above.
        coarse: ``A_L``, what the means of the last level make of themselves.
    """

    blocks: tuple[Float[Tensor, "3 _ _"], ...]
    coarse: Matrix


def nonstandard_form(matrix: Matrix, filters: Filters, *, levels: int) -> NonstandardForm:
    """``A_0 = A``; per level ``D1, D2, D3`` as in :class:`NonstandardForm` and ``A_(l+1) = S A_l S^T``.

    Args:
        matrix: the operator on periodic vectors, rows and columns a multiple of ``2**levels``.
        filters: orthonormal filter bank.
        levels: number of levels.

    Source:
        G. Beylkin, R. Coifman, V. Rokhlin, Comm. Pure Appl. Math. 44 (1991) 141-183.
    """
    blocks = []
    for _ in range(levels):
        means_in, details_in = analysis(matrix, filters)
        from_means = analysis(means_in.T, filters)
        from_details = analysis(details_in.T, filters)
        blocks.append(torch.stack([from_details[1].T, from_means[1].T, from_details[0].T]))
        matrix = from_means[0].T
    return NonstandardForm(blocks=tuple(blocks), coarse=matrix)


def banded(form: NonstandardForm, *, band: int) -> NonstandardForm:
    """The form with zeros in ``D1, D2, D3`` wherever row and column are more than ``band`` apart on the ring."""
    blocks = tuple(each * band_mask(each.shape[-1], band=band) for each in form.blocks)
    return NonstandardForm(blocks=blocks, coarse=form.coarse)


def band_mask(size: int, *, band: int) -> Float[Tensor, "size size"]:
    """One where ``|i - j| mod size`` is at most ``band`` on the ring, else zero.

    >>> band_mask(4, band=1)[0].tolist()
    [1.0, 1.0, 0.0, 1.0]
    """
    offset = (torch.arange(size)[:, None] - torch.arange(size)) % size
    return (torch.minimum(offset, size - offset) <= band).double()


def banded_count(size: int, *, levels: int, band: int) -> int:
    """Coefficients of a banded form: three bands per level, and the coarse matrix whole.

    >>> banded_count(8, levels=1, band=1), banded_count(8, levels=1, band=4) == 8 * 8
    (52, True)
    """
    sizes = [size >> level for level in range(1, levels + 1)]
    return sum(3 * each * min(2 * band + 1, each) for each in sizes) + sizes[-1] ** 2


def product(form: NonstandardForm, vectors: Float[Tensor, "*batch points"], filters: Filters) -> Tensor:
    """Operator times vectors: analysis, the blocks of every level, synthesis.

    ``u <- G^T (D1 d_l + D2 s_l) + S^T (D3 d_l + u)`` from the coarsest level to the finest.
    """
    parts = []
    means = vectors
    for _ in form.blocks:
        means, details = analysis(means, filters)
        parts.append((means, details))
    image = means @ form.coarse.T
    for (means, details), block in zip(reversed(parts), reversed(form.blocks), strict=True):
        high = details @ block[0].T + means @ block[1].T
        image = synthesis(details @ block[2].T + image, high, filters)
    return image


def dense(form: NonstandardForm, filters: Filters) -> Matrix:
    """The matrix of a form: the columns of the product."""
    size = 2 * form.blocks[0].shape[-1]
    return product(form, torch.eye(size, dtype=filters.dtype), filters).T
