"""Generative models of mixtures, Darcy solutions and posteriors, data assimilation, dimensionality reduction.

The lecture:
    The key problem of uncertainty quantification, inverse problems and data assimilation is to learn a distribution
    from samples, as a parametrised map from a known distribution. A generative adversarial network learns it by
    competing with a discriminator; the training is sensitive and may not converge. Unsupervised learning also serves
    manifold learning and dimensionality reduction.

Cases:
    ``ring8``, ``grid25``
        PacGAN's Gaussian mixtures and mode-coverage metrics on 10,000 samples (Z. Lin et al., arXiv:1712.04086). The
        published networks take 400,000 steps, ours about a hundredth of that.
    ``darcy_1d``, ``darcy_2d``
        Distribution of the solution of ``-(k u')' = 1`` with lognormal k, by exact quadrature; the same in two
        dimensions on 32 x 32 nodes, of which every third per side is used. Learned in whitened principal components,
        measured in the pressures.
    ``linear_gaussian``
        An inverse problem with a Gaussian posterior in closed form.
    ``lognormal_inverse``
        Log k from four noisy pressures; reference samples by the preconditioned Crank-Nicolson method (pCN).
    ``lorenz63``
        The state from the last observations of the Lorenz system.
    ``darcy_manifold``
        Dimensionality reduction of solutions that depend on three random numbers.

Methods, learned (one network per seed; averaged parameters after the last step, no early stopping or model selection):
    ``gan``, ``pacgan2``, ``wgan_gp``, ``rpgan``
        Non-saturating GAN, PacGAN with pairs, Wasserstein GAN with gradient penalty, relativistic GAN with R1 + R2.
    ``edm``, ``flow_matching``, ``spline_flow``
        EDM diffusion model, flow matching, spline flow. Except for the last, networks of a mixture see sines and
        cosines of the coordinates. Inverse problems use conditional versions.
    ``autoencoder``
        Of ``darcy_manifold``.

Methods, baselines:
    ``truth``
        Fresh true samples, whose metrics are the sampling error.
    ``training_set``, ``gaussian``, ``kde``
        The training samples, a Gaussian fit, a kernel density estimate.
    ``prior``, ``observation``, ``ensemble_kalman``, ``pcn``
        Prior samples; the last observation with its noise; an ensemble Kalman filter that knows the equations; half of
        the pCN chains.
    ``pca``
        Principal components.

x:
    Bin of the rank histogram, 0 to 7 (calibration of posteriors), or number of latent coordinates
    (``darcy_manifold``).

Quantities:
    See ``quantities.py``. The sampling error (``_floor``) is the distance between two sets of true samples; distances
    of Darcy solutions are also given divided by it (``_over_floor``).

Refuted if:
    A Gaussian fit or a kernel density estimate is as good as the learned maps, or their distances from the truth are
    more than a few times the sampling error.
"""
