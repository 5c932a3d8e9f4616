"""Regenerates, from scratch, every result of the lecture *Machine learning in numerical simulations*."""
