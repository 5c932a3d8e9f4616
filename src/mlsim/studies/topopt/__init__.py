"""Neural networks for topology optimisation.

The lecture: stop SIMP after N of its 100 iterations and let a small U-Net, shown the current densities and their last
change, predict the final binary design (I. Sosnovik, I. Oseledets, *Neural networks for topology optimization*,
arXiv:1709.09578).

The table: cases ``compliance_40x40`` and ``heat_40x40`` (the same networks, trained on elasticity alone, applied to
heat conduction; the paper's generator of heat problems is not published, so this one is ours); ``x`` is N, the number
of iterations after which SIMP is stopped. ``thresholding`` is the classical method on the test problems,
``thresholding_all`` the same on all problems, ``final_design`` the binarised result of all 100 iterations, ``cnn_*``
the networks. Quantities: ``accuracy`` and ``iou`` (mean over problems and, for ``iou``, over both classes),
``volume_error`` and ``volume_excess`` (mean of the relative error of the volume, without and with its sign),
``compliance_ratio`` (median over problems; binarised prediction over binarised final design), ``disconnected``
(designs in which a load is cut off or material floats; a common corner is a hinge for elasticity and a bridge for
heat), ``gain`` (accuracy minus that of thresholding on the same problems, with the standard error of a paired
bootstrap) and ``gain_lower`` (2.5 % quantile of that bootstrap). Rows of case ``size`` say how many problems and
training samples the numbers rest on. The networks called U[1, 100] draw N from 1 to 99: after 100 iterations the answer
would be the question. A network with the gradient channel needs the sensitivity of the iterate it sees, one solve
more than thresholding after the same N.

What would refute the claim: no network that beats thresholding on problems it has never seen, or a law of the training
iteration that is not best near its own mean.
"""
