"""Pages as data: which row of a record each page of a flip-book shows, and how far it has come there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib.drawing.numbers import num


@dataclass(frozen=True)
class Pages:
    """The pages of a flip-book. What is drawn asks it for columns of the record, page by page.

    Attributes
    ----------
    row : ndarray of int, shape (pages,)
        The row of the record that a page shows; −1 where a page stands before the first row.
    phase : ndarray of int, shape (pages,)
        How far a page has come within its row: the number of the part that it adds. What belongs to an
        earlier part is known on it, what belongs to a later one is hidden.

    Examples
    --------
    >>> pages = Pages.phases(3)
    >>> pages.at(1), pages.since(1), pages.written([0.5], pages.since(1))
    (array([False,  True, False]), array([False,  True,  True]), ['', '0.50', '0.50'])
    >>> Pages.after(2).of([7.0, 8.0])
    array([nan,  7.,  8.])
    """

    row: NDArray[np.int_]
    phase: NDArray[np.int_]

    @classmethod
    def phases(cls, n: int) -> Pages:
        """Return the pages of something that happens once, in `n` parts."""
        return cls(np.zeros(n, int), np.arange(n))

    @classmethod
    def after(cls, n: int) -> Pages:
        """Return a page before the first of `n` steps, and one after each of them."""
        return cls(np.arange(-1, n), np.zeros(n + 1, int))

    def __len__(self) -> int:
        return len(self.row)

    def of(self, column: ArrayLike, none: Any = np.nan) -> NDArray[Any]:
        """Return a column of the record page by page, and `none` on a page before the first row.

        NaN hides what is drawn; for a column of texts, let `none` be an empty one.
        """
        column = np.asarray(column)
        found = column[np.maximum(self.row, 0)]
        before = self.row < 0
        if not before.any():
            return found
        return np.where(before.reshape(-1, *[1] * (column.ndim - 1)), none, found)

    def at(self, *phases: int) -> NDArray[np.bool_]:
        """Return which pages add one of these parts."""
        return np.isin(self.phase, phases)

    def since(self, phase: int) -> NDArray[np.bool_]:
        """Return from which pages on a part is known."""
        return self.phase >= phase

    def written(
        self, column: ArrayLike, shown: ArrayLike = True, write: Callable[[Any], str] = num
    ) -> list[str]:
        """Return a column of the record as texts, page by page; empty where it is not shown."""
        column, shown = np.asarray(column), np.broadcast_to(shown, len(self)) & (self.row >= 0)
        texts = {row: write(column[row]) for row in np.unique(self.row[shown]).tolist()}
        return [texts[row] if on else "" for row, on in zip(self.row.tolist(), shown.tolist(), strict=True)]


def where(shown: ArrayLike, values: ArrayLike) -> NDArray[Any]:
    """Return the values where they are shown, and NaN, which hides an element, elsewhere.

    >>> where([True, False], 2.0)
    array([ 2., nan])
    """
    return np.where(shown, values, np.nan)
