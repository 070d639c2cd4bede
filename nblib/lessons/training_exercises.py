"""The last exercise of notebook 06: many digits with few neurons."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from nblib import Network, validate
from nblib.lessons.compare import kind
from nblib.lessons.exercise import goal
from nblib.lessons.result import Wrong
from nblib.lessons.sgd_exercises import Pile, piles
from nblib.network import EpochRecord

GOAL = 0.96
MOST_HIDDEN = 30
MOST_EPOCHS = 20


@goal(
    notebook=6,
    title="96 % with few",
    learned="Your recipe makes few neurons read well, on images that nobody has chosen by.",
    seconds=None,
)
def few_neurons(my_network: Network, my_mini_batch_size: int, my_etas: Sequence[float]) -> str:
    """Train at most 30 hidden neurons for at most 20 epochs, so that they read 96 % of the test images."""
    hidden = _hidden(my_network)
    size = _size(my_mini_batch_size)
    etas = _etas(my_etas)
    training, validation, test = piles()
    network, records = _trained(my_network, training, size, etas, validation)
    reached = records[-1].accuracy
    if reached < GOAL:
        raise Wrong(
            f"It reads {reached:.2%} of the validation images, and the goal is {GOAL:.0%}. "
            + _why(network, training, validation, records)
        )
    tested = network.accuracy(*test)
    if tested < GOAL:
        raise Wrong(
            f"It reads {reached:.2%} of the validation images, but only {tested:.2%} of the test images, "
            "which other people wrote. Do not try seed after seed until it fits: that would be choosing by "
            "the test. Find a recipe that leaves more room on validation."
        )
    return (
        f"{hidden} hidden neurons, {len(etas)} epochs: {reached:.2%} of the validation images, and "
        f"{tested:.2%} of the test images."
    )


# -- the rules ------------------------------------------------------------------------------------


def _hidden(network: Any) -> int:
    """Return how many hidden neurons there are; raise `Wrong` if the network breaks a rule."""
    if not isinstance(network, Network):
        raise Wrong(f"my_network must be a Network that has not been trained, got {kind(network)}.")
    first, *hidden, last = network.sizes
    if (first, last) != (784, 10):
        raise Wrong(
            "my_network must begin with 784 inputs, one for each pixel, and end with 10 outputs, one for "
            f"each digit; it has {first} and {last}."
        )
    if sum(hidden) > MOST_HIDDEN:
        raise Wrong(
            f"my_network has {sum(hidden)} hidden neurons, and the goal is to do with {MOST_HIDDEN}, in all "
            "hidden layers together."
        )
    if network.activation.name == "step":
        raise Wrong(
            "my_network has the activation step, whose slope is 0 everywhere: all gradients are 0, and it "
            "never learns. Choose one with a slope, such as the sigmoid."
        )
    return sum(hidden)


def _size(answer: Any) -> int:
    try:
        return validate.whole("my_mini_batch_size", answer, at_least=1)
    except (TypeError, ValueError) as error:
        raise Wrong(f"{error}.") from None


def _etas(answer: Any) -> list[float]:
    try:
        etas = list(itertools.islice(answer, MOST_EPOCHS + 1))
    except TypeError:
        raise Wrong(
            f"my_etas must be a list with one η for each epoch, such as [1.0] * 5, got {kind(answer)}."
        ) from None
    if not 1 <= len(etas) <= MOST_EPOCHS:
        got = len(etas) if len(etas) <= MOST_EPOCHS else "more"
        raise Wrong(f"my_etas has one entry for each epoch, and 1 to {MOST_EPOCHS} are allowed; got {got}.")
    try:
        return [validate.positive(f"my_etas[{i}]", eta) for i, eta in enumerate(etas)]
    except (TypeError, ValueError) as error:
        raise Wrong(f"{error}.") from None


# -- the run --------------------------------------------------------------------------------------


def _trained(
    network: Network, training: Pile, size: int, etas: list[float], validation: Pile
) -> tuple[Network, list[EpochRecord]]:
    """Return a trained copy of the network, and the record of each epoch, measured on validation."""
    network, records = copy.deepcopy(network), []
    already = network.accuracy(*validation)
    if already > 0.5:
        raise Wrong(
            f"my_network has been trained before: it reads {already:.1%} of the validation images already. "
            "Begin with a new one, so that all its epochs are counted."
        )
    with np.errstate(all="ignore"):  # weights that run away are reported below
        for epoch, eta in enumerate(bar := tqdm(etas), start=1):
            (record,) = network.sgd(*training, 1, size, eta, validation=validation, seed=epoch)
            bar.set_description(f"cost {record.cost:.4f}, validation {record.accuracy:.2%}")
            records.append(record)
            if not np.isfinite(record.cost):
                raise Wrong(f"In epoch {epoch} the weights ran away, beyond all numbers: η is too large.")
    return network, records


# -- what keeps it below the goal -----------------------------------------------------------------


def _why(network: Network, training: Pile, validation: Pile, records: list[EpochRecord]) -> str:
    """Say what keeps a network below the goal, and what might help."""
    flat = _flat(network, validation)
    if flat:
        return f"{flat} It comes of steps that are too large, or of weights that begin too large."
    best = max(records, key=lambda record: record.accuracy)
    if best.accuracy >= GOAL:
        return (
            f"It was there after epoch {best.epoch}, with {best.accuracy:.2%}, and lost it again: "
            "large steps jump about near the bottom. What about smaller ones for the last epochs?"
        )
    costs = [record.cost for record in records]
    if costs == sorted(costs, reverse=True) and (len(costs) < 3 or costs[-1] < 0.985 * costs[-3]):
        more = "More epochs, larger" if len(records) < MOST_EPOCHS else "Larger"
        return (
            f"The cost has fallen in every epoch, to the last one. {more} steps at the "
            "beginning or smaller mini-batches take it further."
        )
    learned = network.accuracy(*training)
    others = "other first weights, or smaller steps at the end"
    if sum(network.sizes[1:-1]) < MOST_HIDDEN:
        others = f"more neurons (up to {MOST_HIDDEN}), {others}"
    if learned >= GOAL:
        return (
            f"Of the images that it has learned from it reads {learned:.2%}, but those do not count. Try "
            f"{others}."
        )
    return (
        f"Even of the images that it has learned from it reads only {learned:.2%}, and it has stopped "
        f"getting better. Try {others}."
    )


def _flat(network: Network, pile: Pile) -> str | None:
    """Say which digits are hardly ever the answer because their output neurons are saturated, or None."""
    x, y = pile
    outputs = network.feedforward(x)
    said = np.bincount(outputs.argmax(axis=1), minlength=10)
    dark = [
        digit
        for digit, own in enumerate(outputs[y == digit, digit] for digit in range(10))
        if own.mean() < 0.5 and network.activation.slope(own).mean() < 0.01
    ]
    if len(dark) == 10:
        return (
            "All ten output neurons are flat and dark, even for images of their own digit: none learns more."
        )
    silent = [str(digit) for digit in dark if said[digit] < 0.01 * len(x)]
    if not silent:
        return None
    if len(silent) == 1:
        return (
            f"It hardly ever says {silent[0]}: that output neuron is flat and dark, even for images of a "
            f"{silent[0]}, and learns hardly any more from them."
        )
    return (
        f"It hardly ever says {', '.join(silent[:-1])} or {silent[-1]}: these output neurons are flat and "
        "dark, even for images of their own digit, and learn hardly any more from them."
    )
