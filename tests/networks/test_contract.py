"""What every network keeps: gradients for all parameters, a state that is stored without loss, seeds, shapes."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages

import pytest
import torch
from torch import Tensor, nn

import mlsim.networks
from mlsim.networks.convolutional.circular_convolutions import CircularConvolutions
from mlsim.networks.convolutional.function_unet import FunctionUNet
from mlsim.networks.convolutional.pointwise import PointwiseConvolution
from mlsim.networks.convolutional.resnet import Bottleneck, ResNet
from mlsim.networks.convolutional.unet import DensitySkip, UNet
from mlsim.networks.convolutional.vgg import VGG
from mlsim.networks.fourier_operator import FourierOperator, SpectralConvolution
from mlsim.networks.hierarchical.block_layers import BlockMap, Neighbourhood, NeighbourLayers, PointBlocks
from mlsim.networks.hierarchical.gathered_rows import GatheredRows
from mlsim.networks.hierarchical.mnn import MNNH, MNNH2, Design
from mlsim.networks.multigrid.learned_cycle import LearnedCycle
from mlsim.networks.multigrid.mgnet import MgNet, MgNetSteps
from mlsim.networks.perceptrons.dense import Dense
from mlsim.networks.perceptrons.ensembles import PerceptronEnsemble
from mlsim.networks.perceptrons.monotone import ConvexConcaveNetwork, ExponentialNetwork, ResistorNetwork
from mlsim.networks.tensor_networks import LocalFeatures, TensorClassifier, TensorNetwork
from mlsim.networks.untrained.deep_decoder import DeepDecoder
from mlsim.networks.untrained.design_decoder import DesignDecoder
from mlsim.networks.untrained.field_decoder import FieldDecoder
from mlsim.networks.untrained.hourglass import Hourglass, Layer, Scale
from mlsim.networks.wavelets.bcr import BCRNet, PeriodicConvolutions, Sizes
from mlsim.networks.wavelets.trainable_filters import FreeFilters, LatticeBases, LatticeFilters
from mlsim.networks.wrappers.normalised import Normalised
from mlsim.networks.wrappers.stacked import Stacked
from mlsim.networks.wrappers.symmetrised import Flat, Homogeneous, Reflected
from mlsim.numerics.hierarchical.block_partition import Partition
from mlsim.numerics.multigrid.cycles import level_shapes
from mlsim.numerics.multigrid.stencils import laplacian
from mlsim.storage import read_model, write_model

Shape = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A small instance of a network.

    Attributes:
        make: the network, its initial parameters drawn from the generator if it takes one.
        inputs: shapes of normal numbers, or tensors that go in as they are.
        output: shape of the output.
        frozen: parameters that are not trained, as a regular expression.
        inert: parameters that a normalisation takes away again, as a regular expression.
        moved: whether some parameters start at zero and block the first gradient of others; they are moved before.
    """

    make: Callable[[torch.Generator], nn.Module]
    inputs: tuple[Shape | Tensor, ...]
    output: Shape
    frozen: str = "(?!)"
    inert: str = "(?!)"
    moved: bool = False


def _mnn(network: type[MNNH] | type[MNNH2], weights: str, dimensions: int) -> Case:
    design = Design(partition=Partition(dimensions=dimensions, levels=3, leaf=3), channels=4, layers=3, weights=weights)
    shape = (32, *(24,) * dimensions)
    return Case(make=lambda g: network(design, generator=g), inputs=(shape,), output=shape)


def _bcr(filters: str) -> Case:
    sizes = Sizes(points=40, levels=3, channels=2, depth=2)
    return Case(
        make=lambda g: BCRNet(sizes, filters=filters, generator=g, dtype=torch.float64),
        inputs=((3, 40),),
        output=(3, 40),
        frozen="(analysis|synthesis).*" if filters == "frozen" else "(?!)",
    )


