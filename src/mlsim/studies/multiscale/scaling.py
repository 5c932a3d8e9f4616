"""Parameters and operations of untrained networks against the number of grid points."""

from math import log

import pandas as pd
import torch
from torch import nn

from mlsim.studies.multiscale.evaluate import operations_of
from mlsim.studies.multiscale.models import network_of, parameters_of
from mlsim.studies.multiscale.settings import Network, Variant
from mlsim.tables import Row, row


def _of(network: Network, *, local: bool = False) -> Variant:
    weights = "local" if local else "shared"
    return Variant(problem="nlse_1d", network=network, weights=weights, steps=100, batch=1, rate=1.0)


METHODS = {
    "mnn_h": _of("mnn_h"),
    "mnn_h2": _of("mnn_h2"),
    "mnn_h_local": _of("mnn_h", local=True),
    "mnn_h2_local": _of("mnn_h2", local=True),
    "bcr": _of("bcr"),
    "fno": _of("fno"),
    "dense": _of("dense"),
}


def scaling_rows(sizes: tuple[int, ...]) -> pd.DataFrame:
    """Counts for every size, and what each size adds to the one before."""
    frames = []
    for method in METHODS:
        counts = [_counts(untrained(method, size=size), size) for size in sizes]
        rows: list[Row] = []
        for place, (size, now) in enumerate(zip(sizes, counts, strict=True)):
            rows += [row(name, value, x=float(size)) for name, value in now.items()]
            if place:
                added = now["parameters"] - counts[place - 1]["parameters"]
                rows.append(row("parameters_added", added, x=float(size)))
        first, last = counts[0]["operations"], counts[-1]["operations"]
        rows.append(row("operations_exponent", log(last / first) / log(sizes[-1] / sizes[0])))
        rows.append(row("largest_grid", max(sizes)))
        frames.append(pd.DataFrame(rows).assign(method=method))
    return pd.concat(frames, ignore_index=True).assign(case="scaling")


def untrained(method: str, *, size: int) -> nn.Module:
    """A network of the given kind, on the ring of ``size`` points."""
    return network_of(METHODS[method], case="nlse_1d", size=size, generator=torch.Generator()).double()


def _counts(net: nn.Module, size: int) -> dict[str, int]:
    return {"parameters": parameters_of(net), "operations": operations_of(net, (size,))}
