"""Redo the arithmetic that a caption prints, as a reader with a pocket calculator would.

    check("w ← 0.20 + 0.50·(1 − 0)·0.80 = 0.60")  # → 1 statement, right

Only what is numbers on both sides of "=" or "≈" is redone. Text with a name in it (w, σ(0.5), 2·x)
is passed over, so a test should also assert how many statements `check` has found.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_FRACTIONS = {"½": 0.5, "⅓": 1 / 3, "¼": 0.25, "¾": 0.75, "⅙": 1 / 6, "⅛": 0.125}
_NUMBER = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?P<decimals>\.[0-9]+)?"
    r"(?:e(?P<e>[-+−]?[0-9]+)| ?[·×] ?10(?P<power>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"
)
_EXPONENT = re.compile(r"⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_OPERATORS = "+-−·×*/^"
_SIGNS = {"+": 1, "-": -1, "−": -1}


class Part(NamedTuple):
    """One side of a statement: its value, and the unit of the last digit of its roundest number.

    `unit` is 0 where all numbers are whole; `plain` tells that the side is a single number.
    """

    value: float
    unit: float
    plain: bool


class Statement(NamedTuple):
    """``left = right``, both evaluated, and by how much they may differ."""

    text: str
    left: float
    right: float
    unit: float

    @property
    def holds(self) -> bool:
        return self.off <= 1 if self.unit else self.left == self.right

    @property
    def off(self) -> float:
        """The difference in units of the last digit, without the noise of floating point."""
        unit = self.unit or 1.0
        return round(abs(self.left - self.right) / unit, 6)


def values(text: str) -> list[float]:
    """Return the numbers that are written in a text.

    >>> values("0.5·(−3.7·10⁻⁹)")
    [0.5, -3.7e-09]
    """
    found = re.findall(r"(−?[\d.]+)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    return [float(f"{number.replace('−', '-')}e{power.translate(_POWERS) or 0}") for number, power in found]


def statements(text: str) -> list[Statement]:
    """Return every ``numbers = numbers`` of a text; ``a = b = c`` gives two."""
    found = []
    for row in text.split("\n"):
        pieces = re.split(r"([=≈])", row)
        for i in range(1, len(pieces) - 1, 2):
            left, right = _last(pieces[i - 1]), _first(pieces[i + 1])
            if left and right:
                shown = f"{left[0]} {pieces[i]} {right[0]}"
                unit = _unit(left[1], right[1], about=pieces[i] == "≈")
                found.append(Statement(shown, left[1].value, right[1].value, unit))
    return found


def check(text: str) -> int:
    """Return how many statements a text makes; AssertionError if one is off by more than its last digit.

    The left side is worked out from the numbers as they are printed. It may differ from the right
    side by one unit of the last digit there. Whole numbers on both sides must agree exactly.
    """
    made = statements(text)
    wrong = [f"{s.text}   but the left is {s.left:.10g}, off by {s.off:g} units" for s in made if not s.holds]
    assert not wrong, "\n".join(wrong)
    return len(made)


def _unit(left: Part, right: Part, *, about: bool) -> float:
    if right.plain:
        return right.unit or (1.0 if about else left.unit)
    return max(left.unit, right.unit)


# -- the ends of a piece that are numbers only ----------------------------------------------------


def _first(piece: str) -> tuple[str, Part] | None:
    """Return the expression at the beginning of a piece, or None where a name takes part in it."""
    start = len(piece) - len(piece.lstrip())
    try:
        part, end = _sum(piece, start)
    except _NotNumbers:
        return None
    rest = piece[end:]
    glued = bool(rest) and (rest[0].isalnum() or rest[0] in "(′")
    continued = rest.lstrip()[:1] in tuple(_OPERATORS)
    return None if glued or continued else (piece[start:end], part)


def _last(piece: str) -> tuple[str, Part] | None:
    """Return the expression at the end of a piece, or None where a name takes part in it."""
    piece = piece.rstrip()
    for start in range(len(piece)):
        if not _may_begin(piece, start):
            continue
        try:
            part, end = _sum(piece, start)
        except _NotNumbers:
            continue
        if end == len(piece):
            return piece[start:], part
    return None


def _may_begin(piece: str, start: int) -> bool:
    if piece[start].isspace():
        return False
    before, gap = piece[:start].rstrip(), start > 0 and piece[start - 1].isspace()
    if not before:
        return True
    if before[-1] in _OPERATORS + "()" or (not gap and (before[-1].isalnum() or before[-1] in ".′_")):
        return False  # the end of something longer, as in x·2, f(2), w2
    if piece[start] in _SIGNS and before[-1].isalnum():
        return gap and piece[start + 1 : start + 2].isdigit()  # "so −2 + 3", not "x − 2"
    return True


# -- sums, products, powers -----------------------------------------------------------------------


class _NotNumbers(Exception):
    pass


def _sum(text: str, at: int) -> tuple[Part, int]:
    total, at = _product(text, at)
    while operator := re.compile(r"\s?([-+−])\s?").match(text, at):
        try:
            part, at = _product(text, operator.end())
        except _NotNumbers:
            break
        total = Part(total.value + _SIGNS[operator[1]] * part.value, max(total.unit, part.unit), False)
    return total, at


def _product(text: str, at: int) -> tuple[Part, int]:
    total, at = _power(text, at)
    while operator := re.compile(r"\s?([·×*/])\s?|(?=\()").match(text, at):  # or none: 2(0.5 − 1)
        try:
            part, at = _power(text, operator.end())
        except _NotNumbers:
            break
        divides = operator[1] == "/"
        if divides and part.value == 0:
            raise _NotNumbers
        value = total.value / part.value if divides else total.value * part.value
        total = Part(value, max(total.unit, part.unit), False)
    return total, at


def _power(text: str, at: int) -> tuple[Part, int]:
    if text[at : at + 1] in _SIGNS:
        part, end = _power(text, at + 1 + (text[at + 1 : at + 2] == " "))
        return Part(_SIGNS[text[at]] * part.value, part.unit, part.plain), end
    part, at = _atom(text, at)
    exponent = _EXPONENT.match(text, at)
    if exponent:
        power = int(exponent[0].translate(_POWERS))
        return Part(part.value**power, part.unit, False), exponent.end()
    if text[at : at + 2] == " %":
        return Part(part.value / 100, (part.unit or 1) / 100, part.plain), at + 2
    return part, at


def _atom(text: str, at: int) -> tuple[Part, int]:
    if text[at : at + 1] == "(":
        part, end = _sum(text, at + 1)
        if text[end : end + 1] != ")":
            raise _NotNumbers
        return part, end + 1
    if text[at : at + 1] in _FRACTIONS:
        return Part(_FRACTIONS[text[at]], 0.0, False), at + 1
    number = _NUMBER.match(text, at)
    if not number:
        raise _NotNumbers
    digits = number["decimals"] or ""
    power = int((number["power"] or "0").translate(_POWERS)) + int((number["e"] or "0").replace("−", "-"))
    value = float(number["whole"].replace(",", "") + digits + f"e{power}")
    rounded = bool(digits) or power != 0
    return Part(value, 10.0 ** (power - max(len(digits) - 1, 0)) if rounded else 0.0, True), number.end()
