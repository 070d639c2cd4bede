"""A stepper under the settings of a run: change one, and the run is made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets

from nblib import validate
from nblib.drawing.scene import Scene
from nblib.widgets.stepper import Stepper
from nblib.widgets.still import beside_its_picture

NEW_SEED = "Reset with new seed"


class Explorer(ipywidgets.VBox):
    """Settings above a stepper.

    A subclass may have further buttons (`actions`) and rows of widgets (`rows`), which depend on
    the settings: it is asked for them whenever the run is made anew.

    Parameters
    ----------
    build : callable
        ``build(**values)`` returns the scene of a run with these settings, by name; with
        `seeded`, also ``seed``.
    settings : mapping of str to ipywidget
        What can be set: anything with a ``value`` and a ``description``.
    seeded : bool
        Whether a button asks for another seed. Changing a setting keeps the seed, so the run
        begins with the same initial weights.
    keeps_page : bool
        Whether another setting leaves the page as it is; by default it begins at the first.
    clicked : callable, optional
        As for `Stepper`.

    Attributes
    ----------
    stepper : Stepper
    seed : int

    Raises
    ------
    ValueError, TypeError
        If `seed` is no whole number of at least 0, or `build` refuses the settings.
    """

    def __init__(
        self,
        build: Callable[..., Scene],
        settings: Mapping[str, Any],
        *,
        seeded: bool = False,
        seed: int = 0,
        keeps_page: bool = False,
        clicked: Callable[[float, float], Any] | None = None,
    ) -> None:
        self._build, self.settings, self._seeded = build, dict(settings), seeded
        self.seed = validate.whole("seed", seed, at_least=0)
        self._keeps_page, self._going_back = keeps_page, False
        self.stepper = Stepper(self.scene(), actions=self.actions(), clicked=clicked)
        self._settings_row = row_of(*self.settings.values())
        super().__init__([*self.rows(), self.stepper])
        self.add_class("nblib-explorer")  # stepper.js keeps the keys of the settings from the notebook
        for widget in self.settings.values():
            widget.observe(self._changed, "value")
        self._note_settings()

    def __repr__(self) -> str:
        return repr(self.stepper)

    def scene(self) -> Scene:
        """Return the scene of the present settings."""
        values = {name: _exact(widget.value) for name, widget in self.settings.items()}
        return self._build(**values, **({"seed": self.seed} if self._seeded else {}))

    def actions(self) -> dict[str, Callable[[], Any]]:
        """Return what the further buttons of the stepper do, by their names."""
        return {NEW_SEED: self.new_seed} if self._seeded else {}

    def rows(self) -> list[ipywidgets.Widget]:
        """Return what stands above the stepper."""
        return [self._settings_row] if self.settings else []

    @property
    def step(self) -> int:
        """The page that is shown, counted from 0; set it to turn the pages."""
        return self.stepper.step

    @step.setter
    def step(self, step: int) -> None:
        self.stepper.step = step

    @property
    def n_steps(self) -> int:
        """How many pages there are."""
        return self.stepper.scene["steps"]

    @property
    def caption(self) -> str:
        """What stands below the picture of the present page."""
        return self.stepper.caption

    def refresh(self, step: int = 0) -> None:
        """Make the run anew and show it from `step`."""
        self.stepper.show(self.scene(), step, self.actions())
        self._note_settings()
        self.children = [*self.rows(), self.stepper]

    def new_seed(self) -> None:
        """Begin with other random numbers."""
        self.seed += 1
        try:
            self.refresh()
        except BaseException:
            self.seed -= 1
            raise

    def _changed(self, _: Any) -> None:
        """Make the run anew; where that fails, go back to the settings of the one that is shown."""
        if self._going_back:
            return
        try:
            self.refresh(self.step if self._keeps_page else 0)
        except (Exception, KeyboardInterrupt) as error:
            self._go_back()
            self.stepper.report(error)
            raise

    def _go_back(self) -> None:
        self._going_back = True
        try:
            for widget, value in self._drawn.items():
                widget.value = value
        finally:
            self._going_back = False

    def _note_settings(self, *_: Any) -> None:
        """Keep what is drawn, and tell the browser: a setting that nobody hears goes back to that."""
        self._drawn = {widget: widget.value for widget in self.settings.values()}
        shown = settings_in(self.rows())
        self.stepper.settings = {
            widget.model_id: widget.get_state("index" if "index" in widget.keys else "value")
            for widget in shown
        }
        for widget in shown:
            if widget not in self._drawn:  # what is drawn does not depend on it, or it sees to that itself
                widget.observe(self._note_settings, "value")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        return None if bundle is None else beside_its_picture(bundle, self.stepper.still())


def row_of(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return widgets side by side, in a second line where there is no room."""
    return ipywidgets.HBox(widgets, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="0.5em"))


def settings_in(widgets: Iterable[ipywidgets.Widget]) -> list[ipywidgets.Widget]:
    """Return those of the widgets, and of the widgets in them, that hold a value."""
    found = []
    for widget in widgets:
        found += [widget] if widget.has_trait("value") else settings_in(getattr(widget, "children", ()))
    return found


def eta_slider(value: float, least: float = 0.01, most: float = 100.0, name: str = "η") -> Any:
    """Return a slider over learning rates 1, 2, 5, 10, …, and `value` itself.

    Unlike ipywidgets' own logarithmic slider it gives back the very numbers it shows.

    Raises
    ------
    ValueError, TypeError
        If `value` is no number above 0.
    """
    value = validate.positive("eta", value)
    steps = {round(factor * 10.0**power, 6) for factor in (1, 2, 5) for power in range(-4, 5)}
    rates = sorted(rate for rate in steps | {value} if least <= rate <= most or rate == value)
    options = [(f"{rate:g}", rate) for rate in rates]
    return ipywidgets.SelectionSlider(options=options, value=value, description=name)


def _exact(value: Any) -> Any:
    """Return a float without the last digits that the steps of a slider in the browser leave behind."""
    return round(value, 9) if isinstance(value, float) else value
