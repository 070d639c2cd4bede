"""What a reader sees of a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from nblib.drawing.scene import Caption, Scene

SVG = "{http://www.w3.org/2000/svg}"


class Drawn(Protocol):
    """A scene, or the stepper that shows it."""

    def svg(self, step: int) -> str: ...


def page(drawn: Drawn, step: int) -> ET.Element:
    """Return a page as a reader without a kernel gets it."""
    return ET.fromstring(drawn.svg(step))


def pages(scene: Scene) -> Iterator[tuple[ET.Element, Caption]]:
    """Yield every page of a scene with its caption, which it also tells to a screen reader."""
    for step, caption in enumerate(scene.captions):
        shown = page(scene, step)
        assert shown.findtext(f"{SVG}title") == scene.title
        assert shown.findtext(f"{SVG}desc") == str(caption)
        yield shown, caption


def parts(page: ET.Element, tag: str, **having: str) -> list[ET.Element]:
    """Return all elements of a kind with these attributes; ``stroke_width="2"`` asks for ``stroke-width``."""
    wanted = {name.replace("_", "-"): value for name, value in having.items()}
    return [part for part in page.iter(SVG + tag) if wanted.items() <= part.attrib.items()]


def texts(drawn: Drawn, step: int) -> list[str]:
    """Return all that is written on a page."""
    return [part.text or "" for part in parts(page(drawn, step), "text")]


def place(part: ET.Element, *names: str) -> tuple[float, ...]:
    """Return attributes as numbers: ``place(disc, "cx", "cy")``."""
    return tuple(float(part.attrib[name]) for name in names)


def ruler(page: ET.Element, xlabel: str, ylabel: str) -> Callable[[ArrayLike, ArrayLike], np.ndarray]:
    """Return a function that reads places off, by the numbers at the axes with these names.

    It takes x and y in the units of the drawing, and returns rows (x, y) of what stands there.
    """
    (said,) = (
        texts
        for texts in (frame.findall(SVG + "text") for frame in page.iter(SVG + "g"))
        if {xlabel, ylabel} <= {text.text or "" for text in texts}
    )
    numbers = [text for text in said if re.fullmatch(r"−?[\d.]+", text.text or "")]
    lines = []
    for name, anchor in (("x", "middle"), ("y", "end")):
        at_axis = [number for number in numbers if number.get("text-anchor") == anchor]
        values = [float(number.text.replace("−", "-")) for number in at_axis]
        lines.append(np.polyfit([place(number, name)[0] for number in at_axis], values, 1))
    return lambda x, y: np.stack([np.polyval(lines[0], x), np.polyval(lines[1], y)], axis=-1)
