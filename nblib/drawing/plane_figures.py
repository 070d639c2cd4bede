"""Figures of the plane: labelled points, lines w·x + b = 0, and what is answered everywhere between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.drawing import figure_data
from nblib.drawing.numbers import signed
from nblib.drawing.picture import BLUE, GREY, INK, ORANGE, Picture, canvas
from nblib.perceptron import PerceptronRecord

Line = tuple[ArrayLike, float]
Answer = Callable[[NDArray[np.float64]], ArrayLike]

SIGNED = LinearSegmentedColormap.from_list("signed", [ORANGE, "#ffffff", BLUE])
"""Orange for negative, white for zero, blue for positive."""
_LABELS = {"xlabel": "x₁", "ylabel": "x₂"}
_STEP_LABELS = {"before": "line before the update", "after": "line after it, unit fires where shaded"}
_LOOKS = ((INK, "-"), (GREY, "--"), (INK, "-."), (GREY, ":"))
"""Of lines, in turn; the first is that of the border where there is one. Blue and orange are signs."""


def plane(
    x: ArrayLike,
    y: ArrayLike,
    *,
    alt: str,
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    title: str = "",
    **content: Any,
) -> Picture:
    """Draw labelled points of the plane, and what a unit or a network makes of the plane.

    Parameters
    ----------
    x, y : array_like, shapes (n, 2) and (n,)
        Points and labels; label 1 is a blue disc, label 0 an orange square.
    lines : mapping of label to (weights, bias), optional
        Lines w·x + b = 0; side 1 is shaded where there is just one.
    answer : callable, optional
        Takes rows (m, 2) and returns a number from 0 to 1 for each: the background, with its border at ½.
    ring : int, optional
        The row of `x` to put a ring around.
    normal : bool
        Whether to draw the normal w of each line.

    Raises
    ------
    ValueError, TypeError
        If the points are no rows of two finite numbers, or there are more or fewer labels.
    """
    with canvas(width=4.6, height=4.2) as (figure, axes):
        ax = axes[0, 0]
        _draw(ax, x, y, **content)
        ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)
        return Picture(figure, alt)


def planes(panels: Mapping[str, Mapping[str, Any]], *, alt: str, columns: int = 4) -> Picture:
    """Draw several planes side by side.

    Parameters
    ----------
    panels : mapping of title to the arguments of `plane`
        ``x``, ``y`` and whatever else of `plane` is wanted, without its ``alt`` and ``title``.
    columns : int
        How many stand in a row.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    panels = figure_data.by_label(
        "panels", panels, "title: arguments", lambda name, value: validate.mapping(name, value, "arguments")
    )
    if not panels:
        raise ValueError("panels must hold at least one plane, got none")
    columns = min(validate.whole("columns", columns, at_least=1), len(panels))
    rows = ceil(len(panels) / columns)
    side = min(3.4, 8.8 / columns)
    entries = 2 + max(len(panel.get("lines") or {}) + ("answer" in panel) for panel in panels.values())
    height = side + 0.35 + 0.17 * entries
    with canvas(rows, columns, width=side * columns, height=height * rows) as (figure, axes):
        for ax, (title, panel) in zip(axes.flat, panels.items(), strict=False):
            labels = {name: panel.get(name, usual) for name, usual in _LABELS.items()}
            _draw(ax, **{name: value for name, value in panel.items() if name not in labels})
            ax.set(title=title, **labels)
            ax.locator_params(nbins=5)
            below = -0.48 / (side - 0.75)  # clear of the label of the axis
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, below), fontsize=8, borderaxespad=0)
        return Picture(figure, alt)


