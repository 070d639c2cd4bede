"""Plots that one reads: curves, bars, cost surfaces, images, tables of counts, points in the plane.

Every function takes what the maths modules return, and an alternative text `alt` that says what
there is to see, and returns a `Picture`.

Raises
------
ValueError, TypeError
    By every function, if an argument is not as described; of `surface`, also if there are more than four
    paths, of `images` and `weights`, if the rows have another number of pixels than `shape`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.drawing import figure_data
from nblib.drawing.numbers import signed
from nblib.drawing.picture import BLUE, GREY, INK, ORANGE, Picture, bare, canvas
from nblib.drawing.plane_figures import SIGNED
from nblib.drawing.plane_figures import perceptron_steps as perceptron_steps
from nblib.drawing.plane_figures import plane as plane
from nblib.drawing.plane_figures import planes as planes

# -- curves, bars, surfaces -----------------------------------------------------------------------


def curves(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    marks: Mapping[str, tuple[float, float]] | None = None,
    log: bool = False,
    counted: bool = False,
    **more: Any,
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
    drawn = figure_data.by_label("lines", lines, "label: (x, y)", figure_data.points)
    marked = figure_data.by_label("marks", marks or {}, "text: (x, y)", figure_data.points)
    with canvas() as (figure, axes):
        ax = axes[0, 0]
        for label, (x, y) in drawn.items():
            ax.plot(x, y, label=label)
        for text, (x, y) in marked.items():
            ax.plot(x, y, "o", color=INK, zorder=5)
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
            ax.annotate(text, (x, y), textcoords="offset points", xytext=(7, 6), fontsize=9, bbox=box)
        if log:
            ax.set_yscale("log")  # before the limits, which matplotlib fixes as soon as they are set
        ax.set(xlabel=xlabel, ylabel=ylabel, **more)
        if counted:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(lines) > 1:
            ax.legend()
        return Picture(figure, alt)


def bars(
    values: Sequence[float],
    names: Sequence[Any] | None = None,
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    highlight: int | None = None,
    by_sign: bool = False,
    **more: Any,
) -> Picture:
    """Draw one bar per value, with its name below; the one at `highlight` is orange and hatched.

    With `by_sign` the colours say the sign instead: blue upwards, orange and hatched downwards.
    """
    values = validate.vector("values", values)
    if names is not None:
        validate.same_length("values", values, "names", validate.listed("names", names, "names"))
    if highlight is not None:
        figure_data.place("highlight", highlight, len(values))
    with canvas(height=2.8) as (figure, axes):
        ax = axes[0, 0]
        places = np.arange(len(values))
        for i, bar in enumerate(ax.bar(places, values, color=BLUE)):
            if i == highlight or (by_sign and values[i] < 0):
                bar.set(facecolor=ORANGE, hatch="//", edgecolor="white")
        if by_sign:
            ax.axhline(0, color=INK, linewidth=0.8)
        if names is None:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        else:
            ax.set_xticks(places, [str(name) for name in names])
        ax.grid(False, axis="x")
        ax.set(xlabel=xlabel, ylabel=ylabel, **more)
        return Picture(figure, alt)


def spread(values: Mapping[str, Sequence[float]], *, alt: str, xlabel: str, title: str = "") -> Picture:
    """Draw what repeated runs reached: a row for each label, a ring for each run, a bar at their mean."""
    values = figure_data.by_label("values", values, "label: what each run reached", validate.vector)
    with canvas(height=0.9 + 0.32 * len(values)) as (figure, axes):
        ax = axes[0, 0]
        for row, runs in enumerate(values.values()):
            ax.plot([min(runs), max(runs)], [row, row], "-", color=GREY, linewidth=1.2)
            ax.plot(runs, [row] * len(runs), "o", color=BLUE, markerfacecolor="white", markersize=6)
            ax.plot(np.mean(runs), row, "|", color=INK, markersize=16, markeredgewidth=2)
        ax.set_yticks(range(len(values)), list(values))
        ax.invert_yaxis()
        ax.grid(False, axis="y")
        ax.set(xlabel=xlabel, title=title)
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
    functions = figure_data.by_label(
        "functions", functions, "title: (function, x, slope)", figure_data.tangent
    )
    reach = validate.vector("reach", reach, len(functions))
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


def surface(
    grid: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    paths: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    **more: Any,
) -> Picture:
    """Draw a cost as contour lines over two parameters, with the paths of descents on it.

    Parameters
    ----------
    grid : tuple of (x, y, cost)
        Shapes (m,), (n,) and (n, m), as ``np.meshgrid(x, y)`` would fill them.
    paths : mapping of label to (x, y), optional
        Each with a ring at its start and a dot at each step, in the colours and dashes in which `curves`
        draws as many lines.
    """
    x, y, cost = figure_data.grid("grid", grid)
    paths = figure_data.by_label("paths", paths or {}, "label: (x, y)", figure_data.points)
    if len(paths) > 4:
        raise ValueError(f"paths must be at most 4, to tell them apart, got {len(paths)}")
    with canvas(width=5.8, height=4.2) as (figure, axes):
        ax = axes[0, 0]
        filled = ax.contourf(x, y, cost, levels=20, cmap="Greys", alpha=0.75)
        ax.contour(x, y, cost, levels=20, colors="white", linewidths=0.4)
        for label, (px, py) in paths.items():
            ax.plot(px, py, marker="o", markersize=3, label=label)
        for start in {(px[0], py[0]) for px, py in paths.values()}:  # a ring for all that begin there
            ax.plot(*start, "o", markersize=11, markerfacecolor="none", markeredgecolor=INK)
        figure.colorbar(filled, ax=ax, label="cost C")
        ax.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()), xlabel=xlabel, ylabel=ylabel, **more)
        ax.grid(False)
        if paths:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
        return Picture(figure, alt)


# -- images and counts ----------------------------------------------------------------------------


def images(rows: ArrayLike, *, alt: str, columns: int = 10, **look: Any) -> Picture:
    """Draw images, one per row of pixels: 0 is white, 1 is black.

    Parameters
    ----------
    rows : array_like, shape (n, pixels)
    columns : int
        How many stand in a row.
    shape : (height, width), optional
        By default the images are square.
    titles : sequence of str, optional
        One above each image.
    title : str
        Of all.
    width : float
        Of all, in inches.
    frames : bool
        Whether each has a frame, for images in which the place of the ink is the point.
    """
    return _images(
        rows, lambda ax, image: ax.imshow(image, cmap="Greys", vmin=0, vmax=1), alt, columns, **look
    )


def weights(
    rows: ArrayLike, *, alt: str, columns: int = 8, outline: ArrayLike | None = None, **look: Any
) -> Picture:
    """Draw weights as images: blue and + where positive, orange and − where negative, white at zero.

    Each image has its own scale. Images of up to 25 pixels carry their numbers; in larger ones
    the weights above half of the largest are marked with their sign.

    Parameters
    ----------
    rows : array_like, shape (n, pixels)
    columns : int
        How many stand in a row.
    outline : array_like, shape (pixels,), optional
        One image, 0 to 1, whose outline at ½ is drawn over each.
    **look
        ``shape``, ``titles``, ``title`` and ``width``, as for `images`.
    """
    if outline is None:
        return _images(rows, _signed_image, alt, columns, **look)
    over, pixels = validate.finite("outline", outline), figure_data.images("rows", rows).shape[1]
    if over.shape != (pixels,):
        raise ValueError(f"outline must be one image of {pixels} pixels, got shape {over.shape}")

    def draw(ax: Axes, image: NDArray[np.float64]) -> None:
        _signed_image(ax, image)
        if over.min() < 0.5 < over.max():
            ax.contour(over.reshape(image.shape), levels=[0.5], colors=INK, linewidths=1)

    return _images(rows, draw, alt, columns, **look)


def confusion(matrix: ArrayLike, *, alt: str, title: str = "") -> Picture:
    """Draw a table of counts: rows are the true digits, columns the answers; the diagonal is right.

    Parameters
    ----------
    matrix : array_like of int, shape (k, k)
    """
    counts = figure_data.square("matrix", matrix)
    with canvas(width=5.4, height=5.0) as (figure, axes):
        ax = axes[0, 0]
        right = np.eye(len(counts), dtype=bool)
        oranges = LinearSegmentedColormap.from_list("wrong", ["#ffffff", ORANGE])
        ax.imshow(np.where(right, 0, counts), cmap=oranges)
        for (i, j), count in np.ndenumerate(counts):
            weight = "bold" if i == j else "normal"
            ax.text(j, i, str(count), ha="center", va="center", fontsize=8, fontweight=weight)
        ax.set(xlabel="answer of the network", ylabel="true digit", title=title)
        ax.set(xticks=range(len(counts)), yticks=range(len(counts)))
        ax.grid(False)
        return Picture(figure, alt)


def _images(
    rows: ArrayLike,
    draw: Callable[[Axes, NDArray[np.float64]], Any],
    alt: str,
    columns: int,
    shape: tuple[int, int] | None = None,
    titles: Sequence[str] | None = None,
    title: str = "",
    width: float = 6.8,
    frames: bool = False,
) -> Picture:
    rows, columns = figure_data.images("rows", rows), validate.whole("columns", columns, at_least=1)
    side = round(rows.shape[1] ** 0.5)
    high, wide = shape or (side, side)
    if high * wide != rows.shape[1]:
        raise ValueError(f"rows must have {high} × {wide} pixels, got {rows.shape[1]}; give the shape")
    columns = min(columns, len(rows))
    lines = ceil(len(rows) / columns)
    height = lines * (width / columns * high / wide + (0.25 if titles else 0)) + (0.35 if title else 0)
    with canvas(lines, columns, width=width, height=height) as (figure, axes):
        for i, (ax, row) in enumerate(zip(axes.flat, rows, strict=False)):
            bare(ax)
            ax.spines[:].set(visible=frames, color=GREY)
            draw(ax, row.reshape(high, wide))
            if titles:
                ax.set_title(titles[i], fontsize=9, pad=3)
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
