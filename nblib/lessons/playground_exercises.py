"""The exercises of the playground: points that no line parts, a spiral with few neurons, less by heart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.lessons.compare import kind
from nblib.lessons.exercise import goal
from nblib.lessons.result import Wrong
from nblib.runs.playground_run import OWN, PlaygroundRun, Recipe

Array = NDArray[np.float64]

SEEDS = (101, 102, 103)

# -- 1. points that no line parts -------------------------------------------------------------------

FEWEST = 4  # points of each class
MOST_BY_A_LINE, WITH_TWO = 0.75, 0.95
UPDATES_OF_POINTS = 3000


@goal(
    title="Points that no line parts",
    learned="Your points need hidden neurons, and two of them are enough.",
    seconds=None,
)
def no_line(my_points: Any) -> str:
    """Points of two classes: no line has more than 75 % of them right, two hidden neurons have 95 %."""
    try:
        recipe = Recipe(data=OWN, own=tuple(my_points), held_out=0.0, hidden=(2,), eta=3.0)
    except (TypeError, ValueError) as error:
        raise Wrong(f"The points do not fit: {error}. Each is (x₁, x₂, label).") from None
    x, y, n = recipe.points()
    ones = int(y.sum())
    if min(ones, n - ones) < FEWEST:
        raise Wrong(f"There must be at least {FEWEST} points of each class; there are {n - ones} and {ones}.")
    by_a_line = best_line(x.astype(float), y > 0.5)
    if by_a_line > MOST_BY_A_LINE:
        raise Wrong(
            f"There is a line that has {by_a_line:.0%} of them right; the goal is at most "
            f"{MOST_BY_A_LINE:.0%}. Put points of one class on both sides of the other."
        )
    reached = max(_accuracies(recipe.but(seed=seed), UPDATES_OF_POINTS)[0] for seed in SEEDS)
    if reached < WITH_TWO:
        raise Wrong(
            f"No line has more than {by_a_line:.0%} right, as wanted. But two hidden neurons have only "
            f"{reached:.0%} right in the best of three runs: two lines must be enough for your points."
        )
    return f"The best line has {by_a_line:.0%} right, two hidden neurons {reached:.0%}."


def best_line(x: Array, right: NDArray[np.bool_]) -> float:
    """Return which share of the points the best of all lines has right, exactly.

    A line can be turned and moved, without a point changing its side, until it nearly touches two
    points. So all directions are tried that lie just beside those of two points.
    """
    differences = (x[:, None] - x[None]).reshape(-1, 2)
    angles = np.unique(np.arctan2(differences[:, 0], -differences[:, 1]))
    angles = np.concatenate([angles - 1e-6, angles + 1e-6])
    best = 0.0
    for normal in np.column_stack([np.cos(angles), np.sin(angles)]):
        heights = x @ normal
        order = np.argsort(heights, kind="stable")
        labels, apart = right[order], np.diff(heights[order]) > 1e-9  # no line parts points in one place
        cuts = np.r_[True, apart, True]
        zeros_below, ones_above = np.r_[0, np.cumsum(~labels)], np.r_[np.cumsum(labels[::-1])[::-1], 0]
        agreed = (zeros_below + ones_above)[cuts]
        best = max(best, agreed.max() / len(x), 1 - agreed.min() / len(x))
    return float(best)


# -- 2. a spiral with few neurons -------------------------------------------------------------------

SPIRAL = {"data": "spiral", "noise": 0.1, "held_out": 0.3, "data_seed": 0}
MOST_HIDDEN, SPIRAL_GOAL, SPIRAL_UPDATES = 8, 0.9, 5000


@goal(
    title="A spiral with eight neurons",
    learned="Your recipe winds itself around the spiral, whatever the seed.",
    seconds=None,
)
def spiral_with_eight(my_recipe: Any) -> str:
    """Ingredients for the spiral: eight hidden neurons at most, and 90 % of the held-out points are right."""
    recipe = _recipe(my_recipe, SPIRAL)
    if sum(recipe.hidden) > MOST_HIDDEN:
        raise Wrong(
            f"At most {MOST_HIDDEN} hidden neurons are allowed in all; yours are {sum(recipe.hidden)}."
        )
    trained, held_out = np.transpose([_accuracies(recipe.but(seed=seed), SPIRAL_UPDATES) for seed in SEEDS])
    right = f"{_listed(held_out)} of the held-out points are right"
    reads = f"After {SPIRAL_UPDATES:,} updates, by three seeds, {right}"
    if held_out.min() >= SPIRAL_GOAL:
        return f"{reads}."
    if trained.min() < SPIRAL_GOAL:
        raise Wrong(
            f"{reads}; the goal is {SPIRAL_GOAL:.0%}. Of the points learned from it is {_listed(trained)}: "
            "the descent falls short. Other layers, another f, or another η?"
        )
    raise Wrong(f"{reads}; the goal is {SPIRAL_GOAL:.0%}. Those learned from are right: it is nearly there.")


# -- 3. less by heart -------------------------------------------------------------------------------

NOISY = {"data": "circle", "noise": 0.8, "held_out": 0.7, "data_seed": 0, "hidden": (8, 8)}
HEART_GOAL, HEART_UPDATES = 0.77, 6000


@goal(
    title="Less by heart",
    learned="Your recipe learns what is common to the points, and leaves out what is chance.",
    seconds=None,
)
def less_by_heart(my_recipe: Any) -> str:
    """Ingredients for 60 noisy points: of the 140 held out, three runs have 77 % right on average."""
    recipe = _recipe(my_recipe, NOISY)
    trained, held_out = np.transpose([_accuracies(recipe.but(seed=seed), HEART_UPDATES) for seed in SEEDS])
    reads = (
        f"After {HEART_UPDATES:,} updates, on average over three seeds, {trained.mean():.0%} of the points "
        f"learned from and {held_out.mean():.0%} of those held out are right"
    )
    if held_out.mean() >= HEART_GOAL:
        return f"{reads}."
    if trained.mean() < HEART_GOAL:
        raise Wrong(f"{reads}; the goal is {HEART_GOAL:.0%}. It learns too little: is λ too large, or η?")
    raise Wrong(
        f"{reads}; the goal is {HEART_GOAL:.0%}. It knows too much by heart: what keeps weights small?"
    )


# -- what all of them need --------------------------------------------------------------------------


def _recipe(answer: Any, fixed: Mapping[str, Any]) -> Recipe:
    """Return the answer, ingredients or a recipe, with what is fixed; raise `Wrong` if it breaks a rule."""
    if isinstance(answer, Recipe):
        answer = {name: getattr(answer, name) for name in Recipe.__dataclass_fields__}
    if not isinstance(answer, Mapping):
        raise Wrong(f'my_recipe must be a dict of ingredients, such as {{"eta": 1.0}}, got {kind(answer)}.')
    try:
        recipe = Recipe(**fixed).but(**answer)
    except (TypeError, ValueError) as error:
        raise Wrong(f"{error}.") from None
    for name, value in fixed.items():
        if getattr(recipe, name) != value:
            raise Wrong(f"{name} is {value!r} in this exercise, and yours is {getattr(recipe, name)!r}.")
    return recipe


def _accuracies(recipe: Recipe, updates: int) -> tuple[float, float]:
    """Return which shares of the points learned from and of those held out are right in the end.

    Raises
    ------
    Wrong
        If the weights run away.
    """
    run = PlaygroundRun(recipe)
    run.extend(updates)
    if run.left_at:
        raise Wrong(f"In update {run.left_at} the weights run away: η, or η times λ, is too large.")
    x, y, n = run.points
    held_out = run.network.accuracy(x[n:], y[n:]) if n < len(x) else np.nan
    return run.network.accuracy(x[:n], y[:n]), held_out


def _listed(shares: NDArray[np.float64]) -> str:
    *first, last = (f"{share:.0%}" for share in shares)
    return f"{', '.join(first)} and {last}"
