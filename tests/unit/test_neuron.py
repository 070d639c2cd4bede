"""One neuron: a step worked out by hand, differences of a cost of our own, and a plain loop against it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracle
from nblib import neuron
from oracle import sigmoid as sigma

X = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
Y = [0, 0, 0, 1, 0, 1, 1, 1]

values = st.floats(-3, 3)
examples = st.lists(st.tuples(values, st.floats(0, 1)), min_size=1, max_size=6)


def neuron_with(w, b):
    """One neuron of the oracle, and its examples as rows."""
    return oracle.Net([np.array([[w]])], [np.array([b])])


def cost(data, w, b):
    x, y = np.array(data).T[..., None]
    return neuron_with(w, b).mean_cost(x, y)


def measured_slopes(data, w, b):
    """∂C/∂w and ∂C/∂b as central differences of the cost."""
    place = np.array([w, b], float)
    return oracle.slopes(lambda: cost(data, *place), [place])[0].tolist()


def test_one_step_by_hand():
    # z = 0, so a = ½ on both examples: δ = (½ − 1)·¼ = −0.125 and (½ − 0)·¼ = 0.125,
    # ∂C/∂w = (−0.125·2 + 0.125·(−1)) / 2 = −0.1875, ∂C/∂b = 0, and w ← 0 + 4·0.1875 = 0.75.
    record = neuron.descend([2.0, -1.0], [1, 0], eta=4, steps=1)
    assert record.a[0].tolist() == [0.5, 0.5]
    assert record.delta[0].tolist() == [-0.125, 0.125]
    assert (record.cost[0], record.dC_dw[0], record.dC_db[0]) == (0.125, -0.1875, 0.0)
    assert record.w.tolist() == [0.0, 0.75]
    assert record.b.tolist() == [0.0, 0.0]
    assert record.cost[1] == pytest.approx((sigma(1.5) - 1) ** 2 / 4 + sigma(-0.75) ** 2 / 4)


@given(data=examples, w=values, b=values, eta=st.floats(0.01, 20))
def test_every_row_holds_the_slopes_that_differences_measure_and_steps_against_them(data, w, b, eta):
    record = neuron.descend(*zip(*data, strict=True), eta, 3, w, b)
    assert (record.w[0], record.b[0]) == (w, b)
    for t in range(4):
        place = record.w[t], record.b[t]
        assert record.cost[t] == pytest.approx(cost(data, *place), abs=1e-14)
        slopes = record.dC_dw[t], record.dC_db[t]
        assert slopes == pytest.approx(measured_slopes(data, *place), rel=1e-6, abs=1e-9)
        if t < 3:
            steps = record.w[t + 1] - place[0], record.b[t + 1] - place[1]
            assert steps == pytest.approx([-eta * slope for slope in slopes], abs=1e-12)


@given(data=examples, w=values, b=values)
def test_activations_and_deltas_are_those_of_each_example(data, w, b):
    record = neuron.descend(*zip(*data, strict=True), 1.0, 1, w, b)
    passes = [neuron_with(w, b).backprop([x], [y]) for x, y in data]
    assert record.a[0] == pytest.approx([one.activations[1][0] for one in passes], abs=1e-14)
    assert record.delta[0] == pytest.approx([one.deltas[0][0] for one in passes], rel=1e-9, abs=1e-12)


def test_the_eight_days_of_the_course():
    record = neuron.descend(X, Y, eta=4, steps=60, w=-1.0, b=0.0)
    net = neuron_with(-1.0, 0.0)
    for t in range(61):
        assert [record.w[t], record.b[t]] == pytest.approx(
            [net.weights[0][0, 0], net.biases[0][0]], abs=1e-12
        )
        net.learn(np.array(X)[:, None], np.array(Y)[:, None], 4)
    assert len(record) == 60
    assert repr(record) == "NeuronRecord(60 steps, cost 0.2402 -> 0.0562)"
    assert not record.blown.any()


def test_the_cost_of_many_places_at_once():
    w, b = np.linspace(-3, 6, 5), np.linspace(-6, 2, 4)[:, None]
    costs = neuron.cost(X, Y, w, b)
    assert costs.shape == (4, 5)
    data = list(zip(X, Y, strict=True))
    exact = [[cost(data, wi, bi) for wi in w] for bi in b.ravel()]
    np.testing.assert_allclose(costs, exact, atol=1e-14)
    assert neuron.cost(X, Y, w[1], b[2, 0]) == costs[2, 1]
    assert neuron.cost(X, Y, -1, 0) == neuron.descend(X, Y, 4, 1, -1).cost[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("x", "eta", "numbers_end"),
    [(X, 1e9, False), ([100 * x for x in X], 1.7e308, True)],
)
def test_a_run_that_blows_up_is_recorded_without_a_warning(x, eta, numbers_end):
    record = neuron.descend(x, Y, eta, 20, w=0.001)
    first = int(np.argmax(record.blown))
    assert record.blown.tolist() == [t >= first for t in range(21)]
    assert first > 0
    assert abs(record.w[first - 1]) < 1e6
    assert not abs(record.w[first]) < 1e6
    assert np.isfinite(record.w[-1]) != numbers_end


def test_what_has_blown_up_once_stays_so():
    record = neuron.descend([1.0], [0.0], 1.0, 3)
    w = np.array([0.0, 2e6, 3.0, np.nan])
    fields = {name: getattr(record, name) for name in record.__dataclass_fields__} | {"w": w}
    assert neuron.NeuronRecord(**fields).blown.tolist() == [False, True, True, True]


def test_the_record_keeps_its_own_copy_of_the_data():
    x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    record = neuron.descend(x, y, 1.0, 1)
    x[:], y[:] = 9, 9
    assert record.x.tolist() == [1, 2]
    assert record.y.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"eta": 0}, ValueError, "eta must be greater than 0, got 0"),
        ({"eta": "4"}, TypeError, "eta must hold real numbers, got '4'"),
        ({"steps": 0}, ValueError, "steps must be at least 1, got 0"),
        ({"steps": 2.0}, TypeError, "steps must be a whole number, got 2.0"),
        ({"w": np.nan}, ValueError, "w must hold finite numbers, got nan"),
        ({"b": [1.0]}, TypeError, "b must be a single number, got an array of shape (1,)"),
        ({"x": [1.0]}, ValueError, "x and y must have the same length, got 1 and 8"),
        ({"x": [], "y": []}, ValueError, "x must have shape (n,) with n of at least 1, got shape (0,)"),
        ({"y": [2] * 8}, ValueError, "y must hold targets from 0 to 1, got 2 to 2"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error) as caught:
        neuron.descend(**{"x": X, "y": Y, "eta": 4, "steps": 2} | arguments)
    assert str(caught.value) == message


def test_bad_arguments_of_the_cost():
    with pytest.raises(ValueError, match="w must hold finite numbers, got inf"):
        neuron.cost(X, Y, np.inf, 0)
    with pytest.raises(ValueError, match="y must hold targets from 0 to 1, got -1 to 0"):
        neuron.cost([1.0, 2.0], [-1, 0], 0, 0)
