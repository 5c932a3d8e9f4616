"""Networks of a variant, their losses, and the samples that the trained ones draw."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.networks.perceptrons.ensembles import PerceptronEnsemble
from mlsim.numerics.probability.diffusion_and_flow import (
    NoiseLevels,
    denoising_loss,
    flow_loss,
    heun_samples,
    midpoint_samples,
)
from mlsim.numerics.probability.gan_losses import (
    classification_loss,
    non_saturating_loss,
    one_centred_penalty,
    packed,
    relativistic_loss,
    scores_and_squared_slopes,
    wasserstein_loss,
)
from mlsim.studies.generative.settings import Variant
from mlsim.training.seeding import global_randomness, torch_generator

ADVERSARIAL = ("gan", "wgan_gp", "rpgan")
CHUNK = 20_000
Points = Float[Tensor, "members batch dimension"]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Dimensions of the law and of what it depends on."""

    dimension: int
    context: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """Samples to learn from, and what a step draws from them: a function of the step alone.

    Attributes:
        samples: coordinates of the training part.
        context: those of the data that belong to them.
        batch: samples per update.
        members: networks that are trained side by side, each on draws of its own.
        seed: of the draws.
    """

    samples: Float[Tensor, "samples dimension"]
    context: Float[Tensor, "samples context"] | None
    batch: int
    members: int
    seed: int

    def drawn(self, player: str, index: int) -> "Draw":
        """What one turn of a player draws."""
        generator = torch_generator(self.seed, player, index)
        rows = torch.randint(len(self.samples), (self.members, self.batch), generator=generator)
        context = None if self.context is None else self.context[rows]
        return Draw(clean=self.samples[rows], context=context, generator=generator)


@dataclass(frozen=True, kw_only=True, eq=False)
class Draw:
    """One batch per member, and the generator of the noise that goes with it."""

    clean: Points
    context: Float[Tensor, "members batch context"] | None
    generator: torch.Generator = field(repr=False)

    def normal(self, dimension: int) -> Points:
        """Standard normal noise."""
        noise = torch.randn(*self.clean.shape[:2], dimension, generator=self.generator)
        return noise.to(self.clean.device)

    def uniform(self, batch: int | None = None) -> Float[Tensor, "members batch 1"]:
        """Uniform numbers."""
        shape = (self.clean.shape[0], batch or self.clean.shape[1], 1)
        return torch.rand(shape, generator=self.generator).to(self.clean.device)


