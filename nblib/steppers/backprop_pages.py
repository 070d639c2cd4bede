"""What each page of the flip-book of a backpropagation run shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nblib import activations
from nblib.runs.backprop_run import BackpropRecord
from nblib.steppers.pages import Pages

PHASED = 5
"""The first updates, which are shown phase by phase."""

_SINGLE = 20  # the first updates that have a page each
_PAGES = 58  # for all updates after those
_OFF_SCALE = 1e5


@dataclass(frozen=True)
class Page:
    """One page: the phase of an update, and what the caption works out.

    `row` of the record is drawn. `layer`, `j`, `k` name a neuron, or the weight from k to j,
    counted from 0. `whole` says that the phase is shown for the whole layer at once. `since` is
    the update that the page before has shown.
    """

    phase: str
    update: int
    row: int
    layer: int = 0
    j: int = 0
    k: int = 0
    whole: bool = False
    since: int = 0


def _plan(sizes: list[int], n_updates: int) -> list[Page]:
    shown = _shown(n_updates)
    later = {min(shown, key=lambda t: abs(t - n_updates / 3)), n_updates}
    pages = [Page("start", 0, 0)]
    for before, t in zip([0, *shown], shown, strict=False):
        if t <= PHASED or t in later:
            pages += _phases(sizes, t)
        pages.append(Page("update", t, t, *_named_weight(sizes, t), since=before))
    return pages


def _shown(n_updates: int) -> list[int]:
    """Return the updates that have a page: the first ones, then evenly spaced ones, and the last."""
    stride = max(1, -(-(n_updates - _SINGLE) // _PAGES))
    rest = range(_SINGLE + stride, n_updates + stride, stride)
    return [*range(1, min(_SINGLE, n_updates) + 1), *(min(t, n_updates) for t in rest)]


def _named_weight(sizes: list[int], t: int) -> tuple[int, int, int]:
    """Return layer, j and k of the weight that update t works out: another one in each early update."""
    L = len(sizes) - 1
    if t > PHASED:
        return L, 0, sizes[L - 1] - 1
    l = L - (t - 1) % L
    return l, (t - 1) % sizes[l], -t % sizes[l - 1]


def _phases(sizes: list[int], t: int) -> Iterator[Page]:
    """Yield the pages of update t before its weights move; the first update goes neuron by neuron."""
    L, row, whole = len(sizes) - 1, t - 1, t > 1

    def neurons(phase: str, l: int) -> Iterator[Page]:
        for j in [(t - 1) % sizes[l]] if whole else range(sizes[l]):
            yield Page(phase, t, row, l, j, whole=whole)

    for l in [1 + t % L] if whole else range(1, L + 1):
        yield from neurons("forward", l)
    yield Page("cost", t, row, L)
    for l in range(L, 0, -1):
        yield from neurons("BP1" if l == L else "BP2", l)
    yield Page("slopes", t, row, *_named_weight(sizes, t))
    yield Page("mean", t, row, *_named_weight(sizes, t))


COST = 40
"""How far an update has come when the cost is known; what has a smaller number is computed before it."""


def forwards(l: int, j: int) -> int:
    """Return how far an update has come when neuron j of layer l has its activation."""
    return 10 * l + j if l else 0


def backwards(l: int, j: int) -> int:
    """Return how far an update has come when neuron j of layer l has its δ; all have it at layer 0."""
    return 90 - 10 * l + j


def _progress(page: Page) -> int:
    if page.phase == "forward":
        return COST - 1 if page.whole else forwards(page.layer, page.j)
    if page.phase in ("BP1", "BP2"):
        return backwards(page.layer, 9 if page.whole else page.j)
    return {"start": 0, "cost": COST}.get(page.phase, backwards(0, 0))


class Book:
    """A record and the pages made of it, with what each page shows.

    Attributes
    ----------
    plan : list of Page
    pages : Pages
        Their rows, and how far the update has come on each; off the scale, nowhere.
    fine : ndarray of bool, shape (T + 1,)
        Where the run has not left the scale.
    shown : ndarray of bool, shape (pages,)
        The pages on which it has not.
    phase : ndarray of str, shape (pages,)
    takes_mean : bool
        Whether the updates took the mean slopes, as those of `Network.backprop` do.
    """

    def __init__(self, record: BackpropRecord, example: int) -> None:
        self.record, self.example = record, example
        self.sizes, self.L = record.sizes, len(record.sizes) - 1
        self.f = activations.by_name(record.activation)
        self.sign = {"sigmoid": "σ"}.get(record.activation, record.activation)
        self.plan = _plan(self.sizes, record.n_updates)
        self.fine, self.takes_mean = _fine(record), record.takes_mean_slopes()
        rows = np.array([page.row for page in self.plan])
        self.shown = self.fine[rows]
        self.pages = Pages(rows, self.shown * np.array([_progress(page) for page in self.plan]))
        names = ("phase", "layer", "j", "k", "whole")
        self.phase, self._layer, self._j, self._k, self._whole = (
            np.array([getattr(page, name) for page in self.plan]) for name in names
        )

    def at(self, *phases: str) -> NDArray[np.bool_]:
        """Return which pages show one of these phases, and not a run off the scale."""
        return np.logical_or.reduce([self.phase == phase for phase in phases]) & self.shown

    def named(self, l: int, j: int) -> NDArray[np.bool_]:
        """Return on which pages the caption works out neuron j of layer l."""
        worked_out = self.at("forward", "BP1", "BP2", "slopes", "mean", "update")
        return worked_out & (self._layer == l) & (self._j == j)

    def lit(self, l: int, j: int, k: int) -> NDArray[np.int_]:
        """Return how the wire from neuron k of layer l to neuron j of the next layer, or the cost, is lit.

        1 stands for forwards, −1 for backwards, 2 for a weight that the caption works out, 0 for not.
        """
        arrives = (self._layer == l + 1) & (self._j == j)
        leaves = (self._layer == l) & (self._whole | (self._j == k))
        forwards = self.at("forward") & (arrives | self._whole) & (l < self.L)
        forwards |= self.at("cost") & (l == self.L)
        named = self.at("slopes", "mean", "update") & arrives & (self._k == k)
        return np.select([forwards, self.at("BP1", "BP2") & leaves, named], [1, -1, 2], 0)


def _fine(record: BackpropRecord) -> NDArray[np.bool_]:
    largest = np.abs(record.costs).max(axis=1)
    for array in (*record.weights, *record.biases, *record.zs, *record.deltas):
        largest = np.maximum(largest, np.abs(array).reshape(len(array), -1).max(axis=1))
    for array in (*record.nabla_weights, *record.nabla_biases):
        largest[~np.isfinite(array.reshape(len(array), -1)).all(axis=1)] = np.inf
    return np.logical_and.accumulate(largest < _OFF_SCALE)  # NaN is not below anything
