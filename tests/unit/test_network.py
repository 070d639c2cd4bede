"""The network: forwards neuron by neuron, backwards against differences and index by index."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import oracle
from nblib import Network
from nblib.classifier import Classifier

KINKED = {"relu": 1e-3, "elu": 1e-3}  # how far from 0 every z has to stay for differences to be fair


@st.composite
def networks(draw, activations=("sigmoid", "tanh", "arctan", "elu", "relu")):
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    activation = draw(st.sampled_from(activations))
    output = draw(st.sampled_from([None, "sigmoid"]))
    # what hidden neurons without limits add up to saturates the outputs, where differences of ln a are rough
    any_cost = activation == "sigmoid" or (output, activation) == ("sigmoid", "tanh")
    cost = draw(st.sampled_from(["quadratic", "cross_entropy"])) if any_cost else "quadratic"
    init, seed = draw(st.sampled_from(["normal", "scaled"])), draw(st.integers(0, 10_000))
    return Network(sizes, activation, cost, init, seed, np.float64, output)


@st.composite
def networks_with_data(draw, labels=False, **options):
    """A float64 network and a batch of 1 to 6 examples, far enough from the kinks of the activation."""
    network = draw(networks(**options))
    n, rng = draw(st.integers(1, 6)), np.random.default_rng(draw(st.integers(0, 10_000)))
    x = rng.uniform(-1, 1, (n, network.sizes[0]))
    if labels:
        y = rng.integers(0, network.sizes[-1], n) if network.sizes[-1] > 1 else rng.integers(0, 2, n)
    else:
        y = rng.uniform(0, 1, (n, network.sizes[-1]))
    return network, x, y


def as_targets(network, y):
    if np.ndim(y) == 2:
        return y
    if network.sizes[-1] == 1:
        return [[label] for label in y]
    return [[float(k == label) for k in range(network.sizes[-1])] for label in y]


def all_close(ours, theirs, **tolerance):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, **tolerance)


# -- parameters -------------------------------------------------------------------------------


def test_weights_have_one_row_per_neuron_and_one_column_per_neuron_before():
    network = Network([5, 8, 2])
    assert [w.shape for w in network.weights] == [(8, 5), (2, 8)]
    assert [b.shape for b in network.biases] == [(8,), (2,)]
    assert repr(network) == "Network(5-8-2, sigmoid, quadratic, float32)"
    other = Network([5, 8, 2], "relu", "cross_entropy", output="sigmoid")
    assert repr(other) == "Network(5-8-2, relu, sigmoid output, cross_entropy, float32)"


@pytest.mark.parametrize(
    ("sizes", "count"), [([784, 16, 10], 12_730), ([784, 30, 10], 23_860), ([1, 1], 2), ([2, 3, 1], 13)]
)
def test_the_parameters_are_counted(sizes, count):
    assert Network(sizes).n_parameters == count


def test_initial_weights_and_biases_are_drawn_from_a_normal_distribution():
    network = Network([400, 300, 200], dtype=np.float64)
    for array in (*network.weights, *network.biases):
        assert abs(array.mean()) < 5 / np.sqrt(array.size)
        assert abs(array.std() - 1) < 5 / np.sqrt(2 * array.size)


@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=4),
    seed=st.integers(0, 2**32),
)
def test_every_init_and_type_has_the_same_random_numbers(sizes, seed):
    normal = Network(sizes, seed=seed, dtype=np.float64)
    scaled = Network(sizes, init="scaled", seed=seed, dtype=np.float64)
    for l, n_in in enumerate(sizes[:-1]):
        np.testing.assert_allclose(scaled.weights[l] * np.sqrt(n_in), normal.weights[l], rtol=1e-14)
        np.testing.assert_array_equal(scaled.biases[l], normal.biases[l])
    for init, double in (("normal", normal), ("scaled", scaled)):
        single = Network(sizes, init=init, seed=seed, dtype=np.float32)
        for one, other in zip(single.weights + single.biases, double.weights + double.biases, strict=True):
            assert one.dtype == np.float32
            np.testing.assert_array_equal(one, other.astype(np.float32))


def test_the_first_weights_are_those_of_numpys_generator():
    rng = np.random.default_rng(7)
    network = Network([3, 4, 2], seed=7, dtype=np.float64)
    for w, b in zip(network.weights, network.biases, strict=True):
        np.testing.assert_array_equal(w, rng.standard_normal(w.shape))
        np.testing.assert_array_equal(b, rng.standard_normal(b.shape))


def test_another_seed_gives_other_weights():
    assert (Network([3, 2], seed=0).weights[0] != Network([3, 2], seed=1).weights[0]).all()


@pytest.mark.parametrize("kind", [Network, Classifier])
def test_set_parameters_takes_copies_of_the_right_shapes_only(kind):
    network = kind([2, 3, 2])
    weights, biases = [np.ones((3, 2)), np.full((2, 3), 2.0)], [np.zeros(3), np.array([5.0, 6.0])]
    network.set_parameters(weights, biases)
    weights[0][:] = biases[1][:] = 99
    np.testing.assert_array_equal(network.weights[0], np.ones((3, 2)))
    np.testing.assert_array_equal(network.biases[1], [5, 6])
    assert all(array.dtype == np.float32 for array in network.weights + network.biases)
    for bad, message in (
        (
            ([np.ones((2, 3)), np.ones((2, 3))], biases),
            r"weights\[0\] must have shape \(3, 2\), got \(2, 3\)",
        ),
        ((weights[:1], biases), "weights must be 2 arrays, got 1"),
        ((weights, [np.zeros(3), np.zeros(1)]), r"biases\[1\] must have shape \(2,\), got \(1,\)"),
        ((weights, [np.zeros(3), np.array([np.nan, 0])]), r"biases\[1\] must hold finite numbers, got nan"),
    ):
        with pytest.raises(ValueError, match=message):
            network.set_parameters(*bad)
        np.testing.assert_array_equal(network.weights[0], np.ones((3, 2)))


# -- forwards ---------------------------------------------------------------------------------


@given(case=networks_with_data(activations=("step", "sigmoid", "tanh", "arctan", "elu", "relu")))
def test_feedforward_is_the_loop_over_examples(case):
    network, x, _ = case
    assume(network.activation.name != "step" or is_far_from_kinks(network, x, 1e-9))
    outputs = network.feedforward(x)
    assert outputs.shape == (len(x), network.sizes[-1])
    np.testing.assert_allclose(outputs, oracle.Net.like(network).outputs(x), rtol=1e-12, atol=1e-12)


def is_far_from_kinks(network, x, distance=None):
    distance = KINKED.get(network.activation.name, 0) if distance is None else distance
    return all(np.abs(z).min() > distance for row in x for z in oracle.Net.like(network).forward(row)[0])


@given(case=networks_with_data(labels=True))
def test_one_example_is_treated_as_one_row(case):
    network, x, y = case
    np.testing.assert_array_equal(network.feedforward(x[0]), network.feedforward(x[:1])[0])
    assert network.feedforward(x[0]).shape == (network.sizes[-1],)
    assert type(network.predict(x[0])) is int
    assert network.predict(x[0]) == network.predict(x[:1])[0]
    for single, rows in (
        (network.backprop(x[0], y[0]), network.backprop(x[:1], y[:1])),
        (network.backprop(x[0], as_targets(network, y)[0]), network.backprop(x[:1], y[:1])),
    ):
        all_close(single[0] + single[1], rows[0] + rows[1], rtol=0)
    assert network.cost(x[0], y[0]) == network.cost(x[:1], y[:1])
    assert network.accuracy(x[0], y[0]) == network.accuracy(x[:1], y[:1])
    assert repr(network.trace(x[0], y[0])) == repr(network.trace(x[:1], y[:1]))


def test_the_answer_is_the_brightest_output():
    network = Network([3, 3], dtype=np.float64)
    network.set_parameters([np.eye(3)], [np.zeros(3)])
    x = np.array([[3, 1, 2], [0, 1, 2], [-1, 0, -1]])
    np.testing.assert_array_equal(network.predict(x), [0, 2, 1])
    assert network.accuracy(x, [0, 2, 2]) == pytest.approx(2 / 3)
    assert network.accuracy(x, [[0.9, 0.1, 0], [0, 0.2, 0.8], [0, 1, 0]]) == 1


def test_with_one_output_the_answer_is_whether_it_is_above_a_half():
    network = Network([1, 1], dtype=np.float64)
    network.set_parameters([[[1.0]]], [[0.0]])
    np.testing.assert_array_equal(network.predict([[-0.1], [0.0], [0.1]]), [0, 0, 1])
    assert network.accuracy([[-1], [1], [2]], [0, 1, 0]) == pytest.approx(2 / 3)


@given(case=networks_with_data())
def test_the_cost_is_the_mean_over_the_examples(case):
    network, x, y = case
    assert network.cost(x, y) == pytest.approx(oracle.Net.like(network).mean_cost(x, y), rel=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_numbers_inside_have_the_type_that_was_asked_for(dtype):
    network = Network([3, 4, 2], dtype=dtype)
    x, y = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 1, 1, 0, 1])  # float64 and int64
    trace = network.trace(x, y)
    arrays = [*network.weights, *network.biases, network.feedforward(x), trace.costs]
    for parts in (trace.activations, trace.zs, trace.deltas, trace.nabla_weights, trace.nabla_biases):
        arrays += parts
    arrays.append(network.input_gradient(x, y))
    network.update_mini_batch(x, y, 0.5)
    for array in [*arrays, *network.weights, *network.biases]:
        assert array.dtype == dtype
    assert type(network.cost(x, y)) is type(network.accuracy(x, y)) is float


# -- backwards --------------------------------------------------------------------------------


@settings(max_examples=80)
@given(case=networks_with_data())
def test_backprop_gives_the_slopes_that_differences_measure(case):
    network, x, y = case
    assume(is_far_from_kinks(network, x))
    nabla_weights, nabla_biases = network.backprop(x, y)
    net = oracle.Net.like(network)
    measured = oracle.slopes(lambda: net.mean_cost(x, y), net.parameters)
    largest = max(1.0, *(np.abs(array).max() for array in measured))
    all_close(nabla_weights + nabla_biases, measured, rtol=1e-6, atol=1e-6 * largest)


@given(case=networks_with_data())
def test_a_trace_holds_bp1_to_bp4_of_each_example(case):
    network, x, y = case
    assume(is_far_from_kinks(network, x))
    net, trace = oracle.Net.like(network), network.trace(x, y)
    single = [net.backprop(*pair) for pair in zip(x, y, strict=True)]
    for name in ("activations", "zs", "deltas", "nabla_weights", "nabla_biases"):
        layers = [np.array(rows) for rows in zip(*(getattr(one, name) for one in single), strict=True)]
        expected = [rows.mean(axis=0) for rows in layers] if name.startswith("nabla") else layers
        all_close(getattr(trace, name), expected, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(trace.costs, net.costs(x, y), rtol=1e-9)
    assert repr(trace) == f"Trace({len(x)} examples, mean cost {trace.costs.mean():.4f})"


@given(case=networks_with_data())
def test_the_input_gradient_is_what_differences_measure_for_each_example(case):
    network, x, y = case
    assume(is_far_from_kinks(network, x))
    gradients = network.input_gradient(x, y)  # one for each row, so the sum of the costs is what has them
    (measured,) = oracle.slopes(lambda: oracle.Net.like(network).costs(x, y).sum(), [x])
    assert gradients.shape == x.shape
    np.testing.assert_allclose(gradients, measured, rtol=1e-6, atol=1e-6 * max(1.0, np.abs(measured).max()))


@given(case=networks_with_data(labels=True))
def test_the_input_gradient_of_one_example_is_one_gradient(case):
    network, x, y = case
    rows = network.input_gradient(x, as_targets(network, y))
    for single in (network.input_gradient(x[0], y[0]), network.input_gradient(list(x[0]), y[0])):
        assert single.shape == (network.sizes[0],)
        np.testing.assert_allclose(single, rows[0], rtol=1e-12, atol=1e-15)


@given(case=networks_with_data(labels=True))
def test_a_trace_has_the_gradients_that_backprop_returns(case):
    network, x, y = case
    trace, gradients = network.trace(x, y), network.backprop(x, y)
    all_close(trace.nabla_weights + trace.nabla_biases, gradients[0] + gradients[1], rtol=1e-12, atol=1e-15)


@given(case=networks_with_data())
def test_a_batch_gradient_is_the_mean_of_the_single_ones(case):
    network, x, y = case
    nabla_weights, nabla_biases = network.backprop(x, y)
    single = [network.backprop(*pair) for pair in zip(x, y, strict=True)]
    for ours, part in ((nabla_weights, 0), (nabla_biases, 1)):
        means = [np.mean(parts, axis=0) for parts in zip(*(one[part] for one in single), strict=True)]
        all_close(ours, means, rtol=1e-9, atol=1e-12)


@given(case=networks_with_data(labels=True))
def test_labels_and_one_hot_targets_are_the_same_thing(case):
    network, x, y = case
    targets = as_targets(network, y)
    assert network.cost(x, y) == network.cost(x, targets)
    assert network.accuracy(x, y) == network.accuracy(x, targets)
    by_label, by_target = network.backprop(x, y), network.backprop(x, targets)
    all_close(by_label[0] + by_label[1], by_target[0] + by_target[1], rtol=0)


@given(case=networks_with_data(), eta=st.floats(0.01, 5))
def test_an_update_subtracts_eta_times_the_gradient(case, eta):
    network, x, y = case
    before = [array.copy() for array in network.weights + network.biases]
    arrays = network.weights + network.biases
    nabla_weights, nabla_biases = network.backprop(x, y)
    all_close(network.weights + network.biases, before, rtol=0)  # backprop changes nothing
    network.update_mini_batch(x, y, eta)
    expected = [w - eta * nabla for w, nabla in zip(before, nabla_weights + nabla_biases, strict=True)]
    all_close(network.weights + network.biases, expected, rtol=1e-9, atol=1e-10)
    for array, same in zip(network.weights + network.biases, arrays, strict=True):
        assert array is same  # in place


def test_the_update_of_a_class_of_ones_own_uses_its_own_backprop():
    class Backwards(Network):
        def backprop(self, x, y):
            nabla_weights, nabla_biases = super().backprop(x, y)
            return [-w for w in nabla_weights], [-b for b in nabla_biases]

    x, y = [[0.5, 1.0]], [1]
    plain, backwards = Network([2, 2], dtype=np.float64), Backwards([2, 2], dtype=np.float64)
    start = plain.weights[0].copy()
    plain.update_mini_batch(x, y, 1.0)
    backwards.update_mini_batch(x, y, 1.0)
    np.testing.assert_allclose(backwards.weights[0] - start, start - plain.weights[0], rtol=1e-9)
    assert (plain.weights[0] != start).any()


@pytest.mark.parametrize("target", [-0.1, 1.5])
def test_cross_entropy_takes_targets_from_0_to_1_only(target):
    network = Network([2, 1], cost="cross_entropy", dtype=np.float64)
    with pytest.raises(ValueError, match="y must be from 0 to 1 for cost 'cross_entropy'"):
        network.backprop([[0.0, 1.0]], [[target]])


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_outputs_that_are_no_numbers_answer_nothing_right(n_outputs):
    network = Network([2, n_outputs], activation="relu")
    network.biases[0][:] = np.nan
    x = np.zeros((4, 2))
    assert network.predict(x).tolist() == [-1] * 4
    assert network.predict(x[0]) == -1
    assert network.accuracy(x, [0, 1, 0, 1]) == 0
    if n_outputs > 1:
        network.biases[0][2] = 1.0
        assert network.predict(x[0]) == 2  # what is no number is never the strongest
