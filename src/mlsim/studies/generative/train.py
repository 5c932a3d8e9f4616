"""Training of all models of one job, every seed of a model at once."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
import xarray as xr
from torch import Tensor, nn

from mlsim.networks.perceptrons.ensembles import clip_members
from mlsim.numerics.probability.gaussian_mixtures import mode_scores
from mlsim.studies.generative.autoencoders import Autoencoders, reconstruction_loss
from mlsim.studies.generative.coordinates import Coordinates, context_coordinates, coordinates_of, part_of
from mlsim.studies.generative.generate import mixture_of
from mlsim.studies.generative.models import ADVERSARIAL, Losses, Sizes, Training, networks_of, samples_of
from mlsim.studies.generative.settings import MIXTURES, Case, Run, Variant
from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan, Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import half_cosine

GRADIENT_NORM = 1.0
MONITORED_SAMPLES = 2000


def train(settings: Run, *, data: xr.Dataset, seeds: Sequence[int], checkpoint: Checkpoint, device: str) -> Trained:
    """Averaged parameters of all variants after their last step, under ``<variant>.<parameter>``.

    Nothing is selected during the training, neither by a validation nor by the test part.
    """
    state: dict[str, Tensor] = {}
    history: list[dict] = []
    for name, variant in settings.variants.items():
        case = settings.cases[variant.case]
        training = training_of(case, variant, data=data, seeds=seeds[: variant.seeds], device=device)
        coordinates = coordinates_of(variant.case, case, data)
        monitor = partial(mode_coverage, variant=variant, sizes=training.sizes, coordinates=coordinates)
        trained = _train_variant(variant, case, training, monitor=monitor, checkpoint=checkpoint.part(name))
        state |= {f"{name}.{key}": value for key, value in trained.state.items()}
        history += [{"variant": name, **row} for row in trained.history]
    return Trained(state=state, history=history)


def _train_variant(
    variant: Variant,
    case: Case,
    training: Training,
    *,
    monitor: Callable[[nn.Module], dict[str, float]],
    checkpoint: Checkpoint,
) -> Trained:
    """One variant, all its seeds side by side."""
    models = networks(variant, training.sizes, seeds=training.seeds)
    models = {name: model.to(training.samples.device) for name, model in models.items()}
    plan = Plan(
        steps=case.steps,
        rate=partial(half_cosine, peak=variant.rate, floor=0.01),
        validations=case.looks,
        seed=training.seeds[0],
    )
    average = Average(player="generator", share=variant.average, copied=min(200, case.steps // 4))
    return play(_players(variant, models, training), plan, average=average, monitor=monitor, checkpoint=checkpoint)


def training_of(case: Case, variant: Variant, *, data: xr.Dataset, seeds: Sequence[int], device: str) -> Training:
    """The training part of the variant's case in its coordinates."""
    name, context = variant.case, context_coordinates(variant.case, data)
    samples = coordinates_of(name, case, data).of(part_of(data, name, "train"))
    observed = None if context is None else _tensor(context.of(part_of(data, name, "train_data")), device)
    return Training(samples=_tensor(samples, device), context=observed, batch=case.batch, seeds=seeds)


def networks(variant: Variant, sizes: Sizes, *, seeds: Sequence[int]) -> dict[str, nn.Module]:
    """Networks of any variant, autoencoders included."""
    if variant.kind == "autoencoder":
        return {"generator": Autoencoders(variant, sizes, seeds=seeds)}
    return networks_of(variant, sizes, seeds=seeds)


def restored(state: dict[str, Tensor], name: str, variant: Variant, *, sizes: Sizes, seeds: Sequence[int]) -> nn.Module:
    """The trained network of a variant that draws samples, or the autoencoder."""
    network = networks(variant, sizes, seeds=seeds[: variant.seeds])["generator"]
    prefix = f"{name}."
    network.load_state_dict({key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)})
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


def mode_coverage(network: nn.Module, *, variant: Variant, sizes: Sizes, coordinates: Coordinates) -> dict[str, float]:
    """Fair modes and high quality during the training of a GAN, means over the members; empty for other models."""
    if variant.case not in MIXTURES or variant.kind not in ADVERSARIAL:
        return {}
    mixture = mixture_of(variant.case)
    device = next(network.parameters()).device
    drawn = samples_of(network.cpu(), variant, sizes=sizes, count=MONITORED_SAMPLES, seed=0)
    network.to(device)
    scores = [mode_scores(coordinates.points(samples), mixture) for samples in drawn.double().numpy()]
    return {
        "fair_modes": sum(score.fair_modes for score in scores) / len(scores),
        "high_quality": sum(score.high_quality for score in scores) / len(scores),
    }


def _tensor(values: object, device: str) -> Tensor:
    return torch.as_tensor(values, dtype=torch.float32, device=device)
