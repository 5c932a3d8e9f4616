"""Registered quantities of the tables."""

from mlsim.quantities import Quantity

QUANTITIES = {
    "coefficient_error": Quantity(
        "percent", "mean relative error of the true coefficients; a missing term counts 100", "smaller"
    ),
    "coefficient_spread": Quantity("percent", "standard deviation of these errors over the coefficients", "smaller"),
    "success_rate": Quantity("1", "fraction of data sets in which exactly the true terms are found", "larger"),
    "terms": Quantity("1", "number of terms that are found"),
    "coefficient_<term>": Quantity("1", "coefficient of a true term, with of_<unknown>_ for systems"),
    "deviation_<term>": Quantity("1", "coefficient minus the true one, with of_<unknown>_ for systems", "smaller"),
    "error_over_known_terms": Quantity(
        "1", "coefficient_error over that of least squares on the true terms", "smaller"
    ),
    "horizon": Quantity("Lyapunov times", "time until a forecast is lost, mean over starts", "larger"),
    "least_horizon": Quantity("Lyapunov times", "shortest time until a forecast is lost", "larger"),
    "velocity_error": Quantity("percent", "relative error of the learned right-hand side on the trajectory", "smaller"),
    "noise": Quantity("percent", "noise of the data, over their standard deviation"),
    "noise_seeds": Quantity("1", "number of noise draws"),
    "boxes": Quantity("1", "number of boxes of the weak form"),
    "points": Quantity("1", "number of grid points"),
    "snapshots": Quantity("1", "number of snapshots in time"),
    "starts": Quantity("1", "number of starts of forecasts"),
    "training_steps": Quantity("1", "number of training steps"),
}
