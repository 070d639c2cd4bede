"""The exercises of notebook 07: a staircase, temperature, looking ahead, much from few images."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib.classifier import Classifier, softmax
from nblib.lessons import calling
from nblib.lessons.compare import kind
from nblib.lessons.exercise import exercise, goal, one_function
from nblib.lessons.formulas import Formulas
from nblib.lessons.recipe_advice import what_might_help
from nblib.lessons.recipes import MOST_EPOCHS, Pile, hidden_neurons, listed, piles, test_once
from nblib.lessons.result import Wrong
from nblib.lessons.slips import NEGATED, SWAPPED, given

Array = NDArray[Any]
Slope = Callable[[Array], Array]

# -- 1. a staircase -------------------------------------------------------------------------------


def _fractions(rng: np.random.Generator) -> Iterator[tuple[float]]:
    for t in (0.3, 0.7, 0.9, 0.6, 0.85, 0.01, 0.599, 0.849, 0.999):
        yield (t,)
    for t in rng.uniform(size=10):
        yield (round(float(t), 3),)


@exercise(
    title="A staircase",
    learned="Your function is a schedule: give it to sgd, and η falls in three steps.",
    cases=_fractions,
    returns="the factor",
)
def staircase(t: float) -> float:
    """1 where t < 0.6, then 0.1 where t < 0.85, then 0.01."""
    if t < 0.6:
        return 1.0
    return 0.1 if t < 0.85 else 0.01


staircase.slips = {
    "At a border the smaller factor counts: it is 1 only where t < 0.6, not where t ≤ 0.6.": lambda t: (
        1.0 if t <= 0.6 else 0.1 if t <= 0.85 else 0.01
    ),
    "It climbs. A training begins with large steps, to get there, and ends with small ones.": lambda t: (
        0.01 if t < 0.6 else 0.1 if t < 0.85 else 1.0
    ),
    "It never comes to 0.01. What is above 0.85 is above 0.6, too: is the last "
    "question ever asked?": lambda t: 1.0 if t < 0.6 else 0.1,
    "It never is 1. What is below 0.6 is below 0.85, too: ask for the smaller border first.": lambda t: (
        0.1 if t < 0.85 else 0.01
    ),
    "It stays at 1. t is a fraction, from 0 to 1, and not a number of epochs or a percentage.": given(
        t=lambda t: t / 100
    ),
}

# -- 2. temperature -------------------------------------------------------------------------------


def _temperatures(rng: np.random.Generator) -> Iterator[tuple[Array, Array, float]]:
    yield np.array([1.0, 0.0]), np.array([1.0, 0.0]), 1.0
    yield np.array([2.0, 0.0]), np.array([1.0, 0.0]), 2.0
    yield np.array([2.0, 1.0, -1.0]), np.array([0.0, 1.0, 0.0]), 3.0
    yield np.array([2.0, 1.0, -1.0]), np.array([0.0, 1.0, 0.0]), 0.5
    yield np.array([900.0, 899.0, 897.0]), np.array([0.0, 1.0, 0.0]), 1.0  # e^900 is too large
    for n in (2, 4, 10):
        yield rng.normal(size=n).round(2), np.eye(n)[rng.integers(n)], round(rng.uniform(0.4, 4), 2)


SHARES = Formulas(
    "z y T",
    u=lambda z, T: z / T,
    a=lambda u: softmax(u),
    error=lambda a, y: a - y,
    delta=lambda error, T: error / T,
)


@exercise(
    title="Temperature",
    learned="Your δ is the slope of the cost at every temperature.",
    cases=_temperatures,
    returns="δ",
)
def temperature_delta(z: Array, y: Array, T: float) -> Array:
    """δ = ∂C/∂z for C = −Σ y ln a with a = softmax(z/T), for one example: (a − y)/T."""
    return SHARES(z, y, T)


temperature_delta.slips = {
    "T does not matter to it. It stands in the shares, softmax(z/T), and in the slope of z/T along z.": given(
        T=1.0
    ),
    "The shares are right, but the chain rule has one more factor: the slope of z/T along z.": SHARES.but(
        delta=lambda error: error
    ),
    "The factor 1/T is there, but the shares are those of z. They are those of z/T.": SHARES.but(
        u=lambda z: z
    ),
    "It has the wrong sign. δ is share minus target, so that −δ leads downhill.": NEGATED,
    "You multiply by T at the end. The slope of z/T along z is 1/T.": SHARES.but(
        delta=lambda error, T: error * T
    ),
    "You divide by T once too often: once inside the softmax, once for its slope.": SHARES.but(
        delta=lambda error, T: error / T**2
    ),
    "T is turned round: z is divided by it. A large T makes the shares more even.": given(T=lambda T: 1 / T),
    "T comes in after the softmax, where the shares no longer add up to 1. It divides z.": SHARES.but(
        delta=lambda z, T, y: softmax(z) / T - y
    ),
    "You multiply with a slope a (1 − a). With softmax and cross-entropy none is left: the logarithm "
    "undoes the power.": SHARES.but(delta=lambda error, a, T: error * a * (1 - a) / T),
    "This is ∂C/∂a. Go one step further back, through the softmax, to ∂C/∂z.": SHARES.but(
        delta=lambda y, a: -y / a
    ),
    "The softmax is missing: z/T is no share. Powers first, then divide by their sum.": SHARES.but(
        a=lambda u: u
    ),
    "This is the cost. Its slope along each z was asked for.": SHARES.but(
        delta=lambda y, a: -np.sum(y * np.log(a))
    ),
    "It is right until a power is too large for the computer, as e^900 is. Take the largest z away from all "
    "of them first: the shares stay the same.": SHARES.but(a=lambda u: np.exp(u) / np.exp(u).sum()),
}

# -- 3. look ahead --------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class _Gradient:
    """∇C of a cost, which is shown by its formula."""

    formula: str
    of: Callable[[Array], Array]

    def __call__(self, w: Array) -> Array:
        return self.of(w)

    def __repr__(self) -> str:
        return f"a function: w ↦ {self.formula}"


def _valley(*steepness: int) -> _Gradient:
    """Return ∇C of C = ½ Σ s w²."""
    return _Gradient(f"[{', '.join(map(str, steepness))}] · w", lambda w: np.array(steepness) * w)


_WAVES = _Gradient("sin w", np.sin)  # of C = −Σ cos w, which is no valley: its steepness changes


def _places(rng: np.random.Generator) -> Iterator[tuple[Array, Array, Slope, float, float]]:
    yield np.array([2.0]), np.array([0.0]), _valley(1), 0.1, 0.5
    yield np.array([2.0]), np.array([-1.0]), _valley(1), 0.1, 0.5
    yield np.array([10.0, 1.0]), np.array([-1.0, 0.5]), _valley(1, 30), 0.03, 0.8
    yield np.array([1.0, -2.0, 0.5]), np.array([0.25, 0.5, -1.0]), _WAVES, 0.2, 0.9
    yield np.array([1.0, -2.0]), np.array([0.5, 0.5]), _valley(2, 1), 0.2, 0.0
    for n in (2, 5):
        w, v = rng.normal(size=(2, n)).round(2)
        yield w, v, _WAVES, round(rng.uniform(0.1, 1), 2), round(rng.uniform(0.2, 0.8), 2)


AHEAD = Formulas(
    "w v gradient eta mu",
    place=lambda w, mu, v: w + mu * v,
    slope=lambda gradient, place: gradient(place),
    new=lambda mu, v, eta, slope: mu * v - eta * slope,
    step=lambda w, new: (w + new, new),
)


@exercise(
    title="Look ahead",
    learned="Your step looks where it is about to be, and brakes before it overshoots.",
    cases=_places,
    returns=("the new w", "the new v"),
)
def look_ahead(w: Array, v: Array, gradient: Slope, eta: float, mu: float) -> tuple[Array, Array]:
    """v ← μ v − η ∇C(w + μ v), then w ← w + v; returns both."""
    return AHEAD(w, v, gradient, eta, mu)


look_ahead.slips = {
    "This is the momentum of section 4: its gradient is taken at w. Take it at w + μ v, where the "
    "ball is about to be.": AHEAD.but(place=lambda w: w),
    "It looks too far ahead, at w + v. Friction leaves μ v of the velocity: look at w + μ v.": AHEAD.but(
        place=lambda w, v: w + v
    ),
    "It looks back, at w − μ v. The ball goes where v points: w + μ v.": AHEAD.but(
        place=lambda w, mu, v: w - mu * v
    ),
    "It goes uphill: the slope is to be taken away from the velocity, − η ∇C.": AHEAD.but(
        new=lambda mu, v, eta, slope: mu * v + eta * slope
    ),
    "The minus is there twice. It stands in v already, so that w ← w + v.": AHEAD.but(
        step=lambda w, new: (w - new, new)
    ),
    "w moves by the old velocity. First the new v, then w moves by it.": AHEAD.but(
        step=lambda w, v, new: (w + v, new)
    ),
    "The new w is right, but the old v is returned: the next step would begin with it.": AHEAD.but(
        step=lambda w, v, new: (w + new, v)
    ),
    "The two are swapped: the new w comes first, then the new v.": SWAPPED,
    "η is missing: it multiplies the gradient.": given(eta=1.0),
    "There is no friction: the old velocity is kept whole. Only μ v of it stays.": AHEAD.but(
        new=lambda v, eta, slope: v - eta * slope
    ),
    "The old velocity is forgotten: the new one is μ v − η ∇C, and not the gradient alone.": AHEAD.but(
        new=lambda eta, slope: -eta * slope
    ),
    "μ multiplies the gradient as well. It belongs to the old velocity alone.": AHEAD.but(
        new=lambda mu, v, eta, slope: mu * (v - eta * slope)
    ),
    "The gradient has a factor 1 − μ. Some books write it so, with an η that is as much larger; "
    "here it is − η ∇C.": AHEAD.but(new=lambda mu, v, eta, slope: mu * v - (1 - mu) * eta * slope),
    "μ v is added twice: the look ahead moves w, and the new v, which holds μ v, moves it again. The look "
    "is for the gradient only; the step begins at w.": AHEAD.but(step=lambda place, new: (place + new, new)),
}

# -- 5. much from few images ----------------------------------------------------------------------

GOAL = 0.97
N_IMAGES = 10_000
MOST_HIDDEN = 128
SEEDS = (1001, 1002, 1003)
SETTINGS = ("epochs", "mini_batch_size", "eta", "momentum", "schedule", "augment")

Recipe = tuple[Classifier, dict[str, Any]]


@goal(
    title="97 % from 10,000 images",
    learned="Your recipe learns much from few images, whatever the seed.",
    seconds=None,
)
def few_images(my_recipe: Callable[[int], Recipe]) -> str:
    """Train with 10,000 images, from three seeds; 97 % of the validation images must be read each time."""
    function = one_function("few_images", [my_recipe])
    training, validation, test = piles()
    training = training[0][:N_IMAGES], training[1][:N_IMAGES]
    recipes = [_recipe(calling.call(function, ("seed",), (seed,)), validation) for seed in SEEDS]
    if all(np.array_equal(recipes[0][0].weights[0], network.weights[0]) for network, _ in recipes[1:]):
        raise Wrong("All seeds give the very same first weights: pass `seed` on to your Classifier.")
    networks = _trained(recipes, training)
    reached = [network.accuracy(*validation) for network in networks]
    reads = f"With three seeds it reads {listed(reached)} of the validation images"
    if min(reached) < GOAL:
        might = what_might_help(GOAL, MOST_HIDDEN, networks, recipes[0][1], training, validation)
        raise Wrong(f"{reads}; the goal is {GOAL:.0%} with each. {might}")
    return f"{reads}. {test_once(few_images, networks, test)}"


def _recipe(answer: Any, validation: Pile) -> Recipe:
    """Return the answer; raise `Wrong` if it breaks a rule."""
    if not (isinstance(answer, (tuple, list)) and len(answer) == 2):
        raise Wrong(f"It must return two things, a Classifier and a dict of settings; got {kind(answer)}.")
    network, settings = answer
    if not isinstance(network, Classifier) or not isinstance(settings, dict):
        raise Wrong(
            "It must return an untrained Classifier and a dict of settings for its sgd, in this order; got "
            f"{kind(network)} and {kind(settings)}."
        )
    hidden_neurons(network, "The network", "begin with 784 inputs and end with 10 classes", MOST_HIDDEN)
    if unknown := [name for name in settings if name not in SETTINGS]:
        raise Wrong(f"The settings may be {', '.join(SETTINGS)}; there is {unknown[0]!r} among yours.")
    if missing := [name for name in SETTINGS[:3] if name not in settings]:
        raise Wrong(f"The setting {missing[0]!r} is missing.")
    if isinstance(settings["epochs"], (int, np.integer)) and settings["epochs"] > MOST_EPOCHS:
        raise Wrong(f"At most {MOST_EPOCHS} epochs are allowed, got {settings['epochs']}.")
    if network.accuracy(*validation) > 0.5:
        raise Wrong(
            "The network has been trained before. Return a new one, so that all its epochs are counted."
        )
    return network, settings


def _trained(recipes: list[Recipe], training: Pile) -> list[Classifier]:
    """Train each network by its settings; raise `Wrong` if they do not fit, or the weights run away."""
    glance = training[0][:1000], training[1][:1000]
    for (network, settings), seed in zip(recipes, tqdm(SEEDS, desc="seeds"), strict=True):
        epoch = 0
        try:
            # Weights that run away, and layers that are dead, are reported by the check.
            with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
                for record in network.sgd(*training, **settings, validation=glance, seed=seed):
                    epoch = record.epoch
        except FloatingPointError:
            raise Wrong(f"In epoch {epoch + 1} the weights ran away: η is too large.") from None
        except Exception as error:  # schedule and augment are the learner's own
            raise Wrong(f"The training stops with {type(error).__name__}: {error}.") from error
    return [network for network, _ in recipes]
