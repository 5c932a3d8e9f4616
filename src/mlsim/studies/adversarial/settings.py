"""What can be configured in the study of adversarial perturbations."""

from typing import Annotated, Literal

import msgspec

from mlsim.config import Section, WithEnabled, enabled
from mlsim.types import AtLeast2, Count, Distinct, Increasing, Meta, Named, NonNegative, Positive, Seed, Seeds, Variants

Architecture = Literal["vgg16", "vgg19", "resnet50"]
Texture = Literal["stripes", "checks", "dots", "cloud"]
# four halvings in each network, and one pixel or more left
Side = Annotated[int, Meta(ge=32, multiple_of=16)]
CONTROL = "random_sign"
TITLES = {"vgg16": "VGG-16", "vgg19": "VGG-19", "resnet50": "ResNet-50"}


class Parts(Section):
    """Numbers of images; test images do not depend on the others."""

    test: AtLeast2  # images on which fooling is measured
    selection: AtLeast2  # images on which parameters, layer, q, sign and step length are chosen
    train: AtLeast2  # images for training; perturbations are constructed from some of them

    @property
    def total(self) -> int:
        """All images."""
        return self.test + self.selection + self.train


class Rendering(Section):
    """How images are drawn."""

    size: Side  # pixels per side
    textures: Distinct[Texture]  # each with five shapes gives five classes
    noise: NonNegative  # standard deviation of the noise of each pixel, values from 0 to 1
    rotation: NonNegative  # largest rotation of a shape in both directions, rad


class Pixels(Section):
    """Normalisation of a value in [0, 1], per channel: ``(x - mean) / deviation``."""

    mean: tuple[float, float, float]  # subtracted from each channel
    deviation: tuple[Positive, Positive, Positive]  # standard deviation, by which each channel is divided


class Network(WithEnabled):
    """One network and its training."""

    architecture: Architecture  # depth and kind of the network, as published
    width: Count  # channels of the first block; 64 in the papers
    classes: AtLeast2 = 10  # number of classes
    # the papers' form for large images: VGG without normalisation and with two hidden layers of 4,096; ResNet with a
    # first convolution of seven pixels and stride two
    full: bool = False
    layers: Distinct[str]  # hidden layers from which perturbations are constructed
    epochs: Count  # epochs of the training; unused where weights are given
    batch: Count = 64  # images per step
    rate: Positive  # largest learning rate of AdamW, in a one-cycle schedule
    decay: NonNegative = 0.02  # weight decay of AdamW

    def __post_init__(self) -> None:
        known = layer_names(self.architecture)
        self.require(set(self.layers) <= set(known), "layers", f"some of {', '.join(known)}")


def layer_names(architecture: Architecture) -> list[str]:
    """The hidden layers of a network, in their order.

    >>> layer_names("vgg16")[:3]
    ['block1_conv1', 'block1_conv2', 'block1_pool']
    """
    if architecture == "resnet50":
        return ["conv1", "pool1", "block1", "block2", "block3", "block4"]
    counts = (2, 2, 3, 3, 3) if architecture == "vgg16" else (2, 2, 4, 4, 4)
    return [
        f"block{block}_{layer}"
        for block, count in enumerate(counts, start=1)
        for layer in [*(f"conv{index}" for index in range(1, count + 1)), "pool"]
    ]


class Attack(Section):
    """How universal perturbations are constructed."""

    images: Count  # number of images from which one perturbation is constructed
    norm: Annotated[float, Meta(gt=0, le=255)]  # maximum norm of the perturbation, in 1/255
    q: Increasing[Annotated[float, Meta(ge=1)]]  # exponents to choose from; each starts at the maxima of the one before
    restarts: Count  # random starts of the power method; selection images choose among the maxima and their signs
    iterations: Count  # most iterations of the power method
    tolerance: NonNegative  # relative increase of the singular value at which iterations end
    batches: Increasing[Count]  # smaller numbers of construction images to compare with
    passes: Count  # most passes of the sequential method over the construction images
    gradient_steps: Count  # steps of gradient ascent
    gradient_shares: Increasing[Positive]  # step lengths of gradient ascent over the norm; selection images choose

    def __post_init__(self) -> None:
        self.require(self.batches[-1] < self.images, "batches", f"numbers below images, {self.images}")


class Scoring(Section):
    """What is measured."""

    norms: Increasing[Positive]  # further norms of the tested network's singular vectors and of random signs, in 1/255
    signs: Count  # random sign patterns of the control
    resamplings: Count  # bootstrap samples
    single: AtLeast2  # test images that are attacked one by one
    single_norms: Increasing[Positive]  # norms of the attacks on single images, in 1/255
    steps: Count  # steps of PGD and DeepFool


class Drawing(Section):
    """What the rendered images depend on."""

    parts: Parts
    rendering: Rendering


class Photographs(Section):
    """What a set of the user's photographs depends on, beside the files."""

    parts: Parts
    size: Side  # pixels per side, after scaling and cutting


class Run(Section):
    """What one training job depends on."""

    pixels: Pixels
    network: Network


class Construction(Run):
    """What the perturbations of one network depend on."""

    attack: Attack


class Evaluation(Section):
    """What the evaluation of all networks depends on."""

    pixels: Pixels
    networks: Variants[Network]
    attack: Attack
    scoring: Scoring


class Settings(Evaluation):
    """The section ``adversarial``."""

    seed: Seed  # of images, trainings and random signs
    seeds: Seeds  # of the constructions: their images and starts
    parts: Parts
    rendering: Rendering
    images: str = ""  # folder of photographs in place of rendered images; empty for none
    weights: Named[str] = msgspec.field(default_factory=dict)  # file of parameters by network, in place of a training

    def __post_init__(self) -> None:
        self.require_at_most("attack.images", "parts.train")
        self.require_at_most("scoring.single", "parts.test")
        for name in self.weights:
            self.require(name in self.enabled, "weights", f"enabled networks: {', '.join(self.enabled)}", value=name)
        drawn = 5 * len(self.rendering.textures)
        for name, network in self.enabled.items():
            if self.images:
                remedy = f"a file for each network, {name} included: on photographs nothing is trained"
                self.require(name in self.weights, "weights", remedy)
            else:
                self.require_at_most(f"networks.{name}.batch", "parts.train")
                self.require(network.classes == drawn, f"networks.{name}.classes", f"{drawn}: five per texture")

    @property
    def enabled(self) -> dict[str, Network]:
        """The networks to attack."""
        return enabled(self.networks)

    @property
    def names(self) -> list[str]:
        """Their names, in the order of all lists of their files."""
        return sorted(self.enabled)

    @property
    def memory(self) -> int:
        """Megabytes of a job that holds all images and the hidden layers of the construction images."""
        area, width = self.rendering.size**2, max(network.width for network in self.enabled.values())
        return 2000 + 10 * area * self.parts.total // 10**6 + area * width * self.attack.images // 16000

    def tested(self, variant: str) -> dict[str, object]:
        """Arguments of the evaluation of one network: ``trained`` tells whether it was trained here."""
        return {"seed": self.seed, "method": variant, "trained": variant not in self.weights}
