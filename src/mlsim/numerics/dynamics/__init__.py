"""Ordinary and evolution equations, their time integration, and the recovery of their terms from data.

``data_derivatives`` and ``sparse_regression`` are the parts of SINDy and PDE-FIND that need no library.
"""
