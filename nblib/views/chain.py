"""The chain of three neurons: forwards, backwards factor by factor, update, and again.

In the dependency tree one arrow leaves each number. The arrow carries the factor ∂next/∂number, and
the derivative of the cost for a number is the product of the factors on its way to C.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor, isfinite, log10, prod
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from nblib import validate
from nblib.chain import PARAMETERS, Chain, ChainRecord
from nblib.drawing.scene import (
    Axes,
    Caption,
    Element,
    Scene,
    circle,
    element,
    group,
    line,
    polyline,
    rect,
    text,
)
from nblib.widgets.explorer import Explorer, eta_slider

FORWARD = ("z1", "a1", "z2", "a2", "C")
NEXT = {
    "a2": "C", "z2": "a2", "w2": "z2", "b2": "z2", "a1": "z2", "z1": "a1", "w1": "z1", "b1": "z1", "a0": "z1",
}  # fmt: skip
"""Where the arrow from each number leads, in the order in which the derivatives are computed."""
BACKWARD = tuple(NEXT)
UPDATE = len(FORWARD) + len(BACKWARD)  # the last phase of a cycle
_TELLING = len(FORWARD) + BACKWARD.index("w1")  # the longest product: five factors
_LAYER = {"z1": ("w1", "a0", "b1"), "z2": ("w2", "a1", "b2")}
_PLACES = {
    "a0": (40, 205), "z1": (137, 205), "a1": (234, 205), "z2": (331, 205), "a2": (428, 205), "C": (525, 205),
    "w1": (137, 88), "b1": (137, 322), "w2": (331, 88), "b2": (331, 322), "y": (525, 88),
}  # fmt: skip
_RADIUS = 27
_BOX = (64, 46)  # a parameter's


def scene(record: ChainRecord) -> Scene:
    """Return the scene of a descent: for each update five pages forwards, nine backwards, one to update.

    After the last update follow five more pages forwards, with the last parameters.

    Parameters
    ----------
    record : ChainRecord
        Of one example.

    Raises
    ------
    ValueError
        If the record is of several examples, holds no step, or has columns of unequal lengths.
    """
    run = _Run(record)
    cycle = UPDATE + 1
    return Scene(
        [
            *_heading(run),
            *(_arrow(run, name) for name in (*NEXT, "y")),
            *(_factor(run, name) for name in NEXT),
            *(_node(run, name) for name in _PLACES),
            *(_gradient(run, name) for name in BACKWARD),
            *(_move(run, name) for name in PARAMETERS),
            *_curves(run),
        ],
        _captions(run),
        width=760,
        height=380,
        title="The chain rule in three neurons",
        updates=[cycle * t + UPDATE for t in range(len(run))],
        telling=_TELLING,
    )


class _Run:
    """A record by the names of the tree, and for each page its update `t` and its phase.

    `value[name][t]`, `factor[name][t]` and `gradient[name][t]` hold the number itself, the factor
    on the arrow that leaves it, and ∂C/∂name.
    """

    def __init__(self, record: ChainRecord) -> None:
        passes, n_rows = record.passes, len(record.w1)
        if np.ndim(passes.a2) != 1:
            raise ValueError(
                f"record must be of one example, got activations of shape {np.shape(passes.a2)}: "
                "descend with one number a0 and one y"
            )
        if n_rows < 2:
            raise ValueError(f"record must hold at least one step, got {n_rows} rows")
        self.eta, self.y = record.eta, float(record.y)
        self.value = {name: getattr(record, name) for name in PARAMETERS}
        self.value |= {name: getattr(passes, name) for name in ("a0", "z1", "a1", "z2", "a2")}
        self.value["C"] = passes.cost
        self.factor = {name: getattr(passes, f"d{to}_d{name}") for name, to in NEXT.items()}
        self.gradient = {name: getattr(passes, _field(name)) for name in BACKWARD}
        for columns in (self.value, self.factor, self.gradient):
            for name, column in columns.items():
                if len(column) != n_rows:
                    raise ValueError(f"record must have {n_rows} rows of {name} as of w1, got {len(column)}")
        last = n_rows - 1
        self.t = np.r_[np.repeat(np.arange(last), UPDATE + 1), np.full(len(FORWARD), last)]
        self.phase = np.r_[np.tile(np.arange(UPDATE + 1), last), np.arange(len(FORWARD))]
        self.finite = np.all([np.isfinite(column) for column in self.value.values()], axis=0)
        self.finite &= np.all([np.isfinite(column) for column in self.gradient.values()], axis=0)

    def __len__(self) -> int:
        return len(self.value["w1"]) - 1

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row whose parameters a page shows: on the page of an update already the next one."""
        return self.t + (self.phase == UPDATE)

    def spread(self, texts: Sequence[str], shown: NDArray[np.bool_], rows: NDArray[np.int64]) -> list[str]:
        """Return ``texts[row]`` for each page where it is shown, else nothing."""
        return [texts[row] if on else "" for row, on in zip(rows.tolist(), shown.tolist(), strict=True)]


