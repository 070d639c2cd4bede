"""What varies over the steps of a drawing, one step at a time for Python, or packed for the browser."""

from __future__ import annotations

from typing import Any

import numpy as np


def varies(value: Any) -> bool:
    """Tell whether there is a value for each step, and not one for all."""
    return isinstance(value, (list, tuple, np.ndarray))


def at(value: Any, step: int) -> Any:
    """Return what a value is at one step: text, a number with at most two decimals, or None, which hides.

    >>> at([1 / 3, 2.0], 0), at([1 / 3, 2.0], 1), at("red", 1), at(float("nan"), 0)
    (0.33, 2, 'red', None)
    """
    return _plain(value[step] if varies(value) else value)


def pack(value: Any) -> Any:
    """Return what is sent of a value: a constant, a value for each step, or the few there are by number.

    The numbers of ten values or fewer are the digits of a text, in place of a list.

    >>> pack([1.0, 1.0]), pack([0.5, 1 / 3]), pack(["on", "off"] * 3)
    (1, [0.5, 0.33], {'values': ['on', 'off'], 'index': '010101'})
    """
    if not varies(value):
        return _plain(value)
    values = value.tolist() if isinstance(value, np.ndarray) else list(value)
    if set(map(type, values)) != {str}:
        values = [_plain(entry) for entry in values]
    different = list(dict.fromkeys(values))
    if len(different) == 1:
        return different[0]
    if 2 * len(different) >= len(values) or (len(different) > 10 and not isinstance(values[0], str)):
        return values
    numbers = {entry: i for i, entry in enumerate(different)}
    index = [numbers[entry] for entry in values]
    return {"values": different, "index": index if len(different) > 10 else "".join(map(str, index))}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    number = float(value)
    if not np.isfinite(number):
        return None
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded
