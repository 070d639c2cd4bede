"""What makes an update out of a mini-batch: plain descent, momentum, or gradients of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nblib import validate
from nblib.layers import Array, Gradients, Layers
from nblib.runs.epochs import Learn, Rows
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
        self.room = network.workspace(0)

    def begin(self) -> Learn:
        """Return `learn`, for weights and biases as they are now: others may have taken their place."""
        if not self.room.belongs_to(self.network.weights, self.network.biases):
            self.room = self.network.workspace(0)
        return self.learn

    def learn(self, rows: Rows, eta: float) -> None:
        """Make one update, by these rows of the data and with this η."""
        x, y, room = self.mini_batch(rows)
        self.network.forward(room, x)
        self.network.backward(room, x, y, eta / room.m)
        self.network.subtract(room.steps)

    def mini_batch(self, rows: Rows) -> tuple[Array, Array, Workspace]:
        """Return these rows of the data, and room for a pass of them."""
        if len(rows) != self.room.m:  # the first mini-batch, or the last of an epoch
            self.batch = [np.empty((len(rows), part.shape[1]), part.dtype) for part in (self.x, self.y)]
            self.room = self.room.of(len(rows))  # last: whoever is interrupted before comes here again
        # take is quicker than x[rows]; a mode other than "clip" would copy twice
        x, y = self.batch
        self.x.take(rows, 0, x, "clip")
        self.y.take(rows, 0, y, "clip")
        return x, y, self.room


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
        self._momentum = np.array(validate.share("momentum", momentum), network.dtype)
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
        x, y, room = self.mini_batch(rows)
        if self.augment is not None:
            x[...] = _augmented(self.augment, x, self.rng)
        self.network.forward(room, x)
        self.network.backward(room, x, y, eta * self.factors[self._done] / room.m)
        for v, (_, step) in zip(self.velocities, room.steps, strict=True):
            v *= self._momentum
            v += step
        self.network.subtract(zip(room.parameters, self.velocities, strict=True))
        self._done += 1  # only now: an update that is cut short is repeated


def _augmented(augment: Augmentation, x: Array, rng: np.random.Generator) -> Array:
    changed = validate.finite("what augment returns", augment(x, rng), x.dtype)
    if changed.shape != x.shape:
        raise ValueError(f"augment must return shape {x.shape}, as it was given, got {changed.shape}")
    return changed
