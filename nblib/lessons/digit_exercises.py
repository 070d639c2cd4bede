"""The first exercises of notebook 06: the targets of digits, and how many digits are read rightly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.lessons.exercise import exercise

Array = NDArray[Any]
Labels = NDArray[np.int64]


# -- 1. targets -----------------------------------------------------------------------------------


def _digits(rng: np.random.Generator) -> Iterator[tuple[Labels]]:
    for digits in ([3], [0], [9], [2, 0], [1, 1, 8]):
        yield (np.array(digits),)
    yield (rng.permutation(10),)
    for _ in range(5):
        yield (rng.integers(10, size=int(rng.integers(4, 13))),)


@exercise(
    notebook=6,
    title="Targets",
    learned="Your function makes a target of every digit.",
    cases=_digits,
    returns="the targets",
)
def one_hot(labels: Labels) -> Array:
    """Targets, shape (n, 10): in each row 1 in the place of the label, and 0 elsewhere."""
    return np.eye(10)[labels]


@one_hot.mistake(
    "The 1 stands one place too early. Places are counted from 0, as the digits are: label 3 is place 3."
)
def _one_place_too_early(labels):
    return np.eye(10)[labels - 1]


@one_hot.mistake("It is transposed. One row for each label, one column for each digit: the shape is (n, 10).")
def _transposed(labels):
    return np.eye(10)[labels].T


@one_hot.mistake(
    "There are only as many columns as the largest of these labels needs. A target has ten places, whatever "
    "digits occur: the network has ten outputs."
)
def _as_many_as_the_largest_needs(labels):
    return np.eye(labels.max() + 1)[labels]


@one_hot.mistake(
    "There is one column for each label that occurs. A target has ten places, whatever digits occur: the "
    "network has ten outputs."
)
def _as_many_as_occur(labels):
    return (labels[:, None] == np.unique(labels)).astype(float)


@one_hot.mistake("0 and 1 are exchanged: the place of the label gets the 1, and all others are 0.")
def _exchanged(labels):
    return 1 - np.eye(10)[labels]


@one_hot.mistake(
    "The digit itself stands in its place, where a 1 belongs. An output neuron never gets above 1, and a 0 "
    "would have no target at all."
)
def _digit_for_one(labels):
    return np.eye(10)[labels] * labels[:, None]


@one_hot.mistake(
    "Every row has the 1s of all labels. `y[:, labels] = 1` writes into all rows; a row has one label, its "
    "own."
)
def _every_label_in_every_row(labels):
    targets = np.zeros((len(labels), 10))
    targets[:, labels] = 1
    return targets


# -- 2. accuracy ----------------------------------------------------------------------------------


def _outputs(rng: np.random.Generator) -> Iterator[tuple[Array, Labels]]:
    yield np.array([[0.1, 0.2, 0.9, 0.1, 0.3, 0.1, 0.6, 0.1, 0.2, 0.1]]), np.array([2])
    yield np.array([[0.1, 0.2, 0.4, 0.1, 0.3, 0.1, 0.2, 0.1, 0.2, 0.1]]), np.array([2])  # bright enough
    yield np.array([[0.3, 0.1, 1.0, 0.2, 0.4, 0.2, 0.3, 0.2, 0.3, 0.2]]), np.array([1])  # wrong, though 1.0
    for n in (4, 5, 7, 10, 12, 12):
        labels = rng.integers(10, size=n)
        outputs = rng.uniform(0, 0.8, size=(n, 10))
        outputs[np.arange(n), labels] += rng.uniform(0, 0.7, size=n)
        outputs[-1, labels[-1]] = 0  # the darkest
        yield outputs, labels


@exercise(
    notebook=6,
    title="Accuracy",
    learned="Your function says how often a network is right.",
    cases=_outputs,
    returns="the accuracy",
)
def accuracy(outputs: Array, labels: Labels) -> float:
    """Fraction of the rows, 0 to 1, whose brightest output neuron is the label."""
    return float(np.mean(outputs.argmax(axis=1) == labels))


@accuracy.mistake("It is the number of right answers. Divide it by the number of rows.")
def _count(outputs, labels):
    return np.sum(outputs.argmax(axis=1) == labels)


@accuracy.mistake(
    "It looks for the largest within a column. Each row needs one answer: along axis 1, not along axis 0."
)
def _wrong_axis(outputs, labels):
    return np.mean(outputs.argmax(axis=0) == labels)


@accuracy.mistake("It is in percent. A fraction was asked for: all right is 1.")
def _percent(outputs, labels):
    return 100 * np.mean(outputs.argmax(axis=1) == labels)


@accuracy.mistake("It is the fraction of wrong answers. Count where answer and label are equal.")
def _wrong_answers(outputs, labels):
    return np.mean(outputs.argmax(axis=1) != labels)


@accuracy.mistake(
    "It takes the darkest output neuron of each row for the answer; the brightest is the answer."
)
def _darkest(outputs, labels):
    return np.mean(outputs.argmin(axis=1) == labels)


@accuracy.mistake(
    "It compares how bright the brightest output neuron is with the label. The answer is which neuron that "
    "is, its place: argmax, not max."
)
def _brightness_for_place(outputs, labels):
    return np.mean(outputs.max(axis=1) == labels)


@accuracy.mistake("It counts the answers from 1. The first output neuron stands for the digit 0.")
def _counts_from_one(outputs, labels):
    return np.mean(outputs.argmax(axis=1) + 1 == labels)


@accuracy.mistake(
    "Without an axis, argmax looks for the one brightest output among all rows. Each row has an answer of "
    "its own."
)
def _one_answer_for_all(outputs, labels):
    return np.mean(outputs.argmax() == labels)


@accuracy.mistake(
    "It calls an answer right if the neuron of the label is above ½. The brightest is the answer, however "
    "bright it is: above ½ there may be several, or none."
)
def _above_one_half(outputs, labels):
    return np.mean(outputs[np.arange(len(labels)), labels] > 0.5)


@accuracy.mistake(
    "It compares all ten outputs of each row with the target. So a network that never lights up would be 90 "
    "% right. A row counts once: its answer is the label, or not."
)
def _every_output_counts(outputs, labels):
    return np.mean((outputs > 0.5) == np.eye(10, dtype=bool)[labels])


@accuracy.mistake("It divides by ten, the number of output neurons. Divide by the number of rows.")
def _divided_by_ten(outputs, labels):
    return np.sum(outputs.argmax(axis=1) == labels) / 10
