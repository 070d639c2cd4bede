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
    return _falling(warm_up, lambda t: 0.5 * (1 + math.cos(math.pi * t)))


def linear(warm_up: float = 0.0) -> Schedule:
    """Return the schedule that falls from 1 to 0 in a straight line, 1 − t.

    Parameters
    ----------
    warm_up : float
        As for `cosine`.

    Raises
    ------
    ValueError, TypeError
        If `warm_up` is not as described.

    Examples
    --------
    >>> [round(linear(warm_up=0.2)(t), 2) for t in (0, 0.1, 0.2, 0.6, 1)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _falling(warm_up, lambda t: 1 - t)


def _falling(warm_up: float, fall: Schedule) -> Schedule:
    """Return the schedule that rises in the fraction `warm_up`, and then does in the rest as `fall`."""
    warm_up = validate.share("warm_up", warm_up)

    def schedule(t: float) -> float:
        return t / warm_up if t < warm_up else fall((t - warm_up) / (1 - warm_up))

    return schedule
