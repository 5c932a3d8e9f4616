"""What can be configured in the study of the deep image prior."""

from typing import Annotated, Literal

from mlsim.config import Section, Study, WithSeeds
from mlsim.types import (
    AtLeast2,
    Count,
    Distinct,
    Increasing,
    Meta,
    Named,
    NonEmpty,
    NonNegative,
    OpenFraction,
    OrZero,
    Positive,
    Range,
    where,
)

# photographs that come with scikit-image, by the names of its functions
BUNDLED = ("astronaut", "camera", "cat", "chelsea", "coffee", "coins", "moon", "retina", "rocket")
BUNDLED += ("hubble_deep_field", "immunohistochemistry")
CLASSICAL = ("damaged", "nlm", "tv", "wavelet", "biharmonic", "bicubic", "nearest")

Extent = Annotated[int, where(lambda side: side == 0 or side >= 64, "0, or a multiple of 32 from 64", multiple_of=32)]
Network = Literal["hourglass", "deep_decoder"]


class Image(Section):
    """A photograph, or a part of one."""

    source: str  # a function of skimage.data, or the name of a .png file in folder
    top: OrZero = 0  # first row of the part
    left: OrZero = 0  # first column of the part
    rows: Extent = 0  # rows of the part, a multiple of 32; 0: as many as there are
    columns: Extent = 0  # columns of the part, a multiple of 32; 0: as many as there are

    def __post_init__(self) -> None:
        known = self.source in BUNDLED or self.source.endswith(".png")
        self.require(known, "source", f"a .png file, or one of {', '.join(BUNDLED)}")


class Task(Section):
    """A damaged image."""

    kind: Literal["denoise", "inpaint", "super_resolution"]  # added noise, hidden pixels or low resolution
    image: str  # one of images
    amount: float  # standard deviation of the noise in 1/255, hidden pixels in percent, or factor of the decimation
    hidden: Literal["random", "hole"] = "random"  # hidden pixels are at random places or in one hole in the middle

    def __post_init__(self) -> None:
        fits, allowed = {
            "denoise": (0 < self.amount <= 255, "above 0, at most 255: a standard deviation in 1/255"),
            "inpaint": (0 < self.amount < 100, "between 0 and 100: percent of hidden pixels"),
            "super_resolution": (self.amount in (2, 4, 8), "2, 4 or 8: a factor"),
        }[self.kind]
        self.require(fits, "amount", allowed)


class Prior(Section):
    """An untrained network."""

    network: Network  # hourglass with skip connections, or deep decoder
    width: Count  # channels at every scale


class Fitting(Section):
    """How all networks are fitted, by Adam, and stopped."""

    rate: Positive  # learning rate of Adam
    averaging: Annotated[float, Meta(gt=0, le=1)]  # weight of the newest output in the average of the outputs
    window: Count  # outputs in the window of the stopping criterion wmv, a multiple of every
    patience: Count  # steps without a smaller variance after which wmv stops
    every: Count  # steps between two evaluations of the output

    def __post_init__(self) -> None:
        self.require(self.window % self.every == 0, "window", "a multiple of every")


class Variant(WithSeeds):
    """A network fitted to a damaged image."""

    prior: str  # one of priors; the methods of the table begin with its name
    task: str  # one of tasks
    steps: Count  # of Adam; the stopping criterion fixed takes the output of the last one
    input_noise: NonNegative  # standard deviation of the noise added to the input, drawn anew at every step


class Inversion(Section):
    """Inversion of the Darcy equation: two-phase coefficients from values of the pressure."""

    # of the network's coarse field of 5 x 5 nodes; the inversion has 4 * 2^doublings + 1 nodes per side, and the data
    # come from a grid with cells half as long
    doublings: Annotated[int, Meta(ge=1, le=6)]
    contrast: Annotated[float, Meta(gt=1)]  # ratio of the coefficients of the two phases
    noise: Positive  # standard deviation, relative to the largest pressure of each source
    sensors: Distinct[Count]  # numbers of observed values for each source
    truths: AtLeast2  # test cases
    validation: Count  # further cases, by which the weight of each penalty is chosen
    weights: NonEmpty[Positive]  # of the penalties, to choose from
    evaluations: Count  # budget of one run: solutions of the equation with its adjoint
    width: Count  # channels of the network
    starts: Count  # initial parameters of the network; the fit of the smallest misfit counts

    def __post_init__(self) -> None:
        inner = (self.nodes - 2) ** 2
        self.require(max(self.sensors) <= inner, "sensors", f"numbers from 1 to {inner}, the inner nodes")

    @property
    def nodes(self) -> int:
        """Nodes per side of the inversion's grid."""
        return 4 * 2**self.doublings + 1


