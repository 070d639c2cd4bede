"""What the widgets share: a style, and a picture for readers without a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

HERE = Path(__file__).parent


class StillWidget(anywidget.AnyWidget):
    """A widget that is also a picture: a notebook that is only read shows that."""

    def still(self) -> dict[str, str]:
        """Return the picture as MIME bundle; empty where there is none."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | self.still(), metadata


def styles(*names: str) -> str:
    """Return style sheets of this folder, joined."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
