"""Gradient descent of one neuron a = σ(wx + b), with two learning rates from the same start.

Run A and run B walk on one cost surface. Beside it stand the cost over the steps, the neuron over
the data, and how hard each example pulls at w.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nblib import neuron, validate
from nblib.activations import sigmoid
from nblib.drawing.axes import Axes
from nblib.drawing.formula import Formula
from nblib.drawing.numbers import given, num, show
from nblib.drawing.panels import track
from nblib.drawing.pixels import borders, data_uri
from nblib.drawing.scene import Caption, Element, Scene, circle, element, group, line, note, polyline, rect
from nblib.neuron import NeuronRecord
from nblib.widgets.explorer import Explorer

Array = NDArray[np.float64]


def scene(a: NeuronRecord, b: NeuronRecord) -> Scene:
    """Return the scene of two runs side by side: page 0 is the start, page t shows both after step t.

    Parameters
    ----------
    a, b : NeuronRecord
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
    surface = Axes(60, 34, 370, 226, *_window(a))
    runs = _Run("A", a, surface), _Run("B", b, surface)
    return Scene(
        [*_surface(surface, runs), *_costs(runs), *_neurons(runs), *_pulls(runs)],
        _captions(runs),
        width=760,
        height=446,
        title="Gradient descent of one neuron with two learning rates",
        telling=min(4, len(a)),
    )


