"""Costs: values and derivatives against sums written out, and against differences."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import oracle
from nblib import activations, costs

NAMES = ["quadratic", "cross_entropy"]
each = pytest.mark.parametrize("name", NAMES)


@st.composite
def outputs_and_targets(draw, outputs=st.floats(0.01, 0.99)):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=5))
    arrays = hnp.arrays(np.float64, shape, elements=outputs)
    return draw(arrays), draw(hnp.arrays(np.float64, shape, elements=st.floats(0, 1)))


def test_the_course_has_two_costs_and_each_knows_its_name():
    assert list(costs.COSTS) == NAMES
    for name in NAMES:
        assert costs.by_name(name) is getattr(costs, name)
        assert costs.by_name(name).name == name


def test_an_unknown_cost_is_answered_with_the_list_of_the_known():
    with pytest.raises(ValueError, match="hinge") as caught:
        costs.by_name("hinge")
    assert all(repr(name) in str(caught.value) for name in NAMES)


@each
@given(pair=outputs_and_targets())
def test_a_cost_is_one_number_per_row_and_the_sum_over_its_outputs(name, pair):
    a, y = pair
    expected = [sum(row) for row in oracle.COSTS[name](a, y)]
    result = costs.by_name(name)(a, y)
    assert result.shape == (len(a),)
    np.testing.assert_allclose(result, expected, rtol=1e-12)


@each
@given(pair=outputs_and_targets())
def test_the_gradient_is_the_slope_that_differences_measure(name, pair):
    a, y = pair
    h = 1e-6
    measured = (oracle.COSTS[name](a + h, y) - oracle.COSTS[name](a - h, y)) / (2 * h)
    np.testing.assert_allclose(costs.by_name(name).gradient(a, y), measured, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "activation"),
    [("cross_entropy", "sigmoid")] + [("quadratic", f) for f in ("sigmoid", "tanh", "elu", "arctan")],
)
@given(z=st.floats(-4, 4).filter(lambda z: abs(z) > 1e-3), y=st.floats(0, 1))
def test_delta_is_the_slope_along_the_weighted_input(name, activation, z, y):
    def cost(at):
        return oracle.COSTS[name](oracle.FUNCTIONS[activation](at), y)

    a = np.array([[oracle.FUNCTIONS[activation](z)]])
    h = 1e-5
    delta = costs.by_name(name).delta(a, np.array([[y]]), activations.by_name(activation))
    assert delta[0, 0] == pytest.approx((cost(z + h) - cost(z - h)) / (2 * h), rel=1e-6, abs=1e-8)


@given(pair=outputs_and_targets())
def test_with_cross_entropy_the_slope_of_the_sigmoid_cancels(pair):
    a, y = pair
    delta = costs.cross_entropy.delta(a, y, activations.sigmoid)
    np.testing.assert_array_equal(delta, a - y)
    chain_rule = costs.cross_entropy.gradient(a, y) * activations.sigmoid.slope(a)
    np.testing.assert_allclose(delta, chain_rule, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("activation", ["step", "tanh", "relu", "elu", "arctan"])
def test_cross_entropy_belongs_to_the_sigmoid(activation):
    a = np.array([[0.5]])
    with pytest.raises(ValueError, match="sigmoid") as caught:
        costs.cross_entropy.delta(a, a, activations.by_name(activation))
    assert repr(activation) in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("a", [0, 1])
def test_saturated_outputs_cost_much_or_nothing_but_never_infinity(a, y, dtype):
    a, y = np.full((1, 1), a, dtype), np.full((1, 1), y, dtype)
    with np.errstate(divide="raise", invalid="raise", over="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        cost = costs.cross_entropy(a, y)[0]
        gradient = costs.cross_entropy.gradient(a, y)[0, 0]
        delta = costs.cross_entropy.delta(a, y, activations.sigmoid)[0, 0]
    most = -math.log(np.finfo(dtype).eps / 2)
    assert cost == pytest.approx(most if a != y else 0, rel=1e-6, abs=1e-6)
    assert np.isfinite(gradient)
    assert np.sign(gradient) in (np.sign(a - y), 1 - 2 * y)
    assert delta == a - y


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_type_of_the_numbers_is_kept(name, dtype):
    a, y = np.array([[0.25, 0.5]], dtype), np.array([[0, 1]], dtype)
    cost = costs.by_name(name)
    assert cost(a, y).dtype == dtype
    assert cost.gradient(a, y).dtype == dtype
    assert cost.delta(a, y, activations.sigmoid).dtype == dtype


def test_numbers_that_can_be_redone_by_hand():
    a, y = np.array([[0.8, 0.1], [0.5, 0.5]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(costs.quadratic(a, y), [0.5 * (0.04 + 0.01), 0.25])
    np.testing.assert_allclose(costs.cross_entropy(a, y), [-math.log(0.8) - math.log(0.9), 2 * math.log(2)])
    np.testing.assert_allclose(costs.quadratic.delta(a, y, activations.sigmoid)[0], [-0.2 * 0.16, 0.1 * 0.09])
