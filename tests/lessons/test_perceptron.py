"""The exercises of notebook 01: what passes, and what gets which answer."""

import math

import numpy as np
import pytest

from nblib import check, toydata

# -- the rule -------------------------------------------------------------------------------------


def with_loops(weights, bias, x, y, eta):
    total = bias
    for k in range(len(weights)):
        total += weights[k] * x[k]
    prediction = 1 if total > 0 else 0
    new = []
    for k in range(len(weights)):
        new.append(weights[k] + eta * (y - prediction) * x[k])
    return new, bias + eta * (y - prediction)


def with_other_names(w, b, inputs, target, rate):
    step = rate * (target - int(np.dot(w, inputs) + b > 0))
    return [w + step * inputs, b + step]


def in_single_precision(weights, bias, x, y, eta):
    w, x, b = np.float32(weights), np.float32(x), np.float32(bias)
    step = np.float32(eta) * (y - np.float32(w @ x + b > 0))
    return w + step * x, b + step


def in_place_on_a_copy(weights, bias, x, y, eta):
    weights = weights.copy()
    if (weights @ x + bias > 0) != y:
        sign = 1 if y == 1 else -1
        weights += sign * eta * x
        bias += sign * eta
    return weights, bias


@pytest.mark.parametrize(
    "answer",
    [with_loops, with_other_names, in_single_precision, in_place_on_a_copy],
    ids=lambda f: f.__name__,
)
def test_the_rule_may_be_written_in_any_style(answer):
    assert check.perceptron_update(answer)


def test_the_rule_is_tried_on_a_sum_of_exactly_zero():
    weights, bias, x, *_ = check.perceptron_update.cases()[0]
    assert weights @ x + bias == 0


def test_the_rule_works_for_any_number_of_inputs():
    sizes = {len(weights) for weights, *_ in check.perceptron_update.cases()}
    assert sizes >= {1, 2, 3, 4}


def test_writing_into_the_weights_is_told_apart_from_a_wrong_rule():
    def writes(weights, bias, x, y, eta):
        error = y - int(weights @ x + bias > 0)
        weights += eta * error * x
        return weights, bias + eta * error

    assert check.perceptron_update(writes).says.startswith("It writes into its argument weights")


def test_an_update_without_the_bias_in_the_answer():
    result = check.perceptron_update(lambda weights, bias, x, y, eta: weights)
    assert result.says == "The answer must hold 2 things, the new weights and the new bias, got 1."


# -- the detector ---------------------------------------------------------------------------------

WEIGHTS = [2, -1, -1, -1, 2, -1, -1, -1, 2]


@pytest.mark.parametrize(
    ("weights", "bias"),
    [
        (WEIGHTS, -3),
        (WEIGHTS, 0),
        (WEIGHTS, -5.99),
        (np.array(WEIGHTS, np.float32).reshape(3, 3), np.array(-3)),
        (3 * np.eye(3) - 1, -1),
        ([[1, -9, -9], [-9, 1, -9], [-9, -9, 1]], 0),
    ],
)
def test_many_detectors_are_right(weights, bias):
    assert check.diagonal_detector(weights, bias)


def test_the_solution_has_the_bounds_that_its_text_states():
    assert "It fires on none of these images" in check.diagonal_detector(WEIGHTS, -6).says
    assert "It fires on all of these images" in check.diagonal_detector(WEIGHTS, 0.01).says
    sums = [image.ravel() @ WEIGHTS for (image,) in check.diagonal_detector.cases()]
    assert sums == [6] + 8 * [0]


@pytest.mark.parametrize(
    ("weights", "bias", "says"),
    [
        (np.eye(3), -0.5, "It fires on every line, and on all ink."),
        (np.eye(3), -2, "It fires on the image that is all ink as well"),
        (np.negative(WEIGHTS), 3, "It is turned round"),
        (np.ones(8), 0, "It takes nine weights, in a row or as 3 × 3; yours have the shape (8,)."),
        (WEIGHTS, [-3], "The bias must be a single number, got a list."),
        ("nine", -3, "Weights and bias must be numbers, got a str and an int."),
        (WEIGHTS, np.nan, "Weights and bias must be finite"),
        ([10**400] * 9, 0, "Weights and bias are too large"),
        (np.fliplr(np.reshape(WEIGHTS, (3, 3))), -3, "It is mirrored: it fires on the other diagonal"),
    ],
)
def test_a_wrong_detector_is_explained(weights, bias, says):
    result = check.diagonal_detector(weights, bias)
    assert result.status == "wrong"
    assert result.says.startswith(says)


