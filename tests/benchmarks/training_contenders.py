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
from nblib.modern import Classifier, cosine

Array = NDArray[Any]
Parameters = tuple[list[Array], list[Array]]

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
        labels = digits.y_train[:n_train]
        return cls(
            np.ascontiguousarray(digits.x_train[:n_train]),
            mnist.one_hot(labels),
            labels,
            digits.x_test[:n_test],
            digits.y_test[:n_test],
        )


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

    def accuracy(self, parameters: Parameters, data: Data) -> float:
        network = self.network()
        network.set_parameters(*parameters)
        return network.accuracy(data.x_test, data.y_test)

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
    """One way to train.

    `prepare` gets all ready, which is not timed; each `epoch` passes once through the data. `needs` is the
    package that must be installed, `exact` says whether it ends at nblib's weights, and `knows_modern`
    whether it can follow a modern plan.
    """

    name: ClassVar[str]
    needs: ClassVar[str] = "numpy"
    exact: ClassVar[bool] = True
    knows_modern: ClassVar[bool] = True

    @classmethod
    def short_name(cls) -> str:
        return cls.__name__.lower() if cls.needs == "numpy" else cls.needs

    @classmethod
    def installed(cls) -> bool:
        return find_spec(cls.needs) is not None

    def prepare(self, plan: Plan, data: Data) -> None:
        raise NotImplementedError

    def epoch(self) -> None:
        raise NotImplementedError

    def parameters(self) -> Parameters:
        """Return weights (n_l, n_{l−1}) and biases (n_l,)."""
        raise NotImplementedError


class Nblib(Contender):
    name = "nblib"

    def prepare(self, plan: Plan, data: Data) -> None:
        self.network = plan.network()
        more = {"momentum": MOMENTUM, "schedule": cosine()} if plan.modern else {}
        few = data.x_train[:1], data.y_train[:1]  # what a record measures is no part of the training
        self.records = self.network.sgd(
            data.x_train,
            data.y_train,
            plan.epochs,
            plan.mini_batch,
            plan.eta,
            test=few,
            seed=plan.seed,
            **more,
        )

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

    def prepare(self, plan: Plan, data: Data) -> None:
        self.weights, biases = plan.start()
        self.biases = [b[:, None] for b in biases]
        self.examples = list(zip(data.x_train[:, :, None], data.y_train[:, :, None], strict=True))
        self.orders = plan.orders(len(self.examples))
        self.plan = plan

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

    def prepare(self, plan: Plan, data: Data) -> None:
        from sklearn.neural_network import MLPClassifier

        plain = {
            "activation": "logistic",
            "solver": "sgd",
            "momentum": 0.0,
            "nesterovs_momentum": False,
            "learning_rate_init": plan.eta / 2,  # no σ′ in δ^L makes its steps larger
        }
        self.classifier = MLPClassifier(
            plan.sizes[1:-1],
            alpha=0.0,
            batch_size=plan.mini_batch,
            random_state=plan.seed,
            **({} if plan.modern else plain),
        )
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

    def prepare(self, plan: Plan, data: Data) -> None:
        import torch

        torch.set_num_threads(1)
        layers: list[torch.nn.Module] = []
        for w, b in zip(*plan.start(), strict=True):
            linear = torch.nn.Linear(*w.shape[::-1])
            linear.weight.data, linear.bias.data = torch.from_numpy(w), torch.from_numpy(b)
            layers += [linear, torch.nn.ReLU() if plan.modern else torch.nn.Sigmoid()]
        self.model = torch.nn.Sequential(*(layers[:-1] if plan.modern else layers))
        self.cost: Callable[[Any, Any], Any] = (
            torch.nn.functional.cross_entropy
            if plan.modern
            else lambda a, y: 0.5 * torch.nn.functional.mse_loss(a, y, reduction="sum") / len(y)
        )
        self.optimiser = torch.optim.SGD(
            self.model.parameters(), plan.eta, momentum=MOMENTUM if plan.modern else 0
        )
        self.x = torch.from_numpy(data.x_train)
        self.y = torch.from_numpy(data.labels if plan.modern else data.y_train)
        self.orders, self.etas = plan.orders(len(self.x)), plan.etas(len(self.x))
        self.plan = plan

    def epoch(self) -> None:
        import torch

        order = torch.from_numpy(next(self.orders))
        batches = order.split(self.plan.mini_batch)
        for rows, eta in zip(batches, next(self.etas).tolist(), strict=True):
            self.optimiser.param_groups[0]["lr"] = eta
            self.optimiser.zero_grad()
            self.cost(self.model(self.x[rows]), self.y[rows]).backward()
            self.optimiser.step()

    def parameters(self) -> Parameters:
        arrays = [parameter.detach().numpy() for parameter in self.model.parameters()]
        return arrays[::2], arrays[1::2]