def _function_unet(dimensions: int, *, periodic: bool) -> Case:
    shape = (3, *(16,) * dimensions)
    return Case(
        make=lambda g: FunctionUNet(dimensions=dimensions, channels=(4, 4, 6), periodic=periodic, generator=g),
        inputs=(shape,),
        output=shape,
    )


def _circular(*, skip: bool) -> Case:
    return Case(
        make=lambda g: CircularConvolutions(channels=5, width=3, dilations=(1, 2, 4), skip=skip, inputs=2, generator=g),
        inputs=((3, 2, 12),),
        output=(3, 12),
    )


def _operator(dimensions: int, *, coordinates: bool) -> Case:
    shape = (3, *(16,) * dimensions)
    return Case(
        make=lambda g: FourierOperator(
            side=16, dimensions=dimensions, width=4, modes=5, layers=2, coordinates=coordinates, generator=g
        ),
        inputs=(shape,),
        output=shape,
    )


def _cycle(stencils: str, weights: str) -> Case:
    return Case(
        make=lambda g: LearnedCycle(
            shapes=level_shapes((15, 15), levels=3), weights=weights, stencils=stencils, noise=0.02, generator=g
        ),
        inputs=(laplacian(dimensions=2), (2, 15, 15)),
        output=(2, 15, 15),
    )


def _tensor(kind: str, *, one_hot: bool) -> Case:
    return Case(
        make=lambda g: TensorNetwork(
            kind=kind, sites=4, channels=3, width=2, outputs=2, one_hot=one_hot, generators=[g, g]
        ),
        inputs=((2, 5, 4, 3),),
        output=(2, 5, 2),
    )


def _classifier(g: torch.Generator) -> TensorClassifier:
    network = TensorNetwork(kind="cp", sites=4, channels=3, width=2, outputs=2, one_hot=False, generators=[g, g])
    return TensorClassifier(LocalFeatures(pixels=6, channels=3, generators=[g, g]), network)


def _normalised(g: torch.Generator) -> Normalised:
    scale, mean, deviation = (1 + torch.rand(3, generator=g)).tolist()
    return Normalised(Dense(widths=(8, 8), generator=g), scale=scale, mean=mean, deviation=deviation)


def _neighbours(*, shared: bool) -> Case:
    partition = Partition(dimensions=2, levels=3, leaf=1)
    near = Neighbourhood(partition=partition, half_widths={2: 1, 3: 2}, periodic=False)
    return Case(
        make=lambda g: NeighbourLayers(near, channels=3, layers=2, shared=shared, active=1, bias=True, generator=g),
        inputs=((16 + 64, 3, 2),),
        output=(16 + 64, 3, 2),
    )


def _rows(g: torch.Generator) -> nn.Module:
    return Dense(widths=(12, 5, 1), generator=g)


