"""Optimise a simulator as a black box, whose calls grow with the number of parameters, or by its gradient.

The lecture:
    One task is to "optimize the given numerical simulator in a black-box way". Automatic differentiation gives a
    gradient for less than a constant times the cost of the value (study ``autodiff``), so a gradient method does not
    pay for the dimension.

Searches:
    Each starts at zero, where the value is one, with the first simplex or population around it, and succeeds below
    1e-4. A search that ends by its own criteria is restarted at a random point (CMA-ES with twice its population) until
    the cap of work units. A value costs one unit, a value with its gradient four (the bound of Baur and Strassen), a
    Jacobian three per parameter or output, whichever are fewer. There is no noise, and the true parameters are in the
    searched class, which is too easy for an inverse problem.

Cases:
    ``inversion``
        Coefficients of a log-permeability on a line from 31 readings of the pressure.
    ``rugged``
        Slowness of layers from signals of two frequencies; the high one has a local minimum for each period.
    ``layers``
        Interfaces and permeabilities of layers. The mesh snaps the interfaces, so the misfit is piecewise constant.
    ``bar``
        Conductive material along a heated bar with cooled ends; the best design is known.
    ``<case>_history``
        The largest dimension; x = work units spent.

Methods:
    ``lbfgs_gradient``, ``lbfgs_differences``
        L-BFGS with adjoint gradients, and with forward differences.
    ``gauss_newton``
        With Jacobians.
    ``cma_es``, ``differential_evolution``, ``nelder_mead``
        Derivative-free searches.
    ``bayesian``
        A Gaussian process with expected improvement; few parameters and calls.
    ``low_frequency_first``
        The gradient method on the low frequency first (``rugged``).
    ``optimality_criteria``
        The engineering method for the bar.
    ``all``
        Facts of the case.

x:
    Number of parameters.

Quantities:
    See ``quantities.py``. Medians over the problems; a failed search counts with what it spent, the cap.

Refuted if:
    Calls of the gradient method grow as fast as those of the black box, or it wins on a rugged case too.
"""
