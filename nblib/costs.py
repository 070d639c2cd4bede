r"""Cost functions: how wrong an output is, and in which direction.

A cost compares the outputs a^L of a network with the targets y, one example per row, and gives
one number for each example. Beside the number it knows two derivatives::

    gradient(a, y)           # ∂C/∂a^L
    delta(a, y, activation)  # δ^L = ∂C/∂z^L = ∂C/∂a^L · f'(z^L), the first equation of backpropagation
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib import activations, validate
from nblib.activations import Activation

Array = NDArray[Any]


class Quadratic:
    """The quadratic cost C = ½ ‖a − y‖² of one example (Nielsen, chapter 1, eq. 6).

    The ½ is there so that the 2 of the derivative goes away.
    """

    name = "quadratic"

    def __call__(self, a: Array, y: Array) -> Array:
        """Return the cost of each row: (n, n_L) and (n, n_L) in, (n,) out."""
        return 0.5 * np.square(a - y).sum(axis=-1)

    def gradient(self, a: Array, y: Array) -> Array:
        """Return ∂C/∂a = a − y, the same shape as `a`."""
        return a - y

    def delta(
        self,
        a: Array,
        y: Array,
        activation: Activation,
        out: Array | None = None,
        slopes: Array | None = None,
    ) -> Array:
        """Return δ^L = (a − y) f′(z^L), the same shape as `a`; there may be room for it and for f′."""
        delta = np.subtract(a, y, out)
        delta *= activation.slope(a, slopes)
        return delta

    def suit(self, activation: Activation) -> None:
        """Do nothing: any activation function will do."""

    def admit(self, name: str, targets: Array) -> None:
        """Do nothing: targets may be any numbers."""


class CrossEntropy:
    """The cross-entropy C = −Σ [y ln a + (1 − y) ln(1 − a)] of one example (Nielsen, chapter 3, eq. 63).

    It belongs to sigmoid outputs: their slope a(1 − a) cancels against its gradient, and a
    neuron that is saturated at the wrong end still learns quickly.
    """

    name = "cross_entropy"

    def __call__(self, a: Array, y: Array) -> Array:
        """Return the cost of each row: (n, n_L) and (n, n_L) in, (n,) out."""
        a = self._inside(a)
        return -(y * np.log(a) + (1 - y) * np.log1p(-a)).sum(axis=-1)

    def gradient(self, a: Array, y: Array) -> Array:
        """Return ∂C/∂a = (a − y) / (a (1 − a)), the same shape as `a`."""
        a = self._inside(a)
        return (a - y) / (a * (1 - a))

    def delta(
        self,
        a: Array,
        y: Array,
        activation: Activation,
        out: Array | None = None,
        slopes: Array | None = None,
    ) -> Array:
        """Return δ^L = a − y, in `out` if it is given: the slope of the sigmoid has cancelled.

        Raises
        ------
        ValueError
            If `activation` is not the sigmoid.
        """
        self.suit(activation)
        return np.subtract(a, y, out=out)

    def suit(self, activation: Activation) -> None:
        """Do nothing if the cost can follow this activation function.

        Raises
        ------
        ValueError
            If the activation is not the sigmoid.
        """
        if activation != activations.sigmoid:
            raise ValueError(f"cost 'cross_entropy' needs activation 'sigmoid', got {activation.name!r}")

    def admit(self, name: str, targets: Array) -> None:
        """Do nothing if the targets, called by `name`, are from 0 to 1.

        Raises
        ------
        ValueError
            If a target is below 0 or above 1.
        """
        if targets.min() < 0 or targets.max() > 1:
            raise ValueError(
                f"{name} must be from 0 to 1 for cost 'cross_entropy', "
                f"got {targets.min():g} to {targets.max():g}"
            )

    @staticmethod
    def _inside(a: Array) -> Array:
        tiny = np.finfo(a.dtype).eps / 2
        return np.clip(a, tiny, 1 - tiny)  # a saturated sigmoid is exactly 0 or 1, and ln 0 is infinite


Cost = Quadratic | CrossEntropy

quadratic = Quadratic()
cross_entropy = CrossEntropy()

COSTS: dict[str, Cost] = {cost.name: cost for cost in (quadratic, cross_entropy)}


def by_name(name: str) -> Cost:
    """Return the cost called `name`; a ValueError lists the known ones.

    Raises
    ------
    ValueError
        If there is no cost of this name.
    """
    return COSTS[validate.one_of("cost", name, COSTS)]
