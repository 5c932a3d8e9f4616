"""Minibatches as a pure function of the step, so that a resumed run draws what an uninterrupted one would draw."""

import numpy as np
from jaxtyping import Int

from mlsim.training.seeding import numpy_generator


class Batches:
    """Batches of equal size that run through random permutations of the samples, one after the other.

    Raises:
        ValueError: the number of samples or the size of a batch is not positive.

    >>> batches = Batches(samples=4, size=2, seed=0)
    >>> sorted(int(i) for step in (0, 1) for i in batches.indices(step))
    [0, 1, 2, 3]
    """

    def __init__(self, *, samples: int, size: int, seed: int) -> None:
        if samples < 1 or size < 1:
            raise ValueError(f"batches need samples and a size, not {samples} and {size}")
        self._samples, self._size, self._seed = samples, size, seed
        self._epoch, self._order = -1, np.arange(0)

    def indices(self, step: int) -> Int[np.ndarray, " size"]:
        """Samples of batch ``step``, counted from zero."""
        positions = np.arange(step * self._size, (step + 1) * self._size)
        epochs = positions // self._samples
        parts = [
            self._permutation(epoch)[positions[epochs == epoch] % self._samples] for epoch in np.unique(epochs).tolist()
        ]
        return np.concatenate(parts)

    def _permutation(self, epoch: int) -> Int[np.ndarray, " samples"]:
        if epoch != self._epoch:
            self._order = numpy_generator(self._seed, "epoch", epoch).permutation(self._samples)
            self._epoch = epoch
        return self._order
