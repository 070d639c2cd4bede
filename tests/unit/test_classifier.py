"""Softmax, cross-entropy, ReLU, momentum, schedules, weight decay, shifts: against loops and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracle
from nblib import Network, gradcheck
from nblib.augmentations import shifts
from nblib.classifier import Classifier, softmax
from nblib.schedules import cosine, linear
from unit.test_sgd import assert_same, copies
from unit.test_sgd import data as binary_data

SMOOTH = ("sigmoid", "tanh", "arctan")


def data(n=23, features=3, classes=3, seed=5):
    return binary_data(n, features, classes, seed)


def with_biases(network, seed=0):
    """Give the biases values of their own: a network whose biases are all 0 hides mistakes in them."""
    rng = np.random.default_rng(seed)
    network.set_parameters(network.weights, [rng.standard_normal(b.shape) for b in network.biases])
    return network


def gradients(network, x, y):
    nabla_weights, nabla_biases = network.backprop(x, y)
    return [*nabla_weights, *nabla_biases]


def slow_cost(network, x, targets):
    squares = sum((w**2).sum() for w in network.weights)
    return oracle.Net.like(network).mean_cost(x, targets) + 0.5 * network.weight_decay * squares


@st.composite
def classifiers(draw, activations=("relu", *SMOOTH, "elu")):
    sizes = [*draw(st.lists(st.integers(1, 6), min_size=1, max_size=3)), draw(st.integers(2, 5))]
    decay = draw(st.sampled_from([0.0, 0.3]))
    seed = draw(st.integers(0, 10_000))
    init = draw(st.sampled_from(["he", "scaled"]))
    network = Classifier(sizes, draw(st.sampled_from(activations)), init, decay, seed, np.float64)
    return with_biases(network, seed)


# -- parameters -------------------------------------------------------------------------------


def test_a_classifier_starts_from_the_random_numbers_of_a_network():
    sizes = [5, 4, 3]
    plain = Network(sizes, init="normal", seed=7, dtype=np.float64)
    for init, gain in (("he", 2), ("scaled", 1)):
        network = Classifier(sizes, init=init, seed=7, dtype=np.float64)
        for l, n_in in enumerate(sizes[:-1]):
            expected = plain.weights[l] * math.sqrt(gain / n_in)
            np.testing.assert_allclose(network.weights[l], expected, rtol=1e-14)
            np.testing.assert_array_equal(network.biases[l], np.zeros(sizes[l + 1]))


def test_the_numbers_inside_have_the_type_that_was_asked_for_and_keep_it():
    x, y = data()
    for dtype in (np.float32, np.float64):
        network = Classifier([3, 4, 3], weight_decay=0.1, dtype=dtype)
        list(network.sgd(x, y, 2, 5, 0.1, momentum=0.9, schedule=cosine()))
        arrays = [*network.weights, *network.biases, *gradients(network, x, y)]
        assert {array.dtype for array in [*arrays, network.feedforward(x)]} == {np.dtype(dtype)}


def test_the_repr_says_what_it_is_and_the_parameters_are_counted():
    assert repr(Classifier([2, 3, 2], weight_decay=1e-4)) == (
        "Classifier(2-3-2, relu, weight decay 0.0001, float32)"
    )
    assert Classifier([784, 16, 10]).n_parameters == 12_730


# -- forwards ---------------------------------------------------------------------------------


@given(classifiers())
def test_outputs_cost_and_accuracy_are_those_of_the_loop(network):
    x, y = data(6, network.sizes[0], network.sizes[-1])
    expected = oracle.Net.like(network).outputs(x)
    np.testing.assert_allclose(network.feedforward(x), expected, rtol=1e-9)
    np.testing.assert_allclose(network.feedforward(x[0]), expected[0], rtol=1e-9)
    targets = np.eye(network.sizes[-1])[y]
    assert network.cost(x, y) == pytest.approx(slow_cost(network, x, targets), rel=1e-9)
    answers = expected.argmax(axis=1)
    np.testing.assert_array_equal(network.predict(x), answers)
    assert network.predict(x[0]) == answers[0]
    assert network.accuracy(x, y) == pytest.approx(np.mean(answers == y))


@given(classifiers())
def test_the_outputs_are_probabilities(network):
    outputs = network.feedforward(data(6, network.sizes[0])[0])
    assert (outputs >= 0).all()
    np.testing.assert_allclose(outputs.sum(axis=1), 1)


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax([0, math.log(2), math.log(5)]), [1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(softmax([[1, 1], [0, math.log(3)]]), [[0.5, 0.5], [0.25, 0.75]])


@pytest.mark.parametrize("z", [[1000.0, 0.0, -1000.0], [-1e6, -1e6 - 1e6, -3e6]])
def test_large_inputs_neither_overflow_nor_give_an_infinite_cost(z):
    np.testing.assert_array_equal(softmax(z), [1, 0, 0])
    network = Classifier([1, 3])
    network.set_parameters([np.zeros((3, 1))], [z])
    assert network.cost([[1.0]], [0]) == 0
    assert network.cost([[1.0]], [2]) == pytest.approx(z[0] - z[2])  # although the output is exactly 0


# -- backwards --------------------------------------------------------------------------------


@given(classifiers(SMOOTH))
def test_backprop_gives_the_slopes_that_differences_of_the_loop_measure(network):
    x, y = data(4, network.sizes[0], network.sizes[-1])
    targets = np.eye(network.sizes[-1])[y]
    measured = oracle.slopes(lambda: slow_cost(network, x, targets), network.weights + network.biases)
    for ours, theirs in zip(gradients(network, x, y), measured, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_check_passes_with_relu(seed, decay):
    network = with_biases(Classifier([6, 8, 7, 4], weight_decay=decay, seed=seed))
    before = copies(network)
    check = gradcheck.compare(network, *data(5, 6, 4, seed))
    assert check.passed, repr(check)
    assert_same(network, before)


def output_slope(network, x, y, w, b):
    a = network.feedforward(x)
    w[-1] = (a - np.eye(3)[y]).T @ a.repeat(2, axis=1)[:, : w[-1].shape[1]]


def decay_forgotten(network, x, y, w, b):
    w[0] -= network.weight_decay * network.weights[0]


def decay_of_a_bias(network, x, y, w, b):
    b[1] += network.weight_decay * network.biases[1]


@pytest.mark.parametrize(
    ("mistake", "layer", "of"),
    [(output_slope, 2, "weights"), (decay_forgotten, 1, "weights"), (decay_of_a_bias, 2, "biases")],
)
def test_the_gradient_check_finds_a_planted_mistake(mistake, layer, of):
    class Mistaken(Classifier):
        def backprop(self, x, y):
            nabla_weights, nabla_biases = super().backprop(x, y)
            mistake(self, x, y, nabla_weights, nabla_biases)
            return nabla_weights, nabla_biases

    check = gradcheck.compare(with_biases(Mistaken([3, 4, 3], weight_decay=0.1)), *data())
    assert not check.passed
    assert (check.worst.layer, check.worst.parameters) == (layer, of)


def test_one_example_labels_and_targets_are_the_same_thing():
    network, (x, y) = with_biases(Classifier([3, 4, 3])), data()
    for one, other in (
        ((x, y), (x, np.eye(3)[y])),
        ((x[0], y[0]), (x[:1], y[:1])),
        ((x[0], np.eye(3)[y[0]]), (x[:1], y[:1])),
    ):
        for ours, theirs in zip(gradients(network, *one), gradients(network, *other), strict=True):
            np.testing.assert_array_equal(ours, theirs)


# -- learning ---------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    n=st.integers(1, 9),
    mini_batch_size=st.integers(1, 11),
    epochs=st.integers(1, 3),
    momentum=st.sampled_from([0.0, 0.5, 0.9]),
    decay=st.sampled_from([0.0, 0.1]),
    warm_up=st.sampled_from([None, 0.0, 0.4]),
    seed=st.integers(0, 1000),
)
def test_training_is_the_loop_over_shuffled_mini_batches(
    n, mini_batch_size, epochs, momentum, decay, warm_up, seed
):
    network, twin = (Classifier([3, 4, 3], "tanh", "he", decay, seed, np.float64) for _ in range(2))
    x, y = data(n)
    schedule = None if warm_up is None else cosine(warm_up)
    list(network.sgd(x, y, epochs, mini_batch_size, 0.3, momentum, schedule, seed=seed))

    arrays = twin.weights + twin.biases
    velocities = [np.zeros(array.shape) for array in arrays]
    batches = list(oracle.mini_batches(n, mini_batch_size, epochs, seed))
    for done, batch in enumerate(batches):
        eta = 0.3 if schedule is None else 0.3 * schedule((done + 0.5) / len(batches))
        for array, v, gradient in zip(arrays, velocities, gradients(twin, x[batch], y[batch]), strict=True):
            v[...] = momentum * v - eta * gradient
            array[...] = array + v
    for ours, theirs in zip(network.weights + network.biases, arrays, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11)


def test_three_steps_of_momentum_by_hand():
    """A bias without inputs that matter: z = (b₀, b₁), so δ = softmax(b) − y, worked out here."""
    network = Classifier([1, 2], dtype=np.float64)
    network.set_parameters([[[0.0], [0.0]]], [[0.0, 0.0]])
    run = network.sgd([[0.0]], [0], epochs=3, mini_batch_size=1, eta=0.4, momentum=0.5)
    b = v = 0.0  # b of class 0; that of class 1 is its mirror image
    for _ in run:
        v = 0.5 * v - 0.4 * (1 / (1 + math.exp(-2 * b)) - 1)
        b = b + v
        np.testing.assert_allclose(network.biases[0], [b, -b])
        np.testing.assert_array_equal(network.weights[0], 0)  # its input is 0
    assert b == pytest.approx(0.7047, abs=5e-5)


def test_without_data_that_pull_weights_decay_and_biases_do_not():
    network = Classifier([2, 2], weight_decay=0.5, dtype=np.float64)
    network.set_parameters([np.ones((2, 2))], [[1.0, 1.0]])
    next(network.sgd([[0.0, 0.0]], [[0.5, 0.5]], 1, 1, eta=0.1))
    np.testing.assert_allclose(network.weights[0], 0.95 * np.ones((2, 2)))
    np.testing.assert_allclose(network.biases[0], [1, 1])


def test_it_learns_what_one_line_cannot_separate():
    x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    network = Classifier([2, 8, 2], seed=1)
    *_, last = network.sgd(x, y, epochs=200, mini_batch_size=4, eta=0.1, momentum=0.9)
    assert last.accuracy == 1
    assert last.cost < 0.01


# -- schedules --------------------------------------------------------------------------------


def test_the_cosine_falls_from_one_to_zero():
    schedule = cosine()
    for t, factor in ((0, 1), (1 / 3, 0.75), (0.5, 0.5), (2 / 3, 0.25), (1, 0)):
        assert schedule(t) == pytest.approx(factor, abs=1e-12)


def test_the_straight_line_falls_from_one_to_zero():
    for t, factor in ((0, 1), (0.25, 0.75), (0.5, 0.5), (0.9, 0.1), (1, 0)):
        assert linear()(t) == pytest.approx(factor, abs=1e-12)


@pytest.mark.parametrize(("schedule", "factor"), [(cosine, 0.8535534), (linear, 0.75)])
def test_the_warm_up_rises_in_a_straight_line_and_the_fall_fills_the_rest(schedule, factor):
    for t, expected in ((0, 0), (0.05, 0.25), (0.1, 0.5), (0.2, 1), (0.4, factor), (0.6, 0.5), (1, 0)):
        assert schedule(warm_up=0.2)(t) == pytest.approx(expected, abs=1e-6)


def test_every_step_gets_its_own_learning_rate_from_the_middle_of_the_step():
    seen = []

    def schedule(t):
        seen.append(t)
        return 1.0

    list(Classifier([3, 3]).sgd(*data(5), epochs=2, mini_batch_size=2, eta=0.1, schedule=schedule))
    np.testing.assert_allclose(seen, [1 / 12, 3 / 12, 5 / 12, 7 / 12, 9 / 12, 11 / 12])


# -- shifts -----------------------------------------------------------------------------------


def slow_shift(image, down, right):
    side = len(image)
    moved = np.zeros_like(image)
    for i in range(side):
        for j in range(side):
            if 0 <= i - down < side and 0 <= j - right < side:
                moved[i, j] = image[i - down, j - right]
    return moved


@pytest.mark.parametrize("most", [1, 2])
def test_every_image_is_moved_as_the_loop_would_move_it_and_every_way_occurs(most):
    x = np.random.default_rng(0).uniform(0.1, 1, (400, 25)).astype(np.float32)
    before = x.copy()
    moved = shifts(most, side=5)(x, np.random.default_rng(1))
    assert moved.dtype == np.float32
    np.testing.assert_array_equal(x, before)
    ways = [(down, right) for down in range(-most, most + 1) for right in range(-most, most + 1)]
    counts = dict.fromkeys(ways, 0)
    for one, other in zip(x.reshape(-1, 5, 5), moved.reshape(-1, 5, 5), strict=True):
        (way,) = [way for way in ways if np.array_equal(slow_shift(one, *way), other)]
        counts[way] += 1
    assert min(counts.values()) > 0


# -- the door ---------------------------------------------------------------------------------

X, Y = data()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [3]}, "sizes must list at least two layers"),
        ({"sizes": [3, 1]}, "sizes must end with at least 2 classes, got 1"),
        ({"activation": "softmax"}, "activation must be one of 'step', 'sigmoid'"),
        ({"init": "normal"}, "init must be one of 'he', 'scaled', got 'normal'"),
        ({"weight_decay": -0.1}, "weight_decay must be at least 0, got -0.1"),
        ({"weight_decay": np.nan}, "weight_decay must hold finite numbers, got nan"),
        ({"dtype": int}, "dtype must be numpy.float32 or numpy.float64"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
    ],
)
def test_a_bad_classifier_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        Classifier(**{"sizes": [3, 3], **arguments})


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": X[:, :2]}, ValueError, "x must have 3 features per row, got 2"),
        ({"y": Y[:5]}, ValueError, "x and y must have the same length, got 23 and 5"),
        ({"y": Y + 1}, ValueError, "y must hold whole numbers from 0 to 2, got 3"),
        ({"y": 2 * np.eye(3)[Y]}, ValueError, "y must hold probabilities, from 0 to 1 and with sum 1"),
        ({"y": np.tile([2.0, -1.0, 0.0], (23, 1))}, ValueError, r"got \[ 2. -1.  0.\] in row 0"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"mini_batch_size": 2.5}, TypeError, "mini_batch_size must be a whole number, got 2.5"),
        ({"eta": 0}, ValueError, "eta must be greater than 0, got 0"),
        ({"momentum": 1}, ValueError, "momentum must be below 1, got 1"),
        ({"momentum": -0.1}, ValueError, "momentum must be at least 0, got -0.1"),
        ({"schedule": 0.5}, TypeError, "schedule must be a function of the fraction done, got 0.5"),
        ({"schedule": lambda t: 0.5 - t}, ValueError, "schedule must return one number of at least 0"),
        ({"schedule": lambda t: [t, t]}, ValueError, "schedule must return one number of at least 0"),
        ({"schedule": lambda t: np.inf}, ValueError, "schedule must hold finite numbers, got inf"),
        ({"augment": 2}, TypeError, "augment must be a function of"),
        ({"validation": X}, TypeError, r"validation must be a pair \(x, y\), got ndarray"),
        ({"validation": (X, Y[:3])}, ValueError, "validation x and validation y must have the same length"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number, got 0.5"),
    ],
)
def test_bad_arguments_of_a_training_are_refused_before_it_begins(arguments, error, message):
    good = {"x": X, "y": Y, "epochs": 1, "mini_batch_size": 4, "eta": 0.1}
    with pytest.raises(error, match=message):
        Classifier([3, 3]).sgd(**{**good, **arguments})


@pytest.mark.parametrize(
    ("augment", "message"),
    [
        (lambda x, rng: x[:, :2], r"augment must return shape \(4, 3\), as it was given, got \(4, 2\)"),
        (lambda x, rng: x * np.nan, "what augment returns must hold finite numbers"),
    ],
)
def test_what_augment_returns_is_checked_before_any_weight_moves(augment, message):
    network = Classifier([3, 3])
    before = copies(network)
    with pytest.raises(ValueError, match=message):
        next(network.sgd(X, Y, 1, 4, 0.1, augment=augment))
    assert_same(network, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cosine(warm_up=1), "warm_up must be below 1, got 1"),
        (lambda: linear(warm_up=-0.1), "warm_up must be .*, got -0.1"),
        (lambda: shifts(0), "most must be at least 1, got 0"),
        (lambda: shifts(28), "most must be less than side, got 28 for images of 28 by 28"),
        (
            lambda: shifts(1)(X, np.random.default_rng(0)),
            r"x must have 784 pixels per row.*got shape \(23, 3\)",
        ),
        (lambda: softmax(3.0), r"z must hold at least one number along its last axis, got shape \(\)"),
        (lambda: softmax([np.nan, 1]), "z must hold finite numbers, got nan"),
    ],
)
def test_bad_arguments_of_the_functions_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_update_that_is_cut_short_is_repeated_with_its_own_factor():
    network, cuts = Classifier([2, 4, 2]), iter([True])
    subtract = network.subtract

    def cut_once(steps):
        if next(cuts, False):
            raise KeyboardInterrupt
        subtract(steps)

    network.subtract = cut_once
    x, y = np.eye(2)[[0, 1, 0, 1]], [0, 1, 0, 1]
    run = network.sgd(x, y, 3, 2, 0.1, schedule=lambda t: 1 - t)
    with pytest.raises(KeyboardInterrupt):
        next(run)
    assert [record.epoch for record in run] == [1, 2, 3]
