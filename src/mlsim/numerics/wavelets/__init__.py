"""Orthonormal wavelet filters, the nonstandard form of an operator, wavelet tensor trains, and sparsity measures."""
