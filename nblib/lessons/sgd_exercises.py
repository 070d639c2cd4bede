"""More exercises of notebook 06: when to stop, an epoch of one's own, and the order of the images."""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib import Network, mnist
from nblib.lessons import calling
from nblib.lessons.compare import form, same
from nblib.lessons.exercise import Function, exercise, goal, one_function
from nblib.lessons.result import Wrong
from nblib.network import EpochRecord

Array = NDArray[Any]
Labels = NDArray[np.int64]


# -- 3. stop in time ------------------------------------------------------------------------------


class _Run:
    """Stands in for `Network.sgd`: its accuracies are known beforehand, and it counts the epochs taken."""

    def __init__(self, *accuracies: float) -> None:
        self.accuracies, self.trained = accuracies, 0

    def __iter__(self) -> _Run:
        return self

    def __next__(self) -> EpochRecord:
        if self.trained == len(self.accuracies):
            raise StopIteration
        self.trained += 1
        reached = self.accuracies[self.trained - 1]
        return EpochRecord(self.trained, cost=0.5 * (1 - reached), accuracy=reached, seconds=0.25)

    def __repr__(self) -> str:
        return f"a run with the accuracies {', '.join(f'{one:.2f}' for one in self.accuracies)}"


def _runs(rng: np.random.Generator) -> Iterator[tuple[_Run, float]]:
    yield _Run(0.96), 0.95
    yield _Run(0.91, 0.96), 0.95
    yield _Run(0.91, 0.95, 0.96), 0.95  # exactly
    yield _Run(0.91, 0.93), 0.95  # never
    yield _Run(0.92, 0.91, 0.94, 0.96, 0.95, 0.97), 0.95
    for _ in range(5):
        yield _Run(*rng.integers(80, 98, size=8) / 100), 0.93


def _that_stops(*answers: Any) -> Function:
    function = one_function("epochs_until", answers)

    @functools.wraps(function)
    def counted(run: _Run, wanted: float) -> dict[str, Any]:
        epoch = function(run, wanted)
        if epoch is None:
            raise Wrong(
                "It returns None. Is a `return` missing? If no epoch reaches what is wanted, return 0."
            )
        return _came_to(epoch, run)

    return counted


def _came_to(epoch: Any, run: _Run) -> dict[str, Any]:
    return {"epoch returned": epoch, "epochs trained": run.trained}


@exercise(
    notebook=6,
    title="Stop in time",
    learned="Your function trains until it is good enough, and no epoch longer.",
    cases=_runs,
    prepare=_that_stops,
    returns=("the epoch", "the number of epochs trained"),
    may_change=("run",),
)
def epochs_until(run: Iterator[EpochRecord], wanted: float) -> dict[str, int]:
    """First epoch whose accuracy is at least `wanted`, or 0; no record after it is taken from `run`."""
    return _came_to(next((record.epoch for record in run if record.accuracy >= wanted), 0), run)


@epochs_until.mistake(
    "The epoch is right, but the run goes on to its end: whoever asks for all records has the network "
    "trained for all epochs. Ask for one record at a time, and leave the loop."
)
def _to_the_end(run, wanted):
    return _came_to(next((record.epoch for record in list(run) if record.accuracy >= wanted), 0), run)


@epochs_until.mistake("It counts the epochs from 0. The first one has the number 1, as in record.epoch.")
def _epochs_from_zero(run, wanted):
    for i, record in enumerate(run):
        if record.accuracy >= wanted:
            return _came_to(i, run)
    return _came_to(0, run)


@epochs_until.mistake("It goes on where the wanted accuracy is reached exactly. At least is ≥, not >.")
def _more_than_wanted(run, wanted):
    return _came_to(next((record.epoch for record in run if record.accuracy > wanted), 0), run)


@epochs_until.mistake(
    "It returns the last epoch where none was good enough. Nobody could tell that from success: return 0."
)
def _last_for_never(run, wanted):
    for record in run:
        if record.accuracy >= wanted:
            break
    return _came_to(record.epoch, run)


@epochs_until.mistake(
    "It gives up after the first epoch. Only when the run is over is it clear that no epoch was good enough: "
    "return 0 after the loop, not inside."
)
def _gives_up(run, wanted):
    record = next(run)
    return _came_to(record.epoch if record.accuracy >= wanted else 0, run)


@epochs_until.mistake("It is turned round: it stops at the first epoch that is not good enough.")
def _below_wanted(run, wanted):
    return _came_to(next((record.epoch for record in run if record.accuracy < wanted), 0), run)


