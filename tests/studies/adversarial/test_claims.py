"""The lecture's table as claims, judged on the published repetition of it."""

import pandas as pd
import pytest

from mlsim.storage import read_table
from mlsim.studies.adversarial.claims import claims
from mlsim.studies.adversarial.layouts import NETWORKS, means
from mlsim.studies.adversarial.quantities import QUANTITIES
from mlsim.tables import METRICS, aggregated, metrics, with_means, with_published
from mlsim.verdicts import verdicts


@pytest.fixture(scope="module")
def published(root):
    return read_table(root / "config" / "published" / "adversarial.csv")


def _table(published: pd.DataFrame, *, more: float = 0.0) -> pd.DataFrame:
    """As if the repetition were measured here, at the paper's size, all rates raised by ``more``."""
    paper, rerun = (published[published["kind"] == kind] for kind in ("paper", "rerun"))
    rates = rerun.assign(seed=0, value=rerun["value"] + more)[METRICS]
    sizes = {"test_images": 50_000, "construction_images": 64, "test_accuracy": 0.7, "pixels": 224}
    rows = [
        {"case": "accuracy", "method": network, "seed": 0, "quantity": name, "value": float(size), "unit": "1"}
        for network in NETWORKS
        for name, size in sizes.items()
    ]
    frame = pd.concat([rates, pd.DataFrame(rows, columns=METRICS)]).astype({"x": float, "se": float, "unit": str})
    return with_means(with_published(aggregated([metrics(frame, QUANTITIES)]), paper.to_dict("records")), means())


def _verdicts(table: pd.DataFrame) -> pd.Series:
    return verdicts(table, claims(), study="adversarial").set_index("claim")["verdict"]


def test_the_means_are_those_of_the_lecture_and_of_its_repetition(published):
    mean = _table(published).set_index("quantity").loc["mean_fooling_rate"]
    assert mean["published"] == pytest.approx(0.477, abs=5e-4)
    assert mean["value"] == pytest.approx(0.599, abs=5e-4)


def test_the_repetition_passes_and_one_a_tenth_higher_does_not(published):
    judged = _verdicts(_table(published))
    assert set(judged[judged.index.str.startswith("published_")]) == {"holds"}
    assert len(judged[judged.index.str.startswith("published_rate_")]) == 9
    assert _verdicts(_table(published, more=0.1))["published_mean_rate"] == "differs"
