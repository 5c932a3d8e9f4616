"""What the study claims, as comparisons of table rows."""

from mlsim.claims import Claim, claim, needs, quantity


def claims() -> list[Claim]:
    """The study's claims."""
    error = quantity("flow", "error", x=1.0)
    return [
        claim(
            "linear_map_learns_the_rotation",
            "the flow of a linear equation is linear",
            needs("flow", training_steps=1000),
        )(
            "A linear map learns the flow of the harmonic oscillator up to an error of 0.01.",
            error("linear") <= 0.01,
        ),
    ]