@epochs_until.mistake("It returns the accuracy that was reached. The number of the epoch was asked for.")
def _accuracy_for_epoch(run, wanted):
    return _came_to(next((record.accuracy for record in run if record.accuracy >= wanted), 0), run)


@epochs_until.mistake(
    "It trains one epoch more than it needs. Look at each record before you ask for the next one."
)
def _one_too_many(run, wanted):
    for record in run:
        if record.accuracy >= wanted:
            next(run, None)
            return _came_to(record.epoch, run)
    return _came_to(0, run)


@epochs_until.mistake("It returns the best epoch of all. The first that is good enough was asked for.")
def _best(run, wanted):
    records = list(run)
    best = max(records, key=lambda record: record.accuracy)
    return _came_to(best.epoch if best.accuracy >= wanted else 0, run)


@epochs_until.mistake(
    "It returns the last epoch that is good enough, and trains to the end to find it. The first one was "
    "asked for: leave the loop there."
)
def _last(run, wanted):
    good = [record.epoch for record in run if record.accuracy >= wanted]
    return _came_to(good[-1] if good else 0, run)


# -- 4. an epoch of your own ----------------------------------------------------------------------


Parameters = tuple[list[Array], list[Array]]


def _epochs(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Yield a network and the rest of the arguments: from one neuron and one example upwards."""

    def case(sizes: list[int], n: int, mini_batch_size: int, eta: float) -> tuple[Any, ...]:
        network = Network(sizes, seed=n, dtype=np.float64)
        x, y = rng.uniform(size=(n, sizes[0])), rng.integers(max(2, sizes[-1]), size=n)
        return network, x, y, rng.permutation(n), mini_batch_size, eta

    yield case([1, 1], n=1, mini_batch_size=1, eta=0.5)
    yield case([1, 1], n=2, mini_batch_size=2, eta=2.0)
    yield case([1, 1], n=4, mini_batch_size=2, eta=2.0)
    yield case([2, 3, 3], n=5, mini_batch_size=2, eta=2.0)  # a last mini-batch of one
    yield case([2, 3, 3], n=3, mini_batch_size=10, eta=3.0)  # fewer examples than a mini-batch has
    yield case([3, 4, 2, 3], n=11, mini_batch_size=4, eta=1.0)
    yield case([3, 5, 10], n=12, mini_batch_size=1, eta=0.7)
    yield case([3, 5, 10], n=12, mini_batch_size=6, eta=3.0)


_ANOTHER_ORDER = (
    "It takes the rows as they lie, or in another order than the given one. `order` is shuffled already: cut "
    "it into mini-batches from its beginning to its end, and shuffle nothing anew."
)


def _that_changes_the_network(*answers: Any) -> Function:
    function = one_function("sgd_epoch", answers)

    @functools.wraps(function)
    def changed_by(network: Network, *others: Any) -> Parameters:
        start = copy.deepcopy(network)
        function(network, *others)
        changed = network.weights, network.biases
        if _is_another_order(start, others, changed):
            raise Wrong(_ANOTHER_ORDER)
        return changed

    return changed_by


def _is_another_order(start: Network, others: Sequence[Any], changed: Parameters) -> bool:
    """Tell whether an epoch is right but for a new order of the rows; only where these are few."""
    x, y, given, size, eta = others
    if len(x) > 5 or same(sgd_epoch.reference(copy.deepcopy(start), x, y, given, size, eta), changed):
        return False
    orders = map(np.array, itertools.permutations(range(len(x))))
    mini_batches = {
        tuple(frozenset(rows.tolist()) for rows in _mini_batches(order, size)) for order in orders
    }
    return any(
        same(sgd_epoch.reference(copy.deepcopy(start), x, y, np.array(order), size, eta), changed)
        for order in ([row for rows in split for row in rows] for split in mini_batches)
    )


def _mini_batches(order: Labels, size: int) -> Iterator[Labels]:
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _step(network: Network, gradients: Parameters, eta: float) -> None:
    for parameters, nablas in zip((network.weights, network.biases), gradients, strict=True):
        for parameter, nabla in zip(parameters, nablas, strict=True):
            parameter -= eta * nabla


@exercise(
    notebook=6,
    title="An epoch of your own",
    learned="Your function is stochastic gradient descent, down to the last, shorter mini-batch.",
    cases=_epochs,
    prepare=_that_changes_the_network,
    returns=("the new weights", "the new biases"),
    may_change=("network",),
)
def sgd_epoch(
    network: Network, x: Array, y: Labels, order: Labels, mini_batch_size: int, eta: float
) -> Parameters:
    """One epoch: for each mini-batch, in the given order, w ← w − η ∂C/∂w and b ← b − η ∂C/∂b."""
    for rows in _mini_batches(order, mini_batch_size):
        _step(network, network.backprop(x[rows], y[rows]), eta)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "The network is as it was. `w = w - …` only gives the name w to a new array; `w -= …` changes the "
    "network's own array."
)
def _nothing_changes(network, x, y, order, mini_batch_size, eta):
    return network.weights, network.biases


@sgd_epoch.mistake("It goes uphill: the gradient says where the cost grows. Subtract η times the gradient.")
def _uphill(network, x, y, order, mini_batch_size, eta):
    return sgd_epoch.reference(network, x, y, order, mini_batch_size, -eta)


@sgd_epoch.mistake("η is missing: it multiplies the gradient in every update.")
def _no_eta(network, x, y, order, mini_batch_size, eta):
    return sgd_epoch.reference(network, x, y, order, mini_batch_size, 1.0)


@sgd_epoch.mistake("Only the weights move. The biases are learned as well, by the same rule.")
def _weights_only(network, x, y, order, mini_batch_size, eta):
    for rows in _mini_batches(order, mini_batch_size):
        nabla_weights, nabla_biases = network.backprop(x[rows], y[rows])
        _step(network, (nabla_weights, [0 * nabla for nabla in nabla_biases]), eta)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "It takes the sum of the gradients in a mini-batch, where the mean belongs: the larger the mini-batch, "
    "the longer its steps would be."
)
def _sum_for_mean(network, x, y, order, mini_batch_size, eta):
    for rows in _mini_batches(order, mini_batch_size):
        _step(network, network.backprop(x[rows], y[rows]), eta * len(rows))
    return network.weights, network.biases


@sgd_epoch.mistake(
    "It divides by the number of examples twice. network.backprop returns the gradient of the mean cost: "
    "that division is done."
)
def _divided_twice(network, x, y, order, mini_batch_size, eta):
    for rows in _mini_batches(order, mini_batch_size):
        _step(network, network.backprop(x[rows], y[rows]), eta / len(rows))
    return network.weights, network.biases


@sgd_epoch.mistake(
    "It divides by mini_batch_size what is a mean already: network.backprop returns the gradient of the mean "
    "cost."
)
def _divided_by_mini_batch_size(network, x, y, order, mini_batch_size, eta):
    return sgd_epoch.reference(network, x, y, order, mini_batch_size, eta / mini_batch_size)


@sgd_epoch.mistake(
    "The last mini-batch is shorter, and you divide its sum by mini_batch_size. Its mean is taken over the "
    "examples that it has."
)
def _short_one_divided_by_full_size(network, x, y, order, mini_batch_size, eta):
    for rows in _mini_batches(order, mini_batch_size):
        _step(network, network.backprop(x[rows], y[rows]), eta * len(rows) / mini_batch_size)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "The last examples are left out where they do not fill a mini-batch. They make a shorter one: every "
    "example counts once in an epoch."
)
def _rest_left_out(network, x, y, order, mini_batch_size, eta):
    full = len(order) - len(order) % mini_batch_size
    return sgd_epoch.reference(network, x, y, order[:full], mini_batch_size, eta)


@sgd_epoch.mistake(
    "It stops after the first mini-batch. Does something that ends the function stand inside the loop?"
)
def _first_mini_batch_only(network, x, y, order, mini_batch_size, eta):
    return sgd_epoch.reference(network, x, y, order[:mini_batch_size], mini_batch_size, eta)


@sgd_epoch.mistake(
    "It takes the first mini-batch again and again. The next one begins where the last one ended."
)
def _first_mini_batch_again(network, x, y, order, mini_batch_size, eta):
    for _ in _mini_batches(order, mini_batch_size):
        rows = order[:mini_batch_size]
        _step(network, network.backprop(x[rows], y[rows]), eta)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "The mini-batches overlap: each begins one row after the last one. Go on by mini_batch_size rows."
)
def _overlapping(network, x, y, order, mini_batch_size, eta):
    for start in range(len(order)):
        rows = order[start : start + mini_batch_size]
        _step(network, network.backprop(x[rows], y[rows]), eta)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "It makes an update after each single example. Take the gradient over a whole mini-batch, then make one."
)
def _one_example_at_a_time(network, x, y, order, mini_batch_size, eta):
    return sgd_epoch.reference(network, x, y, order, 1, eta)


@sgd_epoch.mistake(
    "Each update uses all the examples, where only its mini-batch belongs: x[rows] and not x. It would be "
    "exact, and far too slow."
)
def _all_examples_each_time(network, x, y, order, mini_batch_size, eta):
    for _ in _mini_batches(order, mini_batch_size):
        _step(network, network.backprop(x, y), eta)
    return network.weights, network.biases


@sgd_epoch.mistake(_ANOTHER_ORDER)
def _not_shuffled(network, x, y, order, mini_batch_size, eta):
    return sgd_epoch.reference(network, x, y, np.arange(len(x)), mini_batch_size, eta)


@sgd_epoch.mistake(
    "The images are shuffled and the labels are not, so that most images get another one's label. Use the "
    "same rows of x and y."
)
def _labels_not_shuffled(network, x, y, order, mini_batch_size, eta):
    shuffled = x[order]
    return sgd_epoch.reference(network, shuffled, y, np.arange(len(x)), mini_batch_size, eta)


@sgd_epoch.mistake(
    "All gradients are those of the first weights. Each mini-batch needs its gradient at the weights that "
    "the one before has left."
)
def _gradients_before_the_loop(network, x, y, order, mini_batch_size, eta):
    batches = list(_mini_batches(order, mini_batch_size))
    for gradients in [network.backprop(x[rows], y[rows]) for rows in batches]:
        _step(network, gradients, eta)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "The gradient is computed once, over all examples and before the loop. Each mini-batch has a gradient "
    "of its own, at the weights of that moment."
)
def _one_gradient_for_all(network, x, y, order, mini_batch_size, eta):
    gradients = network.backprop(x, y)
    for _ in _mini_batches(order, mini_batch_size):
        _step(network, gradients, eta)
    return network.weights, network.biases


@sgd_epoch.mistake(
    "The gradient of the biases is taken when the weights have moved already. Call network.backprop once "
    "for a mini-batch, and use both lists that it returns."
)
def _biases_after_weights(network, x, y, order, mini_batch_size, eta):
    for rows in _mini_batches(order, mini_batch_size):
        for w, nabla in zip(network.weights, network.backprop(x[rows], y[rows])[0], strict=True):
            w -= eta * nabla
        for b, nabla in zip(network.biases, network.backprop(x[rows], y[rows])[1], strict=True):
            b -= eta * nabla
    return network.weights, network.biases


# -- 5. an order that forgets ---------------------------------------------------------------------


Pile = tuple[Array, Labels]
N_TO_FORGET = 5_000
MOST_REMEMBERED = 0.2


def piles() -> tuple[Pile, Pile, Pile]:
    """Return images and labels, split as in the notebook: for training, for validation, and for the test."""
    data = mnist.load()
    n = 50_000
    return (
        (data.x_train[:n], data.y_train[:n]),
        (data.x_train[n:], data.y_train[n:]),
        (data.x_test, data.y_test),
    )


@goal(
    notebook=6,
    title="An order that forgets",
    learned="Your order ruins an epoch in which every image is learned from.",
    seconds=20,
)
def forgetful_order(my_order: Callable[[Labels], Labels]) -> str:
    """Order 5,000 images: after an epoch, at most 20 % of the validation images may be read rightly."""
    function = one_function("forgetful_order", [my_order])
    (x, y), (x_validation, labels), _ = piles()
    x, y = x[:N_TO_FORGET], y[:N_TO_FORGET]
    order = _permutation(calling.call(function, ("labels",), (y,)), y)
    network = Network([784, 16, 10], init="scaled", seed=0)
    for rows in _mini_batches(order, 10):
        network.update_mini_batch(x[rows], y[rows], eta=1.0)
    answers = network.predict(x_validation)
    reached = float(np.mean(answers == labels))
    often = np.flatnonzero(np.bincount(answers, minlength=10) > 100)
    if reached > MOST_REMEMBERED:
        raise Wrong(
            f"After this epoch the network still reads {reached:.1%} of the validation images, and the goal "
            f"is {MOST_REMEMBERED:.0%} at most. What does it see last, and for how long has it seen nothing "
            "else?"
        )
    said = f"only the digit {often[0]}" if len(often) == 1 else f"hardly more than {len(often)} digits"
    return f"It reads {reached:.1%} of the validation images, and says {said}."


def _permutation(answer: Any, labels: Labels) -> Labels:
    """Return the answer as row numbers; raise `Wrong` unless each row comes exactly once."""
    fault = form(labels, answer, "the order")
    if fault:
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
