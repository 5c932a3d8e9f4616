"""Peak signal-to-noise ratio, and the luminance for which that of super-resolution is computed."""

import torch
from jaxtyping import Float
from torch import Tensor


def psnr(image: Float[Tensor, "..."], truth: Float[Tensor, "..."]) -> float:
    """Peak signal-to-noise ratio ``-10 log10 mean (clip(x) - truth)^2`` in dB, for values in [0, 1].

    >>> round(psnr(torch.full((4,), 0.1), torch.zeros(4)), 6)
    20.0
    """
    error = (image.detach().double().clamp(0.0, 1.0) - truth.double()).square().mean()
    return float(-10.0 * torch.log10(error))


def luminance(
    image: Float[Tensor, "channels rows columns"], *, border: int = 0
) -> Float[Tensor, "1 inner_rows inner_columns"]:
    """Luminance of ITU-R BT.601 in its range from 16/255 to 235/255; a grey image is returned as it is.

    Args:
        image: one or three channels, values in [0, 1].
        border: pixels dropped on each side.

    >>> [round(255 * float(luminance(torch.full((3, 1, 1), grey)))) for grey in (0.0, 1.0)]
    [16, 235]
    """
    inner = image[:, border : image.shape[1] - border, border : image.shape[2] - border]
    if image.shape[0] == 1:
        return inner
    weights = torch.tensor([65.481, 128.553, 24.966], dtype=image.dtype, device=image.device) / 255.0
    return (weights[:, None, None] * inner.clamp(0.0, 1.0)).sum(dim=0, keepdim=True) + 16.0 / 255.0
