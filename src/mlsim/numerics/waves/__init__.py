"""Schroedinger ground states, radiative transfer, and travel times of waves in layers.

``cyclic_tridiagonal`` solves the linear systems of the one-dimensional ground states.
"""
