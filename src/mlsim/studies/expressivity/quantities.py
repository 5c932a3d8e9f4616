"""Registered quantities of the tables."""

from mlsim.quantities import Quantity

QUANTITIES = {
    "exact_rank": Quantity("1", "rank of the flattening of odd against even modes, modulo a prime"),
    "min_cut": Quantity("1", "minimal cut of the network's graph, an upper bound on the rank"),
    "theorem_bound": Quantity("1", "lower bound q^(d/2) of the theorem on the rank"),
    "smallest_rank": Quantity("1", "smallest exact rank of all draws"),
    "largest_rank": Quantity("1", "largest exact rank of all draws"),
    "closed_form": Quantity("1", "width after the conversion by the closed formula"),
    "needed_width": Quantity(
        "1", "width that is needed in the other format, the largest rank over its cuts", "smaller"
    ),
    "cases": Quantity("1", "number of cases"),
    "draws": Quantity("1", "number of random draws"),
    "draws_off_the_cut": Quantity("1", "draws whose rank is not the minimal cut", "smaller"),
    "draws_below_the_bound": Quantity("1", "draws whose rank is below the theorem's bound", "smaller"),
    "disagreeing_draws": Quantity(
        "1", "draws whose rank in floating-point numbers differs from the exact one", "smaller"
    ),
    "als_error": Quantity("1", "relative error of alternating least squares, best of its starts", "smaller"),
    "lower_bound": Quantity("1", "smallest relative error that a canonical approximation of this rank can have"),
    "smallest_excess": Quantity("1", "smallest error minus lower_bound, negative if the bound were violated"),
    "needed_rank": Quantity("1", "lower bound on the canonical rank for the target error", "smaller"),
    "needed_parameters": Quantity("1", "number of parameters at needed_rank", "smaller"),
    "als_rank": Quantity("1", "canonical rank with which alternating least squares reach the target error", "smaller"),
    "rank_growth": Quantity("1", "growth factor of the mean needed_rank per pair of modes", "smaller"),
    "target_error": Quantity("1", "relative error for which ranks are sought"),
    "largest_d": Quantity("1", "largest number of modes"),
    "accuracy": Quantity("%", "test images that are classified correctly", "larger"),
    "gain_over_cp": Quantity(
        "percentage points", "accuracy minus that of the shallow network of equal width, paired", "larger"
    ),
    "relative_error": Quantity("1", "relative error on unseen words", "smaller"),
    "tensor_error": Quantity("1", "relative error over all words", "smaller"),
    "parameters": Quantity("1", "number of parameters of one network", "smaller"),
    "equal_accuracy": Quantity("%", "accuracy at the number of parameters of the reference train", "larger"),
    "equal_error": Quantity("1", "relative_error at the number of parameters of the reference train", "smaller"),
    "equal_tensor_error": Quantity("1", "tensor_error at the number of parameters of the reference train", "smaller"),
    "equal_lower_bound": Quantity("1", "lower_bound at the number of parameters of the reference train"),
    "equal_parameters": Quantity("1", "number of parameters, the next above that of the reference train"),
    "equal_width": Quantity("1", "width at the number of parameters of the reference train"),
    "tested": Quantity("1", "number of test samples"),
    "training_seeds": Quantity("1", "number of trained seeds"),
    "training_steps": Quantity("1", "number of training steps"),
}
