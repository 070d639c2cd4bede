"""A guess before a run: chosen from a few answers, or typed as a number, and then held against the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isclose, isfinite
from numbers import Real
from typing import Any

import traitlets

from nblib import validate
from nblib.drawing.numbers import num, plain
from nblib.widgets.still import HERE, StillWidget

YES_NO = {"yes": True, "no": False}
"""The answers to a question about what is true or false."""


class Comparison(str):
    """A sentence that shows itself as it is, also as the last expression of a cell."""

    def __repr__(self) -> str:
        return str(self)


class Guess(StillWidget):
    """A question to be answered before a run says what is right.

    Nobody has to guess: without one, `compare` says the result alone. Nothing is stored or sent.

    Parameters
    ----------
    question : str
    answers : mapping of str to object, or sequence, optional
        What there is to choose from: the words, and the result that each stands for. In a sequence
        the words are the results themselves. Without `answers`, a number is typed.
    unit : str
        What follows a number, such as "%".
    digits : int
        Decimals of a result that is not whole.

    Attributes
    ----------
    value : str, float or None
        The guess: the words of an answer, or a number; None as long as there is none.

    Raises
    ------
    ValueError
        If there are less than two answers.

    Examples
    --------
    >>> guess = Guess("How many mistakes?")
    >>> guess.compare(10)
    How many mistakes? → 10.
    >>> guess.value = 25
    >>> guess.compare(10)
    How many mistakes? → 10. You guessed 25: 15 too high, a factor of 2.5.
    """

    _esm = HERE / "guess.js"
    _css = HERE / "guess.css"
    question = traitlets.Unicode().tag(sync=True)
    answers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    value = traitlets.Any(None).tag(sync=True)

    def __init__(
        self,
        question: str,
        answers: Mapping[str, Any] | Sequence[Any] | None = None,
        *,
        unit: str = "",
        digits: int = 2,
    ) -> None:
        self._results = _results(answers)
        self._digits = validate.whole("digits", digits, at_least=0)
        super().__init__(question=question, answers=list(self._results), unit=unit)

    def __repr__(self) -> str:
        return f"[Guess: {' / '.join([self.question, *self.answers])}]"

    def compare(self, result: Any) -> Comparison:
        """Return the result in a sentence, and how far off the guess was, if there is one.

        Raises
        ------
        TypeError
            If the question is about a number and `result` is none.
        """
        return Comparison(
            f"{self.question} → {self._chosen(result) if self.answers else self._typed(result)}"
        )

    def _chosen(self, result: Any) -> str:
        right = next((words for words, meant in self._results.items() if _equal(meant, result)), None)
        if right is None:
            return f"{result}, which was not among the answers."
        if self.value is None:
            return f"{right}."
        return f"{right}, as you guessed." if self.value == right else f"{right}. You guessed: {self.value}."

    def _typed(self, result: Any) -> str:
        array = validate.real("result", result)
        if array.ndim:
            raise TypeError(f"result must be a single number, got an array of shape {array.shape}")
        if not isfinite(array):
            return "no finite number."  # where training has run away, say
        right = self._shown(float(array))
        if self.value is None:
            return f"{right}."
        guessed = self._shown(self.value)
        if guessed == right:
            return f"{right}, as you guessed."
        return f"{right}. You guessed {guessed}: {self._off(self.value, float(array))}."

    def _off(self, guess: float, result: float) -> str:
        """Say how far a guess is from the result."""
        if guess * result < 0:
            return "the sign is the other one"
        counted = float(guess).is_integer() and float(result).is_integer()
        far = num(abs(guess - result), 0 if counted else self._digits) + self._after
        says = f"{far} too {'high' if guess > result else 'low'}"
        times = max(guess / result, result / guess) if guess * result else 0
        return f"{says}, a factor of {times:.3g}" if times >= 2 else says

    @property
    def _after(self) -> str:
        return self.unit if self.unit in ("", "°") else f" {self.unit}"  # 5 %, but 60°

    def _shown(self, number: float) -> str:
        return plain(number, self._digits) + self._after

    @traitlets.validate("value")
    def _check(self, proposal: Mapping[str, Any]) -> str | float | None:
        value = proposal["value"]
        if value is None:
            return None
        return (
            validate.one_of("value", value, self.answers) if self.answers else validate.number("value", value)
        )

    def still(self) -> dict[str, str]:
        """Return the question and its answers in words, for readers without a kernel."""
        listed = "".join(f"<li>{escape(words)}</li>" for words in self.answers)
        below = f"<ul>{listed}</ul>" if listed else ""
        return {"text/html": f'<div class="nblib-still"><b>{escape(self.question)}</b>{below}</div>'}


def _results(answers: Mapping[str, Any] | Sequence[Any] | None) -> dict[str, Any]:
    """Return the words of each answer and the result it stands for."""
    if answers is None:
        return {}
    if not isinstance(answers, Mapping):
        answers = {str(answer).replace("-", "−") if isinstance(answer, Real) else str(answer): answer
                   for answer in answers}  # fmt: skip
    if len(answers) < 2:
        raise ValueError(f"answers must be at least two different ones, got {list(answers)}")
    return dict(answers)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Real) and isinstance(other, Real):
        return isclose(one, other, rel_tol=1e-9)
    return bool(one == other)
