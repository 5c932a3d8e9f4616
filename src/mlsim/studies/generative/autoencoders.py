"""Autoencoders of several latent dimensions, trained side by side."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.networks.perceptrons.ensembles import PerceptronEnsemble
from mlsim.studies.generative.models import Sizes, Training
from mlsim.studies.generative.settings import Variant
from mlsim.training.seeding import torch_generator


class Autoencoders(nn.Module):
    """One autoencoder per latent dimension and seed: member ``(d - 1) seeds + s`` has ``d`` latent coordinates.

    All have the same widths; the latent coordinates that a member lacks are set to zero. A linear map beside each
    half makes the principal components a special case.
    """

    def __init__(self, variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> None:
        super().__init__()
        latents = [d for d in range(1, variant.latent + 1) for _ in seeds]
        kept = torch.arange(variant.latent) < torch.tensor(latents)[:, None]
        self.kept: Tensor
        self.register_buffer("kept", kept[:, None, :].float(), persistent=False)
        names = ("encoder", "decoder", "linear encoder", "linear decoder")
        parts: list[PerceptronEnsemble] = []
        for name in names:
            inward = name.endswith("encoder")
            parts.append(
                PerceptronEnsemble(
                    inputs=sizes.dimension if inward else variant.latent,
                    outputs=variant.latent if inward else sizes.dimension,
                    hidden=() if name.startswith("linear") else variant.hidden,
                    activation="silu",
                    generators=[torch_generator(seed, name, d) for d in range(1, variant.latent + 1) for seed in seeds],
                )
            )
        self.encoder, self.decoder, self.linear_encoder, self.linear_decoder = parts

    def forward(self, x: Float[Tensor, "members batch dimension"]) -> Float[Tensor, "members batch dimension"]:
        """Reconstructions by every member."""
        latent = (self.encoder(x) + self.linear_encoder(x)) * self.kept
        return self.decoder(latent) + self.linear_decoder(latent)


def autoencoders(variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> Autoencoders:
    """Autoencoders of all latent dimensions and seeds."""
    return Autoencoders(variant, sizes, seeds=seeds)


def reconstruction_loss(network: nn.Module, training: Training, index: int) -> Float[Tensor, ""]:
    """Mean squared error of the reconstruction, summed over the members; all see the same batch."""
    draw = training.drawn("generator", index)
    assert isinstance(network, Autoencoders)
    x = draw.clean[:1].expand(len(network.kept), -1, -1)
    return (network(x) - x).square().mean(dim=(1, 2)).sum()
