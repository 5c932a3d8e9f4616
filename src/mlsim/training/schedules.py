"""Learning rates as functions of the fraction of the training that is done."""

from math import cos, pi


def one_cycle(progress: float, *, peak: float, warm_up: float = 0.1, start: float = 0.04, end: float = 1e-4) -> float:
    """One rise and one fall along half cosines.

    Args:
        progress: fraction of all steps done, in [0, 1].
        peak: largest learning rate.
        warm_up: fraction of the steps in which it rises, in [0, 1); zero for the fall alone.
        start: first learning rate relative to the peak.
        end: last learning rate relative to the peak.

    Source:
        L. N. Smith, N. Topin, Super-convergence, arXiv:1708.07120.

    >>> [round(one_cycle(p, peak=2.0), 3) for p in (0.0, 0.1, 0.55, 1.0)]
    [0.08, 2.0, 1.0, 0.0]
    """
    if progress < warm_up:
        return peak * _between(start, 1.0, fraction=progress / warm_up)
    return peak * _between(1.0, end, fraction=(progress - warm_up) / (1.0 - warm_up))


def half_cosine(progress: float, *, peak: float, floor: float = 0.0) -> float:
    """A fall along half a cosine from the peak, no lower than ``floor`` times the peak.

    >>> [round(half_cosine(p, peak=2.0, floor=0.01), 3) for p in (0.0, 0.5, 1.0)]
    [2.0, 1.0, 0.02]
    """
    return peak * max(floor, _between(1.0, 0.0, fraction=progress))


def _between(first: float, last: float, *, fraction: float) -> float:
    return last + (first - last) * (1.0 + cos(pi * fraction)) / 2.0
