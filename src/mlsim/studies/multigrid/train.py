"""Training of one learned cycle on all members of its family, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.networks.multigrid.learned_cycle import LearnedCycle, Stencils
from mlsim.numerics.multigrid.cycles import error_after_cycle, error_matrix, level_shapes
from mlsim.numerics.multigrid.fourier_analysis import (
    blocks_radius,
    error_blocks,
    log_norm_of_power,
    smooth_radius,
    symbol_levels,
)
from mlsim.numerics.multigrid.model_problems import convection_diffusion, helmholtz, variable_laplacian
from mlsim.numerics.multigrid.spectral_radius import dense_radius, gelfand_loss
from mlsim.numerics.multigrid.stencils import Stencil, laplacian
from mlsim.studies.multigrid.generate import fields_of
from mlsim.studies.multigrid.settings import Problem, Run, Training, Variant
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import numpy_generator, torch_generator

MOST_DENSE = 225  # unknowns
# modes of the coarsest level per direction in the training loss; the validation takes all of them
SAMPLED_MODES = 4
SHARPNESS = (40.0, 440.0)


def train(settings: Run, *, data: xr.Dataset | None = None, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit one cycle to each member of the family; the parameters with the smallest validated radius are stored.

    ``data`` holds random coefficients, for the families that have them. Double precision and a few dozen parameters:
    the work stays on the CPU, whatever the device.
    """
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    coarser: LearnedCycle | None = None
    for x in settings.problem.x:
        cycle = learned_cycle(settings.variant, settings.problem, x=x, noise=settings.training.noise, seed=seed)
        if coarser is not None and settings.problem.on_square:
            _copy_weights(cycle, coarser)
        for parameter in cycle.parameters():
            parameter.register_hook(_clipped)
        goal = Goal(settings.problem, x=x, data=data, training=settings.training, seed=seed)
        trained = fit(
            cycle,
            goal.plan,
            loss=partial(goal.loss, cycle),
            validate=partial(goal.radius, cycle),
            optimizer=torch.optim.Adam(cycle.parameters(), betas=(0.9, 0.99), fused=True),
            checkpoint=checkpoint.part(f"{x:g}"),
        )
        cycle.load_state_dict(trained.state)
        coarser = cycle
        state |= {f"{x:g}.{name}": value for name, value in trained.state.items()}
        history += [{"x": x, **row} for row in trained.history]
    return Trained(state=state, history=history)


def _clipped(gradient: Tensor) -> Tensor:
    """The gradient clipped to the norm one: between Laplacian and Helmholtz operator there are singular operators."""
    return gradient / gradient.norm().clamp(min=1.0)


def learned_cycle(variant: Variant, problem: Problem, *, x: float, noise: float = 0.0, seed: int = 0) -> LearnedCycle:
    """The variant's cycle for one member of the family, with its initial parameters."""
    return LearnedCycle(
        shapes=level_shapes(shape_of(problem, x=x), levels=problem.levels),
        weights=variant.weights,
        stencils=stencils_of(variant, problem, x=x),
        noise=noise,
        generator=torch_generator(seed, "initial parameters", f"{x:g}"),
    )


def stencils_of(variant: Variant, problem: Problem, *, x: float) -> Stencils:
    """What is learned: a whole stencil as in the paper, an even one on large grids, one stencil per node in 1-D."""
    if variant.transfers == "linear":
        return "linear"
    if not problem.on_square:
        return "per_node"
    return "full" if is_small(problem, x=x) else "even"


def shape_of(problem: Problem, *, x: float) -> tuple[int, int]:
    """Rows and columns of the grid of one member of the family."""
    return (int(x), int(x)) if problem.on_square else (1, problem.size)


def is_small(problem: Problem, *, x: float) -> bool:
    """Whether the error propagation is a dense matrix in training and validation."""
    rows, columns = shape_of(problem, x=x)
    return rows * columns <= MOST_DENSE


def operators_of(problem: Problem, *, x: float, data: xr.Dataset | None, part: str) -> list[Stencil]:
    """Operators of one member of the family: one, or one per coefficient field of the part."""
    if problem.equation == "poisson":
        return [laplacian(dimensions=2)]
    if problem.equation == "helmholtz":
        return [helmholtz(x, size=problem.size)]
    if problem.equation == "convection":
        return [convection_diffusion(x, size=problem.size)]
    assert data is not None
    return [variable_laplacian(field) for field in fields_of(data, part, size=int(x))]


