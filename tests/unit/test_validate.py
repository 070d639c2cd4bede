"""Bad input: the message names the argument, what came and what was expected, and nothing has changed."""

import numpy as np
import pytest

from nblib import Network, Perceptron, activations, gates, gradcheck, validate
from nblib.chain import Chain
from nblib.perceptron import margin, widest_margin
from nblib.runs import backprop_run
from nblib.runs.backprop_run import truth_table

NAN, INF = float("nan"), float("inf")
X, LABELS = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [1, 0]


class Fixture:
    """A network and a perceptron of three inputs, and every call that takes data."""

    def __init__(self):
        self.network = Network([3, 4, 10], seed=1)
        self.perceptron = Perceptron(3)
        self.perceptron.weights, self.perceptron.bias = np.array([1.0, 2.0, 3.0]), 4.0
        self.chain = Chain(1.5, -0.7, 2.0, -0.58)
        self.before = self.state()

    def state(self):
        arrays = [*self.network.weights, *self.network.biases, self.perceptron.weights]
        return [array.tobytes() for array in arrays], self.perceptron.bias, self.chain

    def refuses(self, call, error, words, name=""):
        with pytest.raises((ValueError, TypeError)) as caught:
            call(self)
        assert caught.type is error, repr(caught.value)
        message = str(caught.value)
        assert message.startswith(name), message
        assert all(word in message for word in words), message
        assert self.state() == self.before


@pytest.fixture
def things():
    return Fixture()


# -- data -------------------------------------------------------------------------------------

TAKES_ROWS_OR_ONE = {
    "feedforward": lambda t, x: t.network.feedforward(x),
    "predict": lambda t, x: t.network.predict(x),
    "Perceptron.predict": lambda t, x: t.perceptron.predict(x),
    "Perceptron.weighted_input": lambda t, x: t.perceptron.weighted_input(x),
}
TAKES_ONE_AND_Y = {
    "accuracy": lambda t, x, y=LABELS: t.network.accuracy(x, y),
    "cost": lambda t, x, y=LABELS: t.network.cost(x, y),
    "backprop": lambda t, x, y=LABELS: t.network.backprop(x, y),
    "trace": lambda t, x, y=LABELS: t.network.trace(x, y),
    "update_mini_batch": lambda t, x, y=LABELS: t.network.update_mini_batch(x, y, 1.0),
    "gradcheck.compare": lambda t, x, y=LABELS: gradcheck.compare(t.network, x, y),
}
TAKES_ROWS_AND_Y = {
    "sgd": lambda t, x, y=LABELS: t.network.sgd(x, y, 1, 1, 1.0),
    "sgd validation": lambda t, x, y=LABELS: t.network.sgd(X, LABELS, 1, 1, 1.0, validation=(x, y)),
}
TAKES_ROWS_AND_BITS = {
    "Perceptron.fit": lambda t, x, y=LABELS: t.perceptron.fit(x, y),
    "margin": lambda t, x, y=LABELS: margin(x, y, [1, 2, 3], 4),
    "widest_margin": lambda t, x, y=LABELS: widest_margin(x, y),
}
EVERY_X = TAKES_ROWS_OR_ONE | TAKES_ONE_AND_Y | TAKES_ROWS_AND_Y | TAKES_ROWS_AND_BITS
KNOWS_ITS_FEATURES = {name: call for name, call in EVERY_X.items() if name != "widest_margin"}
WANTS_2_D = TAKES_ROWS_AND_Y | TAKES_ROWS_AND_BITS


def of(name, argument):
    """Return how a message begins that is about an argument of a call."""
    return f"validation {argument} must" if name == "sgd validation" else f"{argument} must"


def each(*groups):
    """Give a test every call of the groups, with what each group refuses: an argument, an error, words."""
    cases = [
        (call, name, *case) for calls, refused in groups for name, call in calls.items() for case in refused
    ]
    ids = [f"{name}-{str(value)[:20]}" for _, name, value, *_ in cases]
    return pytest.mark.parametrize(("call", "name", "value", "error", "words"), cases, ids=ids)


