"""A digit that was drawn, and what a network makes of it, as a still picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.drawing.picture import GREY, Picture, bare, canvas
from nblib.handwriting.reader import Reading


def picture(sheet: NDArray[Any] | None, reading: Reading | None) -> Picture:
    """Return a sheet of ink, the image that the network saw, its ten outputs, and the nearest images.

    Without a `reading` the sheet is an empty pad; without a `sheet` the image came from a file.
    """
    images = {} if sheet is None else {"drawn": sheet}
    if reading is not None:
        images["as the network sees it"] = reading.image.reshape(28, 28)
    near = [f"a {label}" for label in reading.labels] if reading else []
    ratios = [1.3] * len(images) + [2.2] * (reading is not None) + [1] * len(near)
    with canvas(1, len(ratios), width=1.4 * sum(ratios), height=2.3, width_ratios=ratios) as (figure, axes):
        for ax, (title, image) in zip(axes[0], images.items(), strict=False):
            _image(ax, image, title)
        if reading is None:
            return Picture(figure, "An empty pad for drawing a digit. Nothing is drawn yet.")
        bars, *others = axes[0, len(images) :]
        _bars(bars, reading)
        for ax, image, label in zip(others, reading.nearest, near, strict=True):
            _image(ax, image.reshape(28, 28), f"near: {label}")
        told = f" Nearest to it among the training images: {' and '.join(near)}." if near else ""
        says = f"A drawn digit, scaled and centred; the network {_says(reading)}."
        return Picture(figure, says + told)


def _image(ax: Any, image: NDArray[Any], title: str) -> None:
    ax.imshow(image, cmap="Greys", vmin=0, vmax=1)
    bare(ax)
    for spine in ax.spines.values():
        spine.set(visible=True, color=GREY)
    ax.set_title(title, fontsize=9)


def _says(reading: Reading) -> str:
    return "has no answer" if reading.answer is None else f"says {reading.answer}"


def _bars(ax: Any, reading: Reading) -> None:
    outputs = np.nan_to_num(reading.outputs)
    drawn = ax.barh(range(10), outputs)
    if reading.answer is not None:
        drawn[reading.answer].set(hatch="//", edgecolor="white")
    for digit, output in enumerate(reading.outputs):
        ax.text(max(outputs[digit], 0) + 0.03, digit, f"{output:.2f}", va="center", fontsize=7)
    ax.set(xlim=(0, 1.15 * max(1, outputs.max())), xlabel="output", yticks=range(10))
    ax.invert_yaxis()
    ax.grid(False)
    ax.set_title(_says(reading), fontsize=9)
