"""What stands beside the network in the flip-book of backpropagation: its outputs, and the cost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nblib.drawing.axes import Axes
from nblib.drawing.numbers import num
from nblib.drawing.panels import plane, track
from nblib.drawing.pixels import CLEAR, NEGATIVE, POSITIVE, SHARP, Colour, borders, data_uri
from nblib.drawing.scene import Element, element, note, text
from nblib.steppers.backprop_captions import activation_name, describe_inputs
from nblib.steppers.backprop_pages import Book
from nblib.steppers.pages import where


def surface(book: Book, left: float) -> Iterator[Element]:
    """Yield the output over the plane of the two inputs, with the examples."""
    record = book.record
    low, high = float(min(-0.5, record.x.min() - 0.5)), float(max(1.5, record.x.max() + 0.5))
    axes = Axes(left, 38, 150, 150, (low, high), (low, high))
    place = {"x": where(book.shown, left), "y": axes.top, "width": axes.width, "height": axes.height}
    image = element("image", href=_surfaces(book, axes), **place, **SHARP)
    title, here = f"output {activation_name(book.L, 0)}", record.x[book.example]
    yield from plane(axes, record.x, record.y[:, 0], image, here=tuple(here), title=title, ticks=4, r=5)
    for i, (x1, x2) in enumerate(record.x):
        outputs = book.pages.written(record.activations[-1][:, i, 0], book.shown)
        yield note(axes.x(x1), axes.y(x2) - 19, outputs)


_PIXELS = 24
_LEVELS = 15  # from 0 to 1; the one in the middle, ½, is clear. One more colour draws the border at ½.
_PALETTE: list[Colour] = [
    *((*NEGATIVE, round(220 * depth / 7)) for depth in range(7, 0, -1)),
    CLEAR,
    *((*POSITIVE, round(220 * depth / 7)) for depth in range(1, 8)),
    (0x80, 0x80, 0x80, 255),
]


def _surfaces(book: Book, axes: Axes) -> list[str]:
    """Return the first output over the plane, page by page: from 0 (orange) over ½ (clear) to 1 (blue)."""
    low, high = axes.xlim
    across = low + (np.arange(_PIXELS) + 0.5) / _PIXELS * (high - low)
    a = np.stack(np.meshgrid(across, across[::-1]), axis=-1).reshape(-1, 2)
    rows, page = np.unique(book.pages.row, return_inverse=True)
    with np.errstate(all="ignore"):
        for w, b in zip(book.record.weights, book.record.biases, strict=True):
            a = book.f.function(a @ w[rows].transpose(0, 2, 1) + b[rows, None])
    outputs = a[:, :, 0].reshape(-1, _PIXELS, _PIXELS)
    levels = np.round(np.clip(np.nan_to_num(outputs), 0, 1) * (_LEVELS - 1))
    images = [
        data_uri(np.where(borders(above), _LEVELS, level), _PALETTE)
        for above, level in zip(outputs > 0.5, levels, strict=True)
    ]
    return [images[i] for i in page]


def answers(book: Book, left: float) -> Iterator[Element]:
    """Yield the first outputs as a list: where there are not two inputs, there is no plane."""
    record = book.record
    yield text(left, 26, f"x → output {activation_name(book.L, 0)} (target)", size=12, text_anchor="start")
    for i, (x, y) in enumerate(zip(record.x[:8], record.y[:8, 0], strict=True)):
        outputs = book.pages.written(record.activations[-1][:, i, 0], book.shown)
        numbers = [f"{describe_inputs(x)} → {output or '?'} ({num(y, 0)})" for output in outputs]
        weight = "bold" if i == book.example else "normal"
        yield text(left, 48 + 20 * i, numbers, size=12, text_anchor="start", font_weight=weight)


def cost_curve(book: Book, left: float) -> Iterator[Element]:
    """Yield the mean cost over all updates, and where this page stands."""
    cost = where(book.fine, book.record.costs.mean(axis=1))
    top = 1.15 * max(np.nanmax(cost, initial=0.0), 1e-3)
    axes = Axes(left, 285, 150, 120, (0, book.record.n_updates), (0, float(top)))
    yield axes.frame("updates", "mean cost", ticks=4)
    yield from track(axes, "cost", cost, book.pages.row, ahead=True)
    now = book.pages.written(cost, book.shown, lambda c: f"now {num(c, 4)}")
    yield text(left + 150, 270, now, size=12, text_anchor="end")
