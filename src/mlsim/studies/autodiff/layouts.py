"""The lecture prints no table on this topic, so that there is none to arrange."""

from mlsim.tables import Layout


def layouts() -> dict[str, Layout]:
    """No table in a paper's own layout."""
    return {}
