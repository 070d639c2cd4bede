"""Run a function that somebody has written a minute ago, and explain whatever happens."""

from __future__ import annotations

import contextlib
import copy
import dis
import inspect
import io
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import nblib
from nblib.lessons.limit import limited
from nblib.lessons.result import Wrong

_LIBRARIES = ("<frozen", *(str(Path(module.__file__).parent) for module in (contextlib, np, nblib)))
"""Where code lies that no learner has written: the standard library, NumPy, nblib."""
_TRUTH = "truth value of an array"
_DOES_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP"}


def call(
    function: Callable[..., Any],
    names: Sequence[str],
    arguments: Sequence[Any],
    may_change: Sequence[str] = (),
) -> Any:
    """Return what a learner's function returns, called with copies of the arguments.

    Its printing and its warnings are not shown: a check calls it many times.

    Parameters
    ----------
    function : callable
    names : sequence of str
        What the arguments are called in the exercise.
    arguments : sequence
    may_change : sequence of str
        The arguments that it is meant to change.

    Raises
    ------
    Wrong
        If it takes other arguments, fails, writes into its arguments, or does not end: see `limit`.
    """
    _check_signature(function, names)
    given = copy.deepcopy(list(arguments))
    answer = _answer(function, given)
    for name, before, after in zip(names, arguments, given, strict=True):
        if name not in may_change and not _same(before, after):
            raise Wrong(
                f"It writes into its argument {name}, which belongs to the caller. "
                f"Make new values instead: w = w + … and not w += …, or begin with a copy."
            )
    with contextlib.suppress(Exception):  # a generator, for one, cannot be copied
        return copy.deepcopy(answer)  # the next call may use the same memory again
    return answer


def _answer(function: Callable[..., Any], given: list[Any]) -> Any:
    """Call a function in silence; raise `Wrong` with what stops it."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            np.errstate(all="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            return limited(function, given)
    except Wrong:
        raise
    except SystemExit:
        raise Wrong("It leaves Python, by exit(). A function ends with `return`.") from None
    except RecursionError:
        raise Wrong(
            "It calls itself again and again, until Python gives up. What ends the recursion?"
        ) from None
    except Exception as error:
        if _TRUTH in str(error):  # NumPy recommends any() and all(), which is no answer here
            raise Wrong(
                f"It asks whether an array is true{_where(error)}. With several numbers there is no one "
                "answer: np.where(condition, this, that) chooses for each of them. Where one number is "
                "meant, add up first: w @ x, not w * x."
            ) from error
        raise Wrong(f"It stops with {type(error).__name__}: {error}{_where(error)}.") from error


def is_stub(function: Any) -> bool:
    """Tell whether a function is still the empty one that the exercise began with."""
    if not inspect.isfunction(function):
        return False
    return all(
        step.opname in _DOES_NOTHING and (step.opname == "RESUME" or step.argval in (None, ...))
        for step in dis.get_instructions(function)
    )


def _check_signature(function: Callable[..., Any], names: Sequence[str]) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C do not tell
        return
    try:
        signature.bind(*names)
    except TypeError:
        raise Wrong(
            f"It must take {len(names)} argument{'s' * (len(names) != 1)}, ({', '.join(names)}), "
            f"but it takes {signature}."
        ) from None


def _where(error: Exception) -> str:
    """Say in which line of the learner's code an error arose."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_LIBRARIES)
    ]
    return f", in the line `{own[-1].line}`" if own and own[-1].line else ""


def _same(before: Any, after: Any) -> bool:
    """Tell whether nothing in a value has changed, however deep; drawing random numbers is no change."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
        )
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    if hasattr(before, "__dict__") and not isinstance(before, type) and not callable(before):
        return _same(vars(before), vars(after))
    return isinstance(before, np.random.Generator) or callable(before) or bool(before == after)
