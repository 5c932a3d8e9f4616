"""Learn what is left: residual networks as multigrid corrections, and networks that correct a coarse solve.

The lecture: in the popular architecture ResNet one learns the residual connection instead of the map, "motivated by
multigrid"; and convolutional layers are Toeplitz matrices, useful for piecewise-smooth objects (K. He, X. Zhang,
S. Ren, J. Sun, arXiv:1512.03385; J. He, J. Xu, MgNet, arXiv:1901.10415).

The table, ground states of a nonlinear Schroedinger equation (potential to state, beta = 10, a grid of ``1/h`` points):

- ``nlse_1d``, ``x`` = H/h. One dense network each for ``direct`` (learns ``u_h``; no ``x``), ``residual`` (learns
  ``u_h - P u_H`` against the coarse solve, its inputs and budget the same) and ``conditioned`` (learns ``u_h`` and sees
  ``P u_H``); ``circular_...`` the same for dilated circular convolutions. Beside them ``coarse_solve`` (``P u_H``
  alone, by trigonometric interpolation), ``richardson`` (extrapolated from ``H`` and ``2 H``, nothing learned) and
  ``fine_solve`` (``x`` = 1). Quantities: ``test_error`` (mean of ``||found - u_h|| / ||u_h||``; ``largest_`` the
  largest), ``train_error`` (1,000 training samples), ``error_against_exact`` (against the state without discretisation
  error), ``direct_error_over_own``, ``coarse_error_over_own``.
- ``depth``, ``x`` = number of convolutions. ``plain``, ``skip`` and ``mgnet`` (residual blocks with pre-activation
  whose second convolution is shared, MgNet in the residual) of equal width and budget on a coarse grid; ``plain_he``
  begins with the weights of He et al. instead of torch's own. Quantities: ``train_error``, ``test_error``,
  ``gradient_norm`` (loss in the weights of the first convolution, at initialisation),
  ``train_error_over_shallowest`` and ``_over_shallower`` (the least at smaller depths), ``plain_train_error_over_own``,
  ``plain_he_train_error_over_own``. ``gradient_<depth>``: ``x`` = layer.
- ``mgnet``, ``x`` = nodes per side. ``difference_from_v_cycle``: a linear MgNet with fixed weights against V(2,2) for
  the Poisson equation (largest difference over the largest value), coarse levels begun from zero or from the injected
  values; ``spectral_radius`` of its iteration beside the closed form.
- ``toeplitz``, ``x`` = number of training functions. Linear maps from noisy piecewise-smooth functions to clean ones,
  by least squares, nothing trained: a short ``convolution``, a ``full_convolution`` as wide as the ring, a
  ``dense_matrix``. ``toeplitz_elsewhere``: jumps in one half of the ring only while training, anywhere in the test.
  ``toeplitz_variable``: the truth is multiplied by a coefficient, so that the best map is no convolution.

Where other methods win: up to H = 4h Richardson's extrapolation of two coarse solves beats the networks that correct
one, and the coarse solve at H = 2h needs no network; each takes some ten microseconds per state. At 6 and 18
convolutions, with one learning rate for all depths, the plain network with the weights of He et al. trains better than
the one with skips; what skips buy is that training goes on at 34.

What would refute the claim: a residual no easier to learn than the whole state, plain networks of 34 convolutions that
train as well as those with skips, a linear MgNet that differs from the V-cycle by more than rounding.
"""
