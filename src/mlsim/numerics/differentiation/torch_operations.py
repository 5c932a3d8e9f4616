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
    add sub rsub mul div neg reciprocal sqrt rsqrt exp log sin cos tanh sigmoid pow abs sgn sign maximum minimum
    eq ne lt le gt ge where clamp clamp_min square relu
    """
)
# one operation for each number of the argument
REDUCTIONS = _names("sum mean amax amin prod")
# what is moved, not computed
FREE = _names(
    """
    view _unsafe_view _reshape_alias reshape expand expand_as t transpose permute squeeze unsqueeze slice select split
    split_with_sizes narrow unbind alias detach as_strided clone copy _to_copy roll flip cat stack constant_pad_nd
    index index_select gather slice_backward select_backward tril triu diag_embed diagonal diagonal_backward
    zeros zeros_like new_zeros ones ones_like full full_like new_empty new_empty_strided empty empty_like
    empty_strided zero fill eye arange scalar_tensor lift_fresh conj resolve_conj real view_as_real view_as_complex
    unfold repeat repeat_interleave is_same_size lu_unpack _linalg_check_errors
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


def _added(args: Sequence[Any], _result: Any) -> float:
    """``index_add(target, dim, index, source)``, ``scatter_add`` likewise."""
    return args[3].numel()


def _put(args: Sequence[Any], _result: Any) -> float:
    return args[2].numel()


def _matrix_product(args: Sequence[Any], result: Any) -> float:
    return 2 * result.numel() * args[0].shape[-1]


def _matrix_product_added(args: Sequence[Any], result: Any) -> float:
    return 2 * result.numel() * args[1].shape[-1] + result.numel()


def _convolution(args: Sequence[Any], result: Any) -> float:
    """``convolution(input, weight, bias, ..., transposed, ...)``: each number of the longer side meets each weight."""
    image, weight, bias, transposed = args[0], args[1], args[2], args[6]
    products = (image if transposed else result)[:, 0].numel() * weight.numel()
    return 2 * products + (result.numel() if bias is not None else 0)


def _gelu(_args: Sequence[Any], result: Any) -> float:
    return 4 * result.numel()


def _pooling(args: Sequence[Any], _result: Any) -> float:
    return args[0].numel()


def _dot(args: Sequence[Any], _result: Any) -> float:
    return 2 * args[0].numel()


def _lu(args: Sequence[Any], _result: Any) -> float:
    return 2 * _batch(args[0]) * args[0].shape[-1] ** 3 / 3


def _lu_solve(args: Sequence[Any], result: Any) -> float:
    return 2 * result.numel() * args[0].shape[-1]


def _substitution(args: Sequence[Any], result: Any) -> float:
    return result.numel() * args[0].shape[-1]


def _eigenvalues(args: Sequence[Any], _result: Any) -> float:
    return 9 * _batch(args[0]) * args[0].shape[-1] ** 3


def _activation_backward(_args: Sequence[Any], result: Any) -> float:
    return 3 * result.numel()


def _fourier(args: Sequence[Any], _result: Any) -> float:
    points = args[0].numel()
    return 5 * points * log2(points)


def _real_fourier(args: Sequence[Any], _result: Any) -> float:
    return _fourier(args, _result) / 2


def _batch(matrix: Tensor) -> int:
    return matrix.numel() // matrix.shape[-1] ** 2


RULES: dict[str, Callable[[Sequence[Any], Any], float]] = {
    "index_add": _added,
    "scatter_add": _added,
    "index_put": _put,
    "_index_put_impl_": _put,
    "mm": _matrix_product,
    "bmm": _matrix_product,
    "mv": _matrix_product,
    "addmm": _matrix_product_added,
    "baddbmm": _matrix_product_added,
    "convolution": _convolution,
    "gelu": _gelu,
    "avg_pool1d": _pooling,
    "avg_pool2d": _pooling,
    "dot": _dot,
    "linalg_lu_factor_ex": _lu,
    "linalg_lu_solve": _lu_solve,
    "linalg_solve_triangular": _substitution,
    "_linalg_eigh": _eigenvalues,
    "tanh_backward": _activation_backward,
    "sigmoid_backward": _activation_backward,
    "_fft_c2c": _fourier,
    "_fft_r2c": _real_fourier,
    "_fft_c2r": _real_fourier,
}
