"""Gates and circuits: against Python's own operators, for all inputs."""

import itertools
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib import gates
from nblib.gates import Circuit, Unit

BITS = (0, 1)
PAIRS = list(itertools.product(BITS, repeat=2))
OPERATORS = {
    "AND": operator.and_,
    "OR": operator.or_,
    "NAND": lambda a, b: 1 - (a & b),
    "NOR": lambda a, b: 1 - (a | b),
    "XOR": operator.xor,
}


# -- units ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATORS)
def test_every_gate_is_the_operator_of_its_name(name):
    gate = getattr(gates, name)
    for a, b in PAIRS:
        assert gate(a, b) == OPERATORS[name](a, b)
        assert type(gate(a, b)) is int
    inputs, outputs = gate.truth_table()
    np.testing.assert_array_equal(inputs, PAIRS)
    np.testing.assert_array_equal(outputs.ravel(), [OPERATORS[name](a, b) for a, b in PAIRS])


def test_not_turns_the_signal_round():
    assert [gates.NOT(0), gates.NOT(1)] == [1, 0]
    assert gates.NOT.weights[0] < 0  # by inhibition


@pytest.mark.parametrize("n", range(1, 7))
def test_with_weights_1_the_threshold_n_makes_and_and_the_threshold_1_makes_or(n):
    for inputs in itertools.product(BITS, repeat=n):
        assert Unit([1] * n, threshold=n)(*inputs) == all(inputs)
        assert Unit([1] * n, threshold=1)(*inputs) == any(inputs)


@given(weights=st.lists(st.integers(-3, 3), min_size=1, max_size=6), threshold=st.integers(-6, 6))
def test_a_unit_fires_when_its_sum_reaches_the_threshold(weights, threshold):
    unit = Unit(weights, threshold)
    assert unit.n_inputs == len(weights)
    inputs, outputs = unit.truth_table()
    assert len(inputs) == len({tuple(row) for row in inputs}) == 2 ** len(weights)
    for row, output in zip(inputs.tolist(), outputs.tolist(), strict=True):
        total = sum(w for w, bit in zip(weights, row, strict=True) if bit)
        assert unit.total(*row) == total
        assert unit(*row) == output == (1 if total >= threshold else 0)


def test_a_unit_says_what_it_is_made_of():
    assert repr(Unit([1, -0.5], threshold=2)) == "Unit([1, -0.5], threshold=2)"


def test_inputs_come_in_counting_order():
    for n in range(1, 9):
        rows = gates.all_inputs(n)
        assert [int("".join(map(str, row)), 2) for row in rows] == list(range(2**n))


@pytest.mark.parametrize(
    "signals", [(0.5, 1), (2, 1), (-1, 0), (float("nan"), 1), ("a", 1), (None, 0), ([0], 1)]
)
def test_a_signal_is_0_or_1(signals):
    for gate in (gates.AND, gates.XOR):
        with pytest.raises(ValueError, match="inputs must be 0 or 1") as caught:
            gate(*signals)
        assert repr(signals[0]) in str(caught.value)
        assert "position 0" in str(caught.value)


@pytest.mark.parametrize("signals", [(), (1,), (1, 0, 1)])
def test_a_gate_wants_as_many_signals_as_it_has_inputs(signals):
    for gate in (gates.AND, gates.XOR):
        with pytest.raises(ValueError, match=rf"inputs must be 2 signals, got {len(signals)}"):
            gate(*signals)


def test_true_and_false_are_signals_too():
    assert gates.AND(True, True) == gates.XOR(True, False) == 1
    assert gates.XOR.record(True, False).inputs == (1, 0)
    assert all(type(signal) is int for signal in gates.XOR.record(True, np.bool_(False)).inputs)


# -- what one unit can and cannot do ----------------------------------------------------------


def test_no_single_unit_computes_xor_but_every_other_gate_is_among_the_same_units():
    grid = [k / 2 for k in range(-6, 7)]
    found = {
        tuple(unit(a, b) for a, b in PAIRS)
        for unit in (Unit([w1, w2], t) for w1, w2, t in itertools.product(grid, repeat=3))
    }
    assert tuple(a ^ b for a, b in PAIRS) not in found
    assert tuple(1 - (a ^ b) for a, b in PAIRS) not in found
    assert len(found) == 14  # all of the 16 tables but those two


