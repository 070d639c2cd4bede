"""The exercises of notebook 04: other right answers pass, and wrong ones are told what is wrong."""

import dataclasses
import math

import numpy as np
import pytest

from nblib.activations import sigmoid
from nblib.chain import PARAMETERS, Chain
from nblib.lessons import bumps as last
from nblib.lessons import chain_exercises as lesson

# -- the gradient of the chain, with σ and with tanh ----------------------------------------------


def by_differences(f):
    def gradient(w1, b1, w2, b2, a0, y, h=1e-5):
        def cost(w1, b1, w2, b2):
            return 0.5 * (f(w2 * f(w1 * a0 + b1) + b2) - y) ** 2

        here = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
        return {
            name: (cost(**{**here, name: here[name] + h}) - cost(**{**here, name: here[name] - h})) / (2 * h)
            for name in reversed(here)
        }

    return gradient


def in_float32(f, slope):
    def gradient(*numbers):
        w1, b1, w2, b2, a0, y = map(np.float32, numbers)
        a1 = f(w1 * a0 + b1)
        a2 = f(w2 * a1 + b2)
        d2 = (a2 - y) * slope(a2)
        d1 = d2 * w2 * slope(a1)
        return {"w1": d1 * a0, "b1": d1, "w2": d2 * a1, "b2": d2}

    return gradient


def with_math_alone(p, q, r, s, x, t):
    out = 1 / (1 + math.exp(-p * x - q))
    end = 1 / (1 + math.exp(-r * out - s))
    slopes = {}
    slopes["b2"] = (end - t) * end * (1 - end)
    slopes["w2"] = slopes["b2"] * out
    slopes["b1"] = slopes["b2"] * r * out * (1 - out)
    slopes["w1"] = slopes["b1"] * x
    return slopes


def from_nblib(w1, b1, w2, b2, a0, y):
    return Chain(w1, b1, w2, b2).gradient(a0, y)


@pytest.mark.parametrize(
    ("check", "gradients"),
    [
        (lesson.three_neuron_gradient, [by_differences(sigmoid), with_math_alone, from_nblib]),
        (lesson.three_neuron_gradient, [in_float32(sigmoid, lambda a: a * (1 - a))]),
        (lesson.tanh_chain_gradient, [by_differences(math.tanh), in_float32(np.tanh, lambda a: 1 - a**2)]),
    ],
)
def test_every_right_gradient_passes(check, gradients):
    for gradient in gradients:
        assert check(gradient)


@pytest.mark.parametrize("check", [lesson.three_neuron_gradient, lesson.tanh_chain_gradient])
def test_a_dict_with_the_four_names_is_wanted(check):
    assert "must be a dict, got a tuple" in check(lambda *given: (1.0, 2.0, 3.0, 4.0)).says
    assert "must have the keys 'w1', 'b1', 'w2', 'b2', got 'w1'" in check(lambda *given: {"w1": 1.0}).says


a1, a2 = sigmoid(0.5), sigmoid(2 * sigmoid(0.5) - 0.58)  # as in the first cells of the notebook


def test_the_activations_of_the_notebook_are_told_from_own_ones():
    def global_ones(w1, b1, w2, b2, a0, y):
        d2 = (a2 - y) * a2 * (1 - a2)
        d1 = d2 * w2 * a1 * (1 - a1)
        return {"w1": d1 * a0, "b1": d1, "w2": d2 * a1, "b2": d2}

    says = lesson.three_neuron_gradient(global_ones).says
    assert says.startswith("a1 and a2 are the notebook's, from a cell further up")


@pytest.mark.parametrize(
    ("slope1", "slope2", "says"),
    [
        (-1, -1, "The sign of the second layer is turned round, and that of the first is right."),
        (1, -1, "The sign is turned round in all four."),
        (-1, 1, "The second layer is right, but the sign of the first is turned round."),
    ],
)
def test_a_turned_slope_is_told_from_a_turned_error(slope1, slope2, says):
    def gradient(w1, b1, w2, b2, a0, y):
        own1 = sigmoid(w1 * a0 + b1)
        own2 = sigmoid(w2 * own1 + b2)
        d2 = (own2 - y) * slope2 * own2 * (1 - own2)
        d1 = d2 * w2 * slope1 * own1 * (1 - own1)
        return {"w1": d1 * a0, "b1": d1, "w2": d2 * own1, "b2": d2}

    assert lesson.three_neuron_gradient(gradient).says.startswith(says)


