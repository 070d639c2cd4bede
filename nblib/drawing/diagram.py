"""Diagrams of units and wires: circuits, the three-neuron chain, small networks.

Diagrams of your own are made of `Node` and `Edge` by `draw`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nblib import validate
from nblib.chain import ChainPass
from nblib.drawing import figure_data
from nblib.drawing.numbers import layered, num, signed, sub
from nblib.drawing.picture import Picture
from nblib.drawing.wiring import Edge, Node, column, draw
from nblib.gates import Circuit, CircuitRecord, Unit
from nblib.network import Network
from nblib.runs.trace import Trace

_MOST = 8  # neurons of a layer that are still read
_CLEAR = 0.25  # where the texts on the lines between two layers stand free of one another

Nodes = dict[str, Node]
Says = tuple[str, str, float]  # in its circle, below it, and how full that is


def neuron(weights: ArrayLike, bias: float, *, alt: str) -> Picture:
    """Draw one neuron with its inputs, weights and bias.

    Raises
    ------
    ValueError, TypeError
        If the weights are no finite vector, or the bias no finite number.
    """
    w, bias = validate.vector("weights", weights), validate.number("bias", bias)
    wires = {f"x{i}": (value, signed(value)) for i, value in enumerate(w, start=1)}
    body, out = Node(2.2, 0, "w·x + b", f"b = {num(bias)}"), Node(4.4, 0, "ŷ")
    return draw(*_single(wires, body, out), alt=alt)


def unit(unit: Unit, *, alt: str, inputs: Sequence[str] | None = None) -> Picture:
    """Draw one threshold unit with its inputs, weights and threshold.

    Raises
    ------
    ValueError, TypeError
        If `unit` is none, or has more or fewer inputs than there are names.
    """
    validate.instance("unit", unit, Unit)
    usual = [f"x{i}" for i in range(1, unit.n_inputs + 1)]
    names = usual if inputs is None else validate.listed("inputs", inputs, "names")
    validate.same_length("inputs", names, "the weights of the unit", unit.weights)
    texts = [signed(w, 0 if w == round(w) else 2) for w in unit.weights]
    wires = dict(zip(names, zip(unit.weights, texts, strict=True), strict=True))
    body, out = Node(2.2, 0, f"≥ {_short(unit.threshold)}", "threshold unit"), Node(4.2, 0, "out")
    return draw(*_single(wires, body, out), alt=alt)


def _single(wires: Mapping[str, tuple[float, str]], body: Node, out: Node) -> tuple[Nodes, list[Edge]]:
    """Return one unit with its inputs by name, each with the weight of its wire and what stands on it."""
    nodes = {name: Node(0, y, name) for name, y in zip(wires, column(len(wires), 1.1), strict=True)}
    edges = [Edge(name, "body", *wire) for name, wire in wires.items()]
    return nodes | {"body": body, "out": out}, [*edges, Edge("body", "out")]


def circuit(
    circuit: Circuit,
    *,
    alt: str,
    record: CircuitRecord | None = None,
    places: Mapping[str, tuple[float, float]] | None = None,
    title: str = "",
) -> Picture:
    """Draw a circuit layer by layer, with its signals where a `record` is given.

    Every unit shows its threshold, and below it its name; a wire with weight −1 is dashed.

    Parameters
    ----------
    places : mapping of wire to (x, y), optional
        Where to put single inputs, units or outputs (``"output name"``) instead: layer l stands
        at x = 1.9·l, and its members 1.2 apart, around y = 0.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    validate.instance("circuit", circuit, Circuit)
    if record is not None:
        validate.instance("record", record, CircuitRecord)
    nodes, places = {}, figure_data.by_label("places", places or {}, "wire: (x, y)", figure_data.points)
    for depth, layer in enumerate(circuit.layers):
        for name, y in zip(layer, column(len(layer)), strict=True):
            # Every second layer stands a little higher, so that a wire past it is not hidden behind it.
            place = places.get(name, (1.9 * depth, y + 0.3 * (depth % 2)))
            nodes[name] = Node(*place, *_signal(circuit, record, name))
    edges = [
        Edge(source, name, weight, "" if weight == 1 else _short(weight, "+g"))
        for name, (part, sources) in circuit.units.items()
        for source, weight in zip(sources, part.weights, strict=True)
    ]
    heights = column(len(circuit.outputs))
    for (output, wire), y in zip(circuit.outputs.items(), heights, strict=True):
        key = f"output {output}"
        place = places.get(key, (1.9 * len(circuit.layers), y))
        signal = record.signals[wire] if record else ""
        nodes[key] = Node(*place, str(signal), output, signal or 0)
        edges.append(Edge(wire, key))
    return draw(nodes, edges, alt=alt, title=title)


