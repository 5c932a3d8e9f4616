"""Figures: transfer between networks, the perturbations, fooled images, the dependence on norm, images and q."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure

TITLES = {"vgg16": "VGG-16", "vgg19": "VGG-19", "resnet50": "ResNet-50"}
METHODS = {
    "singular_vector": ("(inf, q)-singular vector", "C0", "o"),
    "sequential_uap": ("sequential, DeepFool", "C1", "^"),
    "sgd_uap": ("gradient ascent", "C2", "v"),
}
COLOURS = ("C0", "C1", "C2", "C3", "C4", "C5")


def transfer_figure(*, table: pd.DataFrame) -> Figure:
    """Fooling rates of all pairs of networks: measured, published, and those of the other universal attacks."""
    rows = table[table["case"].str.startswith("tested_on_") & (table["quantity"] == "fooling_rate")]
    main = rows.loc[rows["method"].str.startswith("sequential_uap"), "x"].to_numpy(dtype=float)[0]
    rows = rows[rows["x"] == main]
    names = [case.removeprefix("tested_on_") for case in rows["case"].unique()]
    names = sorted(names, key=lambda name: (name not in TITLES, list(TITLES).index(name) if name in TITLES else 0))
    found = {(case, method): (value, published) for case, method, value, published in rows[
        ["case", "method", "value", "published"]].itertuples(index=False)}  # fmt: skip

    def matrix(method: str, column: int) -> np.ndarray:
        pairs = [[found.get((f"tested_on_{row}", f"{method}_from_{own}")) for own in names] for row in names]
        control = [found.get((f"tested_on_{row}", "random_sign")) for row in names]
        cells = [[*pair, other] for pair, other in zip(pairs, control, strict=True)]
        return np.array([[np.nan if cell is None else cell[column] for cell in line] for line in cells], dtype=float)

    panels = {
        "singular vector, here": matrix("singular_vector", 0),
        "singular vector, the lecture": matrix("singular_vector", 1),
    }
    panels |= {f"{METHODS[method][0]}, here": matrix(method, 0) for method in ("sequential_uap", "sgd_uap")}
    figure = new_figure(width=9.0, height=7.4)
    for ax, (title, values) in zip(figure.subplots(2, 2).flat, panels.items(), strict=True):
        _heat_map(ax, values, names=names)
        ax.set_title(title, fontsize=9)
    figure.suptitle(f"share of images that are fooled, norm {main:g}/255; rows and columns of the lecture are inferred")
    return figure


def _heat_map(ax: Axes, values: np.ndarray, *, names: list[str]) -> None:
    ax.imshow(values, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    ax.grid(False)
    titles = [TITLES.get(name, name) for name in names]
    ax.set_xticks(range(len(names) + 1), [*titles, "random signs"])
    ax.set_yticks(range(len(names)), titles)
    ax.set(xlabel="constructed on", ylabel="tested on")
    ax.axvline(len(names) - 0.5, color="white", linewidth=2)
    for row, column in np.ndindex(*values.shape):
        value = values[row, column]
        text = "-" if np.isnan(value) else f"{value:.2f}"
        ax.text(
            column, row, text, ha="center", va="center", color="black" if value > 0.6 or np.isnan(value) else "white"
        )


def sweep_figure(*, table: pd.DataFrame) -> Figure:
    """Fooling against the norm, the number of construction images, and q."""
    names = [name for name in TITLES if f"tested_on_{name}" in set(table["case"])]
    names += [m for m in table.loc[table["case"] == "accuracy", "method"].unique() if m not in TITLES]
    figure = new_figure(width=10.0, height=3.9)
    left, middle, right = figure.subplots(1, 3)
    fooling = table[table["quantity"] == "fooling_rate"]
    for name, colour in zip(names, COLOURS, strict=False):
        own = fooling[fooling["case"] == f"tested_on_{name}"]
        title = TITLES.get(name, name)
        _drawn(left, own[own["method"] == f"singular_vector_from_{name}"], label=title, colour=colour, line="-")
        _drawn(left, own[own["method"] == "random_sign"], label="", colour=colour, line=":")
        batch = fooling[(fooling["case"] == "batch_sweep") & (fooling["method"] == name)]
        _drawn(middle, batch, label="", colour=colour, line="-")
        sweep = fooling[fooling["case"] == "q_sweep"]
        sweep = sweep[[_network_of(str(method), names) == name for method in sweep["method"]]]
        for layer, line in zip(sweep["method"].unique(), ("-", "--", "-.", ":"), strict=False):
            place = layer.removeprefix(f"{name}_")
            _drawn(right, sweep[sweep["method"] == layer], label=f"{title} {place}", colour=colour, line=line)
    left.set(xlabel="norm (1/255); dotted: random signs", ylabel="share of images that are fooled")
    middle.set(xlabel="images of the construction")
    middle.set_xscale("log", base=2)
    middle.xaxis.set_major_formatter("{x:g}")
    right.set(xlabel="q; on the selection images")
    for ax in (left, middle, right):
        ax.set(ylim=(0, 1))
    figure.legend(loc="outside upper center", ncols=4, fontsize=8)
    return figure


def _network_of(method: str, names: list[str]) -> str:
    """The network of ``<network>_<layer>``; one network's name may begin with another's."""
    return max((name for name in names if method.startswith(f"{name}_")), key=len, default="")


def perturbation_figure(*, perturbations: list[xr.Dataset], names: list[str]) -> Figure:
    """The universal perturbations of every network, first seed, full contrast."""
    figure = new_figure(width=7.0, height=2.4 * len(names) + 0.3)
    axes = figure.subplots(len(names), len(METHODS), squeeze=False)
    for line, (name, own) in enumerate(zip(names, perturbations, strict=True)):
        for column, (method, (title, _, _)) in enumerate(METHODS.items()):
            index = int(np.flatnonzero(own["method"].values == method)[0])
            v = own["perturbation"].values[index]
            ax = axes[line, column]
            ax.imshow(np.moveaxis(0.5 + 0.5 * v / np.abs(v).max(), 0, -1), interpolation="nearest")
            choice = f"\n{own.attrs['layer']}, q = {own.attrs['q']:g}" if method == "singular_vector" else ""
            ax.set_title((title if line == 0 else "") + choice, fontsize=8)
            _bare(ax)
        axes[line, 0].set_ylabel(TITLES.get(name, name))
    return figure


def example_figure(*, data: xr.Dataset, perturbations: list[xr.Dataset], names: list[str]) -> Figure:
    """Test images with a singular vector added to them, and what the network said before and after."""
    classes, shown = list(data.attrs["classes"]), 6
    figure = new_figure(width=9.0, height=2.0 * len(names) + 0.3)
    axes = figure.subplots(len(names), shown, squeeze=False)
    for line, (name, own) in enumerate(zip(names, perturbations, strict=True)):
        v = own["perturbation"].values[int(np.flatnonzero(own["method"].values == "singular_vector")[0])]
        for column, ax in enumerate(axes[line]):
            _bare(ax)
            if column >= own.sizes["example"]:
                ax.set_axis_off()
                continue
            index, before, after = (int(own[key][column]) for key in ("shown", "before", "after"))
            image = np.clip(data["image"].values[index] / 255 + v, 0, 1)
            ax.imshow(np.moveaxis(image, 0, -1), interpolation="nearest")
            ax.set_title(f"{_class(classes, before)}\n→ {_class(classes, after)}", fontsize=7)
        axes[line, 0].set_ylabel(TITLES.get(name, name))
    return figure


def _class(classes: list[str], index: int) -> str:
    return classes[index] if index < len(classes) else f"class {index}"


def _bare(ax: Axes) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)


def _drawn(ax: Axes, rows: pd.DataFrame, *, label: str, colour: str, line: str) -> None:
    rows = rows.sort_values("x")
    if not rows.empty:
        errors = rows["se"].fillna(0.0)
        ax.errorbar(
            rows["x"], rows["value"], yerr=errors, color=colour, linestyle=line, marker="o", markersize=3, label=label
        )
