"""Adversarial perturbations of image classifiers: of one image, and universal ones.

``pq_power_method`` gives the (p, q)-singular vectors from which universal perturbations are built.
"""
