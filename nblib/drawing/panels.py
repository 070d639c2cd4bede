"""Panels that several steppers share: wires, a plane with examples, curves up to now, tables, counters.

Each returns elements of a scene. A `Value` is a constant, or an array with one value for each page.

- `Wire` connects two circles: ``wire = Wire(start, end, leaves=radius, stops=radius)``. Then
  ``wire.arrow(w, width)``, or ``wire.halo(lit)`` below ``wire.line(w, width)`` with a
  ``wire.pointer(0.66, lit == -1, back=True)`` on it, and numbers at ``note(*wire.at(0.24), …)``.
- `plane` shows examples, what lies between (a picture, a shade, a `boundary`), and a ring.
- `track` shows a curve over the updates as far as the present page has come, and marks its end:
  ``track(axes, "cost", record.cost, rows, mark=point)``.
- `TruthTable` draws itself and knows which row was clicked; `counters` are names with their numbers.
- Weights as pictures are in `nblib.drawing.pixels`: ``mosaic(shades(weights, 7), across=4)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib.drawing.axes import Axes
from nblib.drawing.marks import arrow_head, example_mark, sign_colour, sign_dash
from nblib.drawing.scene import Element, Value, circle, element, group, line, rect, text

# -- wires --------------------------------------------------------------------------------------


class Wire:
    """A straight wire between two places of a drawing; its look tells the sign of its weight.

    What is positive is blue and solid, what is negative orange and dashed; the width is up to the
    caller. What stands on the wire, such as its number, goes to `at`:
    ``note(*wire.at(0.25), signed(weight))``.

    Parameters
    ----------
    start, end : (float, float)
        The middles of what it connects.
    leaves, stops : float
        How much is left free at its start and at its end: the radius of a circle, say.
    beside : float
        How far it runs beside the straight way, for two wires from one source.

    Attributes
    ----------
    start, end : ndarray, shape (2,)
        Where the wire begins and ends.
    along : ndarray, shape (2,)
        Its direction, of length 1.
    """

    def __init__(
        self, start: ArrayLike, end: ArrayLike, leaves: float = 0, stops: float = 0, beside: float = 0
    ) -> None:
        way = np.subtract(end, start, dtype=float)
        self.along = way / np.hypot(*way)
        aside = beside * np.array([-self.along[1], self.along[0]])
        self.start = start + aside + leaves * self.along
        self.end = end + aside - stops * self.along

    def at(self, share: float, further: float = 0) -> tuple[float, float]:
        """Return the place after a share of the way, and `further` SVG units on from there."""
        x, y = self.start + share * (self.end - self.start) + further * self.along
        return float(x), float(y)

    def line(self, weight: ArrayLike = 0, width: Value = 1.4, **look: Value) -> Element:
        """Return the wire as a line; `look` may overrule its ``stroke`` and its dash."""
        usual = {"stroke": sign_colour(weight), "stroke_dasharray": sign_dash(weight), "stroke_width": width}
        return line(*self.start, *self.end, **usual | look)

    def arrow(self, weight: ArrayLike = 0, width: Value = 1.4, **look: Value) -> Element:
        """Return the wire as an arrow; `look` may overrule its ``color`` and its ``stroke_dasharray``."""
        look = {"color": sign_colour(weight)} | look
        dash = look.pop("stroke_dasharray", sign_dash(weight))
        tail = (*self.start, *self.at(1, -7))
        shaft = line(*tail, stroke="currentColor", stroke_width=width, stroke_dasharray=dash)
        return group(shaft, arrow_head(self.end, self.along, fill="currentColor"), **look)

    def halo(self, lit: ArrayLike) -> Element:
        """Return a broad glow along the wire on the pages where it is lit; it goes below the wire."""
        return line(
            *self.start, *self.end, stroke=np.where(lit, "mark", "none"), stroke_width=10, stroke_opacity=0.35
        )

    def pointer(self, share: float, shown: ArrayLike, back: bool = False) -> Element:
        """Return an arrow head on its way along the wire, or `back`, on the pages where it is shown."""
        along = -self.along if back else self.along
        tip = self.at(share) + 9 * along
        return arrow_head(tip, along, 14, fill=np.where(shown, "mark", "none"))


# -- the plane ----------------------------------------------------------------------------------


def plane(
    axes: Axes,
    x: ArrayLike,
    labels: Iterable[float],
    *between: Element,
    here: tuple[Value, Value] | None = None,
    shown: Sequence[ArrayLike] | None = None,
    title: str = "",
    ticks: int = 5,
    r: float = 6,
) -> list[Element]:
    """Return the plane of two inputs with its examples, and a ring around one of them.

    Parameters
    ----------
    axes : Axes
    x : array_like, shape (n, 2)
    labels : iterable of float
        The classes, which the marks tell by colour and shape.
    *between : Element
        What lies between the axes and the examples: boundaries, say.
    here : (x₁, x₂), optional
        The example with the ring, as coordinates that may vary; NaN hides the ring.
    shown : sequence of array_like of bool, optional
        For each example the pages on which its mark is seen; by default all.
    title : str
    ticks : int
        About how many numbers stand at each axis.
    r : float
        Radius of a mark.
    """
    x = np.asarray(x, float)
    seen = [{}] * len(x) if shown is None else [{"opacity": _chosen(on, 1, np.nan)} for on in shown]
    parts = [axes.frame("x₁", "x₂", title, ticks), *between]
    for (x1, x2), label, look in zip(x, labels, seen, strict=True):
        parts.append(example_mark(axes.x(x1), axes.y(x2), label, r, **look))
    if here is not None:
        parts.append(
            circle(axes.x(here[0]), axes.y(here[1]), 2 * r, fill="none", stroke="ink", stroke_width=2.5)
        )
    return parts


def boundary(
    axes: Axes, weights: ArrayLike, bias: ArrayLike, shown: ArrayLike = True, **look: Value
) -> Element:
    """Return the line w·x + b = 0 on the pages where it is shown; it goes inside of `Axes.clip`."""
    ends = (_chosen(shown, end, np.nan) for end in axes.boundary(weights, bias))
    return line(*ends, **{"stroke_width": 2.5} | look)


# -- curves -------------------------------------------------------------------------------------

Mark = Callable[[Value, Value], Element]


def point(x: Value, y: Value) -> Element:
    """Return the usual mark of the present page on a curve."""
    return circle(x, y, 5, fill="mark", stroke="paper")


def track(
    axes: Axes,
    name: str,
    values: ArrayLike,
    rows: ArrayLike,
    *dots: Element,
    mark: Mark = point,
    ahead: bool = False,
    **look: Value,
) -> list[Element]:
    """Return a curve over the updates as far as the present page has come, with a mark at its end.

    The curve is drawn once; a window over its past grows with the pages.

    Parameters
    ----------
    axes : Axes
        With the number of updates on the horizontal axis.
    name : str
        One per scene.
    values : array_like, shape (T + 1,)
        Where a value is not finite, the curve has a gap.
    rows : array_like of int, shape (pages,)
        The row of the values at which each page stands.
    *dots : Element
        What else is seen as far as the present page.
    mark : callable
        Returns the mark at places x, y of the drawing, which vary.
    ahead : bool
        Whether what is still to come is seen, faint.
    **look
        Of the curve: its ``stroke``, width and dash.
    """
    values, rows = np.asarray(values, float), np.asarray(rows)
    look = {"fill": "none", "stroke": "ink", "stroke_width": 1.8} | look
    now, d = axes.x(rows), _path(axes, values)
    window = rect(axes.left - 3, axes.top - 5, now - axes.left + 5.5, axes.height + 10)
    return [
        *([element("path", d=d, **look | {"stroke": "quiet", "stroke_width": 0.8})] if ahead else []),
        element("clipPath", window, id=name),
        group(element("path", d=d, **look), *dots, clip_path=f"url(#{name})"),
        mark(now, axes.y(values[rows])),
    ]


def _path(axes: Axes, values: NDArray[np.float64]) -> str:
    """Return a path through at most 601 of the values, with gaps where one is not finite."""
    steps = np.unique(np.linspace(0, len(values) - 1, 601).astype(int))
    known = np.isfinite(values[steps])
    pens = np.where(np.r_[False, known[:-1]], "L", "M")[known]
    points = zip(pens, axes.x(steps[known]), axes.y(values[steps[known]]), strict=True)
    return " ".join(f"{pen}{across:.1f} {up:.1f}" for pen, across, up in points)


# -- tables and counters ------------------------------------------------------------------------


@dataclass(frozen=True)
class TruthTable:
    """A truth table: a column for each input, then one for each output, and a row for each case.

    Attributes
    ----------
    left, top : float
        Where its first row begins, in SVG units; the heads of the columns stand above.
    widths : sequence of float
        Of the columns.
    n_inputs : int
        The columns left of the upright line.
    height : float
        Of a row.
    """

    left: float
    top: float
    widths: Sequence[float]
    n_inputs: int
    height: float = 24

    @property
    def width(self) -> float:
        """The width of the whole table."""
        return sum(self.widths)

    def row_at(self, x: float, y: float) -> int | None:
        """Return the row at a place of the drawing, counted from 0; None beside the table."""
        row = int((y - self.top) // self.height)
        inside = 0 <= x - self.left <= self.width and 0 <= row < 2**self.n_inputs
        return row if inside else None

    def draw(
        self, heads: Iterable[str], rows: Sequence[Iterable[Value]], lit: Iterable[ArrayLike], **look: Value
    ) -> list[Element]:
        """Return the table.

        Parameters
        ----------
        heads : iterable of str
        rows : sequence of iterable of Value
            What stands in each cell.
        lit : iterable of bool or array_like
            For each row, whether it is the present one.
        **look
            Of the rows.
        """
        ends = self.left + np.cumsum(self.widths)
        centres, bottom = ends - np.array(self.widths) / 2, self.top + self.height * len(rows)
        split = ends[self.n_inputs - 1]
        return [
            *(text(x, self.top - 14, h, 12, font_weight="bold") for x, h in zip(centres, heads, strict=True)),
            line(self.left, self.top - 2, ends[-1], self.top - 2),
            *(
                self._row(self.top + self.height * i, centres, cells, here, look)
                for i, (cells, here) in enumerate(zip(rows, lit, strict=True))
            ),
            line(split, self.top - 22, split, bottom, stroke="quiet"),
        ]

    def _row(
        self, top: float, centres: Iterable[float], cells: Iterable[Value], here: ArrayLike, look: Mapping
    ) -> Element:
        y, glow, weight = top + self.height / 2, _chosen(here, 0.4, 0.0), _chosen(here, "bold", "normal")
        return group(
            rect(self.left, top, self.width, self.height, fill="soft", fill_opacity=glow, rx=4),
            text(self.left - 9, y, _chosen(here, "▶", ""), 11),
            *(text(x, y, cell, 14, font_weight=weight) for x, cell in zip(centres, cells, strict=True)),
            **look,
        )


def _chosen(condition: ArrayLike, yes: Value, no: Value) -> Value:
    """Return `yes` where the condition holds, else `no`: a constant if it is one."""
    return np.where(condition, yes, no) if np.ndim(condition) else (yes if condition else no)


def counters(left: float, top: float, rows: Mapping[str, Value], apart: float = 48) -> list[Element]:
    """Return numbers one below the other, each under its name.

    Parameters
    ----------
    left, top : float
        Where the first name begins.
    rows : mapping of str to Value
        What each name counts, as text.
    apart : float
        From one name to the next.
    """
    parts = []
    for i, (name, value) in enumerate(rows.items()):
        y = top + apart * i
        parts.append(text(left, y, name, 12, text_anchor="start", fill="quiet"))
        parts.append(text(left, y + 19, value, 15, text_anchor="start"))
    return parts
