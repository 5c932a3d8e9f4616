"""One universal perturbation: the network linearised once, against the published schemes of products with its Jacobian.

The published codes call the network once per image and get ``J v`` by a double reverse sweep: the gradient in ``w`` of
``<J^T w, v>``. Both schemes get the same images and starts; their singular values are compared before any time is
printed.
"""

from collections.abc import Callable, Sequence
from math import inf
from time import process_time

import numpy as np
import torch
from torch import Tensor

from mlsim.networks.convolutional.vgg import VGG, VGG19
from mlsim.numerics.attacks.pq_power_method import LinearMap, jacobian, pq_singular_vectors
from mlsim.numerics.images.rendered_shapes import rendered_shapes

SIZE, WIDTH, IMAGES, ITERATIONS, REPEATS = 32, 8, 64, 20, 3
Function = Callable[[Tensor], Tensor]


def forward_and_reverse(function: Function, at: Tensor) -> LinearMap:
    """The derivative by a forward and a reverse sweep that each run the function anew."""
    return LinearMap(
        forward=lambda v: torch.stack([torch.func.jvp(function, (at,), (each,))[1] for each in v]),
        adjoint=lambda w: torch.stack([torch.func.vjp(function, at)[1](each)[0] for each in w]),
    )


def double_backward(function: Function, at: Tensor) -> LinearMap:
    """The derivative by reverse sweeps, ``J v`` as the gradient of ``<J^T w, v>`` in ``w``."""

    def reverse(w: Tensor | None) -> tuple[Tensor, Tensor]:
        point = at.clone().requires_grad_()
        value = function(point)
        weights = torch.zeros_like(value).requires_grad_() if w is None else w
        (product,) = torch.autograd.grad(value, point, weights, create_graph=w is None)
        return product, weights

    def forward(v: Tensor) -> Tensor:
        product, weights = reverse(None)
        return torch.autograd.grad(product, weights, v)[0]

    return LinearMap(
        forward=lambda v: torch.stack([forward(each) for each in v]),
        adjoint=lambda w: torch.stack([reverse(each)[0] for each in w]),
    )


def double_backward_per_image(functions: Sequence[Function], at: Tensor) -> LinearMap:
    """The same for a function that is a stack of others, one after the other: the scheme of the published codes."""
    maps = [double_backward(function, at) for function in functions]

    def adjoint(w: Tensor) -> Tensor:
        parts = w.chunk(len(maps), dim=1)
        return torch.stack([each.adjoint(part) for each, part in zip(maps, parts, strict=True)]).sum(dim=0)

    return LinearMap(forward=lambda v: torch.cat([each.forward(v) for each in maps], dim=1), adjoint=adjoint)


def timed(scheme: Callable[[], LinearMap], start: Tensor) -> tuple[float, float]:
    """CPU seconds, set-up included, and the singular value."""
    began = process_time()
    found = pq_singular_vectors(scheme(), start[None], p=inf, q=3, iterations=ITERATIONS)
    return process_time() - began, float(found.values[0])


def main() -> None:
    """Print CPU seconds of one perturbation by each scheme and their ratios."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    drawn = rendered_shapes(IMAGES, SIZE, textures=["stripes", "dots"], noise=0.012, rotation=0.4, rng=rng)
    images = (torch.from_numpy(drawn.images).float() / 255 - 0.5) / 0.25
    net = VGG(VGG19, width=WIDTH, classes=10, generator=torch.Generator().manual_seed(0))
    net = net.eval().requires_grad_(False)
    zero, start = torch.zeros(images.shape[1:]), torch.from_numpy(rng.choice([-1.0, 1.0], images.shape[1:])).float()

    def layer(some: Tensor) -> Function:
        return lambda v: net.tapped(some + v, layer="block2_pool")

    schemes: dict[str, Callable[[], LinearMap]] = {
        "per image, double backward": lambda: double_backward_per_image([layer(each[None]) for each in images], zero),
        "batch, double backward": lambda: double_backward(layer(images), zero),
        "batch, forward and reverse": lambda: forward_and_reverse(layer(images), zero),
        "batch, linearised once": lambda: jacobian(layer(images), zero),
    }
    seconds, values = {}, {}
    for name, scheme in schemes.items():
        runs = [timed(scheme, start) for _ in range(REPEATS)]
        seconds[name], values[name] = min(time for time, _ in runs), runs[0][1]
    slowest = next(iter(schemes))
    np.testing.assert_allclose(list(values.values()), values[slowest], rtol=1e-3)
    print(f"(inf, 3)-singular vector of VGG-19, width {WIDTH}, block2_pool, {IMAGES} images of {SIZE}x{SIZE} pixels, ")
    print(f"{ITERATIONS} iterations: CPU seconds, set-up included")
    for name, time in seconds.items():
        print(f"  {name:28s}{time:7.2f}   {seconds[slowest] / time:.1f} times faster")


if __name__ == "__main__":
    main()
