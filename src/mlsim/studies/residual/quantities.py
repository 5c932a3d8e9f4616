"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

ERRORS = {
    "test_error": Quantity("1", "relative error on the test part, mean over samples", "smaller"),
    "error_against_exact": Quantity(
        "1", "relative error against the state without discretisation error, mean", "smaller"
    ),
}

QUANTITIES = {
    **ERRORS,
    **family("largest_{}", ERRORS, meaning="largest over samples: {}"),
    "train_error": Quantity("1", "relative error on training samples, mean", "smaller"),
    "order": Quantity("1", "order of convergence of the coarse solve, between coarse and fine grid"),
    "largest_residual": Quantity("1", "largest relative residual of the generated states", "smaller"),
    "direct_error_over_own": Quantity("1", "test_error of direct learning over the network's own", "larger"),
    "coarse_error_over_own": Quantity("1", "test_error of the coarse solve over the network's own", "larger"),
    "finer_coarse_error_over_own": Quantity(
        "1", "test_error of the coarse solve with H halved over the network's own", "larger"
    ),
    "plain_train_error_over_own": Quantity("1", "train_error of the plain network over the network's own", "larger"),
    "plain_he_train_error_over_own": Quantity("1", "train_error of plain_he over the network's own", "larger"),
    "train_error_over_shallowest": Quantity("1", "train_error over that of the smallest depth", "smaller"),
    "train_error_over_shallower": Quantity("1", "train_error over the smallest of all smaller depths", "smaller"),
    "gradient_norm": Quantity("1", "norm of the loss gradient in the weights of a convolution, at initialisation"),
    "spectral_radius": Quantity("1", "spectral radius of the iteration", "smaller"),
    "difference_from_v_cycle": Quantity(
        "1", "largest relative difference of the linear MgNet from the V-cycle", "smaller"
    ),
    "difference_from_matrix": Quantity("1", "largest relative difference of a convolution from its matrix", "smaller"),
    "parameters": Quantity("1", "number of parameters", "smaller"),
    "largest_grid": Quantity("1", "largest number of grid points per side"),
    "training_samples": Quantity("1", "number of training samples"),
    "training_steps": Quantity("1", "number of training steps"),
    "trained_seeds": Quantity("1", "number of trained seeds"),
}
