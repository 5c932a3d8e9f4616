"""The problems of learning: complicated loss surfaces, sensitivity, slowness, each measured on this project's networks.

The lecture: "Learning can be slow"; "Sensitive to hyperparameters (may not converge in many cases)"; "Loss surfaces can
be really complicated". (Smoothness and monotonicity of a learned quantity belong to another study.)

All losses are those of the full batch, so that each has one surface. The table, ``case`` = network, ``method`` =
optimiser (``adam`` or gradient ``descent``) or a direct method:

- ``pinn`` and ``data_fit``: one perceptron for the solution of ``-u'' = f`` on (0, 1). The first minimises the residual
  of the equation, the second the distance from the known solution at the same points; ``error`` is that distance for
  both, on the points of the training. ``tridiagonal_solve``: second differences on these points.
- ``plain`` and ``skip``: 16 convolutions that map a potential to its ground state, with the initial weights of He et
  al., or with skips and small initial weights (the same random numbers); ``mnn_h``: MNN-H. ``kernel_ridge`` in a frame
  that moves with the potential, ``coarse_solve`` of the equation on every second point.
- ``relu``: a ReLU network that learns a smooth function of 16 inputs; ``kernel_ridge``. Both regressions choose their
  length scale on a fifth of the training samples, and the operations of that choice count.
- ``gan``, ``gan_penalised``: two perceptrons in the original game on a ring of modes, without and with a penalty on the
  critic's slopes; ``dirac``: the smallest game, ``x`` = penalty; ``sines``: linear models, ``x`` = number of modes.

Quantities:

- ``sharpness``, ``x`` = step: largest eigenvalue of the Hessian, by Lanczos; ``final_sharpness`` at the end.
  ``sharpness_over_threshold``: times rate / 2, which is 1 where gradient descent just stays stable.
- ``rise``, ``x`` = share of the reach: the largest loss within it minus the trained loss, median over four directions
  with the norms of the filters. ``origin_difference``: value of the curves at the origin minus the trained loss.
- ``eigenvalue``, ``x`` = index, of the whole spectrum of ``pinn`` and ``data_fit``; ``condition``: the first over the
  ``x``-th; ``decades_of_..._over_data_fit``: log10 of the ratio, seed by seed. ``least_eigenvalue``.
- ``curve_change``, ``x`` = factor: largest relative change of a curve when one layer is multiplied by it and the next
  divided, along normalised and along raw directions; ``curve_change_by_neuron``; ``sharpness_ratio``.
- ``diverged``, ``reached`` (percent of the seeds; at one of the looks at least), ``error`` (of those that did not
  diverge), ``steps_to_accuracy`` (of those that reached it), ``operations_to_accuracy``: ``x`` = learning rate;
  ``..._at_shown_rate`` for that at which the surroundings are measured; ``..._of_all``: percent of all rates and seeds.
  Operations are those of the network's evaluations alone, a lower bound; ``operations_over_direct`` is their ratio to
  the whole direct solve, which counts as one step.
- ``seeds_with_...``, ``chance_of_...``: sign tests of ``skip`` against ``plain`` and of ``pinn`` against ``data_fit``.
- games: ``rotation`` (largest ``|Im mu|``), ``attraction`` (smallest ``Re mu``; ``attraction_of_all``: over all seeds),
  ``turning_eigenvalues`` (percent with ``|Im| > |Re|``), ``repelling_eigenvalues`` of the Jacobian of both players'
  gradients where the training ends, which is no equilibrium.

Where the classical method wins: everywhere but on the function of 16 inputs. A tridiagonal solve takes less than a
thousandth of the operations of the equation's network; on ground states kernel ridge regression takes less than a tenth
of those of MNN-H, and it and the coarse solve are more accurate than all three networks. The ReLU network reaches a
relative error of 0.4 with half the operations of kernel ridge regression, the choice of whose length scale takes most,
and then goes below its error.

What was expected and does not hold: that the equation is the worse conditioned problem. For sines it is, by K^4. For
the network the first eigenvalue over the tenth is smaller than that of the data fit in all seven seeds, by 1.7 decades
in the mean, and Adam solves the equation at more rates than it fits the known solution; over the twentieth and the
fortieth the two cannot be told apart. Nor is the equation sharper than chance allows: in five seeds of seven. That
skips, with the small initial weights that they allow, make less sharp after training at the same rate: in five of
seven, too. What differs in all seeds is how far the loss rises within the whole reach; within half of it five seeds of
seven cannot be told from chance. At this depth the plain network fits the training samples better all the same.

What would refute the claims: a normalised curve that changes with the scale of a layer, rates that do not matter, a
network that solves the Poisson problem with fewer operations than the tridiagonal solve.
"""
