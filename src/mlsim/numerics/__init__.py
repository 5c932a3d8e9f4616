"""Mathematics: pure functions, without modules, optimisers, files or global random state."""
