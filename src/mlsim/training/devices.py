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
    """The network, with its forward and backward pass recorded as CUDA graphs if ``sample`` is on a GPU.

    In a small network many kernels take longer to launch than to run; a graph launches all of them at once. In
    evaluation mode the network works without graphs; on a CPU it is returned unchanged.

    Args:
        net: in training mode, on the device of ``sample``; the result shares its parameters. Its forward pass must not
            copy from CPU memory, which a graph cannot record: create constants outside of it.
        sample: an input; all inputs in training must have its shape.
    """
    if sample.device.type != "cuda":
        return net
    # torch warns that gradients are accumulated on the stream of the warm-up; the wait that this causes does no harm
    torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
    graphed = torch.cuda.make_graphed_callables(net, (sample.clone(),))
    assert isinstance(graphed, nn.Module)  # it returns what it was given
    return graphed
