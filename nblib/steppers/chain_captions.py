"""The captions of a three-neuron chain: what happened, the formula, the formula with its numbers."""

from __future__ import annotations

import numpy as np

from nblib.chain import PARAMETERS
from nblib.drawing.formula import Formula, product
from nblib.drawing.numbers import given, show
from nblib.drawing.scene import Caption
from nblib.steppers.chain_pages import BACKWARD, FORWARD, NEXT, Book, path, slope_name

_FORWARD = {
    "z1": ("the hidden neuron weighs its input and adds its bias.", "z1 = w1·a0 + b1"),
    "a1": ("it squashes the sum. a1 is what it tells the output neuron.", "a1 = σ(z1)"),
    "z2": ("the output neuron weighs a1 and adds its bias.", "z2 = w2·a1 + b2"),
    "a2": ("it squashes the sum. a2 is the output of the chain.", "a2 = σ(z2)"),
    "C": ("the cost says how far the output is from the target y.", "C = (a2 − y)²"),
}
_BACKWARD = {
    "a2": ("the first factor: how fast does the cost move with the output?", "∂C/∂a2 = 2·(a2 − y)"),
    "z2": (
        "through the slope of σ to z2. The product is δ2, the blame that arrives at the output neuron.",
        "δ2 = ∂C/∂z2 = ∂C/∂a2 · ∂a2/∂z2 = ∂C/∂a2 · σ′(z2)",
    ),
    "w2": (
        "one more factor: z2 moves with w2 as fast as a1 is large.",
        "∂C/∂w2 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂w2 = δ2 · a1",
    ),
    "b2": (
        "b2 is added as it is: its own factor is 1, so its derivative is δ2 itself.",
        "∂C/∂b2 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂b2 = δ2 · 1",
    ),
    "a1": (
        "a1 is no knob, but its derivative tells the hidden neuron what was wanted of it.",
        "∂C/∂a1 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 = δ2 · w2",
    ),
    "z1": (
        "through the slope of σ once more. The product is δ1, the blame that arrives at the hidden neuron.",
        "δ1 = ∂C/∂z1 = ∂C/∂a1 · ∂a1/∂z1 = δ2 · w2 · σ′(z1)",
    ),
    "w1": (
        "five factors lie between the cost and w1. Four of them are already multiplied: they are δ1.",
        "∂C/∂w1 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 · ∂a1/∂z1 · ∂z1/∂w1 = δ1 · a0",
    ),
    "b1": (
        "b1 is added as it is: its own factor is 1, so its derivative is δ1 itself.",
        "∂C/∂b1 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 · ∂a1/∂z1 · ∂z1/∂b1 = δ1 · 1",
    ),
    "a0": (
        "the input cannot be turned either. A layer before it would take the blame from here.",
        "∂C/∂a0 = ∂C/∂a2 · ∂a2/∂z2 · ∂z2/∂a1 · ∂a1/∂z1 · ∂z1/∂a0 = δ1 · w1",
    ),
}
_UPDATE = "w ← w − η ∂C/∂w        b ← b − η ∂C/∂b"
_SUMS = {"z1": ("w1", "a0", "b1"), "z2": ("w2", "a1", "b2")}
_COST, _COST_SLOPE, _SLOPE = Formula("({a2} − {y})²"), Formula("2·({a2} − {y})"), Formula("{a}·(1 − {a})")
_SUM, _STEP = Formula("{w}·{a} + {b}"), Formula("{old} − {η}·{slope}")


def captions(book: Book) -> list[Caption]:
    """Return what stands below each page: numbers that lead to their result as they are printed."""
    found = []
    for t, finite in enumerate(book.finite):
        pages = [_forward(book, t, name) for name in FORWARD]
        if t < len(book):
            pages += [*(_backward(book, t, name) for name in BACKWARD), _update(book, t)]
        if not finite:
            pages = [Caption(_off_scale(book), page.formula) for page in pages]
        found += pages
    return found


