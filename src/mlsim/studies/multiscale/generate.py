"""Data sets: random coefficients and their solutions, checked by residual and sign."""

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
AT_A_TIME = 250  # samples that are solved for
ABSORPTION = 0.2
Distribution = Callable[..., np.ndarray]
Solver = Callable[[np.ndarray], dict[str, np.ndarray]]
Samples = tuple[np.ndarray, np.ndarray]  # coefficients and solutions


def generate(settings: Data, *, seed: int) -> xr.Dataset:
    """Coefficients and solutions of all parts, and of the distributions that the training does not contain.

    Raises:
        ValueError: the residual of a solution is too large, or a ground state or flux is not positive.
    """
    counts = {"test": settings.test, "validation": settings.validation, "train": settings.train}
    distributions = dict.fromkeys(PARTS, training_distribution(settings)) | shifted_distributions(settings)
    counts |= dict.fromkeys(shifted_distributions(settings), settings.shifted)
    coefficient = np.concatenate(
        [drawn(distributions[part], part, settings, count=count, seed=seed) for part, count in counts.items()]
    )
    part = np.repeat(np.arange(len(counts), dtype=np.uint8), list(counts.values()))
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


def training_distribution(settings: Data) -> Distribution:
    """The training distribution, drawn from by ``distribution(samples, size, rng=...)``."""
    if settings.case == "nlse_1d":
        return gaussian_wells if settings.law == "wells" else lognormal
    if settings.case == "nlse_2d":
        return gaussian_wells_2d
    if settings.case == "rte_slab":
        return scattering_coefficients
    return partial(two_phase_coefficients, grid=settings.grid)


def shifted_distributions(settings: Data) -> dict[str, Distribution]:
    """Distributions that the training does not contain: other wells, contrasts, or kinds of potentials."""
    if not settings.shifted:
        return {}
    if settings.case == "darcy_2d":
        contrasts = {"higher_contrast": (3.0, 24.0), "lower_contrast": (6.0, 12.0)}
        return {
            name: partial(two_phase_coefficients, values=values, grid=settings.grid)
            for name, values in contrasts.items()
        }
    bases = {"nlse_1d": gaussian_wells, "nlse_2d": gaussian_wells_2d, "rte_slab": scattering_coefficients}
    base, count = bases[settings.case], "peaks" if settings.case == "rte_slab" else "wells"
    shifted: dict[str, Distribution] = {f"wells_{number}": partial(base, **{count: number}) for number in (1, 3, 4, 8)}
    shifted |= {"sharp": partial(base, variances=(1e-3, 2e-3)), "wide": partial(base, variances=(4e-3, 8e-3))}
    if settings.case == "nlse_1d":
        shifted["other_law"] = lognormal if settings.law == "wells" else gaussian_wells
    return shifted


def drawn(distribution: Distribution, part: str, settings: Data, *, count: int, seed: int) -> np.ndarray:
    """Coefficients of one part; sample ``i`` depends on seed, part and ``i`` alone."""
    blocks = [
        distribution(DRAWN, settings.size, rng=numpy_generator(seed, settings.case, part, block))
        for block in range(-(-count // DRAWN))
    ]
    return np.concatenate(blocks)[:count]


def solver_of(settings: Data) -> Solver:
    """Solver of the case: ``solution`` and ``residual``, for some cases also ``energy`` or ``leakage``."""
    if settings.case == "nlse_1d":
        return partial(_ground_states, settings=settings)
    if settings.case == "nlse_2d":
        return partial(_ground_states_2d, settings=settings)
    return _fluxes if settings.case == "rte_slab" else partial(_pressures, settings=settings)


def check(solved: dict[str, np.ndarray], *, positive: bool) -> None:
    """Refuse solutions with a large residual or a wrong sign.

    Raises:
        ValueError: see :func:`generate`.
    """
    worst = float(solved["residual"].max())
    if not worst < ACCEPTED:
        raise ValueError(f"a relative residual is {worst:.1e}: allowed is less than {ACCEPTED:.0e}")
    if positive and not (solved["solution"] > 0).all():
        raise ValueError("a solution is not positive: ground states and fluxes are positive")


def samples_of(data: xr.Dataset, part: str) -> Samples:
    """Coefficients and solutions of one part."""
    chosen = data["part"].values == list(data["part"].attrs["flag_meanings"]).index(part)
    return data["coefficient"].values[chosen], data["solution"].values[chosen]


def shifted_parts(data: xr.Dataset) -> list[str]:
    """Names of the distributions that the training does not contain."""
    return [name for name in data["part"].attrs["flag_meanings"] if name not in PARTS]


def _solved(coefficient: np.ndarray, solver: Solver, *, label: str) -> dict[str, np.ndarray]:
    chunks = [coefficient[i : i + AT_A_TIME] for i in range(0, len(coefficient), AT_A_TIME)]
    solved = [solver(chunk) for chunk in progress(chunks, label=label)]
    return {name: np.concatenate([chunk[name] for chunk in solved]) for name in solved[0]}


def _ground_states(potential: np.ndarray, *, settings: Data) -> dict[str, np.ndarray]:
    states = ground_states(potential, interaction=settings.interaction, stencil=settings.stencil)
    return {"solution": states.state, "residual": states.residual, "energy": states.energy}


def _ground_states_2d(potential: np.ndarray, *, settings: Data) -> dict[str, np.ndarray]:
    states = ground_states_2d(potential, interaction=settings.interaction, stencil=settings.stencil)
    return {"solution": states.state, "residual": states.residual, "energy": states.energy}


def _fluxes(scattering: np.ndarray) -> dict[str, np.ndarray]:
    fluxes = scalar_fluxes(scattering, absorption=ABSORPTION)
    return {"solution": fluxes.flux, "residual": fluxes.residual, "leakage": fluxes.leakage}


def _pressures(permeability: np.ndarray, *, settings: Data) -> dict[str, np.ndarray]:
    solved = pressures(permeability, grid=settings.grid)
    return {"solution": solved.pressure, "residual": solved.residual}


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
