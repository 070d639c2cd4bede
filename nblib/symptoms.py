"""What is wrong, although every number is allowed: said as a warning, in the line of whoever called nblib.

Nobody can refuse pixels from 0 to 255, or a network in which nothing moves any more: both are networks
and numbers like others. But they learn badly or not at all, and nothing else would say why.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from nblib.layers import Layers

Array = NDArray[Any]

SAMPLE = 250  # examples that are looked at
_IMAGE = 49  # features, of which rows may be images: 7 × 7 pixels
_PIXEL = 10  # what no brightness from 0 to 1 comes near


def look_at_data(name: str, x: Array) -> None:
    """Warn of rows that look like pixels as picture files have them."""
    sample = x[:SAMPLE]
    if sample.shape[1] >= _IMAGE and (high := sample.max()) >= _PIXEL and sample.min() >= 0:
        _warn(
            f"{name} goes up to {high:g}, as pixels of picture files do; networks learn from 0 to 1: "
            f"divide it by {high:g}"
        )


def look_at_network(network: Layers, x: Array) -> None:
    """Warn if a layer lets no gradient through for the first of these examples, whatever their targets."""
    x = x[:SAMPLE]
    room = network.workspace(len(x))
    outputs = network.forward(room, x)
    last = room.delta[-1]
    network._bp1(outputs, outputs - 1, last, room.slopes[-1])  # δ^L of an error of 1
    slopes = [*(network.activation.slope(a) for a in room.a[:-1]), last]
    dead = [l for l, slope in enumerate(slopes, start=1) if not slope.any()]
    if dead:
        l = dead[-1]
        _warn(
            f"layer {l} of {network} is dead: for each of the {len(x)} examples looked at, the slope is 0 in "
            f"all of its {network.sizes[l]} neurons. No gradient comes through: "
            f"{f'layers 1 to {l} learn' if l > 1 else 'layer 1 learns'} nothing any more. "
            "Begin anew, with a smaller η or smaller weights"
        )


def _warn(words: str) -> None:
    """Give a warning in the line that called nblib."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "nblib":
        level, frame = level + 1, frame.f_back
    warnings.warn(words, RuntimeWarning, stacklevel=level)
