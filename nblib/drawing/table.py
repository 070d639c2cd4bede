"""A small table of numbers that reads well as text, in a notebook and to a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    Raises
    ------
    ValueError
        If a row has another length than `columns`.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        digits: int = 2,
        caption: str | None = None,
    ) -> None:
        self.columns = [str(column) for column in columns]
        self.rows = [[_text(entry, digits) for entry in row] for row in rows]
        self.caption = caption
        for i, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"rows[{i}] must have {len(self.columns)} entries, got {len(row)}")

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [
            "  ".join(entry.rjust(width) for entry, width in zip(row, widths, strict=True)).rstrip()
            for row in [self.columns, *self.rows]
        ]
        lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join([self.caption, *lines] if self.caption else lines)

    def _repr_html_(self) -> str:
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align: right">{escape(entry)}</td>' for entry in row) + "</tr>"
            for row in self.rows
        )
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(entry: Any, digits: int) -> str:
    if isinstance(entry, Integral):
        return str(int(entry)).replace("-", "−")
    return num(float(entry), digits) if isinstance(entry, Real) else str(entry)
