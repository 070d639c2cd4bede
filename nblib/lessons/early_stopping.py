"""The exercise of notebook 07 that trains: a loop that stops before the network learns by heart."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.classifier import Classifier
from nblib.layers import Layers
from nblib.lessons.compare import form, kind, same, show
from nblib.lessons.exercise import Exercise, Function, Trial, one_function
from nblib.lessons.formulas import Formulas
from nblib.lessons.mnist_cases import Parameters, mini_batches
from nblib.lessons.recipes import Pile
from nblib.lessons.result import Wrong
from nblib.lessons.slips import given

Array = NDArray[Any]


def trainings(_: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Yield a network and the rest of the arguments; what the costs do on the way is said beside each."""
    for seed, sizes, n, n_epochs, mini_batch_size, eta, patience in (
        (0, [1, 2], 2, 1, 1, 0.5, 1),  # one epoch, and no more
        (158, [1, 2], 3, 5, 2, 1.0, 1),  # better, and then not
        (68, [2, 2], 5, 7, 2, 2.0, 2),  # not better, better, twice not better; then it would be again
        (220, [2, 2], 5, 8, 2, 2.0, 3),  # never better than after the first
        (538, [2, 3, 2], 3, 9, 2, 1.0, 2),  # better to the end
        (936, [2, 3, 2], 5, 9, 2, 0.5, 3),  # up and down, the best in the middle
    ):
        rng = np.random.default_rng(seed)
        network = Classifier(sizes, seed=seed, dtype=np.float64)
        training, validation = (
            (rng.normal(size=(n, sizes[0])).round(2), rng.integers(sizes[-1], size=n)) for _ in "tv"
        )
        orders = [rng.permutation(n) for _ in range(n_epochs)]
        yield network, training, validation, orders, mini_batch_size, eta, patience


# -- a training, in parts that a slip can exchange ------------------------------------------------


@dataclass
class Course:
    """What came of each epoch that was trained: the costs, and copies of weights and biases.

    Attributes
    ----------
    costs : list of float
    parameters : list of (weights, biases)
        One more than there are costs: the first is from before the first epoch.
    better : list of bool
        Whether an epoch counted as better than all before.
    """

    costs: list[float]
    parameters: list[Parameters]
    better: list[bool]

    @property
    def best(self) -> int:
        """The last epoch that counted as better, counted from 1; the last of all if none did."""
        return max((i for i, better in enumerate(self.better, start=1) if better), default=len(self.costs))

    @property
    def since(self) -> int:
        """How many epochs ago that was."""
        return len(self.costs) - self.best


def course(
    network: Layers,
    orders: Sequence[Any],
    learn: Callable[[Any], None],
    measure: Callable[[], float],
    better: Callable[[list[float]], bool],
    enough: Callable[[Course], bool],
) -> Course:
    """Train until it is enough, or to the end of the orders."""
    trained = Course([], [snapshot(network)], [])
    for order in orders:
        learn(order)
        trained.costs.append(float(measure()))
        trained.parameters.append(snapshot(network))
        trained.better.append(better(trained.costs))
        if enough(trained):
            break
    return trained


def learner(
    network: Layers, training: tuple[Array, Array], mini_batch_size: int, eta: float
) -> Callable[[Any], None]:
    """Return a function that trains the network one epoch, with the rows in a given order."""
    x, y = training

    def learn(order: Any) -> None:
        for rows in mini_batches(order, mini_batch_size):
            network.descend(*network.backprop(x[rows], y[rows]), eta)

    return learn


def snapshot(network: Layers) -> Parameters:
    """Return copies of the weights and of the biases."""
    return [w.copy() for w in network.weights], [b.copy() for b in network.biases]


def _that_leaves_a_network(*answers: Any) -> Function:
    """Return the learner's function, made to tell what it leaves the network as."""
    function = one_function("early_stopping", answers)

    @functools.wraps(function)
    def left_by(network: Layers, *others: Any) -> tuple[Any, ...]:
        costs = function(network, *others)
        if costs is None:
            raise Wrong(_returns(None))
        return costs, network.weights, network.biases

    return left_by


class TrainingLoop(Exercise):
    """An exercise that trains: what is wrong is said with its epoch, what came, and what was expected."""

    def _says(self, trials: Sequence[Trial], failed: Trial) -> str:
        if isinstance(failed.outcome, Wrong):
            return super()._says(trials, failed)
        (costs, *best), (came, *left) = failed.expected, failed.outcome
        if not isinstance(came, (list, tuple, np.ndarray)) or form([0.0] * len(came), list(came)):
            return _returns(came)
        if len(came) != len(costs):
            here, asked = _epochs(len(came)), _epochs(len(costs))
            return f"It trains {here} here, going by the costs; it should be {asked}."
        for epoch, (cost, expected) in enumerate(zip(came, costs, strict=True), start=1):
            if not same(expected, cost):
                return (
                    f"After epoch {epoch} the validation cost is {show(cost)}; it should be {show(expected)}."
                )
        wrong = [name for name, *pair in zip(self.returns[1:], best, left, strict=True) if not same(*pair)]
        return (
            f"The costs are right. But {' and '.join(wrong)} that it leaves behind are not those after epoch "
            f"{int(np.argmin(costs)) + 1}, the best one."
        )


def training_loop(**named: Any) -> Callable[[Function], TrainingLoop]:
    """Make a `TrainingLoop` of the decorated function, as `exercise` does."""
    return lambda reference: TrainingLoop(reference, **named)


