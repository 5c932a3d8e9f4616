"""Exact Fourier analysis of V- and W-cycles with constant, even stencils on the unit square.

With value zero on the boundary and stencils that are even in both directions, sine modes diagonalise every stencil. On
the coarse grid the four modes ``(x, y), (pi - x, y), (x, pi - y), (pi - x, pi - y)`` are one, up to the signs +, -, -,
+, and a mode with ``x`` or ``y`` equal to ``pi / 2`` is zero. So the error propagation of a cycle on ``L`` levels falls
into blocks of ``4^(l - 1)`` modes, ``l <= L``: one for each mode of the coarsest level, and one for each mode that is
zero on level ``l + 1``. Nothing is approximated: the blocks have all eigenvalues of the finite grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.multigrid.cycles import Sweeps, Transfer
from mlsim.numerics.multigrid.stencils import galerkin

Modes = Float[Tensor, "blocks modes 2"]
Blocks = Float[Tensor, "blocks modes modes"]
AnyBlocks = Float[Tensor, "_ _ _"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SymbolLevel:
    """One level: its operator, the way to the next level (None on the coarsest), its sweeps."""

    operator: Float[Tensor, "3 3"]
    transfer: Transfer | None
    sweeps: Sweeps | None


def symbol(stencil: Float[Tensor, "3 3"], modes: Modes) -> Float[Tensor, "blocks modes"]:
    """Eigenvalues of an even stencil on sine modes with the given angles.

    >>> from mlsim.numerics.multigrid.stencils import laplacian
    >>> symbol(laplacian(dimensions=2), torch.tensor([[[pi, pi]]], dtype=torch.float64)).item()
    8.0
    """
    y, x = torch.cos(modes).unbind(-1)
    return stencil[1, 1] + 2 * stencil[0, 1] * y + 2 * stencil[1, 0] * x + 4 * stencil[0, 0] * x * y


def symbol_levels(
    operator: Float[Tensor, "3 3"], *, transfers: Sequence[Transfer], sweeps: Sequence[Sweeps]
) -> list[SymbolLevel]:
    """All levels from the finest on, with Galerkin operators.

    Raises:
        ValueError: a stencil is not even in both directions.
    """
    levels = []
    for transfer, weights in zip(transfers, sweeps, strict=True):
        for stencil in (operator, transfer.restriction, transfer.prolongation):
            _check_even(stencil)
        levels.append(SymbolLevel(operator=operator, transfer=transfer, sweeps=weights))
        operator = galerkin(transfer.restriction, operator, transfer.prolongation, shape=(7, 7))
    return [*levels, SymbolLevel(operator=operator, transfer=None, sweeps=None)]


def error_blocks(levels: Sequence[SymbolLevel], *, size: int, gamma: int = 1, stride: int = 1) -> list[AnyBlocks]:
    """Blocks of the error propagation on a grid of ``size x size`` nodes, grouped by their number of modes.

    Args:
        levels: from :func:`symbol_levels`.
        size: interior nodes per side of the finest grid, odd on every level but the coarsest.
        gamma: cycles per visit of the next level.
        stride: only every ``stride``-th mode of the coarsest level is taken: 1 for all eigenvalues, more for a cheaper
            sample of them. Modes that differ by an exchange of axes are both taken, even where all stencils are
            symmetric.
    """
    groups = []
    for depth in range(len(levels)):
        nodes = (size + 1) // 2**depth - 1
        coarsest = depth == len(levels) - 1
        if coarsest:
            modes = _all_modes(nodes, stride=stride)
            block = torch.zeros(modes.shape[0], 1, 1, dtype=torch.float64)
        else:
            modes, sweeps = _unseen_modes(nodes, stride=stride), levels[depth].sweeps
            assert sweeps is not None
            block = _damping(levels[depth], modes, torch.cat([sweeps.before, sweeps.after]))[:, :, None]
        for level in reversed(levels[:depth]):
            modes, block = _one_level_up(level, levels[levels.index(level) + 1].operator, modes, block, gamma=gamma)
        groups.append(block)
    return groups


def blocks_radius(blocks: Sequence[AnyBlocks]) -> float:
    """Largest modulus of an eigenvalue of any block."""
    return max(float(torch.linalg.eigvals(group.detach()).abs().max()) for group in blocks)


def smooth_radius(blocks: Sequence[AnyBlocks], *, sharpness: float, squarings: int = 5) -> Float[Tensor, ""]:
    """Differentiable approximation of the logarithm of the spectral radius.

    Per block ``log ||E^p||_F / p`` with ``p = 2^squarings``, and over the blocks the soft maximum
    ``log sum exp(sharpness x) / sharpness``; both bound the radius from above.
    """
    rates = torch.cat([log_norm_of_power(group, squarings=squarings) for group in blocks])
    return torch.logsumexp(sharpness * rates, dim=0) / sharpness


def log_norm_of_power(matrices: Blocks, *, squarings: int) -> Float[Tensor, " blocks"]:
    """``log ||M^p||_F / p`` with ``p = 2^squarings``, without over- or underflow.

    >>> rate = log_norm_of_power(torch.diag(torch.tensor([0.5, 0.1], dtype=torch.float64))[None], squarings=6)
    >>> round(torch.exp(rate).item(), 6)
    0.5
    """
    power, exponent = matrices, torch.zeros(matrices.shape[0], dtype=matrices.dtype)
    for _ in range(squarings):
        norm = _norm(power)
        scaled = power / norm[:, None, None]
        power, exponent = scaled @ scaled, 2 * (exponent + norm.log())
    return (exponent + _norm(power).log()) / 2**squarings


def _norm(matrices: Blocks) -> Float[Tensor, " blocks"]:
    # a nilpotent block reaches zero, where the logarithm has no value and the norm no gradient
    return (matrices.square().sum(dim=(1, 2)) + torch.finfo(matrices.dtype).tiny).sqrt()


def _one_level_up(
    level: SymbolLevel, coarse_operator: Float[Tensor, "3 3"], coarse_modes: Modes, error: Blocks, *, gamma: int
) -> tuple[Float[Tensor, "blocks four_modes 2"], Float[Tensor, "blocks four_modes four_modes"]]:
    """The block on the next finer level from the one on this level."""
    transfer = level.transfer
    assert transfer is not None
    count = coarse_modes.shape[1]
    modes, signs = _aliases(coarse_modes)
    identity = torch.eye(count, dtype=torch.float64).repeat_interleave(4, dim=0)
    prolongation = identity * (signs * symbol(transfer.prolongation, modes) / 4)[:, :, None]
    restriction = (
        identity * (signs * symbol(transfer.restriction, modes) * symbol(level.operator, modes))[:, :, None]
    ).mT
    # what gamma coarse cycles leave of the exact correction
    left = torch.linalg.matrix_power(error, gamma)
    solved = (torch.eye(count, dtype=torch.float64) - left) / symbol(coarse_operator, coarse_modes)[:, None, :]
    corrected = torch.eye(4 * count, dtype=torch.float64) - prolongation @ solved @ restriction
    assert level.sweeps is not None
    before = _damping(level, modes, level.sweeps.before)
    after = _damping(level, modes, level.sweeps.after)
    return modes, after[:, :, None] * corrected * before[:, None, :]


def _damping(level: SymbolLevel, modes: Modes, weights: Float[Tensor, " sweeps"]) -> Float[Tensor, "blocks modes"]:
    scaled = symbol(level.operator, modes) / level.operator[1, 1]
    return torch.prod(1.0 - weights[:, None, None] * scaled, dim=0)


def _aliases(modes: Modes) -> tuple[Float[Tensor, "blocks four_modes 2"], Float[Tensor, " four_modes"]]:
    """The four fine modes that the coarse grid takes for each coarse mode, and their signs."""
    y, x = (modes / 2).unbind(-1)
    pairs = ((y, x), (pi - y, x), (y, pi - x), (pi - y, pi - x))
    four = torch.stack([torch.stack(pair, dim=-1) for pair in pairs], dim=2)
    signs = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64).repeat(modes.shape[1])
    return four.flatten(1, 2), signs


def _all_modes(nodes: int, *, stride: int) -> Modes:
    angles = torch.arange(1, nodes + 1, dtype=torch.float64) * pi / (nodes + 1)
    y, x = torch.meshgrid(angles[::stride], angles[::stride], indexing="ij")
    return torch.stack([y.ravel(), x.ravel()], dim=-1)[:, None]


def _unseen_modes(nodes: int, *, stride: int) -> Modes:
    """Modes with one angle ``pi / 2``, which vanish on the next grid."""
    angles = torch.arange(1, nodes + 1, dtype=torch.float64)[::stride] * pi / (nodes + 1)
    middle = torch.full_like(angles, pi / 2)
    rest = angles[angles != pi / 2]  # the mode in the middle of both directions counts once
    other = torch.stack([torch.full_like(rest, pi / 2), rest], dim=-1)
    return torch.cat([torch.stack([angles, middle], dim=-1), other])[:, None]


def is_even(stencil: Tensor) -> bool:
    """Whether a stencil has 3 x 3 entries, mirrored both ways; Galerkin operators are so up to rounding."""
    mirrored = [stencil.flip(axis) for axis in (0, 1)] if stencil.shape == (3, 3) else []
    return len(mirrored) == 2 and all(torch.allclose(stencil, image, rtol=1e-12, atol=1e-12) for image in mirrored)


def _check_even(stencil: Tensor) -> None:
    if not is_even(stencil):
        raise ValueError(f"stencil of shape {tuple(stencil.shape)} is not even: allowed are 3 x 3 mirrored entries")
