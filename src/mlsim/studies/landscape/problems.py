"""The losses of all networks as functions of their parameters, on the full batch, and their errors.

``pinn`` and ``data_fit`` are one perceptron and one Poisson problem: the loss of the first is the residual of the
equation and of the boundary values, that of the second the mean squared error at the same points. Both are 1 for the
network that is zero everywhere.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call, jvp

from mlsim.networks.convolutional.circular_convolutions import CircularConvolutions
from mlsim.networks.hierarchical.mnn import MNNH, Design
from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.hierarchical.block_partition import Partition
from mlsim.numerics.landscapes.loss_surfaces import FilterAxes, Loss, rows_are_filters
from mlsim.studies.landscape.settings import Network, Poisson, Problems, States
from mlsim.training.seeding import torch_generator

Parameters = dict[str, Tensor]
HE = 6**0.5  # gain of the initial weights of He et al., with which a deep network without skips can be trained


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One network, its loss and its error.

    Attributes:
        loss: on the full batch, of named parameters.
        error: relative error on test data; for the Poisson problem at the points of the equation.
        counted: one evaluation of the network on the training data, whose operations are counted.
        network: the network of one seed, with its initial parameters.
        filter_axes: number of leading axes of a parameter that count its filters.
        accuracy: relative error that counts as solved.
        precision: of parameters and data.
        vectorised: whether copies can be trained as one batch.
        smooth: whether the network is smooth and so small that the whole Hessian is computed.
    """

    loss: Loss
    error: Callable[[Parameters], Tensor]
    counted: Loss
    network: Callable[[int], nn.Module]
    filter_axes: FilterAxes
    accuracy: float
    precision: torch.dtype
    vectorised: bool = True
    smooth: bool = False

    def initial(self, seed: int) -> Parameters:
        """Initial parameters of one seed."""
        named = self.network(seed).named_parameters()
        return {name: value.detach().to(self.precision) for name, value in named}


def task_of(network: Network, settings: Problems, *, data: xr.Dataset) -> Task:
    """The task of one kind of network."""
    if network in ("pinn", "data_fit"):
        return _poisson(settings.poisson, equation=network == "pinn")
    if network == "relu":
        return _function(settings, data=data)
    return _states(network, settings.states, data=data)


def poisson_points(settings: Poisson) -> Float[Tensor, "points 1"]:
    """Midpoints of equal cells of (0, 1)."""
    return (torch.arange(settings.points, dtype=torch.float64)[:, None] + 0.5) / settings.points


def poisson_solution(settings: Poisson, x: Float[Tensor, "points 1"], *, forcing: bool) -> Float[Tensor, "points 1"]:
    """``u``, or ``f = -u''``."""
    parts = [
        amplitude * ((mode * math.pi) ** 2 if forcing else 1.0) * torch.sin(mode * math.pi * x)
        for mode, amplitude in zip(settings.modes, settings.amplitudes, strict=True)
    ]
    return torch.stack(parts).sum(dim=0)


def curvature(function: Callable[[Tensor], Tensor], x: Float[Tensor, "points 1"]) -> Float[Tensor, "points 1"]:
    """``u''`` of a function whose rows do not depend on each other, by two forward derivatives.

    >>> curvature(lambda x: x**3, torch.tensor([[2.0]])).tolist()
    [[12.0]]
    """
    one = torch.ones_like(x)
    return jvp(lambda y: jvp(function, (y,), (one,))[1], (x,), (one,))[1]


def _mean_square(net: nn.Module, x: Tensor, y: Tensor) -> Loss:
    """Mean squared difference of the network at ``x`` from ``y``."""
    return lambda parameters: (functional_call(net, parameters, (x,)) - y).square().mean()


