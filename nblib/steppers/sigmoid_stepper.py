"""A walk along the curve of one neuron, a = σ(wx + b), from left to right, beside the step."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nblib import validate
from nblib.activations import sigmoid, step
from nblib.drawing.axes import Axes
from nblib.drawing.formula import Formula
from nblib.drawing.numbers import given, num
from nblib.drawing.panels import counters
from nblib.drawing.scene import Caption, Element, Scene, circle, line, note, polyline, rect, text
from nblib.widgets.explorer import Explorer

Array = NDArray[np.float64]

LIMITS = {"w": 10, "b": 20}
X = np.linspace(-4, 4, 33)
FLAT = 0.01
"""Where σ′ is below this, the curve counts as flat."""

_Z, _A = Formula("{w}·{x} + {b}"), Formula("1 / (1 + {e⁻ᶻ})")
_DERIVATIVE, _SLOPE = Formula("{a}·{(1 − a)}"), Formula("{w}·{σ′(z)}")
_FORMULA = f"z = wx + b        a = σ(z) = {_A}\nσ′(z) = {_DERIVATIVE}        slope over x = {_SLOPE}"


def scene(w: float, b: float) -> Scene:
    """Return the scene of one neuron a = σ(wx + b): 33 pages, from x = −4 to x = 4.

    Parameters
    ----------
    w, b : float
        Weight, from −10 to 10, and bias, from −20 to 20.

    Raises
    ------
    TypeError, ValueError
        If one is no number, or lies outside.
    """
    w, b = _within("w", w), _within("b", b)
    high = Axes(60, 34, 400, 206, (-4, 4), (-0.1, 1.1))
    low = Axes(60, 310, 400, 80, (-4, 4), (0, 0.28))
    z = np.round(w * X + b, 12)  # a middle that floating point misses by a hair is still the middle
    return Scene(
        [
            high.frame("", "a", "the neuron, and a step beside it"),
            low.frame("x", "σ′(z)", "the slope σ′ there, never more than ¼"),
            *_curves(high, low, w, b),
            *_walker(high, low, w, z),
            *_legend(),
            *_counters(w, z),
        ],
        [_caption(w, b, *place) for place in zip(X.tolist(), z.tolist(), strict=True)],
        width=640,
        height=432,
        title="One sigmoid neuron from left to right",
        telling=22,
    )


def _within(name: str, value: float) -> float:
    value, most = validate.number(name, value), LIMITS[name]
    if abs(value) > most:
        raise ValueError(f"{name} must be from {-most} to {most}, got {value:g}")
    return value


# -- the drawing --------------------------------------------------------------------------------

_LOOKS: dict[str, dict[str, Any]] = {
    "σ(wx + b)": {"stroke": "positive", "stroke_width": 2.5},
    "step(wx + b)": {"stroke": "negative", "stroke_width": 2, "stroke_dasharray": "7 4"},
    "slope over x": {"stroke": "ink", "stroke_width": 1.5},
}


def _curves(high: Axes, low: Axes, w: float, b: float) -> list[Element]:
    x = np.linspace(-4, 4, 401)
    z = w * x + b
    middle = -b / w if w else np.inf
    edge = float(np.clip(middle, -4, 4))
    sides = step(np.array([-4 * w + b, 4 * w + b]))  # the step is level on both sides of its edge
    parts = [
        polyline(high.x(x), high.y(sigmoid(z)), **_LOOKS["σ(wx + b)"]),
        polyline(low.x(x), low.y(sigmoid.derivative(z)), stroke="positive", stroke_width=2),
        polyline(high.x([-4, edge, edge, 4]), high.y(np.repeat(sides, 2)), **_LOOKS["step(wx + b)"]),
    ]
    if abs(middle) <= 4:
        place, bottom = high.x(middle), low.top + low.height
        parts.append(line(place, high.top, place, bottom, stroke="quiet", stroke_dasharray="2 4"))
        label = f"middle: x = −b/w = {num(middle)}"
        parts.append(note(float(np.clip(place, 120, 400)), 272, label, fill="quiet"))
    return parts


def _walker(high: Axes, low: Axes, w: float, z: Array) -> list[Element]:
    """Return the present x with its point on each curve, and the tangent there."""
    slope = sigmoid.derivative(z)
    x, y = high.x(X), high.y(sigmoid(z))
    rise = w * slope * (high.y(0) - high.y(1)) / (high.x(1) - high.x(0))  # in units of the drawing
    across = 48 / np.hypot(1, rise)
    tangent = line(x - across, y + across * rise, x + across, y - across * rise, **_LOOKS["slope over x"])
    return [
        high.clip("high", tangent),
        rect(x - 5, high.y(step(z)) - 5, 10, 10, fill="negative", stroke="paper"),
        circle(x, y, 6, fill="positive", stroke="paper"),
        circle(x, low.y(slope), 5, fill="positive", stroke="paper"),
    ]


def _legend() -> list[Element]:
    parts = []
    for y, (name, look) in zip((40, 62, 84), _LOOKS.items(), strict=True):
        parts += [line(480, y, 510, y, **look), text(518, y, name, size=12, text_anchor="start")]
    return parts


def _counters(w: float, z: Array) -> list[Element]:
    slope = sigmoid.derivative(z)
    columns = {
        "x": (X, 2),
        "z = wx + b": (z, 3),
        "the step says": (step(z), 0),
        "a = σ(z)": (sigmoid(z), 4),
        "σ′(z)": (slope, 4),
        "slope over x": (w * slope, 3),
    }
    rows = {name: [num(v, digits) for v in values] for name, (values, digits) in columns.items()}
    return counters(480, 126, rows, apart=50)


# -- captions -----------------------------------------------------------------------------------


def _caption(w: float, b: float, x: float, z: float) -> Caption:
    a, rest = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))  # rest is 1 − a, and right where a is nearly 1
    slope = a * rest
    numbers = [
        f"z = {_Z.worked(given(w), given(x), given(b), result=z)}",
        f"a = {_A} = {_A.worked(np.exp(-z), result=a)}",
        f"σ′(z) = {_DERIVATIVE} = {_DERIVATIVE.worked(a, rest, result=slope)}",
        f"slope over x = {_SLOPE} = {_SLOPE.worked(given(w), slope, result=w * slope)}",
    ]
    return Caption(f"x = {num(x)}: {_words(w, z, a, slope)}", _FORMULA, "\n".join(numbers))


def _words(w: float, z: float, a: float, slope: float) -> str:
    height = num(a) if slope >= FLAT else f"nearly {round(a)}"
    says = f"The step says {step(z):.0f}, σ says {height}."
    if w == 0:
        return f"with w = 0, z is b whatever x is. {says}"
    move = f"a nudge of x by +0.01 moves a by about {num(0.01 * w * slope, 4)}"
    if z == 0:
        return f"z is 0, the middle. σ says ½ and is as steep as it ever is: {move}. The step jumps here."
    says = f"z is {'positive' if z > 0 else 'negative'}. {says}"
    if slope < FLAT:
        return f"{says} Here σ is nearly as flat as the step: a nudge of x is hardly felt."
    return f"{says} On σ {move}, on the step it moves nothing."


# -- the explorer -------------------------------------------------------------------------------


def explorer(w: float = 2.0, b: float = -2.0) -> Explorer:
    """Return the stepper that walks along a = σ(wx + b), with sliders for w and b.

    Another w or b keeps the x that is looked at.

    Parameters
    ----------
    w, b : float
        From −10 to 10, and from −20 to 20.

    Raises
    ------
    TypeError, ValueError
        As `scene` does.
    """
    settings = {
        name: ipywidgets.FloatSlider(
            value=_within(name, value), min=-LIMITS[name], max=LIMITS[name], step=0.5, description=name
        )
        for name, value in (("w", w), ("b", b))
    }
    return Explorer(scene, settings, keeps_page=True)
