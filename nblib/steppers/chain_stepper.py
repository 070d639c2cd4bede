"""The chain of three neurons: forwards, backwards factor by factor, update, and again.

On the left the dependency tree, on the right output and cost over the updates.
"""

from __future__ import annotations

import ipywidgets
import numpy as np

from nblib import validate
from nblib.chain import PARAMETERS, Chain, ChainRecord
from nblib.drawing.axes import Axes
from nblib.drawing.chain_tree import FORWARD, NEXT, factor_name, narrow, path, short, slope_name, with_sign
from nblib.drawing.marks import sign_colour, sign_dash
from nblib.drawing.numbers import added, given, layered, show
from nblib.drawing.panels import Wire, point, track
from nblib.drawing.scene import Element, Scene, Value, circle, group, line, rect, text
from nblib.steppers.chain_captions import Book, back, captions
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
            *(_slope(book, name) for name in NEXT),
            *(_move(book, name) for name in PARAMETERS),
            *_curves(book),
        ],
        captions(book),
        width=760,
        height=380,
        title="The chain rule in three neurons",
        updates=np.flatnonzero(book.updates),
        telling=back("w1"),  # the longest product: five factors
    )


# -- the tree -----------------------------------------------------------------------------------


def _heading(book: Book) -> list[Element]:
    n, pages = book.n_updates, book.pages
    cycles = np.array([*(f"Update {t + 1} of {n}" for t in range(n)), f"After {n} update{'s'[: n > 1]}"])
    stages = pages.since(len(FORWARD)).astype(int) + book.updates
    parts = [text(20, 22, pages.of(cycles), 14, text_anchor="start", font_weight="bold")]
    for i, name in enumerate(("forwards", "backwards", "update")):
        now = stages == i
        look = {"fill": np.where(now, "ink", "quiet"), "font_weight": np.where(now, "bold", "normal")}
        parts.append(text(200 + 92 * i, 22, name, **look))
    return parts


def _arrow(book: Book, name: str) -> Element:
    """Return the arrow that leaves a number; on the way back it has the sign of its factor."""
    pages, to = book.pages, NEXT.get(name, "C")
    wire = Wire(_PLACES[name], _PLACES[to], _BOX[1] / 2 if name in PARAMETERS else _RADIUS, _RADIUS + 1)
    forwards = pages.at(FORWARD.index(to))
    newest = on_path = np.zeros(len(pages), bool)
    factor = np.ones(len(pages))
    if name in NEXT:
        newest = pages.at(back(name))
        on_path = pages.at(*(back(other) for other in NEXT if name in path(other)))
        factor = pages.of(book.factor[name])
    return wire.arrow(
        width=np.select([newest, on_path | forwards], [6, 3], 1),
        color=np.select([forwards, on_path], ["ink", sign_colour(factor, zero="ink")], "quiet"),
        stroke_dasharray=np.where(on_path, sign_dash(factor), "none"),
    )


def _factor(book: Book, name: str) -> Element:
    """Return the factor of an arrow, written at it as soon as it is known."""
    (x1, y1), (x2, _) = _PLACES[name], _PLACES[NEXT[name]]
    x, y, anchor = (x1 + x2) / 2, y1 - 33, "middle"
    if name in PARAMETERS:
        x, y, anchor = (x1 + 9, y1 + 45, "start") if name[0] == "w" else (x1 - 9, y1 - 52, "end")
    known = book.pages.since(back(name))
    factor = np.where(known, "+1", "")
    if name[0] != "b":
        factor = book.pages.written(book.factor[name], known, with_sign)
    return group(
        text(x, y, np.where(known, layered(factor_name(name)), ""), 11, text_anchor=anchor, fill="quiet"),
        text(x, y + 14, factor, 11, text_anchor=anchor),
    )


def _node(book: Book, name: str) -> Element:
    """Return a number of the tree: a box for a parameter, a circle for the rest."""
    x, y = _PLACES[name]
    active = [back(name)] if name in NEXT else []
    if name in FORWARD:
        active.append(FORWARD.index(name))
    now = book.pages.at(*active) | (book.updates & (name in PARAMETERS))
    look = {"fill": "paper", "stroke": np.where(now, "mark", "ink"), "stroke_width": np.where(now, 4, 1)}
    width, height = _BOX
    box = rect(x - width / 2, y - height / 2, width, height, rx=4, **look)
    fill = np.where(book.updates, "quiet", "ink") if name in FORWARD else "ink"
    return group(
        box if name in PARAMETERS else circle(x, y, _RADIUS, **look),
        text(x, y - 9, layered(name), font_weight="bold"),
        text(x, y + 8, _value(book, name), 11, fill=fill),
    )


