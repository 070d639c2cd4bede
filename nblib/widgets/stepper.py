"""The stepper: shows a scene and turns its pages, forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib
import traitlets

from nblib import validate
from nblib.drawing.picture import image_bundle, small_png
from nblib.drawing.scene import Scene
from nblib.widgets.still import HERE, StillWidget

try:
    import resvg_py
except ImportError:  # where it cannot be installed, a stepper has no picture without a kernel
    resvg_py = None

_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def scene_png(scene: Scene, step: int = 0) -> bytes | None:
    """Return a page of a scene as a PNG image, or None where resvg is not installed."""
    if resvg_py is None:
        return None
    fonts = [str(_FONTS / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")]
    return bytes(resvg_py.svg_to_bytes(scene.svg(step), font_files=fonts, skip_system_fonts=True))


class Stepper(StillWidget):
    """A widget that shows a `Scene` page by page.

    The browser holds the whole scene: stepping needs no kernel. Buttons, slider, speed, and the
    keys ←, →, Home, End and space work whenever one of its controls has the focus.

    Parameters
    ----------
    scene : Scene
    step : int
        The page to begin with, counted from 0.
    actions : mapping of str to callable, optional
        Further buttons: name and what to call, without arguments, when it is pressed. A name
        that ends with ``=0`` or ``=1`` is a switch: its button says whether it is on.
    clicked : callable, optional
        What to call with (x, y), in the units of the drawing, when the picture is clicked.

    Attributes
    ----------
    step : int
        The page that is shown, kept the same here and in the browser.
    settings : dict
        Of each widget that stands above as a setting, the traits with the values that are drawn.
    error : str
        What went wrong with what was asked last, if anything did; the page shows it.

    Raises
    ------
    ValueError
        If `step` is not a page of the scene.
    """

    _esm = HERE / "stepper.js"
    _css = HERE / "stepper.css"
    scene = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    actions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        scene: Scene,
        step: int = 0,
        actions: Mapping[str, Callable[[], Any]] | None = None,
        clicked: Callable[[float, float], Any] | None = None,
    ) -> None:
        self._drawn = scene
        self._calls = dict(actions or {})
        self._clicked = clicked
        super().__init__(
            scene=scene.payload(), step=step, actions=list(self._calls), clickable=clicked is not None
        )
        self.on_msg(self._act)

    def __repr__(self) -> str:
        return f"[Stepper: {self._drawn.title}, {self._drawn.n_steps} steps]"

    def show(
        self, scene: Scene, step: int = 0, actions: Mapping[str, Callable[[], Any]] | None = None
    ) -> None:
        """Replace the scene, and the further buttons if given, and begin at `step`.

        Raises
        ------
        ValueError, TypeError
            If `step` is no page of the scene.
        """
        validate.whole("step", step, at_least=0)
        if step >= scene.n_steps:
            raise ValueError(f"step must be at most {scene.n_steps - 1}, got {step}")
        self._drawn = scene
        with self.hold_sync():
            self.error = ""
            self.step = step
            self.scene = scene.payload()
            if actions is not None:
                self._calls = dict(actions)
                self.actions = list(self._calls)

    @property
    def caption(self) -> str:
        """What stands below the picture of the present step."""
        return str(self._drawn.captions[self.step])

    def svg(self, step: int | None = None) -> str:
        """Return the page of `step`, by default the present one, as an SVG document."""
        return self._drawn.svg(self.step if step is None else step)

    def png(self, step: int | None = None) -> bytes | None:
        """Return a page as a PNG image, or None where resvg is not installed."""
        return scene_png(self._drawn, self.step if step is None else step)

    @traitlets.validate("step")
    def _check_step(self, proposal: Mapping[str, Any]) -> int:
        step = validate.whole("step", proposal["value"], at_least=0)
        if step >= self._drawn.n_steps:
            raise ValueError(f"step must be at most {self._drawn.n_steps - 1}, got {step}")
        return step

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends; it may have turned to a page that the scene has no longer."""
        if "step" in sync_data:
            sync_data = sync_data | {"step": min(sync_data["step"], self._drawn.n_steps - 1)}
        super().set_state(sync_data)

    def report(self, error: BaseException) -> None:
        """Show below the controls what went wrong, until something goes well."""
        self.error = f"{type(error).__name__}: {error}".removesuffix(": ")

    def _act(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Do what the browser asks; a message without a wish only asks whether anybody hears it."""
        if not content:
            return
        self.error = ""
        try:
            if call := self._calls.get(content.get("action")):  # the button may be gone meanwhile
                call()
            if self._clicked is not None and "click" in content:
                self._clicked(*content["click"])
        except (Exception, KeyboardInterrupt) as error:
            self.report(error)
            raise

    def still(self) -> dict[str, str]:
        """Return the telling page as MIME bundle, for readers without a kernel; empty without resvg."""
        page = self._drawn.telling
        png = self.png(page)
        if png is None:
            return {}
        alt = f"{self._drawn.title}, step {page + 1} of {self._drawn.n_steps}. {self._drawn.captions[page]}"
        return image_bundle(small_png(png), " ".join(alt.split()), round(self._drawn.width))
