"""Numbers as the course writes them."""

from __future__ import annotations

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
    text = num(value, digits)
    return f"({text})" if text.startswith("−") else text


def sub(index: int) -> str:
    """Return a whole number as a subscript.

    >>> "w" + sub(12)
    'w₁₂'
    """
    return str(index).translate(_SUBSCRIPTS)
