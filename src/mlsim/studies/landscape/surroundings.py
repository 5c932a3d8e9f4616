"""What surrounds the trained parameters: curves, surfaces, sharpness along training, spectra, fields of the games."""

import numpy as np
import xarray as xr
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.landscapes.game_fields import game_field, projected_field, turning_plane
from mlsim.numerics.landscapes.hessians import hessian, largest_eigenvalue
from mlsim.numerics.landscapes.loss_surfaces import curve, filter_normalised, random_direction, surface
from mlsim.studies.landscape.games import game_losses
from mlsim.studies.landscape.problems import Task, task_of
from mlsim.studies.landscape.settings import Analysis, Look, Variant
from mlsim.studies.landscape.train import kept_parameters
from mlsim.training.seeding import numpy_generator, torch_generator

FIELD_REACH = 0.5  # half the side of the plane around a game's parameters


def look(settings: Look, *, data: xr.Dataset, models: list[dict], games: list[dict], seed: int) -> xr.Dataset:
    """Everything that is measured at kept parameters; variables end in the name of their variant or game.

    Args:
        settings: of all networks and games.
        data: from :func:`mlsim.studies.landscape.generate.generate`.
        models: states of all variants, in their order by name.
        games: states of all games, likewise.
        seed: of the directions, which are the same for networks of equal shapes and equal seeds.
    """
    found: dict[str, np.ndarray] = {}
    pairs = list(zip(sorted(settings.variants), models, strict=True))
    for name, state in progress(pairs, label="networks"):
        variant = settings.variants[name]
        task = task_of(variant.network, settings.problems, data=data)
        seeds = variant.seeds or settings.seeds
        own = _network(task, variant, state, analysis=settings.analysis, seeds=seeds, seed=seed)
        found |= {f"{quantity}_{name}": each for quantity, each in own.items()}
    for name, state in zip(sorted(settings.games), games, strict=True):
        game = settings.games[name]
        losses = game_losses(settings.problems.mixture, data=data, penalty=game.penalty)
        own = _game(losses, state, points=settings.analysis.field_points, seeds=game.seeds or settings.seeds)
        found |= {f"{quantity}_{name}": each for quantity, each in own.items()}
    return xr.Dataset({name: _variable(name, values) for name, values in found.items()})


def _variable(name: str, values: np.ndarray) -> tuple:
    """Axes are anonymous apart from their place: networks differ in seeds, steps and eigenvalues."""
    dims = tuple(f"{name}_axis{axis}" for axis in range(values.ndim))
    return dims, values, {"units": "1", "long_name": name.replace("_", " ")}


def _network(
    task: Task, variant: Variant, state: dict[str, Tensor], *, analysis: Analysis, seeds: tuple[int, ...], seed: int
) -> dict[str, np.ndarray]:
    steps, coordinates = analysis.kept_steps(variant.steps), analysis.coordinates()
    ends = [kept_parameters(state, seed=each, step=steps[-1]) for each in seeds]
    found = {
        "trained_loss": np.array([float(state[f"seed{each}.trained_loss"]) for each in seeds]),
        "curve": np.array(
            [[curve(task.loss, end, direction, coordinates=coordinates)
              for direction in _directions(task, end, analysis, seeds=(seed, own))]
             for own, end in zip(seeds, ends, strict=True)]
        ),
        "sharpness": np.array(
            [[sharpness(task, kept_parameters(state, seed=each, step=step), seed=seed) for step in steps]
             for each in seeds]
        ),
    }  # fmt: skip
    if variant.optimiser == "descent":  # only its sharpness is shown
        return found
    first = _directions(task, ends[0], analysis, seeds=(seed, seeds[0]))
    found["surface"] = surface(task.loss, ends[0], (first[0], first[1]), coordinates=coordinates)
    if task.smooth:
        spectra = [np.linalg.eigvalsh(hessian(task.loss, end).matrix().numpy())[::-1] for end in ends]
        found["spectrum"] = np.array([each[: analysis.eigenvalues] for each in spectra])
        found["least"] = np.array([each[-1] for each in spectra])
    return found


def _directions(
    task: Task, parameters: dict[str, Tensor], analysis: Analysis, *, seeds: tuple[int, int]
) -> list[dict[str, Tensor]]:
    """Filter-normalised directions, their seed and that of the training given; the same numbers for all networks."""
    seed, own = seeds
    drawn = [
        random_direction(parameters, generator=torch_generator(seed, "directions", own, place))
        for place in range(analysis.directions)
    ]
    return [filter_normalised(each, parameters, filter_axes=task.filter_axes) for each in drawn]


def sharpness(task: Task, parameters: dict[str, Tensor], *, seed: int) -> float:
    """Largest eigenvalue of the Hessian; not a number where the parameters are none."""
    if not all(bool(each.isfinite().all()) for each in parameters.values()):
        return float("nan")
    derivative = hessian(task.loss, parameters)
    start = numpy_generator(seed, "first vector of Lanczos").normal(size=derivative.size)
    return largest_eigenvalue(derivative, start=start)


def _game(losses: dict, state: dict[str, Tensor], *, points: int, seeds: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Eigenvalues of each seed's game, and the field of the first seed in the plane that turns fastest."""
    jacobians, parameters = [], {}
    for each in seeds:
        prefix = f"seed{each}."
        parameters[each] = {
            name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)
        }
        jacobians.append(game_field(losses, parameters[each]).matrix())
    values = np.array([np.linalg.eigvals(each.numpy()) for each in jacobians])
    plane = turning_plane(jacobians[0])
    line = np.linspace(-FIELD_REACH, FIELD_REACH, points)
    field = [
        [projected_field(losses, parameters[seeds[0]], plane, at=(float(a), float(b))) for b in line] for a in line
    ]
    return {"real": np.real(values), "imaginary": np.imag(values), "field": np.array(field), "line": line}
