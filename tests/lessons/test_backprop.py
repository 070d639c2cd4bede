"""The exercises of notebook 05: right answers in every style pass, and what is wrong is named."""

import copy
from time import process_time

import numpy as np
import pytest

import oracle
from nblib import Network, toydata
from nblib.activations import sigmoid
from nblib.lessons import backprop_exercises as exercises
from nblib.lessons import xor_training
from nblib.lessons.backprop_exercises import (
    backprop,
    backwards,
    input_gradient,
    output_delta,
    quartic_backprop,
    train_xor,
)
from nblib.lessons.compare import show

# -- right answers in other styles ----------------------------------------------------------------


def delta_neuron_by_neuron(inputs, targets):
    rows = []
    for z_row, y_row in zip(inputs, targets, strict=True):
        row = []
        for z, y in zip(z_row, y_row, strict=True):
            a = 1 / (1 + np.exp(-z))
            row.append((a - y) * a * (1 - a))
        rows.append(row)
    return rows


def back_neuron_by_neuron(delta, W, z):
    result = [[0.0] * len(W[0]) for _ in delta]
    for i in range(len(delta)):
        for k in range(len(W[0])):
            total = sum(W[j][k] * delta[i][j] for j in range(len(W)))
            result[i][k] = total * float(sigmoid.derivative(z[i][k]))
    return result


def one_example_after_the_other(net, inputs, targets):
    return oracle.Net.like(net).gradients(inputs, targets)


def in_float32(network, x, y):
    a = [x.astype(np.float32)]
    weights = [W.astype(np.float32) for W in network.weights]
    for W, b in zip(weights, network.biases, strict=True):
        a.append(sigmoid(a[-1] @ W.T + b.astype(np.float32)))
    deltas = [(a[-1] - y.astype(np.float32)) * a[-1] * (1 - a[-1])]
    for l in range(len(weights) - 1, 0, -1):
        deltas.insert(0, deltas[0] @ weights[l] * a[l] * (1 - a[l]))
    result = (
        [
            np.einsum("ij,ik->jk", delta, a_in) / np.float32(len(x))
            for delta, a_in in zip(deltas, a, strict=False)
        ],
        [delta.mean(axis=0) for delta in deltas],
    )
    assert result[0][0].dtype == np.float32
    return result


def in_place_on_its_own_copies(network, x, y):
    x, a = x.copy(), []
    for W, b in zip(network.weights, network.biases, strict=True):
        a.append(x)
        x = x @ W.T
        x += b
        x[...] = sigmoid(x)
    delta = x.copy()
    delta -= y
    delta *= x * (1 - x)
    nabla_weights, nabla_biases = [None] * len(a), [None] * len(a)
    for l in reversed(range(len(a))):
        nabla_weights[l], nabla_biases[l] = delta.T.dot(a[l]) / len(y), np.average(delta, axis=0)
        delta = delta.dot(network.weights[l])
        delta *= a[l]
        delta *= 1 - a[l]
    return [nabla_weights, nabla_biases]


def test_loops_and_lists_pass():
    assert output_delta(delta_neuron_by_neuron)
    assert backwards(back_neuron_by_neuron)
    assert backprop(one_example_after_the_other)


@pytest.mark.parametrize("mine", [in_float32, in_place_on_its_own_copies])
def test_other_styles_of_backprop_pass(mine):
    assert backprop(mine)
    assert backprop.yours is mine


def test_the_short_forms_pass_in_float32():
    def bp1(z, y):
        a = sigmoid(z.astype(np.float32))
        return (a - y.astype(np.float32)) * (a - a * a)

    def bp2(delta, W, z):
        slope = sigmoid.derivative(z.astype(np.float32))
        return (W.T.astype(np.float32) @ delta.T.astype(np.float32)).T * slope

    assert output_delta(bp1)
    assert backwards(bp2)


@pytest.mark.parametrize(
    ("exercise", "cost"),
    [
        (backprop, lambda a, y: np.sum((a - y) ** 2) / 2 / len(y)),
        (quartic_backprop, lambda a, y: np.sum((a - y) ** 4) / 4 / len(y)),
    ],
)
def test_a_measured_gradient_passes(exercise, cost):
    def measured(network, x, y):
        def measure():
            return cost(network.feedforward(x), y)

        return oracle.slopes(measure, network.weights), oracle.slopes(measure, network.biases)

    result = exercise(measured)
    assert result
    assert "It measures them, with at least one forward pass for each knob." in result.says


@pytest.mark.parametrize("mine", [in_float32, one_example_after_the_other])
def test_nothing_else_is_called_measured(mine):
    assert "measures" not in backprop(mine).says


