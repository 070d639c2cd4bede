"""The perceptron's run, example by example: the data, the line, and every update of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nblib import toydata, validate
from nblib.drawing.axes import Axes
from nblib.drawing.formula import Formula
from nblib.drawing.numbers import num, signed
from nblib.drawing.panels import boundary, counters, plane
from nblib.drawing.scene import Caption, Element, Scene, circle, element, line, note
from nblib.perceptron import Perceptron, PerceptronRecord
from nblib.steppers.pages import Pages
from nblib.widgets.explorer import Explorer, eta_slider

FORMULA = "w ← w + η (y − ŷ) x        b ← b + η (y − ŷ)"


def scene(record: PerceptronRecord) -> Scene:
    """Return the scene of a run on points of the plane: one page per example, and one before the first.

    Parameters
    ----------
    record : PerceptronRecord
        With two inputs. Where x and η have at most two decimals, every number of the updates is
        printed exactly; of others, weights are rounded to four.

    Raises
    ------
    ValueError
        If there are not two inputs, or `x` is not finite.
    """
    if record.x.shape[1] != 2:
        raise ValueError(f"record must be of a perceptron with 2 inputs, got {record.x.shape[1]}")
    axes, pages = _square(validate.finite("x", record.x)), Pages.after(len(record))
    return Scene(
        [*_plane(axes, record, pages), *_normal(axes, record), *_counters(record, pages)],
        _captions(record, axes),
        width=640,
        height=440,
        title="A perceptron learns",
        updates=record.mistakes + 1,
        telling=int(record.mistakes[min(3, len(record.mistakes) - 1)]) + 1 if record.mistakes.size else 0,
    )


def _square(x: NDArray[np.float64]) -> Axes:
    """Return the square that is drawn: around the points, and at least as large as the toy data's."""
    low, high = np.minimum(x.min(axis=0), -0.5) - 0.25, np.maximum(x.max(axis=0), 0.5) + 0.25
    middle, half = (low + high) / 2, (high - low).max() / 2
    return Axes(60, 25, 360, 360, *((float(m - half), float(m + half)) for m in middle))


def _plane(axes: Axes, record: PerceptronRecord, pages: Pages) -> list[Element]:
    """Return the points, the line after each step, and dashed the one before it where it has moved."""
    before, moved = (record.weights[:-1], record.biases[:-1]), pages.of(record.error, none=0) != 0
    dashed = {"stroke": "quiet", "stroke_width": 2, "stroke_dasharray": "6 5"}
    fires = [axes.side(w, b) for w, b in zip(record.weights, record.biases, strict=True)]
    lines = axes.clip(
        "plane",
        element("polygon", points=fires, fill="soft", fill_opacity=0.2),
        boundary(axes, *map(pages.of, before), shown=moved, **dashed),
        boundary(axes, record.weights, record.biases),
    )
    x1, x2 = here = pages.of(record.x[record.example]).T
    verdict = pages.of(np.where(record.error, "✗ wrong", "✓ right"), none="")
    return [
        *plane(axes, record.x, record.y, lines, here=here, title="the unit fires on the shaded side"),
        note(axes.x(x1), axes.y(x2) - 22, verdict, font_weight="bold"),
    ]


