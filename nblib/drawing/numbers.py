"""Numbers as the course writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor, isfinite, log10

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LAYER = re.compile(r"(?<=[^\W\d])\d")
_PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789") | {ord("–"): "nan"}


def num(value: float, digits: int = 2) -> str:
    """Return `value` with `digits` decimals and a true minus sign; never −0.

    >>> num(-0.304), num(-0.001), num(2, 0)
    ('−0.30', '0.00', '2')
    """
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """Return `value` with its sign in front, + too.

    >>> signed(0.5), signed(-0.5)
    ('+0.50', '−0.50')
    """
    text = num(value, digits)
    return text if text.startswith("−") else f"+{text}"


def factor(value: float, digits: int = 2) -> str:
    """Return `value` as it stands in a product or sum: negative numbers in brackets.

    >>> factor(0.5), factor(-0.5)
    ('0.50', '(−0.50)')
    """
    return bracketed(num(value, digits))


def bracketed(text: str) -> str:
    """Return a written number as it stands in a product or sum: negative ones in brackets.

    >>> bracketed("0.5"), bracketed("−0.5")
    ('0.5', '(−0.5)')
    """
    return f"({text})" if text.startswith("−") else text


def sub(index: int) -> str:
    """Return a whole number as a subscript.

    >>> "w" + sub(12)
    'w₁₂'
    """
    return str(index).translate(_SUBSCRIPTS)


def layered(text: str) -> str:
    """Return names of the code as formulas write them: the number of the layer, behind a letter, is raised.

    >>> layered("∂C/∂w1 = 2·a0"), layered("C = 0.5")
    ('∂C/∂w¹ = 2·a⁰', 'C = 0.5')
    """
    return _LAYER.sub(lambda found: found[0].translate(_RAISED), text)


def show(value: float | str, digits: int = 4) -> str:
    """Return a number with `digits` decimals, more where it is small, with a power of ten where tiny or huge.

    At least ``digits - 1`` digits are worth something: `digits` is at least 2. A dash stands for
    what is no finite number, and a text is returned as it is.

    >>> show(-0.0948), show(0.00512), show(3.7e-9), show(0.0), show("0.8")
    ('−0.0948', '0.00512', '3.70·10⁻⁹', '0', '0.8')
    """
    if isinstance(value, str):
        return value
    if not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    if -4 <= size < 6:
        return num(value, max(digits, digits - 2 - size))
    mantissa, power = f"{value:.{digits - 2}e}".split("e")
    return f"{mantissa}·10{str(int(power)).translate(_RAISED)}".replace("-", "−")


def given(value: float) -> float | str:
    """Return a number that somebody has chosen as it was written, if that is short; else the number.

    >>> given(1.0), given(-0.8), given(1 / 3)
    ('1', '−0.8', 0.3333333333333333)
    """
    short = f"{value + 0:g}"  # −0 + 0 is 0
    return short.replace("-", "−") if float(short) == value and "e" not in short else value


def read(text: str) -> float:
    """Return the value of a number that `show` or `num` has written.

    >>> read("−0.25"), read("3.70·10⁻⁹")
    (-0.25, 3.7e-09)
    """
    return float(text.translate(_PLAIN).replace("·10", "e"))


def plain(value: float, digits: int = 5) -> str:
    """Return `value` with `digits` decimals, a whole number with none.

    >>> plain(-0.304), plain(1.0)
    ('−0.30400', '1')
    """
    return num(value, 0 if float(value).is_integer() else digits)


def added(terms: Sequence[str]) -> str:
    """Return written numbers as a sum that takes away what is negative.

    >>> added(["−1", "0", "−2"])
    '−1 + 0 − 2'
    """
    first, *others = terms
    return first + "".join(f" − {term[1:]}" if term.startswith("−") else f" + {term}" for term in others)
