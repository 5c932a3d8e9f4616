"""Training of one network on the histories of the training problems."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.unet import DensitySkip, UNet
from mlsim.studies.topopt.samples import Samples, drawn_iterations, part, random_symmetries
from mlsim.studies.topopt.settings import Run, Variant
from mlsim.training.batches import Batches
from mlsim.training.devices import with_cuda_graphs
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle
from mlsim.training.seeding import numpy_generator, torch_generator

# constant, since the released code divides 1e-3 by 1 + epochs // 15 with the number of all epochs, not the current one
RELEASED_RATE = 1e-3 / 3
VALIDATION_DRAWS = 4  # iterations at which each validation problem is stopped
INFERENCE_BATCH = 256


def train(settings: Run, *, histories: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit one network; the parameters of the best validation accuracy are stored."""
    variant, training = settings.variant, settings.training.by(settings.variant.protocol)
    model = network(variant, dropout=training.dropout, seed=seed).to(device)
    model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    samples = Samples(part(histories, "train"), gradient=variant.gradient)
    batches = Batches(samples=samples.problems, size=training.batch, seed=seed)
    stream = Stream(samples, settings, batches=batches, seed=seed)
    validation = Samples(part(histories, "validation"), gradient=variant.gradient)
    first, _ = stream.batch(0)
    graphed = with_cuda_graphs(model, first.to(device))
    steps = training.samples // training.batch
    return fit(
        model,
        Plan(steps=steps, rate=learning_rate(settings), validations=training.validations, seed=seed),
        loss=partial(batch_loss, graphed, stream, device=device),
        validate=partial(validation_error, model, validation, variant=variant, device=device),
        optimizer=torch.optim.Adam(model.parameters(), fused=True),
        checkpoint=checkpoint,
    )


def network(variant: Variant, *, dropout: float, seed: int) -> nn.Module:
    """The variant's network with its initial parameters."""
    generator = torch_generator(seed, "initial parameters")
    unet = UNet(inputs=3 if variant.gradient else 2, dropout=dropout, generator=generator)
    return DensitySkip(unet) if variant.skip else unet


def learning_rate(settings: Run) -> Callable[[float], float]:
    """Learning rate as a function of the fraction of steps done."""
    if settings.variant.protocol == "released":
        return lambda progress: RELEASED_RATE
    return partial(one_cycle, peak=settings.training.peak_rate, warm_up=settings.training.warm_up)


@dataclass(frozen=True, eq=False)
class Stream:
    """Training samples as a function of the step."""

    samples: Samples
    settings: Run
    batches: Batches
    seed: int

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs (channels last in memory) and targets of one minibatch.

        The released code stops all problems of a minibatch at the same iteration; ours draws one per problem, from
        the same distribution and with less variance of the gradient.
        """
        problems = self.batches.indices(step)
        rng = numpy_generator(self.seed, "batch", step)
        released = self.settings.variant.protocol == "released"
        # the design after all iterations is the target; the released code leaves out the iterate before it as well
        last = self.samples.iterations - (2 if released else 1)
        draws = 1 if released else problems.size
        iterations = drawn_iterations(self.settings.variant, size=draws, rng=rng, last=last)
        inputs = self.samples.inputs(problems, np.broadcast_to(iterations, problems.shape))
        inputs, targets = random_symmetries(inputs, self.samples.targets(problems), rng=rng)
        return inputs.contiguous(memory_format=torch.channels_last), targets


def batch_loss(model: Callable[[Tensor], Tensor], stream: Stream, step: int, *, device: str) -> Float[Tensor, ""]:
    """Loss of minibatch ``step``."""
    inputs, targets = (tensor.to(device) for tensor in stream.batch(step))
    logits = model(inputs)
    pooled = stream.settings.variant.protocol == "released"
    return design_loss(logits, targets, volume_weight=stream.settings.training.volume_weight, pooled=pooled)


def design_loss(
    logits: Float[Tensor, "samples rows columns"],
    targets: Float[Tensor, "samples rows columns"],
    *,
    volume_weight: float,
    pooled: bool = False,
) -> Float[Tensor, ""]:
    """Binary cross entropy plus ``volume_weight`` times the squared error of the volume.

    Args:
        logits: network outputs.
        targets: zeros and ones.
        volume_weight: beta of the paper, dimensionless.
        pooled: whether volumes are means over the minibatch, as in the released code, instead of over each design.
    """
    errors = torch.sigmoid(logits) - targets
    volume = errors.mean().square() if pooled else errors.mean(dim=(1, 2)).square().mean()
    return functional.binary_cross_entropy_with_logits(logits, targets) + volume_weight * volume


def validation_error(model: nn.Module, samples: Samples, *, variant: Variant, device: str) -> float:
    """Fraction of wrong pixels on the validation problems, stopped at iterations that are equal in all calls."""
    last = samples.iterations - 1
    problems = np.tile(np.arange(samples.problems), VALIDATION_DRAWS)
    rng = numpy_generator(0, "validation")
    iterations = drawn_iterations(variant, size=problems.size, rng=rng, last=last)
    solid = predicted(model, samples.inputs(problems, iterations), device=device)
    return float((solid != samples.targets(problems).bool()).double().mean())


def predicted(
    model: nn.Module, inputs: Float[Tensor, "samples channels rows columns"], *, device: str = "cpu"
) -> Tensor:
    """Designs that the network predicts: solid where its logit is positive."""
    with torch.no_grad():
        batches = inputs.contiguous(memory_format=torch.channels_last).split(INFERENCE_BATCH)
        return torch.cat([(model(batch.to(device)) > 0).cpu() for batch in batches])