CASES = {
    "Bottleneck": Case(make=lambda g: Bottleneck(4, 3, stride=2), inputs=((2, 4, 8, 8),), output=(2, 12, 4, 4)),
    "BlockMap shared": Case(
        make=lambda g: BlockMap(4, 3, 2, shared=True, bias=True, generator=g), inputs=((4, 3, 5),), output=(4, 2, 5)
    ),
    "BlockMap local": Case(
        make=lambda g: BlockMap(4, 3, 2, shared=False, bias=True, generator=g), inputs=((4, 3, 5),), output=(4, 2, 5)
    ),
    "BCRNet frozen": _bcr("frozen"),
    "BCRNet trained": _bcr("trained"),
    "BCRNet random": _bcr("random"),
    "CircularConvolutions plain": _circular(skip=False),
    "CircularConvolutions skip": _circular(skip=True),
    "ConvexConcaveNetwork": Case(
        make=lambda g: ConvexConcaveNetwork(inputs=4, hidden=(6, 9), generator=g), inputs=((7, 4),), output=(7,)
    ),
    "DeepDecoder": Case(make=lambda g: DeepDecoder(width=4), inputs=((1, 4, 2, 3),), output=(1, 3, 64, 96)),
    "Dense gelu": Case(make=lambda g: Dense(widths=(8, 8, 8, 8), generator=g), inputs=((5, 8),), output=(5, 8)),
    "Dense relu": Case(
        make=lambda g: Dense(widths=(8, 8, 2), activation="relu", generator=g), inputs=((5, 8),), output=(5, 2)
    ),
    "DensitySkip": Case(
        make=lambda g: DensitySkip(UNet(inputs=2, dropout=0.1, generator=g)),
        inputs=((3, 2, 8, 12),),
        output=(3, 8, 12),
        moved=True,
    ),
    "DesignDecoder": Case(
        make=lambda g: DesignDecoder(columns=16, rows=24, filters=(8, 4, 4, 2)), inputs=(), output=(16, 24)
    ),
    "ExponentialNetwork": Case(
        make=lambda g: ExponentialNetwork(inputs=4, hidden=(7, 5), generator=g), inputs=((7, 4),), output=(7,)
    ),
    "FieldDecoder": Case(make=lambda g: FieldDecoder(width=2, coarsest=5, doublings=3), inputs=(), output=(33, 33)),
    "Flat": Case(make=lambda g: Flat(_rows(g)), inputs=((5, 3, 4),), output=(5,)),
    "FourierOperator 1d": _operator(1, coordinates=False),
    "FourierOperator 2d": _operator(2, coordinates=False),
    "FourierOperator with coordinates": _operator(2, coordinates=True),
    "FreeFilters": Case(make=lambda g: FreeFilters(torch.randn(6, generator=g)), inputs=(), output=(2, 6)),
    "FunctionUNet 1d": _function_unet(1, periodic=False),
    "FunctionUNet 2d": _function_unet(2, periodic=False),
    "FunctionUNet 1d periodic": _function_unet(1, periodic=True),
    "FunctionUNet 2d periodic": _function_unet(2, periodic=True),
    "GatheredRows": Case(
        make=lambda g: GatheredRows(torch.tensor([[1, 0], [2, 3]]), rows=3), inputs=((3, 4),), output=(2, 2, 4)
    ),
    "Homogeneous": Case(make=lambda g: Homogeneous(Flat(_rows(g))), inputs=((5, 3, 4),), output=(5,)),
    "Hourglass": Case(
        make=lambda g: Hourglass(width=4),
        inputs=((1, 32, 64, 64),),
        output=(1, 3, 64, 64),
        # batch normalisation takes away a mean; reflected borders keep a constant one until the next
        inert=r".*\.0\.bias|.*joined\.bias",
    ),
    "LatticeBases": Case(
        make=lambda g: LatticeBases(torch.randn(2, generator=g), levels=3, shared=False),
        inputs=(),
        output=(3, 2, 2, 6),
    ),
    "LatticeFilters": Case(make=lambda g: LatticeFilters(torch.randn(3, generator=g)), inputs=(), output=(2, 8)),
    "Layer": Case(
        make=lambda g: Layer(3, 4, size=3, stride=2), inputs=((2, 3, 8, 12),), output=(2, 4, 4, 6), inert=r"0\.bias"
    ),
    "LearnedCycle even": _cycle("even", "per_level"),
    "LearnedCycle full": _cycle("full", "four"),
    "LearnedCycle per_node": _cycle("per_node", "mirrored"),
    "LearnedCycle linear": _cycle("linear", "one"),
    "LocalFeatures": Case(
        make=lambda g: LocalFeatures(pixels=6, channels=3, generators=[g, g]),
        inputs=((2, 5, 4, 6),),
        output=(2, 5, 4, 3),
    ),
    "MgNet": Case(
        make=lambda g: MgNet(size=15, levels=3, start="injection"),
        inputs=((2, 15, 15), (2, 15, 15)),
        output=(2, 15, 15),
    ),
    "MgNetSteps": Case(
        make=lambda g: MgNetSteps(channels=4, width=3, depth=10, generator=g), inputs=((3, 12),), output=(3, 12)
    ),
    **{
        f"{network.__name__} {weights} {dimensions}d": _mnn(network, weights, dimensions)
        for network in (MNNH, MNNH2)
        for weights in ("shared", "mixed", "local")
        for dimensions in (1, 2)
    },
    "NeighbourLayers shared": _neighbours(shared=True),
    "NeighbourLayers local": _neighbours(shared=False),
    "Normalised": Case(
        make=_normalised,
        inputs=((5, 8),),
        output=(5, 8),
    ),
    "PerceptronEnsemble": Case(
        make=lambda g: PerceptronEnsemble(
            inputs=2, outputs=1, context=1, hidden=(6, 5), activation="silu", frequencies=2, generators=[g, g]
        ),
        inputs=((2, 7, 2), (2, 7, 1)),
        output=(2, 7, 1),
    ),
    "PeriodicConvolutions": Case(
        make=lambda g: PeriodicConvolutions(
            depth=2, channels=4, width=3, linear=False, generator=g, dtype=torch.float64
        ),
        inputs=((3, 4, 12),),
        output=(3, 4, 12),
    ),
    "PointBlocks": Case(
        make=lambda g: PointBlocks(Partition(dimensions=2, levels=2, leaf=3)), inputs=((2, 12, 12),), output=(16, 9, 2)
    ),
    "PointwiseConvolution": Case(
        make=lambda g: PointwiseConvolution(3, 4), inputs=((2, 3, 5, 6),), output=(2, 4, 5, 6)
    ),
    "Reflected": Case(make=lambda g: Reflected(Flat(_rows(g))), inputs=((5, 3, 4),), output=(5,)),
    "ResistorNetwork": Case(
        make=lambda g: ResistorNetwork(inputs=4, hidden=(7, 5, 6), spread=1.0, generator=g),
        inputs=((7, 4),),
        output=(7,),
    ),
    "ResNet": Case(
        make=lambda g: ResNet((1, 2, 1, 1), width=2, classes=4, small=True, generator=g),
        # so many images that in some place all that is pooled is negative; else bn1.bias would be a mean taken away
        inputs=((16, 3, 32, 32),),
        output=(16, 4),
        moved=True,
    ),
    "Scale": Case(
        make=lambda g: Scale(3, width=4, below=1, skip=2),
        inputs=((2, 3, 16, 16),),
        output=(2, 4, 16, 16),
        inert=r".*\.0\.bias|.*joined\.bias",
    ),
    "SpectralConvolution": Case(
        make=lambda g: SpectralConvolution(side=16, dimensions=2, width=3, modes=4, generator=g),
        inputs=((16, 16, 2, 3),),
        output=(16, 16, 2, 3),
    ),
    "Stacked": Case(make=lambda g: Stacked([_rows(g), _rows(g)]), inputs=((2, 5, 12),), output=(2, 5, 1)),
    "TensorClassifier": Case(make=_classifier, inputs=((2, 5, 4, 6),), output=(2, 5, 2)),
    "TensorNetwork tt": _tensor("tt", one_hot=True),
    "TensorNetwork tt_shared": _tensor("tt_shared", one_hot=True),
    "TensorNetwork cp": _tensor("cp", one_hot=True),
    "TensorNetwork ht": _tensor("ht", one_hot=True),
    "TensorNetwork with bias": _tensor("ht", one_hot=False),
    "UNet": Case(make=lambda g: UNet(inputs=2, dropout=0.1, generator=g), inputs=((3, 2, 40, 40),), output=(3, 40, 40)),
    "VGG": Case(
        make=lambda g: VGG(width=2, classes=4, generator=g),
        inputs=((3, 3, 32, 32),),
        output=(3, 4),
        # batch normalisation takes away a mean
        inert=r"features\.(?:0|3|7|10|14|17|20|24|27|30|34|37|40)\.bias",
    ),
    "VGG without normalisation": Case(
        make=lambda g: VGG((1, 1, 1, 1, 1), width=4, classes=4, normalised=False, pooled=2, hidden=(8,), generator=g),
        inputs=((8, 3, 64, 64),),
        output=(8, 4),
    ),
}

