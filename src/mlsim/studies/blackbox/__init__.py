"""Optimise the simulator, as a black box or by its gradient."""
