"""The exercises of notebook 03: a safe sigmoid, the gradient of one neuron, and ten good steps."""

from __future__ import annotations

import dis
import inspect
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.activations import sigmoid, tanh
from nblib.lessons import calling
from nblib.lessons.compare import form, kind, same
from nblib.lessons.exercise import Function, exercise, goal
from nblib.lessons.formulas import Formulas
from nblib.lessons.places import Place, cost_on_new_days, lowest_cost, what_helps
from nblib.lessons.result import Wrong
from nblib.lessons.silence import want_silence
from nblib.lessons.slips import NEGATED, SWAPPED, TWICE, given, instead

Array = NDArray[Any]
Slopes = tuple[float, float]

# -- 1. safe in float32 ---------------------------------------------------------------------------


def _values_of_z(rng: np.random.Generator) -> Iterator[tuple[Array]]:
    yield (np.float32([0.0]),)
    yield (np.float32([-1.0, 0.0, 2.0]),)
    yield (np.float32([-100.0, 0.0, 100.0]),)
    yield (np.linspace(-1000, 1000, 41, dtype=np.float32),)
    for _ in range(5):
        yield (np.append(rng.normal(scale=4, size=6), 0.0).astype(np.float32),)


def _own(*functions: Any) -> Function:
    if len(functions) != 2 or not all(map(callable, functions)):
        came = " and ".join(map(kind, functions))
        raise Wrong(f"check.safe_sigmoid wants your two functions, without brackets; got {came}.")
    for name, function in zip(("σ", "σ′"), functions, strict=True):
        if _uses_nblib(function):
            raise Wrong(f"Your {name} uses nblib. Write it with NumPy or Python alone.")
    return _both(*functions)


def _uses_nblib(function: Function) -> bool:
    """Tell whether a function is one of nblib's, or names one of them."""
    named = [function]
    if inspect.isfunction(function):
        own = function.__globals__
        steps = dis.get_instructions(function)
        named += [own.get(step.argval) for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    modules = [thing.__name__ if inspect.ismodule(thing) else _module(thing) for thing in named]
    return any(module.split(".")[0] == "nblib" for module in modules)


def _module(thing: Any) -> str:
    return str(getattr(thing, "__module__", None) or type(thing).__module__)


def _both(sigma: Function, slope: Function) -> Function:
    """Make one function of the two, σ(z) and σ′(z), which does not stand warnings where both are right."""

    def both(z: Array) -> tuple[Any, Any]:
        values = [calling.call(f, ("z",), (z,)) for f in (sigma, slope)]
        _want_both_ends(z, *values)
        if same(CURVE(z), values):
            for name, function in (("σ", sigma), ("σ′", slope)):
                want_silence(name, function, z)
        return tuple(values)

    return both


def _want_both_ends(z: Array, a: Any, slope: Any) -> None:
    """Raise `Wrong` if σ stays away from 0 and 1 far out, and its slope only follows it there."""
    right_a, right_slope = CURVE(z)
    if form((right_a, right_slope), (a, slope)) or same(right_slope, slope):
        return
    a = np.asarray(a, float)
    off = np.flatnonzero(np.abs(a - right_a) > ENDS)
    if same(a * (1 - a), slope) and len(off):
        at = off[np.argmin(z[off])]
        where = f"{z[at]:.4g}".replace("-", "−")
        clip = " Is z clipped? Then leave more room, up to where σ is 0 or 1 in all its digits."
        raise Wrong(
            f"Your slope fits your σ, but σ({where}) is {a[at]:.3g}, and it should be {right_a[at]:.3g}."
            f"{clip if z[at] else ''}"
        )


ENDS = 1e-6  # how near σ comes to 0 and 1 at both ends
CURVE = Formulas(
    "z",
    a=lambda z: sigmoid(z),
    slope=lambda a: a * (1 - a),
    both=lambda a, slope: (a, slope),
)


@exercise(
    title="Safe in float32",
    learned="Your sigmoid and its slope are right for float32 from −1000 to 1000, without a warning.",
    cases=_values_of_z,
    prepare=_own,
    returns=("the curve σ(z)", "the slope σ′(z)"),
)
def safe_sigmoid(z: Array) -> tuple[Array, Array]:
    """σ(z) and σ′(z) of an array, and no warning."""
    return CURVE(z)


safe_sigmoid.slips = {
    "σ is right, but σ′ turns into nan far to the left: there e⁻ᶻ / (1 + e⁻ᶻ)² is ∞/∞. Write the slope with "
    "σ alone.": CURVE.but(slope=lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "σ turns into nan far to the right: there eᶻ / (1 + eᶻ) is ∞/∞. The exponential is only safe on one "
    "side.": CURVE.but(a=lambda z: np.exp(z) / (1 + np.exp(z))),
    "It is turned round: it falls from 1 to 0. The exponent is −z, not z.": given(z=lambda z: -z),
    "It is twice as steep as σ. A half is missing inside tanh: its argument is z/2.": given(
        z=lambda z: 2 * z
    ),
    "It runs from −1 to 1: that is tanh(z/2) itself. Shrink it to half, and lift it by ½.": CURVE.but(
        a=lambda z: np.tanh(z / 2)
    ),
    "σ is right, but σ′ computes z (1 − z). It is given z, not a: first a = σ(z), then a (1 − a).": CURVE.but(
        slope=lambda z: z * (1 - z)
    ),
    "σ is right, but 1 − a² is the slope of tanh. That of σ is another product of a.": CURVE.but(
        slope=lambda a: 1 - a**2
    ),
    "σ is right, but σ′ has the wrong sign: σ climbs everywhere, so its slope is positive.": instead(
        lambda a, slope: (a, -slope)
    ),
}

# -- 2. the gradient of one neuron ----------------------------------------------------------------

RAIN_X = np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])
RAIN_Y = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0])
"""The eight days of the notebook: moisture, and whether it rained."""


