"""How an answer differs from the expected one: in structure, type, shape or numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.layers import Layers

Array = NDArray[Any]

LONGEST = 1000
"""Characters of a value that are shown."""
TOLERANCE = 1e-4
"""How far a number may be off, relative to the largest in its array: enough room for float32."""


Name = str | tuple[str, ...]


def same(expected: Any, answer: Any) -> bool:
    """Tell whether an answer is the expected one, up to `TOLERANCE`."""
    return difference(expected, answer) is None


def difference(expected: Any, answer: Any, name: Name = "the answer") -> str | None:
    """Say what first is different in an answer, its form or its numbers; None if nothing is.

    Parameters
    ----------
    expected : number, str, ndarray, or tuple, list or dict of these
        Lists and tuples count as the same; numbers of every type do, and nested lists and arrays.
    answer : anything
    name : str or tuple of str
        What the answer is called in the message, or each thing that it holds.
    """
    try:
        return form(expected, answer, name) or _numbers(expected, answer, name)
    except Exception as error:  # an answer may be anything, and its methods may do anything
        return f"the answer cannot be compared with numbers: {type(error).__name__}"


def parts(pairs: Sequence[tuple[Any, Any]], name: Name) -> str | None:
    """Say which parts of several answers have wrong numbers, and which are right in all of them.

    Parameters
    ----------
    pairs : sequence of (expected, answer)
    name : str or tuple of str
        As for `difference`.

    Returns
    -------
    str or None
        None where the parts have no names of their own, or where a form or a NaN is to be told of first.
    """
    first, _ = pairs[0]
    if not (isinstance(first, dict) or (isinstance(name, tuple) and isinstance(first, tuple))):
        return None
    if any(form(*pair, name) for pair in pairs):
        return None
    names = list(map(repr, first)) if isinstance(first, dict) else list(name)
    faults: dict[str, list[str]] = {part: [] for part in names}
    for pair in pairs:
        for part, (expected, answer, _) in zip(names, _entries(*pair, name), strict=True):
            faults[part] += filter(None, [_numbers(expected, answer, part)])
    wrong = [part for part, found in faults.items() if found]
    right = [part for part in names if part not in wrong]
    if not wrong or any("NaN" in fault for found in faults.values() for fault in found):
        return None
    others = "".join(f"; {_listed(right)} {'is' if len(right) == 1 else 'are'} right" for _ in right[:1])
    if len(wrong) == 1:
        return faults[wrong[0]][0] + others
    single = all("another number" in fault for part in wrong for fault in faults[part])
    return f"{_listed(wrong)} are {'other numbers' if single else 'not as expected'}{others}"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def form(expected: Any, answer: Any, name: Name = "the answer") -> str | None:
    """Say what first is different in the form of an answer: how many things, of which type and shape.

    The parameters are those of `difference`.
    """
    if isinstance(expected, dict):
        if not isinstance(answer, dict):
            return f"{name} must be a dict, got {kind(answer)}"
        if answer.keys() != expected.keys():
            wanted, got = (", ".join(map(repr, names)) for names in (expected, answer))
            return f"{name} must have the keys {wanted}, got {got}"
    elif isinstance(expected, (list, tuple)):
        wanted = f"the answer must hold {len(expected)} things, {' and '.join(name)}"
        if isinstance(name, str):
            wanted = f"{name} must hold {_counted(expected)}"
        if not isinstance(answer, (list, tuple, np.ndarray)) or getattr(answer, "ndim", 1) == 0:
            return f"{wanted}, got {kind(answer)}"
        if len(answer) != len(expected):
            return f"{wanted}, got {len(answer)}"
    else:
        return _form_of_numbers(np.asarray(expected), answer, name)
    return next(filter(None, (form(*entry) for entry in _entries(expected, answer, name))), None)


def _counted(entries: Sequence[Any]) -> str:
    """Say how many entries there are, and of what kind: "3 numbers", "1 array", "2 things"."""
    of = {
        type(entry) if isinstance(entry, (str, list, tuple, dict)) else np.ndim(entry) > 0
        for entry in entries
    }
    kinds = {False: "number", True: "array"}
    one = kinds.get(of.pop(), "thing") if len(of) == 1 else "thing"
    return f"{len(entries)} {one}{'s' * (len(entries) != 1)}"


def _form_of_numbers(expected: Array, answer: Any, name: Name) -> str | None:
    if expected.dtype.kind == "U":
        return None if isinstance(answer, str) else f"{name} must be a str, got {kind(answer)}"
    try:
        array = np.asarray(answer)
    except ValueError:
        return f"{name} must be a regular array, but its rows have different lengths"
    if array.dtype.kind not in "biuf":
        return f"{name} must be made of numbers, got {kind(answer)}"
    if array.shape == expected.shape:
        return None
    wanted = f"have the shape {expected.shape}" if expected.shape else "be a single number"
    return f"{name} must {wanted}, got {f'the shape {array.shape}' if array.shape else 'a single number'}"


def _numbers(expected: Any, answer: Any, name: Name) -> str | None:
    """Say what first is different in an answer of the right form."""
    if isinstance(expected, (dict, list, tuple)):
        return next(filter(None, (_numbers(*entry) for entry in _entries(expected, answer, name))), None)
    expected, answer = np.asarray(expected), np.asarray(answer)
    if expected.dtype.kind == "U":
        return None if expected == answer else f"{name} is another one"
    if np.isnan(answer).any() and not np.isnan(expected).any():
        return f"{name} holds NaN, which is not a number"
    scale = np.abs(expected).max(initial=0) if expected.dtype.kind == "f" else 1.0
    room = TOLERANCE * np.maximum(np.abs(expected), scale)
    with np.errstate(invalid="ignore"):
        close = np.abs(answer.astype(float) - expected) <= room
    close |= (answer == expected) | (np.isnan(answer) & np.isnan(expected))  # infinite, or no number
    if close.all():
        return None
    return f"some numbers in {name} are not as expected" if expected.ndim else f"{name} is another number"


def _entries(expected: Any, answer: Any, name: Name) -> Iterator[tuple[Any, Any, str]]:
    """Yield the entries of a dict or list beside those of the answer, with their names."""
    for i, key in enumerate(expected if isinstance(expected, dict) else range(len(expected))):
        yield expected[key], answer[key], _entry(name, key) if isinstance(name, str) else name[i]


def _entry(name: str, key: Any) -> str:
    """Return what an entry is called: as in the code, or "the second of the new weights"."""
    if name.startswith("the ") and isinstance(key, int):
        return f"{_ORDINALS[key] if key < len(_ORDINALS) else f'number {key + 1}'} of {name}"
    return f"{name}[{key!r}]"


_ORDINALS = ("the first", "the second", "the third", "the fourth", "the fifth")


def kind(value: Any) -> str:
    """Say what a value is: "a str", "an array of shape (2, 3)", "None"."""
    if value is None or value is ...:
        return "None" if value is None else "`...`"
    if isinstance(value, np.ndarray):
        of = "" if value.dtype.kind in "biuf" else f" and type {value.dtype}"
        return f"an array of shape {value.shape}{of}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def show(value: Any, name: Name = "") -> str:
    """Return a value as it is shown beside a failing example: short, at most five digits.

    Where the things that it holds have names of their own, each stands behind its name.

    >>> show((0.25, 1.0), ("∂C/∂w", "∂C/∂b"))
    '∂C/∂w: 0.25, ∂C/∂b: 1'
    """
    try:
        shown = _labelled(value, name) if isinstance(name, tuple) else _shown(value)
    except Exception as error:  # an answer may be anything, and its methods may do anything
        return f"{kind(value)} that cannot be shown: {type(error).__name__}"
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} …"


def _labelled(value: Any, names: tuple[str, ...]) -> str:
    if not isinstance(value, (list, tuple)) or len(value) != len(names):
        return _shown(value)
    lines = []
    for name, entry in zip(names, map(_shown, value), strict=True):
        lines.append(f"{name}: {entry}".replace("\n", "\n" + " " * (len(name) + 2)))
    return ("\n" if any("\n" in line for line in lines) else ", ").join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_shown(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        left, right = "[]" if isinstance(value, list) else "()"
        shown = list(map(_shown, value))
        between = ",\n" if any("\n" in entry for entry in shown) else ", "
        return left + between.join(shown).replace("\n", "\n ") + right
    if isinstance(value, (bool, np.bool_, str)) or value is None or value is ...:
        return repr(value) if not isinstance(value, np.bool_) else repr(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.5g}"
    if isinstance(value, np.ndarray):
        return np.array2string(value, separator=", ", threshold=40, formatter=_FORMATS)
    if isinstance(value, Layers):
        parts = {"weights": value.weights, "biases": value.biases}
        shown = [f"{name} = " + show(part).replace("\n", "\n" + " " * 10) for name, part in parts.items()]
        return "\n".join([repr(value), *shown])
    return repr(value)


_FORMATS: Any = {"float_kind": lambda number: f"{number:.5g}", "bool": lambda truth: str(bool(truth))}
