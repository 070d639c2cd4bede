"""A rectangle of a drawing with coordinates of its own: where a value stands, its frame, its clip."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from nblib.drawing.scene import Element, element, group, line, rect, text


class Axes:
    """A rectangle of the drawing with coordinates of its own.

    Parameters
    ----------
    left, top, width, height : float
        The rectangle, in SVG units.
    xlim, ylim : (float, float)
        The coordinates at its edges.

    Raises
    ------
    ValueError
        If limits are not two different finite numbers in order.
    """

    def __init__(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        xlim: tuple[float, float],
        ylim: tuple[float, float],
    ) -> None:
        for name, (low, high) in (("xlim", xlim), ("ylim", ylim)):
            if not 0 < high - low < np.inf:
                raise ValueError(f"{name} must go from a number to a greater one, got {low:g} to {high:g}")
        self.left, self.top, self.width, self.height = left, top, width, height
        self.xlim, self.ylim = xlim, ylim

    def x(self, value: ArrayLike) -> NDArray[np.float64] | float:
        """Return where `value` stands on the horizontal axis, in SVG units."""
        low, high = self.xlim
        place = self.left + (np.asarray(value, float) - low) / (high - low) * self.width
        return float(place) if place.ndim == 0 else place

    def y(self, value: ArrayLike) -> NDArray[np.float64] | float:
        """Return where `value` stands on the vertical axis, in SVG units."""
        low, high = self.ylim
        place = self.top + self.height - (np.asarray(value, float) - low) / (high - low) * self.height
        return float(place) if place.ndim == 0 else place

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the coordinates of a place in the drawing, given in SVG units."""
        across, up = (x - self.left) / self.width, (self.top + self.height - y) / self.height
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        return x0 + across * (x1 - x0), y0 + up * (y1 - y0)

    def holds(self, x: ArrayLike, y: ArrayLike) -> Any:
        """Tell whether places in the drawing, in SVG units, lie inside the rectangle."""
        right, down = np.asarray(x) - self.left, np.asarray(y) - self.top
        return (right >= 0) & (right <= self.width) & (down >= 0) & (down <= self.height)

    def boundary(self, weights: ArrayLike, bias: ArrayLike) -> list[Any]:
        """Return two places of the line w·x + b = 0, beyond the edges: x1, y1, x2, y2 in SVG units.

        Parameters
        ----------
        weights : array_like, shape (2,) or (steps, 2)
        bias : float or array_like, shape (steps,)

        Returns
        -------
        list of float or ndarray, shape (steps,)
            NaN, which hides the line, where w is zero or the line lies far outside.
        """
        weights, bias = np.asarray(weights, float), np.asarray(bias, float)
        centre, reach = np.array([np.mean(self.xlim), np.mean(self.ylim)]), 4 * np.ptp([self.xlim, self.ylim])
        with np.errstate(divide="ignore", invalid="ignore"):
            length = np.hypot(weights[..., 0], weights[..., 1])
            normal = weights / length[..., None]
            away = (weights @ centre + bias) / length
        away = np.where(np.abs(away) > reach, np.nan, away)
        foot = centre - away[..., None] * normal
        along = reach * np.stack([-normal[..., 1], normal[..., 0]], axis=-1)
        ends = (foot + along, foot - along)
        return [place for end in ends for place in (self.x(end[..., 0]), self.y(end[..., 1]))]

    def side(self, weights: ArrayLike, bias: float, on_the_line: bool = False) -> str:
        """Return the part of the rectangle where w·x + b > 0, as the ``points`` of a polygon.

        Parameters
        ----------
        weights : array_like, shape (2,)
        bias : float
        on_the_line : bool
            Whether places where it is exactly 0 belong to the part: with w = 0 and b = 0 all of them.

        Returns
        -------
        str
            Empty where the part is, or where a number is not finite.
        """
        if not (np.isfinite(weights).all() and np.isfinite(bias)):
            return ""
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        square = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        z = square @ np.asarray(weights, float) + bias
        inside = z >= 0 if on_the_line else z > 0
        corners = []
        for i, j in ((0, 1), (1, 2), (2, 3), (3, 0)):
            if inside[i]:
                corners.append(square[i])
            if inside[i] != inside[j]:
                corners.append(square[i] + z[i] / (z[i] - z[j]) * (square[j] - square[i]))
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in corners)

    def frame(self, xlabel: str, ylabel: str, title: str = "", ticks: int = 5) -> Element:
        """Return axes, grid, numbers and labels."""
        bottom, right = self.top + self.height, self.left + self.width
        parts = [line(self.left, bottom, right, bottom), line(self.left, self.top, self.left, bottom)]
        for value, name in _ticks(*self.xlim, ticks):
            x = self.x(value)
            parts.append(line(x, self.top, x, bottom, stroke="grid", stroke_width=0.7))
            parts.append(text(x, bottom + 12, name, size=11, fill="quiet"))
        for value, name in _ticks(*self.ylim, ticks):
            y = self.y(value)
            parts.append(line(self.left, y, right, y, stroke="grid", stroke_width=0.7))
            parts.append(text(self.left - 6, y, name, size=11, fill="quiet", text_anchor="end"))
        middle_x, middle_y = self.left + self.width / 2, self.top + self.height / 2
        parts.append(text(middle_x, bottom + 29, xlabel, size=12))
        turned = f"rotate(-90 {self.left - 38:g} {middle_y:g})"
        parts.append(text(self.left - 38, middle_y, ylabel, size=12, transform=turned))
        if title:
            parts.append(text(middle_x, self.top - 12, title, size=13, font_weight="bold"))
        return group(*parts)

    def clip(self, name: str, *children: Element) -> Element:
        """Return the children cut off at the edges of the rectangle; `name` is one per scene."""
        shape = rect(self.left, self.top, self.width, self.height)
        return group(element("clipPath", shape, id=name), group(*children, clip_path=f"url(#{name})"))


def _ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return at most about `most` round numbers from low to high, and how they are written."""
    values = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
    edge = 1e-9 * (high - low)
    inside = values[(values >= low - edge) & (values <= high + edge)].round(12) + 0.0  # −0 + 0 is 0
    return [(float(value), f"{value:g}".replace("-", "−")) for value in inside]
