"""Training of all models of one job, every seed of a model at once."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
import xarray as xr
from torch import Tensor, nn

from mlsim.networks.perceptrons.ensembles import clip_members
from mlsim.numerics.probability.gaussian_mixtures import mode_scores
from mlsim.studies.generative.autoencoders import autoencoders, reconstruction_loss
from mlsim.studies.generative.coordinates import Coordinates, context_coordinates, coordinates_of, part_of
from mlsim.studies.generative.generate import mixture_of
from mlsim.studies.generative.models import ADVERSARIAL, Losses, Sizes, Training, networks_of, samples_of
from mlsim.studies.generative.settings import MIXTURES, Case, Run, Variant
from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan, Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import half_cosine

GRADIENT_NORM = 1.0
LOOKED_AT = 2000


def train(settings: Run, *, data: xr.Dataset, seeds: Sequence[int], checkpoint: Checkpoint, device: str) -> Trained:
    """Averaged parameters of all variants after their last step, under ``<variant>.<parameter>``.

    Nothing is chosen along the way, neither by a validation nor by the test part.
    """
    state: dict[str, Tensor] = {}
    history: list[dict] = []
    for name, variant in settings.variants.items():
        trained = _trained(
            name, variant, settings.cases[variant.case], data=data, seeds=seeds[: variant.seeds],
            checkpoint=checkpoint.part(name), device=device,
        )  # fmt: skip
        state |= {f"{name}.{key}": value for key, value in trained.state.items()}
        history += [{"variant": name, **row} for row in trained.history]
    return Trained(state=state, history=history)


def _trained(
    name: str,
    variant: Variant,
    case: Case,
    *,
    data: xr.Dataset,
    seeds: Sequence[int],
    checkpoint: Checkpoint,
    device: str,
) -> Trained:
    """One variant, all its seeds side by side."""
    training = training_of(case, variant, data=data, seeds=seeds, device=device)
    sizes = sizes_of(training)
    players = {key: each.to(device) for key, each in networks(variant, sizes, seeds=seeds).items()}
    look = partial(_looked_at, variant, sizes, coordinates_of(variant.case, case, data))
    plan = Plan(
        steps=case.steps,
        rate=partial(half_cosine, peak=variant.rate, floor=0.01),
        validations=case.looks,
        seed=seeds[0],
    )
    return play(
        _players(variant, players, training),
        plan,
        average=Average(player="generator", share=variant.average, copied=min(200, case.steps // 4)),
        monitor=look,
        checkpoint=checkpoint,
    )


def training_of(case: Case, variant: Variant, *, data: xr.Dataset, seeds: Sequence[int], device: str) -> Training:
    """The training part of the variant's case in its coordinates."""
    name = variant.case
    samples = coordinates_of(name, case, data).of(part_of(data, name, "train"))
    scale = context_coordinates(name, data)
    context = None if scale is None else _tensor(scale.of(part_of(data, name, "train_data")), device)
    return Training(
        samples=_tensor(samples, device), context=context, batch=case.batch, members=len(seeds), seed=seeds[0]
    )


def sizes_of(training: Training) -> Sizes:
    """Dimensions of a training part."""
    context = 0 if training.context is None else training.context.shape[1]
    return Sizes(dimension=training.samples.shape[1], context=context)


def networks(variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> dict[str, nn.Module]:
    """Networks of any variant, those of reduction of dimension included."""
    if variant.kind == "autoencoder":
        return {"generator": autoencoders(variant, sizes, seeds=seeds)}
    return networks_of(variant, sizes, seeds=seeds)


def restored(state: dict[str, Tensor], name: str, variant: Variant, *, sizes: Sizes, seeds: Sequence[int]) -> nn.Module:
    """The trained network of a variant that draws samples, or the autoencoder."""
    network = networks(variant, sizes, seeds=seeds[: variant.seeds])["generator"]
    prefix = f"{name}."
    network.load_state_dict({key.removeprefix(prefix): each for key, each in state.items() if key.startswith(prefix)})
    return network.eval()


def _players(variant: Variant, models: dict[str, nn.Module], training: Training) -> dict[str, Player]:
    losses = Losses(variant=variant, networks=models, training=training)
    if variant.kind not in ADVERSARIAL:
        loss = losses.of_single
        if variant.kind == "autoencoder":
            loss = partial(reconstruction_loss, models["generator"], training)
        return {"generator": _player(variant, models["generator"], loss, clipped=variant.kind != "spline_flow")}
    return {
        "critic": _player(variant, models["critic"], losses.of_critic, turns=variant.turns),
        "generator": _player(variant, models["generator"], losses.of_generator, scale=variant.generator_scale),
    }


def _player(
    variant: Variant,
    model: nn.Module,
    loss: Callable[[int], Tensor],
    *,
    scale: float = 1.0,
    turns: int = 1,
    clipped: bool = False,
) -> Player:
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=variant.rate, betas=variant.betas, fused=True)
    clip = partial(clip_members, parameters, norm=GRADIENT_NORM) if clipped else None
    return Player(model=model, optimizer=optimizer, loss=loss, scale=scale, turns=turns, before_update=clip)


def _looked_at(variant: Variant, sizes: Sizes, coordinates: Coordinates, network: nn.Module) -> dict[str, float]:
    """Modes and quality during the training of a GAN, for the figure; mean over the members."""
    if variant.case not in MIXTURES or variant.kind not in ADVERSARIAL:
        return {}
    mixture = mixture_of(variant.case)
    device = next(network.parameters()).device
    drawn = samples_of(network.cpu(), variant, sizes=sizes, count=LOOKED_AT, seed=0)
    network.to(device)
    scores = [mode_scores(coordinates.points(each), mixture) for each in drawn.double().numpy()]
    return {
        "fair_modes": sum(each.fair_modes for each in scores) / len(scores),
        "high_quality": sum(each.high_quality for each in scores) / len(scores),
    }


def _tensor(values: object, device: str) -> Tensor:
    return torch.as_tensor(values, dtype=torch.float32, device=device)
