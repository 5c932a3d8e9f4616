"""Potentials and their ground states on a fine and on coarser grids."""

import numpy as np
import xarray as xr

from mlsim.numerics.potentials import gaussian_wells
from mlsim.numerics.schroedinger import ground_states
from mlsim.studies.residual.settings import States
from mlsim.training.seeding import numpy_generator

PARTS = ("test", "validation", "train")
WARM_STEPS = 4  # of the coarse solver; Newton's method finds the same states from there


def generate(settings: States, *, seed: int) -> xr.Dataset:
    """Potentials, their ground states, and those of every coarse grid from the potential at its points.

    Each part has a random stream of its own, so that the test part does not depend on the size of the others.
    """
    counts = (settings.test, settings.validation, settings.train)
    potential = np.concatenate(
        [
            gaussian_wells(count, settings.size, rng=numpy_generator(seed, "potentials", part))
            for part, count in zip(PARTS, counts, strict=True)
        ]
    )
    fine = ground_states(potential, interaction=settings.interaction)
    exact = ground_states(potential[: settings.references], interaction=settings.interaction, stencil="spectral")
    about = {"units": "1", "long_name": "ground state, its mean square one"}
    meaning = {"units": "1", "long_name": "part of the sample", "flag_values": [0, 1, 2], "flag_meanings": list(PARTS)}
    words = {"units": "1", "long_name": "relative residual of the ground state on the fine grid"}
    energy = {"units": "1/length^2", "long_name": "potential, its smallest value on the grid one"}
    variables = {
        "potential": (("sample", "point"), potential, energy),
        "state": (("sample", "point"), fine.state, about),
        "exact_state": (("reference", "point"), exact.state, about | {"comment": "without discretisation error"}),
        "residual": (("sample",), fine.residual, words),
        "part": (("sample",), np.repeat(np.arange(3, dtype=np.uint8), counts), meaning),
    }
    for ratio in settings.ratios:
        coarse = ground_states(coarsened(potential, ratio), interaction=settings.interaction, warm_steps=WARM_STEPS)
        variables[f"state_{ratio}"] = (("sample", f"point_{ratio}"), coarse.state, about)
    return xr.Dataset(variables, attrs={"ratios": list(settings.ratios), "interaction": settings.interaction})


def coarsened(fine: np.ndarray, ratio: int) -> np.ndarray:
    """Values at every ``ratio``-th of the points ``x_j = j h``, ``j = 1..N``: those of the grid of ``H = ratio h``."""
    return fine[..., ratio - 1 :: ratio]


def members(data: xr.Dataset, part: str) -> slice:
    """Samples of one part; the parts follow one another."""
    found = np.flatnonzero(data["part"].values == PARTS.index(part))
    return slice(int(found[0]), int(found[-1]) + 1)
