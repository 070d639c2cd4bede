"""Checks at the door. Each names the argument, what came and what was expected.

They run before anything is computed or changed, and return the value in the form that the rest
of the code relies on.

Raises
------
ValueError, TypeError
    By every function, unless the value is what its name and its docstring say.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nblib import shapes

Arrays = Sequence[NDArray[Any]]

_PLAIN = {np.ndarray, np.memmap, np.matrix, np.recarray}  # all that these hold are their numbers


def real(name: str, value: ArrayLike) -> NDArray[Any]:
    """Return `value` as an array of real numbers, of any shape and type.

    Raises
    ------
    TypeError
        If `value` is not made of real numbers, or says more than they do, as a mask or a unit does.
    ValueError
        If it is ragged.
    """
    _plain(name, value)
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a regular array, but its rows have different lengths") from error
    except Exception as error:  # whatever an object says that will not become an array
        kind = type(value).__name__
        raise TypeError(f"{name} must hold real numbers, got {kind}, which is no array: {error}") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got {_describe(value, array)}")
    return array


def _plain(name: str, value: Any) -> None:
    """Refuse an array that says more than its numbers do, alone or in a list: NumPy would drop that."""
    if isinstance(value, (list, tuple)):
        if any(issubclass(kind, (list, tuple, np.ndarray)) for kind in set(map(type, value))):
            for part in value:
                _plain(name, part)
    elif isinstance(value, np.ndarray) and type(value) not in _PLAIN:
        if not isinstance(value, np.ma.MaskedArray):
            raise TypeError(
                f"{name} must be a plain array, got {type(value).__name__}, which says more than its "
                "numbers: take numpy.asarray of it if they are all that is meant"
            )
        if masked := int(np.ma.count_masked(value)):
            raise TypeError(
                f"{name} must be an array without a mask, got one in which {masked} of {value.size} numbers "
                "are masked: leave them out, or say with .filled(…) what stands there"
            )


def finite(name: str, value: ArrayLike, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return `value` as an array of `dtype` that holds only finite numbers.

    Raises what `real` raises, and ValueError if it holds NaN or infinity.
    """
    array = real(name, value)
    with np.errstate(over="ignore"):  # a number too large for float32 becomes infinite and is reported
        array = array.astype(dtype, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        all_finite = np.isfinite(array.sum())  # one that is not finite spoils the sum, which needs no memory
    if not all_finite and not np.isfinite(array).all():
        where = np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape)
        place = f" at index {', '.join(map(str, where))}" if array.ndim else ""
        raise ValueError(f"{name} must hold finite numbers, got {array[where]}{place}")
    return array


def vector(name: str, value: ArrayLike, length: int | None = None) -> NDArray[np.float64]:
    """Return `value` as a finite vector, shape (length,)."""
    array = finite(name, value)
    if array.ndim != 1 or array.size == 0 or length not in (None, array.size):
        expected = f"({length},)" if length else "(n,) with n of at least 1"
        raise ValueError(f"{name} must have shape {expected}, got shape {array.shape}")
    return array


def rows(
    name: str,
    value: ArrayLike,
    n: int,
    dtype: DTypeLike = np.float64,
    of: str = "features",
    one: str = "example",
) -> NDArray[Any]:
    """Return `value` as finite data, shape (m, n), m ≥ 1: `one` a row, of `n` what messages call `of`."""
    array = finite(name, value, dtype)
    if array.ndim != 2:
        wanted = f"be 2-D with one {one} per row, shape (n, {n}), got shape {array.shape}"
    elif array.shape[1] != n:
        wanted = f"have {n} {of} per row, got {array.shape[1]}"
    elif len(array) == 0:
        raise ValueError(f"{name} must hold at least one {one}, got none")
    else:
        return array
    raise ValueError(f"{name} must {wanted}{shapes.rows(name, array.shape, n, one)}")


def rows_or_one(
    name: str, value: ArrayLike, n: int, dtype: DTypeLike = np.float64
) -> tuple[NDArray[Any], bool]:
    """Return examples as `rows` does, and whether it was a single one, of shape (n,)."""
    array = real(name, value)
    single = array.ndim == 1
    if single and array.size != n:
        advice = shapes.rows(name, array.shape, n)
        raise ValueError(f"{name} must have {n} features per row, got {array.size}{advice}")
    return rows(name, array[None] if single else array, n, dtype), single


