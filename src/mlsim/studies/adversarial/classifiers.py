"""The networks as functions of images with values in [0, 1]."""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from mlsim.networks.convolutional.folding import fold_normalisations
from mlsim.networks.convolutional.resnet import ResNet
from mlsim.networks.convolutional.vgg import VGG, VGG16, VGG19
from mlsim.numerics.attacks.single_image import BATCH, perturbed, predicted
from mlsim.studies.adversarial.generate import Part, members
from mlsim.studies.adversarial.settings import Network, Pixels
from mlsim.training.seeding import torch_generator

Stored = UInt8[Tensor, "image channel row column"]
PerChannel = Float[Tensor, "channel 1 1"]


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """A network behind the normalisation of its input.

    Attributes:
        net: in evaluation mode, without gradients of its parameters, batch normalisation folded into convolutions.
        mean: subtracted from the values of each channel.
        deviation: standard deviation of each channel, the divisor.
    """

    net: VGG | ResNet
    mean: PerChannel
    deviation: PerChannel

    def __call__(self, images: Float[Tensor, "image channel row column"]) -> Tensor:
        """Logits."""
        return self.net((images - self.mean) / self.deviation)

    def tapped(self, images: Float[Tensor, "image channel row column"], *, layer: str) -> Tensor:
        """Values of a hidden layer."""
        return self.net.tapped((images - self.mean) / self.deviation, layer=layer)

    def classes(self, images: Stored, perturbation: Tensor | float = 0.0) -> Int[np.ndarray, " image"]:
        """Predicted classes of the images with the perturbation, clipped to [0, 1]."""
        step = torch.as_tensor(perturbation)
        return torch.cat([predicted(self, perturbed(unit(part), step)) for part in images.split(BATCH)]).numpy()


def network(settings: Network, *, seed: int) -> VGG | ResNet:
    """The network with its initial parameters."""
    width, classes = settings.width, settings.classes
    generator = torch_generator(seed, "initial parameters", settings.architecture)
    if settings.architecture == "resnet50":
        return ResNet(width=width, classes=classes, small=not settings.full, generator=generator)
    return VGG(
        VGG16 if settings.architecture == "vgg16" else VGG19,
        width=width,
        classes=classes,
        normalised=not settings.full,
        pooled=7 if settings.full else 1,
        hidden=(64 * width,) * 2 if settings.full else (16 * width,),
        generator=generator,
    )


def classifier(settings: Network, pixels: Pixels, model: dict) -> Classifier:
    """The network with given parameters."""
    net = network(settings, seed=0)
    net.load_state_dict(model)
    fold_normalisations(net.eval())
    # channels last: a fifth to a third less time on a CPU
    net.requires_grad_(False).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    mean, deviation = normalisation(pixels)
    return Classifier(net=net, mean=mean, deviation=deviation)


def normalisation(pixels: Pixels) -> tuple[PerChannel, PerChannel]:
    """Mean and standard deviation of each channel."""
    return torch.tensor(pixels.mean)[:, None, None], torch.tensor(pixels.deviation)[:, None, None]


def stored(data: xr.Dataset, part: Part) -> tuple[Stored, Int[Tensor, " image"]]:
    """Images and classes of a part."""
    chosen = members(data, part)
    images, labels = data["image"].values[chosen], data["label"].values[chosen]
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


def unit(images: Stored) -> Float[Tensor, "image channel row column"]:
    """Values from 0 to 1."""
    return images.float() / 255
