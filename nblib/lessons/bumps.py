"""The last goal of notebook 04: bumps and dips, and what keeps a chain from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nblib.chain import PARAMETERS, Chain, ChainRecord
from nblib.lessons import calling
from nblib.lessons.compare import form, kind
from nblib.lessons.exercise import goal, one_function
from nblib.lessons.result import Wrong

Array = NDArray[np.float64]
BUMPS, HIGHEST_COST = 6, 0.085


@goal(
    title="What a chain cannot learn",
    learned="Your search finds what a chain can make of three such examples, wherever they lie.",
    seconds=120,
)
def bump(learn_bump: Callable[[Array, Array], Any]) -> str:
    """Descents for six bumps and dips, each to an average cost of 0.085 or less."""
    learn_bump = one_function("bump", (learn_bump,))
    costs = []
    for inputs, targets in tqdm(bumps(), desc="bumps and dips", leave=False):
        answer = calling.call(learn_bump, ("inputs", "targets"), (inputs, targets))
        record = one_descent(answer, inputs, targets)
        if says := _judged(record):
            example = {"inputs": inputs, "targets": targets, "your outputs": record.passes.a2[-1]}
            raise Wrong(
                says, {name: ", ".join(f"{v:.3g}" for v in values) for name, values in example.items()}
            )
        costs.append(record.passes.cost[-1].mean())
    return f"The highest of the six costs is {max(costs):.4f}, and no chain gets below 1/12."


def _judged(record: ChainRecord) -> str:
    """Say what is wrong with a descent; nothing if it has come to the goal."""
    first, last = record.passes.cost[[0, -1]].mean(axis=1)
    if first <= HIGHEST_COST:
        return (
            f"This chain is at the goal before its first step, with a cost of {first:.4f}: it was worked "
            "out. Here it is to be learned. Begin where the cost is higher, and let `descend` find the way."
        )
    if last <= HIGHEST_COST:
        return ""
    return f"The cost of these three is {last:.4f}, and the goal is {HIGHEST_COST}. {advice(record)}"


def bumps() -> list[tuple[Array, Array]]:
    """Return inputs and targets of six bumps (0, 1, 0) and dips (1, 0, 1) that the notebook does not show."""
    rng = np.random.default_rng(6)
    gaps = rng.uniform(0.3, 0.6, size=(BUMPS, 2))
    inputs = rng.uniform(-1, 0.2, size=(BUMPS, 1)) + np.column_stack([np.zeros(BUMPS), gaps.cumsum(axis=1)])
    return [(x, np.array([0.0, 1.0, 0.0] if k % 2 == 0 else [1.0, 0.0, 1.0])) for k, x in enumerate(inputs)]


def one_descent(answer: Any, inputs: Array, targets: Array) -> ChainRecord:
    """Return the descent that a learner's search has found.

    Raises
    ------
    Wrong
        If the answer is no record of one chain's descent on these examples.
    """
    if not isinstance(answer, ChainRecord):
        why = ", which shows where the chain came from" if isinstance(answer, Chain) else ""
        raise Wrong(f"It must return the record of `descend`{why}; got {kind(answer)}.")
    for name in PARAMETERS:
        values = getattr(answer, name)
        if fault := form(np.zeros(len(values)), values, f"its {name}"):
            raise Wrong(f"One chain must do for all three examples: {fault}.")
    first, last = ({name: float(getattr(answer, name)[row]) for name in PARAMETERS} for row in (0, -1))
    redone = Chain(**first).descend(inputs, targets, eta=answer.eta, steps=len(answer))
    if not all(np.isclose(getattr(redone, name)[-1], value, rtol=1e-6) for name, value in last.items()):
        raise Wrong(
            "This is not the record of a descent on these three examples: return what `descend` returns."
        )
    return redone


FLAT = 0.01
"""Where σ′ is below this for all three, a neuron counts as saturated."""


def advice(record: ChainRecord) -> str:
    """Say what keeps a descent from the goal, and what might help."""
    if neuron := _saturated(record, 0):
        return (
            f"The {neuron} neuron is saturated for all three before the first step. Begin with smaller "
            "numbers, or with its middle, −b/w, among what comes in."
        )
    if neuron := _saturated(record, -1):
        return (
            f"On the way the {neuron} neuron was saturated for all three: no slope is left. Try another "
            "start, or a smaller η."
        )
    if np.ptp(record.passes.a2[-1]) < 0.1:
        return (
            "The chain says nearly the same to all three. Try a start with larger weights, or several "
            "starts, and return the best."
        )
    return "It tells the three apart. Try more steps, a larger η, or several starts; return the best."


def _saturated(record: ChainRecord, row: int) -> str:
    """Return which neuron is saturated for all examples in a row of the record; nothing if none is."""
    slopes = {"hidden": record.passes.da1_dz1[row], "output": record.passes.da2_dz2[row]}
    return next((name for name, slope in slopes.items() if slope.max() < FLAT), "")
