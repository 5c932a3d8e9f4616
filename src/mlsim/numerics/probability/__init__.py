"""Probability distributions: reference distributions, distances between samples, filters, chains, and intervals.

``gan_losses`` and ``diffusion_and_flow`` are the losses and samplers of generative models; ``conformal`` and
``bootstrap`` give prediction intervals and standard errors.
"""