def _off_scale(book: Book) -> str:
    return f"The numbers left the scale at update {max(int(np.argmin(book.finite)), 1)}: η is too large."


def _forward(book: Book, t: int, name: str) -> Caption:
    begins = ""
    if name == "z1":
        begins = f"Update {t + 1} begins. " if t < len(book) else f"After update {t}. "
    words, formula = _FORWARD[name]
    return Caption(f"{begins}Forwards: {words}", formula, f"{name} = {_value(book, t, name)}")


def _value(book: Book, t: int, name: str) -> str:
    """Return a number on the way forwards, worked out."""
    value = {key: column[t] for key, column in book.value.items()}
    if name == "C":
        return _COST.worked(value["a2"], given(book.y), result=value["C"])
    if name not in _SUMS:
        return f"σ({show(value[f'z{name[1]}'])}) = {show(value[name])}"
    w, a, b = (value[key] for key in _SUMS[name])
    return _SUM.worked(w, given(a) if name == "z1" else a, b, result=value[name])


def _backward(book: Book, t: int, name: str) -> Caption:
    words, formula = _BACKWARD[name]
    lines = [_own_factor(book, t, name)]
    if name != "a2":
        factors = [_printed_factor(book, t, step) for step in path(name)]
        products = [factors]
        if len(factors) > 2:
            products.append([book.slope[NEXT[name]][t], factors[-1]])
        lines += [f"{slope_name(name)} = {product(*parts, result=book.slope[name][t])}" for parts in products]
    return Caption(f"Backwards: {words} {_remark(book, t, name)}".rstrip(), formula, "\n".join(lines))


def _own_factor(book: Book, t: int, name: str) -> str:
    """Return the factor of the arrow that leaves `name`, worked out."""
    factor, to = book.factor[name][t], NEXT[name]
    left = f"∂{to}/∂{name} = "
    if name == "a2":
        return left + _COST_SLOPE.worked(book.value["a2"][t], given(book.y), result=factor)
    if name in _SUMS:
        slope = _SLOPE.worked(book.value[to][t], result=factor)
        return f"{left}{to}·(1 − {to}) = {slope}"
    if name[0] == "b":
        return f"{left}1"
    weight, source, _ = _SUMS[to]
    return f"{left}{source if name == weight else weight} = {show(_printed_factor(book, t, name))}"


def _printed_factor(book: Book, t: int, name: str) -> float | str:
    """Return the factor of an arrow as it is to be printed: chosen numbers as they were chosen."""
    if name[0] == "b":
        return "1"
    return given(book.factor[name][t]) if name == "w1" else book.factor[name][t]


def _remark(book: Book, t: int, name: str) -> str:
    """Return what is to be noticed in these numbers."""
    slope = book.slope[name][t]
    if name == "a2":
        if slope == 0:
            return "It is 0: nothing is wrong."
        return f"A larger output would {'lower' if slope < 0 else 'raise'} the cost."
    if name == "a1":
        if slope == 0:
            return "It is 0: no blame gets through."
        return f"It is {'negative: more' if slope < 0 else 'positive: less'} would have been better."
    if name in _SUMS and book.factor[name][t] < 0.01:
        return "The neuron is saturated: hardly anything gets through."
    return ""


def _update(book: Book, t: int) -> Caption:
    if not book.finite[t + 1]:
        return Caption(_off_scale(book), _UPDATE)
    (a2, new_a2), (cost, new_cost) = (book.value[name][[t, t + 1]] for name in ("a2", "C"))
    words = (
        f"Update {t + 1}: all blame is known, now all four parameters move at once. "
        f"Output {show(a2)} → {show(new_a2)}, cost {show(cost)} → {show(new_cost)}."
        f"{' The output has reached 0.9.' if a2 < 0.9 <= new_a2 else ''}"
    )
    lines = []
    for name in PARAMETERS:
        old, new = book.value[name][[t, t + 1]]
        lines.append(f"{name} ← {_STEP.worked(old, given(book.eta), book.slope[name][t], result=new)}")
    return Caption(words, _UPDATE, "\n".join(lines))
