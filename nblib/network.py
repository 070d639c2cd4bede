"""The network of the course: an activation function, another in the last layer if wanted, a cost, plain SGD.

Forward pass, BP1–BP4 and update stand in `nblib.layers`, which the classifier shares.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nblib import activations, costs, symptoms, validate
from nblib.layers import Array, Layers
from nblib.learners import Backprop, Own, Plain
from nblib.runs.epochs import Descent, Epochs
from nblib.runs.trace import Trace
from nblib.threads import one_blas_thread
from nblib.workspace import Workspace


class Network(Layers):
    """Layers of neurons, each connected to all of the layer before.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first: ``[784, 30, 10]``. At least two layers.
    activation : {"sigmoid", "tanh", "relu", "elu", "arctan", "step"}
        The activation function f of every layer.
    cost : {"quadratic", "cross_entropy"}
        The cost function C.
    init : {"normal", "scaled"}
        Initial weights: N(0, 1), or N(0, 1)/√n_in, which keeps the weighted inputs of wide layers
        small. Biases are N(0, 1) in both.
    seed : int
        Seed of the initial weights. The same seed draws the same numbers for every `init` and `dtype`.
    dtype : {numpy.float32, numpy.float64}
        The type of all numbers inside. float32 is twice as fast; float64 is for gradient checks.
    output : str, optional
        The activation function of the output layer, if it is another one.

    Attributes
    ----------
    weights : list of ndarray, shapes (n_l, n_{l−1})
        ``weights[l - 1][j, k]`` is w^l_jk, from neuron k of layer l − 1 to neuron j of layer l.
    biases : list of ndarray, shapes (n_l,)

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    Examples
    --------
    >>> Network([784, 16, 10]).n_parameters
    12730
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "sigmoid",
        cost: str = "quadratic",
        init: str = "normal",
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        output: str | None = None,
    ) -> None:
        validate.one_of("init", init, ("normal", "scaled"))
        super().__init__(sizes, init == "scaled", seed, dtype)
        self.activation = activations.by_name(activation)
        self.output = activations.by_name(activation if output is None else output, "output")
        self.cost_function = costs.by_name(cost)
        self.cost_function.suit(self.output)
        self._functions = [self.activation.function] * (len(self.weights) - 1) + [self.output.function]

    def __repr__(self) -> str:
        last = "" if self.output is self.activation else f", {self.output.name} output"
        functions = f"{self.activation.name}{last}, {self.cost_function.name}"
        return f"Network({self.architecture}, {functions}, {self.dtype})"

    def _bp1(self, a: Array, y: Array, delta: Array, slopes: Array) -> None:
        self.cost_function.delta(a, y, self.output, delta, slopes)

    def _costs(self, room: Workspace, y: Array) -> Array:
        return self.cost_function(room.a[-1].T, y)

    def activations(self, x: ArrayLike) -> list[Array]:
        """Return the activations a^0 … a^L of all layers: (n, n_l) for rows, (n_l,) for one example.

        Raises
        ------
        ValueError, TypeError
            If `x` does not fit the network.
        """
        rows, single = self._rows(x)
        room = self.workspace(len(rows))
        self.forward(room, rows)
        a = [rows, *(a_l.T for a_l in room.a)]
        return [a_l[0] for a_l in a] if single else a

    def trace(self, x: ArrayLike, y: ArrayLike) -> Trace:
        """Return everything that one pass forwards and backwards over the rows of `x` computes.

        Arguments as for `backprop`. The gradients are those that `backprop` returns.

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        rows, targets = self._pair(x, y)
        room = self._there_and_back(rows, targets, scale=1)
        return Trace.of(room, rows, self._costs(room, targets))

    # -- learning -------------------------------------------------------------------------------

    def update_mini_batch(self, x: ArrayLike, y: ArrayLike, eta: float) -> None:
        """Take one step of gradient descent on the mini-batch, changing weights and biases in place.

        Arguments as for `backprop`; `eta` is the learning rate η, above 0.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit; nothing has been changed then.
        """
        data, eta = self._pair(x, y), validate.positive("eta", eta)
        with one_blas_thread():
            self._learner(data, None).begin()(np.arange(len(data[0])), eta)

    def sgd(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
        backprop: Backprop | None = None,
    ) -> Epochs:
        """Train by stochastic gradient descent; an iterator that yields one record per epoch.

        Training goes on only as the records are taken, so the loop belongs to the caller: leave
        it at any time, or interrupt it, and the network is as the last update left it.

        Parameters
        ----------
        x : array_like, shape (n, n_0)
            Training data, one example per row. It is neither copied nor reordered.
        y : array_like
            Labels, shape (n,), or targets, shape (n, n_L).
        epochs : int
            Passes through the data, at least 1.
        mini_batch_size : int
            Examples per update, at least 1. The last mini-batch of an epoch may be smaller.
        eta : float
            The learning rate η, above 0.
        validation : tuple of (x, y), optional
            Data on which the records measure cost and accuracy; without it, the training data.
        seed : int
            Seed of the order in which the examples come.
        backprop : callable, optional
            ``backprop(network, x, y)`` that returns the gradients in place of `Network.backprop`:
            train by a backpropagation of your own.

        Raises
        ------
        ValueError, TypeError
            At the call, before anything is trained, if an argument does not fit.
        FloatingPointError
            In place of a record, if the training has blown up: weights have grown beyond all numbers.

        Examples
        --------
        >>> network = Network([2, 3, 1], seed=1)
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> history = list(network.sgd(x, y, epochs=1000, mini_batch_size=1, eta=1.0))
        >>> history[-1].accuracy
        1.0
        """
        data, rng = self.data(x, y), validate.generator("seed", seed)
        descent = Descent(self._learner(data, backprop).begin, len(data[0]), mini_batch_size, eta, rng)
        measure = partial(self._measure, *self._measured(data, validation))
        return Epochs(descent, epochs, measure, partial(symptoms.look_at_network, self, data[0]))

    def descent(self, x: ArrayLike, y: ArrayLike, mini_batch_size: int, eta: float, seed: int = 0) -> Descent:
        """Return the descent that `sgd` makes, for loops of your own; arguments as there.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit.
        """
        data, rng = self.data(x, y), validate.generator("seed", seed)
        return Descent(self._learner(data, None).begin, len(data[0]), mini_batch_size, eta, rng)

    def _learner(self, data: tuple[Array, Array], backprop: Backprop | None) -> Plain:
        if backprop is None and type(self).backprop is not Network.backprop:
            backprop = type(self).backprop
        return Plain(self, *data) if backprop is None else Own(self, *data, backprop)

    # -- files and the door ---------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to exactly `path`, an .npz file of plain arrays, whole or not at all.

        Raises
        ------
        ValueError, TypeError
            If the network holds what `load` would refuse, as one that has blown up does, or `path` names
            no file.
        OSError
            If the file cannot be written: the disk is full, or the folder may not be changed.
        """
        from nblib import saving  # only here: it brings in much that few need

        saving.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """Return the network that `save` wrote to `path`.

        Raises
        ------
        ValueError, TypeError
            If there is no such file, or it is damaged, or was not written by `save`.
        """
        from nblib import saving

        return saving.load(cls, path)

    def _targets(self, name: str, y: Array) -> Array:
        """Return `y` as targets (n, n_L): labels become one-hot rows, or a column for one output."""
        targets = validate.targets(name, y, self.sizes[-1], self.dtype)
        self.cost_function.admit(name, targets)
        return targets
