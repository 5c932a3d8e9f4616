"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

COMPARED = {
    "nrmse": Quantity("1", "root mean square error over the standard deviation of the outputs", "smaller"),
    "gradient_error": Quantity("1", "relative error of the derivatives", "smaller"),
}
COVERAGE = {
    "coverage_90": Quantity("1", "fraction of outputs inside their 90 % conformal intervals"),
    "hardest_coverage_90": Quantity("1", "coverage_90 on the quarter of the fields with the largest gap of the bounds"),
    "interval_width": Quantity("1", "mean width of the 90 % conformal intervals", "smaller"),
}
# not conformal
PREDICTIVE = "the 90 % predictive intervals of the method itself: mean +- 1.645 standard deviations"

QUANTITIES = {
    **COMPARED,
    **family("{}_over_plain", COMPARED, meaning="{}, divided by that of the plain network"),
    "clipped_nrmse": Quantity("1", "nrmse after cutting the values to the exact bounds", "smaller"),
    "violating_points": Quantity(
        "%",
        "test fields where some derivative is negative; for boosting, without derivatives: paired_violating_points",
        "smaller",
    ),
    "violating_partials": Quantity("%", "negative partial derivatives", "smaller"),
    "paired_violating_points": Quantity(
        "%", "test fields, the first `paired` ones, where raising some cell lowers the value", "smaller"
    ),
    "violating_pairs": Quantity("%", "cells of the `paired` test fields whose raising lowers the value", "smaller"),
    "bound_violations": Quantity("%", "values outside the exact bounds", "smaller"),
    "homogeneity_error": Quantity("1", "mean absolute difference of the sum of the derivatives from one", "smaller"),
    "paired_homogeneity_error": Quantity("1", "homogeneity_error by differences of values", "smaller"),
    "reflection_error": Quantity("1", "NRMSE of the values of reflected fields", "smaller"),
    "concavity_violations": Quantity(
        "%", "pairs of fields that violate midpoint concavity in the conductivities", "smaller"
    ),
    "second_difference_error": Quantity("1", "relative error of second differences", "smaller"),
    "second_difference_ratio": Quantity("1", "norm of the second differences over that of the exact ones"),
    "pointwise_gain": Quantity("1", "mean l1 norm of the gradient, one for the truth", "smaller"),
    "gain_2_2": Quantity("1", "(2, 2) singular value of the derivatives over that of the truth"),
    "gain_inf_4": Quantity("1", "(inf, 4) singular value of the derivatives over that of the truth"),
    "alignment_2_2": Quantity("1", "cosine between the leading (2, 2) singular vector and that of the truth", "larger"),
    "alignment_inf_4": Quantity(
        "1", "cosine between the leading (inf, 4) singular vector and that of the truth", "larger"
    ),
    "worst_case_ratio": Quantity("1", "growth of the error under the signs that are worst on other fields", "smaller"),
    "worst_case_ratio_2_2": Quantity(
        "1", "growth of the error under the worst (2, 2) singular vector of other fields", "smaller"
    ),
    "random_case_ratio": Quantity("1", "growth of the error under random signs", "smaller"),
    "random_case_ratio_2_2": Quantity("1", "growth of the error under normal fields", "smaller"),
    **COVERAGE,
    **family("scaled_{}", COVERAGE, meaning="{}; widths in proportion to the gap of the bounds"),
    "own_coverage_90": Quantity("1", f"fraction of outputs inside {PREDICTIVE}"),
    "own_hardest_coverage_90": Quantity(
        "1", "own_coverage_90 on the quarter of the fields with the largest gap of the bounds"
    ),
    "own_interval_width": Quantity("1", f"mean width of {PREDICTIVE}", "smaller"),
    "coverage": Quantity("1", "fraction of outputs inside their conformal intervals of nominal level x"),
    "test_fields": Quantity("1", "number of test fields"),
    "calibration_fields": Quantity("1", "number of fields that calibrate the intervals"),
    "largest_training_set": Quantity("1", "largest number of training samples"),
    "trained_seeds": Quantity("1", "number of trained seeds"),
    "training_steps": Quantity("1", "number of training steps"),
}
