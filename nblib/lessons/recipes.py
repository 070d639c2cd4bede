"""What recipes for reading digits are judged by: piles of images, the rules, and what a network lacks."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib import mnist, validate
from nblib.layers import Layers
from nblib.lessons.compare import kind
from nblib.lessons.exercise import Check
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
            records.append(dataclasses.replace(record, epoch=epoch))
    return network, records


def test_once(goal: Check, networks: Sequence[Layers], test: Pile) -> str:
    """Say how many of the test images are read, for the first recipe that reaches a goal and no other."""
    if goal.yours is not None:
        return (
            "The test images were opened for the recipe that was here first; to look again would be to "
            "choose by them."
        )
    reads = listed([network.accuracy(*test) for network in networks])
    return f"And now, once, the test images, which nobody has chosen by: {reads}. That is the number to tell."


def listed(shares: Sequence[float]) -> str:
    """Return shares as percentages in a row: ``97.10%, 97.05% and 97.32%``."""
    *first, last = (f"{share:.2%}" for share in shares)
    return f"{', '.join(first)} and {last}" if first else last
