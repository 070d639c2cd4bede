"""What a reader sees of a page, and what the browser sends when a reader presses a button or clicks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Protocol

from nblib.widgets.explorer import Explorer

SVG = "{http://www.w3.org/2000/svg}"


class Drawn(Protocol):
    """A scene, or the stepper that shows it."""

    def svg(self, step: int) -> str: ...


def page(drawn: Drawn, step: int) -> ET.Element:
    """Return a page as a reader without a kernel gets it."""
    return ET.fromstring(drawn.svg(step))


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


def press(shown: Explorer, name: str) -> None:
    """Press a button of the stepper."""
    shown.stepper._handle_custom_msg({"action": name}, [])


def click(shown: Explorer, x: float, y: float) -> None:
    """Click at a place of the picture."""
    shown.stepper._handle_custom_msg({"click": [x, y]}, [])
