"""What each page of the flip-book of a backpropagation run shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nblib import activations
from nblib.runs.backprop_run import BackpropRecord

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


def _pages(sizes: list[int], n_updates: int) -> list[Page]:
    shown = _shown(n_updates)
    later = {min(shown, key=lambda t: abs(t - n_updates / 3)), n_updates}
    pages = [Page("start", 0, 0)]
    for before, t in zip([0, *shown], shown, strict=False):
        l, j, k = _named_weight(sizes, t)
        if t <= PHASED or t in later:
            pages += _phases(sizes, t)
        pages.append(Page("update", t, t, l, j, k, since=before))
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

    def neurons(l: int) -> list[int]:
        return [(t - 1) % sizes[l]] if whole else list(range(sizes[l]))

    for l in [1 + t % L] if whole else range(1, L + 1):
        yield from (Page("forward", t, row, l, j, whole=whole) for j in neurons(l))
    yield Page("cost", t, row, L)
    yield from (Page("BP1", t, row, L, j, whole=whole) for j in neurons(L))
    for l in range(L - 1, 0, -1):
        yield from (Page("BP2", t, row, l, j, whole=whole) for j in neurons(l))
    yield Page("slopes", t, row, *_named_weight(sizes, t))
    yield Page("mean", t, row, *_named_weight(sizes, t))


class Book:
    """A record and the pages made of it, with what each page shows.

    Attributes
    ----------
    rows : ndarray, shape (pages,)
    fine : ndarray of bool, shape (T + 1,)
        Where the run has not left the scale.
    takes_mean : bool
        Whether the updates took the mean slopes, as those of `Network.backprop` do.
    known_a, known_delta : list of ndarray of bool, shapes (pages, n_l), l = 0 … L
        Which activations and which δ are shown.
    lit : list of ndarray of int, shapes (pages, n_{l+1}, n_l), l = 0 … L
        Wires to the next layer, the last ones to the cost: 1 lit forwards, −1 lit backwards, 2 named.
    """

    def __init__(self, record: BackpropRecord, example: int) -> None:
        self.record, self.example = record, example
        self.sizes, self.L = record.sizes, len(record.sizes) - 1
        self.f = activations.by_name(record.activation)
        self.sign = {"sigmoid": "σ"}.get(record.activation, record.activation)
        self.pages = _pages(self.sizes, record.n_updates)
        self.rows = np.array([page.row for page in self.pages])
        self.fine, self.takes_mean = _fine(record), record.takes_mean_slopes()
        count = len(self.pages)
        self.known_a = [np.ones((count, n), bool) for n in self.sizes]
        self.known_delta = [np.ones((count, n), bool) for n in self.sizes]
        self.lit = [
            np.zeros((count, n_out, n), int)
            for n, n_out in zip(self.sizes, [*self.sizes[1:], 1], strict=True)
        ]
        for p, page in enumerate(self.pages):
            if self.fine[page.row]:
                self._hide(p, page)
                self._light(p, page)
            else:
                for known in (*self.known_a[1:], *self.known_delta):
                    known[p] = False

    def _hide(self, p: int, page: Page) -> None:
        """Hide what the phase has not yet computed."""
        for l in range(1, self.L + 1):
            later = np.arange(self.sizes[l]) > page.j
            if page.phase == "start" or (page.phase == "forward" and not page.whole and l >= page.layer):
                self.known_a[l][p] = page.phase != "start" and l == page.layer and ~later
            if page.phase in ("start", "forward", "cost"):
                self.known_delta[l][p] = False
            elif page.phase in ("BP1", "BP2") and l <= page.layer:
                self.known_delta[l][p] = l == page.layer and (page.whole or ~later)

    def _light(self, p: int, page: Page) -> None:
        """Light the wires along which something flows."""
        l, j, k = page.layer, page.j, page.k
        if page.phase == "forward":
            for wires in self.lit[:-1] if page.whole else []:
                wires[p] = 1
            self.lit[l - 1][p, j] = 1
        elif page.phase == "cost":
            self.lit[-1][p] = 1
        elif page.phase in ("BP1", "BP2"):
            self.lit[l][p, :, slice(None) if page.whole else j] = -1
        elif page.phase != "start":
            self.lit[l - 1][p, j, k] = 2

    def named(self, l: int, j: int) -> list[bool]:
        """Return at which pages the caption works out this neuron."""
        phases = ("forward", "BP1", "BP2", "slopes", "mean", "update")
        return [
            page.phase in phases and (page.layer, page.j) == (l, j) and bool(self.fine[page.row])
            for page in self.pages
        ]


def _fine(record: BackpropRecord) -> NDArray[np.bool_]:
    largest = np.abs(record.costs).max(axis=1)
    for layers in (record.weights, record.biases, record.zs, record.deltas):
        for array in layers:
            largest = np.maximum(largest, np.abs(array).reshape(len(array), -1).max(axis=1))
    for layers in (record.nabla_weights, record.nabla_biases):
        for array in layers:
            largest[~np.isfinite(array.reshape(len(array), -1)).all(axis=1)] = np.inf
    return np.logical_and.accumulate(largest < _OFF_SCALE)  # NaN is not below anything
