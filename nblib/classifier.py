r"""Beyond plain SGD: a network for classes with what years of practice have added, one idea a line.

Hidden layers have an activation f, ReLU unless another is asked for; the output layer is softmax,
and the cost is the cross-entropy C = −Σ_j y_j ln a_j::

    z^l = W^l a^(l−1) + b^l        a^l = f(z^l)        a^L_j = e^(z^L_j) / Σ_i e^(z^L_i)

Only the first of the four equations of backpropagation changes::

    BP1   δ^L = a^L − y

Training is stochastic gradient descent with momentum μ, a schedule s for the learning rate, and
weight decay λ. With t, the fraction of the training that is done::

    v ← μ v − η s(t) (∇C + λ W)        W ← W + v

Forward pass, BP2 to BP4 and update stand in `nblib.layers`, which plain networks share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nblib import activations, symptoms, validate
from nblib.augmentations import Augmentation
from nblib.layers import Array, Layers
from nblib.learners import Momentum
from nblib.runs.epochs import Descent, Epochs
from nblib.schedules import Schedule
from nblib.workspace import Workspace


class Classifier(Layers):
    """A network that says how probable each class is.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first and at least two classes last: ``[784, 128, 10]``.
    activation : {"relu", "sigmoid", "tanh", "elu", "arctan", "step"}
        The activation function f of the hidden layers.
    init : {"he", "scaled"}
        Initial weights: N(0, 1)·√(2/n_in), made for ReLU, or N(0, 1)/√n_in. Biases start at 0.
    weight_decay : float
        λ, at least 0: the cost grows by ½ λ Σ w² over all weights; biases are free.
    seed : int
        Seed of the initial weights, which come from the same random numbers as those of `Network`.
    dtype : {numpy.float32, numpy.float64}
        The type of all numbers inside.

    Attributes
    ----------
    weights : list of ndarray, shapes (n_l, n_{l−1})
    biases : list of ndarray, shapes (n_l,)

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    References
    ----------
    He et al., "Delving Deep into Rectifiers" (2015), for √(2/n_in); M. Nielsen, *Neural Networks and
    Deep Learning*, chapter 3, for softmax, cross-entropy and weight decay.

    Examples
    --------
    >>> Classifier([784, 128, 10])
    Classifier(784-128-10, relu, float32)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        init: str = "he",
        weight_decay: float = 0.0,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(sizes, True, seed, dtype)
        if self.sizes[-1] < 2:
            raise ValueError(f"sizes must end with at least 2 classes, got {self.sizes[-1]}")
        validate.one_of("init", init, ("he", "scaled"))
        self.activation = activations.by_name(activation)
        self.weight_decay = validate.not_negative("weight_decay", weight_decay)
        gain = self.dtype.type(math.sqrt(2) if init == "he" else 1)
        self.weights = [gain * w for w in self.weights]
        self.biases = [np.zeros_like(b) for b in self.biases]
        self._functions = [self.activation.function] * (len(self.weights) - 1) + [_softmax]

    def __repr__(self) -> str:
        decay = f", weight decay {self.weight_decay:g}" if self.weight_decay else ""
        return f"Classifier({self.architecture}, {self.activation.name}{decay}, {self.dtype})"

    def _bp1(self, a: Array, y: Array, delta: Array, slopes: Array) -> None:
        np.subtract(a, y, out=delta)

    def _costs(self, room: Workspace, y: Array) -> Array:
        # ln a^L is made of z^L: softmax would round it to ln 0.
        return -(y * _log_softmax(room.z[-1].T)).sum(axis=1)

    def _measure(self, x: Array, y: Array) -> tuple[float, float]:
        cost, accuracy = super()._measure(x, y)
        decay = 0.5 * self.weight_decay * sum(float(np.square(w).sum()) for w in self.weights)
        return cost + decay, accuracy

    def backward(self, room: Workspace, x: Array, y: Array, scale: float) -> None:
        """Do as every network does, and let weights decay: λ W is the gradient of ½ λ Σ w²."""
        super().backward(room, x, y, scale)
        if self.weight_decay:
            for w, nabla in zip(self.weights, room.nabla_weights, strict=True):
                nabla += (scale * room.m * self.weight_decay) * w

    # -- learning -------------------------------------------------------------------------------

    def sgd(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        momentum: float = 0.0,
        schedule: Schedule | None = None,
        augment: Augmentation | None = None,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
    ) -> Epochs:
        """Train by stochastic gradient descent; an iterator that yields one record per epoch.

        As with `Network.sgd` the loop belongs to the caller: leave it at any time, and the network
        is as the last update left it. The velocities v begin at 0 with each call.

        Parameters
        ----------
        x : array_like, shape (n, n_0)
            Training data, one example per row. It is neither copied nor reordered.
        y : array_like
            Labels, shape (n,), or targets, shape (n, n_L), whose rows add up to 1.
        epochs : int
            Passes through the data, at least 1.
        mini_batch_size : int
            Examples per update, at least 1. The last mini-batch of an epoch may be smaller.
        eta : float
            The learning rate η, above 0.
        momentum : float
            μ, from 0 (plain SGD) to below 1.
        schedule : callable, optional
            ``schedule(t)`` with the fraction of the training that is done, 0 < t < 1, gives the
            factor by which η is multiplied; see `nblib.schedules`. Without it η stays.
        augment : callable, optional
            ``augment(x, rng)`` returns a changed copy of a mini-batch; see `nblib.augmentations`.
        validation : tuple of (x, y), optional
            Data on which the records measure cost and accuracy; without it, the training data.
        seed : int
            Seed of the order in which the examples come, and of the augmentation.

        Raises
        ------
        ValueError, TypeError
            At the call, before anything is trained, if an argument does not fit. What `augment`
            returns is checked whenever it is called.
        FloatingPointError
            In place of a record, if the training has blown up: weights have grown beyond all numbers.

        Examples
        --------
        >>> network = Classifier([2, 8, 2], seed=1)
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> history = list(network.sgd(x, y, epochs=100, mini_batch_size=4, eta=0.1, momentum=0.9))
        >>> history[-1].accuracy
        1.0
        """
        data, rng = self.data(x, y), validate.generator("seed", seed)
        m = validate.whole("mini_batch_size", mini_batch_size, at_least=1)
        n_steps = validate.whole("epochs", epochs, at_least=1) * math.ceil(len(data[0]) / m)
        learner = Momentum(self, *data, momentum, _factors(schedule, n_steps), augment, rng)
        descent = Descent(learner.begin, len(data[0]), m, eta, rng)
        measure = partial(self._measure, *self._measured(data, validation))
        return Epochs(descent, epochs, measure, partial(symptoms.look_at_network, self, data[0]))

    # -- the door -------------------------------------------------------------------------------

    def _targets(self, name: str, y: Array) -> Array:
        """Return `y` as targets (n, n_L); labels become one-hot rows."""
        targets = validate.targets(name, y, self.sizes[-1], self.dtype)
        wrong = (targets.min(axis=1) < 0) | (abs(targets.sum(axis=1) - 1) > 1e-4)
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(
                f"{name} must hold probabilities, from 0 to 1 and with sum 1 in each row, got {targets[i]} "
                f"in row {i}"
            )
        return targets


