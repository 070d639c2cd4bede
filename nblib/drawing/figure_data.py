"""What figures are made of, checked: numbers by name, points, grids, images.

Raises
------
ValueError, TypeError
    By every function, unless the value is what its name and its docstring say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib import validate

Array = NDArray[Any]


def by_label(name: str, value: Any, of: str, check: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Return a mapping from labels to values, each as `check` returns it."""
    entries = validate.mapping(name, value, of).items()
    return {label: check(f"{name}[{label!r}]", entry) for label, entry in entries}


def points(name: str, value: Any) -> tuple[Array, Array]:
    """Return a pair (x, y), or two rows of an array: numbers, or as many numbers each; NaN leaves a gap."""
    if isinstance(value, np.ndarray) and value.ndim and len(value) == 2:
        value = tuple(validate.real(name, value))
    x, y = (validate.real(name, part) for part in validate.pair(name, value))
    if np.shape(x)[:1] != np.shape(y)[:1]:
        raise ValueError(f"{name} must hold as many x as y, got shapes {x.shape} and {y.shape}")
    return x, y


def tangent(name: str, value: Any) -> tuple[Callable[..., Any], float, float]:
    """Return a triple (function, x, slope)."""
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise TypeError(f"{name} must be (function, x, slope), got {validate.shown(value)}")
    function, *numbers = value
    x, slope = (validate.number(name, one) for one in numbers)
    return validate.function(name, function, "an array"), x, slope


def grid(name: str, value: Any) -> tuple[Array, Array, Array]:
    """Return a triple (x, y, height), of shapes (m,), (n,) and (n, m)."""
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise TypeError(f"{name} must be (x, y, cost), got {validate.shown(value)}")
    x, y = validate.vector(name, value[0]), validate.vector(name, value[1])
    height = validate.real(name, value[2]).astype(float)
    if height.shape != (len(y), len(x)):
        raise ValueError(f"{name} must hold costs of shape {(len(y), len(x))}, got {height.shape}")
    return x, y, height


def images(name: str, value: Any) -> Array:
    """Return images as rows, shape (n, pixels); one image alone is one row."""
    rows = np.atleast_2d(validate.finite(name, value))
    if rows.ndim != 2 or not rows.size:
        raise ValueError(f"{name} must be images, one per row of pixels, got shape {rows.shape}")
    return rows


def square(name: str, value: Any) -> Array:
    """Return a table of finite numbers with as many rows as columns."""
    table = validate.real(name, value)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not table.size or not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite numbers of shape (k, k), got shape {table.shape}")
    return table


def place(name: str, value: Any, below: int) -> int:
    """Return the number of a row, counted from 0."""
    chosen = validate.whole(name, value, at_least=0)
    if chosen >= below:
        raise ValueError(f"{name} must be below {below}, got {chosen}")
    return chosen
