"""Orthonormal filter banks of two channels on periodic signals: Daubechies filters, lattice, analysis, synthesis.

A filter bank is a tensor of two rows, the low-pass ``h`` (scaling) and the high-pass ``g`` (wavelet), of even length.
"""

from math import pi

import pywt
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

Filters = Float[Tensor, "2 taps"]


def daubechies(order: int) -> Filters:
    """Daubechies' filter bank with ``order`` vanishing moments, of length ``2 order``, in double precision.

    ``sum_k h_k h_(k+2m) = delta_m0``, ``sum h = sqrt(2)``, ``sum_k k^q g_k = 0`` for ``q < order``.

    Args:
        order: number of vanishing moments, 1 (Haar) to 38.

    Source:
        The coefficients of PyWavelets.

    >>> daubechies(1)
    tensor([[ 0.7071,  0.7071],
            [ 0.7071, -0.7071]], dtype=torch.float64)
    """
    return named_filters(f"db{order}")


def named_filters(name: str) -> Filters:
    """An orthonormal filter bank of PyWavelets, such as ``haar``, ``db2``, ``sym4``, ``coif2``, in double precision.

    Raises:
        ValueError: PyWavelets does not know the name, or its filters are not orthonormal.

    >>> named_filters("sym4").shape
    torch.Size([2, 8])
    """
    wavelet = pywt.Wavelet(name)  # pyright: ignore[reportAttributeAccessIssue]
    if not wavelet.orthogonal:
        raise ValueError(f"wavelet {name!r} is not orthonormal: take one of the families haar, db, sym, coif")
    return torch.tensor([wavelet.rec_lo, wavelet.rec_hi], dtype=torch.float64)


def lattice_filters(free: Float[Tensor, "*batch free"]) -> Float[Tensor, "*batch 2 taps"]:
    """Orthonormal filter bank of length ``2 (free + 1)`` from angles of plane rotations, for any angles.

    ``E(z) = R(t_0) prod_i diag(1, 1/z) R(t_i)``, ``R(t) = [[cos t, sin t], [-sin t, cos t]]``; the entries of its first
    row, interleaved, are ``h``, those of its second ``g``. The last angle is ``pi/4`` less the free ones, which is the
    condition ``sum h = sqrt(2)``, ``sum g = 0``.

    Args:
        free: all angles but the last, in radians; none gives Haar's filters up to sign.

    Source:
        P. P. Vaidyanathan, P.-Q. Hoang, IEEE Trans. ASSP 36 (1988) 81-94.

    >>> bool(torch.allclose(lattice_filters(torch.tensor([-pi / 12]))[0], daubechies(2)[0].float()))
    True
    """
    rotations = _rotation(torch.cat([free, pi / 4 - free.sum(dim=-1, keepdim=True)], dim=-1))
    polyphase = rotations[..., :1, :, :]  # powers of the delay, rows, columns
    zero = torch.zeros_like(polyphase[..., :1])
    for i in range(1, rotations.shape[-3]):
        first, second = polyphase.split(1, dim=-1)
        delayed = torch.cat([torch.cat([first, zero], dim=-3), torch.cat([zero, second], dim=-3)], dim=-1)
        polyphase = delayed @ rotations[..., i : i + 1, :, :]
    return polyphase.transpose(-3, -2).flatten(-2)


def lattice_angles(low: Float[Tensor, " taps"]) -> Float[Tensor, " free"]:
    """Free angles of :func:`lattice_filters` whose low-pass is ``low``: its rotations taken off one by one.

    Args:
        low: low-pass of an orthonormal filter bank, ``sum h = sqrt(2)``.

    >>> [round(float(angle) / pi, 4) % 2 for angle in lattice_angles(daubechies(2)[0])]
    [1.9167]
    """
    row = low.reshape(-1, 2)
    angles: list[Tensor] = []
    while row.shape[0] > 1:
        first, last = row[0], row[-1]
        # the rest starts in its first column and ends in its second; the longer end gives the more exact angle
        angle = torch.atan2(first[1], first[0]) if first.norm() >= last.norm() else torch.atan2(-last[0], last[1])
        turned = row @ _rotation(angle).T
        row = torch.stack([turned[:-1, 0], turned[1:, 1]], dim=1)
        angles.append(angle)
    angles.append(torch.atan2(row[0, 1], row[0, 0]))
    return torch.stack(angles[:0:-1]) if len(angles) > 1 else low.new_zeros(0)


