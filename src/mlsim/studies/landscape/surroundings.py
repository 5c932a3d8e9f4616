"""Analysis around trained parameters: curves, surfaces, sharpness during training, spectra, vector fields of GANs."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.landscapes.game_fields import GameLoss, game_field, projected_field, turning_plane
from mlsim.numerics.landscapes.hessians import hessian, largest_eigenvalue
from mlsim.numerics.landscapes.loss_surfaces import curve, filter_normalised, random_direction, surface
from mlsim.studies.landscape.games import game_losses
from mlsim.studies.landscape.problems import Parameters, Task, task_of
from mlsim.studies.landscape.settings import Analysis, Scoring, Variant
from mlsim.studies.landscape.train import entries_under, stored_parameters
from mlsim.training.seeding import numpy_generator, torch_generator

FIELD_REACH = 0.5  # half the side of the plane around a GAN's parameters


def analyse(settings: Scoring, *, data: xr.Dataset, models: list[dict], games: list[dict], seed: int) -> xr.Dataset:
    """All measurements at stored parameters; the names of variables end in the name of their network or GAN.

    Args:
        settings: of all networks and GANs.
        data: from :func:`mlsim.studies.landscape.generate.generate`.
        models: states of all networks, in the order of their names.
        games: states of all GANs, in the order of their names.
        seed: of the directions, which are equal for networks of equal shapes and equal seeds.
    """
    measured: dict[str, np.ndarray] = {}
    networks = list(zip(sorted(settings.variants), models, strict=True))
    for name, state in progress(networks, label="networks"):
        variant = settings.variants[name]
        task, seeds = task_of(variant.network, settings.problems, data=data), variant.seeds or settings.seeds
        arrays = _network_arrays(task, variant, state, analysis=settings.analysis, seeds=seeds, seed=seed)
        measured |= {f"{quantity}_{name}": values for quantity, values in arrays.items()}
    for name, state in zip(sorted(settings.games), games, strict=True):
        game = settings.games[name]
        losses = game_losses(settings.problems.mixture, data=data, penalty=game.penalty)
        seeds = game.seeds or settings.seeds
        arrays = _game_arrays(losses, state, points=settings.analysis.field_points, seeds=seeds)
        measured |= {f"{quantity}_{name}": values for quantity, values in arrays.items()}
    return xr.Dataset({name: _variable(name, values) for name, values in measured.items()})


def _variable(name: str, values: np.ndarray) -> tuple:
    """Axes are numbered, since networks differ in seeds, steps and eigenvalues."""
    dims = tuple(f"{name}_axis{axis}" for axis in range(values.ndim))
    return dims, values, {"units": "1", "long_name": name.replace("_", " ")}


def _network_arrays(
    task: Task, variant: Variant, state: Parameters, *, analysis: Analysis, seeds: tuple[int, ...], seed: int
) -> dict[str, np.ndarray]:
    steps, coordinates = analysis.stored_steps(variant.steps), analysis.coordinates()
    ends = [stored_parameters(state, seed=training_seed, step=steps[-1]) for training_seed in seeds]
    directions = [
        _directions(task, end, count=analysis.directions, seeds=(seed, training_seed))
        for training_seed, end in zip(seeds, ends, strict=True)
    ]
    curves = [
        [curve(task.loss, end, direction, coordinates=coordinates) for direction in along]
        for end, along in zip(ends, directions, strict=True)
    ]
    sharpnesses = [
        [sharpness(task, stored_parameters(state, seed=training_seed, step=step), seed=seed) for step in steps]
        for training_seed in seeds
    ]
    arrays = {
        "trained_loss": np.array([float(state[f"seed{training_seed}.trained_loss"]) for training_seed in seeds]),
        "curve": np.array(curves),
        "sharpness": np.array(sharpnesses),
    }
    if variant.optimiser == "descent":  # neither its surface nor its spectrum is shown
        return arrays
    first, second, *_ = directions[0]
    arrays["surface"] = surface(task.loss, ends[0], (first, second), coordinates=coordinates)
    if task.smooth:
        spectra = [np.linalg.eigvalsh(hessian(task.loss, end).matrix().numpy())[::-1] for end in ends]
        arrays["spectrum"] = np.array([values[: analysis.eigenvalues] for values in spectra])
        arrays["least"] = np.array([values[-1] for values in spectra])
    return arrays


def _directions(task: Task, parameters: Parameters, *, count: int, seeds: tuple[int, int]) -> list[Parameters]:
    """Filter-normalised directions; ``seeds`` are that of the directions and that of the training."""
    drawn = [
        random_direction(parameters, generator=torch_generator(seeds[0], "directions", seeds[1], index))
        for index in range(count)
    ]
    return [filter_normalised(direction, parameters, filter_axes=task.filter_axes) for direction in drawn]


def sharpness(task: Task, parameters: Parameters, *, seed: int) -> float:
    """Largest eigenvalue of the Hessian; NaN where parameters are not finite."""
    if not all(bool(value.isfinite().all()) for value in parameters.values()):
        return float("nan")
    derivative = hessian(task.loss, parameters)
    start = numpy_generator(seed, "first vector of Lanczos").normal(size=derivative.size)
    return largest_eigenvalue(derivative, start=start)


def _game_arrays(
    losses: Mapping[str, GameLoss], state: Parameters, *, points: int, seeds: tuple[int, ...]
) -> dict[str, np.ndarray]:
    """Eigenvalues of the Jacobian for each seed; the first seed's field in the plane of the fastest rotation."""
    parameters = [entries_under(state, f"seed{training_seed}.") for training_seed in seeds]
    jacobians = [game_field(losses, values).matrix() for values in parameters]
    eigenvalues = np.array([np.linalg.eigvals(jacobian.numpy()) for jacobian in jacobians])
    plane = turning_plane(jacobians[0])
    line = np.linspace(-FIELD_REACH, FIELD_REACH, points)
    field = [[projected_field(losses, parameters[0], plane, at=(float(a), float(b))) for b in line] for a in line]
    return {"real": np.real(eigenvalues), "imaginary": np.imag(eigenvalues), "field": np.array(field), "line": line}
