"""Expressive power of tensor networks: recurrent, tree-like and shallow networks as tensor decompositions.

The lecture: connections between tensor decompositions and special neural networks let one prove results on deep
networks. A network that multiplies features of the parts of its input contracts them with a weight tensor, in canonical
format (CP) if it is shallow, in hierarchical Tucker format (HT) if it is a tree, as a tensor train (TT) if it is
recurrent. Almost every tensor train of width r needs a canonical rank of at least q^(d/2), q = min(n, r), for d parts
with n features each (V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018; N. Cohen, O. Sharir, A. Shashua, COLT 2016).

The table, exact part: integer cores modulo a prime and Gaussian elimination, so that each rank is a certificate: it is
at most the canonical rank over the reals, without any tolerance.

- ``rank_n<n>_r<r>``, ``x`` = d: ``exact_rank`` of the flattening of odd against even modes (mean over draws, of
  ``tt`` and of ``tt_shared``, one core for all inner modes), ``min_cut`` (an upper bound), ``theorem_bound``
  (q^(d/2)). For n > r the rank is far above the theorem's. ``all_ranks`` counts cases, draws, and those that miss.
- ``convert_ht_to_tt_r<r>``, ``convert_tt_to_ht_r<r>``, ``x`` = d: width that a network of width r needs in the other
  format, the largest rank over the cuts of that format (``needed_width``), and the largest minimal cut. A tree of width
  r needs trains of width r^ceil(log2(d) / 2), whose exponent is rounded up. ``convert_ht_to_cp_r<r>`` likewise: a lower
  bound; ``canonical_n<n>_d<d>``, ``x`` = R: rank of random canonical tensors and min(R, n^(d/2)).
- ``grid_m<M>_t<T>``, ``x`` = width R: rank of the grid tensor of a recurrent network with ``relu`` units
  (xi = max(a, b, 0)) or ``multiplicative`` ones on M templates and T steps, integers again: ``exact_rank``, smallest
  and largest of the draws, and ``disagreeing_draws``, in which floating-point numbers tell another rank of the same
  network. With relu there are classes of positive measure: some draws are nearly shallow, others have the full rank.

Approximation: ``cp_error_r<r>``, ``x`` = canonical rank R: ``als_error`` (alternating least squares, best of its
starts) and ``lower_bound`` (Eckart-Young over all balanced unfoldings) for random trains of unit norm;
``smallest_excess`` of the former over the latter. The former is only an upper bound: it stalls where the rank suffices.
``cp_width_n<n>_r<r>``, ``x`` = d: the canonical rank for a given relative error, needed by the bound (``needed_rank``,
a certificate for each draw) and found by least squares (``als_rank``), its growth per pair of modes, and parameters.

Learning: methods ``tt``, ``tt_shared``, ``ht``, ``cp``; ``x`` = width. ``digits_2x2`` and ``digits_4x4`` (the 1797
digits of scikit-learn in patches): ``accuracy`` in percent on a test part of 30 %, ``gain_over_cp`` in percentage
points, its error from paired differences. ``teacher``: random trains on one-hot letters, ``automaton``: weighted
automata, which are trains with one shared core; ``relative_error`` on words that no network has seen; on the teacher
also ``tensor_error``, over all words, and ``lower_bound``, below which no shallow network of this width comes.
``parameters`` of one network. Rows without ``x``: ``equal_accuracy``, ``equal_error`` and so on at the number of
parameters of the train named in the configuration (the others get the smallest width that has at least as many;
``equal_width``, ``equal_parameters``), and sizes. Classical methods: ``svc`` and ``logistic`` regression,
``kernel_ridge`` and ``linear`` regression, on raw pixels or letters. All networks have the same budget of steps; the
last step is reported and nothing is chosen by a score, so that only the kernel regression has a validation part.

Where the claim ends: on digits a support vector machine beats all of them, and at equal numbers of parameters shallow
networks come close to recurrent ones, below a few thousand parameters even before them; the separation shows at equal
width, and at equal parameters on teachers and automata.

What would refute the claim: one draw below q^(d/2), a canonical approximation below its bound, or shallow networks that
match recurrent ones of equal width.
"""
