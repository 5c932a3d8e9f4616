"""What the lecture and we claim of surrogate models, as comparisons of table rows."""

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from mlsim.claims import Claim, Relation, Rows, Size
from mlsim.studies.surrogate.settings import CASE, WIDE

LECTURE = 'the lecture: "Smoothness, monotonicity, etc. are not guaranteed for neural-network based models"'
SURROGATES = 'the lecture: "Approximate output quantities directly: surrogate models"'
RAYLEIGH = "Rayleigh: the conductance of a network rises with every conductance"
DERIVED = "derived: the quantity is homogeneous, its derivative not negative"
CONFORMAL = "split conformal prediction, arXiv:1604.04173: coverage of any predictor for exchangeable samples"
OURS = "ours, beside the lecture"
SIZES, FEWEST, MOST = (100.0, 400.0, 1600.0), 100.0, 1600.0
FREE = ("mlp", "mlp_symmetric", "cnn")
MONOTONE = ("exponential", "convex_concave", "resistor", "resistor_symmetric")
WORDS = {
    "mlp": "the dense network", "mlp_symmetric": "the dense network with symmetries built in",
    "cnn": "the convolutional network", "exponential": "the network of exponential weights",
    "convex_concave": "the network of convex and concave units", "resistor": "the resistor network",
    "resistor_symmetric": "the reflected resistor network", "monotone_boosting": "monotone boosting",
    "boosting": "boosting", "gaussian_process": "the Gaussian process",
}  # fmt: skip


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_violations(), *_accuracy(), *_properties(), *_intervals(), *_worst_cases()]


def _needs(method: str) -> tuple[Size, ...]:
    """Enough samples to learn from and to test on, seeds and, for a network, updates."""
    sizes = {"largest_training_set": MOST, "trained_seeds": 3, "test_fields": 1000}
    if method in (*FREE, *MONOTONE):
        sizes["training_steps"] = 500
    return tuple(Size(case=CASE, quantity=name, at_least=count, method=method) for name, count in sizes.items())


def _rows(method: str, quantity: str, x: Sequence[float] = (MOST,), *, case: str = CASE) -> Rows:
    return Rows(case=case, method=method, quantity=quantity, x=tuple(x))


def _claim(
    name: str, statement: str, measured: Rows, relation: Relation, bound: float | Rows,
    *, source: str = OURS, tolerance: float = 0.0,
) -> Claim:  # fmt: skip
    return Claim(
        name=name,
        statement=statement,
        source=source,
        measured=(measured,),
        reference=bound,
        relation=relation,
        tolerance=tolerance,
        needs=_needs(measured.method),
    )


def _violations() -> list[Claim]:
    free = [
        _claim(
            f"{method}_violates_monotonicity_at_half_of_the_fields",
            f"With 1,600 samples {WORDS[method]} has a negative derivative at half of the test fields or more.",
            _rows(method, "violating_points"), "at least", 50.0, source=LECTURE,
        )
        for method in (*FREE, "gaussian_process")
    ]  # fmt: skip
    none = [
        _claim(
            f"{method}_violates_monotonicity_nowhere",
            f"{WORDS[method].capitalize()}, monotone by construction, violates monotonicity at no test field.",
            _rows(method, "violating_points", SIZES), "at most", 0.0, source=RAYLEIGH,
        )
        for method in (*MONOTONE, "monotone_boosting")
    ]  # fmt: skip
    fewer = _claim(
        "more_samples_do_not_mend_monotonicity",
        "The dense network trained with 1,600 samples violates monotonicity at no fewer fields than that with 100.",
        _rows("mlp", "violating_points"),
        "at least",
        _rows("mlp", "violating_points", (FEWEST,)),
        source=LECTURE,
    )
    return [*free, *none, fewer]


def _accuracy() -> list[Claim]:
    plain = _claim(
        "mlp_error",
        "With 1,600 samples the dense network's relative error is at most 0.30.",
        _rows("mlp", "nrmse"),
        "at most",
        0.30,
        source=SURROGATES,
    )
    baseline = [
        _claim(
            f"{method}_beats_the_geometric_mean",
            f"With 1,600 samples {WORDS[method]} has a smaller error than the geometric mean of the cells.",
            _rows(method, "nrmse"), "at most", _rows("geometric_mean", "nrmse"), source=SURROGATES,
        )
        for method in (*FREE, *MONOTONE)
    ]  # fmt: skip
    gate = [
        _claim(
            f"{method}_pays_nothing_for_monotonicity",
            f"With 1,600 samples the error of {WORDS[method]} is at most {bound:g} times that of the dense network.",
            _rows(method, "nrmse_over_plain"), "at most", bound,
        )
        for method, bound in (("resistor", 1.25), ("resistor_symmetric", 1.0))
    ]  # fmt: skip
    rivals = [
        _claim(
            f"resistor_symmetric_beats_{rival}",
            f"At 100, 400 and 1,600 samples the reflected resistor network has a smaller error than {WORDS[rival]}.",
            _rows("resistor_symmetric", "nrmse", SIZES), "at most", _rows(rival, "nrmse", SIZES),
        )
        for rival in ("mlp_symmetric", "cnn", "gaussian_process", "monotone_boosting")
    ]  # fmt: skip
    classical = [
        _claim(
            "fitted_bounds_beat_the_mlp_of_every_size",
            "One number fitted between two exact bounds gives a smaller error than the dense network at 100, 400 and "
            "1,600 samples.",
            _rows("fitted_bounds", "nrmse", SIZES), "at most", _rows("mlp", "nrmse", SIZES),
        ),
        _claim(
            "resistor_symmetric_beats_fitted_bounds",
            "The reflected resistor network has a smaller error than the fitted bounds at 100, 400 and 1,600 samples.",
            _rows("resistor_symmetric", "nrmse", SIZES), "at most", _rows("fitted_bounds", "nrmse", SIZES),
        ),
    ]  # fmt: skip
    wide = _claim(
        "resistor_symmetric_extrapolates",
        "On fields of larger contrast than those of the training its error is at most 0.15.",
        _rows("resistor_symmetric", "nrmse", case=WIDE),
        "at most",
        0.15,
    )
    return [plain, *baseline, *gate, *rivals, *classical, wide]


