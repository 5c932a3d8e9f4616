"""Cases with known results: loss curves under rescaled layers, Hessians of linear models, the Dirac-GAN."""

import math

import numpy as np
import torch
from torch import Tensor

from mlsim.numerics.landscapes.game_fields import dirac_eigenvalues, dirac_losses, game_field, turning
from mlsim.numerics.landscapes.hessians import hessian
from mlsim.numerics.landscapes.loss_surfaces import curve, filter_normalised, random_direction
from mlsim.studies.landscape.problems import Parameters, Task, poisson_points
from mlsim.studies.landscape.settings import Analysis, Poisson
from mlsim.studies.landscape.surroundings import sharpness
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator, torch_generator

FACTOR = 10.0  # of one layer
SPREAD = 1.0  # standard deviation of the logarithm of the factors of neurons
PENALTIES = (0.0, 0.25, 0.5, 2.0)  # of the Dirac-GAN


def rescaled(parameters: Parameters, factor: float | Tensor) -> Parameters:
    """Other parameters of the same function: ``c W_1, c b_1, W_2 / c``; one ``c``, or one for each neuron."""
    c = torch.as_tensor(factor, dtype=torch.float64)
    first, bias, second = (parameters[f"layers.{name}"] for name in ("0.weight", "0.bias", "1.weight"))
    rows = c[:, None] if c.ndim else c
    return parameters | {"layers.0.weight": rows * first, "layers.0.bias": c * bias, "layers.1.weight": second / c}


def invariance_rows(task: Task, parameters: Parameters, analysis: Analysis, *, seed: int) -> list[Row]:
    """Changes of loss curves and sharpness when one layer is multiplied by a factor and the next divided by it.

    ``x`` is the factor; ``curve_change_by_neuron`` has a factor ``e^g`` for each neuron, ``g`` standard normal.
    """
    width = len(parameters["layers.0.bias"])
    factors = np.exp(SPREAD * numpy_generator(seed, "factors of the neurons").normal(size=width))
    by_layer, by_neuron = (rescaled(parameters, factor) for factor in (FACTOR, torch.from_numpy(factors)))

    def loss_curve(at: Parameters, *, normalised: bool) -> np.ndarray:
        direction = random_direction(at, generator=torch_generator(seed, "directions", 0))
        if normalised:
            direction = filter_normalised(direction, at, filter_axes=task.filter_axes)
        return curve(task.loss, at, direction, coordinates=analysis.coordinates())

    rows = []
    changed = (("curve_change", by_layer, FACTOR), ("curve_change_by_neuron", by_neuron, np.nan))
    for quantity, other, x in changed:
        for method, normalised in {"filter_normalised": True, "raw": False}.items():
            before, after = (loss_curve(at, normalised=normalised) for at in (parameters, other))
            change = np.abs(before - after) / np.abs(before)
            rows.append(case_row("relu", quantity, float(change.max()), x=x, method=method))
    before, after = (sharpness(task, at, seed=seed) for at in (parameters, by_layer))
    return [*rows, case_row("relu", "sharpness_ratio", after / before, x=FACTOR, method="hessian")]


def sine_rows(settings: Poisson) -> list[Row]:
    """Condition numbers of both losses for the linear model ``u = sum c_k sin(k pi x)`` with ``x`` modes.

    The sines are orthogonal on the points, and the equation multiplies each by ``(k pi)^2``: the condition numbers are
    1 for the data fit and ``x^4`` for the equation.
    """
    points, rows = poisson_points(settings), []
    for count in settings.sines:
        k = torch.arange(1, count + 1, dtype=torch.float64)
        sines = torch.sin(math.pi * points * k)
        for method, weights in {"data_fit": torch.ones_like(k), "pinn": (k * math.pi) ** 2}.items():

            def loss(at: Parameters, columns: Tensor = sines * weights) -> Tensor:
                return (columns @ at["c"]).square().mean()

            values = np.linalg.eigvalsh(hessian(loss, {"c": torch.zeros_like(k)}).matrix().numpy())
            condition = values[-1] / values[0]
            rows.append(case_row("sines", "condition", condition, x=count, method=method))
            theory = 1.0 if method == "data_fit" else float(count) ** 4
            rows.append(case_row("sines", "condition_over_theory", condition / theory, x=count, method=method))
    return rows


def dirac_rows() -> list[Row]:
    """The Dirac-GAN at its equilibrium by the gradient penalty ``x``: rotation, attraction, distance from theory."""
    rows = []
    zero = torch.zeros(1, dtype=torch.float64)
    for penalty in PENALTIES:
        derivative = game_field(dirac_losses(penalty=penalty), {"generator.theta": zero, "critic.phi": zero})
        values = np.linalg.eigvals(derivative.matrix().numpy()).astype(complex)
        exact = dirac_eigenvalues(penalty=penalty)
        distance = max(float(np.abs(exact - value).min()) for value in values)
        summary = turning(values)
        numbers = {"rotation": summary.rotation, "attraction": summary.attraction, "distance_from_formula": distance}
        rows += [case_row("dirac", name, value, x=penalty, method="game") for name, value in numbers.items()]
    return rows
