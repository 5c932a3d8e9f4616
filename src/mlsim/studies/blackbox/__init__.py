"""Optimisation of a simulator by its gradient, or as a black box with calls that grow with the number of parameters.

The lecture:
    One task is to "optimize the given numerical simulator in a black-box way". Automatic differentiation gives a
    gradient for less than a constant times the cost of the value (study ``autodiff``), so the cost of a gradient step,
    measured in values, does not grow with the dimension.

Searches:
    Each starts at zero, where the value is one, with the first simplex or population around it, and succeeds at a value
    below 1e-4. A search that meets its own stopping criteria is restarted at a random point (CMA-ES with twice its
    population) until the cap of work units. A value costs one unit, a value with its gradient four (the bound of Baur
    and Strassen), a Jacobian three per parameter or output, whichever are fewer. The data of the inverse problems are
    free of noise and computed by the simulator that is inverted (an inverse crime), so real problems are harder.

Cases:
    ``inversion``
        Coefficients of a log-permeability on a line from 31 readings of the pressure.
    ``rugged``
        Slowness of layers from signals of two frequencies; the high one has a local minimum for each period.
    ``layers``
        Interfaces and permeabilities of layers. A cell has the permeability at its centre, so the misfit is piecewise
        constant in the positions of the interfaces.
    ``bar``
        Conductive material along a heated bar with cooled ends; the best design is known.
    ``<case>_history``
        Value against cost at the largest dimension; x = work units spent.

Methods:
    ``lbfgs_gradient``, ``lbfgs_differences``
        L-BFGS with adjoint gradients, and with forward differences.
    ``gauss_newton``
        Gauss-Newton method with Levenberg-Marquardt damping.
    ``cma_es``, ``differential_evolution``, ``nelder_mead``
        Derivative-free searches.
    ``bayesian``
        Bayesian optimisation: a Gaussian process with expected improvement, for few parameters and calls.
    ``low_frequency_first``
        L-BFGS with gradients on the low frequency alone, then on both (``rugged``).
    ``optimality_criteria``
        The optimality criteria method of structural optimisation, for the bar.
    ``all``
        Quantities of the case itself, such as sizes.

x:
    Number of parameters.

Quantities:
    See ``quantities.py``. Medians over the problems; a failed search counts with all that it spent, the cap.

Refuted if:
    Calls of the gradient method grow as fast as those of derivative-free searches, or it needs fewer on a rugged case
    as well.
"""
