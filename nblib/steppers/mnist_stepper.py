"""Stochastic gradient descent on MNIST, mini-batch by mini-batch.

What each mini-batch shows the network, how far its gradient is off, and what the update does to
the hidden weights, the cost and the accuracy.
"""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

import ipywidgets
import numpy as np

from nblib import mnist, validate
from nblib.drawing.axes import Axes
from nblib.drawing.formula import Formula
from nblib.drawing.numbers import num, signed, sub
from nblib.drawing.panels import track
from nblib.drawing.scene import Caption, Element, Scene, Value, circle, element, line, rect, text
from nblib.runs.mnist_run import HIDDEN, OUTPUT, SHOWN, SIZES, Array, SGDRecord, run
from nblib.steppers.mnist_panels import (
    PITCH,
    TILE,
    digits,
    digits_picture,
    halved,
    levels,
    weights_picture,
    weights_uri,
)
from nblib.steppers.pages import Pages, where
from nblib.widgets.explorer import Explorer, eta_slider

MINI_BATCH_SIZES = (1, 10, 100)

_NAME = f"w²{sub(OUTPUT)},{sub(HIDDEN)}"
_SLOPE = f"∂C/∂{_NAME}"
_LEFT: dict[str, Any] = {"text_anchor": "start"}


def scene(record: SGDRecord) -> Scene:
    """Return the scene of a run: one page before the first mini-batch, and one for each mini-batch.

    A page shows the images with the answers before the update, and the weights after it.
    """
    pages = Pages.after(len(record))
    return Scene(
        [*_mini_batch(record, pages), *_weights(record), *_dial(record, pages), *_curves(record, pages)],
        [_start(record), *(_caption(record, t) for t in range(len(record)))],
        width=740,
        height=460,
        title="Stochastic gradient descent on MNIST",
        telling=min(len(record), 30),
    )


# -- the mini-batch -------------------------------------------------------------------------------


def _mini_batch(record: SGDRecord, pages: Pages) -> list[Element]:
    n, m, shown = len(record), record.labels.shape[1], record.images.shape[1]
    some = f", the first {shown} of its {m} images" if m > shown else ""
    headings = [f"mini-batch {t} of {n}{some}" for t in range(1, n + 1)]
    explained = f"under each image: right or wrong before the update, and its own {_SLOPE}"
    pictures = pages.of([digits(images) for images in record.images], none="")
    return [
        text(
            30, 14, pages.of(headings, f"{n} mini-batches of {m} will come here"), **_LEFT, font_weight="bold"
        ),
        text(30, 132, pages.of([explained] * n, ""), size=11, fill="quiet", **_LEFT),
        digits_picture(pictures, shown, x=30, y=pages.of([28] * n)),
        *(part for i in range(shown) for part in _answer(record, pages, i, 30 + PITCH * i)),
    ]


def _answer(record: SGDRecord, pages: Pages, i: int, left: float) -> list[Element]:
    """Return the frame of image number i of the mini-batch and what stands under it."""
    said, label = record.answers[:, i], record.labels[:, i]
    right, middle = said == label, left + TILE / 2
    verdicts = [f"✓ {a}" if a == y else f"✗ {a}, is {y}" for a, y in zip(said, label, strict=True)]
    slopes = record.slopes[:, i]
    asked = pages.written(slopes, pages.of(np.isfinite(slopes), False), lambda slope: signed(slope, 4))
    look = {
        "stroke_width": pages.of(np.where(right, 1, 2)),
        "stroke_dasharray": pages.of(np.where(right, "none", "5 3"), "none"),
    }
    return [
        rect(left, 28, TILE, TILE, fill="none", stroke="ink", **look),
        text(middle, 96, pages.of(verdicts, ""), size=12),
        text(middle, 112, asked, size=11, fill="quiet"),
    ]


# -- the hidden weights ---------------------------------------------------------------------------

