"""Backpropagation, phase by phase and update by update: a small network, its δ, its surface, its cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import pairwise, product
from typing import Any

import ipywidgets
import numpy as np

from nblib import validate
from nblib.drawing.marks import disc, sign_colour, sign_dash
from nblib.drawing.numbers import num, signed
from nblib.drawing.panels import Wire
from nblib.drawing.scene import Element, Scene, circle, note, rect, text
from nblib.network import Backprop
from nblib.runs.backprop_run import INITS, BackpropRecord, run, truth_table
from nblib.steppers.backprop_captions import activation_name, caption, describe_example, describe_inputs
from nblib.steppers.backprop_pages import COST, PHASED, Book, backwards, forwards
from nblib.steppers.backprop_panels import answers, cost_curve, surface
from nblib.steppers.pages import where
from nblib.widgets.explorer import Explorer, eta_slider

NETWORKS = {"2-2-1": (2, 2, 1), "2-3-1": (2, 3, 1)}
ACTIVATIONS = ("sigmoid", "tanh", "relu")

Place = tuple[float, float]


def scene(record: BackpropRecord, example: int | None = None) -> Scene:
    """Return the scene of a run: the first updates phase by phase, then one page for several updates.

    Parameters
    ----------
    record : BackpropRecord
        With at most 4 neurons a layer and at most 3 layers of weights.
    example : int, optional
        The example whose activations and δ are shown, counted from 0; by default the third, or the
        last where there are fewer.

    Raises
    ------
    ValueError
        If there is no such example.
    """
    n = len(record.x)
    book = Book(record, min(2, n - 1) if example is None else _example(example, n))
    places = _places(book.sizes)
    right = places[-1][0][0] + 175
    return Scene(
        [
            *_headings(book),
            *_wires(book, places),
            *_neurons(book, places),
            *(surface if book.sizes[0] == 2 else answers)(book, right),
            *cost_curve(book, right),
        ],
        [caption(book, page) for page in book.plan],
        width=right + 172,
        height=474,
        title=f"Backpropagation in a {'-'.join(map(str, book.sizes))} network",
        updates=np.flatnonzero(book.phase == "update"),
        telling=_telling(book),
    )


def _telling(book: Book) -> int:
    """Return the page on which δ flows back, in an update that is well under way if there is one."""
    found = np.flatnonzero(book.phase == ("BP2" if book.L > 1 else "BP1"))
    return int(next((p for p in found if book.plan[p].update > PHASED), found[0]))


_GAPS = {1: 320, 2: 186, 3: 154}
_RADIUS = 22
_MIDDLE = 238.0  # the height on which the network is centred


def _places(sizes: list[int]) -> list[list[Place]]:
    """Return the places of the neurons, layer by layer."""
    gap = _GAPS[len(sizes) - 1]
    apart = {1: 0, 2: 150, 3: 125, 4: 97}
    return [
        [(42 + gap * l, _MIDDLE + apart[n] * (j - (n - 1) / 2)) for j in range(n)]
        for l, n in enumerate(sizes)
    ]


_PHASES = {
    "start": "before the first update",
    "forward": "forward",
    "cost": "the cost",
    "BP1": "BP1, δ of the output",
    "BP2": "BP2, δ flows back",
    "slopes": "BP3 and BP4, the slopes",
    "mean": "the mean over the examples",
    "update": "done",
}
_ON_WIRES = {"slopes": "slopes ∂C/∂w of this example", "mean": "mean slopes ∂C/∂w of all examples"}


def _headings(book: Book) -> list[Element]:
    titles, wires = [], []
    taken = _ON_WIRES if book.takes_mean else _ON_WIRES | {"mean": "slopes that its backprop returns"}
    for page, fine in zip(book.plan, book.shown, strict=True):
        title = f"Update {page.update}: {_PHASES[page.phase]}" if page.update else "Before the first update"
        titles.append(title if fine else f"Update {page.update}: off the scale")
        wires.append(f"On the wires: {taken.get(page.phase, 'weights w')}")
    shown = f"Shown: {describe_example(book)}; η = {book.record.eta:g}"
    return [
        text(12, 20, titles, size=15, text_anchor="start", font_weight="bold"),
        text(12, 42, wires, size=12, text_anchor="start", fill="quiet"),
        text(12, 461, shown, size=12, text_anchor="start", fill="quiet"),
    ]


def _wires(book: Book, places: list[list[Place]]) -> Iterator[Element]:
    cost = (places[-1][0][0] + 92, _MIDDLE)
    notes = []
    for l, (starts, ends) in enumerate(pairwise([*places, [cost]])):
        along = _along(starts, ends) if l < book.L else 0
        for (j, end), (k, start) in product(enumerate(ends), enumerate(starts)):
            wire = Wire(start, end)
            yield from _wire(book, l, j, k, wire)
            if l < book.L:
                notes.append(note(*wire.at(along), _numbers_on_wire(book, l, j, k)))
    yield from notes
    yield from _cost_node(book, *cost)


def _wire(book: Book, l: int, j: int, k: int, wire: Wire) -> Iterator[Element]:
    lit = book.lit(l, j, k)
    if lit.any():
        yield wire.halo(lit)
    if l == book.L:
        yield wire.line(width=1.2)
    else:
        w = book.pages.of(book.record.weights[l][:, j, k])
        yield wire.line(w, where(book.shown, 1 + 4.5 * np.minimum(np.abs(w), 8) / 8))
    for direction in (1, -1):
        if (lit == direction).any():
            yield wire.pointer(0.66, lit == direction, back=direction < 0)


def _along(starts: list[Place], ends: list[Place]) -> float:
    """Return how far along the wires their numbers stand: near the middle, if free of one another."""
    first, last = (np.array([y for _, y in column]) for column in (starts, ends))
    free = (_RADIUS + 21) / (ends[0][0] - starts[0][0])  # as far as the circles and a number need
    fractions = sorted(np.linspace(free, 1 - free, 40), key=lambda t: abs(t - 0.45))

    def apart(t: float) -> float:
        heights = np.sort(np.add.outer((1 - t) * first, t * last).ravel())
        return min(15.0, np.diff(heights).min(initial=15.0))

    return float(max(fractions, key=apart))


def _numbers_on_wire(book: Book, l: int, j: int, k: int) -> list[str]:
    """Return the weight, but its slope for the example or for all of them where the caption is about it."""
    record, i = book.record, book.example
    slopes = record.deltas[l][:, i, j] * record.activations[l][:, i, k]
    texts = (
        book.pages.written(record.weights[l][:, j, k], book.shown & ~book.at("slopes", "mean")),
        book.pages.written(slopes, book.at("slopes"), _slope),
        book.pages.written(record.nabla_weights[l][:, j, k], book.at("mean"), _slope),
    )
    return ["".join(parts) for parts in zip(*texts, strict=True)]


def _slope(value: float) -> str:
    return num(value, 3)


def _cost_node(book: Book, x: float, y: float) -> Iterator[Element]:
    costs = book.pages.written(book.record.costs[:, book.example], book.pages.since(COST), _slope)
    yield rect(x - 25, y - 22, 50, 44, fill="paper", stroke="ink", rx=6)
    yield text(x, y - 9, "C", size=12, fill="quiet")
    yield text(x, y + 8, costs, size=13)


def _neurons(book: Book, places: list[list[Place]]) -> Iterator[Element]:
    for l, layer in enumerate(places):
        for j, (x, y) in enumerate(layer):
            if l:
                yield from _delta_ring(book, l, j, x, y)
                b = book.pages.written(book.record.biases[l - 1][:, j], book.shown, lambda b: f"b = {num(b)}")
                yield note(x, y - 39, b, fill="quiet")
            yield from _neuron(book, l, j, x, y)
        name = "input" if l == 0 else "output" if l == book.L else f"layer {l}"
        yield text(layer[0][0], 440, name, size=12, fill="quiet")
    for j, (x, y) in enumerate(places[-1]):
        target = f"y = {book.record.y[book.example, j]:g}".replace("-", "−")
        yield note(x + 31, y - 24, target, text_anchor="start")


def _neuron(book: Book, l: int, j: int, x: float, y: float) -> Iterator[Element]:
    known, a = book.pages.since(forwards(l, j)), book.record.activations[l][:, book.example, j]
    named, glow = book.named(l, j), 0.75 * np.minimum(np.abs(np.where(known, book.pages.of(a), 0)), 1)
    rim = {"stroke": np.where(named, "mark", "ink"), "stroke_width": np.where(named, 3.5, 1.2)}
    yield from disc(x, y, _RADIUS, glow, **rim)
    yield text(x, y - 9, activation_name(l, j), size=12)
    yield text(x, y + 8, book.pages.written(a, known), size=13)


def _delta_ring(book: Book, l: int, j: int, x: float, y: float) -> Iterator[Element]:
    """Yield a ring as wide as |δ| is large, dashed where δ is negative, and δ as a number."""
    known, mean = book.pages.since(backwards(l, j)), book.at("mean")
    own, averaged = book.record.deltas[l - 1][:, book.example, j], book.record.nabla_biases[l - 1][:, j]
    delta = np.where(mean, book.pages.of(averaged), book.pages.of(own))
    width = where(known, 1 + 7 * np.sqrt(np.minimum(np.abs(delta) / 0.15, 1)))
    look = {"stroke": sign_colour(delta), "stroke_width": width, "stroke_dasharray": sign_dash(delta)}
    yield circle(x, y, _RADIUS + 5, fill="none", **look)
    names = np.where(mean, "mean δ" if book.takes_mean else "returned", "δ")
    numbers = zip(names, delta, known, strict=True)
    yield note(x, y + 41, [f"{name} = {_signed(d)}" if shown else "" for name, d, shown in numbers])


def _signed(delta: float) -> str:
    """Return δ with three decimals and its sign; what rounds to zero has none."""
    return signed(delta, 3) if round(float(delta), 3) else num(0, 3)


# -- the explorer -------------------------------------------------------------------------------

_recorded = lru_cache(maxsize=16)(run)


def _recorder(backprop: Backprop | None) -> Callable[..., BackpropRecord]:
    """Return `run` with this `backprop`; it remembers the latest runs."""
    return _recorded if backprop is None else lru_cache(maxsize=16)(partial(run, backprop=backprop))


def explorer(
    network: str = "2-3-1",
    init: str = "random",
    eta: float = 4.0,
    example: int = 2,
    activation: str = "sigmoid",
    seed: int = 4,
    updates: int = 600,
    backprop: Backprop | None = None,
) -> Explorer:
    """Return the stepper of a network that learns XOR, with settings.

    Parameters
    ----------
    network : {"2-2-1", "2-3-1"}
    init : {"random", "all zero", "all ½", "large (× 30)"}
        The initial weights, as for `run`.
    eta : float
        The learning rate η, 0.1 to 100.
    example : int
        The example that the network shows, 0 to 3.
    activation : {"sigmoid", "tanh", "relu"}
    seed : int
        Seed of the initial weights.
    updates : int
    backprop : callable, optional
        ``backprop(network, x, y)`` that returns the gradients in place of `Network.backprop`, as for
        `run`. Where they are not the mean slopes of the examples, the pages say so.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    updates, recorded = validate.whole("updates", updates, at_least=1), _recorder(backprop)

    def build(network: str, weights: str, eta: float, example: int, activation: str, seed: int) -> Scene:
        record = recorded(NETWORKS[network], round(eta, 2), updates, weights, seed, activation)
        return scene(record, example)

    settings = _settings(network, init, eta, example, activation)
    return Explorer(build, settings, seeded=True, seed=seed)


