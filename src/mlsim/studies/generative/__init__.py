"""Probability distributions as maps from known ones.

The lecture: learn a distribution from samples as a parametrised map from a known one, the key problem of uncertainty
quantification, inverse problems and data assimilation. A generative adversarial network learns the map in a game
against a discriminator; such learning is sensitive and may not converge. Unsupervised learning also serves manifold
learning and reduction of dimension.

Cases of the table. All models of a case have the same data, steps and batch (``training_samples``, ``training_steps``,
``batch``; a critic may take ``critic_turns`` per step), ``networks`` of them are trained, one per seed, side by side.
What is evaluated is the exponential average of the parameters after the last step: nothing is chosen along the way,
neither by a validation nor by the test part.

- ``ring8``, ``grid25``: PacGAN's mixtures and meter on 10,000 samples. ``modes`` (at least one sample within three
  deviations), ``fair_modes`` (at least a fifth of their share: one sample does not make a mode), ``high_quality``
  (percent within three deviations; 98.889 for the true law), ``reverse_kl``; ``energy_distance``, ``sliced_w2`` and
  ``w2`` (exact transport) in deviations of the data. Published are 400,000 steps of other networks; ours take about a
  hundredth of that.
- ``darcy_1d``: the law of the solution of ``-(k u')' = 1`` with lognormal ``k``, by exact quadrature; ``darcy_2d``: the
  same on 32 x 32 nodes, of which every third per side is kept. Learned in whitened principal components, measured in
  the pressures, in units of their mean deviation: ``energy_distance`` (unbiased), ``sliced_w2``, both also over the
  floor of true sets (``..._over_floor``; the floor of the unbiased one is its root mean square, from the distance
  variance of the law), ``mean_error``, ``deviation_error``, ``skewness`` and ``quantile_99_ratio`` in the middle,
  ``negative_share`` (percent of samples that break the maximum principle), ``two_sample_accuracy`` (of boosted trees in
  the learned coordinates, 0.5 for equal laws).
- ``linear_gaussian``: an inverse problem whose posterior is a formula: ``mean_error``, ``covariance_error``,
  ``relative_w2`` (of the Gaussian with the samples' moments), over the square root of the trace of the posterior
  covariance. ``lognormal_inverse``: four noisy pressures, the logarithm of ``k`` unknown; ``relative_w2`` by exact
  transport to pCN chains, whose other half is the method ``pcn``, the floor. ``lorenz63``: the state from the last
  observations, against an ensemble Kalman filter that knows the equations and all observations (``rmse`` per
  coordinate, ``spread``). All three: ``rank_share`` with ``x`` = eighth of the ranks of the first unknown among draws,
  ``rank_deviation`` (chi-squared over its degrees of freedom), ``rank_p_value``.
- ``darcy_manifold``: solutions that depend on three random numbers; ``reconstruction_error`` with ``x`` = number of
  latent coordinates, relative to the distance from the mean.

Methods that learn nothing: ``truth`` (fresh true samples, the floor of every meter), ``training_set``, ``gaussian`` and
``kde`` (fits of the training samples), ``prior``, ``ensemble_kalman``, ``observation``, ``pcn``, ``pca``. Learned:
``gan`` (the original game, non-saturating), ``pacgan2``, ``wgan_gp``, ``rpgan`` (relativistic, R1 + R2), ``edm`` (a
score map), ``flow_matching``, ``spline_flow``, ``autoencoder``; conditional versions for the inverse problems. All
networks of a mixture that see a point of the plane see the same sines and cosines of it, except the spline flow.

The classical method wins where its assumptions hold: the Kalman formulas for ``linear_gaussian`` and the filter on
``lorenz63``, at no training at all.

What would refute the claim: learned maps that a Gaussian fit or a kernel density matches, or that are farther from the
truth than a few Monte Carlo floors.
"""
