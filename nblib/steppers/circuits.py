"""How circuits are shown: the sum of a unit in words, and where its units stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from nblib.drawing.numbers import num
from nblib.gates import Circuit, Unit, full_adder, ripple_adder

RULE = "output = 1 if w₁x₁ + … + wₙxₙ ≥ θ, else 0"
WIDTH = 760
_STEP = 112  # between two units of a layer, with room for the sum below each
_BIT = 58  # between two inputs or outputs


def number(value: float) -> str:
    """Return a number in full: a whole one without decimals, others to the last digit.

    >>> number(-1.0), number(0.5)
    ('−1', '0.5')
    """
    return num(value, 0) if value == round(value) else str(float(value)).replace("-", "−")


def signed_number(value: float) -> str:
    """Return a weight with its sign, + too; zero has none."""
    return number(value) if value <= 0 else f"+{number(value)}"


def arriving(unit: Unit, bits: Sequence[int]) -> list[float]:
    """Return what each wire brings: weight times signal."""
    return [float(w * bit) for w, bit in zip(unit.weights, bits, strict=True)]


def added(values: Sequence[float]) -> str:
    """Return values as a sum.

    >>> added([-1, 0, -2])
    '−1 + 0 − 2'
    """
    first, *others = values
    signs = (f" − {number(-v)}" if v < 0 else f" + {number(v)}" for v in others)
    return number(first) + "".join(signs)


def verdict(unit: Unit, bits: Sequence[int]) -> str:
    """Return the comparison of the sum with the threshold: ``≥ 2? no``."""
    return f"≥ {number(unit.threshold)}? {'yes' if unit(*bits) else 'no'}"


def products(unit: Unit, bits: Sequence[int]) -> str:
    """Return the sum with weights and signals: ``1·1 + (−1)·0 = 1``."""
    weights = (f"({number(w)})" if w < 0 else number(w) for w in unit.weights)
    terms = " + ".join(f"{w}·{bit}" for w, bit in zip(weights, bits, strict=True))
    return f"{terms} = {number(unit.total(*bits))}"


@dataclass(frozen=True)
class Layout:
    """Where the parts of a circuit stand in the drawing.

    Attributes
    ----------
    places : mapping of str to (float, float)
        Of every input and unit by its wire, and of every output as ``"output name"``.
    width, height : float
    radius : float
        Of a unit.
    table : (float, float) or None
        The upper left corner of the truth table, where there is room for one.
    boxes : tuple of (x, y, width, height, name)
        Frames around units that belong together.
    below : frozenset of str
        The inputs and outputs that have their names below; the others have them above.
    sums : mapping of str to (float, float)
        How far from its unit a sum stands, where it is not just below.
    """

    places: Mapping[str, tuple[float, float]]
    width: float
    height: float
    radius: float = 24
    table: tuple[float, float] | None = None
    boxes: tuple[tuple[float, float, float, float, str], ...] = ()
    below: frozenset[str] = frozenset()
    sums: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def layout(circuit: Circuit) -> Layout:
    """Return where the parts of a circuit stand.

    Raises
    ------
    ValueError
        If the circuit is too large to be drawn: more than 8 inputs, 6 units in a layer or 8 layers.
    """
    if _same_wires(circuit, ripple_adder):
        return _ripple_layout(circuit)
    n_layers, widest = len(circuit.layers) - 1, max(map(len, circuit.layers[1:]), default=0)
    if circuit.n_inputs > 8 or len(circuit.outputs) > 8 or widest > 6 or n_layers > 8:
        raise ValueError(
            "circuit must have at most 8 inputs, 8 outputs, 8 layers and 6 units in a layer to be drawn, "
            f"got {circuit.n_inputs}, {len(circuit.outputs)}, {n_layers} and {widest}"
        )
    if _same_wires(circuit, full_adder):
        return Layout(
            _FULL_ADDER, WIDTH, 476, table=(556, 120), below=frozenset({"carry_in"}), sums=_FULL_ADDER_SUMS
        )
    return _layered_layout(circuit)


def column_widths(circuit: Circuit) -> list[float]:
    """Return how wide the columns of the truth table are: inputs, then outputs."""
    return [max(28.0, 6.2 * len(name) + 15) for name in (*circuit.inputs, *circuit.outputs)]


def _same_wires(circuit: Circuit, known: Circuit) -> bool:
    return (circuit.inputs, circuit.outputs) == (known.inputs, known.outputs) and (
        circuit.layers == known.layers
    )


def _layered_layout(circuit: Circuit) -> Layout:
    """Layer by layer from left to right, every unit as near as can be to the height of its sources."""
    has_table = circuit.n_inputs <= 3
    room = WIDTH - 90 - (sum(column_widths(circuit)) + 30 if has_table else 0)
    across = min(190.0, room / len(circuit.layers))
    heights = dict(zip(circuit.inputs, _spread([0.0] * circuit.n_inputs, _BIT + 14), strict=True))
    for layer in circuit.layers[1:]:
        wanted = [np.mean([heights[source] for source in circuit.units[name][1]]) for name in layer]
        heights |= dict(zip(layer, _spread(wanted, _STEP), strict=True))
    ends = _spread([heights[wire] for wire in circuit.outputs.values()], _BIT)
    low, high = min(*heights.values(), *ends), max(*heights.values(), *ends)
    height = max(300.0, high - low + 150, 24.0 * 2**circuit.n_inputs + 80 if has_table else 0)
    middle = height / 2 - 10 - (low + high) / 2
    places = {
        name: (40 + across * depth, middle + heights[name])
        for depth, layer in enumerate(circuit.layers)
        for name in layer
    }
    right = 40 + across * len(circuit.layers)
    for output, y in zip(circuit.outputs, ends, strict=True):
        places[f"output {output}"] = (right, middle + y)
    if not has_table:
        return Layout(places, right + 50, height)
    top = (height - 24 * 2**circuit.n_inputs) / 2
    return Layout(places, right + 70 + sum(column_widths(circuit)), height, table=(right + 60, top))


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Return heights near the wanted ones, in the same order, but at least `gap` apart."""
    order = np.argsort(wanted, kind="stable")
    heights = np.array(wanted, float)
    for before, after in pairwise(order):
        heights[after] = max(heights[after], heights[before] + gap)
    return list(heights + np.mean(wanted) - heights.mean())


