"""Live training with a switch for each ingredient: flip one, and the training begins anew beside the last."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from numpy.typing import ArrayLike

from nblib import validate
from nblib.runs.ingredients import INGREDIENTS, Recipe, RecipeTraining, chosen
from nblib.widgets.live_training import FINISHED, READY, RUNNING, LiveTraining


class LiveIngredients(LiveTraining):
    """A training that one watches, steers, and gives other ingredients.

    A switch begins a new training: the same random numbers and the same order of the images, with the
    η that suits the new recipe. The curves of the last training that came to its end stay below.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer.
    x, y, epochs, mini_batch_size, validation, seed
        As for `LiveTraining`.
    on : collection of str
        The ingredients to begin with, of `nblib.runs.ingredients.INGREDIENTS`.

    Attributes
    ----------
    on : list of str
        The ingredients that are in now.
    before : list
        The points of the last training that came to its end before this one.

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        validation: tuple[ArrayLike, ArrayLike],
        on: Collection[str] = (),
        seed: int = 0,
    ) -> None:
        on = chosen("on", on)
        self._data = {
            "sizes": sizes,
            "x": x,
            "y": y,
            "epochs": epochs,
            "validation": validation,
            "seed": seed,
        }
        training = RecipeTraining(Recipe(on), mini_batch_size=mini_batch_size, **self._data)
        self._open(training, switches=INGREDIENTS, on=on)

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, {len(self.on)} of {len(INGREDIENTS)} ingredients]"

    def switch(self, name: str, on: bool) -> None:
        """Put an ingredient in or leave it out; a training that had begun begins anew with it.

        Raises
        ------
        ValueError
            If there is no such ingredient.
        """
        validate.one_of("name", name, tuple(INGREDIENTS))
        kept = [one for one in INGREDIENTS if (on if one == name else one in self.on)]
        training = RecipeTraining(Recipe(kept), mini_batch_size=self.mini_batch_size, **self._data)
        if self.status == FINISHED:
            self.before = self.points
        self.training, self.on = training, kept
        self.eta = training.eta
        over = self.status not in (READY, RUNNING)
        if over:
            self.status = READY  # before it is shown: it has not been trained yet
        self._begin()
        if over:
            self.start()
