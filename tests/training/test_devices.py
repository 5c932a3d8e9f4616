"""CUDA graphs: outputs and gradients of the network, input by input."""

import pytest
import torch

from mlsim.networks.convolutional.unet import DensitySkip, UNet
from mlsim.training.devices import with_cuda_graphs


def unet(*, skip: bool) -> torch.nn.Module:
    net = UNet(inputs=2, dropout=0.0, generator=torch.Generator().manual_seed(0))
    return DensitySkip(net) if skip else net


def images(seed: int) -> torch.Tensor:
    return torch.rand(4, 2, 16, 16, generator=torch.Generator().manual_seed(seed))


def test_a_network_on_a_cpu_stays_as_it_is():
    net = unet(skip=False)
    assert with_cuda_graphs(net, images(0)) is net


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.filterwarnings("ignore:Attempting to run cuBLAS")  # the first product of a backward thread
@pytest.mark.parametrize("skip", [False, True])
def test_recorded_passes_give_outputs_and_gradients_of_the_network(skip):
    plain, net = unet(skip=skip).cuda(), unet(skip=skip).cuda()
    graph = with_cuda_graphs(net, images(0).cuda())
    for seed in (1, 2, 3):
        x = images(seed).cuda()
        outputs = []
        for model in (plain, graph):
            model.zero_grad()
            output = model(x)
            output.square().sum().backward()
            outputs.append(output.detach().clone())
        # kernels may be chosen anew in a capture; one that forgot its new input would miss by tens of percent
        torch.testing.assert_close(*outputs, rtol=1e-2, atol=1e-2)
        for (name, a), (_, b) in zip(net.named_parameters(), plain.named_parameters(), strict=True):
            assert (a.grad - b.grad).norm() <= 1e-2 * b.grad.norm(), name
    net.eval()
    x = images(4)[:3].cuda()
    torch.testing.assert_close(graph(x), plain(x), rtol=1e-2, atol=1e-2)
