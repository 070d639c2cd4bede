import json
import re

import numpy as np
import pytest

from nblib.drawing.scene import COLOURS
from nblib.steppers import sigmoid_stepper as view
from oracle import sigmoid as sigma
from steppers import arithmetic
from steppers.drawn import pages, parts, place, ruler

X = np.linspace(-4, 4, 33)


# -- the captions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("w", "b"), [(2, -2), (1, 0), (5, -10), (-2, -4), (0, 0), (0, 3), (10, 20), (-10, -20), (0.3, 0.45)]
)
def test_the_numbers_of_every_page(w, b):
    scene = view.scene(w, b)
    assert scene.n_steps == 33
    for x, caption in zip(X, scene.captions, strict=True):
        assert arithmetic.check(caption.numbers) == 4
        z = w * x + b
        a, rest = sigma(z), sigma(-z)
        expected = [
            (w, x, b, z),
            (1, 1, np.exp(-z), a),
            (a, rest, a * rest),
            (w, a * rest, w * a * rest),
        ]
        rows = re.sub(r"1 / \(1 \+ e⁻ᶻ\) = |a·\(1 − a\) = ", "", caption.numbers).split("\n")
        for row, values in zip(rows, expected, strict=True):
            assert arithmetic.values(row) == pytest.approx(values, rel=5.01e-3, abs=5.01e-5 * (abs(z) < 6))


def test_the_words_of_a_walk():
    words = {x: caption.words for x, caption in zip(X, view.scene(2, -2).captions, strict=True)}
    assert words[-4].startswith(
        "x = −4.00: z is negative. The step says 0, σ says nearly 0. Here σ is nearly as flat"
    )
    assert words[1].startswith("x = 1.00: z is 0, the middle. σ says ½")
    assert words[2].startswith(
        "x = 2.00: z is positive. The step says 1, σ says 0.88. On σ a nudge of x by +0.01"
    )
    assert "moves a by about 0.0021, on the step it moves nothing." in words[2]
    moved = sigma(2 * 2.01 - 2) - sigma(2 * 2 - 2)
    assert moved == pytest.approx(0.0021, abs=5e-5)
    assert words[4].startswith("x = 4.00: z is positive. The step says 1, σ says nearly 1.")
    level = view.scene(0, 3).captions[5].words
    assert "with w = 0, z is b whatever x is. The step says 1, σ says 0.95." in level


def test_a_middle_that_floating_point_misses_is_still_the_middle():
    words = [c.words for c in view.scene(0.3, -0.9).captions]
    assert "z is 0, the middle" in words[28]
    assert sum("the middle" in line for line in words) == 1


# -- the drawing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("w", "b"), [(2, -2), (-3, 0), (0, 0), (0, -1), (10, 20), (1, 4)])
def test_every_page_shows_the_point_on_curve_and_step(w, b):
    scene = view.scene(w, b)
    for x, (root, _) in zip(X, pages(scene), strict=True):
        z = w * x + b
        high, low = ruler(root, "", "a"), ruler(root, "x", "σ′(z)")
        on_curve, on_slope = (place(disc, "cx", "cy") for disc in parts(root, "circle"))
        np.testing.assert_allclose(high(*on_curve), [x, sigma(z)], atol=1e-3)
        np.testing.assert_allclose(low(*on_slope), [x, sigma(z) * sigma(-z)], atol=1e-3)
        (square,) = parts(root, "rect", fill=COLOURS["negative"])
        left, top, side = place(square, "x", "y", "width")
        np.testing.assert_allclose(high(left + side / 2, top + side / 2), [x, z > 0], atol=1e-3)
    assert ("middle: x = −b/w" in scene.svg(0)) == (w != 0 and abs(b / w) <= 4)


def test_the_tangent_has_the_slope():
    h = 1e-6
    for x, (root, _) in zip(X, pages(view.scene(2, -2)), strict=True):
        tangent, _in_the_legend = parts(root, "line", stroke=COLOURS["ink"], stroke_width="1.5")
        ends = [place(tangent, f"x{i}", f"y{i}") for i in (1, 2)]
        (x0, y0), (x1, y1) = (ruler(root, "", "a")(*end) for end in ends)
        measured = (sigma(2 * (x + h) - 2) - sigma(2 * (x - h) - 2)) / (2 * h)
        assert (y1 - y0) / (x1 - x0) == pytest.approx(measured, abs=1e-3)
        assert (y1 + y0) / 2 == pytest.approx(sigma(2 * x - 2), abs=1e-3)


# -- the explorer ---------------------------------------------------------------------------------


def test_another_weight_keeps_the_page():
    explorer = view.explorer()
    assert len(json.dumps(explorer.stepper.scene)) < 60_000
    explorer.step = 20
    explorer.settings["w"].value = -3.5
    assert explorer.step == 20
    assert explorer.caption == str(view.scene(-3.5, -2).captions[20])
    explorer.settings["b"].value = 1.5
    assert "z = −3.5·1 + 1.5 = −2.0000" in explorer.caption
    assert repr(explorer) == "[Stepper: One sigmoid neuron from left to right, 33 steps]"
    explorer.refresh(3)
    assert explorer.step == 3


@pytest.mark.parametrize("build", [view.explorer, view.scene])
def test_bad_arguments(build):
    with pytest.raises(ValueError) as caught:
        build(11, 0)
    assert str(caught.value) == "w must be from -10 to 10, got 11"
    with pytest.raises(ValueError) as caught:
        build(1, -20.5)
    assert str(caught.value) == "b must be from -20 to 20, got -20.5"
    with pytest.raises(TypeError):
        build("1", 0)
