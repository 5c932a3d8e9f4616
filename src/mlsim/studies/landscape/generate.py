"""Data of all problems: a smooth function, ground states, points of a mixture; the Poisson problem is a formula."""

import numpy as np
import xarray as xr

from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.probability.gaussian_mixtures import mixture_samples, ring_mixture
from mlsim.numerics.waves.schroedinger import ground_states
from mlsim.studies.landscape.settings import Function, Mixture, Problems, States
from mlsim.training.seeding import numpy_generator

DEVIATION = 0.1  # of each mode; the radius of the circle is one


def generate(settings: Problems, *, seed: int) -> xr.Dataset:
    """All data sets; the test parts depend on the seed alone."""
    variables = {
        **_function(settings.function, seed=seed),
        **_states(settings.states, seed=seed),
        **_mixture(settings.mixture, seed=seed),
    }
    return xr.Dataset(variables)


def _function(settings: Function, *, seed: int) -> dict[str, tuple]:
    """``y = sin(2 p . x) + (q . x)^2`` with random unit vectors, then moved and scaled to mean 0 and deviation 1."""
    rng = numpy_generator(seed, "directions of the function")
    first, second = (each / np.linalg.norm(each) for each in rng.normal(size=(2, settings.inputs)))
    found: dict[str, tuple] = {}
    for part, count in {"test": settings.test, "train": settings.train}.items():
        x = numpy_generator(seed, "points of the function", part).uniform(-1, 1, size=(count, settings.inputs))
        y = np.sin(2 * x @ first) + (x @ second) ** 2
        found[f"x_{part}"] = ((f"point_{part}", "input"), x, {"units": "1", "long_name": "point of the cube"})
        found[f"y_{part}"] = ((f"point_{part}",), y, {"units": "1", "long_name": "value of the smooth function"})
    mean, deviation = found["y_train"][1].mean(), found["y_train"][1].std()
    for part in ("test", "train"):
        dims, y, about = found[f"y_{part}"]
        found[f"y_{part}"] = (dims, (y - mean) / deviation, about)
    return found


def _states(settings: States, *, seed: int) -> dict[str, tuple]:
    found: dict[str, tuple] = {}
    energy = {"units": "1/length^2", "long_name": "potential, its smallest value on the grid one"}
    about = {"units": "1", "long_name": "ground state, its mean square one"}
    for part, count in {"test": settings.test, "train": settings.train}.items():
        potential = gaussian_wells(count, settings.points, rng=numpy_generator(seed, "potentials", part))
        state = ground_states(potential, interaction=settings.interaction).state
        found[f"potential_{part}"] = ((f"sample_{part}", "site"), potential, energy)
        found[f"state_{part}"] = ((f"sample_{part}", "site"), state, about)
    return found


def _mixture(settings: Mixture, *, seed: int) -> dict[str, tuple]:
    mixture = ring_mixture(modes=settings.modes, deviation=DEVIATION)
    real = mixture_samples(mixture, settings.samples, rng=numpy_generator(seed, "real points"))
    latent = numpy_generator(seed, "latent points").normal(size=(settings.samples, settings.latent))
    return {
        "real": (("draw", "coordinate"), real, {"units": "1", "long_name": "point of the mixture"}),
        "latent": (("draw", "latent"), latent, {"units": "1", "long_name": "what the generator maps to a point"}),
    }
