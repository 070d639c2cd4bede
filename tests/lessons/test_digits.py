"""Targets and accuracy, the first exercises of notebook 06."""

import numpy as np
import pytest

from nblib import mnist
from nblib.lessons.mnist_exercises import accuracy, one_hot


def with_a_loop(labels):
    rows = []
    for label in labels:
        row = [0] * 10
        row[label] = 1
        rows.append(row)
    return rows


def with_zeros(numbers):
    targets = np.zeros((len(numbers), 10), dtype=np.float32)
    targets[np.arange(len(numbers)), numbers] = 1
    return targets


@pytest.mark.parametrize(
    "answer", [with_a_loop, with_zeros, mnist.one_hot, lambda labels: labels[:, None] == np.arange(10)]
)
def test_targets_in_another_style_pass(answer):
    result = one_hot(answer)
    assert result, result.says


def counted_one_by_one(a, y):
    right = 0
    for row, label in zip(a, y, strict=True):
        if list(row).index(max(row)) == label:
            right += 1
    return right / len(y)


def by_sorting(outputs, labels):
    return np.float32((np.argsort(outputs)[:, -1] == labels).sum() / len(labels))


@pytest.mark.parametrize("answer", [counted_one_by_one, by_sorting])
def test_an_accuracy_in_another_style_passes(answer):
    result = accuracy(answer)
    assert result, result.says


def test_the_wrong_axis_is_explained_although_numpy_refuses():
    result = accuracy(lambda outputs, labels: np.mean(outputs.argmax(axis=0) == labels))
    assert "along axis 1, not along axis 0" in result.says
    assert dict(result.example).keys() == {"outputs", "labels", "your answer", "expected"}


def test_brightness_compared_with_labels_is_not_taken_for_darkness():
    result = accuracy(lambda outputs, labels: np.mean(outputs.max(axis=1) == labels))
    assert "its place: argmax, not max" in result.says
    result = accuracy(lambda outputs, labels: np.mean(outputs.argmin(axis=1) == labels))
    assert "the darkest output neuron" in result.says


def test_another_value_error_is_shown_as_it_is():
    result = accuracy(lambda outputs, labels: int("seven"))
    assert result.says.startswith("It stops with ValueError: invalid literal for int()")


@pytest.mark.parametrize(("answers", "came"), [((0.5,), "a float"), ((len, len), "2 things")])
def test_a_result_in_place_of_the_function_is_explained(answers, came):
    result = accuracy(*answers)
    assert result.says == (
        f"check.accuracy wants your function itself, its name without brackets; got {came}."
    )
