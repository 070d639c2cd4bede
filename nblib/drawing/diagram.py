"""Diagrams of units and wires: circuits, the three-neuron chain, small networks.

A diagram is circles joined by lines. What a circle or a line says is text; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from nblib.chain import ChainPass
from nblib.drawing.numbers import num, signed, sub
from nblib.drawing.picture import BLUE, GREY, INK, ORANGE, Picture, bare, canvas
from nblib.gates import Circuit, CircuitRecord, Unit
from nblib.network import Network, Trace

_RADIUS = 0.34
_INCHES = 0.85  # of paper for each unit of x and y
_CLEAR = 0.25  # where the texts on the lines between two layers stand free of one another


@dataclass(frozen=True)
class Node:
    """A circle at (x, y) with text in it and below it; `fill` from 0 (white) to 1 (blue), or None."""

    x: float
    y: float
    text: str = ""
    below: str = ""
    fill: float | None = None


@dataclass(frozen=True)
class Edge:
    """A line from one node to another; its sign gives colour and dash, its size the width.

    The text stands on the line, the fraction `at` of the way along it.
    """

    source: str
    target: str
    weight: float | None = None
    text: str = ""
    at: float = 0.31


def draw(
    nodes: Mapping[str, Node],
    edges: Sequence[Edge],
    *,
    alt: str,
    title: str = "",
) -> Picture:
    """Draw named nodes and the edges between them.

    Positive weights are solid and blue, negative ones dashed and orange, edges without a weight
    grey.
    """
    x = np.array([node.x for node in nodes.values()])
    y = np.array([node.y for node in nodes.values()])
    left, right, bottom, top = x.min() - 0.6, x.max() + 0.6, y.min() - 0.7, y.max() + 0.45
    width, height = _INCHES * (right - left), _INCHES * (top - bottom) + (0.3 if title else 0)
    shrink = min(1.0, 9 / width)
    with canvas(width=shrink * width, height=shrink * height) as (figure, axes):
        ax = axes[0, 0]
        bare(ax)
        for edge in edges:
            _edge(ax, edge, nodes[edge.source], nodes[edge.target])
        for node in nodes.values():
            _node(ax, node)
        ax.set(xlim=(left, right), ylim=(bottom, top), title=title)
        ax.set_aspect("equal")
        return Picture(figure, alt)


def neuron(weights: ArrayLike, bias: float, *, alt: str) -> Picture:
    """Draw one neuron with its inputs, weights and bias."""
    w = np.asarray(weights, float)
    nodes = {f"x{i + 1}": Node(0, 1.1 * ((w.size - 1) / 2 - i), f"x{i + 1}") for i in range(w.size)}
    nodes |= {"z": Node(2.2, 0, "w·x + b", f"b = {num(bias)}"), "out": Node(4.4, 0, "ŷ")}
    edges = [Edge(f"x{i + 1}", "z", value, signed(value)) for i, value in enumerate(w)]
    return draw(nodes, [*edges, Edge("z", "out")], alt=alt)


def unit(unit: Unit, *, alt: str, inputs: Sequence[str] | None = None) -> Picture:
    """Draw one threshold unit with its inputs, weights and threshold."""
    names = inputs or [f"x{i}" for i in range(1, unit.n_inputs + 1)]
    middle = (unit.n_inputs - 1) / 2
    nodes = {name: Node(0, 1.1 * (middle - i), name) for i, name in enumerate(names)}
    nodes["unit"] = Node(2.2, 0, f"≥ {unit.threshold:g}".replace("-", "−"), "threshold unit")
    nodes["out"] = Node(4.2, 0, "out")
    edges = [
        Edge(name, "unit", w, signed(w, 0 if w == round(w) else 2))
        for name, w in zip(names, unit.weights, strict=True)
    ]
    return draw(nodes, [*edges, Edge("unit", "out")], alt=alt)


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
    """
    nodes, places = {}, places or {}
    for depth, layer in enumerate(circuit.layers):
        for i, name in enumerate(layer):
            # Every second layer stands a little higher, so that a wire past it is not hidden behind it.
            y = 1.2 * ((len(layer) - 1) / 2 - i) + 0.3 * (depth % 2)
            nodes[name] = _circuit_node(circuit, record, name, *places.get(name, (1.9 * depth, y)))
    edges = [
        Edge(source, name, weight, "" if weight == 1 else _short(weight, "+g"))
        for name, (part, sources) in circuit.units.items()
        for source, weight in zip(sources, part.weights, strict=True)
    ]
    last = 1.9 * len(circuit.layers)
    for i, (output, wire) in enumerate(circuit.outputs.items()):
        key = f"output {output}"
        signal = record.signals[wire] if record else None
        x, y = places.get(key, (last, 1.2 * ((len(circuit.outputs) - 1) / 2 - i)))
        nodes[key] = Node(x, y, "" if signal is None else str(signal), output, signal)
        edges.append(Edge(wire, key))
    return draw(nodes, edges, alt=alt, title=title)


def _circuit_node(circuit: Circuit, record: CircuitRecord | None, name: str, x: float, y: float) -> Node:
    signal = record.signals[name] if record else None
    if name in circuit.inputs:
        return Node(x, y, name if signal is None else str(signal), "" if signal is None else name, signal)
    threshold = _short(circuit.units[name][0].threshold)
    short = name.rpartition(".")[2]
    if record is None:
        return Node(x, y, f"≥ {threshold}", short)
    comparison = "≥" if signal else "<"
    return Node(x, y, f"{_short(record.totals[name])} {comparison} {threshold}", f"{short}: {signal}", signal)


