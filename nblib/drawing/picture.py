"""A matplotlib figure together with its alternative text."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#777777", "#222222"
"""The course's colours: blue is positive, orange is negative."""

_STYLE = Path(__file__).parent / "course.mplstyle"
_DPI = 120
_COLOURS, _FREQUENT = 64, 24  # of a picture's palette; so many are kept because they fill much of it


class Picture:
    """A figure that can be read with the eyes or with a screen reader.

    As the last expression of a cell it shows itself. Beside the PNG image it offers HTML with the
    alternative text, because JupyterLab gives a bare PNG none, and the alternative text alone
    for a terminal.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the figure shows, in a sentence or two.

    Raises
    ------
    ValueError
        If `alt` says nothing.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt must say in words what the figure shows, got {alt!r}")
        self.figure = figure
        self.alt = " ".join(alt.split())

    def __repr__(self) -> str:
        return f"[Figure: {self.alt}]"

    def png(self) -> bytes:
        """Return the figure as a PNG image."""
        drawn = io.BytesIO()
        with matplotlib.rc_context(fname=_STYLE):
            self.figure.savefig(drawn, format="png", dpi=_DPI)
        self.figure.set_layout_engine("none")  # the layout is found: a second search would end elsewhere
        return small_png(drawn.getvalue())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self)} | self.image_bundle()

    def image_bundle(self) -> dict[str, str]:
        """Return the figure as MIME bundle of images."""
        return image_bundle(self.png(), self.alt, round(self.figure.get_figwidth() * 96))


def small_png(png: bytes) -> bytes:
    """Return a PNG image with a palette of 64 colours, which takes a quarter of the usual size.

    The course's colours stay what they are, and so do those that fill much of the picture. Every other
    pixel gets the nearest colour of a palette that leaves none far away, however few have it: the
    strongest weights of an image are few.
    """
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    packed = pixels.astype(np.int32) @ [1 << 16, 1 << 8, 1]
    codes, place, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    palette = _palette(colours, counts)
    image = Image.fromarray(_nearest(colours, palette)[place.reshape(packed.shape)].astype(np.uint8))
    image.putpalette(palette.astype(np.uint8).tobytes())
    small = io.BytesIO()
    image.save(small, format="PNG", optimize=True)
    return small.getvalue()


def _palette(colours: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Choose 64 of the colours: the course's, the most frequent, then always the one that is farthest off."""
    course = [[int(name[i : i + 2], 16) for i in (1, 3, 5)] for name in (BLUE, ORANGE, GREEN, GREY, INK)]
    kept = np.flatnonzero((colours[:, None] == course).all(axis=2).any(axis=1))
    kept = np.unique(np.concatenate([kept, np.argsort(-counts, kind="stable")[:_FREQUENT]]))
    far = ((colours[:, None] - colours[kept]) ** 2).sum(axis=2).min(axis=1)
    chosen = list(kept)
    while len(chosen) < _COLOURS and far.max() > 0:
        chosen.append(int(far.argmax()))
        far = np.minimum(far, ((colours - colours[chosen[-1]]) ** 2).sum(axis=1))
    return colours[chosen]


def _nearest(colours: NDArray[np.int64], palette: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each colour the number of the palette's nearest one."""
    nearest, least = np.zeros(len(colours), int), np.full(len(colours), np.inf)
    for number, entry in enumerate(palette):
        distance = ((colours - entry) ** 2).sum(axis=1)
        closer = distance < least
        nearest[closer], least[closer] = number, distance[closer]
    return nearest


def image_bundle(png: bytes, alt: str, width: int) -> dict[str, str]:
    """Return a PNG image as MIME bundle: bare, and as HTML with its alternative text and width."""
    image = base64.b64encode(png).decode()
    return {
        "text/html": f'<img alt="{escape(alt)}" width="{width}" '
        f'style="max-width: 100%; height: auto" src="data:image/png;base64,{image}">',
        "image/png": image,
    }


@contextmanager
def canvas(
    rows: int = 1, columns: int = 1, width: float = 6.4, height: float = 3.6, **subplots: Any
) -> Iterator[tuple[Figure, NDArray[Any]]]:
    """Give a figure in the course's style and its axes, an array of shape (rows, columns).

    `width` and `height` are in inches. Axes on which nothing is drawn are not seen. Figures made
    here never enter pyplot's list of open figures, so they are shown once and freed when they are
    forgotten.
    """
    with matplotlib.rc_context(fname=_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **subplots)
        yield figure, axes
        for ax in axes.flat:
            ax.set_visible(ax.has_data())


def bare(ax: Axes) -> None:
    """Take ticks, frame and grid away, for images and diagrams."""
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
