"""Registered quantities of the tables."""

from mlsim.quantities import Quantity

# distributions of inputs that the training does not contain, and what a test error on them tells
SHIFTED = {
    "wells_<number>": "potentials with another number of wells",
    "sharp": "potentials with sharper wells",
    "wide": "potentials with wider wells",
    "other_law": "inputs from another distribution",
    "lower_contrast": "coefficients of lower contrast",
    "higher_contrast": "coefficients of higher contrast",
}

QUANTITIES = {
    "test_error": Quantity("1", "relative error in the Euclidean norm, mean over test samples", "smaller"),
    "test_error_max": Quantity("1", "largest relative error of the test samples", "smaller"),
    "test_error_median": Quantity("1", "median relative error of the test samples", "smaller"),
    "smallest_test_error": Quantity("1", "smallest test_error of all networks of the case", "smaller"),
    "half_grid_test_error": Quantity("1", "test_error of the solve on half the points per side", "smaller"),
    "error_relative_to_mnn_h": Quantity("1", "test_error over that of mnn_h", "smaller"),
    "train_error": Quantity("1", "relative error on training samples, mean", "smaller"),
    "test_train_ratio": Quantity("1", "test_error over train_error", "smaller"),
    "ood_error": Quantity(
        "1", "mean relative error on all distributions that the training does not contain", "smaller"
    ),
    **{
        f"ood_error_{name}": Quantity("1", f"mean relative error on {text}", "smaller")
        for name, text in SHIFTED.items()
    },
    "shift_defect": Quantity("1", "equivariance error: relative difference of shifting before and after", "smaller"),
    "largest_residual": Quantity("1", "largest relative residual of the generated solutions", "smaller"),
    "parameters": Quantity("1", "number of parameters", "smaller"),
    "parameters_added": Quantity("1", "parameters minus those on the next smaller grid", "smaller"),
    "operations": Quantity("1", "arithmetic operations of one prediction", "smaller"),
    "operations_exponent": Quantity(
        "1", "exponent of the operations as a power of the number of grid points", "smaller"
    ),
    "largest_grid": Quantity("1", "largest number of grid points"),
    "training_samples": Quantity("1", "number of training samples"),
    "training_steps": Quantity("1", "number of training steps"),
    "batch": Quantity("1", "batch size"),
    "test_samples": Quantity("1", "number of test samples"),
}