_FULL_ADDER = {
    "a": (26, 106), "b": (26, 218), "carry_in": (226, 218),
    "first.xor.or": (118, 50), "first.xor.nand": (118, 162), "first.and": (118, 274),
    "first.xor.and": (226, 106),
    "second.xor.or": (330, 50), "second.xor.nand": (330, 162), "second.and": (330, 274),
    "second.xor.and": (438, 106), "or": (438, 394),
    "output sum": (516, 106), "output carry": (516, 394),
}  # fmt: skip
_FULL_ADDER_SUMS = {"first.xor.and": (0, -64), "second.and": (-10, 37)}  # clear of the wires that leave them


def _ripple_layout(circuit: Circuit) -> Layout:
    """Column by column as on paper: the lowest bit on the right, each carry goes to the left."""
    places: dict[str, tuple[float, float]] = {"output s4": (26, 404)}
    boxes = []
    for bit in range(4):
        x = 136 + 172 * (3 - bit)
        offsets = _COLUMN_0 if bit == 0 else _COLUMN
        places |= {f"bit{bit}.{name}": (x + right, y) for name, (right, y) in offsets.items()}
        places |= {f"a{bit}": (x - 36, 60), f"b{bit}": (x + 16, 60), f"output s{bit}": (x + 28, 404)}
        boxes.append((x - 88, 86, 168, 284, "full adder" if bit else "half adder"))
    below = frozenset(name for name in places if name.startswith("output"))
    return Layout(places, 750, 444, radius=18, boxes=tuple(boxes), below=below)


_COLUMN = {
    "first.and": (-66, 127), "first.xor.or": (-10, 127), "first.xor.nand": (42, 127),
    "first.xor.and": (16, 190),
    "second.and": (-40, 254), "second.xor.or": (5, 254), "second.xor.nand": (50, 254),
    "or": (-66, 325), "second.xor.and": (28, 325),
}  # fmt: skip
_COLUMN_0 = {"xor.or": (5, 254), "xor.nand": (50, 254), "and": (-66, 325), "xor.and": (28, 325)}
