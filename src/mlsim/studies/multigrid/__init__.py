"""Deep multigrid: smoother weights and transfer stencils by gradient descent on the spectral radius.

The lecture: prolongation, restriction and damping of a multigrid cycle can be learned by minimising a stochastic
estimate of the spectral radius of its error propagation; a table shows the learned cycle (DMG) below geometric
multigrid with linear interpolation, and that below algebraic multigrid (A. Katrutsa, T. Daulbaev, I. Oseledets,
arXiv:1711.03825).

The table: case ``poisson_2d``, ``x`` = n, grid of n x n nodes, V(2,2) cycles on at most four levels.

- Classical methods: ``linear`` (bilinear interpolation, damping 2/3) and its closed form ``linear_closed_form``,
  ``jacobi_optimal`` (damping 0.8, the textbook optimum, nothing learned), ``amg_default`` and ``amg_unscaled`` (pyamg's
  Ruge-Stueben, with and without its rescaling of the damping; the lecture's column AMG stands beside the former).
- Learned methods: ``dmg`` (the paper's parameters: one stencil each for prolongation and restriction per level, one
  damping), ``dmg_sweep_weights`` (the same with one weight per sweep and level), ``four_weights`` (bilinear transfer,
  four weights, equal on all levels), ``smoother_weights`` (bilinear transfer, four weights per level),
  ``mirrored_weights`` (two per level, in reverse order after the correction: a symmetric cycle). On grids of more than
  225 nodes learned stencils are averaged over the symmetries of the square, and their changes scaled by (15 / n)^2;
  there ``dmg`` starts from damping 0.8 and bilinear stencils, and the gain to be had from them is small.
- Quantities: ``spectral_radius`` (all eigenvalues for at most 225 unknowns, else ARPACK), ``residual`` of the
  eigenpair, ``power_estimates`` (values that are no more than the estimate of a power iteration, mean over seeds),
  ``fourier_radius`` (the same radius from exact Fourier blocks, an independent check where the stencils are even),
  ``transfer_radius`` in the cases ``poisson_2d_refined_once`` and ``_twice`` (the cycle learned at n = ``x`` applied at
  2 n + 1 and 4 n + 3), ``parameters``.

Further cases: ``poisson_1d`` (``x`` = n; the two-grid cycle with weights 1 and 1/2 is exact: ``norm_of_square`` is
``||E^2||``, since eigenvalues of a nilpotent matrix show the root of the rounding error; ``two_grid_variable`` has
lognormal coefficients and ideal interpolation); ``poisson_2d_on_amg`` (learned weights as smoothers of pyamg's Ruge-
Stueben hierarchy); ``helmholtz_1d`` (``x`` = wave number) and ``convection_1d`` (``x`` = diffusion) with one stencil
per node and four weights per level (at wave number 5 one of the two learned Helmholtz cycles diverges on some
processors: ``docs/decisions.md`` 49); ``lognormal_2d`` (``x`` = n, mean over random coefficients not trained on);
``solver_2d`` (``x`` = n, iterations to a residual of 1e-10; of conjugate gradients where the cycle is symmetric;
pyamg's own solvers smooth by symmetric Gauss-Seidel, V(1,1), which is other work than V(2,2) with Jacobi) and
``cycles_<n>`` (``x`` = cycle, the residual after it); ``estimate_63`` (``x`` = exponent K, the paper's stochastic
bound with and without the factor N^(1/2K)).

What would refute the claim: learned cycles that are not better than damping 0.8, the best that needs no learning.
"""
