"""The XOR network that repairs itself: nine numbers, two nudges for each, and a step against all slopes.

On the left the network, the wire with the fault lit; on the right what it answers over the plane, and the
cost.
"""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import numpy as np

from nblib import validate
from nblib.drawing.axes import Axes
from nblib.drawing.formula import Formula
from nblib.drawing.heat import heat, places
from nblib.drawing.numbers import given, num, show, signed
from nblib.drawing.panels import Wire, plane, track
from nblib.drawing.scene import Caption, Element, Scene, circle, note, text
from nblib.runs.repair_run import NAMES, SOUND, RepairRecord, X, Y, outputs, repair
from nblib.widgets.explorer import Explorer, eta_slider


def scene(record: RepairRecord, fault: str = "w²₁₂") -> Scene:
    """Return the scene of a repair: page 0 is the faulty network, page t what step t led to.

    Parameters
    ----------
    record : RepairRecord
    fault : str
        The number that the captions are about, one of `NAMES`.

    Raises
    ------
    ValueError
        If there is no number of this name.
    """
    validate.one_of("fault", fault, NAMES)
    return Scene(
        [*_network(record, fault), *_plane(record), *_cost(record)],
        _captions(record, fault),
        width=760,
        height=430,
        title="An XOR network repairs itself",
        telling=min(50, len(record)),
    )


# -- the network --------------------------------------------------------------------------------

_PLACES = {
    "x₁": (48, 130), "x₂": (48, 300), "a¹₁": (212, 130), "a¹₂": (212, 300), "a²₁": (376, 215),
}  # fmt: skip
_WIRES = {
    "w¹₁₁": ("x₁", "a¹₁"), "w¹₁₂": ("x₂", "a¹₁"), "w¹₂₁": ("x₁", "a¹₂"), "w¹₂₂": ("x₂", "a¹₂"),
    "w²₁₁": ("a¹₁", "a²₁"), "w²₁₂": ("a¹₂", "a²₁"),
}  # fmt: skip
_BIASES = {"b¹₁": "a¹₁", "b¹₂": "a¹₂", "b²₁": "a²₁"}
_RADIUS = 24


def _network(record: RepairRecord, fault: str) -> Iterator[Element]:
    column = dict(zip(NAMES, record.numbers.T, strict=True))
    notes = []
    for name, (start, end) in _WIRES.items():
        wire, weight = Wire(_PLACES[start], _PLACES[end], _RADIUS, _RADIUS), column[name]
        yield wire.halo(np.full(len(weight), name == fault))
        yield wire.line(weight, 1 + 4.5 * np.minimum(np.abs(weight), 8) / 8)
        share = 0.27 if name in ("w¹₁₂", "w¹₂₁") else 0.42
        bold = "bold" if name == fault else "normal"
        notes.append(note(*wire.at(share), _written(name, weight), font_weight=bold))
    for name, (x, y) in _PLACES.items():
        yield circle(x, y, _RADIUS, fill="paper", stroke="ink", stroke_width=1.2)
        yield text(x, y, name, size=14)
    for name, neuron in _BIASES.items():
        x, y = _PLACES[neuron]
        bold, beside = "bold" if name == fault else "normal", -1 if name == "b¹₁" else 1
        yield note(x, y + beside * (_RADIUS + 14), _written(name, column[name]), font_weight=bold)
    yield from notes
    pages = [f"after step {t}" if t else "before the first step" for t in range(len(record) + 1)]
    yield text(24, 26, pages, 15, text_anchor="start", font_weight="bold")
    yield text(24, 50, f"η = {record.eta:g}, nudges of {record.h:g}", 12, text_anchor="start", fill="quiet")


def _written(name: str, column: np.ndarray) -> list[str]:
    return [f"{name} = {num(value)}" for value in column]


# -- the plane and the cost ---------------------------------------------------------------------


def _plane(record: RepairRecord) -> Iterator[Element]:
    axes, pages = Axes(496, 46, 220, 220, (-0.5, 1.5), (-0.5, 1.5)), np.arange(len(record) + 1)
    with np.errstate(all="ignore"):  # a run that blows up is a lesson, not a warning
        image = heat(axes, outputs(record.numbers, places(axes)), pages)
    yield from plane(axes, X, Y, image, title="what the network answers", ticks=4, r=6)
    for i, (x1, x2) in enumerate(X):
        yield note(axes.x(x1), axes.y(x2) - 20, [num(a) for a in record.outputs[:, i]], size=13)


