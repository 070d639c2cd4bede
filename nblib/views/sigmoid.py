"""The sigmoid neuron: a walk along its curve, and its gradient descent with two learning rates.

`curve` shows one neuron a = σ(wx + b) from left to right, beside the step. `descent` shows how it
learns: two runs, A and B, from the same start, on the cost surface.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log10
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from nblib import validate
from nblib.activations import sigmoid, step
from nblib.costs import quadratic
from nblib.drawing.numbers import factor, num
from nblib.drawing.scene import (
    Axes,
    Caption,
    Element,
    Scene,
    circle,
    element,
    group,
    line,
    note,
    polyline,
    rect,
    text,
)
from nblib.widgets.explorer import Explorer

Array = NDArray[np.float64]

MOISTURE = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
"""How moist the air was on eight mornings, on a scale from 0 to 5."""
RAIN = (0, 0, 0, 1, 0, 1, 1, 1)
"""Whether it rained on those days."""

FLAT = 0.01
"""Where σ′ is below this, the curve counts as flat."""


def _exact(value: float) -> str:
    """Return a number with as many decimals as it has, at least two and at most six."""
    digits = next((d for d in range(2, 6) if abs(round(value, d) - value) < 1e-12), 6)
    return num(value, digits)


def _bracket(value: float) -> str:
    """Return the same as it stands in a product or sum: negative numbers in brackets."""
    shown = _exact(value)
    return f"({shown})" if shown.startswith("−") else shown


# -- the curve ----------------------------------------------------------------------------------

CURVE_LIMITS = {"w": 10, "b": 20}
CURVE_X = np.linspace(-4, 4, 33)
CURVE_FORMULA = "z = wx + b        a = σ(z) = 1 / (1 + e⁻ᶻ)\nσ′(z) = a·(1 − a)        slope over x = w·σ′(z)"


def curve_scene(w: float, b: float) -> Scene:
    """Return the scene of one neuron a = σ(wx + b): 33 pages, from x = −4 to x = 4.

    Parameters
    ----------
    w, b : float
        Weight, from −10 to 10, and bias, from −20 to 20.
    """
    w, b = _within("w", w), _within("b", b)
    high = Axes(60, 34, 400, 206, (-4, 4), (-0.1, 1.1))
    low = Axes(60, 310, 400, 80, (-4, 4), (0, 0.28))
    z = _weighted(w, b, CURVE_X)
    return Scene(
        [
            high.frame("", "a", "the neuron, and a step beside it"),
            low.frame("x", "σ′(z)", "the slope σ′ there, never more than ¼"),
            *_curves(high, low, w, b),
            *_walker(high, low, w, z),
            *_legend(),
            *_curve_counters(w, z),
        ],
        [_curve_caption(w, b, x) for x in CURVE_X],
        width=640,
        height=432,
        title="One sigmoid neuron from left to right",
        telling=22,
    )


def _within(name: str, value: float) -> float:
    value, most = validate.number(name, value), CURVE_LIMITS[name]
    if abs(value) > most:
        raise ValueError(f"{name} must be from {-most} to {most}, got {value:g}")
    return value


def _weighted(w: float, b: float, x: Any) -> Any:
    return np.round(w * x + b, 12)  # a middle that floating point misses by a hair is still the middle


def _curves(high: Axes, low: Axes, w: float, b: float) -> list[Element]:
    x = np.linspace(-4, 4, 401)
    z = w * x + b
    parts = [
        polyline(high.x(x), high.y(sigmoid(z)), stroke="positive", stroke_width=2.5),
        polyline(low.x(x), low.y(sigmoid.derivative(z)), stroke="positive", stroke_width=2),
    ]
    middle = -b / w if w else np.inf
    edge = float(np.clip(middle, -4, 4))  # the step is level on both sides of it
    ends = step(np.array([-4 * w + b, 4 * w + b]))
    heights = high.y(np.repeat(ends, 2))
    parts.append(
        polyline(
            high.x([-4, edge, edge, 4]), heights, stroke="negative", stroke_width=2, stroke_dasharray="7 4"
        )
    )
    if abs(middle) <= 4:
        place = high.x(middle)
        bottom = low.top + low.height
        parts.append(line(place, high.top, place, bottom, stroke="quiet", stroke_dasharray="2 4"))
        label = np.clip(place, 120, 400)
        parts.append(note(label, 272, f"middle: x = −b/w = {num(middle)}", fill="quiet"))
    return parts


def _walker(high: Axes, low: Axes, w: float, z: Array) -> list[Element]:
    """Return the present x with its point on each curve, and the tangent there."""
    slope = sigmoid.derivative(z)
    x, y = high.x(CURVE_X), high.y(sigmoid(z))
    rise = w * slope * (high.y(0) - high.y(1)) / (high.x(1) - high.x(0))  # in units of the drawing
    across = 48 / np.hypot(1, rise)
    return [
        line(x - across, y + across * rise, x + across, y - across * rise, stroke_width=1.5),
        rect(x - 5, high.y(step(z)) - 5, 10, 10, fill="negative", stroke="paper"),
        circle(x, y, 6, fill="positive", stroke="paper"),
        circle(x, low.y(slope), 5, fill="positive", stroke="paper"),
    ]


def _legend() -> list[Element]:
    looks = {
        "σ(wx + b)": {"stroke": "positive", "stroke_width": 2.5},
        "step(wx + b)": {"stroke": "negative", "stroke_width": 2, "stroke_dasharray": "7 4"},
        "slope over x": {"stroke": "ink", "stroke_width": 1.5},
    }
    parts = []
    for y, (name, look) in zip((40, 62, 84), looks.items(), strict=True):
        parts.append(line(480, y, 510, y, **look))
        parts.append(text(518, y, name, size=12, text_anchor="start"))
    return parts


def _curve_counters(w: float, z: Array) -> list[Element]:
    a, slope = sigmoid(z), sigmoid.derivative(z)
    rows = {
        "x": [num(v) for v in CURVE_X],
        "z = wx + b": [num(v, 3) for v in z],
        "the step says": [num(v, 0) for v in step(z)],
        "a = σ(z)": [num(v, 4) for v in a],
        "σ′(z)": [num(v, 4) for v in slope],
        "slope over x": [num(w * v, 3) for v in slope],
    }
    parts = []
    for i, (name, values) in enumerate(rows.items()):
        parts.append(text(480, 126 + 50 * i, name, size=12, text_anchor="start", fill="quiet"))
        parts.append(text(480, 145 + 50 * i, values, size=15, text_anchor="start"))
    return parts


def _curve_caption(w: float, b: float, x: float) -> Caption:
    z = float(_weighted(w, b, x))
    a = float(sigmoid(z))
    slope = a * (1 - a)
    lines = [
        f"z = {_exact(w)}·{factor(x)} + {_bracket(b)} = {_exact(z)}",
        f"a = {_division(z)} = {num(a, 6)}",
        f"σ′(z) = {num(a, 6)}·(1 − {num(a, 6)}) = {num(slope, 5)}",
        f"slope over x = {_exact(w)}·{num(slope, 5)} = {num(w * slope, 3)}",
    ]
    return Caption(f"x = {num(x)}: {_curve_words(w, z, a, slope)}", CURVE_FORMULA, "\n".join(lines))


def _curve_words(w: float, z: float, a: float, slope: float) -> str:
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


def _division(z: float) -> str:
    if abs(z) > 12:
        return f"σ({_exact(z)})"
    return f"1 / (1 + e^({_exact(-z)})) = 1 / (1 + {num(np.exp(-z), 6)})"


class CurveExplorer(Explorer):
    """The stepper along one neuron's curve; another w or b keeps the x that is looked at."""

    def refresh(self, step: int | None = None) -> None:
        """Draw the neuron anew and show it from `step`, by default the present one."""
        super().refresh(self.stepper.step if step is None else step)


