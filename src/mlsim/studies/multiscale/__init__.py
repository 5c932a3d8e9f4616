"""Networks whose architecture is that of a fast algorithm: MNN-H and MNN-H2 from hierarchical matrices.

The lecture: known formats can be used again as learnable architectures, for instance hierarchical matrices for mapping
input to output; two figures of the multiscale neural network based on H- and H2-matrices (Y. Fan, L. Lin, L. Ying,
L. Zepeda-Nunez, arXiv:1807.01883; with J. Feliu-Faba arXiv:1808.02376). The papers learn the ground state of a
nonlinear Schroedinger equation from its potential, and radiative transfer.

The table: cases ``nlse_1d``, ``nlse_2d`` (potential to ground state, ``-Lap u + V u + 10 u^3 = E u``, periodic),
``rte_slab`` (scattering coefficient to scalar flux), ``darcy_2d`` (permeability to pressure, the law of the Fourier
neural operator, whose published errors belong to 85 points per side and more). ``x`` = grid points per side. Every
sample is certified by its residual and, where the equation demands it, its sign (``largest_residual`` of method
``data``).

- Networks, methods of the names in the configuration: ``mnn_h``, ``mnn_h2`` (``mnn_h_long``: twice the steps and the
  batch), ``bcr`` (wavelets), ``fno``, ``unet``, ``cnn``, ``cnn_residual`` (dilated, without and with skips), ``dense``.
  All see the same data; ``training_steps``, ``batch`` and ``training_samples`` say what each was given. The budget is
  one of computing time, not of steps: a step of a large network costs more.
- Rivals: ``mean`` of the training outputs; ``ridge`` (the best linear map); ``kernel_ridge``, and
  ``kernel_ridge_canonical`` in a frame that moves along with the potential, so that it knows the symmetry under shifts;
  ``linear_response`` (first order perturbation theory); ``coarse_solve`` (the equation itself, solved on a grid of
  ``x`` points and interpolated); ``other_stencil`` (exact derivatives in place of second differences: the error of
  the labels themselves).
- Quantities: ``test_error`` (mean over the samples of the relative error in the Euclidean norm), ``test_error_max``,
  ``test_error_median``, ``train_error`` (on at most 1,000 training samples), ``test_train_ratio``, ``ood_error`` (on
  laws that no training saw: 1, 3, 4, 8 wells instead of 2, sharper and wider wells, lognormal potentials; each by
  itself as ``ood_error_<law>``), ``shift_defect`` (how much prediction and shift by 1, 3, 17 points fail to commute),
  ``parameters``, ``operations`` (arithmetic of one prediction, counted where torch and numpy dispatch it, for the
  regressions by formula), ``half_grid_test_error`` (the coarse solve on half the points per side).
- ``best_network``: the smallest mean over seeds of the error, and the fewest operations and parameters, of all networks
  of the case.

Case ``scaling``: parameters and operations of untrained networks against ``x``, the grid points;
``parameters_added`` is what a grid of twice the points adds, ``operations_exponent`` the slope over the largest factor.

What would refute the claim: a dense network, kernel regression or a coarse solve that needs fewer operations and is
more accurate. On the interval this is so: solving the equation on 80 points is cheaper and more accurate than every
network here, and on the law of the training kernel regression in the canonical frame is more accurate than
all networks. On all four problems solving on half the points per side beats the networks. At equal computing time the
Fourier operator and the dense network are also more accurate than MNN-H and MNN-H2. What the architecture brings there
is few parameters, errors that are the same on training and test samples, and linear cost.
"""
