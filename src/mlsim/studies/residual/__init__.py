"""Residual learning: networks that correct a coarse solve, residual networks by depth, and MgNet as multigrid.

The lecture:
    ResNet learns the residual instead of the map, "motivated by multigrid"; convolutional layers are Toeplitz matrices,
    useful for piecewise-smooth objects (K. He, X. Zhang, S. Ren, J. Sun, arXiv:1512.03385; J. He, J. Xu, MgNet,
    arXiv:1901.10415).

Cases, with x:
    ``nlse_1d``
        Ground states u_h of a nonlinear Schroedinger equation (beta = 10) on a grid of 1/h points, beside the coarse
        solve P u_H, interpolated trigonometrically; x = H/h.
    ``depth``
        The same map on a coarse grid by deep networks of equal width and budget; x = number of convolutions.
    ``gradient_<depth>``
        Gradient of the loss in each convolution before training; x = layer.
    ``mgnet``
        Poisson equation on the square; x = nodes per side.
    ``toeplitz``, ``toeplitz_elsewhere``, ``toeplitz_variable``
        Linear least-squares maps from noisy piecewise-smooth functions to clean ones. Jumps anywhere; jumps in one half
        of the ring only while training; truth multiplied by a coefficient, so that the best map is no convolution.
        x = training functions.

Methods:
    ``direct``, ``residual``, ``conditioned``
        One dense network each that learns u_h, learns u_h - P u_H, and learns u_h from inputs that include P u_H.
    ``circular_direct``, ``circular_residual``
        The same with dilated circular convolutions.
    ``coarse_solve``, ``richardson``, ``fine_solve``
        P u_H alone; extrapolated from H and 2 H; the fine grid itself (x = 1).
    ``plain``, ``plain_he``, ``skip``
        Stacks of convolutions with torch's initial weights, with those of He et al., and with skips.
    ``mgnet``
        Residual blocks with pre-activation whose second convolution is shared, as in MgNet.
    ``mean_state``
        The mean of the training states.
    ``mgnet_zero``, ``mgnet_injection``, ``closed_form``
        A linear MgNet with fixed weights against V(2,2), coarse levels started from zero or from injected values; the
        closed form of its spectral radius.
    ``convolution``, ``full_convolution``, ``dense_matrix``
        A short convolution, one as wide as the ring, a matrix with free entries.

Quantities:
    See ``quantities.py``.

Refuted if:
    The residual is no easier to learn than the state, plain networks of 34 convolutions train as well as those with
    skips, or a linear MgNet differs from the V-cycle by more than rounding.
"""
