"""What makes an update out of a mini-batch: plain descent, momentum, or gradients of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nblib import validate
from nblib.layers import Array, Gradients, Layers
from nblib.runs.epochs import Rows
from nblib.workspace import Workspace

if TYPE_CHECKING:  # it would bring numpy.random in, which is slow to import
    from nblib.augmentations import Augmentation

Backprop = Callable[[Any, Array, Array], Gradients]


class Plain:
    """Plain gradient descent: W ← W − η ∂C/∂W.

    Parameters
    ----------
    network : Network or Classifier
        Its weights and biases are changed in place.
    x, y : ndarray, shapes (n, n_0) and (n, n_L)
        Examples and targets, checked before.
    """

    def __init__(self, network: Layers, x: Array, y: Array) -> None:
        self.network, self.x, self.y = network, x, y
        self._room = Workspace(network.sizes, 0, network.dtype, network.memory_order)

    def learn(self, rows: Rows, eta: float) -> None:
        """Make one update, by these rows of the data and with this η."""
        room = self._mini_batch(rows)
        self.network.forward(room)
        self.network.backward(room, eta / room.m)
        self.network.subtract(room.nabla_weights + room.nabla_biases)

    def _mini_batch(self, rows: Rows) -> Workspace:
        """Return the workspace, with these rows of the data in it."""
        if len(rows) != self._room.m:  # the first mini-batch, or the last of an epoch
            m, dtype = len(rows), self.network.dtype
            self._room = self._room.hold(*(np.empty((m, like.shape[1]), dtype) for like in (self.x, self.y)))
        # take is quicker than x[rows]; a mode other than "clip" would copy twice
        self.x.take(rows, axis=0, out=self._room.a[0], mode="clip")
        self.y.take(rows, axis=0, out=self._room.y, mode="clip")
        return self._room


class Own(Plain):
    """Descent along the gradients that a `backprop` of one's own returns.

    Raises
    ------
    TypeError
        If `backprop` is no function.
    """

    def __init__(self, network: Layers, x: Array, y: Array, backprop: Backprop) -> None:
        super().__init__(network, x, y)
        self.backprop = validate.function("backprop", backprop, "(network, x, y)")

    def learn(self, rows: Rows, eta: float) -> None:
        """Make one update, by these rows of the data and with this η.

        Raises
        ------
        ValueError, TypeError
            If what `backprop` returns does not fit; nothing has been changed then.
        """
        network = self.network
        returned = self.backprop(network, self.x[rows], self.y[rows])
        network.descend(*validate.gradients(returned, network.weights, network.biases, network.dtype), eta)


class Momentum(Plain):
    """Descent with velocities: v ← μ v + η s(t) ∂C/∂W, then W ← W − v.

    Here v points uphill, as the gradient does, so that all learners subtract; the formula of
    `nblib.classifier` has the same velocity with its sign turned round, and adds it.

    Parameters
    ----------
    network, x, y
        As for `Plain`.
    momentum : float
        μ, from 0 to below 1.
    factors : sequence of float
        The factor s(t) of each update.
    augment : callable, optional
        ``augment(x, rng)`` returns a changed copy of a mini-batch.
    rng : numpy.random.Generator
        What `augment` draws from.

    Raises
    ------
    ValueError, TypeError
        If `momentum` is not as described, or `augment` no function.
    """

    def __init__(
        self,
        network: Layers,
        x: Array,
        y: Array,
        momentum: float,
        factors: Sequence[float],
        augment: Augmentation | None,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(network, x, y)
        self.momentum = validate.share("momentum", momentum)
        self.augment = augment if augment is None else validate.function("augment", augment, "(x, rng)")
        self.factors, self._done = factors, 0
        self.rng = rng
        self.velocities = [np.zeros_like(array) for array in network.weights + network.biases]

    def learn(self, rows: Rows, eta: float) -> None:
        """Make one update; nothing is changed if what `augment` returns does not fit.

        Raises
        ------
        ValueError, TypeError
            If `augment` returns other than finite numbers in the shape that it was given.
        """
        room = self._mini_batch(rows)
        if self.augment is not None:
            room.a[0][...] = _augmented(self.augment, room.a[0], self.rng)
        self.network.forward(room)
        self.network.backward(room, eta * self.factors[self._done] / room.m)
        for v, step in zip(self.velocities, room.nabla_weights + room.nabla_biases, strict=True):
            v *= self.momentum
            v += step
        self.network.subtract(self.velocities)
        self._done += 1  # only now: an update that is cut short is repeated


def _augmented(augment: Augmentation, x: Array, rng: np.random.Generator) -> Array:
    changed = validate.finite("what augment returns", augment(x, rng), x.dtype)
    if changed.shape != x.shape:
        raise ValueError(f"augment must return shape {x.shape}, as it was given, got {changed.shape}")
    return changed
