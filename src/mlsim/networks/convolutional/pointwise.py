"""1x1 convolutions."""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class PointwiseConvolution(nn.Conv2d):
    """A 1x1 convolution computed as a matrix product; torch's implementation is slow on a single image."""

    def __init__(self, inputs: int, outputs: int, *, bias: bool = True) -> None:
        super().__init__(inputs, outputs, 1, bias=bias)

    def forward(
        self, input: Float[Tensor, "images inputs rows columns"]
    ) -> Float[Tensor, "images outputs rows columns"]:
        """Features of every pixel."""
        return at_every_pixel(input, self.weight.flatten(1), self.bias)


def at_every_pixel(
    images: Float[Tensor, "images inputs rows columns"], weight: Float[Tensor, "outputs inputs"], bias: Tensor | None
) -> Float[Tensor, "images outputs rows columns"]:
    """One affine map on the channels of every pixel; the output has its channels last in memory."""
    return functional.linear(images.permute(0, 2, 3, 1), weight, bias).permute(0, 3, 1, 2)
