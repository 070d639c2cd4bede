"""Plots that one reads: points and lines in the plane, curves, cost surfaces, images, tables of counts.

Every function takes what the maths modules return, and an alternative text `alt` that says what
there is to see, and returns a `Picture`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from nblib.drawing.numbers import signed
from nblib.drawing.picture import BLUE, GREEN, GREY, INK, ORANGE, Picture, bare, canvas
from nblib.perceptron import PerceptronRecord

Line = tuple[ArrayLike, float]
SIGNED = LinearSegmentedColormap.from_list("signed", [ORANGE, "#ffffff", BLUE])
"""Orange for negative, white for zero, blue for positive."""


def curves(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    title: str = "",
    marks: Mapping[str, tuple[float, float]] | None = None,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    log: bool = False,
    counted: bool = False,
) -> Picture:
    """Draw curves in one plot.

    Parameters
    ----------
    lines : mapping of label to (x, y)
        Each with its own colour and dash.
    marks : mapping of text to (x, y), optional
        Points to mark, with a word at each.
    log : bool
        Whether the vertical axis is logarithmic.
    counted : bool
        Whether the horizontal axis counts something, so that only whole numbers stand at it.
    """
    with canvas() as (figure, axes):
        ax = axes[0, 0]
        for label, (x, y) in lines.items():
            ax.plot(x, y, label=label)
        for text, (x, y) in (marks or {}).items():
            ax.plot(x, y, "o", color=INK, zorder=5)
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
            ax.annotate(text, (x, y), textcoords="offset points", xytext=(7, 6), fontsize=9, bbox=box)
        if log:
            ax.set_yscale("log")  # before the limits, which matplotlib fixes as soon as they are set
        ax.set(xlabel=xlabel, ylabel=ylabel, title=title, xlim=xlim, ylim=ylim)
        if counted:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(lines) > 1:
            ax.legend()
        return Picture(figure, alt)


def bars(
    values: Sequence[float],
    labels: Sequence[Any] | None = None,
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    title: str = "",
    highlight: int | None = None,
    by_sign: bool = False,
) -> Picture:
    """Draw one bar per value; the one at `highlight` is drawn in orange and hatched.

    With `by_sign` the colours say the sign instead: blue upwards, orange and hatched downwards.
    """
    with canvas(height=2.8) as (figure, axes):
        ax = axes[0, 0]
        places = np.arange(len(values))
        drawn = ax.bar(places, values, color=BLUE)
        if highlight is not None:
            drawn[highlight].set(color=ORANGE, hatch="//", edgecolor="white")
        if by_sign:
            ax.axhline(0, color=INK, linewidth=0.8)
            for bar, value in zip(drawn, values, strict=True):
                if value < 0:
                    bar.set(facecolor=ORANGE, hatch="//", edgecolor="white")
        ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
        if labels is None:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        else:
            ax.set_xticks(places, [str(label) for label in labels])
        ax.grid(False, axis="x")
        return Picture(figure, alt)


def spread(values: Mapping[str, Sequence[float]], *, alt: str, xlabel: str, title: str = "") -> Picture:
    """Draw what repeated runs reached: a row for each label, a ring for each run, a bar at their mean."""
    with canvas(height=0.9 + 0.32 * len(values)) as (figure, axes):
        ax = axes[0, 0]
        for row, runs in enumerate(values.values()):
            ax.plot([min(runs), max(runs)], [row, row], "-", color=GREY, linewidth=1.2)
            ax.plot(runs, [row] * len(runs), "o", color=BLUE, markerfacecolor="white", markersize=6)
            ax.plot(np.mean(runs), row, "|", color=INK, markersize=16, markeredgewidth=2)
        ax.set_yticks(range(len(values)), list(values))
        ax.invert_yaxis()
        ax.set(xlabel=xlabel, title=title)
        ax.grid(False, axis="y")
        return Picture(figure, alt)


def tangents(
    functions: Mapping[str, tuple[Callable[[NDArray[np.float64]], ArrayLike], float, float]],
    *,
    alt: str,
    xlabels: Sequence[str],
    ylabels: Sequence[str],
    reach: Sequence[float],
) -> Picture:
    """Draw functions side by side, each with a point on it and a tangent there.

    The tangent has the slope that is given, whatever the function does: a wrong slope cuts the curve.

    Parameters
    ----------
    functions : mapping of title to (function, x, slope)
        Each function takes an array and returns one of the same shape.
    xlabels, ylabels : sequence of str
        One for each function.
    reach : sequence of float
        How far each curve is drawn to both sides of its point.
    """
    with canvas(1, len(functions), width=3.0 * len(functions), height=2.9) as (figure, axes):
        for ax, (title, (function, x, slope)), xlabel, ylabel, far in zip(
            axes.flat, functions.items(), xlabels, ylabels, reach, strict=True
        ):
            across, near = np.linspace(x - far, x + far, 200), np.array([-0.55, 0.55]) * far
            y = float(np.asarray(function(np.array([x])))[0])
            color, dash = (BLUE, "-") if slope >= 0 else (ORANGE, "--")
            ax.plot(across, function(across), "-", color=GREY)
            ax.plot(x + near, y + slope * near, dash, color=color, linewidth=2.4)
            ax.plot(x, y, "o", color=INK, zorder=5)
            ax.set(xlabel=xlabel, ylabel=ylabel, title=f"{title}\nslope {signed(slope, 3)}")
        return Picture(figure, alt)


def plane(
    x: ArrayLike,
    y: ArrayLike,
    *,
    alt: str,
    lines: Mapping[str, Line] | None = None,
    answer: Callable[[NDArray[np.float64]], ArrayLike] | None = None,
    ring: int | None = None,
    normal: bool = False,
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    title: str = "",
) -> Picture:
    """Draw labelled points of the plane, and what a unit or a network makes of the plane.

    Parameters
    ----------
    x, y : array_like, shapes (n, 2) and (n,)
        Points and labels; label 1 is a blue disc, label 0 an orange square.
    lines : mapping of label to (weights, bias), optional
        Lines w·x + b = 0; side 1 is shaded where there is just one.
    answer : callable, optional
        Takes rows (m, 2) and returns a number from 0 to 1 for each: the background.
    ring : int, optional
        The row of `x` to put a ring around.
    normal : bool
        Whether to draw the normal w of each line.
    """
    with canvas(width=4.6, height=4.2) as (figure, axes):
        ax = axes[0, 0]
        _plane(ax, x, y, lines=lines, answer=answer, ring=ring, normal=normal)
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
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    side = min(3.4, 8.8 / columns)
    entries = 2 + max(len(panel.get("lines") or {}) for panel in panels.values())
    height = side + 0.35 + 0.17 * entries
    with canvas(rows, columns, width=side * columns, height=height * rows) as (figure, axes):
        for ax, (title, panel) in zip(axes.flat, panels.items(), strict=False):
            xlabel, ylabel = panel.get("xlabel", "x₁"), panel.get("ylabel", "x₂")
            _plane(ax, **{key: value for key, value in panel.items() if key not in ("xlabel", "ylabel")})
            ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
            ax.locator_params(nbins=5)
            below = -0.48 / (side - 0.75)  # clear of the label of the axis
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, below), fontsize=8, borderaxespad=0)
        for ax in axes.flat[len(panels) :]:
            ax.set_visible(False)
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
    """
    rows = -(-len(steps) // columns)
    low, high = _limits(record.x)
    with canvas(rows, columns, width=2.6 * columns, height=2.8 * rows) as (figure, axes):
        for ax, t in zip(axes.flat, steps, strict=False):
            _points(ax, record.x, record.y, int(record.example[t]), size=22)
            if record.error[t]:
                _line(ax, record.weights[t], record.biases[t], low, high, "before", 1, shade=False)
            _line(ax, record.weights[t + 1], record.biases[t + 1], low, high, "after", 0, shade=True)
            verdict = "right" if not record.error[t] else f"wrong: y − ŷ = {signed(record.error[t], 0)}"
            ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), title=f"step {t + 1}: {verdict}")
            ax.set_aspect("equal")
            ax.label_outer()
        for ax in axes.flat[len(steps) :]:
            ax.set_visible(False)
        figure.supxlabel("x₁", fontsize=10)
        figure.supylabel("x₂", fontsize=10)
        return Picture(figure, alt)


