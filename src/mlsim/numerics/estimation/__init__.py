"""Fitting and inversion: kernel ridge regression, limited-memory BFGS, least-squares objectives, relative errors."""