def test_weights_without_a_bias():
    assert check.diagonal_detector(WEIGHTS).says == "The check wants weights and bias, two things; got 1."
    assert check.diagonal_detector(WEIGHTS, ...).status == "not attempted"


def test_a_wrong_detector_is_shown_the_image_as_an_image():
    assert dict(check.diagonal_detector(np.zeros(9), 0).example) == {
        "image": "[[1, 0, 0],\n [0, 1, 0],\n [0, 0, 1]]",
        "your answer": "0",
        "expected": "1",
    }


# -- the pocket -----------------------------------------------------------------------------------


def learner(keep, eta=1.0, shuffled=None):
    """Return a learner that hands each line to `keep`; what `keep` returned last is its answer."""

    def learn(points, targets):
        rng = np.random.default_rng(shuffled)
        w, b, kept = np.zeros(2), 0.0, None
        for _ in range(60):
            order = range(len(points)) if shuffled is None else rng.permutation(len(points))
            for i in order:
                error = targets[i] - (1 if w @ points[i] + b > 0 else 0)
                if error:
                    w, b = w + eta * error * points[i], b + eta * error
                    kept = keep(kept, (np.sum((points @ w + b > 0) != targets), w, b))
        return kept[1:]

    return learn


def fewest(kept, new):
    return new if kept is None or new[0] < kept[0] else kept


def most(kept, new):
    return new if kept is None or new[0] > kept[0] else kept


def last(kept, new):
    return new


def never_counted_down(kept, new):
    return new if kept is None or new[0] < 101 else kept


def without_numpy(points, targets):
    w, b = [0.0, 0.0], 0.0
    fewest, pocket = len(points) + 1, (w, b)
    for _ in range(20):
        for (x1, x2), y in zip(points.tolist(), targets.tolist(), strict=True):
            error = y - (w[0] * x1 + w[1] * x2 + b > 0)
            if error:
                w, b = [w[0] + error * x1, w[1] + error * x2], b + error
                wrong = sum(
                    (w[0] * u + w[1] * v + b > 0) != t for (u, v), t in zip(points, targets, strict=True)
                )
                if wrong < fewest:
                    fewest, pocket = wrong, (w, b)
    return pocket


def after_each_epoch(points, targets):
    w, b = np.zeros(2), 0.0
    lines = []
    for _ in range(60):
        for x, y in zip(points, targets, strict=True):
            error = y - int(w @ x + b > 0)
            w, b = w + error * x, b + error
        lines.append((np.sum((points @ w + b > 0) != targets), w, b))
    return min(lines, key=lambda line: line[0])[1:]


@pytest.mark.parametrize(
    "answer",
    [
        learner(fewest),
        learner(fewest, eta=0.1),
        learner(fewest, shuffled=0),
        learner(fewest, shuffled=5),
        without_numpy,
        after_each_epoch,
    ],
    ids=["pocket", "small eta", "shuffled", "shuffled otherwise", "lists", "after each epoch"],
)
def test_every_pocket_reaches_the_goal(answer):
    result = check.pocket(answer)
    assert result, result
    assert "On new points of ten data sets 1" in result.says


def the_pocket_changes_along(points, targets):
    w, b = np.zeros(2), 0.0
    fewest, best_w, best_b = len(points) + 1, w, b
    for _ in range(60):
        for x, y in zip(points, targets, strict=True):
            error = y - int(w @ x + b > 0)
            w += error * x
            b += error
            wrong = np.sum((points @ w + b > 0) != targets)
            if wrong < fewest:
                fewest, best_w, best_b = wrong, w, b
    return best_w, best_b


def counted_while_the_line_moves(points, targets):
    w, b = np.zeros(2), 0.0
    lines = []
    for _ in range(60):
        mistakes = 0
        for x, y in zip(points, targets, strict=True):
            error = y - int(w @ x + b > 0)
            mistakes += abs(error)
            w, b = w + error * x, b + error
        lines.append((mistakes, w, b))
    return min(lines, key=lambda line: line[0])[1:]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (learner(last), "These are the lines after the last update"),
        (learner(last, eta=0.01), "These are the lines after the last update"),
        (the_pocket_changes_along, "With w += … the array in the pocket changes along"),
        (counted_while_the_line_moves, "Count them for a line that stands still"),
        (learner(never_counted_down), "the fewest mistakes so far are never written down"),
        (lambda points, targets: (np.full(2, np.nan), 0.0), "not a number (nan)"),
        (lambda points, targets: (np.ones(2), np.inf), "infinite or not a number"),
        (learner(most), "about as good as guessing"),
        (lambda points, targets: (np.zeros(2), 0.0), "about as good as guessing"),
        (lambda points, targets: (7, np.zeros(2), 0.0), "It must return two weights and a bias"),
        (lambda points, targets: (np.zeros(3), 0.0), "the weights must have the shape (2,)"),
        (lambda points, targets: print(targets), "Is a `return` missing?"),
        (lambda points: (np.zeros(2), 0.0), "It must take 2 arguments, (points, targets)"),
        ((np.zeros(2), 0.0), "wants your function itself"),
    ],
)
def test_what_misses_the_goal_is_told_why(answer, says):
    result = check.pocket(answer)
    assert result.status == "wrong"
    assert says in result.says


