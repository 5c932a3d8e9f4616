"""Recurrent, tree-like and shallow networks as tensor decompositions: exact ranks, approximation, and learning.

The lecture:
    Tensor decompositions allow proofs about special networks. A network that multiplies features of the parts of its
    input contracts them with a weight tensor: in canonical format (CP) if it is shallow, hierarchical Tucker (HT) if it
    is a tree, a tensor train (TT) if it is recurrent. Almost every tensor train of width r needs a canonical rank of at
    least q^(d/2), q = min(n, r), for d parts with n features each (V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018;
    N. Cohen, O. Sharir, A. Shashua, COLT 2016). A part is a patch of an image or a letter of a word.

Cases, exact ranks (integer cores, elimination modulo a prime: each rank is a lower bound on the canonical rank):
    ``rank_n<n>_r<r>``
        Rank of odd against even modes of random tensor trains; x = d. ``all_ranks`` counts cases and violations.
    ``convert_ht_to_tt_r<r>``, ``convert_tt_to_ht_r<r>``, ``convert_ht_to_cp_r<r>``
        Width that a network of width r needs in the other format; for CP a lower bound. x = d.
    ``canonical_n<n>_d<d>``
        Rank of random canonical tensors; x = canonical rank.
    ``grid_m<m>_t<t>``
        Grid tensor of a recurrent network: its output on all sequences of t parts, each one of m fixed vectors, the
        templates; x = width. With ReLU some draws are nearly shallow and others have full rank.

Cases, approximation:
    ``cp_error_r<r>``
        Error of canonical approximations of random tensor trains of unit norm, by alternating least squares (an upper
        bound) and by the Eckart-Young lower bound over balanced unfoldings; x = canonical rank.
    ``cp_width_n<n>_r<r>``
        Canonical rank for a given relative error; x = d.

Cases, learning:
    ``digits_2x2``, ``digits_4x4``
        The 1797 digits of scikit-learn in patches.
    ``teacher``, ``automaton``
        Functions of words over a small alphabet, whose letters are one-hot vectors: random tensor trains; weighted
        automata, which are tensor trains with one shared core.

Methods:
    ``tt``, ``tt_shared``, ``ht``, ``cp``
        Tensor train, tensor train with one core for all inner modes, tree, shallow network.
    ``n<n>``
        Of conversions: cores with n values per mode.
    ``relu``, ``multiplicative``
        Units of the recurrent network of the grid tensors: max(a, b, 0), or products.
    ``svc``, ``logistic``, ``kernel_ridge``, ``linear``
        Support vector machine, logistic, kernel and linear regression on raw pixels or letters.

x:
    As given; for learning the width. Rows without x compare at equal numbers of parameters. All networks have the same
    steps, and the last step is reported.

Quantities:
    See ``quantities.py``.

Refuted if:
    One draw is below q^(d/2), a canonical approximation is below its bound, or shallow networks match recurrent ones of
    equal width.
"""
