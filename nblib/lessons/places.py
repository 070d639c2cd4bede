"""Places with moisture and rain, and where the steps of a neuron lead there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib import neuron
from nblib.activations import sigmoid
from nblib.lessons import calling
from nblib.lessons.compare import form
from nblib.lessons.result import Wrong

Array = NDArray[np.float64]
Point = tuple[float, float]
Step = Callable[[float, float, Array, Array], Any]

STEPS = 10
START = (-1.0, 0.0)
"""w and b at the beginning."""


@dataclass(frozen=True)
class Place:
    """Moisture and rain (0 or 1) at one place: days to learn from, and new ones with their chances."""

    x: Array
    y: Array
    new_x: Array
    new_y: Array
    new_chance: Array

    @classmethod
    def of(cls, seed: int) -> Place:
        """Return 40 days to learn from and 1,000 new ones of a place with its own usual moisture.

        Moisture lies evenly within 2 of the middle, which is somewhere from 3 to 9; it rains with the
        probability σ(3 (x − middle)).
        """
        rng = np.random.default_rng(seed)
        middle = rng.uniform(3, 9)
        x = middle + rng.uniform(-2, 2, size=1040)
        chance = sigmoid(3 * (x - middle))
        y = (rng.random(1040) < chance).astype(float)
        return cls(x[:40], y[:40], x[40:], y[40:], chance[40:])

    def shifted(self, shift: Callable[[Array], Any]) -> Place:
        """Return the place with all moisture less what the learner's function says.

        Raises
        ------
        Wrong
            If that is not one finite number.
        """
        by = calling.call(shift, ("x",), (self.x,))
        fault = form(0.0, by, "the shift")
        if fault or not np.isfinite(by):
            raise Wrong(f"Your first function must return one finite number: {fault or 'it is not finite'}.")
        return dataclasses.replace(self, x=self.x - float(by), new_x=self.new_x - float(by))

    def path(self, step: Step, stride: float = 1.0, steps: int = STEPS) -> list[Point]:
        """Return w and b from the start on, with steps `stride` times as long as the learner's.

        Raises
        ------
        Wrong
            If a step does not lead to a new w and a new b.
        """
        path = [START]
        for _ in range(steps):
            w, b = path[-1]
            new_w, new_b = _one_step(step, w, b, self.x, self.y)
            path.append((w + stride * (new_w - w), b + stride * (new_b - b)))
        return path


def _one_step(step: Step, w: float, b: float, x: Array, y: Array) -> Point:
    answer = calling.call(step, ("w", "b", "x", "y"), (w, b, x, y))
    if fault := form((w, b), answer, ("the new w", "the new b")):
        raise Wrong(f"A step must return the new w and the new b: {fault}.")
    new_w, new_b = map(float, answer)
    if not np.isfinite([new_w, new_b]).all():
        raise Wrong(f"A step from w = {w:.5g}, b = {b:.5g} leads to w = {new_w:.5g}, b = {new_b:.5g}.")
    return new_w, new_b


def cost_on_new_days(places: Sequence[Place], paths: Sequence[list[Point]]) -> float:
    """Return the mean cost where the paths end."""
    ends = [path[-1] for path in paths]
    costs = [neuron.cost(place.new_x, place.new_y, *end) for place, end in zip(places, ends, strict=True)]
    return float(np.mean(costs))


def lowest_cost(places: Sequence[Place]) -> float:
    """Return the cost of somebody who knows the chance of rain on each new day."""
    return float(np.mean([0.5 * (place.new_chance - place.new_y) ** 2 for place in places]))


def what_helps(step: Step, places: Sequence[Place], reached: float) -> str:
    """Try what would be better than to reach this cost, and say so."""

    def cost_with(stride: float, steps: int = STEPS) -> float:
        return cost_on_new_days(places, [place.path(step, stride, steps) for place in places])

    if cost_with(1e-3, steps=1) >= cost_with(0.0, steps=1):
        return "Even a small part of your first step does not lower it. Is it a step against the gradient?"
    far = np.mean([abs(place.x.mean()) for place in places])
    if far > 0.5:
        return (
            f"After your shift the days of a place lie around a number that is not 0, but {far:.1f} away "
            "from it on average. Can the shift be computed from x, so that it fits every place?"
        )
    longer, shorter = map(cost_with, (2.0, 0.5))
    if min(longer, shorter) >= reached:
        return "The shift is fine. check.neuron_gradient says whether your gradient is."
    how, which = ("twice", "larger") if longer < shorter else ("half", "smaller")
    return f"The shift is fine. Steps {how} as long would be better: try a {which} η."
