"""A run of full-batch gradient descent, with everything that backpropagation computes on the way."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.layers import Gradients
from nblib.network import Backprop, Network

Array = NDArray[np.float64]

INITS = ("random", "all zero", "all ½", "large (× 30)")


@dataclass(frozen=True, repr=False)
class BackpropRecord:
    """A run of full-batch gradient descent: row t holds the network after t updates, and its trace.

    The lists run from layer 1 to layer L; only `activations` begins with layer 0. Update t + 1
    subtracts η times the gradients in row t.

    Attributes
    ----------
    eta : float
        The learning rate η.
    activation : str
        The name of the activation function f.
    x, y : ndarray, shapes (n, n_0) and (n, n_L)
    weights, biases : list of ndarray, shapes (T + 1, n_l, n_{l−1}) and (T + 1, n_l)
    zs, deltas : list of ndarray, shapes (T + 1, n, n_l)
    activations : list of ndarray, shapes (T + 1, n, n_l), l = 0 … L
    nabla_weights, nabla_biases : list of ndarray
        Gradients of the mean cost, or what the run took for them, shaped like `weights` and `biases`.
    costs : ndarray, shape (T + 1, n)
        C of each example.
    """

    eta: float
    activation: str
    x: Array
    y: Array
    weights: list[Array]
    biases: list[Array]
    zs: list[Array]
    deltas: list[Array]
    activations: list[Array]
    nabla_weights: list[Array]
    nabla_biases: list[Array]
    costs: Array

    def __post_init__(self) -> None:
        if len(self.costs) < 2:
            raise ValueError(f"costs must have a row for at least one update, got {len(self.costs)} rows")
        _small(self.sizes)
        for name in ("weights", "biases", "zs", "deltas", "activations", "nabla_weights", "nabla_biases"):
            for array in getattr(self, name):
                if len(array) != len(self.costs):
                    raise ValueError(
                        f"{name} must have one row for each of the {len(self.costs)} rows of costs, "
                        f"got {len(array)}"
                    )
        validate.same_length("x", self.x, "y", self.y)
        for name in ("zs", "deltas", "activations"):
            for array in (*getattr(self, name), self.costs):
                if array.shape[1] != len(self.x):
                    raise ValueError(
                        f"{name} and costs must hold {len(self.x)} examples, got {array.shape[1]}"
                    )

    def __repr__(self) -> str:
        return f"BackpropRecord({'-'.join(map(str, self.sizes))}, {self.n_updates} updates)"

    @property
    def sizes(self) -> list[int]:
        """Neurons per layer, input first."""
        return [a.shape[-1] for a in self.activations]

    @property
    def n_updates(self) -> int:
        """T: how many updates were made."""
        return len(self.costs) - 1

    def mean_slopes(self, l: int) -> tuple[Array, Array]:
        """Return the slopes along W^l and b^l by BP3 and BP4, (T + 1, n_l, n_{l−1}) and (T + 1, n_l)."""
        delta, a_in = self.deltas[l - 1], self.activations[l - 1]
        return delta.transpose(0, 2, 1) @ a_in / len(self.x), delta.mean(axis=1)

    def takes_mean_slopes(self) -> bool:
        """Tell whether every update took the mean slopes of the examples, to four digits."""
        for l in range(1, len(self.sizes)):
            with np.errstate(all="ignore"):
                means = self.mean_slopes(l)
                rounding = 1e-6 * np.abs(self.deltas[l - 1]).max(axis=(1, 2))[:, None] + 1e-12
            for nabla, mean in zip((self.nabla_weights[l - 1], self.nabla_biases[l - 1]), means, strict=True):
                rows = np.isfinite(mean.reshape(len(mean), -1)).all(axis=1)  # as long as it has not blown up
                taken, right = (array[rows].reshape(rows.sum(), -1) for array in (nabla, mean))
                room = 1e-4 * np.abs(right).max(axis=1, keepdims=True) + rounding[rows]
                if not (np.abs(taken - right) <= room).all():
                    return False
        return True


def run(
    sizes: Sequence[int] = (2, 3, 1),
    eta: float = 4.0,
    updates: int = 600,
    init: str = "random",
    seed: int = 4,
    activation: str = "sigmoid",
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    backprop: Backprop | None = None,
) -> BackpropRecord:
    """Train a small network by full-batch gradient descent and record every update.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first: at most 4 a layer, at most 4 layers.
    eta : float
        The learning rate η, above 0.
    updates : int
        At least 1.
    init : {"random", "all zero", "all ½", "large (× 30)"}
        Weights and biases as `Network` draws them; all 0; weights ½ and biases 0; weights 30 times
        as large as drawn.
    seed : int
        Seed of the initial weights.
    activation : str
        As for `Network`.
    x, y : array_like, optional
        Examples, one a row, and their labels or targets; by default the truth table of XOR (with
        other than 2 inputs: 1 where the number of ones is odd).
    backprop : callable, optional
        ``backprop(network, x, y)`` that returns the gradients in place of `Network.backprop`: the
        updates are made of what it returns. It is asked as long as all weights are finite.

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit, or what `backprop` returns.
    """
    eta, updates = validate.positive("eta", eta), validate.whole("updates", updates, at_least=1)
    network = _network(sizes, init, seed, activation)
    if backprop is not None:
        validate.function("backprop", backprop, "(network, x, y)")
    if (x is None) != (y is None):
        raise ValueError("x and y must be given together, got only one of them")
    table_x, table_y = truth_table(network.sizes[0], network.sizes[-1])
    x = table_x if x is None else validate.rows("x", x, network.sizes[0])
    y = table_y if y is None else validate.targets("y", y, network.sizes[-1], np.float64)
    validate.same_length("x", x, "y", y)
    traces, weights, biases = [], [], []
    with np.errstate(all="ignore"):  # a run that blows up is a lesson, not a warning
        for t in range(updates + 1):
            trace = network.trace(x, y)
            if backprop is not None:
                nabla_weights, nabla_biases = _returned(backprop, network, x, y)
                trace = replace(trace, nabla_weights=nabla_weights, nabla_biases=nabla_biases)
            traces.append(trace)
            weights.append([w.copy() for w in network.weights])
            biases.append([b.copy() for b in network.biases])
            if t < updates:
                network.descend(trace.nabla_weights, trace.nabla_biases, eta)
    names = ("zs", "deltas", "activations", "nabla_weights", "nabla_biases")
    stacked = {name: _stacked([getattr(trace, name) for trace in traces]) for name in names}
    costs = np.array([trace.costs for trace in traces])
    return BackpropRecord(eta, activation, x, y, _stacked(weights), _stacked(biases), costs=costs, **stacked)


def _returned(backprop: Backprop, network: Network, x: Array, y: Array) -> Gradients:
    """Return what a `backprop` returns for a network, as arrays; NaN for a network that has blown up."""
    if not all(np.isfinite(array).all() for array in (*network.weights, *network.biases)):
        nothing = [
            [np.full_like(array, np.nan) for array in part] for part in (network.weights, network.biases)
        ]
        return nothing[0], nothing[1]
    returned = backprop(copy.deepcopy(network), x.copy(), y.copy())
    return validate.gradients(returned, network.weights, network.biases, network.dtype, only_finite=False)


def _network(sizes: Sequence[int], init: str, seed: int, activation: str) -> Network:
    validate.one_of("init", init, INITS)
    network = Network(sizes, activation, seed=seed, dtype=np.float64)
    _small(network.sizes)
    for w, b in zip(network.weights, network.biases, strict=True):
        if init == "large (× 30)":
            w *= 30
        elif init != "random":
            w[:], b[:] = (0.0 if init == "all zero" else 0.5), 0.0
    return network


def _small(sizes: list[int]) -> None:
    if len(sizes) > 4 or max(sizes) > 4:
        raise ValueError(f"sizes must list at most 4 layers of at most 4 neurons, got {sizes}")


def truth_table(n_inputs: int, n_outputs: int) -> tuple[Array, Array]:
    """Return all rows of zeros and ones, and as targets whether the number of ones is odd.

    With two inputs this is XOR. The shapes are (2^n_inputs, n_inputs) and (2^n_inputs, n_outputs);
    with several outputs the targets are one-hot.

    Raises
    ------
    ValueError, TypeError
        If a number is no whole number of at least 1.
    """
    n_outputs = validate.whole("n_outputs", n_outputs, at_least=1)
    x = np.array(list(np.ndindex(*[2] * validate.whole("n_inputs", n_inputs, at_least=1))), float)
    return x, validate.targets("y", x.sum(axis=1).astype(int) % 2, n_outputs, np.float64)


def _stacked(rows: list[list[Array]]) -> list[Array]:
    return [np.array(layer) for layer in zip(*rows, strict=True)]