def _returns(came: Any) -> str:
    other = "a list, but not of numbers" if isinstance(came, list) else kind(came)
    return f"It returns {other}. Return the list of the validation costs, one for each epoch trained."


def _epochs(n: int) -> str:
    return f"{n} epoch{'s' * (n != 1)}"


# -- the exercise ---------------------------------------------------------------------------------
EARLY = Formulas(
    "network training validation orders mini_batch_size eta patience",
    learn=learner,
    measure=lambda network, validation: lambda: network.cost(*validation),
    better=lambda: lambda costs: costs[-1] < min(costs[:-1], default=np.inf),
    enough=lambda patience: lambda trained: trained.since >= patience,
    trained=course,
    kept=lambda trained: trained.parameters[trained.best],
    answer=lambda trained, kept: (trained.costs, *kept),
)


def train_until_best(network: Layers, *others: Any) -> list[float]:
    """Do what is asked, and return the validation costs: for as long as no answer has passed."""
    costs, weights, biases = EARLY(network, *others)
    network.set_parameters(weights, biases)
    return costs


@training_loop(
    title="Stop before it learns by heart",
    learned="Your function trains, watches, stops in time, and gives back the best network that it saw.",
    cases=trainings,
    prepare=_that_leaves_a_network,
    returns=("the costs", "the weights", "the biases"),
    may_change=("network",),
)
def early_stopping(
    network: Classifier,
    training: Pile,
    validation: Pile,
    orders: list[NDArray[np.int64]],
    mini_batch_size: int,
    eta: float,
    patience: int,
) -> tuple[Any, ...]:
    """Train until `patience` epochs in a row are not better than the best; return the validation costs."""
    return EARLY(network, training, validation, orders, mini_batch_size, eta, patience)


early_stopping.slips = {
    "The network is left as its last epoch made it. At the end the best weights and biases go back, so keep "
    "copies of them: a list of the arrays themselves goes on learning.": EARLY.but(
        kept=lambda trained: trained.parameters[-1]
    ),
    "The best weights go back, but not the biases that belong to them.": EARLY.but(
        kept=lambda trained: (trained.parameters[trained.best][0], trained.parameters[-1][1])
    ),
    "What is put back is from before the best epoch. Keep a copy after its updates, when it has proved "
    "to be the best.": EARLY.but(kept=lambda trained: trained.parameters[trained.best - 1]),
    "It watches the training images. Their cost falls on and on, while the network learns them by heart: "
    "validation is to judge.": EARLY.but(measure=lambda network, training: lambda: network.cost(*training)),
    "It goes by the accuracy. The cost was asked for: it notices sooner when the network gets too sure of "
    "itself.": EARLY.but(
        measure=lambda network, validation: lambda: network.accuracy(*validation),
        better=lambda: lambda costs: costs[-1] > max(costs[:-1], default=-np.inf),
    ),
    "It takes a higher cost for the better one. Lower is better.": EARLY.but(
        better=lambda: lambda costs: costs[-1] > max(costs[:-1], default=-np.inf)
    ),
    "It compares each epoch with the one before. Compare it with the best so far: a cost that falls a little "
    "after it has risen a lot is no record.": EARLY.but(
        better=lambda: lambda costs: len(costs) < 2 or costs[-1] < costs[-2]
    ),
    "It never stops before the orders are used up. Leave the loop when `patience` epochs have brought "
    "nothing better.": EARLY.but(enough=lambda: lambda trained: False),
    "It stops one epoch too soon: with patience 1, the first epoch that is not better is the last, and with "
    "2, the second in a row.": EARLY.but(
        enough=lambda patience: lambda trained: trained.since and trained.since >= patience - 1
    ),
    "It stops one epoch too late: it is enough when `patience` epochs in a row were not better.": EARLY.but(
        enough=lambda patience: lambda trained: trained.since > patience
    ),
    "It stops at the first epoch that is not better. It is to wait until there are `patience` of them "
    "in a row.": EARLY.but(enough=lambda: lambda trained: trained.since >= 1),
    "It counts all epochs that were not better. In a row is meant: with each better one the count begins "
    "anew.": EARLY.but(enough=lambda patience: lambda trained: trained.better.count(False) >= patience),
    "It returns the costs to the best epoch only. All were asked for, those of the epochs in "
    "vain too.": EARLY.but(answer=lambda trained, kept: (trained.costs[: trained.best], *kept)),
    "It returns the lowest cost. The list of all was asked for, one for each epoch.": EARLY.but(
        answer=lambda trained, kept: (min(trained.costs), *kept)
    ),
    "It returns the number of the best epoch. The list of the costs was asked for.": EARLY.but(
        answer=lambda trained, kept: (trained.best, *kept)
    ),
    "It goes uphill: subtract η times the gradient.": given(eta=lambda eta: -eta),
    "It takes all images for one update. Cut each order into mini-batches.": given(
        mini_batch_size=lambda orders: len(orders[0])
    ),
    "It makes an update after each single image. Take the gradient over a whole mini-batch.": given(
        mini_batch_size=1
    ),
    "It takes the first order in every epoch. Each epoch has its own.": given(
        orders=lambda orders: [orders[0]] * len(orders)
    ),
    "It takes the rows as they lie. `order` says in which order they come.": given(
        orders=lambda orders: [np.arange(len(order)) for order in orders]
    ),
    "It leaves out the last images of an order where they do not fill a mini-batch.": given(
        orders=lambda orders, mini_batch_size: [
            order[: len(order) - len(order) % mini_batch_size] for order in orders
        ]
    ),
}
