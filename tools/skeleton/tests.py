"""The oscillator: energy, the learned rotation."""

import numpy as np
import pandas as pd
import pytest
from mlsim.studies.oscillator.evaluate import evaluate
from mlsim.studies.oscillator.generate import generate
from mlsim.studies.oscillator.plot import error_figure
from mlsim.studies.oscillator.quantities import QUANTITIES
from mlsim.studies.oscillator.settings import Run, Sampling, Training, Variant
from mlsim.studies.oscillator.train import train

from mlsim.tables import aggregated, metrics, with_published
from mlsim.training.resume import Checkpoint


@pytest.fixture(scope="module")
def data():
    return generate(Sampling(starts=40, time=1.0), seed=0)


def test_motion_conserves_energy(data):
    np.testing.assert_allclose((data["start"] ** 2).sum("component"), (data["end"] ** 2).sum("component"), rtol=1e-8)


def test_learned_map_is_the_rotation_by_the_time(data, tmp_path):
    run = Run(training=Training(steps=600, rate=0.03), variant=Variant())
    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", stamp="test")
    state = train(run, data=data, seed=0, checkpoint=checkpoint, device="cpu").state
    rotation = [[np.cos(1.0), np.sin(1.0)], [-np.sin(1.0), np.cos(1.0)]]
    np.testing.assert_allclose(state["weight"], rotation, atol=1e-3)
    rows = metrics(evaluate(run, data=data, model=state, seed=0, method="linear"), QUANTITIES)
    assert rows.set_index("quantity")["value"]["error"] < 1e-2
    table = with_published(aggregated([rows]), [])
    (bar,) = error_figure(table=pd.DataFrame(table)).axes[0].patches
    assert bar.get_height() == rows.set_index("quantity")["value"]["error"]
