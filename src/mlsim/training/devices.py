"""Where networks are trained."""

from typing import Literal

import torch


def available(device: Literal["auto", "cpu", "cuda"]) -> str:
    """The device to train on: ``cuda`` or ``cpu``.

    Raises:
        ValueError: ``cuda`` is asked for and there is none.

    >>> available("cpu")
    'cpu'
    """
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise ValueError("device is cuda, but torch finds no CUDA device here: set device: auto or device: cpu")
    return "cuda" if device == "cuda" or (device == "auto" and found) else "cpu"
