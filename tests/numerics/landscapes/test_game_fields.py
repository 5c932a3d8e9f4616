"""Gradient fields of games."""

import numpy as np
import pytest
import torch

from mlsim.numerics.landscapes.game_fields import (
    dirac_eigenvalues,
    dirac_losses,
    game_field,
    projected_field,
    turning,
    turning_plane,
)


@pytest.mark.parametrize("penalty", [0.0, 0.3, 2.0])
def test_smallest_game_has_the_eigenvalues_of_the_closed_form(penalty):
    zero = torch.zeros(1, dtype=torch.float64)
    at = {"generator.theta": zero, "critic.phi": zero}
    derivative = game_field(dirac_losses(penalty=penalty), at)
    assert not derivative.value.any()
    values = np.sort_complex(np.linalg.eigvals(derivative.matrix().numpy()).astype(complex))
    np.testing.assert_allclose(values, np.sort_complex(dirac_eigenvalues(penalty=penalty)), atol=1e-12)
    summary = turning(values)
    assert summary.attraction == pytest.approx(max(0.0, dirac_eigenvalues(penalty=penalty).real.min()), abs=1e-12)


def test_field_of_the_smallest_game_without_penalty_turns_around_the_equilibrium():
    zero = torch.zeros(1, dtype=torch.float64)
    at = {"generator.theta": zero, "critic.phi": zero}
    plane = turning_plane(game_field(dirac_losses(penalty=0.0), at).matrix())
    torch.testing.assert_close(plane.T @ plane, torch.eye(2, dtype=torch.float64))
    for angle in np.linspace(0, 2 * np.pi, 7):
        # small: the field is linear up to the third power of the distance
        here = 1e-4 * np.array([np.cos(angle), np.sin(angle)])
        motion = projected_field(dirac_losses(penalty=0.0), at, plane, at=(float(here[0]), float(here[1])))
        assert abs(motion @ here) < 1e-8 * np.linalg.norm(motion) + 1e-12
        assert np.linalg.norm(motion) == pytest.approx(0.5e-4, rel=1e-6)


def test_parameter_without_a_player_is_refused():
    with pytest.raises(ValueError, match="allowed are names that begin with generator, critic"):
        game_field(dirac_losses(penalty=0.0), {"referee.phi": torch.zeros(1)})
