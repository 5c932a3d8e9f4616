"""Grid tensors of generalised recurrent networks: the output on all sequences of templates, in integers."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Int, Shaped

from mlsim.numerics.tensors.formats import reduced

Product = Literal["relu", "multiplicative"]

# integers per standard deviation of a weight: few where 64 bits must hold the products of all steps
LEVELS: dict[Product, int] = {"relu": 8, "multiplicative": 1024}


@dataclass(frozen=True, eq=False, kw_only=True)
class GridNetwork:
    """A recurrent network read on M templates.

    ``h_1 = relu(A_1) W`` for ``relu``, else ``A_1 W``; then ``h_t[k] = sum_ij xi(A_t[i, m], h_(t-1)[j]) G_t[i, j, k]``.
    """

    features: Shaped[np.ndarray, "steps width templates"]  # ``A_t``, of each step, unit and template
    first: Shaped[np.ndarray, "width width"]  # ``W``
    cores: Shaped[np.ndarray, "inner width width width"]  # ``G_t`` of the steps but the first and the last
    last: Shaped[np.ndarray, "width width"]  # ``G_T``, with one output


def random_grid_network(
    rng: np.random.Generator, *, templates: int, steps: int, width: int, product: Product
) -> GridNetwork:
    """Normal weights, rounded: integers, whose tensors have exact ranks.

    They are odd, since a weight of zero would lower ranks, and a normal number is never zero. The features are products
    of ``width x M`` weights with ``M x M`` templates; ``W`` has the variance ``1 / R`` and ``G_t`` the variance
    ``1 / R^2``. The integers ``W`` and ``G_t`` lack these factors, which change no rank of a ``multiplicative``
    network; for ``relu`` the features of the later steps have them instead, so that what is compared is in proportion.
    """
    levels = LEVELS[product]

    def normal(*shape: int) -> Int[np.ndarray, "..."]:
        return 2 * np.floor(levels / 2 * rng.normal(size=shape)).astype(np.int64) + 1

    features = normal(steps, width, templates) @ normal(templates, templates)
    if product == "relu":
        first = round(levels * width**0.5)
        scale = np.array([1, *(first * (levels * width) ** k for k in range(steps - 1))])
        features *= scale[:, None, None]
    return GridNetwork(
        features=features,
        first=normal(width, width),
        cores=normal(steps - 2, width, width, width),
        last=normal(width, width),
    )


def grid_tensor(network: GridNetwork, *, product: Product, prime: int | None = None) -> Shaped[np.ndarray, "..."]:
    """Output for all ``M^T`` sequences of templates.

    Args:
        network: integers, or with floating-point numbers a tensor of such.
        product: ``relu``, ``xi(a, b) = max(a, b, 0)``, or ``multiplicative``, ``xi(a, b) = a b``.
        prime: modulus of a multiplicative network; the other one cannot be reduced on the way.

    Raises:
        ValueError: a modulus for ``relu``, or integers that may not fit into 64 bits.
    """
    if product == "relu" and prime is not None:
        raise ValueError(f"prime is {prime}: allowed is none for relu, since a residue has no sign")
    features = network.features.transpose(0, 2, 1)
    start = np.maximum(features[0], 0) if product == "relu" else reduced(features[0], prime)
    h = reduced(start @ network.first, prime)
    weights = [*network.cores, network.last[..., None]]
    for A, G in zip(features[1:], weights, strict=True):
        # sequence, template, unit of the input, unit of the state
        a, b = reduced(A, prime)[None, :, :, None], h[:, None, None, :]
        z = np.maximum(np.maximum(a, b), 0) if product == "relu" else reduced(a * b, prime)
        _check_sums(z, G)
        h = reduced(np.tensordot(z, G, axes=2), prime).reshape(-1, G.shape[-1])
    templates = features.shape[1]
    return h.reshape((templates,) * len(features))


def _check_sums(z: Shaped[np.ndarray, "..."], G: Shaped[np.ndarray, "..."]) -> None:
    """Refuse integers whose contraction may not fit into 64 bits."""
    largest = float(np.tensordot(np.abs(z.astype(float)), np.abs(G.astype(float)), axes=2).max())
    if largest >= 2.0**62 and G.dtype.kind == "i":
        raise ValueError(f"the entries reach {largest:.1e}: allowed is less than 2^62, take fewer steps or levels")


def floating(network: GridNetwork) -> GridNetwork:
    """The same weights as floating-point numbers."""
    weights = {name: getattr(network, name).astype(float) for name in ("features", "first", "cores", "last")}
    return GridNetwork(**weights)


def numerical_rank(matrix: Shaped[np.ndarray, "rows columns"]) -> int:
    """Rank in floating-point arithmetic, without certificate: number of singular values above ``s_max N eps``.

    >>> numerical_rank(np.array([[1, 2], [2, 4]]))
    1
    """
    s = np.linalg.svd(matrix.astype(float), compute_uv=False)
    return int((s > s[0] * max(matrix.shape) * np.finfo(float).eps).sum())
