"""A drawing that varies over the steps of a run: a flip-book, drawn once.

A scene is made of SVG elements. Every attribute of an element is either a constant, or an array
with one value for each step. The browser receives the scene once and turns the pages itself;
Python can render any page as an SVG string, for readers without a kernel and for tests.

Colours are named by what they mean (`COLOURS`), so that the browser can choose them to fit a light
or a dark page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.drawing.numbers import num

Value = Any  # a constant, or an array or list with one value for each step

COLOURS = {
    "ink": "#222222",
    "quiet": "#6b6b6b",
    "grid": "#dddddd",
    "paper": "#ffffff",
    "positive": "#0072B2",
    "negative": "#D55E00",
    "soft": "#56B4E9",
    "mark": "#8A6D00",
}
"""What a colour means, and how it looks on a light page; stepper.css holds the dark ones."""

_PAINT = ("fill", "stroke", "stop-color", "color")


@dataclass(frozen=True)
class Element:
    """One SVG element.

    Attributes
    ----------
    tag : str
        ``circle``, ``line``, ``text``, ``g``, …
    attributes : mapping of str to constant or array
        Names as in SVG. NaN or infinity hides the element, in an array at that step.
    children : tuple of Element
    text : constant or array
        What a ``text`` element says.
    """

    tag: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Element, ...] = ()
    text: Value = ""

    def walk(self) -> Iterator[Element]:
        """Yield the element and everything inside it."""
        yield self
        for child in self.children:
            yield from child.walk()


def element(tag: str, *children: Element, text: Value = "", **attributes: Value) -> Element:
    """Return an SVG element; ``stroke_width=2`` becomes ``stroke-width="2"``."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return Element(tag, named, children, text)


def group(*children: Element, **attributes: Value) -> Element:
    """Return elements as one."""
    return element("g", *children, **attributes)


def circle(x: Value, y: Value, r: Value, **attributes: Value) -> Element:
    """Return a circle around (x, y)."""
    return element("circle", cx=x, cy=y, r=r, **attributes)


def line(x1: Value, y1: Value, x2: Value, y2: Value, **attributes: Value) -> Element:
    """Return a line from (x1, y1) to (x2, y2)."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": "ink"} | attributes)


def rect(x: Value, y: Value, width: Value, height: Value, **attributes: Value) -> Element:
    """Return a rectangle with its upper left corner at (x, y)."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def text(x: Value, y: Value, content: Value, size: float = 13, **attributes: Value) -> Element:
    """Return text, centred at (x, y) unless ``text_anchor`` says otherwise."""
    usual = {"text_anchor": "middle", "dominant_baseline": "central", "fill": "ink", "font_size": size}
    return element("text", text=content, x=x, y=y, **usual | attributes)


def note(x: Value, y: Value, content: Value, size: float = 12, **attributes: Value) -> Element:
    """Return text with a rim in the colour of the paper, to be read on top of a drawing."""
    rim = {"stroke": "paper", "stroke_width": 4, "paint_order": "stroke", "stroke_linejoin": "round"}
    return text(x, y, content, size, **rim | attributes)


def polyline(x: ArrayLike, y: ArrayLike, **attributes: Value) -> Element:
    """Return a line through points that do not vary."""
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(np.asarray(x), np.asarray(y), strict=True))
    return element("polyline", points=points, **{"fill": "none", "stroke": "ink"} | attributes)


def written(values: Iterable[Any], shown: Iterable[bool], write: Callable[[Any], str] = num) -> list[str]:
    """Return what a text says over the steps: each value where it is shown, else nothing.

    >>> written([0.25, -0.5], [True, False])
    ['0.25', '']
    """
    return [write(value) if on else "" for value, on in zip(values, shown, strict=True)]


@dataclass(frozen=True)
class Caption:
    """What stands below the picture at one step, in this order.

    Attributes
    ----------
    words : str
        What happened.
    formula : str
        The formula, in plain text: ``w₁ ← w₁ + η (y − ŷ) x₁``.
    numbers : str
        The formula with the numbers of this step.
    """

    words: str
    formula: str = ""
    numbers: str = ""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.words, self.formula, self.numbers) if part)


