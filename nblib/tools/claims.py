"""A claim on trial: what it says, what a run found about it, and the verdict that follows.

Nobody writes a verdict. It follows from evidence, one or two truth values that a run has found::

    the claim is true as it is said                    ✓ holds
    it is not, but it is true under a named condition  ◐ holds with a condition
    neither                                            ✗ does not hold
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nblib import validate

HOLDS = "holds"
WITH_A_CONDITION = "holds with a condition"
DOES_NOT_HOLD = "does not hold"
OPEN = "is open"
VERDICTS = (HOLDS, WITH_A_CONDITION, DOES_NOT_HOLD)

_MARKS = {HOLDS: "✓", WITH_A_CONDITION: "◐", DOES_NOT_HOLD: "✗", OPEN: "?"}


class Claim:
    """One claim, open until it is judged.

    Attributes
    ----------
    number : int
        The number of the claim, from 1.
    article : int
        The number of the article it stands in, from 1.
    section : str
        The heading under which it stands.
    says : str
        The claim, in one sentence.
    condition : str
        What had to be added to it, or read into it; empty if nothing was tried.

    Raises
    ------
    ValueError, TypeError
        If a number is not a whole number of at least 1, or a text says nothing.
    """

    def __init__(self, number: int, article: int, section: str, says: str) -> None:
        self.number = validate.whole("number", number, at_least=1)
        self.article = validate.whole("article", article, at_least=1)
        self.section = _text("section", section)
        self.says = _text("says", says)
        self.condition = ""
        self._holds: bool | None = None
        self._holds_then = False

    def judge(self, *, holds: bool, when: tuple[str, bool] | None = None) -> Claim:
        """Take what a run has found, and return the claim with its verdict.

        Parameters
        ----------
        holds : bool
            Is the claim true as it is said?
        when : tuple of str and bool, optional
            A condition, and whether the claim is true under it.

        Raises
        ------
        ValueError, TypeError
            If the condition is empty, or what was found is not True or False: the string "no" and an
            array of two are no evidence. The claim stays as it was then.
        """
        found = _found("holds", holds)
        self.condition, self._holds_then = ("", False) if when is None else _pair(when)
        self._holds = found
        return self

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`, as the evidence says, or `OPEN`."""
        if self._holds is None:
            return OPEN
        if self._holds:
            return HOLDS
        return WITH_A_CONDITION if self._holds_then else DOES_NOT_HOLD

    @property
    def mark(self) -> str:
        """The verdict as one sign: ✓, ◐ or ✗; ? while the claim is open."""
        return _MARKS[self.verdict]

    def __repr__(self) -> str:
        added = f": {self.condition}" if self.verdict == WITH_A_CONDITION else ""
        return f"{self.mark} Claim {self.number} {self.verdict}{added}"


class Trial:
    """A collection of claims.

    Examples
    --------
    >>> trial = Trial()
    >>> claim = trial.claim(1, 1, "Primes", "Every odd number above 1 is prime")
    >>> claim
    ? Claim 1 is open
    >>> claim.judge(holds=all(9 % n for n in range(2, 9)))
    ✗ Claim 1 does not hold
    >>> claim = trial.claim(2, 1, "Division", "3 / 2 is 1")
    >>> claim.judge(holds=3 / 2 == 1, when=("rounded down", 3 // 2 == 1))
    ◐ Claim 2 holds with a condition: rounded down
    >>> trial.counts
    {'holds': 0, 'holds with a condition': 1, 'does not hold': 1}
    """

    def __init__(self) -> None:
        self._claims: dict[int, Claim] = {}

    def __repr__(self) -> str:
        counts = [f"{count} {verdict}" for verdict, count in self.counts.items()]
        n_open = len(self._claims) - sum(self.counts.values())
        return f"Trial({len(self._claims)} claims: {', '.join([*counts, f'{n_open} open'])})"

    def claim(self, number: int, article: int, section: str, says: str) -> Claim:
        """Put a claim on record, open, and return it; one with the same number is replaced.

        Parameters
        ----------
        number, article : int
            The numbers of the claim and of its article, each at least 1.
        section : str
            The heading under which it stands.
        says : str
            The claim, in one sentence.
        """
        claim = Claim(number, article, section, says)
        self._claims[claim.number] = claim
        return claim

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims so far, by number."""
        return tuple(self._claims[number] for number in sorted(self._claims))

    @property
    def counts(self) -> dict[str, int]:
        """How often each verdict has been given."""
        given = [claim.verdict for claim in self.claims]
        return {verdict: given.count(verdict) for verdict in VERDICTS}


def _pair(when: Any) -> tuple[str, bool]:
    if not isinstance(when, tuple) or len(when) != 2:
        raise TypeError(f"when must be a pair (condition, whether it holds then), got {when!r}")
    return _text("the condition", when[0]), _found("when", when[1])


def _text(name: str, text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} must be a text that says something, got {text!r}")
    return text


def _found(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be what was found, True or False, got {value!r}")
    return bool(value)
