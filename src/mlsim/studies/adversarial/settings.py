"""What can be configured in the study of adversarial perturbations."""

from dataclasses import dataclass, field
from typing import Literal

from mlsim.config import enabled, require, require_seeds

Architecture = Literal["vgg16", "vgg19", "resnet50"]
TEXTURES = ("stripes", "checks", "dots", "cloud")
# four poolings of VGG, four halvings of ResNet-50, and one pixel left
SMALLEST = 32
CONTROL = "random_sign"


def _check_counts(section: object, *names: str, least: int = 1) -> None:
    for name in names:
        require(getattr(section, name) >= least, name, getattr(section, name), allowed=f"at least {least}")


def _check_rising(name: str, values: tuple[float, ...], *, least: float) -> None:
    good = len(values) > 0 and min(values) >= least and list(values) == sorted(set(values))
    require(good, name, list(values), allowed=f"rising numbers, {least:g} or more, at least one")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Numbers of images.

    Attributes:
        test: to measure fooling on.
        selection: to choose parameters, layer and q on.
        train: to train on, and to construct perturbations from.
    """

    test: int
    selection: int
    train: int

    def __post_init__(self) -> None:
        _check_counts(self, "test", "selection", "train", least=2)


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """How images are drawn.

    Attributes:
        size: pixels per side.
        textures: of the classes; each with five shapes.
        noise: deviation of the noise of every pixel, values from 0 to 1.
        rotation: largest rotation of a shape, both ways, radians.
    """

    size: int
    textures: tuple[str, ...]
    noise: float
    rotation: float

    def __post_init__(self) -> None:
        large = self.size >= SMALLEST and self.size % SMALLEST in (0, SMALLEST // 2)
        require(large, "size", self.size, allowed=f"multiples of {SMALLEST // 2}, {SMALLEST} or more")
        known = len(self.textures) == len(set(self.textures)) > 0 and set(self.textures) <= set(TEXTURES)
        require(known, "textures", list(self.textures), allowed=f"some of {', '.join(TEXTURES)}")
        require(self.noise >= 0, "noise", self.noise, allowed="zero or more")
        require(self.rotation >= 0, "rotation", self.rotation, allowed="zero or more")


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """What networks see of a value in [0, 1]: ``(x - mean) / deviation``, per channel."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    def __post_init__(self) -> None:
        require(min(self.deviation) > 0, "deviation", list(self.deviation), allowed="positive numbers")


@dataclass(frozen=True, kw_only=True)
class Network:
    """One network and its training.

    Attributes:
        architecture: ``vgg16``, ``vgg19`` or ``resnet50``.
        width: channels of the first block; 64 in the papers.
        classes: number of classes.
        full: the papers' form for large images: VGG without normalisation and with two hidden layers of 4,096,
            ResNet with a first convolution of seven pixels and stride two.
        layers: hidden layers from which perturbations are constructed.
        epochs: of the training; nothing is trained where parameters are given.
        batch: images per update.
        rate: largest learning rate of AdamW.
        decay: its weight decay.
        enabled: false drops the network.
    """

    architecture: Architecture
    width: int
    classes: int = 10
    full: bool = False
    layers: tuple[str, ...]
    epochs: int
    batch: int = 64
    rate: float
    decay: float = 0.02
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_counts(self, "width", "epochs", "batch")
        _check_counts(self, "classes", least=2)
        require(self.rate > 0, "rate", self.rate, allowed="positive")
        require(self.decay >= 0, "decay", self.decay, allowed="zero or more")
        known = layer_names(self.architecture)
        good = len(self.layers) == len(set(self.layers)) > 0 and set(self.layers) <= set(known)
        require(good, "layers", list(self.layers), allowed=f"some of {', '.join(known)}")


