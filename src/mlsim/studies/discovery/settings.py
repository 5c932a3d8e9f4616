"""What can be configured in the study of recovered equations."""

from math import pi
from typing import Annotated, Literal

from msgspec.structs import replace

from mlsim.config import Section, WithEnabled, enabled
from mlsim.studies.discovery.lorenz.settings import Lorenz, Noise
from mlsim.types import Count, Meta, OrZero, Positive, Seed, Seeds, Subset, Variants

# of the equations on an interval; repeated here, where numpy is not loaded
PERIODS = {"burgers": 16.0, "kdv": 60.0, "ks": 32 * pi}


class Grid(Section):
    """Simulated observations of one equation."""

    # Burgers, Korteweg-de Vries, Kuramoto-Sivashinsky, nonlinear Schroedinger, reaction-diffusion
    equation: Literal["burgers", "kdv", "ks", "nls", "reaction_diffusion"]
    points: Annotated[int, Meta(ge=16, multiple_of=2, description="even numbers from 16 on")]  # of the grid, per axis
    snapshots: Annotated[int, Meta(ge=8)]  # number of fields, equally spaced in time, the first one at time zero
    time: Positive  # of the last snapshot
    substeps: Count  # steps of the solver between two snapshots

    @property
    def gigabytes(self) -> float:
        """Approximate memory of one field with its columns."""
        return self.points ** (2 if self.equation == "reaction_diffusion" else 1) * self.snapshots / 1e7


class Windows(Section):
    """Polynomials that are fitted to the data in moving windows and differentiated."""

    degree: Count  # of the polynomials, at least the order of the derivatives
    space: Count  # points of a window in space on each side of its centre; as many are lost at each end
    time: Count  # points of a window in time on each side of its centre; as many are lost at each end

    def __post_init__(self) -> None:
        for key, width in {"space": self.space, "time": self.time}.items():
            self.require(2 * width > self.degree, key, "more than half the degree")


class PdeFind(Section):
    """Sparse regression on columns ``u^p d^k u``."""

    order: Count  # highest derivative in space
    degree: Count  # highest total power
    first: Positive  # d_tol for clean data: first threshold, and first step of the search for a better one
    noisy_first: Positive  # d_tol for noisy data
    windows: Windows  # of polynomials fitted to noisy data
    noise: Noise  # levels, in percent of the standard deviation of the data
    rank: OrZero = 0  # leading singular values of the snapshot matrix that noisy data are truncated to; 0: all
    sample: OrZero = 0  # randomly drawn points in space and time, at least 100; 0: all
    margin: OrZero = 0  # points left out at each end of each axis in space
    clean: Literal["differences", "polynomials"] = "differences"  # how clean data are differentiated
    clean_windows: Windows | None = None  # of polynomials fitted to clean data; null: windows
    sweep: tuple[Positive, ...] = ()  # further values of d_tol, for clean data and their Fourier derivatives
    solitons: bool = False  # whether data of single solitons are examined as well; only for kdv

    def __post_init__(self) -> None:
        self.require(self.sample == 0 or self.sample >= 100, "sample", "0, or 100 and more")
        for key, windows in {"windows": self.windows, "clean_windows": self.clean_windows}.items():
            if windows is not None:
                self.require(windows.degree >= self.order, f"{key}.degree", "order or more")


class WeakForm(Section):
    """Regression on integrals against test functions on random boxes."""

    order: Count  # highest derivative in space
    boxes: Annotated[int, Meta(ge=20)]  # number of random boxes
    half_widths: tuple[Positive, Positive]  # of a box in space and in time
    threshold: Positive  # terms with smaller coefficients are dropped
    models: Count  # regressions of an ensemble, each on resampled boxes with one term left out
    noise: Noise  # levels, in percent of the standard deviation of the data
    scales: Subset[Positive] = ()  # factors on both half-widths, compared on other draws of noise and boxes
    compared: Positive = 10.0  # noise of the data on which scales are compared, in percent

    def scaled(self, factor: float) -> "WeakForm":
        """The same with boxes of another size."""
        space, time = self.half_widths
        return replace(self, half_widths=(factor * space, factor * time))


class Equation(WithEnabled):
    """Observations of one equation, and the regressions that recover it."""

    data: Grid
    pde_find: PdeFind
    weak: WeakForm | None = None  # null: by PDE-FIND alone

    def __post_init__(self) -> None:
        data, find = self.data, self.pde_find
        for key, windows in {"windows": find.windows, "clean_windows": find.clean_windows or find.windows}.items():
            fits = 2 * (max(windows.space, 2) + find.margin) + 8 <= data.points
            fits = fits and 2 * max(windows.time, 2) + 2 <= data.snapshots
            self.require(fits, f"pde_find.{key}", "windows smaller than the data", value=windows.space)
        self.require_at_most("pde_find.rank", "data.snapshots")
        if data.equation != "kdv":
            self.require(not find.solitons, "pde_find.solitons", "false: only kdv has them")
        if self.weak is not None:
            remedy = "nothing: the weak form is for burgers, kdv and ks"
            self.require(data.equation in PERIODS, "weak", remedy, value="given")
            self._check_boxes(self.weak)

    def _check_boxes(self, weak: WeakForm) -> None:
        """Refuse boxes that do not fit into the data, or that hold too few points to be differentiated in."""
        points, times = self.data.points, self.data.snapshots
        extents = {
            "space": (PERIODS[self.data.equation] * (points - 1) / points, points - 1),
            "time": (self.data.time, times - 1),
        }
        for factor in (1.0, *weak.scales):
            for width, (axis, (extent, cells)) in zip(weak.half_widths, extents.items(), strict=True):
                least = (weak.order + 2) * extent / cells
                allowed = f"boxes that are longer than {least:g} in {axis}, and shorter than {extent:g}"
                key = "weak.half_widths" if factor == 1 else "weak.scales"
                self.require(least < 2 * factor * width < extent, key, allowed)


class Settings(Section):
    """The section ``discovery``."""

    seed: Seed  # of sampled points and of initial states of forecasts
    seeds: Seeds  # of noise and boxes
    network_seeds: Seeds  # one training of each neural ODE per seed
    equations: Variants[Equation]
    lorenz: Lorenz

    def __post_init__(self) -> None:
        self.require_untaken("equations", ("lorenz",))

    @property
    def enabled(self) -> dict[str, Equation]:
        """The equations to recover."""
        return enabled(self.equations)

    @property
    def weak(self) -> dict[str, WeakForm]:
        """Settings of the weak form, by equation."""
        return {name: equation.weak for name, equation in self.enabled.items() if equation.weak is not None}
