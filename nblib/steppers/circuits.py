"""Where the parts of a circuit stand in its drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from nblib.drawing.panels import TruthTable
from nblib.gates import Circuit, full_adder, ripple_adder

Place = tuple[float, float]

WIDTH = 760
_STEP = 112  # between two units of a layer, with room for the sum below each
_BIT = 58  # between two inputs or outputs


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
    table : TruthTable or None
        Where there is room for one.
    boxes : tuple of (x, y, width, height, name)
        Frames around units that belong together.
    below : frozenset of str
        The inputs and outputs that have their names below; the others have them above.
    sums : mapping of str to (float, float)
        How far from its unit a sum stands, where it is not just below.
    """

    places: Mapping[str, Place]
    width: float
    height: float
    radius: float = 24
    table: TruthTable | None = None
    boxes: tuple[tuple[float, float, float, float, str], ...] = ()
    below: frozenset[str] = frozenset()
    sums: Mapping[str, Place] = field(default_factory=dict)


def layout(circuit: Circuit) -> Layout:
    """Return where the parts of a circuit stand.

    Raises
    ------
    ValueError
        If the circuit is too large to be drawn: more than 8 inputs, 6 units in a layer or 8 layers.
    """
    if _same_wires(circuit, ripple_adder):
        return _ripple_layout()
    n_layers, widest = len(circuit.layers) - 1, max(map(len, circuit.layers[1:]), default=0)
    if circuit.n_inputs > 8 or len(circuit.outputs) > 8 or widest > 6 or n_layers > 8:
        raise ValueError(
            "circuit must have at most 8 inputs, 8 outputs, 8 layers and 6 units in a layer to be drawn, "
            f"got {circuit.n_inputs}, {len(circuit.outputs)}, {n_layers} and {widest}"
        )
    if _same_wires(circuit, full_adder):
        table = _truth_table(circuit, 556, 216)
        return Layout(_FULL_ADDER, WIDTH, 476, 24, table, below=frozenset({"carry_in"}), sums=_SUMS)
    return _layered_layout(circuit)


def _same_wires(circuit: Circuit, known: Circuit) -> bool:
    wires = [(c.inputs, c.outputs, c.layers) for c in (circuit, known)]
    return wires[0] == wires[1]


def _truth_table(circuit: Circuit, left: float, middle: float) -> TruthTable:
    widths = [max(28.0, 6.2 * len(name) + 15) for name in (*circuit.inputs, *circuit.outputs)]
    return TruthTable(left, middle - 12 * 2**circuit.n_inputs, widths, circuit.n_inputs)


def _layered_layout(circuit: Circuit) -> Layout:
    """Layer by layer from left to right, every unit as near as can be to the height of its sources."""
    has_table, table = circuit.n_inputs <= 3, _truth_table(circuit, 0, 0)
    across = min(190.0, (WIDTH - 90 - has_table * (table.width + 30)) / len(circuit.layers))
    heights = dict(zip(circuit.inputs, _spread([0.0] * circuit.n_inputs, _BIT + 14), strict=True))
    for layer in circuit.layers[1:]:
        wanted = [np.mean([heights[source] for source in circuit.units[name][1]]) for name in layer]
        heights |= dict(zip(layer, _spread(wanted, _STEP), strict=True))
    ends = [f"output {name}" for name in circuit.outputs]
    heights |= dict(
        zip(ends, _spread([heights[wire] for wire in circuit.outputs.values()], _BIT), strict=True)
    )
    low, high = min(heights.values()), max(heights.values())
    height = max(300.0, high - low + 150, has_table * (80 - 2 * table.top))
    middle = height / 2 - 10 - (low + high) / 2
    places = {
        name: (40 + across * depth, middle + heights[name])
        for depth, layer in enumerate([*circuit.layers, ends])
        for name in layer
    }
    right = 40 + across * len(circuit.layers)
    if not has_table:
        return Layout(places, right + 50, height)
    return Layout(
        places, right + 70 + table.width, height, table=_truth_table(circuit, right + 60, height / 2)
    )


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
_SUMS = {"first.xor.and": (0, -64), "second.and": (-10, 37)}  # clear of the wires that leave them


def _ripple_layout() -> Layout:
    """Column by column as on paper: the lowest bit on the right, each carry goes to the left."""
    places: dict[str, Place] = {"output s4": (26, 404)}
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
