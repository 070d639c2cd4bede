"""Parts of drawings that vary over the steps: neurons, arrow heads, examples, and looks that tell the sign.

Colour never stands alone: what is negative is also dashed, and an example of class 0 is a square.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nblib.drawing.scene import Element, Value, circle, element, rect


def sign_colour(values: ArrayLike, zero: str = "quiet") -> Any:
    """Return the colour that says what sign each value has; NaN has none and gets that of zero.

    >>> sign_colour(-0.5), sign_colour([2, 0]).tolist()
    ('negative', ['positive', 'quiet'])
    """
    values = np.asarray(values)
    colours = np.select([values > 0, values < 0], ["positive", "negative"], zero)
    return colours if colours.ndim else colours.item()


def sign_dash(values: ArrayLike) -> Any:
    """Return the pattern of a line that is dashed where a value is negative.

    >>> sign_dash([-0.5, 2]).tolist()
    ['7 4', 'none']
    """
    dashes = np.where(np.asarray(values) < 0, "7 4", "none")
    return dashes if dashes.ndim else dashes.item()


def disc(x: Value, y: Value, r: Value, glow: Value, **rim: Value) -> tuple[Element, Element]:
    """Return a neuron: paper under a colour that is the stronger, the more it fires.

    Parameters
    ----------
    x, y, r : float
        Middle and radius.
    glow : float or array
        How strong the colour is, from 0 to 1.
    **rim
        Stroke and its width.
    """
    return circle(x, y, r, fill="paper"), circle(x, y, r, fill="soft", fill_opacity=glow, **rim)


def arrow_head(tip: ArrayLike, along: ArrayLike, length: float = 9, **attributes: Value) -> Element:
    """Return a triangle with its tip at `tip`, as wide as long.

    Parameters
    ----------
    tip, along : array_like, shape (2,)
        A place in the drawing, and the direction of the arrow, of length 1.
    length : float
    """
    (x, y), (dx, dy), half = np.asarray(tip), np.asarray(along), length / 2
    back_x, back_y = x - length * dx, y - length * dy
    corners = (x, y), (back_x - half * dy, back_y + half * dx), (back_x + half * dy, back_y - half * dx)
    return element("polygon", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in corners), **attributes)


def example_mark(x: Value, y: Value, label: float, r: float = 6, **attributes: Value) -> Element:
    """Return an example in the plane of two inputs: a blue disc for class 1, an orange square for class 0.

    Parameters
    ----------
    x, y : float
    label : float
        The target; above ½ it is class 1.
    r : float
        Radius of the disc.
    """
    if label > 0.5:
        return circle(x, y, r, fill="positive", stroke="paper", **attributes)
    side = 2 * r - 1  # covers about as much
    return rect(x - side / 2, y - side / 2, side, side, fill="negative", stroke="paper", **attributes)
