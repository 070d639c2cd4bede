"""Stochastic gradient descent that can be watched and steered: a slice at a time.

`Network.sgd` trains an epoch before it gives back control. `Training` takes the same mini-batches in
the same order, but gives back control after a few hundredths of a second; in between, the learning
rate and the mini-batch size may be changed, or it may rest for as long as one likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike

from nblib import validate
from nblib.network import Network
from nblib.runs.epochs import Descent
from nblib.threads import one_blas_thread

SLICE = 0.03  # seconds of training before control is given back
EVERY = 0.1  # seconds of training between two measurements, at least …
SHARE = 10  # … and at least this many times what measuring takes
COST_IMAGES, ACCURACY_IMAGES = 1000, 2000  # rows that the two are measured on, at most


@dataclass(frozen=True)
class Measurement:
    """How far a training has come.

    Attributes
    ----------
    epoch : float
        Passes through the data so far: 1.5 is half way through the second.
    cost : float
        Mean cost on the first 1,000 training examples.
    accuracy : float
        Fraction of the first 2,000 validation examples that are answered rightly, 0 to 1.
    eta : float
        The learning rate η of the last mini-batch.
    mini_batch_size : int
        The size asked for at the last mini-batch.
    training_accuracy, validation_cost : float or None
        Accuracy on the training examples, and cost on the validation examples, where both are measured.
    """

    epoch: float
    cost: float
    accuracy: float
    eta: float
    mini_batch_size: int
    training_accuracy: float | None = None
    validation_cost: float | None = None


class Training:
    """A training of a network in slices; its length is the number of training examples.

    Parameters
    ----------
    network : Network
        It is changed in place. Between two slices it is as the last mini-batch left it, and can be
        used for anything. An update that an interrupt cuts short may be done in part; it is repeated.
    x, y, epochs, mini_batch_size, eta, validation, seed
        As for `Network.sgd`. As long as nobody changes anything, the network becomes the same too.

    Attributes
    ----------
    network : Network
    epochs : int
    validated : bool
        Whether there are validation data; without them, accuracy is measured on the training data.
    eta : float
        The learning rate η, above 0. Change it at any time: it acts from the next mini-batch.
    mini_batch_size : int
        At least 1; it acts from the next mini-batch too. The order of the examples stays.
    updates : int
        Mini-batches so far.
    seconds : float
        Time that they took, without the measuring.
    record : list of Measurement
        One before the first mini-batch, one at the end of each epoch, and as many in between as
        cost less than a tenth of the time.

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit, as from `Network.sgd`.

    Examples
    --------
    >>> training = Training(Network([2, 3, 1], seed=1), [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0],
    ...                     epochs=1000, mini_batch_size=1, eta=1.0)
    >>> for measurement in training.run():
    ...     if measurement.epoch >= 500:
    ...         training.eta = 0.5
    >>> training.updates, training.record[-1].accuracy
    (4000, 1.0)
    """

    trains: type = Network  # what kind of network
    measures_both = False  # cost and accuracy, both on the training and on the validation data

    def __init__(
        self,
        network: Network,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
    ) -> None:
        if not isinstance(network, self.trains):
            raise TypeError(f"network must be a {self.trains.__name__}, got {type(network).__name__}")
        self.network, self.seed, self._data = network, seed, (x, y)
        self.epochs = validate.whole("epochs", epochs, at_least=1)
        self.validated = validation is not None
        other_x, other_y = (x, y) if validation is None else validate.pair("validation", validation)
        if self.validated:
            network.data(other_x, other_y, of="validation ")
        self._descent = self.descend(mini_batch_size, eta)
        self._cost_on = np.asarray(x)[:COST_IMAGES], np.asarray(y)[:COST_IMAGES]
        self._accuracy_on = np.asarray(other_x)[:ACCURACY_IMAGES], np.asarray(other_y)[:ACCURACY_IMAGES]
        self._initial = [w.copy() for w in network.weights], [b.copy() for b in network.biases]
        self._begin()

    def descend(self, mini_batch_size: int, eta: float) -> Descent:
        """Return a descent of the network from the beginning."""
        return self.network.descent(*self._data, mini_batch_size, eta, self.seed)

    def __repr__(self) -> str:
        so_far = f"{self.updates} updates in {self.epoch:.2f} of {self.epochs} epochs"
        return f"Training({self.network.architecture}, {so_far})"

    def __len__(self) -> int:
        return len(self._data[0])

    def _begin(self) -> None:
        self.seconds = 0.0
        self.record: list[Measurement] = []
        self.measure()

    # -- settings -------------------------------------------------------------------------------

    @property
    def eta(self) -> float:
        """The learning rate η.

        Raises
        ------
        ValueError, TypeError
            If it is set to anything but a number above 0.
        """
        return self._descent.eta

    @eta.setter
    def eta(self, eta: float) -> None:
        self._descent.eta = validate.positive("eta", eta)

    @property
    def mini_batch_size(self) -> int:
        """Examples per update.

        Raises
        ------
        ValueError, TypeError
            If it is set to anything but a whole number of at least 1.
        """
        return self._descent.mini_batch_size

    @mini_batch_size.setter
    def mini_batch_size(self, mini_batch_size: int) -> None:
        self._descent.mini_batch_size = validate.whole("mini_batch_size", mini_batch_size, at_least=1)

    @property
    def n_measured(self) -> tuple[int, int]:
        """How many examples the cost is measured on, and how many the accuracy."""
        return len(self._cost_on[0]), len(self._accuracy_on[0])

    # -- how far ----------------------------------------------------------------------------------

    @property
    def updates(self) -> int:
        """Mini-batches so far."""
        return self._descent.updates

    @property
    def epoch(self) -> float:
        """Passes through the data so far, 0 to `epochs`."""
        return self._descent.examples / len(self)

    @property
    def done(self) -> bool:
        """Whether all epochs are over."""
        return self._descent.examples >= self.epochs * len(self)

    # -- training ---------------------------------------------------------------------------------

    def run(self) -> Iterator[Measurement]:
        """Train to the end, and yield each measurement; leave the loop at any time."""
        while not self.done:
            measurement = self.advance()
            if measurement is not None:
                yield measurement

    def advance(self, seconds: float = SLICE) -> Measurement | None:
        """Train one slice: about `seconds`, at least one mini-batch, at most to the end of the epoch.

        Returns
        -------
        Measurement or None
            None where it was not yet time to measure again.

        Raises
        ------
        ValueError, TypeError
            If `seconds` is no number above 0.
        """
        seconds = validate.positive("seconds", seconds)
        if self.done:
            return None
        with one_blas_thread():
            self._train(seconds)
            if self._descent.between_epochs or self._unmeasured >= max(EVERY, SHARE * self._measuring):
                return self.measure()
        return None

    def _train(self, seconds: float) -> None:
        started = perf_counter()
        try:
            with _far_numbers():
                self._descent.epoch(stop=lambda: perf_counter() - started >= seconds)
        finally:
            took = perf_counter() - started
            self.seconds += took
            self._unmeasured += took

    def measure(self) -> Measurement:
        """Measure now, and put it on the record."""
        started = perf_counter()
        with one_blas_thread(), _far_numbers():
            cost, training_accuracy = self.network.measure(*self._cost_on)
            validation_cost, accuracy = self.network.measure(*self._accuracy_on)
        crossed = (training_accuracy, validation_cost) if self.measures_both else ()
        measurement = Measurement(self.epoch, cost, accuracy, self.eta, self.mini_batch_size, *crossed)
        self.record.append(measurement)
        self._measuring, self._unmeasured = perf_counter() - started, 0.0
        return measurement

    def rewind(self) -> None:
        """Go back to the initial weights, and begin anew with the same order of the examples."""
        self.network.set_parameters(*self._initial)
        self._descent = self.descend(self.mini_batch_size, self.eta)
        self._begin()


def _far_numbers() -> np.errstate:
    """Let numbers overflow without a warning: the cost on the record says it."""
    return np.errstate(over="ignore", invalid="ignore")
