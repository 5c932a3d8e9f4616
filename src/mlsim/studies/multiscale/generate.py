"""Data sets: random coefficients and their solutions, each certified by its residual and its sign."""

from collections.abc import Callable
from functools import partial

import numpy as np
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.flow.darcy_2d import pressures, two_phase_coefficients
from mlsim.numerics.periodic.potentials import gaussian_wells, gaussian_wells_2d, lognormal
from mlsim.numerics.waves.radiative_transfer import scalar_fluxes, scattering_coefficients
from mlsim.numerics.waves.schroedinger import Stencil, ground_states
from mlsim.numerics.waves.schroedinger_2d import ground_states_2d
from mlsim.studies.multiscale.settings import Data
from mlsim.training.seeding import numpy_generator

PARTS = ("test", "validation", "train")
DRAWN = 50  # samples from one generator: a larger part begins with the same samples
ACCEPTED = 1e-10  # largest relative residual
ABSORPTION = 0.2
Law = Callable[..., np.ndarray]
Solver = Callable[[np.ndarray], dict[str, np.ndarray]]


def generate(settings: Data, *, seed: int) -> xr.Dataset:
    """Coefficients and solutions of all parts, and of the laws that the training does not see.

    Raises:
        ValueError: a solution is not certified: its residual is too large, or a ground state is not positive.
    """
    counts = {"test": settings.test, "validation": settings.validation, "train": settings.train}
    counts |= dict.fromkeys(shifted_laws(settings), settings.shifted)
    coefficients, parts = [], []
    for number, (part, count) in enumerate(counts.items()):
        law = law_of(settings) if part in PARTS else shifted_laws(settings)[part]
        coefficients.append(drawn(law, part, settings, count=count, seed=seed))
        parts.append(np.full(count, number, dtype=np.uint8))
    coefficient, part = np.concatenate(coefficients), np.concatenate(parts)
    solved = _solved(coefficient, solver_of(settings), label=settings.case)
    check(solved, positive=settings.case != "darcy_2d")
    data = _dataset(settings, coefficient, part, solved, names=list(counts))
    if settings.case == "nlse_1d":
        other: Stencil = "spectral" if settings.stencil == "differences" else "differences"
        again = ground_states(coefficient[: settings.test], interaction=settings.interaction, stencil=other)
        check({"solution": again.state, "residual": again.residual}, positive=True)
        about = {"units": "1", "long_name": f"ground state of the test potentials, {other}"}
        data["other_stencil"] = (("test_sample", "x"), again.state, about)
    return data


def law_of(settings: Data) -> Law:
    """The training distribution: ``law(samples, size, rng=...)``."""
    if settings.case == "nlse_1d":
        return gaussian_wells if settings.law == "wells" else lognormal
    if settings.case == "nlse_2d":
        return gaussian_wells_2d
    return (
        scattering_coefficients if settings.case == "rte_slab" else partial(two_phase_coefficients, grid=settings.grid)
    )


def shifted_laws(settings: Data) -> dict[str, Law]:
    """Laws that the training does not see: other numbers of wells, sharper and wider ones, another kind."""
    if not settings.shifted:
        return {}
    if settings.case == "darcy_2d":
        values = {"higher_contrast": (3.0, 24.0), "lower_contrast": (6.0, 12.0)}
        return {name: partial(two_phase_coefficients, values=each, grid=settings.grid) for name, each in values.items()}
    bases = {"nlse_1d": gaussian_wells, "nlse_2d": gaussian_wells_2d, "rte_slab": scattering_coefficients}
    base, count = bases[settings.case], "peaks" if settings.case == "rte_slab" else "wells"
    laws: dict[str, Law] = {f"wells_{number}": partial(base, **{count: number}) for number in (1, 3, 4, 8)}
    laws |= {"sharp": partial(base, variances=(1e-3, 2e-3)), "wide": partial(base, variances=(4e-3, 8e-3))}
    if settings.case == "nlse_1d":
        laws["other_law"] = lognormal if settings.law == "wells" else gaussian_wells
    return laws


