"""Steps of the Burgers equation."""

import numpy as np
import pytest
import torch

from mlsim.numerics.differentiation.burgers_steps import Burgers, stable_time_step, wave
from mlsim.numerics.differentiation.n_body import kick_drift, scalar_kick_drift


def test_burgers_conserves_the_mean_and_loses_energy():
    burgers = Burgers(cells=64, viscosity=0.02, time_step=stable_time_step(cells=64, viscosity=0.02))
    u = wave(64)
    energies = []
    for _ in range(200):
        u = burgers.step(u)
        energies.append(float((u * u).sum()))
    # u (u_right - u_left) telescopes over a period; 200 steps of rounding
    assert float(u.mean()) == pytest.approx(0.3, rel=1e-12)
    assert (np.diff(energies) < 0).all()


def test_burgers_step_converges_to_the_equation():
    # one small step against dt (nu u'' - u u') of the sine
    errors = []
    for cells in (32, 64):
        burgers, x = Burgers(cells=cells, viscosity=0.02, time_step=1e-6), torch.arange(cells) / cells
        a = 2 * torch.pi
        u, slope, curvature = wave(cells), a * torch.cos(a * x), -(a**2) * torch.sin(a * x)
        rate = (burgers.step(u) - u) / 1e-6
        errors.append(float((rate - (0.02 * curvature - u * slope)).abs().max()))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.05)


def test_scalar_steps_are_the_array_steps():
    burgers = Burgers(cells=16, viscosity=0.02, time_step=0.01)
    u = wave(16)
    assert burgers.scalar_step(u.tolist()) == burgers.step(u).tolist()
    rng = np.random.default_rng(0)
    q, v = (torch.from_numpy(rng.normal(size=(5, 2))) for _ in range(2))
    scalar = scalar_kick_drift(q.tolist(), v.tolist(), time_step=0.1)
    for mine, other in zip(scalar, kick_drift(q, v, time_step=0.1), strict=True):
        # forces are summed in another order
        np.testing.assert_allclose(mine, other, rtol=1e-13)