def _field(name: str) -> str:
    """Return the name of ∂C/∂name in a `ChainPass`."""
    return f"delta{name[1]}" if name in _LAYER else f"dC_d{name}"


def _path(name: str) -> list[str]:
    """Return the numbers whose arrows lie between C and `name`, from C backwards."""
    path = [name]
    while NEXT[path[-1]] != "C":
        path.append(NEXT[path[-1]])
    return path[::-1]


def _phase(name: str) -> int:
    """Return the phase in which ∂C/∂name is computed."""
    return len(FORWARD) + BACKWARD.index(name)


# -- the tree -----------------------------------------------------------------------------------


def _heading(run: _Run) -> list[Element]:
    n = len(run)
    cycles = [f"Update {t + 1} of {n}" for t in range(n)] + [f"After {n} update{'s'[: n > 1]}"]
    stages = np.digitize(run.phase, [len(FORWARD), UPDATE])
    parts = [text(20, 22, [cycles[t] for t in run.t.tolist()], 14, text_anchor="start", font_weight="bold")]
    for i, name in enumerate(("forwards", "backwards", "update")):
        now = stages == i
        parts.append(
            text(
                200 + 92 * i,
                22,
                name,
                fill=np.where(now, "ink", "quiet").tolist(),
                font_weight=np.where(now, "bold", "normal").tolist(),
            )
        )
    return parts


def _arrow(run: _Run, name: str) -> Element:
    """Return the arrow that leaves a number, lit when it is used."""
    to = NEXT.get(name, "C")
    (x1, y1), (x2, y2), head = _ends(name, to)
    if name == "y":
        used = run.phase == FORWARD.index("C")
        colour, look = np.where(used, "ink", "quiet").tolist(), {"stroke_width": np.where(used, 3, 1)}
    else:
        colour, look = _light(run, name, to)
    shaft = line(x1, y1, x2, y2, stroke="currentColor", **look)
    return group(shaft, _head(head), color=colour)


def _ends(name: str, to: str) -> tuple[tuple[float, float], tuple[float, float], tuple[float, ...]]:
    """Return both ends of an arrow's shaft, and its tip with its direction."""
    (x1, y1), (x2, y2) = _PLACES[name], _PLACES[to]
    dx, dy = np.sign(x2 - x1), np.sign(y2 - y1)
    start = _BOX[1] / 2 if name in PARAMETERS else _RADIUS
    tip_x, tip_y = x2 - dx * (_RADIUS + 1), y2 - dy * (_RADIUS + 1)
    return (x1 + dx * start, y1 + dy * start), (tip_x - 7 * dx, tip_y - 7 * dy), (tip_x, tip_y, dx, dy)


def _head(tip: tuple[float, ...]) -> Element:
    x, y, dx, dy = tip
    corners = [(x, y), (x - 9 * dx - 5 * dy, y - 9 * dy + 5 * dx), (x - 9 * dx + 5 * dy, y - 9 * dy - 5 * dx)]
    return element("polygon", points=" ".join(f"{a:g},{b:g}" for a, b in corners), fill="currentColor")


def _light(run: _Run, name: str, to: str) -> tuple[list[str], dict[str, Any]]:
    """Return an arrow's colour and look: on the way back by the sign of its factor, thick when new."""
    forwards = run.phase == FORWARD.index(to)
    newest = run.phase == _phase(name)
    on_path = np.isin(run.phase, [_phase(other) for other in BACKWARD if name in _path(other)])
    factor = run.factor[name][run.t]
    colour = np.select(
        [forwards, on_path & (factor > 0), on_path & (factor < 0), on_path],
        ["ink", "positive", "negative", "ink"],
        "quiet",
    )
    width = np.select([newest, on_path | forwards], [6, 3], 1)
    dash = np.where(on_path & (factor < 0), "7 4", "none").tolist()
    return colour.tolist(), {"stroke_width": width, "stroke_dasharray": dash}


