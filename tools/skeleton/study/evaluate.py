"""Errors of one network on the motions of the test half."""

import pandas as pd
import torch
import xarray as xr
from mlsim.studies.oscillator.settings import Run
from mlsim.studies.oscillator.train import half, network

from mlsim.tables import mean_row, row
from mlsim.training.loop import with_parameters


def evaluate(settings: Run, *, data: xr.Dataset, model: dict, seed: int, method: str) -> pd.DataFrame:
    """Rows of the one table schema; sizes that claims need are rows, too."""
    start, end = half(data, training=False)
    with torch.no_grad():
        ends = with_parameters(network(settings.variant, seed=seed), model)(start)
    errors = (ends - end).norm(dim=1).double().numpy()
    rows = [
        mean_row("error", errors, x=data.attrs["time"]),
        row("training_steps", settings.training.steps),
    ]
    return pd.DataFrame(rows).assign(case="flow", method=method, seed=seed)