def _properties() -> list[Claim]:
    exact = [
        _claim(
            f"resistor_symmetric_{quantity}",
            f"The reflected resistor network has no {words}, up to rounding.",
            _rows("resistor_symmetric", quantity, SIZES), "at most", 0.0, source=DERIVED, tolerance=1e-10,
        )
        for quantity, words in (
            ("homogeneity_error", "error of homogeneity"), ("concavity_violations", "violation of concavity"),
            ("reflection_error", "error of reflection"),
        )
    ]  # fmt: skip
    outside = _claim(
        "mlp_leaves_the_bounds",
        "With 1,600 samples more than 5 percent of the dense network's values lie outside the exact bounds.",
        _rows("mlp", "bound_violations"),
        "at least",
        5.0,
        source=LECTURE,
    )
    smooth = _claim(
        "boosting_is_not_smooth",
        "The second differences of boosted trees are more than ten times those of the exact quantity.",
        _rows("boosting", "second_difference_ratio"),
        "at least",
        10.0,
    )
    bends = _claim(
        "resistor_symmetric_bends_as_the_truth",
        "With 1,600 samples its second differences err by less than half.",
        _rows("resistor_symmetric", "second_difference_error"),
        "at most",
        0.5,
    )
    return [*exact, outside, smooth, bends]


def _intervals() -> list[Claim]:
    # three deviations: of the coverage that the calibration fields fix, and of its mean over the test fields
    counts = {"calibration_fields": 500, "test_fields": 2000}
    slack = 3 * sqrt(sum(0.9 * 0.1 / count for count in counts.values()))
    enough = tuple(Size(case=CASE, quantity=name, at_least=count) for name, count in counts.items())
    cover = [
        _claim(
            f"intervals_of_{method}_cover",
            f"Conformal intervals of {WORDS[method]} at 90 percent cover 90 percent of the test fields, for every "
            "number of samples, within three standard deviations.",
            _rows(method, "coverage_90", SIZES), "equals", 0.9, source=CONFORMAL, tolerance=slack,
        )
        for method in ("mlp", "resistor_symmetric", "gaussian_process", "boosting")
    ]  # fmt: skip
    cover = [replace(claim, needs=(*claim.needs, *enough)) for claim in cover]
    scaled = [
        _claim(
            f"scaled_intervals_of_{method}_cover_the_hardest",
            f"On the quarter of the fields with the largest gap the intervals of {WORDS[method]} in proportion to the "
            "gap cover more than those of one width.",
            _rows(method, "scaled_hardest_coverage_90"), "at least", _rows(method, "hardest_coverage_90"),
        )
        for method in ("mlp", "resistor_symmetric")
    ]  # fmt: skip
    outside = _claim(
        "intervals_fail_outside_the_law",
        "On fields of larger contrast the dense network's intervals cover less than 80 percent: the samples are no "
        "longer exchangeable.",
        _rows("mlp", "coverage_90", case=WIDE),
        "at most",
        0.8,
        source=CONFORMAL,
    )
    narrow = _claim(
        "scaled_intervals_of_resistor_symmetric_are_narrower",
        "In the mean over the test fields its intervals in proportion to the gap are no wider than those of one width.",
        _rows("resistor_symmetric", "scaled_interval_width"),
        "at most",
        _rows("resistor_symmetric", "interval_width"),
    )
    own = _claim(
        "the_process_is_too_sure",
        "The intervals that the Gaussian process itself states at 90 percent cover less than its conformal ones.",
        _rows("gaussian_process", "own_coverage_90"),
        "at most",
        _rows("gaussian_process", "coverage_90"),
    )
    return [*cover, *scaled, narrow, own, outside]


def _worst_cases() -> list[Claim]:
    unit = _claim(
        "resistor_symmetric_is_no_more_sensitive_than_the_truth",
        "Whatever the signs, moving all logarithms by one moves the value of the reflected resistor network by one at "
        "most, to first order, as it does the truth: the sum of the derivatives' sizes is one.",
        _rows("resistor_symmetric", "pointwise_gain", SIZES),
        "equals",
        1.0,
        source=DERIVED,
        tolerance=1e-10,
    )
    free = _claim(
        "mlp_is_more_sensitive_than_the_truth",
        "The dense network's worst signs move it by at least 5 percent more than anything moves the truth.",
        _rows("mlp", "pointwise_gain"),
        "at least",
        1.05,
        source=LECTURE,
    )
    kinds = {
        "worst_signs": ("", "Signs, found on other fields", "random signs"),
        "leading_vectors": ("_2_2", "Leading (2, 2) singular vectors, found on other fields", "normal fields"),
    }
    worst = [
        _claim(
            f"{kind}_hurt_{method}_more_than_random_ones",
            f"{words}, raise the error of {WORDS[method]} more than {others} of the same root mean square, by more "
            "than two standard errors.",
            _rows(method, f"worst_case_ratio{suffix}", SIZES),
            "above",
            _rows(method, f"random_case_ratio{suffix}", SIZES),
        )
        for method in ("mlp", "resistor_symmetric")
        for kind, (suffix, words, others) in kinds.items()
    ]
    return [unit, free, *(replace(claim, errors=2.0) for claim in worst)]
