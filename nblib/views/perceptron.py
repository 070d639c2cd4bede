"""The perceptron's run, example by example: the data, the line, and every update of it."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nblib import toydata, validate
from nblib.drawing.numbers import factor, num, signed, sub
from nblib.drawing.scene import Axes, Caption, Element, Scene, circle, group, line, note, rect, text
from nblib.perceptron import Perceptron, PerceptronRecord, widest_margin
from nblib.widgets.explorer import NEW_SEED, Explorer, eta_slider

FORMULA = "w ← w + η (y − ŷ) x        b ← b + η (y − ŷ)"


def scene(record: PerceptronRecord) -> Scene:
    """Return the scene of a run on points of the plane: one page per example, and one before the first.

    Parameters
    ----------
    record : PerceptronRecord
        With two inputs. Where x and η have at most two decimals, every number of the updates is
        printed exactly; of others, weights are rounded to four.
    """
    axes = _plane(record)
    bound = widest_margin(record.x, record.y).bound
    return Scene(
        [
            axes.frame("x₁", "x₂"),
            axes.clip(
                "plane", _line_element(axes, record, after=False), _line_element(axes, record, after=True)
            ),
            *_points(axes, record),
            _ring(axes, record),
            *_normal(axes, record),
            *_counters(record, bound),
        ],
        _captions(record),
        width=640,
        height=440,
        title="A perceptron learns",
        updates=[0, *(record.mistakes + 1)],
        telling=int(record.mistakes[min(3, len(record.mistakes) - 1)]) + 1 if record.mistakes.size else 0,
    )


def _plane(record: PerceptronRecord) -> Axes:
    """Return a square around the points, at least as large as the toy data's."""
    low = np.minimum(record.x.min(axis=0), -0.5) - 0.25
    high = np.maximum(record.x.max(axis=0), 0.5) + 0.25
    middle, half = (low + high) / 2, (high - low).max() / 2
    return Axes(60, 25, 360, 360, *((float(m - half), float(m + half)) for m in middle))


