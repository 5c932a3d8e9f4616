"""Approximate an output quantity directly: a field's effective conductivity, and what no network promises to keep.

The lecture: "Approximate output quantities directly: surrogate models", by supervised learning ("given input data,
predict output data") and the approximation of multivariate functions; among the problems, "smoothness, monotonicity,
etc. are not guaranteed for neural-network based models".

The quantity: the logarithm of the effective conductivity of 4 x 4 cells, from the logarithms of the cells. The exact
map is increasing, homogeneous, concave (in the conductivities), smooth, invariant under reflections and between exact
bounds, and its derivative is a closed formula: every violation can be counted.

The table, ``x`` = training samples:

- ``conductivity``. Networks: ``mlp``, ``cnn``, ``mlp_symmetric`` (homogeneity and reflections built in); monotone by
  construction ``exponential``, ``convex_concave`` (Runje, Shankaranarayana, ICML 2023), ``resistor`` (learned series
  and parallel connections, also homogeneous and concave) and ``resistor_symmetric``. Beside them ``boosting``,
  ``monotone_boosting``, ``gaussian_process``, exact bounds and means (the same at every ``x``), and ``fitted_bounds``,
  the two sharp bounds with one fitted number. Quantities: ``nrmse`` (``|f - y| / |y - mean y|``; ``clipped_``
  after cutting to the bounds), ``violating_points`` (percent of the test fields where some derivative is negative; of
  trees, that have none, where raising one cell lowers the value), ``violating_partials``, ``violating_pairs``,
  ``bound_violations`` (percent of values outside), ``homogeneity_error``, ``reflection_error``,
  ``concavity_violations``, ``second_difference_error`` and ``_ratio`` (smoothness, against the exact ones),
  ``gradient_error``. Intervals: ``coverage_90`` and ``interval_width`` of conformal intervals, ``scaled_`` with widths
  in proportion to the distance between the bounds, ``own_`` those that a Gaussian process states; ``hardest_`` on the
  quarter of the fields with the largest distance. Worst cases: ``pointwise_gain`` (sum of ``|derivatives|``, exactly
  one for the truth), ``gain_2_2``, ``gain_inf_4`` and ``alignment_`` (leading singular value and vector of the stacked
  derivatives, against those of the truth), ``worst_case_ratio`` (how much the error grows when all fields are moved by
  the signs that are worst for the error, found on other fields; ``random_case_ratio``: by random signs;
  ``..._2_2``: by the leading (2, 2) singular vector of the error's derivatives and by normal fields; all of one root
  mean square).
- ``wide``: the same errors and intervals on fields of larger contrast than those of the training.
- ``calibration``, ``x`` = nominal level in percent: coverage of conformal intervals at the most samples.

Where it does not hold, at the default size: the monotone networks of the literature are worse than the free dense one,
``exponential`` hardly learns from more samples; the convolutional network, the most accurate free one, violates
monotonicity at less than half of the fields; widths in proportion to the gap serve the hardest fields and larger
contrast, and are wider in the mean. One number fitted between two exact bounds beats the dense network, the process
and boosting up to 400 samples, the dense network and boosting at 1,600. Violations of concavity are hardly found
between fields drawn at random. With 1,600 samples the signs that are worst for the dense network on other fields hurt
it no more than random ones.

What would refute the claim: free networks that keep monotonicity and bounds by learning alone, or monotone networks
that pay for the guarantee with larger errors.
"""
