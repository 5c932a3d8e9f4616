"""Trees of blocks on which hierarchical matrices, and the networks derived from them, are defined."""
