"""A network predicts the final design of a topology optimisation from an early iterate.

The lecture:
    Stop SIMP after N of its 100 iterations and let a small U-Net predict the final binary design from the current
    densities and their last change (I. Sosnovik, I. Oseledets, *Neural networks for topology optimization*,
    arXiv:1709.09578).

Cases:
    ``compliance_40x40``
        Minimum compliance of elastic structures on 40 x 40 elements, random supports and loads.
    ``heat_40x40``
        The networks trained on elasticity, applied to heat conduction. The paper's generator of heat problems is not
        published; this one is ours.
    ``size``
        Numbers of problems and training samples.

Methods:
    ``thresholding``
        Densities above 1/2 are solid; on the test problems.
    ``thresholding_all``
        The same on all problems, for the comparison with the published row.
    ``final_design``
        The binarised result of all 100 iterations.
    ``cnn_poisson_<mean>``, ``cnn_uniform``
        The U-Net, trained on iterates whose number follows a Poisson or a uniform distribution. The uniform one draws N
        from 1 to 99, since the iterate after 100 iterations is the answer.
    ``cnn_uniform_skip``
        The U-Net as a correction of thresholding.
    ``cnn_<sampler>_gradient``
        The U-Net also sees the sensitivity of the iterate, which costs one more solve (published size).
    ``cnn_uniform_released``
        Trained by the rules of the code released with the paper (published size).

x:
    N, the number of SIMP iterations before the stop.

Quantities:
    See ``quantities.py``.

Refuted if:
    The network trained on Poisson(10) does not beat thresholding after 5 and 10 iterations on unseen problems, or the
    one trained on Poisson(5) does not beat that of Poisson(30) after 5 iterations and lose to it from 30 on.
"""