BAD_X = [
    ([[1, NAN, 3], [4, 5, 6]], ValueError, ["finite", "nan", "index 0, 1"]),
    ([[1, 2, 3], [4, 5, INF]], ValueError, ["finite", "inf", "index 1, 2"]),
    ([[1, 2, 3], [-INF, 5, 6]], ValueError, ["finite", "-inf", "index 1, 0"]),
    ([["a", "b", "c"], ["d", "e", "f"]], TypeError, ["real numbers", "<U1"]),
    ([["1", "2", "3"], ["4", "5", "6"]], TypeError, ["real numbers", "<U1"]),
    ("abc", TypeError, ["real numbers", "'abc'"]),
    (None, TypeError, ["real numbers", "None"]),
    ([[1, 2, 3], [4, 5]], ValueError, ["rows have different lengths"]),
    ([[1j, 2, 3], [4, 5, 6]], TypeError, ["real numbers", "complex128"]),
    ([[{}, 2, 3], [4, 5, 6]], TypeError, ["real numbers", "object"]),
    (7, ValueError, ["2-D", "one example per row", "()"]),
    (np.ones((2, 1, 3)), ValueError, ["2-D", "one example per row", "(2, 1, 3)"]),
    (np.ones((0, 3)), ValueError, ["at least one example", "none"]),
]


@each(
    (EVERY_X, BAD_X),
    (
        KNOWS_ITS_FEATURES,
        [(np.ones((2, n)), ValueError, [f"3 features per row, got {n}"]) for n in (0, 1, 2, 4)],
    ),
    (TAKES_ROWS_OR_ONE, [([1, 2], ValueError, ["3 features per row, got 2"])]),
    (WANTS_2_D, [([1, 2, 3], ValueError, ["2-D", "one example per row", "(3,)"])]),
)
def test_x_that_does_not_fit_is_refused(things, call, name, value, error, words):
    things.refuses(lambda t: call(t, value), error, words, of(name, "x"))


@pytest.mark.parametrize("name", TAKES_ONE_AND_Y)
def test_one_example_with_the_wrong_number_of_features_is_refused(things, name):
    words = ["3 features per row, got 2"]
    things.refuses(lambda t: TAKES_ONE_AND_Y[name](t, [1, 2], 1), ValueError, words, "x must")


def test_a_number_too_large_for_float32_is_refused_and_not_made_infinite(things):
    things.refuses(
        lambda t: t.network.feedforward([[1, 2, 1e39]]), ValueError, ["finite", "index 0, 2"], "x must"
    )
    assert Network([3, 2], dtype=np.float64).feedforward([[1, 2, 1e39]]).shape == (1, 2)


# -- labels and targets -----------------------------------------------------------------------

TAKES_DIGITS = TAKES_ONE_AND_Y | TAKES_ROWS_AND_Y
TAKES_Y = TAKES_DIGITS | TAKES_ROWS_AND_BITS
BAD_Y = [
    ([NAN, 1], ValueError, ["finite", "nan", "index 0"]),
    ([1, INF], ValueError, ["finite", "inf", "index 1"]),
    (["a", "b"], TypeError, ["real numbers", "<U1"]),
    (["0", "1"], TypeError, ["real numbers", "<U1"]),
    (None, TypeError, ["real numbers", "None"]),
    ([1j, 0], TypeError, ["real numbers", "complex128"]),
    ([[0], [0, 1]], ValueError, ["rows have different lengths"]),
]


def no_class(largest):
    shown = {10: "10", -1: "-1", 3.5: "3.5", 0.5: "0.5", 1e9: "1e+09"}
    words = f"whole numbers from 0 to {largest}"
    return [([0, wrong], ValueError, [words, f"got {text} at index 1"]) for wrong, text in shown.items()]


