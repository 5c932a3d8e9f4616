"""Finite elements on regular grids with one modulus per element, and SIMP topology optimisation on them.

The same assembly solves plane stress and heat conduction. Densities are filtered by ``density_filters`` and updated by
``optimality``; ``constrained_sigmoid`` enforces the volume where a network gives the design.
"""
