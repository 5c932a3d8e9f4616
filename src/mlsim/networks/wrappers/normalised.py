"""A network between quantities with units."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Normalised(nn.Module):
    """``u = mean + deviation net(v / (2 scale) - 1/2)``: inputs and outputs of the network are of order one.

    Args:
        net: network from functions on a grid to functions on the grid.
        scale: mean of the training inputs.
        mean: of the training outputs, one number.
        deviation: standard deviation of the training outputs, one number.

    >>> net = Normalised(nn.Identity(), scale=2.0, mean=1.0, deviation=3.0)
    >>> net(torch.tensor([[2.0, 4.0]])).tolist()
    [[1.0, 2.5]]
    """

    scale: Tensor
    mean: Tensor
    deviation: Tensor

    def __init__(self, net: nn.Module, *, scale: float = 1.0, mean: float = 0.0, deviation: float = 1.0) -> None:
        super().__init__()
        self.net = net
        for name, value in {"scale": scale, "mean": mean, "deviation": deviation}.items():
            self.register_buffer(name, torch.tensor(value, dtype=torch.float64))

    def inputs(self, v: Tensor) -> Tensor:
        """Inputs of the network."""
        return v / (2 * self.scale.to(v)) - 0.5

    def targets(self, u: Tensor) -> Tensor:
        """Outputs that the network should have."""
        return (u - self.mean.to(u)) / self.deviation.to(u)

    def forward(self, v: Float[Tensor, "samples *grid"]) -> Float[Tensor, "samples *grid"]:
        """Predicted function."""
        return self.mean.to(v) + self.deviation.to(v) * self.net(self.inputs(v))
