"""A drawing that varies over the steps of a run: a flip-book, drawn once.

A scene is made of SVG elements. Every attribute of an element is either a constant, or an array
with one value for each step. The browser receives the scene once and turns the pages itself;
Python can render any page as an SVG string, for readers without a kernel and for tests.

Colours are named by what they mean (`COLOURS`), so that the browser can choose them to fit a light
or a dark page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nblib import validate
from nblib.drawing.packing import at, pack, varies

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

_PAINT = {"fill", "stroke", "stop-color", "color"}


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

    def varying(self) -> Iterator[tuple[str, Value]]:
        """Yield the names and values of what varies over the steps."""
        for name, value in (*self.attributes.items(), ("text", self.text)):
            if varies(value):
                yield name, value

    def svg(self, step: int) -> str:
        """Return how the element is written at one step; nothing where it is hidden."""
        attributes = {name: at(value, step) for name, value in self.attributes.items()}
        says = at(self.text, step)
        if says is None or None in attributes.values():
            return ""
        attributes |= {
            name: COLOURS.get(attributes[name], attributes[name]) for name in _PAINT & attributes.keys()
        }
        inside = escape(str(says)) + "".join(child.svg(step) for child in self.children)
        written = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
        return f"<{self.tag}{written}>{inside}</{self.tag}>"

    def packed(self) -> dict[str, Any]:
        """Return the element as the browser reads it: what is constant, and what varies or hides it."""
        made: dict[str, Any] = {"tag": self.tag, "set": {}, "vary": {}}
        for name, value in self.attributes.items():
            small = pack(value)
            made["vary" if small is None or isinstance(small, (list, dict)) else "set"][name] = small
        if not isinstance(self.text, str) or self.text:
            made["text"] = pack(self.text)
        if self.children:
            made["children"] = [child.packed() for child in self.children]
        return made


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
        for part in self.walk():
            for name, value in part.varying():
                if len(value) != self.n_steps:
                    raise ValueError(
                        f"{part.tag} {name} must have one value for each of the {self.n_steps} steps, "
                        f"got {len(value)}"
                    )

    def __repr__(self) -> str:
        return f"Scene({self.title!r}, {self.n_steps} steps)"

    def walk(self) -> Iterator[Element]:
        """Yield every element, with those inside of others."""
        for part in self.elements:
            yield from part.walk()

    def _step_numbers(self, name: str, steps: Sequence[int]) -> list[int]:
        numbers = [validate.whole(name, step, at_least=0) for step in steps]
        if numbers and max(numbers) >= self.n_steps:
            raise ValueError(f"{name} must be at most {self.n_steps - 1}, got {max(numbers)}")
        return numbers

    def svg(self, step: int) -> str:
        """Return the page of one step as an SVG document, in the colours of a light page.

        Raises
        ------
        ValueError
            If there is no such step.
        """
        (step,) = self._step_numbers("step", [step])
        inside = "".join(part.svg(step) for part in self.elements)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" font-family="DejaVu Sans">'
            f"<title>{escape(self.title)}</title><desc>{escape(str(self.captions[step]))}</desc>"
            f'<rect width="100%" height="100%" fill="{COLOURS["paper"]}"/>{inside}</svg>'
        )

    def payload(self) -> dict[str, Any]:
        """Return the scene in the form that the browser reads: constants once, arrays packed."""
        return {
            "width": self.width,
            "height": self.height,
            "title": self.title,
            "steps": self.n_steps,
            "updates": self.updates,
            "elements": [part.packed() for part in self.elements],
            "words": pack([caption.words for caption in self.captions]),
            "formula": pack([caption.formula for caption in self.captions]),
            "numbers": pack([caption.numbers for caption in self.captions]),
        }