class Designs(Section):
    """Topology optimisation of random load cases."""

    side: Annotated[int, Meta(ge=8, multiple_of=8)]  # elements per side of the square
    problems: AtLeast2  # number of load cases
    filter_radius: Positive  # in element sides
    solves: Increasing[Count]  # numbers of finite-element solves after which the designs are compared
    filters: tuple[Count, Count, Count, Count]  # channels of the network's stages
    starts: Count  # initial parameters of the network, each with the whole budget
    mean_fixed_x: NonNegative  # Poisson mean of the nodes fixed in x
    mean_fixed_y: NonNegative  # Poisson mean of the nodes fixed in y
    mean_loads: NonNegative  # Poisson mean of the loaded nodes
    boundary_factor: NonNegative  # weight of a boundary node relative to an inner node
    volume_mean: float  # of the normal distribution of the volume fraction
    volume_deviation: NonNegative  # its standard deviation
    volume_range: Range[OpenFraction]  # to which it is clipped


class Data(Section):
    """What the damaged images depend on."""

    images: Named[Image]
    tasks: Named[Task]


class Run(Section):
    """What one fit depends on."""

    task: Task
    prior: Prior
    fitting: Fitting
    variant: Variant


class Scoring(Section):
    """What the evaluation of all fits depends on."""

    tasks: Named[Task]
    priors: Named[Prior]
    variants: Named[Variant]
    sets: Named[tuple[str, ...]]


class Settings(Study[Variant]):
    """The section ``image_prior``."""

    folder: str = ""  # of user-defined .png files
    images: Named[Image]
    tasks: Named[Task]
    sets: Named[tuple[str, ...]]  # tasks whose means are in the table
    priors: Named[Prior]
    fitting: Fitting
    inversion: Inversion
    designs: Designs

    def __post_init__(self) -> None:
        self.require_untaken("sets", self.tasks)
        self.require_untaken("priors", CLASSICAL)
        for name in self.tasks:
            self.require_known(f"tasks.{name}.image", self.images)
        for name in self.variants:
            self.require_known(f"variants.{name}.task", self.tasks)
            self.require_known(f"variants.{name}.prior", self.priors)
        for name, members in self.sets.items():
            self.require(set(members) <= set(self.tasks), f"sets.{name}", f"some of {', '.join(self.tasks)}")
        names = list(self.enabled)
        hourglasses = [name for name in names if self.network(name) == "hourglass"]
        self.require(bool(hourglasses), "variants", "at least one with an hourglass, for the figures", value=names)
        pairs = {(variant.prior, variant.task) for variant in self.enabled.values()}
        self.require(len(pairs) == len(names), "variants", "one per prior and task", value=names)
        self.require(bool(self.folder) or not self.files, "folder", f"the folder that holds {self.files[:1]}")

    @property
    def used_tasks(self) -> dict[str, Task]:
        """The damaged images that an enabled variant needs."""
        names = {variant.task for variant in self.enabled.values()}
        return {name: task for name, task in self.tasks.items() if name in names}

    @property
    def used_images(self) -> dict[str, Image]:
        """The photographs that an enabled variant needs."""
        names = {task.image for task in self.used_tasks.values()}
        return {name: image for name, image in self.images.items() if name in names}

    @property
    def used_sets(self) -> dict[str, tuple[str, ...]]:
        """The sets all of whose tasks are fitted."""
        return {name: members for name, members in self.sets.items() if set(members) <= set(self.used_tasks)}

    @property
    def files(self) -> list[str]:
        """Names of the user's files, in the order of the images."""
        return [image.source for image in self.used_images.values() if image.source.endswith(".png")]

    @property
    def fits(self) -> list[tuple[str, int]]:
        """Variant and seed of every fit."""
        return [(name, seed) for name, variant in self.enabled.items() for seed in variant.seeds or self.seeds]

    @property
    def curve_fits(self) -> list[tuple[str, int]]:
        """Variant and seed of the fits to the first variant's task, whose curves are drawn."""
        tasks = {name: variant.task for name, variant in self.enabled.items()}
        first = next(iter(tasks.values()))
        return [(name, seed) for name, seed in self.fits if tasks[name] == first]

    @property
    def image_fits(self) -> list[tuple[str, int]]:
        """Variant and first seed of the fits by an hourglass, whose images are shown."""
        first = {name: (variant.seeds or self.seeds)[0] for name, variant in self.enabled.items()}
        return [(name, seed) for name, seed in first.items() if self.network(name) == "hourglass"]

    def network(self, variant: str) -> Network:
        """Kind of network of a variant."""
        return self.priors[self.variants[variant].prior].network

    def data(self) -> Data:
        """Settings of the damaged images."""
        return Data(images=self.used_images, tasks=self.used_tasks)

    def run(self, variant: str) -> Run:
        """Settings of one fit."""
        chosen = self.enabled[variant]
        task, prior = self.tasks[chosen.task], self.priors[chosen.prior]
        return Run(task=task, prior=prior, fitting=self.fitting, variant=chosen)
