"""Backpropagation, phase by phase and update by update: a small network, its δ, its surface, its cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from nblib import validate
from nblib.drawing.marks import arrow_head, disc, sign_colour, sign_dash
from nblib.drawing.numbers import num, signed
from nblib.drawing.scene import Element, Scene, circle, line, note, rect, text, written
from nblib.network import Backprop
from nblib.runs.backprop_run import INITS, Array, BackpropRecord, run, truth_table
from nblib.steppers.backprop_captions import activation_name, caption, describe_example, describe_inputs
from nblib.steppers.backprop_pages import PHASED, Book
from nblib.steppers.backprop_panels import answers, cost_curve, plane
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
    if example is None:
        example = min(2, len(record.x) - 1)
    if validate.whole("example", example, at_least=0) >= len(record.x):
        raise ValueError(f"example must be at most {len(record.x) - 1}, got {example}")
    book = Book(record, example)
    places = _places(book.sizes)
    right = places[-1][0][0] + 175
    return Scene(
        [
            *_headings(book),
            *_wires(book, places),
            *_neurons(book, places),
            *(plane(book, right) if book.sizes[0] == 2 else answers(book, right)),
            *cost_curve(book, right),
        ],
        [caption(book, page) for page in book.pages],
        width=right + 172,
        height=474,
        title=f"Backpropagation in a {'-'.join(map(str, book.sizes))} network",
        updates=[p for p, page in enumerate(book.pages) if page.phase == "update"],
        telling=_telling(book),
    )


def _telling(book: Book) -> int:
    """Return the page on which δ flows back, in an update that is well under way if there is one."""
    phase = "BP2" if book.L > 1 else "BP1"
    found = [p for p, page in enumerate(book.pages) if page.phase == phase]
    return next((p for p in found if book.pages[p].update > PHASED), found[0])


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
    for page in book.pages:
        title = f"Update {page.update}: {_PHASES[page.phase]}" if page.update else "Before the first update"
        titles.append(title if book.fine[page.row] else f"Update {page.update}: off the scale")
        taken = _ON_WIRES if book.takes_mean else _ON_WIRES | {"mean": "slopes that its backprop returns"}
        wires.append(f"On the wires: {taken.get(page.phase, 'weights w')}")
    record = book.record
    shown = f"Shown: {describe_example(book)}; η = {record.eta:g}"
    return [
        text(12, 20, titles, size=15, text_anchor="start", font_weight="bold"),
        text(12, 42, wires, size=12, text_anchor="start", fill="quiet"),
        text(12, 461, shown, size=12, text_anchor="start", fill="quiet"),
    ]


def _where(shown: ArrayLike, values: ArrayLike) -> Array:
    """Return the values where they are shown, and NaN, which hides an element, elsewhere."""
    return np.where(shown, values, np.nan)


def _wires(book: Book, places: list[list[Place]]) -> Iterator[Element]:
    (last_x, _), *_ = places[-1]
    cost_place = (last_x + 92, _MIDDLE)
    following: list[list[Place]] = [*places[1:], [cost_place]]
    for l, (starts, ends) in enumerate(zip(places, following, strict=True)):
        for j, end in enumerate(ends):
            for k, start in enumerate(starts):
                yield from _wire(book, l, j, k, start, end)
    for l, (starts, ends) in enumerate(pairwise(places)):
        along = _along(starts, ends)
        for j, end in enumerate(ends):
            for k, start in enumerate(starts):
                x, y = (a + along * (b - a) for a, b in zip(start, end, strict=True))
                yield note(x, y, _numbers_on_wire(book, l, j, k), size=12)
    yield from _cost_node(book, cost_place)


def _wire(book: Book, l: int, j: int, k: int, start: Place, end: Place) -> Iterator[Element]:
    ends = (*start, *end)
    lit = book.lit[l][:, j, k]
    if lit.any():
        yield line(*ends, stroke=np.where(lit, "mark", "none"), stroke_width=10, stroke_opacity=0.35)
    if l == book.L:
        yield line(*ends, stroke="quiet", stroke_width=1.2)
    else:
        fine, w = book.fine[book.rows], book.record.weights[l][book.rows, j, k]
        yield line(
            *ends,
            stroke=sign_colour(w),
            stroke_width=_where(fine, 1 + 4.5 * np.minimum(np.abs(w), 8) / 8),
            stroke_dasharray=sign_dash(w),
        )
    for direction in (1, -1):
        if (lit == direction).any():
            yield _arrow(start, end, direction, lit == direction)


def _arrow(start: Place, end: Place, direction: int, shown: Array) -> Element:
    """Return an arrow head on a wire; forwards it points to the end."""
    way = np.subtract(end, start)
    along = direction * way / np.linalg.norm(way)
    return arrow_head(start + 0.66 * way + 9 * along, along, 14, fill=np.where(shown, "mark", "none"))


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
    record, i, numbers = book.record, book.example, []
    for page in book.pages:
        t = page.row
        if not book.fine[t]:
            numbers.append("")
        elif page.phase == "slopes":
            numbers.append(num(record.deltas[l][t, i, j] * record.activations[l][t, i, k], 3))
        elif page.phase == "mean":
            numbers.append(num(record.nabla_weights[l][t, j, k], 3))
        else:
            numbers.append(num(record.weights[l][t, j, k]))
    return numbers


def _cost_node(book: Book, place: Place) -> Iterator[Element]:
    known = [page.phase not in ("start", "forward") and book.fine[page.row] for page in book.pages]
    costs = written(book.record.costs[book.rows, book.example], known, lambda cost: num(cost, 3))
    x, y = place
    yield rect(x - 25, y - 22, 50, 44, fill="paper", stroke="ink", rx=6)
    yield text(x, y - 9, "C", size=12, fill="quiet")
    yield text(x, y + 8, costs, size=13)


def _neurons(book: Book, places: list[list[Place]]) -> Iterator[Element]:
    for l, layer in enumerate(places):
        for j, place in enumerate(layer):
            if l:
                yield from _delta_ring(book, l, j, place)
                yield _bias(book, l, j, place)
            yield from _neuron(book, l, j, place)
        name = "input" if l == 0 else "output" if l == book.L else f"layer {l}"
        yield text(layer[0][0], 440, name, size=12, fill="quiet")
    for j, (x, y) in enumerate(places[-1]):
        target = f"y = {book.record.y[book.example, j]:g}".replace("-", "−")
        yield note(x + 31, y - 24, target, size=12, text_anchor="start")


def _neuron(book: Book, l: int, j: int, place: Place) -> Iterator[Element]:
    known, a = book.known_a[l][:, j], book.record.activations[l][book.rows, book.example, j]
    named, glow = np.array(book.named(l, j)), 0.75 * np.minimum(np.abs(np.where(known, a, 0)), 1)
    rim = {"stroke": np.where(named, "mark", "ink"), "stroke_width": np.where(named, 3.5, 1.2)}
    x, y = place
    yield from disc(x, y, _RADIUS, glow, **rim)
    yield text(x, y - 9, activation_name(l, j), size=12)
    yield text(x, y + 8, written(a, known), size=13)


def _delta_ring(book: Book, l: int, j: int, place: Place) -> Iterator[Element]:
    """Yield a ring as wide as |δ| is large, dashed where δ is negative, and δ as a number."""
    record, known = book.record, book.known_delta[l][:, j]
    delta = record.deltas[l - 1][book.rows, book.example, j]
    mean = [page.phase == "mean" for page in book.pages]
    delta = np.where(mean, record.nabla_biases[l - 1][book.rows, j], delta)
    yield circle(
        *place,
        _RADIUS + 5,
        fill="none",
        stroke=sign_colour(delta),
        stroke_width=_where(known, 1 + 7 * np.sqrt(np.minimum(np.abs(delta) / 0.15, 1))),
        stroke_dasharray=sign_dash(delta),
    )
    names = np.where(mean, "mean δ" if book.takes_mean else "returned", "δ")
    numbers = [f"{name} = {_signed(d)}" if k else "" for name, d, k in zip(names, delta, known, strict=True)]
    yield note(place[0], place[1] + 41, numbers, size=12)


def _signed(delta: float) -> str:
    """Return δ with three decimals and its sign; what rounds to zero has none."""
    return signed(delta, 3) if round(float(delta), 3) else num(0, 3)


def _bias(book: Book, l: int, j: int, place: Place) -> Element:
    values = book.record.biases[l - 1][book.rows, j]
    numbers = written(values, book.fine[book.rows], lambda b: f"b = {num(b)}")
    return note(place[0], place[1] - 39, numbers, size=12, fill="quiet")


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
    """
    validate.one_of("network", network, NETWORKS)
    validate.one_of("init", init, INITS)
    validate.one_of("activation", activation, ACTIVATIONS)
    updates = validate.whole("updates", updates, at_least=1)
    if not 0.1 <= validate.number("eta", eta) <= 100:
        raise ValueError(f"eta must be from 0.1 to 100, got {eta:g}")
    x, y = truth_table(2, 1)
    recorded = _recorder(backprop)
    if validate.whole("example", example, at_least=0) >= len(x):
        raise ValueError(f"example must be at most {len(x) - 1}, got {example}")

    def build(network: str, weights: str, eta: float, example: int, activation: str, seed: int) -> Scene:
        record = recorded(NETWORKS[network], round(eta, 2), updates, weights, seed, activation)
        return scene(record, example)

    shown = [(f"{describe_inputs(x[i])} → {num(y[i, 0], 0)}", i) for i in range(len(x))]
    settings: dict[str, Any] = {
        "network": ipywidgets.Dropdown(options=list(NETWORKS), value=network, description="network"),
        "weights": ipywidgets.Dropdown(options=INITS, value=init, description="weights"),
        "eta": eta_slider(eta, least=0.1),
        "example": ipywidgets.Dropdown(options=shown, value=example, description="shown"),
        "activation": ipywidgets.Dropdown(options=ACTIVATIONS, value=activation, description="activation"),
    }
    return Explorer(build, settings, seeded=True, seed=seed)
