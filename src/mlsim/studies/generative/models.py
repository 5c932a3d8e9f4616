"""Networks of a variant, their losses, and samples of trained networks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
    """Dimensions of the distribution to be learned and of its context, the data on which it depends."""

    dimension: int
    context: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """Training samples, and the random draws of each step, which depend on the step alone.

    Attributes:
        samples: coordinates of the training part.
        context: coordinates of the data that belong to them, or None.
        batch: samples per update.
        seeds: one network each, trained side by side on independent draws.
    """

    samples: Float[Tensor, "samples dimension"]
    context: Float[Tensor, "samples context"] | None
    batch: int
    seeds: Sequence[int]

    @property
    def sizes(self) -> Sizes:
        """Dimensions of the samples and of their context."""
        return Sizes(dimension=self.samples.shape[1], context=0 if self.context is None else self.context.shape[1])

    def drawn(self, player: str, index: int) -> "Draw":
        """Random draws of update ``index`` of a player."""
        generator = torch_generator(self.seeds[0], player, index)
        rows = torch.randint(len(self.samples), (len(self.seeds), self.batch), generator=generator)
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
        """Uniform numbers in [0, 1)."""
        shape = (self.clean.shape[0], batch or self.clean.shape[1], 1)
        return torch.rand(shape, generator=self.generator).to(self.clean.device)


def networks_of(variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> dict[str, nn.Module]:
    """The variant's networks with their initial parameters: ``generator``, and ``critic`` of a GAN."""
    if variant.kind == "spline_flow":
        return {"generator": _spline_flows(variant, sizes, seeds=seeds)}
    adversarial = variant.kind in ADVERSARIAL
    generator = PerceptronEnsemble(
        # the time or the logarithm of the noise level is a further input
        inputs=variant.latent if adversarial else sizes.dimension,
        context=sizes.context + (0 if adversarial else 1),
        outputs=sizes.dimension,
        hidden=variant.hidden,
        activation="relu" if adversarial else "silu",
        frequencies=0 if adversarial else variant.frequencies,
        generators=[torch_generator(seed, "initial parameters") for seed in seeds],
    )
    if not adversarial:
        return {"generator": generator}
    critic = PerceptronEnsemble(
        inputs=variant.pack * sizes.dimension,
        context=variant.pack * sizes.context,
        outputs=1,
        hidden=variant.hidden,
        activation="leaky_relu",
        frequencies=variant.frequencies,
        generators=[torch_generator(seed, "initial parameters of the critic") for seed in seeds],
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
    """Losses of the networks of one variant, summed over the members, whose gradients are independent."""

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
        function = with_time(network, draw.context)
        noise, uniform = draw.normal(draw.clean.shape[2]), draw.uniform()
        if self.variant.kind == "flow_matching":
            return flow_loss(function, draw.clean, noise=noise, time=uniform).sum()
        level = levels_of(self.variant).random(uniform)
        return denoising_loss(function, draw.clean, noise=noise, level=level).sum()

    def of_critic(self, index: int) -> Tensor:
        """Loss of the critic."""
        draw = self.training.drawn("critic", index)
        with torch.no_grad():
            fake = self._fake_inputs(draw)
        real, kind, penalty = self._critic_inputs(draw.clean, draw), self.variant.kind, self.variant.penalty
        both = torch.cat([real, fake], dim=1)
        if kind == "rpgan":
            scores, slopes = scores_and_squared_slopes(self._scores, both)
            # R1 and R2: half the mean over the real samples, half that over the generated ones
            return (relativistic_loss(*scores.chunk(2, dim=1)) + penalty * slopes.mean(dim=1)).sum()
        real_scores, fake_scores = self._scores(both).chunk(2, dim=1)
        if kind == "gan":
            return classification_loss(real_scores, fake_scores).sum()
        slopes = one_centred_penalty(self._scores, real, fake, share=draw.uniform(real.shape[1]))
        return (wasserstein_loss(real_scores, fake_scores) + penalty * slopes).sum()

    def of_generator(self, index: int) -> Tensor:
        """Loss of the generator."""
        draw = self.training.drawn("generator", index)
        fake_scores = self._scores(self._fake_inputs(draw))
        if self.variant.kind == "gan":
            return non_saturating_loss(fake_scores).sum()
        if self.variant.kind == "wgan_gp":
            return -fake_scores.mean(dim=(1, 2)).sum()
        return relativistic_loss(fake_scores, self._scores(self._critic_inputs(draw.clean, draw))).sum()

    def _fake_inputs(self, draw: Draw) -> Float[Tensor, "members packs inputs"]:
        """Inputs of the critic made of generated samples."""
        generated = self.networks["generator"](draw.normal(self.variant.latent), draw.context)
        return self._critic_inputs(generated, draw)

    def _critic_inputs(self, x: Points, draw: Draw) -> Float[Tensor, "members packs inputs"]:
        """Samples side by side, followed by their contexts."""
        parts = [x] if draw.context is None else [x, draw.context]
        return torch.cat([packed(part, size=self.variant.pack) for part in parts], dim=2)

    def _scores(self, inputs: Float[Tensor, "members packs inputs"]) -> Float[Tensor, "members packs 1"]:
        width = self.variant.pack * self.training.samples.shape[1]
        context = inputs[..., width:] if self.training.context is not None else None
        return self.networks["critic"](inputs[..., :width], context)


def with_time(network: nn.Module, context: Tensor | None) -> Callable[[Points, Tensor], Points]:
    """The network as a function of points and times, which are its last inputs."""
    return lambda x, time: network(x, time if context is None else torch.cat([context, time], dim=-1))


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
    """Samples of every member in the coordinates of the distribution; with a context, one for each of its rows."""
    generator, parts = torch_generator(seed, "samples"), []
    members = len(network) if isinstance(network, nn.ModuleList) else len(next(network.parameters()))
    dimension = variant.latent if variant.kind in ADVERSARIAL else sizes.dimension
    with torch.no_grad():
        for start in range(0, count, CHUNK):
            noise = torch.randn(members, min(CHUNK, count - start), dimension, generator=generator)
            part = None if context is None else context[start : start + CHUNK].expand(members, -1, -1)
            parts.append(_samples(network, variant, noise, context=part))
    return torch.cat(parts, dim=1)


def _samples(network: nn.Module, variant: Variant, noise: Points, *, context: Tensor | None) -> Points:
    """Samples that the members make of noise."""
    if isinstance(network, nn.ModuleList):
        return torch.stack([flow().transform.inv(z) for flow, z in zip(network, noise, strict=True)])
    if variant.kind in ADVERSARIAL:
        return network(noise, context)
    function = with_time(network, context)
    if variant.kind == "flow_matching":
        return midpoint_samples(function, noise, steps=variant.sampler_steps)
    return heun_samples(function, noise, levels=levels_of(variant).falling(variant.sampler_steps))
