"""What holds exactly: curves that rescaling leaves alone, the condition of linear models, the smallest game."""

import math

import numpy as np
import torch
from torch import Tensor

from mlsim.numerics.landscapes.game_fields import dirac_eigenvalues, dirac_losses, game_field, turning
from mlsim.numerics.landscapes.hessians import hessian
from mlsim.numerics.landscapes.loss_surfaces import curve, filter_normalised, random_direction
from mlsim.studies.landscape.problems import Task, poisson_points
from mlsim.studies.landscape.settings import Analysis, Poisson
from mlsim.studies.landscape.surroundings import sharpness
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator, torch_generator

FACTOR, SPREAD = 10.0, 1.0
PENALTIES = (0.0, 0.25, 0.5, 2.0)


def rescaled(parameters: dict[str, Tensor], factor: float | Tensor) -> dict[str, Tensor]:
    """The same function by other parameters: ``c W_1, c b_1, W_2 / c``; one ``c``, or one for each neuron."""
    c = torch.as_tensor(factor, dtype=torch.float64)
    first, bias, second = (parameters[f"layers.{name}"] for name in ("0.weight", "0.bias", "1.weight"))
    rows = c[:, None] if c.ndim else c
    return parameters | {"layers.0.weight": rows * first, "layers.0.bias": c * bias, "layers.1.weight": second / c}


def invariance_rows(task: Task, parameters: dict[str, Tensor], analysis: Analysis, *, seed: int) -> list[Row]:
    """How far curves and sharpness change when a layer is multiplied by ten and the next divided by it.

    ``x`` is the factor; ``curve_change_by_neuron`` has one for each neuron, ``e^g`` with standard normal ``g``.
    """
    width = len(parameters["layers.0.bias"])
    factors = np.exp(SPREAD * numpy_generator(seed, "factors of the neurons").normal(size=width))
    others = {
        "curve_change": rescaled(parameters, FACTOR),
        "curve_change_by_neuron": rescaled(parameters, torch.from_numpy(factors)),
    }
    rows = []
    for quantity, other in others.items():
        x = FACTOR if quantity == "curve_change" else np.nan
        for method in ("filter_normalised", "raw"):
            pair = [
                _curve(task, each, analysis, seed=seed, raw=method == "raw").tolist() for each in (parameters, other)
            ]
            change = np.abs(np.subtract(*pair)) / np.abs(pair[0])
            rows.append(case_row("relu", quantity, float(change.max()), x=x, method=method))
    pair = [sharpness(task, each, seed=seed) for each in (parameters, others["curve_change"])]
    rows.append(case_row("relu", "sharpness_ratio", pair[1] / pair[0], x=FACTOR, method="hessian"))
    return rows


def _curve(task: Task, parameters: dict[str, Tensor], analysis: Analysis, *, seed: int, raw: bool) -> np.ndarray:
    drawn = random_direction(parameters, generator=torch_generator(seed, "directions", 0))
    chosen = drawn if raw else filter_normalised(drawn, parameters, filter_axes=task.filter_axes)
    return curve(task.loss, parameters, chosen, coordinates=analysis.coordinates())


def sine_rows(settings: Poisson) -> list[Row]:
    """Condition of the two losses for ``u = sum c_k sin(k pi x)``, ``x`` = number of modes: 1, and that to the fourth.

    The sines are orthogonal on the points, and the equation multiplies each by ``(k pi)^2``.
    """
    points, rows = poisson_points(settings), []
    for count in settings.sines:
        k = torch.arange(1, count + 1, dtype=torch.float64)
        sines = torch.sin(math.pi * points * k)
        for method, weights in {"data_fit": torch.ones_like(k), "pinn": (k * math.pi) ** 2}.items():

            def loss(at: dict[str, Tensor], columns: Tensor = sines * weights) -> Tensor:
                return (columns @ at["c"]).square().mean()

            values = np.linalg.eigvalsh(hessian(loss, {"c": torch.zeros_like(k)}).matrix().numpy())
            condition = values[-1] / values[0]
            rows.append(case_row("sines", "condition", condition, x=count, method=method))
            theory = 1.0 if method == "data_fit" else float(count) ** 4
            rows.append(case_row("sines", "condition_over_theory", condition / theory, x=count, method=method))
    return rows


def dirac_rows() -> list[Row]:
    """The smallest game at its equilibrium, ``x`` = penalty: rotation, attraction, distance from the closed form."""
    rows = []
    zero = torch.zeros(1, dtype=torch.float64)
    for penalty in PENALTIES:
        derivative = game_field(dirac_losses(penalty=penalty), {"generator.theta": zero, "critic.phi": zero})
        values = np.linalg.eigvals(derivative.matrix().numpy()).astype(complex)
        exact = dirac_eigenvalues(penalty=penalty)
        distance = max(float(np.abs(exact - each).min()) for each in values)
        summary = turning(values)
        numbers = {"rotation": summary.rotation, "attraction": summary.attraction, "distance_from_formula": distance}
        rows += [case_row("dirac", name, value, x=penalty, method="game") for name, value in numbers.items()]
    return rows