def _normal(axes: Axes, record: PerceptronRecord) -> list[Element]:
    """Return the normal w as a pin of fixed length that stands on the line, where there is room for it."""
    x1, y1, x2, y2 = axes.boundary(record.weights, record.biases)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    x = np.where(axes.holds(x, y), x, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        right, up = 45 * (record.weights / np.linalg.norm(record.weights, axis=1)[:, None]).T
    return [
        line(x, y, x + right, y - up, stroke_width=2.5),
        circle(x + right, y - up, 4, fill="ink"),
        note(x + right + 12, y - up - 10, "w", size=14, font_weight="bold"),
    ]


def _counters(record: PerceptronRecord, pages: Pages) -> list[Element]:
    write = _writer(record.weights, record.biases)
    rows = {
        "epoch": pages.of(record.epoch, none=1).astype(str),
        "mistakes so far": pages.of(np.cumsum(record.error != 0), none=0).astype(str),
        "w₁": [write(w) for w in record.weights[:, 0]],
        "w₂": [write(w) for w in record.weights[:, 1]],
        "b": [write(b) for b in record.biases],
    }
    return counters(450, 60, rows)


# -- captions -----------------------------------------------------------------------------------


def _captions(record: PerceptronRecord, axes: Axes) -> list[Caption]:
    first = "All weights are zero: z = 0 for every example, so the unit never fires."
    if record.weights[0].any() or record.biases[0]:
        first = "The line to begin with."
    finite = np.isfinite(np.c_[record.weights, record.biases]).all(axis=1)
    finite = finite[:-1] & finite[1:] & np.isfinite(record.z)
    off = Caption(f"The numbers left the scale at step {np.argmin(finite) + 1}.", FORMULA)
    words, more = _Words(record), _hidden_line(axes, record)
    more[-1] += _ending(record) if finite[-1] else ""
    steps = zip(range(len(record)), finite, more, strict=True)
    return [Caption(first, FORMULA), *(words.at(t, end) if fine else off for t, fine, end in steps)]


def _hidden_line(axes: Axes, record: PerceptronRecord) -> list[str]:
    """Return for each step a sentence if no line is seen after it, else an empty text."""
    weights, biases = record.weights[1:], record.biases[1:]
    corners = np.array([(x1, x2) for x1 in axes.xlim for x2 in axes.ylim])
    with np.errstate(invalid="ignore"):
        z = weights @ corners.T + biases[:, None]
    fires, silent = (z > 0).all(axis=1), (z < 0).all(axis=1) | ~weights.any(axis=1)
    where = np.select(
        [fires, silent], [" Here the unit fires everywhere", " Here the unit fires nowhere"], ""
    )
    why = np.where(
        weights.any(axis=1), "the line lies outside the picture", "where w is zero there is no line"
    )
    return [f"{says}: {reason}." if says else "" for says, reason in zip(where, why, strict=True)]


def _ending(record: PerceptronRecord) -> str:
    """Return how the run ended, for its last page."""
    if record.converged:
        return " A whole epoch without a mistake: it is done."
    n, epochs = len(record.x), f"{record.epochs} epoch{'s'[: record.epochs > 1]}"
    fires = [x @ record.weights[-1] + record.biases[-1] > 0 for x in record.x]
    wrong = int(np.sum(fires != record.y))
    if wrong:
        left = f"the unit is still wrong about {wrong} of {n} examples"
        return f" Stopped after {epochs}, and mistakes go on: {left}."
    return f" Stopped after {epochs}: now every example is right, but no whole epoch was without a mistake."


_SUM = Formula("{w₁}·{x₁} + {w₂}·{x₂} + {b}")
_STEP = Formula("{w} + {η}·({y} − {ŷ})·{x}")
_BIAS_STEP = Formula("{b} + {η}·({y} − {ŷ})")


class _Words:
    """What is said of a run step by step, its numbers written with as many decimals as it takes."""

    def __init__(self, record: PerceptronRecord) -> None:
        self.record = record
        self._x, self._w = _writer(record.x), _writer(record.weights, record.biases)
        self._eta = _writer(np.array([record.eta]), least=2)(record.eta)
        self._z_digits = _decimals(record.z)

    def at(self, t: int, more: str) -> Caption:
        """Return what happened at step t, in words with `more` at their end, and in numbers."""
        record = self.record
        i, says, error = (int(column[t]) for column in (record.example, record.prediction, record.error))
        y, (x1, x2) = int(record.y[i]), map(self._x, record.x[i])
        w1, w2, b = self._parameters(t)
        z = f"z = {_SUM.filled(w1, x1, w2, x2, b)} = {self._z(record.z[t])}"
        seen = f"Epoch {record.epoch[t]}, example {i + 1}, target y = {y}. The unit says ŷ = {says}"
        if not error:
            return Caption(f"{seen}: right. Nothing changes.{more}", FORMULA, z)
        does = "fired: w moves towards x" if error > 0 else "been silent: w moves away from x"
        step = self._eta, str(y), str(says)
        steps = _STEP.filled(w1, *step, x1), _STEP.filled(w2, *step, x2), _BIAS_STEP.filled(b, *step)
        lines = [
            f"{name} ← {worked} = {new}"
            for name, worked, new in zip(("w₁", "w₂", "b"), steps, self._parameters(t + 1), strict=True)
        ]
        words = f"{seen}: wrong, y − ŷ = {signed(error, 0)}. It should have {does}.{more}"
        return Caption(words, FORMULA, "\n".join([z, *lines]))

    def _parameters(self, row: int) -> list[str]:
        return [self._w(value) for value in (*self.record.weights[row], self.record.biases[row])]

    def _z(self, z: float) -> str:
        """Return z with enough decimals to see whether it is above 0."""
        digits = self._z_digits
        if 0 < abs(z) < 0.5e-6:
            return f"{num(0, digits)} (rounding in the computer left {'+' if z > 0 else '−'}{abs(z):.0e})"
        return num(z, max(digits, 6) if 0 < abs(z) < 0.5 * 10**-digits else digits)


def _writer(*columns: NDArray[np.float64], least: int = 0) -> Callable[[float], str]:
    """Return a function that writes numbers with as many decimals as the columns have, at most 4."""
    digits = max(least, *map(_decimals, columns))
    return lambda value: num(value, digits) if np.isfinite(value) else "–"


def _decimals(values: NDArray[np.float64]) -> int:
    """Return how many decimals it takes to print the values exactly, but no more than 4."""
    values = values[np.isfinite(values)]
    exact = (d for d in range(4) if np.allclose(values, np.round(values, d), rtol=1e-12, atol=1e-9))
    return next(exact, 4)


# -- the explorer -------------------------------------------------------------------------------


def _inseparable(seed: int) -> toydata.Data:
    """Return 20 points of two overlapping clouds, and see to it that no line separates them.

    Few points of overlapping clouds may be separable by chance. So the last point with label 0
    moves into the middle of those with label 1: where z is above 0 at all of them, it is above 0
    in their middle.
    """
    x, y = toydata.overlapping(20, seed)
    x[np.flatnonzero(y == 0)[-1]] = x[y == 1].mean(axis=0)
    return x, y


DATA = {
    "separable": lambda seed: toydata.separable(20, 0.3, seed),
    "tight margin": lambda seed: toydata.separable(20, 0.05, seed),
    "inseparable": _inseparable,
    "XOR": lambda seed: toydata.gate("xor"),
}
OWN = "your own"
OWN_WORDS = "A click on the plane adds a point; so does the button, at the place that the sliders choose."
TWO_STAY = "The first two points stay: without one of each class there is nothing to learn."


class PerceptronExplorer(Explorer):
    """The stepper of a perceptron, with data, η and order to choose, and points of one's own.

    With the data "your own", a click on the plane puts a point there. Those who do not use a
    mouse choose its place with two sliders and press "Add point".
    """

    def __init__(self, data: str, eta: float, seed: int, max_epochs: int) -> None:
        self.max_epochs = max_epochs
        self.own = [(-0.5, -0.5, 0), (0.5, 0.5, 1)]
        self._place = [
            ipywidgets.FloatSlider(value=0, min=-1, max=1, step=0.05, description=name)
            for name in ("x₁", "x₂")
        ]
        self._label = ipywidgets.Dropdown(
            options=[("blue disc, y = 1", 1), ("orange square, y = 0", 0)], description="new point"
        )
        self._own_row = ipywidgets.HBox([self._label, *self._place])
        self._own_words = ipywidgets.HTML(OWN_WORDS)
        settings = {
            "data": ipywidgets.Dropdown(options=[*DATA, OWN], value=data, description="data"),
            "eta": eta_slider(eta, most=10),
            "order": ipywidgets.Dropdown(options=["given", "shuffled"], description="order"),
        }
        super().__init__(self.run, settings, seeded=True, seed=seed, clicked=self._clicked)

    def run(self, data: str, eta: float, order: str, seed: int) -> Scene:
        """Return the scene of a run with these settings; x and η have two decimals, to redo it by hand."""
        x, y = DATA[data](seed) if data in DATA else (self._own()[:, :2], self._own()[:, 2])
        x, eta = np.round(x, 2), round(eta, 2)
        return scene(Perceptron(2).fit(x, y, eta=eta, max_epochs=self.max_epochs, order=order, seed=seed))

    def add(self, x1: float, x2: float, label: int) -> None:
        """Add a point of one's own, and run again."""
        self.own.append((round(float(x1), 2), round(float(x2), 2), int(label)))
        self._own_words.value = OWN_WORDS
        self.refresh()

    def remove(self) -> None:
        """Take the point back that was added last; the first two stay, and the words above say so."""
        if len(self.own) > 2:
            self.own.pop()
        self._own_words.value = OWN_WORDS if len(self.own) > 2 else f"{OWN_WORDS} {TWO_STAY}"
        self.refresh()

    def actions(self) -> dict[str, Callable[[], Any]]:
        """Return the buttons: for points of one's own, and for another seed where something is random."""
        data, order = self.settings["data"].value, self.settings["order"].value
        if data == OWN:
            return {"Add point": self._add_at_sliders, "Remove last point": self.remove}
        return {} if data == "XOR" and order == "given" else super().actions()

    def rows(self) -> list[ipywidgets.Widget]:
        """Return the settings, and with points of one's own what the next one is."""
        own = [self._own_words, self._own_row] if self.settings["data"].value == OWN else []
        return [*super().rows(), *own]

    def _own(self) -> NDArray[np.float64]:
        return np.array(self.own)

    def _add_at_sliders(self) -> None:
        self.add(*(slider.value for slider in self._place), self._label.value)

    def _clicked(self, x: float, y: float) -> None:
        axes = _square(self._own()[:, :2])
        if self.settings["data"].value == OWN and axes.holds(x, y):
            self.add(*axes.at(x, y), self._label.value)


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

    Raises
    ------
    ValueError
        If there are no such data, or a number is out of its range.
    """
    validate.one_of("data", data, [*DATA, OWN])
    if not 0.01 <= validate.positive("eta", eta) <= 10:
        raise ValueError(f"eta must be from 0.01 to 10, got {eta:g}")
    validate.whole("seed", seed, at_least=0)
    return PerceptronExplorer(data, eta, seed, max_epochs)