def _poisson(settings: Poisson, *, equation: bool) -> Task:
    x = poisson_points(settings)
    u, f = (poisson_solution(settings, x, forcing=forcing) for forcing in (False, True))
    ends = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    widths = (1, settings.width, settings.width, 1)

    def network(seed: int) -> nn.Module:
        return Dense(widths=widths, generator=torch_generator(seed, "initial parameters", "poisson"))

    net = network(0)
    unit_u, unit_f = u.square().mean(), f.square().mean()
    difference = _mean_square(net, x, u)

    def residual(parameters: Parameters) -> Tensor:
        def predicted(y: Tensor) -> Tensor:
            return functional_call(net, parameters, (y,))

        inside = (curvature(predicted, x) + f).square().mean() / unit_f
        return inside + predicted(ends).square().mean() / unit_u

    def distance(parameters: Parameters) -> Tensor:
        return difference(parameters) / unit_u

    return Task(
        loss=residual if equation else distance,
        error=lambda parameters: distance(parameters).sqrt(),
        counted=distance,
        network=network,
        filter_axes=rows_are_filters,
        accuracy=settings.accuracy,
        precision=torch.float64,
        smooth=True,
    )


def _function(settings: Problems, *, data: xr.Dataset) -> Task:
    x, y, x_test, y_test = (
        torch.from_numpy(data[name].values).reshape(data.sizes[f"point_{name[2:]}"], -1)
        for name in ("x_train", "y_train", "x_test", "y_test")
    )
    width = settings.function.width

    def network(seed: int) -> nn.Module:
        generator = torch_generator(seed, "initial parameters", "function")
        return Dense(widths=(x.shape[1], width, width, 1), activation="relu", generator=generator)

    net = network(0)

    def error(parameters: Parameters) -> Tensor:
        return (functional_call(net, parameters, (x_test,)) - y_test).norm() / y_test.norm()

    loss = _mean_square(net, x, y)
    return Task(
        loss=loss,
        error=error,
        counted=loss,
        network=network,
        filter_axes=rows_are_filters,
        accuracy=settings.function.accuracy,
        precision=torch.float64,
    )


def state_network(network: Network, settings: States, *, seed: int) -> nn.Module:
    """``plain``, ``skip`` or ``mnn_h``; the first two draw the same numbers and differ in their scale and in skips."""
    generator = torch_generator(seed, "initial parameters", "states")
    if network == "mnn_h":
        partition = Partition(dimensions=1, levels=settings.levels, leaf=settings.points // 2**settings.levels)
        return MNNH(Design(partition=partition, channels=settings.rank, layers=settings.layers), generator=generator)
    skip = network == "skip"
    net = CircularConvolutions(
        channels=settings.channels,
        width=settings.taps,
        dilations=(1,) * settings.depth,
        skip=skip,
        gain=settings.depth**-0.5 if skip else HE,
        generator=generator,
    )
    net.channels_last = False  # copies are trained side by side, by vmap
    return net


def _states(network: Network, settings: States, *, data: xr.Dataset) -> Task:
    scale = 2 * float(data["potential_train"].mean())
    mean, std = float(data["state_train"].mean()), float(data["state_train"].std())
    v, v_test = (torch.from_numpy(data[f"potential_{part}"].values / scale - 0.5).float() for part in ("train", "test"))
    y = torch.from_numpy((data["state_train"].values - mean) / std).float()
    truth = torch.from_numpy(data["state_test"].values).float()
    net = state_network(network, settings, seed=0)

    def error(parameters: Parameters) -> Tensor:
        predicted = mean + std * functional_call(net, parameters, (v_test,))
        return ((predicted - truth).norm(dim=1) / truth.norm(dim=1)).mean()

    loss = _mean_square(net, v, y)
    return Task(
        loss=loss,
        error=error,
        counted=loss,
        network=lambda seed: state_network(network, settings, seed=seed),
        filter_axes=_block_filters if network == "mnn_h" else rows_are_filters,
        accuracy=settings.accuracy,
        precision=torch.float32,
        # vmap cannot differentiate the gather of MNN-H, whose gradient is user-defined
        vectorised=network != "mnn_h",
    )


def _block_filters(name: str, parameter: Tensor) -> int:
    """Leading axes of MNN-H that count filters: copies and outputs of a block's map, and stacked layers."""
    return 0 if "bias" in name else {3: 2, 5: 3}[parameter.ndim]