def _factor(run: _Run, name: str) -> Element:
    """Return the factor of an arrow, written at it as soon as it is known."""
    (x1, y1), (x2, _) = _PLACES[name], _PLACES[NEXT[name]]
    x, y, anchor = (x1 + x2) / 2, y1 - 33, "middle"
    if name in PARAMETERS:
        x, y, anchor = (x1 + 9, y1 + 45, "start") if name[0] == "w" else (x1 - 9, y1 - 52, "end")
    known = run.phase >= _phase(name)
    factors = ["+1"] * (len(run) + 1) if name[0] == "b" else [_signed(f) for f in run.factor[name].tolist()]
    title = np.where(known, f"∂{NEXT[name]}/∂{name}", "").tolist()
    return group(
        text(x, y, title, 11, text_anchor=anchor, fill="quiet"),
        text(x, y + 14, run.spread(factors, known, run.t), 11, text_anchor=anchor),
    )


def _node(run: _Run, name: str) -> Element:
    """Return a number of the tree: a box for a parameter, a circle for the rest."""
    x, y = _PLACES[name]
    n_pages = len(run.t)
    active, shown, fill = np.zeros(n_pages, bool), np.ones(n_pages, bool), "ink"
    if name in FORWARD:
        active |= run.phase == FORWARD.index(name)
        shown = run.phase >= FORWARD.index(name)
        fill = np.where(run.phase == UPDATE, "quiet", "ink").tolist()
    if name in NEXT:
        active |= run.phase == _phase(name)
    if name in PARAMETERS:
        active |= run.phase == UPDATE
    look = {
        "fill": "paper",
        "stroke": np.where(active, "mark", "ink").tolist(),
        "stroke_width": np.where(active, 4, 1),
    }
    width, height = _BOX
    box = rect(x - width / 2, y - height / 2, width, height, rx=4, **look)
    value = given(run.y)
    if name != "y":
        value = run.spread(
            [_short(v) for v in run.value[name].tolist()], shown, run.rows if name in PARAMETERS else run.t
        )
    return group(
        box if name in PARAMETERS else circle(x, y, _RADIUS, **look),
        text(x, y - 9, name, font_weight="bold"),
        text(x, y + 8, value if isinstance(value, list) else show(value), 11, fill=fill),
    )


def _gradient(run: _Run, name: str) -> Element:
    """Return the derivative of the cost, written at its number as soon as it is known."""
    x, y = _PLACES[name]
    if name in PARAMETERS:
        x, y = x + _BOX[0] / 2 + 6, y - 7
    else:
        x, y = x + (8 if name in _LAYER else -20), y + 40
    known = run.phase >= _phase(name)
    values = run.gradient[name]
    label = f"δ{name[1]}" if name in _LAYER else f"∂C/∂{name}"
    fill = np.select([values[run.t] > 0, values[run.t] < 0], ["positive", "negative"], "ink").tolist()
    numbers = run.spread([_signed(v) for v in values.tolist()], known, run.t)
    return group(
        text(x, y, np.where(known, label, "").tolist(), 11, text_anchor="start"),
        text(x, y + 15, numbers, 11, text_anchor="start", fill=fill, font_weight="bold"),
    )


def _move(run: _Run, name: str) -> Element:
    """Return what the update adds to a parameter."""
    x, y = _PLACES[name]
    old = run.value[name]
    with np.errstate(invalid="ignore"):
        moves = np.r_[np.diff(old), 0.0]
    sums = [
        f"{_short(before)} {'−' if move < 0 else '+'} {_short(abs(move))}"
        for before, move in zip(old.tolist(), moves.tolist(), strict=True)
    ]
    return text(x, y + (-36 if name[0] == "w" else 37), run.spread(sums, run.phase == UPDATE, run.t), 12)


