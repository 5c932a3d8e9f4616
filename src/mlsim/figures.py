"""The style of all figures, what they draw in common, and files that are equal from run to run."""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Styles = Mapping[str, tuple[str, str, str]]  # label, colour, and marker or line style, by method

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


def new_figure(rows: int = 1, columns: int = 1, *, width: float, height: float, **options: Any) -> tuple[Figure, Any]:
    """An empty figure of ``width`` x ``height`` inches, free of pyplot's global state, and its axes.

    The axes are those of matplotlib's ``Figure.subplots``, which gets ``options``.
    """
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, **options)


def curve(table: pd.DataFrame, **labels: str) -> pd.DataFrame:
    """Rows with these labels (``case``, ``method``, ``quantity``) and an abscissa, in the order of ``x``."""
    return _chosen(table, labels).dropna(subset="x").sort_values("x")


def series(table: pd.DataFrame, **labels: str) -> pd.Series:
    """The values of :func:`curve`, indexed by the abscissa."""
    return curve(table, **labels).set_index("x")["value"]


def number(table: pd.DataFrame, **labels: str) -> float:
    """The value of the first row with these labels."""
    return float(_chosen(table, labels)["value"].iloc[0])


def _chosen(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    for column, label in labels.items():
        table = table[table[column] == label]
    return table


def draw_curve(ax: Axes, rows: pd.DataFrame, *, bars: bool = False, **style: Any) -> None:
    """Values against ``x``, with standard errors as bars if wanted; nothing without rows."""
    if rows.empty:
        return
    if bars:
        ax.errorbar(rows["x"], rows["value"], yerr=rows["se"].fillna(0.0), **style)
    else:
        ax.plot(rows["x"], rows["value"], **style)


def draw_methods(ax: Axes, rows: pd.DataFrame, methods: Styles, *, by: str = "marker", **style: Any) -> None:
    """One :func:`draw_curve` with ``style`` for each method that has rows; rows are those of one case and quantity.

    ``by`` is what the third entry of a method's style is, ``marker`` or ``linestyle``. With ``label=""`` the curves are
    not in the legend.
    """
    for method, (label, colour, mark) in methods.items():
        draw_curve(ax, curve(rows, method=method), **{"label": label, "color": colour, by: mark, **style})


def show_image(ax: Axes, image: np.ndarray, *, title: str = "", fontsize: float = 9, **options: Any) -> None:
    """An image without ticks; ``image`` has the axes row, column or channel, row, column."""
    picture = np.moveaxis(image, 0, -1).squeeze() if image.ndim == 3 else image
    ax.imshow(picture, interpolation="nearest", **options)
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.set_title(title, fontsize=fontsize)


def set_panel(ax: Axes, title: str, **properties: Any) -> None:
    """A title in the size of the labels, and properties as of matplotlib's ``Axes.set``."""
    ax.set_title(title, fontsize=9)
    ax.set(**properties)


def set_ticks(ax: Axes, x: Iterable[float]) -> None:
    """Ticks and plain numbers at these distinct finite values of ``x`` only, no minor ticks."""
    ticks = np.unique([value for value in x if np.isfinite(value)])
    ax.set_xticks(ticks, [f"{value:g}" for value in ticks])
    ax.minorticks_off()


def legend_once(figure: Figure, axes: Iterable[Axes], *more: Artist, **options: Any) -> None:
    """A legend of the figure that lists each label of the axes once, then the labels of ``more``."""
    handles: dict[Any, Artist] = {}
    for ax in axes:
        handles |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    handles |= {artist.get_label(): artist for artist in more}
    figure.legend(list(handles.values()), list(handles), **options)


def rendered(figure: Figure, *, kind: str) -> bytes:
    """The figure, made inside :func:`style`, as ``png`` or ``svg``; equal figures give equal bytes."""
    metadata: dict[str, str | None] = {"Date": None} if kind == "svg" else {"Software": None}
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=metadata)  # pyright: ignore[reportArgumentType]
    return buffer.getvalue()
