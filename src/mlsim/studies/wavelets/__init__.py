"""Wavelets as a network architecture: nonstandard forms of operators, BCR-Net, learned filters, tensor trains.

The lecture:
    One slide without a source, "Wavenet: wavelets as neural network architecture". Three readings are tested: BCR-Net
    (Y. Fan, C. Orozco Bohorquez, L. Ying, arXiv:1810.08754), filters trained for sparsity (A. Sogaard,
    arXiv:1706.03041, who calls this a wavenet; the penalty is rebuilt from its description), and the wavelet tensor
    train (I. Oseledets, E. Tyrtyshnikov, SISC 33 (2011) 1315). The WaveNet for speech is not meant. Nonlinear maps by
    BCR-Net are in the study ``multiscale``; here its linear case is compared with the nonstandard form.

Cases that are operators:
    ``logarithm``, ``sawtooth``, ``convection``
        Logarithm of the distance on the circle; inverse of the derivative; inverse of convection and diffusion with a
        jumping coefficient (not symmetric). Errors are in the Frobenius norm.

Cases that are signals:
    ``smooth``, ``piecewise_smooth``, ``ground_states``
        Random signals and ground states; evaluated on signals not trained on.
    ``powers``
        Powers of t.

Methods for operators:
    ``haar``, ``db<p>``, ``sym<p>``
        Nonstandard form with banded blocks and fixed filters.
    ``learned_<start>``, ``learned_<start>_each``
        Filters learned from that start: one bank, or one for each level and side.
    ``standard_form``, ``thresholded_form``, ``truncated_svd``
        With as many coefficients, positions not counted: the largest entries of the tensor-product transform and of the
        nonstandard form (both db3), and singular values.
    ``dense``, ``fourier_diagonal``
        All entries; the diagonal in the Fourier basis, exact for the two convolutions.
    ``bcr_net``
        The linear network, compared with the banded product.

Methods for signals:
    ``haar``, ``db<p>``, ``sym<p>``, ``coif<p>``, ``dct``
        PyWavelets' bases and cosines.
    ``principal_components``, ``wtt_<r>``
        From the training signals; a wavelet tensor train of rank at most r.
    ``lattice_<length>``, ``penalty_<length>``
        Filters learned by gradient descent, orthonormal by construction or by a penalty. Rows of ``lattice`` and
        ``penalty`` compare all lengths with Daubechies filters and symlets.
    ``wtt``, ``daubechies``
        Of ``powers``: a tensor train learned from 1, t, ..., t^x, and filters with x + 1 vanishing moments.

x:
    Half-width of the band for operators. For signals the number of coefficients, the relative error or the length of
    the filters, as the quantity says. Degree for ``powers``.

Quantities:
    See ``quantities.py``.

Refuted if:
    Training gains nothing over fixed filters, or the linear network is not the wavelet algorithm.
"""
