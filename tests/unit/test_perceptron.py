"""The perceptron: the learning rule step by step, convergence and its bound, the widest margin."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nblib import Perceptron
from nblib.perceptron import margin, widest_margin

CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}
XOR = [0, 1, 1, 0]

coordinates = st.floats(-4, 4).map(lambda value: round(value, 3))


@st.composite
def labelled_points(draw):
    n, features = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    x = draw(hnp.arrays(np.float64, (n, features), elements=coordinates))
    return x, np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))


@st.composite
def separated_points(draw, gap=0.2):
    """Points of the plane, their labels, and a line that separates them with some room."""
    angle = draw(st.floats(0, 2 * math.pi))
    w, b = np.array([math.cos(angle), math.sin(angle)]), draw(st.floats(-1, 1))
    x = draw(hnp.arrays(np.float64, (draw(st.integers(2, 12)), 2), elements=st.floats(-2, 2)))
    x = x[np.abs(x @ w + b) > gap]
    assume(len(x))
    return x, (x @ w + b > 0).astype(int), w, b


def margin_by_hand(x, y, w, b):
    """Return γ and R of the line w·x + b = 0, example by example."""
    length = math.sqrt(sum(v * v for v in w) + b * b)
    gammas = [(1 if t else -1) * (sum(map(float.__mul__, map(float, w), map(float, row))) + b) / length
              for row, t in zip(x, y, strict=True)]  # fmt: skip
    return min(gammas), max(math.sqrt(sum(v * v for v in row) + 1) for row in x)


# -- the unit ---------------------------------------------------------------------------------


def test_a_new_perceptron_has_zero_weights_and_says_0_to_everything():
    unit = Perceptron(3)
    np.testing.assert_array_equal(unit.weights, [0, 0, 0])
    assert unit.bias == 0
    assert unit.predict([5, -5, 1]) == 0  # z = 0 is not above 0
    assert repr(unit) == "Perceptron(n_inputs=3)"


def test_the_unit_fires_when_the_weighted_input_is_above_zero():
    unit = Perceptron(2)
    unit.weights, unit.bias = np.array([0.5, -1.0]), 0.25
    rows = [[1, 0], [1, 1], [0.5, 0.5], [0.5, 0.4]]
    np.testing.assert_allclose(unit.weighted_input(rows), [0.75, -0.25, 0.0, 0.1])
    np.testing.assert_array_equal(unit.predict(rows), [1, 0, 0, 1])


def test_one_example_gets_a_number_and_rows_get_an_array():
    unit = Perceptron(2)
    unit.weights, unit.bias = np.array([1.0, 2.0]), -1.0
    assert type(unit.weighted_input([1, 1])) is float
    assert type(unit.predict([1, 1])) is int
    assert unit.weighted_input([1, 1]) == unit.weighted_input([[1, 1]])[0] == 2
    assert unit.predict([[1, 1]]).shape == (1,)
    assert unit.predict([[1, 1]]).dtype.kind == "i"


# -- the learning rule ------------------------------------------------------------------------


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("order", ["given", "shuffled"])
def test_a_perceptron_learns_every_gate_that_a_line_can_draw(gate, order):
    unit = Perceptron(2)
    record = unit.fit(CORNERS, GATES[gate], order=order, seed=3)
    assert record.converged
    np.testing.assert_array_equal(unit.predict(CORNERS), GATES[gate])
    np.testing.assert_array_equal(record.error[record.epoch == record.epochs], 0)
    assert record.mistakes_per_epoch[-1] == 0
    assert (record.mistakes_per_epoch[:-1] > 0).all()


@given(
    data=labelled_points(),
    eta=st.floats(0.01, 10),
    max_epochs=st.integers(1, 6),
    order=st.sampled_from(["given", "shuffled"]),
    seed=st.integers(0, 1000),
    start=st.lists(coordinates, min_size=4, max_size=4),
)
def test_every_step_of_the_record_follows_from_the_rule(data, eta, max_epochs, order, seed, start):
    x, y = data
    unit = Perceptron(x.shape[1])
    unit.weights, unit.bias = np.array(start[: x.shape[1]]), start[3]
    record = unit.fit(x, y, eta=eta, max_epochs=max_epochs, order=order, seed=seed)

    w, b = np.array(start[: x.shape[1]]), start[3]
    for t in range(len(record)):
        i = record.example[t]
        z = sum(w[k] * x[i, k] for k in range(len(w))) + b
        # Only where rounding could decide between the sides may the record's own z be used.
        prediction = int((record.z[t] if abs(z) < 1e-9 else z) > 0)
        error = y[i] - prediction
        assert record.z[t] == pytest.approx(z, abs=1e-9)
        assert record.prediction[t] == prediction
        assert record.error[t] == error
        np.testing.assert_allclose(record.weights[t], w, atol=1e-9)
        assert record.biases[t] == pytest.approx(b, abs=1e-9)
        w, b = w + eta * error * x[i], b + eta * error
    np.testing.assert_allclose(record.weights[-1], w, atol=1e-9)
    assert record.biases[-1] == pytest.approx(b, abs=1e-9)
    np.testing.assert_array_equal(record.weights[-1], unit.weights)
    assert record.biases[-1] == unit.bias


@given(data=labelled_points(), max_epochs=st.integers(1, 6), order=st.sampled_from(["given", "shuffled"]))
def test_the_record_counts_passes_examples_and_mistakes(data, max_epochs, order):
    x, y = data
    record = Perceptron(x.shape[1]).fit(x, y, max_epochs=max_epochs, order=order)
    n, passes = len(x), record.epochs
    assert 1 <= passes <= max_epochs
    assert len(record) == n * passes
    np.testing.assert_array_equal(record.epoch, np.repeat(np.arange(1, passes + 1), n))
    for epoch in range(1, passes + 1):  # each pass takes every example once
        assert sorted(record.example[record.epoch == epoch]) == list(range(n))
    if order == "given":
        np.testing.assert_array_equal(record.example, np.tile(np.arange(n), passes))
    assert list(record.mistakes) == [t for t in range(len(record)) if record.error[t] != 0]
    per_epoch = [sum(e != 0 for e in record.error[record.epoch == k + 1]) for k in range(passes)]
    assert list(record.mistakes_per_epoch) == per_epoch
    assert record.converged == (per_epoch[-1] == 0)
    assert all(per_epoch[:-1])  # it stops after the first pass without a mistake
    assert passes == max_epochs or record.converged
    assert record.weights.shape == (len(record) + 1, x.shape[1])
    assert record.biases.shape == (len(record) + 1,)
    end = "converged" if record.converged else "not converged"
    assert repr(record) == (
        f"PerceptronRecord({n * passes} steps, {passes} epochs, {sum(per_epoch)} mistakes, {end})"
    )


@given(data=labelled_points(), exponent=st.integers(-8, 8), order=st.sampled_from(["given", "shuffled"]))
def test_from_zero_weights_the_learning_rate_only_scales_the_weights(data, exponent, order):
    x, y = data
    eta = 2.0**exponent  # a power of two scales without rounding
    one = Perceptron(x.shape[1]).fit(x, y, eta=1, max_epochs=8, order=order)
    other = Perceptron(x.shape[1]).fit(x, y, eta=eta, max_epochs=8, order=order)
    assert other.eta == eta
    np.testing.assert_array_equal(other.prediction, one.prediction)
    np.testing.assert_array_equal(other.error, one.error)
    np.testing.assert_array_equal(other.weights, eta * one.weights)
    np.testing.assert_array_equal(other.biases, eta * one.biases)


def test_fit_goes_on_from_the_weights_that_the_unit_has():
    whole, parts = Perceptron(2), Perceptron(2)
    record = whole.fit(CORNERS, GATES["and"], max_epochs=4)
    first = parts.fit(CORNERS, GATES["and"], max_epochs=1)
    second = parts.fit(CORNERS, GATES["and"], max_epochs=3)
    assert not first.converged
    np.testing.assert_array_equal(second.weights[0], first.weights[-1])
    np.testing.assert_array_equal(np.vstack([first.weights, second.weights[1:]]), record.weights)
    np.testing.assert_array_equal(parts.weights, whole.weights)
    assert parts.bias == whole.bias


def test_shuffled_orders_differ_between_passes_and_depend_on_the_seed_alone():
    x, y = np.arange(12.0)[:, None], np.arange(12) % 2  # inseparable: all passes are made

    def orders(seed):
        return Perceptron(1).fit(x, y, max_epochs=3, order="shuffled", seed=seed).example.reshape(3, 12)

    assert len({tuple(row) for row in orders(0)}) == 3
    np.testing.assert_array_equal(orders(0), orders(0))
    assert (orders(0) != orders(1)).any()


def test_the_record_keeps_its_numbers_when_training_goes_on_or_the_data_change():
    x, y, unit = np.array(CORNERS, float), np.array(GATES["or"]), Perceptron(2)
    record = unit.fit(x, y, max_epochs=1)
    weights, biases = record.weights.copy(), record.biases.copy()
    before = unit.weights.copy()
    unit.fit(x, y)
    assert (unit.weights != before).any()
    x[:], y[:] = -1, 0
    np.testing.assert_array_equal(record.weights, weights)
    np.testing.assert_array_equal(record.biases, biases)
    np.testing.assert_array_equal(record.x, CORNERS)
    np.testing.assert_array_equal(record.y, GATES["or"])


def test_xor_is_never_learned_but_goes_in_circles():
    record = Perceptron(2).fit(CORNERS, XOR, max_epochs=1000)
    assert not record.converged
    assert record.epochs == 1000
    assert (record.mistakes_per_epoch > 0).all()
    at_the_start_of_a_pass = [(*w, b) for w, b in zip(record.weights[::4], record.biases[::4], strict=True)]
    assert len(set(at_the_start_of_a_pass)) < 20


# -- the margin and the bound -----------------------------------------------------------------


@given(data=separated_points(), scale=st.floats(0.01, 100))
def test_the_margin_is_the_smallest_signed_distance_after_scaling(data, scale):
    x, y, w, b = data
    gamma, radius = margin_by_hand(x, y, w, b)
    result = margin(x, y, scale * w, scale * b)
    assert result.gamma == pytest.approx(gamma, rel=1e-9)
    assert result.radius == pytest.approx(radius, rel=1e-9)
    assert result.bound == pytest.approx((radius / gamma) ** 2, rel=1e-9)
    assert math.hypot(*result.weights, result.bias) == pytest.approx(1)
    assert np.cross([*w, b], [*result.weights, result.bias]) == pytest.approx(0, abs=1e-12)
    wrong_way = margin(x, y, -w, -b)
    assert wrong_way.gamma < 0
    assert wrong_way.bound == math.inf


@settings(max_examples=100)
@given(
    data=separated_points(),
    eta=st.floats(0.01, 10),
    order=st.sampled_from(["given", "shuffled"]),
    turns=st.lists(st.floats(-0.4, 0.4), min_size=3, max_size=3),
)
def test_a_perceptron_never_makes_more_mistakes_than_any_separating_line_allows(data, eta, order, turns):
    x, y, w, b = data
    gamma, radius = margin_by_hand(x, y, w, b)
    most = math.floor((radius / gamma) ** 2 + 1e-9)
    record = Perceptron(2).fit(x, y, eta=eta, max_epochs=most + 1, order=order)
    assert record.converged
    assert record.mistakes.size <= most
    for u, v, c in itertools.permutations(turns):  # other lines that may separate the points
        gamma, radius = margin_by_hand(x, y, (w[0] + u, w[1] + v), b + c)
        if gamma > 0:
            assert record.mistakes.size <= (radius / gamma) ** 2 + 1e-9
    assert record.mistakes.size <= widest_margin(x, y).bound + 1e-9


@settings(max_examples=15)
@given(data=separated_points(gap=0.3))
def test_the_widest_margin_is_as_wide_as_a_scan_of_all_directions_finds(data):
    x, y, *_ = data
    rows = np.column_stack([x, np.ones(len(x))]) * np.where(y, 1, -1)[:, None]
    height, around = np.meshgrid(np.linspace(-1, 1, 400), np.linspace(0, 2 * np.pi, 600))
    ring = np.sqrt(1 - height**2)
    directions = np.stack([ring * np.cos(around), ring * np.sin(around), height])
    scanned = np.tensordot(rows, directions, axes=1).min(axis=0).max()  # on a grid: a little too small
    result = widest_margin(x, y)
    assert scanned - 0.005 <= result.gamma <= scanned + 0.03
    by_hand, _ = margin_by_hand(x, y, result.weights, result.bias)  # and it is a true margin
    assert result.gamma == pytest.approx(by_hand, rel=1e-9)


def test_the_widest_margin_of_and_is_known_exactly():
    # Nearest to the origin in the hull of the signed corners: a combination of three of them.
    rows = np.array([[0, -1, -1], [-1, 0, -1], [1, 1, 1]])
    weights = np.linalg.solve(np.block([[rows @ rows.T, -np.ones((3, 1))], [np.ones(3), 0]]), [0, 0, 0, 1])
    gamma = np.linalg.norm(weights[:3] @ rows)
    result = widest_margin(CORNERS, GATES["and"], iterations=20_000)
    assert result.gamma == pytest.approx(gamma, rel=1e-3)
    assert result.gamma <= gamma + 1e-12


@pytest.mark.parametrize("iterations", [1, 50, 2000])
def test_inseparable_data_have_no_positive_margin_and_no_bound(iterations):
    result = widest_margin(CORNERS, XOR, iterations=iterations)
    assert result.gamma <= 0
    assert result.bound == math.inf


def test_more_iterations_never_make_the_margin_narrower():
    gammas = [widest_margin(CORNERS, GATES["nand"], iterations=k).gamma for k in (1, 2, 5, 20, 100, 1000)]
    assert gammas == sorted(gammas)
    assert gammas[-1] > gammas[0]


def test_between_two_examples_the_widest_margin_is_found_in_one_step():
    result = widest_margin([[0], [10]], [1, 1], iterations=1)  # the nearest point is (0, 1) itself
    assert result.gamma == pytest.approx(1)
    assert (result.weights[0], result.bias) == pytest.approx((0, 1))


@pytest.mark.parametrize(
    ("x", "y", "bound"),
    [([[-3, -1]], [1], 1), ([[-1, -1]], [1], 1), ([[2, -1]], [1], 1), ([[0], [10]], [1, 1], 101)],
)
def test_a_bound_that_is_a_whole_number_is_no_hair_below_it(x, y, bound):
    """Some runs make as many mistakes as the bound allows: 1 ≤ 0.9999999999999998 would be wrong."""
    result = widest_margin(x, y)
    assert result.bound == bound
    assert Perceptron(len(x[0])).fit(x, y).mistakes.size <= result.bound


def test_a_bound_between_two_whole_numbers_stays():
    result = margin([[1.0, 0.5]], [1], [1, 0], 0.5)
    assert result.bound == (result.radius / result.gamma) ** 2 == pytest.approx(2.25 / 1.8)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("z", "z must have 4 rows, got 3"),
        ("error", "error must have 4 rows, got 3"),
        ("epoch", "epoch must have 4 rows, got 3"),
        ("prediction", "prediction must have 4 rows, got 3"),
        ("weights", "weights must have 5 rows, got 4"),
        ("biases", "biases must have 5 rows, got 4"),
        ("y", "y must have 4 rows, got 3"),
    ],
)
def test_a_record_has_columns_of_one_length(column, message):
    record = Perceptron(2).fit(CORNERS, GATES["and"], max_epochs=1)
    with pytest.raises(ValueError) as caught:
        replace(record, **{column: getattr(record, column)[:-1]})
    assert str(caught.value) == message


def test_an_empty_record_is_none():
    record = Perceptron(2).fit(CORNERS, GATES["and"], max_epochs=1)
    with pytest.raises(ValueError, match="example must hold at least one step, got none"):
        replace(record, example=record.example[:0])


def test_zero_weights_give_no_line():
    with pytest.raises(ValueError, match="weights and bias must not all be zero"):
        margin(CORNERS, GATES["and"], [0, 0], 0)
