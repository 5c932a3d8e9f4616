"""A neural ODE: a network as the right-hand side of the Lorenz system, trained through the solver."""

from functools import partial

import numpy as np
import torch
import xarray as xr
from torch import Tensor, nn

from mlsim.logs import progress
from mlsim.networks.perceptrons.dense import Dense
from mlsim.studies.discovery.lorenz.generate import noisy_states
from mlsim.studies.discovery.lorenz.settings import NeuralOde
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle
from mlsim.training.seeding import torch_generator

VALIDATION_FRACTION = 0.1  # the end of the trajectory


class VectorField(nn.Module):
    """Right-hand side ``f(x) = scale * net((x - mean) / scale)`` with a network of two hidden layers.

    Args:
        width: of the hidden layers.
        generator: of the initial parameters.
    """

    def __init__(self, *, width: int, generator: torch.Generator) -> None:
        super().__init__()
        self.mean: Tensor
        self.scale: Tensor
        self.rate: Tensor
        self.net = Dense(widths=(3, width, width, 3), generator=generator)
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("scale", torch.ones(3))
        self.register_buffer("rate", torch.ones(3))

    def forward(self, _time: Tensor, state: Tensor) -> Tensor:
        """Velocity of every state."""
        return self.rate * self.net((state - self.mean) / self.scale)


def train(settings: NeuralOde, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit one network for each level of noise, to the trajectory that the regressions use."""
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    for level in progress(settings.noise, total=len(settings.noise), label="levels of noise"):
        trained = _fitted_field(
            settings,
            noisy_states(data, percent=level, seed=seed),
            spacing=float(data["time"][1]),
            seed=seed,
            checkpoint=checkpoint.part(f"noise_{level:g}"),
            device=device,
        )
        state |= {f"noise_{level:g}.{key}": value for key, value in trained.state.items()}
        history += [{"noise": level, **row} for row in trained.history]
    return Trained(state=state, history=history)


def vector_field(network: NeuralOde, *, seed: int) -> VectorField:
    """The network with its initial parameters."""
    return VectorField(width=network.width, generator=torch_generator(seed, "initial parameters"))


def segments(states: Tensor, starts: Tensor, network: NeuralOde) -> Tensor:
    """Observed states of segments: ``(segment + 1, starts, 3)``, ``spacing`` observations apart."""
    steps = network.spacing * torch.arange(network.segment + 1, device=states.device)
    return states[starts[None, :] + steps[:, None]]


def _fitted_field(
    network: NeuralOde, observed: np.ndarray, *, spacing: float, seed: int, checkpoint: Checkpoint, device: str
) -> Trained:
    from torchdiffeq import odeint

    states = torch.from_numpy(observed).float().to(device)
    field = vector_field(network, seed=seed).to(device)
    times = spacing * network.spacing * torch.arange(network.segment + 1, device=device)
    last = len(states) - network.spacing * network.segment  # one more than the last start
    train = int((1 - VALIDATION_FRACTION) * last)
    scale = states[:train].std(dim=0)
    field.mean.copy_(states[:train].mean(dim=0))
    field.scale.copy_(scale)
    field.rate.copy_((states[network.spacing : train] - states[: train - network.spacing]).std(dim=0) / times[1])
    # training segments end before the first validation segment begins
    batches = Batches(samples=train - network.spacing * network.segment, size=network.batch, seed=seed)

    def misfit(starts: Tensor) -> Tensor:
        truth = segments(states, starts, network)
        path = torch.as_tensor(odeint(field, truth[0], times, method="rk4"))
        return (((path - truth)[1:] / scale) ** 2).mean()

    validation = torch.arange(train, last, 5, device=device)
    return fit(
        field,
        Plan(
            steps=network.steps,
            rate=partial(one_cycle, peak=network.rate, warm_up=0.0, end=0.0),
            validations=network.validations,
            seed=seed,
        ),
        loss=lambda step: misfit(torch.from_numpy(batches.indices(step)).to(device)),
        validate=lambda: float(misfit(validation)),
        optimizer=torch.optim.Adam(field.parameters(), fused=True),
        checkpoint=checkpoint,
    )