def ripple_adder(record: CircuitRecord, *, alt: str, title: str = "") -> Picture:
    """Draw a run of a ripple adder as its columns, the highest on the left, with the carries between them.

    Parameters
    ----------
    record : CircuitRecord
        Of `nblib.gates.ripple_adder` or of another number of bits, with the same names of wires.
    """
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
    """Draw one pass through the three-neuron chain as its dependency tree, each arrow with its factor."""
    v = values
    places = {
        "w1": (2, 1.3, v.dz1_da0), "b1": (2, -1.3, v.z1 - v.dz1_da0 * v.a0), "w2": (6, 1.3, v.dz2_da1),
        "b2": (6, -1.3, v.z2 - v.dz2_da1 * v.a1), "a0": (0, 0, v.a0), "z1": (2, 0, v.z1), "a1": (4, 0, v.a1),
        "z2": (6, 0, v.z2), "a2": (8, 0, v.a2), "C": (10, 0, v.cost),
    }  # fmt: skip
    nodes = {name: Node(x, y, f"{name}\n{num(value, 3)}") for name, (x, y, value) in places.items()}
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
    """
    if max(network.sizes) > 8:
        raise ValueError(f"network must have at most 8 neurons per layer to be drawn, got {network.sizes}")
    nodes = {
        f"{l}.{j}": _neuron(network, trace, row, deltas, l, j)
        for l, size in enumerate(network.sizes)
        for j in range(size)
    }
    edges = [
        Edge(f"{l}.{k}", f"{l + 1}.{j}", float(w), num(float(w)) if labels else "", at=_CLEAR)
        for l, matrix in enumerate(network.weights)
        for (j, k), w in np.ndenumerate(matrix)
    ]
    return draw(nodes, edges, alt=alt, title=title)


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
    """
    w = np.asarray(weights, float)
    if max(w.shape) > 8:
        raise ValueError(f"weights must have at most 8 rows and columns to be drawn, got shape {w.shape}")
    columns = {"a": w.shape[1], "z": w.shape[0]}
    nodes = {
        f"{letter}{i}": Node(3.4 * (letter == "z"), 0.85 * ((size - 1) / 2 - i), f"{letter}{sub(i + 1)}")
        for letter, size in columns.items()
        for i in range(size)
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
    """
    if max(network.sizes[1:]) > 8:
        raise ValueError(f"network must have at most 8 neurons per layer to be drawn, got {network.sizes}")
    nodes = {}
    for l, (delta, a) in enumerate(zip(trace.deltas, trace.activations[1:], strict=True), start=1):
        slope = network.activation.slope(a[row])
        for j in range(delta.shape[1]):
            y = 1.2 * ((delta.shape[1] - 1) / 2 - j)
            value = round(float(delta[row, j]), 3)
            text = signed(value, 3) if value else num(0, 3)  # what rounds to zero has no sign
            nodes[f"{l}.{j}"] = Node(2.6 * l, y, f"δ\n{text}", f"f′ = {num(float(slope[j]), 3)}")
    edges = [
        Edge(f"{l + 1}.{j}", f"{l}.{k}", float(w), num(float(w)), at=_CLEAR)
        for l, matrix in enumerate(network.weights[1:], start=1)
        for (j, k), w in np.ndenumerate(matrix)
    ]
    return draw(nodes, edges, alt=alt, title=title)


def _neuron(network: Network, trace: Trace | None, row: int, deltas: bool, l: int, j: int) -> Node:
    x, y = 2.6 * l, 1.2 * ((network.sizes[l] - 1) / 2 - j)
    if trace is None:
        return Node(x, y, f"b\n{num(float(network.biases[l - 1][j]))}" if l else f"x{j + 1}")
    a = float(trace.activations[l][row, j])
    below = f"δ = {signed(float(trace.deltas[l - 1][row, j]), 3)}" if deltas and l else ""
    return Node(x, y, num(a), below, a)


def _node(ax: Axes, node: Node) -> None:
    fill = 0.0 if node.fill is None else min(max(node.fill, 0.0), 1.0)
    color = tuple(1 - fill * (1 - np.array([0x56, 0xB4, 0xE9]) / 255))
    ax.add_patch(Circle((node.x, node.y), _RADIUS, facecolor=color, edgecolor=INK, linewidth=1.2, zorder=3))
    ax.text(
        node.x,
        node.y,
        node.text,
        ha="center",
        va="center",
        fontsize=9 if len(node.text) < 5 else 8,
        zorder=4,
        linespacing=1.1,
    )
    if node.below:
        ax.text(node.x, node.y - _RADIUS - 0.05, node.below, ha="center", va="top", fontsize=8, zorder=4)


def _edge(ax: Axes, edge: Edge, source: Node, target: Node) -> None:
    start, end = np.array([source.x, source.y]), np.array([target.x, target.y])
    along = (end - start) / np.linalg.norm(end - start)
    color, dash, width = GREY, "-", 1.2
    if edge.weight is not None:
        color, dash = (BLUE, "-") if edge.weight >= 0 else (ORANGE, (0, (4, 2)))
        width = 0.8 + 2.2 * min(abs(edge.weight), 3) / 3
    arrow = {"arrowstyle": "-|>", "color": color, "linestyle": dash, "linewidth": width}
    ax.annotate(
        "",
        end - along * _RADIUS,
        start + along * _RADIUS,
        arrowprops=arrow | {"shrinkA": 0, "shrinkB": 0},
        zorder=1,
    )
    if edge.text:
        x, y = start + edge.at * (end - start)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        ax.text(x, y, edge.text, ha="center", va="center", fontsize=7.5, color=INK, bbox=box, zorder=2)