class Scene:
    """Elements, captions and names: all that a stepper shows.

    Parameters
    ----------
    elements : sequence of Element
    captions : sequence of Caption
        One for each step; their number is the number of steps.
    width, height : float
        Of the drawing, in SVG units.
    title : str
        What the drawing is, for screen readers.
    updates : sequence of int, optional
        The steps at which an update is complete, for turning the pages update by update; by
        default there is one granularity only. The first and the last step are stops too.
    telling : int
        The step that is shown where nothing can step: on paper, on a code-hosting site.

    Raises
    ------
    ValueError
        If there is no step, or an array has another length than `captions`.
    """

    def __init__(
        self,
        elements: Sequence[Element],
        captions: Sequence[Caption],
        *,
        width: float,
        height: float,
        title: str,
        updates: Sequence[int] | None = None,
        telling: int = 0,
    ) -> None:
        self.n_steps = len(captions)
        if not self.n_steps:
            raise ValueError("captions must hold at least one step, got none: the record is empty")
        self.elements = tuple(elements)
        self.captions = tuple(captions)
        self.width, self.height, self.title = width, height, title
        self.updates = updates
        if updates is not None:
            self.updates = sorted({0, *self._step_numbers("updates", updates), self.n_steps - 1})
        (self.telling,) = self._step_numbers("telling", [telling])
        for part in self._walk():
            for name, value in (*part.attributes.items(), ("text", part.text)):
                if _varies(value) and len(value) != self.n_steps:
                    raise ValueError(
                        f"{part.tag} {name} must have one value for each of the {self.n_steps} steps, "
                        f"got {len(value)}"
                    )

    def __repr__(self) -> str:
        return f"Scene({self.title!r}, {self.n_steps} steps)"

    def _walk(self) -> Iterator[Element]:
        for part in self.elements:
            yield from part.walk()

    def _step_numbers(self, name: str, steps: Sequence[int]) -> list[int]:
        numbers = [validate.whole(name, step, at_least=0) for step in steps]
        if numbers and max(numbers) >= self.n_steps:
            raise ValueError(f"{name} must be at most {self.n_steps - 1}, got {max(numbers)}")
        return numbers

    # -- a page in Python -----------------------------------------------------------------------

    def svg(self, step: int) -> str:
        """Return the page of one step as an SVG document, in the colours of a light page."""
        (step,) = self._step_numbers("step", [step])
        inside = "".join(_svg(part, step) for part in self.elements)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" font-family="DejaVu Sans">'
            f"<title>{escape(self.title)}</title><desc>{escape(str(self.captions[step]))}</desc>"
            f'<rect width="100%" height="100%" fill="{COLOURS["paper"]}"/>{inside}</svg>'
        )

    # -- the whole book for the browser ----------------------------------------------------------

    def payload(self) -> dict[str, Any]:
        """Return the scene in the form that the browser reads: constants once, arrays packed."""
        return {
            "width": self.width,
            "height": self.height,
            "title": self.title,
            "steps": self.n_steps,
            "updates": self.updates,
            "elements": [_packed(part) for part in self.elements],
            "words": _pack([caption.words for caption in self.captions]),
            "formula": _pack([caption.formula for caption in self.captions]),
            "numbers": _pack([caption.numbers for caption in self.captions]),
        }


