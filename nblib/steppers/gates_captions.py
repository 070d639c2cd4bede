"""What is said of threshold units: the sum that decides whether one fires, and the pages of a circuit."""

from __future__ import annotations

from collections.abc import Sequence

from nblib.drawing.scene import Caption
from nblib.drawing.truth_tables import Write, brought, products, worked
from nblib.gates import Circuit, CircuitRecord, ripple_adder

RULE = "output = 1 if w₁x₁ + … + wₙxₙ ≥ θ, else 0"


def captions(circuit: Circuit, record: CircuitRecord, by_column: bool) -> list[Caption]:
    """Return what stands below each page: the inputs, layer by layer, the outputs.

    Parameters
    ----------
    circuit : Circuit
    record : CircuitRecord
    by_column : bool
        Whether the units of a layer are told column by column, as in the 4-bit adder.
    """
    given = ", ".join(f"{name} = {record.signals[name]}" for name in circuit.inputs)
    start = f"The inputs are set: {given}. No unit has answered yet."
    if adds(circuit):
        a, b = addends(record.inputs)
        start = f"The inputs are set: a = {a:04b} = {a}, b = {b:04b} = {b} (lowest bit last)."
    layer = _columns if by_column else _layer
    layers = [layer(circuit, record, depth) for depth in range(1, len(record.layers))]
    return [Caption(start, RULE), *layers, _end(circuit, record)]


def adds(circuit: Circuit) -> bool:
    """Tell whether a circuit has the inputs and outputs of the 4-bit adder."""
    return circuit.inputs == ripple_adder.inputs and tuple(circuit.outputs) == tuple(ripple_adder.outputs)


def addends(inputs: Sequence[int]) -> tuple[int, int]:
    """Return the two numbers at the inputs of a 4-bit adder."""
    return whole(inputs[:4]), whole(inputs[4:])


def whole(bits: Sequence[int]) -> int:
    """Return bits as a number, the lowest bit first."""
    return sum(int(bit) << i for i, bit in enumerate(bits))


def _layer(circuit: Circuit, record: CircuitRecord, depth: int) -> Caption:
    names = record.layers[depth]
    answers = [f"{name} {'fires' if record.signals[name] else 'is silent'}" for name in names]
    words = f"Layer {depth} of {len(record.layers) - 1}: {', '.join(answers)}."
    sums = [f"{name}: {_sum(circuit, record, name, products)}" for name in names]
    return Caption(words, RULE, "\n".join(sums))


def _sum(circuit: Circuit, record: CircuitRecord, name: str, write: Write) -> str:
    unit, sources = circuit.units[name]
    return worked(unit, [record.signals[source] for source in sources], write)


def _columns(circuit: Circuit, record: CircuitRecord, depth: int) -> Caption:
    """Return the caption of a layer of the adder: its sums, a line for each column."""
    names, lines = record.layers[depth], dict[str, list[str]]()
    for name in names:
        column, _, rest = name.partition(".")
        told = f"{rest.rpartition('.')[2]} {_sum(circuit, record, name, brought)}"
        lines.setdefault(column, []).append(told)
    firing = sum(record.signals[name] for name in names)
    words = f"Layer {depth} of {len(record.layers) - 1}: {firing} of {len(names)} units fire."
    sums = [f"{column}:  {';  '.join(told)}" for column, told in lines.items()]
    return Caption(words + _news(circuit, record, names), RULE, "\n".join(sums))


_CARRIES = {"bit0.and": 1, "bit1.or": 2, "bit2.or": 3}


def _news(circuit: Circuit, record: CircuitRecord, names: Sequence[str]) -> str:
    """Return which carries and digits of the adder are settled now."""
    said = [f"the carry into bit {_CARRIES[n]} is {record.signals[n]}" for n in names if n in _CARRIES]
    for output, wire in circuit.outputs.items():
        if wire in names:
            said.append(f"digit {output} is {record.signals[wire]}")
    return f" Settled: {', '.join(said)}." if said else ""


def _end(circuit: Circuit, record: CircuitRecord) -> Caption:
    outputs = dict(zip(circuit.outputs, record.outputs, strict=True))
    told = ", ".join(f"{name} = {bit}" for name, bit in outputs.items())
    words = f"The output{'s' * (len(outputs) > 1)}: {told}."
    if adds(circuit):
        return _end_of_sum(words, record)
    if set(outputs) == {"sum", "carry"}:
        digit, carry = outputs["sum"], outputs["carry"]
        return Caption(words, "as a number: 2·carry + sum", f"2·{carry} + {digit} = {2 * carry + digit}")
    given, answer = (", ".join(map(str, bits)) for bits in (record.inputs, record.outputs))
    shown = f"({given}) → {answer if len(outputs) == 1 else f'({answer})'}"
    return Caption(words, "the row of the truth table: inputs → outputs", shown)


def _end_of_sum(words: str, record: CircuitRecord) -> Caption:
    (a, b), result = addends(record.inputs), whole(record.outputs)
    if result != a + b:
        words += f" But {a} + {b} = {a + b}: this circuit does not add rightly."
    worth = " + ".join(f"{bit}·{2**i}" for i, bit in reversed(list(enumerate(record.outputs))))
    shown = f"{a:04b} + {b:04b}: the outputs are {result:05b}\n{worth} = {result}"
    return Caption(words, "s₄·16 + s₃·8 + s₂·4 + s₁·2 + s₀·1", shown)
