"""The nonstandard form of a periodic operator in a wavelet basis: exact with full blocks, sparse with banded ones."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.wavelets.filters import Filters, analysis, synthesis

Matrix = Float[Tensor, "points points"]
# filter banks per level, finest first: of the rows (what comes out), of the columns (what goes in)
Bases = Float[Tensor, "levels 2 2 taps"]


def same_everywhere(filters: Filters, *, levels: int) -> Bases:
    """One filter bank on every level and on both sides.

    >>> same_everywhere(torch.ones(2, 4), levels=3).shape
    torch.Size([3, 2, 2, 4])
    """
    return filters.expand(levels, 2, *filters.shape)


@dataclass(frozen=True, kw_only=True, eq=False)
class NonstandardForm:
    """An operator level by level."""

    # per level, finest first, ``D1 = G A G^T`` (details from details), ``D2 = G A S^T`` (details from means) and ``D3 =
    # S A G^T`` (means from details), each of half the size of the level above
    blocks: tuple[Float[Tensor, "3 _ _"], ...]
    coarse: Matrix  # ``A_L``, means from means of the last level


def nonstandard_form(matrix: Matrix, bases: Bases) -> NonstandardForm:
    """``A_0 = A``; per level ``D1, D2, D3`` as in :class:`NonstandardForm` and ``A_(l+1) = S A_l S^T``.

    The entries are the coefficients of ``A`` in an orthonormal basis of matrices, that of the isotropic transform of an
    image: the sum of their squares is that of ``A``, and a form with some of them set to zero is the best one with
    those zeros. The filter banks are orthonormal, and ``2**levels`` divides the points.

    Source:
        G. Beylkin, R. Coifman, V. Rokhlin, Comm. Pure Appl. Math. 44 (1991) 141-183.
    """
    blocks = []
    for of_rows, of_columns in bases:
        means_in, details_in = analysis(matrix, of_columns)
        from_means = analysis(means_in.T, of_rows)
        from_details = analysis(details_in.T, of_rows)
        blocks.append(torch.stack([from_details[1].T, from_means[1].T, from_details[0].T]))
        matrix = from_means[0].T
    return NonstandardForm(blocks=tuple(blocks), coarse=matrix)


def banded(form: NonstandardForm, *, band: int) -> NonstandardForm:
    """The form with zeros in ``D1, D2, D3`` wherever row and column are more than ``band`` apart on the ring."""
    blocks = tuple(block * band_mask(block.shape[-1], band=band) for block in form.blocks)
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
    return sum(3 * points * min(2 * band + 1, points) for points in sizes) + sizes[-1] ** 2


def squared_band_error(form: NonstandardForm, *, band: int) -> Float[Tensor, ""]:
    """Squared error of the banded form relative to the operator, both in the Frobenius norm.

    By Parseval's identity, for orthonormal filters: squares of the entries outside of the bands over all squares. It is
    also the mean squared error of the product with random vectors, relative to that of the product itself.
    """
    outside = [(block * (1.0 - band_mask(block.shape[-1], band=band))).square().sum() for block in form.blocks]
    everything = [block.square().sum() for block in form.blocks]
    return torch.stack(outside).sum() / (torch.stack(everything).sum() + form.coarse.square().sum())


def product(form: NonstandardForm, vectors: Float[Tensor, "*batch points"], bases: Bases) -> Tensor:
    """Operator times vectors: analysis, the blocks of every level, synthesis.

    ``u <- G^T (D1 d_l + D2 s_l) + S^T (D3 d_l + u)`` from the coarsest level to the finest.
    """
    parts = []
    means = vectors
    for filters in bases[:, 1]:
        means, details = analysis(means, filters)
        parts.append((means, details))
    image = means @ form.coarse.T
    for (means, details), block, filters in zip(
        reversed(parts), reversed(form.blocks), bases[:, 0].flip(0), strict=True
    ):
        high = details @ block[0].T + means @ block[1].T
        image = synthesis(details @ block[2].T + image, high, filters)
    return image


def dense(form: NonstandardForm, bases: Bases) -> Matrix:
    """The matrix of a form, from its products with unit vectors."""
    size = 2 * form.blocks[0].shape[-1]
    return product(form, torch.eye(size, dtype=bases.dtype), bases).T


def flattened(form: NonstandardForm) -> Float[Tensor, " entries"]:
    """All entries: the coarse matrix, then the blocks from the coarsest to the finest."""
    return torch.cat([form.coarse.flatten(), *(block.flatten() for block in reversed(form.blocks))])