def _curves(run: _Run) -> list[Element]:
    """Return output and cost over the updates: faint what is still to come, and the present as points."""
    axes = Axes(612, 112, 134, 160, (0, len(run)), (0, 1))
    place, rows = axes.x(run.rows), run.rows
    past = element("clipPath", rect(axes.left - 3, 0, place - axes.left + 3, 380), id="past")
    faint, strong, points, legend = [], [], [], []
    for i, (name, label) in enumerate((("a2", "output a2"), ("C", "cost C"))):
        x, y = axes.x(np.arange(len(run) + 1)), axes.y(run.value[name])
        drawn = np.isfinite(y)
        look = {"stroke_dasharray": "5 3"} if name == "C" else {}
        faint.append(polyline(x[drawn], y[drawn], stroke="quiet", stroke_width=0.8, **look))
        strong.append(polyline(x[drawn], y[drawn], stroke_width=2.2, **look))
        shape = circle(place, y[rows], 4.5) if name == "a2" else rect(place - 4, y[rows] - 4, 8, 8)
        points.append(group(shape, fill="mark", stroke="paper"))
        legend.append(line(616, 56 + 18 * i, 646, 56 + 18 * i, stroke_width=2.2, **look))
        legend.append(text(654, 56 + 18 * i, label, 12, text_anchor="start"))
        values = run.spread([f"{name} = {show(v)}" for v in run.value[name]], rows >= 0, rows)
        legend.append(text(axes.left, 332 + 18 * i, values, 13, text_anchor="start"))
    target = axes.y(run.y)
    goal = line(axes.left, target, axes.left + axes.width, target, stroke="quiet", stroke_dasharray="2 3")
    frame = axes.frame("updates", "output, cost", ticks=4)
    return [frame, goal, *faint, past, group(*strong, clip_path="url(#past)"), *points, *legend]


# -- numbers ------------------------------------------------------------------------------------


def show(value: float | str, digits: int = 4) -> str:
    """Return a number with `digits` decimals, more where it is small, a power of ten where tiny.

    >>> show(-0.0948), show(0.00512), show(3.7e-9), show(0.0)
    ('−0.0948', '0.00512', '3.70·10⁻⁹', '0')
    """
    if isinstance(value, str):
        return value
    if not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    if -4 <= size < 6:
        return f"{value:.{max(digits, digits - 2 - size)}f}".replace("-", "−")
    mantissa, power = f"{value:.{digits - 2}e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}".replace("-", "−")


def given(value: float) -> float | str:
    """Return a number that somebody has chosen as it was written, if that is short: 1, 0.8."""
    short = f"{value:g}"
    return short.replace("-", "−") if float(short) == value and "e" not in short else value


def _short(value: float) -> str:
    """Return a number as it fits into the drawing."""
    size = abs(value)
    return show(value, 4 if 1e-4 <= size < 10 else 3 if size < 100 else 2)


def _signed(value: float) -> str:
    written = _short(value)
    return f"+{written}" if value > 0 else written


def _rounded(value: float | str, digits: int) -> float:
    if isinstance(value, str):
        return float(value.replace("−", "-"))
    if value == 0 or not isfinite(value):
        return value
    size = floor(log10(abs(value)))
    return round(value, max(digits, digits - 2 - size) if -4 <= size < 6 else digits - 2 - size)


def _worked(
    template: str, compute: Callable[..., float], values: Sequence[float | str], result: float
) -> str:
    """Return "formula with numbers = result", with as many digits as it takes to redo it by hand.

    The numbers begin with four decimals and get more until `compute`, given the numbers as they
    are printed, leads to the printed result.
    """
    printed = show(result)
    values = [value if isinstance(value, str) else float(value) for value in values]
    for digits in range(4, 18):
        if show(compute(*(_rounded(value, digits) for value in values))) == printed:
            break
    first, *others = (show(value, digits) for value in values)
    bracketed = [f"({other})" if other.startswith("−") else other for other in others]
    return f"{template.format(first, *bracketed)} = {printed}"


def _product(values: Sequence[float | str], result: float) -> str:
    return _worked("·".join(["{}"] * len(values)), lambda *factors: prod(factors), values, result)


# -- captions -----------------------------------------------------------------------------------

