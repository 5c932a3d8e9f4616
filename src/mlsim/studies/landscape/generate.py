"""Data of all problems but the Poisson problem, which needs none: a smooth function, ground states, a mixture."""

import numpy as np
import xarray as xr

from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.probability.gaussian_mixtures import mixture_samples, ring_mixture
from mlsim.numerics.waves.schroedinger import ground_states
from mlsim.studies.landscape.settings import Function, Mixture, Problems, States
from mlsim.training.seeding import numpy_generator

DEVIATION = 0.1  # standard deviation of each mode; the radius of the circle is one


def generate(settings: Problems, *, seed: int) -> xr.Dataset:
    """All data sets; the test parts depend on the seed alone."""
    variables = {
        **_function(settings.function, seed=seed),
        **_states(settings.states, seed=seed),
        **_mixture(settings.mixture, seed=seed),
    }
    return xr.Dataset(variables)


def _function(settings: Function, *, seed: int) -> dict[str, tuple]:
    """``y = sin(2 p . x) + (q . x)^2`` with random unit vectors, standardised by the training part."""
    rng = numpy_generator(seed, "directions of the function")
    first, second = (vector / np.linalg.norm(vector) for vector in rng.normal(size=(2, settings.inputs)))
    x, y = {}, {}
    for part, count in {"test": settings.test, "train": settings.train}.items():
        x[part] = numpy_generator(seed, "points of the function", part).uniform(-1, 1, size=(count, settings.inputs))
        y[part] = np.sin(2 * x[part] @ first) + (x[part] @ second) ** 2
    mean, std = y["train"].mean(), y["train"].std()
    point, value = {"units": "1", "long_name": "point of the cube"}, {"units": "1", "long_name": "standardised value"}
    variables: dict[str, tuple] = {}
    for part in x:
        variables[f"x_{part}"] = ((f"point_{part}", "input"), x[part], point)
        variables[f"y_{part}"] = ((f"point_{part}",), (y[part] - mean) / std, value)
    return variables


def _states(settings: States, *, seed: int) -> dict[str, tuple]:
    variables: dict[str, tuple] = {}
    energy = {"units": "1/length^2", "long_name": "potential, its smallest value on the grid one"}
    wave = {"units": "1", "long_name": "ground state, its mean square one"}
    for part, count in {"test": settings.test, "train": settings.train}.items():
        potential = gaussian_wells(count, settings.points, rng=numpy_generator(seed, "potentials", part))
        state = ground_states(potential, interaction=settings.interaction).state
        variables[f"potential_{part}"] = ((f"sample_{part}", "site"), potential, energy)
        variables[f"state_{part}"] = ((f"sample_{part}", "site"), state, wave)
    return variables


def _mixture(settings: Mixture, *, seed: int) -> dict[str, tuple]:
    mixture = ring_mixture(modes=settings.modes, deviation=DEVIATION)
    real = mixture_samples(mixture, settings.samples, rng=numpy_generator(seed, "real points"))
    latent = numpy_generator(seed, "latent points").normal(size=(settings.samples, settings.latent))
    return {
        "real": (("draw", "coordinate"), real, {"units": "1", "long_name": "point of the mixture"}),
        "latent": (("draw", "latent"), latent, {"units": "1", "long_name": "latent point, input of the generator"}),
    }
