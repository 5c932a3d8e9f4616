"""Equations recovered from simulated observations by sparse regression, by its weak form, and by a neural ODE.

The lecture:
    One use of learning in simulations is to "recover the model from experimental observations". The table reproduces
    PDE-FIND (S. Rudy, S. Brunton, J. Proctor, J. N. Kutz, Sci. Adv. 3, e1602614, 2017) and adds later methods.

Cases, with x (seeds are those of the noise):
    ``burgers``, ``kdv``, ``ks``, ``nls``, ``reaction_diffusion``
        x = noise in percent of the standard deviation of the data. The last two run at the published size.
    ``burgers_fine``
        Ten times as many snapshots.
    ``<equation>_thresholds``
        Clean data; x = first threshold d_tol of the search.
    ``<equation>_boxes``
        One noise level, on draws of noise and boxes that no other row uses; x = factor on both sides of the boxes.
    ``kdv_solitons``, ``kdv_solitons_together``
        Data of a single soliton, which an advection equation explains too (x = its speed); two speeds as one data set.
    ``lorenz``
        The Lorenz system; x = noise in percent.

Methods, equations:
    ``pde_find``
        Differences for clean data, fitted polynomials for noisy data, as published.
    ``pde_find_spectral``
        Fourier derivatives in space, clean data.
    ``weak_form``, ``ensemble``
        Integrals against test functions on random boxes; the median of weak forms on resampled boxes.
    ``known_terms``, ``pde_find_known_terms``, ``pde_find_spectral_known_terms``
        Least squares on the true terms only, from the same integrals or derivatives.

Methods, Lorenz system:
    ``differences``, ``savitzky_golay``, ``weak_form``, ``ensemble``, ``known_terms``
        SINDy with these derivatives or integrals.
    ``neural_ode``
        A network as right-hand side.

Quantities:
    See ``quantities.py``. Noise of 2 to 20 percent is treated with the windows and the threshold published for 1
    percent, as by a user who does not know the noise; the weak form has one setting for all levels.

Refuted if:
    The weak form is no better than PDE-FIND on noisy data, a network forecasts longer than the recovered equation, or
    any threshold finds the right terms.
"""
