"""Loss landscapes: curves and surfaces of a loss, Hessians, and the vector fields of two-player games."""