def test_the_slope_along_an_input_is_what_a_nudge_measures():
    def measured(network, x, y):
        nudges = 1e-5 * np.eye(len(x))
        return [(network.cost(x + h, y) - network.cost(x - h, y)) / 2e-5 for h in nudges]

    def through_the_trace(network, x, y):
        return network.trace(x, y).deltas[0][0] @ network.weights[0]

    assert input_gradient(measured)
    assert input_gradient(through_the_trace)


def test_the_numbers_in_the_notebooks_solution():
    small = Network([2, 3, 2], dtype=np.float64)
    small.set_parameters(
        weights=[[[0.5, -1.0], [1.0, 2.0], [-1.5, 1.0]], [[1.0, -2.0, 0.5], [0.5, 1.0, -1.0]]],
        biases=[[0.5, -1.0, 0.0], [0.5, -0.5]],
    )
    slopes = input_gradient.reference(small, np.array([1.0, 0.5]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(slopes, [0.1344, 0.1369], atol=5e-5)


# -- what is wrong is named -----------------------------------------------------------------------


def test_backprop_is_tried_on_several_shapes_and_with_several_examples():
    shapes = [tuple(network.sizes) for network, _, _ in backprop.cases()]
    assert {(2, 1), (2, 3, 1), (3, 4, 2), (3, 2, 4, 1)} <= set(shapes)
    assert sum(len(set(shape)) == 1 for shape in shapes) >= 3
    assert {len(x) for _, x, _ in backprop.cases()} >= {1, 2, 3, 4}


@pytest.mark.parametrize(
    "borrowed",
    [
        Network.backprop,
        lambda network, x, y: network.backprop(x, y),
        lambda network, x, y: (network.trace(x, y).nabla_weights, network.trace(x, y).nabla_biases),
        lambda network, x, y: network.update_mini_batch(x, y, eta=1.0),
    ],
)
def test_the_networks_own_backprop_does_not_count_as_ones_own(borrowed, monkeypatch):
    monkeypatch.setattr(backprop, "yours", None)
    result = backprop(borrowed)
    assert result.says.startswith("Here the network's own backprop, trace and updates are put away")
    assert backprop.yours is None


def test_a_backprop_in_loops_is_checked_at_once():
    began = process_time()
    assert backprop(one_example_after_the_other)
    assert process_time() - began < 0.4


def test_all_networks_of_the_check_are_exact():
    assert all(network.dtype == np.float64 for network, _, _ in backprop.cases())


def in_steps(
    z=lambda W, a: a @ W.T,
    slope=lambda a, z: a * (1 - a),
    blame=lambda W, delta: delta @ W,
    last=lambda error, slope: error * slope,
    layer=0,
):
    """Return a backprop with the given steps; it goes back through the weights of so many layers before."""

    def mine(network, x, y):
        a, zs = [x], [x]
        for W, b in zip(network.weights, network.biases, strict=True):
            zs.append(z(W, a[-1]) + b)
            a.append(sigmoid(zs[-1]))
        deltas = [last(a[-1] - y, slope(a[-1], zs[-1]))]
        for l in range(len(network.weights) - 1, 0, -1):
            deltas.insert(0, blame(network.weights[l - layer], deltas[0]) * slope(a[l], zs[l]))
        m = len(x)
        return [d.T @ a_in / m for d, a_in in zip(deltas, a, strict=False)], [d.mean(axis=0) for d in deltas]

    return mine


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ({"blame": lambda W, d: d @ W.T}, "On the way back W is turned round."),
        ({"z": lambda W, a: a @ W}, "On the way forwards W is turned round."),
        ({"layer": 1}, "BP2 takes the weights of the layer before."),
        ({"slope": lambda a, z: z * (1 - z)}, "The slope is z (1 − z), made of z."),
        ({"slope": lambda a, z: 1}, "σ′ is missing everywhere."),
        (
            {"slope": lambda a, z: sigmoid.derivative(a)},
            "The slope is taken at a where it must be taken at z.",
        ),
        ({"blame": lambda W, d: W.T @ d}, "Wᵀ δ is BP2 for one example, a column."),
        ({"z": lambda W, a: W @ a}, "W a is the forward pass for one example"),
        (
            {"z": lambda W, a: W @ a, "blame": lambda W, d: W.T @ d},
            "W a and Wᵀ δ are the formulas for one example",
        ),
    ],
)
def test_a_wrong_step_is_named_even_where_it_fits_on_square_matrices_only(steps, says):
    assert backprop(in_steps())
    result = backprop(in_steps(**steps))
    assert result.says.startswith(says)
    assert set(dict(result.example)) == {"network", "x", "y", "your answer", "expected"}


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (lambda error, slope: error * slope, "These are the slopes of the old cost."),
        (lambda error, slope: error**2 * slope, "(a − y)² never is negative"),
        (lambda error, slope: error**4 / 4 * slope, "¼ (a − y)⁴, the cost itself, stands in BP1."),
        (lambda error, slope: (error * slope) ** 3, "The power 3 goes round the whole of δ."),
        (lambda error, slope: error**3, "BP1 lacks the slope of the neuron"),
    ],
)
def test_what_becomes_of_the_error_of_the_other_cost_is_named(last, says):
    assert quartic_backprop(in_steps(last=lambda error, slope: error**3 * slope))
    assert quartic_backprop(in_steps(last=last)).says.startswith(says)


