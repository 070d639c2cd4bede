"""How far a training has come: curves of cost and accuracy, and the hidden weights as pictures."""

from __future__ import annotations

from math import ceil, isfinite, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.drawing import pixels
from nblib.drawing.picture import BLUE, INK, Picture, bare, canvas
from nblib.drawing.pixels import NEGATIVE, POSITIVE, shades
from nblib.runs.training import Measurement, Training

UNITS = 30  # hidden neurons that are shown, at most
LEVELS = 7  # shades of blue, and of orange
_GREY = (221, 221, 221)


def side(training: Training) -> int:
    """Return the side of the square image that the inputs are, or 0 if they are none."""
    n_inputs, root = training.network.sizes[0], isqrt(training.network.sizes[0])
    return root if root > 3 and root * root == n_inputs else 0


def columns(n_tiles: int) -> int:
    """Return how many of `n_tiles` pictures stand side by side."""
    return ceil(n_tiles**0.5)


def levels(training: Training) -> NDArray[np.int8]:
    """Return the weights of the first hidden neurons as `shades`, −7 to 7, shape (n, side, side)."""
    wide = side(training)
    if not wide:
        return np.zeros((0, 0, 0), np.int8)
    return shades(training.network.weights[0][:UNITS], LEVELS).reshape(-1, wide, wide)


def about(training: Training) -> dict[str, Any]:
    """Return what does not change while it trains, as a page must know it."""
    n = len(levels(training))
    tiles = {"n": n, "side": side(training), "columns": columns(n), "levels": LEVELS}
    curves = {"headings": headings(training), "epochs": training.epochs, "both": training.measures_both}
    return {"title": heading(training), **curves, "tiles": tiles}


def mosaic(tiles: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return tiles (n, side, side) as one picture in red, green and blue, with grey between them."""
    shade = np.arange(-LEVELS, LEVELS + 1)[:, None]
    fading = 255 + np.abs(shade) / LEVELS * (np.where(shade > 0, POSITIVE, NEGATIVE) - 255)
    palette = np.vstack([fading, _GREY]).astype(np.uint8)
    return palette[pixels.mosaic(tiles, columns(len(tiles)), margin=LEVELS + 1) + LEVELS]


def picture(training: Training) -> Picture:
    """Return the curves so far, and, once it has begun, the weights of the hidden neurons as they are now."""
    record, begun = training.record, training.updates > 0
    tiles = levels(training) if begun else ()
    across = [measurement.epoch for measurement in record]
    with canvas(1, 3 if len(tiles) else 2, width=8.6 if len(tiles) else 6.4, height=2.9) as (figure, axes):
        for ax, name, lines in zip(axes[0], headings(training), _charts(training), strict=False):
            for whose, values in lines.items():
                alone = len(lines) == 1 or whose == "validation"
                ax.plot(across, values, "-" if alone else "--", color=BLUE if alone else INK, label=whose)
                ax.plot(across[-1], values[-1], "o", color=INK, markerfacecolor="none", clip_on=False)
            if len(lines) > 1:
                ax.legend(fontsize=8, loc="upper right" if ax is axes[0, 0] else "lower right")
            ax.set_title(name, fontsize=9)
            ax.set(xlabel="epoch", xlim=(0, training.epochs))
        if begun and max(m.cost for m in record) > 0:
            axes[0, 0].set_yscale("log")
        elif not begun:
            axes[0, 0].set_ylim(0, 1.1 * max(m.cost for m in record))
        later = [m.accuracy for m in record if m.epoch >= 1]
        axes[0, 1].set_ylim(80 if later and min(later) > 0.8 else 0, 100)
        if len(tiles):
            axes[0, 2].imshow(mosaic(tiles), interpolation="nearest")
            axes[0, 2].set_title("hidden weights: + blue, − orange, striped", fontsize=8)
            bare(axes[0, 2])
        return Picture(figure, f"{heading(training)}. {so_far(training)}")


def _charts(training: Training) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the costs and the accuracies in percent, by what they are measured on."""
    record = training.record
    costs = {"training": [m.cost for m in record]}
    accuracies = {"validation": [100 * m.accuracy for m in record]}
    if training.measures_both:
        costs["validation"] = [m.validation_cost for m in record]
        accuracies = {"training": [100 * m.training_accuracy for m in record]} | accuracies
    return costs, accuracies


def heading(training: Training) -> str:
    """Return what is being trained, and how: ``Training of 784-16-10, 30 epochs of 50,000 examples``."""
    size = f"{training.epochs:,} epochs of {len(training):,} examples"
    return f"Training of {training.network.architecture}, {size}"


def headings(training: Training) -> list[str]:
    """Return what stands above the two curves."""
    n_cost, n_accuracy = training.n_measured
    if training.measures_both:
        return ["cost", f"accuracy in % (of {n_cost:,} and {n_accuracy:,})"]
    whose = "other" if training.validated else "training"
    return [f"cost, {n_cost:,} training examples", f"accuracy in %, {n_accuracy:,} {whose} examples"]


def point(measurement: Measurement) -> list[float | None]:
    """Return a measurement as the browser knows it; what is no finite number is None.

    Where both are measured, the cost of the validation and the accuracy of the training examples follow.
    """
    numbers = (measurement.epoch, measurement.cost, measurement.accuracy, measurement.eta)
    both = (measurement.validation_cost, measurement.training_accuracy)
    known = [*(n if isfinite(n) else None for n in numbers), measurement.mini_batch_size]
    return known if None in both else [*known, *(n if isfinite(n) else None for n in both)]


def so_far(training: Training) -> str:
    """Return how far it had come when it was measured last, in a sentence."""
    last = training.record[-1]
    cost = f"cost {last.cost:.3f}" if np.isfinite(last.cost) else "η is too large, the cost is no number"
    accuracy = f"accuracy {last.accuracy:.1%}"
    if training.measures_both:
        accuracy = (
            f"{last.training_accuracy:.1%} of the training and {last.accuracy:.1%} of the validation images"
        )
    return f"After {epochs(training, last.epoch)}: {cost}, {accuracy}"


def epochs(training: Training, epoch: float) -> str:
    """Return a number of epochs as it is written: ``3.4 of 30 epochs``."""
    return f"{f'{epoch:,.1f}'.removesuffix('.0')} of {training.epochs:,} epochs"
