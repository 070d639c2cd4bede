"""The exercises of notebook 02: units and circuits by hand, up to the smallest adder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.gates import Circuit, Unit, all_inputs
from nblib.lessons.compare import kind
from nblib.lessons.exercise import exercise, goal
from nblib.lessons.result import Wrong

# -- what an answer must be -----------------------------------------------------------------------


def _rows(n: int) -> Callable[[np.random.Generator], Iterator[tuple[int, ...]]]:
    """Make the cases: every row of n bits, in counting order. There is nothing else to try."""
    return lambda rng: (tuple(map(int, row)) for row in all_inputs(n))


def _single(answers: tuple[Any, ...]) -> Any:
    if len(answers) != 1:
        raise Wrong(f"The check wants one answer, got {len(answers)} things.")
    return answers[0]


def _unit(n_inputs: int) -> Callable[[Any], Unit]:
    """Make a ``prepare`` that takes a single unit."""

    def prepare(*answers: Any) -> Unit:
        answer = _single(answers)
        if not isinstance(answer, Unit):
            raise Wrong(f"It must be one unit, Unit([weights], threshold=θ); got {kind(answer)}.")
        if answer.n_inputs != n_inputs:
            raise Wrong(f"It needs {n_inputs} weights, one for each input; yours has {answer.n_inputs}.")
        return answer

    return prepare


def _circuit(
    inputs: Sequence[str], outputs: Sequence[str] | None = None, most_units: int | None = None
) -> Callable[[Any], Callable[..., int | tuple[int, ...]]]:
    """Make a ``prepare`` that takes a circuit; without `outputs` it must have one, of any name."""

    def prepare(*answers: Any) -> Callable[..., int | tuple[int, ...]]:
        answer = _single(answers)
        if not isinstance(answer, Circuit):
            raise Wrong(f"It must be a circuit, Circuit(inputs, parts, outputs); got {kind(answer)}.")
        _check_names("inputs", answer.inputs, inputs)
        if outputs is not None:
            _check_names("outputs", answer.outputs, outputs)
        elif len(answer.outputs) != 1:
            raise Wrong(f"It must have one output; yours has {len(answer.outputs)}.")
        if most_units is not None and len(answer.units) > most_units:
            raise Wrong(f"It has {len(answer.units)} units, and the exercise asks for at most {most_units}.")
        wires = [answer.outputs[name] for name in outputs or answer.outputs]

        def run(*bits: int) -> int | tuple[int, ...]:
            given = dict(zip(inputs, bits, strict=True))
            signals = answer.record(*(given[name] for name in answer.inputs)).signals
            found = tuple(signals[wire] for wire in wires)
            return found if outputs else found[0]

        return run

    return prepare


def _check_names(what: str, names: Sequence[str], wanted: Sequence[str]) -> None:
    if set(names) != set(wanted):
        raise Wrong(f"Its {what} must be called {', '.join(wanted)}; yours are called {', '.join(names)}.")


# -- 1. at least two ------------------------------------------------------------------------------


@exercise(
    notebook=2,
    title="At least two",
    learned="Your unit counts, and fires from two on.",
    cases=_rows(4),
    prepare=_unit(4),
    returns="its output",
)
def at_least_two(x1: int, x2: int, x3: int, x4: int) -> int:
    """1 where at least two of the four inputs are on."""
    return int(x1 + x2 + x3 + x4 >= 2)


@at_least_two.mistake(
    "It fires one too late: two inputs are not yet enough for it. The sum need only reach θ, not pass it: "
    "≥ and not >."
)
def _more_than_two(x1, x2, x3, x4):
    return int(x1 + x2 + x3 + x4 > 2)


@at_least_two.mistake("One input is enough for it, as for OR. The threshold is too low for the weights.")
def _at_least_one(x1, x2, x3, x4):
    return int(x1 + x2 + x3 + x4 >= 1)


@at_least_two.mistake("It waits for all four, as AND does. The threshold is too high for the weights.")
def _all_four(x1, x2, x3, x4):
    return int(x1 + x2 + x3 + x4 >= 4)


@at_least_two.mistake(
    "It fires where at most two are on: the more inputs, the quieter. An input that shall help needs a "
    "positive weight."
)
def _at_most_two(x1, x2, x3, x4):
    return int(x1 + x2 + x3 + x4 <= 2)


@at_least_two.mistake("It says the opposite: it fires exactly where it should be silent.")
def _fewer_than_two(x1, x2, x3, x4):
    return int(x1 + x2 + x3 + x4 < 2)


@at_least_two.mistake("It never fires. All weights together must be able to reach the threshold.")
def _never(x1, x2, x3, x4):
    return 0


@at_least_two.mistake("It always fires. With nothing on the sum is 0, and that must not reach the threshold.")
def _always(x1, x2, x3, x4):
    return 1


# -- 2. if a, then b ------------------------------------------------------------------------------


@exercise(
    notebook=2,
    title="If a, then b",
    learned="Your unit is silent only where a is on and b is not.",
    cases=_rows(2),
    prepare=_unit(2),
    returns="its output",
)
def implies(a: int, b: int) -> int:
    """0 for a = 1, b = 0, and 1 in the three other rows."""
    return int(a <= b)


@implies.mistake(
    "The inputs are swapped: yours says “if b, then a”. It is a that holds the unit back, and b that helps."
)
def _if_b_then_a(a, b):
    return int(b <= a)


@implies.mistake("It says the opposite: it fires only for a = 1, b = 0, where it alone should be silent.")
def _a_without_b(a, b):
    return int(a > b)


@implies.mistake(
    "It fires one too late, for b alone. The sums of two more rows must reach θ as well: ≥ and not >."
)
def _b_without_a(a, b):
    return int(b > a)


@implies.mistake("That is OR: a helps. Here a must inhibit, so its weight needs the other sign.")
def _a_or_b(a, b):
    return a | b


@implies.mistake("That is NAND: b inhibits. Here b must help, so its weight needs the other sign.")
def _nand(a, b):
    return 1 - (a & b)


@implies.mistake("That is AND. “If a, then b” says nothing about the rows where a is off: there it is 1.")
def _a_and_b(a, b):
    return a & b


@implies.mistake("It listens to a alone. Where a is on, b decides: its weight must make up for the brake.")
def _not_a(a, b):
    return 1 - a


@implies.mistake("It listens to b alone. Where both are off the answer is 1: 0 must reach the threshold.")
def _only_b(a, b):
    return b


@implies.mistake("It always fires. For a = 1, b = 0 the sum must stay below θ: make a inhibit, or raise θ.")
def _not_held_back(a, b):
    return 1


@implies.mistake("It never fires. The threshold is too high: even the largest sum does not reach it.")
def _not_reached(a, b):
    return 0


@implies.mistake("That is NOR: b inhibits. Here b must help, and make up for the brake.")
def _nor(a, b):
    return 1 - (a | b)


# -- 3. both or none ------------------------------------------------------------------------------


@exercise(
    notebook=2,
    title="Both or none",
    learned="Your circuit tells whether two bits are equal.",
    cases=_rows(2),
    prepare=_circuit(["a", "b"], most_units=3),
    returns="the output",
)
def xnor(a: int, b: int) -> int:
    """1 where both bits are equal, with at most three units."""
    return int(a == b)


@xnor.mistake("That is XOR, the opposite: it fires where exactly one is on. Turn the last unit round.")
def _xor(a, b):
    return a ^ b


@xnor.mistake("It fires for “both” alone. Where none is on the two are equal as well.")
def _only_both(a, b):
    return a & b


@xnor.mistake("It fires for “none” alone. Where both are on the two are equal as well.")
def _only_none(a, b):
    return 1 - (a | b)


@xnor.mistake(
    "It never fires. Does the last unit wait for “both” and “none” at once? They cannot be on together."
)
def _both_and_none(a, b):
    return 0


@xnor.mistake("It always fires. At a = 0, b = 1 and at a = 1, b = 0 the last unit must be silent.")
def _never_silent(a, b):
    return 1


# -- 4. a switch ----------------------------------------------------------------------------------


@exercise(
    notebook=2,
    title="A switch",
    learned="Your circuit lets s choose between a and b.",
    cases=_rows(3),
    prepare=_circuit(["a", "b", "s"], most_units=3),
    returns="the output",
)
def switch(a: int, b: int, s: int) -> int:
    """Output a while s is 0 and b while s is 1, with at most three units."""
    return b if s else a


@switch.mistake("It is switched the wrong way round: while s is 0 the output is a, and while s is 1 it is b.")
def _other_way_round(a, b, s):
    return a if s else b


@switch.mistake("It says the opposite: on where it should be off, and off where it should be on.")
def _opposite(a, b, s):
    return 1 - (b if s else a)


@switch.mistake("It does not listen to s: it is on as soon as a or b is.")
def _deaf_to_s(a, b, s):
    return a | b


@switch.mistake("While s is 1, a still comes through. There s must stop it.")
def _a_not_stopped(a, b, s):
    return a | (b & s)


@switch.mistake("While s is 0, b already comes through. It needs s as well: AND.")
def _b_not_stopped(a, b, s):
    return (a & (1 - s)) | b


@switch.mistake("While s is 1 it is always off: the way of b to the output is missing.")
def _way_of_b_missing(a, b, s):
    return a & (1 - s)


@switch.mistake("While s is 0 it is always off: the way of a to the output is missing.")
def _way_of_a_missing(a, b, s):
    return b & s


@switch.mistake(
    "It never fires. Does the last unit wait for both ways at once? While one is open the other is closed."
)
def _both_ways(a, b, s):
    return 0


@switch.mistake("s lets a through instead of stopping it: it must inhibit, with a negative weight.")
def _s_helps_a(a, b, s):
    return s & (a | b)


@switch.mistake(
    "The unit that lets a through fires although a is off: where a and s are both 0 the sum is 0, and that "
    "must not reach θ."
)
def _a_or_not_s(a, b, s):
    return a | (1 - s) | b


# -- 5. a full adder ------------------------------------------------------------------------------


@exercise(
    notebook=2,
    title="A full adder of five units",
    learned="Your circuit adds three bits.",
    cases=_rows(3),
    prepare=_circuit(["a", "b", "carry_in"], ["sum", "carry"], most_units=5),
    returns=("the sum digit", "the carry"),
)
def full_adder(a: int, b: int, carry_in: int) -> tuple[int, int]:
    """Sum digit and carry of three bits, with at most five units."""
    total = a + b + carry_in
    return total % 2, total // 2


@full_adder.mistake("It ignores the carry that comes in: it adds a and b alone.")
def _carry_in_ignored(a, b, carry_in):
    return (a + b) % 2, (a + b) // 2


@full_adder.mistake("The carry is right, but the sum digit ignores the carry that comes in.")
def _digit_without_carry_in(a, b, carry_in):
    return (a + b) % 2, (a + b + carry_in) // 2


@full_adder.mistake(
    "The sum digit is right, but the carry ignores the one that comes in: 1 + 0 + 1 carries as well."
)
def _carry_without_carry_in(a, b, carry_in):
    return (a + b + carry_in) % 2, (a + b) // 2


@full_adder.mistake("The sum digit is right, but no carry ever goes out. From two bits on there is one.")
def _no_carry_out(a, b, carry_in):
    return (a + b + carry_in) % 2, 0


@full_adder.mistake(
    "The sum digit is right, but the carry comes one too late: two bits must reach the threshold, ≥ and "
    "not >."
)
def _carry_from_three_on(a, b, carry_in):
    total = a + b + carry_in
    return total % 2, int(total > 2)


@full_adder.mistake("The sum digit is right, but one bit is enough for the carry. It takes two.")
def _carry_from_one_on(a, b, carry_in):
    total = a + b + carry_in
    return total % 2, int(total >= 1)


@full_adder.mistake(
    "The carry is right, but the sum digit is on wherever a bit is. A carry is worth 2, and that must be "
    "taken away: look at the sign and the size of its weight."
)
def _carry_not_taken_away(a, b, carry_in):
    total = a + b + carry_in
    return int(total >= 1), total // 2


@full_adder.mistake(
    "The carry is right, but at 1 + 1 + 1 the sum digit is off. 3 is 2 + 1: after the carry, a 1 is left."
)
def _too_much_taken_away(a, b, carry_in):
    total = a + b + carry_in
    return int(total == 1), total // 2


@full_adder.mistake(
    "The carry is right, but the sum digit is never on. Where the carry has taken its share, a sum of 1 is "
    "left, and that must reach the threshold."
)
def _digit_never_on(a, b, carry_in):
    return 0, (a + b + carry_in) // 2


@full_adder.mistake("The outputs are swapped: your sum is the carry, and your carry is the sum.")
def _outputs_swapped(a, b, carry_in):
    total = a + b + carry_in
    return total // 2, total % 2


# -- 6. the smallest adder ------------------------------------------------------------------------

FIRST_ADDER = 31
"""The units of the adder that the notebook builds."""
MOST_UNITS = 20
TWO_A_COLUMN = 8
FEWEST = 5

Sums = NDArray[np.int64]
Function = Callable[..., Any]


@goal(
    notebook=2,
    title="The smallest adder",
    learned="Your circuit adds every two numbers from 0 to 15.",
)
def smallest_adder(circuit: Circuit) -> str:
    """Every one of the 256 sums right, with at most 20 units. It can be done with five."""
    _compare_sums(_all_sums(circuit))
    units = len(circuit.units)
    if units > MOST_UNITS:
        known = ", as many as the adder above" if units == FIRST_ADDER else ""
        raise Wrong(
            f"All 256 sums are right, but with {units} units{known}. The goal is {MOST_UNITS} at most."
        )
    if units == FEWEST:
        return "It takes 5 units, and fewer are impossible: each of the five outputs needs a unit of its own."
    if units <= TWO_A_COLUMN:
        return f"It takes {units} units instead of {FIRST_ADDER}: very good. Still fewer are possible."
    return f"It takes {units} units instead of {FIRST_ADDER}: good. Eight are possible, and even fewer."


def _all_sums(circuit: Any) -> Sums:
    """Return what a circuit makes of all a and b, shape (16, 16)."""
    places = range(4)
    wires = [f"a{i}" for i in places] + [f"b{i}" for i in places]
    run = _circuit(wires, [f"s{i}" for i in range(5)])(circuit)
    bits = [[(number >> i) & 1 for i in places] for number in range(16)]
    return np.array([[np.dot(run(*a, *b), 2 ** np.arange(5)) for b in bits] for a in bits])


def _compare_sums(sums: Sums) -> None:
    """Raise `Wrong` with the first wrong sum, the smallest numbers first, and with what it looks like."""
    a, b = np.indices(sums.shape)
    wrong = np.argwhere(sums != a + b)
    if not len(wrong):
        return
    first_a, first_b = min(wrong.tolist(), key=lambda pair: (sum(pair), *pair))
    answer, expected = int(sums[first_a, first_b]), first_a + first_b
    says = (
        f"{len(wrong)} of the 256 sums are wrong, the first of them {first_a} + {first_b}: there "
        f"s{_lowest_bit(answer ^ expected)} is the first wrong column from the right."
    )
    looks_like = next((why for why, mistake in _WRONG_SUMS if np.array_equal(sums, mistake(a, b))), None)
    raise Wrong(
        f"{says} {looks_like or _right_columns(sums ^ (a + b))}",
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


def _sum_reversed(a: Sums, b: Sums) -> Sums:
    return _reversed(a + b, 5)


def _reversed(number: Sums, n_bits: int) -> Sums:
    return sum(((number >> i) & 1) << (n_bits - 1 - i) for i in range(n_bits))


def _column_by_column(carries: Sequence[Function], digit_from_carry: bool) -> Callable[[Sums, Sums], Sums]:
    """Return an adder with other rules for the carry out of a column, from its bits and the carry into it.

    The digit is right, or made as in a full adder of two units: with the carry out taken away twice.
    """

    def add(a: Sums, b: Sums) -> Sums:
        total, c = np.zeros_like(a), np.zeros_like(a)
        for i, carry in enumerate(carries):
            x, y = (a >> i) & 1, (b >> i) & 1
            out = carry(x, y, c)
            digit = (x + y + c - 2 * out >= 1) if digit_from_carry else x ^ y ^ c
            total, c = total + (digit << i), out
        return total + (c << 4)

    return add


def _both(x: Sums, y: Sums, c: Sums) -> Sums:
    return x & y


def _any(x: Sums, y: Sums, c: Sums) -> Sums:
    return x | y | c


def _all(x: Sums, y: Sums, c: Sums) -> Sums:
    return x & y & c


_CARRY_IN_IGNORED = (
    "A column hands a carry on only where both its bits are on. One bit and the carry that comes in make "
    "one too."
)
_CARRY_TOO_EASY = "One thing that is on is enough for the carry of a column. It takes two of the three."
_CARRY_TOO_RARE = "A column hands a carry on only where all three are on. Two of the three are enough."
_WRONG_SUMS: list[tuple[str, Callable[[Sums, Sums], Sums]]] = [
    ("No carry reaches the next column.", lambda a, b: a ^ b),
    ("No carry reaches the next column.", lambda a, b: (a ^ b) + 2 * (a & b & 8)),
    ("The carry of the last column is lost: s4 must be on from 16 on.", lambda a, b: (a + b) % 16),
    (
        "It adds from the wrong end: a0, b0 and s0 are the bits worth 1.",
        lambda a, b: _reversed(_reversed(a, 4) + _reversed(b, 4), 5),
    ),
    ("The outputs are in the reverse order: s0 is worth 1, and s4 is worth 16.", _sum_reversed),
    (
        "The four digits are in the reverse order: s0 is worth 1, and s3 is worth 8.",
        lambda a, b: _reversed((a + b) % 16, 4) + (a + b) // 16 * 16,
    ),
    (
        "The inputs are in the reverse order: a0 and b0 are worth 1, a3 and b3 are worth 8.",
        lambda a, b: _reversed(a, 4) + _reversed(b, 4),
    ),
    (
        "The bits of a are in the reverse order: a0 is worth 1, a3 is worth 8.",
        lambda a, b: _reversed(a, 4) + b,
    ),
    (
        "The bits of b are in the reverse order: b0 is worth 1, b3 is worth 8.",
        lambda a, b: a + _reversed(b, 4),
    ),
    *(
        (says, _column_by_column([first, rule, rule, rule], digit_from_carry))
        for says, rule in ((_CARRY_IN_IGNORED, _both), (_CARRY_TOO_EASY, _any), (_CARRY_TOO_RARE, _all))
        for first in (_both, rule)
        for digit_from_carry in (False, True)
    ),
]
