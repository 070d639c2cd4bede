"""The exercises of notebook 04: the gradient of a chain, with tanh, of any length, and a bump."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib.activations import sigmoid, tanh
from nblib.chain import PARAMETERS, Chain, ChainRecord
from nblib.lessons import calling
from nblib.lessons.compare import form, kind
from nblib.lessons.exercise import exercise, goal, one_function
from nblib.lessons.result import Wrong

Array = NDArray[np.float64]
Gradient = dict[str, float]
Function = Callable[..., Any]

OURS = Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58)
"""The chain of the notebook, with the input 0.8 and the target 1."""


def _chains(rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    yield 1.5, -0.7, 2.0, -0.58, 0.8, 1.0
    yield 1.5, -0.7, 0.0, -0.58, 0.8, 1.0  # no blame gets past a weight that is 0
    yield 1.5, -0.7, 2.0, -0.58, 0.0, 0.0  # no input
    for _ in range(12):
        yield *rng.normal(size=4), rng.uniform(-1, 1), float(rng.integers(2))


def _gradient(delta1: float, delta2: float, a0: float, a1: float) -> Gradient:
    return {"w1": delta1 * a0, "b1": delta1, "w2": delta2 * a1, "b2": delta2}


# -- 1. the gradient of the chain -----------------------------------------------------------------


def _forwards(w1, b1, w2, b2, a0):
    a1 = sigmoid(w1 * a0 + b1)
    return a1, sigmoid(w2 * a1 + b2)


@exercise(
    notebook=4,
    title="The gradient of the chain",
    learned="Your function follows the blame from the cost back to every knob.",
    cases=_chains,
    returns="the gradient",
)
def three_neuron_gradient(w1: float, b1: float, w2: float, b2: float, a0: float, y: float) -> Gradient:
    """∂C/∂w1, ∂C/∂b1, ∂C/∂w2 and ∂C/∂b2 for C = (a2 − y)², by name."""
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    delta1 = delta2 * w2 * a1 * (1 - a1)
    return _gradient(delta1, delta2, a0, a1)


@three_neuron_gradient.mistake(
    "Everything is half as large as it should be. The cost of this notebook has no ½, so the 2 of the "
    "square stays."
)
def _no_two(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {name: slope / 2 for name, slope in g.items()}


@three_neuron_gradient.mistake(
    "The sign is turned round in all four. Two usual causes: y − a2 stands where a2 − y belongs, or "
    "a2 (a2 − 1) where the slope is a2 (1 − a2)."
)
def _sign(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {name: -slope for name, slope in g.items()}


@three_neuron_gradient.mistake(
    "The sign of the second layer is turned round, and that of the first is right. Is a (a − 1) there for "
    "the slope a (1 − a)? On the way to the first layer two such signs cancel."
)
def _both_slopes_turned_round(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {**g, "w2": -g["w2"], "b2": -g["b2"]}


@three_neuron_gradient.mistake(
    "The second layer is right, but the sign of the first is turned round. Its slope is a1 (1 − a1)."
)
def _slope_1_turned_round(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {**g, "w1": -g["w1"], "b1": -g["b1"]}


@three_neuron_gradient.mistake(
    "σ′(z2) is missing. It stands on all four paths: nothing gets from C to z2 without passing σ."
)
def _no_slope_2(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y)
    return _gradient(delta2 * w2 * a1 * (1 - a1), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "σ′(z1) is missing in δ1. The second layer is right; the hidden neuron has a slope as well."
)
def _no_slope_1(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    return _gradient(delta2 * w2, delta2, a0, a1)


@three_neuron_gradient.mistake("Both σ′ are missing: the arrows from z to a have a slope too.")
def _no_slopes(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    return _gradient(2 * (a2 - y) * w2, 2 * (a2 - y), a0, a1)


@three_neuron_gradient.mistake(
    "σ′ is taken at a, and it belongs at z. If you begin with a, the slope is a (1 − a), with no σ any more."
)
def _slope_of_a(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * sigmoid.derivative(a2)
    return _gradient(delta2 * w2 * sigmoid.derivative(a1), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "w2 is missing in δ1: the blame comes back through the same wire that the signal took."
)
def _no_w2(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    return _gradient(delta2 * a1 * (1 - a1), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "δ1 has w1 where w2 belongs. Between z1 and the cost there is only one weight. Which?"
)
def _w1_for_w2(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    return _gradient(delta2 * w1 * a1 * (1 - a1), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "δ1 has the slope of the output neuron, a2 (1 − a2), where that of the hidden one belongs."
)
def _slope_of_the_wrong_layer(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    return _gradient(delta2 * w2 * a2 * (1 - a2), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "δ1 is computed with the w2 of after its step, η = 1. First all blame, then all moves."
)
def _moved_too_early(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    return _gradient(delta2 * (w2 - delta2 * a1) * a1 * (1 - a1), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "a0 and a1 are mixed up: a weight's own factor is the activation that it is multiplied by."
)
def _inputs_mixed_up(w1, b1, w2, b2, a0, y):
    g, (a1, _) = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y), _forwards(w1, b1, w2, b2, a0)
    return {**g, "w1": g["b1"] * a1, "w2": g["b2"] * a0}


@three_neuron_gradient.mistake(
    "Each weight gets the activation of its own neuron. It is multiplied by the one before "
    "it: a0 for w1, a1 for w2."
)
def _own_activation(w1, b1, w2, b2, a0, y):
    g, (a1, a2) = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y), _forwards(w1, b1, w2, b2, a0)
    return {**g, "w1": g["b1"] * a1, "w2": g["b2"] * a2}


@three_neuron_gradient.mistake(
    "∂C/∂w1 has the factor a1. On the way forwards w1 is multiplied by the input, a0, and so it is here."
)
def _a1_for_a0(w1, b1, w2, b2, a0, y):
    g, (a1, _) = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y), _forwards(w1, b1, w2, b2, a0)
    return {**g, "w1": g["b1"] * a1}


@three_neuron_gradient.mistake(
    "∂C/∂w2 has the factor a2. On the way forwards w2 is multiplied by a1, and so it is here."
)
def _a2_for_a1(w1, b1, w2, b2, a0, y):
    g, (_, a2) = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y), _forwards(w1, b1, w2, b2, a0)
    return {**g, "w2": g["b2"] * a2}


@three_neuron_gradient.mistake(
    "∂C/∂w2 has the factor a0. On the way forwards w2 is multiplied by a1, and so it is here."
)
def _a0_for_a1(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {**g, "w2": g["b2"] * a0}


_A1, _A2 = (float(a) for a in _forwards(1.5, -0.7, 2.0, -0.58, 0.8))
"""The a1 and a2 that the notebook computes in its first cells."""
_GLOBALS = (
    "the notebook's, from a cell further up: the same for every chain. Compute them from the arguments."
)


@three_neuron_gradient.mistake(f"a1 and a2 are {_GLOBALS}")
def _activations_of_the_notebook(w1, b1, w2, b2, a0, y):
    return _from_activations(w2, a0, _A1, _A2, y)


@three_neuron_gradient.mistake(f"a1 is right, but a2 is {_GLOBALS}".replace("them", "it"))
def _a2_of_the_notebook(w1, b1, w2, b2, a0, y):
    return _from_activations(w2, a0, _forwards(w1, b1, w2, b2, a0)[0], _A2, y)


def _from_activations(w2, a0, a1, a2, y):
    delta2 = 2 * (a2 - y) * a2 * (1 - a2)
    return _gradient(delta2 * w2 * a1 * (1 - a1), delta2, a0, a1)


@three_neuron_gradient.mistake(
    "The biases carry an activation. A bias is added as it is: its own factor is 1."
)
def _activation_in_the_bias(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {**g, "b1": g["w1"], "b2": g["w2"]}


@three_neuron_gradient.mistake("The weights lack their input: ∂C/∂w is δ times the activation before it.")
def _no_inputs(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {**g, "w1": g["b1"], "w2": g["b2"]}


@three_neuron_gradient.mistake("The numbers are right, but the layers have changed places.")
def _layers_swapped(w1, b1, w2, b2, a0, y):
    g = three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)
    return {"w1": g["w2"], "b1": g["b2"], "w2": g["w1"], "b2": g["b1"]}


@three_neuron_gradient.mistake("The biases are left out of the way forwards: z = w·a + b.")
def _no_biases(w1, b1, w2, b2, a0, y):
    return three_neuron_gradient.reference(w1, 0.0, w2, 0.0, a0, y)


# -- 2. a chain with tanh -------------------------------------------------------------------------


def _tanh_forwards(w1, b1, w2, b2, a0):
    a1 = np.tanh(w1 * a0 + b1)
    return a1, np.tanh(w2 * a1 + b2)


def _with_slopes(w2, a0, a1, a2, y, slope1, slope2):
    delta2 = 2 * (a2 - y) * slope2
    return _gradient(delta2 * w2 * slope1, delta2, a0, a1)


@exercise(
    notebook=4,
    title="A chain with tanh",
    learned="You can put another curve into the chain, and change no more than its slope.",
    cases=_chains,
    returns="the gradient",
)
def tanh_chain_gradient(w1: float, b1: float, w2: float, b2: float, a0: float, y: float) -> Gradient:
    """∂C/∂w1, ∂C/∂b1, ∂C/∂w2 and ∂C/∂b2 with tanh in both neurons, by name."""
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, 1 - a1**2, 1 - a2**2)


@tanh_chain_gradient.mistake("The slopes are still those of σ, a (1 − a). With tanh they are others.")
def _slopes_of_sigmoid(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, a1 * (1 - a1), a2 * (1 - a2))


@tanh_chain_gradient.mistake("The output neuron is right, but δ1 still has the slope of σ, a1 (1 − a1).")
def _slope_of_sigmoid_in_front(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, a1 * (1 - a1), 1 - a2**2)


@tanh_chain_gradient.mistake("The hidden neuron is still a sigmoid. Both of them have tanh now.")
def _sigmoid_in_front(w1, b1, w2, b2, a0, y):
    a1 = sigmoid(w1 * a0 + b1)
    a2 = np.tanh(w2 * a1 + b2)
    return _with_slopes(w2, a0, a1, a2, y, a1 * (1 - a1), 1 - a2**2)


@tanh_chain_gradient.mistake("The slopes fit tanh, but forwards there is still σ.")
def _sigmoid_forwards(w1, b1, w2, b2, a0, y):
    a1, a2 = _forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, 1 - a1**2, 1 - a2**2)


@tanh_chain_gradient.mistake("This is the chain with σ. Put tanh into both neurons, forwards and backwards.")
def _still_sigmoid(w1, b1, w2, b2, a0, y):
    return three_neuron_gradient.reference(w1, b1, w2, b2, a0, y)


@tanh_chain_gradient.mistake("A square is missing: the slope of tanh is not 1 − a.")
def _no_square(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, 1 - a1, 1 - a2)


@tanh_chain_gradient.mistake("The slopes are written with z where the activations a = tanh(z) belong.")
def _square_of_z(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, 1 - (w1 * a0 + b1) ** 2, 1 - (w2 * a1 + b2) ** 2)


@tanh_chain_gradient.mistake("The slopes take tanh of a, which is tanh(z) already: once is enough.")
def _tanh_of_a(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, tanh.derivative(a1), tanh.derivative(a2))


@tanh_chain_gradient.mistake("Both slopes are missing: the arrows from z to a have a factor too.")
def _no_slopes_of_tanh(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(w2, a0, a1, a2, y, 1.0, 1.0)


@tanh_chain_gradient.mistake(
    "Everything is half as large as it should be. The cost has no ½, so the 2 of the square stays."
)
def _tanh_no_two(w1, b1, w2, b2, a0, y):
    return {name: slope / 2 for name, slope in tanh_chain_gradient.reference(w1, b1, w2, b2, a0, y).items()}


@tanh_chain_gradient.mistake(
    "The sign is turned round in all four. Two usual causes: y − a2 stands where a2 − y belongs, or a2² − 1 "
    "where the slope is 1 − a2²."
)
def _tanh_sign(w1, b1, w2, b2, a0, y):
    return {name: -slope for name, slope in tanh_chain_gradient.reference(w1, b1, w2, b2, a0, y).items()}


@tanh_chain_gradient.mistake(
    "The sign of the second layer is turned round, and that of the first is right. Is a² − 1 there for the "
    "slope 1 − a²? On the way to the first layer two such signs cancel."
)
def _tanh_slopes_turned_round(w1, b1, w2, b2, a0, y):
    g = tanh_chain_gradient.reference(w1, b1, w2, b2, a0, y)
    return {**g, "w2": -g["w2"], "b2": -g["b2"]}


@tanh_chain_gradient.mistake(
    "w2 is missing in δ1: the blame comes back through the same wire that the signal took."
)
def _tanh_no_w2(w1, b1, w2, b2, a0, y):
    a1, a2 = _tanh_forwards(w1, b1, w2, b2, a0)
    return _with_slopes(1.0, a0, a1, a2, y, 1 - a1**2, 1 - a2**2)


# -- 3. in ten steps ------------------------------------------------------------------------------

STEPS = 10
GOAL = 0.95


def _largest_output(eta: float) -> float:
    if eta == 0:  # nothing moves
        return float(OURS.run(0.8, 1.0).a2)
    return float(OURS.descend(0.8, 1.0, eta=eta, steps=STEPS).passes.a2.max())


@goal(
    notebook=4,
    title="In ten steps",
    learned="You know how to look for a learning rate: systematically, and against a goal.",
)
def smallest_eta(my_eta: float) -> str:
    """η in tenths, the smallest with which the chain comes to 0.95 in at most ten steps."""
    fault = form(0.0, my_eta, "my_eta")
    if fault:
        raise Wrong(f"{fault}.")
    if not 0 < my_eta < 1e6:
        raise Wrong(f"η is a positive number of reasonable size, got {float(my_eta):g}.")
    tenths = round(10 * float(my_eta))
    if abs(10 * float(my_eta) - tenths) > 1e-6 or tenths == 0:
        raise Wrong(f"η is to be a whole number of tenths, such as 1.2; got {float(my_eta):.12g}.")
    reached, below = _largest_output(tenths / 10), _largest_output((tenths - 1) / 10)
    if reached < GOAL:
        raise Wrong(f"With η = {tenths / 10} the output comes to {reached:.4f} in ten steps: η is too small.")
    if below >= GOAL:
        raise Wrong(
            f"η = {tenths / 10} does it, with an output of {reached:.4f}. But so does {(tenths - 1) / 10}, "
            "and the smallest is wanted. Does your search stop at the first η that does it?"
        )
    return f"With η = {tenths / 10} the output comes to {reached:.4f}, with a tenth less to {below:.4f}."


# -- 4. a chain of any length ---------------------------------------------------------------------

Slopes = tuple[list[float], list[float]]


def _long_chains(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    yield [1.5], [-0.7], 0.8, 1.0
    yield [1.5, 2.0], [-0.7, -0.58], 0.8, 1.0
    for n in (3, 4, 2, 5, 3, 10):
        yield list(rng.normal(scale=2, size=n)), list(rng.normal(size=n)), rng.uniform(-1, 1), 0.0


def _activations(weights: Sequence[float], biases: Sequence[float], a0: float) -> list[float]:
    """Return the activations of all layers; the first one is the input."""
    a = [a0]
    for w, b in zip(weights, biases, strict=True):
        a.append(float(sigmoid(w * a[-1] + b)))
    return a


def _slope(a: float) -> float:
    return a * (1 - a)


def _backwards(a: list[float], delta: float, factor: Callable[[int], float]) -> Slopes:
    """Carry δ from the last layer to the first: past the activation a[l] it is multiplied by factor(l)."""
    n = len(a) - 1
    nabla_w, nabla_b = [0.0] * n, [0.0] * n
    for l in reversed(range(n)):
        nabla_w[l], nabla_b[l] = delta * a[l], delta
        delta *= factor(l)
    return nabla_w, nabla_b


@exercise(
    notebook=4,
    title="A chain of any length",
    learned="Your loop carries the blame through a chain of any length: that is backpropagation for a chain.",
    cases=_long_chains,
    returns=("∂C/∂w", "∂C/∂b"),
)
def chain_gradient(weights: list[float], biases: list[float], a0: float, y: float) -> Slopes:
    """∂C/∂w of all weights and ∂C/∂b of all biases, first layer first."""
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: weights[l] * _slope(a[l]))


@chain_gradient.mistake(
    "Everything is half as large as it should be. The cost has no ½, so the 2 of the square stays."
)
def _long_no_two(weights, biases, a0, y):
    return tuple(
        [slope / 2 for slope in slopes] for slopes in chain_gradient.reference(weights, biases, a0, y)
    )


@chain_gradient.mistake(
    "The sign is turned round in all layers. Two usual causes: y − a stands where a − y belongs, or a (a − "
    "1) where the slope of the last neuron is a (1 − a)."
)
def _long_sign(weights, biases, a0, y):
    return tuple([-slope for slope in slopes] for slopes in chain_gradient.reference(weights, biases, a0, y))


@chain_gradient.mistake("The sign changes from layer to layer. Is a (a − 1) there for the slope a (1 − a)?")
def _long_slopes_turned_round(weights, biases, a0, y):
    right, n = chain_gradient.reference(weights, biases, a0, y), len(weights)
    return tuple([slope * (-1) ** (n - l) for l, slope in enumerate(slopes)] for slopes in right)


@chain_gradient.mistake("Both lists are right, but the other way round: first ∂C/∂w, then ∂C/∂b.")
def _lists_swapped(weights, biases, a0, y):
    return chain_gradient.reference(weights, biases, a0, y)[::-1]


@chain_gradient.mistake(
    "δ takes the slope of one neuron too early. It goes to the activation before the layer, and takes the "
    "slope of that neuron, not of the one before it."
)
def _slope_of_the_layer_before(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: weights[l] * _slope(a[l - 1]))


@chain_gradient.mistake(
    "The first δ has the slope of the last neuron but one. It is a (1 − a) with the output."
)
def _first_slope_too_early(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-2]), lambda l: weights[l] * _slope(a[l]))


@chain_gradient.mistake(
    "The numbers are right, but the last layer comes first. Turn both lists round before you return."
)
def _reversed(weights, biases, a0, y):
    return tuple(slopes[::-1] for slopes in chain_gradient.reference(weights, biases, a0, y))


@chain_gradient.mistake("The first δ lacks the slope of the last neuron, a (1 − a) with its output.")
def _no_last_slope(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y), lambda l: weights[l] * _slope(a[l]))


@chain_gradient.mistake(
    "δ is carried back without the weight. It comes back through the wire that the signal took."
)
def _long_no_weight(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: _slope(a[l]))


@chain_gradient.mistake("δ is carried back without σ′. Each neuron on its way has a slope.")
def _long_no_slope(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: weights[l])


@chain_gradient.mistake("All layers get the same δ. On its way back it is multiplied, layer by layer.")
def _same_delta(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: 1.0)


@chain_gradient.mistake(
    "δ is carried back through the weight of the wrong layer, the one that leads into a neuron. "
    "The blame of a neuron comes through the wire that leads out of it."
)
def _weight_of_the_layer_before(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: weights[l - 1] * _slope(a[l]))


@chain_gradient.mistake(
    "δ takes the slope of the neuron that it comes from, instead of the one that it goes to."
)
def _slope_of_the_layer_after(weights, biases, a0, y):
    a = _activations(weights, biases, a0)
    return _backwards(a, 2 * (a[-1] - y) * _slope(a[-1]), lambda l: weights[l] * _slope(a[l + 1]))


@chain_gradient.mistake(
    "Each weight gets the activation of its own neuron. It is multiplied by the one before it."
)
def _long_own_activation(weights, biases, a0, y):
    _, nabla_b = chain_gradient.reference(weights, biases, a0, y)
    return [d * a for d, a in zip(nabla_b, _activations(weights, biases, a0)[1:], strict=True)], nabla_b


@chain_gradient.mistake("The biases carry an activation. A bias is added as it is: its own factor is 1.")
def _long_activation_in_the_bias(weights, biases, a0, y):
    nabla_w, _ = chain_gradient.reference(weights, biases, a0, y)
    return nabla_w, nabla_w


@chain_gradient.mistake("The first layer gets nothing: the loop backwards ends one layer too early.")
def _first_layer_missing(weights, biases, a0, y):
    nabla_w, nabla_b = chain_gradient.reference(weights, biases, a0, y)
    return [0.0, *nabla_w[1:]], [0.0, *nabla_b[1:]]


@chain_gradient.mistake(
    "The last layer gets nothing: its slopes are computed first and must be stored as well."
)
def _last_layer_missing(weights, biases, a0, y):
    nabla_w, nabla_b = chain_gradient.reference(weights, biases, a0, y)
    return [*nabla_w[:-1], 0.0], [*nabla_b[:-1], 0.0]


# -- 5. what a chain cannot learn -----------------------------------------------------------------

HIGHEST_COST = 0.17
BUMPS = 6


def bumps() -> list[tuple[Array, Array]]:
    """Return inputs and targets of six bumps (0, 1, 0) and dips (1, 0, 1) that the notebook does not show."""
    rng = np.random.default_rng(6)
    gaps = rng.uniform(0.3, 0.6, size=(BUMPS, 2))
    inputs = rng.uniform(-1, 0.2, size=(BUMPS, 1)) + np.column_stack([np.zeros(BUMPS), gaps.cumsum(axis=1)])
    return [(x, np.array([0.0, 1.0, 0.0] if k % 2 == 0 else [1.0, 0.0, 1.0])) for k, x in enumerate(inputs)]


@goal(
    notebook=4,
    title="What a chain cannot learn",
    learned="Your search finds what a chain can make of three such examples, wherever they lie.",
    seconds=120,
)
def bump(learn_bump: Function) -> str:
    """Chains for six bumps and dips, each with an average cost of 0.17 or less."""
    learn_bump = one_function("bump", (learn_bump,))
    costs = []
    for inputs, targets in tqdm(bumps(), desc="bumps and dips", leave=False):
        chain = _chain(calling.call(learn_bump, ("inputs", "targets"), (inputs, targets)))
        costs.append(chain.cost(inputs, targets))
        if costs[-1] > HIGHEST_COST:
            raise Wrong(*_what_helps(chain, inputs, targets))
    return f"The highest of the six costs is {max(costs):.4f}, and no chain gets below 1/6."


def _chain(answer: Any) -> Chain:
    if not isinstance(answer, (Chain, ChainRecord)):
        raise Wrong(f"It must return the record of `descend`, or a Chain; got {kind(answer)}.")
    found = {name: getattr(answer, name) for name in PARAMETERS}
    if isinstance(answer, ChainRecord):
        found = {name: values[-1] for name, values in found.items()}
    for name, value in found.items():
        fault = form(0.0, value, f"its {name}")
        if fault:
            raise Wrong(f"One chain must do for all three examples: {fault}.")
    return Chain(**{name: float(value) for name, value in found.items()})


def _what_helps(chain: Chain, inputs: Array, targets: Array) -> tuple[str, dict[str, str]]:
    run = chain.run(inputs, targets)
    example = {
        "inputs": ", ".join(f"{x:.3f}" for x in inputs),
        "targets": ", ".join(f"{y:.0f}" for y in targets),
        "your outputs": ", ".join(f"{a:.3f}" for a in run.a2),
    }
    says = f"The cost of these three is {np.mean(run.cost):.4f}, and the goal is {HIGHEST_COST}."
    if (
        max(abs(slope) for slope in chain.gradient(inputs, targets).values()) < 1e-4
        and np.mean(run.cost) > 0.3
    ):
        return (
            f"{says} The chain is saturated: no slope is left. Begin with smaller weights, or a smaller η.",
            example,
        )
    if np.ptp(run.a2) < 0.1:
        return (
            f"{says} The chain says nearly the same to all three. Try a start with larger weights, "
            "or several starts, and return the best.",
            example,
        )
    return (
        f"{says} It tells the three apart. Try more steps, a larger η, or several starts; return the best.",
        example,
    )