_FORWARD_WORDS = {
    "z1": "the hidden neuron weighs its input and adds its bias.",
    "a1": "it squashes the sum. a1 is what it tells the output neuron.",
    "z2": "the output neuron weighs a1 and adds its bias.",
    "a2": "it squashes the sum. a2 is the output of the chain.",
    "C": "the cost says how far the output is from the target y.",
}
_FORWARD_FORMULAS = {
    "z1": "z1 = w1·a0 + b1",
    "a1": "a1 = σ(z1)",
    "z2": "z2 = w2·a1 + b2",
    "a2": "a2 = σ(z2)",
    "C": "C = (a2 − y)²",
}
_BACKWARD_WORDS = {
    "a2": "the first factor: how fast does the cost move with the output?",
    "z2": "through the slope of σ to z2. The product is δ2, the blame that arrives at the output neuron.",
    "w2": "one more factor: z2 moves with w2 as fast as a1 is large.",
    "b2": "b2 is added as it is: its own factor is 1, so its derivative is δ2 itself.",
    "a1": "a1 is no knob, but its derivative tells the hidden neuron what was wanted of it.",
    "z1": "through the slope of σ once more. The product is δ1, the blame that arrives at the hidden neuron.",
    "w1": "five factors lie between the cost and w1. Four of them are already multiplied: they are δ1.",
    "b1": "b1 is added as it is: its own factor is 1, so its derivative is δ1 itself.",
    "a0": "the input cannot be turned either. A layer before it would take the blame from here.",
}
_BACKWARD_FORMULAS = {
    "a2": "∂C/∂a2 = 2·(a2 − y)",
    "z2": "δ2 = ∂C/∂z2 = ∂C/∂a2 · ∂a2/∂z2 = ∂C/∂a2 · σ′(z2)",
    "w2": "∂C/∂w2 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂w2 = δ2 · a1",
    "b2": "∂C/∂b2 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂b2 = δ2 · 1",
    "a1": "∂C/∂a1 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 = δ2 · w2",
    "z1": "δ1 = ∂C/∂z1 = ∂C/∂a1 · ∂a1/∂z1 = δ2 · w2 · σ′(z1)",
    "w1": "∂C/∂w1 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 · ∂a1/∂z1 · ∂z1/∂w1 = δ1 · a0",
    "b1": "∂C/∂b1 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 · ∂a1/∂z1 · ∂z1/∂b1 = δ1 · 1",
    "a0": "∂C/∂a0 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 · ∂a1/∂z1 · ∂z1/∂a0 = δ1 · w1",
}
_UPDATE_FORMULA = "w ← w − η ∂C/∂w        b ← b − η ∂C/∂b"


def _captions(run: _Run) -> list[Caption]:
    captions = []
    for t, finite in enumerate(run.finite):
        pages = [_forward(run, t, name) for name in FORWARD]
        if t < len(run):
            pages += [*(_backward(run, t, name) for name in BACKWARD), _update(run, t)]
        if not finite:
            pages = [Caption(_off_scale(run), page.formula) for page in pages]
        captions += pages
    return captions


def _off_scale(run: _Run) -> str:
    return f"The numbers left the scale at update {max(int(np.argmin(run.finite)), 1)}: η is too large."


def _forward(run: _Run, t: int, name: str) -> Caption:
    value = {key: column[t] for key, column in run.value.items()}
    begins = ""
    if name == "z1":
        begins = f"Update {t + 1} begins. " if t < len(run) else f"After update {t}. "
    if name in _LAYER:
        w, a, b = (value[key] for key in _LAYER[name])
        a = given(a) if name == "z1" else a
        numbers = _worked("{}·{} + {}", lambda w, a, b: w * a + b, (w, a, b), value[name])
    elif name == "C":
        numbers = _worked("({} − {})²", lambda a, y: (a - y) ** 2, (value["a2"], given(run.y)), value["C"])
    else:
        numbers = f"σ({show(value[f'z{name[1]}'])}) = {show(value[name])}"
    words = f"{begins}Forwards: {_FORWARD_WORDS[name]}"
    return Caption(words, _FORWARD_FORMULAS[name], f"{name} = {numbers}")


def _backward(run: _Run, t: int, name: str) -> Caption:
    words = f"Backwards: {_BACKWARD_WORDS[name]} {_remark(run, t, name)}".rstrip()
    lines = [_own_factor(run, t, name)]
    if name != "a2":
        label = f"δ{name[1]}" if name in _LAYER else f"∂C/∂{name}"
        path = [_printed_factor(run, t, step) for step in _path(name)]
        result, before = run.gradient[name][t], run.gradient[NEXT[name]][t]
        products = [path, [before, path[-1]]] if len(path) > 2 else [path]
        lines += [f"{label} = {_product(factors, result)}" for factors in products]
    return Caption(words, _BACKWARD_FORMULAS[name], "\n".join(lines))


