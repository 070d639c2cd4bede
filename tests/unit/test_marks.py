"""Marks: what is negative, and what is of class 0, can be told without colour."""

import numpy as np
import pytest

from nblib.drawing import marks
from nblib.drawing.scene import Caption, Scene

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("value", "colour", "dash"),
    [(2.5, "positive", "none"), (-1e-9, "negative", "7 4"), (0.0, "quiet", "none"), (NAN, "quiet", "none"),
     (INF, "positive", "none"), (-INF, "negative", "7 4")],
)  # fmt: skip
def test_a_sign_is_told_twice(value: float, colour: str, dash: str):
    assert marks.sign_colour(value) == colour
    assert marks.sign_dash(value) == dash
    assert marks.sign_colour(np.array([value, 1.0])).tolist() == [colour, "positive"]
    assert marks.sign_dash([value, 1.0]).tolist() == [dash, "none"]


def test_zero_has_the_colour_that_is_asked_for():
    assert marks.sign_colour(0, zero="ink") == "ink"
    assert marks.sign_colour([0, NAN, -1], zero="ink").tolist() == ["ink", "ink", "negative"]


@pytest.mark.parametrize("along", [(1, 0), (0, -1), (0.6, 0.8)])
@pytest.mark.parametrize("length", [9, 14])
def test_an_arrow_head_points_along(along: tuple[float, float], length: float):
    points = marks.arrow_head((100, 50), along, length, fill="ink").attributes["points"]
    tip, left, right = (
        np.array([float(number) for number in corner.split(",")]) for corner in points.split()
    )
    assert tip.tolist() == [100, 50]
    np.testing.assert_allclose(tip - (left + right) / 2, length * np.array(along), atol=0.1)
    assert np.linalg.norm(left - right) == pytest.approx(length, abs=0.15)
    assert (left - right) @ along == pytest.approx(0, abs=0.15)


def test_a_disc_is_paper_under_a_glow():
    paper, glow = marks.disc(10, 20, 5, [0.0, 0.6], stroke="ink")
    assert paper.attributes["fill"] == "paper"
    assert (glow.attributes["fill"], glow.attributes["fill-opacity"]) == ("soft", [0.0, 0.6])
    assert "stroke" not in paper.attributes
    assert glow.attributes["stroke"] == "ink"
    assert all(part.attributes["r"] == 5 for part in (paper, glow))


@pytest.mark.parametrize(("label", "tag", "fill"), [(1, "circle", "positive"), (0.0, "rect", "negative")])
def test_an_example_tells_its_class_by_shape_and_colour(label: float, tag: str, fill: str):
    mark = marks.example_mark(10, 20, label, 6, opacity=0.5)
    assert (mark.tag, mark.attributes["fill"], mark.attributes["opacity"]) == (tag, fill, 0.5)
    svg = Scene([mark], [Caption("")], width=40, height=40, title="t").svg(0)
    assert ('cx="10" cy="20" r="6"' in svg) == (label == 1)
    assert ('x="4.5" y="14.5" width="11" height="11"' in svg) == (label == 0)