def _ends(axes: Axes, weights: NDArray[np.float64], biases: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return x1, y1, x2, y2 of the lines w·x + b = 0 in the drawing, NaN where w is zero."""
    length = np.linalg.norm(weights, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = weights / length[:, None]
        centre = np.array([np.mean(axes.xlim), np.mean(axes.ylim)])
        away = (weights @ centre + biases) / length
        foot = centre - away[:, None] * normal
    along = np.column_stack([-normal[:, 1], normal[:, 0]]) * 4 * (axes.xlim[1] - axes.xlim[0])
    ends = []
    for end in (foot + along, foot - along):
        ends += [axes.x(end[:, 0]), axes.y(end[:, 1])]
    far = np.abs(away) > 4 * (axes.xlim[1] - axes.xlim[0])
    return [np.where(far, np.nan, end) for end in ends]


def _line_element(axes: Axes, record: PerceptronRecord, after: bool) -> Element:
    before = np.r_[0, np.arange(len(record))]  # page t + 1 shows step t: the line before it and after it
    rows = np.arange(len(record) + 1) if after else before
    ends = _ends(axes, record.weights[rows], record.biases[rows])
    if after:
        return line(*ends, stroke_width=2.5)
    moved = np.r_[0, record.error] != 0
    return line(
        *(np.where(moved, end, np.nan) for end in ends),
        stroke="quiet",
        stroke_width=2,
        stroke_dasharray="6 5",
    )


def _points(axes: Axes, record: PerceptronRecord) -> list[Element]:
    elements = []
    for (x1, x2), label in zip(record.x, record.y, strict=True):
        x, y = axes.x(x1), axes.y(x2)
        if label:
            elements.append(circle(x, y, 6, fill="positive", stroke="paper"))
        else:
            elements.append(rect(x - 5.5, y - 5.5, 11, 11, fill="negative", stroke="paper"))
    return elements


def _ring(axes: Axes, record: PerceptronRecord) -> Element:
    x, y = axes.x(record.x[record.example, 0]), axes.y(record.x[record.example, 1])
    wrong = record.error != 0
    return group(
        circle(np.r_[np.nan, x], np.r_[np.nan, y], 12, fill="none", stroke="ink", stroke_width=2.5),
        note(
            np.r_[np.nan, x],
            np.r_[np.nan, y - 22],
            ["", *np.where(wrong, "✗ wrong", "✓ right").tolist()],
            size=12,
            font_weight="bold",
        ),
    )


def _normal(axes: Axes, record: PerceptronRecord) -> list[Element]:
    """Return the normal w as a pin of fixed length that stands on the line."""
    x1, y1, x2, y2 = _ends(axes, record.weights, record.biases)
    foot_x, foot_y = (x1 + x2) / 2, (y1 + y2) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = record.weights / np.linalg.norm(record.weights, axis=1)[:, None]
    inside = (np.abs(foot_x - 240) < 180) & (np.abs(foot_y - 215) < 180)
    tip_x = np.where(inside, foot_x + 45 * normal[:, 0], np.nan)
    tip_y = np.where(inside, foot_y - 45 * normal[:, 1], np.nan)
    return [
        line(foot_x, foot_y, tip_x, tip_y, stroke_width=2.5),
        circle(tip_x, tip_y, 4, fill="ink"),
        note(tip_x + 12, tip_y - 10, "w", size=14, font_weight="bold"),
    ]


def _counters(record: PerceptronRecord, bound: float) -> list[Element]:
    mistakes = np.r_[0, np.cumsum(record.error != 0)]
    epoch = np.r_[1, record.epoch]
    weights, biases = record.weights, record.biases
    digits = _decimals(np.c_[weights, biases], most=4)
    rows = [
        ("epoch", [str(e) for e in epoch]),
        ("mistakes so far", [str(m) for m in mistakes]),
        ("bound R²/γ²", num(bound, 0) if np.isfinite(bound) else "none: no line is right"),
        ("w₁", [num(w, digits) for w in weights[:, 0]]),
        ("w₂", [num(w, digits) for w in weights[:, 1]]),
        ("b", [num(b, digits) for b in biases]),
    ]
    elements = []
    for i, (name, value) in enumerate(rows):
        elements.append(text(450, 60 + 48 * i, name, size=12, text_anchor="start", fill="quiet"))
        elements.append(text(450, 79 + 48 * i, value, size=15, text_anchor="start"))
    return elements


def _captions(record: PerceptronRecord) -> list[Caption]:
    captions = [Caption("All weights are zero: z = 0 for every example, so the unit never fires.", FORMULA)]
    if record.weights[0].any() or record.biases[0]:
        captions = [Caption("The line to begin with.", FORMULA)]
    places = (
        _decimals(record.x, most=4),
        _decimals(np.c_[record.weights, record.biases], most=4),
        _decimals(record.z, most=4),
    )
    for t in range(len(record)):
        captions.append(_caption(record, t, *places))
    return captions


def _decimals(values: NDArray[np.float64], most: int) -> int:
    """Return how many decimals it takes to print the values exactly, but no more than `most`."""
    close = (d for d in range(most) if np.allclose(values, np.round(values, d), rtol=1e-12, atol=1e-9))
    return next(close, most)


def _near_zero(z: float, digits: int) -> str:
    """Return z with enough decimals to see whether it is above 0."""
    if 0 < abs(z) < 0.5e-6:
        return f"{num(0, digits)} (rounding in the computer left {'+' if z > 0 else '−'}{abs(z):.0e})"
    return num(z, max(digits, 6) if 0 < abs(z) < 0.5 * 10**-digits else digits)


def _caption(record: PerceptronRecord, t: int, x_digits: int, w_digits: int, z_digits: int) -> Caption:
    i, error, eta = int(record.example[t]), int(record.error[t]), record.eta
    x, y = record.x[i], int(record.y[i])
    weights, new_weights = record.weights[t], record.weights[t + 1]
    w, new_w = ([num(v, w_digits) for v in row] for row in (weights, new_weights))
    b, new_b = num(record.biases[t], w_digits), num(record.biases[t + 1], w_digits)
    xs = [factor(v, x_digits) for v in x]
    total = f"{w[0]}·{xs[0]} + {factor(weights[1], w_digits)}·{xs[1]} + {factor(record.biases[t], w_digits)}"
    z = f"z = {total} = {_near_zero(record.z[t], z_digits)}"
    seen = (
        f"Epoch {record.epoch[t]}, example {i + 1}, target y = {y}. The unit says ŷ = {record.prediction[t]}"
    )
    if not error:
        return Caption(f"{seen}: right. Nothing changes.", FORMULA, z)
    does = (
        "should have fired: w moves towards x"
        if error > 0
        else "should have been silent: w moves away from x"
    )
    bit = f"{num(eta, 2)}·({y} − {record.prediction[t]})"
    lines = [f"w{sub(k + 1)} ← {w[k]} + {bit}·{xs[k]} = {new_w[k]}" for k in (0, 1)]
    lines.append(f"b ← {b} + {bit} = {new_b}")
    return Caption(f"{seen}: wrong, y − ŷ = {signed(error, 0)}. It {does}.", FORMULA, "\n".join([z, *lines]))


DATA = {
    "separable": lambda seed: toydata.separable(20, 0.3, seed),
    "tight margin": lambda seed: toydata.separable(20, 0.05, seed),
    "inseparable": lambda seed: toydata.overlapping(20, seed),
    "XOR": lambda seed: toydata.gate("xor"),
}
OWN = "your own"


class PerceptronExplorer(Explorer):
    """The stepper of a perceptron, with data, η and order to choose, and points of one's own.

    With the data "your own", a click on the plane puts a point there. Those who do not use a
    mouse choose its place with two sliders and press "Add point".
    """

    def __init__(self, data: str, eta: float, seed: int, max_epochs: int) -> None:
        self.max_epochs = max_epochs
        self.own = [(-0.5, -0.5, 0), (0.5, 0.5, 1)]
        self._axes: Axes | None = None
        self._place = [
            ipywidgets.FloatSlider(value=0, min=-1, max=1, step=0.05, description=name)
            for name in ("x₁", "x₂")
        ]
        self._label = ipywidgets.Dropdown(
            options=[("blue disc, y = 1", 1), ("orange square, y = 0", 0)], description="new point"
        )
        settings = {
            "data": ipywidgets.Dropdown(options=[*DATA, OWN], value=data, description="data"),
            "eta": eta_slider(eta, most=10),
            "order": ipywidgets.Dropdown(options=["given", "shuffled"], description="order"),
        }
        super().__init__(self.run, settings, seeded=True, seed=seed, clicked=self._clicked)
        self._own_row = ipywidgets.HBox([self._label, *self._place])
        if data == OWN:
            self.refresh()

    def run(self, data: str, eta: float, order: str, seed: int) -> Scene:
        """Return the scene of a run with these settings; x and η have two decimals, to redo it by hand."""
        x, y = self._points(data, seed)
        x, eta = np.round(x, 2), round(eta, 2)
        record = Perceptron(2).fit(x, y, eta=eta, max_epochs=self.max_epochs, order=order, seed=seed)
        self._axes = _plane(record)
        return scene(record)

    def add(self, x1: float, x2: float, label: int) -> None:
        """Add a point of one's own, and run again."""
        self.own.append((round(float(x1), 2), round(float(x2), 2), int(label)))
        self.refresh()

    def remove(self) -> None:
        """Take the point back that was added last; the first two stay."""
        if len(self.own) > 2:
            self.own.pop()
            self.refresh()

    def refresh(self, step: int = 0) -> None:
        """Make the run anew and show it from `step`."""
        self._show_own_row()
        actions = {NEW_SEED: self.new_seed}
        if self.settings["data"].value == OWN:
            actions = {"Add point": self._add_at_sliders, "Remove last point": self.remove}
        self.stepper.show(self.scene(), step, actions)

    def _points(self, data: str, seed: int) -> tuple[Any, Any]:
        if data == OWN:
            return np.array([point[:2] for point in self.own]), np.array([label for *_, label in self.own])
        return DATA[data](seed)

    def _show_own_row(self) -> None:
        row, *_ = self.children
        own = [self._own_row] if self.settings["data"].value == OWN else []
        self.children = [row, *own, self.stepper]

    def _add_at_sliders(self) -> None:
        self.add(*(slider.value for slider in self._place), self._label.value)

    def _clicked(self, x: float, y: float) -> None:
        if self.settings["data"].value == OWN and self._axes is not None and self._axes.holds(x, y):
            self.add(*self._axes.at(x, y), self._label.value)


def explorer(
    data: str = "separable", eta: float = 0.5, seed: int = 4, max_epochs: int = 10
) -> PerceptronExplorer:
    """Return the stepper of a perceptron's run.

    Parameters
    ----------
    data : {"separable", "tight margin", "inseparable", "XOR", "your own"}
    eta : float
        The learning rate η, 0.01 to 10.
    seed : int
        Seed of the data and of the shuffled order.
    max_epochs : int
        The most passes through the data.
    """
    validate.one_of("data", data, [*DATA, OWN])
    if not 0.01 <= validate.positive("eta", eta) <= 10:
        raise ValueError(f"eta must be from 0.01 to 10, got {eta:g}")
    validate.whole("seed", seed, at_least=0)
    return PerceptronExplorer(data, eta, seed, max_epochs)
