"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

REACHED = {
    "diverged": Quantity("percent", "seeds whose training diverged", "smaller"),
    "reached": Quantity("percent", "seeds that reach the accuracy at some validation", "larger"),
}
PER_RATE = {
    **REACHED,
    "error": Quantity("1", "relative error at the end, of the seeds that did not diverge", "smaller"),
    "steps_to_accuracy": Quantity("1", "steps to the accuracy, of the seeds that reach it", "smaller"),
    "operations_to_accuracy": Quantity("1", "operations of the network to the accuracy, a lower bound", "smaller"),
}
# what sign tests compare
TESTED = ("less_sharpness", "more_sharpness", "less_rise", "less_condition")

QUANTITIES = {
    **PER_RATE,
    **family("{}_at_shown_rate", PER_RATE, meaning="{}; at the learning rate whose loss surface is analysed"),
    **family("{}_of_all", REACHED, meaning="{}; of all learning rates"),
    "loss_at_shown_rate": Quantity(
        "1", "loss at the end, at the learning rate whose loss surface is analysed", "smaller"
    ),
    "operations_over_direct": Quantity("1", "operations to the accuracy over those of the direct method", "smaller"),
    "sharpness": Quantity("1", "largest eigenvalue of the Hessian of the loss"),
    "final_sharpness": Quantity("1", "sharpness at the end of the training"),
    "sharpness_over_threshold": Quantity(
        "1", "final_sharpness times half the learning rate, 1 at the limit of stability"
    ),
    "sharpness_ratio": Quantity("1", "sharpness after rescaling two layers over that before"),
    "rise": Quantity("1", "largest loss within x times the reach minus the trained loss, median over directions"),
    "origin_difference": Quantity(
        "1", "largest difference of the curves at the origin from the trained loss", "smaller"
    ),
    "eigenvalue": Quantity("1", "x-th largest eigenvalue of the Hessian"),
    "least_eigenvalue": Quantity("1", "smallest eigenvalue of the Hessian"),
    "condition": Quantity("1", "condition number: largest eigenvalue of the Hessian over the x-th", "smaller"),
    "condition_over_theory": Quantity("1", "condition number over the closed form"),
    "decades_of_sharpness_over_data_fit": Quantity("1", "log10 of the sharpness of pinn over that of data_fit"),
    "decades_of_condition_over_data_fit": Quantity("1", "log10 of the condition number of pinn over that of data_fit"),
    "curve_change": Quantity("1", "largest relative change of a loss curve after rescaling two layers", "smaller"),
    "curve_change_by_neuron": Quantity("1", "curve_change with one factor for each neuron", "smaller"),
    **{f"seeds_with_{name}": Quantity("1", f"number of seeds with {name.replace('_', ' ')}") for name in TESTED},
    **{f"chance_of_{name}": Quantity("1", f"one-sided p-value of seeds_with_{name}") for name in TESTED},
    "rotation": Quantity("1", "largest absolute imaginary part of the eigenvalues of the game's Jacobian"),
    "rotation_over_largest": Quantity("1", "rotation over the largest absolute eigenvalue"),
    "attraction": Quantity("1", "smallest real part of the eigenvalues of the game's Jacobian", "larger"),
    "attraction_of_all": Quantity("1", "smallest attraction of all seeds", "larger"),
    "largest": Quantity("1", "largest absolute eigenvalue of the game's Jacobian"),
    "turning_eigenvalues": Quantity("percent", "eigenvalues with a larger absolute imaginary than real part"),
    "repelling_eigenvalues": Quantity("1", "number of eigenvalues with negative real part", "smaller"),
    "distance_from_formula": Quantity("1", "largest distance of the eigenvalues from the closed form", "smaller"),
    "networks": Quantity("1", "number of networks"),
    "parameters": Quantity("1", "number of parameters"),
    "rates": Quantity("1", "number of learning rates"),
    "trained_seeds": Quantity("1", "number of trained seeds"),
    "training_steps": Quantity("1", "number of training steps"),
}
