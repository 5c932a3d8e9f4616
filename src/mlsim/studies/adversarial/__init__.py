"""One perturbation that fools a network on most images: the (p, q)-singular vector of the Jacobian of a hidden layer.

The lecture: adversarial perturbations of small norm fool many networks; a single universal one does in some 70 % of the
cases and generalises across networks (Moosavi-Dezfooli et al., arXiv:1610.08401). "Our results": an interpretable easy
algorithm, relatively fast, that attacks low-level features, and a table of fooling rates of VGG-16, VGG-19 and
ResNet-50 (V. Khrulkov, I. Oseledets, CVPR 2018, arXiv:1709.03582).

Here the networks have the published depths, a small width, and are trained on rendered images of ten classes (shape
times texture); with ``weights`` and ``images`` in the configuration the same code attacks the published ones. Layer,
``q``, and of all local maxima and both signs the one to use are chosen on images that are neither those of the
construction nor those of the test, on the source network. A perturbation is added to images with values in [0, 1], and
the sum is cut to [0, 1]. Fooled is an image whose class changes, whether it was right or wrong.

The table:

- ``tested_on_<network>``, ``x`` = norm of the perturbation in 1/255. Methods ``<attack>_from_<network>``, universal
  perturbations from few images of the training set: ``singular_vector``, ``sequential_uap`` (DeepFool's steps added
  up), ``sgd_uap`` (gradient ascent, the length of its steps chosen on the same held-out images); ``random_sign``, the
  control; ``fgsm``, ``pgd``, ``deepfool`` attack each image by itself. Quantities: ``fooling_rate``, ``excess`` over
  the control (``excess_low`` and ``excess_high``: 95 % bootstrap interval over images and seeds), ``over_random``
  (ratio to the control), ``fooled_of_correct`` (of the images that are classified rightly); ``relative_norm`` (of
  DeepFool, mean of ``||r|| / ||x||``), ``step_share`` (of ``sgd_uap``, in norms), ``test_images``. The seeds are those
  of the construction; each network is trained once.
- ``transfer``, method ``singular_vector``, at the attack's norm: ``mean_fooling_rate`` over the nine pairs of networks.
- ``accuracy``: ``test_accuracy``, ``test_images``, ``pixels`` per side, ``training_steps`` of each network.
- ``q_sweep``, ``x`` = q: ``fooling_rate`` on the selection images and ``gain``, the singular value over the norm of the
  layer's values, of each network and layer; ``rank_correlation`` of the two over layers and seeds (without ``x`` over
  all q too); ``chosen_q``.
- ``batch_sweep``, ``x`` = images of the construction: ``fooling_rate`` on test images of the network itself.

The columns of the lecture's table are taken for the network on which the perturbation was constructed, its rows for the
one that is tested. That is inferred, not said there.

How many images a network's own vector fools depends on the training: from one training to the next by up to a fifth of
the images, and the longer the training, the fewer (``docs/decisions.md`` 39). The trainings end when a network is right
on little more than nine tenths of the images. Processors round differently, which is another training: of the two on
which the default size was run, the first numbers are those of an AMD EPYC, the second those of an Intel Xeon. Their own
singular vectors fool 0.66, 0.66 and 0.47 (0.67, 0.55 and 0.46) of the test images (VGG-16, VGG-19, ResNet-50), random
signs 0.07, 0.13 and 0.19 (0.07, 0.10 and 0.16): on ResNet-50 2.4 (2.8) times as many, where the claim asks for 2.5. The
singular vectors of the two VGG carry over to each other, 0.29 and 0.31 (0.40 and 0.46); that of ResNet-50 hardly to a
VGG. Where another attack wins: gradient ascent from the same images, the length of its steps chosen by the same
held-out ones, fools 0.76, 0.81 and 0.62 (0.73, 0.70 and 0.66). Carried from one VGG to the other it fools 0.31 and 0.18
(0.36 and 0.35). Among layers and q those of larger singular value, in units of the layer's values, do not fool more;
mostly they fool less.

What would refute the claim: singular vectors that fool no more images than random signs of the same norm, or that fool
no network but the one from which they were made.
"""
