"""The exercise of the trial: a test that convicts false claims about a slope, and acquits true ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.activations import sigmoid
from nblib.lessons.exercise import exercise
from nblib.lessons.slips import instead

Array = NDArray[np.float64]
Curve = Callable[[Array], Array]


@dataclass(frozen=True)
class Named:
    """A curve that shows itself as its formula."""

    formula: str
    curve: Curve

    def __call__(self, a: Any) -> Any:
        """Return the height at a."""
        return self.curve(a)

    def __repr__(self) -> str:
        return self.formula


SQUARE = Named("(a − 1)²", lambda a: (a - 1) ** 2)
HALF = Named("½ (a − 1)²", lambda a: 0.5 * (a - 1) ** 2)
SIGMOID = Named("σ(a)", lambda a: sigmoid(np.asarray(a, float)))
WAVE = Named("sin a", np.sin)
STEEP = Named("5 a³", lambda a: 5 * a**3)
RAMP = Named("(a/2)⁴", lambda a: (a / 2) ** 4)

TRUE = (
    (HALF, Named("a − 1", lambda a: a - 1)),
    (SQUARE, Named("2a − 2", lambda a: 2 * a - 2)),
    (SIGMOID, Named("σ(a) (1 − σ(a))", lambda a: sigmoid.derivative(np.asarray(a, float)))),
    (WAVE, Named("cos a", np.cos)),
    (STEEP, Named("15 a²", lambda a: 15 * a**2)),
    (RAMP, Named("a³/4", lambda a: a**3 / 4)),
    (Named("ln(1 + eᵃ)", lambda a: np.log1p(np.exp(a))), SIGMOID),
)
FALSE = (
    (SQUARE, Named("a − 1", lambda a: a - 1)),  # what article 3 does; right at 1 only
    (HALF, Named("1 − a", lambda a: 1 - a)),
    (SIGMOID, Named("σ(a)", SIGMOID.curve)),
    (WAVE, Named("0.98 cos a", lambda a: 0.98 * np.cos(a))),
    (STEEP, Named("15 a |a|", lambda a: 15 * a * abs(a))),  # right from 0 on
    (RAMP, Named("a³/4 up to a = 2, then 2", lambda a: np.where(np.asarray(a) > 2, 2.0, a**3 / 4))),
    (WAVE, Named("cos a from −1 on, then 1", lambda a: np.where(np.asarray(a) < -1, 1.0, np.cos(a)))),
    (STEEP, Named("15 a² + 0.02", lambda a: 15 * a**2 + 0.02)),
)


def _court(rng: np.random.Generator) -> Iterator[tuple[Named, Named]]:
    """Yield true and false claims in turns, the simplest first."""
    for i in range(max(len(TRUE), len(FALSE))):
        yield from FALSE[i : i + 1]
        yield from TRUE[i : i + 1]


PLACES = np.linspace(-3, 3, 61)


def _off(C: Curve, slope: Curve, a: Array = PLACES, h: float = 1e-5) -> Array:
    """Return by how much a claimed slope is larger than the measured one, at each place."""
    return slope(a) - (C(a + h) - C(a - h)) / (2 * h)


@exercise(
    title="Convict a claim",
    learned="Your test convicts what is false and acquits what is true: it can be believed.",
    cases=_court,
    returns="the verdict",
)
def convicts(C: Curve, slope: Curve) -> bool:
    """Whether `slope` is not the derivative of `C`, somewhere between −3 and 3."""
    return bool(np.any(np.abs(_off(C, slope)) > 1e-3))


def _forward(C: Curve, slope: Curve, h: float) -> Array:
    return np.abs(slope(PLACES) - (C(PLACES + h) - C(PLACES)) / h)


convicts.slips = {
    "It convicts every claim, the true ones too, so it proves nothing. What is measured is never exact to "
    "the last digit: leave some room, and convict what differs by more.": lambda C, slope: True,
    "It acquits every claim, the false ones too. What would your test have to see to convict one?": (
        lambda C, slope: False
    ),
    "The verdict is turned round: it returns True for a true claim. True is to mean: convicted.": instead(
        lambda verdict: not verdict
    ),
    "It looks at one place only, at 0, and some false claims are right there. Take many places from "
    "−3 to 3.": lambda C, slope: abs(_off(C, slope, np.array(0.0))) > 1e-3,
    "It looks at one place only, at 1, and some false claims are right there. Take many places from "
    "−3 to 3.": lambda C, slope: abs(_off(C, slope, np.array(1.0))) > 1e-3,
    "It looks only where a is positive. A claim may be right on one side and wrong on the other.": (
        lambda C, slope: np.any(np.abs(_off(C, slope, PLACES[PLACES >= 0])) > 1e-3)
    ),
    "It looks only between −1 and 1. Some claims go wrong further out; the places go from −3 to 3.": (
        lambda C, slope: np.any(np.abs(_off(C, slope, PLACES[np.abs(PLACES) <= 1])) > 1e-3)
    ),
    "It convicts only if the claim is wrong everywhere. One place is enough: any, not all.": (
        lambda C, slope: np.all(np.abs(_off(C, slope)) > 1e-3)
    ),
    "It adds up what is too high and what is too low, and they cancel. Take the size of each difference "
    "before you look at them together.": lambda C, slope: abs(_off(C, slope).mean()) > 1e-3,
    "It finds only claims that are too high. Take the size of the difference, by np.abs.": (
        lambda C, slope: np.any(_off(C, slope) > 1e-3)
    ),
    "It finds only claims that are too low. Take the size of the difference, by np.abs.": (
        lambda C, slope: np.any(_off(C, slope) < -1e-3)
    ),
    "It allows too much room: a difference of 0.1 goes unseen. A measured slope is good to a thousandth and "
    "better.": lambda C, slope: np.any(np.abs(_off(C, slope)) > 0.1),
    "Its h is too large for a one-sided difference: curves have bent away by then, and true claims look "
    "false. Take a tiny h, on both sides.": lambda C, slope: np.any(_forward(C, slope, 0.01) > 1e-3),
    "It compares the slope with the cost itself. What is claimed is how fast C changes: "
    "(C(a + h) − C(a − h)) / (2 h).": lambda C, slope: np.any(np.abs(slope(PLACES) - C(PLACES)) > 1e-3),
}
