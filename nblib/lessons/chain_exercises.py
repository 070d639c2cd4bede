"""The exercises of notebook 04: the gradient of a chain, with tanh, and of any length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.activations import sigmoid, tanh
from nblib.chain import Chain
from nblib.lessons.compare import form
from nblib.lessons.exercise import exercise, goal
from nblib.lessons.formulas import Formulas, LayerFormulas
from nblib.lessons.result import Wrong
from nblib.lessons.slips import NEGATED, SWAPPED, TWICE, given, instead

Array = NDArray[np.float64]
Gradient = dict[str, float]

OURS = Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58)
"""The chain of the notebook, with the input 0.8 and the target 1."""


def _chains(rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    yield 1.5, -0.7, 2.0, -0.58, 0.8, 1.0
    yield 1.5, -0.7, 0.0, -0.58, 0.8, 1.0  # no blame gets past a weight that is 0
    yield 1.5, -0.7, 2.0, -0.58, 0.0, 0.0  # no input
    for _ in range(12):
        yield *rng.normal(size=4), rng.uniform(-1, 1), float(rng.integers(2))


# -- 1. the gradient of the chain -----------------------------------------------------------------

SIGMOID = Formulas(
    "w1 b1 w2 b2 a0 y",
    z1=lambda w1, b1, a0: w1 * a0 + b1,
    a1=lambda z1: sigmoid(z1),
    z2=lambda w2, b2, a1: w2 * a1 + b2,
    a2=lambda z2: sigmoid(z2),
    slope1=lambda a1: a1 * (1 - a1),
    slope2=lambda a2: a2 * (1 - a2),
    error=lambda a2, y: a2 - y,
    delta2=lambda error, slope2: error * slope2,
    delta1=lambda delta2, w2, slope1: delta2 * w2 * slope1,
    input1=lambda a0: a0,
    input2=lambda a1: a1,
    gradient=lambda delta1, input1, delta2, input2: {
        "w1": delta1 * input1,
        "b1": delta1,
        "w2": delta2 * input2,
        "b2": delta2,
    },
)


@exercise(
    title="The gradient of the chain",
    learned="Your function follows the blame from the cost back to every knob.",
    cases=_chains,
    returns="the gradient",
)
def three_neuron_gradient(w1: float, b1: float, w2: float, b2: float, a0: float, y: float) -> Gradient:
    """∂C/∂w1, ∂C/∂b1, ∂C/∂w2 and ∂C/∂b2 for C = ½ (a2 − y)², by name."""
    return SIGMOID(w1, b1, w2, b2, a0, y)


_SECOND_LAYER_TURNED_ROUND = instead(lambda g: {**g, "w2": -g["w2"], "b2": -g["b2"]})
_A1 = float(sigmoid(1.5 * 0.8 - 0.7))
_A2 = float(sigmoid(2.0 * _A1 - 0.58))  # as the notebook computes them in its first cells
_ANY_CHAIN: dict[str, Any] = {
    "Everything is twice as large as it should be. The ½ of the cost takes away the 2 of the square.": TWICE,
    "The biases carry an activation. A bias is added as it is: its own factor is 1.": instead(
        lambda g: {**g, "b1": g["w1"], "b2": g["w2"]}
    ),
    "The numbers are right, but the layers have changed places.": instead(
        lambda g: {"w1": g["w2"], "b1": g["b2"], "w2": g["w1"], "b2": g["b1"]}
    ),
    "The biases are left out of the way forwards: z = w·a + b.": given(b1=0.0, b2=0.0),
}


def _with_any_curve(chain: Formulas) -> dict[str, Any]:
    """Return the slips that have nothing to do with the curve of the neurons."""
    return _ANY_CHAIN | {
        "w2 is missing in δ1: the blame comes back through the same wire that the signal took.": chain.but(
            delta1=lambda delta2, slope1: delta2 * slope1
        ),
        "δ1 has w1 where w2 belongs. Between z1 and the cost there is only one weight. Which?": chain.but(
            delta1=lambda delta2, w1, slope1: delta2 * w1 * slope1
        ),
        "δ1 has the slope of the output neuron where that of the hidden one belongs.": chain.but(
            slope1=lambda slope2: slope2
        ),
        "a0 and a1 are mixed up: a weight's factor is the activation that it is multiplied by.": chain.but(
            input1=lambda a1: a1, input2=lambda a0: a0
        ),
        "Each weight gets the activation of its own neuron. It is multiplied by the one before it: a0 "
        "for w1, a1 for w2.": chain.but(input1=lambda a1: a1, input2=lambda a2: a2),
        "∂C/∂w1 has the factor a1. On the way forwards w1 is multiplied by the input, a0, "
        "and so it is here.": chain.but(input1=lambda a1: a1),
        "∂C/∂w2 has the factor a2. On the way forwards w2 is multiplied by a1, and so it is here.": chain.but(
            input2=lambda a2: a2
        ),
        "∂C/∂w2 has the factor a0. On the way forwards w2 is multiplied by a1, and so it is here.": chain.but(
            input2=lambda a0: a0
        ),
        "The weights lack their input: ∂C/∂w is δ times the activation before it.": chain.but(
            input1=lambda: 1, input2=lambda: 1
        ),
        "The raised 2 of a² numbers the layer. Your error squares the output; it is a2 − y.": chain.but(
            error=lambda a2, y: a2**2 - y
        ),
        "The error a2 − y is missing: this is how fast the output moves, not the cost.": chain.but(
            error=lambda: 1
        ),
    }


three_neuron_gradient.slips = _with_any_curve(SIGMOID) | {
    "The sign is turned round in all four. Two usual causes: y − a2 stands where a2 − y belongs, or "
    "a2 (a2 − 1) where the slope is a2 (1 − a2).": NEGATED,
    "The sign of the second layer is turned round, and that of the first is right. Is a (a − 1) there for "
    "the slope a (1 − a)? On the way to the first layer two such signs cancel.": _SECOND_LAYER_TURNED_ROUND,
    "The second layer is right, but the sign of the first is turned round. Its "
    "slope is a1 (1 − a1).": SIGMOID.but(slope1=lambda a1: a1 * (a1 - 1)),
    "σ′(z2) is missing. It stands on all four paths: nothing gets from C to z2 "
    "without passing σ.": SIGMOID.but(slope2=lambda: 1),
    "σ′(z1) is missing in δ1. The second layer is right; the hidden neuron has a slope as well.": SIGMOID.but(
        slope1=lambda: 1
    ),
    "Both σ′ are missing: the arrows from z to a have a slope too.": SIGMOID.but(
        slope1=lambda: 1, slope2=lambda: 1
    ),
    "σ′ is taken at a, and it belongs at z. If you begin with a, the slope is a (1 − a), with no σ any "
    "more.": SIGMOID.but(slope1=lambda a1: sigmoid.derivative(a1), slope2=lambda a2: sigmoid.derivative(a2)),
    "δ1 is computed with the w2 of after its step, η = 1. First all blame, then all moves.": SIGMOID.but(
        delta1=lambda delta2, w2, a1, slope1: delta2 * (w2 - delta2 * a1) * slope1
    ),
    "a1 and a2 are the notebook's, from a cell further up: the same for every chain. Compute them "
    "from the arguments.": SIGMOID.but(a1=lambda: _A1, a2=lambda: _A2),
    "a1 is right, but a2 is the notebook's, from a cell further up: the same for every chain. Compute it "
    "from the arguments.": SIGMOID.but(a2=lambda: _A2),
    "The raised 2 of a² numbers the layer. You square the output, in error and slope.": SIGMOID.but(
        error=lambda a2, y: a2**2 - y, slope2=lambda a2: a2**2 * (1 - a2**2)
    ),
}

# -- 2. a chain with tanh -------------------------------------------------------------------------

TANH = SIGMOID.but(
    a1=lambda z1: np.tanh(z1),
    a2=lambda z2: np.tanh(z2),
    slope1=lambda a1: 1 - a1**2,
    slope2=lambda a2: 1 - a2**2,
)


@exercise(
    title="A chain with tanh",
    learned="You can put another curve into the chain, and change no more than its slope.",
    cases=_chains,
    returns="the gradient",
)
def tanh_chain_gradient(w1: float, b1: float, w2: float, b2: float, a0: float, y: float) -> Gradient:
    """∂C/∂w1, ∂C/∂b1, ∂C/∂w2 and ∂C/∂b2 with tanh in both neurons, by name."""
    return TANH(w1, b1, w2, b2, a0, y)


tanh_chain_gradient.slips = _with_any_curve(TANH) | {
    "The slopes are still those of σ, a (1 − a). With tanh they are others.": TANH.but(
        slope1=lambda a1: a1 * (1 - a1), slope2=lambda a2: a2 * (1 - a2)
    ),
    "The output neuron is right, but δ1 still has the slope of σ, a1 (1 − a1).": TANH.but(
        slope1=lambda a1: a1 * (1 - a1)
    ),
    "The hidden neuron is still a sigmoid. Both of them have tanh now.": TANH.but(
        a1=lambda z1: sigmoid(z1), slope1=lambda a1: a1 * (1 - a1)
    ),
    "The slopes fit tanh, but forwards there is still σ.": TANH.but(
        a1=lambda z1: sigmoid(z1), a2=lambda z2: sigmoid(z2)
    ),
    "This is the chain with σ. Put tanh into both neurons, forwards and backwards.": SIGMOID,
    "A square is missing: the slope of tanh is not 1 − a.": TANH.but(
        slope1=lambda a1: 1 - a1, slope2=lambda a2: 1 - a2
    ),
    "The slopes are written with z where the activations a = tanh(z) belong.": TANH.but(
        slope1=lambda z1: 1 - z1**2, slope2=lambda z2: 1 - z2**2
    ),
    "The slopes take tanh of a, which is tanh(z) already: once is enough.": TANH.but(
        slope1=lambda a1: tanh.derivative(a1), slope2=lambda a2: tanh.derivative(a2)
    ),
    "Both slopes are missing: the arrows from z to a have a factor too.": TANH.but(
        slope1=lambda: 1, slope2=lambda: 1
    ),
    "The sign is turned round in all four. Two usual causes: y − a2 stands where a2 − y belongs, or a2² − 1 "
    "where the slope is 1 − a2².": NEGATED,
    "The sign of the second layer is turned round, and that of the first is right. Is a² − 1 there for the "
    "slope 1 − a²? On the way to the first layer two such signs cancel.": _SECOND_LAYER_TURNED_ROUND,
}

# -- 3. in ten steps ------------------------------------------------------------------------------

STEPS = 10
GOAL = 0.95


@goal(
    title="In ten steps",
    learned="You know how to look for a learning rate: systematically, and against a goal.",
)
def smallest_eta(my_eta: float) -> str:
    """η in tenths, the smallest with which the chain comes to 0.95 in at most ten steps."""
    if fault := form(0.0, my_eta, "my_eta"):
        raise Wrong(f"{fault}.")
    if not 0 < my_eta < 1e6:
        raise Wrong(f"η is a positive number of reasonable size, got {float(my_eta):g}.")
    tenths = round(10 * float(my_eta))
    if abs(10 * float(my_eta) - tenths) > 1e-6 + 1e-7 * tenths or tenths == 0:  # float32 keeps so much
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


def _largest_output(eta: float) -> float:
    if eta == 0:  # nothing moves
        return float(OURS.run(0.8, 1.0).a2)
    return float(OURS.descend(0.8, 1.0, eta=eta, steps=STEPS).passes.a2.max())


# -- 4. a chain of any length ---------------------------------------------------------------------


def _long_chains(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    yield [1.5], [-0.7], 0.8, 1.0
    yield [1.5, 2.0], [-0.7, -0.58], 0.8, 1.0
    for n in (3, 4, 2, 5, 3, 10):
        yield list(rng.normal(scale=2, size=n)), list(rng.normal(size=n)), rng.uniform(-1, 1), 0.0


LONG = LayerFormulas(
    "weights biases a0 y",
    x=lambda a0: a0,
    a=lambda w, b, a_in: float(sigmoid(w * a_in + b)),
    slope=lambda a: a * (1 - a),
    bp1=lambda a, y, slope: (a - y) * slope,
    bp2=lambda delta_next, w_next, slope: delta_next * w_next * slope,
    bp3=lambda delta: delta,
    bp4=lambda delta, a_in: delta * a_in,
)


@exercise(
    title="A chain of any length",
    learned="Your loop carries the blame through a chain of any length: that is backpropagation for a chain.",
    cases=_long_chains,
    returns=("∂C/∂w", "∂C/∂b"),
)
def chain_gradient(
    weights: list[float], biases: list[float], a0: float, y: float
) -> tuple[list[float], list[float]]:
    """∂C/∂w of all weights and ∂C/∂b of all biases, first layer first."""
    return LONG(weights, biases, a0, y)


chain_gradient.slips = {
    "Everything is twice as large as it should be. The ½ of the cost takes away the 2 of the square.": TWICE,
    "The sign is turned round in all layers. Two usual causes: y − a stands where a − y belongs, or "
    "a (a − 1) where the slope of the last neuron is a (1 − a).": NEGATED,
    "The sign changes from layer to layer. Is a (a − 1) there for the slope a (1 − a)?": LONG.but(
        slope=lambda a: a * (a - 1)
    ),
    "Both lists are right, but the other way round: first ∂C/∂w, then ∂C/∂b.": SWAPPED,
    "δ takes the slope of one neuron too early. It goes to the activation before the layer, and takes the "
    "slope of that neuron, not of the "
    "one before it.": LONG.but(bp2=lambda delta_next, w_next, a_in: delta_next * w_next * a_in * (1 - a_in)),
    "The first δ has the slope of the last neuron but one. It is a (1 − a) with the output.": LONG.but(
        bp1=lambda a, y, a_in: (a - y) * a_in * (1 - a_in)
    ),
    "The numbers are right, but the last layer comes first. Turn both lists round "
    "before you return.": instead(lambda dw, db: (dw[::-1], db[::-1])),
    "The first δ lacks the slope of the last neuron, a (1 − a) with its output.": LONG.but(
        bp1=lambda a, y: a - y
    ),
    "δ is carried back without the weight. It comes back through the wire that the signal took.": LONG.but(
        bp2=lambda delta_next, slope: delta_next * slope
    ),
    "δ is carried back without σ′. Each neuron on its way has a slope.": LONG.but(
        bp2=lambda delta_next, w_next: delta_next * w_next
    ),
    "All layers get the same δ. On its way back it is multiplied, layer by layer.": LONG.but(
        bp2=lambda delta_next: delta_next
    ),
    "δ is carried back through the weight of the wrong layer, the one that leads into a neuron. The blame "
    "of a neuron comes through the wire that "
    "leads out of it.": LONG.but(bp2=lambda delta_next, w, slope: delta_next * w * slope),
    "δ takes the slope of the neuron that it comes from, instead of the one that it goes to.": LONG.but(
        bp2=lambda delta_next, w_next, slope_next: delta_next * w_next * slope_next
    ),
    "Each weight gets the activation of its own neuron. It is multiplied by the one before it.": LONG.but(
        bp4=lambda delta, a: delta * a
    ),
    "All activations are taken one layer too late. In a list that begins with a0, place l holds what comes "
    "into weights[l].": LONG.but(
        bp4=lambda delta, a: delta * a,
        bp2=lambda delta_next, w_next, slope_next: delta_next * w_next * slope_next,
    ),
    "δ is multiplied by the slope of its own neuron once more on its way; it holds it already.": LONG.but(
        bp2=lambda delta_next, w_next, slope, slope_next: delta_next * w_next * slope * slope_next
    ),
    "The biases carry an activation. A bias is added as it is: its own factor is 1.": LONG.but(
        bp3=lambda delta, a_in: delta * a_in
    ),
    "The first layer gets nothing: the loop backwards ends one layer too early.": instead(
        lambda dw, db: ([0.0, *dw[1:]], [0.0, *db[1:]])
    ),
    "The last layer gets nothing: its slopes are computed first and must be stored as well.": instead(
        lambda dw, db: ([*dw[:-1], 0.0], [*db[:-1], 0.0])
    ),
}
