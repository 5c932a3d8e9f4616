"""One perturbation fools a network on most images: the (p, q)-singular vector of the Jacobian of a hidden layer.

The lecture:
    Adversarial perturbations of small norm fool many networks; a single universal one does in some 70 % of the cases
    and generalises across networks (Moosavi-Dezfooli et al., arXiv:1610.08401). "Our results": an interpretable, easy,
    relatively fast algorithm that attacks low-level features, and a table of fooling rates of VGG-16, VGG-19 and
    ResNet-50 (V. Khrulkov, I. Oseledets, CVPR 2018, arXiv:1709.03582).

Set-up:
    Networks of the published depths and small width are trained on rendered images of ten classes; with ``weights`` and
    ``images`` in the configuration the same code attacks the published ones. Layer, q, local maximum and sign are
    chosen for the source network on selection images, which are used neither in the construction nor in the test.
    Perturbed images are clipped to [0, 1]. An image is fooled if its class changes, whether or not it was right.

Cases, with x:
    ``tested_on_<network>``
        Perturbed test images; x = norm of the perturbation in 1/255.
    ``transfer``
        Mean over the nine pairs of networks at the attack's norm.
    ``accuracy``
        Accuracy, image sizes and training steps of each network.
    ``q_sweep``
        Fooling on the selection images; x = q.
    ``batch_sweep``
        Fooling by vectors of the network itself; x = images of the construction.

Methods:
    ``singular_vector_from_<network>``
        Universal perturbation from the singular vector; ``singular_vector`` in ``transfer``.
    ``sequential_uap_from_<network>``, ``sgd_uap_from_<network>``
        From the same images: DeepFool's steps added up; gradient ascent, step length chosen on the selection images.
    ``random_sign``
        The control, of the same norm.
    ``fgsm``, ``pgd``, ``deepfool``
        Attacks on single images.
    ``vgg16``, ``vgg19``, ``resnet50``, ``vgg16_<layer>``, ``vgg19_<layer>``, ``resnet50_<layer>``
        Rows of a network, or of one of its layers.

Quantities:
    See ``quantities.py``. Seeds are those of the construction; each network is trained once. In the lecture's table
    columns are read as the source network and rows as the tested one, which is inferred.

Refuted if:
    Singular vectors fool no more images than random signs of the same norm, or fool no network but their own.
"""
