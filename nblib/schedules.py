"""How the learning rate η changes during a training: factors by which it is multiplied."""

from __future__ import annotations

import math
from collections.abc import Callable

from nblib import validate

Schedule = Callable[[float], float]


def cosine(warm_up: float = 0.0) -> Schedule:
    """Return the schedule that falls from 1 to 0 like half a wave of the cosine, ½ (1 + cos πt).

    Parameters
    ----------
    warm_up : float
        The fraction of the training, 0 to below 1, in which it first rises from 0 to 1 in a
        straight line; the half wave fills the rest.

    Raises
    ------
    ValueError, TypeError
        If `warm_up` is not as described.

    References
    ----------
    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), eq. 5.

    Examples
    --------
    >>> [round(cosine()(t), 2) for t in (0, 0.25, 0.5, 0.75, 1)]
    [1.0, 0.85, 0.5, 0.15, 0.0]
    """
    warm_up = validate.share("warm_up", warm_up)

    def schedule(t: float) -> float:
        if t < warm_up:
            return t / warm_up
        return 0.5 * (1 + math.cos(math.pi * (t - warm_up) / (1 - warm_up)))

    return schedule
