"""Figures: transfer between networks, the perturbations, fooled images, the dependence on norm, images and q."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_curve, new_figure, set_panel, show_image
from mlsim.studies.adversarial.settings import CONTROL, TITLES

METHODS = {
    "singular_vector": "(inf, q)-singular vector",
    "sequential_uap": "sequential, DeepFool",
    "sgd_uap": "gradient ascent",
}
FRACTION = "fraction of images that are fooled"
COLOURS = ("C0", "C1", "C2", "C3", "C4", "C5")


def transfer_figure(*, table: pd.DataFrame) -> Figure:
    """Fooling rates of all pairs of networks: measured, published, and those of the other universal attacks."""
    names = _tested_networks(table)
    rows = table[table["case"].str.startswith("tested_on_") & (table["quantity"] == "fooling_rate")]
    norm = rows.loc[rows["method"].str.startswith("sequential_uap"), "x"].to_numpy(dtype=float)[0]
    rates = rows[rows["x"] == norm].set_index(["case", "method"])

    def matrix(method: str, column: str) -> np.ndarray:
        methods = [*(f"{method}_from_{source}" for source in names), CONTROL]
        cells = pd.MultiIndex.from_product([[f"tested_on_{name}" for name in names], methods])
        return rates[column].reindex(cells).to_numpy(dtype=float).reshape(len(names), -1)

    panels = {
        "singular vector, here": matrix("singular_vector", "value"),
        "singular vector, the lecture": matrix("singular_vector", "published"),
    }
    panels |= {f"{METHODS[method]}, here": matrix(method, "value") for method in ("sequential_uap", "sgd_uap")}
    figure, axes = new_figure(2, 2, width=9.0, height=7.4)
    for ax, (title, values) in zip(axes.flat, panels.items(), strict=True):
        _plot_heat_map(ax, values, names=names)
        set_panel(ax, title, xlabel="constructed on", ylabel="tested on")
    figure.suptitle(f"{FRACTION}, norm {norm:g}/255; rows and columns of the lecture are inferred")
    return figure


def _tested_networks(table: pd.DataFrame) -> list[str]:
    """The networks of the table, those of the lecture first."""
    tested = table.loc[table["case"] == "accuracy", "method"].unique().tolist()
    return [name for name in TITLES if name in tested] + [name for name in tested if name not in TITLES]


def _plot_heat_map(ax: Axes, values: np.ndarray, *, names: list[str]) -> None:
    ax.imshow(values, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    ax.grid(False)
    titles = [TITLES.get(name, name) for name in names]
    ax.set_xticks(range(len(names) + 1), [*titles, "random signs"])
    ax.set_yticks(range(len(names)), titles)
    ax.axvline(len(names) - 0.5, color="white", linewidth=2)
    for (row, column), value in np.ndenumerate(values):
        text = "-" if np.isnan(value) else f"{value:.2f}"
        colour = "black" if value > 0.6 or np.isnan(value) else "white"
        ax.text(column, row, text, ha="center", va="center", color=colour)


def sweep_figure(*, table: pd.DataFrame) -> Figure:
    """Fooling against the norm, the number of construction images, and q."""
    names = _tested_networks(table)
    figure, (left, middle, right) = new_figure(1, 3, width=10.0, height=3.9, sharey=True)
    fooling = table[table["quantity"] == "fooling_rate"]
    sweep = fooling[fooling["case"] == "q_sweep"]
    networks = np.array([_network_of(str(method), names) for method in sweep["method"]])
    for name, colour in zip(names, COLOURS, strict=False):
        title, style = TITLES.get(name, name), {"bars": True, "color": colour, "marker": "o", "markersize": 3}
        tested = curve(fooling, case=f"tested_on_{name}")
        draw_curve(left, curve(tested, method=f"singular_vector_from_{name}"), label=title, **style)
        draw_curve(left, curve(tested, method=CONTROL), linestyle=":", **style)
        draw_curve(middle, curve(fooling, case="batch_sweep", method=name), **style)
        for layer, line in zip(sweep.loc[networks == name, "method"].unique(), ("-", "--", "-.", ":"), strict=False):
            label = f"{title} {layer.removeprefix(f'{name}_')}"
            draw_curve(right, curve(sweep, method=layer), label=label, linestyle=line, **style)
    left.set(xlabel="norm (1/255); dotted: random signs", ylabel=FRACTION, ylim=(0, 1))
    middle.set(xlabel="number of construction images")
    middle.set_xscale("log", base=2)
    middle.xaxis.set_major_formatter("{x:g}")
    right.set(xlabel="q; on the selection images")
    figure.legend(loc="outside upper center", ncols=4, fontsize=8)
    return figure


def _network_of(method: str, names: list[str]) -> str:
    """The network of ``<network>_<layer>``; one network's name may begin with another's."""
    return max((name for name in names if method.startswith(f"{name}_")), key=len, default="")


def perturbation_figure(*, perturbations: list[xr.Dataset], names: list[str]) -> Figure:
    """The universal perturbations of every network, first seed, full contrast."""
    figure, axes = new_figure(len(names), len(METHODS), width=7.0, height=2.4 * len(names) + 0.3, squeeze=False)
    for line, name, constructed in zip(axes, names, perturbations, strict=True):
        for ax, (method, title) in zip(line, METHODS.items(), strict=True):
            v = _first_perturbation(constructed, method)
            chosen = constructed.attrs
            choice = f"\n{chosen['layer']}, q = {chosen['q']:g}" if method == "singular_vector" else ""
            heading = (title if name == names[0] else "") + choice
            show_image(ax, 0.5 + 0.5 * v / np.abs(v).max(), title=heading, fontsize=8)
        line[0].set_ylabel(TITLES.get(name, name))
    return figure


def example_figure(*, data: xr.Dataset, perturbations: list[xr.Dataset], names: list[str]) -> Figure:
    """Test images with a singular vector added to them, and their predicted classes without and with it."""
    classes, shown = dict(enumerate(data.attrs["classes"])), 6
    figure, axes = new_figure(len(names), shown, width=9.0, height=2.0 * len(names) + 0.3, squeeze=False)
    for line, name, constructed in zip(axes, names, perturbations, strict=True):
        v = _first_perturbation(constructed, "singular_vector")
        for ax in line[constructed.sizes["example"] :]:
            ax.set_axis_off()
        for ax, index, before, after in zip(
            line, *(constructed[key].values.tolist() for key in ("shown", "before", "after")), strict=False
        ):
            title = "\n→ ".join(classes.get(label, f"class {label}") for label in (before, after))
            show_image(ax, np.clip(data["image"].values[index] / 255 + v, 0, 1), title=title, fontsize=7)
        line[0].set_ylabel(TITLES.get(name, name))
    return figure


def _first_perturbation(constructed: xr.Dataset, method: str) -> np.ndarray:
    """The perturbation of a method by its first seed."""
    return constructed["perturbation"].values[constructed["method"].values == method][0]
