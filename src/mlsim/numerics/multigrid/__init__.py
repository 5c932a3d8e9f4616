"""Multigrid cycles for compact stencils on structured grids, differentiable in all their parts.

``stencils`` and ``cycles`` are the method, ``fourier_analysis`` and ``spectral_radius`` its convergence, and
``preconditioners`` its use in CG and GMRES. ``algebraic_multigrid`` is pyamg, ``model_problems`` the equations.
"""
