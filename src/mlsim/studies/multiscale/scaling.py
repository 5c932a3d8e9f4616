"""Parameters and operations of untrained networks against the number of grid points."""

from itertools import pairwise
from math import log
from typing import Literal

import pandas as pd
import torch
from torch import nn

from mlsim.studies.multiscale.evaluate import operations_of
from mlsim.studies.multiscale.models import network_of, parameters_of
from mlsim.studies.multiscale.settings import Network, Variant
from mlsim.tables import row

METHODS: dict[str, tuple[Network, Literal["shared", "local"]]] = {
    "mnn_h": ("mnn_h", "shared"),
    "mnn_h2": ("mnn_h2", "shared"),
    "mnn_h_local": ("mnn_h", "local"),
    "mnn_h2_local": ("mnn_h2", "local"),
    "bcr": ("bcr", "shared"),
    "fno": ("fno", "shared"),
    "dense": ("dense", "shared"),
}


def scaling_rows(sizes: tuple[int, ...]) -> pd.DataFrame:
    """Counts for every size, and what each size adds to the one before."""
    frames = []
    for method in METHODS:
        networks = {size: untrained(method, size=size) for size in sizes}
        parameters = {size: parameters_of(net) for size, net in networks.items()}
        operations = {size: operations_of(net, (size,)) for size, net in networks.items()}
        exponent = log(operations[sizes[-1]] / operations[sizes[0]]) / log(sizes[-1] / sizes[0])
        rows = [
            *(row("parameters", count, x=float(size)) for size, count in parameters.items()),
            *(row("operations", count, x=float(size)) for size, count in operations.items()),
            *(
                row("parameters_added", parameters[size] - parameters[smaller], x=float(size))
                for smaller, size in pairwise(sizes)
            ),
            row("operations_exponent", exponent),
            row("largest_grid", max(sizes)),
        ]
        frames.append(pd.DataFrame(rows).assign(method=method))
    return pd.concat(frames, ignore_index=True).assign(case="scaling")


def untrained(method: str, *, size: int) -> nn.Module:
    """The network of a method, on the ring of ``size`` points."""
    network, weights = METHODS[method]
    variant = Variant(problem="nlse_1d", network=network, weights=weights, steps=100, batch=1, rate=1.0)
    return network_of(variant, case="nlse_1d", size=size, generator=torch.Generator()).double()
