"""One pass forwards and backwards through a network, with every number that it meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nblib.workspace import Workspace

Array = NDArray[Any]


@dataclass(frozen=True, repr=False)
class Trace:
    """All that one pass forwards and backwards computes, for looking at.

    Each list runs from layer 1 to layer L, so ``zs[l - 1]`` belongs to layer l; only
    `activations` begins with layer 0, the input.

    Attributes
    ----------
    activations : list of ndarray, shapes (n, n_l), l = 0 … L
    zs : list of ndarray, shapes (n, n_l)
    costs : ndarray, shape (n,)
        C of each example.
    deltas : list of ndarray, shapes (n, n_l)
        δ^l of each example on its own (not divided by n).
    nabla_weights, nabla_biases : lists of ndarray
        The gradients of the mean cost, as `Network.backprop` returns them.
    """

    activations: list[Array]
    zs: list[Array]
    costs: Array
    deltas: list[Array]
    nabla_weights: list[Array]
    nabla_biases: list[Array]

    @classmethod
    def of(cls, room: Workspace, x: Array, costs: Array) -> Trace:
        """Return what stands in a workspace after a pass with the rows of `x`, whose δ nobody has scaled."""
        zs, a, deltas = ([columns.T for columns in part] for part in (room.z, room.a, room.delta))
        nablas = ([nabla / room.m for nabla in part] for part in (room.nabla_weights, room.nabla_biases))
        return cls([x, *a], zs, costs, deltas, *nablas)

    def __repr__(self) -> str:
        return f"Trace({len(self.costs)} examples, mean cost {self.costs.mean():.4f})"