def _rotation(angle: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch 2 2"]:
    cos, sin = torch.cos(angle), torch.sin(angle)
    return torch.stack([torch.stack([cos, sin], dim=-1), torch.stack([-sin, cos], dim=-1)], dim=-2)


def mirrored(low: Float[Tensor, " taps"]) -> Filters:
    """The low-pass with its quadrature mirror ``g_k = (-1)^k h_(2p-1-k)``.

    >>> mirrored(torch.tensor([1.0, 2.0]))
    tensor([[ 1.,  2.],
            [ 2., -1.]])
    """
    signs = torch.ones_like(low)
    signs[1::2] = -1
    return torch.stack([low, signs * low.flip(0)])


def analysis(
    signal: Float[Tensor, "*batch points"], filters: Filters
) -> tuple[Float[Tensor, "*batch half"], Float[Tensor, "*batch half"]]:
    """One level of the periodic transform: ``s_i = sum_k h_k x_(2i+k)`` and ``d_i = sum_k g_k x_(2i+k)``.

    The filters may be longer than the signal.

    Raises:
        ValueError: the number of points is odd.

    >>> low, high = analysis(torch.ones(4, dtype=torch.float64) / 2**0.5, daubechies(1))
    >>> low.round(decimals=12).tolist(), high.abs().round(decimals=12).tolist()
    ([1.0, 1.0], [0.0, 0.0])
    """
    batch, points, taps = signal.shape[:-1], signal.shape[-1], filters.shape[1]
    if points % 2:
        raise ValueError(f"signal has {points} points: a level halves an even number")
    # a convolution of the signal and what follows it on the ring: gathering all windows has a slow derivative
    line = torch.cat([signal, signal[..., torch.arange(taps - 2) % points]], dim=-1)
    both = functional.conv1d(line.reshape(-1, 1, line.shape[-1]), filters[:, None], stride=2)
    return both[:, 0].reshape(*batch, points // 2), both[:, 1].reshape(*batch, points // 2)


def synthesis(
    low: Float[Tensor, "*batch half"], high: Float[Tensor, "*batch half"], filters: Filters
) -> Float[Tensor, "*batch points"]:
    """Transpose of :func:`analysis`, its inverse where the filter bank is orthonormal."""
    points, taps = 2 * low.shape[-1], filters.shape[1]
    spread = low[..., None] * filters[0] + high[..., None] * filters[1]
    indices = (torch.arange(0, points, 2)[:, None] + torch.arange(taps)) % points
    return spread.new_zeros(*low.shape[:-1], points).index_add(-1, indices.flatten(), spread.flatten(-2))


def transform(signal: Float[Tensor, "*batch points"], filters: Filters, *, levels: int) -> list[Tensor]:
    """Periodic wavelet transform ``[s_L, d_L, ..., d_1]``, in the order of PyWavelets; ``levels`` is not negative."""
    details: list[Tensor] = []
    for _ in range(levels):
        signal, detail = analysis(signal, filters)
        details.append(detail)
    return [signal, *reversed(details)]


def inverse_transform(coefficients: list[Tensor], filters: Filters) -> Float[Tensor, "*batch points"]:
    """The signal of ``[s_L, d_L, ..., d_1]``, for an orthonormal filter bank."""
    signal = coefficients[0]
    for detail in coefficients[1:]:
        signal = synthesis(signal, detail, filters)
    return signal


def scaling_function(filters: Filters, *, levels: int) -> tuple[Float[Tensor, " points"], Float[Tensor, " points"]]:
    """Scaling function and wavelet by the cascade: synthesis of a single coefficient through many levels.

    The values are at ``0, 2**-levels, ...`` up to the end of the support, the length of the filters less one.

    >>> phi, psi = scaling_function(daubechies(1), levels=2)
    >>> phi.round(decimals=6).tolist(), psi.round(decimals=6).tolist()
    ([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, -1.0, -1.0])
    """
    unit = torch.zeros(filters.shape[1], dtype=filters.dtype)
    unit[0] = 1.0
    curves = []
    for low, high in ((unit, 0 * unit), (0 * unit, unit)):
        values = synthesis(low, high, filters)
        for _ in range(levels - 1):
            values = synthesis(values, 0 * values, filters)
        curves.append(2 ** (levels / 2) * values[: (filters.shape[1] - 1) << levels])
    return curves[0], curves[1]


def orthonormality_defect(filters: Filters) -> Float[Tensor, ""]:
    """Sum of the squared defects of all conditions on an orthonormal wavelet filter bank, zero exactly for those.

    ``(sum h - sqrt 2)^2 + (sum g)^2 + sum_m [(<h, h_2m> - delta_m0)^2 + (<g, g_2m> - delta_m0)^2 + <h, g_2m>^2]`` with
    ``f_2m`` shifted by ``2 m``.

    Source:
        The conditions that A. Sogaard, arXiv:1706.03041, penalises; the form of the sum is ours.

    >>> float(orthonormality_defect(daubechies(4))) < 1e-20
    True
    """
    length = filters.shape[1]
    sums = filters.sum(dim=1) - torch.tensor([2**0.5, 0.0], dtype=filters.dtype)
    defect = sums.square().sum()
    for shift in range(0, length, 2):
        gram = filters[:, : length - shift] @ filters[:, shift:].T
        defect = defect + (gram - (torch.eye(2, dtype=filters.dtype) if shift == 0 else 0.0)).square().sum()
    return defect
