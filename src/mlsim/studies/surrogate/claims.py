"""claims"""

from mlsim.claims import Claim


def claims() -> list[Claim]:
    """The study's claims."""
    return []
