"""The chain of three neurons: forwards, backwards factor by factor, update, and again.

In the dependency tree one arrow leaves each number. The arrow carries the factor ∂next/∂number, and
the derivative of the cost for a number is the product of the factors on its way to C.
"""

from __future__ import annotations

import ipywidgets
import numpy as np

from nblib import validate
from nblib.chain import PARAMETERS, Chain, ChainRecord
from nblib.drawing.marks import arrow_head, sign_colour, sign_dash
from nblib.drawing.numbers import given, show
from nblib.drawing.scene import Axes, Element, Scene, circle, element, group, line, polyline, rect, text
from nblib.steppers.chain_captions import captions
from nblib.steppers.chain_pages import BACKWARD, FORWARD, NEXT, UPDATE, Book, path, phase_of, slope_name
from nblib.widgets.explorer import Explorer, eta_slider

_PLACES = {
    "a0": (40, 205), "z1": (137, 205), "a1": (234, 205), "z2": (331, 205), "a2": (428, 205), "C": (525, 205),
    "w1": (137, 88), "b1": (137, 322), "w2": (331, 88), "b2": (331, 322), "y": (525, 88),
}  # fmt: skip
_RADIUS = 27
_BOX = (64, 46)  # a parameter's


def scene(record: ChainRecord) -> Scene:
    """Return the scene of a descent: for each update five pages forwards, nine backwards, one to update.

    After the last update follow five more pages forwards, with the last parameters.

    Parameters
    ----------
    record : ChainRecord
        Of one example.

    Raises
    ------
    ValueError
        If the record is of several examples, holds no step, or has columns of unequal lengths.
    """
    book = Book(record)
    return Scene(
        [
            *_heading(book),
            *(_arrow(book, name) for name in (*NEXT, "y")),
            *(_factor(book, name) for name in NEXT),
            *(_node(book, name) for name in _PLACES),
            *(_slope(book, name) for name in BACKWARD),
            *(_move(book, name) for name in PARAMETERS),
            *_curves(book),
        ],
        captions(book),
        width=760,
        height=380,
        title="The chain rule in three neurons",
        updates=np.flatnonzero(book.phase == UPDATE),
        telling=phase_of("w1"),  # the longest product: five factors
    )


# -- the tree -----------------------------------------------------------------------------------


def _heading(book: Book) -> list[Element]:
    n = len(book)
    cycles = [f"Update {t + 1} of {n}" for t in range(n)] + [f"After {n} update{'s'[: n > 1]}"]
    stages = np.digitize(book.phase, [len(FORWARD), UPDATE])
    parts = [text(20, 22, [cycles[t] for t in book.t], 14, text_anchor="start", font_weight="bold")]
    for i, name in enumerate(("forwards", "backwards", "update")):
        now = stages == i
        look = {"fill": np.where(now, "ink", "quiet"), "font_weight": np.where(now, "bold", "normal")}
        parts.append(text(200 + 92 * i, 22, name, **look))
    return parts


def _arrow(book: Book, name: str) -> Element:
    """Return the arrow that leaves a number; on the way back it has the sign of its factor."""
    to = NEXT.get(name, "C")
    start, end = np.array(_PLACES[name]), np.array(_PLACES[to])
    along = np.sign(end - start)
    start = start + along * (_BOX[1] / 2 if name in PARAMETERS else _RADIUS)
    tip = end - along * (_RADIUS + 1)
    forwards = book.phase == FORWARD.index(to)
    newest = on_path = np.zeros(len(book.t), bool)
    factor = np.ones(len(book.t))
    if name in NEXT:
        newest = book.phase == phase_of(name)
        on_path = np.isin(book.phase, [phase_of(other) for other in BACKWARD if name in path(other)])
        factor = book.factor[name][book.t]
    shaft = line(
        *start,
        *(tip - 7 * along),
        stroke="currentColor",
        stroke_width=np.select([newest, on_path | forwards], [6, 3], 1),
        stroke_dasharray=np.where(on_path, sign_dash(factor), "none"),
    )
    colour = np.select([forwards, on_path], ["ink", sign_colour(factor, zero="ink")], "quiet")
    return group(shaft, arrow_head(tip, along, fill="currentColor"), color=colour)


def _factor(book: Book, name: str) -> Element:
    """Return the factor of an arrow, written at it as soon as it is known."""
    (x1, y1), (x2, _) = _PLACES[name], _PLACES[NEXT[name]]
    x, y, anchor = (x1 + x2) / 2, y1 - 33, "middle"
    if name in PARAMETERS:
        x, y, anchor = (x1 + 9, y1 + 45, "start") if name[0] == "w" else (x1 - 9, y1 - 52, "end")
    known = book.known(name)
    factor = np.where(known, "+1", "")
    if name[0] != "b":
        factor = book.written(book.factor[name], known, _signed)
    return group(
        text(x, y, np.where(known, f"∂{NEXT[name]}/∂{name}", ""), 11, text_anchor=anchor, fill="quiet"),
        text(x, y + 14, factor, 11, text_anchor=anchor),
    )


def _node(book: Book, name: str) -> Element:
    """Return a number of the tree: a box for a parameter, a circle for the rest."""
    x, y = _PLACES[name]
    phase, active, fill, value = book.phase, [], "ink", show(given(book.y))
    if name in FORWARD:
        active = [FORWARD.index(name)]
        fill = np.where(phase == UPDATE, "quiet", "ink")
    if name in PARAMETERS:
        active = [UPDATE]
        value = [_short(v) for v in book.value[name][book.rows]]
    elif name != "y":
        value = book.written(book.value[name], phase >= (active or [0])[0], _narrow)
    if name in NEXT:
        active = [*active, phase_of(name)]
    now = np.isin(phase, active)
    look = {"fill": "paper", "stroke": np.where(now, "mark", "ink"), "stroke_width": np.where(now, 4, 1)}
    width, height = _BOX
    box = rect(x - width / 2, y - height / 2, width, height, rx=4, **look)
    return group(
        box if name in PARAMETERS else circle(x, y, _RADIUS, **look),
        text(x, y - 9, name, font_weight="bold"),
        text(x, y + 8, value, 11, fill=fill),
    )


