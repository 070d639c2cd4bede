"""The three-neuron chain where its knobs stand: the dependency tree, and the cost over one of the knobs.

What the browser rewrites when a knob is turned says so in its data: ``data-value``, ``data-signed`` and the
like name the number of a `ChainPass` that it shows (see chain_knobs.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nblib.chain import PARAMETERS, Chain, ChainPass
from nblib.drawing.axes import Axes
from nblib.drawing.chain_tree import (
    NEXT,
    factor_field,
    factor_name,
    narrow,
    path,
    slope_field,
    slope_name,
    with_sign,
)
from nblib.drawing.marks import sign_colour, sign_dash
from nblib.drawing.numbers import layered
from nblib.drawing.panels import Wire
from nblib.drawing.scene import Element, circle, group, line, polyline, rect, text

Settings = Mapping[str, float]

KNOBS = {
    "a0": ("input", 0, 1), "w1": ("weight", -6, 6), "b1": ("bias", -6, 6),
    "w2": ("weight", -6, 6), "b2": ("bias", -6, 6), "y": ("target", 0, 1),
}  # fmt: skip
"""What each knob is, and how far it can be turned, from left to right in the tree."""

# -- the tree -------------------------------------------------------------------------------------

_ACROSS = dict(zip(("a0", "z1", "a1", "z2", "a2", "C"), range(32, 500, 76), strict=False))
_PLACES = {name: (x, 165) for name, x in _ACROSS.items()} | {
    "w1": (108, 50), "b1": (108, 280), "w2": (260, 50), "b2": (260, 280), "y": (412, 50)
}  # fmt: skip
_RADIUS, _BOX = 25, (62, 42)


def tree(settings: Settings, over: str) -> list[Element]:
    """Return the dependency tree with all its numbers; the path from C back to one knob is lit.

    Parameters
    ----------
    settings : mapping of str to float
        Where each of `KNOBS` stands.
    over : str
        The knob that is lit.
    """
    values, lit = _pass(settings), path(over)
    wires = {
        name: Wire(_PLACES[name], _PLACES[NEXT.get(name, "C")], _leaves(name), _RADIUS + 1)
        for name in (*NEXT, "y")
    }
    return [
        *(_halo(wires[name], name, name in lit) for name in NEXT),
        wires["y"].arrow(color="quiet"),
        *(_arrow(wires[name], name, getattr(values, factor_field(name))) for name in NEXT),
        *(_factor(name, getattr(values, factor_field(name))) for name in NEXT if name[0] != "b"),
        *(_number(settings, values, name, name == over) for name in _PLACES),
        *(_slope(name, getattr(values, slope_field(name))) for name in NEXT),
    ]


def _leaves(name: str) -> float:
    return _BOX[1] / 2 if name[0] in "wb" else _RADIUS


def _halo(wire: Wire, name: str, lit: bool) -> Element:
    x, y = wire.at(1, -8)
    return line(
        *wire.start, x, y, stroke="mark" if lit else "none", stroke_width=11, stroke_opacity=0.35,
        data_lit=factor_field(name),
    )  # fmt: skip


def _arrow(wire: Wire, name: str, factor: float) -> Element:
    width = round(1 + 2.2 * min(abs(factor), 3) / 3, 2)  # the browser does the same
    return wire.arrow(factor, width, data_arrow=factor_field(name))


def _factor(name: str, factor: float) -> Element:
    (x, y), (to, _) = _PLACES[name], _PLACES[NEXT[name]]
    place, anchor = ((x + to) / 2, y - 45), "middle"
    if name[0] == "w":
        place, anchor = (x + 8, y + 33), "start"
    return group(
        text(*place, layered(factor_name(name)), 11, text_anchor=anchor, fill="quiet", data_named="factor"),
        text(
            place[0], place[1] + 14, with_sign(factor), 11, text_anchor=anchor,
            data_signed=factor_field(name),
        ),
    )  # fmt: skip


def _number(settings: Settings, values: ChainPass, name: str, chosen: bool) -> Element:
    """Return a number of the tree: a box for a parameter, a circle for the rest."""
    x, y = _PLACES[name]
    field = "cost" if name == "C" else name
    value = settings[name] if name in settings else getattr(values, field)
    look = {"fill": "paper", "stroke": "mark" if chosen else "ink", "stroke_width": 4 if chosen else 1.2}
    look |= {"data_knob": name} if name in KNOBS else {}
    width, height = _BOX
    shape = rect(x - width / 2, y - height / 2, width, height, rx=4, **look)
    return group(
        shape if name[0] in "wb" else circle(x, y, _RADIUS, **look),
        text(x, y - 9, layered(name), font_weight="bold", data_named="number"),
        text(x, y + 8, narrow(value), 11, data_value=field),
    )


def _slope(name: str, slope: float) -> Element:
    """Return ∂C/∂name, written beside its number; those of the activations stand a line lower."""
    x, y = _PLACES[name]
    if name[0] in "wb":
        x, y = x + _BOX[0] / 2 + 6, y - 7
    else:
        x, y = (x + 8, y + 39) if name[0] == "z" else (x - 20, y + (39 if name == "a0" else 67))
    look = {"fill": sign_colour(slope, zero="ink"), "font_weight": "bold", "data_signed": slope_field(name)}
    return group(
        text(x, y, layered(slope_name(name)), 11, text_anchor="start", fill="quiet", data_named="slope"),
        text(x, y + 14, with_sign(slope), 11, text_anchor="start", **look),
    )


# -- the cost over one knob ------------------------------------------------------------------------

RANGES = ((-6, 6), (0, 1))
AXES = Axes(56, 40, 232, 196, (0, 1), (0, 0.5))
"""Where the cost is drawn; its horizontal axis is the whole way of the knob."""
N_POINTS = 121
REACH = 52
"""How long the tangent is, from its middle to an end."""


def curve(settings: Settings, over: str) -> list[Element]:
    """Return the cost over the whole way of one knob, with a tangent where the knob stands.

    The parameters are those of `tree`; `over` may be any knob but the target.
    """
    (_, low, high), values = KNOBS[over], _pass(settings)
    slope, middle = getattr(values, slope_field(over)), AXES.left + AXES.width / 2
    here = AXES.x((settings[over] - low) / (high - low)), AXES.y(values.cost)
    rise = slope * (high - low) / AXES.width * AXES.height / AXES.ylim[1]  # of the tangent, in SVG units
    along = REACH / np.hypot(1, rise)
    ends = here[0] - along, here[1] + along * rise, here[0] + along, here[1] - along * rise
    look = {"stroke": sign_colour(slope, zero="ink"), "stroke_dasharray": sign_dash(slope)}
    return [
        *(_frame(limits, shown=limits == (low, high)) for limits in RANGES),
        text(middle, 20, f"cost over {layered(over)}", font_weight="bold", data_over="title"),
        text(middle, 266, layered(over), 12, data_over="axis"),
        AXES.clip(
            "cost",
            polyline(*_costs(settings, over), stroke_width=2, data_curve=""),
            line(*ends, stroke_width=2.5, data_tangent="", **look),
        ),
        circle(*here, 6, fill="mark", stroke="paper", data_here=""),
        text(middle, 296, f"slope {layered(slope_name(over))} = {with_sign(slope)}", data_over="slope"),
    ]


def _frame(limits: tuple[float, float], shown: bool) -> Element:
    """Return the axes for the knobs with this range; the others are hidden."""
    axes = Axes(AXES.left, AXES.top, AXES.width, AXES.height, limits, AXES.ylim)
    look = {} if shown else {"style": "display: none"}
    return group(axes.frame("", "cost C"), data_frame=f"{limits[0]} {limits[1]}", **look)


def _costs(settings: Settings, over: str) -> tuple[Any, Any]:
    """Return the cost over the whole way of one knob, as places of the drawing."""
    share, (_, low, high) = np.linspace(0, 1, N_POINTS), KNOBS[over]
    turned = {name: np.full(N_POINTS, value) for name, value in settings.items()}
    return AXES.x(share), AXES.y(_pass(turned | {over: low + share * (high - low)}).cost)


def _pass(settings: Mapping[str, Any]) -> ChainPass:
    w1, b1, w2, b2, a0, y = (settings[name] for name in (*PARAMETERS, "a0", "y"))
    return Chain(w1, b1, w2, b2).run(a0, y)
