"""Two perceptrons as a GAN on fixed points: losses as functions of all parameters, training in turns."""

from collections.abc import Callable

import torch
import xarray as xr
from torch import Tensor, nn
from torch.func import functional_call

from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.landscapes.game_fields import GameLoss
from mlsim.numerics.probability.gan_losses import classification_loss, non_saturating_loss, zero_centred_penalty
from mlsim.studies.landscape.problems import Parameters
from mlsim.studies.landscape.settings import GameRun, Mixture
from mlsim.studies.landscape.train import entries_under
from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan, Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator

RECORDS = 20  # per training


def players(settings: Mixture, *, seed: int) -> dict[str, nn.Module]:
    """Generator and critic with their initial parameters, double precision."""
    widths = {
        "generator": (settings.latent, settings.width, settings.width, 2),
        "critic": (2, settings.critic_width, settings.critic_width, 1),
    }
    return {
        player: Dense(widths=sizes, generator=torch_generator(seed, "initial parameters", player)).double()
        for player, sizes in widths.items()
    }


def game_losses(settings: Mixture, *, data: xr.Dataset, penalty: float) -> dict[str, GameLoss]:
    """Losses of the non-saturating GAN on the fixed points; ``penalty`` weighs the critic's gradient penalty."""
    real, latent = (torch.from_numpy(data[name].values) for name in ("real", "latent"))
    nets = players(settings, seed=0)

    def output(player: str, at: Parameters, x: Tensor) -> Tensor:
        return functional_call(nets[player], entries_under(at, f"{player}."), (x,))

    def critic(at: Parameters) -> Tensor:
        fake = output("generator", at, latent)
        loss = classification_loss(*(output("critic", at, x)[None] for x in (real, fake))).sum()
        if penalty == 0:
            return loss

        def scores(x: Tensor) -> Tensor:
            return output("critic", at, x[0])[None]

        return loss + penalty * zero_centred_penalty(scores, real[None], fake[None]).sum()

    def generator(at: Parameters) -> Tensor:
        return non_saturating_loss(output("critic", at, output("generator", at, latent))[None]).sum()

    return {"generator": generator, "critic": critic}


def train_game(settings: GameRun, *, data: xr.Dataset, checkpoint: Checkpoint, device: str) -> Trained:
    """Both players after the last step, ``seed<s>.<player>.<parameter>``, for all seeds one after the other."""
    game, mixture = settings.game, settings.problems.mixture
    state, history = {}, []
    losses = game_losses(mixture, data=data, penalty=game.penalty)
    for seed in game.seeds or settings.seeds:
        nets = players(mixture, seed=seed)
        at: Parameters = {
            f"{player}.{name}": value for player, net in nets.items() for name, value in net.named_parameters()
        }
        trained = play(
            {name: _player(net, lambda _turn, name=name, at=at: losses[name](at)) for name, net in nets.items()},
            Plan(steps=game.steps, rate=lambda _progress: game.rate, validations=min(RECORDS, game.steps), seed=seed),
            average=Average(player="generator", share=1.0),
            monitor=lambda _net: {},
            checkpoint=checkpoint.part(f"seed{seed}"),
        )
        state |= {f"seed{seed}.{name}": value.detach().clone() for name, value in at.items()}
        history += [{"seed": seed, **record} for record in trained.history]
    return Trained(state=state, history=history)


def _player(net: nn.Module, loss: Callable[[int], Tensor]) -> Player:
    return Player(model=net, optimizer=torch.optim.Adam(net.parameters(), betas=(0.5, 0.999), fused=True), loss=loss)
