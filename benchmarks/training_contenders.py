"""Who takes part in `training_speed.py`: the same training, done in several ways.

All have the same examples in the same order, the same initial weights, cost and learning rate, and numbers
of 32 bits, so that they end at the same weights; `training_speed.py` checks that. Only scikit-learn has
initial weights, an order and a cost of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from time import perf_counter, process_time
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nblib import Network, mnist
from nblib.classifier import Classifier
from nblib.schedules import cosine

Array = NDArray[Any]
Parameters = tuple[list[Array], list[Array]]
Product = tuple[Callable[[Array, Array, Array], Any], Array, Array, Array]
"""NumPy's function, two factors, and room for what comes out."""

MOMENTUM = 0.9


@dataclass(frozen=True)
class Data:
    """Digits as rows, with their labels; `y_train` is one-hot."""

    x_train: Array
    y_train: Array
    labels: Array
    x_test: Array
    y_test: Array

    @classmethod
    def load(cls, n_train: int, n_test: int) -> Data:
        digits = mnist.load()
        x, labels = digits.x_train[:n_train], digits.y_train[:n_train]
        return cls(x, mnist.one_hot(labels), labels, digits.x_test[:n_test], digits.y_test[:n_test])


@dataclass(frozen=True)
class Plan:
    """What is to be trained, and how.

    Sigmoid, quadratic cost, plain SGD; or, if `modern`, ReLU, softmax with cross-entropy, momentum, and a
    learning rate that falls to 0 over all `epochs` like half a cosine.
    """

    sizes: tuple[int, ...]
    mini_batch: int
    eta: float = 1.0
    epochs: int = 1000
    modern: bool = False
    seed: int = 0

    def __str__(self) -> str:
        return "-".join(map(str, self.sizes))

    def network(self) -> Network | Classifier:
        if self.modern:
            return Classifier(self.sizes, seed=self.seed)
        return Network(self.sizes, init="scaled", seed=self.seed)

    def start(self) -> Parameters:
        network = self.network()
        return network.weights, network.biases

    def orders(self, n: int) -> Iterator[Array]:
        """Give the order of the examples in each epoch, the one of `Network.sgd`."""
        rng = np.random.default_rng(self.seed)
        while True:
            yield rng.permutation(n)

    def etas(self, n: int) -> Iterator[Array]:
        """Give the learning rates of the steps of each epoch."""
        steps = -(-n // self.mini_batch)
        schedule = cosine() if self.modern else lambda t: 1.0
        for epoch in range(self.epochs):
            done = (epoch * steps + np.arange(steps) + 0.5) / (self.epochs * steps)
            yield self.eta * np.array([schedule(t) for t in done], np.float32)


class Contender:
    """One way to train: `prepare` gets all ready, which is not timed; each `epoch` passes through the data.

    `needs` is the package that must be installed, `exact` says whether it ends at nblib's weights,
    `knows_modern` whether it can follow a modern plan, `learns` whether it learns at all; `compiled_in` tells
    how many seconds it took to compile something beforehand.
    """

    name: ClassVar[str]
    needs: ClassVar[str] = "numpy"
    exact: ClassVar[bool] = True
    knows_modern: ClassVar[bool] = True
    learns: ClassVar[bool] = True
    compiled_in: float = 0.0

    def __init__(self, plan: Plan, data: Data) -> None:
        self.plan = plan
        self.orders, self.etas = plan.orders(len(data.x_train)), plan.etas(len(data.x_train))
        self.prepare(data)

    @classmethod
    def short_name(cls) -> str:
        return cls.__name__.lower() if cls.needs == "numpy" else cls.needs

    @classmethod
    def installed(cls) -> bool:
        return find_spec(cls.needs) is not None

    @classmethod
    def last_epoch(cls, plan: Plan) -> int:
        """Return how many epochs it may train, of a plan that is to reach something."""
        return plan.epochs

    def prepare(self, data: Data) -> None:
        raise NotImplementedError

    def epoch(self) -> None:
        raise NotImplementedError

    def parameters(self) -> Parameters:
        """Return weights (n_l, n_{l−1}) and biases (n_l,)."""
        raise NotImplementedError

    def accuracy(self, data: Data) -> float:
        """Return the fraction of the test digits that are read rightly."""
        network = self.plan.network()
        network.set_parameters(*self.parameters())
        return network.accuracy(data.x_test, data.y_test)


class Nblib(Contender):
    name = "nblib"

    def prepare(self, data: Data) -> None:
        plan, self.network = self.plan, self.plan.network()
        more = {"momentum": MOMENTUM, "schedule": cosine()} if plan.modern else {}
        few = data.x_train[:1], data.y_train[:1]  # what a record measures is no part of the training
        sgd = partial(self.network.sgd, data.x_train, data.y_train, validation=few, seed=plan.seed, **more)
        self.records = sgd(plan.epochs, plan.mini_batch, plan.eta)

    def epoch(self) -> None:
        next(self.records)

    def parameters(self) -> Parameters:
        return self.network.weights, self.network.biases


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z: Array) -> Array:
    return sigmoid(z) * (1 - sigmoid(z))


