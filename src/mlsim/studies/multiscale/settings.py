"""What can be configured in the study of multiscale networks."""

from typing import Annotated, Literal, get_args

from mlsim.config import Section, WithEnabled, enabled
from mlsim.types import AtLeast2, Count, Increasing, Meta, Named, NonEmpty, NonNegative, OrZero, Positive, Seed, Seeds

Case = Literal["nlse_1d", "nlse_2d", "rte_slab", "darcy_2d"]
CASES: tuple[Case, ...] = get_args(Case)
Network = Literal["mnn_h", "mnn_h2", "bcr", "fno", "unet", "cnn", "cnn_residual", "dense"]
HIERARCHICAL = ("mnn_h", "mnn_h2")
ON_INTERVALS = ("bcr", "cnn", "cnn_residual", "dense")
# methods that are not networks: a variant of this name would mix with them in the table
RESERVED = ("mean", "ridge", "kernel_ridge", "kernel_ridge_canonical", "linear_response", "coarse_solve")
RESERVED += ("other_stencil", "data", "best_network")
LEAF = 5  # points per side of the finest blocks, as in the papers
FEWEST_LEVELS = {"nlse_1d": 4, "nlse_2d": 2, "rte_slab": 4}
VALIDATIONS = 8  # of each training, evenly spaced; the parameters of the best one are stored

Steps = Annotated[int, Meta(ge=VALIDATIONS, description=f"at least {VALIDATIONS}, one per validation")]


def _is_tree(size: int, *, levels: int) -> bool:
    power = size // LEAF
    return size % LEAF == 0 and power >= 2**levels and power & (power - 1) == 0


class Data(WithEnabled):
    """One data set: coefficients of an equation, and solutions checked by their residuals."""

    # nonlinear Schroedinger equation on the interval or square, radiative transfer in a slab, Darcy flow on the square
    case: Case
    size: Count  # grid points per side: 5 times a power of two; of darcy_2d any number from 9 on
    test: AtLeast2  # samples; they do not depend on the number of the others
    validation: AtLeast2  # samples by which parameters are chosen
    train: AtLeast2  # samples; a larger set begins with the samples of a smaller one
    shifted: OrZero = 0  # samples of each distribution that the training does not contain
    interaction: NonNegative = 10.0  # beta, the factor of u^3 in the nonlinear Schroedinger equation
    law: Literal["wells", "lognormal"] = "wells"  # distribution of the potentials of nlse_1d
    # of the labels: second derivative by three points, or exact for trigonometric polynomials
    stencil: Literal["differences", "spectral"] = "differences"
    grid: Literal["node", "canonical"] = "node"  # of darcy_2d: values at nodes, or at centres of cells

    def __post_init__(self) -> None:
        if self.case == "darcy_2d":
            self.require(self.size >= 9, "size", "at least 9")
        else:
            levels = FEWEST_LEVELS[self.case]
            allowed = f"5 times a power of two, at least {LEAF * 2**levels}"
            self.require(_is_tree(self.size, levels=levels), "size", allowed)
            self.require(self.grid == "node", "grid", "node: canonical is a grid of darcy_2d")
        if self.case != "nlse_1d":
            self.require(self.law == "wells", "law", "wells: lognormal potentials are those of nlse_1d")

    @property
    def megabytes(self) -> int:
        """Memory of a job that holds coefficients and solutions four times over."""
        samples = self.test + self.validation + self.train + 7 * self.shifted
        points = self.size ** (2 if self.case.endswith("2d") else 1)
        return 4 * 16 * samples * points // 10**6


class Variant(WithEnabled):
    """One network on one problem."""

    problem: Case  # whose samples it is trained on
    network: Network  # bcr, cnn, cnn_residual and dense only on intervals
    weights: Literal["shared", "mixed", "local"] = "shared"  # of the blocks of a level, in mnn_h and mnn_h2
    channels: Count = 6  # of mnn_h, mnn_h2 and bcr, alpha in the papers
    layers: Count = 5  # of mnn_h, mnn_h2 and bcr: convolutions per level, K in the papers
    steps: Steps  # of NAdam
    batch: Count  # samples per step
    rate: Positive  # first learning rate, decreasing to zero along a half cosine
    samples: OrZero = 0  # the first so many training samples are used; zero: all
    seeds: Seeds = (0,)  # one training per seed

    def __post_init__(self) -> None:
        if self.network not in HIERARCHICAL:
            self.require(self.weights == "shared", "weights", "shared for all networks but mnn_h and mnn_h2")
        if self.weights == "mixed":
            self.require(self.layers >= 2, "layers", "at least 2 for mixed weights")