def test_a_goal_that_a_faulty_pocket_meets_is_said_to_be_met_and_why_that_does_not_count():
    says = check.pocket(the_pocket_changes_along).says
    assert says.startswith("On new points of ten data sets 15.2 % are wrong. That meets the goal")
    assert "but by luck, for the pocket is faulty" in says


def test_a_goal_that_only_some_sets_allow_is_stopped(monkeypatch):
    monkeypatch.setattr(check.pocket, "seconds", 1.0)

    def until_twelve_are_wrong(points, targets):
        w, b, best = np.zeros(2), 0.0, 100
        while best > 12:
            for x, y in zip(points, targets, strict=True):
                error = y - int(w @ x + b > 0)
                w, b = w + error * x, b + error
                best = min(best, np.sum((points @ w + b > 0) != targets))
        return w, b

    first = toydata.overlapping(n=100, seed=100)
    assert len(until_twelve_are_wrong(*first)) == 2
    assert check.pocket(until_twelve_are_wrong).says.startswith("It was still running after 1 seconds")


def test_learning_until_no_mistake_is_left_is_stopped(monkeypatch):
    monkeypatch.setattr(check.pocket, "seconds", 0.2)

    def endless(points, targets):
        w, b, wrong = np.zeros(2), 0.0, 1
        while wrong:
            wrong = 0
            for x, y in zip(points, targets, strict=True):
                error = y - int(w @ x + b > 0)
                w, b, wrong = w + error * x, b + error, wrong + abs(error)
        return w, b

    assert check.pocket(endless).says.startswith("It was still running after 0.2 seconds")


def test_no_line_is_wrong_on_less_than_about_13_percent():
    # The best line lies midway between the centres, which are 1 apart: each cloud reaches over it by
    # more than half that distance, 0.5/0.45 standard deviations.
    assert math.hypot(0.8, 0.6) == 1
    assert 0.13 < math.erfc(0.5 / 0.45 / math.sqrt(2)) / 2 < 0.135
    x, y = toydata.overlapping(n=200_000, seed=3)
    assert np.mean((x @ [0.8, 0.6] > 0) != y) == pytest.approx(0.1333, abs=0.003)


def test_the_notebooks_own_predict_is_told_of_and_another_one_is_not():
    names = {"np": np}
    exec(
        "weights, bias = np.array([0.6, -0.4]), 0.1\n"
        "def predict(x): return 1 if weights @ x + bias > 0 else 0\n"
        "def update(w, b, x, y, eta): e = y - predict(x); return w + eta * e * x, b + eta * e\n",
        names,
    )
    assert "uses the weights and the bias of its own cell" in check.perceptron_update(names["update"]).says
    names["predict"] = lambda w, b, x: int(w @ x + b > 0)
    exec(
        "def update(w, b, x, y, eta): e = y - predict(w, b, x); return w + eta * e * x, b + eta * e\n", names
    )
    assert check.perceptron_update(names["update"])


def same_line(points, targets):
    return np.ones(2), 0.0


def middle_line(points, targets):
    one, zero = points[targets == 1].mean(axis=0), points[targets == 0].mean(axis=0)
    return one - zero, (zero @ zero - one @ one) / 2


@pytest.mark.parametrize(
    ("learn", "says"),
    [(same_line, "the same line for all ten data sets"), (middle_line, "half way between the middles")],
)
def test_a_line_that_no_mistake_has_moved_does_not_pass(learn, says: str):
    result = check.pocket(learn)
    assert not result
    assert says in result.says


def test_a_detector_of_something_else_is_told_how_often_it_is_wrong():
    result = check.diagonal_detector([-1, -1, -1, 2, 2, 2, -1, -1, -1], -3)
    assert result.says == (
        "Of 9 cases it fires in 1 where it should be silent and is silent in 1 where it should fire. "
        "This is the first:"
    )