def row(name: str, value: ArrayLike, n: int, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return `value` as one finite example, shape (n,)."""
    array = finite(name, value, dtype)
    if array.shape != (n,):
        advice = f": take {name}.reshape({n})" if array.size == n else ""
        raise ValueError(f"{name} must be one example, shape ({n},), got shape {array.shape}{advice}")
    return array


def like(
    name: str, given: Sequence[ArrayLike], own: Arrays, dtype: DTypeLike, only_finite: bool = True
) -> list[NDArray[Any]]:
    """Return copies of the `given` arrays, which must have the same shapes as one's `own`."""
    given = listed(name, given, "arrays")
    if len(given) != len(own):
        raise ValueError(f"{name} must be {len(own)} arrays, got {len(given)}")
    arrays = []
    for i, (array, one) in enumerate(zip(given, own, strict=True)):
        place = f"{name}[{i}]"
        array = np.array(finite(place, array, dtype) if only_finite else real(place, array), dtype)
        if array.shape != one.shape:
            raise ValueError(f"{place} must have shape {one.shape}, got {array.shape}")
        arrays.append(array)
    return arrays


def same_length(name_x: str, x: NDArray[Any], name_y: str, y: NDArray[Any]) -> None:
    """Raise ValueError unless `x` and `y` have the same number of rows."""
    if len(x) != len(y):
        raise ValueError(f"{name_x} and {name_y} must have the same length, got {len(x)} and {len(y)}")


def pair(name: str, value: Any) -> tuple[Any, Any]:
    """Return `value` if it is a pair (x, y); what the two are is not looked at."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} must be a pair (x, y), got {type(value).__name__}")
    return value[0], value[1]


def labels(name: str, value: ArrayLike, n_classes: int) -> NDArray[np.int64]:
    """Return `value` as class labels, shape (n,), whole numbers from 0 to n_classes − 1."""
    array = finite(name, value)
    if array.ndim != 1:
        raise ValueError(
            f"{name} must be 1-D with one label per example, got shape {array.shape}"
            + shapes.labels(name, array.shape, n_classes)
        )
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one label, got none")
    wrong = (array != np.floor(array)) | (array < 0) | (array >= n_classes)
    if wrong.any():
        i = int(np.argmax(wrong))
        raise ValueError(
            f"{name} must hold whole numbers from 0 to {n_classes - 1}, got {array[i]:g} at index {i}"
        )
    return array.astype(np.int64)


def targets(name: str, value: ArrayLike, n_outputs: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return targets, shape (n, n_outputs); labels become one-hot rows, or a column for one output."""
    array = real(name, value)
    if array.ndim == 2 and array.shape[1] == 1 < n_outputs:
        advice = shapes.labels(name, array.shape, n_outputs)
        raise ValueError(f"{name} must have {n_outputs} targets per row, got 1{advice}")
    if array.ndim != 1:
        return rows(name, array, n_outputs, dtype, of="targets")
    if n_outputs > 1:
        return np.eye(n_outputs, dtype=dtype)[labels(name, array, n_outputs)]
    try:
        return labels(name, array, 2)[:, None].astype(dtype)
    except ValueError as error:
        column = f"{name.split()[-1]}[:, None]"
        raise ValueError(f"{error}; targets that are no labels have shape (n, 1): take {column}") from None


def number(name: str, value: Any) -> float:
    """Return `value` as a finite float."""
    array = finite(name, value)
    if array.ndim != 0:
        raise TypeError(f"{name} must be a single number, got an array of shape {array.shape}")
    return float(array)


def positive(name: str, value: Any) -> float:
    """Return `value` as a finite float above zero."""
    result = number(name, value)
    if result <= 0:
        raise ValueError(f"{name} must be greater than 0, got {result:g}")
    return result


def not_negative(name: str, value: Any) -> float:
    """Return `value` as a finite float of at least zero."""
    result = number(name, value)
    if result < 0:
        raise ValueError(f"{name} must be at least 0, got {result:g}")
    return result


def share(name: str, value: Any) -> float:
    """Return `value` as a float from 0 to below 1."""
    result = not_negative(name, value)
    if result >= 1:
        raise ValueError(f"{name} must be below 1, got {result:g}")
    return result


def whole(name: str, value: Any, at_least: int) -> int:
    """Return `value` as an int of at least `at_least`."""
    _plain(name, value)
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {shown(value)}") from None
    if result < at_least:
        raise ValueError(f"{name} must be at least {at_least}, got {result}")
    return result


def gradients(
    returned: Any, weights: Arrays, biases: Arrays, dtype: DTypeLike, only_finite: bool = True
) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Return copies of what a `backprop` has returned: arrays shaped like `weights`, and like `biases`."""
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        got = shown(returned)
        raise ValueError(f"backprop must return the pair (nabla_weights, nabla_biases), got {got}")
    return (
        like("nabla_weights", returned[0], weights, dtype, only_finite),
        like("nabla_biases", returned[1], biases, dtype, only_finite),
    )


def generator(name: str, seed: Any) -> np.random.Generator:
    """Return the random numbers that `seed`, a whole number of at least 0, stands for."""
    return np.random.default_rng(whole(name, seed, at_least=0))


def function(name: str, value: Any, takes: str) -> Any:
    """Return `value` if it can be called; the message says what it `takes`."""
    if not callable(value):
        raise TypeError(f"{name} must be a function of {takes}, got {shown(value)}")
    return value


def path(name: str, value: Any) -> Path:
    """Return `value`, a text or a path, as the path of a file."""
    try:
        if not isinstance(value, os.PathLike | str) or not isinstance(text := os.fspath(value), str):
            raise TypeError
    except TypeError:
        raise TypeError(f"{name} must be a text or a path, got {shown(value)}") from None
    if not text or "\0" in text:
        raise ValueError(f"{name} must name a file, got {shown(value)}")
    return Path(text)


def one_of(name: str, value: Any, known: Collection[str]) -> str:
    """Return `value` if it is one of the `known` names; the message lists them all."""
    if not isinstance(value, str) or value not in known:
        names = ", ".join(repr(entry) for entry in known)
        raise ValueError(f"{name} must be one of {names}, got {shown(value)}")
    return value


def sizes(name: str, value: Any) -> list[int]:
    """Return `value` as the sizes of at least two layers, whole numbers from 1 on."""
    if not np.iterable(value) or len(value) < 2:
        raise ValueError(f"{name} must list at least two layers, such as [784, 30, 10], got {shown(value)}")
    return [whole(f"{name}[{i}]", size, at_least=1) for i, size in enumerate(value)]


def floating(name: str, value: DTypeLike) -> np.dtype[Any]:
    """Return `value` as one of the two types of numbers that a network may have inside."""
    try:
        result = None if value is None else np.dtype(value)  # NumPy takes None for float64
    except TypeError:
        result = None
    if result is None or result not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"{name} must be numpy.float32 or numpy.float64, got {shown(value)}")
    return result


def instance(name: str, value: Any, *kinds: type) -> Any:
    """Return `value` if it is of one of these classes."""
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be a {' or a '.join(k.__name__ for k in kinds)}, got {shown(value)}")
    return value


def listed(name: str, value: Any, of: str) -> list[Any]:
    """Return what a list, or another iterable that is no text and no mapping, holds `of` one kind."""
    if isinstance(value, str | bytes | Mapping) or not np.iterable(value):
        raise TypeError(f"{name} must be a list of {of}, got {shown(value)}")
    return list(value)


def mapping(name: str, value: Any, of: str) -> Mapping[Any, Any]:
    """Return `value` if it is a dict, or another mapping, `of` one kind of things."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict of {of}, got {shown(value)}")
    return value


def shown(value: Any, most: int = 80) -> str:
    """Return a value as messages show it: as Python writes it, unless that is too long or cannot be."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an int may have too many digits, and an object of one's own may fail in any way
        return type(value).__name__
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _describe(value: Any, array: NDArray[Any]) -> str:
    return shown(value) if array.ndim == 0 else f"an array of type {array.dtype}"
