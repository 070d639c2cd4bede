"""The exercises of notebook 02: what passes, and what gets which answer."""

import numpy as np
import pytest

from nblib import gates
from nblib.gates import AND, NAND, NOR, NOT, OR, XOR, Circuit, Unit
from nblib.lessons.gates_exercises import at_least_two, full_adder, implies, smallest_adder, switch, xnor

AB, ABC = ["a", "b"], ["a", "b", "carry_in"]

# -- circuits by hand -----------------------------------------------------------------------------


def two_then_one(first, second, last, inputs=AB, sources=(AB, AB)):
    """Return a circuit of two units side by side and a third that listens to both."""
    parts = {"h1": (first, *sources[0]), "h2": (second, *sources[1]), "last": (last, "h1", "h2")}
    return Circuit(inputs, parts, {"any name": "last"})


def a_switch(lets_a_through, lets_b_through, last, inputs=("a", "b", "s")):
    return two_then_one(lets_a_through, lets_b_through, last, inputs, (("a", "s"), ("b", "s")))


def of_two_units(carry_threshold=2, carry_weight=-2, digit_threshold=1, outputs=("digit", "carry")):
    """Return a full adder whose digit takes the carry away."""
    parts = {
        "carry": (Unit([1, 1, 1], carry_threshold), *ABC),
        "digit": (Unit([1, 1, 1, carry_weight], digit_threshold), *ABC, "carry"),
    }
    return Circuit(ABC, parts, dict(zip(("sum", "carry"), outputs, strict=True)))


SMALL_HALF_ADDER = Circuit(
    AB,
    {"carry": (AND, *AB), "sum": (Unit([1, 1, -2], 1), *AB, "carry")},
    {"sum": "sum", "carry": "carry"},
)


def of_half_adders(half_adder, last_carry):
    parts = {
        "first": (half_adder, *AB),
        "second": (half_adder, "first.sum", "carry_in"),
        "or": (OR, "first.carry", "second.carry"),
    }
    return Circuit(ABC, parts, {"carry": last_carry, "sum": "second.sum"})


A_NOT_S = Unit([1, -1], 1)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (at_least_two, Unit([1, 1, 1, 1], 2)),
        (at_least_two, Unit(np.full(4, 0.5, np.float32), 1)),
        (at_least_two, Unit([2, 2, 2, 2], 3)),
        (at_least_two, Unit((3, 4, 5, 3), 5.5)),
        (implies, Unit([-1, 1], 0)),
        (implies, Unit([-1, 1], -0.5)),
        (implies, Unit([-2, 2], -1)),
        (implies, Unit([-0.1, 3], -0.05)),
        (xnor, two_then_one(AND, NOR, OR)),
        (xnor, two_then_one(OR, NAND, NAND)),
        (xnor, two_then_one(AND, NOR, OR, inputs=["b", "a"])),
        (xnor, Circuit(AB, {"both": (AND, *AB), "out": (Unit([-1, -1, 2], 0), *AB, "both")}, {"y": "out"})),
        (switch, a_switch(A_NOT_S, AND, OR)),
        (switch, a_switch(A_NOT_S, AND, OR, inputs=["s", "b", "a"])),
        (
            switch,
            Circuit(
                ["a", "b", "s"],
                {"h": (AND, "b", "s"), "out": (Unit([1, -1, 2], 1), "a", "s", "h")},
                {"out": "out"},
            ),
        ),
        (full_adder, of_two_units()),
        (full_adder, of_half_adders(SMALL_HALF_ADDER, "or")),
    ],
)
def test_other_right_answers_pass_as_well_and_inputs_go_by_their_names(exercise, answer):
    assert exercise(answer)


