"""Stochastic gradient descent on MNIST, mini-batch by mini-batch.

What each mini-batch shows the network, how far its gradient is off, and what the update does to
the hidden weights, the cost and the accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from nblib import mnist, validate
from nblib.drawing.axes import Axes
from nblib.drawing.numbers import num, signed
from nblib.drawing.pixels import SHARP
from nblib.drawing.scene import Element, Scene, circle, element, group, line, rect, text
from nblib.runs.mnist_run import HIDDEN, SIZES, Array, SGDRecord, run
from nblib.steppers.mnist_captions import NAME, SLOPE, captions
from nblib.steppers.mnist_images import CELLS, STRIP, digits, weight_strips
from nblib.widgets.explorer import Explorer, eta_slider

MINI_BATCH_SIZES = (1, 10, 100)

_LEFT: dict[str, Any] = {"text_anchor": "start"}


def scene(record: SGDRecord) -> Scene:
    """Return the scene of a run: one page before the first mini-batch, and one for each mini-batch.

    A page shows the images with the answers before the update, and the weights after it.
    """
    return Scene(
        [*_mini_batch(record), *_weights(record), *_dial(record), *_curves(record)],
        captions(record),
        width=740,
        height=460,
        title="Stochastic gradient descent on MNIST",
        telling=min(len(record), 30),
    )


_TILE, _PITCH = 56, 70  # an image, and the distance of two
# Browsers take the attribute and the style; resvg, which draws the still picture, only the style.


def _mini_batch(record: SGDRecord) -> list[Element]:
    n, m, shown = len(record), record.labels.shape[1], record.images.shape[1]
    some = f", the first {shown} of its {m} images" if m > shown else ""
    headings = [f"mini-batch {t} of {n}{some}" for t in range(1, n + 1)]
    explained = f"under each image: right or wrong before the update, and its own {SLOPE}"
    pictures = element(
        "image", href=["", *map(digits, record.images)], x=30, y=np.r_[np.nan, np.full(n, 28)],
        width=shown * _PITCH - (_PITCH - _TILE), height=_TILE, **SHARP,
    )  # fmt: skip
    return [
        text(30, 14, [f"{n} mini-batches of {m} will come here", *headings], **_LEFT, font_weight="bold"),
        text(30, 132, ["", *[explained] * n], size=11, fill="quiet", **_LEFT),
        pictures,
        *(part for i in range(shown) for part in _answer(record, i, 30 + _PITCH * i)),
    ]


def _answer(record: SGDRecord, i: int, left: float) -> list[Element]:
    """Return the frame of image number i of the mini-batch and what stands under it."""
    said, label = record.answers[:, i], record.labels[:, i]
    right = said == label
    verdicts = [f"✓ {a}" if a == y else f"✗ {a}, is {y}" for a, y in zip(said, label, strict=True)]
    slopes = [signed(s, 4) if np.isfinite(s) else "" for s in record.slopes[:, i]]
    middle = left + _TILE / 2
    frame = rect(
        left, 28, _TILE, _TILE, fill="none", stroke="ink",
        stroke_width=np.r_[np.nan, np.where(right, 1, 2)],
        stroke_dasharray=["none", *np.where(right, "none", "5 3").tolist()],
    )  # fmt: skip
    return [
        frame,
        text(middle, 96, ["", *verdicts], size=12),
        text(middle, 112, ["", *slopes], size=11, fill="quiet"),
    ]


_CELL = 4  # the size of a cell of the weights
_GRID = Axes(30, 166, (CELLS - 1) * _CELL, (CELLS - 1) * _CELL, (0, CELLS - 1), (0, CELLS - 1))


def _weights(record: SGDRecord) -> list[Element]:
    left, top, size, tile, pitch = _GRID.left, _GRID.top, _GRID.width, 14 * _CELL, 15 * _CELL
    corners = [(left + pitch * (j % 4), top + pitch * (j // 4)) for j in range(SIZES[1])]
    x, y = corners[HIDDEN]
    legend = [
        "+ blue, solid; − orange, striped",
        "a cell: the mean of 2 × 2 pixels' weights",
        f"framed: neuron {HIDDEN} of 0 to 15, where {NAME} begins",
    ]
    return [
        text(left, 154, "hidden weights, after the update", font_weight="bold", **_LEFT),
        *(rect(*corner, tile, tile, fill="white", stroke="grid") for corner in corners),
        _weight_pictures(record),
        rect(x - 1, y - 1, tile + 2, tile + 2, fill="none", stroke="mark", stroke_width=3),
        *(
            text(left, top + size + 12 + 15 * i, words, 11, fill="quiet", **_LEFT)
            for i, words in enumerate(legend)
        ),
    ]


def _weight_pictures(record: SGDRecord) -> Element:
    """Return strips of pages behind a window: each page moves its own part into it."""
    strip, place = np.divmod(np.arange(len(record) + 1), STRIP)
    strips = weight_strips(record.hidden_weights)
    pictures = element(
        "image", href=[strips[i] for i in strip], x=_GRID.x(-CELLS * place), y=_GRID.top,
        width=STRIP * CELLS * _CELL, height=CELLS * _CELL, preserveAspectRatio="none", **SHARP,
    )  # fmt: skip
    return _GRID.clip("weights", pictures)


def _dial(record: SGDRecord) -> list[Element]:
    """Return the two gradients as arrows: G straight downhill, g turned away from it by the angle."""
    x, y, r = 372, 240, 60
    known = np.r_[False, np.isfinite(record.angle)]
    degrees = np.where(known, np.r_[0, record.angle], 0)
    half = element("path", d=f"M{x} {y + r} A{r} {r} 0 0 0 {x} {y - r} Z", fill="none", stroke="grid")
    arrow = f"M{x} {y} V{y + r - 8} M{x - 6} {y + r - 9} H{x + 6} L{x} {y + r} Z"
    turned = element(
        "path", d=arrow, fill="positive", stroke="positive", stroke_width=np.where(known, 3, np.nan),
        transform=[f"rotate({-d:.1f} {x} {y})" for d in degrees],
    )  # fmt: skip
    said = [f"mini-batch: {num(d, 0)}°" if on else "" for d, on in zip(degrees, known, strict=True)]
    return [
        text(300, 154, "two ways downhill", font_weight="bold", **_LEFT),
        half,
        line(x, y, x + r, y, stroke="quiet", stroke_dasharray="3 4"),
        text(x + r + 6, y, "90°", size=11, fill="quiet", **_LEFT),
        text(x - 6, y - r + 6, "180°, uphill", size=11, fill="quiet", text_anchor="end"),
        element("path", d=arrow, fill="ink", stroke="ink", stroke_width=2),
        text(x - 8, y + r - 4, f"{record.n_sample:,} images", size=11, text_anchor="end"),
        turned,
        text(x + r - 6, y - r + 6, said, size=11, fill="positive", **_LEFT),
    ]


def _curves(record: SGDRecord) -> list[Element]:
    n = len(record)
    cost, angle = (np.r_[np.nan, values] for values in (record.cost, record.angle))  # none before the first
    known = np.r_[1.0, cost, record.measured_cost]
    costs = Axes(556, 166, 168, 96, (0, n), (0, 1.05 * known[np.isfinite(known)].max()))
    angles = Axes(346, 326, 138, 90, (0, n), (0, 180))
    shares = Axes(556, 326, 168, 90, (0, n), (0, 100))
    places = zip(np.asarray(costs.x(np.arange(n + 1))), np.asarray(costs.y(cost)), strict=True)
    dots = [circle(x, y, 1.8, fill="ink") for x, y in places if np.isfinite(y)]
    right_angle = line(
        angles.x(0), angles.y(90), angles.x(n), angles.y(90), stroke="quiet", stroke_dasharray="3 4"
    )
    return [
        text(726, 154, f"dots: mini-batch, line: {record.n_measured} images", 11, text_anchor="end"),
        *_curve(costs, "cost", record.measured_cost, *dots),
        right_angle,
        *_curve(angles, "angle, degrees", angle),
        *_curve(shares, "accuracy, %", 100 * record.right / record.n_measured),
    ]


def _curve(axes: Axes, label: str, values: Array, *dots: Element) -> list[Element]:
    """Return axes, the line and the dots as far as the present page, and a ring at its point."""
    x, y = np.asarray(axes.x(np.arange(len(values)))), np.asarray(axes.y(values))
    name = label.split(",")[0]
    past = rect(axes.left, axes.top - 5, x - axes.left + 2.5, axes.height + 10)
    drawn = element("path", d=_path(x, y), fill="none", stroke="positive", stroke_width=1.8)
    return [
        axes.frame("mini-batches", label, ticks=4),
        element("clipPath", past, id=name),
        group(drawn, *dots, clip_path=f"url(#{name})"),
        circle(x, y, 5, fill="none", stroke="ink", stroke_width=2),
    ]


def _path(x: Array, y: Array) -> str:
    """Return a line through the points, with gaps where there is none."""
    known = np.isfinite(y)
    pens = np.where(np.r_[False, known[:-1]], "L", "M")
    points = zip(pens[known], x[known], y[known], strict=True)
    return " ".join(f"{pen}{across:.1f} {up:.1f}" for pen, across, up in points)


# -- the explorer ---------------------------------------------------------------------------------


def explorer(data: mnist.MNIST, eta: float = 0.5, mini_batch_size: int = 10, seed: int = 0) -> Explorer:
    """Return the stepper of the first 50 mini-batches, with η and the mini-batch size to choose.

    Parameters
    ----------
    data : MNIST
        What ``mnist.load()`` returned. The first 50,000 training images are learned from; the rest
        is for validation.
    eta : float
        The learning rate η, 0.01 to 10; used to two significant digits.
    mini_batch_size : {1, 10, 100}
    seed : int
        Seed of the weights and of the order of the images.
    """
    if not isinstance(data, mnist.MNIST):
        raise TypeError(f"data must be what mnist.load() returns, got {type(data).__name__}")
    eta = validate.positive("eta", eta)
    if mini_batch_size not in MINI_BATCH_SIZES:
        raise ValueError(f"mini_batch_size must be one of {MINI_BATCH_SIZES}, got {mini_batch_size!r}")
    settings = {
        "eta": eta_slider(eta, most=10),
        "mini_batch_size": ipywidgets.Dropdown(
            options=MINI_BATCH_SIZES, value=mini_batch_size, description="mini-batch"
        ),
    }
    return Explorer(_build(data), settings, seeded=True, seed=seed)


def _build(data: mnist.MNIST) -> Callable[..., Scene]:
    training = data.x_train[:50_000], data.y_train[:50_000]
    validation = data.x_train[50_000:], data.y_train[50_000:]

    def build(eta: float, mini_batch_size: int, seed: int) -> Scene:
        eta = float(f"{eta:.2g}")  # as the slider shows it
        return scene(run(*training, validation, eta=eta, mini_batch_size=mini_batch_size, seed=seed))

    return build