class Axes:
    """A rectangle of the drawing with coordinates of its own.

    Parameters
    ----------
    left, top, width, height : float
        The rectangle, in SVG units.
    xlim, ylim : (float, float)
        The coordinates at its edges.

    Raises
    ------
    ValueError
        If limits are not two different finite numbers in order.
    """

    def __init__(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        xlim: tuple[float, float],
        ylim: tuple[float, float],
    ) -> None:
        for name, (low, high) in (("xlim", xlim), ("ylim", ylim)):
            if not 0 < high - low < np.inf:
                raise ValueError(f"{name} must go from a number to a greater one, got {low:g} to {high:g}")
        self.left, self.top, self.width, self.height = left, top, width, height
        self.xlim, self.ylim = xlim, ylim

    def x(self, value: ArrayLike) -> NDArray[np.float64] | float:
        """Return where `value` stands on the horizontal axis, in SVG units."""
        low, high = self.xlim
        place = self.left + (np.asarray(value, float) - low) / (high - low) * self.width
        return float(place) if place.ndim == 0 else place

    def y(self, value: ArrayLike) -> NDArray[np.float64] | float:
        """Return where `value` stands on the vertical axis, in SVG units."""
        low, high = self.ylim
        place = self.top + self.height - (np.asarray(value, float) - low) / (high - low) * self.height
        return float(place) if place.ndim == 0 else place

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the coordinates of a place in the drawing, given in SVG units."""
        across, up = (x - self.left) / self.width, (self.top + self.height - y) / self.height
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        return x0 + across * (x1 - x0), y0 + up * (y1 - y0)

    def holds(self, x: ArrayLike, y: ArrayLike) -> Any:
        """Tell whether places in the drawing, in SVG units, lie inside the rectangle."""
        right, down = np.asarray(x) - self.left, np.asarray(y) - self.top
        return (right >= 0) & (right <= self.width) & (down >= 0) & (down <= self.height)

    def boundary(self, weights: ArrayLike, bias: ArrayLike) -> list[Any]:
        """Return two places of the line w·x + b = 0, beyond the edges: x1, y1, x2, y2 in SVG units.

        Parameters
        ----------
        weights : array_like, shape (2,) or (steps, 2)
        bias : float or array_like, shape (steps,)

        Returns
        -------
        list of float or ndarray, shape (steps,)
            NaN, which hides the line, where w is zero or the line lies far outside.
        """
        weights, bias = np.asarray(weights, float), np.asarray(bias, float)
        centre, reach = np.array([np.mean(self.xlim), np.mean(self.ylim)]), 4 * np.ptp([self.xlim, self.ylim])
        with np.errstate(divide="ignore", invalid="ignore"):
            length = np.hypot(weights[..., 0], weights[..., 1])
            normal = weights / length[..., None]
            away = (weights @ centre + bias) / length
        away = np.where(np.abs(away) > reach, np.nan, away)
        foot = centre - away[..., None] * normal
        along = reach * np.stack([-normal[..., 1], normal[..., 0]], axis=-1)
        ends = (foot + along, foot - along)
        return [place for end in ends for place in (self.x(end[..., 0]), self.y(end[..., 1]))]

    def frame(self, xlabel: str, ylabel: str, title: str = "", ticks: int = 5) -> Element:
        """Return axes, grid, numbers and labels."""
        bottom, right = self.top + self.height, self.left + self.width
        parts = [line(self.left, bottom, right, bottom), line(self.left, self.top, self.left, bottom)]
        for value in _round_numbers(*self.xlim, ticks):
            x = self.x(value)
            parts.append(line(x, self.top, x, bottom, stroke="grid", stroke_width=0.7))
            parts.append(text(x, bottom + 12, _tick(value), size=11, fill="quiet"))
        for value in _round_numbers(*self.ylim, ticks):
            y = self.y(value)
            parts.append(line(self.left, y, right, y, stroke="grid", stroke_width=0.7))
            parts.append(text(self.left - 6, y, _tick(value), size=11, fill="quiet", text_anchor="end"))
        middle_x, middle_y = self.left + self.width / 2, self.top + self.height / 2
        parts.append(text(middle_x, bottom + 29, xlabel, size=12))
        turned = f"rotate(-90 {self.left - 38:g} {middle_y:g})"
        parts.append(text(self.left - 38, middle_y, ylabel, size=12, transform=turned))
        if title:
            parts.append(text(middle_x, self.top - 12, title, size=13, font_weight="bold"))
        return group(*parts)

    def clip(self, name: str, *children: Element) -> Element:
        """Return the children cut off at the edges of the rectangle; `name` is one per scene."""
        shape = rect(self.left, self.top, self.width, self.height)
        return group(element("clipPath", shape, id=name), group(*children, clip_path=f"url(#{name})"))


# -- packing ------------------------------------------------------------------------------------


def _varies(value: Value) -> bool:
    return isinstance(value, (list, tuple, np.ndarray))


def _packed(part: Element) -> dict[str, Any]:
    packed: dict[str, Any] = {"tag": part.tag, "set": {}, "vary": {}}
    for name, value in part.attributes.items():
        small = _pack(value)
        constant = small is not None and not isinstance(small, (list, dict))
        packed["set" if constant else "vary"][name] = small  # what hides the element is found in "vary"
    if not isinstance(part.text, str) or part.text:
        packed["text"] = _pack(part.text)
    if part.children:
        packed["children"] = [_packed(child) for child in part.children]
    return packed


def _pack(value: Value) -> Any:
    """Return a constant, a list with one value a step, or the different values and their numbers."""
    if not _varies(value):
        return _plain(value)
    values = value.tolist() if isinstance(value, np.ndarray) else list(value)
    if set(map(type, values)) != {str}:
        values = [_plain(entry) for entry in values]
    different = list(dict.fromkeys(values))
    if len(different) == 1:
        return different[0]
    if isinstance(values[0], str) and 2 * len(different) < len(values):
        numbers = {entry: i for i, entry in enumerate(different)}
        return {"values": different, "index": [numbers[entry] for entry in values]}
    return values


def _plain(value: Any) -> Any:
    """Return a number with at most two decimals, None for what is not finite, and text as it is."""
    if isinstance(value, str):
        return value
    number = float(value)
    if not np.isfinite(number):
        return None
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _at(value: Value, step: int) -> Any:
    return _plain(value[step] if _varies(value) else value)


def _svg(part: Element, step: int) -> str:
    attributes = {name: _at(value, step) for name, value in part.attributes.items()}
    says = _at(part.text, step)
    if says is None or None in attributes.values():
        return ""
    for name in _PAINT:
        if name in attributes:
            attributes[name] = COLOURS.get(attributes[name], attributes[name])
    inside = escape(str(says)) + "".join(_svg(child, step) for child in part.children)
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
    return f"<{part.tag}{written}>{inside}</{part.tag}>"


def _round_numbers(low: float, high: float, most: int) -> NDArray[np.float64]:
    """Return at most about `most` round numbers from low to high."""
    rough = (high - low) / most
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step


def _tick(value: float) -> str:
    return f"{value:g}".replace("-", "−") if abs(value) > 1e-12 else "0"
