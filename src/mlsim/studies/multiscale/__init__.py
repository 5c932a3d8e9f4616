"""Networks with the architecture of a fast algorithm (MNN-H, MNN-H2 from hierarchical matrices) learn solution maps.

The lecture:
    Known formats can be reused as learnable architectures, for instance hierarchical matrices. Two figures show the
    multiscale neural network (Y. Fan, L. Lin, L. Ying, L. Zepeda-Nunez, arXiv:1807.01883; with J. Feliu-Faba,
    arXiv:1808.02376). The papers learn the ground state of a nonlinear Schroedinger equation from its potential, and
    radiative transfer.

Cases:
    ``nlse_1d``, ``nlse_2d``
        Potential to ground state of ``-Lap u + V u + 10 u^3 = E u``, periodic.
    ``rte_slab``
        Scattering coefficient to scalar flux of radiative transfer in a slab.
    ``darcy_2d``
        Permeability to pressure, with the distribution of the Fourier neural operator's paper, whose published errors
        are for 85 and more points per side.
    ``scaling``
        Parameters and operations of untrained networks.

Methods, networks (all see the same data; the budget is computing time, not steps):
    ``mnn_h``, ``mnn_h2``, ``nlse_2d_mnn_h2``, ``rte_mnn_h2``
        Multiscale networks; ``mnn_h_long`` has twice the steps and batch, ``mnn_h_local`` and ``mnn_h2_local`` have
        separate weights for each block.
    ``bcr``
        BCR-Net, from wavelets.
    ``fno``, ``darcy_fno``
        Fourier neural operator.
    ``unet``, ``cnn``, ``cnn_residual``, ``dense``
        U-Net, dilated convolutions without and with skips, dense network.
    ``best_network``
        The smallest error, and the fewest operations and parameters, of all networks of a case.

Methods, baselines:
    ``mean``
        Mean of the training outputs.
    ``ridge``, ``kernel_ridge``, ``kernel_ridge_canonical``
        Linear and kernel ridge regression; the last with translation-canonicalised inputs.
    ``linear_response``
        First-order perturbation theory.
    ``coarse_solve``
        The equation solved on a grid of x points and interpolated.
    ``other_stencil``
        Exact derivatives in place of second differences: the error of the labels.
    ``data``
        Residuals that certify the samples.

x:
    Grid points per side.

Quantities:
    See ``quantities.py``. Out-of-distribution errors are for 1, 3, 4 and 8 wells instead of 2, sharper and wider wells,
    and lognormal potentials.

Refuted if:
    A dense network, kernel regression or a coarse solve is more accurate with fewer operations. On these problems this
    happens, and the table shows it (``docs/experiments/multiscale.md``).
"""
