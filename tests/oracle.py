"""The mathematics once more, by the formulas of the textbook: what the tests hold nblib against.

One example at a time, as a column: z = W a + b, and the four equations as they are printed. Nothing in here
comes from nblib, and all numbers are Python's, of 64 bits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
Function = Callable[[Any], Any]


def sigmoid(z: Any) -> Any:
    """1/(1 + e^−z), without a power that overflows."""
    power = np.exp(-np.abs(z))
    return np.where(np.greater(z, 0), 1, power) / (1 + power)


FUNCTIONS: dict[str, Function] = {
    "step": lambda z: np.where(np.greater(z, 0), 1.0, 0.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(0.0, z),
    "elu": lambda z: np.where(np.greater(z, 0), z, np.exp(np.minimum(z, 0)) - 1),
    "arctan": np.arctan,
}

DERIVATIVES: dict[str, Function] = {
    "step": lambda z: np.zeros(np.shape(z)),
    "sigmoid": lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2,
    "tanh": lambda z: 1 / np.cosh(np.minimum(np.abs(z), 300)) ** 2,
    "relu": lambda z: np.where(np.greater(z, 0), 1.0, 0.0),
    "elu": lambda z: np.where(np.greater(z, 0), 1.0, np.exp(np.minimum(z, 0))),
    "arctan": lambda z: 1 / (1 + np.square(z)),
}

COSTS: dict[str, Callable[[Any, Any], Any]] = {  # of each output; the cost of an example is their sum
    "quadratic": lambda a, y: 0.5 * (a - y) ** 2,
    "cross_entropy": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)),
    "softmax": lambda a, y: -y * np.log(a),  # with softmax in place of the last activation
}

COST_GRADIENTS: dict[str, Callable[[Any, Any], Any]] = {
    "quadratic": lambda a, y: a - y,
    "cross_entropy": lambda a, y: -y / a + (1 - y) / (1 - a),
}


@dataclass(frozen=True)
class Pass:
    """One example, there and back: zs, deltas and gradients run from layer 1, activations from layer 0."""

    zs: list[Array]
    activations: list[Array]
    cost: float
    deltas: list[Array]
    nabla_weights: list[Array]
    nabla_biases: list[Array]


@dataclass
class Net:
    """Weights and biases as lists of arrays, the names of activation, cost, and another last activation."""

    weights: Sequence[Any]
    biases: Sequence[Any]
    activation: str = "sigmoid"
    cost: str = "quadratic"
    output: str = ""

    @classmethod
    def like(cls, network: Any, own: bool = False) -> "Net":
        """Return the net that a network of nblib is: with its very arrays, or with copies of its own."""
        name = repr(network)
        cost = next((cost for cost in ("quadratic", "cross_entropy") if cost in name), "softmax")
        weights, biases = (
            [array.astype(float) for array in arrays] if own else arrays
            for arrays in (network.weights, network.biases)
        )
        output = getattr(network, "output", network.activation).name
        return cls(weights, biases, network.activation.name, cost, output)

    @property
    def parameters(self) -> list[Any]:
        return [*self.weights, *self.biases]

    @property
    def names(self) -> list[str]:
        """The activation of each layer."""
        return [self.activation] * (len(self.weights) - 1) + [self.output or self.activation]

    def forward(self, x: Any) -> tuple[list[Array], list[Array]]:
        """Return z of layers 1 … L and a of layers 0 … L for one example."""
        zs, a = [], [np.asarray(x, float)]
        for w, b, name in zip(self.weights, self.biases, self.names, strict=True):
            zs.append(np.asarray(w, float) @ a[-1] + np.asarray(b, float))
            a.append(FUNCTIONS[name](zs[-1]))
        if self.cost == "softmax":
            powers = np.exp(zs[-1] - max(zs[-1]))
            a[-1] = powers / powers.sum()
        return zs, a

    def outputs(self, x: Any) -> Array:
        """Return the outputs of each example."""
        return np.array([self.forward(row)[1][-1] for row in x])

    def costs(self, x: Any, y: Any) -> Array:
        """Return the cost of each example; y holds targets."""
        return COSTS[self.cost](self.outputs(x), np.asarray(y, float)).sum(axis=1)

    def mean_cost(self, x: Any, y: Any) -> float:
        return float(self.costs(x, y).mean())

    def backprop(self, x: Any, y: Any) -> Pass:
        """Return what one example says: BP1 to BP4."""
        zs, a = self.forward(x)
        slope, last = (DERIVATIVES[name] for name in (self.activation, self.names[-1]))
        y = np.asarray(y, float)
        softmax = self.cost == "softmax"
        deltas = [a[-1] - y if softmax else COST_GRADIENTS[self.cost](a[-1], y) * last(zs[-1])]
        for w, z in zip(self.weights[:0:-1], zs[-2::-1], strict=True):
            deltas.insert(0, np.asarray(w, float).T @ deltas[0] * slope(z))
        nabla_weights = [np.outer(delta, a_in) for delta, a_in in zip(deltas, a[:-1], strict=True)]
        return Pass(zs, a, float(COSTS[self.cost](a[-1], y).sum()), deltas, nabla_weights, deltas)

    def gradients(self, x: Any, y: Any) -> tuple[list[Array], list[Array]]:
        """Return ∂C/∂W^l and ∂C/∂b^l, averaged over examples that are taken one by one."""
        single = [self.backprop(*pair) for pair in zip(x, y, strict=True)]
        return (
            [np.mean(parts, axis=0) for parts in zip(*(one.nabla_weights for one in single), strict=True)],
            [np.mean(parts, axis=0) for parts in zip(*(one.nabla_biases for one in single), strict=True)],
        )

    def learn(self, x: Any, y: Any, eta: float) -> None:
        """Take one step of gradient descent; the arrays must be the net's own."""
        nabla_weights, nabla_biases = self.gradients(x, y)
        for array, nabla in zip(self.parameters, nabla_weights + nabla_biases, strict=True):
            array -= eta * nabla


def mini_batches(n: int, size: int, epochs: int, seed: int) -> Iterator[list[int]]:
    """Yield the rows of each mini-batch: every epoch in a new order; its last one may be smaller."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = list(rng.permutation(n))
        while order:
            batch, order = order[:size], order[size:]
            yield batch


def slopes(measure: Callable[[], float], arrays: Sequence[Array], h: float = 1e-5) -> list[Array]:
    """Return the central differences of `measure()` along every entry of the arrays, which it depends on."""
    results = []
    for array in arrays:
        result = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + h
            above = measure()
            array[index] = kept - h
            below = measure()
            array[index] = kept
            result[index] = (above - below) / (2 * h)
        results.append(result)
    return results
