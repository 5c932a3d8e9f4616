"""Bodies that attract each other."""

import numpy as np
import torch

from mlsim.numerics.differentiation.n_body import SOFTENING, kick_drift


def test_bodies_keep_their_momentum_and_two_of_them_fall_as_they_should():
    rng = np.random.default_rng(1)
    q, v = (torch.from_numpy(rng.normal(size=(7, 3))) for _ in range(2))
    np.testing.assert_allclose(kick_drift(q, v, time_step=0.1)[1].sum(dim=0), v.sum(dim=0), atol=1e-13)
    pair = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    velocity = kick_drift(pair, torch.zeros_like(pair), time_step=1.0)[1]
    pull = 2 / (4 + SOFTENING) ** 1.5
    np.testing.assert_allclose(velocity, [[pull, 0.0], [-pull, 0.0]], rtol=1e-14)
