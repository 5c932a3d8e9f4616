"""The paper's table in the paper's layout."""

from mlsim.studies.topopt.settings import ELASTIC
from mlsim.tables import Layout

METHODS = {
    "thresholding": "Thresholding",
    "cnn_poisson_5": "CNN P(5)",
    "cnn_poisson_10": "CNN P(10)",
    "cnn_poisson_30": "CNN P(30)",
    "cnn_uniform": "CNN U[1, 100]",
}
ITERATIONS = (5, 10, 15, 20, 30, 40, 50, 60, 80)


def layouts() -> dict[str, Layout]:
    """Tables in the paper's layout, by file name."""
    return {"accuracy": Layout(case=ELASTIC, quantity="accuracy", label="Method", methods=METHODS, x=ITERATIONS)}
