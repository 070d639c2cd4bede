"""What the exercises of notebook 05 are tried with: small networks that can be read, one example a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib.lessons.exercise import Exercise, Function, Trial
from nblib.lessons.result import Wrong
from nblib.network import Network

Array = NDArray[Any]
Case = tuple[Network, Array, Array]

_SQUARE = (((2, 2), 1), ((2, 2, 2), 2), ((2, 2, 2, 2), 3), ((3, 3, 3, 3), 2))
_OTHERS = (((2, 3, 1), 1), ((2, 3, 1), 4), ((3, 4, 2), 3), ((3, 2, 4, 1), 2), ((2, 3, 3, 2), 2))


def outputs(rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield z and targets of a last layer."""
    yield np.array([[0.0]]), np.array([[1.0]])
    yield np.array([[2.0]]), np.array([[0.0]])
    yield np.array([[1.0, -2.0]]), np.array([[1.0, 0.0]])
    for shape in ((2, 1), (2, 2), (3, 2), (4, 3), (1, 5)):
        yield np.round(rng.normal(size=shape), 1), rng.integers(2, size=shape).astype(float)


def layers(rng: np.random.Generator) -> Iterator[tuple[Array, Array, Array]]:
    """Yield δ of a layer, the weights that lead into it, and z of the layer before."""
    yield np.array([[0.5]]), np.array([[2.0]]), np.array([[1.0]])
    sizes = ["112", "121", "122", "222", "233", "123", "312", "432", "524"]
    for m, n_out, n_in in (map(int, of_one) for of_one in sizes):
        yield tuple(np.round(rng.normal(size=shape), 1) for shape in ((m, n_out), (n_out, n_in), (m, n_in)))


def networks(rng: np.random.Generator) -> Iterator[tuple[Watched, Array, Array]]:
    """Yield a network with examples and their targets: square ones, which let a turned matrix pass, too."""
    for sizes, m in (((2, 1), 1), ((2, 1), 2), ((1, 1, 1), 1), ((1, 1, 1), 2), *_SQUARE, *_OTHERS):
        yield _network(sizes, rng), *_examples(sizes, m, rng)
    for _ in range(2):
        sizes = rng.integers(1, 4, size=rng.integers(2, 5)).tolist()
        yield _network(sizes, rng), *_examples(sizes, int(rng.integers(1, 4)), rng)


def networks_without_backprop(rng: np.random.Generator) -> Iterator[Case]:
    """Yield the same, but for the network's own backpropagation."""
    for network, x, y in networks(rng):
        network.asked = _refuse
        yield network, x, y


def single_examples(rng: np.random.Generator) -> Iterator[Case]:
    """Yield a network with one example and its target, which are no rows."""
    shapes = [(1, 1), (2, 1), (1, 1, 1), (2, 2), (2, 2, 2), (3, 3, 3, 3), (2, 3, 2), (3, 4, 2), (2, 3, 4, 1)]
    for sizes in shapes:
        x, y = _examples(sizes, 1, rng)
        yield _network(sizes, rng), x[0], y[0]


def _network(sizes: Sequence[int], rng: np.random.Generator) -> Watched:
    network = Watched(sizes, lambda: None)
    weights, biases = ([_readable(a.shape, rng) for a in part] for part in (network.weights, network.biases))
    network.set_parameters(weights, biases)
    return network


def _examples(sizes: Sequence[int], m: int, rng: np.random.Generator) -> tuple[Array, Array]:
    return _readable((m, sizes[0]), rng), rng.integers(2, size=(m, sizes[-1])).astype(float)


def _readable(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return numbers with one digit after the point, none of them 0."""
    return rng.integers(1, 16, size=shape) * rng.choice([-0.1, 0.1], size=shape)


class Watched(Network):
    """A network that calls `asked` whenever its slopes are asked for, in whatever way.

    A copy of it calls the same function, and counts its costs and outputs together with it: `looks`
    says how often somebody looked at them.
    """

    def __init__(self, sizes: Sequence[int], asked: Callable[[], None], seed: int = 0) -> None:
        super().__init__(sizes, seed=seed, dtype=np.float64)
        looked: list[None] = []
        self.asked, self.look, self.looks = asked, lambda: looked.append(None), lambda: len(looked)

    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Count, and return the cost."""
        self.look()
        return super().cost(x, y)

    def feedforward(self, x: ArrayLike) -> Array:
        """Count, and return the outputs."""
        self.look()
        return super().feedforward(x)

    def backward(self, *way: Any) -> Any:
        """Tell, and go backwards as every network does."""
        self.asked()
        return super().backward(*way)


def _refuse() -> None:
    raise Wrong(
        "Here the network's own backprop, trace and updates are put away: what they compute is what you "
        "write. All you need is network.weights and network.biases (and feedforward, to measure)."
    )


class InRows(Exercise):
    """An exercise with one example per row: where shapes do not fit, that is the likely reason."""

    def remark(self, trials: Sequence[Trial]) -> str | None:
        """Say of slopes that were measured, knob by knob, that they were."""
        networks = [trial.case[0] for trial in trials if isinstance(trial.case[0], Watched)]
        if not networks or any(network.looks() < network.n_parameters for network in networks):
            return None
        return (
            "It measures them, with at least one forward pass for each knob. That is right, and far too slow "
            "for notebook 6: the four equations need one pass back for all of them."
        )

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


def in_rows(**named: Any) -> Callable[[Function], InRows]:
    """Make an exercise with one example per row of the decorated function, as `exercise` does."""
    return lambda reference: InRows(reference, **named)


def _is_of_shapes(error: BaseException | None) -> bool:
    says = ("matmul:", "not aligned", "could not be broadcast", "non-broadcastable")
    return isinstance(error, ValueError) and any(one in str(error) for one in says)
