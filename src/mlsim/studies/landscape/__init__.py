"""The problems of learning measured on this project's networks: loss surfaces, sensitivity, slowness.

The lecture:
    "Learning can be slow"; "Sensitive to hyperparameters (may not converge in many cases)"; "Loss surfaces can be
    really complicated". Smoothness and monotonicity are in the study ``surrogate``.

Cases (all losses are those of the full batch):
    ``pinn``, ``data_fit``
        One perceptron for the solution of ``-u'' = f`` on (0, 1), trained on the residual of the equation, or on the
        known solution at the same points.
    ``plain``, ``skip``, ``mnn_h``
        Potential to ground state: 16 convolutions with the initial weights of He et al., or with skips and small
        initial weights (the same random numbers); MNN-H.
    ``relu``
        A ReLU network that learns a smooth function of 16 inputs.
    ``gan``, ``gan_penalised``, ``dirac``
        Two perceptrons as a non-saturating GAN on a ring of modes, without and with a gradient penalty; the smallest
        GAN, with known dynamics.
    ``sines``
        Linear models with known Hessians.
    ``all_networks``
        Checks over all networks.

Methods:
    ``adam``, ``descent``
        Adam, and gradient descent without momentum.
    ``tridiagonal_solve``, ``kernel_ridge``, ``coarse_solve``
        Second differences on the same points; kernel ridge regression, whose choice of a length scale on a fifth of the
        training samples counts; the equation on every second point.
    ``filter_normalised``, ``raw``, ``hessian``, ``curves``
        Directions of loss curves when one layer is scaled and the next divided; the Hessian's largest eigenvalue under
        that scaling; all curves at the origin.
    ``sign_test``
        ``skip`` against ``plain`` and ``pinn`` against ``data_fit`` over the seeds, one-sided.
    ``game``
        Jacobian of both players' gradients where the training ends, which is no equilibrium.
    ``pinn``, ``data_fit``
        Of ``sines``: the Hessians of both losses.

x:
    Learning rate (errors, divergence, steps and operations to an accuracy), training step (sharpness), fraction of the
    reach (rise), index (eigenvalues, condition numbers), factor (curve changes), number of modes (``sines``) or penalty
    (``dirac``).

Quantities:
    See ``quantities.py``. Operations are those of the network's evaluations alone, a lower bound.
    ``<name>_at_shown_rate`` is measured at the learning rate whose loss surface is analysed, ``shown`` in the
    configuration. ``chance_of_<name>`` is the p-value of a sign test.

Refuted if:
    A normalised curve changes with the scale of a layer, learning rates do not matter, or a network solves the Poisson
    problem with fewer operations than the tridiagonal solve.
"""
