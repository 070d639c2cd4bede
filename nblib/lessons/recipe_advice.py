"""What keeps a recipe for reading digits below its goal, and what might help: advice that was tried out."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.classifier import Classifier
from nblib.layers import Layers
from nblib.lessons.recipes import MOST_EPOCHS, MOST_HIDDEN, Pile
from nblib.network import Network
from nblib.runs.epochs import EpochRecord

SETTLED = 0.95
"""Where smaller steps lead to less than so much of the cost, the larger ones were too large."""
STILL = 1e-3
"""A neuron whose slope is smaller for every image learns hardly any more."""
MOST_DEAD = 0.1
"""Where a larger share of the hidden neurons learns no more, in each network, that is what is wrong."""
BY_HEART = 0.995
"""Who reads so many of the images learned from has learned them by heart."""

# -- few neurons, in notebook 06 ------------------------------------------------------------------


def what_is_missing(
    goal: float,
    network: Network,
    training: Pile,
    validation: Pile,
    size: int,
    etas: list[float],
    records: list[EpochRecord],
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
    if tried := another_eta(network, training, validation, mini_batch_size=size, eta=etas[-1]):
        return tried
    others = "other first weights, or another η"
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


# -- few images, in notebook 07 ------------------------------------------------------------------


def what_might_help(
    goal: float,
    most_hidden: int,
    networks: list[Classifier],
    settings: dict[str, Any],
    training: Pile,
    validation: Pile,
) -> str:
    """Say what keeps three networks of one recipe below the goal of notebook 07, and what might help."""
    learned = float(np.mean([network.accuracy(*training) for network in networks]))
    of_learned = f"Of the images that they have learned from, the networks read {learned:.1%}"
    if learned > BY_HEART:
        return f"{of_learned}: nearly all, by heart. What makes learning by heart harder?"
    hidden = sum(networks[0].sizes[1:-1])
    tried = (
        too_much_decay(networks[0], settings, training, validation)
        or thrown_away(networks, hidden, settings, training)
        or (None if settings.get("schedule") else another_eta(networks[0], training, validation, **settings))
    )
    no_more = ", no more" if learned < goal else ""
    left = f"{of_learned}{no_more}. What is left to try: {_left(most_hidden, hidden, settings)}."
    return tried or left


def too_much_decay(
    network: Classifier, settings: dict[str, Any], training: Pile, validation: Pile
) -> str | None:
    """Try an epoch more without weight decay; say so if that is better, or None."""
    free = copy.deepcopy(network)
    free.weight_decay = 0
    with_it, without = (
        _cost_after_an_epoch(one, training, validation, **settings | {"schedule": None})
        for one in (network, free)
    )
    if not without < SETTLED * with_it:
        return None
    return (
        "The weight decay holds the weights down too hard. One epoch more, tried just now, leads to a cost "
        f"of {with_it:.3f} with it, and of {without:.3f} without. Take a λ below {network.weight_decay:g}."
    )


def thrown_away(
    networks: list[Classifier], hidden: int, settings: dict[str, Any], training: Pile
) -> str | None:
    """Say how many neurons learn no more, if in each network there are many, or None."""
    dead = [still(network, training[0]) for network in networks]
    if min(dead) <= MOST_DEAD * hidden:
        return None
    mu = settings.get("momentum") or 0
    adds_up = f": with μ = {mu:g}, steps add up to η/(1 − μ) = {settings['eta'] / (1 - mu):g}" if mu else ""
    return (
        f"In the three networks {dead[0]}, {dead[1]} and {dead[2]} of the {hidden} hidden neurons learn no "
        "more: for every image their slope is 0, or nearly. Steps that were too long have thrown them there, "
        f"and no gradient brings them back. Begin with a much smaller η{adds_up}."
    )


def _left(most_hidden: int, hidden: int, settings: dict[str, Any]) -> str:
    """Return what a recipe has not made use of."""
    ways = {
        f"more neurons, up to {most_hidden}": hidden < most_hidden,
        f"more epochs, up to {MOST_EPOCHS}": settings["epochs"] < MOST_EPOCHS,
        "steps that become small": not settings.get("schedule"),
        "shifted images": not settings.get("augment"),
        "smaller shifts": settings.get("augment"),
        "another η": True,
    }
    *first, last = (way for way, left in ways.items() if left)
    return f"{', '.join(first)}, or {last}" if first else last


# -- what was tried -------------------------------------------------------------------------------


def another_eta(network: Layers, training: Pile, judge: Pile, **settings: Any) -> str | None:
    """Try an epoch more with a tenth of the η, and with ten times it; say so if one is better, or None."""
    eta = settings["eta"]
    smaller, same, larger = (
        _cost_after_an_epoch(network, training, judge, **settings | {"eta": rate})
        for rate in (eta / 10, eta, 10 * eta)
    )
    if not min(smaller, larger) < SETTLED * same:
        return None
    says, rate, cost = (
        ("The steps are too long at the end: they jump about.", eta / 10, smaller)
        if smaller < larger
        else ("The steps are too short.", 10 * eta, larger)
    )
    return (
        f"{says} One epoch more, tried just now, leads to a cost of {cost:.3f} with η = {rate:g}, and of "
        f"{same:.3f} with your η = {eta:g}."
    )


def _cost_after_an_epoch(network: Layers, training: Pile, judge: Pile, **settings: Any) -> float:
    """Return the cost without decay that one epoch leads to, infinity where the weights run away."""
    network, settings = copy.deepcopy(network), settings | {"epochs": 1, "seed": 0}
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        try:
            list(network.sgd(*training, **settings))
        except FloatingPointError:
            return np.inf
    if isinstance(network, Classifier):
        network.weight_decay = 0
    return network.cost(*judge)


def still(network: Layers, x: NDArray[Any]) -> int:
    """Return how many hidden neurons have a slope of almost 0 for all these images, and so learn no more."""
    a, n = x, 0
    for w, b in zip(network.weights[:-1], network.biases[:-1], strict=True):
        a = network.activation.function(a @ w.T + b)
        n += int((np.abs(network.activation.slope(a)).max(axis=0) < STILL).sum())
    return n
