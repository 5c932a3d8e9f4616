"""What can be configured in the study of multiscale networks."""

from dataclasses import dataclass, field
from typing import Literal

from mlsim.config import require, require_at_least, require_distinct_seeds

Case = Literal["nlse_1d", "nlse_2d", "rte_slab", "darcy_2d"]
Network = Literal["mnn_h", "mnn_h2", "bcr", "fno", "unet", "cnn", "cnn_residual", "dense"]
HIERARCHICAL = ("mnn_h", "mnn_h2")
RIVALS = (
    "mean",
    "ridge",
    "kernel_ridge",
    "kernel_ridge_canonical",
    "linear_response",
    "coarse_solve",
    "other_stencil",
    "data",
    "best_network",
)
LEAF = 5  # points per side of the finest blocks, as in the papers
FEWEST_LEVELS = {"nlse_1d": 4, "nlse_2d": 2, "rte_slab": 4}


def _is_tree(size: int, *, levels: int) -> bool:
    power = size // LEAF
    return size % LEAF == 0 and power >= 2**levels and power & (power - 1) == 0


@dataclass(frozen=True, kw_only=True)
class Data:
    """One data set: coefficients of an equation and its certified solutions.

    Attributes:
        case: which equation: the nonlinear Schroedinger equation on the interval or the square, radiative transfer in
            the slab, or Darcy flow on the square.
        size: grid points per side, ``5 2^L``; any number for Darcy flow.
        test: samples to test on; they do not depend on the number of the others.
        validation: samples that choose the best parameters.
        train: samples to train on; more of them leave the first ones as they are.
        shifted: samples of each law that the training has not seen.
        interaction: ``beta`` of the Schroedinger equations.
        law: of the potentials on the interval.
        stencil: second differences of the labels, or exact derivatives of trigonometric polynomials.
        grid: where Darcy's labels are stored.
        enabled: false drops the problem and its networks.
    """

    case: Case
    size: int
    test: int
    validation: int
    train: int
    shifted: int = 0
    interaction: float = 10.0
    law: Literal["wells", "lognormal"] = "wells"
    stencil: Literal["differences", "spectral"] = "differences"
    grid: Literal["node", "canonical"] = "node"
    enabled: bool = True

    def __post_init__(self) -> None:
        require_at_least(2, self, "test", "validation", "train")
        require(self.shifted >= 0, "shifted", self.shifted, allowed="zero or more")
        require(self.interaction >= 0, "interaction", self.interaction, allowed="zero or more")
        if self.case == "darcy_2d":
            require(self.size >= 9, "size", self.size, allowed="at least 9")
        else:
            least = FEWEST_LEVELS[self.case]
            good = _is_tree(self.size, levels=least)
            require(good, "size", self.size, allowed=f"5 times a power of two, at least {LEAF * 2**least}")
        on_interval = self.law == "wells" or self.case == "nlse_1d"
        require(on_interval, "law", self.law, allowed="wells: lognormal potentials are those of nlse_1d")
        node = self.grid == "node" or self.case == "darcy_2d"
        require(node, "grid", self.grid, allowed="node: canonical is a grid of darcy_2d")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One network on one problem.

    Attributes:
        problem: name of the problem.
        network: its architecture, see :func:`mlsim.studies.multiscale.models.network_of`.
        weights: of the hierarchical networks, equal for all blocks of a level or not.
        channels: ``alpha`` of the hierarchical networks and BCR-Net.
        layers: ``K``, convolutions per level of the same.
        steps: NAdam updates.
        batch: samples per update.
        rate: learning rate at the start, falling to zero along half a cosine.
        samples: how many of the training samples are used; zero means all.
        seeds: one training per seed.
        enabled: false drops the variant.
    """

    problem: str
    network: Network
    weights: Literal["shared", "mixed", "local"] = "shared"
    channels: int = 6
    layers: int = 5
    steps: int
    batch: int
    rate: float
    samples: int = 0
    seeds: tuple[int, ...] = (0,)
    enabled: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, self, "channels", "layers", "batch")
        require(self.steps >= VALIDATIONS, "steps", self.steps, allowed=f"at least {VALIDATIONS}, one per validation")
        require(self.rate > 0, "rate", self.rate, allowed="positive")
        require(self.samples >= 0, "samples", self.samples, allowed="zero or more")
        require_distinct_seeds("seeds", list(self.seeds))
        shared = self.weights == "shared" or self.network in HIERARCHICAL
        require(shared, "weights", self.weights, allowed="shared: other networks than mnn_h and mnn_h2 have no others")
        if self.weights == "mixed":
            require(self.layers >= 2, "layers", self.layers, allowed="at least 2 for mixed weights")


VALIDATIONS = 8  # the best of them decides which parameters are kept


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one training job depends on."""

    data: Data
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation on one problem depends on."""

    data: Data
    variants: dict[str, Variant]


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """The methods that are no networks.

    Attributes:
        kernel_samples: training samples of kernel ridge regression; its matrix has as many rows.
        length_scales: of its kernel, one of which is chosen on the validation part.
        ridge: regularisation of linear regression, on inputs of order one.
        coarser: factors by which the grid of the coarse solves is coarser.
        scaling: grid points for which parameters and operations of the networks are counted.
    """

    kernel_samples: int
    length_scales: tuple[float, ...]
    ridge: float
    coarser: tuple[int, ...]
    scaling: tuple[int, ...]

    def __post_init__(self) -> None:
        require(self.kernel_samples >= 2, "kernel_samples", self.kernel_samples, allowed="at least 2")
        positive = len(self.length_scales) > 0 and min(self.length_scales) > 0
        require(positive, "length_scales", list(self.length_scales), allowed="positive numbers, at least one")
        require(self.ridge > 0, "ridge", self.ridge, allowed="positive")
        good = len(self.coarser) > 0 and min(self.coarser) >= 2
        require(good, "coarser", list(self.coarser), allowed="factors of at least 2, at least one")
        rising = len(self.scaling) >= 2 and list(self.scaling) == sorted(set(self.scaling))
        good = rising and all(_is_tree(size, levels=4) for size in self.scaling)
        require(good, "scaling", list(self.scaling), allowed="two or more rising numbers 5 2^L, at least 80")


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What the evaluation of the baselines on all problems depends on."""

    problems: dict[str, Data]
    rivals: Rivals


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``multiscale``; ``shown`` are the networks whose predictions a figure shows."""

    seed: int
    problems: dict[str, Data]
    rivals: Rivals
    variants: dict[str, Variant]
    shown: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        require(self.seed >= 0, "seed", self.seed, allowed="zero or more")
        cases = ("nlse_1d", "nlse_2d", "rte_slab", "darcy_2d")
        for name, data in self.problems.items():
            require(name == data.case, f"problems.{name}.case", data.case, allowed=f"{name}, the name of the problem")
        missing = [name for name in cases if name not in self.problems]
        require(not missing, "problems", list(self.problems), allowed=f"all of {', '.join(cases)}")
        require(self.problems["nlse_1d"].enabled, "problems.nlse_1d.enabled", False, allowed="true")
        for name, variant in self.variants.items():
            require(name not in RIVALS, "variants", name, allowed="another name: this one is no network")
            known = variant.problem in self.problems
            require(known, f"variants.{name}.problem", variant.problem, allowed=f"one of {', '.join(self.problems)}")
            self._check(f"variants.{name}", variant)
        shown = [name for name in self.shown if name in self.of("nlse_1d")]
        good = len(shown) == len(self.shown) > 0
        require(good, "shown", list(self.shown), allowed="enabled variants of nlse_1d, at least one")
        require(len(self.of("nlse_1d")) > 0, "variants", list(self.variants), allowed="at least one of nlse_1d")

    def _check(self, path: str, variant: Variant) -> None:
        data = self.problems[variant.problem]
        if variant.network in ("bcr", "cnn", "cnn_residual", "dense"):
            line = data.case in ("nlse_1d", "rte_slab")
            require(line, f"{path}.network", variant.network, allowed="mnn_h, mnn_h2, fno, unet on a square")
        if variant.network in HIERARCHICAL:
            tree = data.case != "darcy_2d" or _is_tree(data.size, levels=2)
            require(tree, f"{path}.network", variant.network, allowed="a grid of 5 times a power of two per side")
        enough = variant.samples <= data.train
        require(enough, f"{path}.samples", variant.samples, allowed=f"at most {data.train}, the training samples")

    def of(self, problem: str) -> dict[str, Variant]:
        """The variants to train on one problem."""
        if not self.problems[problem].enabled:
            return {}
        return {name: each for name, each in self.variants.items() if each.enabled and each.problem == problem}

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return {name: each for problem in self.problems for name, each in self.of(problem).items()}
