"""An objective of a field as an objective of the parameters of a network that represents the field."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


def parameters_of(net: nn.Module) -> np.ndarray:
    """All parameters in one vector, in double precision."""
    return nn.utils.parameters_to_vector(net.parameters()).detach().double().numpy()


def reparametrised(net: nn.Module, objective: Objective) -> Objective:
    """Value and gradient in the network's parameters, by one backward pass from the field's gradient.

    Args:
        net: called without an argument; the field that it gives need not be of double precision.
        objective: value and gradient in the field.
    """

    def composed(vector: np.ndarray) -> tuple[float, np.ndarray]:
        load(net, vector)
        field = net()
        value, gradient = objective(field.detach().double().numpy())
        net.zero_grad()
        field.backward(torch.from_numpy(gradient).to(field.dtype))
        # a parameter that the field does not depend on has no gradient
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in net.parameters()]
        return value, torch.cat([part.flatten() for part in parts]).double().numpy()

    return composed


def load(net: nn.Module, vector: np.ndarray) -> None:
    """Put a vector into the parameters, in their precision."""
    dtype = next(net.parameters()).dtype
    nn.utils.vector_to_parameters(torch.from_numpy(vector).to(dtype), net.parameters())