@each(
    (TAKES_Y, [*BAD_Y, ([], ValueError, ["at least one label", "none"])]),
    (TAKES_DIGITS, no_class(9)),
    (TAKES_DIGITS, [(np.zeros((2, 9)), ValueError, ["10 targets per row, got 9"])]),
    (TAKES_DIGITS, [(np.zeros((2, 10, 1)), ValueError, ["2-D", "(n, 10)", "(2, 10, 1)"])]),
    (TAKES_DIGITS, [(3, ValueError, ["2-D", "(n, 10)", "()"])]),
    (TAKES_ROWS_AND_BITS, no_class(1)),
    (TAKES_ROWS_AND_BITS, [([2, 0], ValueError, ["whole numbers from 0 to 1", "got 2 at index 0"])]),
    (TAKES_ROWS_AND_BITS, [([[0], [1]], ValueError, ["1-D with one label per example", "(2, 1)"])]),
)
def test_y_that_does_not_fit_is_refused(things, call, name, value, error, words):
    things.refuses(lambda t: call(t, X, value), error, words, of(name, "y"))


@each((TAKES_Y, [([0] * n, ValueError, ["same length", f"got 2 and {n}"]) for n in (1, 3)]))
def test_x_and_y_of_different_length_are_refused(things, call, name, value, error, words):
    names = "validation x and validation y" if name == "sgd validation" else "x and y"
    things.refuses(lambda t: call(t, X, value), error, words, names)


