"""A run of stochastic gradient descent on MNIST, recorded mini-batch by mini-batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import Network, costs, mnist, validate
from nblib.ranking import answers
from nblib.threads import one_blas_thread

Array = NDArray[Any]

SIZES = (784, 16, 10)
OUTPUT, HIDDEN = 3, 5  # the captions follow w²₃,₅, as notebook 06 does
SHOWN = 10  # images of a mini-batch that are kept
SAMPLE = 2000  # training images that stand for all of them in the "full" gradient
MEASURED = 500  # validation images that cost and accuracy are measured on


@dataclass(frozen=True, repr=False)
class SGDRecord:
    """What a run did, one row for each of its T mini-batches of m images.

    Everything about a mini-batch is measured before its update. What has T + 1 rows belongs to the
    network: row t after t updates, row 0 before the first.

    Attributes
    ----------
    eta : float
        The learning rate η.
    n_train, n_sample, n_measured : int
        Images to draw mini-batches from, images of the "full" gradient, images measured on.
    images : ndarray, shape (T, min(m, 10), 784)
        The first images of each mini-batch, 0 to 1.
    labels, answers : ndarray of int, shapes (T, m)
    cost : ndarray, shape (T,)
        Mean cost of the mini-batch.
    deltas, activations : ndarray, shapes (T, m)
        δ²₃ and a¹₅ of each image on its own.
    gradient : ndarray, shape (T,)
        ∂C/∂w²₃,₅ of the mini-batch.
    dot, norm, full_norm : ndarray, shapes (T,)
        g · G, ‖g‖ and ‖G‖ of the mini-batch's gradient g and the "full" gradient G, all 12,730
        components of them.
    weight : ndarray, shape (T + 1,)
        w²₃,₅, from hidden neuron 5 to the output neuron of digit 3.
    hidden_weights : ndarray, shape (T + 1, 16, 784)
    measured_cost : ndarray, shape (T + 1,)
    right : ndarray of int, shape (T + 1,)
        How many of the `n_measured` images are answered rightly.
    """

    eta: float
    n_train: int
    n_sample: int
    n_measured: int
    images: Array
    labels: NDArray[np.int64]
    answers: NDArray[np.int64]
    cost: Array
    deltas: Array
    activations: Array
    gradient: Array
    dot: Array
    norm: Array
    full_norm: Array
    weight: Array
    hidden_weights: Array
    measured_cost: Array
    right: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cost)

    def __repr__(self) -> str:
        return f"SGDRecord({len(self)} mini-batches of {self.labels.shape[1]}, η = {self.eta:g})"

    @property
    def slopes(self) -> Array:
        """∂C/∂w²₃,₅ of each image on its own, δ²₃ a¹₅ (BP4), shape (T, m)."""
        return self.deltas * self.activations

    @property
    def cosine(self) -> Array:
        """Cosine of the angle between g and G, shape (T,); NaN where one of them is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(self.dot / (self.norm * self.full_norm), -1, 1)

    @property
    def angle(self) -> Array:
        """The angle between g and G in degrees, 0 to 180, shape (T,); NaN where one of them is zero."""
        return np.degrees(np.arccos(self.cosine))


def run(
    x: ArrayLike,
    y: ArrayLike,
    validation: tuple[ArrayLike, ArrayLike],
    *,
    eta: float = 0.5,
    mini_batch_size: int = 10,
    n_steps: int = 50,
    seed: int = 0,
) -> SGDRecord:
    """Train a 784-16-10 network from scaled weights, and record every mini-batch.

    The "full" gradient is the one over the first 2,000 rows of `x`: to compute it over all 50,000
    at every step would be slow.

    Parameters
    ----------
    x : array_like, shape (n, 784)
        Images to draw the mini-batches from; only the rows that are used are looked at.
    y : array_like of int, shape (n,)
        Their labels.
    validation : tuple of (x, y)
        Images that cost and accuracy are measured on: the first 500.
    eta : float
        The learning rate η, above 0.
    mini_batch_size : int
        m, at least 1.
    n_steps : int
        Mini-batches to learn from, at least 1; together they hold at most n images.
    seed : int
        Seed of the weights and of the order of the images. The network and the order are those of
        ``Network([784, 16, 10], init="scaled", seed=seed)`` and ``default_rng(seed).permutation(n)``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    eta = validate.positive("eta", eta)
    m = validate.whole("mini_batch_size", mini_batch_size, at_least=1)
    n_steps = validate.whole("n_steps", n_steps, at_least=1)
    x, y = validate.real("x", x), validate.real("y", y)
    validate.same_length("x", x, "y", y)
    if n_steps * m > len(x):
        raise ValueError(f"n_steps · mini_batch_size must be at most {len(x)} images, got {n_steps * m}")
    network = Network(SIZES, init="scaled", seed=seed)
    sample = _pile(("x", "y"), (x, y), SAMPLE)
    measured = _pile(("validation x", "validation y"), validate.pair("validation", validation), MEASURED)
    order = np.random.default_rng(seed).permutation(len(x))[: n_steps * m].reshape(n_steps, m)
    steps = []
    with one_blas_thread():
        states = [_state(network, *measured)]
        for chosen in order:
            steps.append(_step(network, x[chosen], y[chosen], sample, eta))
            states.append(_state(network, *measured))
    return SGDRecord(
        eta, len(x), len(sample[0]), len(measured[0]), images=x[order[:, :SHOWN]], labels=y[order],
        **_columns(steps), **_columns(states),
    )  # fmt: skip


def _pile(names: tuple[str, str], pair: tuple[ArrayLike, ArrayLike], most: int) -> tuple[Array, Array]:
    """Return at most `most` images as rows and their targets."""
    x, y = (validate.real(name, part) for name, part in zip(names, pair, strict=True))
    rows = validate.rows(names[0], x[:most], SIZES[0], np.float32)
    labels = validate.labels(names[1], y[:most], SIZES[-1])
    validate.same_length(names[0], rows, names[1], labels)
    return rows, mnist.one_hot(labels)


def _columns(rows: list[dict[str, Any]]) -> dict[str, Array]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _state(network: Network, x: Array, targets: Array) -> dict[str, Any]:
    """Return what belongs to the network between two updates."""
    outputs = network.feedforward(x)
    return {
        "weight": network.weights[1][OUTPUT, HIDDEN],
        "hidden_weights": network.weights[0].copy(),
        "measured_cost": costs.quadratic(outputs, targets).mean(),
        "right": (answers(outputs) == answers(targets)).sum(),
    }


def _step(network: Network, x: Array, y: Array, sample: tuple[Array, Array], eta: float) -> dict[str, Any]:
    """Measure a mini-batch, then update the network by it."""
    full = _arrow(*network.backprop(*sample))
    trace = network.trace(x, y)
    own = _arrow(trace.nabla_weights, trace.nabla_biases)
    network.descend(trace.nabla_weights, trace.nabla_biases, eta)
    return {
        "answers": answers(trace.activations[2]),
        "cost": trace.costs.mean(),
        "deltas": trace.deltas[1][:, OUTPUT],
        "activations": trace.activations[1][:, HIDDEN],
        "gradient": trace.nabla_weights[1][OUTPUT, HIDDEN],
        "dot": own @ full,
        "norm": np.linalg.norm(own),
        "full_norm": np.linalg.norm(full),
    }


def _arrow(nabla_weights: list[Array], nabla_biases: list[Array]) -> Array:
    """Return all components of a gradient in one vector."""
    return np.concatenate([nabla.ravel() for nabla in (*nabla_weights, *nabla_biases)])
