"""Threshold units in words and tables: the sum, the question whether it reaches θ, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nblib.drawing.numbers import added, bracketed, num, sub
from nblib.drawing.table import Table
from nblib.gates import Circuit, Unit, all_inputs

Write = Callable[[Unit, Sequence[int]], str]


def number(value: float) -> str:
    """Return a number in full: a whole one without decimals, others to the last digit.

    >>> number(-1.0), number(0.5)
    ('−1', '0.5')
    """
    return num(value, 0) if value == round(value) else str(float(value)).replace("-", "−")


def signed_number(value: float) -> str:
    """Return a weight with its sign, + too; zero has none."""
    return number(value) if value <= 0 else f"+{number(value)}"


def brought(unit: Unit, bits: Sequence[int]) -> str:
    """Return the sum of what the wires bring: ``−1 + 0 − 2 = −3``."""
    terms = [number(w * bit) for w, bit in zip(unit.weights, bits, strict=True)]
    return f"{added(terms)} = {number(unit.total(*bits))}"


def products(unit: Unit, bits: Sequence[int]) -> str:
    """Return the sum with weights and signals: ``1·1 + (−1)·0 = 1``."""
    terms = (f"{bracketed(number(w))}·{bit}" for w, bit in zip(unit.weights, bits, strict=True))
    return f"{' + '.join(terms)} = {number(unit.total(*bits))}"


def verdict(unit: Unit, bits: Sequence[int]) -> str:
    """Return the comparison of the sum with the threshold: ``≥ 2? no``."""
    return f"≥ {number(unit.threshold)}? {'yes' if unit(*bits) else 'no'}"


def worked(unit: Unit, bits: Sequence[int], write: Write = products) -> str:
    """Return the whole way from the inputs to the answer: ``1·1 + (−1)·0 = 1 ≥ 2? no → 0``."""
    return f"{write(unit, bits)} {verdict(unit, bits)} → {unit(*bits)}"


def truth_table(**units: Unit) -> Table:
    """Return a table with every row of inputs, and what each unit makes of it, in numbers.

    Raises
    ------
    ValueError
        If there is no unit, or they have different numbers of inputs.

    Examples
    --------
    >>> truth_table(NOT=Unit([-1], 0))
    x₁                      NOT
    ──  ───────────────────────
     0  (−1)·0 = 0 ≥ 0? yes → 1
     1  (−1)·1 = −1 ≥ 0? no → 0
    """
    sizes = {unit.n_inputs for unit in units.values()}
    if len(sizes) != 1:
        raise ValueError(f"units must have one number of inputs, got {sorted(sizes)}")
    rows = all_inputs(sizes.pop())
    names = [f"x{sub(k + 1)}" for k in range(rows.shape[1])]
    return Table([*names, *units], [[*x, *(worked(unit, x) for unit in units.values())] for x in rows])


def unit_table(circuit: Circuit, *inputs: int) -> Table:
    """Return a table of all units of a circuit at work on some inputs, layer by layer."""
    record = circuit.record(*inputs)
    rows = []
    for layer, names in enumerate(record.layers[1:], start=1):
        for name in names:
            unit, wires = circuit.units[name]
            said = worked(unit, [record.signals[wire] for wire in wires])
            rows.append([layer, name, " and ".join(wires), said])
    return Table(["layer", "unit", "listens to", "sum, threshold, output"], rows)