def _settings(network: str, init: str, eta: float, example: int, activation: str) -> dict[str, Any]:
    validate.one_of("network", network, NETWORKS)
    validate.one_of("init", init, INITS)
    validate.one_of("activation", activation, ACTIVATIONS)
    if not 0.1 <= validate.number("eta", eta) <= 100:
        raise ValueError(f"eta must be from 0.1 to 100, got {eta:g}")
    x, y = truth_table(2, 1)
    shown = [(f"{describe_inputs(x[i])} → {num(y[i, 0], 0)}", i) for i in range(len(x))]
    return {
        "network": ipywidgets.Dropdown(options=list(NETWORKS), value=network, description="network"),
        "weights": ipywidgets.Dropdown(options=INITS, value=init, description="weights"),
        "eta": eta_slider(eta, least=0.1),
        "example": ipywidgets.Dropdown(options=shown, value=_example(example, len(x)), description="shown"),
        "activation": ipywidgets.Dropdown(options=ACTIVATIONS, value=activation, description="activation"),
    }


def _example(example: int, n: int) -> int:
    """Return the number of an example, counted from 0, if there is such a one among `n`."""
    if validate.whole("example", example, at_least=0) >= n:
        raise ValueError(f"example must be at most {n - 1}, got {example}")
    return example
