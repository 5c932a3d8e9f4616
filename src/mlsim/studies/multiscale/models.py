"""Networks of the variants, untrained and restored."""

from math import log2

import torch
from torch import Tensor, nn

from mlsim.networks.convolutional.circular_convolutions import CircularConvolutions
from mlsim.networks.convolutional.function_unet import FunctionUNet
from mlsim.networks.fourier_operator import FourierOperator
from mlsim.networks.hierarchical.mnn import MNNH, MNNH2, Design
from mlsim.networks.perceptrons.dense import Dense
from mlsim.networks.wavelets.bcr import BCRNet, Sizes
from mlsim.networks.wrappers.normalised import Normalised
from mlsim.numerics.hierarchical.block_partition import Partition
from mlsim.studies.multiscale.settings import HIERARCHICAL, LEAF, Case, Variant

DILATIONS = (1, 2, 4, 8, 16, 1)


def network_of(variant: Variant, *, case: Case, size: int, generator: torch.Generator) -> nn.Module:
    """The variant's network on a grid of ``size`` points per side, with its initial parameters."""
    square, periodic = case in ("nlse_2d", "darcy_2d"), case in ("nlse_1d", "nlse_2d")
    dimensions = 2 if square else 1
    if variant.network in HIERARCHICAL:
        design = Design(
            partition=Partition(dimensions=dimensions, levels=levels_of(size), leaf=LEAF),
            channels=variant.channels,
            layers=variant.layers,
            weights=variant.weights,
            periodic=periodic,
        )
        network = MNNH if variant.network == "mnn_h" else MNNH2
        return network(design, generator=generator)
    if variant.network == "fno":
        return FourierOperator(
            side=size,
            dimensions=dimensions,
            width=16 if square else 24,
            modes=min(12 if square else 32, size // 2),
            layers=4,
            coordinates=not periodic,
            generator=generator,
        )
    if variant.network == "unet":
        channels = (16, 24, 32) if square else (16, 16, 24, 32, 32, 32)[: levels_of(size)]
        return FunctionUNet(dimensions=dimensions, channels=channels, periodic=periodic, generator=generator)
    return _interval_network(variant, size=size, generator=generator)


def _interval_network(variant: Variant, *, size: int, generator: torch.Generator) -> nn.Module:
    if variant.network == "bcr":
        sizes = Sizes(points=size, levels=levels_of(size), channels=variant.channels, depth=variant.layers)
        return BCRNet(sizes, generator=generator)
    if variant.network == "dense":
        return Dense(widths=(size,) * 4, generator=generator)
    skip = variant.network == "cnn_residual"
    return CircularConvolutions(
        channels=16, width=7, dilations=DILATIONS, skip=skip, gain=1.0 if skip else 6**0.5, generator=generator
    )


def levels_of(size: int) -> int:
    """Levels ``L`` of a grid of ``5 2^L`` points per side.

    >>> levels_of(320)
    6
    """
    return round(log2(size // LEAF))


def restored(state: dict[str, Tensor], variant: Variant, *, case: Case, size: int, seed: int) -> Normalised:
    """A trained network in double precision, ready to predict."""
    net = Normalised(network_of(variant, case=case, size=size, generator=torch.Generator()))
    prefix = f"seed{seed}."
    net.load_state_dict({k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)})
    return net.double().eval()


def parameters_of(net: nn.Module) -> int:
    """Number of trained parameters."""
    return sum(parameter.numel() for parameter in net.parameters())
