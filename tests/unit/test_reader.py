"""What a network makes of a digit, and the images nearest to it."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib import mnist
from nblib.drawing import reading_picture
from nblib.handwriting.neighbours import Nearest
from nblib.handwriting.reader import Reader
from nblib.network import Network

NETWORK = Network([784, 12, 5, 10], init="scaled", seed=1)


@pytest.fixture(scope="module")
def data():
    return mnist.load()


def nearest_by_definition(x, image, k):
    distances = np.sqrt(np.square(x.astype(float) - image).sum(axis=1))
    order = np.argsort(distances, kind="stable")[:k]
    return order, distances[order]


@given(n=st.integers(1, 200), pixels=st.integers(1, 90), k=st.integers(1, 12), seed=st.integers(0, 99))
def test_nearest_are_the_nearest(n, pixels, k, seed):
    rng = np.random.default_rng(seed)
    x, image = rng.random((n, pixels)), rng.random(pixels)
    rows, distances = Nearest(x).search(image, k)
    expected, far = nearest_by_definition(x.astype(np.float32), image.astype(np.float32), k)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_allclose(distances, far, rtol=1e-5)


def test_nearest_among_all_of_mnist(data):
    known = Nearest(data.x_train)
    for image in data.x_test[:6]:
        rows, distances = known.search(image, 2)
        expected, far = nearest_by_definition(data.x_train, image, 2)
        np.testing.assert_array_equal(rows, expected)
        np.testing.assert_allclose(distances, far, rtol=1e-5)
    rows, distances = known.search(data.x_train[777], 1)
    assert (rows, distances) == (777, 0)
    known.search(np.zeros(784), 3)


def test_few_are_measured_in_full(data):
    measured = []

    class Counted(np.ndarray):
        def __getitem__(self, rows):
            measured[-1] += np.size(rows)
            return np.asarray(self)[rows]

    known = Nearest(data.x_train)
    known.x = known.x.view(Counted)
    for image in data.x_test[:50]:
        measured.append(0)
        known.search(image, 2)
    assert 2 < np.median(measured) < 600


def test_equal_images_and_black_ones():
    rows, distances = Nearest(np.ones((5, 3))).search([1, 1, 1], 2)
    assert (rows.tolist(), distances.tolist()) == ([0, 1], [0, 0])
    rows, _ = Nearest(np.zeros((2, 3))).search([1, 0, 0], 9)
    assert rows.tolist() == [0, 1]


def test_reading(data):
    reading = Reader(NETWORK, data.x_train[:500], data.y_train[:500]).read(data.x_test[0], k=3)
    trace = NETWORK.trace(data.x_test[:1], data.y_test[:1])
    assert len(reading.hidden) == 2
    for layer, expected in zip([*reading.hidden, reading.outputs], trace.activations[1:], strict=True):
        np.testing.assert_allclose(layer, expected[0], rtol=1e-5)
    assert reading.answer == NETWORK.predict(data.x_test[0])
    np.testing.assert_array_equal(reading.labels, data.y_train[reading.rows])
    np.testing.assert_array_equal(reading.nearest, data.x_train[reading.rows])
    np.testing.assert_allclose(
        reading.distances, np.linalg.norm(reading.nearest - data.x_test[0], axis=1), rtol=1e-5
    )
    assert (np.diff(reading.distances) >= 0).all()


def test_reading_without_images():
    reading = Reader(NETWORK).read(np.ones(784))
    assert len(reading.rows) == len(reading.labels) == len(reading.distances) == 0
    assert reading.nearest.shape == (0, 784)


@pytest.mark.parametrize(
    ("biases", "words"),
    [
        ({3: 4, 8: 2}, "the network says 3 (0.98); next 8 (0.88)"),
        ({3: 4, 8: -2}, "the network says 3 (0.98); next 8 (0.12)"),
        ({9: 0, 0: -1}, "the network says 9 (0.50); next 0 (0.27)"),
        ({9: -1, 0: -2}, "not sure, perhaps 9 (0.27); next 0 (0.12)"),
    ],
)
def test_the_answer_in_words(biases, words):
    network = Network([784, 10])
    last = np.full(10, -9.0)
    for digit, bias in biases.items():
        last[digit] = bias
    network.set_parameters([np.zeros((10, 784))], [last])
    reading = Reader(network).read(np.ones(784))
    assert reading.words == words
    assert repr(reading) == f"Reading({words})"
    assert reading.hidden == []


NUMBERS = st.one_of(st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.floats(-2, 2, width=32), st.just(np.nan))


@given(outputs=st.lists(NUMBERS, min_size=10, max_size=10), equal=st.booleans())
def test_there_is_one_ranking(outputs, equal):
    """Answer, words, bar, alternative text and `predict` agree, also where outputs are equal or no number."""
    last = np.array(outputs[:1] * 10 if equal else outputs, np.float32)
    network = Network([784, 10], activation="tanh")
    network.weights, network.biases = [np.zeros((10, 784), np.float32)], [last]
    reading = Reader(network).read(np.ones(784))
    told = {"".join(re.findall(r"\d", part.split("(")[0])) for part in reading.words.split(";")[:1]}
    bars = reading_picture.picture(None, reading)
    hatched = [i for i, bar in enumerate(bars.figure.axes[1].patches) if bar.get_hatch()]
    if np.isnan(last).all() or len(set(last.tolist())) == 1:
        assert reading.answer is None
        assert reading.words.startswith("no answer: ")
        assert hatched == []
        assert "the network has no answer" in bars.alt
        assert network.predict(np.ones(784)) == (-1 if np.isnan(last).all() else 0)
    else:
        assert reading.answer == network.predict(np.ones(784))
        assert told == {str(reading.answer)}
        assert hatched == [reading.answer]
        assert f"the network says {reading.answer}" in bars.alt
        assert reading.outputs[reading.answer] == np.nanmax(reading.outputs)


def test_a_network_that_says_nothing_says_so():
    network = Network([784, 10], activation="relu")
    network.set_parameters([np.zeros((10, 784))], [-np.ones(10)])
    assert Reader(network).read(np.ones(784)).words == "no answer: all ten outputs of the network are 0.00"
    network.biases[0][:] = np.nan
    words = "no answer: no output of the network is a number, its training has blown up"
    assert Reader(network).read(np.ones(784)).words == words
    assert network.accuracy(np.ones((2, 784)), [0, 9]) == 0  # nothing is right


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Reader(Network([4, 10])),
         "network must lead from 784 pixels to 10 digits, got Network(4-10, sigmoid, quadratic, float32)"),
        (lambda: Reader(NETWORK, np.ones((2, 784))),
         "x and y must be given together: images and their labels"),
        (lambda: Reader(NETWORK, np.ones((2, 784)), [1]), "x and y must have the same length, got 2 and 1"),
        (lambda: Reader(NETWORK).read(np.ones(9)), "image must be one example, shape (784,), got shape (9,)"),
        (lambda: Nearest(np.ones((2, 3))).search([1, 2, 3], 0), "k must be at least 1, got 0"),
        (lambda: Nearest(np.ones(3)), "x must be 2-D with one example per row, shape (n, 3), got shape (3,): "
         "for a single example, take x[None]"),
    ],
)  # fmt: skip
def test_bad_input(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("network", [None, "x"])
def test_what_is_no_network_is_refused(network):
    with pytest.raises(TypeError) as caught:
        Reader(network)
    assert str(caught.value).startswith("network must be a Network, got ")
