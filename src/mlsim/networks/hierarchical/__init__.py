"""MNN-H and MNN-H2, networks with the structure of hierarchical matrices, and their layers on trees of blocks."""
