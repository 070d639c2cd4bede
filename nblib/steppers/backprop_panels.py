"""What stands beside the network in the flip-book of backpropagation: its outputs, and the cost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nblib.drawing.axes import Axes
from nblib.drawing.marks import example_mark
from nblib.drawing.numbers import num
from nblib.drawing.pixels import CLEAR, SHARP, Colour, borders, data_uri
from nblib.drawing.scene import Element, circle, element, note, polyline, text, written
from nblib.runs.backprop_run import Array
from nblib.steppers.backprop_captions import activation_name, describe_inputs
from nblib.steppers.backprop_pages import Book


def plane(book: Book, left: float) -> Iterator[Element]:
    """Yield the output over the plane of the two inputs, with the examples."""
    record, rows = book.record, book.rows
    low, high = min(-0.5, record.x.min() - 0.5), max(1.5, record.x.max() + 0.5)
    axes = Axes(left, 38, 150, 150, (float(low), float(high)), (float(low), float(high)))
    fine = book.fine[rows]
    yield element(
        "image",
        href=_surfaces(book, axes),
        x=np.where(fine, axes.left, np.nan),
        y=axes.top,
        width=axes.width,
        height=axes.height,
        **SHARP,
    )
    yield axes.frame("x₁", "x₂", f"output {activation_name(book.L, 0)}", ticks=4)
    for i, place in enumerate(record.x):
        x, y = axes.x(place[0]), axes.y(place[1])
        if i == book.example:
            yield circle(x, y, 10, fill="none", stroke="ink", stroke_width=2)
        yield example_mark(x, y, record.y[i, 0], 5)
        yield note(x, y - 19, written(record.activations[-1][rows, i, 0], fine), size=12)


def _surfaces(book: Book, axes: Axes) -> list[str]:
    """Return a small image of the first output for each page, as data URIs."""
    pixels = 24
    centres = (np.arange(pixels) + 0.5) / pixels
    low, high = axes.xlim
    across = low + centres * (high - low)
    grid = np.stack(np.meshgrid(across, across[::-1]), axis=-1).reshape(-1, 2)
    rows, page = np.unique(book.rows, return_inverse=True)
    a = grid
    with np.errstate(all="ignore"):
        for w, b in zip(book.record.weights, book.record.biases, strict=True):
            a = book.f.function(a @ w[rows].transpose(0, 2, 1) + b[rows, None])
    images = [_image(surface) for surface in a[:, :, 0].reshape(-1, pixels, pixels)]
    return [images[i] for i in page]


_LEVELS = 15  # from 0 to 1; the one in the middle, ½, is clear. One more colour draws the border at ½.
_PALETTE: list[Colour] = [
    *((0xD5, 0x5E, 0x00, round(220 * depth / 7)) for depth in range(7, 0, -1)),
    CLEAR,
    *((0x00, 0x72, 0xB2, round(220 * depth / 7)) for depth in range(1, 8)),
    (0x80, 0x80, 0x80, 255),
]


def _image(surface: Array) -> str:
    """Return outputs from 0 (orange) over ½ (clear) to 1 (blue), with the border at ½, as a data URI."""
    level = np.round(np.clip(np.nan_to_num(surface), 0, 1) * (_LEVELS - 1))
    return data_uri(np.where(borders(surface > 0.5), _LEVELS, level), _PALETTE)


def answers(book: Book, left: float) -> Iterator[Element]:
    """Yield the first outputs as a list: where there are not two inputs, there is no plane."""
    record, fine = book.record, book.fine[book.rows]
    yield text(left, 26, f"x → output {activation_name(book.L, 0)} (target)", size=12, text_anchor="start")
    for i in range(min(len(record.x), 8)):
        a = record.activations[-1][book.rows, i, 0]
        before, after = f"{describe_inputs(record.x[i])} → ", f" ({num(record.y[i, 0], 0)})"
        numbers = [before + (num(v) if ok else "?") + after for v, ok in zip(a, fine, strict=True)]
        weight = "bold" if i == book.example else "normal"
        yield text(left, 48 + 20 * i, numbers, size=12, text_anchor="start", font_weight=weight)


def cost_curve(book: Book, left: float) -> Iterator[Element]:
    """Yield the mean cost over all updates, and where this page stands."""
    last = book.record.n_updates
    cost = np.where(book.fine, book.record.costs.mean(axis=1), np.nan)
    top = 1.15 * max(np.nanmax(cost, initial=0.0), 1e-3)
    axes = Axes(left, 285, 150, 120, (0, last), (0, float(top)))
    yield axes.frame("updates", "mean cost", ticks=4)
    steps = np.unique(np.linspace(0, last, 601).astype(int))
    steps = steps[book.fine[steps]]
    yield polyline(axes.x(steps), axes.y(cost[steps]), stroke="quiet", stroke_width=1.8)
    here = cost[book.rows]
    yield circle(axes.x(book.rows), axes.y(here), 5, fill="mark", stroke="paper")
    now = written(here, book.fine[book.rows], lambda c: f"now {num(c, 4)}")
    yield text(left + 150, 270, now, size=12, text_anchor="end")