# -- shapes in words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "shape", "advice"),
    [
        (784, (784, 1), ": if it is a single example, take x.reshape(1, 784)"),
        (784, (28, 28), ": if it is a single example, take x.reshape(1, 784)"),
        (784, (1, 28, 28), ": if it is a single example, take x.reshape(1, 784)"),
        (784, (5, 28, 28), ": for one example per row, take x.reshape(5, 784)"),
        (784, (5, 784, 1), ": for one example per row, take x.reshape(5, 784)"),
        (784, (784, 5), ": if each column is one example, take x.T"),
        (784, (784,), ": for a single example, take x[None]"),
        (1, (5,), ": for one number per example, take x[:, None]"),
        (784, (5,), ""),
        (784, (5, 783), ""),
        (784, (), ""),
        (3, (2, 2, 2), ""),
    ],
)
def test_the_usual_slips_in_the_shape_of_x_get_their_cure(n, shape, advice):
    with pytest.raises(ValueError) as caught:
        Network([n, 10]).data(np.zeros(shape), [0] * 5)
    assert str(caught.value).endswith(f"{shape[1] if len(shape) == 2 else shape}{advice}")
    if "take x" in advice:
        x = eval(advice.partition("take ")[2], {"x": np.zeros(shape)})  # what is advised is right
        assert x.shape == (x.size // n, n)


@pytest.mark.parametrize(
    ("n", "shape", "words"),
    [
        (10, (5, 1), "y must have 10 targets per row, got 1: for labels, take y[:, 0]"),
        (10, (10, 5), "y must have 10 targets per row, got 5: if each column is one example, take y.T"),
        (10, (5, 10, 1), "got shape (5, 10, 1): for one example per row, take y.reshape(5, 10)"),
        (10, (5, 9), "y must have 10 targets per row, got 9"),
        (1, (5, 2), "y must have 1 targets per row, got 2"),
    ],
)
def test_the_usual_slips_in_the_shape_of_y_get_their_cure(n, shape, words):
    network = Network([3, n])
    with pytest.raises(ValueError) as caught:
        network.cost(np.zeros((5, 3)), np.zeros(shape))
    assert str(caught.value).endswith(words)
    if "take y" in words:
        y = eval(words.partition("take ")[2], {"y": np.zeros(shape)})
        assert network.data(np.zeros((5, 3)), y)[1].shape == (5, 10)


@pytest.mark.parametrize(
    ("shape", "advice"),
    [
        ((2, 1), ": for labels, take y[:, 0]"),
        ((1, 5), ": for labels, take y[0]"),
        ((2, 2), ": for labels out of one-hot rows, take y.argmax(axis=1)"),
        ((), ": for one example, take [y]"),
        ((2, 3), ""),
    ],
)
def test_the_usual_slips_in_the_shape_of_labels_get_their_cure(things, shape, advice):
    words = [f"got shape {shape}{advice}"]
    things.refuses(lambda t: t.perceptron.fit(X, np.zeros(shape)), ValueError, words, "y must be 1-D")


def test_one_image_that_lies_in_two_dimensions_is_told_how_to_lie_in_one():
    with pytest.raises(ValueError, match=r"shape \(784,\), got shape \(28, 28\): take image.reshape\(784\)$"):
        validate.row("image", np.zeros((28, 28)), 784)


ONE_OUTPUT = {
    "accuracy": lambda network, y: network.accuracy([[1.0]] * 2, y),
    "cost": lambda network, y: network.cost([[1.0]] * 2, y),
    "backprop": lambda network, y: network.backprop([[1.0]] * 2, y),
    "sgd": lambda network, y: network.sgd([[1.0]] * 2, y, 1, 1, 1.0),
}


@pytest.mark.parametrize("call", ONE_OUTPUT.values(), ids=ONE_OUTPUT)
@pytest.mark.parametrize("y", [[1, 2], [2, 2], [-1, 1], [0.3, 0.7]])
def test_labels_for_one_output_are_0_or_1(call, y):
    with pytest.raises(ValueError, match=r"y must hold whole numbers from 0 to 1, got .* y\[:, None\]$"):
        call(Network([1, 1]), y)
    targets = Network([1, 1]).data([[1.0]] * 2, np.array(y)[:, None])[1]  # targets may be any numbers
    assert targets.tolist() == np.array(y, np.float32)[:, None].tolist()


# -- arrays that say more than their numbers --------------------------------------------------


class Quantity(np.ndarray):
    """What libraries of units have: numbers, and what they are numbers of."""

    unit = "volt"


MASKED = np.ma.masked_array(np.ones((2, 3)), mask=[[0, 1, 0], [0, 0, 0]])
MORE = {
    "mask": (MASKED, "without a mask, got one in which 1 of 6 numbers are masked"),
    "rows with masks": (list(MASKED), "without a mask, got one in which 1 of 3 numbers are masked"),
    "masked in a list": (
        [[1, np.ma.masked, 2], [1, 2, 3]],
        "without a mask, got one in which 1 of 1 numbers",
    ),
    "unit": (np.ones((2, 3)).view(Quantity), "plain array, got Quantity, which says more than its numbers"),
    "rows with units": (tuple(np.ones((2, 3)).view(Quantity)), "plain array, got Quantity"),
}


@pytest.mark.parametrize("kind", MORE)
@pytest.mark.parametrize("name", EVERY_X)
def test_an_array_that_says_more_than_its_numbers_is_refused(things, name, kind):
    value, words = MORE[kind]
    things.refuses(lambda t: EVERY_X[name](t, value), TypeError, [words], of(name, "x"))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda masked: activations.sigmoid(masked), "z"),
        (lambda masked: Perceptron(3).fit(X, masked), "y"),
        (lambda masked: Network([3, 10]).accuracy(X, masked), "y"),
        (lambda masked: gradcheck.compare(Network([3, 10]), X, LABELS, h=masked[1]), "h"),
        (lambda masked: Network([3, 10], seed=masked[1]), "seed"),
        (lambda masked: Network([masked[1], 10]), "sizes[0]"),
        (lambda masked: gates.Unit(masked, 1), "weights"),
        (lambda masked: Chain(1, 2, masked, 3), "w2"),
    ],
)
def test_labels_and_numbers_that_are_masked_are_refused(call, name):
    with pytest.raises(TypeError) as caught:
        call(np.ma.masked_array([1, 1], mask=[0, 1]))
    assert str(caught.value).startswith(f"{name} must be an array without a mask")


