"""Circles joined by lines, as a picture: what a circle or a line says is text, colour only repeats it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle

from nblib.drawing.picture import BLUE, GREY, INK, ORANGE, Picture, bare, canvas

_SKY = "#56B4E9"  # how a full circle looks
_RADIUS = 0.34
_INCHES = 0.85  # of paper for each unit of x and y


@dataclass(frozen=True)
class Node:
    """A circle at (x, y) with text in it and below it; `fill` from 0 (white) to 1 (blue)."""

    x: float
    y: float
    text: str = ""
    below: str = ""
    fill: float = 0


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


def draw(nodes: Mapping[str, Node], edges: Sequence[Edge], *, alt: str, title: str = "") -> Picture:
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


def column(n: int, apart: float = 1.2) -> list[float]:
    """Return the heights of `n` nodes, one below the other, around 0."""
    return [apart * ((n - 1) / 2 - i) for i in range(n)]


def _node(ax: Axes, node: Node) -> None:
    color = 1 - min(max(node.fill, 0), 1) * (1 - np.array(to_rgb(_SKY)))
    ax.add_patch(Circle((node.x, node.y), _RADIUS, facecolor=color, edgecolor=INK, linewidth=1.2, zorder=3))
    size = 9 if len(node.text) < 5 else 8
    middle = {"ha": "center", "zorder": 4}
    ax.text(node.x, node.y, node.text, va="center", fontsize=size, linespacing=1.1, **middle)
    ax.text(node.x, node.y - _RADIUS - 0.05, node.below, va="top", fontsize=8, **middle)


def _edge(ax: Axes, edge: Edge, source: Node, target: Node) -> None:
    start, end = np.array([source.x, source.y]), np.array([target.x, target.y])
    free = _RADIUS * (end - start) / np.linalg.norm(end - start)
    look: dict[str, Any] = {"color": GREY, "linestyle": "-", "linewidth": 1.2}
    if edge.weight is not None:
        color, dash = (BLUE, "-") if edge.weight >= 0 else (ORANGE, (0, (4, 2)))
        look = {"color": color, "linestyle": dash, "linewidth": 0.8 + 2.2 * min(abs(edge.weight), 3) / 3}
    arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0} | look
    ax.annotate("", end - free, start + free, arrowprops=arrow, zorder=1)
    if edge.text:
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        look = {"ha": "center", "va": "center", "fontsize": 7.5, "color": INK}
        ax.text(*start + edge.at * (end - start), edge.text, bbox=box, zorder=2, **look)
