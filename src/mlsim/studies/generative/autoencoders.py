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

    All have the same widths; the latent coordinates that a member lacks are set to zero. Encoder and decoder have a
    linear map in parallel, which makes the principal components a special case.
    """

    def __init__(self, variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> None:
        super().__init__()
        members = [(latent, seed) for latent in range(1, variant.latent + 1) for seed in seeds]
        latents = torch.tensor([latent for latent, _ in members])
        self.mask: Tensor
        self.register_buffer(
            "mask", (torch.arange(variant.latent) < latents[:, None])[:, None].float(), persistent=False
        )

        def maps(name: str, inputs: int, outputs: int, *, hidden: tuple[int, ...] = ()) -> PerceptronEnsemble:
            generators = [torch_generator(seed, name, latent) for latent, seed in members]
            return PerceptronEnsemble(
                inputs=inputs, outputs=outputs, hidden=hidden, activation="silu", generators=generators
            )

        self.encoder = maps("encoder", sizes.dimension, variant.latent, hidden=variant.hidden)
        self.decoder = maps("decoder", variant.latent, sizes.dimension, hidden=variant.hidden)
        self.linear_encoder = maps("linear encoder", sizes.dimension, variant.latent)
        self.linear_decoder = maps("linear decoder", variant.latent, sizes.dimension)

    def forward(self, x: Float[Tensor, "members batch dimension"]) -> Float[Tensor, "members batch dimension"]:
        """Reconstructions by every member."""
        latent = (self.encoder(x) + self.linear_encoder(x)) * self.mask
        return self.decoder(latent) + self.linear_decoder(latent)


def reconstruction_loss(network: nn.Module, training: Training, index: int) -> Float[Tensor, ""]:
    """Mean squared error of the reconstruction, summed over the members; all have the same batch."""
    draw = training.drawn("generator", index)
    assert isinstance(network, Autoencoders)
    x = draw.clean[:1].expand(len(network.mask), -1, -1)
    return (network(x) - x).square().mean(dim=(1, 2)).sum()
