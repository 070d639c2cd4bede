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
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#777777", "#222222"
"""The course's colours: blue is positive, orange is negative."""

_STYLE = Path(__file__).parent / "course.mplstyle"
_DPI = 120


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
    """Return a PNG image with a palette of 64 colours, which takes a quarter of the usual size."""
    small = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    image.save(small, format="PNG", optimize=True)
    return small.getvalue()


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