def surface(
    grid: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    paths: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    title: str = "",
) -> Picture:
    """Draw a cost as contour lines over two parameters, with the paths of descents on it.

    Parameters
    ----------
    grid : tuple of (x, y, cost)
        Shapes (m,), (n,) and (n, m), as ``np.meshgrid(x, y)`` would fill them.
    paths : mapping of label to (x, y), optional
        Each with a ring at its start and a dot at each step.
    """
    x, y, cost = (np.asarray(part, float) for part in grid)
    if paths and len(paths) > 4:
        raise ValueError(f"paths must be at most 4, to tell them apart, got {len(paths)}")
    with canvas(width=5.8, height=4.2) as (figure, axes):
        ax = axes[0, 0]
        filled = ax.contourf(x, y, cost, levels=20, cmap="Greys", alpha=0.75)
        ax.contour(x, y, cost, levels=20, colors="white", linewidths=0.4)
        looks = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (INK, ":"))
        for (color, dash), (label, (px, py)) in zip(looks, (paths or {}).items(), strict=False):
            px, py = np.asarray(px, float), np.asarray(py, float)
            ax.plot(px, py, dash, marker="o", markersize=3, color=color, label=label)
            ax.plot(px[0], py[0], "o", markersize=11, markerfacecolor="none", markeredgecolor=color)
        figure.colorbar(filled, ax=ax, label="cost C")
        ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
        ax.set_xlim(x.min(), x.max())
        ax.set_ylim(y.min(), y.max())
        ax.grid(False)
        if paths:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
        return Picture(figure, alt)


