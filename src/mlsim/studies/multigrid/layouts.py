"""The lecture's table in the lecture's layout."""

from mlsim.tables import Layout

METHODS = {"linear": "Linear", "amg_default": "AMG", "dmg": "DMG"}
OURS = {
    "jacobi_optimal": "ours: damping 0.8",
    "amg_unscaled": "ours: AMG, damping not rescaled",
    "dmg_sweep_weights": "ours: DMG with sweep weights",
    "four_weights": "ours: four learned weights",
    "smoother_weights": "ours: four learned weights per level",
    "mirrored_weights": "ours: two mirrored weights per level",
}
SIZES = (7, 15, 31, 63, 127, 255)


def layouts() -> dict[str, Layout]:
    """Tables in the paper's layout, by file name."""
    return {
        "radius": Layout(case="poisson_2d", quantity="spectral_radius", label="Method", methods=METHODS | OURS, x=SIZES)
    }
