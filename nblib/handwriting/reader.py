"""What a network makes of one digit: its answer, its activations, and the images it knows nearest to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.handwriting.neighbours import Nearest
from nblib.network import Network
from nblib.ranking import ranking, undecided

Array = NDArray[Any]
UNSURE = 0.5
"""Below this the strongest output is called unsure: no output neuron has said yes."""


@dataclass(frozen=True, repr=False)
class Reading:
    """How a network read one image.

    Attributes
    ----------
    image : ndarray, shape (784,), 0 to 1
    hidden : list of ndarray, shapes (n_l,)
        The activations of the hidden layers.
    outputs : ndarray, shape (10,)
    rows : ndarray of int, shape (k,)
        Which of the known images are nearest to this one, the nearest first; empty where none are known.
    nearest : ndarray, shape (k, 784)
        These images.
    labels : ndarray of int, shape (k,)
        What they are.
    distances : ndarray, shape (k,)
        How far away they are: the root of the sum of the squared differences of the 784 pixels.
    """

    image: Array
    hidden: list[Array]
    outputs: Array
    rows: Array = field(default_factory=lambda: np.empty(0, np.int64))
    nearest: Array = field(default_factory=lambda: np.empty((0, 784), np.float32))
    labels: Array = field(default_factory=lambda: np.empty(0, np.int64))
    distances: Array = field(default_factory=lambda: np.empty(0, np.float32))

    @property
    def answer(self) -> int | None:
        """The digit with the strongest output; None where all are equal or no number: nothing is answered."""
        return None if undecided(self.outputs) else int(ranking(self.outputs)[0])

    @property
    def words(self) -> str:
        """The answer in words, with the strongest two outputs."""
        if np.isnan(self.outputs).all():
            return "no answer: no output of the network is a number, its training has blown up"
        if undecided(self.outputs):
            return f"no answer: all ten outputs of the network are {self.outputs[0]:.2f}"
        first, second = (int(digit) for digit in ranking(self.outputs)[:2])
        sure = f"the network says {first}" if self.outputs[first] >= UNSURE else f"not sure, perhaps {first}"
        return f"{sure} ({self.outputs[first]:.2f}); next {second} ({self.outputs[second]:.2f})"

    def __repr__(self) -> str:
        return f"Reading({self.words})"


class Reader:
    """A network that reads digits, beside the images it has learned from.

    Parameters
    ----------
    network : Network
        From 784 pixels to ten digits.
    x, y : array_like, shapes (n, 784) and (n,), optional
        Images and their labels, in which the nearest are looked for. Held, not copied.
    names : tuple of (str, str)
        What messages call these two.

    Raises
    ------
    ValueError, TypeError
        If the network or the images do not fit.
    """

    def __init__(
        self,
        network: Network,
        x: ArrayLike | None = None,
        y: ArrayLike | None = None,
        names: tuple[str, str] = ("x", "y"),
    ) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network must be a Network, got {type(network).__name__}")
        if (network.sizes[0], network.sizes[-1]) != (784, 10):
            raise ValueError(f"network must lead from 784 pixels to 10 digits, got {network}")
        if (x is None) != (y is None):
            raise ValueError(f"{' and '.join(names)} must be given together: images and their labels")
        self.network = network
        self._known = None
        if x is not None:
            of_x, of_y = names
            x, self._y = validate.rows(of_x, x, 784, np.float32), validate.labels(of_y, y, 10)
            validate.same_length(of_x, x, of_y, self._y)
            self._known = Nearest(_ink(of_x, x))

    def read(self, image: ArrayLike, k: int = 2) -> Reading:
        """Return what the network makes of one image, shape (784,), and the `k` images nearest to it.

        Raises
        ------
        ValueError, TypeError
            If `image` is not 784 numbers from 0 to 1, or `k` no whole number of at least 1.
        """
        image = _ink("image", validate.row("image", image, 784, np.float32))
        _, *hidden, outputs = self.network.activations(image)
        if self._known is None:
            return Reading(image, hidden, outputs)
        rows, distances = self._known.search(image, k)
        return Reading(image, hidden, outputs, rows, self._known.x[rows], self._y[rows], distances)


def _ink(name: str, images: Array) -> Array:
    low, high = images.min(), images.max()
    if low < 0 or high > 1:
        advice = f": divide it by {high:g}" if low == 0 else ""
        raise ValueError(f"{name} must be from 0 (paper) to 1 (ink), got {low:g} to {high:g}{advice}")
    return images
