"""A convolutional network is what its formulas say, place by place, and its gradient is measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib import gradcheck, mnist
from nblib.augmentations import moved, shifts
from nblib.convolution import ConvolutionalNetwork, patches


def small(seed=1, dtype=np.float64):
    return ConvolutionalNetwork(6, n_filters=3, size=3, n_classes=2, seed=seed, dtype=dtype)


X = np.random.default_rng(0).uniform(size=(7, 36))
Y = np.array([0, 1, 1, 0, 1, 0, 0])


def by_hand(network, image):
    """The probabilities of one image, neuron by neuron."""
    image, s, n = image.reshape(network.side, -1), network.size, network.n_places
    maps = np.zeros((n, n, len(network.weights[0])))
    for i, j, f in np.ndindex(maps.shape):
        patch = image[i : i + s, j : j + s].ravel()
        z = (
            sum(w * pixel for w, pixel in zip(network.weights[0][f], patch, strict=True))
            + network.biases[0][f]
        )
        maps[i, j, f] = max(0, z)
    pooled = [
        (maps[i, j, f] + maps[i + 1, j, f] + maps[i, j + 1, f] + maps[i + 1, j + 1, f]) / 4
        for i in range(0, n, 2)
        for j in range(0, n, 2)
        for f in range(maps.shape[2])
    ]
    z = [np.dot(w, pooled) + b for w, b in zip(network.weights[1], network.biases[1], strict=True)]
    return maps, np.exp(z) / np.exp(z).sum()


def test_the_outputs_are_those_of_the_formulas():
    network, outputs = small(), small().feedforward(X)
    for image, output, maps in zip(X, outputs, network.maps(X), strict=True):
        expected_maps, expected = by_hand(network, image)
        np.testing.assert_allclose(maps, expected_maps, atol=1e-12)
        np.testing.assert_allclose(output, expected, atol=1e-12)
    np.testing.assert_array_equal(network.predict(X), outputs.argmax(axis=1))
    assert network.accuracy(X, Y) == np.mean(outputs.argmax(axis=1) == Y)
    assert network.cost(X, Y) == pytest.approx(-np.log(outputs[np.arange(7), Y]).mean())


@given(height=st.integers(1, 6), width=st.integers(1, 6), size=st.integers(1, 4))
def test_patches_are_cut_out_of_the_image(height, width, size):
    images = np.arange(2.0 * height * width).reshape(2, height, width)
    if size > min(height, width):
        with pytest.raises(ValueError, match="size must be at most"):
            patches(images, size)
        return
    seen = patches(images, size)
    assert seen.shape == (2, height - size + 1, width - size + 1, size * size)
    for n, i, j in np.ndindex(seen.shape[:3]):
        np.testing.assert_array_equal(seen[n, i, j], images[n, i : i + size, j : j + size].ravel())


@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_is_measured(seed):
    assert gradcheck.compare(small(seed), X, Y).passed


def test_a_filter_that_forgets_to_add_up_the_places_is_found():
    class Mean(ConvolutionalNetwork):
        def backprop(self, x, y):
            nabla_weights, nabla_biases = super().backprop(x, y)
            return [nabla_weights[0] / self.n_places**2, nabla_weights[1]], nabla_biases

    check = gradcheck.compare(Mean(6, 3, 3, n_classes=2, dtype=np.float64), X, Y)
    assert not check.passed
    assert check.worst.layer == 1
    assert check.worst.parameters == "weights"


def test_it_is_a_dense_layer_whose_weights_are_tied():
    network, image = small(), X[0]
    places = patches(np.arange(36.0).reshape(1, 6, 6), 3)[0].reshape(16, 9).astype(int)
    dense = np.zeros((16, 36))
    dense[np.arange(16)[:, None], places] = network.weights[0][0]
    z = dense @ image + network.biases[0][0]
    np.testing.assert_allclose(np.maximum(z, 0), network.maps(X[:1])[0, :, :, 0].ravel(), atol=1e-12)
    assert np.count_nonzero(dense) == 16 * 9


def test_training_learns_and_repeats_itself():
    data = mnist.load()
    x, y = data.x_train[:1000], data.y_train[:1000]
    networks = [ConvolutionalNetwork(28, n_filters=4, size=5, seed=2) for _ in range(2)]
    first, second = (list(network.sgd(x, y, 3, 20, 0.05, momentum=0.9)) for network in networks)
    assert [record.cost for record in first] == [record.cost for record in second]
    assert first[-1].accuracy > 0.85
    assert networks[0].n_parameters == 4 * 25 + 4 + 10 * 4 * 144 + 10
    blown = ConvolutionalNetwork(28, n_filters=4, size=5)
    with pytest.raises(FloatingPointError, match="blown up"), np.errstate(all="ignore"):
        list(blown.sgd(x[:100], y[:100], 9, 10, 1e30))


def test_momentum_and_augmentation_are_those_of_the_formula():
    one, other = small(), small()
    seen = []

    def augment(x, rng):
        seen.append(x.copy())
        return x[:, ::-1]

    list(one.sgd(X, Y, 2, 7, 0.5, momentum=0.5, augment=augment))
    velocities = [0 * array for array in other.weights + other.biases]
    for rows in seen:
        labels = [Y[np.flatnonzero((row == X).all(axis=1))[0]] for row in rows]
        nabla_weights, nabla_biases = other.backprop(rows[:, ::-1], labels)
        velocities = [
            0.5 * v - 0.5 * nabla for v, nabla in zip(velocities, nabla_weights + nabla_biases, strict=True)
        ]
        for parameter, v in zip(other.weights + other.biases, velocities, strict=True):
            parameter += v
    for mine, expected in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-10)


def test_a_moved_image_has_a_moved_map():
    """Which is what the filters are for: inside of the frame, the map moves with the image."""
    network = ConvolutionalNetwork(28, n_filters=2, size=5, seed=3, dtype=np.float64)
    image = np.zeros((1, 28, 28))
    image[0, 10:16, 8:14] = np.random.default_rng(1).uniform(size=(6, 6))
    there, here = network.maps(moved(image.reshape(1, -1), 3, -2))[0], network.maps(image.reshape(1, -1))[0]
    np.testing.assert_allclose(there[3:, :-2], here[:-3, 2:], atol=1e-12)


@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, 0), (-2, 1), (3, -3), (5, 5), (-5, 0)])
def test_moved_images_keep_what_stays_inside(down, right):
    images = np.arange(1.0, 73.0).reshape(2, 6, 6)
    result = moved(images.reshape(2, 36), down, right, side=6).reshape(2, 6, 6)
    for n, i, j in np.ndindex(2, 6, 6):
        inside = 0 <= i - down < 6 and 0 <= j - right < 6
        assert result[n, i, j] == (images[n, i - down, j - right] if inside else 0)


def test_every_shift_is_a_move():
    image = np.arange(1.0, 37.0).reshape(1, 36)
    moves = {moved(image, d, r, side=6).tobytes() for d in (-1, 0, 1) for r in (-1, 0, 1)}
    rng = np.random.default_rng(0)
    assert {shifts(1, side=6)(image, rng).tobytes() for _ in range(200)} == moves


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((28, 8, 6), "side − size \\+ 1 must be even and at least 2.*got 28 − 6 \\+ 1 = 23"),
        ((4, 8, 4), "got 4 − 4 \\+ 1 = 1"),
        ((28, 0, 5), "n_filters must be at least 1, got 0"),
        ((28, 8, 5, 1), "n_classes must be at least 2, got 1"),
    ],
)
def test_shapes_that_cannot_be_are_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        ConvolutionalNetwork(*arguments)


def test_data_that_do_not_fit_are_refused_and_nothing_is_trained():
    network = small()
    before = [array.copy() for array in network.weights + network.biases]
    for call, says in (
        (lambda: network.feedforward(np.zeros((3, 35))), "x must"),
        (lambda: network.backprop(X, Y[:3]), "x and y must have the same length, got 7 and 3"),
        (lambda: network.sgd(X, Y, 1, 0, 0.1), "mini_batch_size must be at least 1"),
        (lambda: network.sgd(X, Y, 1, 5, -0.1), "eta must be"),
        (lambda: network.set_parameters(network.weights[:1], network.biases), "weights"),
    ):
        with pytest.raises(ValueError, match=says):
            call()
    for array, kept in zip(network.weights + network.biases, before, strict=True):
        np.testing.assert_array_equal(array, kept)
