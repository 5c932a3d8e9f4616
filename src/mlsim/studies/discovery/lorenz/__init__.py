"""The Lorenz system from one noisy trajectory: sparse regression and a neural ODE, one module per stage."""
