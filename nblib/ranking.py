"""From outputs to an answer: the one place that says which output neuron is the strongest.

Equal outputs stand in the order of their neurons, and what is no number stands behind every number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NO_ANSWER = -1
"""The answer where no output is a number, as in a network whose training has blown up."""


def answers(outputs: Array) -> NDArray[np.int64]:
    """Return the answer of each row, shape (n,), for outputs of shape (n, n_L).

    It is the index of the strongest output neuron, or, where there is only one, 1 if it is above ½ and
    else 0. Where no output is a number it is `NO_ANSWER`.

    >>> answers(np.array([[0.2, 0.7, 0.7], [np.nan, 0.1, 0.0], [np.nan, np.nan, np.nan]]))
    array([ 1,  1, -1])
    """
    lost = np.isnan(outputs)
    if outputs.shape[1] == 1:
        best = (outputs[:, 0] > 0.5).astype(np.int64)
    else:
        best = (np.where(lost, -np.inf, outputs) if lost.any() else outputs).argmax(axis=1)
    return np.where(lost.all(axis=1), NO_ANSWER, best) if lost.any() else best


def ranking(outputs: Array) -> NDArray[np.int64]:
    """Return which neurons are the strongest, the first one first, for the outputs (n_L,) of one example.

    >>> ranking(np.array([0.2, np.nan, 0.7, 0.7]))
    array([2, 3, 0, 1])
    """
    return np.argsort(-outputs, kind="stable")  # NumPy, too, sorts NaN to the end


def undecided(outputs: Array) -> bool:
    """Tell whether several outputs of one example are all equal, or none of them is a number.

    >>> undecided(np.zeros(10)), undecided(np.full(10, np.nan)), undecided(np.array([0.0, 0.1]))
    (True, True, False)
    """
    return bool(np.isnan(outputs).all() or (outputs == outputs[0]).all())
