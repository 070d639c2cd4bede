"""What each page of the flip-book of a three-neuron chain shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.chain import PARAMETERS, ChainRecord
from nblib.drawing.scene import written

FORWARD = ("z1", "a1", "z2", "a2", "C")
NEXT = {
    "a2": "C", "z2": "a2", "w2": "z2", "b2": "z2", "a1": "z2", "z1": "a1", "w1": "z1", "b1": "z1", "a0": "z1",
}  # fmt: skip
"""Where the arrow from each number leads, in the order in which the derivatives are computed."""
BACKWARD = tuple(NEXT)
UPDATE = len(FORWARD) + len(BACKWARD)
"""The last phase of a cycle."""


def phase_of(name: str) -> int:
    """Return the phase in which ∂C/∂name is computed."""
    return len(FORWARD) + BACKWARD.index(name)


def path(name: str) -> list[str]:
    """Return the numbers whose arrows lie between C and `name`, from C backwards."""
    return [*(path(NEXT[name]) if NEXT[name] != "C" else []), name]


def slope_name(name: str) -> str:
    """Return how ∂C/∂name is written: ``δ1``, ``δ2`` or ``∂C/∂w1``."""
    return f"δ{name[1]}" if name[0] == "z" else f"∂C/∂{name}"


class Book:
    """A record by the names of the tree, and for each page its update `t` and its phase.

    `value[name][t]`, `factor[name][t]` and `slope[name][t]` hold the number itself, the factor on
    the arrow that leaves it, and ∂C/∂name.

    Attributes
    ----------
    t, phase : ndarray of int, shape (pages,)
    rows : ndarray of int, shape (pages,)
        The row whose parameters a page shows: on the page of an update already the next one.
    finite : ndarray of bool, shape (T + 1,)
        Where all numbers are finite.
    """

    def __init__(self, record: ChainRecord) -> None:
        passes, n_rows = record.passes, len(record.w1)
        if np.ndim(passes.a2) != 1:
            raise ValueError(
                f"record must be of one example, got activations of shape {np.shape(passes.a2)}: "
                "descend with one number a0 and one y"
            )
        if n_rows < 2:
            raise ValueError(f"record must hold at least one step, got {n_rows} rows")
        self.eta, self.y = record.eta, float(record.y)
        self.value = {name: getattr(record, name) for name in PARAMETERS}
        self.value |= {name: getattr(passes, name) for name in ("a0", "z1", "a1", "z2", "a2")}
        self.value["C"] = passes.cost
        self.factor = {name: getattr(passes, f"d{to}_d{name}") for name, to in NEXT.items()}
        self.slope = {name: getattr(passes, _field(name)) for name in BACKWARD}
        for columns in (self.value, self.factor, self.slope):
            for name, column in columns.items():
                if len(column) != n_rows:
                    raise ValueError(f"record must have {n_rows} rows of {name} as of w1, got {len(column)}")
        last = n_rows - 1
        self.t = np.r_[np.repeat(np.arange(last), UPDATE + 1), np.full(len(FORWARD), last)]
        self.phase = np.r_[np.tile(np.arange(UPDATE + 1), last), np.arange(len(FORWARD))]
        self.rows = self.t + (self.phase == UPDATE)
        columns = [*self.value.values(), *self.factor.values(), *self.slope.values()]
        self.finite = np.all(np.isfinite(columns), axis=0)

    def __len__(self) -> int:
        return len(self.value["w1"]) - 1

    def known(self, name: str) -> NDArray[np.bool_]:
        """Return at which pages ∂C/∂name and the factor on the arrow from `name` are known."""
        return self.phase >= phase_of(name)

    def written(
        self, column: NDArray[np.float64], shown: NDArray[np.bool_], write: Callable[[Any], str]
    ) -> list[str]:
        """Return a column as text, page by page, where it is shown."""
        return written(column[self.t], shown, write)


def _field(name: str) -> str:
    """Return the name of ∂C/∂name in a `ChainPass`."""
    return f"delta{name[1]}" if name[0] == "z" else f"dC_d{name}"
