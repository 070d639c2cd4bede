"""What the last goal of notebook 04 is judged by: bumps and dips, and what keeps a chain from them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.chain import PARAMETERS, Chain, ChainRecord
from nblib.lessons.compare import form, kind
from nblib.lessons.result import Wrong

Array = NDArray[np.float64]
BUMPS = 6


def bumps() -> list[tuple[Array, Array]]:
    """Return inputs and targets of six bumps (0, 1, 0) and dips (1, 0, 1) that the notebook does not show."""
    rng = np.random.default_rng(6)
    gaps = rng.uniform(0.3, 0.6, size=(BUMPS, 2))
    inputs = rng.uniform(-1, 0.2, size=(BUMPS, 1)) + np.column_stack([np.zeros(BUMPS), gaps.cumsum(axis=1)])
    return [(x, np.array([0.0, 1.0, 0.0] if k % 2 == 0 else [1.0, 0.0, 1.0])) for k, x in enumerate(inputs)]


def one_chain(answer: Any) -> Chain:
    """Return the chain that a learner's search has found.

    Raises
    ------
    Wrong
        If the answer is neither a chain nor the record of one, or is a chain for each example.
    """
    if not isinstance(answer, (Chain, ChainRecord)):
        raise Wrong(f"It must return the record of `descend`, or a Chain; got {kind(answer)}.")
    found = {name: getattr(answer, name) for name in PARAMETERS}
    if isinstance(answer, ChainRecord):
        found = {name: values[-1] for name, values in found.items()}
    for name, value in found.items():
        if fault := form(0.0, value, f"its {name}"):
            raise Wrong(f"One chain must do for all three examples: {fault}.")
    return Chain(**{name: float(value) for name, value in found.items()})


def advice(chain: Chain, inputs: Array, targets: Array) -> str:
    """Say what keeps a chain from the goal, and what might help."""
    run = chain.run(inputs, targets)
    steepest = max(abs(slope) for slope in chain.gradient(inputs, targets).values())
    if steepest < 1e-4 and np.mean(run.cost) > 0.3:
        return "The chain is saturated: no slope is left. Begin with smaller weights, or a smaller η."
    if np.ptp(run.a2) < 0.1:
        return (
            "The chain says nearly the same to all three. Try a start with larger weights, or several "
            "starts, and return the best."
        )
    return "It tells the three apart. Try more steps, a larger η, or several starts; return the best."
