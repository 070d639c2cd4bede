"""The exercises on notation: weights that are stored turned round, another cost's η, a formula of a book."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.lessons.compare import kind
from nblib.lessons.exercise import exercise, goal
from nblib.lessons.result import Wrong
from nblib.lessons.slips import given, instead

Array = NDArray[np.float64]

# -- 1. weights that are stored the other way round -------------------------------------------------


def _kernels(rng: np.random.Generator) -> Iterator[tuple[list[Array]]]:
    """Yield the matrices of networks, each stored as (in, out)."""
    yield ([np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])],)
    yield ([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])],)
    for _ in range(6):
        sizes = rng.integers(1, 6, size=int(rng.integers(3, 5)))
        yield ([rng.normal(size=pair) for pair in pairwise(sizes)],)


@exercise(
    title="Turned weights",
    learned="Whatever a library stores, you can bring it here.",
    cases=_kernels,
)
def to_ours(kernels: list[Array]) -> list[Array]:
    """Weights that a library stores as (in, out), one matrix a layer, as `set_parameters` wants them."""
    return [kernel.T for kernel in kernels]


to_ours.slips = {
    "They come back as they went in: (in, out). Here a row of W belongs to the neuron that the wires go "
    "to.": lambda kernels: kernels,
    "The shape is right and the numbers are not: reshape keeps their order and breaks the lines anew. .T "
    "turns rows into columns.": lambda kernels: [k.reshape(k.shape[::-1]) for k in kernels],
    "The layers come in the wrong order. Turn each matrix, not the list.": lambda kernels: [
        kernel.T for kernel in kernels[::-1]
    ],
    "The list is turned round, and not the matrices in it. The layers stay where they are.": (
        lambda kernels: kernels[::-1]
    ),
    "Only the first matrix is turned. Every layer has one.": lambda kernels: [kernels[0].T, *kernels[1:]],
    "The matrices are turned, and their rows are reversed as well. [::-1] reverses the neurons; .T alone is "
    "enough.": lambda kernels: [kernel.T[::-1] for kernel in kernels],
}

# -- 2. the same step ---------------------------------------------------------------------------------


def _programs(rng: np.random.Generator) -> Iterator[tuple[float, int]]:
    yield 3.0, 10
    yield 0.1, 1
    yield 0.5, 4
    for _ in range(8):
        yield float(rng.uniform(0.01, 5)), int(rng.integers(1, 20))


@exercise(
    title="The same step",
    learned="You can copy a learning rate without copying a mistake.",
    cases=_programs,
    returns="η",
)
def our_eta(lr: float, n_outputs: int) -> float:
    """Learning rate of `Network.sgd` for the steps of a program that uses `MSELoss()` and plain SGD."""
    return 2 * lr / n_outputs


our_eta.slips = {
    "lr is taken over as it is. The costs differ: MSELoss has no ½, and it takes the mean over the "
    "outputs.": lambda lr, n_outputs: lr,
    "Only the ½ is minded. MSELoss also divides by the number of outputs.": lambda lr, n_outputs: 2 * lr,
    "Only the mean over the outputs is minded. MSELoss has no ½ either: its slope is twice as "
    "large.": lambda lr, n_outputs: lr / n_outputs,
    "It is the wrong way round. Where their slope is smaller, their step is smaller, and ours must be made "
    "smaller too.": lambda lr, n_outputs: lr * n_outputs / 2,
    "The 2 goes the wrong way: without the ½ their slope is twice as large, not half.": (
        lambda lr, n_outputs: lr / (2 * n_outputs)
    ),
    "It is always the answer for ten outputs. Use n_outputs.": given(n_outputs=10),
    "It is the answer for lr = 1. The step grows with lr.": given(lr=1.0),
    "The sign is turned round.": instead(lambda eta: -eta),
}

# -- 3. another formula -------------------------------------------------------------------------------

EQUATIONS = ("BP1", "BP2", "BP3", "BP4")


@goal(title="Another formula", learned="You can read other books.")
def their_formula(my_equation: Any, my_l: Any) -> str:
    """Which of the four equations a book's formula is, and what number its layer has here."""
    if not isinstance(my_equation, str) or my_equation.strip().upper() not in EQUATIONS:
        raise Wrong(f"my_equation must be one of {', '.join(EQUATIONS)}, got {my_equation!r}.")
    if isinstance(my_l, bool) or not isinstance(my_l, (int, np.integer)):
        raise Wrong(f"my_l must be a whole number, got {kind(my_l)}.")
    if (name := my_equation.strip().upper()) != "BP2":
        raise Wrong(_NOT[name])
    if my_l != 2:
        raise Wrong(_LAYER.get(int(my_l), "Their layer 1 is our layer 0. What is their layer 3?"))
    return "Theta is W, g is f, and their layers count one more than ours."


_NOT = {
    "BP1": "BP1 begins at the cost: it has a − y, or ∂C/∂a. Here a Δ is made from the Δ behind it.",
    "BP3": "BP3 gives the slope along a bias. On the left stands a Δ, which is δ here.",
    "BP4": "BP4 gives the slope along a weight. On the left stands a Δ, which is δ here.",
}
_LAYER = {
    3: "3 is the number that it has in the book. There the input is layer 1, here it is layer 0.",
    4: "4 is the number of the layer behind it, in the book. Asked is the layer on the left, as we count.",
    1: "That is one too few. Their layer 1 is our layer 0, so their numbers are one more than ours.",
}
