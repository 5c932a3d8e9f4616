"""Figure: the error of every network."""

import pandas as pd
from matplotlib.figure import Figure

from mlsim.figures import new_figure


def error_figure(*, table: pd.DataFrame) -> Figure:
    """One bar per network."""
    rows = table[table["quantity"] == "error"]
    figure, ax = new_figure(width=4.0, height=3.0)
    ax.bar(rows["method"], rows["value"], yerr=rows["se"].fillna(0.0))
    ax.set(ylabel="distance from the true end")
    return figure
