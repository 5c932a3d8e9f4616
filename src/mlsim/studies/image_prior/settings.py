"""What can be configured in the study of the deep image prior."""

from dataclasses import dataclass
from typing import Literal

from mlsim.config import enabled, require, require_at_least, require_distinct_seeds, require_seeds

# photographs that scikit-image brings along, by the names of its functions
BUNDLED = ("astronaut", "camera", "cat", "chelsea", "coffee", "coins", "hubble_deep_field", "immunohistochemistry",
           "moon", "retina", "rocket")  # fmt: skip
CLASSICAL = ("damaged", "nlm", "tv", "wavelet", "biharmonic", "bicubic", "nearest")


@dataclass(frozen=True, kw_only=True)
class Image:
    """A photograph, or a part of one.

    Attributes:
        source: a function of ``skimage.data``, or the name of a ``.png`` file in the configured folder.
        top: first row of the part; ``left``: first column.
        rows: number of rows; 0 stands for as many as there are, down to a multiple of 32; ``columns`` likewise.
    """

    source: str
    top: int = 0
    left: int = 0
    rows: int = 0
    columns: int = 0

    def __post_init__(self) -> None:
        known = self.source in BUNDLED or self.source.endswith(".png")
        require(known, "source", self.source, allowed=f"a .png file, or one of {', '.join(BUNDLED)}")
        for name in ("top", "left"):
            require(getattr(self, name) >= 0, name, getattr(self, name), allowed="zero or more")
        for name in ("rows", "columns"):
            side = getattr(self, name)
            good = side == 0 or (side >= 64 and side % 32 == 0)
            require(good, name, side, allowed="0, or a multiple of 32 that is 64 or more")


@dataclass(frozen=True, kw_only=True)
class Task:
    """A damaged image.

    Attributes:
        kind: what was done to the ``image``.
        amount: deviation of the noise in 1/255, share of hidden pixels in percent, or factor of the decimation.
        hidden: hidden pixels lie at ``random`` places or in one ``hole``.
    """

    kind: Literal["denoise", "inpaint", "super_resolution"]
    image: str
    amount: float
    hidden: Literal["random", "hole"] = "random"

    def __post_init__(self) -> None:
        if self.kind == "denoise":
            require(0 < self.amount <= 255, "amount", self.amount, allowed="above 0, at most 255: a deviation in 1/255")
        elif self.kind == "inpaint":
            require(0 < self.amount < 100, "amount", self.amount, allowed="between 0 and 100: a share in percent")
        else:
            require(self.amount in (2, 4, 8), "amount", self.amount, allowed="2, 4 or 8: a factor")


@dataclass(frozen=True, kw_only=True)
class Prior:
    """An untrained network: ``hourglass`` with skips, or ``deep_decoder``, with ``width`` channels at every scale."""

    network: Literal["hourglass", "deep_decoder"]
    width: int

    def __post_init__(self) -> None:
        require(self.width >= 1, "width", self.width, allowed="at least 1")


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """How all networks are fitted, by Adam, and stopped.

    Attributes:
        averaging: share of the newest output in the average of the outputs.
        window: outputs whose variance is watched; ``patience`` steps without a lower one end the watch.
        every: steps between two looks at the outputs.
    """

    rate: float
    averaging: float
    window: int
    patience: int
    every: int

    def __post_init__(self) -> None:
        require(self.rate > 0, "rate", self.rate, allowed="positive")
        require(0 < self.averaging <= 1, "averaging", self.averaging, allowed="above 0, at most 1")
        require(self.every >= 1, "every", self.every, allowed="at least 1")
        require(self.patience >= 1, "patience", self.patience, allowed="at least 1")
        good = self.window >= self.every and self.window % self.every == 0
        require(good, "window", self.window, allowed="a multiple of every")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A network fitted to a damaged image.

    Attributes:
        prior: which network is fitted to which ``task``; its name begins the methods of the table.
        steps: of Adam; the fixed rule stops after the last one.
        input_noise: deviation of the noise added to the input, drawn anew at every step.
        seeds: of the fits; none stands for those of the study. ``enabled: false`` drops the variant.
    """

    prior: str
    task: str
    steps: int
    input_noise: float
    seeds: tuple[int, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        require(self.steps >= 1, "steps", self.steps, allowed="at least 1")
        require(self.input_noise >= 0, "input_noise", self.input_noise, allowed="zero or more")
        require_distinct_seeds("seeds", list(self.seeds), or_none=True)


@dataclass(frozen=True, kw_only=True)
class Inversion:
    """Two-phase coefficients from values of the pressure.

    Attributes:
        doublings: of the network's coarse field of 5 nodes per side; ``4 * 2^doublings + 1`` nodes of the inversion.
            The data come from a grid with cells half as long.
        contrast: coefficient of the second phase; that of the first is one.
        noise: deviation relative to the largest pressure of each source, observed at so many ``sensors``.
        truths: to test on; by those of ``validation`` one of the penalties' ``weights`` is chosen.
        evaluations: budget of one run: solutions of the equation with its adjoint.
        width: channels of the network; of its ``starts`` the one of least misfit counts.
    """

    doublings: int
    contrast: float
    noise: float
    sensors: tuple[int, ...]
    truths: int
    validation: int
    weights: tuple[float, ...]
    evaluations: int
    width: int
    starts: int

    def __post_init__(self) -> None:
        require(1 <= self.doublings <= 6, "doublings", self.doublings, allowed="1 to 6")
        require(self.contrast > 1, "contrast", self.contrast, allowed="above 1")
        require(self.noise > 0, "noise", self.noise, allowed="positive")
        inner = (self.nodes - 2) ** 2
        good = len(set(self.sensors)) == len(self.sensors) > 0 and 1 <= min(self.sensors) <= max(self.sensors) <= inner
        require(good, "sensors", list(self.sensors), allowed=f"distinct numbers from 1 to {inner}, the inner nodes")
        require(self.truths >= 2, "truths", self.truths, allowed="at least 2")
        positive = len(self.weights) > 0 and min(self.weights) > 0
        require(positive, "weights", list(self.weights), allowed="positive numbers, at least one")
        require_at_least(1, self, "validation", "evaluations", "width", "starts")

    @property
    def nodes(self) -> int:
        """Nodes per side of the inversion's grid."""
        return 4 * 2**self.doublings + 1


