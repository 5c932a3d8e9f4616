"""What can be configured in the study of black-box optimisation."""

from dataclasses import dataclass

from mlsim.config import require, require_at_least, require_positive, require_seeds


def _check_dimensions(values: tuple[int, ...], *, divides: int | None = None) -> None:
    good = len(values) > 0 and min(values) >= 2 and list(values) == sorted(set(values))
    require(good, "dimensions", list(values), allowed="rising integers, 2 or more, at least one")
    if divides is not None:
        fits = all(divides % value == 0 for value in values)
        require(fits, "dimensions", list(values), allowed=f"divisors of cells, {divides}")


@dataclass(frozen=True, kw_only=True)
class Inversion:
    """Permeability on a line from readings of the pressure, by coefficients of its modes.

    Attributes:
        cells: of the mesh.
        length: correlation length of the logarithm; the line has length one.
        spacing: cells from sensor to sensor.
        dimensions: numbers of coefficients.
    """

    cells: int
    length: float
    spacing: int
    dimensions: tuple[int, ...]

    def __post_init__(self) -> None:
        require_positive(self, "length")
        require(1 <= self.spacing < self.cells, "spacing", self.spacing, allowed="1 to cells - 1")
        _check_dimensions(self.dimensions)
        fits = max(self.dimensions) <= self.cells
        require(fits, "dimensions", list(self.dimensions), allowed=f"at most cells, {self.cells}")


@dataclass(frozen=True, kw_only=True)
class Rugged:
    """Slowness of layers from signals of two frequencies.

    Attributes:
        frequencies: angular, the low one first; the prior's last travel time has deviation ``spread``.
        amplitudes: of the two signals.
        spread: see above.
        dimensions: numbers of layers.
    """

    frequencies: tuple[float, float]
    amplitudes: tuple[float, float]
    spread: float
    dimensions: tuple[int, ...]

    def __post_init__(self) -> None:
        low, high = self.frequencies
        require(0 < low < high, "frequencies", list(self.frequencies), allowed="a positive one and a higher one")
        require(min(self.amplitudes) > 0, "amplitudes", list(self.amplitudes), allowed="positive numbers")
        require_positive(self, "spread")
        _check_dimensions(self.dimensions)


@dataclass(frozen=True, kw_only=True)
class Layers:
    """Interfaces and permeabilities of layers from readings of the pressure; the mesh snaps the interfaces.

    Attributes:
        cells: of the mesh.
        spacing: cells from sensor to sensor.
        dimensions: numbers of parameters, two per interface.
    """

    cells: int
    spacing: int
    dimensions: tuple[int, ...]

    def __post_init__(self) -> None:
        require(1 <= self.spacing < self.cells, "spacing", self.spacing, allowed="1 to cells - 1")
        _check_dimensions(self.dimensions)
        even = all(value % 2 == 0 for value in self.dimensions)
        require(even, "dimensions", list(self.dimensions), allowed="even numbers")
        least = 4 * max(self.dimensions)
        require(self.cells >= least, "cells", self.cells, allowed=f"at least 4 per parameter, {least}")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Conductive material along a bar with a few heat sources.

    Attributes:
        cells: of the heat.
        sources: their number.
        width: length of a source; the bar has length one.
        background: heat everywhere; the sources' is lognormal around one.
        dimensions: numbers of segments.
    """

    cells: int
    sources: int
    width: float
    background: float
    dimensions: tuple[int, ...]

    def __post_init__(self) -> None:
        require_at_least(1, self, "sources")
        least = 1 / self.cells
        require(least <= self.width < 1, "width", self.width, allowed=f"from the side of a cell, {least:g}, to 1")
        require_positive(self, "background")
        _check_dimensions(self.dimensions, divides=self.cells)


@dataclass(frozen=True, kw_only=True)
class Problems:
    """All simulators; ``truths`` problems of each."""

    truths: int
    inversion: Inversion
    rugged: Rugged
    layers: Layers
    bar: Bar

    def __post_init__(self) -> None:
        require_at_least(1, self, "truths")

    def dimensions(self, case: str) -> tuple[int, ...]:
        """Numbers of parameters of one case."""
        section: Inversion | Rugged | Layers | Bar = getattr(self, case)
        return section.dimensions


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When a search ends.

    Attributes:
        tolerance: value that counts as success; the start has one.
        units: work units; a value costs one, a value with its gradient four.
        bayesian_units: the same for Bayesian optimisation, whose own cost per call grows with the calls.
    """

    tolerance: float
    units: int
    bayesian_units: int

    def __post_init__(self) -> None:
        # searches begin anew where they gain less than 1e-9
        require(1e-8 <= self.tolerance < 1, "tolerance", self.tolerance, allowed="from 1e-8 to 1")
        require_at_least(4, self, "units", "bayesian_units")


@dataclass(frozen=True, kw_only=True)
class Searches:
    """Settings of the optimisers, the same for all cases; none was chosen per case.

    Attributes:
        memory: pairs that L-BFGS keeps.
        difference: step of forward differences.
        deviation: first step size of CMA-ES; truths have deviation one.
        population: members of differential evolution per parameter.
        box: it searches from minus to plus this.
        largest: most parameters for which differential evolution runs.
        bayesian_largest: the same for Bayesian optimisation.
        few: problems on which a costly search runs; the others run on all.
    """

    memory: int
    difference: float
    deviation: float
    population: int
    box: float
    largest: int
    bayesian_largest: int
    few: int

    def __post_init__(self) -> None:
        require_at_least(1, self, "memory", "few")
        require_at_least(5, self, "population")
        require_positive(self, "difference", "deviation", "box")
        require_at_least(0, self, "largest", "bayesian_largest")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the searches depend on."""

    problems: Problems
    budget: Budget
    searches: Searches


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``blackbox``."""

    seed: int
    problems: Problems
    budget: Budget
    searches: Searches

    def __post_init__(self) -> None:
        require_seeds(self.seed, (self.seed,))
