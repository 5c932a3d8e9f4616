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
# name and unit of the coefficient, name of the solution
DESCRIPTIONS = {
    "nlse_1d": ("potential", "1 / length^2", "ground state"),
    "nlse_2d": ("potential", "1 / length^2", "ground state"),
    "rte_slab": ("scattering coefficient", "1 / length", "scalar flux"),
    "darcy_2d": ("permeability", "1", "pressure"),
}
FURTHER = {
    "energy": {"units": "1 / length^2", "long_name": "energy of the ground state"},
    "leakage": {"units": "particles / time", "long_name": "what leaves the slab through both ends"},
}
Distribution = Callable[..., np.ndarray]
Samples = tuple[np.ndarray, np.ndarray]  # coefficients and solutions


def generate(settings: Data, *, seed: int) -> xr.Dataset:
    """Coefficients and solutions of all parts, and of the distributions that the training does not contain.

    Raises:
        ValueError: the residual of a solution is too large, or a ground state or flux is not positive.
    """
    shifted = shifted_distributions(settings)
    distributions = dict.fromkeys(PARTS, training_distribution(settings)) | shifted
    counts = {"test": settings.test, "validation": settings.validation, "train": settings.train}
    counts |= dict.fromkeys(shifted, settings.shifted)
    coefficient = np.concatenate(
        [drawn(distributions[part], part, settings, count=count, seed=seed) for part, count in counts.items()]
    )
    part = np.repeat(np.arange(len(counts), dtype=np.uint8), list(counts.values()))
    solved = _solved(coefficient, settings)
    check(solved, positive=settings.case != "darcy_2d")
    data = _dataset(settings, coefficient, solved, part=part, names=list(counts))
    if settings.case == "nlse_1d":
        other: Stencil = "spectral" if settings.stencil == "differences" else "differences"
        again = ground_states(coefficient[: settings.test], interaction=settings.interaction, stencil=other)
        check({"solution": again.state, "residual": again.residual}, positive=True)
        about = {"units": "1", "long_name": f"ground state of the test potentials, {other}"}
        data["other_stencil"] = (("test_sample", "x"), again.state, about)
    return data


def training_distribution(settings: Data) -> Distribution:
    """The training distribution, drawn from by ``distribution(samples, size, rng=...)``."""
    return {
        "nlse_1d": gaussian_wells if settings.law == "wells" else lognormal,
        "nlse_2d": gaussian_wells_2d,
        "rte_slab": scattering_coefficients,
        "darcy_2d": partial(two_phase_coefficients, grid=settings.grid),
    }[settings.case]


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


def _solved(coefficient: np.ndarray, settings: Data) -> dict[str, np.ndarray]:
    chunks = [coefficient[i : i + AT_A_TIME] for i in range(0, len(coefficient), AT_A_TIME)]
    solved = [_solutions(chunk, settings) for chunk in progress(chunks, label=settings.case)]
    return {name: np.concatenate([chunk[name] for chunk in solved]) for name in solved[0]}


def _solutions(coefficient: np.ndarray, settings: Data) -> dict[str, np.ndarray]:
    """``solution`` and ``residual``, of some cases also ``energy`` or ``leakage``."""
    if settings.case == "rte_slab":
        fluxes = scalar_fluxes(coefficient, absorption=ABSORPTION)
        return {"solution": fluxes.flux, "residual": fluxes.residual, "leakage": fluxes.leakage}
    if settings.case == "darcy_2d":
        flow = pressures(coefficient, grid=settings.grid)
        return {"solution": flow.pressure, "residual": flow.residual}
    solve = ground_states if settings.case == "nlse_1d" else ground_states_2d
    states = solve(coefficient, interaction=settings.interaction, stencil=settings.stencil)
    return {"solution": states.state, "residual": states.residual, "energy": states.energy}


def _dataset(
    settings: Data, coefficient: np.ndarray, solved: dict[str, np.ndarray], *, part: np.ndarray, names: list[str]
) -> xr.Dataset:
    name, unit, solution = DESCRIPTIONS[settings.case]
    axes = ("sample", *("y", "x")[-(coefficient.ndim - 1) :])
    meaning = {"units": "1", "long_name": "part", "flag_values": list(range(len(names))), "flag_meanings": names}
    residual = {"units": "1", "long_name": "norm of the residual, relative"}
    variables = {
        "coefficient": (axes, coefficient, {"units": unit, "long_name": name}),
        "solution": (axes, solved["solution"], {"units": "1", "long_name": solution}),
        "residual": (("sample",), solved["residual"], residual),
        "part": (("sample",), part, meaning),
    }
    variables |= {name: (("sample",), solved[name], FURTHER[name]) for name in solved if name in FURTHER}
    return xr.Dataset(variables, attrs={"case": settings.case, "size": settings.size})
