"""The playground: any small network learns before one's eyes, and every single update can be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import inf
from typing import Any

import traitlets
from IPython import get_ipython

from nblib import validate
from nblib.drawing import playground_picture
from nblib.drawing.picture import Picture
from nblib.network import Network
from nblib.runs.playground_run import PlaygroundRun, Recipe
from nblib.widgets.page_chunks import packed
from nblib.widgets.still import HERE, StillWidget, styles

COMPARED = ("eta", "mini_batch_size", "weight_decay", "activation", "hidden", "seed")
"""The ingredients in which two runs side by side may differ."""
RECORDED = 300
"""Updates that are made at once, before anybody asks for more."""
AT_ONCE = 60  # after a change of an ingredient: what follows is asked for while these are played
SECONDS = 0.2  # that an answer to the browser takes at most


class Playground(StillWidget):
    """A network with two inputs and one output, the plane that it divides, and every update of its training.

    The browser holds all pages that are recorded, and steps through them without a kernel. It asks
    for more as they are played.

    Parameters
    ----------
    recorded : int
        How many updates to make at once.
    other : mapping, optional
        Ingredients of a second run beside the first, such as ``{"eta": 3.0}``; see `COMPARED`.
    **ingredients
        Of the recipe: those of `Recipe`.

    Attributes
    ----------
    step : int
        The page that is shown: so many updates have been made. Kept the same here and in the browser.
    runs : list of PlaygroundRun
        The run, and the one beside it, if there is one.

    Raises
    ------
    ValueError, TypeError
        If an ingredient is not as described.

    Examples
    --------
    >>> playground = Playground(data="xor", hidden=[2], eta=3.0, recorded=100)
    >>> playground
    [Playground: xor, 2-2-1 tanh, η = 3, 100 updates]
    >>> playground.change(hidden=[4])
    >>> playground.recipe.sizes, playground.n_updates, playground.step
    ([2, 4, 1], 60, 0)
    """

    _esm = HERE / "playground.js"
    _css = styles("stepper.css", "playground.css")
    step = traitlets.Int(0).tag(sync=True, echo_update=False)
    book = traitlets.Dict().tag(sync=True)
    chunks = traitlets.List().tag(sync=True)
    ends = traitlets.List().tag(sync=True)

    def __init__(
        self, recorded: int = RECORDED, other: Mapping[str, Any] | None = None, **ingredients: Any
    ) -> None:
        recorded = validate.whole("recorded", recorded, at_least=0)
        recipe = Recipe().but(**ingredients)
        self._other = _compared(recipe, other)
        self.recipe, self.runs = recipe, []
        super().__init__()
        self._begin(recorded)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        second = "".join(
            f", beside it {name} = {_plain(value)}" for name, value in (self._other or {}).items()
        )
        return f"[Playground: {self.recipe_in_words}{second}, {self.n_updates} updates]"

    # -- what one can do ----------------------------------------------------------------------------

    @property
    def recipe_in_words(self) -> str:
        """The data, the network, and η."""
        recipe = self.recipe
        sizes = "-".join(map(str, recipe.sizes))
        return f"{recipe.data}, {sizes} {recipe.activation}, η = {recipe.eta:g}"

    @property
    def other(self) -> dict[str, Any] | None:
        """The ingredients in which the second run differs; None where there is one run."""
        return None if self._other is None else dict(self._other)

    @property
    def n_updates(self) -> int:
        """How many updates are recorded, of all runs that go on."""
        going = [run.n_updates for run in self.runs if not run.over]
        return min(going) if going else max(run.n_updates for run in self.runs)

    @property
    def network(self) -> Network:
        """A copy of the network as the present page has it."""
        return self.networks[0]

    @property
    def networks(self) -> list[Network]:
        """A copy of the network of each run as the present page has it."""
        return [run.network_at(min(self.step, run.n_updates)) for run in self.runs]

    def change(self, **ingredients: Any) -> None:
        """Make the run anew with other ingredients; the same seed begins with the same weights.

        Raises
        ------
        ValueError, TypeError
            If an ingredient is not as described; nothing has been changed then.
        """
        recipe = self.recipe.but(**ingredients)
        self._other = _compared(recipe, self._other)
        self.recipe = recipe
        self._begin(AT_ONCE)

    def compare(self, **ingredients: Any) -> None:
        """Put a second run beside the first, with these ingredients changed; without any, take it away.

        Raises
        ------
        ValueError, TypeError
            If an ingredient is not as described, or runs may not differ in it.
        """
        self._other = _compared(self.recipe, ingredients or None)
        self._begin(AT_ONCE)

    def train(self, updates: int, seconds: float = inf) -> None:
        """Record more updates of each run.

        Parameters
        ----------
        updates : int
            At least 0.
        seconds : float
            After this time it is enough for now.

        Raises
        ------
        ValueError, TypeError
            If `updates` is no such number.
        """
        goal = self.n_updates + validate.whole("updates", updates, at_least=0)
        for i, run in enumerate(self.runs):
            first = run.n_updates + 1
            run.extend(max(0, goal - run.n_updates), seconds / len(self.runs))
            if run.n_updates >= first:
                chunk = self._chunk(i, first)
                data = chunk.pop("data")
                self.chunks.append(
                    chunk | {"data": data}
                )  # for whoever looks later; who looks now is sent it
                self.send({"chunk": chunk}, [data])
        self.ends = self._ends()
        self.send({"answered": self.book["number"]})

    def picture(self) -> Picture:
        """Return the last page that is recorded as a figure."""
        return playground_picture.picture(self.runs, self.n_updates)

    # -- what the browser gets ------------------------------------------------------------------------

    def _begin(self, recorded: int) -> None:
        recipes = [self.recipe] if self._other is None else [self.recipe, self.recipe.but(**self._other)]
        self.runs = [PlaygroundRun(recipe) for recipe in recipes]
        for run in self.runs:
            run.extend(recorded)
        with self.hold_sync():
            self.step = 0
            self.book = {
                "number": self.book.get("number", 0) + 1,
                "recipe": asdict(self.recipe),
                "other": self._other,
                "runs": [_for_the_browser(run) for run in self.runs],
            }
            self.chunks = [self._chunk(i, 0) for i in range(len(self.runs))]
            self.ends = self._ends()

    def _chunk(self, i: int, first: int) -> dict[str, Any]:
        """Return the pages of run i from `first` on."""
        run = self.runs[i]
        parameters = run.parameters(first)
        about = {"number": self.book["number"], "run": i, "first": first, "pages": len(parameters)}
        return about | {"data": packed(parameters, run.rows[max(first - 1, 0) :])}

    def _ends(self) -> list[dict[str, Any]]:
        return [{"over": run.over, "left_at": run.left_at} for run in self.runs]

    # -- what it says -------------------------------------------------------------------------------

    def _hear(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Do what the browser asks; a message without a wish only asks whether anybody hears it."""
        try:
            if "change" in content:
                self.change(**content["change"])
            if "compare" in content:
                self.compare(**(content["compare"] or {}))
        except (TypeError, ValueError) as error:
            self._begin(AT_ONCE)  # the browser waits for an answer
            if (shell := get_ipython()) is not None:
                shell.showtraceback((type(error), error, error.__traceback__))
        if content.get("number") == self.book["number"]:
            self.set_state(
                {"step": min(content.get("step", self.step), self.n_updates)}
            )  # sends nothing back
            if "more" in content:
                self.train(content["more"], SECONDS)

    @traitlets.validate("step")
    def _check_step(self, proposal: Mapping[str, Any]) -> int:
        step = validate.whole("step", proposal["value"], at_least=0)
        if self.runs and step > self.n_updates:
            raise ValueError(f"step must be at most {self.n_updates}, got {step}")
        return step


def _compared(recipe: Recipe, other: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the ingredients of a second run as the recipe has them."""
    if other is None:
        return None
    for name in other:
        validate.one_of("other", name, COMPARED)
    second = recipe.but(**other)
    return {name: getattr(second, name) for name in other}


def _plain(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _for_the_browser(run: PlaygroundRun) -> dict[str, Any]:
    recipe, points = run.recipe, run.points
    names = ("data", "hidden", "activation", "seed", "eta", "mini_batch_size", "weight_decay")
    return {name: getattr(recipe, name) for name in names} | {
        "sizes": recipe.sizes,
        "x": points.x.tobytes(),
        "y": points.y.astype("u1").tobytes(),
        "n_train": points.n_train,
    }
