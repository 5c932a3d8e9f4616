"""Linear and kernel methods on the data of the networks, by scikit-learn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from mlsim.numerics.estimation.relative_errors import mean_relative_error, relative_errors
from mlsim.tables import NO_SEED, Row, percent_row, row

if TYPE_CHECKING:
    from sklearn.kernel_ridge import KernelRidge

# candidates of the kernel's parameter, one over the squared width of the Gaussian
GAMMAS = (0.03, 0.1, 0.3, 1.0)
RIDGE = 1e-6  # small, since the values have no noise


def digit_rows(data: xr.Dataset) -> list[Row]:
    """Accuracy of a support vector machine and of logistic regression on raw pixels."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    pixels, labels = data["image"].values.reshape(data.sizes["digit"], -1), data["label"].values
    test = data["is_test"].values
    rows = []
    for method, model in {"svc": SVC(C=10.0), "logistic": LogisticRegression(max_iter=2000)}.items():
        model.fit(pixels[~test], labels[~test])
        correct = model.predict(pixels[test]) == labels[test]
        rows.append(percent_row("accuracy", correct, unit="%", method=method, seed=NO_SEED))
    return rows


def word_rows(name: str, data: xr.Dataset, *, seeds: Sequence[int]) -> list[Row]:
    """Relative error of linear and of Gaussian kernel regression on one-hot letters."""
    features = {part: _one_hot(data, f"{name}_{part}_words") for part in ("train", "test")}
    train, test = (data[f"{name}_{part}_values"].sel(draw=list(seeds)).values.T for part in ("train", "test"))
    predictions = {"linear": _linear(features, train), "kernel_ridge": _kernel(features, train)}
    return [
        row("relative_error", error, method=method, seed=seed)
        for method, predicted in predictions.items()
        for seed, error in zip(seeds, relative_errors(predicted.T, test.T), strict=True)
    ]


def _one_hot(data: xr.Dataset, name: str) -> np.ndarray:
    words = data[name].values
    letters = data.sizes[f"{name.split('_')[0]}_letter"]
    return np.eye(letters)[words].reshape(len(words), -1)


def _linear(features: dict[str, np.ndarray], values: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import Ridge

    return Ridge(alpha=RIDGE).fit(features["train"], values).predict(features["test"]).reshape(-1, values.shape[1])


def _kernel(features: dict[str, np.ndarray], values: np.ndarray) -> np.ndarray:
    """Kernel ridge regression; the width is chosen on the last fifth of the training words, then all are fitted."""
    inputs, cut = features["train"], 4 * len(values) // 5

    def error(gamma: float) -> float:
        model = _kernel_ridge(gamma).fit(inputs[:cut], values[:cut])
        return mean_relative_error(model.predict(inputs[cut:]).T, values[cut:].T)

    return _kernel_ridge(min(GAMMAS, key=error)).fit(inputs, values).predict(features["test"])


def _kernel_ridge(gamma: float) -> "KernelRidge":
    from sklearn.kernel_ridge import KernelRidge

    # scikit-learn annotates alpha as an integer, after its default
    return KernelRidge(kernel="rbf", gamma=gamma, alpha=RIDGE)  # pyright: ignore[reportArgumentType]
