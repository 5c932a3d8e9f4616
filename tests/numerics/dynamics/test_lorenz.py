"""The Lorenz system."""

from itertools import pairwise

import numpy as np
import pytest

from mlsim.numerics.dynamics.lorenz import lorenz_after


def test_lorenz_steps_converge_with_the_fourth_power():
    start = np.array([1.0, 2.0, 20.0])
    ends = [lorenz_after(start, time=0.4, step=step) for step in (0.02, 0.01, 0.005)]
    first, second = (np.linalg.norm(coarse - fine) for coarse, fine in pairwise(ends))
    assert 12 < first / second < 20


def test_lorenz_contracts_volumes_at_the_rate_of_its_divergence():
    # div = -(10 + 1 + 8/3) everywhere: the Jacobian determinant of the flow is exp(div t)
    start, time, small = np.array([1.0, 2.0, 20.0]), 0.1, 1e-5
    moved = lorenz_after(start + small * np.vstack([np.eye(3), -np.eye(3)]), time=time, step=0.002)
    jacobian = (moved[:3] - moved[3:]) / (2 * small)
    assert np.linalg.det(jacobian) == pytest.approx(np.exp(-(41 / 3) * time), rel=1e-5)