def _neurons(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    yield -0.6, 0.4, np.array([1.5]), np.array([1.0])
    yield 0.8, -0.5, np.array([2.0, 0.5, -1.0]), np.array([0.0, 1.0, 1.0])
    yield -1.0, 0.0, RAIN_X, RAIN_Y
    for _ in range(12):
        n = int(rng.integers(1, 7))
        yield rng.normal(), rng.normal(), rng.normal(size=n), rng.integers(2, size=n).astype(float)


NEURON = Formulas(
    "w b x y",
    z=lambda w, x, b: w * x + b,
    a=lambda z: sigmoid(z),
    error=lambda a, y: a - y,
    slope=lambda a: a * (1 - a),
    blame=lambda error, slope: error * slope,
    gradient=lambda blame, x: (np.mean(blame * x), np.mean(blame)),
)


@exercise(
    title="The gradient of one neuron",
    learned="Your function has the gradient of one neuron for any examples.",
    cases=_neurons,
    returns=("∂C/∂w", "∂C/∂b"),
)
def neuron_gradient(w: float, b: float, x: Array, y: Array) -> Slopes:
    """∂C/∂w and ∂C/∂b of a sigmoid neuron, C = ½ (a − y)², averaged over the examples."""
    return NEURON(w, b, x, y)


neuron_gradient.slips = {
    "Both are twice too large. The ½ of the cost takes away the 2 of the square.": TWICE,
    "The sign is turned round. Two usual causes: y − a stands where a − y belongs, or a (a − 1) where the "
    "slope of σ is a (1 − a).": NEGATED,
    "σ′ is missing. There are three links from w to C, and the middle one is ∂a/∂z.": NEURON.but(
        slope=lambda: 1
    ),
    "σ′ is taken at a, and it belongs at z. If you begin with a, the slope is a (1 − a), with no σ any "
    "more.": NEURON.but(slope=lambda a: sigmoid.derivative(a)),
    "1 − a² is the slope of tanh. That of σ is another product of a.": NEURON.but(slope=lambda a: 1 - a**2),
    "The slope is taken as z (1 − z). It is a (1 − a), with the activation.": NEURON.but(
        slope=lambda z: z * (1 - z)
    ),
    "The error a − y is missing: the gradient says how fast a moves, not C.": NEURON.but(error=lambda: 1),
    "x is missing in ∂C/∂w: the last link is ∂z/∂w = x.": instead(lambda dw, db: (db, db)),
    "∂C/∂b carries the input x. The bias is added as it is: its last link is ∂z/∂b = 1.": instead(
        lambda dw, db: (dw, dw)
    ),
    "You add up over the examples. The cost is their mean, and so is its gradient.": NEURON.but(
        gradient=lambda blame, x: (np.sum(blame * x), np.sum(blame))
    ),
    "The mean is taken too early. Each example's blame is multiplied by its own x; the mean comes "
    "last.": NEURON.but(gradient=lambda blame, x: (np.mean(blame) * np.mean(x), np.mean(blame))),
    "The bias is left out of z: z = w·x + b.": given(b=0.0),
    "Both numbers are right, but the other way round: first ∂C/∂w, then ∂C/∂b.": SWAPPED,
}

# -- 3. a neuron made to measure ------------------------------------------------------------------


def _two_places(rng: np.random.Generator) -> Iterator[tuple[float]]:
    yield from ((2.0,), (3.0,))


def _neuron(*answers: Any) -> Function:
    fault = form((0.0, 0.0), answers, ("my_w", "my_b"))
    if fault:
        raise Wrong(f"The check wants two numbers: {fault}.")
    w, b = map(float, answers)
    if not np.isfinite([w, b]).all():
        raise Wrong("w and b must be finite: one of them is not a number or infinite.")
    return lambda x: _height(w * x + b)


def _height(z: float) -> Slopes:
    """Return σ(z), and z itself: heights close to 0 or 1 do not tell one neuron from another."""
    return sigmoid(z), z


@exercise(
    title="A neuron made to measure",
    learned="You can put the curve of a neuron wherever you want it.",
    cases=_two_places,
    prepare=_neuron,
    returns=("the height σ(wx + b)", "z = wx + b"),
)
def made_to_measure(x: float) -> Slopes:
    """0.1 at x = 2 and 0.9 at x = 3."""
    return _height(2 * np.log(9) * (x - 2.5))


made_to_measure.slips = {
    "It is turned round: 0.9 at x = 2, and 0.1 at x = 3. The curve must climb.": given(x=lambda x: 5 - x),
    "The sign of b is wrong: the middle is at x = −2.5. It lies at −b/w, so mind the minus.": given(
        x=lambda x: x + 5
    ),
    "The middle is right, but it climbs half as steeply as it should. From x = 2 to x = 3 z goes from "
    "logit(0.1), which is below 0, to logit(0.9).": lambda x: _height(np.log(9) * (x - 2.5)),
    "wx + b is 0.1 and 0.9 there; but these are to be the heights of σ. The logit says which z belongs to "
    "them.": lambda x: _height(0.8 * x - 1.5),
    "w and b have changed places.": lambda x: _height(np.log(9) * (2 - 5 * x)),
    "This logarithm has the base 10. The logit wants the natural one, np.log.": lambda x: _height(
        2 * np.log10(9) * (x - 2.5)
    ),
}

# -- 4. the same with tanh ------------------------------------------------------------------------


def _one_example(rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    yield 0.3, -0.2, 1.5, 1.0
    yield -1.2, 0.5, 0.0, -1.0  # no input: w is not to blame
    for _ in range(12):
        w, b, x = rng.normal(size=3)
        yield w, b, x, float(rng.choice([-1.0, 0.0, 1.0]))


TANH = NEURON.but(a=lambda z: np.tanh(z), slope=lambda a: 1 - a**2)


@exercise(
    title="The same with tanh",
    learned="You know which link of the chain changes with the curve, and that it is the only one.",
    cases=_one_example,
    returns=("∂C/∂w", "∂C/∂b"),
)
def tanh_gradient(w: float, b: float, x: float, y: float) -> Slopes:
    """∂C/∂w and ∂C/∂b for a = tanh(wx + b), C = ½ (a − y)², and one example."""
    return TANH(w, b, x, y)


tanh_gradient.slips = {
    "a (1 − a) is the slope of σ. That of tanh, which you use for a, is another one.": TANH.but(
        slope=lambda a: a * (1 - a)
    ),
    "This is the gradient of the sigmoid neuron. Here a = tanh(z), and its slope goes with it.": NEURON,
    "The slope fits tanh, but a is still σ(z). The activation is tanh(z) now.": TANH.but(
        a=lambda z: sigmoid(z)
    ),
    "A square is missing: the slope of tanh is not 1 − a.": TANH.but(slope=lambda a: 1 - a),
    "The slope is written with z where the activation a = tanh(z) belongs.": TANH.but(
        slope=lambda z: 1 - z**2
    ),
    "The slope takes tanh of a, which is tanh(z) already: once is enough.": TANH.but(
        slope=lambda a: tanh.derivative(a)
    ),
    "The slope of tanh is missing: it is the link ∂a/∂z.": TANH.but(slope=lambda: 1),
    "Both are twice too large. The ½ of the cost takes away the 2 of the square.": TWICE,
    "The sign is turned round. Two usual causes: y − a stands where a − y belongs, or a² − 1 where the slope "
    "of tanh is 1 − a².": NEGATED,
    "∂C/∂b carries the input x. The bias is added as it is: its last link is ∂z/∂b = 1.": instead(
        lambda dw, db: (dw, dw)
    ),
    "x is missing in ∂C/∂w: the last link is ∂z/∂w = x.": instead(lambda dw, db: (db, db)),
    "The error a − y is missing: the gradient says how fast a moves, not C.": TANH.but(error=lambda: 1),
    "Both numbers are right, but the other way round: first ∂C/∂w, then ∂C/∂b.": SWAPPED,
}

# -- 6. ten steps ---------------------------------------------------------------------------------

HIGHEST_COST = 0.0455
PLACES = range(100, 110)
"""The seeds of ten places."""


@goal(title="Ten steps", learned="Your data are prepared so well that ten steps are enough.", seconds=20)
def ten_steps(my_shift: Function, my_step: Function) -> str:
    """Ten steps from w = −1, b = 0 at each of ten places; the cost on new days must be 0.0455 or less."""
    for function in (my_shift, my_step):
        if not callable(function):
            raise Wrong(f"check.ten_steps wants your two functions, without brackets; got {kind(function)}.")
    places = [Place.of(seed).shifted(my_shift) for seed in PLACES]
    paths = [place.path(my_step) for place in places]
    reached = cost_on_new_days(places, paths)
    if not reached <= HIGHEST_COST:
        says = f"On new days of ten places the cost is {reached:.4f}, and the goal is {HIGHEST_COST}."
        raise Wrong(f"{says} {what_helps(my_step, places, reached)}")
    for place, path in zip(places, paths, strict=True):
        for point, new_point in itertools.pairwise(path):
            _check_direction(place, np.array(point), np.array(new_point))
    return (
        f"On new days of ten places the cost is {reached:.4f}; "
        f"somebody who knew the chance of rain on each day would get {lowest_cost(places):.4f}."
    )


def _check_direction(place: Place, point: Array, new_point: Array) -> None:
    """Raise `Wrong` if a step is anything else than −η∇C with one positive η."""
    move = new_point - point
    downhill = -np.array(NEURON(*point, place.x, place.y))
    eta = (move @ downhill) / (downhill @ downhill)
    rounded = 1e-6 * (1 + np.abs(point).sum())  # float32 keeps so much
    if eta <= 0 or np.linalg.norm(move - eta * downhill) > 1e-3 * np.linalg.norm(move) + rounded:
        raise Wrong(
            "The goal is met, but not by single steps of gradient descent: with one η for both, w − η ∂C/∂w "
            "and b − η ∂C/∂b, the change must point along −∇C. One call of your second function may make "
            "only one step, with the gradient of C = ½ (a − y)² where it stands.",
            {
                "w, b": "{:.5g}, {:.5g}".format(*point),
                "your change": "{:.5g}, {:.5g}".format(*move),
                "−∇C": "{:.5g}, {:.5g}".format(*downhill),
            },
        )
