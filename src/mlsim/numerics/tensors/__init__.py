"""Tensor formats with exact ranks: tensor train, hierarchical Tucker, canonical, and weighted automata.

``grid_tensors`` and ``unfolding_bounds`` are the tools of proofs about the expressive power of recurrent networks:
ranks of integer tensors, certified by ``finite_field_rank``, and lower bounds on the error of a given rank.
"""
