"""The exercises of notebook 01: the learning rule, a detector by hand, and the pocket."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib import Perceptron, toydata
from nblib.lessons import calling
from nblib.lessons.compare import form, kind, show
from nblib.lessons.exercise import exercise, goal, one_function
from nblib.lessons.formulas import Formulas
from nblib.lessons.result import Wrong
from nblib.lessons.slips import given

Array = NDArray[np.float64]


# -- 1. the rule ----------------------------------------------------------------------------------


def _examples(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    yield np.array([0.0]), 0.0, np.array([2.0]), 1, 0.5  # a sum of exactly 0: the prediction is 0
    yield np.array([0.0]), 0.0, np.array([2.0]), 0, 0.5
    yield np.array([1.0, -2.0]), 0.5, np.array([3.0, 1.0]), 0, 0.5
    yield np.array([1.0, -2.0]), 0.5, np.array([3.0, 1.0]), 1, 0.5
    for _ in range(20):
        n = int(rng.integers(1, 5))
        weights, x = rng.normal(size=(2, n))
        yield weights, rng.normal(), x, int(rng.integers(2)), rng.uniform(0.1, 2)


RULE = Formulas(
    "w b x y eta",
    z=lambda w, x, b: w @ x + b,
    prediction=lambda z: z > 0,
    error=lambda y, prediction: y - prediction,
    dw=lambda eta, error, x: eta * error * x,
    db=lambda eta, error: eta * error,
    updated=lambda w, dw, b, db: (w + dw, b + db),
)


def _own_prediction(*answers: Any) -> Callable[..., Any]:
    """Take a function, unless it predicts by another one that knows x alone: that has weights of its own."""
    update = one_function("perceptron_update", answers)
    used = [step.argval for step in dis.get_instructions(update) if step.opname == "LOAD_GLOBAL"]
    predict = update.__globals__.get("predict") if inspect.isfunction(update) and "predict" in used else None
    if inspect.isfunction(predict) and len(inspect.signature(predict).parameters) == 1:
        raise Wrong(
            "It calls `predict` from above, and that uses the weights and the bias of its own cell, not "
            "those that your function is given. Work ŷ out from w, b and x here: 1 where w·x + b is above 0."
        )
    return update


@exercise(
    title="The rule",
    learned="Your function makes every update of a perceptron.",
    cases=_examples,
    prepare=_own_prediction,
    returns=("the new weights", "the new bias"),
)
def perceptron_update(weights: Array, bias: float, x: Array, y: int, eta: float) -> tuple[Array, float]:
    """One update: w ← w + η (y − ŷ) x and b ← b + η (y − ŷ)."""
    return RULE(weights, bias, x, y, eta)


perceptron_update.slips = {
    "The sign is turned round: the line moves away from the example. The error is y − ŷ, not "
    "ŷ − y.": RULE.but(error=lambda y, prediction: prediction - y),
    "η is missing. It multiplies both changes, that of the weights and that of the bias.": given(eta=1),
    "η is missing in the change of the bias: it multiplies both changes.": RULE.but(db=lambda error: error),
    "You return the changes alone. What is asked for is what weights and bias become: old value plus "
    "change.": RULE.but(updated=lambda dw, db: (dw, db)),
    "The bias never moves. It is updated too, as if its input were always 1.": RULE.but(db=lambda: 0),
    "x is missing in the change of the weights: an input that is 0 must move nothing.": RULE.but(
        dw=lambda eta, error: eta * error
    ),
    "The weights stand in the place of x in the change of the weights: w ← w + η (y − ŷ) x adds a bit of the "
    "example, not of the weights.": RULE.but(dw=lambda eta, error, w: eta * error * w),
    "The change of the bias has the sum of x in it. The bias is one number, and its input is always 1: "
    "η (y − ŷ) and nothing more.": RULE.but(db=lambda eta, error, x: eta * error * np.sum(x)),
    "The change of the bias has x in it. The bias is one number, and its input is always 1, whatever x "
    "is.": RULE.but(db=lambda dw: dw),
    "The bias moves by a second error, predicted with the new weights. One prediction, made before anything "
    "moves, serves both.": RULE.but(db=lambda eta, y, w, dw, x, b: eta * (y - ((w + dw) @ x + b > 0))),
    "The prediction leaves out the bias: ŷ is 1 where w·x + b is above 0, not where w·x is.": RULE.but(
        z=lambda w, x: w @ x
    ),
    "You predict 1 where w·x + b is exactly 0. The unit of this notebook fires only above 0: > and not "
    "≥.": RULE.but(prediction=lambda z: z >= 0),
    "You use the sum w·x + b where the prediction ŷ belongs, which is 0 or 1. (With the sum it is another "
    "rule, Widrow and Hoff's.)": RULE.but(prediction=lambda z: z),
    "It moves although the prediction was right. Where y = ŷ the error y − ŷ is 0, and nothing "
    "changes.": RULE.but(error=lambda y: 2 * y - 1),
}

# -- 2. a detector of your own --------------------------------------------------------------------


def _images(rng: np.random.Generator) -> Iterator[tuple[Array]]:
    yield (np.eye(3),)
    yield (np.zeros((3, 3)),)
    lines, _ = toydata.lines(size=3)
    yield from ((line.reshape(3, 3),) for line in lines)
    yield (np.ones((3, 3)),)


def _unit(*answers: Any) -> Callable[[Array], int]:
    if len(answers) != 2:
        raise Wrong(f"The check wants weights and bias, two things; got {len(answers)}.")
    weights, bias = answers
    try:
        w, b = np.asarray(weights, float), np.asarray(bias, float)
    except OverflowError:
        raise Wrong("Weights and bias are too large: no float holds such numbers.") from None
    except (TypeError, ValueError):
        raise Wrong(f"Weights and bias must be numbers, got {kind(weights)} and {kind(bias)}.") from None
    if w.shape not in ((9,), (3, 3)):
        raise Wrong(f"It takes nine weights, in a row or as 3 × 3; yours have the shape {w.shape}.")
    if b.shape != ():
        raise Wrong(f"The bias must be a single number, got {kind(bias)}.")
    if not (np.isfinite(w).all() and np.isfinite(b)):
        raise Wrong("Weights and bias must be finite: one of them is not a number or infinite.")

    def fires(image: Array) -> int:
        return int(w.ravel() @ image.ravel() + b > 0)

    if fires(_OTHER_DIAGONAL) and not any(fires(image) for (image,) in diagonal_detector.cases()):
        raise Wrong(
            "It is mirrored: it fires on the other diagonal, from top right to bottom left. The weights "
            "stand row by row, so the diagonal that is meant has the places 0, 4 and 8.",
            {"image": show(np.eye(3)), "your answer": "0", "expected": "1"},
        )
    return fires


_OTHER_DIAGONAL = np.fliplr(np.eye(3))


@exercise(
    title="A detector of your own",
    learned="Your unit fires on the diagonal, and neither on a line nor on full or missing ink.",
    cases=_images,
    prepare=_unit,
    returns="its output",
)
def diagonal_detector(image: Array) -> int:
    """1 for the diagonal of a 3 × 3 image, 0 for rows, columns, all ink and no ink."""
    return int(np.array_equal(image, np.eye(3)))


diagonal_detector.slips = {
    "It fires on none of these images, not even on the diagonal. There w·x + b must be above 0: weigh what "
    "the weights add up to against the bias.": lambda image: 0,
    "It fires on all of these images, even on the one without ink. There the sum is the bias alone, and that "
    "must not be above 0.": lambda image: 1,
    "It fires on every line, and on all ink. A line meets the diagonal in one pixel only: let its other two "
    "pixels count against it, or hold the unit back with the bias.": lambda image: image.any(),
    "It fires on the image that is all ink as well: there all nine weights add up. Ink off the diagonal must "
    "count against.": lambda image: np.trace(image) == 3,
    "It is turned round: it is silent on the diagonal and fires on all the other images. Change every "
    "sign.": lambda image: not np.array_equal(image, np.eye(3)),
}

# -- 3. a pocket for the best line ----------------------------------------------------------------

MOST_WRONG = 1 / 6
GUESSING = 0.4
EPOCHS = 60

Data = tuple[Array, NDArray[np.int64]]
Line = tuple[Array, float]


@goal(
    title="A pocket for the best line",
    learned="Your rule finds a good line where no line is perfect.",
    seconds=60,
)
def pocket(learn: Callable[[Array, NDArray[np.int64]], Line]) -> str:
    """Learn ten sets of 100 points that no line separates; at most one new point in six may be wrong."""
    learn = one_function("pocket", (learn,))
    seeds = range(100, 110)
    known = [toydata.overlapping(n=100, seed=seed) for seed in seeds]
    new = [toydata.overlapping(n=1000, seed=1000 + seed) for seed in seeds]
    lines = [_line(learn, *data) for data in known]
    wrong = np.mean([_wrong(*line, *data) for line, data in zip(lines, new, strict=True)])
    count = f"On new points of ten data sets {100 * wrong:.1f} % are wrong"
    met = " That meets the goal, but by luck, for the pocket is faulty." if wrong <= MOST_WRONG else ""
    _compare_with_last(lines, known, f"{count}.{met}")
    _compare_with_middle(lines, known, count)
    if wrong > GUESSING:
        raise Wrong(
            f"{count}, which is about as good as guessing. Does the line move at all, and does the pocket "
            "keep the fewest mistakes, not the most?"
        )
    if wrong > MOST_WRONG:
        raise Wrong(
            f"{count}; the goal is at most one in six, {100 * MOST_WRONG:.1f} %. Is the line in the pocket "
            "the one with the fewest mistakes on all points? Count them for a line that stands still, not "
            "while it moves."
        )
    return f"{count}; no line at all could have less than about 13 %."


def _line(learn: Callable[..., Any], points: Array, targets: NDArray[np.int64]) -> Line:
    answer = calling.call(learn, ("points", "targets"), (points, targets))
    if answer is None:
        raise Wrong("It returns None. Is a `return` missing?")
    fault = form((np.zeros(2), 0.0), answer, ("the weights", "the bias"))
    if fault:
        raise Wrong(f"It must return two weights and a bias: {fault}.")
    weights, bias = np.asarray(answer[0], float), float(answer[1])
    if not (np.isfinite(weights).all() and np.isfinite(bias)):
        raise Wrong(
            "It returns weights or a bias that are infinite or not a number (nan). Is there a division by 0, "
            "or a value that was never set?"
        )
    return weights, bias


def _wrong(weights: Array, bias: float, points: Array, targets: NDArray[np.int64]) -> float:
    return float(np.mean((points @ weights + bias > 0) != targets))


def _compare_with_last(lines: list[Line], known: list[Data], count: str) -> None:
    """Raise `Wrong` if what came out of the pocket is the line after the last update, or half of it."""
    last = [_last_line(*data) for data in known]
    if all(_parallel((*w, b), (*v, c)) for (w, b), (v, c) in zip(lines, last, strict=True)):
        raise Wrong(
            f"{count} These are the lines after the last update, not the best ones on the way. Three usual "
            "causes: not the pocket is returned; the fewest mistakes so far are never written down, so that "
            "every new line goes into the pocket; or it shares its array with the line that moves on."
        )
    if all(_parallel(w, v) for (w, _), (v, _) in zip(lines, last, strict=True)):
        raise Wrong(
            f"{count} The bias comes from the pocket, but the weights are those of the last update. "
            "With w += … the array in the pocket changes along; w = w + … makes a new one."
        )


def _compare_with_middle(lines: list[Line], known: list[Data], count: str) -> None:
    """Raise `Wrong` if no mistake moved the lines: all are one, or they halve the way between the classes."""
    first = (*lines[0][0], lines[0][1])
    if all(_parallel((*w, b), first) for w, b in lines[1:]):
        raise Wrong(
            f"{count}. But it is the same line for all ten data sets: nothing was learned from the points. "
            "The rule moves the line at each mistake."
        )
    if all(_parallel((*w, b), _middle(*data)) for (w, b), data in zip(lines, known, strict=True)):
        raise Wrong(
            f"{count}. But these are the lines half way between the middles of the two classes. That works "
            "for round clouds alone, and no mistake had a part in it: run the rule, and keep its best line."
        )


def _middle(points: Array, targets: NDArray[np.int64]) -> tuple[float, ...]:
    """Return the line that halves the way from the middle of class 0 to the middle of class 1."""
    zero, one = points[targets == 0].mean(axis=0), points[targets == 1].mean(axis=0)
    return *(one - zero), float((zero @ zero - one @ one) / 2)


def _last_line(points: Array, targets: NDArray[np.int64]) -> Line:
    unit = Perceptron(2)
    unit.fit(points, targets, max_epochs=EPOCHS)
    return unit.weights, unit.bias


def _parallel(v: Any, w: Any) -> bool:
    """Tell whether one vector is a positive multiple of the other: η only scales all weights."""
    v, w = np.asarray(v), np.asarray(w)
    return bool(v @ w >= (1 - 1e-6) * np.linalg.norm(v) * np.linalg.norm(w) > 0)
