"""What can be configured in the study of black-box optimisation."""

from typing import Annotated

from mlsim.config import Section
from mlsim.types import AtLeast2, Count, Increasing, Meta, OrZero, Positive, Range, Seed

Units = Annotated[int, Meta(ge=4)]


class Inversion(Section):
    """Log-permeability on a line of length one from readings of the pressure, by coefficients of its modes."""

    cells: AtLeast2  # of the mesh
    length: Positive  # correlation length of the log-permeability
    spacing: Count  # cells from sensor to sensor
    dimensions: Increasing[AtLeast2]  # numbers of coefficients

    def __post_init__(self) -> None:
        self.require(self.spacing < self.cells, "spacing", "1 to cells - 1")
        self.require(self.dimensions[-1] <= self.cells, "dimensions", f"at most cells, {self.cells}")


class Rugged(Section):
    """Slowness of layers from signals of two frequencies."""

    frequencies: Range[Positive]  # angular, the low one first
    amplitudes: tuple[Positive, Positive]  # of the two signals
    spread: Positive  # standard deviation of the last travel time in the prior
    dimensions: Increasing[AtLeast2]  # numbers of layers


class Layers(Section):
    """Interfaces and permeabilities of layers from readings of the pressure; the mesh snaps the interfaces."""

    cells: AtLeast2  # of the mesh
    spacing: Count  # cells from sensor to sensor
    dimensions: Increasing[Annotated[int, Meta(ge=2, multiple_of=2)]]  # numbers of parameters, two per interface

    def __post_init__(self) -> None:
        self.require(self.spacing < self.cells, "spacing", "1 to cells - 1")
        least = 4 * self.dimensions[-1]
        self.require(self.cells >= least, "cells", f"at least 4 per parameter, {least}")


class Bar(Section):
    """Conductive material along a bar of length one with a few heat sources."""

    cells: Count  # on which the heat is constant
    sources: Count  # number of heat sources
    width: Annotated[float, Meta(gt=0, lt=1, description="from the side of a cell to 1")]  # length of a heat source
    background: Positive  # heat everywhere; that of a source is lognormal with median one
    dimensions: Increasing[AtLeast2]  # numbers of segments

    def __post_init__(self) -> None:
        self.require(self.width >= 1 / self.cells, "width", f"from the side of a cell, {1 / self.cells:g}, to 1")
        divide = all(self.cells % dimension == 0 for dimension in self.dimensions)
        self.require(divide, "dimensions", f"divisors of cells, {self.cells}")


class Problems(Section):
    """The four simulators."""

    truths: Count  # number of problems of each simulator, each with random true parameters
    inversion: Inversion
    rugged: Rugged
    layers: Layers
    bar: Bar

    def dimensions(self, case: str) -> tuple[int, ...]:
        """Numbers of parameters of one case."""
        section: Inversion | Rugged | Layers | Bar = getattr(self, case)
        return section.dimensions


class Budget(Section):
    """When a search ends."""

    # a search succeeds when the objective, which is 1 at the start, falls below this; it is restarted at a random point
    # when it gains less than 1e-9
    tolerance: Annotated[float, Meta(ge=1e-8, lt=1, description="from 1e-8 to 1")]
    units: Units  # cap in work units; a value costs one, a value with its gradient four
    bayesian_units: Units  # cap of Bayesian optimisation


class Searches(Section):
    """Settings of the optimisers, the same for all cases; none was chosen per case."""

    memory: Count  # pairs of vectors that L-BFGS stores
    difference: Positive  # step of forward differences
    deviation: Positive  # first step size of CMA-ES and edges of the first simplex
    population: Annotated[int, Meta(ge=5)]  # members of differential evolution per parameter
    box: Positive  # half-width, in every parameter, of the box around zero that differential evolution searches
    largest: OrZero  # most parameters for which differential evolution runs
    bayesian_largest: OrZero  # most parameters for which Bayesian optimisation runs
    # number of problems for searches with many calls (all but L-BFGS, Gauss-Newton and optimality criteria), and for
    # all searches of rugged and layers; the others run on all problems
    few: Count


class Run(Section):
    """What the searches depend on."""

    problems: Problems
    budget: Budget
    searches: Searches


class Settings(Run):
    """The section ``blackbox``."""

    seed: Seed  # of true parameters, heat sources and searches