def _signal(circuit: Circuit, record: CircuitRecord | None, name: str) -> Says:
    """Return what an input or a unit says in its circle and below it, and its signal."""
    short, signal = name.rpartition(".")[2], record.signals[name] if record else 0
    if name in circuit.inputs:
        return (str(signal), name, signal) if record else (name, "", 0)
    threshold = _short(circuit.units[name][0].threshold)
    if not record:
        return f"≥ {threshold}", short, 0
    return f"{_short(record.totals[name])} {'≥' if signal else '<'} {threshold}", f"{short}: {signal}", signal


def ripple_adder(record: CircuitRecord, *, alt: str, title: str = "") -> Picture:
    """Draw a run of a ripple adder as its columns, the highest on the left, with the carries between them.

    Parameters
    ----------
    record : CircuitRecord
        Of `nblib.gates.ripple_adder` or of another number of bits, with the same names of wires.

    Raises
    ------
    TypeError
        If `record` is none.
    """
    validate.instance("record", record, CircuitRecord)
    n_bits = len(record.inputs) // 2
    nodes, edges = {}, []
    for i in range(n_bits):
        x, adder = 2.4 * (n_bits - 1 - i), f"bit{i}"
        nodes[adder] = Node(x, 0, "full" if i else "half")
        for wire, left in ((f"a{i}", -0.55), (f"b{i}", 0.55)):
            nodes[wire] = _bit(x + left, 1.5, wire, record.signals[wire])
            edges.append(Edge(wire, adder))
        nodes[f"s{i}"] = _bit(x, -1.5, f"s{i}", record.outputs[i])
        carry = record.signals[f"{adder}.or" if i else f"{adder}.and"]
        to = f"bit{i + 1}" if i + 1 < n_bits else f"s{n_bits}"
        edges += [Edge(adder, f"s{i}"), Edge(adder, to, 1 if carry else None, f"carry {carry}", at=0.45)]
    nodes[f"s{n_bits}"] = _bit(-2.4, 0, f"s{n_bits}", record.outputs[n_bits])
    return draw(nodes, edges, alt=alt, title=title)


def _bit(x: float, y: float, name: str, signal: int) -> Node:
    return Node(x, y, f"{name}\n{signal}", fill=signal)


def _short(value: float, form: str = "g") -> str:
    return format(value, form).replace("-", "−")


def chain(values: ChainPass, *, alt: str, title: str = "") -> Picture:
    """Draw one pass through the three-neuron chain as its dependency tree, each arrow with its factor.

    Raises
    ------
    TypeError
        If `values` are no pass.
    """
    v = validate.instance("values", values, ChainPass)
    places = {
        "w1": (2, 1.3, v.dz1_da0), "b1": (2, -1.3, v.z1 - v.dz1_da0 * v.a0), "w2": (6, 1.3, v.dz2_da1),
        "b2": (6, -1.3, v.z2 - v.dz2_da1 * v.a1), "a0": (0, 0, v.a0), "z1": (2, 0, v.z1), "a1": (4, 0, v.a1),
        "z2": (6, 0, v.z2), "a2": (8, 0, v.a2), "C": (10, 0, v.cost),
    }  # fmt: skip
    nodes = {name: Node(x, y, f"{layered(name)}\n{num(value, 3)}") for name, (x, y, value) in places.items()}
    factors = {
        ("a0", "z1"): v.dz1_da0, ("w1", "z1"): v.dz1_dw1, ("b1", "z1"): v.dz1_db1, ("z1", "a1"): v.da1_dz1,
        ("a1", "z2"): v.dz2_da1, ("w2", "z2"): v.dz2_dw2, ("b2", "z2"): v.dz2_db2, ("z2", "a2"): v.da2_dz2,
        ("a2", "C"): v.dC_da2,
    }  # fmt: skip
    edges = [Edge(*arrow, value, signed(value, 3), at=0.42) for arrow, value in factors.items()]
    return draw(nodes, edges, alt=alt, title=title)


def network(
    network: Network,
    *,
    alt: str,
    trace: Trace | None = None,
    row: int = 0,
    deltas: bool = False,
    labels: bool = True,
    title: str = "",
) -> Picture:
    """Draw a small network with its weights, and what a `trace` says of one example.

    Parameters
    ----------
    network : Network
        With layers of at most eight neurons.
    trace : Trace, optional
        Its activations (row `row`) fill the circles.
    deltas : bool
        Whether δ is written below each neuron.
    labels : bool
        Whether each weight is written on its edge.

    Raises
    ------
    ValueError, TypeError
        If the network is too large to be drawn, or an argument does not fit it.
    """
    _fits(network, trace, row)
    if max(network.sizes) > _MOST:
        raise ValueError(f"network must have at most 8 neurons per layer to be drawn, got {network.sizes}")
    layers = [
        [_neuron(network, trace, row, deltas, l, j) for j in range(size)]
        for l, size in enumerate(network.sizes)
    ]
    return draw(*_layered(layers, network.weights, labels), alt=alt, title=title)


