"""The exercises of notebook 07b: right answers in other styles pass, and what moves must be read."""

import numpy as np
import pytest

from nblib.classifier import Classifier
from nblib.lessons import convolution_exercises as exercises
from nblib.lessons.convolution_exercises import filter_gradient, filter_map, wherever


def place_by_place(image, w, b):
    rows = []
    for i in range(len(image) - len(w) + 1):
        rows.append([])
        for j in range(len(image[0]) - len(w) + 1):
            z = b
            for k in range(len(w)):
                for l in range(len(w)):
                    z += w[k][l] * image[i + k][j + l]
            rows[-1].append(float(z))
    return rows


def weight_by_weight(image, w, b):
    side = len(w)
    height, width = image.shape[0] - side + 1, image.shape[1] - side + 1
    z = np.full((height, width), b, np.float32)
    for k, l in np.ndindex(side, side):
        z += np.float32(w[k, l]) * image[k : k + height, l : l + width].astype(np.float32)
    return z


@pytest.mark.parametrize("mine", [place_by_place, weight_by_weight])
def test_other_styles_of_a_filter_pass(mine):
    assert filter_map(mine)


def slope_place_by_place(image, delta):
    side = len(image) - len(delta) + 1
    slopes = [[0.0] * side for _ in range(side)]
    for (i, j), d in np.ndenumerate(delta):
        for k in range(side):
            for l in range(side):
                slopes[k][l] += d * image[i + k, j + l]
    return slopes


def slope_weight_by_weight(image, delta):
    side = len(image) - len(delta) + 1
    height, width = delta.shape
    return np.array(
        [[(delta * image[k : k + height, l : l + width]).sum() for l in range(side)] for k in range(side)]
    )


def measured(image, delta):
    """Σ δ z is a cost whose slope along z is δ: nudge each weight."""
    side = len(image) - len(delta) + 1
    slopes = np.zeros((side, side))
    for k in np.ndindex(side, side):
        for sign in (1, -1):
            w = np.zeros((side, side))
            w[k] = sign * 1e-4
            slopes[k] += sign * (delta * filter_map.reference(image, w, 0.0)).sum() / 2e-4
    return slopes


@pytest.mark.parametrize("mine", [slope_place_by_place, slope_weight_by_weight, measured])
def test_other_styles_of_its_slope_pass(mine):
    assert filter_gradient(mine)


@pytest.mark.parametrize("exercise", [filter_map, filter_gradient])
def test_the_usual_mistakes_are_known(exercise):
    assert len(exercise.mistakes) >= 10


# -- digits that move -----------------------------------------------------------------------------


@pytest.fixture
def few_images(monkeypatch):
    monkeypatch.setattr(exercises, "IMAGES", 300)


class Told:
    """Somebody who knows the labels of digits that stand where they stood, and no others."""

    def __init__(self, x, y):
        self.known = {row.tobytes(): label for row, label in zip(x, y, strict=True)}

    def predict(self, x):
        return np.array([self.known.get(row.tobytes(), -1) for row in x])


def test_who_reads_only_what_has_not_moved_does_not_pass(few_images):
    (_, _), (x, y), _ = exercises.piles()
    result = wherever(lambda *_: Told(x[:1000], y[:1000]))
    assert not result
    assert result.says.startswith(
        "It reads 0.0% of 1,000 digits moved by three pixels, and 100.0% where they stood"
    )


def test_who_reads_them_everywhere_passes(few_images):
    (_, _), (x, y), _ = exercises.piles()
    everywhere = np.concatenate(
        [exercises.moved(x[:1000], *way) for way in [(0, 0), *exercises.WAYS.values()]]
    )
    result = wherever(lambda *_: Told(everywhere, np.tile(y[:1000], 5)))
    assert result
    assert "It reads 100.0% of 1,000 digits moved by three pixels" in result.says


def test_the_recipe_gets_images_that_are_not_in_the_judgement():
    given = []
    wherever(lambda x, y: given.extend((x, y)))
    (x_train, y_train), (x, _), _ = exercises.piles()
    np.testing.assert_array_equal(given[0], x_train[:5000])
    np.testing.assert_array_equal(given[1], y_train[:5000])
    assert not {row.tobytes() for row in given[0]} & {row.tobytes() for row in x[:1000]}


def test_a_recipe_must_return_its_network(few_images):
    assert wherever(lambda x, y: len(x)).says.startswith(
        "It must return the network that it has trained, got an int."
    )


def test_a_network_that_is_not_trained_is_told_where_it_reads_worst(few_images):
    says = wherever(lambda x, y: Classifier([784, 10])).says
    assert "the goal is 80% of the moved ones. Those moved " in says
