"""The exercises of notebook 05: BP1, BP2, the whole of backpropagation, and XOR without luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib import toydata
from nblib.activations import sigmoid
from nblib.layers import Gradients
from nblib.lessons import calling
from nblib.lessons.compare import form, kind
from nblib.lessons.exercise import Exercise, Function, exercise, goal, one_function
from nblib.lessons.limit import time_limit
from nblib.lessons.result import Wrong
from nblib.network import Network

Array = NDArray[Any]


class _InRows(Exercise):
    """An exercise with one example per row: where shapes do not fit, that is the likely reason."""

    def _fault(self, expected: Any, outcome: Any) -> str | None:
        fault = super()._fault(expected, outcome)
        if not isinstance(outcome, Wrong) or not _is_of_shapes(outcome.__cause__):
            return fault
        _, of_line, line = outcome.says.rpartition(", in the line ")
        return (
            f"The shapes do not fit{of_line}{line if of_line else '.'} The formulas have one example as a "
            "column; here each example is a row: a is (m, n_in), δ is (m, n_out), W is (n_out, n_in). For @ "
            "the two numbers in the middle must be equal, for * and + the last ones."
        )


def _is_of_shapes(error: BaseException | None) -> bool:
    says = ("matmul:", "not aligned", "could not be broadcast", "non-broadcastable")
    return isinstance(error, ValueError) and any(one in str(error) for one in says)


def _in_rows(
    cases: Callable[[np.random.Generator], Iterable[tuple[Any, ...]]], **named: Any
) -> Callable[[Function], Exercise]:
    """Make an exercise of the decorated function, as `exercise` does."""
    return lambda reference: _InRows(reference, cases, notebook=5, **named)


# -- 1. the last layer ----------------------------------------------------------------------------


def _outputs(rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    yield np.array([[0.0]]), np.array([[1.0]])
    yield np.array([[2.0]]), np.array([[0.0]])
    yield np.array([[1.0, -2.0]]), np.array([[1.0, 0.0]])
    for rows, columns in ((2, 1), (2, 2), (3, 2), (4, 3), (1, 5)):
        shape = (rows, columns)
        yield np.round(rng.normal(size=shape), 1), rng.integers(2, size=shape).astype(float)


@exercise(
    notebook=5,
    title="The last layer",
    learned="Your function is BP1, for as many examples as one likes.",
    cases=_outputs,
    returns="δ",
)
def output_delta(z: Array, y: Array) -> Array:
    """BP1: δᴸ = (aᴸ − y) ⊙ σ′(zᴸ), one example per row."""
    a = sigmoid(z)
    return (a - y) * sigmoid.slope(a)


@output_delta.mistake(
    "The sign is turned round. BP1 begins with a − y: where the output is too large, δ is positive."
)
def _y_minus_a(z, y):
    return -output_delta.reference(z, y)


@output_delta.mistake("It is twice too large. The ½ in the cost takes the 2 of the square away.")
def _two(z, y):
    return 2 * output_delta.reference(z, y)


@output_delta.mistake(
    "σ′ is missing. a − y is the slope along the activation a; on the way to z there is one more link, the "
    "slope of the neuron."
)
def _only_the_error(z, y):
    return sigmoid(z) - y


@output_delta.mistake(
    "The slope is taken at a where it must be taken at z: σ′(z) is sigmoid.derivative(z), or a (1 − a)."
)
def _derivative_at_a(z, y):
    a = sigmoid(z)
    return (a - y) * sigmoid.derivative(a)


@output_delta.mistake(
    "The slope z (1 − z) is made of z. The short form is made of the activation: a (1 − a)."
)
def _slope_at_z(z, y):
    return (sigmoid(z) - y) * sigmoid.slope(z)


@output_delta.mistake(
    "You compare z with the target. The answer of the neuron is a = σ(z): the error is a − y."
)
def _z_minus_y(z, y):
    return (z - y) * sigmoid.derivative(z)


@output_delta.mistake(
    "It is divided by the number of examples. Each row is δ of one example; no mean is taken yet."
)
def _mean_already(z, y):
    return output_delta.reference(z, y) / len(z)


@output_delta.mistake(
    "It is divided by the number of neurons. The cost is a sum over the outputs and no mean."
)
def _mean_over_neurons(z, y):
    return output_delta.reference(z, y) / z.shape[1]


@output_delta.mistake(
    "It holds one number for each example. δ is one number for each neuron: nothing is added up."
)
def _sum_over_neurons(z, y):
    return output_delta.reference(z, y).sum(axis=1)


# -- 2. one layer back ----------------------------------------------------------------------------


def _layers(rng: np.random.Generator) -> Iterator[tuple[Array, Array, Array]]:
    yield np.array([[0.5]]), np.array([[2.0]]), np.array([[1.0]])
    sizes = [
        (1, 1, 2),
        (1, 2, 1),
        (1, 2, 2),
        (2, 2, 2),
        (2, 3, 3),
        (1, 2, 3),
        (3, 1, 2),
        (4, 3, 2),
        (5, 2, 4),
    ]
    for m, n_out, n_in in sizes:
        delta, W, z = rng.normal(size=(m, n_out)), rng.normal(size=(n_out, n_in)), rng.normal(size=(m, n_in))
        yield np.round(delta, 1), np.round(W, 1), np.round(z, 1)


@_in_rows(
    title="One layer back",
    learned="Your function is BP2: it carries δ from layer to layer.",
    cases=_layers,
    returns="δ",
)
def backwards(delta: Array, W: Array, z: Array) -> Array:
    """BP2: δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ), one example per row."""
    return delta @ W * sigmoid.derivative(z)


@backwards.mistake(
    "W is turned round. Each neuron collects along the wires that leave it, a column of W. With one example "
    "per row that is delta @ W, and W.T belongs to the way forwards."
)
def _turned_matrix(delta, W, z):
    return delta @ W.T * sigmoid.derivative(z)


@backwards.mistake(
    "Wᵀ δ is the formula for one example, a column. Here each example is a row of delta, so the product is "
    "written the other way round: delta comes first, and W stays as it is."
)
def _as_printed(delta, W, z):
    return W.T @ delta * sigmoid.derivative(z)


@backwards.mistake(
    "W @ delta runs forwards, and for columns. Here each example is a row of delta, so delta comes first."
)
def _matrix_first(delta, W, z):
    return W @ delta * sigmoid.derivative(z)


@backwards.mistake(
    "σ′ is missing. What arrives along the wires is the slope along a; the step to z takes σ′(z)."
)
def _no_slope(delta, W, z):
    return delta @ W


@backwards.mistake("The slope is taken at a = σ(z) where it must be taken at z. It is a (1 − a), or σ′(z).")
def _derivative_at_a_again(delta, W, z):
    return delta @ W * sigmoid.derivative(sigmoid(z))


@backwards.mistake("The slope z (1 − z) is made of z. The short form is made of the activation: a (1 − a).")
def _slope_at_z_again(delta, W, z):
    return delta @ W * sigmoid.slope(z)


@backwards.mistake("You multiply with the activation a. BP2 has its slope there, a (1 − a).")
def _activation_for_slope(delta, W, z):
    return delta @ W * sigmoid(z)


@backwards.mistake("The weights are missing: what flows back along a wire is multiplied by its weight.")
def _no_weights(delta, W, z):
    return delta.sum(axis=1, keepdims=True) * sigmoid.derivative(z)


@backwards.mistake("It has the wrong sign. BP2 has no minus; the minus belongs to the update.")
def _minus(delta, W, z):
    return -backwards.reference(delta, W, z)


@backwards.mistake(
    "It is divided by the number of examples. Each row is δ of one example; no mean is taken yet."
)
def _mean_already_again(delta, W, z):
    return backwards.reference(delta, W, z) / len(z)


# -- 3. all of it ---------------------------------------------------------------------------------

_SQUARE = (((2, 2), 1), ((2, 2, 2), 2), ((2, 2, 2, 2), 3), ((3, 3, 3, 3), 2))
_OTHERS = (((2, 3, 1), 1), ((2, 3, 1), 4), ((3, 4, 2), 3), ((3, 2, 4, 1), 2), ((2, 3, 3, 2), 2))


def _networks(rng: np.random.Generator) -> Iterator[tuple[Network, Array, Array]]:
    for sizes, m in (((2, 1), 1), ((2, 1), 2), ((1, 1, 1), 1), ((1, 1, 1), 2), *_SQUARE, *_OTHERS):
        yield _round_network(sizes, rng), *_round_examples(sizes, m, rng)
    for _ in range(2):
        sizes = rng.integers(1, 4, size=rng.integers(2, 5)).tolist()
        yield _round_network(sizes, rng), *_round_examples(sizes, int(rng.integers(1, 4)), rng)


def _round_network(sizes: Sequence[int], rng: np.random.Generator) -> Network:
    """Return a network whose weights can be read: one digit after the point, none of them 0."""
    network = Network(sizes, dtype=np.float64)
    network.set_parameters(
        *([_readable(a.shape, rng) for a in part] for part in (network.weights, network.biases))
    )
    return network


def _round_examples(sizes: Sequence[int], m: int, rng: np.random.Generator) -> tuple[Array, Array]:
    return _readable((m, sizes[0]), rng), rng.integers(2, size=(m, sizes[-1])).astype(float)


def _readable(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    return rng.integers(1, 16, size=shape) * rng.choice([-0.1, 0.1], size=shape)


def _forward(network: Network, x: Array) -> list[Array]:
    a = [x]
    for W, b in zip(network.weights, network.biases, strict=True):
        a.append(sigmoid(a[-1] @ W.T + b))
    return a


def _slopes(a: Sequence[Array]) -> list[Array]:
    return [sigmoid.slope(a_l) for a_l in a]


def _bp1(a: Sequence[Array], y: Array) -> Array:
    return (a[-1] - y) * sigmoid.slope(a[-1])


def _bp2(weights: Sequence[Array], slopes: Sequence[Array], delta: Array) -> list[Array]:
    """Return δ¹ … δᴸ, given W¹ … Wᴸ, the slopes of layers 0 … L, and δᴸ."""
    deltas = [delta]
    for W, slope in zip(weights[:0:-1], slopes[-2:0:-1], strict=True):
        deltas.insert(0, deltas[0] @ W * slope)
    return deltas


def _read_off(a: Sequence[Array], deltas: Sequence[Array]) -> Gradients:
    """BP3 and BP4, and the mean."""
    m = len(a[0])
    nabla_weights = [delta.T @ a_in / m for delta, a_in in zip(deltas, a[:-1], strict=True)]
    return nabla_weights, [delta.sum(axis=0) / m for delta in deltas]


def _from(network: Network, a: Sequence[Array], delta: Array) -> Gradients:
    """Return the gradients for given activations and a given δᴸ."""
    return _read_off(a, _bp2(network.weights, _slopes(a), delta))


class _WithoutBackprop(Network):
    """A network for those who write backpropagation themselves: it goes forwards only."""

    def _deltas(self, a: list[Array], y: Array, scale: float) -> list[Array]:
        raise Wrong(
            "Here the network's own backprop, trace and updates are put away: what they compute is what you "
            "write. All you need is network.weights and network.biases (and feedforward, to measure)."
        )


def _networks_without_backprop(rng: np.random.Generator) -> Iterator[tuple[Network, Array, Array]]:
    for network, x, y in _networks(rng):
        bare = _WithoutBackprop(network.sizes, dtype=np.float64)
        bare.set_parameters(network.weights, network.biases)
        yield bare, x, y


@_in_rows(
    title="Backpropagation from memory",
    learned="Your backprop gives every slope of every network of sigmoid neurons.",
    cases=_networks_without_backprop,
    returns=("nabla_weights", "nabla_biases"),
)
def backprop(network: Network, x: Array, y: Array) -> Gradients:
    """BP1 to BP4 for a mini-batch, one example per row: the slopes of its mean cost along W and b."""
    a = _forward(network, x)
    return _from(network, a, _bp1(a, y))


def _pass(network: Network, x: Array, y: Array) -> tuple[list[Array], list[Array], Gradients]:
    """Return the activations, the δ and the gradients: what some of the mistakes are made of."""
    a = _forward(network, x)
    deltas = _bp2(network.weights, _slopes(a), _bp1(a, y))
    return a, deltas, _read_off(a, deltas)


def _times(factor: float, gradients: Gradients) -> Gradients:
    nabla_weights, nabla_biases = gradients
    return [factor * nabla for nabla in nabla_weights], [factor * nabla for nabla in nabla_biases]


@backprop.mistake(
    "Every slope has the wrong sign. BP1 begins with a − y. The minus that leads downhill comes later, in "
    "the update."
)
def _turned_round(network, x, y):
    return _times(-1, backprop.reference(network, x, y))


@backprop.mistake(
    "Every slope is twice too large. The ½ in the cost takes the 2 of the square away: a − y, and no 2."
)
def _twice(network, x, y):
    return _times(2, backprop.reference(network, x, y))


@backprop.mistake(
    "You add up the slopes of the examples. The cost is their mean: divide by the number of rows."
)
def _sum_for_mean(network, x, y):
    return _times(len(x), backprop.reference(network, x, y))


@backprop.mistake(
    "You divide by the number of examples twice. If δ is divided already, its sums need it no more."
)
def _divided_twice(network, x, y):
    return _times(1 / len(x), backprop.reference(network, x, y))


@backprop.mistake("Only the first example counts. The gradient is the mean over all rows of x.")
def _first_example(network, x, y):
    return backprop.reference(network, x[:1], y[:1])


@backprop.mistake(
    "Only the last example counts: each one overwrites what came before. Add up, then take the mean."
)
def _last_example(network, x, y):
    return backprop.reference(network, x[-1:], y[-1:])


@backprop.mistake(
    "BP1 lacks the slope of the neuron: δ of the last layer is (a − y) ⊙ σ′(z), not only a − y."
)
def _no_slope_in_bp1(network, x, y):
    a = _forward(network, x)
    return _from(network, a, a[-1] - y)


@backprop.mistake(
    "BP2 lacks the slope of the neuron. The last layer is right; on the way back, each layer multiplies by "
    "its own σ′(z)."
)
def _no_slope_in_bp2(network, x, y):
    a = _forward(network, x)
    ones = [np.ones_like(a_l) for a_l in a]
    return _read_off(a, _bp2(network.weights, ones, _bp1(a, y)))


@backprop.mistake(
    "σ′ is missing everywhere. It stands in BP1 and in BP2: every δ carries the slope of its neuron."
)
def _no_slope_at_all(network, x, y):
    a = _forward(network, x)
    return _read_off(a, _bp2(network.weights, [np.ones_like(a_l) for a_l in a], a[-1] - y))


@backprop.mistake(
    "The slope is taken at a where it must be taken at z. sigmoid.derivative wants z; from a it is "
    "a (1 − a), sigmoid.slope(a)."
)
def _derivative_of_a(network, x, y):
    a = _forward(network, x)
    slopes = [sigmoid.derivative(a_l) for a_l in a]
    return _read_off(a, _bp2(network.weights, slopes, (a[-1] - y) * slopes[-1]))


@backprop.mistake(
    "The slope is z (1 − z), made of z. sigmoid.slope wants the activation: a (1 − a). From z it is "
    "sigmoid.derivative(z)."
)
def _slope_of_z(network, x, y):
    a = _forward(network, x)
    weights, biases = network.weights, network.biases
    slopes = [sigmoid.slope(a_in @ W.T + b) for W, b, a_in in zip(weights, biases, a[:-1], strict=True)]
    return _read_off(a, _bp2(weights, [x, *slopes], (a[-1] - y) * slopes[-1]))


@backprop.mistake(
    "BP1 has the slope z (1 − z), made of z. The short form is made of the activation: a (1 − a)."
)
def _slope_of_z_in_bp1(network, x, y):
    a = _forward(network, x)
    z = a[-2] @ network.weights[-1].T + network.biases[-1]
    return _from(network, a, (a[-1] - y) * sigmoid.slope(z))


@backprop.mistake(
    "BP1 is right, but BP2 has the slope z (1 − z), made of z. The short form is made of the activation: "
    "a (1 − a)."
)
def _slope_of_z_in_bp2(network, x, y):
    a = _forward(network, x)
    weights, biases = network.weights, network.biases
    zs = [a_in @ W.T + b for W, b, a_in in zip(weights, biases, a[:-1], strict=True)]
    return _read_off(a, _bp2(weights, _slopes([x, *zs]), _bp1(a, y)))


@backprop.mistake(
    "Each gradient of the weights is turned round. It has the shape of W: δ of the neuron it goes to "
    "chooses the row."
)
def _gradient_transposed(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    return [nabla.T for nabla in nabla_weights], nabla_biases


@backprop.mistake(
    "On the way back W is turned round. δ collects along the wires that leave a neuron, a column of W; "
    "with one example per row that is delta @ W."
)
def _not_carried_back(network, x, y):
    a = _forward(network, x)
    return _read_off(a, _bp2([W.T for W in network.weights], _slopes(a), _bp1(a, y)))


@backprop.mistake(
    "Wᵀ δ is BP2 for one example, a column. Here each example is a row, so δ comes first: delta @ W."
)
def _carried_back_as_printed(network, x, y):
    return _back_as_printed(network, _forward(network, x), y)


@backprop.mistake(
    "W a is the forward pass for one example, a column. Here each example is a row, so a comes first: "
    "a @ W.T."
)
def _carried_forwards_as_printed(network, x, y):
    a = _forward_as_printed(network, x)
    return _from(network, a, _bp1(a, y))


@backprop.mistake(
    "W a and Wᵀ δ are the formulas for one example, a column. Here each example is a row, so a and δ come "
    "first: a @ W.T and delta @ W."
)
def _both_ways_as_printed(network, x, y):
    return _back_as_printed(network, _forward_as_printed(network, x), y)


def _back_as_printed(network: Network, a: list[Array], y: Array) -> Gradients:
    deltas = [_bp1(a, y)]
    for W, slope in zip(network.weights[:0:-1], _slopes(a)[-2:0:-1], strict=True):
        deltas.insert(0, W.T @ deltas[0] * slope)
    return _read_off(a, deltas)


def _forward_as_printed(network: Network, x: Array) -> list[Array]:
    a = [x]
    for W, b in zip(network.weights, network.biases, strict=True):
        a.append(sigmoid(W @ a[-1] + b))
    return a


@backprop.mistake(
    "BP2 takes the weights of the layer before. δ of layer l flows back through the wires between l and "
    "l + 1; the list begins at 0, so these are weights[l]."
)
def _weights_of_the_layer_before(network, x, y):
    a = _forward(network, x)
    before = [network.weights[0], *network.weights[:-1]]
    return _read_off(a, _bp2(before, _slopes(a), _bp1(a, y)))


@backprop.mistake("On the way forwards W is turned round. With one example per row it is a @ W.T + b.")
def _not_carried_forwards(network, x, y):
    a = [x]
    for W, b in zip(network.weights, network.biases, strict=True):
        a.append(sigmoid(a[-1] @ W + b))
    return _from(network, a, _bp1(a, y))


@backprop.mistake("The forward pass leaves out the biases: z = W a + b.")
def _no_biases_forwards(network, x, y):
    bare = Network(network.sizes, dtype=np.float64)
    bare.set_parameters(network.weights, [0 * b for b in network.biases])
    a = _forward(bare, x)
    return _from(network, a, _bp1(a, y))


@backprop.mistake(
    "The forward pass adds each bias once per input. It belongs to the neuron: once, to the finished sum."
)
def _bias_per_input(network, x, y):
    laden = Network(network.sizes, dtype=np.float64)
    n_inputs = network.sizes[:-1]
    laden.set_parameters(network.weights, [n * b for n, b in zip(n_inputs, network.biases, strict=True)])
    a = _forward(laden, x)
    return _from(network, a, _bp1(a, y))


@backprop.mistake(
    "BP4 takes aˡ, which comes out of the layer. A weight is moved by what goes into its wire: aˡ⁻¹."
)
def _activation_after(network, x, y):
    a, deltas, (_, nabla_biases) = _pass(network, x, y)
    return [delta.T @ a_out / len(x) for delta, a_out in zip(deltas, a[1:], strict=True)], nabla_biases


@backprop.mistake(
    "BP4 takes the input x in every layer. Only the first one gets x; each other gets aˡ⁻¹ from the one "
    "before."
)
def _input_everywhere(network, x, y):
    _, deltas, (_, nabla_biases) = _pass(network, x, y)
    return [delta.T @ x / len(x) for delta in deltas], nabla_biases


@backprop.mistake(
    "BP4 sums over the neurons of the layer, so each weight gets the blame of all. A weight touches one "
    "neuron: δⱼ aₖ, no sum over j."
)
def _blame_of_the_layer(network, x, y):
    a, deltas, (_, nabla_biases) = _pass(network, x, y)
    summed = [np.broadcast_to(delta.sum(axis=1, keepdims=True), delta.shape) for delta in deltas]
    return _read_off(a, summed)[0], nabla_biases


@backprop.mistake("The slopes of the biases are 0. By BP3 they are δ itself: a bias moves, too.")
def _no_bias_slopes(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    return nabla_weights, [0 * nabla for nabla in nabla_biases]


@backprop.mistake(
    "The slopes of the biases are multiplied with an activation. By BP3 they are δ alone: the input of a "
    "bias is 1."
)
def _bias_slopes_times_a(network, x, y):
    a, deltas, (nabla_weights, _) = _pass(network, x, y)
    return nabla_weights, [(delta * a_l).mean(axis=0) for delta, a_l in zip(deltas, a[1:], strict=True)]


@backprop.mistake(
    "The slopes of the biases are divided by the number of examples twice. Once gives the mean."
)
def _bias_slopes_divided_twice(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    return nabla_weights, [nabla / len(x) for nabla in nabla_biases]


@backprop.mistake(
    "The weights are right, but the slopes of the biases are added up and not averaged. Divide them, too."
)
def _bias_slopes_added_up(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    return nabla_weights, [nabla * len(x) for nabla in nabla_biases]


@backprop.mistake(
    "The slopes of the biases still have a row for each example. Add up over the examples: sum(axis=0)."
)
def _bias_slopes_of_each_example(network, x, y):
    _, deltas, (nabla_weights, _) = _pass(network, x, y)
    return nabla_weights, [delta / len(x) for delta in deltas]


@backprop.mistake(
    "The last layer gets no gradient, so it would never learn. Step 5 is for every layer, the last one too."
)
def _last_layer_lost(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    nabla_weights[-1], nabla_biases[-1] = 0 * nabla_weights[-1], 0 * nabla_biases[-1]
    return nabla_weights, nabla_biases


@backprop.mistake("Only the last layer gets a gradient. Step 4 carries δ on, back to layer 1.")
def _only_the_last_layer(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    zeros, more_zeros = _times(0, (nabla_weights[:-1], nabla_biases[:-1]))
    return [*zeros, nabla_weights[-1]], [*more_zeros, nabla_biases[-1]]


@backprop.mistake(
    "The lists run from the last layer to the first. δ is found in this order, but the lists begin with "
    "layer 1, as network.weights does."
)
def _back_to_front(network, x, y):
    nabla_weights, nabla_biases = backprop.reference(network, x, y)
    return nabla_weights[::-1], nabla_biases[::-1]


@backprop.mistake(
    "The two lists are swapped: the slopes of the weights come first, then those of the biases."
)
def _swapped(network, x, y):
    return backprop.reference(network, x, y)[::-1]


# -- 4. all the way back --------------------------------------------------------------------------


def _single_examples(rng: np.random.Generator) -> Iterator[tuple[Network, Array, Array]]:
    shapes = [(1, 1), (2, 1), (1, 1, 1), (2, 2), (2, 2, 2), (3, 3, 3, 3), (2, 3, 2), (3, 4, 2), (2, 3, 4, 1)]
    for sizes in shapes:
        x, y = _round_examples(sizes, 1, rng)
        yield _round_network(sizes, rng), x[0], y[0]


@exercise(
    notebook=5,
    title="All the way back",
    learned="Your function says which change of an input raises the cost fastest.",
    cases=_single_examples,
    returns="the gradient",
)
def input_gradient(network: Network, x: Array, y: Array) -> Array:
    """∂C/∂x for one example: (W¹)ᵀ δ¹."""
    return network.weights[0].T @ _first_delta(network, x, y)


def _first_delta(network: Network, x: Array, y: Array) -> Array:
    return backprop.reference(network, x[None], y[None])[1][0]  # BP3, with one example


@input_gradient.mistake("It has the wrong sign. The slope points uphill: there is no minus in it.")
def _downhill(network, x, y):
    return -input_gradient.reference(network, x, y)


@input_gradient.mistake("It is twice too large. The ½ in the cost takes the 2 of the square away.")
def _twice_for_inputs(network, x, y):
    return 2 * input_gradient.reference(network, x, y)


@input_gradient.mistake(
    "You multiply with a slope x (1 − x) of the input. An input has no sigmoid: the sum over the wires is "
    "all."
)
def _slope_of_the_input(network, x, y):
    return input_gradient.reference(network, x, y) * x * (1 - x)


@input_gradient.mistake(
    "You multiply with x. That is for the slopes of weights (BP4); an input reaches δ¹ through the weights "
    "of its wires."
)
def _times_x(network, x, y):
    return input_gradient.reference(network, x, y) * x


@input_gradient.mistake(
    "It ends at δ¹, one step too early. From there the wires of W¹ lead back to the input."
)
def _ends_at_delta(network, x, y):
    return _first_delta(network, x, y)


@input_gradient.mistake(
    "W¹ is turned round. Input k collects along the wires that leave it: that is column k, (W¹)ᵀ δ¹."
)
def _first_matrix_turned(network, x, y):
    return network.weights[0] @ _first_delta(network, x, y)


@input_gradient.mistake(
    "It ends one layer behind the last one, at its activations. Carry δ on, back to layer 1 and then to "
    "the input."
)
def _before_the_last_layer(network, x, y):
    return network.weights[-1].T @ backprop.reference(network, x[None], y[None])[1][-1]


@input_gradient.mistake(
    "The weights of W¹ are missing: you add up δ¹, but what flows back along a wire is multiplied by its "
    "weight."
)
def _no_first_weights(network, x, y):
    return np.full(x.shape, _first_delta(network, x, y).sum())


# -- 5. another cost ------------------------------------------------------------------------------


@_in_rows(
    title="Another cost",
    learned="Your backprop serves another cost, and only BP1 had to change.",
    cases=_networks,
    returns=("nabla_weights", "nabla_biases"),
)
def quartic_backprop(network: Network, x: Array, y: Array) -> Gradients:
    """Backpropagation for the mean of ¼ Σ (a − y)⁴: BP1 becomes (a − y)³ ⊙ σ′(z)."""
    a = _forward(network, x)
    return _from(network, a, (a[-1] - y) ** 3 * sigmoid.slope(a[-1]))


@quartic_backprop.mistake(
    "These are the slopes of the old cost. Put ∂C/∂a of the new one in the place of a − y."
)
def _old_cost(network, x, y):
    return backprop.reference(network, x, y)


@quartic_backprop.mistake(
    "Every slope is four times too large. The ¼ in the cost takes the 4 of the power away."
)
def _four_times(network, x, y):
    return _times(4, quartic_backprop.reference(network, x, y))


@quartic_backprop.mistake("Every slope has the wrong sign. The derivative is (a − y)³ and not (y − a)³.")
def _turned_round_cube(network, x, y):
    return _times(-1, quartic_backprop.reference(network, x, y))


@quartic_backprop.mistake(
    "(a − y)² never is negative: it cannot tell too much from too little. The derivative of ¼ u⁴ is u³."
)
def _squared(network, x, y):
    a = _forward(network, x)
    return _from(network, a, (a[-1] - y) ** 2 * sigmoid.slope(a[-1]))


@quartic_backprop.mistake("¼ (a − y)⁴, the cost itself, stands in BP1. There belongs its derivative.")
def _the_cost_itself(network, x, y):
    a = _forward(network, x)
    return _from(network, a, (a[-1] - y) ** 4 / 4 * sigmoid.slope(a[-1]))


@quartic_backprop.mistake(
    "The power 3 goes round the whole of δ. It is for a − y only; σ′(z) stays as it is."
)
def _cube_of_delta(network, x, y):
    a = _forward(network, x)
    return _from(network, a, _bp1(a, y) ** 3)


@quartic_backprop.mistake("BP1 lacks the slope of the neuron: it stays a factor, whatever the cost.")
def _cube_without_slope(network, x, y):
    a = _forward(network, x)
    return _from(network, a, (a[-1] - y) ** 3)


@quartic_backprop.mistake(
    "You add up the slopes of the examples. The cost is their mean: divide by the number of rows."
)
def _sum_of_cubes(network, x, y):
    return _times(len(x), quartic_backprop.reference(network, x, y))


# -- 6. no more luck ------------------------------------------------------------------------------

UPDATES = 2000
SEEDS = range(1000, 1050)
SOLVED = 0.01
"""Below this cost all four answers are right."""
ENOUGH = 43
"""Of 50 networks. As they come, with η = 4, 39 are solved."""
SECONDS_EACH = 10.0
"""How long one network may be trained. Its 2,000 updates take a tenth of a second."""
FLAT = 1e-3
"""A cost with a smaller gradient goes down by less than 0.001 in 1,000 updates with η = 1."""


class _Budget:
    """How often the slopes of a network have been asked for; all copies of the network share one."""

    def __init__(self) -> None:
        self.asked = 0

    def __deepcopy__(self, _: Any) -> _Budget:
        return self

    def count(self) -> None:
        self.asked += 1
        if self.asked > UPDATES:
            raise Wrong(
                f"It takes more than {UPDATES:,} updates of one network. So many are allowed; backprop, "
                "trace and update_mini_batch all count."
            )


class _Counted(Network):
    """A network that lets its slopes be asked for only so often."""

    def __init__(self, seed: int) -> None:
        super().__init__([2, 2, 1], seed=seed, dtype=np.float64)
        self._budget = _Budget()

    def _deltas(self, a: list[Array], y: Array, scale: float) -> list[Array]:
        self._budget.count()
        return super()._deltas(a, y, scale)


@goal(
    notebook=5,
    title="No more luck",
    learned="Your recipe trains networks that it has never seen.",
    seconds=None,
)
def train_xor(train: Callable[[Network, Array, Array], Network]) -> str:
    """Train 50 networks 2 → 2 → 1 on XOR, of seeds not yet seen; 43 must get below a cost of 0.01."""
    function = one_function("train_xor", [train])
    x, labels = toydata.gate("xor")
    y = labels.reshape(-1, 1).astype(float)
    networks = [_trained(function, seed, x, y) for seed in tqdm(SEEDS, desc="networks", leave=False)]
    if all(_parameters(network) == _parameters(networks[0]) for network in networks):
        raise Wrong(
            f"All {len(SEEDS)} networks end with the very same weights, wherever they began: these weights "
            "were set and not learned. Let each network learn from its own start."
        )
    with np.errstate(all="ignore"):  # weights that have left the scale are a result, too
        costs = np.array([network.cost(x, y) for network in networks])
        slopes = np.array([_steepness(network, x, y) for network in networks])
    solved = int(np.sum(costs < SOLVED))
    says = f"{solved} of {len(SEEDS)} networks with other seeds come below a cost of {SOLVED}"
    if solved < ENOUGH:
        raise Wrong(f"{says}; the goal is {ENOUGH}. {_what_is_left(costs, slopes)}")
    return f"{says}."


def _trained(train: Function, seed: int, x: Array, y: Array) -> Network:
    """Return a plain network with the weights that a network of this seed has after its training."""
    network, result = _Counted(seed), Network([2, 2, 1], dtype=np.float64)
    with time_limit(SECONDS_EACH):
        trained = calling.call(train, ("network", "x", "y"), (network, x, y), may_change=("network",))
    if not isinstance(trained, _Counted) or trained.sizes != network.sizes:
        what = f"another {trained!r}" if isinstance(trained, Network) else kind(trained)
        raise Wrong(f"It must train the network that it is given, and return it; got {what}.")
    for name in ("weights", "biases"):
        arrays = getattr(trained, name)
        fault = form(getattr(result, name), arrays, f"network.{name}")
        if fault:
            raise Wrong(f"Its weights and biases must keep their shapes: {fault}.")
        setattr(result, name, [np.array(array, dtype=np.float64) for array in arrays])
    return result


def _parameters(network: Network) -> list[Any]:
    return [array.tolist() for array in (*network.weights, *network.biases)]


def _steepness(network: Network, x: Array, y: Array) -> float:
    """Return the length of the gradient."""
    nabla_weights, nabla_biases = network.backprop(x, y)
    return float(np.sqrt(sum(np.sum(nabla**2) for nabla in (*nabla_weights, *nabla_biases))))


def _what_is_left(costs: Array, slopes: Array) -> str:
    if not np.isfinite(costs).all():
        return "Some have left the scale: η is too large for them."
    left = costs[costs >= SOLVED]
    if np.median(left) > 0.1:
        return "Most of the others have hardly learned: they answer about ½ everywhere, or are saturated."
    if np.median(slopes[costs >= SOLVED]) < FLAT:
        return (
            "Most of the others are stuck half-way, where the cost is flat. Where would they have to start?"
        )
    return "Most of the others are on their way, but too slow. What makes the updates larger?"