def test_a_wrong_factor_of_one_weight_is_named():
    def gradient(factor1, factor2):
        def with_factors(w1, b1, w2, b2, a0, y):
            g = from_nblib(w1, b1, w2, b2, a0, y)
            own1 = sigmoid(w1 * a0 + b1)
            a = (a0, own1, sigmoid(w2 * own1 + b2))
            return {**g, "w1": g["b1"] * a[factor1], "w2": g["b2"] * a[factor2]}

        return with_factors

    assert lesson.three_neuron_gradient(gradient(0, 1))
    for factor1, factor2, says in [(1, 1, "∂C/∂w1 has the factor a1"), (0, 2, "∂C/∂w2 has the factor a2")]:
        assert lesson.three_neuron_gradient(gradient(factor1, factor2)).says.startswith(says)


def with_a_square(slope_too):
    """Who reads the raised 2 of a² as a power."""

    def gradient(w1, b1, w2, b2, a0, y):
        own1 = sigmoid(w1 * a0 + b1)
        own2 = sigmoid(w2 * own1 + b2)
        slope = own2**2 * (1 - own2**2) if slope_too else own2 * (1 - own2)
        d2 = (own2**2 - y) * slope
        d1 = d2 * w2 * own1 * (1 - own1)
        return {"w1": d1 * a0, "b1": d1, "w2": d2 * own1, "b2": d2}

    return gradient


@pytest.mark.parametrize("slope_too", [False, True])
def test_who_takes_the_number_of_the_layer_for_a_power_is_told(slope_too):
    says = lesson.three_neuron_gradient(with_a_square(slope_too)).says
    assert says.startswith("The raised 2 of a² numbers the layer. You")


def test_every_wrong_derivative_is_named_and_every_right_one():
    def three_wrong(*given):
        g = from_nblib(*given)
        return {"w1": 3 * g["w1"], "b1": g["b1"] + 1, "w2": 0.7 * g["w2"], "b2": g["b2"]}

    says = lesson.three_neuron_gradient(three_wrong).says
    assert says == "'w1', 'b1' and 'w2' are other numbers; 'b2' is right."


def test_no_blame_gets_past_a_weight_of_zero():
    silent = [case for case in lesson.three_neuron_gradient.cases() if case[2] == 0]
    assert silent
    for case in silent:
        gradient = lesson.three_neuron_gradient.reference(*case)
        assert gradient["w1"] == gradient["b1"] == 0 != gradient["w2"]


# -- in ten steps ---------------------------------------------------------------------------------


@pytest.mark.parametrize("eta", [9.9, 99 / 10, np.float32(9.9), np.array(9.9)])
def test_the_smallest_eta_passes(eta):
    result = lesson.smallest_eta(eta)
    assert result
    assert "With η = 9.9 the output comes to 0.9502, with a tenth less to 0.9498." in result.says


@pytest.mark.parametrize(
    ("eta", "says"),
    [
        (9.8, "comes to 0.9498 in ten steps: η is too small"),
        (0.1, "η is too small"),
        (10, "But so does 9.9"),
        (200, "But so does 199.9"),
        (4.95, "a whole number of tenths"),
        (4.999999, "such as 1.2; got 4.999999."),
        (0.04, "a whole number of tenths"),
        (0, "a positive number"),
        (math.nan, "a positive number"),
        ("5", "must be made of numbers"),
    ],
)
def test_another_eta_is_told_what_is_wrong_with_it(eta, says):
    result = lesson.smallest_eta(eta)
    assert result.status == "wrong"
    assert says in result.says


# -- a chain of any length ------------------------------------------------------------------------


def recursive(weights, biases, a0, y):
    def back(layer, a):
        """Return ∂C/∂a and the slopes of this layer and all after it."""
        if layer == len(weights):
            return a - y, [], []
        out = float(sigmoid(weights[layer] * a + biases[layer]))
        blame, dw, db = back(layer + 1, out)
        delta = blame * out * (1 - out)
        return delta * weights[layer], [delta * a, *dw], [delta, *db]

    return back(0, a0)[1:]


def as_one_array(weights, biases, a0, y):
    return np.array(recursive(weights, biases, a0, y))