def drawn(law: Law, part: str, settings: Data, *, count: int, seed: int) -> np.ndarray:
    """Coefficients of one part; sample ``i`` depends on seed, part and ``i`` alone."""
    blocks = [
        law(DRAWN, settings.size, rng=numpy_generator(seed, settings.case, part, block))
        for block in range(-(-count // DRAWN))
    ]
    return np.concatenate(blocks)[:count]


def solver_of(settings: Data) -> Solver:
    """Solutions with their certificates: ``solution``, ``residual``, and more."""
    if settings.case == "nlse_1d":
        return partial(_ground_states, settings=settings)
    if settings.case == "nlse_2d":
        return partial(_ground_states_2d, settings=settings)
    return _fluxes if settings.case == "rte_slab" else partial(_pressures, settings=settings)


def check(solved: dict[str, np.ndarray], *, positive: bool) -> None:
    """Refuse solutions that are not certified."""
    worst = float(solved["residual"].max())
    if not worst < ACCEPTED:
        raise ValueError(f"a relative residual is {worst:.1e}: allowed are less than {ACCEPTED:.0e}")
    if positive and not (solved["solution"] > 0).all():
        raise ValueError("a solution is not positive: it is no ground state, and no flux")


def samples_of(data: xr.Dataset, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and solutions of one part."""
    chosen = data["part"].values == list(data["part"].attrs["flag_meanings"]).index(part)
    return data["coefficient"].values[chosen], data["solution"].values[chosen]


def shifted_parts(data: xr.Dataset) -> list[str]:
    """Names of the laws that the training does not see."""
    return [name for name in data["part"].attrs["flag_meanings"] if name not in PARTS]


def _solved(coefficient: np.ndarray, solver: Solver, *, label: str) -> dict[str, np.ndarray]:
    chunks = [coefficient[i : i + 250] for i in range(0, len(coefficient), 250)]
    found = [solver(chunk) for chunk in progress(chunks, label=label)]
    return {name: np.concatenate([each[name] for each in found]) for name in found[0]}


def _ground_states(potential: np.ndarray, *, settings: Data) -> dict[str, np.ndarray]:
    found = ground_states(potential, interaction=settings.interaction, stencil=settings.stencil)
    return {"solution": found.state, "residual": found.residual, "energy": found.energy}


def _ground_states_2d(potential: np.ndarray, *, settings: Data) -> dict[str, np.ndarray]:
    found = ground_states_2d(potential, interaction=settings.interaction, stencil=settings.stencil)
    return {"solution": found.state, "residual": found.residual, "energy": found.energy}


def _fluxes(scattering: np.ndarray) -> dict[str, np.ndarray]:
    found = scalar_fluxes(scattering, absorption=ABSORPTION)
    return {"solution": found.flux, "residual": found.residual, "leakage": found.leakage}


def _pressures(permeability: np.ndarray, *, settings: Data) -> dict[str, np.ndarray]:
    found = pressures(permeability, grid=settings.grid)
    return {"solution": found.pressure, "residual": found.residual}


ABOUT = {
    "energy": {"units": "1 / length^2", "long_name": "energy of the ground state"},
    "leakage": {"units": "particles / time", "long_name": "what leaves the slab through both ends"},
}


def _dataset(
    settings: Data, coefficient: np.ndarray, part: np.ndarray, solved: dict[str, np.ndarray], *, names: list[str]
) -> xr.Dataset:
    meaning = {"units": "1", "long_name": "part", "flag_values": list(range(len(names))), "flag_meanings": names}
    kind = {"nlse_1d": "potential", "nlse_2d": "potential", "rte_slab": "scattering coefficient"}
    units = {"nlse_1d": "1 / length^2", "nlse_2d": "1 / length^2", "rte_slab": "1 / length", "darcy_2d": "1"}
    state = {"rte_slab": "scalar flux", "darcy_2d": "pressure"}.get(settings.case, "ground state")
    axes = ("sample", *("y", "x")[-(coefficient.ndim - 1) :])
    about = {"units": units[settings.case], "long_name": kind.get(settings.case, "permeability")}
    residual = {"units": "1", "long_name": "norm of the residual, relative"}
    variables = {
        "coefficient": (axes, coefficient, about),
        "solution": (axes, solved["solution"], {"units": "1", "long_name": state}),
        "residual": (("sample",), solved["residual"], residual),
        "part": (("sample",), part, meaning),
    }
    variables |= {name: (("sample",), solved[name], ABOUT[name]) for name in solved if name in ABOUT}
    return xr.Dataset(variables, attrs={"case": settings.case, "size": settings.size})
