"""One way to train: mini-batch after mini-batch, epoch after epoch, and a record of each epoch.

`Network.sgd`, `Classifier.sgd` and the training that can be watched, `nblib.runs.training`, all run on
the one loop that stands here.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from nblib import validate
from nblib.threads import one_blas_thread

Rows = NDArray[np.integer]
Learn = Callable[[Rows, float], None]


class Descent:
    """Gradient descent on mini-batches: all examples in a random order, anew in each epoch.

    Parameters
    ----------
    begin : callable
        ``begin()`` makes all ready, and returns ``learn``: ``learn(rows, eta)`` makes one update, by the
        examples in these rows of the data. It is asked for whenever an epoch begins or goes on.
    n : int
        How many examples there are.
    mini_batch_size : int
        Examples per update, at least 1. The last mini-batch of an epoch may be smaller.
    eta : float
        The learning rate η, above 0.
    rng : numpy.random.Generator
        It draws the order of the examples.

    Attributes
    ----------
    mini_batch_size, eta
        Change them at any time: they act from the next mini-batch. The order of the examples stays.
    examples, updates : int
        How many examples have been learned from so far, and in how many updates.

    Raises
    ------
    ValueError, TypeError
        If the learning rate or the size does not fit.
    """

    def __init__(
        self,
        begin: Callable[[], Learn],
        n: int,
        mini_batch_size: int,
        eta: float,
        rng: np.random.Generator,
    ) -> None:
        self.mini_batch_size = validate.whole("mini_batch_size", mini_batch_size, at_least=1)
        self.eta = validate.positive("eta", eta)
        self.examples = self.updates = 0
        self._begin, self._n, self._rng = begin, n, rng
        self._order: Rows | None = None

    @property
    def between_epochs(self) -> bool:
        """Whether an epoch is over and the next has not begun."""
        return self._order is None

    def epoch(self, stop: Callable[[], bool] | None = None) -> None:
        """Learn to the end of the epoch, or until `stop` says so; from one mini-batch at least.

        It can be interrupted. An update that is cut short is repeated when the descent goes on.
        """
        if self._order is None:
            self._order = self._rng.permutation(self._n)
        with one_blas_thread():
            learn = self._begin()
            while self._order is not None:
                place = self.examples % self._n
                rows = self._order[place : place + self.mini_batch_size]
                learn(rows, self.eta)
                self.examples += len(rows)
                self.updates += 1
                if place + len(rows) == self._n:
                    self._order = None
                elif stop is not None and stop():
                    break


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch of `Network.sgd` reached.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    cost : float
        Mean cost at the end of the epoch, on the validation data if given, else on the training data.
    accuracy : float
        Fraction of examples answered rightly, 0 to 1, on the same data.
    seconds : float
        Time that the updates of this epoch took, without the measuring.
    """

    epoch: int
    cost: float
    accuracy: float
    seconds: float


class Epochs(Iterator[EpochRecord]):
    """A training that waits for its loop: whoever takes a record trains one epoch.

    If the cost is no finite number any more, it stops with a FloatingPointError. Thrown away before
    anybody asked for a record, it warns that nothing has been trained.

    Parameters
    ----------
    descent : Descent
    epochs : int
        Passes through the data, at least 1.
    measure : callable
        ``measure()`` returns cost and accuracy.
    look : callable, optional
        ``look()`` is called after the first and after the last epoch.

    Raises
    ------
    ValueError, TypeError
        If `epochs` is not as described.
    """

    _asked = True  # until all is well: an object that was never finished has nothing to say

    def __init__(
        self,
        descent: Descent,
        epochs: int,
        measure: Callable[[], tuple[float, float]],
        look: Callable[[], None] | None = None,
    ) -> None:
        self._epochs, self._trained = validate.whole("epochs", epochs, at_least=1), 0
        self._descent, self._measure, self._look = descent, measure, look
        self._asked = False

    def __next__(self) -> EpochRecord:
        self._asked = True
        if self._trained == self._epochs:
            raise StopIteration
        started = perf_counter()
        self._descent.epoch()
        seconds = perf_counter() - started
        self._trained += 1
        with one_blas_thread():  # a second one would stay awake for a while, and slow down the next epoch
            record = EpochRecord(self._trained, *self._measure(), seconds)
        self._stop_if_blown(record)
        if self._look is not None and self._trained in (1, self._epochs):
            self._look()
        return record

    def _stop_if_blown(self, record: EpochRecord) -> None:
        if not math.isfinite(record.cost):
            self.close()
            raise FloatingPointError(
                f"the training has blown up in epoch {record.epoch}: the cost is {record.cost}. Take a new "
                f"network, and a smaller eta than {self._descent.eta:g}"
            )

    def close(self) -> None:
        """End the training here: there are no more records."""
        self._asked, self._epochs = True, self._trained

    def __repr__(self) -> str:
        if self._asked:
            return f"<a training: {self._trained} of {self._epochs} epochs are over>"
        return f"<a training of {self._epochs} epochs: {_NOTHING}>"

    def __del__(self) -> None:
        if not self._asked:
            warnings.warn(f"sgd was called, but {_NOTHING}", RuntimeWarning, stacklevel=2)


_NOTHING = "nothing is trained yet: take its records, `for record in …` or `list(…)`"
