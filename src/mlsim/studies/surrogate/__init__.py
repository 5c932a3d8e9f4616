"""Approximate an output quantity directly: the effective conductivity of a field, and what the exact one never does.
"""
