"""The dependency tree of the three-neuron chain: what leads where, and how its numbers are written.

One arrow leaves each number. It carries the factor ∂next/∂number, and the derivative of the cost for a number
is the product of the factors on its way to C. In here the numbers have the names of the code, w1;
`nblib.drawing.numbers.layered` writes them as formulas do, w¹.
"""

from __future__ import annotations

from nblib.drawing.numbers import show

FORWARD = ("z1", "a1", "z2", "a2", "C")
"""What is computed on the way forwards, in this order."""
NEXT = {
    "a2": "C", "z2": "a2", "w2": "z2", "b2": "z2", "a1": "z2", "z1": "a1", "w1": "z1", "b1": "z1", "a0": "z1",
}  # fmt: skip
"""Where the arrow from each number leads, in the order in which the derivatives are computed."""


def path(name: str) -> list[str]:
    """Return the numbers whose arrows lie between C and `name`, from C backwards.

    >>> path("w1")
    ['a2', 'z2', 'a1', 'z1', 'w1']
    """
    return [*(path(NEXT[name]) if NEXT[name] != "C" else []), name]


def factor_field(name: str) -> str:
    """Return what `ChainPass` calls the factor on the arrow from `name`.

    >>> factor_field("w1"), factor_field("a2")
    ('dz1_dw1', 'dC_da2')
    """
    return f"d{NEXT[name]}_d{name}"


def slope_field(name: str) -> str:
    """Return what `ChainPass` calls ∂C/∂name.

    >>> slope_field("w1"), slope_field("z1")
    ('dC_dw1', 'delta1')
    """
    return f"delta{name[1]}" if name[0] == "z" else f"dC_d{name}"


def factor_name(name: str) -> str:
    """Return how the factor on the arrow from `name` is written: ``∂z2/∂w2``."""
    return f"∂{NEXT[name]}/∂{name}"


def slope_name(name: str) -> str:
    """Return how ∂C/∂name is written: ``δ1``, ``δ2`` or ``∂C/∂w1``."""
    return f"δ{name[1]}" if name[0] == "z" else f"∂C/∂{name}"


def short(value: float) -> str:
    """Return a number as it fits into the drawing.

    >>> short(0.622459), short(-12.34567), short(2e-9)
    ('0.6225', '−12.346', '2.0·10⁻⁹')
    """
    size = abs(value)
    return show(value, 4 if 1e-4 <= size < 10 else 3 if size < 100 else 2)


def narrow(value: float) -> str:
    """Return a number as it fits into a circle.

    >>> narrow(0.622459), narrow(0.0012345), narrow(1.2345e-5)
    ('0.6225', '0.0012', '1·10⁻⁵')
    """
    size = abs(value)
    return short(value) if size >= 0.01 else show(value, 3 if size >= 0.001 else 2)


def with_sign(value: float) -> str:
    """Return a number as it fits into the drawing, with + where it is positive.

    >>> with_sign(0.2243), with_sign(-0.5), with_sign(0.0)
    ('+0.2243', '−0.5000', '0')
    """
    written = short(value)
    return f"+{written}" if value > 0 else written
