"""Fit of one untrained network to one damaged image."""

from collections.abc import Callable

import torch
import xarray as xr
from torch import Tensor, nn

from mlsim.networks.untrained.deep_decoder import SCALES, DeepDecoder
from mlsim.networks.untrained.hourglass import Hourglass
from mlsim.numerics.images.degradations import decimated
from mlsim.numerics.images.quality import luminance, psnr
from mlsim.studies.image_prior.monitor import Watch
from mlsim.studies.image_prior.settings import Prior, Run, Task
from mlsim.training.loop import Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import global_randomness, torch_generator, torch_seed
from mlsim.training.untrained import fit_untrained

INPUT_CHANNELS, INPUT_RANGE = 32, 0.1  # of the hourglass's input, uniform from zero
BORDER = 4  # pixels left out on each side in the evaluation of super-resolution


def train(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network to the observed image; the state holds the outputs that the stopping criteria select.

    Only the oracle and the history use the clean image, neither the fit nor any other criterion.
    """
    task, variant = settings.task, settings.variant
    clean, observed = (tensor(data, name, variant.task).to(device) for name in ("clean", "observed"))
    net, noise = prior_network(settings.prior, clean.shape, seed=seed)
    # channels last: a fifth less time on a CPU
    net = net.to(device).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    noise = noise.to(device).contiguous(memory_format=torch.channels_last)
    distance = data_term(task, observed, mask=observed_pixels(data, variant.task, device=device))

    def misfit(step: int) -> tuple[Tensor, Tensor]:
        output = net(noise + variant.input_noise * _normal_like(noise, seed=seed, step=step))
        return distance(output), output

    watch = Watch(
        settings.fitting,
        steps=variant.steps,
        score=lambda image: task_psnr(task, image, clean),
        sigma=task.amount / 255.0 if task.kind == "denoise" else None,
    )
    collapses = fit_untrained(
        net,
        steps=variant.steps,
        misfit=misfit,
        watch=watch,
        optimizer=torch.optim.Adam(net.parameters(), lr=settings.fitting.rate, fused=True),
        checkpoint=checkpoint,
    )
    outputs = {name: value.cpu().contiguous() for name, value in watch.stored.items()}
    parameters = sum(parameter.numel() for parameter in net.parameters())
    sizes = {"collapses": torch.tensor(collapses), "parameters": torch.tensor(parameters)}
    return Trained(state=outputs | sizes, history=watch.history)


def tensor(data: xr.Dataset, name: str, task: str) -> Tensor:
    """Image of a task as a tensor: channels, rows, columns."""
    return torch.from_numpy(data[f"{name}_{task}"].values)


def observed_pixels(data: xr.Dataset, task: str, *, device: str = "cpu") -> Tensor | None:
    """Mask of an inpainting task, None for the others."""
    name = f"mask_{task}"
    return torch.from_numpy(data[name].values).to(device) if name in data else None


def prior_network(prior: Prior, shape: torch.Size, *, seed: int) -> tuple[nn.Module, Tensor]:
    """The network with its initial parameters and its fixed input, for an image of channels, rows, columns."""
    channels, rows, columns = shape
    with global_randomness(seed, "initial parameters"):
        if prior.network == "hourglass":
            net: nn.Module = Hourglass(width=prior.width, inputs=INPUT_CHANNELS, outputs=channels)
            size = (1, INPUT_CHANNELS, rows, columns)
        else:
            net = DeepDecoder(width=prior.width, outputs=channels)
            size = (1, prior.width, rows // 2**SCALES, columns // 2**SCALES)
    return net, INPUT_RANGE * torch.rand(size, generator=torch_generator(seed, "input"))


def data_term(task: Task, observed: Tensor, *, mask: Tensor | None) -> Callable[[Tensor], Tensor]:
    """Mean squared difference of an output, damaged as the image was, from the observed image.

    Hidden pixels count as zeros in the mean.
    """
    if task.kind == "super_resolution":
        factor = int(task.amount)
        return lambda output: (decimated(output, factor=factor) - observed).square().mean()
    if task.kind == "inpaint":
        assert mask is not None  # written with the image
        return lambda output: ((output - observed) * mask).square().mean()
    return lambda output: (output - observed).square().mean()


def task_psnr(task: Task, image: Tensor, clean: Tensor) -> float:
    """PSNR of an image; in super-resolution that of the luminance without the border."""
    if task.kind == "super_resolution":
        return psnr(luminance(image, border=BORDER), luminance(clean, border=BORDER))
    return psnr(image, clean)


def _normal_like(noise: Tensor, *, seed: int, step: int) -> Tensor:
    generator = torch.Generator(device=noise.device).manual_seed(torch_seed(seed, "input noise", step))
    # drawn row by row and then viewed as channels last: normal_ is many times slower on any other order of the axes
    rows_first = torch.empty_like(noise.permute(0, 2, 3, 1), memory_format=torch.contiguous_format)
    return rows_first.normal_(generator=generator).permute(0, 3, 1, 2)