@dataclass(frozen=True, eq=False)
class Goal:
    """Loss and validation for one member of the family."""

    problem: Problem
    x: float
    data: xr.Dataset | None
    training: Training
    seed: int

    @property
    def plan(self) -> Plan:
        """Steps and learning rate."""
        training = self.training
        return Plan(
            steps=training.steps if is_small(self.problem, x=self.x) else training.steps_later,
            rate=lambda progress: training.rate * (1.0 - 0.98 * progress),
            validations=training.validations,
            seed=self.seed,
        )

    def loss(self, cycle: LearnedCycle, step: int) -> Float[Tensor, ""]:
        """Differentiable approximation of the logarithm of the radius at one step."""
        operators = operators_of(self.problem, x=self.x, data=self.data, part="train")
        operator = operators[step % len(operators)]
        progress = step / self.plan.steps
        if is_small(self.problem, x=self.x):
            matrix = cycle_matrix(cycle, self._homotopy(operator, progress))
            return log_norm_of_power(matrix[None], squarings=4)[0]
        if operator.ndim == 2:  # constant in two dimensions
            coarsest = cycle.shapes[-1][0]
            blocks = cycle_blocks(cycle, size=int(self.x), stride=max(1, coarsest // SAMPLED_MODES))
            low, high = SHARPNESS
            return smooth_radius(blocks, sharpness=low + (high - low) * progress)
        power = 4 + round((self.training.power - 4) * progress)
        signs = self._signs(self.seed, "signs", f"{self.x:g}", step)
        return gelfand_loss(_propagation(cycle, operator), signs, power=power)

    def radius(self, cycle: LearnedCycle) -> float:
        """Largest spectral radius on the validation part; for random coefficients on large grids its estimate."""
        operators = operators_of(self.problem, x=self.x, data=self.data, part="validation")
        if is_small(self.problem, x=self.x):
            return max(dense_radius(cycle_matrix(cycle, operator)).value for operator in operators)
        if operators[0].ndim == 2:
            return blocks_radius(cycle_blocks(cycle, size=int(self.x)))
        signs = self._signs(0, "validation signs", f"{self.x:g}")
        estimates = [gelfand_loss(_propagation(cycle, operator), signs, power=24) for operator in operators]
        return float(torch.stack(estimates).exp().max())

    def _signs(self, seed: int, *stream: str | int) -> Tensor:
        """Random grid functions with the values -1 and 1 for the stochastic estimate."""
        size = (self.training.samples, *shape_of(self.problem, x=self.x))
        return torch.from_numpy(numpy_generator(seed, *stream).choice([-1.0, 1.0], size=size))

    def _homotopy(self, operator: Stencil, progress: float) -> Stencil:
        """For problems on a line, the way from the Laplacian to the operator in the first half of the training."""
        if self.problem.on_square:
            return operator
        weight = min(1.0, 2.0 * progress)
        return weight * operator + (1.0 - weight) * laplacian(dimensions=1)


def cycle_matrix(cycle: LearnedCycle, operator: Stencil) -> Float[Tensor, "unknowns unknowns"]:
    """Error propagation of the cycle as a dense matrix."""
    return error_matrix(cycle.levels(operator), sweeps=cycle.sweeps())


def cycle_blocks(cycle: LearnedCycle, *, size: int, stride: int = 1) -> list[Tensor]:
    """Error propagation of the cycle for the Laplacian on ``size x size`` nodes in exact Fourier blocks."""
    levels = symbol_levels(laplacian(dimensions=2), transfers=cycle.transfers(), sweeps=cycle.sweeps())
    return error_blocks(levels, size=size, stride=stride)


def _propagation(cycle: LearnedCycle, operator: Stencil) -> Callable[[Tensor], Tensor]:
    """The cycle for one operator, whose coarse operators are computed once."""
    return partial(error_after_cycle, cycle.levels(operator), sweeps=cycle.sweeps())


def _copy_weights(cycle: LearnedCycle, coarser: LearnedCycle) -> None:
    """Copy the weights of the next smaller grid; those of its coarsest level also to the levels that it lacks."""
    with torch.no_grad():
        if cycle.weights.ndim == 1:
            cycle.weights.copy_(coarser.weights)
            return
        for level in range(cycle.weights.shape[0]):
            cycle.weights[level] = coarser.weights[min(level, coarser.weights.shape[0] - 1)]


def restored(state: dict[str, Tensor], variant: Variant, problem: Problem, *, x: float) -> LearnedCycle:
    """The trained cycle of one member of the family."""
    cycle = learned_cycle(variant, problem, x=x)
    prefix = f"{x:g}."
    cycle.load_state_dict({k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)})
    return cycle