def softmax(z: ArrayLike) -> Array:
    """Return e^(z_j) / Σ_i e^(z_i) along the last axis: numbers from 0 to 1 that add up to 1.

    Adding the same number to all z changes nothing, so the largest is taken away first and
    nothing overflows.

    Raises
    ------
    ValueError, TypeError
        If there is no number along the last axis, or one that is not finite.
    """
    z = validate.finite("z", z)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"z must hold at least one number along its last axis, got shape {z.shape}")
    return np.exp(_log_softmax(z))


def _log_softmax(z: Array) -> Array:
    """Return ln of the softmax of each row, without overflow and without ln 0."""
    z = z - z.max(axis=-1, keepdims=True)
    z -= np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return z


def _softmax(z: Array, out: Array) -> None:
    """Write the softmax of each column into `out`."""
    np.subtract(z, z.max(axis=0), out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=0)


def _factors(schedule: Schedule | None, n_steps: int) -> list[float]:
    """Return the factor s(t) of every step; t is the middle of the step."""
    if schedule is None:
        return [1.0] * n_steps
    validate.function("schedule", schedule, "the fraction done")
    factors = validate.finite("schedule", [schedule((i + 0.5) / n_steps) for i in range(n_steps)])
    if factors.shape != (n_steps,) or factors.min() < 0:
        raise ValueError("schedule must return one number of at least 0")
    return factors.tolist()
