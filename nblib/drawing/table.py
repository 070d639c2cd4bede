"""A small table of numbers that reads well as text, in a notebook and to a screen reader."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape
from numbers import Integral, Real
from typing import Any

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

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [
            "  ".join(
                entry.ljust(width) if left else entry.rjust(width)
                for entry, width, left in zip(row, widths, self._left, strict=True)
            ).rstrip()
            for row in [self.columns, *self.rows]
        ]
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
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cells(self, row: list[str]) -> str:
        return "".join(
            f'<td style="text-align: {"left" if is_left else "right"}">{escape(entry)}</td>'
            for entry, is_left in zip(row, self._left, strict=True)
        )


def _text(entry: Any, digits: int) -> str:
    if isinstance(entry, Integral):
        return str(int(entry)).replace("-", "−")
    return num(float(entry), digits) if isinstance(entry, Real) else str(entry)