def _value(book: Book, name: str) -> Value:
    """Return a number of the tree as text, as soon as it is known."""
    if name == "y":
        return show(given(book.y))
    if name in PARAMETERS:
        return book.after.written(book.value[name], write=short)
    first = FORWARD.index(name) if name in FORWARD else 0
    return book.pages.written(book.value[name], book.pages.since(first), narrow)


def _slope(book: Book, name: str) -> Element:
    """Return the derivative of the cost, written at its number as soon as it is known."""
    x, y = _PLACES[name]
    if name in PARAMETERS:
        x, y = x + _BOX[0] / 2 + 6, y - 7
    else:
        x, y = x + (8 if name[0] == "z" else -20), y + 40
    known, values = book.pages.since(back(name)), book.slope[name]
    numbers = book.pages.written(values, known, with_sign)
    colour = sign_colour(book.pages.of(values), zero="ink")
    return group(
        text(x, y, np.where(known, layered(slope_name(name)), ""), 11, text_anchor="start"),
        text(x, y + 15, numbers, 11, text_anchor="start", fill=colour, font_weight="bold"),
    )


def _move(book: Book, name: str) -> Element:
    """Return what the update adds to a parameter."""
    x, y = _PLACES[name]
    old, new = book.pages.of(book.value[name]), book.after.of(book.value[name])
    with np.errstate(invalid="ignore"):
        moves = zip(old, new - old, book.updates, strict=True)
    sums = [added([short(before), short(move)]) if updated else "" for before, move, updated in moves]
    return text(x, y + (-36 if name[0] == "w" else 37), sums, 12)


def _curves(book: Book) -> list[Element]:
    """Return output and cost over the updates: faint what is still to come, and the present as points."""
    axes = Axes(612, 112, 134, 160, (0, book.n_updates), (0, 1))
    target = axes.y(book.y)
    goal = line(axes.left, target, axes.left + axes.width, target, stroke="quiet", stroke_dasharray="2 3")
    parts = [axes.frame("updates", "output, cost", ticks=4), goal]
    curves = ("a2", "output a²", "none", point), ("C", "cost C", "5 3", _square)
    for i, (name, label, dash, mark) in enumerate(curves):
        look = {"stroke_width": 2.2, "stroke_dasharray": dash}
        values, height = book.value[name], 56 + 18 * i
        now = book.after.written(values, write=lambda value, name=name: f"{layered(name)} = {show(value)}")
        parts += [
            *track(axes, name, values, book.after.row, mark=mark, ahead=True, **look),
            line(616, height, 646, height, **look),
            text(654, height, label, 12, text_anchor="start"),
            text(axes.left, 332 + 18 * i, now, text_anchor="start"),
        ]
    return parts


def _square(x: Value, y: Value) -> Element:
    return rect(x - 4, y - 4, 8, 8, fill="mark", stroke="paper")


# -- the explorer -------------------------------------------------------------------------------

INPUT = 0.8
STARTS = {
    "output 0.66": Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58),
    "saturated: w¹ = w² = 20": Chain(w1=20.0, b1=-0.7, w2=20.0, b2=-0.58),
    "w² = 0": Chain(w1=1.5, b1=-0.7, w2=0.0, b2=-0.58),
}


def explorer(eta: float = 2.0, start: str = "output 0.66", y: float = 1.0, updates: int = 30) -> Explorer:
    """Return the stepper of a chain that learns one example, with the input 0.8.

    Parameters
    ----------
    eta : float
        The learning rate η, 0.01 to 200.
    start : {"output 0.66", "saturated: w¹ = w² = 20", "w² = 0"}
        The parameters to begin with.
    y : float
        The target, 0 to 1.
    updates : int
        Number of updates, at least 1.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    validate.one_of("start", start, [*STARTS])
    validate.whole("updates", updates, at_least=1)
    eta, y = validate.number("eta", eta), validate.number("y", y)
    for name, value, low, high in (("eta", eta, 0.01, 200), ("y", y, 0, 1)):
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, got {value:g}")

    def build(eta: float, start: str, y: float) -> Scene:
        return scene(STARTS[start].descend(INPUT, y, eta=eta, steps=updates))

    settings = {
        "eta": eta_slider(eta, most=200),
        "start": ipywidgets.Dropdown(options=[*STARTS], value=start, description="start"),
        "y": ipywidgets.FloatSlider(value=y, min=0, max=1, step=0.05, description="target y"),
    }
    return Explorer(build, settings)
