"""Registered quantities of the tables."""

from mlsim.quantities import Quantity

QUANTITIES = {
    "spectral_radius": Quantity("1", "spectral radius of the error propagation of one cycle", "smaller"),
    "transfer_radius": Quantity(
        "1", "spectral radius of the learned cycle on a finer grid than it was trained on", "smaller"
    ),
    "fourier_radius": Quantity("1", "spectral radius from exact Fourier blocks, an independent check", "smaller"),
    "residual": Quantity("1", "largest relative residual of the computed eigenpairs", "smaller"),
    "power_estimates": Quantity("1", "number of radii that are only estimates of a power iteration", "smaller"),
    "norm_of_square": Quantity(
        "1", "spectral norm of the squared error propagation, zero for an exact cycle", "smaller"
    ),
    "estimate_per_unknown": Quantity("1", "stochastic estimate of the spectral radius, without the factor N^(1/2K)"),
    "estimate_bound": Quantity("1", "stochastic bound on the spectral radius, with the factor N^(1/2K)"),
    "iterations_stationary": Quantity("1", "cycles to a relative residual of 1e-10", "smaller"),
    "iterations_cg": Quantity("1", "iterations of preconditioned conjugate gradients to 1e-10", "smaller"),
    "iterations_gmres": Quantity("1", "iterations of preconditioned GMRES to 1e-10", "smaller"),
    "relative_residual": Quantity("1", "residual after so many cycles over that of the start", "smaller"),
    "parameters": Quantity("1", "number of learned parameters"),
    "training_steps": Quantity("1", "number of training steps, the fewest of all members"),
    "largest_grid": Quantity("1", "largest number of grid points per side"),
}