def images(
    rows: ArrayLike,
    *,
    alt: str,
    titles: Sequence[str] | None = None,
    columns: int = 10,
    shape: tuple[int, int] | None = None,
    title: str = "",
    width: float = 6.8,
) -> Picture:
    """Draw images, one per row of pixels: 0 is white, 1 is black.

    Parameters
    ----------
    rows : array_like, shape (n, pixels)
    titles : sequence of str, optional
        One above each image.
    shape : (height, width), optional
        By default the images are square.
    """
    pictures = _as_images(rows, shape)
    return _grid(
        pictures,
        columns,
        titles,
        alt,
        title,
        lambda ax, image: ax.imshow(image, cmap="Greys", vmin=0, vmax=1),
        width,
    )


def weights(
    rows: ArrayLike,
    *,
    alt: str,
    titles: Sequence[str] | None = None,
    columns: int = 8,
    shape: tuple[int, int] | None = None,
    title: str = "",
    width: float = 6.8,
    outline: ArrayLike | None = None,
) -> Picture:
    """Draw weights as images: blue and + where positive, orange and − where negative, white at zero.

    Each image has its own scale. Images of up to 25 pixels carry their numbers; in larger ones
    the weights above half of the largest are marked with their sign.

    Parameters
    ----------
    rows : array_like, shape (n, pixels)
    outline : array_like, shape (pixels,), optional
        One image, 0 to 1, whose outline at ½ is drawn over each.
    """
    pictures = _as_images(rows, shape)
    if outline is None:
        return _grid(pictures, columns, titles, alt, title, _signed_image, width)
    drawn = np.asarray(outline, float)
    if drawn.shape != (pictures[0].size,):
        raise ValueError(f"outline must be one image of {pictures[0].size} pixels, got shape {drawn.shape}")
    over = drawn.reshape(pictures[0].shape)

    def draw(ax: Axes, image: NDArray[np.float64]) -> None:
        _signed_image(ax, image)
        if over.min() < 0.5 < over.max():
            ax.contour(over, levels=[0.5], colors=INK, linewidths=1)

    return _grid(pictures, columns, titles, alt, title, draw, width)


def confusion(matrix: ArrayLike, *, alt: str, title: str = "") -> Picture:
    """Draw a table of counts: rows are the true digits, columns the answers; the diagonal is right.

    Parameters
    ----------
    matrix : array_like of int, shape (k, k)
    """
    counts = np.asarray(matrix)
    k = len(counts)
    wrong = np.where(np.eye(k, dtype=bool), 0, counts)
    with canvas(width=5.4, height=5.0) as (figure, axes):
        ax = axes[0, 0]
        ax.imshow(wrong, cmap=LinearSegmentedColormap.from_list("wrong", ["#ffffff", ORANGE]))
        for i, j in np.ndindex(k, k):
            weight = "bold" if i == j else "normal"
            ax.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=8, fontweight=weight)
        ax.set(xlabel="answer of the network", ylabel="true digit", title=title)
        ax.set_xticks(range(k))
        ax.set_yticks(range(k))
        ax.grid(False)
        return Picture(figure, alt)


# -- pieces -----------------------------------------------------------------------------------


def _plane(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    *,
    lines: Mapping[str, Line] | None = None,
    answer: Callable[[NDArray[np.float64]], ArrayLike] | None = None,
    ring: int | None = None,
    normal: bool = False,
) -> None:
    points, labels = np.asarray(x, float), np.asarray(y)
    low, high = _limits(points)
    if answer is not None:
        _background(ax, answer, low, high)
    _points(ax, points, labels, ring)
    for i, (label, (weights, bias)) in enumerate((lines or {}).items()):
        w = np.asarray(weights, float)
        _line(ax, w, float(bias), low, high, label, i, shade=len(lines or {}) == 1)
        if normal and w.any():
            _normal(ax, w, float(bias))
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set_aspect("equal")