def _cost(record: RepairRecord) -> Iterator[Element]:
    steps = np.arange(len(record) + 1)
    axes = Axes(496, 322, 220, 64, (0, len(record)), (0, 1.1 * float(max(record.cost.max(), 0.02))))
    yield axes.frame("step", "cost C", ticks=3)
    yield from track(axes, "cost", record.cost, steps, ahead=True)


# -- captions -----------------------------------------------------------------------------------

_SLOPE = Formula("({up} − {down}) / {2h}")
_STEP = Formula("{old} − {η}·{slope}")


def _captions(record: RepairRecord, fault: str) -> list[Caption]:
    k, h = NAMES.index(fault), given(record.h)
    formula = (
        f"slope of {fault} ≈ (C with {fault} + {h} − C with {fault} − {h}) / {given(2 * record.h)}"
        f"        {fault} ← {fault} − η · slope"
    )
    begins = f"The network with its fault, {fault} = {signed(record.numbers[0, k])}."
    pages = [Caption(f"{begins} {_answers(record, 0)}")]
    for t in range(1, len(record) + 1):
        parts = (_cost_story(record, t), _events(record, t, k, fault), _answers(record, t))
        words = f"Step {t}: all nine numbers have moved at once. {' '.join(filter(None, parts))}"
        pages.append(Caption(words, formula, _numbers(record, t, k, fault)))
    return pages


def _numbers(record: RepairRecord, t: int, k: int, fault: str) -> str:
    slope, (down, up) = record.slopes[t - 1, k], record.nudged[t - 1, k]
    old, new = record.numbers[t - 1 : t + 1, k]
    measured = _SLOPE.worked(up, down, given(2 * record.h), result=slope)
    return f"slope ≈ {measured}\n{fault} ← {_STEP.worked(old, given(record.eta), slope, result=new)}"


def _cost_story(record: RepairRecord, t: int) -> str:
    before, after = record.cost[t - 1 : t + 1]
    verb = "falls" if after < before else "rises"
    return f"The cost {verb}, {show(before)} → {show(after)}."


def _events(record: RepairRecord, t: int, k: int, fault: str) -> str:
    """Return what happens at step t beside the moving."""
    old, new = record.numbers[t - 1 : t + 1, k]
    said = [f"{fault} has changed its sign."] if old * new < 0 else []
    if _right(record, t) == len(Y) > _right(record, t - 1):
        said.append("Now all four answers are right.")
    return " ".join(said)


def _right(record: RepairRecord, t: int) -> int:
    return int(np.sum((record.outputs[t] > 0.5) == (Y > 0.5)))


def _answers(record: RepairRecord, t: int) -> str:
    said = ", ".join(num(a) for a in record.outputs[t])
    return f"The outputs are {said}; {_right(record, t)} of 4 lie on the right side of ½."


# -- the explorer -------------------------------------------------------------------------------

FAULTS = {
    "w²₁₂ = +2": ("w²₁₂", 2.0),
    "w²₁₂ = +3": ("w²₁₂", 3.0),
    "w²₁₁ = −3": ("w²₁₁", -3.0),
    "b¹₁ = +1.5": ("b¹₁", 1.5),
}
"""Of each fault, the number that is wrong, and what it is."""


def faulty(fault: str = "w²₁₂ = +2") -> np.ndarray:
    """Return the nine numbers of a sound network, one of them replaced.

    Raises
    ------
    ValueError
        If `fault` is none of `FAULTS`.
    """
    validate.one_of("fault", fault, FAULTS)
    name, value = FAULTS[fault]
    numbers = np.array(SOUND)
    numbers[NAMES.index(name)] = value
    return numbers


def explorer(fault: str = "w²₁₂ = +2", eta: float = 5.0, steps: int = 200) -> Explorer:
    """Return the stepper of a network for XOR that repairs itself.

    Parameters
    ----------
    fault : {"w²₁₂ = +2", "w²₁₂ = +3", "w²₁₁ = −3", "b¹₁ = +1.5"}
        The number that somebody got wrong.
    eta : float
        The learning rate η, 0.5 to 100.
    steps : int
        At least 1.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    validate.one_of("fault", fault, FAULTS)
    validate.whole("steps", steps, at_least=1)
    if not 0.5 <= validate.number("eta", eta) <= 100:
        raise ValueError(f"eta must be from 0.5 to 100, got {eta:g}")

    def build(fault: str, eta: float) -> Scene:
        return scene(repair(faulty(fault), eta, steps), FAULTS[fault][0])

    settings = {
        "fault": ipywidgets.Dropdown(options=[*FAULTS], value=fault, description="fault"),
        "eta": eta_slider(eta, least=0.5),
    }
    return Explorer(build, settings)
