"""A multigrid cycle whose smoother weights and transfer stencils are parameters."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.numerics.multigrid.cycles import Hierarchy, Sweeps, Transfer, chebyshev_weights, error_after_cycle, hierarchy
from mlsim.numerics.multigrid.stencils import Functions, Stencil, linear_interpolation

Weights = Literal["one", "four", "per_level", "mirrored"]
Stencils = Literal["linear", "even", "full", "per_node"]

# A change of the prolongation leaves an error in the smoothest modes, relative to their eigenvalue of order 1 / n^2. On
# grids of more than 15 nodes per side changes are scaled by (15 / n)^2, so that one learning rate serves all grids.
REACH_OF_FREE_STENCILS = 15


class LearnedCycle(nn.Module):
    """V(2,2) cycle on levels of given shapes.

    Args:
        shapes: rows and columns of every level, from the finest to the coarsest.
        weights: ``one`` damping for all sweeps of all levels; ``four`` weights, one per sweep, equal on all levels;
            ``per_level``, four weights for each level; ``mirrored``, two for each level, after the correction in
            reverse order, which with linear transfers makes the cycle a symmetric operator.
        stencils: ``linear`` interpolation and full weighting, not learned; ``full``: one free stencil for
            prolongation and one for restriction per level; ``even``: the same, averaged over the symmetries of the
            square; ``per_node``: one stencil per coarse node.
        noise: standard deviation of the initial changes of the stencils, before they are averaged and scaled.
        generator: source of the noise.
    """

    def __init__(
        self,
        *,
        shapes: Sequence[tuple[int, int]],
        weights: Weights,
        stencils: Stencils,
        noise: float = 0.0,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self._stencils = stencils
        self.shapes = tuple(shapes)
        dimensions = 1 if shapes[0][0] == 1 else 2
        self._linear = linear_interpolation(dimensions=dimensions)
        chebyshev = chebyshev_weights(4)[[0, 3, 1, 2]]
        starts = {"one": torch.full((1,), 0.8, dtype=torch.float64), "four": chebyshev}
        starts["per_level"] = chebyshev.repeat(len(shapes) - 1, 1)
        starts["mirrored"] = chebyshev_weights(2).repeat(len(shapes) - 1, 1)
        self.weights = nn.Parameter(starts[weights].clone())
        for name in ("prolongations", "restrictions") if stencils != "linear" else ():
            changes = [
                nn.Parameter(noise * torch.randn(self._entries(level), dtype=torch.float64, generator=generator))
                for level in range(len(shapes) - 1)
            ]
            setattr(self, name, nn.ParameterList(changes))

    def sweeps(self) -> list[Sweeps]:
        """Weights of every level but the coarsest."""
        levels = len(self.shapes) - 1
        if self.weights.numel() == 1:
            by_level = [self.weights.expand(4)] * levels
        elif self.weights.shape[-1] == 2:
            by_level = [torch.cat([two, two.flip(0)]) for two in self.weights]
        else:
            by_level = list(self.weights) if self.weights.ndim == 2 else [self.weights] * levels
        return [Sweeps(before=four[:2], after=four[2:]) for four in by_level]

    def transfers(self) -> list[Transfer]:
        """Stencils between neighbouring levels."""
        full_weighting = 2 ** (1 if self._linear.shape[0] == 1 else 2)
        return [
            Transfer(
                restriction=self._stencil("restrictions", level) / full_weighting,
                prolongation=self._stencil("prolongations", level),
            )
            for level in range(len(self.shapes) - 1)
        ]

    def levels(self, operator: Stencil) -> Hierarchy:
        """The hierarchy of ``operator`` on the finest grid."""
        return hierarchy(operator, shape=self.shapes[0], transfers=self.transfers())

    def forward(self, operator: Stencil, x: Functions) -> Functions:
        """Error left by one cycle for ``operator`` on the finest grid."""
        return error_after_cycle(self.levels(operator), x, sweeps=self.sweeps())

    def _entries(self, level: int) -> tuple[int, ...]:
        nodes = self.shapes[level + 1] if self._stencils == "per_node" else ()
        return (*self._linear.shape, *nodes)

    def _stencil(self, name: str, level: int) -> Stencil:
        if self._stencils == "linear":
            return self._linear
        change = getattr(self, name)[level]
        if self._stencils == "even":
            change = symmetrised(change)
        scale = min(1.0, (REACH_OF_FREE_STENCILS / max(self.shapes[level])) ** 2)
        linear = self._linear.reshape(*self._linear.shape, *(1,) * (change.ndim - 2))
        return linear + scale * change


def symmetrised(stencil: Float[Tensor, "3 3"]) -> Float[Tensor, "3 3"]:
    """Mean over the eight symmetries of the square.

    >>> symmetrised(torch.tensor([[4.0, 0, 0], [0, 1, 0], [0, 0, 0]])).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    """
    turned = [torch.rot90(image, turns) for image in (stencil, stencil.T) for turns in range(4)]
    return torch.stack(turned).mean(dim=0)
