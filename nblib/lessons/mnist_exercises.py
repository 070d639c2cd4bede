"""The exercises of notebook 06: targets, accuracy, when to stop, epochs, and many digits with few neurons."""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.lessons import calling, recipes
from nblib.lessons import mnist_cases as cases
from nblib.lessons.exercise import Function, exercise, goal, one_function
from nblib.lessons.formulas import Formulas
from nblib.lessons.mnist_cases import Parameters, mini_batches
from nblib.lessons.recipe_advice import what_is_missing
from nblib.lessons.recipes import piles
from nblib.lessons.result import Wrong
from nblib.lessons.slips import TRANSPOSED, each, given
from nblib.network import Network
from nblib.runs.epochs import EpochRecord

Array = NDArray[Any]
Labels = NDArray[np.int64]

# -- 1. targets -----------------------------------------------------------------------------------


@exercise(
    title="Targets",
    learned="Your function makes a target of every digit.",
    cases=cases.digits,
    returns="the targets",
)
def one_hot(labels: Labels) -> Array:
    """Targets, shape (n, 10): in each row 1 in the place of the label, and 0 elsewhere."""
    return np.eye(10)[labels]


one_hot.slips = {
    "The 1 stands one place too early. Places are counted from 0, as the digits are: "
    "label 3 is place 3.": lambda labels: np.eye(10)[labels - 1],
    "It is transposed. One row for each label, one column for each digit: the shape is (n, 10).": TRANSPOSED,
    "There are only as many columns as the largest of these labels needs. A target has ten places, whatever "
    "digits occur: the network has ten outputs.": lambda labels: np.eye(labels.max() + 1)[labels],
    "There is one column for each label that occurs. A target has ten places, whatever digits occur: the "
    "network has ten outputs.": lambda labels: (labels[:, None] == np.unique(labels)).astype(float),
    "0 and 1 are exchanged: the place of the label gets the 1, and all others are 0.": each(
        lambda targets: 1 - targets
    ),
    "The digit itself stands in its place, where a 1 belongs. An output neuron never gets above 1, and a 0 "
    "would have no target at all.": lambda labels: np.eye(10)[labels] * labels[:, None],
    "Every row has the 1s of all labels. `y[:, labels] = 1` writes into all rows; a row has "
    "one label, its own.": lambda labels: np.tile(np.eye(10)[labels].max(axis=0), (len(labels), 1)),
}

# -- 2. accuracy ----------------------------------------------------------------------------------

ACCURACY = Formulas(
    "outputs labels",
    answers=lambda outputs: outputs.argmax(axis=1),
    right=lambda answers, labels: answers == labels,
    accuracy=lambda right: float(np.mean(right)),
)


@exercise(
    title="Accuracy",
    learned="Your function says how often a network is right.",
    cases=cases.outputs,
    returns="the accuracy",
)
def accuracy(outputs: Array, labels: Labels) -> float:
    """Fraction of the rows, 0 to 1, whose brightest output neuron is the label."""
    return ACCURACY(outputs, labels)


accuracy.slips = {
    "It is the number of right answers. Divide it by the number of rows.": ACCURACY.but(
        accuracy=lambda right: np.sum(right)
    ),
    "It looks for the largest within a column. Each row needs one answer: along axis 1, "
    "not along axis 0.": ACCURACY.but(answers=lambda outputs: outputs.argmax(axis=0)),
    "It is in percent. A fraction was asked for: all right is 1.": each(lambda fraction: 100 * fraction),
    "It is the fraction of wrong answers. Count where answer and label are equal.": ACCURACY.but(
        right=lambda answers, labels: answers != labels
    ),
    "It takes the darkest output neuron of each row for the answer; the "
    "brightest is the answer.": ACCURACY.but(answers=lambda outputs: outputs.argmin(axis=1)),
    "It compares how bright the brightest output neuron is with the label. The answer is which neuron that "
    "is, its place: argmax, not max.": ACCURACY.but(answers=lambda outputs: outputs.max(axis=1)),
    "It counts the answers from 1. The first output neuron stands for the digit 0.": ACCURACY.but(
        answers=lambda outputs: outputs.argmax(axis=1) + 1
    ),
    "Without an axis, argmax looks for the one brightest output among all rows. Each row has an "
    "answer of its own.": ACCURACY.but(answers=lambda outputs: outputs.argmax()),
    "It calls an answer right if the neuron of the label is above ½. The brightest is the answer, however "
    "bright it is: above ½ there may be several, "
    "or none.": ACCURACY.but(right=lambda outputs, labels: outputs[np.arange(len(labels)), labels] > 0.5),
    "It compares all ten outputs of each row with the target. So a network that never lights up would be 90 "
    "% right. A row counts once: its answer is the label, "
    "or not.": ACCURACY.but(right=lambda outputs, labels: (outputs > 0.5) == np.eye(10, dtype=bool)[labels]),
    "It divides by ten, the number of output neurons. Divide by the number of rows.": ACCURACY.but(
        accuracy=lambda right: np.sum(right) / 10
    ),
}