def networks_of(variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> dict[str, nn.Module]:
    """The variant's networks with their initial parameters: ``generator``, and ``critic`` in a game."""
    if variant.kind == "spline_flow":
        return {"generator": _spline_flows(variant, sizes, seeds=seeds)}
    adversarial = variant.kind in ADVERSARIAL
    shape: dict[str, Any] = {"hidden": variant.hidden}
    generator = PerceptronEnsemble(
        # the time or the logarithm of the noise level is a further input
        inputs=variant.latent if adversarial else sizes.dimension,
        context=sizes.context + (0 if adversarial else 1),
        outputs=sizes.dimension,
        activation="relu" if adversarial else "silu",
        frequencies=0 if adversarial else variant.frequencies,
        generators=[torch_generator(seed, "initial parameters") for seed in seeds],
        **shape,
    )
    if not adversarial:
        return {"generator": generator}
    critic = PerceptronEnsemble(
        inputs=variant.pack * sizes.dimension,
        context=variant.pack * sizes.context,
        outputs=1,
        activation="leaky_relu",
        frequencies=variant.frequencies,
        generators=[torch_generator(seed, "initial parameters of the critic") for seed in seeds],
        **shape,
    )
    return {"critic": critic, "generator": generator}


def _spline_flows(variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> nn.ModuleList:
    """One neural spline flow per seed."""
    from zuko.flows import NSF

    flows = nn.ModuleList()
    for seed in seeds:
        with global_randomness(seed, "initial parameters"):
            flows.append(NSF(sizes.dimension, sizes.context, transforms=3, hidden_features=variant.hidden))
    return flows


@dataclass(frozen=True, kw_only=True, eq=False)
class Losses:
    """Losses of the players of one variant; each is a sum over the members, whose gradients do not mix."""

    variant: Variant
    networks: dict[str, nn.Module]
    training: Training

    def of_single(self, index: int) -> Tensor:
        """Loss of a model with one network."""
        network, draw = self.networks["generator"], self.training.drawn("generator", index)
        if self.variant.kind == "spline_flow":
            assert isinstance(network, nn.ModuleList)
            context = [None] * len(network) if draw.context is None else draw.context
            flows = zip(network, context, draw.clean, strict=True)
            return sum((-flow(c).log_prob(x).mean() for flow, c, x in flows), torch.zeros(()))
        called = partial(timed, network, draw.context)
        noise, share = draw.normal(draw.clean.shape[2]), draw.uniform()
        if self.variant.kind == "flow_matching":
            return flow_loss(called, draw.clean, noise=noise, time=share).sum()
        level = levels_of(self.variant).random(share)
        return denoising_loss(called, draw.clean, noise=noise, level=level).sum()

    def of_critic(self, index: int) -> Tensor:
        """Loss of the critic."""
        draw = self.training.drawn("critic", index)
        with torch.no_grad():
            fake = self.networks["generator"](draw.normal(self.variant.latent), draw.context)
        real, false = self._seen(draw.clean, draw), self._seen(fake, draw)
        seen, kind, penalty = torch.cat([real, false], dim=1), self.variant.kind, self.variant.penalty
        if kind == "rpgan":
            scores, slopes = scores_and_squared_slopes(self._judged, seen)
            # R1 and R2: half the mean over the real, half that over the false
            return (relativistic_loss(*scores.chunk(2, dim=1)) + penalty * slopes.mean(dim=1)).sum()
        of_real, of_fake = self._judged(seen).chunk(2, dim=1)
        if kind == "gan":
            return classification_loss(of_real, of_fake).sum()
        slopes = one_centred_penalty(self._judged, real, false, share=draw.uniform(real.shape[1]))
        return (wasserstein_loss(of_real, of_fake) + penalty * slopes).sum()

    def of_generator(self, index: int) -> Tensor:
        """Loss of the generator."""
        draw = self.training.drawn("generator", index)
        fake = self.networks["generator"](draw.normal(self.variant.latent), draw.context)
        false = self._judged(self._seen(fake, draw))
        if self.variant.kind == "gan":
            return non_saturating_loss(false).sum()
        if self.variant.kind == "wgan_gp":
            return -false.mean(dim=(1, 2)).sum()
        return relativistic_loss(false, self._judged(self._seen(draw.clean, draw))).sum()

    def _seen(self, x: Points, draw: Draw) -> Float[Tensor, "members packs packed_dimension"]:
        """What the critic sees: samples side by side, and after them what they depend on."""
        parts = [x] if draw.context is None else [x, draw.context]
        return torch.cat([packed(each, size=self.variant.pack) for each in parts], dim=2)

    def _judged(self, seen: Float[Tensor, "members packs seen"]) -> Float[Tensor, "members packs 1"]:
        own = self.variant.pack * self.training.samples.shape[1]
        context = seen[..., own:] if self.training.context is not None else None
        return self.networks["critic"](seen[..., :own], context)


def timed(network: nn.Module, context: Tensor | None, x: Points, time: Tensor) -> Points:
    """A network whose last inputs are the context and the time."""
    return network(x, time if context is None else torch.cat([context, time], dim=-1))


def levels_of(variant: Variant) -> NoiseLevels:
    """Noise levels of a diffusion model."""
    return NoiseLevels(smallest=variant.levels[0], largest=variant.levels[1])


def samples_of(
    network: nn.Module,
    variant: Variant,
    *,
    sizes: Sizes,
    count: int,
    seed: int,
    context: Float[Tensor, "count context"] | None = None,
) -> Float[Tensor, "members count dimension"]:
    """Samples of every member in the coordinates of the law; with a context, one sample for each row of it."""
    generator, parts = torch_generator(seed, "samples"), []
    with torch.no_grad():
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            given = None if context is None else context[start : start + size]
            parts.append(_chunk(network, variant, sizes=sizes, size=size, context=given, generator=generator))
    return torch.cat(parts, dim=1)


def _chunk(
    network: nn.Module,
    variant: Variant,
    *,
    sizes: Sizes,
    size: int,
    context: Tensor | None,
    generator: torch.Generator,
) -> Tensor:
    if isinstance(network, nn.ModuleList):
        noise = torch.randn(len(network), size, sizes.dimension, generator=generator)
        return torch.stack([flow().transform.inv(z) for flow, z in zip(network, noise, strict=True)])
    assert isinstance(network, PerceptronEnsemble)
    members = network.weights[0].shape[0]
    if context is not None:
        context = context.expand(members, *context.shape)
    adversarial = variant.kind in ADVERSARIAL
    noise = torch.randn(members, size, variant.latent if adversarial else sizes.dimension, generator=generator)
    if adversarial:
        return network(noise, context)
    called = partial(timed, network, context)
    if variant.kind == "flow_matching":
        return midpoint_samples(called, noise, steps=variant.sampler_steps)
    return heun_samples(called, noise, levels=levels_of(variant).falling(variant.sampler_steps))
