"""The style of all figures, and files that are equal from run to run."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.figure import Figure

STYLE = {
    "svg.hashsalt": "mlsim",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "savefig.dpi": 150,
    "figure.constrained_layout.use": True,
}


@contextmanager
def style() -> Iterator[None]:
    """The style inside the block, whatever the user's matplotlibrc."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # pyright: ignore[reportCallIssue, reportArgumentType]
        yield


def new_figure(*, width: float, height: float) -> Figure:
    """An empty figure of ``width`` x ``height`` inches, free of pyplot's global state."""
    return Figure(figsize=(width, height))


def rendered(figure: Figure, *, kind: str) -> bytes:
    """The figure, made inside :func:`style`, as ``png`` or ``svg``; equal figures give equal bytes."""
    metadata: dict[str, str | None] = {"Date": None} if kind == "svg" else {"Software": None}
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=metadata)  # pyright: ignore[reportArgumentType]
    return buffer.getvalue()
