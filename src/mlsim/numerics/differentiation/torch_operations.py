"""Arithmetic operations of torch programs, counted where torch dispatches them, forwards and backwards alike."""

from collections.abc import Callable, Sequence
from math import log2
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# one operation for each number of the result
ELEMENTWISE = _names(
    """
    add sub rsub mul div neg reciprocal sqrt rsqrt exp log sin cos tanh sigmoid pow abs sgn sign maximum minimum eq
    ne lt le gt ge where clamp clamp_min square relu
    """
)
# one operation for each number of the argument
REDUCTIONS = frozenset({"sum", "mean", "amax", "amin", "prod", "avg_pool1d", "avg_pool2d"})
# numbers are moved, not computed
FREE = _names(
    """
    view _unsafe_view _reshape_alias reshape expand expand_as t transpose permute squeeze unsqueeze slice select
    split split_with_sizes narrow unbind alias detach as_strided clone copy _to_copy roll flip cat stack
    constant_pad_nd index index_select gather slice_backward select_backward tril triu diag_embed diagonal
    diagonal_backward zeros zeros_like new_zeros ones ones_like full full_like new_empty new_empty_strided empty
    empty_like empty_strided zero fill eye arange scalar_tensor lift_fresh conj resolve_conj real view_as_real
    view_as_complex unfold repeat repeat_interleave is_same_size lu_unpack _linalg_check_errors
    """
)


class OperationCounter(TorchDispatchMode):
    """Counts the operations of everything that runs inside it.

    The cost model: one per number for elementwise operations and sums, ``2 m k n`` for a product of matrices, the
    leading terms of the usual algorithms for factorisations, substitutions and Fourier transforms, none for copies,
    views and indexing. The costs of factorisations and transforms are conventions. Scatters cost one per number added.

    Attributes:
        operations: the count.
        unknown: operations without a cost; a count is valid only while this is empty.

    >>> import torch
    >>> with OperationCounter() as counter:
    ...     _ = torch.ones(3, 4) @ torch.ones(4, 5) + 1.0
    >>> counter.operations, counter.unknown  # 2 * 3 * 4 * 5 + 3 * 5
    (135, set())
    """

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0
        self.unknown: set[str] = set()

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run one operation and add its cost."""
        result = func(*args, **(kwargs or {}))
        name = str(func.overloadpacket).removeprefix("aten.")
        cost = _cost(name, args, result)
        if cost is None:
            self.unknown.add(name)
        else:
            self.operations += cost
        return result


def _cost(name: str, args: Sequence[Any], result: Any) -> int | None:
    """Cost of one operation, None if it is unknown; in place, ``add_``, it costs as much as ``add``."""
    name = name if name in RULES else name.removesuffix("_")
    if name in FREE:
        return 0
    if name in ELEMENTWISE:
        return result.numel()
    if name in REDUCTIONS:
        return args[0].numel()
    rule = RULES.get(name)
    return None if rule is None else round(rule(args, result))


def _convolution(args: Sequence[Any], result: Any) -> float:
    """``convolution(input, weight, bias, ..., transposed, ...)``: each number of the longer side meets each weight."""
    image, weight, bias, transposed = args[0], args[1], args[2], args[6]
    products = (image if transposed else result)[:, 0].numel() * weight.numel()
    return 2 * products + (result.numel() if bias is not None else 0)


def _product(args: Sequence[Any], result: Any) -> float:
    return 2 * result.numel() * args[0].shape[-1]


def _product_added(args: Sequence[Any], result: Any) -> float:
    return 2 * result.numel() * args[1].shape[-1] + result.numel()


def _transform(args: Sequence[Any], _result: Any) -> float:
    return 5 * args[0].numel() * log2(args[0].numel())


def _batch(matrix: Tensor) -> int:
    return matrix.numel() // matrix.shape[-1] ** 2


RULES: dict[str, Callable[[Sequence[Any], Any], float]] = {
    "index_add": lambda args, result: args[3].numel(),  # target, dim, index, source
    "scatter_add": lambda args, result: args[3].numel(),
    "index_put": lambda args, result: args[2].numel(),
    "_index_put_impl_": lambda args, result: args[2].numel(),
    "mm": _product,
    "bmm": _product,
    "mv": _product,
    "addmm": _product_added,
    "baddbmm": _product_added,
    "dot": lambda args, result: 2 * args[0].numel(),
    "convolution": _convolution,
    "gelu": lambda args, result: 4 * result.numel(),
    "tanh_backward": lambda args, result: 3 * result.numel(),
    "sigmoid_backward": lambda args, result: 3 * result.numel(),
    "linalg_lu_factor_ex": lambda args, result: 2 * _batch(args[0]) * args[0].shape[-1] ** 3 / 3,
    "linalg_lu_solve": _product,
    "linalg_solve_triangular": lambda args, result: result.numel() * args[0].shape[-1],
    "_linalg_eigh": lambda args, result: 9 * _batch(args[0]) * args[0].shape[-1] ** 3,
    "_fft_c2c": _transform,
    "_fft_r2c": lambda args, result: _transform(args, result) / 2,
    "_fft_c2r": lambda args, result: _transform(args, result) / 2,
}
