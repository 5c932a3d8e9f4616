"""Optimise the simulator: as a black box, whose calls grow with the number of parameters, or by its gradient.

The lecture: one of the tasks is to "optimize the given numerical simulator in a black-box way"; and automatic
differentiation gives a gradient for less than a constant times the cost of the value (see the study ``autodiff``). So
what the black box pays for a dimension, the gradient does not.

Each search starts at zero, where the value is one, a simplex and a first population around it, and succeeds below
1e-4. A search that ends by its own tests begins
anew at a random place, CMA-ES with twice its population, until the cap of work units. A unit is one value; a value with
its gradient is four (the bound of Baur and Strassen; a count of operations, not a time), a Jacobian three for each
parameter or each output, whichever are fewer. Populations are computed at once and counted one by one.

The table: ``case`` is the simulator, ``x`` the number of parameters.

- ``inversion``: coefficients of the logarithm of a permeability on a line, from 31 readings of the pressure.
- ``rugged``: slowness of layers from signals of two frequencies; the high one has a well for each period.
- ``layers``: interfaces and permeabilities of layers; the mesh snaps the interfaces, so that the misfit is piecewise
  constant in them and every derivative is zero.
- ``bar``: a given amount of conductive material along a heated bar with cooled ends; the best design is known.
- ``inversion_history`` and so on: the largest dimension, ``x`` = work units spent.

Methods: ``lbfgs_gradient``; ``lbfgs_differences`` (forward differences); ``gauss_newton``; ``cma_es``;
``differential_evolution``; ``nelder_mead``; ``bayesian`` (a Gaussian process and expected improvement; few parameters,
80 calls); ``low_frequency_first`` (the gradient, helped by what one knows of the wave); ``optimality_criteria`` (the
engineer's method for the bar). Rows of ``all`` belong to the case.

Quantities, medians over the problems with failures counted at what they spent, that is the cap: ``calls``,
``work_units`` (with quartiles), ``success_rate``, ``success_rate_within_8000`` (work units), ``least_value``,
``lowest_value_of_all``, ``lowest_value_without_tolerance`` (of the bar, from searches that go on to the cap),
``restarts``, ``calls_over_reference`` and ``work_over_reference`` (over those with 16 parameters),
``calls_over_smaller`` (next smaller dimension), ``exponent`` (of the calls as a power of the dimension, from 16 on,
where at least half succeed), ``work_over_gradient`` (over that of ``lbfgs_gradient`` on the same problems),
``effective_dimension`` (directions that hold all but 1e-4 of the misfit's second derivative at the truth). Sizes:
``problems`` (of a method: searches that cost little run on more of them, so that their medians are firmer),
``largest_dimension``, ``cap_units``.

Where it holds and where not: the calls of L-BFGS follow the directions that matter. These are 11 of 16 coefficients and
14 of 32 and of 64, and so its calls grow by two fifths from 16 to 32 and not at all from 32 to 64. On the bar its calls
grow, more slowly than the square root of their number. What the gradient saves in either case is the factor of the
dimension that finite differences pay. With two parameters the differences are cheaper. Of the searches without slopes
the simplex of Nelder and Mead takes the fewest calls on the smooth cases, up to 32 segments of the bar and up to 32
coefficients of the inversion, of which it solves 0.73 of the problems and CMA-ES 0.60 (with two coefficients a Gaussian
process takes 28 calls and the simplex 30); where values are rugged or jump it fails from 4 or 8 parameters on. Where
there are many wells or no slopes the black box wins, until somebody opens it. There is no noise and the truths lie in
the class that is searched, so that every value down to zero can be reached: good for counting, too easy for an
inversion.

What would refute the claim: calls of the gradient that grow as fast as those of the black box, or a rugged case on
which it wins all the same.
"""
