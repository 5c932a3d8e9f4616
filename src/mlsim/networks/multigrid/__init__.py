"""Networks with the structure of a multigrid cycle: learned cycles and MgNet."""