def curve(w: float = 2.0, b: float = -2.0) -> CurveExplorer:
    """Return the stepper that walks along a = σ(wx + b), with sliders for w and b.

    Parameters
    ----------
    w, b : float
        From −10 to 10, and from −20 to 20.
    """
    return CurveExplorer(curve_scene, {"w": _slider("w", w), "b": _slider("b", b)})


def _slider(name: str, value: float) -> ipywidgets.FloatSlider:
    most = CURVE_LIMITS[name]
    return ipywidgets.FloatSlider(value=_within(name, value), min=-most, max=most, step=0.5, description=name)


# -- the descent --------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Descent:
    """What gradient descent of one neuron a = σ(wx + b) did: one row per place, T + 1 in all.

    Row 0 is the start, row t the place after step t. The cost is ½ (a − y)², averaged over the n
    examples.

    Attributes
    ----------
    x, y : ndarray, shape (n,)
        The data of the run.
    eta : float
        The learning rate.
    w, b : ndarray, shape (T + 1,)
    a, delta : ndarray, shape (T + 1, n)
        The activation of each example, and δ = (a − y) σ′(z).
    cost, slope_w, slope_b : ndarray, shape (T + 1,)
        C, ∂C/∂w and ∂C/∂b at each place.
    """

    x: Array
    y: Array
    eta: float
    w: Array
    b: Array
    a: Array
    delta: Array
    cost: Array
    slope_w: Array
    slope_b: Array

    def __len__(self) -> int:
        return len(self.w) - 1

    def __repr__(self) -> str:
        return (
            f"Descent(η = {self.eta:g}, {len(self)} steps, C from {self.cost[0]:.4f} to {self.cost[-1]:.4f})"
        )

    @property
    def blown(self) -> NDArray[np.bool_]:
        """Whether w or b has left every scale (a million, or not a number), shape (T + 1,)."""
        return ~((np.abs(self.w) < 1e6) & (np.abs(self.b) < 1e6))


