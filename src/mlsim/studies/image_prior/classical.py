"""Classical methods on the same damaged images, most of them from scikit-image."""

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float

from mlsim.numerics.images.total_variation import inpainted
from mlsim.studies.image_prior.generate import resized
from mlsim.studies.image_prior.settings import Task

Picture = Float[np.ndarray, "channels rows columns"]
# the setting that is best for the clean image is reported: an upper bound for each method
TV_WEIGHTS = (0.04, 0.06, 0.08, 0.10, 0.12, 0.15, 0.20, 0.25, 0.30)
NLM_STRENGTHS = (0.6, 0.7, 0.8)  # over the standard deviation of the noise
WAVELETS = ("db1", "db2", "sym4")
SLOW_SIDE = 128  # longest side for which non-local means uses its exact mode


def classical(task: Task, name: str, data: xr.Dataset) -> dict[str, Picture]:
    """Restored images by method; ``damaged`` is the observed image, where it has the size of the clean one."""
    observed, clean = data[f"observed_{name}"].values, data[f"clean_{name}"].values
    if task.kind == "denoise":
        return {"damaged": observed, **denoised(observed, sigma=task.amount / 255.0, clean=clean)}
    if task.kind == "inpaint":
        return {"damaged": observed, **filled(observed, data[f"mask_{name}"].values)}
    rows, columns = clean.shape[1:]
    return {method: resized(observed, rows=rows, columns=columns, method=method) for method in ("bicubic", "nearest")}


def denoised(noisy: Picture, *, sigma: float, clean: Picture) -> dict[str, Picture]:
    """Wavelets (BayesShrink, in YCbCr), non-local means and total variation, with the setting best for the clean image.

    Wavelets and non-local means use the standard deviation of the noise as well.
    """
    from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet

    last = np.moveaxis(noisy, 0, -1) if noisy.shape[0] > 1 else noisy[0]
    axis = -1 if noisy.shape[0] > 1 else None
    shrinkage = {"method": "BayesShrink", "convert2ycbcr": axis is not None, "rescale_sigma": True}
    patches = {"patch_size": 5, "patch_distance": 7, "fast_mode": max(noisy.shape[1:]) > SLOW_SIDE}
    images = {
        "wavelet": [
            denoise_wavelet(last, sigma=sigma, wavelet=wavelet, channel_axis=axis, **shrinkage) for wavelet in WAVELETS
        ],
        "nlm": [
            denoise_nl_means(last, h=strength * sigma, sigma=sigma, channel_axis=axis, **patches)
            for strength in NLM_STRENGTHS
        ],
        "tv": [denoise_tv_chambolle(last, weight=weight, channel_axis=axis) for weight in TV_WEIGHTS],
    }
    return {method: _best([_channels_first(image) for image in images[method]], clean) for method in images}


def filled(observed: Picture, mask: Bool[np.ndarray, "rows columns"]) -> dict[str, Picture]:
    """Biharmonic filling of the pixels outside the mask, and filling by least total variation, channel by channel."""
    from skimage.restoration import inpaint_biharmonic

    biharmonic = inpaint_biharmonic(np.moveaxis(observed, 0, -1), ~mask, channel_axis=-1)
    tv = np.stack([inpainted(channel.astype(float), mask) for channel in observed])
    return {"biharmonic": _channels_first(biharmonic), "tv": np.clip(tv, 0.0, 1.0).astype(np.float32)}


def _best(candidates: list[Picture], clean: Picture) -> Picture:
    return min(candidates, key=lambda image: float(np.square(image - clean).mean()))


def _channels_first(image: np.ndarray) -> Picture:
    picture = image[None] if image.ndim == 2 else np.moveaxis(image, -1, 0)
    return np.clip(picture, 0.0, 1.0).astype(np.float32)
