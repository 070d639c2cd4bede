"""What wrong adders of two numbers from 0 to 15 compute, and how their sums give them away."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nblib.lessons.result import Wrong

Sums = NDArray[np.int64]
Adder = Callable[[Sums, Sums], Sums]


def compare_sums(sums: Sums) -> None:
    """Compare all sums of a and b, shape (16, 16), with the right ones.

    Raises
    ------
    Wrong
        With the first sum that is wrong, the smallest numbers first, and with what it looks like.
    """
    a, b = np.indices(sums.shape)
    wrong = np.argwhere(sums != a + b).tolist()
    if not wrong:
        return
    first_a, first_b = min(wrong, key=lambda pair: (sum(pair), *pair))
    answer, expected = int(sums[first_a, first_b]), first_a + first_b
    looks_like = (
        why for why, adders in _SLIPS.items() if any(np.array_equal(sums, add(a, b)) for add in adders)
    )
    raise Wrong(
        f"{len(wrong)} of the 256 sums are wrong, the first of them {first_a} + {first_b}: there "
        f"s{_lowest_bit(answer ^ expected)} is the first wrong column from the right. "
        f"{next(looks_like, None) or _right_columns(sums ^ (a + b))}",
        {
            "a": f"{first_a} = {first_a:04b}",
            "b": f"{first_b} = {first_b:04b}",
            "your answer": f"{answer} = {answer:05b}",
            "expected": f"{expected} = {expected:05b}",
        },
    )


def _lowest_bit(number: int) -> int:
    return (number & -number).bit_length() - 1


def _right_columns(wrong_bits: Sums) -> str:
    """Say up to which column all sums are right."""
    low = _lowest_bit(int(np.bitwise_or.reduce(wrong_bits, axis=None)))
    if low == 0:
        return "Begin with s0, which is not always right: nothing but a0 and b0 counts for it."
    right = "s0 is" if low == 1 else f"s0 to s{low - 1} are"
    return f"{right} right in every sum, so look at s{low} and at the carries beside it."


def _turned(number: Sums, n_bits: int = 4) -> Sums:
    """Return the number with its bits in the reverse order."""
    return sum(((number >> i) & 1) << (n_bits - 1 - i) for i in range(n_bits))


def _with_carry(rule: Callable[..., Sums]) -> list[Adder]:
    """Return the adders in which another rule makes a carry, of the bits of a column and the carry into it.

    The first column has the rule too, or is right; and the digits are right, or made as in a full adder of
    two units: with the carry out taken away twice.
    """
    return [
        functools.partial(_column_by_column, carries=(first, rule, rule, rule), digit_from_carry=from_carry)
        for first in (lambda x, y, c: x & y, rule)
        for from_carry in (False, True)
    ]


def _column_by_column(
    a: Sums, b: Sums, carries: Sequence[Callable[..., Sums]], digit_from_carry: bool
) -> Sums:
    total, c = np.zeros_like(a), np.zeros_like(a)
    for i, carry in enumerate(carries):
        x, y = (a >> i) & 1, (b >> i) & 1
        out = carry(x, y, c)
        digit = (x + y + c - 2 * out >= 1) if digit_from_carry else x ^ y ^ c
        total, c = total + (digit << i), out
    return total + (c << 4)


_SLIPS: dict[str, list[Adder]] = {
    "No carry reaches the next column.": [lambda a, b: a ^ b, lambda a, b: (a ^ b) + 2 * (a & b & 8)],
    "The carry of the last column is lost: s4 must be on from 16 on.": [lambda a, b: (a + b) % 16],
    "It adds from the wrong end: a0, b0 and s0 are the bits worth 1.": [
        lambda a, b: _turned(_turned(a) + _turned(b), 5)
    ],
    "The outputs are in the reverse order: s0 is worth 1, and s4 is worth 16.": [
        lambda a, b: _turned(a + b, 5)
    ],
    "The four digits are in the reverse order: s0 is worth 1, and s3 is worth 8.": [
        lambda a, b: _turned((a + b) % 16) + (a + b) // 16 * 16
    ],
    "The inputs are in the reverse order: a0 and b0 are worth 1, a3 and b3 are worth 8.": [
        lambda a, b: _turned(a) + _turned(b)
    ],
    "The bits of a are in the reverse order: a0 is worth 1, a3 is worth 8.": [lambda a, b: _turned(a) + b],
    "The bits of b are in the reverse order: b0 is worth 1, b3 is worth 8.": [lambda a, b: a + _turned(b)],
    "A column hands a carry on only where both its bits are on. One bit and the carry that comes in make one "
    "too.": _with_carry(lambda x, y, c: x & y),
    "One thing that is on is enough for the carry of a column. It takes two of the three.": _with_carry(
        lambda x, y, c: x | y | c
    ),
    "A column hands a carry on only where all three are on. Two of the three are enough.": _with_carry(
        lambda x, y, c: x & y & c
    ),
}
