"""Functions on the periodic unit interval or square: interpolation, random functions, integral operators.

``toeplitz`` holds the matrices of convolutions and the best linear maps from samples.
"""
