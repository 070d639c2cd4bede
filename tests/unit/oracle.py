"""The mathematics once more, slow and obvious: what the tests hold nblib against.

One example at a time and one neuron at a time, in Python floats and the formulas of the textbook.
Nothing in here comes from nblib.
"""

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "sigmoid": _logistic,
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "arctan": math.atan,
}

DERIVATIVES: dict[str, Callable[[float], float]] = {
    "step": lambda z: 0.0,
    "sigmoid": lambda z: math.exp(-abs(z)) / (1 + math.exp(-abs(z))) ** 2,
    "tanh": lambda z: 1 / math.cosh(z) ** 2 if abs(z) < 300 else 0.0,
    "relu": lambda z: 1.0 if z > 0 else 0.0,
    "elu": lambda z: 1.0 if z > 0 else math.exp(z),
    "arctan": lambda z: 1 / (1 + z * z),
}

COSTS: dict[str, Callable[[float, float], float]] = {
    "quadratic": lambda a, y: 0.5 * (a - y) ** 2,
    "cross_entropy": lambda a, y: -(y * math.log(a) + (1 - y) * math.log(1 - a)),
}

COST_GRADIENTS: dict[str, Callable[[float, float], float]] = {
    "quadratic": lambda a, y: a - y,
    "cross_entropy": lambda a, y: -y / a + (1 - y) / (1 - a),
}


def forward(weights, biases, activation: str, x) -> tuple[list[list[float]], list[list[float]]]:
    """Return z of layers 1 … L and a of layers 0 … L for one example."""
    f = FUNCTIONS[activation]
    zs, a = [], [[float(value) for value in x]]
    for w, b in zip(weights, biases, strict=True):
        zs.append(
            [sum(float(w[j][k]) * a[-1][k] for k in range(len(a[-1]))) + float(b[j]) for j in range(len(b))]
        )
        a.append([f(z) for z in zs[-1]])
    return zs, a


def cost(weights, biases, activation: str, cost: str, x, y) -> float:
    """Return the cost of one example."""
    outputs = forward(weights, biases, activation, x)[1][-1]
    return sum(COSTS[cost](a, float(target)) for a, target in zip(outputs, y, strict=True))


def backprop(weights, biases, activation: str, cost: str, x, y) -> SimpleNamespace:
    """Return deltas, nabla_weights and nabla_biases of one example: BP1 to BP4, index by index."""
    slope = DERIVATIVES[activation]
    zs, a = forward(weights, biases, activation, x)
    last = len(weights)
    deltas = {
        last: [
            COST_GRADIENTS[cost](a[last][j], float(y[j])) * slope(zs[last - 1][j])
            for j in range(len(a[last]))
        ]
    }
    for layer in range(last - 1, 0, -1):
        onwards = weights[layer]  # W^(layer+1)
        deltas[layer] = [
            sum(float(onwards[j][k]) * deltas[layer + 1][j] for j in range(len(onwards)))
            * slope(zs[layer - 1][k])
            for k in range(len(a[layer]))
        ]
    nabla_biases = [np.array(deltas[layer]) for layer in range(1, last + 1)]
    nabla_weights = [
        np.array([[delta * a_k for a_k in a[layer - 1]] for delta in deltas[layer]])
        for layer in range(1, last + 1)
    ]
    return SimpleNamespace(
        deltas=[deltas[layer] for layer in range(1, last + 1)],
        nabla_weights=nabla_weights,
        nabla_biases=nabla_biases,
    )


def mean_backprop(weights, biases, activation: str, cost: str, x, y):
    """Return nabla_weights and nabla_biases, averaged over examples that are taken one by one."""
    single = [backprop(weights, biases, activation, cost, *pair) for pair in zip(x, y, strict=True)]
    return (
        [sum(one.nabla_weights[i] for one in single) / len(single) for i in range(len(weights))],
        [sum(one.nabla_biases[i] for one in single) / len(single) for i in range(len(biases))],
    )


def slopes(measure: Callable[[], float], arrays: list[np.ndarray], h: float = 1e-5) -> list[np.ndarray]:
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
