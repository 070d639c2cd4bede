"""What one digit wishes of a network, and what is left of ten wishes in their mean: image after image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.drawing.axes import Axes
from nblib.drawing.numbers import num, signed
from nblib.drawing.panels import Mark, point, track
from nblib.drawing.scene import Element, Scene, circle, line, note, rect, text
from nblib.network import Network
from nblib.runs.mnist_run import HIDDEN, OUTPUT
from nblib.runs.wishes_run import WishesRecord, run
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
from nblib.steppers.wishes_captions import WEIGHT, captions
from nblib.widgets.explorer import Explorer

M = 10  # images of a mini-batch
DRAWN, EACH, SAME = "drawn at random", "one of each digit", "ten threes"

_LEFT: dict[str, Any] = {"text_anchor": "start"}


def scene(record: WishesRecord, eta: float) -> Scene:
    """Return the scene of a mini-batch: a page before it, one for each image, and one for the step.

    Parameters
    ----------
    record : WishesRecord
    eta : float
        The learning rate η of the step, above 0.

    Raises
    ------
    ValueError, TypeError
        If η is no number above 0.
    """
    eta, m = validate.positive("eta", eta), len(record)
    pages = Pages(np.r_[-1, np.arange(m), m - 1], np.r_[np.zeros(m + 1, int), 1])
    return Scene(
        [
            *_images(record, pages),
            *_outputs(record, pages),
            *_wishes(record, pages),
            *_lengths(record, pages),
        ],
        captions(record, eta),
        width=740,
        height=490,
        title="What one digit wishes, and the mean of all wishes",
        telling=min(m, 4),
    )


# -- the images -----------------------------------------------------------------------------------


def _images(record: WishesRecord, pages: Pages) -> list[Element]:
    heading = f"a mini-batch of {len(record)} images, and what each wishes of {WEIGHT}"
    return [
        text(30, 14, heading, **_LEFT, font_weight="bold"),
        digits_picture(digits(record.images), len(record), x=30, y=28),
        *(part for i in range(len(record)) for part in _one_image(record, pages, i, 30 + PITCH * i)),
    ]


def _one_image(record: WishesRecord, pages: Pages, i: int, left: float) -> list[Element]:
    """Return the frame of image number i, its digit and answer, and, once it was asked, its wish."""
    said, label, middle = record.outputs[i].argmax(), record.labels[i], left + TILE / 2
    here, asked = (pages.row == i) & pages.at(0), pages.row >= i
    wish = record.for_output_weights[i, OUTPUT, HIDDEN]
    verdict = f"{label} ✓" if said == label else f"{label}, read as {said}"
    arrow = "▲" if wish > 0 else "▼"
    colour = "positive" if wish > 0 else "negative"
    return [
        rect(left, 28, TILE, TILE, fill="paper", fill_opacity=np.where(asked, 0.0, 0.55), stroke="grid"),
        rect(left - 2, 26, TILE + 4, TILE + 4, fill="none", stroke="mark", stroke_width=where(here, 3.0)),
        text(middle, 96, verdict, size=10.5),
        text(middle, 113, np.where(asked, f"{arrow} {signed(wish, 4)}", ""), size=10.5, fill=colour),
    ]


# -- the outputs ----------------------------------------------------------------------------------

_OUTPUTS = Axes(58, 168, 110, 150, (0, 1), (0, 10))


def _outputs(record: WishesRecord, pages: Pages) -> list[Element]:
    """Return ten bars, as bright as the output neurons, each with its target and its wish for z."""
    axes = _OUTPUTS
    shown = pages.at(0) & (pages.row >= 0)
    return [
        text(30, 142, "outputs a², targets y as lines", size=11.5, **_LEFT, font_weight="bold"),
        text(axes.left + axes.width + 44, 158, "−δ²", size=11),
        *(line(axes.x(a), axes.top, axes.x(a), axes.top + axes.height, stroke="grid") for a in (0, 1)),
        *(part for j in range(10) for part in _one_output(record, pages, shown, j)),
    ]


def _one_output(record: WishesRecord, pages: Pages, shown: NDArray[np.bool_], j: int) -> list[Element]:
    axes, top = _OUTPUTS, _OUTPUTS.top + 15 * j
    a, wish = pages.of(record.outputs[:, j]), pages.of(-record.output_deltas[:, j])
    target = pages.of((record.labels == j).astype(float))
    written = pages.written(-record.output_deltas[:, j], shown, lambda d: signed(d, 3))
    colour = np.where(wish > 0, "positive", "negative")
    at = axes.x(target)
    return [
        text(axes.left - 12, top + 7.5, str(j), size=11.5),
        rect(axes.left, top + 2.5, where(shown, a * axes.width), 10, fill="soft"),
        line(where(shown, at), top + 0.5, at, top + 14.5, stroke_width=2.5),
        text(axes.left + axes.width + 44, top + 7.5, written, size=11, fill=colour),
    ]


# -- the wishes -----------------------------------------------------------------------------------

_SIDE, _GAP = (
    180,
    24,
)  # of a picture of hidden weights: 4 × 4 tiles of 15 × 12 units; and between two pictures
_COLUMNS = (294, 522)
_HIGH = 110  # of a picture of output weights: 10 rows of 10 units, and a margin


def _wishes(record: WishesRecord, pages: Pages) -> list[Element]:
    """Return the wishes of the present image as pictures, and beside them the mean up to it."""
    m = len(record)
    hidden, outputs = (
        levels(np.concatenate([part, record.so_far(part)]))
        for part in (halved(record.for_hidden_weights), record.for_output_weights)
    )
    alone, means = slice(0, m), slice(m, 2 * m)
    names = [f"image {k} alone" for k in range(1, m + 1)]
    heads = pages.of(names, "one image alone"), pages.of([f"mean of {k}" for k in range(1, m + 1)], "mean")
    heads = (
        np.where(pages.at(1), "", heads[0]),
        np.where(pages.at(1), "the step goes along the mean", heads[1]),
    )
    shown = (pages.row >= 0) & pages.at(0), pages.row >= 0
    parts = []
    for x, head, part, seen in zip(_COLUMNS, heads, (alone, means), shown, strict=True):
        parts += [
            text(x, 142, head, **_LEFT, font_weight="bold", size=12),
            *_pictures(pages, x, seen, hidden[part], outputs[part]),
        ]
    legend = "+ blue: grow; − orange, striped: shrink; in W¹ a cell is the mean of 2 × 2"
    return [
        text(_COLUMNS[0] - 24, 244, "W¹: 16 hidden neurons", 11, **_turned(_COLUMNS[0] - 24, 244)),
        text(_COLUMNS[0] - 24, 398, "W²", 11, **_turned(_COLUMNS[0] - 24, 398)),
        *parts,
        text(_COLUMNS[0], 474, legend, 10.5, fill="quiet", **_LEFT),
    ]


def _turned(x: float, y: float) -> dict[str, Any]:
    return {"transform": f"rotate(-90 {x} {y})", "fill": "quiet"}


def _pictures(
    pages: Pages, x: float, seen: NDArray[np.bool_], hidden: NDArray[np.int8], outputs: NDArray[np.int8]
) -> list[Element]:
    """Return one column: hidden weights above, output weights below, the framed weight in it."""
    above = pages.of([weights_uri(tiles, across=4) for tiles in hidden], none="")
    below = pages.of([weights_uri(rows[None], across=1) for rows in outputs], none="")
    cell = _SIDE / 17, _HIGH / 11  # a pixel of margin left, half a one above
    frame = x + cell[0] * (1 + HIDDEN), 343 + cell[1] * (0.5 + OUTPUT)
    return [
        rect(x, 154, _SIDE, _SIDE, fill="paper", stroke="grid"),
        weights_picture(above, x, where(seen, 154), _SIDE, _SIDE),
        rect(x, 343, _SIDE, _HIGH, fill="paper", stroke="grid"),
        weights_picture(below, x, where(seen, 343), _SIDE, _HIGH),
        rect(*frame, *cell, fill="none", stroke="mark", stroke_width=2),
        *(
            text(x - 8, 343 + cell[1] * (j + 1), str(j), size=9, fill="quiet", text_anchor="end")
            for j in range(10)
        ),
    ]


# -- how much is left -----------------------------------------------------------------------------


def _lengths(record: WishesRecord, pages: Pages) -> list[Element]:
    m, alone = len(record), record.so_far(record.lengths)
    axes = Axes(66, 366, 170, 84, (0, m), (0, 1.25 * float(np.max(alone)) or 1.0))
    rows = np.maximum(pages.row + 1, 0)
    return [
        text(30, 346, "length of the wishes", size=12, **_LEFT, font_weight="bold"),
        axes.frame("images", "", ticks=4),
        *_curve(axes, "alone", alone, rows, "quiet", point),
        *_curve(axes, "mean", record.mean_lengths, rows, "positive", _ring),
    ]


def _curve(
    axes: Axes, name: str, values: NDArray[np.float64], rows: NDArray[np.int_], colour: str, mark: Mark
) -> list[Element]:
    """Return a curve as far as the present page, with its name and its value at the end."""
    values = np.r_[np.nan, values]
    x, y = axes.x(rows) + np.where(rows > len(values) / 2, -6, 10), axes.y(values[rows]) - 11
    said = [f"{name} {num(value, 2)}" if np.isfinite(value) else "" for value in values[rows]]
    anchor = np.where(rows > len(values) / 2, "end", "start")
    return [
        *track(axes, name, values, rows, mark=mark, stroke=colour),
        note(x, np.nan_to_num(y), said, size=11, text_anchor=anchor),
    ]


def _ring(x: Any, y: Any) -> Element:
    return circle(x, y, 5, fill="none", stroke="ink", stroke_width=2)


# -- the explorer ---------------------------------------------------------------------------------


def explorer(
    networks: Mapping[str, Network], x: ArrayLike, y: ArrayLike, eta: float = 0.5, seed: int = 0
) -> Explorer:
    """Return the stepper of ten wishes, with the network and the images to choose.

    Parameters
    ----------
    networks : mapping of str to Network
        784-16-10 networks, by the names under which they are offered.
    x, y : array_like, shapes (n, 784) and (n,)
        Images and labels to draw from; each digit must be among them, and ten threes.
    eta : float
        The learning rate η of the step.
    seed : int
        Seed of the images drawn at random.

    Raises
    ------
    ValueError, TypeError
        If there is no network, or an argument is not as described.
    """
    x, y = validate.real("x", x), validate.labels("y", y, 10)
    validate.same_length("x", x, "y", y)
    if not isinstance(networks, Mapping):
        raise TypeError(f"networks must be a mapping of names to networks, got {type(networks).__name__}")
    if not networks:
        raise ValueError("networks must hold at least one network, got none")
    often = np.bincount(y, minlength=10)
    if often.min() == 0 or often[OUTPUT] < M:
        raise ValueError(
            f"y must hold each digit, and {OUTPUT} at least {M} times, got {often.tolist()} of them"
        )
    settings = {
        "network": ipywidgets.Dropdown(options=list(networks), description="network"),
        "images": ipywidgets.Dropdown(options=[DRAWN, EACH, SAME], description="images"),
    }

    def build(network: str, images: str, seed: int) -> Scene:
        rows = _chosen(images, y, seed)
        return scene(run(networks[network], x[rows], y[rows]), eta)

    return Explorer(build, settings, seeded=True, seed=seed)


def _chosen(images: str, y: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return the rows of ten images: any, one of each digit, or threes."""
    rng = np.random.default_rng(seed)
    if images == DRAWN:
        return rng.choice(len(y), M, replace=False)
    if images == SAME:
        return rng.choice(np.flatnonzero(y == OUTPUT), M, replace=False)
    return np.array([rng.choice(np.flatnonzero(y == digit)) for digit in range(10)])