def _window(record: NeuronRecord) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the part of the (w, b) plane that is drawn: around the valley, and wide enough for the start."""
    w, b = float(record.w[0]), float(record.b[0])
    return (min(-3.0, w - 1), max(6.0, w + 4)), (min(-6.0, b - 1), max(2.0, b + 1))


class _Run:
    """A record with its looks: A has discs and full lines, B squares and dashes.

    `x` and `y` are its places on the cost surface, in SVG units; there and in `shown`, NaN stands
    for a run that has blown up. `inside` tells which places lie in the picture.
    """

    def __init__(self, name: str, record: NeuronRecord, surface: Axes) -> None:
        self.name, self.record = name, record
        first = name == "A"
        self.colour, self.dash, self.aside = ("positive", "none", -15) if first else ("negative", "7 4", 17)
        self.shown = np.where(record.blown, np.nan, 1.0)
        self.x, self.y = self.shown * surface.x(record.w), self.shown * surface.y(record.b)
        self.inside = surface.holds(self.x, self.y)

    def sign(self, x: Any, y: Any, r: float, **look: Any) -> Element:
        """Return a disc for A, a square of about the same size for B."""
        look = {"fill": self.colour} | look
        if self.name == "A":
            return circle(x, y, r, **look)
        side = 1.7 * r
        return rect(x - side / 2, y - side / 2, side, side, **look)

    def marker(self, x: Any, y: Any) -> Element:
        """Return the sign of the present step."""
        return self.sign(x, y, 6, stroke="paper", stroke_width=1.5)


# -- the cost surface ---------------------------------------------------------------------------


def _surface(axes: Axes, runs: Sequence[_Run]) -> list[Element]:
    start = circle(float(runs[0].x[0]), float(runs[0].y[0]), 11, fill="none", stroke="ink", stroke_width=1.5)
    return [
        _shades(axes, runs[0].record),
        axes.frame("w", "b", "the cost surface: the more grey, the higher"),
        axes.clip("surface", start, *(_path(run) for run in runs)),
        *(_present(axes, run) for run in runs),
    ]


def _shades(axes: Axes, record: NeuronRecord) -> Element:
    """Return the cost over the window as a grey image, in bands with edges."""
    w = np.linspace(*axes.xlim, round(axes.width))
    b = np.linspace(*axes.ylim[::-1], round(axes.height))[:, None]  # an image begins with its upper row
    cost = neuron.cost(record.x, record.y, w, b)
    bands = np.floor(14.999 * (cost - cost.min()) / max(np.ptp(cost), 1e-12))
    # A half-transparent grey shows on a light page and on a dark one.
    greys = [(128, 128, 128, opacity) for opacity in (*range(12, 162, 10), 200)]
    return element(
        "image",
        href=data_uri(np.where(borders(bands), 15, bands), greys),
        x=axes.left,
        y=axes.top,
        width=axes.width,
        height=axes.height,
        preserveAspectRatio="none",
    )


def _path(run: _Run) -> Element:
    """Return the way so far, with a small sign at each place it came through."""
    marks = []
    for t in np.flatnonzero(run.inside[:-1]):
        passed = (np.arange(len(run.x)) > t).astype(int)
        marks.append(run.sign(float(run.x[t]), float(run.y[t]), 2.5, opacity=passed))
    return group(_trail(run.x, run.y, stroke=run.colour, stroke_width=1.5), *marks)


def _trail(x: Array, y: Array, **attributes: Any) -> Element:
    """Return a line from place to place that grows with the steps, and ends where the run blew up.

    The line is drawn once, as one long dash: what varies is how much of it is shown.
    """
    n = int(np.isfinite(y).sum())
    shown_x, shown_y = (np.round(np.clip(v[:n], -1e4, 1e4), 1) for v in (x, y))  # keeps the dash exact
    length = np.r_[0, np.cumsum(np.hypot(np.diff(shown_x), np.diff(shown_y)))]
    total = length[-1] + 1
    hidden = total - np.pad(length, (0, len(y) - n), mode="edge")
    dash = f"{total:.2f} {total:.2f}"
    return polyline(shown_x, shown_y, stroke_dasharray=dash, stroke_dashoffset=hidden, **attributes)


def _present(axes: Axes, run: _Run) -> Element:
    """Return the present place with the name of the run; where it is outside, at the edge."""
    right, bottom = axes.left + axes.width, axes.top + axes.height
    x, y = np.clip(run.x, axes.left, right), np.clip(run.y, axes.top, bottom)
    label_x = np.where(run.inside, x, np.clip(x, axes.left + 36, right - 36))
    label_y = np.clip(y + run.aside, axes.top + 10, bottom - 10)
    label = np.where(run.inside, run.name, f"{run.name} outside").tolist()
    return group(run.marker(x, y), note(label_x, label_y, label, size=13, font_weight="bold"))


# -- the cost over the steps, the neuron over the data, and the pulls ---------------------------


def _costs(runs: Sequence[_Run]) -> list[Element]:
    steps = np.arange(len(runs[0].record) + 1)
    top = max(0.02, *(float(np.nanmax(run.record.cost)) for run in runs)) * 1.08
    axes = Axes(60, 322, 370, 84, (0, steps[-1]), (0, top))
    parts = [axes.frame("step", "cost C", ticks=4)]
    for run in runs:
        look = {"stroke": run.colour, "stroke_width": 2}
        parts += track(axes, f"cost-{run.name}", run.shown * run.record.cost, steps, mark=run.marker, **look)
    return parts


def _neurons(runs: Sequence[_Run]) -> list[Element]:
    """Return the curve of each run over the data, with the one before it, faint."""
    x, y = runs[0].record.x, runs[0].record.y
    margin = 0.1 * float(np.ptp(x)) or 1.0
    axes = Axes(494, 34, 252, 226, (float(x.min()) - margin, float(x.max()) + margin), (-0.15, 1.25))
    parts = [axes.frame("x", "a = σ(wx + b)", "the neuron over the data")]
    parts += [circle(axes.x(xi), axes.y(yi), 5, fill="quiet") for xi, yi in zip(x, y, strict=True)]
    for i, run in enumerate(runs):
        look = {"stroke": run.colour, "fill": "none", "stroke_dasharray": run.dash}
        paths = _curves(axes, run)
        before = [paths[0], *paths[:-1]]
        left = 506 + 122 * i
        parts += [
            element("path", d=before, stroke_width=1.2, opacity=0.4 * run.shown, **look),
            element("path", d=paths, stroke_width=2.5, opacity=run.shown, **look),
            line(left, 44, left + 26, 44, stroke_width=2.5, **look),
            note(left + 32, 44, f"{run.name}: η = {run.record.eta:g}", text_anchor="start"),
        ]
    return parts


def _curves(axes: Axes, run: _Run) -> list[str]:
    """Return the curve at each place: its two ends, and points where it bends, |wx + b| ≤ 8."""
    w, b = (np.where(run.record.blown, 0, values)[:, None] for values in (run.record.w, run.record.b))
    steep = np.where(np.abs(w) < 1e-6, 1e-6, w)  # below that the curve is level
    bend = np.clip(-b / steep + np.array([-8, 8]) / np.abs(steep), *axes.xlim)
    inner = np.linspace(bend[:, 0], bend[:, 1], 29, axis=1)
    x = np.pad(inner, ((0, 0), (1, 1)), constant_values=(axes.xlim,))
    rows = zip(axes.x(x).tolist(), axes.y(sigmoid(w * x + b)).tolist(), strict=True)
    return ["M" + " ".join(f"{u:.1f},{v:.1f}" for u, v in zip(*row, strict=True)) for row in rows]


def _pulls(runs: Sequence[_Run]) -> list[Element]:
    """Return how each example pulled at w in the last step (on page 0: will pull), as bars from zero."""
    x = runs[0].record.x
    most = 4 / 27 * max(float(np.abs(x).max()), 1e-9)  # (1 − a)·a·(1 − a) is at most 4/27, at a = ⅓
    axes = Axes(494, 322, 252, 84, (0.5, len(x) + 0.5), (-most, most))
    parts = [axes.frame("example", "−δ·x", "pulls at w: A left, B right", ticks=4)]
    width, zero = 0.36 * axes.width / len(x), axes.y(0)
    for side, run in zip((-1, 0), runs, strict=True):
        before = np.maximum(np.arange(len(run.shown)) - 1, 0)
        pulls = run.shown[before, None] * -run.record.delta[before] * x
        for k, end in enumerate(axes.y(pulls).T):
            left = axes.x(k + 1) + side * width
            parts.append(rect(left, np.minimum(end, zero), width, np.abs(end - zero), fill=run.colour))
    return [*parts, line(axes.left, zero, axes.left + axes.width, zero)]


# -- captions -----------------------------------------------------------------------------------

FLAT = 0.01
"""Where σ′ is below this on every example, the neuron counts as saturated."""

_FORMULA = "C = mean of ½(a − y)²\n∂C/∂w = mean of (a − y)·σ′(z)·x        ∂C/∂b = mean of (a − y)·σ′(z)"
_STEP = Formula("{old} − {η}·{slope}")


def _captions(runs: Sequence[_Run]) -> list[Caption]:
    pages = [_start(*(run.record for run in runs))]
    for t in range(1, len(runs[0].record) + 1):
        words = [f"Run {run.name} {_story(run.record, run.inside, t)}" for run in runs]
        numbers = [update for run in runs for update in _updates(run.name, run.record, t)]
        pages.append(Caption(f"Step {t}. {' '.join(words)}", _FORMULA, "\n".join(numbers)))
    return pages


def _start(a: NeuronRecord, b: NeuronRecord) -> Caption:
    words = (
        f"The start of both runs: w = {num(a.w[0], 3)}, b = {num(a.b[0], 3)}, C = {num(a.cost[0], 4)}. "
        f"The slopes are the same for both; A will step with η = {a.eta:g}, B with η = {b.eta:g}."
    )
    if saturated := _saturated(a, 0):
        words += f" The neuron is {saturated}."
    numbers = [_mean("w", a.delta[0] * a.x, a.dC_dw[0]), _mean("b", a.delta[0], a.dC_db[0])]
    return Caption(words, _FORMULA, "\n".join(numbers))


def _mean(name: str, terms: NDArray[np.float64], mean: float) -> str:
    n = len(terms)
    if n > 10:
        return f"∂C/∂{name} = mean over {n} examples = {show(mean)}"
    formula = Formula(f"({' + '.join(['{}'] * n)}) / {n}")
    return f"∂C/∂{name} = {formula.worked(*terms, result=mean)}"


def _updates(name: str, run: NeuronRecord, t: int) -> list[str]:
    """Return the updates of w and of b in step t with their numbers; none where the run has blown up."""
    if run.blown[t]:
        return []
    lines = []
    for letter, values, slopes in (("w", run.w, run.dC_dw), ("b", run.b, run.dC_db)):
        numbers = _STEP.worked(values[t - 1], given(run.eta), slopes[t - 1], result=values[t])
        lines.append(f"{name}: {letter} ← {letter} − η ∂C/∂{letter} = {numbers}")
    return lines


def _story(run: NeuronRecord, inside: NDArray[np.bool_], t: int) -> str:
    """Return what is to be told of a run at step t."""
    if run.blown[t]:
        at = int(np.argmax(run.blown))
        return f"left every scale at step {at}, η is far too large: |w| or |b| passed a million."
    parts = [_cost_story(run.cost[t - 1], run.cost[t])]
    if not inside[t]:
        last = np.flatnonzero(inside[:t])[-1]
        parts.append(f"it left the picture at step {last + 1}")
    elif not inside[t - 1]:
        parts.append("it is back in the picture")
    if saturated := _saturated(run, t):
        parts.append(f"it is {saturated}")
    return "; ".join(parts) + "."


def _cost_story(before: float, after: float) -> str:
    old, new = num(before, 4), num(after, 4)
    if old == new:
        return f"hardly changes its cost, C = {new}"
    if after < before:
        return f"goes down, from C = {old} to {new}"
    return f"goes up, from C = {old} to {new}: the step was too long"


def _saturated(run: NeuronRecord, t: int) -> str:
    """Return that the neuron is saturated, and how flat σ is where it is steepest; or nothing."""
    steepest = float((run.a[t] * (1 - run.a[t])).max())
    if steepest >= FLAT:
        return ""
    size = f"only {show(steepest, 3)}" if steepest > 1e-9 else "below a billionth"
    return f"saturated: even the largest σ′ of all examples is {size}"


# -- the explorer -------------------------------------------------------------------------------

MOISTURE = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
"""How moist the air was on eight mornings, on a scale from 0 to 5."""
RAIN = (0, 0, 0, 1, 0, 1, 1, 1)
"""Whether it rained on those days."""
STARTS = {"normal": (-1.0, 0.0), "saturated": (20.0, 0.0)}
ETAS = (0.2, 1.0, 2.0, 4.0, 8.0, 16.0, 50.0, 100.0, 1000.0)


def explorer(eta_a: float = 4.0, eta_b: float = 16.0, start: str = "normal", steps: int = 60) -> Explorer:
    """Return the stepper of gradient descent with two learning rates, on the data of eight days.

    Parameters
    ----------
    eta_a, eta_b : float
        The learning rates of run A and run B, above 0.
    start : {"normal", "saturated"}
        Begin at w = −1 or at w = 20, with b = 0.
    steps : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If a learning rate is not above 0, `start` is none of these, or `steps` is no whole number
        from 1 on.
    """
    validate.one_of("start", start, STARTS)
    validate.whole("steps", steps, at_least=1)

    def build(eta_a: float, eta_b: float, start: str) -> Scene:
        return scene(*(neuron.descend(MOISTURE, RAIN, eta, steps, *STARTS[start]) for eta in (eta_a, eta_b)))

    starts = [(f"{name}: w = {num(w, 0)}, b = {num(b, 0)}", name) for name, (w, b) in STARTS.items()]
    settings = {
        "eta_a": _eta_choice("eta_a", "η of A", eta_a),
        "eta_b": _eta_choice("eta_b", "η of B", eta_b),
        "start": ipywidgets.Dropdown(options=starts, value=start, description="start"),
    }
    return Explorer(build, settings)


def _eta_choice(name: str, description: str, value: float) -> ipywidgets.Dropdown:
    value = validate.positive(name, value)
    options = [(f"{eta:g}", eta) for eta in sorted({*ETAS, value})]
    return ipywidgets.Dropdown(options=options, value=value, description=description)
