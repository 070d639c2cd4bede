"""One threshold unit with weights and threshold to choose, the table that it computes, and its name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from nblib import validate
from nblib.drawing.axes import Axes
from nblib.drawing.marks import disc
from nblib.drawing.numbers import sub
from nblib.drawing.panels import TruthTable, Wire, boundary, plane
from nblib.drawing.scene import Caption, Element, Scene, element, group, note, text
from nblib.drawing.truth_tables import brought, number, signed_number, verdict, worked
from nblib.gates import Unit, all_inputs
from nblib.steppers.gates_captions import RULE
from nblib.widgets.explorer import Explorer

NAMES = (
    "never", "AND", "x₁ and not x₂", "x₁", "x₂ and not x₁", "x₂", "XOR", "OR",
    "NOR", "XNOR", "not x₂", "x₁ or not x₂", "not x₁", "x₂ or not x₁", "NAND", "always",
)  # fmt: skip
"""The 16 truth tables of two inputs; the outputs, read as a binary number, are the place."""

_ROWS = [tuple(row) for row in all_inputs(2).tolist()]
_PAGES = np.arange(len(_ROWS) + 1)  # one a row, and one for the whole table
_LIMIT, _STEP = 3.0, 0.5
_INPUTS, _UNIT, _OUTPUT = ((50, 92), (50, 212)), (170, 152), (258, 152)
_TABLE = TruthTable(310, 92, (33, 33, 70, 50), n_inputs=2, height=28)
_PLANE = Axes(548, 40, 200, 200, (-0.6, 1.6), (-0.6, 1.6))


def name_of(unit: Unit) -> str:
    """Return the name of the truth table that a unit with two inputs computes.

    >>> name_of(Unit([1, 1], threshold=2))
    'AND'
    """
    return NAMES[int("".join(str(unit(*row)) for row in _ROWS), 2)]


def scene(weights: ArrayLike, threshold: float, found: Collection[str] = ()) -> Scene:
    """Return the scene of a unit that goes through its truth table: a page a row, and the whole table.

    Parameters
    ----------
    weights : array_like, shape (2,)
    threshold : float
    found : collection of str
        The names of the tables that were met before; they have a tick in the list.

    Raises
    ------
    ValueError
        If there are not two finite weights and a finite threshold.
    """
    unit = Unit(validate.vector("weights", weights, 2), threshold)
    return Scene(
        [*_wires(unit), *_discs(unit), *_table(unit), *_plane(unit), *_names({*found, name_of(unit)})],
        _captions(unit),
        width=760,
        height=410,
        title="A threshold unit to set",
        telling=len(_ROWS),
    )


def _wires(unit: Unit) -> list[Element]:
    elements = [Wire(_UNIT, _OUTPUT, leaves=28, stops=17).line()]
    for k, weight in enumerate(unit.weights.tolist()):
        wire = Wire(_INPUTS[k], _UNIT, leaves=17, stops=28)
        label = f"w{sub(k + 1)} = {signed_number(weight)}"
        elements += [wire.line(weight, 1.2 + 1.4 * abs(weight)), note(114, 74 + 156 * k, label, size=13)]
    return elements


def _discs(unit: Unit) -> list[Element]:
    outputs, (x, y) = [unit(*row) for row in _ROWS], _UNIT
    return [
        *(_bit(*_INPUTS[k], f"x{sub(k + 1)}", column) for k, column in enumerate(zip(*_ROWS, strict=True))),
        *disc(x, y, 28, _glow(outputs), stroke="ink", stroke_width=2),
        text(x, y, f"≥ {number(unit.threshold)}", size=14),
        note(x, y + 43, [*(brought(unit, row) for row in _ROWS), ""], size=13),
        note(x, y + 60, [*(verdict(unit, row) for row in _ROWS), ""], size=13),
        _bit(*_OUTPUT, "out", outputs),
    ]


def _bit(x: float, y: float, name: str, bits: Sequence[int]) -> Element:
    return group(
        *disc(x, y, 17, _glow(bits), stroke="ink", stroke_width=1.5),
        text(x, y, [*map(str, bits), ""], size=15, font_weight="bold"),
        text(x, y - 27, name, size=13),
    )


def _glow(bits: Sequence[int]) -> list[float]:
    """Return how strong the colour is on each page; on the page of the whole table there is none."""
    return [*(0.6 * bit for bit in bits), 0.0]


def _table(unit: Unit) -> list[Element]:
    rows = []
    for i, row in enumerate(_ROWS):
        comparison = f"{number(unit.total(*row))} {'≥' if unit(*row) else '<'} {number(unit.threshold)}"
        told = (np.where(i <= _PAGES, cell, "?") for cell in (comparison, str(unit(*row))))
        rows.append([*map(str, row), *told])
    name = [*[""] * len(_ROWS), f"This is {name_of(unit)}."]
    return [
        *_TABLE.draw(("x₁", "x₂", "sum", "out"), rows, [i == _PAGES for i in range(len(_ROWS))]),
        text(403, 224, name, size=15, font_weight="bold"),
    ]


def _plane(unit: Unit) -> list[Element]:
    here = [[*column, np.nan] for column in zip(*_ROWS, strict=True)]
    known = [i <= _PAGES for i in range(len(_ROWS))]
    unknown = [
        note(_PLANE.x(x1), _PLANE.y(x2), np.where(on, "", "?"), size=14)
        for (x1, x2), on in zip(_ROWS, known, strict=True)
    ]
    border = boundary(_PLANE, unit.weights, -unit.threshold)
    return plane(
        _PLANE,
        _ROWS,
        [unit(*row) for row in _ROWS],
        *_shade(unit),
        _PLANE.clip("plane", border),
        *unknown,
        here=here,
        shown=known,
        title="fires on the shaded side",
        ticks=3,
        r=8,
    )


def _shade(unit: Unit) -> list[Element]:
    """Return the part of the plane where w·x ≥ θ, if there is one."""
    points = _PLANE.side(unit.weights, -unit.threshold, on_the_line=True)
    return [element("polygon", points=points, fill="soft", fill_opacity=0.3)] if points else []


def _names(found: set[str]) -> list[Element]:
    """Return the list of the 16 tables; those that were met have a tick."""
    heading = f"Met so far: {len(found)} of the 16 tables of two inputs"
    elements = [text(20, 312, heading, size=13, font_weight="bold", text_anchor="start")]
    for i, name in enumerate(NAMES):
        (column, row), met = divmod(i, 4), name in found
        told = f"{'✓' if met else '·'}  {i:04b}  {name}"
        look = {"size": 13, "text_anchor": "start", "fill": "ink" if met else "quiet"}
        elements.append(text(20 + 190 * column, 334 + 19 * row, told, **look))
    return elements


def _captions(unit: Unit) -> list[Caption]:
    captions = []
    for i, row in enumerate(_ROWS):
        does = "the sum reaches θ: the unit fires" if unit(*row) else "the sum stays below θ: it is silent"
        words = f"Row {i + 1} of 4: x₁ = {row[0]}, x₂ = {row[1]}; {does}."
        captions.append(Caption(words, RULE, worked(unit, row)))
    outputs = ", ".join(str(unit(*row)) for row in _ROWS)
    w1, w2, theta = map(number, (*unit.weights, unit.threshold))
    given = f"w₁ = {w1}, w₂ = {w2}, θ = {theta}"
    return [*captions, Caption(f"The whole table: {name_of(unit)}.", given, f"outputs: {outputs}")]


class FreeUnitExplorer(Explorer):
    """The stepper of one unit with sliders for w₁, w₂ and θ; it keeps the tables that were met.

    Attributes
    ----------
    found : set of str
        The names of the tables that the unit has computed so far.

    Raises
    ------
    ValueError, TypeError
        If a weight or the threshold is no number from −3 to 3.
    """

    def __init__(self, **sliders: ipywidgets.FloatSlider) -> None:
        self.found: set[str] = set()
        super().__init__(self.run, sliders, keeps_page=True)
        self.step = len(_ROWS)

    def run(self, w1: float, w2: float, theta: float) -> Scene:
        """Return the scene of the unit with these numbers, and note down its table."""
        self.found.add(name_of(Unit([w1, w2], theta)))
        return scene([w1, w2], theta, self.found)


def _slider(name: str, value: float) -> ipywidgets.FloatSlider:
    if abs(value) > _LIMIT:
        raise ValueError(f"{name} must be from −3 to 3, got {value:g}")
    limits = {"min": -_LIMIT, "max": _LIMIT, "step": _STEP}
    return ipywidgets.FloatSlider(value=value, description=name, readout_format=".1f", **limits)


def free_unit(weights: ArrayLike = (1, 1), threshold: float = 1) -> FreeUnitExplorer:
    """Return the stepper of one unit with two inputs, and sliders for its weights and threshold.

    Parameters
    ----------
    weights : array_like, shape (2,)
        w₁ and w₂ to begin with, each from −3 to 3.
    threshold : float
        θ to begin with, from −3 to 3.

    Raises
    ------
    ValueError
        If there are not two weights, or a number is out of its range.
    """
    w1, w2 = validate.vector("weights", weights, 2).tolist()
    theta = validate.number("threshold", threshold)
    return FreeUnitExplorer(w1=_slider("w₁", w1), w2=_slider("w₂", w2), theta=_slider("θ", theta))
