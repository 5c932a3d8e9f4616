"""The optimal reversal of a time-stepping program when only a few states can be stored.

To reverse l steps, each of them is run once with a tape, from a state for which earlier steps are run again without
one. Their smallest number ``P(l, s)``, with s stored states, the initial one included, satisfies

``P(1, s) = 0``, ``P(l, 1) = l (l - 1) / 2``, ``P(l, s) = min_j (j + P(l - j, s - 1) + P(j, s))``.

Source:
    A. Griewank, A. Walther, Algorithm 799: revolve, ACM Trans. Math. Softw. 26 (2000); recalled, the formula verified
    against the recursion in the tests.
"""

from math import comb

import numpy as np


def extra_steps(steps: int, *, snapshots: int) -> int:
    """``P(l, s) = t l - C(s + t, t - 1)`` with the smallest t for which ``C(s + t, s) >= l``; ``l, s >= 1``.

    >>> extra_steps(100, snapshots=4), extra_steps(6, snapshots=1)
    (374, 15)
    """
    if steps < 1 or snapshots < 1:
        raise ValueError(f"steps, snapshots are {steps}, {snapshots}: allowed is at least 1")
    repetitions = 0
    while comb(snapshots + repetitions, snapshots) < steps:
        repetitions += 1
    return repetitions * steps - (comb(snapshots + repetitions, repetitions - 1) if repetitions else 0)


def split(steps: int, *, snapshots: int) -> int:
    """After how many of ``steps`` steps, at least 2, the next of ``snapshots`` states, at least 2, is best stored."""
    costs = [
        j + extra_steps(steps - j, snapshots=snapshots - 1) + extra_steps(j, snapshots=snapshots)
        for j in range(1, steps)
    ]
    return 1 + int(np.argmin(costs))
