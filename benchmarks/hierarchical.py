"""Time of one prediction of MNN-H2 against the number of grid points, beside a dense network.

The papers promise a cost that is linear in the points. The slope of the best of several times over a factor of sixteen
is printed; the table of the study `multiscale` holds the same slope for counted operations.
"""

from math import log
from time import process_time

import torch
from torch import nn

from mlsim.networks.hierarchical.mnn import MNNH, MNNH2, Design
from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.hierarchical.block_partition import Partition

LEVELS, LEAF, SAMPLES, REPEATS = (8, 9, 10, 11, 12), 5, 16, 5
LARGEST_DENSE = 5120


def seconds(net: nn.Module, *, size: int) -> float:
    """Least seconds of one prediction over some repetitions."""
    v = torch.randn(SAMPLES, size, generator=torch.Generator().manual_seed(0))
    times = []
    with torch.no_grad():
        net(v)
        for _ in range(REPEATS):
            start = process_time()
            net(v)
            times.append(process_time() - start)
    return min(times) / SAMPLES


def slope(times: dict[int, float]) -> float:
    """Exponent of the time between the smallest and the largest size."""
    first, last = min(times), max(times)
    return log(times[last] / times[first]) / log(last / first)


def main() -> None:
    """Print microseconds per prediction and the exponents."""
    torch.set_num_threads(1)
    print(f"predictions in batches of {SAMPLES}, one core, microseconds each")
    for name, network in {"MNN-H": MNNH, "MNN-H2": MNNH2}.items():
        times = {}
        for levels in LEVELS:
            partition = Partition(dimensions=1, levels=levels, leaf=LEAF)
            net = network(Design(partition=partition), generator=torch.Generator())
            times[partition.side] = seconds(net, size=partition.side)
        _print(name, times)
    dense = {}
    for size in (LEAF * 2**levels for levels in LEVELS if LEAF * 2**levels <= LARGEST_DENSE):
        dense[size] = seconds(Dense(widths=(size,) * 4, generator=torch.Generator()), size=size)
    _print("dense", dense)


def _print(name: str, times: dict[int, float]) -> None:
    each = "  ".join(f"N = {size}: {1e6 * time:.0f}" for size, time in times.items())
    print(f"  {name:<7}{each}   exponent {slope(times):.2f}")