def test_arrays_that_hold_nothing_but_numbers_are_welcome(tmp_path):
    x = np.arange(6.0).reshape(2, 3)
    mapped = np.memmap(tmp_path / "x", mode="w+", shape=x.shape)
    mapped[:] = x
    for alike in (
        x.view(np.matrix),
        mapped,
        np.ma.masked_array(x),
        np.ma.masked_array(x, mask=np.zeros((2, 3))),
    ):
        np.testing.assert_array_equal(validate.rows("x", alike, 3), x)


def test_an_object_that_will_not_become_an_array_is_told_of():
    class Moody:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("not today")

    with pytest.raises(TypeError, match="x must hold real numbers, got Moody, which is no array: not today"):
        validate.real("x", Moody())


# -- numbers ----------------------------------------------------------------------------------

TAKES_ETA = {
    "sgd": lambda t, eta: t.network.sgd(X, LABELS, 1, 1, eta),
    "update_mini_batch": lambda t, eta: t.network.update_mini_batch(X, LABELS, eta),
    "Perceptron.fit": lambda t, eta: t.perceptron.fit(X, LABELS, eta=eta),
    "Chain.descend": lambda t, eta: t.chain.descend(0.8, 1.0, eta=eta, steps=1),
}


NO_ETA = [
    (0, ValueError, ["greater than 0, got 0"]),
    (-0.5, ValueError, ["greater than 0, got -0.5"]),
    (NAN, ValueError, ["finite", "nan"]),
    (INF, ValueError, ["finite", "inf"]),
    ("fast", TypeError, ["real numbers", "'fast'"]),
    ("0.5", TypeError, ["real numbers", "'0.5'"]),
    (None, TypeError, ["real numbers", "None"]),
    ([0.5], TypeError, ["a single number", "(1,)"]),
    (1j, TypeError, ["real numbers", "1j"]),
]


@each((TAKES_ETA, NO_ETA))
def test_a_learning_rate_is_a_number_above_zero(things, call, name, value, error, words):
    things.refuses(lambda t: call(t, value), error, words, "eta must")


def sgd(**options):
    return lambda t, value, name: t.network.sgd(
        **{"x": X, "y": LABELS, "epochs": 1, "mini_batch_size": 1, "eta": 1.0} | options | {name: value}
    )


WHOLE = {
    ("epochs", 1): sgd(),
    ("mini_batch_size", 1): sgd(),
    ("seed", 0): sgd(),
    ("seed of Network", 0): lambda t, value, name: Network([2, 2], seed=value),
    ("seed of fit", 0): lambda t, value, name: t.perceptron.fit(X, LABELS, seed=value),
    ("max_epochs", 1): lambda t, value, name: t.perceptron.fit(X, LABELS, max_epochs=value),
    ("n_inputs", 1): lambda t, value, name: Perceptron(value),
    ("iterations", 1): lambda t, value, name: widest_margin(X, LABELS, iterations=value),
    ("most", 1): lambda t, value, name: gradcheck.compare(t.network, X, LABELS, most=value),
    ("seed of compare", 0): lambda t, value, name: gradcheck.compare(t.network, X, LABELS, seed=value),
    ("steps", 1): lambda t, value, name: t.chain.descend(0.8, 1.0, eta=1.0, steps=value),
    ("sizes[1]", 1): lambda t, value, name: Network([2, value, 2]),
    ("n", 1): lambda t, value, name: gates.all_inputs(value),
    ("a", 0): lambda t, value, name: gates.add(value, 1),
    ("n_bits", 1): lambda t, value, name: gates.add(0, 1, n_bits=value),
}