NO_UNIT = "It must be one unit, Unit([weights], threshold=θ); got"


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        (at_least_two, Unit([1, 1, 1, 1], 3), "It fires one too late: two inputs are not yet enough"),
        (at_least_two, Unit([1, 1, 1, 1], 1), "One input is enough for it, as for OR."),
        (at_least_two, Unit([0.5] * 4, 2), "It waits for all four, as AND does."),
        (at_least_two, Unit([-1] * 4, -2), "It fires where at most two are on"),
        (at_least_two, Unit([-1] * 4, -1), "It says the opposite"),
        (at_least_two, Unit([-1] * 4, 2), "It never fires."),
        (at_least_two, Unit([1] * 4, 0), "It always fires."),
        (at_least_two, AND, "It needs 4 weights, one for each input; yours has 2."),
        (at_least_two, [1, 1, 1, 1], f"{NO_UNIT} a list."),
        (at_least_two, XOR, f"{NO_UNIT} a Circuit."),
        (at_least_two, lambda *x: int(sum(x) >= 2), f"{NO_UNIT} a function."),
        (implies, Unit([-1, 1], 1), "It fires one too late"),
        (implies, Unit([1, -1], 0), "The inputs are swapped"),
        (implies, OR, "That is OR: a helps."),
        (implies, NAND, "That is NAND: b inhibits."),
        (implies, Unit([1, 1], 0), "It always fires."),
        (implies, Unit([1, -1], 1), "It says the opposite"),
        (xnor, XOR, "That is XOR, the opposite"),
        (xnor, two_then_one(AND, NOR, AND), "It never fires."),
        (xnor, two_then_one(AND, AND, AND), "It fires for “both” alone."),
        (xnor, two_then_one(NOR, NOR, OR), "It fires for “none” alone."),
        (xnor, two_then_one(OR, NAND, OR), "It always fires."),
        (xnor, AND, "It must be a circuit, Circuit(inputs, parts, outputs); got a Unit."),
        (
            xnor,
            two_then_one(AND, NOR, OR, ["x", "y"], (["x", "y"], ["x", "y"])),
            "Its inputs must be called a, b; yours are called x, y.",
        ),
        (xnor, gates.half_adder, "It must have one output; yours has 2."),
        (
            xnor,
            Circuit(AB, {"xor": (XOR, *AB), "not": (NOT, "xor.xor")}, {"y": "not"}),
            "It has 4 units, and the exercise asks for at most 3.",
        ),
        (switch, a_switch(AND, A_NOT_S, OR), "It is switched the wrong way round"),
        (switch, a_switch(AND, AND, OR), "s lets a through instead of stopping it"),
        (switch, a_switch(A_NOT_S, AND, AND), "It never fires."),
        (switch, a_switch(Unit([1, -1], 0), AND, OR), "The unit that lets a through fires although a is off"),
        (switch, a_switch(A_NOT_S, Unit([1, 0], 1), OR), "While s is 0, b already comes through."),
        (full_adder, of_two_units(carry_weight=2), "The carry is right, but the sum digit is on wherever"),
        (full_adder, of_two_units(carry_weight=-1), "The carry is right, but the sum digit is on wherever"),
        (full_adder, of_two_units(carry_weight=-3), "The carry is right, but at 1 + 1 + 1 the sum digit is"),
        (full_adder, of_two_units(digit_threshold=2), "The carry is right, but the sum digit is never on."),
        (full_adder, of_two_units(outputs=("carry", "digit")), "The outputs are swapped"),
        (
            full_adder,
            of_half_adders(SMALL_HALF_ADDER, "first.carry"),
            "The sum digit is right, but the carry ignores",
        ),
        (
            full_adder,
            Circuit(ABC, {"half": (SMALL_HALF_ADDER, *AB)}, {"sum": "half.sum", "carry": "half.carry"}),
            "It ignores the carry that comes in",
        ),
        (full_adder, gates.full_adder, "It has 9 units, and the exercise asks for at most 5."),
        (
            full_adder,
            gates.half_adder,
            "Its inputs must be called a, b, carry_in; yours are called a, b.",
        ),
    ],
)
def test_a_wrong_answer_is_explained(exercise, answer, says):
    result = exercise(answer)
    assert result.status == "wrong"
    assert result.says.startswith(says)


def test_one_answer_is_wanted():
    assert at_least_two([1, 1, 1, 1], 2).says == "The check wants one answer, got 2 things."


# -- the smallest adder ---------------------------------------------------------------------------

