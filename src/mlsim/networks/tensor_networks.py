"""Networks that multiply features of the parts of an input: tensor train, hierarchical Tucker, canonical.

Several independent networks of one shape, the members, are trained together along a leading dimension; not by ``vmap``,
since products with samples last are faster (docs/experiments/speed.md). Each output is linear in the features of each
site, so that it is the contraction of a weight tensor with them.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Kind = Literal["tt", "tt_shared", "ht", "cp"]
Inputs = Float[Tensor, "members batch sites pixels"]
# standard deviation of the initial parameters about those that pass the state on; a third of it for tensor trains
NOISE = 0.3

Features = Float[Tensor, "members batch sites channels"]


class LocalFeatures(nn.Module):
    """``f(x) = [1, relu(A x + b)]`` of each part of ``pixels`` numbers, the same for all parts.

    There are ``channels`` features, the constant included, and one generator of initial parameters per member.
    """

    def __init__(self, *, pixels: int, channels: int, generators: Sequence[torch.Generator]) -> None:
        super().__init__()
        reach = pixels**-0.5
        self.A = _parameter(generators, lambda g: (2 * torch.rand(pixels, channels - 1, generator=g) - 1) * reach)
        self.b = _parameter(generators, lambda g: (2 * torch.rand(channels - 1, generator=g) - 1) * reach)

    def forward(self, x: Inputs) -> Features:
        """Features of all parts."""
        flat = x.flatten(1, 2) @ self.A + self.b[:, None]
        learned = torch.relu(flat).unflatten(1, x.shape[1:3])
        return torch.cat([torch.ones_like(learned[..., :1]), learned], dim=-1)


class TensorNetwork(nn.Module):
    """Members of one kind, from features of the sites to outputs.

    Args:
        kind: ``tt``: ``h_t[k] = sum_ij f_t[i] h_(t-1)[j] G_t[i,j,k]``, a recurrent network; ``tt_shared``: the same
            with one ``G``; ``cp``: ``prod_t f_t A_t``, a shallow network; ``ht``: leaves ``f_t A_t``, then
            ``(z_left z_right) W`` at each node of the balanced binary tree.
        sites: parts of the input; for ``ht`` a power of two.
        channels: features per part.
        width: rank of the decomposition.
        outputs: number of outputs, linear in the last hidden state.
        one_hot: whether the features are one-hot letters; then the outputs have no bias, so that they are the entries
            of a tensor of the format. Else the first feature is the constant one. The initial network passes its state
            on unchanged, up to noise, whatever it reads.
        generators: one per member, source of its initial parameters.

    Source:
        V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018; N. Cohen, O. Sharir, A. Shashua, COLT 2016.
    """

    def __init__(
        self,
        *,
        kind: Kind,
        sites: int,
        channels: int,
        width: int,
        outputs: int,
        one_hot: bool,
        generators: Sequence[torch.Generator],
    ) -> None:
        super().__init__()
        if kind == "ht" and sites & (sites - 1):
            raise ValueError(f"sites is {sites}: allowed is a power of two, as the tree is balanced")
        self.kind, self.sites = kind, sites
        passed = torch.zeros(channels)
        passed[: channels if one_hot else 1] = 1.0

        def train_core(g: torch.Generator) -> Tensor:
            copies = 1 if kind == "tt_shared" else sites
            random = torch.randn(copies, channels, width, width, generator=g) / (channels * width) ** 0.5
            return NOISE / 3 * random + passed[:, None, None] * torch.eye(width)

        def leaf(g: torch.Generator) -> Tensor:
            return NOISE * torch.randn(sites, channels, width, generator=g) / channels**0.5 + passed[:, None]

        def node(g: torch.Generator, count: int) -> Tensor:
            return torch.eye(width) + NOISE * torch.randn(count, width, width, generator=g) / width**0.5

        if kind in ("tt", "tt_shared"):
            self.start = _parameter(generators, lambda g: torch.randn(width, generator=g) / width**0.5)
            self.cores = _parameter(generators, train_core)
        else:
            self.leaves = _parameter(generators, leaf)
        counts = [sites >> level for level in range(1, sites.bit_length())] if kind == "ht" else []
        nodes = [_parameter(generators, lambda g, count=count: node(g, count)) for count in counts]
        self.nodes = nn.ParameterList(nodes)
        reach = width**-0.5
        self.read = _parameter(generators, lambda g: (2 * torch.rand(width, outputs, generator=g) - 1) * reach)
        self.bias = None if one_hot else _parameter(generators, lambda g: torch.zeros(outputs))

    def forward(self, features: Features) -> Float[Tensor, "members batch outputs"]:
        """Outputs from the features of all sites."""
        outputs = self.state(features) @ self.read
        return outputs if self.bias is None else outputs + self.bias[:, None]

    def state(self, features: Features) -> Float[Tensor, "members batch width"]:
        """The last hidden state."""
        # samples last: products along them are faster than along the few channels (docs/experiments/speed.md)
        by_site = features.permute(2, 0, 3, 1).contiguous()
        if self.kind in ("tt", "tt_shared"):
            return self._recurrence(by_site).transpose(1, 2)
        z = self.leaves.permute(1, 0, 3, 2) @ by_site
        if self.kind == "cp":
            return z.prod(dim=0).transpose(1, 2)
        for W in self.nodes:
            z = W.permute(1, 0, 3, 2) @ (z[0::2] * z[1::2])
        return z[0].transpose(1, 2)

    def _recurrence(
        self, by_site: Float[Tensor, "sites members channels batch"]
    ) -> Float[Tensor, "members width batch"]:
        cores = self.cores.flatten(2, 3).transpose(2, 3).expand(-1, self.sites, -1, -1).unbind(1)
        h = self.start[..., None].expand(-1, -1, by_site.shape[-1])
        for f, G in zip(by_site.unsqueeze(3).unbind(), cores, strict=True):
            h = torch.bmm(G, (f * h.unsqueeze(1)).flatten(1, 2))
        return h


class TensorClassifier(nn.Module):
    """A tensor network on learned features of the parts; arguments as in its two stages."""

    def __init__(self, features: LocalFeatures, network: TensorNetwork) -> None:
        super().__init__()
        self.features, self.network = features, network

    def forward(self, x: Inputs) -> Float[Tensor, "members batch outputs"]:
        """Outputs from the parts of an input."""
        return self.network(self.features(x))


def _parameter(generators: Sequence[torch.Generator], draw: Callable[[torch.Generator], Tensor]) -> nn.Parameter:
    """One draw per member, stacked."""
    return nn.Parameter(torch.stack([draw(generator) for generator in generators]))


def parameters_of_one(network: nn.Module) -> int:
    """Number of parameters of one member."""
    return sum(parameter[0].numel() for parameter in network.parameters())
