"""Surrogates of an effective conductivity: accuracy, and the properties that no free network guarantees.

The lecture:
    "Approximate output quantities directly: surrogate models", by supervised learning and the approximation of
    multivariate functions; among the problems, "smoothness, monotonicity, etc. are not guaranteed for neural-network
    based models".

The quantity:
    Logarithm of the effective conductivity of 4 x 4 cells, from the logarithms of the cells. The exact map is
    increasing, homogeneous, concave (in the conductivities), smooth, invariant under reflections and between exact
    bounds, with a closed formula for the derivative, so every violation can be counted.

Cases:
    ``conductivity``
        Test fields of the training distribution; x = training samples.
    ``wide``
        Errors and intervals on fields of larger contrast; x = training samples.
    ``calibration``
        Coverage of conformal intervals with the most samples; x = nominal level in percent.

Methods, networks:
    ``mlp``, ``cnn``, ``mlp_symmetric``
        Free dense and convolutional networks; homogeneity and reflections built in.
    ``exponential``, ``convex_concave``
        Monotone by exponential weights, and by convex and concave units (D. Runje, S. Shankaranarayana, ICML 2023).
    ``resistor``, ``resistor_symmetric``
        Learned series and parallel connections: monotone, homogeneous, concave; with reflections.

Methods, baselines:
    ``boosting``, ``monotone_boosting``, ``gaussian_process``
        Fitted to the same samples.
    ``harmonic_mean``, ``row_bound``, ``layer_bound``, ``column_bound``, ``arithmetic_mean``, ``geometric_mean``
        Exact lower bounds (the first two), exact upper bounds (the next three), and a mean; the same at every x.
    ``fitted_bounds``
        The two sharpest bounds combined with one fitted number.

Quantities:
    See ``quantities.py``. Intervals of one width, in proportion to the distance between the bounds (``scaled``), or as
    stated by the Gaussian process (``own``). Worst cases move all fields by one perturbation that was found on other
    fields, beside random ones of the same root mean square.

Refuted if:
    Free networks learn monotonicity and bounds from data alone, or monotone networks pay for the guarantee with larger
    errors.
"""