def _slope(book: Book, name: str) -> Element:
    """Return the derivative of the cost, written at its number as soon as it is known."""
    x, y = _PLACES[name]
    if name in PARAMETERS:
        x, y = x + _BOX[0] / 2 + 6, y - 7
    else:
        x, y = x + (8 if name[0] == "z" else -20), y + 40
    known, values = book.known(name), book.slope[name]
    return group(
        text(x, y, np.where(known, slope_name(name), ""), 11, text_anchor="start"),
        text(
            x,
            y + 15,
            book.written(values, known, _signed),
            11,
            text_anchor="start",
            fill=sign_colour(values[book.t], zero="ink"),
            font_weight="bold",
        ),
    )


def _move(book: Book, name: str) -> Element:
    """Return what the update adds to a parameter."""
    x, y = _PLACES[name]
    old, new = book.value[name][book.t], book.value[name][book.rows]
    with np.errstate(invalid="ignore"):
        moves = new - old
    sums = [
        f"{_short(before)} {'−' if move < 0 else '+'} {_short(abs(move))}" if phase == UPDATE else ""
        for before, move, phase in zip(old, moves, book.phase, strict=True)
    ]
    return text(x, y + (-36 if name[0] == "w" else 37), sums, 12)


def _curves(book: Book) -> list[Element]:
    """Return output and cost over the updates: faint what is still to come, and the present as points."""
    axes = Axes(612, 112, 134, 160, (0, len(book)), (0, 1))
    place, target = axes.x(book.rows), axes.y(book.y)
    past = element("clipPath", rect(axes.left - 3, 0, place - axes.left + 3, 380), id="past")
    goal = line(axes.left, target, axes.left + axes.width, target, stroke="quiet", stroke_dasharray="2 3")
    faint, strong, points, legend = [], [], [], []
    for i, (name, label, dash) in enumerate((("a2", "output a2", "none"), ("C", "cost C", "5 3"))):
        x, y = axes.x(np.arange(len(book) + 1)), axes.y(book.value[name])
        drawn, up = np.isfinite(y), y[book.rows]
        faint.append(polyline(x[drawn], y[drawn], stroke="quiet", stroke_width=0.8, stroke_dasharray=dash))
        strong.append(polyline(x[drawn], y[drawn], stroke_width=2.2, stroke_dasharray=dash))
        point = circle(place, up, 4.5) if name == "a2" else rect(place - 4, up - 4, 8, 8)
        points.append(group(point, fill="mark", stroke="paper"))
        values = [f"{name} = {show(v)}" for v in book.value[name][book.rows]]
        height = 56 + 18 * i
        legend += [
            line(616, height, 646, height, stroke_width=2.2, stroke_dasharray=dash),
            text(654, height, label, 12, text_anchor="start"),
            text(axes.left, 332 + 18 * i, values, 13, text_anchor="start"),
        ]
    frame = axes.frame("updates", "output, cost", ticks=4)
    return [frame, goal, *faint, past, group(*strong, clip_path="url(#past)"), *points, *legend]


def _short(value: float) -> str:
    """Return a number as it fits into the drawing."""
    size = abs(value)
    return show(value, 4 if 1e-4 <= size < 10 else 3 if size < 100 else 2)


def _narrow(value: float) -> str:
    """Return a number as it fits into a circle."""
    size = abs(value)
    return _short(value) if size >= 0.01 else show(value, 3 if size >= 0.001 else 2)


def _signed(value: float) -> str:
    written = _short(value)
    return f"+{written}" if value > 0 else written


# -- the explorer -------------------------------------------------------------------------------

INPUT = 0.8
STARTS = {
    "output 0.66": Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58),
    "saturated: w1 = w2 = 20": Chain(w1=20.0, b1=-0.7, w2=20.0, b2=-0.58),
    "w2 = 0": Chain(w1=1.5, b1=-0.7, w2=0.0, b2=-0.58),
}


def explorer(eta: float = 1.0, start: str = "output 0.66", y: float = 1.0, updates: int = 30) -> Explorer:
    """Return the stepper of a chain that learns one example, with the input 0.8.

    Parameters
    ----------
    eta : float
        The learning rate η, 0.01 to 100.
    start : {"output 0.66", "saturated: w1 = w2 = 20", "w2 = 0"}
        The parameters to begin with.
    y : float
        The target, 0 to 1.
    updates : int
        Number of updates, at least 1.
    """
    validate.one_of("start", start, [*STARTS])
    validate.whole("updates", updates, at_least=1)
    eta, y = validate.number("eta", eta), validate.number("y", y)
    for name, value, low, high in (("eta", eta, 0.01, 100), ("y", y, 0, 1)):
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, got {value:g}")

    def build(eta: float, start: str, y: float) -> Scene:
        return scene(STARTS[start].descend(INPUT, y, eta=eta, steps=updates))

    settings = {
        "eta": eta_slider(eta),
        "start": ipywidgets.Dropdown(options=[*STARTS], value=start, description="start"),
        "y": ipywidgets.FloatSlider(value=y, min=0, max=1, step=0.05, description="target y"),
    }
    return Explorer(build, settings)
