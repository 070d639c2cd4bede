"""What the open end of notebook 05 is judged by: networks that count their updates, and what they lack."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.lessons import calling
from nblib.lessons.backprop_cases import Watched
from nblib.lessons.compare import form, kind
from nblib.lessons.exercise import Function
from nblib.lessons.limit import time_limit
from nblib.lessons.result import Wrong
from nblib.network import Network

Array = NDArray[Any]

UPDATES = 2000
SOLVED = 0.01
"""Below this cost all four answers are right."""
SECONDS_EACH = 10.0
"""How long one network may be trained. Its 2,000 updates take a tenth of a second."""
FLAT = 1e-3
"""A cost with a smaller gradient goes down by less than 0.001 in 1,000 updates with η = 1."""


def _budget() -> Callable[[], None]:
    """Return a function that may be called only so often."""
    calls = itertools.count(1)

    def spend() -> None:
        if next(calls) > UPDATES:
            raise Wrong(
                f"It takes more than {UPDATES:,} updates of one network. So many are allowed; backprop, "
                "trace and update_mini_batch all count."
            )

    return spend


def trained(train: Function, seed: int, x: Array, y: Array) -> Network:
    """Return a plain network with the weights that a network of this seed has after its training.

    Raises
    ------
    Wrong
        If the recipe fails, takes too long, or returns another network than its own.
    """
    network, result = Watched([2, 2, 1], _budget(), seed), Network([2, 2, 1], dtype=np.float64)
    with time_limit(SECONDS_EACH):
        answer = calling.call(train, ("network", "x", "y"), (network, x, y), may_change=("network",))
    if not isinstance(answer, Watched) or answer.sizes != network.sizes:
        what = f"another {answer!r}" if isinstance(answer, Network) else kind(answer)
        raise Wrong(f"It must train the network that it is given, and return it; got {what}.")
    for name in ("weights", "biases"):
        arrays = getattr(answer, name)
        if fault := form(getattr(result, name), arrays, f"network.{name}"):
            raise Wrong(f"Its weights and biases must keep their shapes: {fault}.")
        setattr(result, name, [np.array(array, dtype=np.float64) for array in arrays])
    return result


def alike(network: Network, other: Network) -> bool:
    """Tell whether two networks of the same sizes have the very same weights and biases."""
    pairs = zip(network.weights + network.biases, other.weights + other.biases, strict=True)
    return all(np.array_equal(*pair) for pair in pairs)


def what_is_left(networks: list[Network], x: Array, y: Array) -> str:
    """Say what those networks lack that have not solved XOR."""
    costs = np.array([network.cost(x, y) for network in networks])
    if not np.isfinite(costs).all():
        return "Some have left the scale: η is too large for them."
    if np.median(costs[costs >= SOLVED]) > 0.1:
        return "Most of the others have hardly learned: they answer about ½ everywhere, or are saturated."
    left = [network for network, cost in zip(networks, costs, strict=True) if cost >= SOLVED]
    if np.median([_steepness(network, x, y) for network in left]) < FLAT:
        return (
            "Most of the others are stuck half-way, where the cost is flat. Where would they have to start?"
        )
    return "Most of the others are on their way, but too slow. What makes the updates larger?"


def _steepness(network: Network, x: Array, y: Array) -> float:
    """Return the length of the gradient."""
    nabla_weights, nabla_biases = network.backprop(x, y)
    return float(np.sqrt(sum(np.sum(nabla**2) for nabla in (*nabla_weights, *nabla_biases))))