def overwritten(network, x, y):
    for i in range(len(x)):
        slopes = backprop.reference(network, x[i : i + 1], y[i : i + 1])
    return tuple([one / len(x) for one in part] for part in slopes)


def slope_of_the_layer_before(network, x, y):
    a = [x]
    for W, b in zip(network.weights, network.biases, strict=True):
        a.append(sigmoid(a[-1] @ W.T + b))
    deltas = [(a[-1] - y) * sigmoid.slope(a[-1])]
    for l in range(len(network.weights) - 1, 0, -1):
        deltas.insert(0, deltas[0] @ network.weights[l] * sigmoid.slope(a[l - 1]))
    return [d.T @ a_in / len(x) for d, a_in in zip(deltas, a, strict=False)], [d.mean(axis=0) for d in deltas]


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        (backprop, overwritten, "Only the last example is left, divided by the number of all"),
        (backprop, slope_of_the_layer_before, "BP2 takes the slope of the layer before."),
        (
            quartic_backprop,
            lambda network, x, y: quartic_backprop.reference(network, x, y)[::-1],
            "The two lists are swapped",
        ),
        (
            quartic_backprop,
            lambda network, x, y: [
                [slope / 4 for slope in part] for part in quartic_backprop.reference(network, x, y)
            ],
            "Every slope is four times too small.",
        ),
    ],
)
def test_slips_of_a_loop_an_index_and_a_factor_are_named(exercise, answer, says):
    assert exercise(answer).says.startswith(says)


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        (
            backwards,
            lambda delta, W, z: W.T @ delta * sigmoid.derivative(z),
            "Wᵀ δ is the formula for one example, a column.",
        ),
        (backwards, lambda delta, W, z: delta @ W.T * sigmoid.derivative(z), "W is turned round."),
        (
            input_gradient,
            lambda network, x, y: network.weights[0] @ network.backprop(x, y)[1][0],
            "W¹ is turned round.",
        ),
    ],
)
def test_a_turned_matrix_is_found_in_the_smaller_exercises(exercise, answer, says):
    assert exercise(answer).says.startswith(says)


@pytest.mark.parametrize("exercise", [backwards, backprop, quartic_backprop], ids=lambda one: one.name)
def test_shapes_that_fit_nowhere_are_explained_with_their_line(exercise):
    def fits_nowhere(first, second, third):
        return np.ones((2, 3)) @ np.ones(17)

    says = exercise(fits_nowhere).says
    assert says.startswith("The shapes do not fit, in the line `return np.ones((2, 3)) @ np.ones(17)`. The")
    assert "here each example is a row" in says
    assert "gufunc" not in says


def test_another_error_keeps_its_words():
    assert backprop(lambda network, x, y: int("x")).says.startswith(
        "It stops with ValueError: invalid literal"
    )


def test_a_failing_example_shows_the_network_with_its_weights():
    result = backprop(lambda network, x, y: ([-W for W in network.weights], network.biases))
    shown = dict(result.example)
    assert shown["network"].splitlines() == [
        "Network(2-1, sigmoid, quadratic, float64)",
        "weights = [[[1.3, -1]]]",
        "biases = [[-0.5]]",
    ]
    assert shown["your answer"] == "nabla_weights: [[[-1.3, 1]]], nabla_biases: [[-0.5]]"


def test_several_matrices_are_shown_below_one_another():
    network = Network([2, 2, 1], dtype=np.float64)
    network.set_parameters([[[1, 2], [3, 4]], [[5, 6]]], [[7, 8], [9]])
    assert show(network).splitlines()[1:] == [
        "weights = [[[1, 2],",
        "            [3, 4]],",
        "           [[5, 6]]]",
        "biases = [[7, 8], [9]]",
    ]


def test_enough_mistakes_are_known():
    small = (output_delta, backwards, input_gradient, quartic_backprop)
    assert len(backprop.mistakes) >= 25
    assert min(len(one.mistakes) for one in small) >= 8


# -- the open end ---------------------------------------------------------------------------------


def recipe(scale, eta, updates=2000):
    def train(network, x, y):
        for W in network.weights:
            W *= scale
        for _ in range(updates):
            network.update_mini_batch(x, y, eta=eta)
        return network

    return train