def test_two_layers_of_units_compute_xor():
    assert [gates.XOR(a, b) for a, b in PAIRS] == [0, 1, 1, 0]
    assert len(gates.XOR.units) == 3
    assert gates.XOR.layers == (("a", "b"), ("or", "nand"), ("and",))
    assert repr(gates.XOR) == "Circuit(2 inputs, 3 units in 2 layers, 1 outputs)"


def test_nand_alone_makes_every_gate():
    nand = gates.NAND
    circuits = {
        "AND": {"n": (nand, "a", "b"), "out": (nand, "n", "n")},
        "OR": {"na": (nand, "a", "a"), "nb": (nand, "b", "b"), "out": (nand, "na", "nb")},
        "XOR": {"n": (nand, "a", "b"), "l": (nand, "a", "n"), "r": (nand, "n", "b"), "out": (nand, "l", "r")},
    }
    for name, parts in circuits.items():
        circuit = Circuit(["a", "b"], parts, {"out": "out"})
        assert [circuit(a, b) for a, b in PAIRS] == [OPERATORS[name](a, b) for a, b in PAIRS]


# -- adders -----------------------------------------------------------------------------------


def test_the_half_adder_adds_two_bits():
    for a, b in PAIRS:
        assert gates.half_adder(a, b) == ((a + b) % 2, (a + b) // 2)
    assert list(gates.half_adder.outputs) == ["sum", "carry"]


def test_the_full_adder_adds_three_bits():
    for a, b, c in itertools.product(BITS, repeat=3):
        assert gates.full_adder(a, b, c) == ((a + b + c) % 2, (a + b + c) // 2)
    inputs, outputs = gates.full_adder.truth_table()
    assert inputs.shape == (8, 3)
    np.testing.assert_array_equal(outputs @ [1, 2], inputs.sum(axis=1))


def test_the_ripple_adder_adds_all_256_pairs():
    for a, b in itertools.product(range(16), repeat=2):
        signals = [a >> i & 1 for i in range(4)] + [b >> i & 1 for i in range(4)]
        assert gates.ripple_adder(*signals) == tuple((a + b) >> i & 1 for i in range(5))
        assert gates.add(a, b) == a + b


@pytest.mark.parametrize("n_bits", [1, 2, 3, 5, 8])
def test_an_adder_can_have_any_number_of_bits(n_bits):
    largest = 2**n_bits - 1
    for a, b in {(0, 0), (largest, largest), (largest, 1), (1, largest), (largest // 2, largest // 3)}:
        if max(a, b) <= largest:
            assert gates.add(a, b, n_bits=n_bits) == a + b


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((16, 0), "a must fit into 4 bits, that is, be at most 15, got 16"),
        ((0, 16), "b must fit into 4 bits, that is, be at most 15, got 16"),
        ((-1, 0), "a must be at least 0, got -1"),
        ((0, 2, 1), "b must fit into 1 bits, that is, be at most 1, got 2"),
        ((0, 0, 0), "n_bits must be at least 1, got 0"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError) as caught:
        gates.add(*arguments)
    assert str(caught.value) == message


# -- circuits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("circuit", [gates.XOR, gates.half_adder, gates.full_adder, gates.ripple_adder])
def test_a_circuit_is_made_of_units_alone(circuit):
    assert all(type(unit) is Unit for unit, _ in circuit.units.values())
    wires = set(circuit.inputs)
    for name, (unit, sources) in circuit.units.items():  # in an order in which every wire is known
        assert len(sources) == unit.n_inputs
        assert wires.issuperset(sources)
        wires.add(name)
    assert wires.issuperset(circuit.outputs.values())


def test_circuits_used_as_parts_are_taken_apart():
    assert len(gates.half_adder.units) == 3 + 1
    assert len(gates.full_adder.units) == 2 * 4 + 1
    assert len(gates.ripple_adder.units) == 4 + 3 * 9
    assert "first.xor.nand" in gates.full_adder.units
    assert gates.full_adder.units["first.xor.nand"][1] == ("a", "b")
    assert gates.full_adder.outputs["sum"] == "second.xor.and"


@pytest.mark.parametrize("circuit", [gates.XOR, gates.full_adder, gates.ripple_adder])
def test_a_layer_holds_the_units_whose_longest_way_from_an_input_is_as_long(circuit):
    def longest_way(wire):
        return 0 if wire in circuit.inputs else 1 + max(map(longest_way, circuit.units[wire][1]))

    assert circuit.layers[0] == circuit.inputs
    assert sorted(sum(circuit.layers, ())) == sorted([*circuit.inputs, *circuit.units])
    for depth, layer in enumerate(circuit.layers):
        assert layer
        assert {longest_way(wire) for wire in layer} == {depth}


@pytest.mark.parametrize("circuit", [gates.XOR, gates.half_adder, gates.full_adder])
def test_the_record_of_a_circuit_adds_up_unit_by_unit(circuit):
    for bits in itertools.product(BITS, repeat=circuit.n_inputs):
        record = circuit.record(*bits)
        signals = dict(zip(circuit.inputs, bits, strict=True))
        for name, (unit, sources) in circuit.units.items():
            total = sum(w * signals[source] for w, source in zip(unit.weights, sources, strict=True))
            assert record.totals[name] == total
            signals[name] = 1 if total >= unit.threshold else 0
        assert record.inputs == bits
        assert record.signals == signals
        assert list(record.signals) == [*circuit.inputs, *circuit.units]
        assert record.layers == circuit.layers
        assert record.outputs == tuple(signals[wire] for wire in circuit.outputs.values())
        called = circuit(*bits)
        assert record.outputs == (called if isinstance(called, tuple) else (called,))


def test_a_record_says_what_went_in_and_what_came_out():
    assert repr(gates.half_adder.record(1, 1)) == "CircuitRecord((1, 1) -> (0, 1), 2 layers)"


AND, XOR = gates.AND, gates.XOR


@pytest.mark.parametrize(
    ("inputs", "parts", "outputs", "words"),
    [
        ([], {"u": (AND, "a", "b")}, {"o": "u"}, ["inputs", "[]"]),
        (["a", "a"], {"u": (AND, "a", "a")}, {"o": "u"}, ["inputs", "different", "['a', 'a']"]),
        (["a.b", "c"], {"u": (AND, "a.b", "c")}, {"o": "u"}, ["inputs", "dot", "a.b"]),
        (["a", "b"], {"u": (AND, "a", "b")}, {}, ["outputs", "none"]),
        (["a", "b"], {"u": (AND, "a", "b")}, {"o": "v"}, ["outputs", "'v'", "a, b, u"]),
        (["a", "b"], {"u": (AND, "a", "v")}, {"o": "u"}, ["parts['u']", "'v'", "a, b"]),
        (["a", "b"], {"u": (AND, "a", "w"), "w": (AND, "a", "b")}, {"o": "u"}, ["parts['u']", "'w'", "yet"]),
        (["a", "b"], {"u": (AND, "a", "u")}, {"o": "u"}, ["parts['u']", "'u'", "yet"]),
        (["a", "b"], {"u": (AND, "a")}, {"o": "u"}, ["parts['u']", "takes 2 inputs, got 1"]),
        (["a", "b"], {"u": (XOR, "a", "b", "a")}, {"o": "u"}, ["parts['u']", "takes 2 inputs, got 3"]),
        (["a", "b"], {"a": (AND, "a", "b")}, {"o": "a"}, ["'a'", "twice"]),
        (["a", "b"], {"x": (XOR, "a", "b"), "x.or": (AND, "a", "b")}, {"o": "x.xor"}, ["'x.or'", "dot"]),
        (["a", "b"], {"x": (XOR, "a", "b")}, {"o": "x"}, ["outputs", "'x'", "x.xor"]),
        (["a", "b"], {"u": ("AND", "a", "b")}, {"o": "u"}, ["parts['u']", "Unit or a Circuit", "'AND'"]),
        (["a", "b"], {"u": AND}, {"o": "u"}, ["parts['u']", "Unit([1, 1], threshold=2)"]),
        (["a", "b"], {"u": ()}, {"o": "u"}, ["parts['u']", "()"]),
    ],
)
def test_wrong_wiring_is_reported_where_it_is_wrong(inputs, parts, outputs, words):
    with pytest.raises((ValueError, TypeError)) as caught:
        Circuit(inputs, parts, outputs)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_truth_table_too_long_to_print_is_refused():
    with pytest.raises(ValueError, match="n must be at most 16, got 17"):
        gates.all_inputs(17)
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        gates.all_inputs(0)
