"""Automatic differentiation: programs to differentiate, gradients with few stored states, and what they cost.

``tape`` records scalar programs; array programs are those of torch and numpy. ``recomputation`` and ``revolve`` trade
memory for repeated steps; ``torch_operations`` and ``numpy_operations`` count arithmetic operations.
"""
