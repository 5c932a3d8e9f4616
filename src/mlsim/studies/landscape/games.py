"""Two small players on fixed points: their losses as functions of all parameters, and their training by turns."""

import torch
import xarray as xr
from torch import Tensor, nn
from torch.func import functional_call

from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.landscapes.game_fields import GameLoss
from mlsim.numerics.probability.gan_losses import classification_loss, non_saturating_loss, zero_centred_penalty
from mlsim.studies.landscape.settings import GameRun, Mixture
from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan, Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator

LOOKS = 20


def players(settings: Mixture, *, seed: int) -> dict[str, nn.Module]:
    """Generator and critic with their initial parameters, double precision."""
    widths = {
        "generator": (settings.latent, settings.width, settings.width, 2),
        "critic": (2, settings.critic_width, settings.critic_width, 1),
    }
    return {
        name: Dense(widths=each, generator=torch_generator(seed, "initial parameters", name)).double()
        for name, each in widths.items()
    }


def named_parameters(networks: dict[str, nn.Module]) -> dict[str, Tensor]:
    """Parameters of both players, ``<player>.<name>``."""
    return {f"{player}.{name}": each for player, net in networks.items() for name, each in net.named_parameters()}


def game_losses(settings: Mixture, *, data: xr.Dataset, penalty: float) -> dict[str, GameLoss]:
    """Losses of the non-saturating GAN, that of the critic with a penalty on its slopes, on the fixed points."""
    real, latent = (torch.from_numpy(data[name].values) for name in ("real", "latent"))
    nets = players(settings, seed=0)

    def called(player: str, at: dict[str, Tensor], x: Tensor) -> Tensor:
        prefix = f"{player}."
        own = {name.removeprefix(prefix): each for name, each in at.items() if name.startswith(prefix)}
        return functional_call(nets[player], own, (x,))

    def critic(at: dict[str, Tensor]) -> Tensor:
        fake = called("generator", at, latent)
        scores = [called("critic", at, x)[None] for x in (real, fake)]
        loss = classification_loss(*scores).sum()
        if penalty == 0:
            return loss

        def scored(x: Tensor) -> Tensor:
            return called("critic", at, x[0])[None]

        return loss + penalty * zero_centred_penalty(scored, real[None], fake[None]).sum()

    def generator(at: dict[str, Tensor]) -> Tensor:
        return non_saturating_loss(called("critic", at, called("generator", at, latent))[None]).sum()

    return {"generator": generator, "critic": critic}


def train_game(settings: GameRun, *, data: xr.Dataset, checkpoint: Checkpoint, device: str) -> Trained:
    """Both players after the last step, ``seed<s>.<player>.<parameter>``, for all seeds one after the other."""
    game, state, history = settings.game, {}, []
    losses = game_losses(settings.problems.mixture, data=data, penalty=game.penalty)
    for seed in game.seeds or settings.seeds:
        nets = players(settings.problems.mixture, seed=seed)
        at = named_parameters(nets)
        played = play(
            {name: _player(net, lambda _turn, name=name, at=at: losses[name](at)) for name, net in nets.items()},
            Plan(steps=game.steps, rate=lambda _progress: game.rate, validations=min(LOOKS, game.steps), seed=seed),
            average=Average(player="generator", share=1.0),
            monitor=lambda _net: {},
            checkpoint=checkpoint.part(f"seed{seed}"),
        )
        state |= {f"seed{seed}.{name}": each.detach().clone() for name, each in at.items()}
        history += [{"seed": seed, **row} for row in played.history]
    return Trained(state=state, history=history)


def _player(net: nn.Module, loss) -> Player:
    return Player(model=net, optimizer=torch.optim.Adam(net.parameters(), betas=(0.5, 0.999), fused=True), loss=loss)