def long_in_float32(weights, biases, a0, y):
    w, b = np.float32(weights), np.float32(biases)
    a = [np.float32(a0)]
    for layer in range(len(w)):
        a.append(sigmoid(w[layer] * a[-1] + b[layer]))
    delta = a[-1] - np.float32(y)
    nabla = []
    for layer in range(len(w) - 1, -1, -1):
        delta = delta * a[layer + 1] * (1 - a[layer + 1])
        nabla.insert(0, (delta * a[layer], delta))
        delta = delta * w[layer]
    return tuple(zip(*nabla, strict=True))


@pytest.mark.parametrize("gradient", [recursive, as_one_array, long_in_float32])
def test_every_right_gradient_of_a_long_chain_passes(gradient):
    assert lesson.chain_gradient(gradient)


def test_swapped_lists_and_a_slope_one_off_are_told():
    def one_slope_off(weights, biases, a0, y):
        a = [a0]
        for w, b in zip(weights, biases, strict=True):
            a.append(float(sigmoid(w * a[-1] + b)))
        delta, nabla_w, nabla_b = (a[-1] - y) * a[-1] * (1 - a[-1]), [], []
        for l in reversed(range(len(weights))):
            nabla_w.insert(0, delta * a[l])
            nabla_b.insert(0, delta)
            delta *= weights[l] * a[l - 1] * (1 - a[l - 1])
        return nabla_w, nabla_b

    def one_activation_off(weights, biases, a0, y):
        a = [a0]
        for w, b in zip(weights, biases, strict=True):
            a.append(float(sigmoid(w * a[-1] + b)))
        delta = (a[-1] - y) * a[-1] * (1 - a[-1])
        nabla_w, nabla_b = [0.0] * len(weights), [0.0] * len(weights)
        for l in reversed(range(len(weights))):
            nabla_w[l], nabla_b[l] = delta * a[l + 1], delta
            delta = delta * weights[l] * a[l + 1] * (1 - a[l + 1])
        return nabla_w, nabla_b

    off = lesson.chain_gradient(one_activation_off).says
    assert off.startswith("All activations are taken one layer too late.")
    swapped = lesson.chain_gradient(lambda *given: recursive(*given)[::-1])
    assert swapped.says.startswith("Both lists are right, but the other way round")
    assert lesson.chain_gradient(one_slope_off).says.startswith("δ takes the slope of one neuron too early.")


def test_a_function_for_two_layers_only_does_not_pass():
    def two_layers(weights, biases, a0, y):
        g = Chain(weights[0], biases[0], weights[1], biases[1]).gradient(a0, y)
        return [g["w1"], g["w2"]], [g["b1"], g["b2"]]

    assert lesson.chain_gradient(two_layers).says.startswith("It stops with IndexError")


def test_the_long_chain_with_two_layers_is_the_chain_of_the_notebook():
    (w1, w2), (b1, b2) = lesson.chain_gradient.reference([1.5, 2.0], [-0.7, -0.58], 0.8, 1.0)
    expected = Chain(1.5, -0.7, 2.0, -0.58).gradient(0.8, 1.0)
    np.testing.assert_allclose([w1, b1, w2, b2], [expected[name] for name in PARAMETERS], rtol=1e-12)


def test_what_the_notebook_says_of_ten_layers_is_true():
    _, biases = lesson.chain_gradient.reference([1.0] * 10, [0.0] * 10, 0.8, 1.0)
    assert 700_000 < biases[-1] / biases[0] < 800_000


# -- what a chain cannot learn --------------------------------------------------------------------


def search(inputs, targets):
    """Go through signs instead of random starts, and return the first that is good enough."""
    for w1, w2 in ((8, 8), (-8, 8), (8, -8), (-8, -8)):
        for b1 in (4, -4, 0):
            record = Chain(w1, b1, w2, -w2 / 2).descend(inputs, targets, eta=20, steps=1000)
            if record.passes.cost[-1].mean() <= 0.085:
                return record
    return record


def test_a_search_passes_with_the_record_of_its_descent():
    assert last.bump(search)


def test_the_search_of_the_notebook_begins_above_the_goal_and_passes():
    def learn_bump(inputs, targets):
        rng = np.random.default_rng(0)
        for _ in range(20):
            start = Chain(*rng.normal(scale=5, size=4))
            record = start.descend(inputs, targets, eta=20.0, steps=2000)
            if record.passes.cost[-1].mean() <= 0.085:
                break
        return record

    assert last.bump(learn_bump)


