"""Probability distributions as maps from known ones.

The lecture: learn a distribution from samples as a parametrised map from a known one; the key problem of uncertainty
quantification, inverse problems and data assimilation. A generative adversarial network learns the map in a game
against a discriminator; such learning is sensitive and may not converge. Unsupervised learning is also a technique of
manifold learning and reduction of dimension.

To be completed: the table, the methods, the meaning of x, and what would refute the claim.
"""