class PerExampleLoop(Contender):
    """One example after the other, as in the third article, with what its code lacks.

    There, the gradients of the last layer are never stored, so that it does not learn. And there, numbers
    have 64 bits; with 32, which all others have too, the loop takes a half to four fifths of the time.
    """

    name = "per-example loop"
    knows_modern = False

    def prepare(self, data: Data) -> None:
        self.weights, biases = self.plan.start()
        self.biases = [b[:, None] for b in biases]
        self.examples = list(zip(data.x_train[:, :, None], data.y_train[:, :, None], strict=True))

    def epoch(self) -> None:
        order, m = next(self.orders).tolist(), self.plan.mini_batch
        for k in range(0, len(order), m):
            self.update_mini_batch([self.examples[i] for i in order[k : k + m]], self.plan.eta)

    def update_mini_batch(self, mini_batch: list[tuple[Array, Array]], eta: float) -> None:
        nabla_b = [np.zeros_like(b) for b in self.biases]
        nabla_w = [np.zeros_like(w) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b, strict=True)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w, strict=True)]
        rate = eta / len(mini_batch)
        self.weights = [w - rate * nw for w, nw in zip(self.weights, nabla_w, strict=True)]
        self.biases = [b - rate * nb for b, nb in zip(self.biases, nabla_b, strict=True)]

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        zs, activations = [], [x]
        for w, b in zip(self.weights, self.biases, strict=True):
            zs.append(np.dot(w, activations[-1]) + b)
            activations.append(sigmoid(zs[-1]))
        nabla_b = [np.zeros_like(b) for b in self.biases]
        nabla_w = [np.zeros_like(w) for w in self.weights]
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for l in range(2, len(self.weights) + 1):
            delta = np.dot(self.weights[-l + 1].T, delta) * sigmoid_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_b, nabla_w

    def parameters(self) -> Parameters:
        return self.weights, [b[:, 0] for b in self.biases]


class ScikitLearn(Contender):
    """The nearest that MLPClassifier offers.

    Ten sigmoids with the cross-entropy of each, since it has no quadratic cost for classes; for a modern
    plan ReLU, softmax and its default optimiser, Adam, since it has no such schedule.
    """

    name = "scikit-learn MLPClassifier"
    needs = "sklearn"
    exact = False

    @classmethod
    def last_epoch(cls, plan: Plan) -> int:
        return 3 * plan.epochs if plan.modern else plan.epochs  # its learning rate does not fall to 0

    def prepare(self, data: Data) -> None:
        from sklearn.neural_network import MLPClassifier

        plan = self.plan
        options: dict[str, Any] = {"alpha": 0.0, "batch_size": plan.mini_batch, "random_state": plan.seed}
        if not plan.modern:
            options |= {"activation": "logistic", "solver": "sgd", "momentum": 0.0}
            options |= {"nesterovs_momentum": False}
            options |= {"learning_rate_init": plan.eta / 2}  # no σ′ in δ^L makes its steps larger
        self.classifier = MLPClassifier(plan.sizes[1:-1], **options)
        targets = data.labels if plan.modern else data.y_train.astype(int)
        few = slice(plan.mini_batch)
        self.classifier.partial_fit(data.x_train[few], targets[few], classes=np.arange(10))  # sets it up
        self.again = partial(self.classifier.partial_fit, data.x_train, targets)

    def epoch(self) -> None:
        self.again()

    def parameters(self) -> Parameters:
        return [w.T for w in self.classifier.coefs_], self.classifier.intercepts_


