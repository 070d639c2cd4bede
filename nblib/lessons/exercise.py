"""An exercise: the right answer, the usual wrong ones, and the check that tells them apart."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from nblib.lessons import calling
from nblib.lessons.compare import difference, kind, parts, same, show
from nblib.lessons.limit import TimeOver, time_limit
from nblib.lessons.result import Result, Wrong
from nblib.lessons.slips import Slip

Function = Callable[..., Any]
SECONDS = 3.0
"""How long a check waits for an answer."""


class Check:
    """What every exercise has. Call it with the learner's answer, or answers.

    Parameters
    ----------
    asked : callable
        What an answer is held against. Its name is that of the check, its docstring says what is asked.
    title : str
        The heading of the exercise.
    learned : str
        One sentence on what an answer that has passed can do.
    seconds : float or None
        How long the check waits; None for goals that take training.

    Attributes
    ----------
    yours : object
        The answer that passed last in this kernel (a tuple, if the check takes several), or None.
    """

    def __init__(self, asked: Function, title: str, learned: str, seconds: float | None = SECONDS) -> None:
        self.name, self.__doc__ = asked.__name__, asked.__doc__
        self.names = list(inspect.signature(asked).parameters)
        self.title, self.learned, self.seconds = title, learned, seconds
        self.yours: Any = None

    def __repr__(self) -> str:
        return f"check.{self.name}: {self.title}"

    def __call__(self, *answers: Any) -> Result:
        """Look at the answers, and say whether they pass or what is wrong.

        Raises
        ------
        TypeError
            If there is no answer.
        """
        if not answers:
            raise TypeError(f"check.{self.name} needs your answer: check.{self.name}(my_answer)")
        if any(answer is ... or calling.is_stub(answer) for answer in answers):
            return Result(self.name, "not attempted", "Write your answer in place of the ... above.")
        try:
            with time_limit(self.seconds) if self.seconds else contextlib.nullcontext():
                reached = self.examine(*answers)
        except Wrong as wrong:
            return Result(self.name, "wrong", wrong.says, tuple(wrong.example.items()))
        self.yours = answers[0] if len(answers) == 1 else answers
        return Result(self.name, "passed", f"{self.learned} {reached or ''}".rstrip())

    def examine(self, *answers: Any) -> str | None:
        """Look at the answers; return a further sentence for an answer that passes, or None.

        Raises
        ------
        Wrong
            If an answer does not pass.
        """
        raise NotImplementedError


class Goal(Check):
    """An open end: something to be reached, by whatever means.

    Parameters
    ----------
    judge : callable
        Called with the learner's answers; returns a sentence on what they reached, or raises
        `Wrong`.
    **named
        As for `Check`.
    """

    def __init__(self, judge: Callable[..., str | None], **named: Any) -> None:
        super().__init__(judge, **named)
        self.judge = judge

    def examine(self, *answers: Any) -> str | None:
        """Let the judge look at the answers."""
        if len(answers) != len(self.names):
            raise Wrong(f"check.{self.name} wants ({', '.join(self.names)}), got {len(answers)} things.")
        return self.judge(*answers)


@dataclass(frozen=True)
class Trial:
    """What came of one call, beside what was expected."""

    case: tuple[Any, ...]
    expected: Any
    outcome: Any


class Exercise(Check):
    """A function to be written. It is compared with the right one, and with the usual wrong ones.

    Parameters
    ----------
    reference : callable
        The right answer. Its parameters name the arguments in messages.
    cases : callable
        ``cases(rng)`` yields the arguments to try, as tuples: fixed ones first, the smallest first,
        then random ones.
    prepare : callable, optional
        Makes a function of the learner's answers, where they are not one function themselves;
        raises `Wrong` if they cannot be.
    returns : str or tuple of str
        What the function returns, for messages: ``("the new weights", "the new bias")``.
    may_change : sequence of str
        The arguments that the function is meant to change.
    **named
        As for `Check`.

    Attributes
    ----------
    slips : dict of str to callable or Slip
        The usual wrong answers: what to say of each, and how it comes about; see `nblib.lessons.slips`.
    """

    def __init__(
        self,
        reference: Function,
        cases: Callable[[np.random.Generator], Iterable[tuple[Any, ...]]],
        prepare: Function | None = None,
        returns: str | tuple[str, ...] = "the answer",
        may_change: Sequence[str] = (),
        **named: Any,
    ) -> None:
        super().__init__(reference, **named)
        self.reference, self.prepare, self.returns, self.may_change = reference, prepare, returns, may_change
        self.slips: dict[str, Function | Slip] = {}
        self._cases = cases

    @functools.cached_property
    def mistakes(self) -> dict[str, Function]:
        """What to say of each usual wrong answer, and a function that answers so."""
        return {
            says: slip.of(self.reference) if isinstance(slip, Slip) else slip
            for says, slip in self.slips.items()
        }

    def cases(self) -> list[tuple[Any, ...]]:
        """Return the arguments that every answer is tried with, the same at each call."""
        return list(self._cases(np.random.default_rng(0)))

    def examine(self, *answers: Any) -> str | None:
        """Compare the answer with the right one; return what there is to remark about it, or None."""
        return self.compare(self.prepare(*answers) if self.prepare else one_function(self.name, answers))

    def remark(self, trials: Sequence[Trial]) -> str | None:
        """Return a further sentence on a right answer, or None."""
        return None

    def compare(self, function: Function) -> str | None:
        """Compare a function with the right one, case by case; return what there is to remark, or None.

        Raises
        ------
        Wrong
            Where they differ: with the sentence of the usual mistake, or of the first case that fails.
        """
        trials = self._trials(function)
        failed = next((trial for trial in trials if self._fault(trial.expected, trial.outcome)), None)
        if failed is None:
            return self.remark(trials)
        known = self._known(trials)
        example = {name: show(value) for name, value in zip(self.names, failed.case, strict=True)}
        if known or not isinstance(failed.outcome, Wrong):
            wrong = isinstance(failed.outcome, Wrong)
            answer = failed.outcome.says if wrong else show(failed.outcome, self.returns)
            example |= {"your answer": answer, "expected": show(failed.expected, self.returns)}
        raise Wrong(known[0] if known else self._says(trials, failed), example)

    def diagnoses(self, function: Function) -> list[str]:
        """Return what is said of the usual mistakes that a function makes."""
        return self._known(self._trials(function))

    def _trials(self, function: Function) -> list[Trial]:
        return [
            Trial(case, self._outcome(self.reference, case), self._outcome(function, case))
            for case in self.cases()
        ]

    def _known(self, trials: list[Trial]) -> list[str]:
        """Return what is said of the mistakes that answer as the learner does, and fail at the same cases.

        A matrix that is turned round, for one, fits only where it is square.
        """
        if all(isinstance(trial.outcome, Wrong) or same(trial.expected, trial.outcome) for trial in trials):
            return []
        return [
            says
            for says, mistake in self.mistakes.items()
            if all(_alike(self._outcome(mistake, trial.case), trial.outcome) for trial in trials)
        ]

    def _says(self, trials: list[Trial], failed: Trial) -> str:
        """Say which parts of the answers are wrong; where they have no names, what is wrong with one."""
        answered = not any(trial.outcome is None or isinstance(trial.outcome, Wrong) for trial in trials)
        pairs = [(trial.expected, trial.outcome) for trial in trials]
        if self.returns in _OF_BITS and all(_is_bit(part) for pair in pairs for part in pair):
            return _counted(pairs, *_OF_BITS[str(self.returns)])
        named = parts(pairs, self.returns) if answered else None
        return _sentence(named) if named else self._fault(failed.expected, failed.outcome)

    def _fault(self, expected: Any, outcome: Any) -> str | None:
        """Say in a whole sentence what is wrong with what a call came to, or return None."""
        if isinstance(outcome, Wrong):
            return outcome.says
        if outcome is None:
            return "It returns None. Is a `return` missing?"
        fault = difference(expected, outcome, self.returns)
        return fault and _sentence(fault)

    def _outcome(self, function: Function, case: tuple[Any, ...]) -> Any:
        """Return what a function answers, or the `Wrong` that says why it does not answer."""
        try:
            return calling.call(function, self.names, case, self.may_change)
        except TimeOver:
            raise
        except Wrong as wrong:
            return wrong


def _alike(outcome: Any, other: Any) -> bool:
    failed = isinstance(outcome, Wrong), isinstance(other, Wrong)
    return all(failed) or (not any(failed) and same(outcome, other))


_UNIT = "fires in {} where it should be silent", "is silent in {} where it should fire"
_OF_BITS = {
    "its output": _UNIT,
    "the output": _UNIT,
    "the verdict": ("convicts {} that should be acquitted", "acquits {} that should be convicted"),
}
"""What is said of answers that are 1 or true where they should not be, and the other way round."""


def _is_bit(value: Any) -> bool:
    return isinstance(value, (Integral, np.bool_)) and value in (0, 1)


def _counted(pairs: Sequence[tuple[int, int]], too_high: str, too_low: str) -> str:
    """Say of answers that are 0 or 1, false or true, how often they are wrong, and in which way."""
    high = sum(bool(outcome) > bool(expected) for expected, outcome in pairs)
    low = sum(bool(outcome) < bool(expected) for expected, outcome in pairs)
    told = [words.format(n) for words, n in ((too_high, high), (too_low, low)) if n]
    return f"Of {len(pairs)} cases it {' and '.join(told)}. This is the first:"


def _sentence(words: str) -> str:
    """Begin with a capital, unless the first word is a symbol or a name in the code."""
    first = words.split()[0].rstrip(",;")
    symbol = len(first) == 1 or "_" in first or not first.isascii()
    return f"{words if symbol else words[0].upper() + words[1:]}."


def one_function(name: str, answers: Sequence[Any]) -> Function:
    """Return the learner's function.

    Raises
    ------
    Wrong
        If that is not what came.
    """
    (answer, *others) = answers
    if others or not callable(answer):
        came = kind(answer) if not others else f"{len(answers)} things"
        raise Wrong(f"check.{name} wants your function itself, its name without brackets; got {came}.")
    return answer


def exercise(**named: Any) -> Callable[[Function], Exercise]:
    """Make an `Exercise` of the decorated function, which is the right answer; see there."""
    return lambda reference: Exercise(reference, **named)


def goal(**named: Any) -> Callable[[Callable[..., str | None]], Goal]:
    """Make a `Goal` of the decorated function, which judges the answers; see there."""
    return lambda judge: Goal(judge, **named)
