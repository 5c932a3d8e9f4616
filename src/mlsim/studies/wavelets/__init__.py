"""Wavelets as a network architecture: the nonstandard form of an operator, BCR-Net, learned filters, tensor trains.

The lecture: one slide, "Wavenet: wavelets as neural network architecture", between the multiscale networks and tensor
decompositions, without a source. What it means is an inference; these candidates are done: BCR-Net (Y. Fan, C. Orozco
Bohorquez, L. Ying, arXiv:1810.08754: the nonstandard form of Beylkin, Coifman and Rokhlin as a network, by authors of
the multiscale network on the slide before), filters trained for sparsity (A. Sogaard, arXiv:1706.03041, who calls it a
wavenet), and the wavelet tensor train (I. Oseledets, E. Tyrtyshnikov, SISC 33 (2011) 1315). The WaveNet for speech of
van den Oord and others shares the name alone and is not done. How BCR-Net learns a nonlinear map is shown in the study
of multiscale networks; here its linear case is compared with the nonstandard form. The penalty of arXiv:1706.03041 is
rebuilt from its description.

The table, cases that are operators (``logarithm``: log of the distance on the circle, ``sawtooth``: the inverse of the
derivative, ``convection``: the inverse of convection and diffusion with a jumping coefficient, not symmetric), ``x`` =
half width of the band:

- ``relative_error`` (Frobenius norm; for random vectors that of the product) and ``coefficients`` of the form with
  banded blocks, with the filters of ``haar``, ``db<p>``, ``sym<p>`` fixed, or learned (``learned_<start>``: one bank;
  ``learned_<start>_each``: one for each level and side); ``start_error`` repeats the error of the start;
  ``transfer_error``, ``start_transfer_error``: the same filters on twice as many points; ``full_band_error``;
  ``vector_error_low`` and ``_high``: the errors between which 19 in 20 products with single random vectors lie.
- With as many coefficients, places not counted: ``standard_form`` (PyWavelets' tensor-product transform with db3, its
  largest entries), ``thresholded_form`` (the largest entries of the nonstandard form with db3), ``truncated_svd``.
  Without ``x``: ``dense`` and ``fourier_diagonal``, which is exact for both convolutions with as many numbers as
  points: for them no wavelet is needed.
- ``bcr_net``: ``difference_from_form``, the linear network against the banded product.

Cases that are signals (``smooth``, ``piecewise_smooth``, ``ground_states``), on test signals not trained on:

- ``relative_error`` with the ``x`` largest coefficients; ``coefficients`` for a relative error of ``x``; ``gini``
  (``x`` = length of the filters), 0 for equal coefficients and near 1 for sparse ones; ``parameters``, the numbers
  that describe the basis. Methods: PyWavelets' bases, ``dct``, ``principal_components`` and ``wtt_<r>`` (wavelet tensor
  train of rank at most r) from the training signals, ``lattice_<length>`` and ``penalty_<length>`` (filters learned by
  descent, orthonormal by construction or by a penalty).
- Of ``lattice`` and ``penalty`` with ``x`` = length: ``gini``, ``gini_of_db2``, ``gini_of_daubechies`` (of the same
  length) and ``gain_over_daubechies`` (difference signal by signal), ``orthonormality_defect``,
  ``reconstruction_error``, ``distance_from_daubechies`` and ``distance_from_symlets`` (of the low-passes, the nearer
  mirror image), ``distance_from_random_start`` (from Daubechies' of the best fit with a random start).

Case ``powers``, ``x`` = degree p of x^p: ``coefficients`` above 1e-10 of the norm, of ``wtt`` learned from 1, ..., x^p
and of ``daubechies`` with p + 1 vanishing moments; ``details_up_to_degree``, ``details_of_next_degree``.

What would refute the claim: filters that gain nothing by training, or a network that is not the wavelet algorithm.
Where classical methods win: on smooth signals and ground states principal components need fewest coefficients (they
know the ensemble and are no fast transform); wavelets win where signals jump, from some 32 coefficients on. Learned
filters of four coefficients are db2 again, longer ones gain up to four thousandths of the Gini coefficient over
Daubechies'; symlets, which need no training, gain more than that but on smooth signals. Among fixed filters of equal
length symlets have smaller band errors than Daubechies', and so leave training less to gain. With free places the
largest entries of a form beat its bands.
"""