def from_one_start(start, eta, steps):
    return lambda inputs, targets: Chain(*start).descend(inputs, targets, eta=eta, steps=steps)


def written_down(inputs, targets, steps=1):
    """A step half way between the first two inputs: 0, ½, ½ or 1, ½, ½, and nothing learned."""
    middle, first = (inputs[0] + inputs[1]) / 2, targets[0]
    start = Chain(400.0, -400 * middle, 20.0 - 40 * first, 40 * first - 20)
    return start.descend(inputs, targets, eta=1e-9, steps=steps)


def end_of(learn):
    def chain_alone(inputs, targets):
        record = learn(inputs, targets)
        return Chain(record.w1[-1], record.b1[-1], record.w2[-1], record.b2[-1])

    return chain_alone


def one_record_each(inputs, targets):
    record = Chain(0.0, 0.0, 0.0, 0.0).descend(inputs, targets, eta=1.0, steps=1)
    return dataclasses.replace(record, b2=[[0.0] * 3, 40.0 * targets - 20.0])


def invented(inputs, targets):
    record = Chain(0.0, 0.0, 0.0, 0.0).descend(inputs, targets, eta=1.0, steps=1)
    return dataclasses.replace(record, w1=np.array([0.0, 400.0]))


@pytest.mark.parametrize(
    ("learn", "says"),
    [
        (from_one_start((1.5, -0.7, 2.0, -0.58), 2.0, 1000), "nearly the same to all three"),
        (from_one_start((1.5, -0.7, 2.0, -0.58), 20.0, 2000), "tells the three apart"),
        (from_one_start((5.0, -2.0, 5.0, -2.0), 600.0, 100), "On the way the output neuron was saturated"),
        (from_one_start((50.0, 0.0, 50.0, 0.0), 2.0, 100), "The hidden neuron is saturated for all three"),
        (from_one_start((2.0, 0.0, 30.0, -30.0), 2.0, 100), "The output neuron is saturated for all three"),
        (lambda inputs, targets: [1, 2, 3], "must return the record of `descend`; got a list"),
        (Chain(1.0, 1.0, 1.0, 1.0), "your function itself"),
        (written_down, "at the goal before its first step, with a cost of 0.0833"),
        (end_of(search), "the record of `descend`, which shows where the chain came from; got a Chain"),
        (one_record_each, "One chain must do for all three examples: its b2 must have the shape (2,)"),
        (invented, "This is not the record of a descent on these three examples"),
    ],
)  # fmt: skip
def test_what_keeps_from_the_goal_is_said(learn, says):
    result = last.bump(learn)
    assert result.status == "wrong"
    assert says in result.says


@pytest.mark.parametrize(
    "start", [(20, -10, 20, -10), (50, 0, 50, 0), (2, 0, 30, -30), (1, 1, 30, 0), (100, -50, 100, -50)]
)
@pytest.mark.parametrize("case", range(6))
def test_a_saturated_start_is_never_told_to_grow(start, case):
    inputs, targets = last.bumps()[case]
    record = Chain(*start).descend(inputs, targets, eta=2.0, steps=200)
    slopes = record.passes.da1_dz1[0].max(), record.passes.da2_dz2[0].max()
    flat = min(slopes) < 0.01
    assert ("saturated for all three before the first step" in last.advice(record)) == flat
    if flat:
        assert "larger" not in last.advice(record)
        which = "hidden" if slopes[0] < 0.01 else "output"
        assert f"The {which} neuron" in last.advice(record)


@pytest.mark.parametrize("start", [(5, -2, 5, -2), (-5, 2, 5, -2), (5, -2, -5, 2), (10, -5, 10, -5)])
def test_no_usual_start_is_good_for_every_bump(start):
    assert not last.bump(from_one_start(start, 20.0, 2000))


def test_the_bumps_are_not_that_of_the_notebook_and_lie_where_it_says():
    assert len(last.bumps()) == 6
    assert {tuple(targets) for _, targets in last.bumps()} == {(0, 1, 0), (1, 0, 1)}
    for inputs, _ in last.bumps():
        assert np.all(np.diff(inputs) >= 0.3)
        assert -1 <= inputs.min() <= inputs.max() <= 1.1
        assert not np.allclose(inputs, [0.1, 0.5, 0.9])
