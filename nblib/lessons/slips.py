"""Ways in which a right answer goes wrong: what a slip makes of the answer, or of the arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Turned:
    """A slip that makes something else of the right answer, or of each number or array that it holds.

    Attributes
    ----------
    change : callable
        ``change(answer)`` returns what comes out in its place.
    """

    change: Callable[[Any], Any]

    def of(self, reference: Function) -> Function:
        """Return the function that answers as `reference` does, and then slips."""

        @functools.wraps(reference)
        def slipped(*arguments: Any) -> Any:
            return self._applied(reference(*arguments))

        return slipped

    def _applied(self, answer: Any) -> Any:
        if isinstance(answer, dict):
            return {name: self._applied(part) for name, part in answer.items()}
        if isinstance(answer, (list, tuple)):
            return type(answer)(self._applied(part) for part in answer)
        return self.change(answer)


NEGATED = Turned(lambda answer: -answer)
TWICE = Turned(lambda answer: 2 * answer)
HALF = Turned(lambda answer: answer / 2)
TRANSPOSED = Turned(np.transpose)


def swapped(reference: Function) -> Function:
    """Return the function that answers with the same things, the other way round."""
    return lambda *arguments: reference(*arguments)[::-1]