@pytest.fixture
def few_seeds(monkeypatch):
    monkeypatch.setattr(exercises, "SEEDS", range(1000, 1003))
    monkeypatch.setattr(exercises, "ENOUGH", 3)


def test_small_weights_and_a_large_eta_reach_the_goal(few_seeds):
    """With all 50 seeds, `tests/notebooks/test_handout.py` does: it is the notebook's solution."""
    result = train_xor(recipe(0.2, 16.0))
    assert result
    assert "3 of 3 networks with other seeds come below a cost of 0.01." in result.says


def test_the_plain_start_does_not():
    result = train_xor(recipe(1.0, 4.0))
    assert result.says.startswith(
        "39 of 50 networks with other seeds come below a cost of 0.01; the goal is 43."
    )
    assert "stuck half-way" in result.says


def test_a_start_that_is_only_slow_is_not_called_stuck(few_seeds):
    result = train_xor(recipe(1.0, 1.0))
    assert not result
    assert "too slow" in result.says


def solved_by_hand(network, x, y):
    network.set_parameters([[[20, 20], [-20, -20]], [[20, 20]]], [[-10, 30], [-30]])
    return network


def test_weights_set_by_hand_are_not_learned(few_seeds):
    result = train_xor(solved_by_hand)
    assert result.says.startswith("All 3 networks end with the very same weights, wherever they began")


def asks_the_trace(network, x, y):
    while True:
        network.trace(x, y)


def asks_copies(network, x, y):
    while True:
        copy.deepcopy(network).backprop(x, y)


@pytest.mark.parametrize("train", [asks_the_trace, asks_copies])
def test_every_way_to_the_slopes_counts(train, few_seeds):
    assert train_xor(train).says.startswith("It takes more than 2,000 updates of one network.")


def waits_for_a_cost(network, x, y):
    while network.cost(x, y) > 0.001:
        pass
    return network


def waits_for_nothing(network, x, y):
    while True:
        pass


@pytest.mark.parametrize("train", [waits_for_a_cost, waits_for_nothing])
def test_training_without_end_is_stopped(train, few_seeds, monkeypatch):
    monkeypatch.setattr(xor_training, "SECONDS_EACH", 0.2)
    assert train_xor(train).says.startswith("It was still running after 0.2 seconds")


def test_a_weight_of_another_shape_is_explained(few_seeds):
    def turned(network, x, y):
        network.weights[1] = network.weights[1].T
        return network

    assert train_xor(turned).says == (
        "Its weights and biases must keep their shapes: network.weights[1] must have the shape (1, 2), "
        "got the shape (2, 1)."
    )


def test_the_notebooks_recipe_solves_the_seeds_that_it_was_chosen_on():
    x, labels = toydata.gate("xor")
    networks = [Network([2, 2, 1], seed=seed, dtype=np.float64) for seed in range(10)]
    costs = [recipe(0.2, 16.0)(network, x, labels[:, None]).cost(x, labels) for network in networks]
    assert max(costs) < 0.01


def test_no_seed_of_the_check_is_shown_in_the_notebook():
    assert not set(exercises.SEEDS) & {*range(20), *range(100, 120)}
    assert len(exercises.SEEDS) == 50


def test_an_update_of_ones_own_counts_as_one(few_seeds):
    def momentum(network, x, y):
        parameters = [*network.weights, *network.biases]
        speeds = [np.zeros_like(array) for array in parameters]
        for W in network.weights:
            W *= 0.3
        for _ in range(2000):
            nabla_weights, nabla_biases = network.backprop(x, y)
            for array, speed, nabla in zip(parameters, speeds, [*nabla_weights, *nabla_biases], strict=True):
                speed *= 0.9
                speed -= 2.0 * nabla
                array += speed
        return network

    assert train_xor(momentum).says.startswith("Your recipe trains networks")


@pytest.mark.parametrize(
    ("train", "says"),
    [
        (recipe(0.2, 16.0, updates=2001), "It takes more than 2,000 updates of one network."),
        (recipe(1.0, 0.01), "answer about ½ everywhere"),
        (recipe(0.2, 16.0, updates=150), "Most of the others"),
        (
            lambda network, x, y: network.cost(x, y),
            "train the network that it is given, and return it; got a float",
        ),
        (lambda network, x, y: network.weights.reverse(), "and return it; got None"),
        (lambda network, x, y: Network([2, 3, 1]), "got another Network(2-3-1, sigmoid, quadratic, float32)"),
        (3, "check.train_xor wants your function itself"),
    ],
)
def test_what_a_recipe_may_not_do_and_what_it_lacks(train, says, few_seeds):
    result = train_xor(train)
    assert result.status == "wrong"
    assert says in result.says


def test_a_network_that_blows_up_is_told(few_seeds):
    def explode(network, x, y):
        network.weights[0][:] = np.nan
        return network

    assert "left the scale" in train_xor(explode).says
