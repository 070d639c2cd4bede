"""Digits drawn by a rule, and the ink of their strokes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib import handwriting
from nblib.handwriting import SHAPES, examples, ink, strokes

PLACES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6)


def test_every_digit_in_one_way_or_two():
    assert list(SHAPES) == list(range(10))
    assert {digit for digit, shapes in SHAPES.items() if len(shapes) == 2} == {1, 4, 7}


@pytest.mark.parametrize(("digit", "shape"), [(d, s) for d in SHAPES for s in range(len(SHAPES[d]))])
def test_strokes_are_where_and_as_large_as_asked(digit, shape):
    drawn = np.concatenate(strokes(digit, shape, size=0.5, centre=(0.3, 0.6)))
    assert np.abs(drawn.min(axis=0)[1] - 0.35) < 0.03
    assert np.abs(drawn.max(axis=0)[1] - 0.85) < 0.03
    assert (np.abs(drawn[:, 0] - 0.3) < 0.28).all()
    upright, slanted = (np.concatenate(strokes(digit, shape, slant=slant)) for slant in (0, 0.4))
    np.testing.assert_array_equal(upright[:, 1], slanted[:, 1])
    np.testing.assert_allclose(slanted[:, 0] - upright[:, 0], 0.4 * (0.5 - upright[:, 1]), atol=1e-12)


def test_strokes_are_smooth_but_for_their_corners():
    (zero,) = strokes(0)
    assert np.linalg.norm(np.diff(zero, axis=0), axis=1).max() < 0.05
    for points in SHAPES[2][0]:
        drawn = (np.concatenate(strokes(2)) - 0.5) / 0.6 + 0.5
        for point in points:
            assert np.linalg.norm(drawn - point, axis=1).min() < 1e-9, "the pen goes through every point"


@given(stroke=PLACES, thickness=st.floats(0.02, 0.2))
def test_ink_is_what_lies_within_the_pen(stroke, thickness):
    side = 40
    drawn = ink([stroke], thickness, side)
    assert drawn.shape == (side, side)
    assert drawn.dtype == np.float32
    y, x = (np.indices((side, side)) + 0.5) / side
    path = [np.array(stroke[:1])]  # an independent way: many discs along the stroke
    for a, b in zip(np.array(stroke)[:-1], np.array(stroke)[1:], strict=True):
        path.append(a + np.linspace(0, 1, 400)[:, None] * (b - a))
    path = np.concatenate(path)
    distance = np.hypot(x[..., None] - path[:, 0], y[..., None] - path[:, 1]).min(axis=-1) * side
    expected = np.clip(thickness * side / 2 + 0.5 - distance, 0, 1)
    np.testing.assert_allclose(drawn, expected, atol=0.05)


def test_strokes_add_up_and_what_is_outside_is_lost():
    one, two = [(0.2, 0.2), (0.8, 0.2)], [(0.5, 0.1), (0.5, 0.9)]
    np.testing.assert_array_equal(ink([one, two]), np.maximum(ink([one]), ink([two])))
    assert not ink([]).any()
    assert not ink([[(-3, 0.5), (-1, 0.5)], [(9, 9)]]).any()
    assert ink([[(-3, 0.5), (3, 0.5)]])[56].all()


def test_examples_are_many_and_whole():
    made = examples()
    assert len(made.inks) == 351
    assert made.inks.shape[1:] == (handwriting.SIDE, handwriting.SIDE)
    assert np.bincount(made.labels).tolist() == [27, 54, 27, 27, 54, 27, 27, 54, 27, 27]
    heights = np.array([np.ptp(np.flatnonzero(sheet.any(axis=1))) + 1 for sheet in made.inks])
    expected = (made.sizes + made.thicknesses) * handwriting.SIDE
    assert (np.abs(heights - expected) < 4).all(), "nothing is cut off at the edge"
    centres = np.array([np.argwhere(sheet).mean(axis=0) for sheet in made.inks])
    assert (np.ptp(centres, axis=0) > 50).all()


def test_examples_are_the_same_for_the_same_seed():
    few = {"sizes": (0.5,), "thicknesses": (0.06,), "slants": (0.0,)}
    np.testing.assert_array_equal(examples(**few).inks, examples(**few).inks)
    other = examples(**few, seed=1)
    assert (examples(**few).inks != other.inks).any()
    assert examples(**few).labels.tolist() == other.labels.tolist() == [0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9]


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: strokes(10), ValueError, "digit must be at most 9, got 10"),
        (lambda: strokes("3"), TypeError, "digit must be a whole number, got '3'"),
        (lambda: strokes(3, shape=1), ValueError, "shape must be below 1 for the digit 3, got 1"),
        (lambda: strokes(3, size=0), ValueError, "size must be greater than 0, got 0"),
        (lambda: strokes(3, slant="much"), TypeError, "slant must hold real numbers, got 'much'"),
        (lambda: strokes(3, centre=0.5), ValueError, "centre must have shape (2,), got shape ()"),
        (lambda: ink([[(0, 0)]], thickness=-1), ValueError, "thickness must be greater than 0, got -1"),
        (lambda: ink([[(0, 0)]], side=0), ValueError, "side must be at least 1, got 0"),
        (lambda: ink([[]]), ValueError,
         "strokes[0] must be 2-D with one place per row, shape (n, 2), got shape (0,)"),
        (lambda: ink([[(0, 0)], [(0, np.nan)]]), ValueError,
         "strokes[1] must hold finite numbers, got nan at index 0, 1"),
    ],
)  # fmt: skip
def test_bad_input(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


def test_a_digit_that_does_not_fit_on_its_sheet_is_refused():
    with pytest.raises(ValueError) as caught:
        handwriting.examples(sizes=(1.2,))
    assert str(caught.value).endswith("does not fit on its sheet")