_CELL = 4  # the size of a cell, which is the mean of 2 × 2 weights
_SIDE = 15 * _CELL  # from one tile to the next: 14 cells, and a gap as wide
_GRID = Axes(26, 164, 4 * _SIDE, 4 * _SIDE, (0, 4), (0, 4))
_STRIP = 4  # pages whose weights share an image: they differ little, so this is a third of the size


def _weights(record: SGDRecord) -> list[Element]:
    tile = 14 * _CELL
    corners = [(30 + _SIDE * (j % 4), 166 + _SIDE * (j // 4)) for j in range(SIZES[1])]
    x, y = corners[HIDDEN]
    legend = [
        "+ blue, solid; − orange, striped",
        "a cell: the mean of 2 × 2 pixels' weights",
        f"framed: neuron {HIDDEN} of 0 to 15, where {_NAME} begins",
    ]
    return [
        text(30, 154, "hidden weights, after the update", font_weight="bold", **_LEFT),
        *(rect(*corner, tile, tile, fill="paper", stroke="grid") for corner in corners),
        _weight_pictures(record),
        rect(x - 1, y - 1, tile + 2, tile + 2, fill="none", stroke="mark", stroke_width=3),
        *(text(30, 414 + 15 * i, words, 11, fill="quiet", **_LEFT) for i, words in enumerate(legend)),
    ]


def _weight_pictures(record: SGDRecord) -> Element:
    """Return strips of pages behind a window: each page moves its own part into it."""
    strip, place = np.divmod(np.arange(len(record) + 1), _STRIP)
    strips = _weight_strips(record.hidden_weights)
    left = _GRID.x(-4 * place)
    pictures = weights_picture(
        [strips[i] for i in strip], left, _GRID.top, _STRIP * _GRID.width, _GRID.height
    )
    return _GRID.clip("weights", pictures)


def _weight_strips(weights: Array) -> list[str]:
    """Return the weights of each page, shape (pages, 16, 784), as data URIs of `_STRIP` pages side by side.

    A page is 4 × 4 tiles, each half as fine as the weights, with one scale for all pages. The last
    strip is filled up with clear pages.
    """
    tiles = levels(halved(weights))
    tiles = np.pad(tiles, ((0, -len(tiles) % _STRIP), (0, 0), (0, 0), (0, 0)))
    return [weights_uri(*strip, across=4) for strip in tiles.reshape(-1, _STRIP, *tiles.shape[1:])]


# -- the gradients and the curves -----------------------------------------------------------------


def _dial(record: SGDRecord, pages: Pages) -> list[Element]:
    """Return the two gradients as arrows: G straight downhill, g turned away from it by the angle."""
    x, y, r = 372, 240, 60
    degrees = np.nan_to_num(pages.of(record.angle))
    known = pages.of(np.isfinite(record.angle), none=False)
    half = element("path", d=f"M{x} {y + r} A{r} {r} 0 0 0 {x} {y - r} Z", fill="none", stroke="grid")
    arrow = f"M{x} {y} V{y + r - 8} M{x - 6} {y + r - 9} H{x + 6} L{x} {y + r} Z"
    look = {"fill": "positive", "stroke": "positive", "stroke_width": where(known, 3)}
    turn = [f"rotate({-d:.1f} {x} {y})" for d in degrees]
    said = pages.written(record.angle, known, lambda d: f"mini-batch: {num(d, 0)}°")
    return [
        text(300, 154, "two ways downhill", font_weight="bold", **_LEFT),
        half,
        line(x, y, x + r, y, stroke="quiet", stroke_dasharray="3 4"),
        text(x + r + 6, y, "90°", size=11, fill="quiet", **_LEFT),
        text(x - 6, y - r + 6, "180°, uphill", size=11, fill="quiet", text_anchor="end"),
        element("path", d=arrow, fill="ink", stroke="ink", stroke_width=2),
        text(x - 8, y + r - 4, f"{record.n_sample:,} images", size=11, text_anchor="end"),
        element("path", d=arrow, transform=turn, **look),
        text(x + r - 6, y - r + 6, said, size=11, fill="positive", **_LEFT),
    ]


def _curves(record: SGDRecord, pages: Pages) -> list[Element]:
    n = len(record)
    cost, angle = pages.of(record.cost), pages.of(record.angle)
    known = np.r_[1.0, cost, record.measured_cost]
    costs = Axes(556, 166, 168, 96, (0, n), (0, 1.05 * known[np.isfinite(known)].max()))
    angles = Axes(346, 326, 138, 90, (0, n), (0, 180))
    shares = Axes(556, 326, 168, 90, (0, n), (0, 100))
    finite = np.flatnonzero(np.isfinite(cost))
    dots = [circle(float(costs.x(t)), float(costs.y(cost[t])), 1.8, fill="ink") for t in finite]
    across = angles.y(90)
    return [
        text(726, 154, f"dots: mini-batch, line: {record.n_measured} images", 11, text_anchor="end"),
        *_curve(costs, "cost", record.measured_cost, *dots),
        line(angles.left, across, angles.left + angles.width, across, stroke="quiet", stroke_dasharray="3 4"),
        *_curve(angles, "angle, degrees", angle),
        *_curve(shares, "accuracy, %", 100 * record.right / record.n_measured),
    ]


def _curve(axes: Axes, label: str, values: Array, *dots: Element) -> list[Element]:
    """Return axes, the line and the dots as far as the present page, and a ring at its point."""
    name, rows = label.split(",")[0], np.arange(len(values))
    curve = track(axes, name, values, rows, *dots, mark=_ring, stroke="positive")
    return [axes.frame("mini-batches", label, ticks=4), *curve]


def _ring(x: Value, y: Value) -> Element:
    return circle(x, y, 5, fill="none", stroke="ink", stroke_width=2)


# -- captions -------------------------------------------------------------------------------------

_PRODUCT = f"δ²{sub(OUTPUT)} a¹{sub(HIDDEN)}"
_COSINE = Formula("{g·G}/({‖g‖}·{‖G‖})")
_ONE, _STEP = Formula("{δ}·{a}"), Formula("{w} − {η}·{∂C/∂w}")
_FORMULA = f"{_SLOPE} = mean of {_PRODUCT} over the images\n{_NAME} ← {_NAME} − η {_SLOPE}\ncos ∠ = {_COSINE}"


def _start(record: SGDRecord) -> Caption:
    m = record.labels.shape[1]
    return Caption(
        f"Before the first mini-batch. The weights are random and scaled, and {record.right[0]} of "
        f"{record.n_measured} validation images are read rightly. Each next page is one update by "
        f"{_count(m)}. Its gradient g is compared with G, the gradient over {record.n_sample:,} training "
        f"images: computing it over all {record.n_train:,} at each step would be slow.",
        _FORMULA,
        f"{_NAME} = {num(record.weight[0], 4)}, η = {record.eta:.4g}",
    )


def _caption(record: SGDRecord, t: int) -> Caption:
    known = np.isfinite(record.cost) & np.isfinite(record.gradient) & np.isfinite(record.weight[1:])
    if not known[t]:
        first = int(np.argmin(known)) + 1
        return Caption(f"The cost left the scale at mini-batch {first}: η is too large.", _FORMULA)
    words = [f"Mini-batch {t + 1} of {len(record)}."]
    words += [_reading(record, t), _direction(record, t), _progress(record, t)]
    numbers = [_mean_slope(record, t), _weight_update(record, t)]
    if np.isfinite(record.angle[t]):
        numbers.append(_cosine(record, t))
    return Caption(" ".join(words), _FORMULA, "\n".join(numbers))


def _count(m: int) -> str:
    return "one image" if m == 1 else f"{m} images"


def _reading(record: SGDRecord, t: int) -> str:
    m = record.labels.shape[1]
    right = int((record.answers[t] == record.labels[t]).sum())
    cost = num(record.cost[t], 3)
    if m == 1:
        verdict = "rightly" if right else "wrongly"
        return f"Before the update the network reads its one image {verdict}, at cost {cost}."
    return f"Before the update the network reads {right} of its {m} images rightly, at mean cost {cost}."


def _direction(record: SGDRecord, t: int) -> str:
    angle = record.angle[t]
    if not np.isfinite(angle):
        return "g or G is zero to all digits, so there is no angle: the neurons are saturated."
    uphill = ": beyond 90°, so for them this step leads uphill" if angle > 90 else ""
    return f"Its gradient g is {num(angle, 0)}° off G, that over {record.n_sample:,} training images{uphill}."


def _progress(record: SGDRecord, t: int) -> str:
    before, after = record.right[t], record.right[t + 1]
    return f"Of {record.n_measured} validation images it read {before} rightly, and now reads {after}."


def _digits_for(eta: float) -> int:
    """Return how many decimals w and ∂C/∂w need, for η ∂C/∂w to be right to four decimals."""
    return 5 + max(0, ceil(log10(eta)))


def _mean_slope(record: SGDRecord, t: int) -> str:
    digits, slopes = _digits_for(record.eta), record.slopes[t]
    mean = num(record.gradient[t], digits)
    if len(slopes) == 1:
        parts = _ONE.filled(num(record.deltas[t, 0], digits), num(record.activations[t, 0], digits))
        return f"{_SLOPE} = {_PRODUCT} = {parts} = {mean}"
    if len(slopes) > SHOWN:
        return f"{_SLOPE} = {num(slopes.sum(), digits)}/{len(slopes)} = {mean}"
    first, *others = slopes
    terms = "".join(f" {'−' if s < 0 else '+'} {num(abs(s), digits)}" for s in others)
    return f"{_SLOPE} = ({num(first, digits)}{terms})/{len(slopes)} = {mean}"


def _weight_update(record: SGDRecord, t: int) -> str:
    digits = _digits_for(record.eta)
    numbers = num(record.weight[t], digits), f"{record.eta:.4g}", num(record.gradient[t], digits)
    return f"{_NAME} ← {_STEP.filled(*numbers)} = {num(record.weight[t + 1], 4)}"


def _cosine(record: SGDRecord, t: int) -> str:
    worked = _COSINE.filled(*(_significant(v[t]) for v in (record.dot, record.norm, record.full_norm)))
    return f"cos ∠ = {worked} = {num(record.cosine[t], 3)}, ∠ = {num(record.angle[t], 0)}°"


def _significant(value: float, digits: int = 5) -> str:
    return num(value, max(0, digits - 1 - floor(log10(abs(value)))) if value else 0)


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

    Raises
    ------
    TypeError, ValueError
        If `data` is something else, η is not above 0, or `mini_batch_size` is none of these.
    """
    if not isinstance(data, mnist.MNIST):
        raise TypeError(f"data must be what mnist.load() returns, got {type(data).__name__}")
    eta = validate.positive("eta", eta)
    if validate.whole("mini_batch_size", mini_batch_size, at_least=1) not in MINI_BATCH_SIZES:
        raise ValueError(f"mini_batch_size must be one of {MINI_BATCH_SIZES}, got {mini_batch_size!r}")
    settings = {
        "eta": eta_slider(eta, most=10),
        "mini_batch_size": ipywidgets.Dropdown(
            options=MINI_BATCH_SIZES, value=mini_batch_size, description="mini-batch"
        ),
    }
    validation = data.x_train[50_000:], data.y_train[50_000:]

    def build(eta: float, mini_batch_size: int, seed: int) -> Scene:
        eta = float(f"{eta:.2g}")  # as the slider shows it
        training = data.x_train[:50_000], data.y_train[:50_000]
        return scene(run(*training, validation, eta=eta, mini_batch_size=mini_batch_size, seed=seed))

    return Explorer(build, settings, seeded=True, seed=seed)
