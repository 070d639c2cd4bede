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
from nblib.drawing.numbers import num, signed
from nblib.drawing.picture import BLUE, GREY, INK, ORANGE, Picture, bare, canvas
from nblib.gates import Circuit, CircuitRecord, Unit
from nblib.network import Network, Trace

_RADIUS = 0.34
_INCHES = 0.85  # of paper for each unit of x and y


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
    """A line from one node to another; its sign gives colour and dash, its size the width."""

    source: str
    target: str
    weight: float | None = None
    text: str = ""


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


def circuit(circuit: Circuit, *, alt: str, record: CircuitRecord | None = None, title: str = "") -> Picture:
    """Draw a circuit layer by layer, with its signals where a `record` is given.

    Every unit shows its threshold, and below it its name; a wire with weight −1 is dashed.
    """
    nodes = {}
    for depth, layer in enumerate(circuit.layers):
        for i, name in enumerate(layer):
            # Every second layer stands a little higher, so that a wire past it is not hidden behind it.
            y = 1.2 * ((len(layer) - 1) / 2 - i) + 0.3 * (depth % 2)
            nodes[name] = _circuit_node(circuit, record, name, 1.9 * depth, y)
    edges = [
        Edge(source, name, weight, "" if weight == 1 else signed(weight, 0))
        for name, (part, sources) in circuit.units.items()
        for source, weight in zip(sources, part.weights, strict=True)
    ]
    last = 1.9 * len(circuit.layers)
    for i, (output, wire) in enumerate(circuit.outputs.items()):
        key = f"output {output}"
        signal = record.signals[wire] if record else None
        y = 1.2 * ((len(circuit.outputs) - 1) / 2 - i)
        nodes[key] = Node(last, y, "" if signal is None else str(signal), output, signal)
        edges.append(Edge(wire, key))
    return draw(nodes, edges, alt=alt, title=title)


def _circuit_node(circuit: Circuit, record: CircuitRecord | None, name: str, x: float, y: float) -> Node:
    signal = record.signals[name] if record else None
    if name in circuit.inputs:
        return Node(x, y, name if signal is None else str(signal), "" if signal is None else name, signal)
    threshold = f"{circuit.units[name][0].threshold:g}".replace("-", "−")
    short = name.rpartition(".")[2]
    if record is None:
        return Node(x, y, f"≥ {threshold}", short)
    comparison = "≥" if signal else "<"
    return Node(x, y, f"{num(record.totals[name], 0)} {comparison} {threshold}", f"{short}: {signal}", signal)


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
    edges = [Edge(source, target, value, signed(value, 3)) for (source, target), value in factors.items()]
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
        Edge(f"{l}.{k}", f"{l + 1}.{j}", float(w), num(float(w)) if labels else "")
        for l, matrix in enumerate(network.weights)
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
        x, y = start + 0.31 * (end - start)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        ax.text(x, y, edge.text, ha="center", va="center", fontsize=7.5, color=INK, bbox=box, zorder=2)
