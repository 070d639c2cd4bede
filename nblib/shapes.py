"""What helps where an array has another shape than it should: the usual slips, each with its cure.

The words go behind a message that has said what was expected and what came.
"""

from __future__ import annotations

from math import prod

Shape = tuple[int, ...]


def rows(name: str, shape: Shape, n: int, one: str = "example") -> str:
    """Return what makes rows of `n` numbers out of an array of this shape; nothing where nobody can know.

    `one` says what stands in a row.

    >>> rows("x", (784, 1), 784)
    ': if it is a single example, take x.reshape(1, 784)'
    >>> rows("x", (5, 28, 28), 784)
    ': for one example per row, take x.reshape(5, 784)'
    """
    argument = name.split()[-1]  # "validation x" is called x by whoever gave it
    match shape:
        case (length,) if length == n:
            return f": for a single {one}, take {argument}[None]"
        case (_,) if n == 1:
            return f": for one number per {one}, take {argument}[:, None]"
        case (_, *rest) if prod(shape) == n:
            return f": if it is a single {one}, take {argument}.reshape(1, {n})" if rest else ""
        case (length, width) if length == n != width:
            return f": if each column is one {one}, take {argument}.T"
        case (length, _, *_) if prod(shape[1:]) == n and len(shape) > 2:
            return f": for one {one} per row, take {argument}.reshape({length}, {n})"
    return ""


def labels(name: str, shape: Shape, n_classes: int) -> str:
    """Return what makes labels, (n,), out of an array of this shape; nothing where nobody can know.

    >>> labels("y", (5, 1), 10), labels("y", (5, 10), 10)
    (': for labels, take y[:, 0]', ': for labels out of one-hot rows, take y.argmax(axis=1)')
    """
    argument = name.split()[-1]
    match shape:
        case ():
            return f": for one example, take [{argument}]"
        case (_, 1):
            return f": for labels, take {argument}[:, 0]"
        case (1, _) if shape[1] != n_classes:
            return f": for labels, take {argument}[0]"
        case (_, width) if width == n_classes:
            return f": for labels out of one-hot rows, take {argument}.argmax(axis=1)"
    return ""