class Baselines(Section):
    """Methods that are not networks, and counts of untrained networks."""

    kernel_samples: AtLeast2  # first training samples of kernel ridge regression, the rows of its matrix
    length_scales: NonEmpty[Positive]  # of the kernel, in standard deviations of the inputs; validation chooses one
    ridge: Positive  # penalty of linear ridge regression, on inputs of order one
    coarser: NonEmpty[AtLeast2]  # factors by which the grids of the coarse solves are coarser
    scaling: Increasing[int]  # grid points for which parameters and operations are counted

    def __post_init__(self) -> None:
        trees = len(self.scaling) >= 2 and all(_is_tree(size, levels=4) for size in self.scaling)
        self.require(trees, "scaling", "two or more numbers, 5 times powers of two, at least 80")


class Run(Section):
    """What one training job depends on."""

    data: Data
    variant: Variant


class Scoring(Section):
    """What the evaluation of the networks of one problem depends on."""

    data: Data
    variants: Named[Variant]


class BaselineRun(Section):
    """What the evaluation of the baselines on all problems depends on."""

    problems: Named[Data]
    rivals: Baselines


class Settings(BaselineRun):
    """The section ``multiscale``."""

    seed: Seed  # of the data
    variants: Named[Variant]
    shown: NonEmpty[str]  # variants of nlse_1d whose predictions a figure shows

    def __post_init__(self) -> None:
        for name, data in self.problems.items():
            self.require(name == data.case, f"problems.{name}.case", f"{name}, the name of the problem")
        self.require(set(self.problems) == set(CASES), "problems", f"all of {', '.join(CASES)}")
        self.require(self.problems["nlse_1d"].enabled, "problems.nlse_1d.enabled", "true")
        self.require_untaken("variants", RESERVED)
        for name, variant in self.variants.items():
            data = self.problems[variant.problem]
            if data.case not in ("nlse_1d", "rte_slab"):
                on_square = variant.network not in ON_INTERVALS
                self.require(on_square, f"variants.{name}.network", "mnn_h, mnn_h2, fno, unet on a square")
            if variant.network in HIERARCHICAL:
                tree = _is_tree(data.size, levels=2)
                self.require(tree, f"variants.{name}.network", "a grid of 5 times a power of two per side")
            self.require_at_most(f"variants.{name}.samples", f"problems.{variant.problem}.train")
        trained = self.of("nlse_1d")
        self.require(len(trained) > 0, "variants", "at least one of nlse_1d")
        shown = set(self.shown) <= set(trained)
        self.require(shown, "shown", f"enabled variants of nlse_1d: {', '.join(trained)}")

    def of(self, problem: str) -> dict[str, Variant]:
        """The variants to train on one problem."""
        chosen = {name: variant for name, variant in self.variants.items() if variant.problem == problem}
        return {name: variant for name, variant in chosen.items() if variant.enabled and self.problems[problem].enabled}

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return {name: variant for problem in self.problems for name, variant in self.of(problem).items()}

    @property
    def enabled_problems(self) -> dict[str, Data]:
        """The problems that are not switched off."""
        return enabled(self.problems)

    @property
    def trained_problems(self) -> list[str]:
        """The problems on which at least one network is trained."""
        return [problem for problem in self.problems if self.of(problem)]

    def data_of(self, variant: str) -> Data:
        """The data set that a variant is trained on."""
        return self.problems[self.enabled[variant].problem]

    def run(self, variant: str) -> Run:
        """Settings of one training job."""
        return Run(data=self.data_of(variant), variant=self.enabled[variant])

    def scoring(self, problem: str, variants: tuple[str, ...] = ()) -> Scoring:
        """Settings of the evaluation of the networks of one problem; by default of all."""
        trained = self.of(problem)
        return Scoring(data=self.problems[problem], variants={name: trained[name] for name in variants or trained})