def _limits(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = points.min(axis=0), points.max(axis=0)
    edge = 0.15 * np.maximum(high - low, 1e-9).max()
    return low - edge, high + edge


def _points(
    ax: Axes, points: NDArray[np.float64], labels: NDArray[Any], ring: int | None, size: float = 36
) -> None:
    for label, color, marker in ((1, BLUE, "o"), (0, ORANGE, "s")):
        chosen = points[labels == label]
        ax.scatter(
            *chosen.T, color=color, marker=marker, s=size, label=f"y = {label}", zorder=4, edgecolor="white"
        )
    if ring is not None:
        ax.scatter(*points[ring], s=5 * size, facecolor="none", edgecolor=INK, linewidth=1.6, zorder=5)


def _line(
    ax: Axes,
    w: NDArray[np.float64],
    b: float,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    label: str,
    style: int,
    shade: bool,
) -> None:
    if not w.any():
        return  # with zero weights there is no line
    middle = (low + high) / 2
    foot = middle - (w @ middle + b) / (w @ w) * w  # the point of the line nearest to the middle
    along = np.array([-w[1], w[0]]) / np.linalg.norm(w) * 2 * np.linalg.norm(high - low)
    ends = np.array([foot - along, foot + along])
    color, dash = ((INK, "-"), (GREY, "--"), (BLUE, "-."), (ORANGE, ":"))[style % 4]
    ax.plot(*ends.T, dash, color=color, label=label, zorder=3)
    if shade:
        side = w / np.linalg.norm(w) * 4 * np.linalg.norm(high - low)
        ax.fill(*np.array([*ends, ends[1] + side, ends[0] + side]).T, color=BLUE, alpha=0.08, zorder=0)


def _normal(ax: Axes, w: NDArray[np.float64], b: float) -> None:
    foot = -b / (w @ w) * w
    ax.annotate("", foot + w, foot, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.6}, zorder=6)
    ax.annotate("w", foot + w, textcoords="offset points", xytext=(5, 4), fontweight="bold")


def _background(
    ax: Axes,
    answer: Callable[[NDArray[np.float64]], ArrayLike],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    across, up = np.linspace(low[0], high[0], 120), np.linspace(low[1], high[1], 120)
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    values = np.asarray(answer(grid.reshape(-1, 2)), float).reshape(120, 120)
    ax.contourf(across, up, values, levels=np.linspace(0, 1, 11), cmap=SIGNED, alpha=0.45, zorder=0)
    if values.min() < 0.5 < values.max():
        ax.contour(across, up, values, levels=[0.5], colors=INK, linewidths=1.5, zorder=2)


def _as_images(rows: ArrayLike, shape: tuple[int, int] | None) -> NDArray[np.float64]:
    rows = np.atleast_2d(np.asarray(rows, float))
    side = round(rows.shape[1] ** 0.5)
    height, width = shape or (side, side)
    if height * width != rows.shape[1]:
        raise ValueError(f"rows must have {height} × {width} pixels, got {rows.shape[1]}; give the shape")
    return rows.reshape(-1, height, width)


def _grid(
    pictures: NDArray[np.float64],
    columns: int,
    titles: Sequence[str] | None,
    alt: str,
    title: str,
    draw: Callable[[Axes, NDArray[np.float64]], Any],
    width: float,
) -> Picture:
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    side = width / columns
    heading = 0.25 if titles else 0
    height = rows * (side * pictures.shape[1] / pictures.shape[2] + heading) + (0.35 if title else 0)
    with canvas(rows, columns, width=width, height=height) as (figure, axes):
        for ax in axes.flat:
            bare(ax)
        for i, image in enumerate(pictures):
            draw(axes.flat[i], image)
            if titles:
                axes.flat[i].set_title(titles[i], fontsize=9, pad=3)
        if title:
            figure.suptitle(title, fontsize=11)
        return Picture(figure, alt)


def _signed_image(ax: Axes, image: NDArray[np.float64]) -> None:
    largest = max(np.abs(image).max(), 1e-12)
    ax.imshow(image, cmap=SIGNED, norm=TwoSlopeNorm(0, -largest, largest))
    if image.size <= 25:
        digits = 0 if (image == image.round()).all() else 2
        for (i, j), value in np.ndenumerate(image):
            color = "white" if abs(value) > 0.6 * largest else INK
            ax.text(j, i, signed(value, digits), ha="center", va="center", color=color, fontsize=9)
        return
    for sign, marker in ((1, "+"), (-1, "_")):
        i, j = np.nonzero(sign * image > largest / 2)
        ax.scatter(j, i, marker=marker, s=6, color=INK, linewidth=0.6)
