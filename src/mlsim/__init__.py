"""Regenerates, from nothing, every result of the lecture *Machine learning in numerical simulations*."""
