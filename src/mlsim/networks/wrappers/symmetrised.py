"""Networks made symmetric by what is done to their inputs and outputs: one number from a field of logarithms."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

Fields = Float[Tensor, "batch rows columns"]
Outputs = Float[Tensor, " batch"]


class _Wrapper(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network


class Flat(_Wrapper):
    """A network of rows of numbers as a network of fields."""

    def forward(self, fields: Fields) -> Outputs:
        """One number per field; the network's outputs are numbers or rows of one number."""
        return self.network(fields.flatten(1)).reshape(len(fields))


class Homogeneous(_Wrapper):
    """``f(x) = mean(x) + g(x - mean(x))``: a common factor of all numbers is a factor of the result."""

    def forward(self, fields: Fields) -> Outputs:
        """One number per field."""
        mean = fields.mean(dim=(1, 2), keepdim=True)
        return mean[:, 0, 0] + self.network(fields - mean)


class Reflected(_Wrapper):
    """Mean over the four reflections of the field: invariant, and increasing where the network is."""

    def forward(self, fields: Fields) -> Outputs:
        """One number per field."""
        images = torch.cat([fields, fields.flip(1), fields.flip(2), fields.flip(1, 2)])
        return self.network(images).reshape(4, len(fields)).mean(dim=0)
