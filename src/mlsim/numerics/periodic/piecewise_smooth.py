"""Random functions on the ring that are smooth but for jumps."""

import numpy as np
from jaxtyping import Float


def piecewise_linear(
    samples: int, size: int, *, jumps: int, reach: float = 1.0, rng: np.random.Generator
) -> Float[np.ndarray, "samples points"]:
    """Functions at ``x_j = j / N`` that are linear between jumps at random positions.

    A piece that begins at ``c`` is ``a + b (x - c - 1/2)`` with independent normal ``a`` and ``b``, and ``x - c`` taken
    on the ring, in [0, 1). The positions of the jumps are uniform on ``[0, reach)``, ``reach`` in (0, 1]; for 1 the
    distribution is invariant under shifts of the ring.

    Raises:
        ValueError: fewer than two jumps.
    """
    if jumps < 2:
        raise ValueError(f"jumps is {jumps}: allowed are two or more")
    positions = np.sort(reach * rng.random((samples, jumps)), axis=1)
    values, slopes = rng.normal(size=(2, samples, jumps))
    x = np.arange(size) / size
    # the piece that begins with the last jump at or before x, on the ring
    piece = (positions[:, None, :] <= x[:, None]).sum(axis=2) - 1
    rows = np.arange(samples)[:, None]
    along = (x - positions[rows, piece]) % 1.0
    return values[rows, piece] + slopes[rows, piece] * (along - 0.5)
