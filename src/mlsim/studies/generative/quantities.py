"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

DISTANCES = {
    "energy_distance": Quantity("1", "energy distance from fresh true samples, unbiased for fields", "smaller"),
    "sliced_w2": Quantity("1", "sliced Wasserstein-2 distance from fresh true samples", "smaller"),
}

QUANTITIES = {
    **DISTANCES,
    **family("{}_floor", DISTANCES, meaning="between two sets of true samples (sampling error): {}", better=""),
    **family("{}_over_floor", DISTANCES, meaning="divided by the sampling error: {}"),
    "w2": Quantity("1", "Wasserstein-2 distance from fresh true samples, by exact transport", "smaller"),
    "modes": Quantity("1", "modes with at least one sample within three standard deviations", "larger"),
    "fair_modes": Quantity("1", "modes with at least a fifth of their share of the samples", "larger"),
    "high_quality": Quantity("percent", "samples within three standard deviations of a mode", "larger"),
    "reverse_kl": Quantity(
        "1", "Kullback-Leibler divergence of the samples' modes from the uniform distribution", "smaller"
    ),
    "mean_error": Quantity(
        "1", "error of the mean, in units of the data's or posterior's standard deviation", "smaller"
    ),
    "deviation_error": Quantity("1", "largest relative error of the standard deviations", "smaller"),
    "covariance_error": Quantity("1", "relative error of the posterior covariance", "smaller"),
    "relative_w2": Quantity("1", "Wasserstein-2 distance from the posterior, over its standard deviation", "smaller"),
    "skewness": Quantity("1", "skewness of the solution in the middle"),
    "quantile_99_ratio": Quantity("1", "99 % quantile in the middle over that of true samples"),
    "negative_share": Quantity("percent", "samples that violate the maximum principle by negative values", "smaller"),
    "two_sample_accuracy": Quantity(
        "1", "accuracy of boosted trees that tell samples from true ones, 0.5 if equal", "smaller"
    ),
    "reconstruction_error": Quantity("1", "NRMSE of the reconstruction from the latent coordinates", "smaller"),
    "rmse": Quantity("1", "root mean square error of the ensemble mean per coordinate", "smaller"),
    "spread": Quantity("1", "root mean square of the ensemble's standard deviation"),
    "rank_share": Quantity("1", "fraction of ranks in a bin of their histogram, 1/8 if calibrated"),
    "rank_deviation": Quantity(
        "1", "chi-squared of the ranks over its degrees of freedom, about 1 if calibrated", "smaller"
    ),
    "rank_p_value": Quantity("1", "p-value of that chi-squared"),
    "acceptance": Quantity("1", "acceptance rate of the Markov chains"),
    "calibrated": Quantity("1", "number of truths whose ranks are counted"),
    "chain_samples": Quantity("1", "number of samples of the Markov chains"),
    "posterior_samples": Quantity("1", "number of posterior samples of each problem"),
    "evaluated_samples": Quantity("1", "number of samples that are evaluated"),
    "problems": Quantity("1", "number of inverse problems"),
    "networks": Quantity("1", "number of trained networks, one per seed"),
    "training_samples": Quantity("1", "number of training samples"),
    "training_steps": Quantity("1", "number of training steps"),
    "batch": Quantity("1", "batch size"),
    "critic_turns": Quantity("1", "critic updates per training step"),
}
