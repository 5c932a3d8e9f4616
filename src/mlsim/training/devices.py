"""Where networks are trained, and CUDA graphs for networks of many small kernels."""

from typing import Literal

import torch
from torch import Tensor, nn


def available(device: Literal["auto", "cpu", "cuda"]) -> str:
    """The device to train on: ``cuda`` or ``cpu``.

    Raises:
        ValueError: ``cuda`` is asked for and there is none.

    >>> available("cpu")
    'cpu'
    """
    has_cuda = torch.cuda.is_available()
    if device == "cuda" and not has_cuda:
        raise ValueError("device is cuda, but torch finds no CUDA device here: set device: auto or device: cpu")
    return "cuda" if device == "cuda" or (device == "auto" and has_cuda) else "cpu"


def with_cuda_graphs(net: nn.Module, sample: Tensor) -> nn.Module:
    """The network, its forward and backward pass captured as CUDA graphs if ``sample`` is on a GPU.

    A pass of a small network is a hundred kernels that take longer to launch than to run. In evaluation mode the
    network works as before; on a CPU it is returned as it is.

    Args:
        net: in training mode, on the device of ``sample``; its parameters stay those of the result. Its forward pass
            may not copy from the CPU's memory, which a graph cannot record: constants are made outside.
        sample: an input; all inputs in training must have its shape.
    """
    if sample.device.type != "cuda":
        return net
    # the captured warm-up keeps gradient accumulators of its own stream; torch warns about the superfluous wait
    torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
    graphed = torch.cuda.make_graphed_callables(net, (sample.clone(),))
    assert isinstance(graphed, nn.Module)  # it returns what it was given
    return graphed
