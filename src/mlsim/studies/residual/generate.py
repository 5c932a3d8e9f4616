"""Potentials and their ground states on a fine and on coarser grids."""

import numpy as np
import xarray as xr

from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.waves.schroedinger import ground_states
from mlsim.studies.residual.settings import States
from mlsim.training.seeding import numpy_generator

PARTS = ("test", "validation", "train")
WARM_STEPS = 4  # of the coarse solver; Newton's method finds the same states from there


def generate(settings: States, *, seed: int) -> xr.Dataset:
    """Potentials and their ground states, on the fine grid and on every coarse one.

    Each part is drawn and solved separately, so that the test part does not depend on the size of the others.
    """
    counts = {"test": settings.test, "validation": settings.validation, "train": settings.train}
    parts = [_part(settings, count, rng=numpy_generator(seed, "potentials", part)) for part, count in counts.items()]
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    references = arrays["potential"][: settings.references]
    exact = ground_states(references, interaction=settings.interaction, stencil="spectral").state
    about = {"units": "1", "long_name": "ground state, its mean square one"}
    meaning = {"units": "1", "long_name": "part of the sample", "flag_values": [0, 1, 2], "flag_meanings": list(PARTS)}
    potential = {"units": "1/length^2", "long_name": "potential, its smallest value on the grid one"}
    residual = {"units": "1", "long_name": "relative residual of the ground state on the fine grid"}
    variables = {
        "potential": (("sample", "point"), arrays.pop("potential"), potential),
        "residual": (("sample",), arrays.pop("residual"), residual),
        "state": (("sample", "point"), arrays.pop("state"), about),
        "exact_state": (("reference", "point"), exact, about | {"comment": "without discretisation error"}),
        "part": (("sample",), np.repeat(np.arange(3, dtype=np.uint8), list(counts.values())), meaning),
    }
    variables |= {name: (("sample", f"point_{name}"), states, about) for name, states in arrays.items()}
    return xr.Dataset(variables, attrs={"ratios": list(settings.ratios), "interaction": settings.interaction})


def _part(settings: States, count: int, *, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Potentials, ground states with their residual, and ground states of every coarse grid."""
    potential = gaussian_wells(count, settings.size, rng=rng)
    fine = ground_states(potential, interaction=settings.interaction)
    coarse = {
        f"state_{ratio}": ground_states(
            coarsened(potential, ratio), interaction=settings.interaction, warm_steps=WARM_STEPS
        ).state
        for ratio in settings.ratios
    }
    return {"potential": potential, "state": fine.state, "residual": fine.residual, **coarse}


def coarsened(fine: np.ndarray, ratio: int) -> np.ndarray:
    """Values at every ``ratio``-th of the points ``x_j = j h``, ``j = 1..N``: those of the grid of ``H = ratio h``."""
    return fine[..., ratio - 1 :: ratio]


def members(data: xr.Dataset, part: str) -> slice:
    """Samples of one part, which are contiguous."""
    indices = np.flatnonzero(data["part"].values == PARTS.index(part))
    return slice(int(indices[0]), int(indices[-1]) + 1)
