"""What the exercises of notebook 06 are tried with: digits, runs whose accuracies are known, epochs."""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.layers import Gradients
from nblib.lessons.compare import form, same
from nblib.lessons.exercise import Function, one_function
from nblib.lessons.result import Wrong
from nblib.network import Network
from nblib.runs.epochs import EpochRecord

Array = NDArray[Any]
Labels = NDArray[np.int64]
Parameters = tuple[list[Array], list[Array]]

# -- digits, and how brightly they are answered ---------------------------------------------------


def digits(rng: np.random.Generator) -> Iterator[tuple[Labels]]:
    """Yield labels: few, all ten, and many."""
    for some in ([3], [0], [9], [2, 0], [1, 1, 8]):
        yield (np.array(some),)
    yield (rng.permutation(10),)
    for _ in range(5):
        yield (rng.integers(10, size=int(rng.integers(4, 13))),)


def outputs(rng: np.random.Generator) -> Iterator[tuple[Array, Labels]]:
    """Yield outputs of a network and labels."""
    yield np.array([[0.1, 0.2, 0.9, 0.1, 0.3, 0.1, 0.6, 0.1, 0.2, 0.1]]), np.array([2])
    yield np.array([[0.1, 0.2, 0.4, 0.1, 0.3, 0.1, 0.2, 0.1, 0.2, 0.1]]), np.array([2])  # bright enough
    yield np.array([[0.3, 0.1, 1.0, 0.2, 0.4, 0.2, 0.3, 0.2, 0.3, 0.2]]), np.array([1])  # wrong, though 1.0
    for n in (4, 5, 7, 10, 12, 12):
        labels = rng.integers(10, size=n)
        bright = rng.uniform(0, 0.8, size=(n, 10))
        bright[np.arange(n), labels] += rng.uniform(0, 0.7, size=n)
        bright[-1, labels[-1]] = 0  # the darkest
        yield bright, labels


# -- runs -----------------------------------------------------------------------------------------


class Run:
    """Stands in for `Network.sgd`: its accuracies are known beforehand, and it counts the epochs taken."""

    def __init__(self, *accuracies: float) -> None:
        self.accuracies, self.trained = accuracies, 0

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> EpochRecord:
        if self.trained == len(self.accuracies):
            raise StopIteration
        self.trained += 1
        reached = self.accuracies[self.trained - 1]
        return EpochRecord(self.trained, cost=0.5 * (1 - reached), accuracy=reached, seconds=0.25)

    def __repr__(self) -> str:
        return f"a run with the accuracies {', '.join(f'{one:.2f}' for one in self.accuracies)}"


def runs(rng: np.random.Generator) -> Iterator[tuple[Run, float]]:
    """Yield a run, and the accuracy that is wanted."""
    yield Run(0.96), 0.95
    yield Run(0.91, 0.96), 0.95
    yield Run(0.91, 0.95, 0.96), 0.95  # exactly
    yield Run(0.91, 0.93), 0.95  # never
    yield Run(0.92, 0.91, 0.94, 0.96, 0.95, 0.97), 0.95
    for _ in range(5):
        yield Run(*rng.integers(80, 98, size=8) / 100), 0.93


def came_to(epoch: Any, run: Run) -> dict[str, Any]:
    """Return what was answered, and how long was trained for it.

    Raises
    ------
    Wrong
        If nothing was answered.
    """
    if epoch is None:
        raise Wrong("It returns None. Is a `return` missing? If no epoch reaches what is wanted, return 0.")
    return {"epoch returned": epoch, "epochs trained": run.trained}


def that_stops(*answers: Any) -> Function:
    """Return the learner's function, made to tell for how long it trains."""
    function = one_function("epochs_until", answers)
    return functools.wraps(function)(lambda run, wanted: came_to(function(run, wanted), run))


# -- epochs ---------------------------------------------------------------------------------------


def epochs(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Yield a network and the rest of the arguments: from one neuron and one example upwards."""
    for sizes, n, mini_batch_size, eta in (
        ([1, 1], 1, 1, 0.5),
        ([1, 1], 2, 2, 2.0),
        ([1, 1], 4, 2, 2.0),
        ([2, 3, 3], 5, 2, 2.0),  # a last mini-batch of one
        ([2, 3, 3], 3, 10, 3.0),  # fewer examples than a mini-batch has
        ([3, 4, 2, 3], 11, 4, 1.0),
        ([3, 5, 10], 12, 1, 0.7),
        ([3, 5, 10], 12, 6, 3.0),
    ):
        network = Network(sizes, seed=n, dtype=np.float64)
        x, y = rng.uniform(size=(n, sizes[0])), rng.integers(max(2, sizes[-1]), size=n)
        yield network, x, y, rng.permutation(n), mini_batch_size, eta


def mini_batches(order: Sequence[Any], mini_batch_size: int) -> list[Any]:
    """Return an order of rows in pieces; the last one may be shorter."""
    return [order[start : start + mini_batch_size] for start in range(0, len(order), mini_batch_size)]


def descend(network: Network, gradients: Iterable[Gradients], etas: Iterable[float]) -> Parameters:
    """Take one step for each gradient; a gradient that is computed late sees the steps before it."""
    for gradient, eta in zip(gradients, etas, strict=False):
        network.descend(*gradient, eta)
    return network.weights, network.biases


def is_another_order(epoch: Function, start: Network, others: Sequence[Any], changed: Parameters) -> bool:
    """Tell whether an epoch is right but for a new order of the rows; only where these are few."""
    x, y, given, size, eta = others
    if len(x) > 5:
        return False

    def leads_there(order: Sequence[int]) -> bool:
        return same(epoch(copy.deepcopy(start), x, y, np.array(order), size, eta), changed)

    orders = itertools.permutations(range(len(x)))
    splits = {tuple(map(frozenset, mini_batches(order, size))) for order in orders}
    return not leads_there(given) and any(leads_there([*itertools.chain(*split)]) for split in splits)


def permutation(answer: Any, labels: Labels) -> Labels:
    """Return the answer as row numbers.

    Raises
    ------
    Wrong
        Unless each row comes exactly once.
    """
    if fault := form(labels, answer, "the order"):
        raise Wrong(f"It must return the {len(labels)} row numbers in another order: {fault}.")
    order = np.asarray(answer)
    if np.array_equal(np.sort(order), np.sort(labels)):
        raise Wrong(
            "These are the labels in another order. Row numbers were asked for: which row comes first, which "
            "second, …? (np.sort returns values, np.argsort says where they stand.)"
        )
    if not np.array_equal(np.sort(order), np.arange(len(labels))):
        raise Wrong(
            f"Each row number from 0 to {len(labels) - 1} must come exactly once: no image is left out, none "
            "comes twice."
        )
    return order.astype(np.int64)
