"""The seven ingredients of notebook 07, each of which can be left out: networks, and their training."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from nblib import augmentations, costs, schedules, validate
from nblib.activations import sigmoid
from nblib.classifier import Classifier
from nblib.layers import Array
from nblib.learners import Momentum
from nblib.runs.epochs import Descent
from nblib.runs.training import Training
from nblib.workspace import Workspace

INGREDIENTS = {
    "softmax": "softmax, cross-entropy",
    "relu": "ReLU",
    "he": "weights · √2",
    "momentum": "momentum",
    "cosine": "cosine",
    "decay": "weight decay",
    "shifts": "shifts",
}
"""The ingredients by their short names, and what notebook 07 calls them."""

MOMENTUM, DECAY, PIXELS = 0.9, 1e-3, 1
ETAS = {
    (False, False, False): 4.0,
    (False, False, True): 0.1,
    (False, True, False): 1.0,
    (False, True, True): 0.1,
    (True, False, False): 2.0,
    (True, False, True): 0.4,
    (True, True, False): 0.4,
    (True, True, True): 0.08,
}
"""The η that suits, with softmax, ReLU and momentum or without, found by doubling and halving."""


class SigmoidClassifier(Classifier):
    """A classifier without softmax: sigmoid outputs and the quadratic cost, as in notebook 06."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._functions[-1] = sigmoid.function

    def _bp1(self, a: Array, y: Array, delta: Array, slopes: Array) -> None:
        costs.quadratic.delta(a, y, sigmoid, delta, slopes)

    def _costs(self, room: Workspace, y: Array) -> Array:
        return costs.quadratic(room.a[-1].T, y)


def chosen(name: str, ingredients: Collection[str]) -> list[str]:
    """Return which ingredients are chosen, in the order of `INGREDIENTS`; `name` is for messages.

    Raises
    ------
    ValueError, TypeError
        If one of them is none, or they are no list.
    """
    short = [
        validate.one_of(name, one, INGREDIENTS) for one in validate.listed(name, ingredients, "short names")
    ]
    return [one for one in INGREDIENTS if one in short]


@dataclass(frozen=True)
class Recipe:
    """Which ingredients are in.

    Parameters
    ----------
    ingredients : collection of str
        Short names, of `INGREDIENTS`.

    Raises
    ------
    ValueError, TypeError
        If there is no such ingredient.
    """

    ingredients: Collection[str]

    def __post_init__(self) -> None:
        chosen("ingredients", self.ingredients)

    def __contains__(self, name: str) -> bool:
        return name in self.ingredients

    @property
    def eta(self) -> float:
        """The η that suits."""
        return ETAS["softmax" in self, "relu" in self, "momentum" in self]

    def network(self, sizes: Sequence[int], seed: int = 0) -> Classifier:
        """Return an untrained network; the same seed draws the same random numbers for every recipe."""
        return (Classifier if "softmax" in self else SigmoidClassifier)(
            sizes,
            activation="relu" if "relu" in self else "sigmoid",
            init="he" if "he" in self else "scaled",
            weight_decay=DECAY if "decay" in self else 0,
            seed=seed,
        )


class RecipeTraining(Training):
    """A training in slices by a recipe of ingredients.

    Parameters
    ----------
    recipe : Recipe
    sizes : sequence of int
        Neurons per layer.
    x, y, epochs, mini_batch_size, validation, seed
        As for `Training`. The seed is that of the initial weights too.
    eta : float, optional
        By default the one that suits the recipe.

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit.
    """

    trains = Classifier
    measures_both = True

    def __init__(
        self,
        recipe: Recipe,
        sizes: Sequence[int],
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        validation: tuple[ArrayLike, ArrayLike],
        eta: float | None = None,
        seed: int = 0,
    ) -> None:
        self.recipe = validate.instance("recipe", recipe, Recipe)
        eta, validation = recipe.eta if eta is None else eta, validate.pair("validation", validation)
        network = recipe.network(sizes, seed)
        super().__init__(network, x, y, epochs, mini_batch_size, eta, validation, seed)

    def descend(self, mini_batch_size: int, eta: float) -> Descent:
        """Return a descent from the beginning, with the momentum, schedule and shifts of the recipe.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit.
        """
        recipe, rng = self.recipe, validate.generator("seed", self.seed)
        x, y = self.network.data(*self._data)
        augment = augmentations.shifts(PIXELS, math.isqrt(x.shape[1])) if "shifts" in recipe else None
        momentum = MOMENTUM if "momentum" in recipe else 0.0
        learner = Momentum(self.network, x, y, momentum, _Factors(self), augment, rng)
        return Descent(learner.begin, len(x), mini_batch_size, eta, rng)


class _Factors(Sequence[float]):
    """The factor s(t) of the next update, where t is how much of the training is done by then."""

    def __init__(self, training: RecipeTraining) -> None:
        self._training = training
        self._schedule = schedules.cosine() if "cosine" in training.recipe else lambda t: 1.0

    def __len__(self) -> int:
        return self._training.epochs * len(self._training)

    def __getitem__(self, _: Any) -> float:
        done = self._training.epoch + 0.5 * self._training.mini_batch_size / len(self._training)
        return self._schedule(min(done / self._training.epochs, 1.0))