@pytest.mark.parametrize(("name", "least"), WHOLE)
def test_a_count_is_a_whole_number_that_is_large_enough(things, name, least):
    call, name_of = WHOLE[name, least], name.split(" of ")[0]
    for small in (least - 1, -5):
        words = [f"at least {least}, got {small}"]
        things.refuses(lambda t, value=small: call(t, value, name_of), ValueError, words, f"{name_of} must")
    for value in (2.5, 2.0, "10", None, True, [3], NAN, np.bool_(1)):
        words = ["a whole number", f"got {value!r}"]
        things.refuses(lambda t, value=value: call(t, value, name_of), TypeError, words, f"{name_of} must")


def test_whole_numbers_of_numpy_are_whole_numbers(things):
    assert len(list(sgd()(things, np.int64(2), "epochs"))) == 2
    assert Network(np.array([2, 3])).sizes == [2, 3]
    assert all(type(size) is int for size in Network(np.array([2, 3])).sizes)


@pytest.mark.parametrize("h", [0, -1e-5, NAN, "small"])
def test_the_distance_of_the_gradient_check_is_above_zero(things, h):
    words = ["greater than 0"] if h in (0, -1e-5) else []
    error = TypeError if h == "small" else ValueError
    things.refuses(lambda t: gradcheck.compare(t.network, X, LABELS, h=h), error, words, "h must")


# -- choices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("activation", ["step", "sigmoid", "tanh", "relu", "elu", "arctan"]),
        ("cost", ["quadratic", "cross_entropy"]),
        ("init", ["normal", "scaled"]),
    ],
)
@pytest.mark.parametrize("value", ["unheard of", "Sigmoid", "", None, 3, ["sigmoid"]])
def test_an_unknown_name_is_answered_with_the_known_ones(things, name, known, value):
    words = [repr(entry) for entry in known] + [f"got {value!r}"]
    things.refuses(lambda t: Network([2, 2], **{name: value}), ValueError, words, f"{name} must be one of")


def test_other_choices_are_answered_with_the_known_ones_too(things):
    words = ["'given'", "'shuffled'", "'random'"]
    things.refuses(lambda t: t.perceptron.fit(X, LABELS, order="random"), ValueError, words, "order must")
    words = ["'w1'", "'b1'", "'w2'", "'b2'", "'w3'"]
    things.refuses(lambda t: t.chain.nudge("w3", 0.1), ValueError, words, "name must")


@pytest.mark.parametrize("activation", ["step", "tanh", "relu", "elu", "arctan"])
def test_cross_entropy_wants_the_sigmoid(things, activation):
    words = ["'cross_entropy'", "'sigmoid'", repr(activation)]
    things.refuses(
        lambda t: Network([2, 2], activation, cost="cross_entropy"),
        ValueError,
        words,
        "cost 'cross_entropy' needs",
    )


def test_the_output_layer_may_have_an_activation_of_its_own(things):
    assert Network([2, 2], "tanh", "cross_entropy", output="sigmoid").output.name == "sigmoid"
    words = ["'sigmoid'", "'relu'", "got 'softmax'"]
    things.refuses(lambda t: Network([2, 2], output="softmax"), ValueError, words, "output must be one of")


@pytest.mark.parametrize("dtype", [np.float16, None, np.int32, complex, "int", "no type", object, "f8,f8", 3])
def test_numbers_are_float32_or_float64(things, dtype):
    words = ["numpy.float32 or numpy.float64", repr(dtype)]
    things.refuses(lambda t: Network([2, 2], dtype=dtype), ValueError, words, "dtype must")


@pytest.mark.parametrize("dtype", ["float32", np.dtype("f8"), float, "<f4" if np.little_endian else ">f4"])
def test_the_type_may_be_given_in_every_way_numpy_knows(dtype):
    assert Network([2, 2], dtype=dtype).weights[0].dtype == np.dtype(dtype)


