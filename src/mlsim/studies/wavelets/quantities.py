"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

TRANSFERRED = {
    "transfer_error": Quantity("1", "relative_error with the same filters on twice as many points", "smaller"),
}

QUANTITIES = {
    "relative_error": Quantity("1", "relative error with the given band or number of coefficients", "smaller"),
    "start_error": Quantity("1", "relative_error of the filters from which the training started", "smaller"),
    **TRANSFERRED,
    **family("start_{}", TRANSFERRED, meaning="{}, for the filters from which the training started"),
    "full_band_error": Quantity("1", "relative error with full bands, that is of rounding", "smaller"),
    "vector_error_low": Quantity(
        "1", "2.5 % quantile of the relative error of products with random vectors", "smaller"
    ),
    "vector_error_high": Quantity(
        "1", "97.5 % quantile of the relative error of products with random vectors", "smaller"
    ),
    "difference_from_form": Quantity(
        "1", "relative difference of the linear network from the banded product", "smaller"
    ),
    "coefficients": Quantity(
        "1", "number of stored coefficients, or of those needed for a relative error of x", "smaller"
    ),
    "gini": Quantity("1", "Gini index of the coefficients, near 1 where they are sparse", "larger"),
    "gini_of_db2": Quantity("1", "gini of the Daubechies filters of length 4 on the same signals", "larger"),
    "gini_of_daubechies": Quantity(
        "1", "gini of the Daubechies filters of the same length on the same signals", "larger"
    ),
    "gain_over_daubechies": Quantity("1", "gini minus that of the Daubechies filters, paired by signal", "larger"),
    "orthonormality_defect": Quantity("1", "deviation of the filters from orthonormality", "smaller"),
    "reconstruction_error": Quantity("1", "largest error of a test signal after transform and inverse", "smaller"),
    "distance_from_daubechies": Quantity("1", "distance of the low-pass from that of the Daubechies wavelet"),
    "distance_from_symlets": Quantity("1", "distance of the low-pass from that of the symlet"),
    "distance_from_random_start": Quantity("1", "distance_from_daubechies of the best fit from a random start"),
    "details_up_to_degree": Quantity("1", "norm of the details of powers up to the degree learned", "smaller"),
    "details_of_next_degree": Quantity("1", "norm of the details of the next power"),
    "parameters": Quantity("1", "number of parameters that describe the basis", "smaller"),
    "points": Quantity("1", "number of points"),
    "signals": Quantity("1", "number of test signals"),
    "training_steps": Quantity("1", "number of training steps"),
}
