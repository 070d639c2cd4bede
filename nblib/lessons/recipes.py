"""What recipes for reading digits are judged by: piles of images, the rules, and what a network lacks."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib import mnist, validate
from nblib.lessons.compare import kind
from nblib.lessons.result import Wrong
from nblib.network import Network
from nblib.runs.epochs import EpochRecord

Pile = tuple[NDArray[Any], NDArray[np.int64]]

MOST_HIDDEN = 30
MOST_EPOCHS = 20


def piles() -> tuple[Pile, Pile, Pile]:
    """Return images and labels, split as in the notebook: for training, for validation, and for the test."""
    data = mnist.load()
    n = 50_000
    return (
        (data.x_train[:n], data.y_train[:n]),
        (data.x_train[n:], data.y_train[n:]),
        (data.x_test, data.y_test),
    )


# -- the rules ------------------------------------------------------------------------------------


def hidden_neurons(network: Any, name: str, ends: str, most: int) -> int:
    """Return how many hidden neurons a network for digits has; `name` and `ends` are words for messages.

    Raises
    ------
    Wrong
        If it does not lead from 784 pixels to 10 digits, or has too many neurons.
    """
    first, *hidden, last = network.sizes
    if (first, last) != (784, 10):
        raise Wrong(f"{name} must {ends}; it has {first} and {last}.")
    if sum(hidden) > most:
        raise Wrong(
            f"{name} has {sum(hidden)} hidden neurons, and the goal is to do with {most}, in all hidden "
            "layers together."
        )
    return sum(hidden)


def few(network: Any, size: Any, etas: Any) -> tuple[int, int, list[float]]:
    """Return what notebook 06 asks for: the number of hidden neurons, the mini-batch size, and each η.

    Raises
    ------
    Wrong
        If one of them breaks a rule.
    """
    if not isinstance(network, Network):
        raise Wrong(f"my_network must be a Network that has not been trained, got {kind(network)}.")
    ends = "begin with 784 inputs, one for each pixel, and end with 10 outputs, one for each digit"
    hidden = hidden_neurons(network, "my_network", ends, MOST_HIDDEN)
    if "step" in (network.activation.name, network.output.name):
        raise Wrong(
            "my_network has the activation step, whose slope is 0 everywhere: all gradients are 0, and it "
            "never learns. Choose one with a slope, such as the sigmoid."
        )
    return hidden, _valid(validate.whole, "my_mini_batch_size", size, at_least=1), _one_for_each_epoch(etas)


def _one_for_each_epoch(answer: Any) -> list[float]:
    try:
        etas = list(itertools.islice(answer, MOST_EPOCHS + 1))
    except TypeError:
        raise Wrong(
            f"my_etas must be a list with one η for each epoch, such as [1.0] * 5, got {kind(answer)}."
        ) from None
    if not 1 <= len(etas) <= MOST_EPOCHS:
        got = len(etas) if len(etas) <= MOST_EPOCHS else "more"
        raise Wrong(f"my_etas has one entry for each epoch, and 1 to {MOST_EPOCHS} are allowed; got {got}.")
    return [_valid(validate.positive, f"my_etas[{i}]", eta) for i, eta in enumerate(etas)]


def _valid(rule: Callable[..., Any], name: str, answer: Any, **more: Any) -> Any:
    try:
        return rule(name, answer, **more)
    except (TypeError, ValueError) as error:
        raise Wrong(f"{error}.") from None


# -- the run --------------------------------------------------------------------------------------


def trained(
    network: Network, training: Pile, size: int, etas: list[float], validation: Pile
) -> tuple[Network, list[EpochRecord]]:
    """Return a trained copy of the network, and the record of each epoch, measured on validation.

    Raises
    ------
    Wrong
        If the network has been trained before, or its weights run away.
    """
    network, records = copy.deepcopy(network), []
    already = network.accuracy(*validation)
    if already > 0.5:
        raise Wrong(
            f"my_network has been trained before: it reads {already:.1%} of the validation images already. "
            "Begin with a new one, so that all its epochs are counted."
        )
    # Weights that run away, and layers that are dead, are reported by the check.
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        for epoch, eta in enumerate(bar := tqdm(etas), start=1):
            try:
                (record,) = network.sgd(*training, 1, size, eta, validation=validation, seed=epoch)
            except FloatingPointError:
                says = f"In epoch {epoch} the weights ran away, beyond all numbers: η is too large."
                raise Wrong(says) from None
            bar.set_description(f"cost {record.cost:.4f}, validation {record.accuracy:.2%}")
            records.append(record)
    return network, records


# -- what keeps it below the goal -----------------------------------------------------------------


def what_is_missing(
    goal: float, network: Network, training: Pile, validation: Pile, records: list[EpochRecord]
) -> str:
    """Say what keeps a network below the goal, and what might help."""
    if flat := flat_neurons(network, validation):
        return f"{flat} It comes of steps that are too large, or of weights that begin too large."
    best = max(records, key=lambda record: record.accuracy)
    if best.accuracy >= goal:
        return (
            f"It was there after epoch {best.epoch}, with {best.accuracy:.2%}, and lost it again: "
            "large steps jump about near the bottom. What about smaller ones for the last epochs?"
        )
    costs = [record.cost for record in records]
    if costs == sorted(costs, reverse=True) and (len(costs) < 3 or costs[-1] < 0.985 * costs[-3]):
        more = "More epochs, larger" if len(records) < MOST_EPOCHS else "Larger"
        return (
            f"The cost has fallen in every epoch, to the last one. {more} steps at the beginning or smaller "
            "mini-batches take it further."
        )
    others = "other first weights, or smaller steps at the end"
    if sum(network.sizes[1:-1]) < MOST_HIDDEN:
        others = f"more neurons (up to {MOST_HIDDEN}), {others}"
    learned = network.accuracy(*training)
    if learned >= goal:
        reads = f"Of the images that it has learned from it reads {learned:.2%}, but those do not count."
    else:
        reads = (
            f"Even of the images that it has learned from it reads only {learned:.2%}, and it has stopped "
            "getting better."
        )
    return f"{reads} Try {others}."


def flat_neurons(network: Network, pile: Pile) -> str | None:
    """Say which digits are hardly ever the answer because their output neurons are saturated, or None."""
    x, y = pile
    outputs = network.feedforward(x)
    often = np.bincount(outputs.argmax(axis=1), minlength=10) >= 0.01 * len(x)
    of_own = [outputs[y == digit, digit] for digit in range(10)]
    dark = [own.mean() < 0.5 and network.output.slope(own).mean() < 0.01 for own in of_own]
    if all(dark):
        return (
            "All ten output neurons are flat and dark, even for images of their own digit: none learns more."
        )
    silent = [str(digit) for digit in range(10) if dark[digit] and not often[digit]]
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
