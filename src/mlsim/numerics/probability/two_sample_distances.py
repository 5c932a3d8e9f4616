"""Distances between two distributions from samples, and ranks that show whether a prediction is calibrated."""

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import sqrtm
from scipy.stats import chi2

Samples = Float[np.ndarray, "count dimension"]
ROWS = 128  # of a table of distances that is worked on at once


def energy_distance(
    x: Float[np.ndarray, "n dimension"], y: Float[np.ndarray, "m dimension"], *, spread_of_y: float | None = None
) -> float:
    """Unbiased estimate of ``2 E|X - Y| - E|X - X'| - E|Y - Y'|``; negative values are sampling noise.

    ``spread_of_y`` is ``spread(y)``, precomputed when one set is compared with many.

    Source:
        G. J. Szekely, M. L. Rizzo, Energy statistics, J. Stat. Plan. Inference 143 (2013).

    >>> float(energy_distance(np.array([[0.0], [0.0]]), np.array([[3.0], [3.0]])))
    6.0
    """
    between = _sums_of_distances(x, y).sum() / (len(x) * len(y))
    return float(2 * between - spread(x) - (spread(y) if spread_of_y is None else spread_of_y))


def spread(x: Float[np.ndarray, "n dimension"]) -> float:
    """Mean distance ``E|X - X'|`` of two different samples, two or more.

    >>> spread(np.array([[0.0], [1.0], [3.0]]))
    2.0
    """
    return float(_sums_of_distances(x, x).sum() / (len(x) * (len(x) - 1)))


def energy_floor(x: Float[np.ndarray, "n dimension"], *, count: int) -> float:
    """Root mean square of :func:`energy_distance` between two sets of ``count`` samples of one distribution.

    With ``k`` the kernel ``-|x - y|`` centred under the distribution, the estimate is a sum of ``k`` over all pairs,
    whose terms are uncorrelated; ``E k(X, X')^2`` is the squared distance variance, estimated without bias.

    Raises:
        ValueError: there are fewer than four samples ``x``, or ``count`` is less than two.

    Source:
        G. J. Szekely, M. L. Rizzo, Partial distance correlation with methods for dissimilarities, Ann. Stat. 42 (2014):
        the unbiased squared distance variance.
    """
    n = len(x)
    if n < 4 or count < 2:
        raise ValueError(f"floor of sets of {count} from {n} samples: allowed are 2 or more from 4 or more")
    x = x - x.mean(axis=0)  # does not change distances, and sums of squares lose no digits
    sums = _sums_of_distances(x, x)
    squares = 2.0 * n * np.square(x).sum()  # of all distances, as the mean is zero
    centred = squares - 2.0 * np.square(sums).sum() / (n - 2) + np.square(sums.sum()) / ((n - 1) * (n - 2))
    variance = 4.0 / (count * (count - 1)) + 4.0 / count**2
    return float(np.sqrt(variance * max(centred, 0.0) / (n * (n - 3))))


def _sums_of_distances(x: np.ndarray, y: np.ndarray) -> Float[np.ndarray, " n"]:
    """Sum over ``y`` for each row of ``x``, a few rows at a time, so that they stay in the CPU cache."""
    squared_norms, sums = (y**2).sum(axis=1), []
    for start in range(0, len(x), ROWS):
        part = x[start : start + ROWS]
        square = part @ (-2.0 * y.T)
        square += squared_norms
        square += (part**2).sum(axis=1)[:, None]
        if x is y:  # exactly zero, whatever rounding says
            rows = np.arange(len(part))
            square[rows, start + rows] = 0.0
        sums.append(np.sqrt(np.maximum(square, 0.0, out=square), out=square).sum(axis=1))
    return np.concatenate(sums)


