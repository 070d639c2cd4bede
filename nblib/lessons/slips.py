"""Ways in which a right answer goes wrong.

An exercise knows its usual wrong answers from a table: what to say, and the slip that leads there::

    product.slips = {
        "It is twice too large.": TWICE,
        "The two numbers are the other way round.": SWAPPED,
        "The bias is left out.": given(b=0.0),
        "η goes the wrong way.": given(eta=lambda eta: -eta),
        "The first number stands in both places.": instead(lambda dw, db: (dw, dw)),
        "It is one and a half times too large.": each(lambda number: 1.5 * number),
        "It adds where it should multiply.": lambda w, b, x, eta: (w + x, b + x),
    }

A slip is a function of the exercise's arguments, which returns the wrong answer; or it says what
becomes of the right one: of `each` number in it, of the whole of it (`instead`), or if other
arguments were `given`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Slip:
    """What makes a wrong function of a right one.

    Attributes
    ----------
    of : callable
        ``of(reference)`` returns the function that slips.
    """

    of: Callable[[Function], Function]


def each(change: Callable[[Any], Any]) -> Slip:
    """Make something else of each number or array in the right answer.

    Parameters
    ----------
    change : callable
        ``change(number)`` returns what comes in its place, however deep it lies in tuples and dicts.
    """

    def applied(answer: Any) -> Any:
        if isinstance(answer, dict):
            return {name: applied(part) for name, part in answer.items()}
        if isinstance(answer, (list, tuple)):
            return type(answer)(map(applied, answer))
        return change(answer)

    return Slip(lambda reference: lambda *arguments: applied(reference(*arguments)))


def instead(change: Function) -> Slip:
    """Make something else of the right answer as a whole.

    Parameters
    ----------
    change : callable
        ``change(answer)`` returns what comes in its place; what a tuple holds comes as arguments of its own.
    """

    def of(reference: Function) -> Function:
        def slipped(*arguments: Any) -> Any:
            answer = reference(*arguments)
            return change(*answer) if isinstance(answer, tuple) else change(answer)

        return slipped

    return Slip(of)


def given(**others: Any) -> Slip:
    """Answer rightly, but for other arguments.

    Parameters
    ----------
    **others : object or callable
        By name: a value, or a function of the arguments that its parameters name.
    """

    def of(reference: Function) -> Function:
        names = list(inspect.signature(reference).parameters)

        def slipped(*arguments: Any) -> Any:
            right = dict(zip(names, arguments, strict=True))
            return reference(**(right | {name: _value(other, right) for name, other in others.items()}))

        return slipped

    return Slip(of)


def _value(other: Any, arguments: dict[str, Any]) -> Any:
    if not callable(other):
        return other
    return other(**{name: arguments[name] for name in inspect.signature(other).parameters})


NEGATED = each(lambda answer: -answer)
TWICE = each(lambda answer: 2 * answer)
HALF = each(lambda answer: answer / 2)
TRANSPOSED = each(np.transpose)
SWAPPED = instead(lambda first, second: (second, first))
