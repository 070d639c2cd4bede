"""What stands beside the network in the flip-book of backpropagation: its outputs, and the cost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nblib.drawing.axes import Axes
from nblib.drawing.heat import heat, places
from nblib.drawing.numbers import num
from nblib.drawing.panels import plane, track
from nblib.drawing.scene import Element, note, text
from nblib.steppers.backprop_captions import activation_name, describe_inputs
from nblib.steppers.backprop_pages import Book
from nblib.steppers.pages import where


def surface(book: Book, left: float) -> Iterator[Element]:
    """Yield the output over the plane of the two inputs, with the examples."""
    record = book.record
    low, high = float(min(-0.5, record.x.min() - 0.5)), float(max(1.5, record.x.max() + 0.5))
    axes = Axes(left, 38, 150, 150, (low, high), (low, high))
    rows, pages = np.unique(book.pages.row, return_inverse=True)
    image = heat(axes, _outputs(book, axes, rows), pages, where(book.shown, 1.0))
    title, here = f"output {activation_name(book.L, 0)}", record.x[book.example]
    yield from plane(axes, record.x, record.y[:, 0], image, here=tuple(here), title=title, ticks=4, r=5)
    for i, (x1, x2) in enumerate(record.x):
        outputs = book.pages.written(record.activations[-1][:, i, 0], book.shown)
        yield note(axes.x(x1), axes.y(x2) - 19, outputs)


def _outputs(book: Book, axes: Axes, rows: np.ndarray) -> np.ndarray:
    """Return the first output over the plane, for rows of the record."""
    a = places(axes)
    with np.errstate(all="ignore"):
        for w, b in zip(book.record.weights, book.record.biases, strict=True):
            a = book.f.function(a @ w[rows].transpose(0, 2, 1) + b[rows, None])
    return a[:, :, 0]


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
