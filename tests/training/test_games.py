"""Games: turns and averages."""

from pathlib import Path

import pytest
import torch
from torch import nn

from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator


def _game(path: Path, *, steps: int):
    """A critic and a generator of one coordinate; every draw depends on the turn."""
    models = {"critic": nn.Linear(1, 1), "generator": nn.Linear(1, 1)}
    for name, model in models.items():
        for parameter in model.parameters():
            nn.init.uniform_(parameter, generator=torch_generator(0, name, parameter.numel()))

    def fakes(player: str, index: int) -> torch.Tensor:
        return models["generator"](torch.randn(16, 1, generator=torch_generator(1, player, index)))

    def critic_loss(index: int) -> torch.Tensor:
        real = 2.0 + torch.randn(16, 1, generator=torch_generator(1, "real", index))
        return (models["critic"](fakes("critic", index).detach()) - models["critic"](real)).mean()

    def generator_loss(index: int) -> torch.Tensor:
        return -models["critic"](fakes("generator", index)).mean()

    losses = {"critic": critic_loss, "generator": generator_loss}
    players = {
        name: Player(
            model=model,
            optimizer=torch.optim.Adam(model.parameters(), betas=(0.5, 0.9)),
            loss=losses[name],
            turns=2 if name == "critic" else 1,
            scale=0.5 if name == "generator" else 1.0,
        )
        for name, model in models.items()
    }
    plan = Plan(steps=steps, rate=lambda progress: 1e-2 * (1 - progress), validations=1, seed=0)
    play(
        players,
        plan,
        average=Average(player="generator", share=0.1),
        monitor=lambda network: {},
        checkpoint=Checkpoint(path, stamp="a"),
    )
    return players


def test_average_is_the_exponential_one_of_the_parameters(tmp_path):
    # one player whose gradient is constant and whose optimizer is gradient descent: parameters fall linearly
    model = nn.Linear(1, 1, bias=False).double()
    nn.init.zeros_(model.weight)
    player = Player(model=model, optimizer=torch.optim.SGD(model.parameters()), loss=lambda index: model.weight.sum())
    plan = Plan(steps=4, rate=lambda progress: 1.0, validations=1, seed=0)
    average = Average(player="only", share=0.25, copied=2)
    trained = play(
        {"only": player},
        plan,
        average=average,
        monitor=lambda network: {},
        checkpoint=Checkpoint(tmp_path / "c", stamp=""),
    )
    expected = -2.0  # copied after the second step
    for parameter in (-3.0, -4.0):
        expected += 0.25 * (parameter - expected)
    assert trained.state["weight"].item() == pytest.approx(expected)
    assert model.weight.item() == -4.0


def test_player_moves_its_own_parameters_alone_and_leaves_no_gradient_on_others(tmp_path):
    players = _game(tmp_path / "c.pt", steps=1)
    start = {name: nn.Linear(1, 1) for name in players}
    for name, model in start.items():
        for parameter in model.parameters():
            nn.init.uniform_(parameter, generator=torch_generator(0, name, parameter.numel()))
    for name, turns in (("critic", 2), ("generator", 1)):
        moved = (players[name].model.weight - start[name].weight).abs().item()  # type: ignore[operator]
        # the first steps of Adam have the length of the rate
        rate = 1e-2 * players[name].scale
        assert 0 < moved <= turns * rate * (1 + 1e-5)