each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _made(case: Case, *, seed: int = 0, global_seed: int | None = None) -> nn.Module:
    """The network; what it does not draw from its generator it draws from torch's global one."""
    with torch.random.fork_rng():
        torch.manual_seed(seed if global_seed is None else global_seed)
        return case.make(_generator(seed)).double()


def _inputs(case: Case) -> list[Tensor]:
    generator = _generator(1)
    return [
        entry if isinstance(entry, Tensor) else torch.randn(entry, generator=generator, dtype=torch.float64)
        for entry in case.inputs
    ]


def _output(net: nn.Module, case: Case) -> Tensor:
    with torch.random.fork_rng():  # dropout
        torch.manual_seed(2)
        return net(*_inputs(case))


def _move(net: nn.Module) -> None:
    """Change every number of the state a little."""
    generator = _generator(3)
    for value in net.state_dict().values():
        if value.is_floating_point():
            value.add_(0.1 * torch.rand(value.shape, generator=generator, dtype=value.dtype))


def test_every_network_of_the_package_has_a_case():
    classes = {
        name
        for module in walk_packages(mlsim.networks.__path__, "mlsim.networks.")
        for name, value in vars(import_module(module.name)).items()
        if inspect.isclass(value) and issubclass(value, nn.Module) and value.__module__ == module.name
        if not name.startswith("_")
    }
    assert {name.split()[0] for name in CASES} == classes
    assert {name.split()[0]: type(_made(case)).__name__ for name, case in CASES.items()} == {c: c for c in classes}


