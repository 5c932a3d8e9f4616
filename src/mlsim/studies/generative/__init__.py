"""Probability distributions as learned maps from known ones: mixtures, Darcy solutions, posteriors, data assimilation.

The lecture:
    Learn a distribution from samples as a parametrised map from a known one, the key problem of uncertainty
    quantification, inverse problems and data assimilation. A generative adversarial network learns it against a
    discriminator, which is sensitive and may not converge. Unsupervised learning also serves manifold learning and
    dimensionality reduction.

Cases:
    ``ring8``, ``grid25``
        PacGAN's Gaussian mixtures and mode-coverage metrics on 10,000 samples (Z. Lin et al., arXiv:1712.04086). The
        published networks take 400,000 steps, ours about a hundredth of that.
    ``darcy_1d``, ``darcy_2d``
        Distribution of the solution of ``-(k u')' = 1`` with lognormal k, by exact quadrature; the same on 32 x 32
        nodes, every third per side. Learned in whitened principal components, measured in the pressures.
    ``linear_gaussian``
        An inverse problem with a Gaussian posterior in closed form.
    ``lognormal_inverse``
        Four noisy pressures, unknown log k; reference samples by pCN.
    ``lorenz63``
        The state from the last observations of the Lorenz system.
    ``darcy_manifold``
        Dimensionality reduction of solutions that depend on three random numbers.

Methods, learned (one network per seed; averaged parameters after the last step; nothing chosen on the way):
    ``gan``, ``pacgan2``, ``wgan_gp``, ``rpgan``
        Non-saturating GAN, PacGAN with pairs, Wasserstein GAN with gradient penalty, relativistic GAN with R1 + R2.
    ``edm``, ``flow_matching``, ``spline_flow``
        EDM diffusion model, flow matching, spline flow. Except for the last, networks of a mixture see sines and
        cosines of the coordinates. Inverse problems use conditional versions.
    ``autoencoder``
        Of ``darcy_manifold``.

Methods, baselines:
    ``truth``
        Fresh true samples: the floor of every metric.
    ``training_set``, ``gaussian``, ``kde``
        The training samples, a Gaussian fit, a kernel density estimate.
    ``prior``, ``observation``, ``ensemble_kalman``, ``pcn``
        Prior samples; the last observation with its noise; an ensemble Kalman filter that knows the equations; half of
        the pCN chains.
    ``pca``
        Principal components.

x:
    Eighth of the ranks (calibration of posteriors), or number of latent coordinates (``darcy_manifold``).

Quantities:
    See ``quantities.py``. Distances are also given over the floor of true sets.

Refuted if:
    A Gaussian fit or a kernel density matches the learned maps, or these are more than a few Monte Carlo floors away
    from the truth.
"""
