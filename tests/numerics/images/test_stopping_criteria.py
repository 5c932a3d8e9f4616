"""Stopping criteria of a restoration."""

import numpy as np
import pytest
import torch

from mlsim.numerics.images.stopping_criteria import WindowVariance


def random_image(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


@pytest.mark.parametrize("block", [1, 5])
def test_streamed_variance_is_that_of_the_stored_window(block):
    outputs = torch.from_numpy(random_image(60, 3, 4, 5)).float()
    streamed = WindowVariance(window=20, block=block)
    for count, output in enumerate(outputs, start=1):
        found = streamed.add(output)
        if count < 20 or count % block:
            assert found is None
        else:
            window = outputs[count - 20 : count].double().numpy()
            assert found == pytest.approx(float(window.var(axis=0).mean()), rel=1e-9)


def test_streamed_variance_goes_back_to_a_state():
    outputs = torch.from_numpy(random_image(30, 4))
    streamed = WindowVariance(window=10, block=5)
    for output in outputs[:13]:
        streamed.add(output)
    state = streamed.state()
    first = [streamed.add(output) for output in outputs[13:]]
    streamed.restore(state)
    assert [streamed.add(output) for output in outputs[13:]] == first


def test_window_that_is_no_multiple_of_the_block_is_refused():
    with pytest.raises(ValueError, match="window"):
        WindowVariance(window=12, block=5)