@each_case
def test_output_has_the_documented_shape(case):
    output = _output(_made(case), case)
    assert output.shape == case.output
    assert output.dtype == torch.float64


@each_case
def test_every_parameter_that_is_trained_receives_a_gradient(case):
    net = _made(case)
    if case.moved:
        _move(net)
    trained = {name: p for name, p in net.named_parameters() if p.requires_grad}
    assert {name for name, _ in net.named_parameters() if re.fullmatch(case.frozen, name)} == {
        name for name, _ in net.named_parameters() if name not in trained
    }
    output = _output(net, case)
    if trained:
        (output * torch.randn(output.shape, generator=_generator(4), dtype=torch.float64)).sum().backward()
    for name, parameter in trained.items():
        assert parameter.grad is not None, name
        largest = float(parameter.grad.abs().max())
        assert (largest > 1e-9) != bool(re.fullmatch(case.inert, name)), (name, largest)


@each_case
def test_stored_state_gives_bit_identical_output(case, tmp_path):
    net = _made(case)
    _move(net)
    _output(net, case)  # statistics of batch normalisation
    write_model(net.state_dict(), tmp_path / "model.pt")
    other = _made(case, seed=1)
    other.load_state_dict(read_model(tmp_path / "model.pt"))
    for training in (True, False):
        assert torch.equal(_output(net.train(training), case), _output(other.train(training), case))


@each_case
def test_equal_seeds_give_equal_parameters_and_others_do_not(case):
    generator = _generator(0)
    case.make(generator)
    draws_from_it = not torch.equal(generator.get_state(), _generator(0).get_state())
    networks = (_made(case), _made(case, global_seed=1 if draws_from_it else 0), _made(case, seed=1))
    first, second, other = (dict(network.named_parameters()) for network in networks)
    assert all(torch.equal(first[name], second[name]) for name in first)
    if draws_from_it:
        assert any(not torch.equal(first[name], other[name]) for name in first)
