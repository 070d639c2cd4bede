"""Small tables of numbers that read well as text, in a notebook and to a screen reader.

A cell shows its mathematics, and `table`, `listed` and `worked` (in `drawing.formula`) do the formatting:

    total = x @ weights
    table({"sum": total, "fires": total >= theta})
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from numbers import Integral, Real
from typing import Any

import numpy as np

from nblib.drawing.numbers import num


class Table:
    """Rows under named columns.

    Parameters
    ----------
    columns : sequence of str
        The headings.
    rows : iterable of sequences
        Entries: text, whole numbers, or numbers that are shown with `digits` decimals.
    digits : int
        Decimals of the numbers that are not whole.
    caption : str, optional
        One line above the table.
    left : collection of str
        The columns that are set flush left, as sentences want to be; all others are flush right.

    Raises
    ------
    ValueError
        If a row has another length than `columns`, or `left` names a column that is not there.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        digits: int = 2,
        caption: str | None = None,
        left: Collection[str] = (),
    ) -> None:
        self.columns = [str(column) for column in columns]
        self.rows = [[_text(entry, digits) for entry in row] for row in rows]
        self.caption = caption
        if unknown := [name for name in left if name not in self.columns]:
            raise ValueError(f"left must name columns of the table, got {unknown[0]!r}")
        self._left = [name in left for name in self.columns]
        for i, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"rows[{i}] must have {len(self.columns)} entries, got {len(row)}")

    @property
    def _headed(self) -> bool:
        return any(column.strip() for column in self.columns)

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [
            "  ".join(
                entry.ljust(width) if left else entry.rjust(width)
                for entry, width, left in zip(row, widths, self._left, strict=True)
            ).rstrip()
            for row in [self.columns, *self.rows][0 if self._headed else 1 :]
        ]
        if self._headed:
            lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join([self.caption, *lines] if self.caption else lines)

    def _repr_html_(self) -> str:
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        left = ' style="text-align: left"'
        head = "".join(
            f'<th scope="col"{left if is_left else ""}>{escape(column)}</th>'
            for column, is_left in zip(self.columns, self._left, strict=True)
        )
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        headed = f"<thead><tr>{head}</tr></thead>" if self._headed else ""
        return f"<table>{caption}{headed}<tbody>{body}</tbody></table>"

    def _cells(self, row: list[str]) -> str:
        return "".join(
            f'<td style="text-align: {"left" if is_left else "right"}">{escape(entry)}</td>'
            for entry, is_left in zip(row, self._left, strict=True)
        )


def table(
    content: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    *,
    digits: int | Mapping[str, int] = 2,
    caption: str | None = None,
    left: Collection[str] = (),
) -> Table:
    """Return a table of what has been reckoned: columns by their headings, or rows, each with the same ones.

    Parameters
    ----------
    content : mapping of heading to entries, or iterable of mappings of heading to entry
        Columns are lists or arrays with one entry a row; what is single, a number or a text, stands in
        every row. What is true or false becomes yes or no.
    digits : int or mapping of heading to int
        Decimals of the numbers that are not whole, of all columns or of those named (the others have 2).
    caption, left
        As for `Table`.

    Raises
    ------
    ValueError
        If columns have different lengths, rows different headings, or `digits` names a column that is
        not there.

    Examples
    --------
    >>> x = np.array([0.5, -2.0])
    >>> table({"x": x, "x²": x**2, "above 1": x**2 > 1}, digits={"x": 1})
       x    x²  above 1
    ────  ────  ───────
     0.5  0.25       no
    −2.0  4.00      yes
    >>> table({"n": n, "n²": n**2} for n in (2, 3))
    n  n²
    ─  ──
    2   4
    3   9
    """
    columns = content if isinstance(content, Mapping) else _turned(list(content))
    if unknown := [name for name in digits if name not in columns] if isinstance(digits, Mapping) else []:
        raise ValueError(f"digits must name columns of the table, got {unknown[0]!r}")
    lengths = {name: len(column) for name, column in columns.items() if not _single(column)}
    n_rows = next(iter(lengths.values()), 1)
    if wrong := [name for name, length in lengths.items() if length != n_rows]:
        raise ValueError(f"column {wrong[0]!r} must have {n_rows} entries, got {lengths[wrong[0]]}")
    texts = []
    for name, column in columns.items():
        decimals = digits.get(name, 2) if isinstance(digits, Mapping) else digits
        entries = [column] * n_rows if _single(column) else column
        texts.append([_text(_word(entry), decimals) for entry in entries])
    return Table(list(columns), zip(*texts, strict=True), caption=caption, left=left)


def listed(named: Mapping[str, Any], *, digits: int = 2) -> Table:
    """Return numbers with their names, one below the other.

    Examples
    --------
    >>> listed({"z before": -0.18, "z after": 0.84, "steps": 3})
    z before  −0.18
    z after    0.84
    steps         3
    """
    rows = [[name, _text(_word(entry), digits)] for name, entry in named.items()]
    return Table(["", " "], rows, left=[""])


def _turned(rows: list[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as columns."""
    names = list(rows[0]) if rows else []
    for i, row in enumerate(rows):
        if list(row) != names:
            raise ValueError(f"rows[{i}] must have the headings {names}, got {list(row)}")
    return {name: [row[name] for row in rows] for name in names}


def _single(column: Any) -> bool:
    return isinstance(column, str) or not np.iterable(column)


def _word(entry: Any) -> Any:
    """Return a word for what is true or false, and everything else as it is."""
    return ("no", "yes")[int(entry)] if isinstance(entry, bool | np.bool_) else entry


def _text(entry: Any, digits: int) -> str:
    if isinstance(entry, Integral):
        return str(int(entry)).replace("-", "−")
    return num(float(entry), digits) if isinstance(entry, Real) else str(entry)
