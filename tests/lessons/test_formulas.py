"""Answers that are made of formulas, and what becomes of them when one is replaced."""

import numpy as np
import pytest

import oracle
from nblib.lessons.formulas import Formulas, LayerFormulas


def test_a_formula_is_computed_once_and_only_where_it_is_needed():
    computed = []

    def half(base):
        computed.append(base)
        return base / 2

    area = Formulas(
        "base height",
        half=half,
        never=lambda half: 1 / 0,
        area=lambda half, height: half * height,
        both=lambda area, half: (area, half),
    )
    assert area(4, 3) == (6, 2)
    assert computed == [4]


def test_a_slip_leaves_the_right_formulas_as_they_are():
    right = Formulas("x y", error=lambda x, y: x - y, square=lambda error: error**2)
    slip = right.but(error=lambda x, y: x + y)
    assert (right(3, 1), slip(3, 1), right(3, 1)) == (4, 16, 4)
    assert slip.but(square=lambda error: error)(3, 1) == 4


def test_another_number_of_arguments_is_refused():
    with pytest.raises(ValueError):
        Formulas("x y", total=lambda x, y: x + y)(1)


BACKPROP = LayerFormulas(
    "weights biases x y",
    z=lambda a_in, w, b: w @ a_in + b,
    a=lambda z: np.tanh(z),
    slope=lambda a: 1 - a**2,
    bp1=lambda a, y, slope: (a - y) * slope,
    bp2=lambda delta_next, w_next, slope: w_next.T @ delta_next * slope,
    bp3=lambda delta: delta,
    bp4=lambda delta, a_in: np.outer(delta, a_in),
)


@pytest.mark.parametrize("sizes", [(2, 1), (3, 4, 2), (1, 2, 3, 2)])
def test_layers_go_forwards_and_back_as_the_textbook_does(sizes):
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in zip(sizes[1:], sizes[:-1], strict=True)]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    x, y = rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
    expected = oracle.Net(weights, biases, "tanh").gradients([x], [y])
    for parts, right in zip(BACKPROP(weights, biases, x, y), expected, strict=True):
        for part, one in zip(parts, right, strict=True):
            np.testing.assert_allclose(part, one, rtol=1e-9)


def test_what_stands_in_the_layer_after_is_at_hand_on_the_way_back():
    slopes = BACKPROP.but(bp2=lambda w_next, delta_next, slope_next: w_next.T @ (delta_next / slope_next))
    w, b = np.ones((1, 1)), np.zeros(1)
    _, (first, last) = slopes([w, w], [b, b], np.ones(1), np.zeros(1))
    output = np.tanh(np.tanh(1))
    np.testing.assert_allclose([first[0], last[0]], [output, output * (1 - output**2)])
