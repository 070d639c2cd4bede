"""What a page says to a widget: the messages that the browser sends, without a browser."""

from collections.abc import Mapping
from typing import Any

from ipywidgets import Widget

from nblib.widgets.explorer import Explorer


def tell(widget: Widget, content: Mapping[str, Any], *buffers: bytes) -> None:
    """Let a widget hear a message, as it comes through its line to the page."""
    data = {"method": "custom", "content": content}
    widget.comm.handle_msg({"content": {"data": data}, "buffers": [memoryview(part) for part in buffers]})


def press(shown: Widget, name: str) -> None:
    """Press one of the further buttons of a stepper."""
    tell(shown.stepper if isinstance(shown, Explorer) else shown, {"action": name})


def click(shown: Widget, x: float, y: float) -> None:
    """Click at a place of a stepper's picture."""
    tell(shown.stepper if isinstance(shown, Explorer) else shown, {"click": [x, y]})