def _fits(network: Network, trace: Trace | None, row: int) -> None:
    validate.instance("network", network, Network)
    if trace is not None:
        validate.instance("trace", trace, Trace)
        figure_data.place("row", row, len(trace.costs))


def _neuron(network: Network, trace: Trace | None, row: int, deltas: bool, l: int, j: int) -> Says:
    if trace is None:
        return f"b\n{num(network.biases[l - 1][j])}" if l else f"x{j + 1}", "", 0
    a = float(trace.activations[l][row, j])
    below = f"δ = {signed(trace.deltas[l - 1][row, j], 3)}" if deltas and l else ""
    return num(a), below, a


def layer(
    weights: ArrayLike, *, alt: str, to: int | None = None, start: int | None = None, title: str = ""
) -> Picture:
    """Draw the wires from one layer to the next, and write the weights on some of them.

    Parameters
    ----------
    weights : array_like, shape (n_l, n_{l−1})
        Both at most eight.
    to, start : int, optional
        Counted from 0: only the wires that arrive at neuron `to`, or that leave neuron `start`,
        show their weights; the others are grey. By default all show them.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    w = validate.finite("weights", weights)
    if w.ndim != 2 or not w.size:
        raise ValueError(f"weights must be 2-D, shape (n_l, n_(l−1)), got shape {w.shape}")
    for name, chosen, n in (("to", to, len(w)), ("start", start, w.shape[1])):
        if chosen is not None:
            figure_data.place(name, chosen, n)
    if max(w.shape) > _MOST:
        raise ValueError(f"weights must have at most 8 rows and columns to be drawn, got shape {w.shape}")
    nodes = {
        f"{letter}{i}": Node(x, y, f"{letter}{sub(i + 1)}")
        for letter, x, size in (("a", 0, w.shape[1]), ("z", 3.4, w.shape[0]))
        for i, y in enumerate(column(size, 0.85))
    }
    shown, grey = [], []
    for (j, k), value in np.ndenumerate(w):
        if to in (None, j) and start in (None, k):
            shown.append(Edge(f"a{k}", f"z{j}", value, signed(value)))
        else:
            grey.append(Edge(f"a{k}", f"z{j}"))
    return draw(nodes, [*grey, *shown], alt=alt, title=title)


def backward(network: Network, trace: Trace, *, alt: str, row: int = 0, title: str = "") -> Picture:
    """Draw how δ flows back through a small network, for one example.

    Each circle holds δ, and below it stands the slope f′(z) of its neuron. The lines run from the
    output layer back to layer 1 and carry the weights: δ of a hidden neuron is the sum of what
    arrives, weight times δ, multiplied by its slope (BP2).

    Parameters
    ----------
    network : Network
        With layers of at most eight neurons.
    trace : Trace
        Of this network; row `row` of it is drawn.

    Raises
    ------
    ValueError, TypeError
        If the network is too large to be drawn, or an argument does not fit it.
    """
    _fits(network, validate.instance("trace", trace, Trace), row)
    if max(network.sizes[1:]) > _MOST:
        raise ValueError(f"network must have at most 8 neurons per layer to be drawn, got {network.sizes}")
    layers, functions = [], [*[network.activation] * (len(trace.deltas) - 1), network.output]
    for f, layer, a in zip(functions, trace.deltas, trace.activations[1:], strict=True):
        slopes, deltas = f.slope(a[row]), layer[row].astype(float).round(3)
        texts = [signed(delta, 3) if delta else num(0, 3) for delta in deltas]  # zero has no sign
        below = [f"f′ = {num(slope, 3)}" for slope in slopes]
        layers.append([(f"δ\n{text}", slope, 0) for text, slope in zip(texts, below, strict=True)])
    return draw(*_layered(layers, network.weights[1:], back=True), alt=alt, title=title)


def _layered(
    layers: Sequence[Sequence[Says]], matrices: Sequence[ArrayLike], labels: bool = True, back: bool = False
) -> tuple[Nodes, list[Edge]]:
    """Return layers of neurons with the weights between them, on lines that run forwards or back."""
    nodes = {
        f"{l}.{j}": Node(2.6 * l, y, *says)
        for l, layer in enumerate(layers)
        for j, (y, says) in enumerate(zip(column(len(layer)), layer, strict=True))
    }
    edges = []
    for l, matrix in enumerate(matrices):
        for (j, k), w in np.ndenumerate(matrix):
            ends = (f"{l + 1}.{j}", f"{l}.{k}") if back else (f"{l}.{k}", f"{l + 1}.{j}")
            edges.append(Edge(*ends, w, num(w) if labels else "", at=_CLEAR))
    return nodes, edges
