"""What a check says, and how far one has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

SIGNS = {"passed": "✓", "wrong": "✗", "not attempted": "○"}
_HEADS = {"passed": "Passed.", "wrong": "Not yet.", "not attempted": "Not attempted yet."}
_COLOURS = {"passed": "#0072B2", "wrong": "#D55E00", "not attempted": "#888888"}


class Wrong(Exception):
    """Raised inside a check: what is wrong with an answer, and an example that shows it.

    Parameters
    ----------
    says : str
        What is wrong, in whole sentences.
    example : dict of str to str
        Input, answer and expected answer, in this order, where an example tells something.
    """

    def __init__(self, says: str, example: dict[str, str] | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.example = dict(example or {})


@dataclass(frozen=True, repr=False)
class Result:
    """What a check says of an answer. It is true if the answer passed.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    status : {"passed", "wrong", "not attempted"}
    says : str
        What the answer now can do, what is wrong with it, or what to do.
    example : tuple of (str, str)
        The smallest example that shows what is wrong: what was given, what came, what was expected.
    """

    exercise: str
    status: str
    says: str
    example: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self.status == "passed"

    def __repr__(self) -> str:
        lines = [f"{SIGNS[self.status]} {_HEADS[self.status]} {self.says}"]
        width = max((len(name) for name, _ in self.example), default=0)
        for name, shown in self.example:
            first, *others = shown.splitlines() or [""]
            lines.append(f"    {name:<{width}} = {first}")
            lines += [" " * (width + 7) + other for other in others]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        plain = 'style="margin: 0; background: none; text-align: left"'
        rows = "".join(
            f'<tr><th scope="row" {plain}>{escape(name)}</th><td><pre {plain}>{escape(shown)}</pre></td></tr>'
            for name, shown in self.example
        )
        table = f"<table>{rows}</table>" if rows else ""
        return (
            f'<div role="status" style="border-left: 4px solid {_COLOURS[self.status]}; padding: 0 0.8em">'
            f"<p><strong>{SIGNS[self.status]} {_HEADS[self.status]}</strong> {escape(self.says)}</p>"
            f"{table}</div>"
        )


class Progress:
    """Which exercises of a notebook are solved, in this kernel.

    Parameters
    ----------
    solved : iterable of (str, bool)
        Title of each exercise, and whether an answer has passed.
    """

    def __init__(self, solved: Iterable[tuple[str, bool]]) -> None:
        self.solved = dict(solved)

    def __repr__(self) -> str:
        done = sum(self.solved.values())
        signs = " · ".join(
            f"{SIGNS['passed' if passed else 'not attempted']} {title}"
            for title, passed in self.solved.items()
        )
        return f"{done} of {len(self.solved)} exercises solved: {signs}"

    def _repr_html_(self) -> str:
        return f'<p role="status">{escape(repr(self))}</p>'
