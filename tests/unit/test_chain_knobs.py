"""The chain with knobs as Python sees it; what the browser makes of it is tested in tests/browser."""

import base64
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from nblib.chain import Chain
from nblib.drawing.chain_tree import NEXT, factor_field, path, slope_field, with_sign
from nblib.drawing.knob_panels import AXES, KNOBS, curve, tree
from nblib.drawing.numbers import layered
from nblib.drawing.scene import Caption, Scene
from nblib.widgets import stepper
from nblib.widgets.chain_knobs import STEP, ChainKnobs

START = {"a0": 0.8, "w1": 1.5, "b1": -0.7, "w2": 2.0, "b2": -0.58, "y": 1.0}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(parts):
    return ElementTree.fromstring(Scene(parts, [Caption("")], width=1, height=1, title="t").svg(0))


def shown(root, kind):
    """What stands in the drawing, by what its data says."""
    return {part.get(f"data-{kind}"): part for part in root.iter() if f"data-{kind}" in part.attrib}


def test_it_begins_with_the_chain_of_the_course():
    knobs = ChainKnobs()
    assert {name: getattr(knobs, name) for name in KNOBS} == START
    assert knobs.values == Chain(1.5, -0.7, 2.0, -0.58).run(0.8, 1.0)
    assert repr(knobs) == "[ChainKnobs: a⁰ = 0.8, w¹ = 1.5, b¹ = −0.7, w² = 2, b² = −0.58, y = 1]"
    assert len(json.dumps(knobs.plan, allow_nan=False)) < 100_000


def test_every_start_lies_where_a_slider_can_stand():
    for name, value in START.items():
        _, low, high = KNOBS[name]
        steps = (value - low) / STEP
        assert abs(steps - round(steps)) < 1e-9, name
        assert abs((high - low) / STEP - round((high - low) / STEP)) < 1e-9


@pytest.mark.parametrize("over", ["a0", "w1", "b1", "w2", "b2"])
def test_the_tree_shows_every_value_every_factor_and_every_derivative(over):
    settings = START | {"w2": -1.3, "y": 0.25}
    values = Chain(1.5, -0.7, -1.3, -0.58).run(0.8, 0.25)
    root = drawn(tree(settings, over))
    signed = shown(root, "signed")
    assert set(shown(root, "value")) == {*KNOBS, "z1", "a1", "z2", "a2", "cost"}
    for name in NEXT:
        if name[0] != "b":  # the factor of a bias is 1
            assert signed[factor_field(name)].text == with_sign(getattr(values, factor_field(name)))
        assert signed[slope_field(name)].text == with_sign(getattr(values, slope_field(name)))
        shaft = shown(root, "arrow")[factor_field(name)][0]
        negative = getattr(values, factor_field(name)) < 0
        assert (shaft.get("stroke-dasharray") == "7 4") == negative
    lit = {name for name, part in shown(root, "lit").items() if part.get("stroke") != "none"}
    assert lit == {factor_field(name) for name in path(over)}
    chosen = {name for name, part in shown(root, "knob").items() if part.get("stroke-width") == "4"}
    assert chosen == {over}


@pytest.mark.parametrize("over", ["a0", "w1", "b1", "w2", "b2"])
def test_the_tangent_touches_the_curve_where_the_knob_stands(over):
    root, (_, low, high) = drawn(curve(START, over)), KNOBS[over]
    (line,), (tangent,), (here,) = (shown(root, kind).values() for kind in ("curve", "tangent", "here"))
    points = np.array([place.split(",") for place in line.get("points").split()], float)
    x = low + (points[:, 0] - AXES.left) / AXES.width * (high - low)
    cost = (AXES.top + AXES.height - points[:, 1]) / AXES.height * AXES.ylim[1]
    for knob, found in zip(x, cost, strict=True):
        turned = START | {over: knob}
        chain = Chain(*(turned[name] for name in ("w1", "b1", "w2", "b2")))
        assert found == pytest.approx(chain.cost(turned["a0"], turned["y"]), abs=2e-3)
    x1, y1, x2, y2 = (float(tangent.get(name)) for name in ("x1", "y1", "x2", "y2"))
    middle = (x1 + x2) / 2, (y1 + y2) / 2
    assert middle == pytest.approx((float(here.get("cx")), float(here.get("cy"))), abs=0.02)
    slope = (y1 - y2) / AXES.height * AXES.ylim[1] / ((x2 - x1) / AXES.width * (high - low))
    expected = getattr(Chain(1.5, -0.7, 2.0, -0.58).run(0.8, 1.0), slope_field(over))
    assert slope == pytest.approx(expected, abs=2e-4)
    said = next(part.text for part in root.iter(f"{SVG}text") if part.get("data-over") == "slope")
    assert said == f"slope ∂C/∂{layered(over)} = {with_sign(expected)}"


def test_what_is_only_read_shows_a_picture_in_words_too():
    bundle = ChainKnobs(b1=-1.0, over="b1").still()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert "b¹ = −1, " in bundle["text/html"]
    assert "the cost over b¹ with a tangent of slope" in bundle["text/html"]


def test_where_resvg_is_not_installed_there_is_no_picture(monkeypatch):
    monkeypatch.setattr(stepper, "resvg_py", None)
    assert ChainKnobs().still() == {}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"w1": 6.5}, ValueError, "w1 must be from -6 to 6, got 6.5"),
        ({"a0": -0.1}, ValueError, "a0 must be from 0 to 1, got -0.1"),
        ({"y": np.nan}, ValueError, "y must"),
        ({"b2": "0"}, TypeError, "b2 must"),
        ({"over": "y"}, ValueError, "over must be one of 'a0', 'w1', 'b1', 'w2', 'b2', got 'y'"),
    ],
)
def test_bad_settings_are_refused_at_the_start_and_later(change, error, message):
    with pytest.raises(error, match=message):
        ChainKnobs(**change)
    knobs = ChainKnobs()
    ((name, value),) = change.items()
    with pytest.raises((error, Exception)):
        setattr(knobs, name, value)
    assert {name: getattr(knobs, name) for name in KNOBS} == START
    assert knobs.over == "w1"