class PyTorch(Contender):
    """Modules, autograd and an optimiser, one operation at a time."""

    name = "PyTorch eager"
    needs = "torch"

    def prepare(self, data: Data) -> None:
        import torch

        torch.set_num_threads(1)
        plan = self.plan
        layers: list[torch.nn.Module] = []
        for w, b in zip(*plan.start(), strict=True):
            linear = torch.nn.Linear(*w.shape[::-1])
            linear.weight.data, linear.bias.data = torch.from_numpy(w), torch.from_numpy(b)
            layers += [linear, torch.nn.ReLU() if plan.modern else torch.nn.Sigmoid()]
        self.model = torch.nn.Sequential(*(layers[:-1] if plan.modern else layers))
        momentum = MOMENTUM if plan.modern else 0
        self.optimiser = torch.optim.SGD(self.model.parameters(), plan.eta, momentum=momentum)
        self.x = torch.from_numpy(data.x_train)
        self.y = torch.from_numpy(data.labels if plan.modern else data.y_train)

    def cost(self, a: Any, y: Any) -> Any:
        from torch.nn import functional

        if self.plan.modern:
            return functional.cross_entropy(a, y)
        return 0.5 * functional.mse_loss(a, y, reduction="sum") / len(y)

    def epoch(self) -> None:
        import torch

        batches = torch.from_numpy(next(self.orders)).split(self.plan.mini_batch)
        for rows, eta in zip(batches, next(self.etas).tolist(), strict=True):
            self.optimiser.param_groups[0]["lr"] = eta
            self.optimiser.zero_grad()
            self.cost(self.model(self.x[rows]), self.y[rows]).backward()
            self.optimiser.step()

    def parameters(self) -> Parameters:
        arrays = [parameter.detach().numpy() for parameter in self.model.parameters()]
        return arrays[::2], arrays[1::2]


