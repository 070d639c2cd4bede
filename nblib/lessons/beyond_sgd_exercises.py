"""The exercises of notebook 07: a staircase, temperature, looking ahead, and much from few images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib.classifier import Classifier, softmax
from nblib.lessons import calling
from nblib.lessons.compare import kind
from nblib.lessons.exercise import exercise, goal, one_function
from nblib.lessons.recipes import Pile, piles
from nblib.lessons.result import Wrong

Array = NDArray[Any]
Slope = Callable[[Array], Array]
Step = tuple[Array, Array]


# -- 1. a staircase -------------------------------------------------------------------------------


def _fractions(rng: np.random.Generator) -> Iterator[tuple[float]]:
    for t in (0.3, 0.7, 0.9, 0.6, 0.85, 0.01, 0.599, 0.849, 0.999):
        yield (t,)
    for t in rng.uniform(size=10):
        yield (round(float(t), 3),)


@exercise(
    notebook=7,
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


@staircase.mistake("At a border the smaller factor counts: it is 1 only where t < 0.6, not where t ≤ 0.6.")
def _larger_at_borders(t):
    if t <= 0.6:
        return 1.0
    return 0.1 if t <= 0.85 else 0.01


@staircase.mistake("It climbs. A training begins with large steps, to get there, and ends with small ones.")
def _climbs(t):
    if t < 0.6:
        return 0.01
    return 0.1 if t < 0.85 else 1.0


@staircase.mistake(
    "It never comes to 0.01. What is above 0.85 is above 0.6, too: is the last question ever asked?"
)
def _two_stairs(t):
    return 1.0 if t < 0.6 else 0.1


@staircase.mistake("It never is 1. What is below 0.6 is below 0.85, too: ask for the smaller border first.")
def _never_one(t):
    return 0.1 if t < 0.85 else 0.01


@staircase.mistake("It stays at 1. t is a fraction, from 0 to 1, and not a number of epochs or a percentage.")
def _of_percentages(t):
    if t < 60:
        return 1.0
    return 0.1 if t < 85 else 0.01


# -- 2. temperature -------------------------------------------------------------------------------


def _temperatures(rng: np.random.Generator) -> Iterator[tuple[Array, Array, float]]:
    yield np.array([1.0, 0.0]), np.array([1.0, 0.0]), 1.0
    yield np.array([2.0, 0.0]), np.array([1.0, 0.0]), 2.0
    yield np.array([2.0, 1.0, -1.0]), np.array([0.0, 1.0, 0.0]), 3.0
    yield np.array([2.0, 1.0, -1.0]), np.array([0.0, 1.0, 0.0]), 0.5
    yield np.array([900.0, 899.0, 897.0]), np.array([0.0, 1.0, 0.0]), 1.0  # e^900 is too large
    for n in (2, 4, 10):
        yield rng.normal(size=n).round(2), np.eye(n)[rng.integers(n)], round(rng.uniform(0.4, 4), 2)


@exercise(
    notebook=7,
    title="Temperature",
    learned="Your δ is the slope of the cost at every temperature.",
    cases=_temperatures,
    returns="δ",
)
def temperature_delta(z: Array, y: Array, T: float) -> Array:
    """δ = ∂C/∂z for C = −Σ y ln a with a = softmax(z/T), for one example: (a − y)/T."""
    return (softmax(z / T) - y) / T


@temperature_delta.mistake(
    "T does not matter to it. It stands in the shares, softmax(z/T), and in the slope of z/T along z."
)
def _no_temperature(z, y, T):
    return softmax(z) - y


@temperature_delta.mistake(
    "The shares are right, but the chain rule has one more factor: the slope of z/T along z."
)
def _no_inner_slope(z, y, T):
    return softmax(z / T) - y


@temperature_delta.mistake("The factor 1/T is there, but the shares are those of z. They are those of z/T.")
def _shares_without(z, y, T):
    return (softmax(z) - y) / T


@temperature_delta.mistake("It has the wrong sign. δ is share minus target, so that −δ leads downhill.")
def _target_minus_share(z, y, T):
    return (y - softmax(z / T)) / T


@temperature_delta.mistake("You multiply by T at the end. The slope of z/T along z is 1/T.")
def _times_temperature(z, y, T):
    return (softmax(z / T) - y) * T


@temperature_delta.mistake("You divide by T once too often: once inside the softmax, once for its slope.")
def _divided_twice(z, y, T):
    return (softmax(z / T) - y) / T**2


@temperature_delta.mistake("T is turned round: z is divided by it. A large T makes the shares more even.")
def _turned_round(z, y, T):
    return (softmax(z * T) - y) * T


@temperature_delta.mistake(
    "T comes in after the softmax, where the shares no longer add up to 1. It divides z."
)
def _after_the_softmax(z, y, T):
    return softmax(z) / T - y


@temperature_delta.mistake(
    "You multiply with a slope a (1 − a). With softmax and cross-entropy none is left: the logarithm undoes "
    "the power."
)
def _with_a_slope(z, y, T):
    a = softmax(z / T)
    return (a - y) * a * (1 - a) / T


@temperature_delta.mistake("This is ∂C/∂a. Go one step further back, through the softmax, to ∂C/∂z.")
def _along_a(z, y, T):
    return -y / softmax(z / T)


@temperature_delta.mistake("The softmax is missing: z/T is no share. Powers first, then divide by their sum.")
def _no_softmax(z, y, T):
    return (z / T - y) / T


@temperature_delta.mistake("This is the cost. Its slope along each z was asked for.")
def _the_cost(z, y, T):
    return -np.sum(y * np.log(softmax(z / T)))


@temperature_delta.mistake(
    "It is right until a power is too large for the computer, as e^900 is. Take the largest z away from all "
    "of them first: the shares stay the same."
)
def _too_large(z, y, T):
    powers = np.exp(z / T)
    return (powers / powers.sum() - y) / T


# -- 3. look ahead --------------------------------------------------------------------------------


class _Valley:
    """∇C of C = ½ Σ s w², with the steepnesses s."""

    def __init__(self, *steepness: float) -> None:
        self.steepness = np.array(steepness)

    def __call__(self, w: Array) -> Array:
        return self.steepness * w

    def __repr__(self) -> str:
        numbers = ", ".join(f"{s:g}" for s in self.steepness)
        return f"a function: w ↦ [{numbers}] · w"


class _Waves:
    """∇C of C = −Σ cos w, which is no valley: its steepness changes from place to place."""

    def __call__(self, w: Array) -> Array:
        return np.sin(w)

    def __repr__(self) -> str:
        return "a function: w ↦ sin w"


def _places(rng: np.random.Generator) -> Iterator[tuple[Array, Array, Slope, float, float]]:
    yield np.array([2.0]), np.array([0.0]), _Valley(1), 0.1, 0.5
    yield np.array([2.0]), np.array([-1.0]), _Valley(1), 0.1, 0.5
    yield np.array([10.0, 1.0]), np.array([-1.0, 0.5]), _Valley(1, 30), 0.03, 0.8
    yield np.array([1.0, -2.0, 0.5]), np.array([0.25, 0.5, -1.0]), _Waves(), 0.2, 0.9
    yield np.array([1.0, -2.0]), np.array([0.5, 0.5]), _Valley(2, 1), 0.2, 0.0
    for n in (2, 5):
        w, v = rng.normal(size=(2, n)).round(2)
        yield w, v, _Waves(), round(rng.uniform(0.1, 1), 2), round(rng.uniform(0.2, 0.8), 2)


@exercise(
    notebook=7,
    title="Look ahead",
    learned="Your step looks where it is about to be, and brakes before it overshoots.",
    cases=_places,
    returns=("the new w", "the new v"),
)
def look_ahead(w: Array, v: Array, gradient: Slope, eta: float, mu: float) -> Step:
    """v ← μ v − η ∇C(w + μ v), then w ← w + v; returns both."""
    v = mu * v - eta * gradient(w + mu * v)
    return w + v, v


@look_ahead.mistake(
    "This is the momentum of section 4: its gradient is taken at w. Take it at w + μ v, where the ball is "
    "about to be."
)
def _looks_down(w, v, gradient, eta, mu):
    v = mu * v - eta * gradient(w)
    return w + v, v


@look_ahead.mistake("It looks too far ahead, at w + v. Friction leaves μ v of the velocity: look at w + μ v.")
def _looks_too_far(w, v, gradient, eta, mu):
    v = mu * v - eta * gradient(w + v)
    return w + v, v


@look_ahead.mistake("It looks back, at w − μ v. The ball goes where v points: w + μ v.")
def _looks_back(w, v, gradient, eta, mu):
    v = mu * v - eta * gradient(w - mu * v)
    return w + v, v


@look_ahead.mistake("It goes uphill: the slope is to be taken away from the velocity, − η ∇C.")
def _uphill(w, v, gradient, eta, mu):
    v = mu * v + eta * gradient(w + mu * v)
    return w + v, v


@look_ahead.mistake("The minus is there twice. It stands in v already, so that w ← w + v.")
def _minus_twice(w, v, gradient, eta, mu):
    v = mu * v - eta * gradient(w + mu * v)
    return w - v, v


@look_ahead.mistake("w moves by the old velocity. First the new v, then w moves by it.")
def _moves_by_the_old(w, v, gradient, eta, mu):
    return w + v, mu * v - eta * gradient(w + mu * v)


@look_ahead.mistake("The new w is right, but the old v is returned: the next step would begin with it.")
def _old_velocity(w, v, gradient, eta, mu):
    return look_ahead.reference(w, v, gradient, eta, mu)[0], v


@look_ahead.mistake("The two are swapped: the new w comes first, then the new v.")
def _swapped(w, v, gradient, eta, mu):
    return look_ahead.reference(w, v, gradient, eta, mu)[::-1]


@look_ahead.mistake("η is missing: it multiplies the gradient.")
def _no_eta(w, v, gradient, eta, mu):
    return look_ahead.reference(w, v, gradient, 1.0, mu)


@look_ahead.mistake("There is no friction: the old velocity is kept whole. Only μ v of it stays.")
def _no_friction(w, v, gradient, eta, mu):
    v = v - eta * gradient(w + mu * v)
    return w + v, v


@look_ahead.mistake("The old velocity is forgotten: the new one is μ v − η ∇C, and not the gradient alone.")
def _no_memory(w, v, gradient, eta, mu):
    v = -eta * gradient(w + mu * v)
    return w + v, v


@look_ahead.mistake("μ multiplies the gradient as well. It belongs to the old velocity alone.")
def _friction_on_all(w, v, gradient, eta, mu):
    v = mu * (v - eta * gradient(w + mu * v))
    return w + v, v


@look_ahead.mistake(
    "The gradient has a factor 1 − μ. Some books write it so, with an η that is as much larger; here it is "
    "− η ∇C."
)
def _averaged(w, v, gradient, eta, mu):
    v = mu * v - (1 - mu) * eta * gradient(w + mu * v)
    return w + v, v


@look_ahead.mistake(
    "μ v is added twice: the look ahead moves w, and the new v, which holds μ v, moves it again. The look is "
    "for the gradient only; the step begins at w."
)
def _goes_and_looks(w, v, gradient, eta, mu):
    ahead = w + mu * v
    v = mu * v - eta * gradient(ahead)
    return ahead + v, v


# -- 4. much from few images ----------------------------------------------------------------------

GOAL = 0.97
N_IMAGES = 10_000
MOST_HIDDEN = 128
MOST_EPOCHS = 20
SEEDS = (1001, 1002, 1003)
SETTINGS = ("epochs", "mini_batch_size", "eta", "momentum", "schedule", "augment")
BY_HEART = 0.995
"""Who reads so many of the images learned from has learned them by heart."""

Recipe = tuple[Classifier, dict[str, Any]]


@goal(
    notebook=7,
    title="97 % from 10,000 images",
    learned="Your recipe learns much from few images, whatever the seed.",
    seconds=None,
)
def few_images(my_recipe: Callable[[int], Recipe]) -> str:
    """Train with 10,000 images, from three seeds; each time, 97 % of the test images must be read."""
    function = one_function("few_images", [my_recipe])
    training, validation, test = piles()
    training = training[0][:N_IMAGES], training[1][:N_IMAGES]
    recipes = [_recipe(calling.call(function, ("seed",), (seed,)), validation) for seed in SEEDS]
    if all(np.array_equal(recipes[0][0].weights[0], network.weights[0]) for network, _ in recipes[1:]):
        raise Wrong("All seeds give the very same first weights: pass `seed` on to your Classifier.")
    networks = _trained(recipes, training)
    reached = [network.accuracy(*validation) for network in networks]
    reads = f"With three seeds it reads {_listed(reached)} of the validation images"
    if min(reached) < GOAL:
        raise Wrong(f"{reads}; the goal is {GOAL:.0%} with each. {_why(networks, training)}")
    tested = [network.accuracy(*test) for network in networks]
    if min(tested) < GOAL:
        raise Wrong(
            f"{reads}, but only {_listed(tested)} of the test images, which nobody has chosen by. Find a "
            "recipe that leaves more room on validation."
        )
    return f"{reads}, and {_listed(tested)} of the test images."


def _listed(reached: list[float]) -> str:
    *first, last = (f"{accuracy:.2%}" for accuracy in reached)
    return f"{', '.join(first)} and {last}"


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
    first, *hidden, last = network.sizes
    if (first, last) != (784, 10):
        raise Wrong(
            f"The network must begin with 784 inputs and end with 10 classes; it has {first} and {last}."
        )
    if sum(hidden) > MOST_HIDDEN:
        raise Wrong(
            f"The network has {sum(hidden)} hidden neurons, and the goal is to do with {MOST_HIDDEN}, in all "
            "hidden layers together."
        )
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
        try:
            with np.errstate(all="ignore"):  # weights that run away are reported
                for record in network.sgd(*training, **settings, validation=glance, seed=seed):
                    if not np.isfinite(record.cost):
                        raise Wrong(f"In epoch {record.epoch} the weights ran away: η is too large.")
        except Wrong:
            raise
        except Exception as error:  # schedule and augment are the learner's own
            raise Wrong(f"The training stops with {type(error).__name__}: {error}.") from error
    return [network for network, _ in recipes]


def _why(networks: list[Classifier], training: Pile) -> str:
    """Say what keeps the networks below the goal, and what might help."""
    learned = float(np.mean([network.accuracy(*training) for network in networks]))
    of_learned = f"Of the images that they have learned from, the networks read {learned:.1%}"
    if learned > BY_HEART:
        return f"{of_learned}: nearly all, by heart. What makes learning by heart harder?"
    if learned < GOAL:
        return (
            f"{of_learned}, no more. It is the descent that falls short: more neurons, more epochs, or "
            "another η."
        )
    return f"{of_learned}. All {MOST_HIDDEN} neurons, all {MOST_EPOCHS} epochs, and steps that become small?"
