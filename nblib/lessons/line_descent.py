"""A whole loop of gradient descent, written by the learner: a line through points, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.activations import sigmoid
from nblib.lessons.exercise import exercise
from nblib.lessons.slips import SWAPPED, given

Array = NDArray[np.float64]
Point = tuple[float, float]
Slopes = Callable[[Array, Array, float, float], Point]
Step = Callable[[float, float, float, float, float], Point]

CELSIUS = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
FAHRENHEIT = np.array([32.0, 50.0, 68.0, 86.0, 104.0])
"""Five readings of two thermometers: F = 1.8 C + 32."""


def _descents(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    yield np.array([2.0]), np.array([1.0]), 1.0, 0.5, 0.1, 1
    yield np.array([2.0]), np.array([1.0]), 1.0, 0.5, 0.1, 3
    yield np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0]), -1.0, 0.5, 0.2, 2
    yield CELSIUS / 10, FAHRENHEIT, 0.0, 0.0, 0.1, 5
    for _ in range(8):
        n = int(rng.integers(2, 6))
        yield (
            rng.normal(size=n),
            rng.normal(size=n),
            *rng.normal(size=2),
            rng.uniform(0.05, 0.4),
            int(rng.integers(2, 7)),
        )


def _slopes(x: Array, y: Array, w: float, b: float) -> Point:
    """Return ∂C/∂w and ∂C/∂b of a = wx + b, C = ½ (a − y)², averaged over the examples."""
    error = w * x + b - y
    return float(np.mean(error * x)), float(np.mean(error))


def _step(w: float, b: float, eta: float, dw: float, db: float) -> Point:
    return w - eta * dw, b - eta * db


def _loop(
    slopes: Slopes = _slopes, step: Step = _step, count: Callable[[int], int] = lambda steps: steps
) -> Callable[..., Point]:
    """Return a descent with other slopes, another step, or another number of steps."""

    def descend(x: Array, y: Array, w: float, b: float, eta: float, steps: int) -> Point:
        for _ in range(count(steps)):
            w, b = step(w, b, eta, *slopes(x, y, w, b))
        return w, b

    return descend


@exercise(
    title="The whole loop",
    learned="You have written gradient descent from the first line to the last.",
    cases=_descents,
    returns=("w", "b"),
)
def line_descent(x: Array, y: Array, w: float, b: float, eta: float, steps: int) -> Point:
    """w and b after so many steps of gradient descent, for a = wx + b and C = ½ (a − y)², averaged."""
    return _loop()(x, y, w, b, eta, steps)


def _b_with_the_new_w(x: Array, y: Array, w: float, b: float, eta: float, steps: int) -> Point:
    for _ in range(steps):
        w -= eta * _slopes(x, y, w, b)[0]
        b -= eta * _slopes(x, y, w, b)[1]
    return w, b


def _w_with_the_new_b(x: Array, y: Array, w: float, b: float, eta: float, steps: int) -> Point:
    for _ in range(steps):
        b -= eta * _slopes(x, y, w, b)[1]
        w -= eta * _slopes(x, y, w, b)[0]
    return w, b


def _slopes_of_the_start(x: Array, y: Array, w: float, b: float, eta: float, steps: int) -> Point:
    dw, db = _slopes(x, y, w, b)
    return w - steps * eta * dw, b - steps * eta * db


def _one_example_after_the_other(x: Array, y: Array, w: float, b: float, eta: float, steps: int) -> Point:
    for _ in range(steps):
        for one_x, one_y in zip(x, y, strict=True):
            w, b = _step(w, b, eta, *_slopes(one_x, one_y, w, b))
    return w, b


def _of_a_neuron(x: Array, y: Array, w: float, b: float) -> Point:
    a = sigmoid(w * x + b)
    delta = (a - y) * a * (1 - a)
    return float(np.mean(delta * x)), float(np.mean(delta))


def _added_up(x: Array, y: Array, w: float, b: float) -> Point:
    dw, db = _slopes(x, y, w, b)
    return len(x) * dw, len(x) * db


def _means_multiplied(x: Array, y: Array, w: float, b: float) -> Point:
    db = _slopes(x, y, w, b)[1]
    return db * float(np.mean(x)), db


line_descent.slips = {
    "It climbs: the sign of the step is turned round. w − η ∂C/∂w goes downhill, where the error is "
    "a − y.": given(eta=lambda eta: -eta),
    "The step of b has its sign turned round; that of w is right.": _loop(
        step=lambda w, b, eta, dw, db: (w - eta * dw, b + eta * db)
    ),
    "w and b come back as they went in. Does the loop assign the new values to w and b?": given(eta=0.0),
    "The step of b looks at the w that has just moved. First both slopes where you stand, then both "
    "steps.": _b_with_the_new_w,
    "The step of w looks at the b that has just moved. First both slopes where you stand, then both "
    "steps.": _w_with_the_new_b,
    "w and b are thrown away: in w = η ∂C/∂w the step takes their place. It is to be taken away from "
    "them.": _loop(step=lambda w, b, eta, dw, db: (eta * dw, eta * db)),
    "w and b are thrown away: w = −η ∂C/∂w forgets where it stood. A step begins at the old w.": _loop(
        step=lambda w, b, eta, dw, db: (-eta * dw, -eta * db)
    ),
    "η is missing: the step is η times the slope.": given(eta=1.0),
    "η divides the step. It multiplies it: a small η makes a small step.": given(eta=lambda eta: 1 / eta),
    "It is one step short. range(steps) counts from 0 to steps − 1, and that is steps in all.": given(
        steps=lambda steps: steps - 1
    ),
    "It takes one step too many. range(steps) is enough: it counts from 0.": given(
        steps=lambda steps: steps + 1
    ),
    "It takes a single step, however many are wanted. Is the return inside the loop?": given(steps=1),
    "The slopes are computed once, before the loop. After each step the ground is another one: compute them "
    "anew.": _slopes_of_the_start,
    "It moves after every single example. Here each step looks at all of them: average their slopes, then "
    "move once.": _one_example_after_the_other,
    "You add up over the examples. The cost is their mean, and so are its slopes.": _loop(_added_up),
    "Every step is twice too long. The ½ of the cost takes away the 2 of the square.": given(
        eta=lambda eta: 2 * eta
    ),
    "Every step is half as long as it should be. The ½ of the cost is gone with the 2 of the square.": given(
        eta=lambda eta: eta / 2
    ),
    "The mean is taken too early. Each error is multiplied by its own x; the mean comes last.": _loop(
        _means_multiplied
    ),
    "It begins at 0 and 0, and not where it is told to.": given(w=0.0, b=0.0),
    "This is the sigmoid neuron. A line has no σ, and so no slope a (1 − a) either.": _loop(_of_a_neuron),
    "x is missing in ∂C/∂w: w is multiplied by x on the way forwards, and so is its slope.": _loop(
        step=lambda w, b, eta, dw, db: _step(w, b, eta, db, db)
    ),
    "∂C/∂b carries the input x. The bias is added as it is: its slope is the mean of the errors.": _loop(
        step=lambda w, b, eta, dw, db: _step(w, b, eta, dw, dw)
    ),
    "Only w moves. b needs a step of its own.": _loop(step=lambda w, b, eta, dw, db: (w - eta * dw, b)),
    "Only b moves. w needs a step of its own.": _loop(step=lambda w, b, eta, dw, db: (w, b - eta * db)),
    "The steps of w and b are mixed up: w takes the slope along b, and b that along w.": _loop(
        step=lambda w, b, eta, dw, db: _step(w, b, eta, db, dw)
    ),
    "Both numbers are right, but the other way round: first w, then b.": SWAPPED,
    "It returns the last slopes, not the place that they led to.": lambda x, y, w, b, eta, steps: _slopes(
        x, y, *_loop()(x, y, w, b, eta, steps - 1)
    ),
}
