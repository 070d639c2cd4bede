"""The captions of two descents: what each run did, and its updates with their numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nblib.drawing.formula import Formula
from nblib.drawing.numbers import given, num, show
from nblib.drawing.scene import Caption
from nblib.neuron import NeuronRecord

FLAT = 0.01
"""Where σ′ is below this on every example, the neuron counts as saturated."""

_FORMULA = "C = mean of ½(a − y)²\n∂C/∂w = mean of (a − y)·σ′(z)·x        ∂C/∂b = mean of (a − y)·σ′(z)"
_STEP = Formula("{old} − {η}·{slope}")


def captions(runs: Mapping[str, NeuronRecord], inside: Mapping[str, NDArray[np.bool_]]) -> list[Caption]:
    """Return what stands below each page.

    Parameters
    ----------
    runs : mapping of str to NeuronRecord
        Two runs by name, from the same start on the same data.
    inside : mapping of str to ndarray of bool, shape (T + 1,)
        For each run, whether its place lies in the picture.
    """
    a, b = runs.values()
    pages = [_start(a, b)]
    for t in range(1, len(a) + 1):
        words = [f"Run {name} {_story(run, inside[name], t)}" for name, run in runs.items()]
        numbers = [update for name, run in runs.items() for update in _updates(name, run, t)]
        pages.append(Caption(f"Step {t}. {' '.join(words)}", _FORMULA, "\n".join(numbers)))
    return pages


def _start(a: NeuronRecord, b: NeuronRecord) -> Caption:
    words = (
        f"The start of both runs: w = {num(a.w[0], 3)}, b = {num(a.b[0], 3)}, C = {num(a.cost[0], 4)}. "
        f"The slopes are the same for both; A will step with η = {a.eta:g}, B with η = {b.eta:g}."
    )
    if saturated := _saturated(a, 0):
        words += f" The neuron is {saturated}."
    numbers = [_mean("w", a.delta[0] * a.x, a.dC_dw[0]), _mean("b", a.delta[0], a.dC_db[0])]
    return Caption(words, _FORMULA, "\n".join(numbers))


def _mean(name: str, terms: NDArray[np.float64], mean: float) -> str:
    n = len(terms)
    if n > 10:
        return f"∂C/∂{name} = mean over {n} examples = {show(mean)}"
    formula = Formula(f"({' + '.join(['{}'] * n)}) / {n}")
    return f"∂C/∂{name} = {formula.worked(*terms, result=mean)}"


def _updates(name: str, run: NeuronRecord, t: int) -> list[str]:
    """Return the updates of w and of b in step t with their numbers; none where the run has blown up."""
    if run.blown[t]:
        return []
    lines = []
    for letter, values, slopes in (("w", run.w, run.dC_dw), ("b", run.b, run.dC_db)):
        numbers = _STEP.worked(values[t - 1], given(run.eta), slopes[t - 1], result=values[t])
        lines.append(f"{name}: {letter} ← {letter} − η ∂C/∂{letter} = {numbers}")
    return lines


def _story(run: NeuronRecord, inside: NDArray[np.bool_], t: int) -> str:
    """Return what is to be told of a run at step t."""
    if run.blown[t]:
        at = int(np.argmax(run.blown))
        return f"left every scale at step {at}, η is far too large: |w| or |b| passed a million."
    parts = [_cost_story(run.cost[t - 1], run.cost[t])]
    if not inside[t]:
        last = np.flatnonzero(inside[:t])[-1]
        parts.append(f"it left the picture at step {last + 1}")
    elif not inside[t - 1]:
        parts.append("it is back in the picture")
    if saturated := _saturated(run, t):
        parts.append(f"it is {saturated}")
    return "; ".join(parts) + "."


def _cost_story(before: float, after: float) -> str:
    old, new = num(before, 4), num(after, 4)
    if old == new:
        return f"hardly changes its cost, C = {new}"
    if after < before:
        return f"goes down, from C = {old} to {new}"
    return f"goes up, from C = {old} to {new}: the step was too long"


def _saturated(run: NeuronRecord, t: int) -> str:
    """Return that the neuron is saturated, and how flat σ is where it is steepest; or nothing."""
    steepest = float((run.a[t] * (1 - run.a[t])).max())
    if steepest >= FLAT:
        return ""
    size = f"only {show(steepest, 3)}" if steepest > 1e-9 else "below a billionth"
    return f"saturated: even the largest σ′ of all examples is {size}"