class Jax(Contender):
    """A whole epoch compiled into one function."""

    name = "JAX, epoch compiled"
    needs = "jax"

    @classmethod
    def installed(cls) -> bool:
        return super().installed() and find_spec("jaxlib") is not None

    def prepare(self, data: Data) -> None:
        jax = _jax_on_one_thread()
        parameters = [(w.copy(), b.copy()) for w, b in zip(*self.plan.start(), strict=True)]
        velocities = jax.tree.map(np.zeros_like, parameters) if self.plan.modern else []
        self.state = jax.tree.map(jax.numpy.array, (parameters, velocities))
        self.data = jax.numpy.array(data.x_train), jax.numpy.array(data.y_train)
        n = len(data.x_train)
        shapes = np.zeros(n, np.int32), np.zeros(-(-n // self.plan.mini_batch), np.float32)
        begun = perf_counter()
        whole = jax.jit(self._epoch, donate_argnums=0)
        self.compiled = whole.lower(self.state, *self.data, *shapes).compile()
        self.compiled_in = perf_counter() - begun

    def _cost(self, parameters: Any, x: Any, y: Any) -> Any:
        from jax import nn

        *hidden, (w_last, b_last) = parameters
        for w, b in hidden:
            x = (nn.relu if self.plan.modern else nn.sigmoid)(x @ w.T + b)
        z = x @ w_last.T + b_last
        if self.plan.modern:
            return -(y * nn.log_softmax(z)).sum() / len(y)
        return 0.5 * ((nn.sigmoid(z) - y) ** 2).sum() / len(y)

    def _epoch(self, state: Any, x: Any, y: Any, order: Any, etas: Any) -> Any:
        import jax

        def step(state: Any, batch: Any) -> tuple[Any, None]:
            (parameters, velocities), (rows, eta) = state, batch
            nabla = jax.grad(self._cost)(parameters, x[rows], y[rows])
            if not self.plan.modern:
                return (jax.tree.map(lambda p, g: p - eta * g, parameters, nabla), velocities), None
            velocities = jax.tree.map(lambda v, g: MOMENTUM * v - eta * g, velocities, nabla)
            return (jax.tree.map(lambda p, v: p + v, parameters, velocities), velocities), None

        m = self.plan.mini_batch
        whole = len(order) // m
        state, _ = jax.lax.scan(step, state, (order[: whole * m].reshape(whole, m), etas[:whole]))
        if len(order) % m:
            state, _ = step(state, (order[whole * m :], etas[-1]))
        return state

    def epoch(self) -> None:
        order = next(self.orders).astype(np.int32)
        self.state = self.compiled(self.state, *self.data, order, next(self.etas))
        for w, _ in self.state[0]:
            w.block_until_ready()

    def parameters(self) -> Parameters:
        parameters = self.state[0]
        return [np.array(w) for w, _ in parameters], [np.array(b) for _, b in parameters]


def _jax_on_one_thread() -> Any:
    one = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    if one not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {one}".strip()
    os.environ |= {"NPROC": "1", "JAX_PLATFORMS": "cpu"}  # NPROC is the size of its pool of threads
    import jax

    return jax


class Floor(Contender):
    """What NumPy itself takes: the rows gathered and the matrix products of BP1–BP4, and nothing else.

    Every result goes into memory that is there already, and nothing is learnt. Examples are columns or
    rows, whichever is quicker on this machine.
    """

    name = "floor: products and gather"
    exact = False
    learns = False

    def prepare(self, data: Data) -> None:
        self.x, m = data.x_train, self.plan.mini_batch
        self.rows = {k: np.empty((k, self.plan.sizes[0]), np.float32) for k in {m, len(self.x) % m} - {0}}
        weights, _ = self.plan.start()
        self.quickest = min(
            ({k: products(weights, x, columns) for k, x in self.rows.items()} for columns in (True, False)),
            key=partial(self._seconds, order=next(self.orders)[: 300 * m]),
        )

    def _seconds(self, layout: dict[int, list[Product]], order: Array) -> float:
        def once() -> float:
            begun = process_time()
            self._pass(layout, order)
            return process_time() - begun

        return min(once() for _ in range(3))

    def epoch(self) -> None:
        self._pass(self.quickest, next(self.orders))

    def _pass(self, layout: dict[int, list[Product]], order: Array) -> None:
        m = self.plan.mini_batch
        for k in range(0, len(order), m):
            chosen = order[k : k + m]
            self.x.take(chosen, axis=0, out=self.rows[len(chosen)], mode="clip")
            for product, left, right, out in layout[len(chosen)]:
                product(left, right, out)


def products(weights: list[Array], x: Array, columns: bool) -> list[Product]:
    """Return the matrix products of an update on the rows of `x`: for each z^l, for BP2, and for BP4.

    The numbers of the other factors do not matter; all are 0.1. np.dot is called more quickly than np.matmul,
    but fills the result with zeros first, which takes longer for the gradients.
    """

    def layer(w: Array) -> Array:
        return np.full((len(x), len(w)), 0.1, np.float32, order="F" if columns else "C")

    a, deltas = [x, *map(layer, weights[:-1])], [layer(w) for w in weights]
    pairs = [(a_in, w.T) for a_in, w in zip(a, weights, strict=True)]
    pairs += zip(deltas[:0:-1], weights[:0:-1], strict=True)
    if columns:
        pairs = [(right.T, left.T) for left, right in pairs]
    every = [(np.dot, *pair) for pair in pairs]
    every += [(np.matmul, delta.T, a_in) for delta, a_in in zip(deltas, a, strict=True)]
    shapes = [(len(left), right.shape[1]) for _, left, right in every]
    return [(*one, np.empty(shape, np.float32)) for one, shape in zip(every, shapes, strict=True)]


CONTENDERS: tuple[type[Contender], ...] = (Nblib, PerExampleLoop, ScikitLearn, PyTorch, Jax, Floor)
