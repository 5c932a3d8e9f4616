"""What the lecture and we claim of loss surfaces, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size


def claims() -> list[Claim]:
    """The study's claims."""
    return [
        Claim(
            name="curves_begin_at_the_trained_loss",
            statement="The value of every curve at the origin is the trained loss, bit for bit.",
            source="derived: a step of length zero changes no parameter",
            measured=(Rows(case="pinn", method="adam", quantity="origin_difference"),),
            reference=0.0,
            relation="at most",
            needs=(Size(case="pinn", quantity="training_steps", at_least=500),),
        )
    ]