WIRES = [f"a{i}" for i in range(4)] + [f"b{i}" for i in range(4)]


def chained(full, half=gates.half_adder, carry=True, last="bit3.carry", inputs=WIRES):
    """Return a ripple adder of the given parts; without `carry` no column hears the one before."""
    parts = {"never": (Unit([0], 1), "a0"), "bit0": (half, "a0", "b0")}
    for i in (1, 2, 3):
        parts[f"bit{i}"] = (full, f"a{i}", f"b{i}", f"bit{i - 1}.carry" if carry else "never")
    return Circuit(inputs, parts, {f"s{i}": f"bit{i}.sum" for i in range(4)} | {"s4": last})


def of_five_units():
    parts, known = {}, []
    for i in (4, 3, 2, 1, 0):
        weights = [1, 2, 4, 8, 1, 2, 4, 8, *(-(2 ** int(wire[1])) for wire in known)]
        parts[f"s{i}"] = (Unit(weights, 2**i), *WIRES, *known)
        known.append(f"s{i}")
    return Circuit(WIRES, parts, {wire: wire for wire in sorted(known)})


def of_eight_units():
    parts = {"c1": (AND, "a0", "b0"), "s0": (Unit([1, 1, -2], 1), "a0", "b0", "c1")}
    for i in (1, 2, 3):
        column = (f"a{i}", f"b{i}", f"c{i}")
        parts[f"c{i + 1}"] = (Unit([1, 1, 1], 2), *column)
        parts[f"s{i}"] = (Unit([1, 1, 1, -2], 1), *column, f"c{i + 1}")
    return Circuit(WIRES, parts, {f"s{i}": f"s{i}" for i in range(4)} | {"s4": "c4"})


@pytest.mark.parametrize(
    ("circuit", "says"),
    [
        (of_five_units(), "It takes 5 units, and fewer are impossible"),
        (of_eight_units(), "It takes 8 units instead of 31: very good."),
        (
            chained(of_half_adders(SMALL_HALF_ADDER, "or"), SMALL_HALF_ADDER),
            "It takes 18 units instead of 31: good.",
        ),
        (chained(of_two_units(), inputs=WIRES[::-1]), "It takes 11 units instead of 31: good."),
    ],
)
def test_the_fewer_units_the_better(circuit, says):
    result = smallest_adder(circuit)
    assert result, result
    assert says in result.says


@pytest.mark.parametrize(
    ("circuit", "says", "example"),
    [
        (
            gates.ripple_adder,
            "All 256 sums are right, but with 31 units, as many as the adder above. The goal is 20 at most.",
            {},
        ),
        (
            chained(gates.full_adder),
            "All 256 sums are right, but with 32 units. The goal is 20 at most.",
            {},
        ),
        (
            chained(of_two_units(), carry=False),
            "148 of the 256 sums are wrong, the first of them 1 + 1: there s1 is the first wrong column from "
            "the right. No carry reaches the next column.",
            {"a": "1 = 0001", "b": "1 = 0001", "your answer": "0 = 00000", "expected": "2 = 00010"},
        ),
        (
            chained(of_two_units(), carry=False, last="never"),
            "175 of the 256 sums are wrong, the first of them 1 + 1: there s1 is the first wrong column from "
            "the right. No carry reaches the next column.",
            {"a": "1 = 0001", "b": "1 = 0001", "your answer": "0 = 00000", "expected": "2 = 00010"},
        ),
        (
            chained(of_two_units(), last="never"),
            "120 of the 256 sums are wrong, the first of them 1 + 15: there s4 is the first wrong column "
            "from the right. The carry of the last column is lost",
            {"a": "1 = 0001", "b": "15 = 1111", "your answer": "0 = 00000", "expected": "16 = 10000"},
        ),
        (
            chained(of_two_units(carry_threshold=3)),
            "the first of them 1 + 3: there s1 is the first wrong column from the right. "
            "A column hands a carry on only where all three are on.",
            {"a": "1 = 0001", "b": "3 = 0011", "your answer": "2 = 00010", "expected": "4 = 00100"},
        ),
    ],
)
def test_an_adder_that_misses_the_goal_is_told_why(circuit, says, example):
    result = smallest_adder(circuit)
    assert result.status == "wrong"
    assert says in result.says
    assert dict(result.example) == example


