"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

PER_CODE = {
    "ratio": Quantity("1", "operations of value and gradient over those of the function", "smaller"),
    "added_ratio": Quantity("1", "ratio minus that of the full tape", "smaller"),
    "gradient_error": Quantity("1", "relative error of the gradient, or difference from the full tape", "smaller"),
    "inputs": Quantity("1", "number of inputs of the function"),
}

QUANTITIES = {
    **PER_CODE,
    **family("largest_{}", PER_CODE, meaning="largest value over all codes and sizes: {}"),
    "largest_size": Quantity("1", "largest x of the code"),
    "mean_ratio": Quantity("1", "ratio, mean over the random programs", "smaller"),
    "drop_of_ratio": Quantity("1", "ratio at the next smaller size minus the ratio", "larger"),
    "function_operations": Quantity("1", "operations of one value of the function"),
    "operations": Quantity("1", "operations of value and gradient", "smaller"),
    "advantage_of_reverse": Quantity("1", "operations of finite differences over those of the reverse mode", "larger"),
    "smallest_advantage_of_reverse": Quantity(
        "1", "smallest advantage_of_reverse over codes with enough inputs", "larger"
    ),
    "taylor_slope": Quantity("1", "order of the Taylor remainder after the linear term, two if the gradient is right"),
    "largest_slope_deviation": Quantity("1", "largest distance of taylor_slope from two", "smaller"),
    "saved_mb": Quantity("MB", "largest memory stored for the gradient at a time", "smaller"),
    "saved_share": Quantity("1", "stored memory over that of the full tape", "smaller"),
    "extra_steps": Quantity("1", "number of time steps run again", "smaller"),
    "steps": Quantity("1", "number of time steps of the code"),
    "programs": Quantity("1", "number of random programs"),
}
