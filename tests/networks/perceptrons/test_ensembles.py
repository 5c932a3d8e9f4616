"""Ensembles of perceptrons: members are what they would be alone."""

import pytest
import torch
from torch import nn

from mlsim.networks.perceptrons.ensembles import PerceptronEnsemble, clip_members, single


def _ensemble(seeds: tuple[int, ...], *, frequencies: int = 0, context: int = 0) -> PerceptronEnsemble:
    return PerceptronEnsemble(
        inputs=2, outputs=3, hidden=(5, 4), activation="silu", frequencies=frequencies, context=context,
        generators=[torch.Generator().manual_seed(seed) for seed in seeds],
    )  # fmt: skip


def test_member_of_an_ensemble_is_the_perceptron_of_its_seed():
    x = torch.randn(2, 7, 2, generator=torch.Generator().manual_seed(9))
    both, second = _ensemble((3, 4)), _ensemble((4,))
    torch.testing.assert_close(both(x)[1:], second(x[1:]))
    torch.testing.assert_close(single(both, 1)(x[1:]), second(x[1:]))


def test_ensemble_is_a_chain_of_linear_layers():
    net = _ensemble((0,))
    x = torch.randn(1, 7, 2, generator=torch.Generator().manual_seed(9))
    values = x[0]
    for index, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
        values = values @ weight[0] + bias[0]
        values = nn.functional.silu(values) if index < 2 else values
    torch.testing.assert_close(net(x)[0], values)


def test_frequencies_make_the_network_periodic_apart_from_its_bare_inputs():
    net = _ensemble((0,), frequencies=2, context=1)
    with torch.no_grad():
        net.weights[0][:, :2] = 0.0  # the bare coordinates
    x, context = torch.rand(1, 5, 2), torch.rand(1, 5, 1)
    torch.testing.assert_close(net(x, context), net(x + 4.0, context), atol=1e-5, rtol=0)  # sin(pi x / 2): period 4
    assert not torch.allclose(net(x, context), net(x, context + 1))


def test_losses_summed_over_the_members_do_not_mix_their_gradients():
    x = torch.randn(2, 7, 2, generator=torch.Generator().manual_seed(9))
    both, alone = _ensemble((3, 4)), _ensemble((4,))
    both(x).square().mean(dim=(1, 2)).sum().backward()
    alone(x[1:]).square().mean(dim=(1, 2)).sum().backward()
    for joint, own in zip(both.parameters(), alone.parameters(), strict=True):
        assert joint.grad is not None
        torch.testing.assert_close(joint.grad[1:], own.grad)


@pytest.mark.parametrize("norm", [1e-3, 1e3])
def test_clipping_bounds_the_gradient_of_every_member_by_itself(norm):
    net = _ensemble((3, 4))
    x = torch.randn(2, 7, 2, generator=torch.Generator().manual_seed(9))
    (net(x).square() * torch.tensor([1.0, 9.0])[:, None, None]).sum().backward()
    before = [p.grad.clone() for p in net.parameters() if p.grad is not None]
    clip_members(list(net.parameters()), norm=norm)
    for member in range(2):
        whole = torch.stack([each[member].square().sum() for each in before]).sum().sqrt()
        clipped = torch.stack([p.grad[member].square().sum() for p in net.parameters()]).sum().sqrt()  # type: ignore[index]
        torch.testing.assert_close(clipped, whole.clamp(max=norm))


def test_clipping_takes_parameters_of_any_shape_and_a_nan_harms_no_other_member():
    """Beside torch's own clipping of each member alone."""
    shapes = [(3,), (3, 4), (3, 2, 2, 5)]
    parameters = [torch.nn.Parameter(torch.zeros(shape)) for shape in shapes]
    generator = torch.Generator().manual_seed(0)
    for parameter in parameters:
        parameter.grad = torch.randn(parameter.shape, generator=generator)
        parameter.grad[0] *= 1e-3
    alone = [[torch.nn.Parameter(torch.zeros(p[k].shape)) for p in parameters] for k in range(3)]
    for member, own in enumerate(alone):
        for mine, whole in zip(own, parameters, strict=True):
            mine.grad = whole.grad[member].clone()  # type: ignore[index]
        torch.nn.utils.clip_grad_norm_(own, 1.0)
    clip_members(parameters, norm=1.0)
    for member, own in enumerate(alone):
        for mine, whole in zip(own, parameters, strict=True):
            torch.testing.assert_close(whole.grad[member], mine.grad, rtol=1e-5, atol=0)  # type: ignore[index]
    parameters[1].grad[0, 0] = torch.nan  # type: ignore[index]
    clip_members(parameters, norm=0.5)
    for parameter in parameters:
        assert bool(parameter.grad[0].isnan().all())  # type: ignore[index]
        assert bool(parameter.grad[1:].isfinite().all())  # type: ignore[index]
