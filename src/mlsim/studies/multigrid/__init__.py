"""Learning smoother weights and transfer stencils of a multigrid cycle by gradient descent on its spectral radius.

The lecture:
    Prolongation, restriction and damping can be learned by minimising a stochastic estimate of the spectral radius of
    the error propagation. In a table the learned cycle (DMG) has a smaller spectral radius than geometric multigrid
    with linear interpolation, which has a smaller one than algebraic multigrid (A. Katrutsa, T. Daulbaev, I. Oseledets,
    arXiv:1711.03825).

Cases:
    ``poisson_2d``
        Poisson equation on n x n nodes, V(2,2) cycles on at most four levels; x = n.
    ``poisson_2d_refined_once``, ``poisson_2d_refined_twice``
        The cycle learned at n = x, applied to 2n + 1 and 4n + 3 nodes per side.
    ``poisson_2d_on_amg``
        Learned weights as smoothers of pyamg's Ruge-Stueben hierarchy; x = n.
    ``poisson_1d``
        Cycles on n nodes that are exact solvers or have a known spectral radius; x = n.
    ``helmholtz_1d``, ``convection_1d``
        One stencil per coarse node and four weights per level; x = wave number, or diffusion.
    ``lognormal_2d``
        Lognormal coefficients, mean over coefficients not trained on; x = n.
    ``solver_2d``
        Iterations to a residual of 1e-10, with conjugate gradients where the cycle is symmetric; x = n.
    ``cycles_<n>``
        Residual after each cycle on the largest grid; x = cycle.
    ``estimate_63``
        The paper's stochastic bound on 63 x 63 nodes, with and without the factor N^(1/2K); x = exponent K.

Methods:
    ``linear``, ``linear_closed_form``
        Bilinear interpolation with damping 2/3, computed and by formula.
    ``jacobi_optimal``
        Damping 0.8, the textbook optimum.
    ``amg_default``, ``amg_unscaled``
        pyamg's Ruge-Stueben, with and without its rescaling of the damping.
    ``amg_ruge_stuben``, ``amg_smoothed_aggregation``
        pyamg's own solvers: V(1,1) with symmetric Gauss-Seidel, a different amount of work from V(2,2) with Jacobi.
    ``dmg``, ``dmg_sweep_weights``
        Learned: one stencil each for prolongation and restriction per level, with one damping as in the paper, or with
        one weight per sweep and level. Their training on the smallest grid starts from damping 0.8 or from Chebyshev
        weights, that on a larger grid from the values learned on the next smaller one; stencils always start near the
        bilinear one. For n > 15 stencils are averaged over the symmetries of the square, and on levels of m > 15 nodes
        per side their deviation from the bilinear one is scaled by (15 / m)^2.
    ``four_weights``, ``smoother_weights``, ``mirrored_weights``
        Learned weights with bilinear transfer: four on all levels, four per level, or two per level in reverse order
        after the correction (a symmetric cycle).
    ``learned_helmholtz``, ``learned_convection``, ``learned_lognormal``
        Learned cycles of the cases of these names.
    ``two_grid``, ``two_grid_variable``, ``w_cycle``, ``v_cycle``
        Of ``poisson_1d``. Two-grid and W-cycle with weights 1 and 1/2 are exact solvers: E^2 = 0 for their error
        propagation matrix E. ``two_grid_variable`` has lognormal coefficients and ideal interpolation.

x:
    As given for each case.

Quantities:
    See ``quantities.py``. Spectral radii use all eigenvalues up to 225 unknowns and ARPACK beyond; exact Fourier blocks
    check them where stencils are even.

Refuted if:
    Learned cycles are not better than damping 0.8, the best untrained smoother.
"""