def sliced_w2(
    x: Samples, y: Float[np.ndarray, "other dimension"], *, directions: Float[np.ndarray, "directions dimension"]
) -> float:
    """Root of the mean over unit directions of the squared Wasserstein-2 distance of the projections.

    Equal numbers of samples, so that the optimal plan sorts both; positive for finite samples of equal distributions.

    Raises:
        ValueError: the numbers of samples differ.

    >>> line = np.array([[0.0], [1.0]])
    >>> sliced_w2(line, line + 2.0, directions=np.array([[1.0]]))
    2.0
    """
    if x.shape != y.shape:
        raise ValueError(f"samples have the shapes {x.shape} and {y.shape}: equal ones are needed")
    sorted_x, sorted_y = (np.sort(points @ directions.T, axis=0) for points in (x, y))
    return float(np.sqrt(((sorted_x - sorted_y) ** 2).mean()))


def unit_directions(count: int, dimension: int, *, rng: np.random.Generator) -> Float[np.ndarray, "count dimension"]:
    """Directions uniform on the unit sphere."""
    drawn = rng.normal(size=(count, dimension))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def exact_w2(x: Samples, y: Float[np.ndarray, "other dimension"]) -> float:
    """Wasserstein-2 distance of two equally weighted point sets, by linear programming.

    >>> square = np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> round(exact_w2(square, square[::-1] + 1.0), 12) == round(2**0.5, 12)
    True
    """
    import ot

    # rounding gives 1e-16 for equal points, without influence on the plan
    cost = np.maximum((x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1) - 2 * (x @ y.T), 0.0)
    plan = ot.emd([], [], cost, numItermax=1_000_000)
    return float(np.sqrt((np.asarray(plan) * cost).sum()))


def gaussian_w2(
    mean: Float[np.ndarray, " dimension"],
    covariance: Float[np.ndarray, "dimension dimension"],
    *,
    other_mean: Float[np.ndarray, " dimension"],
    other_covariance: Float[np.ndarray, "dimension dimension"],
) -> float:
    """Wasserstein-2 distance of two Gaussians.

    ``W2^2 = |m - m'|^2 + tr(S + S' - 2 (S^(1/2) S' S^(1/2))^(1/2))``.

    Source:
        D. C. Dowson, B. V. Landau, J. Multivariate Anal. 12 (1982).

    >>> one, nothing = np.eye(1), np.zeros(1)
    >>> round(gaussian_w2(nothing, one, other_mean=nothing + 3.0, other_covariance=25.0 * one), 9)
    5.0
    """
    root = np.real(sqrtm(covariance))
    cross = np.real(sqrtm(root @ other_covariance @ root))
    square = ((mean - other_mean) ** 2).sum() + np.trace(covariance + other_covariance - 2 * cross)
    return float(np.sqrt(max(square, 0.0)))


def two_sample_accuracy(x: Samples, y: Float[np.ndarray, "other dimension"], *, folds: int, seed: int) -> float:
    """Fraction of test samples whose set a classifier predicts correctly; one half for equal distributions.

    Gradient-boosted trees (60 of them), cross-validated over ``folds`` parts, stratified.

    Source:
        D. Lopez-Paz, M. Oquab, Revisiting classifier two-sample tests, arXiv:1610.06545.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    points = np.concatenate([x, y])
    labels = np.repeat([0, 1], [len(x), len(y)])
    classifier = HistGradientBoostingClassifier(max_iter=60, random_state=seed)
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return float(cross_val_score(classifier, points, labels, cv=parts).mean())


def ranks(truth: Float[np.ndarray, "*cases"], draws: Float[np.ndarray, "draws *cases"]) -> Int[np.ndarray, "*cases"]:
    """Number of draws below the truth: uniform on ``0, ..., draws`` where draws and truth have the same distribution.

    Source:
        S. Talts et al., Validating Bayesian inference algorithms with simulation-based calibration, arXiv:1804.06788.
    """
    return (draws < truth).sum(axis=0)


def rank_deviation(counts: Int[np.ndarray, " bins"]) -> tuple[float, float]:
    """Chi-squared of rank counts in equal bins over its degrees of freedom, and the probability of a larger one.

    >>> rank_deviation(np.array([5, 5, 5]))
    (0.0, 1.0)
    """
    expected = counts.sum() / len(counts)
    value = float(((counts - expected) ** 2 / expected).sum())
    freedom = len(counts) - 1
    return value / freedom, float(chi2.sf(value, freedom))
