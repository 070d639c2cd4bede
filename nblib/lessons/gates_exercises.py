"""The exercises of notebook 02: units and circuits by hand, up to the smallest adder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from nblib.gates import Circuit, Unit, all_inputs
from nblib.lessons.adders import Sums, compare_sums
from nblib.lessons.compare import kind
from nblib.lessons.exercise import Function, exercise, goal
from nblib.lessons.formulas import Formulas
from nblib.lessons.result import Wrong
from nblib.lessons.slips import SWAPPED, each, given

# -- what an answer must be -----------------------------------------------------------------------


def _rows(n: int) -> Callable[[np.random.Generator], Iterator[tuple[int, ...]]]:
    """Make the cases: every row of n bits, in counting order. There is nothing else to try."""
    return lambda rng: (tuple(map(int, row)) for row in all_inputs(n))


def _unit(n_inputs: int) -> Callable[..., Unit]:
    """Make a ``prepare`` that takes a single unit."""

    def prepare(*answers: Any) -> Unit:
        unit = _one(answers, Unit, "It must be one unit, Unit([weights], threshold=θ)")
        if unit.n_inputs != n_inputs:
            raise Wrong(f"It needs {n_inputs} weights, one for each input; yours has {unit.n_inputs}.")
        return unit

    return prepare


def _circuit(
    inputs: Sequence[str], outputs: Sequence[str] | None = None, most_units: int | None = None
) -> Callable[..., Function]:
    """Make a ``prepare`` that takes a circuit; without `outputs` it must have one, of any name."""

    def prepare(*answers: Any) -> Function:
        circuit = _one(answers, Circuit, "It must be a circuit, Circuit(inputs, parts, outputs)")
        _check_names("inputs", circuit.inputs, inputs)
        if outputs is not None:
            _check_names("outputs", circuit.outputs, outputs)
        elif len(circuit.outputs) != 1:
            raise Wrong(f"It must have one output; yours has {len(circuit.outputs)}.")
        if most_units is not None and len(circuit.units) > most_units:
            raise Wrong(f"It has {len(circuit.units)} units, and the exercise asks for at most {most_units}.")

        def run(*bits: int) -> int | tuple[int, ...]:
            given = dict(zip(inputs, bits, strict=True))
            signals = circuit.record(*(given[name] for name in circuit.inputs)).signals
            found = tuple(signals[circuit.outputs[name]] for name in outputs or circuit.outputs)
            return found if outputs else found[0]

        return run

    return prepare


def _one(answers: tuple[Any, ...], wanted: type, says: str) -> Any:
    if len(answers) != 1:
        raise Wrong(f"The check wants one answer, got {len(answers)} things.")
    if not isinstance(answers[0], wanted):
        raise Wrong(f"{says}; got {kind(answers[0])}.")
    return answers[0]


def _check_names(what: str, names: Iterable[str], wanted: Sequence[str]) -> None:
    if set(names) != set(wanted):
        raise Wrong(f"Its {what} must be called {', '.join(wanted)}; yours are called {', '.join(names)}.")


OPPOSITE = each(lambda output: 1 - output)
NEVER = each(lambda output: 0)
ALWAYS = each(lambda output: 1)

# -- 1. at least two ------------------------------------------------------------------------------


@exercise(
    title="At least two",
    learned="Your unit counts, and fires from two on.",
    cases=_rows(4),
    prepare=_unit(4),
    returns="its output",
)
def at_least_two(x1: int, x2: int, x3: int, x4: int) -> int:
    """1 where at least two of the four inputs are on."""
    return int(x1 + x2 + x3 + x4 >= 2)


at_least_two.slips = {
    "It fires one too late: two inputs are not yet enough for it. The sum need only reach θ, not pass it: "
    "≥ and not >.": lambda *x: sum(x) > 2,
    "One input is enough for it, as for OR. The threshold is too low for the weights.": lambda *x: any(x),
    "It waits for all four, as AND does. The threshold is too high for the weights.": lambda *x: all(x),
    "It fires where at most two are on: the more inputs, the quieter. An input that shall help needs a "
    "positive weight.": lambda *x: sum(x) <= 2,
    "It says the opposite: it fires exactly where it should be silent.": OPPOSITE,
    "It never fires. All weights together must be able to reach the threshold.": NEVER,
    "It always fires. With nothing on the sum is 0, and that must not reach the threshold.": ALWAYS,
}

# -- 2. if a, then b ------------------------------------------------------------------------------


@exercise(
    title="If a, then b",
    learned="Your unit is silent only where a is on and b is not.",
    cases=_rows(2),
    prepare=_unit(2),
    returns="its output",
)
def implies(a: int, b: int) -> int:
    """0 for a = 1, b = 0, and 1 in the three other rows."""
    return int(a <= b)


implies.slips = {
    "The inputs are swapped: yours says “if b, then a”. It is a that holds the unit back, and b that "
    "helps.": lambda a, b: b <= a,
    "It says the opposite: it fires only for a = 1, b = 0, where it alone should be silent.": OPPOSITE,
    "It fires one too late, for b alone. The sums of two more rows must reach θ as well: ≥ and not "
    ">.": lambda a, b: b > a,
    "That is OR: a helps. Here a must inhibit, so its weight needs the other sign.": lambda a, b: a | b,
    "That is NAND: b inhibits. Here b must help, so its weight needs the other sign.": lambda a, b: a + b < 2,
    "That is AND. “If a, then b” says nothing about the rows where a is off: there it is 1.": lambda a, b: (
        a & b
    ),
    "It listens to a alone. Where a is on, b decides: its weight must make up for the brake.": given(b=0),
    "It listens to b alone. Where both are off the answer is 1: 0 must reach the threshold.": given(a=1),
    "It always fires. For a = 1, b = 0 the sum must stay below θ: make a inhibit, or raise θ.": ALWAYS,
    "It never fires. The threshold is too high: even the largest sum does not reach it.": NEVER,
    "That is NOR: b inhibits. Here b must help, and make up for the brake.": lambda a, b: a + b < 1,
}

# -- 3. both or none ------------------------------------------------------------------------------


@exercise(
    title="Both or none",
    learned="Your circuit tells whether two bits are equal.",
    cases=_rows(2),
    prepare=_circuit(["a", "b"], most_units=3),
    returns="the output",
)
def xnor(a: int, b: int) -> int:
    """1 where both bits are equal, with at most three units."""
    return int(a == b)


xnor.slips = {
    "That is XOR, the opposite: it fires where exactly one is on. Turn the last unit round.": OPPOSITE,
    "It fires for “both” alone. Where none is on the two are equal as well.": lambda a, b: a & b,
    "It fires for “none” alone. Where both are on the two are equal as well.": lambda a, b: a + b < 1,
    "It never fires. Does the last unit wait for “both” and “none” at once? They cannot be on "
    "together.": NEVER,
    "It always fires. At a = 0, b = 1 and at a = 1, b = 0 the last unit must be silent.": ALWAYS,
}

# -- 4. a switch ----------------------------------------------------------------------------------


@exercise(
    title="A switch",
    learned="Your circuit lets s choose between a and b.",
    cases=_rows(3),
    prepare=_circuit(["a", "b", "s"], most_units=3),
    returns="the output",
)
def switch(a: int, b: int, s: int) -> int:
    """Output a while s is 0 and b while s is 1, with at most three units."""
    return b if s else a


switch.slips = {
    "It is switched the wrong way round: while s is 0 the output must be a, while s is 1 b.": given(
        s=lambda s: 1 - s
    ),
    "It says the opposite: on where it should be off, and off where it should be on.": OPPOSITE,
    "It does not listen to s: it is on as soon as a or b is.": lambda a, b, s: a | b,
    "While s is 1, a still comes through. There s must stop it.": lambda a, b, s: a | (b & s),
    "While s is 0, b already comes through. It needs s as well: AND.": lambda a, b, s: (a & (1 - s)) | b,
    "While s is 1 it is always off: the way of b to the output is missing.": given(b=0),
    "While s is 0 it is always off: the way of a to the output is missing.": given(a=0),
    "It never fires. Does the last unit wait for both ways at once? While one is open the other is "
    "closed.": NEVER,
    "s lets a through instead of stopping it: it must inhibit, with a negative weight.": lambda a, b, s: (
        s & (a | b)
    ),
    "The unit that lets a through fires although a is off: where a and s are both 0 the sum is 0, and that "
    "must not reach θ.": lambda a, b, s: a | (1 - s) | b,
}

# -- 5. a full adder ------------------------------------------------------------------------------

ADDER = Formulas(
    "a b carry_in",
    total=lambda a, b, carry_in: a + b + carry_in,
    digit=lambda total: total % 2,
    carry=lambda total: total // 2,
    answer=lambda digit, carry: (digit, carry),
)


_DIGIT = "The sum digit listens to it and is wrong for that reason alone."


_NO_CARRY_IN = ADDER.but(
    carry=lambda a, b: (a + b) // 2, digit=lambda total, carry: int(total - 2 * carry >= 1)
)


def _carry_from(theta: int) -> Formulas:
    """Return an adder whose carry needs `theta` bits, and whose digit takes 2 away for this carry."""
    return ADDER.but(
        carry=lambda total: int(total >= theta),
        digit=lambda total: int(total - 2 * (total >= theta) >= 1),
    )


@exercise(
    title="A full adder of five units",
    learned="Your circuit adds three bits.",
    cases=_rows(3),
    prepare=_circuit(["a", "b", "carry_in"], ["sum", "carry"], most_units=5),
    returns=("the sum digit", "the carry"),
)
def full_adder(a: int, b: int, carry_in: int) -> tuple[int, int]:
    """Sum digit and carry of three bits, with at most five units."""
    return ADDER(a, b, carry_in)


full_adder.slips = {
    "It ignores the carry that comes in: it adds a and b alone.": given(carry_in=0),
    "The carry is right, but the sum digit ignores the carry that comes in.": ADDER.but(
        digit=lambda a, b: (a + b) % 2
    ),
    "The sum digit is right, but the carry ignores the one that comes in: 1 + 0 + 1 carries as "
    "well.": ADDER.but(carry=lambda a, b: (a + b) // 2),
    "The sum digit is right, but no carry ever goes out. From two bits on there is one.": ADDER.but(
        carry=lambda: 0
    ),
    "The sum digit is right, but the carry comes one too late: two bits must reach the threshold, ≥ and "
    "not >.": ADDER.but(carry=lambda total: total > 2),
    "The sum digit is right, but one bit is enough for the carry. It takes two.": ADDER.but(
        carry=lambda total: total >= 1
    ),
    "The carry is right, but the sum digit is on wherever a bit is. A carry is worth 2, and that must be "
    "taken away: look at the sign and the size of its weight.": ADDER.but(digit=lambda total: total >= 1),
    "The carry is right, but at 1 + 1 + 1 the sum digit is off. 3 is 2 + 1: after the carry, a 1 is "
    "left.": ADDER.but(digit=lambda total: total == 1),
    "The carry is right, but the sum digit is never on. Where the carry has taken its share, a sum of 1 is "
    "left, and that must reach the threshold.": ADDER.but(digit=lambda: 0),
    "The carry is right, but the sum digit is always on. Where the carry has taken all there is, 0 is left, "
    "and that must not reach the threshold.": ADDER.but(digit=lambda: 1),
    f"The carry ignores the one that comes in: 1 + 0 + 1 carries as well. {_DIGIT}": _NO_CARRY_IN,
    f"The carry comes with one bit already: its threshold is too low, it takes two. {_DIGIT}": _carry_from(1),
    f"The carry comes one too late: two bits must reach its threshold, ≥ and not >. {_DIGIT}": _carry_from(3),
    f"The carry never comes: its threshold is too high. {_DIGIT}": _carry_from(4),
    f"The carry is always on: the sum of no bits is 0, and that must not reach its threshold. {_DIGIT}": (
        _carry_from(0)
    ),
    "The outputs are swapped: your sum is the carry, and your carry is the sum.": SWAPPED,
}

# -- 6. the smallest adder ------------------------------------------------------------------------

FIRST_ADDER = 31
"""The units of the adder that the notebook builds."""
MOST_UNITS = 20
TWO_A_COLUMN = 8
FEWEST = 5


@goal(
    title="The smallest adder",
    learned="Your circuit adds every two numbers from 0 to 15.",
)
def smallest_adder(circuit: Circuit) -> str:
    """Every one of the 256 sums right, with at most 20 units. It can be done with five."""
    compare_sums(_all_sums(circuit))
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