def layer_names(architecture: Architecture) -> list[str]:
    """The hidden layers of a network, in their order.

    >>> layer_names("vgg16")[:3]
    ['block1_conv1', 'block1_conv2', 'block1_pool']
    """
    if architecture == "resnet50":
        return ["conv1", "pool1", "block1", "block2", "block3", "block4"]
    counts = (2, 2, 3, 3, 3) if architecture == "vgg16" else (2, 2, 4, 4, 4)
    places = {block: [f"conv{place}" for place in range(1, count + 1)] for block, count in enumerate(counts, start=1)}
    return [f"block{block}_{name}" for block, names in places.items() for name in [*names, "pool"]]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """How universal perturbations are constructed.

    Attributes:
        images: of the construction.
        norm: of the perturbation, in the maximum norm, in units of 1/255.
        q: exponents to choose from, rising, above one at the published settings; each starts at the maxima of the last.
        restarts: starts of the power method; held-out images choose among the maxima.
        iterations: of the power method, at most.
        tolerance: relative gain of the singular value that ends it.
        batches: smaller numbers of construction images to compare with.
        passes: of the sequential method over the construction images, at most.
        gradient_steps: steps of gradient ascent.
        gradient_shares: its step lengths to choose from, in units of the norm.
    """

    images: int
    norm: float
    q: tuple[float, ...]
    restarts: int
    iterations: int
    tolerance: float
    batches: tuple[int, ...]
    passes: int
    gradient_steps: int
    gradient_shares: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_counts(self, "images", "restarts", "iterations", "passes", "gradient_steps")
        require(0 < self.norm <= 255, "norm", self.norm, allowed="above 0, at most 255")
        require(self.tolerance >= 0, "tolerance", self.tolerance, allowed="zero or more")
        _check_rising("q", self.q, least=1)
        _check_rising("batches", self.batches, least=1)
        require(max(self.batches) < self.images, "batches", list(self.batches), allowed="numbers below images")
        _check_rising("gradient_shares", self.gradient_shares, least=1e-6)


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What is measured.

    Attributes:
        norms: at which all constructed perturbations of the first seed are compared too, in units of 1/255.
        signs: random sign patterns of the control.
        resamplings: of the bootstrap.
        single: test images that are attacked one by one.
        single_norms: norms of these attacks, in units of 1/255.
        steps: of each attack on single images.
    """

    norms: tuple[float, ...]
    signs: int
    resamplings: int
    single: int
    single_norms: tuple[float, ...]
    steps: int

    def __post_init__(self) -> None:
        _check_rising("norms", self.norms, least=1e-6)
        _check_rising("single_norms", self.single_norms, least=1e-6)
        _check_counts(self, "signs", "resamplings", "steps")
        _check_counts(self, "single", least=2)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What the rendered image set depends on."""

    parts: Parts
    rendering: Rendering


@dataclass(frozen=True, kw_only=True)
class Photographs:
    """What a set of the user's photographs depends on, beside the files.

    Attributes:
        parts: numbers of images.
        size: pixels per side, after scaling and cutting.
    """

    parts: Parts
    size: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training depends on."""

    pixels: Pixels
    network: Network


@dataclass(frozen=True, kw_only=True)
class Construction:
    """What the perturbations of one network depend on."""

    pixels: Pixels
    network: Network
    attack: Attack


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What the evaluation of all networks depends on."""

    pixels: Pixels
    networks: dict[str, Network]
    attack: Attack
    scoring: Scoring


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``adversarial``.

    Attributes:
        seed: of the images and of the trainings.
        seeds: of the constructions: of their images and starts.
        images: a folder of photographs to take instead of rendered images; empty for none.
        weights: files with parameters, by network, to take instead of training.
    """

    seed: int
    seeds: tuple[int, ...]
    parts: Parts
    rendering: Rendering
    pixels: Pixels
    networks: dict[str, Network]
    attack: Attack
    scoring: Scoring
    images: str = ""
    weights: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        require(len(self.enabled) > 0, "networks", {}, allowed="at least one enabled network")
        images, most = self.attack.images, self.parts.train
        require(images <= most, "attack.images", images, allowed=f"at most parts.train, {most}")
        require(
            self.scoring.single <= self.parts.test, "scoring.single", self.scoring.single, allowed="2 to parts.test"
        )
        for name in self.weights:
            require(name in self.enabled, "weights", name, allowed=f"enabled networks: {', '.join(self.enabled)}")
        rendered = 5 * len(self.rendering.textures)
        for name, network in self.enabled.items():
            if self.images:
                words = f"a file for each network, {name} too: photographs come without training"
                require(name in self.weights, "weights", sorted(self.weights), allowed=words)
            else:
                batch, most = network.batch, self.parts.train
                require(batch <= most, f"networks.{name}.batch", batch, allowed=f"at most parts.train, {most}")
                good = network.classes == rendered
                require(good, f"networks.{name}.classes", network.classes, allowed=f"{rendered}: five per texture")

    @property
    def enabled(self) -> dict[str, Network]:
        """The networks to attack."""
        return enabled(self.networks)