def descend(
    eta: float,
    steps: int = 60,
    w: float = -1.0,
    b: float = 0.0,
    x: ArrayLike = MOISTURE,
    y: ArrayLike = RAIN,
) -> Descent:
    """Return the record of gradient descent: w ← w − η ∂C/∂w and b ← b − η ∂C/∂b at each step.

    Parameters
    ----------
    eta : float
        The learning rate η, above 0.
    steps : int
        At least 1.
    w, b : float
        The start.
    x, y : array_like, shape (n,)
        Inputs, and targets from 0 to 1; by default eight days, how moist each was and whether it rained.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    eta, steps = validate.positive("eta", eta), validate.whole("steps", steps, at_least=1)
    x = validate.vector("x", x)
    y = validate.vector("y", y)
    validate.same_length("x", x, "y", y)
    if y.min() < 0 or y.max() > 1:
        raise ValueError(f"y must hold targets from 0 to 1, got {y.min():g} to {y.max():g}")
    places = np.empty((steps + 1, 2))
    slopes = np.empty((steps + 1, 2))
    a, delta = np.empty((2, steps + 1, len(x)))
    places[0] = validate.number("w", w), validate.number("b", b)
    with np.errstate(over="ignore", invalid="ignore"):  # a run that blows up is recorded as it is
        for t in range(steps + 1):
            a[t] = sigmoid(places[t, 0] * x + places[t, 1])
            delta[t] = quadratic.delta(a[t], y, sigmoid)
            slopes[t] = np.mean(delta[t] * x), np.mean(delta[t])
            if t < steps:
                places[t + 1] = places[t] - eta * slopes[t]
        cost = quadratic(a[:, :, None], y[:, None]).mean(axis=1)
    return Descent(x, y, eta, *places.T, a, delta, cost, *slopes.T)


DESCENT_FORMULA = (
    "C = mean of ½(a − y)²\n∂C/∂w = mean of (a − y)·σ′(z)·x        ∂C/∂b = mean of (a − y)·σ′(z)"
)
LOOKS = {
    "A": {"colour": "positive", "dash": "none", "label": -15},
    "B": {"colour": "negative", "dash": "7 4", "label": 17},
}


def descent_scene(a: Descent, b: Descent) -> Scene:
    """Return the scene of two runs side by side: page 0 is the start, page t shows both after step t.

    Parameters
    ----------
    a, b : Descent
        Runs on the same data, from the same start, with as many steps.

    Raises
    ------
    ValueError
        If the two differ in anything but η, or the start is a million or more from 0.
    """
    same = np.array_equal(a.x, b.x) and np.array_equal(a.y, b.y) and len(a) == len(b)
    if not same or (a.w[0], a.b[0]) != (b.w[0], b.b[0]):
        raise ValueError("a and b must have the same data, start and number of steps, and differ in η only")
    if a.blown[0]:
        raise ValueError(f"the start must lie within a million, got w = {a.w[0]:g}, b = {a.b[0]:g}")
    runs = {"A": a, "B": b}
    top = max(0.02, *(float(np.nanmax(run.cost)) for run in runs.values())) * 1.08
    surface = Axes(60, 34, 370, 226, *_window(a))
    costs = Axes(60, 322, 370, 84, (0, len(a)), (0, top))
    return Scene(
        [
            *_surface(surface, runs),
            *_cost_curves(costs, runs),
            *_neurons(a.x, a.y, runs),
            *_pulls(runs),
        ],
        _descent_captions(surface, runs),
        width=760,
        height=446,
        title="Gradient descent of one neuron with two learning rates",
        telling=min(4, len(a)),
    )


# -- the cost surface ---------------------------------------------------------------------------


def _window(run: Descent) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the part of the (w, b) plane that is drawn: around the valley, and wide enough for the start."""
    w, b = float(run.w[0]), float(run.b[0])
    return (min(-3.0, w - 1), max(6.0, w + 4)), (min(-6.0, b - 1), max(2.0, b + 1))


