"""A claim on trial: what it says, what a run found about it, and the verdict that follows.

Nobody writes a verdict. It follows from evidence, truth values that a run has found. Two things are
tried: the claim as it is said, and the claim under the kindest condition or reading there is::

    the claim is true as it is said            ✓ holds
    it is not, but it is true under that one   ◐ holds with a condition
    neither                                    ✗ does not hold

Both are tried for every claim, so that the code of a trial does not tell how it will end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nblib import validate

if TYPE_CHECKING:
    from nblib.widgets.guess import Guess

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
    condition : str or None
        The kindest condition or reading that there is for it, or None if there is none to try.
    guess : Guess or None
        The bet on its verdict, if one was offered.

    Raises
    ------
    ValueError, TypeError
        If a number is not a whole number of at least 1, or a text says nothing.
    """

    def __init__(
        self, number: int, article: int, section: str, says: str, condition: str | None = None
    ) -> None:
        self.number = validate.whole("number", number, at_least=1)
        self.article = validate.whole("article", article, at_least=1)
        self.section = _text("section", section)
        self.says = _text("says", says)
        self.condition = None if condition is None else _text("condition", condition)
        self.guess: Guess | None = None
        self._as_said: bool | None = None
        self._kindly = False

    def judge(self, *, as_said: bool, kindly: bool | None = None) -> Claim:
        """Take what a run has found, and return the claim with its verdict.

        Parameters
        ----------
        as_said : bool
            Is the claim true as it is said?
        kindly : bool, optional
            Is it true under its condition?

        Raises
        ------
        ValueError, TypeError
            If there is no condition that `kindly` could be about, or what was found is not True or False:
            the string "no" and an array of two are no evidence. The claim stays as it was then.
        """
        found, found_kindly = _found("as_said", as_said), kindly is not None and _found("kindly", kindly)
        if kindly is not None and self.condition is None:
            raise ValueError(f"kindly must be left out: claim {self.number} has no condition, got {kindly}")
        self._as_said, self._kindly = found, found_kindly
        return self

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`, as the evidence says, or `OPEN`."""
        if self._as_said is None:
            return OPEN
        if self._as_said:
            return HOLDS
        return WITH_A_CONDITION if self._kindly else DOES_NOT_HOLD

    @property
    def mark(self) -> str:
        """The verdict as one sign: ✓, ◐ or ✗; ? while the claim is open."""
        return _MARKS[self.verdict]

    @property
    def needs(self) -> str:
        """What else must hold for the claim to be true; what was tried in vain; or nothing."""
        if self.condition is None or self.verdict in (HOLDS, OPEN):
            return ""
        return self.condition if self.verdict == WITH_A_CONDITION else f"tried in vain: {self.condition}"

    def __repr__(self) -> str:
        added = f": {self.condition}" if self.verdict == WITH_A_CONDITION else ""
        bet = f". You bet: {self.guess.value}" if self.guess is not None and self.guess.value else ""
        return f"{self.mark} Claim {self.number} {self.verdict}{added}{bet}"


class Trial:
    """A collection of claims.

    Parameters
    ----------
    claims : iterable of Claim
        Those to begin with.

    Raises
    ------
    TypeError
        If something else is among them.

    Examples
    --------
    >>> trial = Trial()
    >>> trial.claim(1, 1, "Primes", "Every odd number above 1 is prime")
    ? Claim 1 is open
    >>> trial.judge(1, as_said=all(9 % n for n in range(2, 9)))
    ✗ Claim 1 does not hold
    >>> claim = trial.claim(2, 1, "Division", "3 / 2 is 1", condition="rounded down")
    >>> trial.judge(2, as_said=3 / 2 == 1, kindly=3 // 2 == 1)
    ◐ Claim 2 holds with a condition: rounded down
    >>> trial.counts
    {'holds': 0, 'holds with a condition': 1, 'does not hold': 1}
    """

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._claims: dict[int, Claim] = {}
        if not np.iterable(claims):
            raise TypeError(f"claims must be an iterable of Claim, got {claims!r}")
        for claim in claims:
            if not isinstance(claim, Claim):
                raise TypeError(f"claims must be an iterable of Claim, got {claim!r} in it")
            self._claims[claim.number] = claim

    def __repr__(self) -> str:
        counts = [f"{count} {verdict}" for verdict, count in self.counts.items()]
        n_open = len(self._claims) - sum(self.counts.values())
        return f"Trial({len(self._claims)} claims: {', '.join([*counts, f'{n_open} open'])})"

    def claim(
        self, number: int, article: int, section: str, says: str, condition: str | None = None
    ) -> Claim:
        """Put a claim on record, open, and return it; one with the same number is replaced.

        Parameters
        ----------
        number, article : int
            The numbers of the claim and of its article, each at least 1.
        section : str
            The heading under which it stands.
        says : str
            The claim, in one sentence.
        condition : str, optional
            The kindest condition or reading that there is for it.
        """
        claim = Claim(number, article, section, says, condition)
        self._claims[claim.number] = claim
        return claim

    def bet(self, number: int) -> Guess:
        """Return a choice of the three verdicts, to be made before the claim is judged.

        Raises
        ------
        ValueError, TypeError
            If there is no claim with this number.
        """
        from nblib.widgets.guess import Guess  # here, so that who only judges loads no widgets

        claim = self._known(number)
        claim.guess = Guess(f"Claim {claim.number}: what will the verdict be?", VERDICTS)
        return claim.guess

    def judge(self, number: int, *, as_said: bool, kindly: bool | None = None) -> Claim:
        """Judge a claim on record; see `Claim.judge`.

        Raises
        ------
        ValueError, TypeError
            If there is no claim with this number, or what was found is no evidence.
        """
        return self._known(number).judge(as_said=as_said, kindly=kindly)

    def _known(self, number: int) -> Claim:
        number = validate.whole("number", number, at_least=1)
        if number not in self._claims:
            raise ValueError(f"number must be that of a claim on record, got {number}")
        return self._claims[number]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims so far, by number."""
        return tuple(self._claims[number] for number in sorted(self._claims))

    @property
    def counts(self) -> dict[str, int]:
        """How often each verdict has been given."""
        given = [claim.verdict for claim in self.claims]
        return {verdict: given.count(verdict) for verdict in VERDICTS}

    @property
    def bets(self) -> str:
        """How many bets were made on claims that have been judged, and how many of them were right."""
        made = [
            (claim.guess.value, claim.verdict)
            for claim in self.claims
            if claim.verdict != OPEN and claim.guess is not None and claim.guess.value
        ]
        right = sum(guess == verdict for guess, verdict in made)
        if not made:
            return "You have made no bets."
        return f"Bets made: {len(made)}. Right: {right}."


def _text(name: str, text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} must be a text that says something, got {text!r}")
    return text


def _found(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be what was found, True or False, got {value!r}")
    return bool(value)