class Jax(Contender):
    """A whole epoch compiled into one function; `compiled_in` tells how many seconds that took."""

    name = "JAX, epoch compiled"
    needs = "jax"
    compiled_in = 0.0

    @classmethod
    def installed(cls) -> bool:
        return super().installed() and find_spec("jaxlib") is not None

    def prepare(self, plan: Plan, data: Data) -> None:
        jax = _jax_on_one_thread()
        m, n = plan.mini_batch, len(data.x_train)

        def cost(parameters: Any, x: Any, y: Any) -> Any:
            *hidden, last = parameters
            for w, b in hidden:
                z = x @ w.T + b
                x = jax.nn.relu(z) if plan.modern else jax.nn.sigmoid(z)
            z = x @ last[0].T + last[1]
            if plan.modern:
                return -(y * jax.nn.log_softmax(z)).sum() / len(y)
            return 0.5 * ((jax.nn.sigmoid(z) - y) ** 2).sum() / len(y)

        def epoch(state: Any, x: Any, y: Any, order: Any, etas: Any) -> Any:
            def step(state: Any, batch: Any) -> tuple[Any, None]:
                parameters, velocities = state
                rows, eta = batch
                nabla = jax.grad(cost)(parameters, x[rows], y[rows])
                if plan.modern:
                    velocities = jax.tree.map(lambda v, g: MOMENTUM * v - eta * g, velocities, nabla)
                    return (jax.tree.map(lambda p, v: p + v, parameters, velocities), velocities), None
                return (jax.tree.map(lambda p, g: p - eta * g, parameters, nabla), velocities), None

            whole = n // m
            batches = order[: whole * m].reshape(whole, m), etas[:whole]
            state, _ = jax.lax.scan(step, state, batches)
            if n % m:
                state, _ = step(state, (order[whole * m :], etas[-1]))
            return state

        parameters = [(w.copy(), b.copy()) for w, b in zip(*plan.start(), strict=True)]
        velocities = jax.tree.map(np.zeros_like, parameters) if plan.modern else []
        self.state = jax.tree.map(jax.numpy.array, (parameters, velocities))
        self.data = jax.numpy.array(data.x_train), jax.numpy.array(data.y_train)
        self.orders, self.etas = plan.orders(n), plan.etas(n)
        shapes = np.zeros(n, np.int32), np.zeros(-(-n // m), np.float32)
        begun = perf_counter()
        self.compiled = jax.jit(epoch, donate_argnums=0).lower(self.state, *self.data, *shapes).compile()
        self.compiled_in = perf_counter() - begun

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
    knows_modern = False

    def prepare(self, plan: Plan, data: Data) -> None:
        self.x, self.m = data.x_train, plan.mini_batch
        self.orders = plan.orders(len(self.x))
        self.rows = {
            m: np.empty((m, plan.sizes[0]), np.float32) for m in {self.m, len(self.x) % self.m} - {0}
        }
        weights, _ = plan.start()
        layouts = [
            {m: products(weights, x, columns) for m, x in self.rows.items()} for columns in (True, False)
        ]
        some = next(self.orders)[: 300 * self.m]
        trials = [min(self._timed(layout, some) for _ in range(3)) for layout in layouts]
        self.products = layouts[int(np.argmin(trials))]

    def _timed(self, layout: dict[int, list[tuple[Array, Array, Array]]], order: Array) -> float:
        self.products = layout
        begun = process_time()
        self._pass(order)
        return process_time() - begun

    def epoch(self) -> None:
        self._pass(next(self.orders))

    def _pass(self, order: Array) -> None:
        for k in range(0, len(order), self.m):
            chosen = order[k : k + self.m]
            self.x.take(chosen, axis=0, out=self.rows[len(chosen)], mode="clip")
            for left, right, out in self.products[len(chosen)]:
                np.dot(left, right, out)


def products(weights: list[Array], x: Array, columns: bool) -> list[tuple[Array, Array, Array]]:
    """Return the factors of each matrix product of an update on the rows of `x`, and room for the result."""

    def room(w: Array) -> Array:
        return np.full((len(w), len(x)) if columns else (len(x), len(w)), 0.1, np.float32)

    a = [x.T if columns else x, *map(room, weights)]
    deltas = [room(w) for w in weights]
    nablas = [np.empty_like(w) for w in weights]
    forwards = list(zip(weights, a[:-1], a[1:], strict=True))
    backwards = list(zip(weights[:0:-1], deltas[:0:-1], deltas[-2::-1], strict=True))
    gradients = list(zip(deltas, a[:-1], nablas, strict=True))
    if columns:
        backwards = [(w.T, delta, out) for w, delta, out in backwards]
        gradients = [(delta, a_in.T, out) for delta, a_in, out in gradients]
    else:
        forwards = [(a_in, w.T, out) for w, a_in, out in forwards]
        backwards = [(delta, w, out) for w, delta, out in backwards]
        gradients = [(delta.T, a_in, out) for delta, a_in, out in gradients]
    return forwards + backwards + gradients


CONTENDERS: tuple[type[Contender], ...] = (Nblib, PerExampleLoop, ScikitLearn, PyTorch, Jax, Floor)
