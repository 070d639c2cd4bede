"""What the widgets share: a script, a style, and a picture for readers without a kernel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets
from IPython import get_ipython
from IPython.display import publish_display_data

from nblib.drawing.picture import Picture

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) (\w+))", re.MULTILINE)

# Of a view and the picture that is the next output. While the view lives, the picture is hidden. Saved and
# opened again, a view without its kernel says "model not found": this says what to do instead.
_VIEW = ".jp-OutputArea-child:has(+ .jp-OutputArea-child style.nblib-beside)"
_DEAD = f"{_VIEW} > .jupyter-widgets:not(:has(*))"
STYLE = f"""<style class="nblib-beside">
{_VIEW}:has(.nblib-live) + *, .output_container:has(.nblib-live) + :has(style.nblib-beside) {{
  display: none;
}}
{_DEAD} {{ visibility: hidden; line-height: 0; padding: 0.8em 0; }}
{_DEAD}::before {{
  content: "Not running: this is a picture of it. Run the cell to bring it to life."; visibility: visible;
}}
</style>"""


class StillWidget(anywidget.AnyWidget):
    """A widget that is also a picture: a notebook that is only read shows that.

    Attributes
    ----------
    itself : str
        The name by which the browser finds its model.
    """

    itself = traitlets.Unicode().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        itself = uuid4().hex
        super().__init__(itself=itself, model_id=itself, **values)

    def picture(self) -> Picture:
        """Return what is shown as a still picture."""
        raise NotImplementedError

    def still(self) -> dict[str, str]:
        """Return the picture as MIME bundle, for readers without a kernel; empty where there is none."""
        return self.picture().image_bundle()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        return None if bundle is None else beside_its_picture(bundle[0], self.still(), bundle[1])

    def get_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what the browser gets; a script and those that it imports are one text there."""
        state = super().get_state(*args, **kwargs)
        return state | {"_esm": joined(state["_esm"])} if "_esm" in state else state


def beside_its_picture(
    view: dict[str, Any], still: dict[str, str], metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Show a live view as an output of its own, and return its picture, which is the next output.

    In one output a program shows either; most choose the view, even when there is no kernel to bring
    it to life. As two, the picture is always there, and a style hides it while the view lives.
    """
    if not still or get_ipython() is None:
        return view | still
    publish_display_data({mime: data for mime, data in view.items() if mime != "text/plain"}, metadata)
    return {"text/plain": view["text/plain"]} | still | {"text/html": STYLE + still["text/html"]}


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
