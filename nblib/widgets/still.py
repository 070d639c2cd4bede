"""What the widgets share: a script, a style, and a picture for readers without a kernel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anywidget

from nblib.drawing.picture import Picture

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) (\w+))", re.MULTILINE)


class StillWidget(anywidget.AnyWidget):
    """A widget that is also a picture: a notebook that is only read shows that."""

    def picture(self) -> Picture:
        """Return what is shown as a still picture."""
        raise NotImplementedError

    def still(self) -> dict[str, str]:
        """Return the picture as MIME bundle, for readers without a kernel; empty where there is none."""
        return self.picture().image_bundle()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | self.still(), metadata

    def get_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what the browser gets; a script and those that it imports are one text there."""
        state = super().get_state(*args, **kwargs)
        return state | {"_esm": joined(state["_esm"])} if "_esm" in state else state


def joined(script: str) -> str:
    """Return a script with those of this folder that it imports before it: a page could not find other files.

    Each stands there once, in a scope of its own, so that only what it exports must have a name of its own.
    """
    scopes: dict[str, str] = {}

    def gather(text: str) -> None:
        for name in _IMPORT.findall(text):
            if name not in scopes:
                imported = (HERE / f"{name}.js").read_text(encoding="utf-8")
                gather(imported)
                scopes[name] = _scope(_IMPORT.sub("", imported))

    gather(script)
    return "\n".join([*scopes.values(), _IMPORT.sub("", script)])


def _scope(module: str) -> str:
    names = ", ".join(_EXPORT.findall(module))
    return f"const {{ {names} }} = (() => {{\n{_EXPORT.sub('', module)}\nreturn {{ {names} }};\n}})();\n"


def styles(*names: str) -> str:
    """Return style sheets of this folder, joined."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
