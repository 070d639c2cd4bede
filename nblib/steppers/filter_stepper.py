"""One filter on its way over a small picture: place by place there, place by place back, and the update."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import numpy as np

from nblib import validate
from nblib.drawing.axes import Axes
from nblib.drawing.formula import Formula
from nblib.drawing.marks import sign_colour
from nblib.drawing.numbers import given, num, show, signed
from nblib.drawing.panels import track
from nblib.drawing.scene import Caption, Element, Scene, note, rect, text
from nblib.runs.filter_run import FilterRecord, learn_filter
from nblib.widgets.explorer import Explorer, eta_slider

PICTURES = {
    "a stroke": ["......", "......", ".####.", "......", "......", "......"],
    "the same, further down": ["......", "......", "......", "......", ".####.", "......"],
    "an upright stroke": ["......", "..#...", "..#...", "..#...", "..#...", "......"],
    "a corner": ["......", ".###..", ".#....", ".#....", "......", "......"],
}
"""Pictures of 6 × 6 pixels; # is ink."""
START = np.array([[-0.25, 0.1, -0.3], [0.4, 0.65, 0.2], [-0.15, -0.55, 0.35]])
BIAS = 0.07
TARGET = 1.0


def picture(name: str = "a stroke") -> np.ndarray:
    """Return one of `PICTURES` as numbers: 1 for ink, 0 for paper, shape (6, 6).

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    validate.one_of("picture", name, PICTURES)
    return np.array([[float(sign == "#") for sign in row] for row in PICTURES[name]])


# -- pages --------------------------------------------------------------------------------------
# The first update has a page for each place there, one for the mean, one for each place back, and one for
# the step; each update after it has one page.


class _Pages:
    """Which update a page belongs to, and which place it looks at, on the way there or back (else −1)."""

    def __init__(self, record: FilterRecord) -> None:
        P, later = len(record.seen), np.arange(1, len(record))
        none = np.full(P + 1, -1)
        self.n = 2 * P + 2 + len(later)
        self.update = np.r_[np.zeros(2 * P + 2, int), later]
        self.there = np.r_[np.arange(P), none, -1, np.full(len(later), -1)]
        self.back = np.r_[none, np.arange(P), -1, np.full(len(later), -1)]
        self.known = np.minimum(np.arange(self.n), P)  # how many z are there
        self.added = np.clip(np.arange(self.n) - P, 0, P)  # how many places are in the gradient
        self.mean = np.arange(self.n) >= P
        self.moved = np.arange(self.n) >= 2 * P + 1  # the step of this update is taken
        self.ends = np.flatnonzero(self.moved).tolist()


def scene(record: FilterRecord) -> Scene:
    """Return the scene of a run."""
    pages = _Pages(record)
    return Scene(
        [*_titles(record, pages), *_picture(record, pages), *_filter(record, pages), *_map(record, pages),
         *_gradient(record, pages), *_cost(record, pages)],
        _captions(record, pages),
        width=664,
        height=424,
        title="A filter learns",
        updates=pages.ends,
        telling=len(record.seen) + 6,
    )  # fmt: skip


# -- the drawing --------------------------------------------------------------------------------

_CELL = 40
_LEFT, _TOP = 24, 92  # of the picture
_FILTER = (300, 92)
_MAP = (470, 92)
_SUMS = (300, 270)


def _titles(record: FilterRecord, pages: _Pages) -> Iterator[Element]:
    heads = [f"update {t + 1}" for t in pages.update]
    yield text(24, 26, heads, 15, text_anchor="start", font_weight="bold")
    yield text(
        24,
        50,
        f"target {given(record.target)}, η = {given(record.eta)}",
        12,
        text_anchor="start",
        fill="quiet",
    )
    for (x, y), name in (((_LEFT, _TOP), "the picture x"), (_FILTER, "the filter w"), (_MAP, "its map a")):
        yield text(x, y - 14, name, 13, text_anchor="start", font_weight="bold")
    yield text(_SUMS[0], _SUMS[1] - 14, "∂C/∂w so far", 13, text_anchor="start", font_weight="bold")


def _cell(
    x: float, y: float, shade: object, colour: object, says: object, size: float = 11
) -> Iterator[Element]:
    yield rect(x, y, _CELL, _CELL, fill=colour, fill_opacity=shade, stroke="grid")
    yield note(x + _CELL / 2, y + _CELL / 2, says, size)


def _spots(side: int, left: float, top: float) -> list[tuple[float, float]]:
    return [(left + _CELL * column, top + _CELL * row) for row in range(side) for column in range(side)]


def _picture(record: FilterRecord, pages: _Pages) -> Iterator[Element]:
    side = len(record.image)
    for (x, y), ink in zip(_spots(side, _LEFT, _TOP), record.image.ravel(), strict=True):
        yield rect(x, y, _CELL, _CELL, fill="ink", fill_opacity=0.55 * ink, stroke="grid")
        yield note(x + _CELL / 2, y + _CELL / 2, given(ink), 12)
    place = np.maximum(pages.there, pages.back)
    places, size = _side(record), 3 * _CELL
    x, y = (
        np.where(place >= 0, at, np.nan)
        for at in (_LEFT + _CELL * (place % places), _TOP + _CELL * (place // places))
    )
    yield rect(x, y, size, size, fill="none", stroke="mark", stroke_width=4)


def _side(record: FilterRecord) -> int:
    return round(len(record.seen) ** 0.5)


def _short(value: float) -> str:
    return signed(value) if value else "0"


def _signed_cells(
    values: np.ndarray, scale: float, left: float, top: float, shown: np.ndarray
) -> Iterator[Element]:
    """Yield cells with numbers of both signs; `values` has one row a page."""
    for k, (x, y) in enumerate(_spots(3, left, top)):
        column = values[:, k]
        depth = np.where(shown, 0.75 * np.minimum(np.abs(column) / scale, 1), 0)
        says = [_short(value) if on else "" for value, on in zip(column, shown, strict=True)]
        yield from _cell(x, y, depth, sign_colour(column), says)


def _filter(record: FilterRecord, pages: _Pages) -> Iterator[Element]:
    rows = pages.update + pages.moved
    scale = float(np.abs(record.weights).max()) or 1.0
    always = np.full(pages.n, True)
    yield from _signed_cells(record.weights[rows], scale, *_FILTER, always)
    yield text(
        _FILTER[0],
        _FILTER[1] + 3 * _CELL + 16,
        [f"b = {signed(b)}" for b in record.bias[rows]],
        12,
        text_anchor="start",
    )


def _map(record: FilterRecord, pages: _Pages) -> Iterator[Element]:
    side, most = _side(record), float(record.a.max()) or 1.0
    for p, (x, y) in enumerate(_spots(side, *_MAP)):
        shown, a = pages.known > p, record.a[pages.update, p]
        shown = shown | (pages.there == p)
        says = [num(value) if on else "" for value, on in zip(a, shown, strict=True)]
        yield from _cell(x, y, np.where(shown, 0.75 * a / most, 0), "positive", says)
    place = np.maximum(pages.there, pages.back)
    x, y = (
        np.where(place >= 0, at, np.nan)
        for at in (_MAP[0] + _CELL * (place % side), _MAP[1] + _CELL * (place // side))
    )
    yield rect(x, y, _CELL, _CELL, fill="none", stroke="mark", stroke_width=4)
    below = _MAP[1] + side * _CELL + 20
    means = [
        f"mean {num(record.answer[t])}, C = {show(record.cost[t])}" if on else ""
        for t, on in zip(pages.update, pages.mean, strict=True)
    ]
    yield text(_MAP[0], below, means, 13, text_anchor="start")


def _gradient(record: FilterRecord, pages: _Pages) -> Iterator[Element]:
    sums = np.cumsum(np.vstack([np.zeros(9), record.delta[0][:, None] * record.seen]), axis=0)
    values = np.where((pages.update == 0)[:, None], sums[pages.added], record.nabla_weights[pages.update])
    scale = float(np.abs(record.nabla_weights).max()) or 1.0
    yield from _signed_cells(values, scale, *_SUMS, pages.mean)


def _cost(record: FilterRecord, pages: _Pages) -> Iterator[Element]:
    axes = Axes(_MAP[0] + 34, 334, 126, 50, (0, len(record) - 1), (0, 1.1 * float(record.cost.max())))
    yield axes.frame("update", "cost C", ticks=3)
    rows = np.minimum(pages.update, len(record) - 1)
    yield from track(axes, "cost", record.cost, rows, ahead=True)


# -- captions -----------------------------------------------------------------------------------

_DELTA = Formula("({answer} − {y}) / {P}")
_STEP = Formula("{w} − {η}·{slope}")
_CENTRE = 4  # the weight that the captions of the way back are about


def _captions(record: FilterRecord, pages: _Pages) -> list[Caption]:
    P = len(record.seen)
    first = [_looks(record, p) for p in range(P)]
    back = [_blames(record, p) for p in range(P)]
    return [*first, _means(record), *back, *(_steps(record, t) for t in range(len(record)))]


def _looks(record: FilterRecord, p: int) -> Caption:
    row, column = divmod(p, _side(record))
    x, w, b, z = record.seen[p], record.weights[0], record.bias[0], record.z[0, p]
    ink = np.flatnonzero(x)
    terms = Formula(" + ".join([*(f"{{w{k}}}·{{x{k}}}" for k in ink), "{b}"]))
    values = [part for k in ink for part in (given(w[k]), given(x[k]))]
    fires = "it is active" if z > 0 else "it stays at 0"
    words = f"Row {row + 1}, column {column + 1}: the filter sees {len(ink)} pixels of ink, and {fires}."
    if not ink.size:
        words = f"Row {row + 1}, column {column + 1}: no ink, so the bias is all there is."
    reckoned = terms.agreed(*values, given(b), result=z, digits=4)
    return Caption(
        words, "z = Σₖ wₖ xₖ + b        a = max(0, z)", f"z = {reckoned}\na = {show(record.a[0, p])}"
    )


def _means(record: FilterRecord) -> Caption:
    P = len(record.seen)
    answer, cost = record.answer[0], record.cost[0]
    words = (
        f"The filter has looked at all {P} places, always with the same nine weights. Its answer is the mean."
    )
    numbers = f"answer = {show(answer)}\nC = " + Formula("½·({answer} − {y})²").worked(
        answer, given(record.target), result=cost
    )
    return Caption(words, "answer = Σₚ aₚ / P        C = ½ (answer − y)²", numbers)


def _blames(record: FilterRecord, p: int) -> Caption:
    row, column = divmod(p, _side(record))
    delta, x = record.delta[0, p], record.seen[p]
    formula = "δₚ = (answer − y) / P where zₚ > 0, else 0        ∂C/∂wₖ = Σₚ δₚ xₚₖ"
    here = f"Back at row {row + 1}, column {column + 1}: "
    if not delta:
        return Caption(
            f"{here}the filter was at 0 here, so its slope is 0 and nothing is added.", formula, "δ = 0"
        )
    ink = len(np.flatnonzero(x))
    adds = (
        f"its δ is added to the {ink} weights that met ink."
        if ink
        else "but no weight met ink: only the bias gets it."
    )
    reckoned = _DELTA.worked(
        record.answer[0], given(record.target), given(float(len(record.seen))), result=delta
    )
    so_far = record.delta[0, : p + 1] @ record.seen[: p + 1, _CENTRE]
    return Caption(here + adds, formula, f"δ = {reckoned}\n∂C/∂w₅ so far = {show(so_far)}")


def _steps(record: FilterRecord, t: int) -> Caption:
    old, new = record.weights[t : t + 2, _CENTRE]
    slope = record.nabla_weights[t, _CENTRE]
    words = f"Update {t + 1} is done. The answer was {num(record.answer[t])} before it."
    if not record.a[t].any():
        words += " The filter is at 0 at every place, so all slopes are 0: it is dead."
    elif t == 0:
        words += (
            " Each weight has moved by the sum over all places, and it will be the same everywhere again."
        )
    moved = _STEP.worked(old, given(record.eta), slope, result=new)
    return Caption(words, "wₖ ← wₖ − η Σₚ δₚ xₚₖ", f"w₅ ← {moved}")


# -- the explorer -------------------------------------------------------------------------------


def run(picture_name: str = "a stroke", eta: float = 1.0) -> FilterRecord:
    """Return the record of the filter that begins as `START` and learns from one picture.

    Raises
    ------
    ValueError, TypeError
        If there is no such picture, or η is not above 0.
    """
    return learn_filter(picture(picture_name), START, BIAS, TARGET, eta, updates=20)


def explorer(picture_name: str = "a stroke", eta: float = 1.0) -> Explorer:
    """Return the stepper of one filter on a small picture.

    Parameters
    ----------
    picture_name : {"a stroke", "the same, further down", "an upright stroke", "a corner"}
    eta : float
        The learning rate η, 0.1 to 20.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    validate.one_of("picture_name", picture_name, PICTURES)
    if not 0.1 <= validate.number("eta", eta) <= 20:
        raise ValueError(f"eta must be from 0.1 to 20, got {eta:g}")
    settings = {
        "picture": ipywidgets.Dropdown(options=[*PICTURES], value=picture_name, description="picture"),
        "eta": eta_slider(eta, least=0.1, most=20),
    }
    return Explorer(lambda picture, eta: scene(run(picture, eta)), settings)
