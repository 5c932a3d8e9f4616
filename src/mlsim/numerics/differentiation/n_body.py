"""Bodies of unit mass that attract each other with a softened force: kick-drift steps, of numbers and of arrays.

The force on a body is ``sum_j (q_j - q_i) / (|q_j - q_i|^2 + epsilon)^(3/2)``; a step is ``v += dt a; q += dt v``.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Inexact
from torch import Tensor

from mlsim.numerics.differentiation.tape import Number, square_root

SOFTENING = 0.01


def kick_drift(
    position: Inexact[Tensor, "bodies space"], velocity: Inexact[Tensor, "bodies space"], *, time_step: float
) -> tuple[Inexact[Tensor, "bodies space"], Inexact[Tensor, "bodies space"]]:
    """Positions and velocities after one step; all ordered pairs at once.

    >>> from math import isclose
    >>> q, v = torch.tensor([[0.0], [1.0]], dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
    >>> isclose(float(kick_drift(q, v, time_step=0.1)[1][0, 0]), 0.1 / 1.01**1.5)
    True
    """
    difference = position[None, :, :] - position[:, None, :]
    square = (difference * difference).sum(dim=2) + SOFTENING
    weight = square * torch.sqrt(square)
    force = (difference / weight[:, :, None]).sum(dim=1)
    velocity = velocity + time_step * force
    return position + time_step * velocity, velocity


def scalar_kick_drift(
    position: Sequence[Sequence[Number]], velocity: Sequence[Sequence[Number]], *, time_step: float
) -> tuple[list[list[Number]], list[list[Number]]]:
    """The same, number by number in two dimensions; each pair is evaluated once and acts on both of its bodies."""
    forces = _pairwise_forces(position)
    axes = (0, 1)
    velocity = [[v[k] + a[k] * time_step for k in axes] for v, a in zip(velocity, forces, strict=True)]
    moved = [[q[k] + v[k] * time_step for k in axes] for q, v in zip(position, velocity, strict=True)]
    return moved, velocity


def _pairwise_forces(position: Sequence[Sequence[Number]]) -> list[list[Number]]:
    forces: list[list[Number]] = [[] for _ in position]
    for i, here in enumerate(position):
        for j, other in enumerate(position[:i]):
            d = [other[k] - here[k] for k in (0, 1)]
            square = (d[0] * d[0] + d[1] * d[1]) + SOFTENING
            weight = square * square_root(square)
            pull = [component / weight for component in d]
            # the first contribution to a force is not an addition
            forces[i] = [f + p for f, p in zip(forces[i], pull, strict=True)] if forces[i] else pull
            forces[j] = [f - p for f, p in zip(forces[j], pull, strict=True)] if forces[j] else [p * -1 for p in pull]
    return forces