@pytest.mark.parametrize("sizes", [[], [784], (3,), 784, None, np.array(3), {}])
def test_a_network_has_at_least_two_layers(things, sizes):
    words = ["at least two layers", f"got {sizes!r}"]
    things.refuses(lambda t: Network(sizes), ValueError, words, "sizes must")


@pytest.mark.parametrize("size", [[3, 1], "3", 3.0, NAN])
def test_the_size_of_a_layer_is_a_whole_number(things, size):
    words = ["whole number", f"got {size!r}"]
    things.refuses(lambda t: Network([2, size]), TypeError, words, "sizes[1] must")


@pytest.mark.parametrize(
    ("pair", "error", "words"),
    [
        (X, ValueError, ["validation y", "3"]),  # two rows are taken for a pair
        (np.array(X), TypeError, ["validation must be a pair (x, y), got ndarray"]),
        ((X, LABELS, X), TypeError, ["validation must be a pair (x, y), got tuple"]),
        ((X,), TypeError, ["validation must be a pair (x, y), got tuple"]),
        ("xy", TypeError, ["validation must be a pair (x, y), got str"]),
        (({}, LABELS), TypeError, ["validation x must", "real numbers"]),
        ((X, [0, 10]), ValueError, ["validation y must", "got 10 at index 1"]),
        ((X, LABELS[:1]), ValueError, ["validation x and validation y", "got 2 and 1"]),
    ],
    ids=str,
)
def test_validation_data_are_a_pair_that_fits(things, pair, error, words):
    things.refuses(lambda t: sgd()(t, pair, "validation"), error, [] if pair is X else words)