def rewired(inputs=None, outputs=None):
    """Return the adder of eight units with some wires named otherwise."""
    right, inputs, outputs = of_eight_units(), inputs or {}, outputs or {}
    parts = {
        name: (unit, *(inputs.get(wire, wire) for wire in wires))
        for name, (unit, wires) in right.units.items()
    }
    return Circuit(WIRES, parts, {outputs.get(name, name): wire for name, wire in right.outputs.items()})


A_TURNED, B_TURNED = ({f"{letter}{i}": f"{letter}{3 - i}" for i in range(4)} for letter in "ab")


@pytest.mark.parametrize(
    ("circuit", "says"),
    [
        (
            rewired(A_TURNED | B_TURNED, {f"s{i}": f"s{4 - i}" for i in range(5)}),
            "It adds from the wrong end",
        ),
        (rewired(A_TURNED | B_TURNED), "The inputs are in the reverse order"),
        (rewired(A_TURNED), "The bits of a are in the reverse order"),
        (rewired(B_TURNED), "The bits of b are in the reverse order"),
        (rewired({}, {f"s{i}": f"s{4 - i}" for i in range(5)}), "The outputs are in the reverse order"),
        (rewired({}, {f"s{i}": f"s{3 - i}" for i in range(4)}), "The four digits are in the reverse order"),
        (chained(of_half_adders(SMALL_HALF_ADDER, "first.carry")), "One bit and the carry that comes in"),
        (chained(of_half_adders(SMALL_HALF_ADDER, "first.carry"), SMALL_HALF_ADDER), "One bit and the carry"),
        (chained(of_two_units(), last="bit2.carry"), "s0 to s3 are right in every sum, so look at s4"),
        (rewired({"a0": "a1"}), "Begin with s0"),
        (rewired({"a1": "a0"}), "s0 is right in every sum, so look at s1"),
        (rewired({"a0": "a1", "b3": "b2"}), "the first of them 1 + 0: there"),
    ],
)
def test_turned_bits_wrong_carries_and_the_column_are_named(circuit, says):
    result = smallest_adder(circuit)
    assert result.status == "wrong"
    assert says in result.says


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (gates.full_adder, "Its inputs must be called a0, a1, a2, a3, b0, b1, b2, b3;"),
        (gates.add, "It must be a circuit, Circuit(inputs, parts, outputs); got a function."),
        (
            Circuit(WIRES, {"s0": (AND, "a0", "b0")}, {"s0": "s0"}),
            "Its outputs must be called s0, s1, s2, s3, s4; yours are called s0.",
        ),
    ],
)
def test_what_is_no_adder_of_the_form_asked_for_is_refused_kindly(answer, says):
    assert smallest_adder(answer).says.startswith(says)


def test_the_text_counts_the_units_of_the_adders_rightly():
    assert len(gates.full_adder.units) == 9
    assert len(gates.ripple_adder.units) == 31


def test_each_output_of_a_right_adder_needs_a_unit_of_its_own():
    inputs, outputs = gates.ripple_adder.truth_table()
    columns = np.column_stack([inputs, outputs]).T
    assert len(np.unique(columns, axis=0)) == len(columns)


@pytest.mark.parametrize(
    ("theta", "says"),
    [
        (0, "The carry is always on"),
        (1, "The carry comes with one bit already"),
        (3, "The carry comes one too late"),
        (4, "The carry never comes"),
    ],
)
def test_the_digit_is_not_blamed_for_the_threshold_of_the_carry(theta: int, says: str):
    wires = ["a", "b", "carry_in"]
    parts = {
        "carry": (Unit([1, 1, 1], theta), *wires),
        "sum": (Unit([1, 1, 1, -2], 1), *wires, "carry"),
    }
    result = full_adder(Circuit(wires, parts, {"sum": "sum", "carry": "carry"}))
    assert result.says.startswith(says)
    assert "The sum digit listens to it and is wrong for that reason alone." in result.says