# -- 3. stop in time ------------------------------------------------------------------------------

STOP = Formulas(
    "run wanted",
    records=lambda run: run,
    good=lambda records, wanted: (record for record in records if record.accuracy >= wanted),
    epoch=lambda good: next((record.epoch for record in good), 0),
    outcome=cases.came_to,
)


@exercise(
    title="Stop in time",
    learned="Your function trains until it is good enough, and no epoch longer.",
    cases=cases.runs,
    prepare=cases.that_stops,
    returns=("the epoch", "the number of epochs trained"),
    may_change=("run",),
)
def epochs_until(run: Iterator[EpochRecord], wanted: float) -> dict[str, int]:
    """First epoch whose accuracy is at least `wanted`, or 0; no record after it is taken from `run`."""
    return STOP(run, wanted)


epochs_until.slips = {
    "The epoch is right, but the run goes on to its end: whoever asks for all records has the network "
    "trained for all epochs. Ask for one record at a time, "
    "and leave the loop.": STOP.but(records=lambda run: list(run)),
    "It counts the epochs from 0. The first one has the number 1, as in record.epoch.": STOP.but(
        epoch=lambda good: next((record.epoch - 1 for record in good), 0)
    ),
    "It goes on where the wanted accuracy is reached exactly. At least is ≥, not >.": STOP.but(
        good=lambda run, wanted: (record for record in run if record.accuracy > wanted)
    ),
    "It returns the last epoch where none was good enough. Nobody could tell that from success: "
    "return 0.": STOP.but(epoch=lambda good, run: next((record.epoch for record in good), 0) or run.trained),
    "It gives up after the first epoch. Only when the run is over is it clear that no epoch was good "
    "enough: return 0 after the loop, not inside.": STOP.but(records=lambda run: [next(run)]),
    "It is turned round: it stops at the first epoch that is not good enough.": STOP.but(
        good=lambda run, wanted: (record for record in run if record.accuracy < wanted)
    ),
    "It returns the accuracy that was reached. The number of the epoch was asked for.": STOP.but(
        epoch=lambda good: next((record.accuracy for record in good), 0)
    ),
    "It trains one epoch more than it needs. Look at each record before you ask for the next one.": STOP.but(
        epoch=lambda good, run: [next((record.epoch for record in good), 0), next(run, None)][0]
    ),
    "It returns the best epoch of all. The first that is good enough was asked for.": STOP.but(
        records=lambda run: [max(run, key=lambda record: record.accuracy)]
    ),
    "It returns the last epoch that is good enough, and trains to the end to find it. The first one was "
    "asked for: "
    "leave the loop there.": STOP.but(epoch=lambda good: max((record.epoch for record in good), default=0)),
}

# -- 4. an epoch of your own ----------------------------------------------------------------------

EPOCH = Formulas(
    "network x y order mini_batch_size eta",
    batches=mini_batches,
    gradient=lambda network, x, y: lambda rows: network.backprop(x[rows], y[rows]),
    gradients=lambda gradient, batches: map(gradient, batches),  # each at the weights of its moment
    etas=lambda eta: itertools.repeat(eta),
    parameters=cases.descend,
)
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
        if cases.is_another_order(EPOCH, start, others, changed):
            raise Wrong(_ANOTHER_ORDER)
        return changed

    return changed_by


@exercise(
    title="An epoch of your own",
    learned="Your function is stochastic gradient descent, down to the last, shorter mini-batch.",
    cases=cases.epochs,
    prepare=_that_changes_the_network,
    returns=("the new weights", "the new biases"),
    may_change=("network",),
)
def sgd_epoch(
    network: Network, x: Array, y: Labels, order: Labels, mini_batch_size: int, eta: float
) -> Parameters:
    """One epoch: for each mini-batch, in the given order, w ← w − η ∂C/∂w and b ← b − η ∂C/∂b."""
    return EPOCH(network, x, y, order, mini_batch_size, eta)


def _first_weights_then_biases(gradient: Function, batches: list[Labels]) -> Iterator[Parameters]:
    for rows in batches:
        dw, _ = gradient(rows)
        yield dw, [0] * len(dw)
        _, db = gradient(rows)
        yield [0] * len(db), db