def perceptron_steps(
    record: PerceptronRecord, steps: Sequence[int], *, alt: str, columns: int = 3
) -> Picture:
    """Draw steps of a perceptron's run side by side: the line before (dashed) and after the update.

    Parameters
    ----------
    record : PerceptronRecord
        Of a run on points of the plane, n_inputs = 2.
    steps : sequence of int
        Which steps; the example of each is ringed.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    validate.instance("record", record, PerceptronRecord)
    chosen = validate.listed("steps", steps, "steps")
    steps = [figure_data.place("steps", step, len(record)) for step in chosen]
    columns = validate.whole("columns", columns, at_least=1)
    if not steps:
        raise ValueError("steps must hold at least one step, got none")
    rows = ceil(len(steps) / columns)
    with canvas(rows, columns, width=2.6 * columns, height=2.8 * rows) as (figure, axes):
        for ax, t in zip(axes.flat, steps, strict=False):
            points = _Plane(ax, record.x, record.y, ring=int(record.example[t]), size=22)
            if record.error[t]:
                points.line(record.weights[t], record.biases[t], "before", _LOOKS[1])
            points.line(record.weights[t + 1], record.biases[t + 1], "after", _LOOKS[0], shade=True)
            verdict = "right" if not record.error[t] else f"wrong: y − ŷ = {signed(record.error[t], 0)}"
            ax.set_title(f"step {t + 1}\n{verdict}", fontsize=10)
            ax.set(**_LABELS)
            ax.label_outer()
        known = {
            label: part
            for ax in axes.flat
            for part, label in zip(*ax.get_legend_handles_labels(), strict=True)
        }
        order = [label for label in ("y = 1", "y = 0", "before", "after") if label in known]
        handles = [known[label] for label in order]
        figure.legend(
            handles, [_STEP_LABELS.get(label, label) for label in order], loc="outside lower center", ncols=4
        )
        return Picture(figure, alt)


def _draw(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    *,
    lines: Mapping[str, Line] | None = None,
    answer: Answer | None = None,
    ring: int | None = None,
    normal: bool = False,
) -> None:
    points, lines = _Plane(ax, x, y, ring), lines or {}
    if answer is not None:
        points.background(answer)
    for i, (label, (weights, bias)) in enumerate(lines.items()):
        look = _LOOKS[(i + (answer is not None)) % 4]
        points.line(weights, bias, label, look, shade=len(lines) == 1)
        if normal:
            points.normal(weights, bias)


class _Plane:
    """Axes with labelled points, and room to draw a little beyond them."""

    def __init__(
        self, ax: Axes, x: ArrayLike, y: ArrayLike, ring: int | None = None, size: float = 36
    ) -> None:
        points, labels = validate.rows("x", x, 2, of="coordinates", one="point"), validate.vector("y", y)
        validate.same_length("x", points, "y", labels)
        low, high = points.min(axis=0), points.max(axis=0)
        edge = 0.15 * np.maximum(high - low, 1e-9).max()
        self.ax, self.low, self.high = ax, low - edge, high + edge
        self.reach = float(np.linalg.norm(self.high - self.low))
        ax.set(xlim=(self.low[0], self.high[0]), ylim=(self.low[1], self.high[1]), aspect="equal")
        for label, color, marker in ((1, BLUE, "o"), (0, ORANGE, "s")):
            look = {"color": color, "marker": marker, "s": size, "edgecolor": "white"}
            ax.scatter(*points[labels == label].T, label=f"y = {label}", zorder=4, **look)
        if ring is not None:
            ax.scatter(*points[ring], s=5 * size, facecolor="none", edgecolor=INK, linewidth=1.6, zorder=5)

    def line(
        self, weights: ArrayLike, bias: float, label: str, look: tuple[str, str], shade: bool = False
    ) -> None:
        """Draw w·x + b = 0; with zero weights there is no line."""
        w, (color, dash) = np.asarray(weights, float), look
        if not w.any():
            return
        middle = (self.low + self.high) / 2
        foot = middle - (w @ middle + bias) / (w @ w) * w  # the point of the line nearest to the middle
        unit = w / np.linalg.norm(w)
        along, side = 2 * self.reach * np.array([-unit[1], unit[0]]), 4 * self.reach * unit
        ends = np.array([foot - along, foot + along])
        self.ax.plot(*ends.T, dash, color=color, label=label, zorder=3)
        if shade:
            self.ax.fill(*np.array([*ends, *(ends + side)[::-1]]).T, color=BLUE, alpha=0.08, zorder=0)

    def normal(self, weights: ArrayLike, bias: float) -> None:
        """Draw w as an arrow that starts on its line."""
        w = np.asarray(weights, float)
        if not w.any():
            return
        foot = -bias / (w @ w) * w
        arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.6}
        self.ax.annotate("", foot + w, foot, arrowprops=arrow, zorder=6)
        self.ax.annotate("w", foot + w, textcoords="offset points", xytext=(5, 4), fontweight="bold")

    def background(self, answer: Answer) -> None:
        """Colour the plane by what is answered there, 0 to 1, with a line at ½."""
        across, up = np.linspace(self.low, self.high, 120).T
        grid = np.stack(np.meshgrid(across, up), axis=-1)
        values = np.asarray(answer(grid.reshape(-1, 2)), float).reshape(120, 120)
        look = {"cmap": SIGNED, "alpha": 0.45, "zorder": 0}
        self.ax.contourf(across, up, values, levels=np.linspace(0, 1, 11), **look)
        if values.min() < 0.5 < values.max():
            self.ax.contour(across, up, values, levels=[0.5], colors=INK, linewidths=1.5, zorder=2)
            self.ax.plot([], [], color=INK, label="border, ½")  # a contour has no entry in a legend