@dataclass(frozen=True, kw_only=True)
class Designs:
    """A suite of random load cases of topology optimisation.

    Attributes:
        side: elements per side of the square, a multiple of 8.
        problems: load cases; the ``filter_radius`` is in element sides.
        solves: numbers of finite-element solves at which the designs are compared, rising.
        filters: channels of the network's stages; each of its ``starts`` has the whole budget.
        mean_fixed_x: this and the following: see :class:`mlsim.numerics.elasticity.load_cases.Distribution`.
    """

    side: int
    problems: int
    filter_radius: float
    solves: tuple[int, ...]
    filters: tuple[int, int, int, int]
    starts: int
    mean_fixed_x: float
    mean_fixed_y: float
    mean_loads: float
    boundary_factor: float
    volume_mean: float
    volume_deviation: float
    volume_range: tuple[float, float]

    def __post_init__(self) -> None:
        require(self.side >= 8 and self.side % 8 == 0, "side", self.side, allowed="multiples of 8")
        require(self.problems >= 2, "problems", self.problems, allowed="at least 2")
        require(self.filter_radius > 0, "filter_radius", self.filter_radius, allowed="positive")
        rising = len(self.solves) > 0 and min(self.solves) >= 1 and list(self.solves) == sorted(set(self.solves))
        require(rising, "solves", list(self.solves), allowed="rising numbers, 1 or more, at least one")
        require(min(self.filters) >= 1, "filters", list(self.filters), allowed="numbers of at least 1")
        require(self.starts >= 1, "starts", self.starts, allowed="at least 1")
        low, high = self.volume_range
        require(0 < low < high < 1, "volume_range", [low, high], allowed="two rising numbers between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Data:
    """What the damaged images depend on."""

    images: dict[str, Image]
    tasks: dict[str, Task]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one fit depends on."""

    task: Task
    prior: Prior
    fitting: Fitting
    variant: Variant


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """What the evaluation of all fits depends on."""

    tasks: dict[str, Task]
    priors: dict[str, Prior]
    variants: dict[str, Variant]
    sets: dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``image_prior``; each seed is one fit, unless a variant names its own."""

    seed: int
    seeds: tuple[int, ...]
    folder: str = ""
    images: dict[str, Image]
    tasks: dict[str, Task]
    sets: dict[str, tuple[str, ...]]
    priors: dict[str, Prior]
    fitting: Fitting
    variants: dict[str, Variant]
    inversion: Inversion
    designs: Designs

    def __post_init__(self) -> None:
        require_seeds(self.seed, self.seeds)
        for name, task in self.tasks.items():
            _require_known(f"tasks.{name}.image", task.image, self.images)
        for name, variant in self.variants.items():
            _require_known(f"variants.{name}.task", variant.task, self.tasks)
            _require_known(f"variants.{name}.prior", variant.prior, self.priors)
        for name, members in self.sets.items():
            require(name not in self.tasks, "sets", name, allowed="a name that no task has")
            for member in members:
                _require_known(f"sets.{name}", member, self.tasks)
        for name in self.priors:
            require(name not in CLASSICAL, "priors", name, allowed="another name: taken")
        pairs = [(variant.prior, variant.task) for variant in self.enabled.values()]
        require(len(pairs) > 0, "variants", {}, allowed="at least one enabled variant")
        drawn = [prior for prior, _ in pairs if self.priors[prior].network == "hourglass"]
        require(len(drawn) > 0, "variants", list(self.enabled), allowed="at least one with an hourglass: the figures'")
        require(len(set(pairs)) == len(pairs), "variants", list(self.enabled), allowed="one per prior and task")
        needs = [image.source for image in self.used_images.values() if image.source.endswith(".png")]
        require(not needs or self.folder != "", "folder", self.folder, allowed=f"the folder that holds {needs[:1]}")

    @property
    def enabled(self) -> dict[str, Variant]:
        """The fits to make."""
        return enabled(self.variants)

    @property
    def used_tasks(self) -> dict[str, Task]:
        """The damaged images that some fit needs."""
        names = {variant.task for variant in self.enabled.values()}
        return {name: task for name, task in self.tasks.items() if name in names}

    @property
    def used_images(self) -> dict[str, Image]:
        """The photographs that they need."""
        names = {task.image for task in self.used_tasks.values()}
        return {name: image for name, image in self.images.items() if name in names}

    @property
    def used_sets(self) -> dict[str, tuple[str, ...]]:
        """The sets all of whose members are there."""
        return {name: members for name, members in self.sets.items() if set(members) <= set(self.used_tasks)}

    def runs(self) -> list[tuple[str, int]]:
        """Name and seed of every fit."""
        return [(name, seed) for name, variant in self.enabled.items() for seed in variant.seeds or self.seeds]


def _require_known(key: str, value: str, known: dict) -> None:
    require(value in known, key, value, allowed=f"one of {', '.join(known) or 'none: there are none'}")