def _surface(axes: Axes, runs: Mapping[str, Descent]) -> list[Element]:
    run = runs["A"]
    shades = element(
        "image",
        href=_shades(tuple(run.x), tuple(run.y), axes.xlim, axes.ylim),
        x=axes.left,
        y=axes.top,
        width=axes.width,
        height=axes.height,
        preserveAspectRatio="none",
    )
    start = circle(axes.x(run.w[0]), axes.y(run.b[0]), 11, fill="none", stroke="ink", stroke_width=1.5)
    paths = [_path(axes, name, run) for name, run in runs.items()]
    markers = [_marker(axes, name, run) for name, run in runs.items()]
    title = "the cost surface: the more grey, the higher"
    return [shades, axes.frame("w", "b", title), axes.clip("surface", start, *paths), *markers]


@lru_cache(maxsize=8)
def _shades(
    x: tuple[float, ...], y: tuple[float, ...], xlim: tuple[float, float], ylim: tuple[float, float]
) -> str:
    """Return the cost over the window as a grey image with bands and their edges, as a data URI."""
    w = np.linspace(*xlim, 370)
    b = np.linspace(*ylim[::-1], 226)[:, None]  # the first row of an image is the upper one
    cost = np.mean([0.5 * (sigmoid(w * xi + b) - yi) ** 2 for xi, yi in zip(x, y, strict=True)], axis=0)
    bands = np.floor(14.999 * (cost - cost.min()) / max(np.ptp(cost), 1e-12))
    edges = np.zeros(cost.shape, bool)
    edges[:, 1:] |= np.diff(bands, axis=1) != 0
    edges[1:] |= np.diff(bands, axis=0) != 0
    # A half-transparent grey shows on a light page and on a dark one.
    opacity = np.where(edges, 200, 12 + 10 * bands).astype(np.uint8)
    packed = io.BytesIO()
    Image.fromarray(np.dstack([np.full_like(opacity, 128), opacity]), "LA").save(packed, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()


def _drawn(axes: Axes, run: Descent) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return where the places of a run stand in the drawing, and which of them lie inside the axes."""
    x = np.where(run.blown, np.nan, axes.x(run.w))
    y = np.where(run.blown, np.nan, axes.y(run.b))
    bottom, right = axes.top + axes.height, axes.left + axes.width
    return x, y, (x >= axes.left) & (x <= right) & (y >= axes.top) & (y <= bottom)


def _trail(x: Array, y: Array, **attributes: Any) -> Element:
    """Return a line from place to place that grows with the steps, and ends where the run blew up.

    The line is drawn once, as one long dash: what varies is how much of it is shown.
    """
    n = int(np.argmax(~np.isfinite(y))) if not np.isfinite(y).all() else len(y)
    shown_x, shown_y = (np.round(np.clip(v[:n], -1e4, 1e4), 1) for v in (x, y))  # keeps the dash exact
    length = np.r_[0, np.cumsum(np.hypot(np.diff(shown_x), np.diff(shown_y)))]
    total = length[-1] + 1
    so_far = np.r_[length, np.full(len(y) - n, length[-1])]
    return polyline(
        shown_x,
        shown_y,
        stroke_dasharray=f"{total:.2f} {total:.2f}",
        stroke_dashoffset=total - so_far,
        **attributes,
    )


def _path(axes: Axes, name: str, run: Descent) -> Element:
    """Return the way so far, with a small mark at each place it came through."""
    x, y, inside = _drawn(axes, run)
    colour = LOOKS[name]["colour"]
    marks = []
    for t in np.flatnonzero(inside[:-1]):
        seen = (np.arange(len(x)) > t).astype(int)  # strictly before the present step
        if name == "A":
            marks.append(circle(float(x[t]), float(y[t]), 2.5, fill=colour, opacity=seen))
        else:
            marks.append(rect(float(x[t]) - 2.5, float(y[t]) - 2.5, 5, 5, fill=colour, opacity=seen))
    return group(_trail(x, y, stroke=colour, stroke_width=1.5), *marks)


def _marker(axes: Axes, name: str, run: Descent) -> Element:
    """Return the present place: a disc for A, a square for B, at the edge when it is outside."""
    x, y, inside = _drawn(axes, run)
    edge_x = np.clip(x, axes.left, axes.left + axes.width)
    edge_y = np.clip(y, axes.top, axes.top + axes.height)
    colour, aside = LOOKS[name]["colour"], LOOKS[name]["label"]
    shape = _sign(name, edge_x, edge_y, colour)
    label_x = np.where(inside, edge_x, np.clip(edge_x, axes.left + 36, axes.left + axes.width - 36))
    label_y = np.clip(edge_y + aside, axes.top + 10, axes.top + axes.height - 10)
    words = np.where(inside, name, f"{name} outside").tolist()
    return group(shape, note(label_x, label_y, words, size=13, font_weight="bold"))


def _sign(name: str, x: Any, y: Any, colour: str) -> Element:
    if name == "A":
        return circle(x, y, 6, fill=colour, stroke="paper", stroke_width=1.5)
    return rect(x - 5, y - 5, 10, 10, fill=colour, stroke="paper", stroke_width=1.5)


# -- the cost over the steps, the neuron over the data, and the pulls ---------------------------


def _cost_curves(axes: Axes, runs: Mapping[str, Descent]) -> list[Element]:
    parts = [axes.frame("step", "cost C", "", ticks=4)]
    for name, run in runs.items():
        x = axes.x(np.arange(len(run) + 1))
        y = np.where(run.blown, np.nan, axes.y(run.cost))
        parts.append(_trail(x, y, stroke=LOOKS[name]["colour"], stroke_width=2))
        parts.append(_sign(name, x, y, LOOKS[name]["colour"]))
    return parts


def _neurons(x: Array, y: Array, runs: Mapping[str, Descent]) -> list[Element]:
    """Return the curve of each run over the data, with the one before it, faint."""
    low, high = float(x.min()), float(x.max())
    margin = 0.1 * (high - low) or 1.0
    axes = Axes(494, 34, 252, 226, (low - margin, high + margin), (-0.15, 1.25))
    parts = [axes.frame("x", "a = σ(wx + b)", "the neuron over the data")]
    for place, target in zip(axes.x(x), axes.y(y), strict=True):
        parts.append(circle(place, target, 5, fill="quiet"))
    for i, (name, run) in enumerate(runs.items()):
        look = {"stroke": LOOKS[name]["colour"], "fill": "none", "stroke_dasharray": LOOKS[name]["dash"]}
        paths = _curve_paths(axes, run)
        before = [paths[0], *paths[:-1]]
        gone = np.where(run.blown, np.nan, 1.0)
        parts.append(element("path", d=before, stroke_width=1.2, opacity=0.4 * gone, **look))
        parts.append(element("path", d=paths, stroke_width=2.5, opacity=gone, **look))
        place = 506 + 122 * i
        parts.append(line(place, 44, place + 26, 44, stroke_width=2.5, **look))
        parts.append(note(place + 32, 44, f"{name}: η = {run.eta:g}", text_anchor="start"))
    return parts


def _curve_paths(axes: Axes, run: Descent) -> list[str]:
    """Return the curve at each place: points only where it bends, |wx + b| ≤ 8, and the two ends."""
    w, b = (np.where(run.blown, 0, values)[:, None] for values in (run.w, run.b))
    low, high = axes.xlim
    level = np.abs(w) < 1e-6
    safe = np.where(level, 1, w)
    bend = np.where(level, [low, high], np.clip(-b / safe + np.array([-8, 8]) / np.abs(safe), low, high))
    inner = bend[:, :1] + (bend[:, 1:] - bend[:, :1]) * np.linspace(0, 1, 29)
    across = np.column_stack([np.full(len(w), low), inner, np.full(len(w), high)])
    heights = axes.y(sigmoid(w * across + b))
    return [
        "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(*row, strict=True))
        for row in zip(axes.x(across).tolist(), heights.tolist(), strict=True)
    ]


def _pulls(runs: Mapping[str, Descent]) -> list[Element]:
    """Return how each example pulled at w in the last step (on page 0: will pull), as bars from zero."""
    x = runs["A"].x
    most = 4 / 27 * max(float(np.abs(x).max()), 1e-9)  # (1 − a)·a·(1 − a) is at most 4/27, at a = ⅓
    axes = Axes(494, 322, 252, 84, (0.5, len(x) + 0.5), (-most, most))
    parts = [axes.frame("example", "−δ·x", "pulls at w: A left, B right", ticks=4)]
    width = 0.36 * axes.width / len(x)
    zero = axes.y(0)
    for i, (name, run) in enumerate(runs.items()):
        rows = np.maximum(np.arange(len(run) + 1) - 1, 0)
        pulls = np.where(run.blown[rows, None], np.nan, -run.delta[rows] * x)
        for k, pull in enumerate(pulls.T):
            end = axes.y(pull)
            left = axes.x(k + 1) + (i - 1) * width
            bar = rect(left, np.minimum(end, zero), width, np.abs(end - zero), fill=LOOKS[name]["colour"])
            parts.append(bar)
    parts.append(line(axes.left, zero, axes.left + axes.width, zero))
    return parts


# -- captions of the descent --------------------------------------------------------------------


def _descent_captions(axes: Axes, runs: Mapping[str, Descent]) -> list[Caption]:
    told = {name: _stories(axes, run) for name, run in runs.items()}
    captions = [_first_caption(runs)]
    for t in range(1, len(runs["A"]) + 1):
        words = " ".join(f"Run {name} {story[t]}" for name, story in told.items())
        lines = [entry for name, run in runs.items() for entry in _update_lines(name, run, t)]
        captions.append(Caption(f"Step {t}. {words}", DESCENT_FORMULA, "\n".join(lines)))
    return captions


def _first_caption(runs: Mapping[str, Descent]) -> Caption:
    a, b = runs.values()
    words = (
        f"The start of both runs: w = {num(a.w[0], 3)}, b = {num(a.b[0], 3)}, C = {num(a.cost[0], 4)}. "
        f"The slopes are the same for both; A will step with η = {a.eta:g}, B with η = {b.eta:g}."
    )
    flattest = _flattest(a)[0]
    if flattest < FLAT:
        words += f" The neuron is saturated: {_bound(flattest)} on every example."
    lines = []
    for name, terms, slope in (("w", a.delta[0] * a.x, a.slope_w[0]), ("b", a.delta[0], a.slope_b[0])):
        digits = _slope_digits(1, slope)
        total = " + ".join(factor(term, digits + 1) for term in terms[:10])
        if len(terms) > 10:
            total += " + …"
        lines.append(f"∂C/∂{name} = ({total}) / {len(terms)} = {num(slope, digits)}")
    return Caption(words, DESCENT_FORMULA, "\n".join(lines))


def _slope_digits(eta: float, slope: float) -> int:
    """Return how many decimals of a slope are needed: so many that η·slope is right to three decimals.

    A very small slope gets as many as show its first two digits.
    """
    needed = 4 + max(0, ceil(log10(eta / 5)))
    first = -floor(log10(abs(slope))) if slope else 0
    return max(needed, min(first + 1, 10))


def _update_lines(name: str, run: Descent, t: int) -> list[str]:
    """Return the update of w and of b in step t with its numbers; none where the run has blown up."""
    if run.blown[t]:
        return []
    lines = []
    for letter, values, slopes in (("w", run.w, run.slope_w), ("b", run.b, run.slope_b)):
        slope = float(slopes[t - 1])
        product = f"{_exact(run.eta)}·{factor(slope, _slope_digits(run.eta, slope))}"
        update = f"{num(values[t - 1], 3)} − {product} = {num(values[t], 3)}"
        lines.append(f"{name}: {letter} ← {letter} − η ∂C/∂{letter} = {update}")
    return lines


def _flattest(run: Descent) -> Array:
    """Return the largest σ′ of all examples, at each place."""
    return (run.a * (1 - run.a)).max(axis=1)


def _stories(axes: Axes, run: Descent) -> list[str]:
    """Return what is to be told of a run at each step."""
    *_, inside = _drawn(axes, run)
    flattest = _flattest(run)
    stories = [""]
    left = blew = 0
    for t in range(1, len(run) + 1):
        if run.blown[t]:
            blew = blew or t
            stories.append(
                f"left every scale at step {blew}, η is far too large: |w| or |b| passed a million."
            )
            continue
        parts = [_cost_story(run.cost[t - 1], run.cost[t])]
        if not inside[t]:
            left = left or t
            parts.append(f"it left the picture at step {left}")
        elif left:
            left = 0
            parts.append("it is back in the picture")
        if flattest[t] < FLAT:
            parts.append(f"it is saturated, {_bound(flattest[t])} on every example")
        stories.append("; ".join(parts) + ".")
    return stories


def _cost_story(before: float, after: float) -> str:
    old, new = num(before, 4), num(after, 4)
    if old == new:
        return f"hardly changes its cost, C = {new}"
    if after < before:
        return f"goes down, from C = {old} to {new}"
    return f"goes up, from C = {old} to {new}: the step was too long"


def _bound(slope: float) -> str:
    """Say that no σ′ is larger than `slope`, a number from 0 to 0.01, rounded up to its first digit."""
    if slope < 1e-9:
        return "σ′ is below a billionth"
    digits = -floor(log10(slope))
    return f"σ′ is at most {num(ceil(slope * 10**digits) / 10**digits, digits)}"


STARTS = {"normal": (-1.0, 0.0), "saturated": (20.0, 0.0)}
ETAS = (0.2, 1.0, 2.0, 4.0, 8.0, 16.0, 50.0, 100.0, 1000.0)


def descent(eta_a: float = 4.0, eta_b: float = 16.0, start: str = "normal", steps: int = 60) -> Explorer:
    """Return the stepper of gradient descent with two learning rates, on the data of eight days.

    Parameters
    ----------
    eta_a, eta_b : float
        The learning rates of run A and run B, above 0.
    start : {"normal", "saturated"}
        Begin at w = −1 or at w = 20, with b = 0.
    steps : int
        At least 1.
    """
    validate.one_of("start", start, STARTS)
    validate.whole("steps", steps, at_least=1)

    def build(eta_a: float, eta_b: float, start: str) -> Scene:
        w, b = STARTS[start]
        return descent_scene(*(descend(eta, steps, w, b) for eta in (eta_a, eta_b)))

    settings = {
        "eta_a": _eta_choice("eta_a", "η of A", eta_a),
        "eta_b": _eta_choice("eta_b", "η of B", eta_b),
        "start": ipywidgets.Dropdown(
            options=[(f"{name}: w = {num(w, 0)}, b = {num(b, 0)}", name) for name, (w, b) in STARTS.items()],
            value=start,
            description="start",
        ),
    }
    return Explorer(build, settings)


def _eta_choice(name: str, description: str, value: float) -> ipywidgets.Dropdown:
    value = validate.positive(name, value)
    options = [(f"{eta:g}", eta) for eta in sorted({*ETAS, value})]
    return ipywidgets.Dropdown(options=options, value=value, description=description)
