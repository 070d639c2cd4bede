"""Activations: each against its textbook formula, and its derivative against differences."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import oracle
from nblib import activations
from nblib.activations import ACTIVATIONS

NAMES = ["step", "sigmoid", "tanh", "relu", "elu", "arctan"]
SMOOTH = ["sigmoid", "tanh", "arctan"]
each = pytest.mark.parametrize("name", NAMES)
weighted_inputs = st.floats(-1e4, 1e4)
far_and_near = np.array([0.0, *(sign * 10.0**e for e in np.linspace(-3, 4, 57) for sign in (1, -1))])


def test_the_course_has_six_activations_and_each_knows_its_name():
    assert list(ACTIVATIONS) == NAMES
    for name in NAMES:
        assert activations.by_name(name) is ACTIVATIONS[name] is getattr(activations, name)
        assert ACTIVATIONS[name].name == name
        assert repr(ACTIVATIONS[name]) == f"<activation {name}>"


def test_an_unknown_activation_is_answered_with_the_list_of_the_known():
    with pytest.raises(ValueError, match="softplus") as caught:
        activations.by_name("softplus")
    assert all(repr(name) in str(caught.value) for name in NAMES)


@each
@given(z=weighted_inputs)
def test_the_function_is_that_of_the_textbook(name, z):
    assert ACTIVATIONS[name](z) == pytest.approx(oracle.FUNCTIONS[name](z), rel=1e-13, abs=2e-16)


@each
@given(z=weighted_inputs)
def test_the_derivative_is_that_of_the_textbook(name, z):
    assert ACTIVATIONS[name].derivative(z) == pytest.approx(oracle.DERIVATIVES[name](z), rel=1e-9, abs=1e-15)


@each
@given(z=st.floats(-30, 30).filter(lambda z: abs(z) > 1e-3))  # away from the kinks at 0
def test_the_derivative_is_the_slope_that_differences_measure(name, z):
    f, h = ACTIVATIONS[name], 1e-5
    measured = (oracle.FUNCTIONS[name](z + h) - oracle.FUNCTIONS[name](z - h)) / (2 * h)
    assert f.derivative(z) == pytest.approx(measured, abs=1e-8)


@each
@given(z=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=weighted_inputs))
def test_the_slope_at_the_output_is_the_derivative_at_the_input(name, z):
    f = ACTIVATIONS[name]
    np.testing.assert_array_equal(f.slope(f(z)), f.derivative(z))


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows_for_weighted_inputs_of_up_to_ten_thousand(name, dtype):
    f, z = ACTIVATIONS[name], far_and_near.astype(dtype)
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        a, slope = f(z), f.derivative(z)
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(a, oracle.FUNCTIONS[name](z.astype(float)), rtol=4 * eps, atol=eps)
    np.testing.assert_allclose(slope, oracle.DERIVATIVES[name](z.astype(float)), rtol=4 * eps, atol=4 * eps)


@each
@given(
    z=hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements=st.floats(-100, 100, width=32),
    )
)
def test_shape_and_type_are_kept_and_the_input_is_not_touched(name, z):
    f, before = ACTIVATIONS[name], z.copy()
    for result in (f(z), f.derivative(z), f.slope(f(z))):
        assert result.shape == z.shape
        assert result.dtype == z.dtype
    np.testing.assert_array_equal(z, before)


@each
@pytest.mark.parametrize("z", [3, True, [0, 1, -2], np.arange(-3, 3, dtype=np.int8)])
def test_whole_numbers_become_float64(name, z):
    f = ACTIVATIONS[name]
    assert f(z).dtype == f.derivative(z).dtype == np.float64
    np.testing.assert_array_equal(f(z), f(np.asarray(z, dtype=np.float64)))
    np.testing.assert_array_equal(f.derivative(z), f.derivative(np.asarray(z, dtype=np.float64)))


@each
@pytest.mark.parametrize("z", ["2", ["a", "b"], 1j, None, [[1.0], [2.0, 3.0]]])
def test_what_is_no_number_is_refused_by_name(name, z):
    for call in (ACTIVATIONS[name], ACTIVATIONS[name].derivative):
        with pytest.raises((TypeError, ValueError), match=r"^z must"):
            call(z)


@pytest.mark.parametrize("name", SMOOTH)
@given(z=weighted_inputs)
def test_smooth_activations_are_symmetric_about_their_middle(name, z):
    f = ACTIVATIONS[name]
    assert f(z) - f(0) == pytest.approx(f(0) - f(-z), abs=1e-15)
    assert f.derivative(z) == pytest.approx(f.derivative(-z), abs=1e-15)


@each
@given(z=weighted_inputs, more=st.floats(0, 100))
def test_no_activation_ever_falls(name, z, more):
    assert ACTIVATIONS[name](z + more) >= ACTIVATIONS[name](z)


@given(z=weighted_inputs)
def test_the_slope_of_the_sigmoid_is_at_most_a_quarter(z):
    assert 0 <= activations.sigmoid(z) <= 1
    assert 0 <= activations.sigmoid.derivative(z) <= 0.25
    assert activations.sigmoid(0) == 0.5
    assert activations.sigmoid.derivative(0) == 0.25


def test_at_zero_the_step_does_not_fire_and_the_relu_is_flat():
    assert activations.step(0) == 0
    assert activations.step(np.nextafter(0, 1)) == 1
    assert activations.relu.derivative(0) == 0


def test_the_elu_goes_through_zero_without_a_kink():
    h = 1e-9
    assert activations.elu(0) == 0
    assert activations.elu.derivative(0) == 1
    assert activations.elu.derivative(-h) == pytest.approx(activations.elu.derivative(h), abs=1e-8)