def _printed_factor(run: _Run, t: int, name: str) -> float | str:
    """Return the factor of an arrow as it is to be printed: chosen numbers as they were chosen."""
    if name[0] == "b":
        return "1"
    return given(run.factor[name][t]) if name == "w1" else run.factor[name][t]


def _own_factor(run: _Run, t: int, name: str) -> str:
    """Return the factor of the arrow that leaves `name`, worked out."""
    factor = run.factor[name][t]
    if name == "a2":
        values = run.value["a2"][t], given(run.y)
        return f"∂C/∂a2 = {_worked('2·({} − {})', lambda a, y: 2 * (a - y), values, factor)}"
    left = f"∂{NEXT[name]}/∂{name}"
    if name in _LAYER:
        a = run.value[NEXT[name]][t]
        slope = _worked("{0}·(1 − {0})", lambda a: a * (1 - a), [a], factor)
        return f"{left} = {NEXT[name]}·(1 − {NEXT[name]}) = {slope}"
    if name[0] == "b":
        return f"{left} = 1"
    weight, source, _ = _LAYER[NEXT[name]]
    return f"{left} = {source if name == weight else weight} = {show(_printed_factor(run, t, name))}"


def _remark(run: _Run, t: int, name: str) -> str:
    """Return what is to be noticed in these numbers."""
    factor, gradient = run.factor[name][t], run.gradient[name][t]
    if name in ("a2", "a1"):
        if gradient == 0:
            return "It is 0: no blame gets through." if name == "a1" else "It is 0: nothing is wrong."
        if name == "a1":
            return f"It is {'negative: more' if gradient < 0 else 'positive: less'} would have been better."
        return f"A larger output would {'lower' if gradient < 0 else 'raise'} the cost."
    if name in _LAYER and factor < 0.01:
        return "The neuron is saturated: hardly anything gets through."
    return ""


def _update(run: _Run, t: int) -> Caption:
    if not run.finite[t + 1]:
        return Caption(_off_scale(run), _UPDATE_FORMULA)
    (a2, new_a2), (cost, new_cost) = (run.value[name][[t, t + 1]] for name in ("a2", "C"))
    words = (
        f"Update {t + 1}: all blame is known, now all four parameters move at once. "
        f"Output {show(a2)} → {show(new_a2)}, cost {show(cost)} → {show(new_cost)}."
        f"{' The output has reached 0.9.' if a2 < 0.9 <= new_a2 else ''}"
    )
    lines = []
    for name in PARAMETERS:
        old, new = run.value[name][[t, t + 1]]
        values = old, given(run.eta), run.gradient[name][t]
        lines.append(f"{name} ← {_worked('{} − {}·{}', lambda w, eta, g: w - eta * g, values, new)}")
    return Caption(words, _UPDATE_FORMULA, "\n".join(lines))


# -- the explorer -------------------------------------------------------------------------------

INPUT = 0.8
STARTS = {
    "output 0.66": Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58),
    "saturated: w1 = w2 = 20": Chain(w1=20.0, b1=-0.7, w2=20.0, b2=-0.58),
    "w2 = 0": Chain(w1=1.5, b1=-0.7, w2=0.0, b2=-0.58),
}


def explorer(eta: float = 1.0, start: str = "output 0.66", y: float = 1.0, updates: int = 30) -> Explorer:
    """Return the stepper of a chain that learns one example, with the input 0.8.

    Parameters
    ----------
    eta : float
        The learning rate η, 0.01 to 100.
    start : {"output 0.66", "saturated: w1 = w2 = 20", "w2 = 0"}
        The parameters to begin with.
    y : float
        The target, 0 to 1.
    updates : int
        Number of updates, at least 1.
    """
    validate.one_of("start", start, [*STARTS])
    validate.whole("updates", updates, at_least=1)
    eta, y = validate.number("eta", eta), validate.number("y", y)
    for name, value, low, high in (("eta", eta, 0.01, 100), ("y", y, 0, 1)):
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, got {value:g}")

    def build(eta: float, start: str, y: float) -> Scene:
        return scene(STARTS[start].descend(INPUT, y, eta=eta, steps=updates))

    settings = {
        "eta": eta_slider(eta),
        "start": ipywidgets.Dropdown(options=[*STARTS], value=start, description="start"),
        "y": ipywidgets.FloatSlider(value=y, min=0, max=1, step=0.05, description="target y"),
    }
    return Explorer(build, settings)
