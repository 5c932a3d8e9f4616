"""Quantities of the study's table."""

from mlsim.quantities import Quantity

QUANTITIES = {
    "error": Quantity("1", "mean distance between predicted and true end", "smaller"),
    "training_steps": Quantity("1", "steps of the optimiser"),
}
