"""A small network learns to tell points in the plane apart, recorded update by update, as far as one likes.

The network has sigmoids in its output layer and the quadratic cost. With weight decay λ an update is::

    W ← W − η (∂C/∂W + λ W)        b ← b − η ∂C/∂b
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nblib import validate
from nblib.data import toydata
from nblib.network import Network
from nblib.runs.epochs import Descent, Rows

Array = NDArray[np.float32]
Point = tuple[float, float, int]

OWN = "own"
"""The name of the data that are points of one's own."""
ACTIVATIONS = ("sigmoid", "tanh", "relu")
N_POINTS = 200
MOST_POINTS = 250
"""How many points there may be: the number of each fits one byte."""
MOST_LAYERS, MOST_NEURONS = 4, 8
EDGE = 4.0
"""Points of one's own lie within this distance of both axes."""
TOO_FAR = 1e6
"""A weight beyond this has left every scale, and the run ends."""
MOST_BYTES = 32_000_000
"""How much a record may hold."""


class Points(NamedTuple):
    """Points and their labels; the first `n_train` of them are learned from, the others held out."""

    x: Array
    y: Array
    n_train: int


@dataclass(frozen=True)
class Recipe:
    """All that a run depends on: the same recipe makes the same run.

    Attributes
    ----------
    data : str
        A name of `toydata.PLANE`, or "own".
    noise : float
        Standard deviation of what is added to both coordinates of each point, at least 0.
    held_out : float
        Which share of the points is not learned from, from 0 to below 1. It is the same in both classes.
    data_seed : int
        Seed of the points.
    own : tuple of (x₁, x₂, label)
        The points of the data "own", at most 250, with coordinates from −4 to 4.
    hidden : tuple of int
        Neurons in each hidden layer: at most four layers of at most eight.
    activation : {"sigmoid", "tanh", "relu"}
        The activation function f of the hidden layers.
    seed : int
        Seed of the first weights, and of the order in which the examples come.
    eta : float
        The learning rate η, above 0.
    mini_batch_size : int
        Examples per update, at least 1.
    weight_decay : float
        λ, at least 0.

    Raises
    ------
    ValueError, TypeError
        If one of them is not as described.
    """

    data: str = "circle"
    noise: float = 0.2
    held_out: float = 0.3
    data_seed: int = 0
    own: tuple[Point, ...] = field(default=(), repr=False)
    hidden: tuple[int, ...] = (4,)
    activation: str = "tanh"
    seed: int = 0
    eta: float = 1.0
    mini_batch_size: int = 10
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        checked = {
            "data": validate.one_of("data", self.data, (*toydata.PLANE, OWN)),
            "noise": validate.not_negative("noise", self.noise),
            "held_out": validate.share("held_out", self.held_out),
            "data_seed": validate.whole("data_seed", self.data_seed, at_least=0),
            "own": _own(self.own),
            "hidden": _hidden(self.hidden),
            "activation": validate.one_of("activation", self.activation, ACTIVATIONS),
            "seed": validate.whole("seed", self.seed, at_least=0),
            "eta": validate.positive("eta", self.eta),
            "mini_batch_size": validate.whole("mini_batch_size", self.mini_batch_size, at_least=1),
            "weight_decay": validate.not_negative("weight_decay", self.weight_decay),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def sizes(self) -> list[int]:
        """Neurons per layer, input first."""
        return [2, *self.hidden, 1]

    def but(self, **others: Any) -> Recipe:
        """Return the recipe with other ingredients.

        Raises
        ------
        ValueError, TypeError
            If there is no such ingredient, or it is not as described.
        """
        for name in others:
            validate.one_of("an ingredient", name, self.__dataclass_fields__)
        return replace(self, **others)

    def points(self) -> Points:
        """Return the points, those that are learned from first."""
        if self.data == OWN:
            table = np.array(self.own, np.float64).reshape(-1, 3)
            x, y = table[:, :2], table[:, 2].astype(np.int64)
        else:
            x, y = toydata.PLANE[self.data](N_POINTS, self.noise, self.data_seed)
            mixed = np.random.default_rng(self.data_seed).permutation(N_POINTS)
            x, y = x[mixed], y[mixed]
        apart = _held_out(y, self.held_out)
        order = np.argsort(apart, kind="stable")
        return Points(x[order].astype(np.float32), y[order].astype(np.float32), int((~apart).sum()))


def _held_out(y: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Return which points are held out: in each class evenly, and always the same if others follow."""
    within = np.array([np.count_nonzero(y[:i] == label) for i, label in enumerate(y)], dtype=float)
    return np.floor((within + 1) * share + 1e-9) > np.floor(within * share + 1e-9)


def _own(points: Any) -> tuple[Point, ...]:
    points = validate.listed("own", points, "(x₁, x₂, label)")
    table = validate.finite("own", points) if points else np.empty((0, 3))
    if table.ndim != 2 or table.shape[1] != 3:
        raise ValueError(f"own must hold points (x₁, x₂, label), got shape {table.shape}")
    if len(table) > MOST_POINTS:
        raise ValueError(f"own must hold at most {MOST_POINTS} points, got {len(table)}")
    if np.abs(table[:, :2]).max(initial=0) > EDGE:
        raise ValueError(f"own must hold coordinates from −4 to 4, got {np.abs(table[:, :2]).max():g}")
    if not np.isin(table[:, 2], (0, 1)).all():
        raise ValueError("own must hold labels that are 0 or 1")
    return tuple((float(x1), float(x2), int(label)) for x1, x2, label in table)


def _hidden(sizes: Sequence[int]) -> tuple[int, ...]:
    if not np.iterable(sizes) or isinstance(sizes, str):
        raise TypeError(f"hidden must list the neurons of each hidden layer, such as (4,), got {sizes!r}")
    checked = tuple(validate.whole(f"hidden[{i}]", size, at_least=1) for i, size in enumerate(sizes))
    if len(checked) > MOST_LAYERS or max(checked, default=0) > MOST_NEURONS:
        raise ValueError(
            f"hidden must list at most {MOST_LAYERS} layers of at most {MOST_NEURONS} neurons, got {sizes}"
        )
    return checked


class PlaygroundRun:
    """A run by a recipe: page 0 is the untrained network, page t the network after t updates.

    Parameters
    ----------
    recipe : Recipe

    Attributes
    ----------
    recipe : Recipe
    points : Points
    network : Network
        As the last page has it.
    rows : list of ndarray of int
        ``rows[t - 1]`` are the points of the mini-batch of update t.
    left_at : int or None
        The update with which a weight left every scale; there is no page of it, and none after it.

    Raises
    ------
    TypeError
        If `recipe` is none.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.points = validate.instance("recipe", recipe, Recipe), recipe.points()
        self.network = _network(recipe)
        self.rows: list[Rows] = []
        self.left_at: int | None = None
        self._pages = [flat(self.network)]
        self._x, self._y = self.points.x[: self.points.n_train], self.points.y[: self.points.n_train, None]
        self._most = MOST_BYTES // (4 * self.network.n_parameters)
        rng = np.random.default_rng(recipe.seed)
        n, size, eta = len(self._x), recipe.mini_batch_size, recipe.eta
        self._descent = Descent(lambda: self._learn, n, size, eta, rng) if n else None

    def __repr__(self) -> str:
        return f"PlaygroundRun({self.recipe.data}, {self.network.architecture}, {self.n_updates} updates)"

    @property
    def n_updates(self) -> int:
        """How many updates are recorded: page `n_updates` is the last."""
        return len(self.rows)

    @property
    def over(self) -> bool:
        """Whether there will be no more updates."""
        return self._descent is None or self.left_at is not None or self.n_updates >= self._most

    def parameters(self, first: int = 0) -> Array:
        """Return weights and biases of the pages from `first` on, (pages, n_parameters), as in `flat`.

        Raises
        ------
        ValueError, TypeError
            If `first` is no whole number of at least 0.
        """
        first = validate.whole("first", first, at_least=0)
        return np.array(self._pages[first:]).reshape(-1, self.network.n_parameters)

    def network_at(self, page: int) -> Network:
        """Return a network with weights and biases of a page.

        Raises
        ------
        ValueError, TypeError
            If there is no such page.
        """
        page = validate.whole("page", page, at_least=0)
        if page > self.n_updates:
            raise ValueError(f"page must be at most {self.n_updates}, got {page}")
        network, parts, at = _network(self.recipe), [], 0
        for like in _parts(network):
            parts.append(self._pages[page][at : at + like.size].reshape(like.shape))
            at += like.size
        network.set_parameters(parts[::2], parts[1::2])
        return network

    def extend(self, updates: int, seconds: float = inf) -> int:
        """Learn on, and return how many updates there have been.

        Parameters
        ----------
        updates : int
            How many at most, at least 0. There are fewer if the run is `over`.
        seconds : float
            After this time it stops, with at least one update.

        Raises
        ------
        ValueError, TypeError
            If an argument is not as described.
        """
        if not isinstance(seconds, float) or seconds != inf:
            seconds = validate.positive("seconds", seconds)
        before, began = self.n_updates, perf_counter()
        goal = before + validate.whole("updates", updates, at_least=0)

        def enough() -> bool:
            late = self.n_updates > before and perf_counter() - began > seconds
            return late or self.over or self.n_updates >= goal

        with np.errstate(over="ignore", invalid="ignore"):  # numbers that run away end the run
            while self._descent is not None and not enough():
                self._descent.epoch(stop=enough)
        return self.n_updates - before

    def _learn(self, rows: Rows, eta: float) -> None:
        nabla_weights, nabla_biases = self.network.backprop(self._x[rows], self._y[rows])
        for nabla, w in zip(nabla_weights, self.network.weights, strict=True):
            nabla += self.network.dtype.type(self.recipe.weight_decay) * w
        self.network.descend(nabla_weights, nabla_biases, eta)
        page = flat(self.network)
        if np.abs(page).max() < TOO_FAR:  # NaN is not
            self.rows.append(rows)
            self._pages.append(page)
        else:
            self.left_at = self.n_updates + 1


def flat(network: Network) -> Array:
    """Return W¹, b¹, W², b², … of a network in one array, row after row.

    Raises
    ------
    TypeError
        If `network` is none.
    """
    validate.instance("network", network, Network)
    return np.concatenate([part.ravel() for part in _parts(network)])


def _parts(network: Network) -> list[Array]:
    return [part for pair in zip(network.weights, network.biases, strict=True) for part in pair]


def _network(recipe: Recipe) -> Network:
    return Network(recipe.sizes, recipe.activation, init="scaled", seed=recipe.seed, output="sigmoid")