sgd_epoch.slips = {
    "The network is as it was. `w = w - …` only gives the name w to a new array; `w -= …` changes the "
    "network's own array.": EPOCH.but(parameters=lambda network: (network.weights, network.biases)),
    "It goes uphill: the gradient says where the cost grows. Subtract η times the gradient.": given(
        eta=lambda eta: -eta
    ),
    "η is missing: it multiplies the gradient in every update.": given(eta=1.0),
    "Only the weights move. The biases are learned as well, by the same rule.": EPOCH.but(
        gradients=lambda gradient, batches: ((dw, [0] * len(dw)) for dw, _ in map(gradient, batches))
    ),
    "It takes the sum of the gradients in a mini-batch, where the mean belongs: the larger the mini-batch, "
    "the longer "
    "its steps would be.": EPOCH.but(etas=lambda eta, batches: [eta * len(rows) for rows in batches]),
    "It divides by the number of examples twice. network.backprop returns the gradient of the mean cost: "
    "that division is done.": EPOCH.but(etas=lambda eta, batches: [eta / len(rows) for rows in batches]),
    "It divides by mini_batch_size what is a mean already: network.backprop returns the gradient "
    "of the mean cost.": given(eta=lambda eta, mini_batch_size: eta / mini_batch_size),
    "The last mini-batch is shorter, and you divide its sum by mini_batch_size. Its mean is taken over the "
    "examples that it has.": EPOCH.but(
        etas=lambda eta, batches, mini_batch_size: [eta * len(rows) / mini_batch_size for rows in batches]
    ),
    "The last examples are left out where they do not fill a mini-batch. They make a shorter one: every "
    "example counts once in an "
    "epoch.": given(order=lambda order, mini_batch_size: order[: len(order) - len(order) % mini_batch_size]),
    "It stops after the first mini-batch. Does something that ends the function stand "
    "inside the loop?": given(order=lambda order, mini_batch_size: order[:mini_batch_size]),
    "It takes the first mini-batch again and again. The next one begins where the last one ended.": EPOCH.but(
        gradients=lambda gradient, batches: (gradient(batches[0]) for _ in batches)
    ),
    "The mini-batches overlap: each begins one row after the last one. Go on by mini_batch_size rows.": (
        EPOCH.but(
            batches=lambda order, mini_batch_size: [order[i:][:mini_batch_size] for i in range(len(order))]
        )
    ),
    "It makes an update after each single example. Take the gradient over a whole "
    "mini-batch, then make one.": given(mini_batch_size=1),
    "Each update uses all the examples, where only its mini-batch belongs: x[rows] and not x. It would be "
    "exact, and "
    "far too slow.": EPOCH.but(gradients=lambda gradient, order, batches: (gradient(order) for _ in batches)),
    _ANOTHER_ORDER: given(order=lambda order: np.arange(len(order))),
    "The images are shuffled and the labels are not, so that most images get another one's label. Use the "
    "same rows of x and y.": given(x=lambda x, order: x[order], order=lambda order: np.arange(len(order))),
    "All gradients are those of the first weights. Each mini-batch needs its gradient at the weights that "
    "the one "
    "before has left.": EPOCH.but(gradients=lambda gradient, batches: [gradient(rows) for rows in batches]),
    "The gradient is computed once, over all examples and before the loop. Each mini-batch has a gradient "
    "of its own, at the weights "
    "of that moment.": EPOCH.but(gradients=lambda gradient, order, batches: [gradient(order)] * len(batches)),
    "The gradient of the biases is taken when the weights have moved already. Call network.backprop once "
    "for a mini-batch, and use both lists that it returns.": EPOCH.but(gradients=_first_weights_then_biases),
}

# -- 5. an order that forgets ---------------------------------------------------------------------

N_TO_FORGET = 5_000
MOST_REMEMBERED = 0.2


@goal(
    title="An order that forgets",
    learned="Your order ruins an epoch in which every image is learned from.",
    seconds=20,
)
def forgetful_order(my_order: Callable[[Labels], Labels]) -> str:
    """Order 5,000 images: after an epoch, at most 20 % of the validation images may be read rightly."""
    function = one_function("forgetful_order", [my_order])
    (x, y), (x_validation, labels), _ = piles()
    x, y = x[:N_TO_FORGET], y[:N_TO_FORGET]
    order = cases.permutation(calling.call(function, ("labels",), (y,)), y)
    network = Network([784, 16, 10], init="scaled", seed=0)
    for rows in mini_batches(order, 10):
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


# -- 6. many digits with few neurons --------------------------------------------------------------

GOAL = 0.96


@goal(
    title="96 % with few",
    learned="Your recipe makes few neurons read well.",
    seconds=None,
)
def few_neurons(my_network: Network, my_mini_batch_size: int, my_etas: Sequence[float]) -> str:
    """Train at most 30 hidden neurons, at most 20 epochs, until they read 96 % of the validation images."""
    hidden, size, etas = recipes.few(my_network, my_mini_batch_size, my_etas)
    training, validation, test = piles()
    network, records = recipes.trained(my_network, training, size, etas, validation)
    reached = records[-1].accuracy
    if reached < GOAL:
        raise Wrong(
            f"It reads {reached:.2%} of the validation images, and the goal is {GOAL:.0%}. "
            + what_is_missing(GOAL, network, training, validation, size, etas, records)
        )
    reads = f"{hidden} hidden neurons, {len(etas)} epochs: {reached:.2%} of the validation images."
    return f"{reads} {recipes.test_once(few_neurons, [network], test)}"