# -- units, lines, chains ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gates.Unit([], 1), ValueError, ["weights must", "(n,)", "(0,)"]),
        (lambda: gates.Unit([[1, 1]], 1), ValueError, ["weights must", "(n,)", "(1, 2)"]),
        (lambda: gates.Unit([1, NAN], 1), ValueError, ["weights must", "finite", "index 1"]),
        (lambda: gates.Unit(["1"], 1), TypeError, ["weights must", "real numbers"]),
        (lambda: gates.Unit([1], INF), ValueError, ["threshold must", "finite"]),
        (lambda: gates.Unit([1], [1]), TypeError, ["threshold must", "single number"]),
        (lambda: gates.Unit([1], None), TypeError, ["threshold must", "None"]),
        (lambda: margin(X, LABELS, [1, 2], 0), ValueError, ["x must", "2 features", "3"]),
        (lambda: margin(X, LABELS, [1, 2, NAN], 0), ValueError, ["weights must", "nan"]),
        (lambda: margin(X, LABELS, [1, 2, 3], "b"), TypeError, ["bias must", "'b'"]),
        (lambda: Chain(1, 2, NAN, 3), ValueError, ["w2 must", "nan"]),
        (lambda: Chain("1", 2, 3, 4), TypeError, ["w1 must", "'1'"]),
        (lambda: Chain(1, 2, 3, 4).run(NAN, 0), ValueError, ["a0 must", "nan"]),
        (lambda: Chain(1, 2, 3, 4).run(0, "y"), TypeError, ["y must", "'y'"]),
        (lambda: Chain(1, 2, 3, 4).run([1, 2], [1]), ValueError, ["a0 and y must", "(2,) and (1,)"]),
        (lambda: Chain(1, 2, 3, 4).cost([1, 2], 1), ValueError, ["a0 and y must", "(2,) and ()"]),
        (lambda: Chain(1, 2, 3, 4).gradient([], []), ValueError, ["a0 and y must", "(0,) and (0,)"]),
        (
            lambda: Chain(1, 2, 3, 4).gradient([[1]], [[1]]),
            ValueError,
            ["a0 and y must", "(1, 1) and (1, 1)"],
        ),
        (lambda: Chain(1, 2, 3, 4).nudge("w1", INF), ValueError, ["h must", "inf"]),
        (lambda: activations.by_name(None), ValueError, ["activation must", "None"]),
    ],
)
def test_bad_units_lines_and_chains_are_refused(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


# -- what a backprop returns ---------------------------------------------------------------------


NETWORK = Network([2, 3, 1], dtype=np.float64)
DOORS = {
    "sgd": lambda backprop: next(NETWORK.sgd(*truth_table(2, 1), 1, 4, 0.5, backprop=backprop)),
    "recorded run": lambda backprop: backprop_run.run([2, 3, 1], updates=1, backprop=backprop),
    "gradcheck": lambda backprop: gradcheck.compare(
        type("Own", (Network,), {"backprop": backprop})([2, 3, 1]), *truth_table(2, 1)
    ),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda w, b: None, "backprop must return the pair (nabla_weights, nabla_biases), got None"),
        (lambda w, b: (w,), "backprop must return the pair (nabla_weights, nabla_biases), got ([array"),
        (lambda w, b: (None, b), "nabla_weights must be a list of arrays, got None"),
        (lambda w, b: (w[:1], b), "nabla_weights must be 2 arrays, got 1"),
        (lambda w, b: (w, [*b, b[0]]), "nabla_biases must be 2 arrays, got 3"),
        (lambda w, b: ([w[0].T, w[1]], b), "nabla_weights[0] must have shape (3, 2), got (2, 3)"),
        (lambda w, b: (w, [b[0], b[1][:, None]]), "nabla_biases[1] must have shape (1,), got (1, 1)"),
        (lambda w, b: (w, ["a", b[1]]), "nabla_biases[0] must hold real numbers, got 'a'"),
    ],
)
def test_what_a_backprop_must_return_is_said_alike_at_every_door(door, returned, message):
    before = [array.copy() for array in NETWORK.weights + NETWORK.biases]
    with pytest.raises((ValueError, TypeError)) as caught:
        DOORS[door](lambda network, x, y: returned(network.weights, network.biases))
    assert str(caught.value).startswith(message)
    for one, other in zip(NETWORK.weights + NETWORK.biases, before, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("number", [NAN, INF])
def test_gradients_that_are_not_finite_move_no_weight_but_are_recorded_and_compared(number):
    def spoilt(network, x, y):
        return [w * 0 + number for w in network.weights], [b * 0 for b in network.biases]

    before = [w.copy() for w in NETWORK.weights]
    with pytest.raises(ValueError, match=r"nabla_weights\[0\] must hold finite numbers"):
        DOORS["sgd"](spoilt)
    for one, other in zip(NETWORK.weights, before, strict=True):
        np.testing.assert_array_equal(one, other)
    record, check = DOORS["recorded run"](spoilt), DOORS["gradcheck"](spoilt)
    np.testing.assert_array_equal(record.nabla_weights[0][0], number)
    assert check.worst.error == INF


# -- what the checks return -------------------------------------------------------------------


def test_good_values_come_back_in_the_form_the_code_relies_on():
    np.testing.assert_array_equal(validate.rows("x", [[1, 2]], 2), [[1.0, 2.0]])
    assert validate.rows("x", [[1, 2]], 2, np.float32).dtype == np.float32
    labels = validate.labels("y", [0.0, 9.0], 10)
    assert labels.dtype == np.int64
    assert labels.tolist() == [0, 9]
    assert type(validate.number("h", np.float32(0.5))) is type(validate.positive("h", 1)) is float
    assert type(validate.whole("n", np.int8(3), at_least=3)) is int
    assert validate.vector("w", [1, 2], length=2).dtype == np.float64
    with pytest.raises(ValueError, match=r"w must have shape \(3,\), got shape \(2,\)"):
        validate.vector("w", [1, 2], length=3)


def test_data_of_the_right_type_are_not_copied():
    x = np.ones((2, 3), np.float32)
    assert validate.finite("x", x, np.float32) is x
    assert validate.rows("x", x, 3, np.float32) is x
