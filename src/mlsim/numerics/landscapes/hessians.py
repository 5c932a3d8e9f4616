"""Hessians of losses and Jacobians of vector fields: products with vectors, extreme eigenvalues, the whole matrix."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse.linalg import eigsh
from torch import Tensor

from mlsim.numerics.multigrid.spectral_radius import ARPACK_SEED, linear_map

Parameters = dict[str, Tensor]
Field = Callable[[dict[str, Tensor]], Sequence[Tensor]]


class FieldDerivative:
    """Derivative of a vector field ``v(theta)`` with one component for each parameter, ready for products.

    The graph of the field is stored, so that each product costs one backward pass.

    Args:
        field: components of ``v``, with their graph, in the order and the shapes of the parameters.
        parameters: point at which the derivative is taken.

    Attributes:
        value: ``v`` at the parameters, in one vector.
    """

    def __init__(self, field: Field, parameters: Parameters) -> None:
        self._at = {name: value.detach().clone().requires_grad_() for name, value in parameters.items()}
        self._components = list(field(self._at))
        self.value = torch.cat([component.detach().flatten() for component in self._components])

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.value.numel()

    def transposed_product(self, vector: Float[Tensor, " size"]) -> Float[Tensor, " size"]:
        """``J^T w``; the same as ``J w`` where the field is a gradient."""
        return torch.cat([row.flatten() for row in self._pulled_back(self._split(vector[None], batched=False))])

    def matrix(self) -> Float[Tensor, "size size"]:
        """``J`` itself, its rows by one batched backward pass."""
        rows = self._pulled_back(self._split(torch.eye(self.size, dtype=self.value.dtype), batched=True), batched=True)
        return torch.cat([block.flatten(1) for block in rows], dim=1)

    def _split(self, vectors: Tensor, *, batched: bool) -> list[Tensor]:
        parts = vectors.split([component.numel() for component in self._components], dim=1)
        lead = (len(vectors),) if batched else ()
        return [part.reshape(*lead, *like.shape) for part, like in zip(parts, self._components, strict=True)]

    def _pulled_back(self, weights: list[Tensor], *, batched: bool = False) -> tuple[Tensor, ...]:
        return torch.autograd.grad(
            self._components, list(self._at.values()), grad_outputs=weights,
            retain_graph=True, materialize_grads=True, is_grads_batched=batched,
        )  # fmt: skip


def hessian(loss: Callable[[Parameters], Tensor], parameters: Parameters) -> FieldDerivative:
    """The Hessian of a loss: the derivative of its gradient.

    >>> quadratic = lambda p: (p["w"] ** 2 * torch.tensor([1.0, 3.0])).sum()
    >>> hessian(quadratic, {"w": torch.zeros(2)}).matrix().tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """

    def gradient(at: dict[str, Tensor]) -> Sequence[Tensor]:
        return torch.autograd.grad(loss(at), list(at.values()), create_graph=True, materialize_grads=True)

    return FieldDerivative(gradient, parameters)


def largest_eigenvalue(
    derivative: FieldDerivative, *, start: Float[np.ndarray, " size"], tolerance: float = 1e-3, vectors: int = 16
) -> float:
    """Largest eigenvalue of a Hessian, by the Lanczos method with ``vectors`` vectors before a restart.

    ``tolerance`` is relative to the eigenvalue; zero for machine precision.
    """
    dtype = derivative.value.dtype

    def product(vector: np.ndarray) -> np.ndarray:
        given = torch.from_numpy(np.asarray(vector, dtype=float).ravel()).to(dtype)
        return derivative.transposed_product(given).double().numpy()

    values = eigsh(
        linear_map(product, size=derivative.size), k=1, which="LA", v0=start, ncv=min(vectors, derivative.size),
        tol=tolerance, rng=np.random.default_rng(ARPACK_SEED), return_eigenvectors=False,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    return float(values[0])
