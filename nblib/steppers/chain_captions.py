"""What a flip-book of the three-neuron chain tells: its numbers by name, page by page, and its captions.

In here the numbers have the names of the code, w1; what is read has those of the formulas, w¹.
"""

from __future__ import annotations

import numpy as np

from nblib.chain import PARAMETERS, ChainRecord
from nblib.drawing.chain_tree import (
    FORWARD,
    NEXT,
    factor_field,
    factor_name,
    path,
    slope_field,
    slope_name,
)
from nblib.drawing.formula import Formula, product
from nblib.drawing.numbers import given, layered, show
from nblib.drawing.scene import Caption
from nblib.steppers.pages import Pages

_PHASES = [*FORWARD, *NEXT, "update"]


def back(name: str) -> int:
    """Return the phase in which ∂C/∂name is computed."""
    return _PHASES.index(name, len(FORWARD))


class Book:
    """A record by the names of the tree, and its pages.

    `value[name][t]`, `factor[name][t]` and `slope[name][t]` hold the number itself, the factor on
    the arrow that leaves it, and ∂C/∂name.

    Attributes
    ----------
    pages : Pages
        For each update five forwards, nine backwards and one to update; at the end five more forwards.
    updates : ndarray of bool, shape (pages,)
        Which pages make an update.
    after : Pages
        The same pages with the row whose parameters they show: on that of an update already the next one.
    finite : ndarray of bool, shape (T + 1,)
        Where all numbers are finite.

    Raises
    ------
    ValueError
        If the record is of several examples or holds no step, or its columns differ in length.
    """

    def __init__(self, record: ChainRecord) -> None:
        passes, n_rows = record.passes, len(record.w1)
        if np.ndim(passes.a2) != 1:
            raise ValueError(
                f"record must be of one example, got activations of shape {np.shape(passes.a2)}: "
                "descend with one number a0 and one y"
            )
        if n_rows < 2:
            raise ValueError(f"record must hold at least one step, got {n_rows} rows")
        self.n_updates, self.eta, self.y = n_rows - 1, record.eta, float(record.y)
        self.value = {name: getattr(record, name) for name in PARAMETERS}
        self.value |= {name: getattr(passes, name) for name in ("a0", "z1", "a1", "z2", "a2")}
        self.value["C"] = passes.cost
        self.factor = {name: getattr(passes, factor_field(name)) for name in NEXT}
        self.slope = {name: getattr(passes, slope_field(name)) for name in NEXT}
        columns = [*self.value.items(), *self.factor.items(), *self.slope.items()]
        for name, column in columns:
            if len(column) != n_rows:
                raise ValueError(f"record must have {n_rows} rows of {name} as of w1, got {len(column)}")
        self.finite = np.all([np.isfinite(column) for _, column in columns], axis=0)
        n_pages = self.n_updates * len(_PHASES) + len(FORWARD)
        self.pages = Pages(*np.divmod(np.arange(n_pages), len(_PHASES)))
        self.updates = self.pages.at(len(_PHASES) - 1)
        self.after = Pages(self.pages.row + self.updates, self.pages.phase)

    def printed(self, name: str, t: int) -> float | str:
        """Return a number of row t; one that somebody has chosen, as it was written."""
        if name == "y":
            return given(self.y)
        return given(self.value[name][t]) if name == "a0" else self.value[name][t]


# -- captions -----------------------------------------------------------------------------------

_FORWARD = {
    "z1": ("the hidden neuron weighs its input and adds its bias.", Formula("{w1}·{a0} + {b1}")),
    "a1": ("it squashes the sum. a1 is what it tells the output neuron.", Formula("σ({z1})")),
    "z2": ("the output neuron weighs a1 and adds its bias.", Formula("{w2}·{a1} + {b2}")),
    "a2": ("it squashes the sum. a2 is the output of the chain.", Formula("σ({z2})")),
    "C": ("the cost says how far the output is from the target y.", Formula("½·({a2} − {y})²")),
}
_BACKWARD = {
    "a2": "the first factor: how fast does the cost move with the output?",
    "z2": "through the slope of σ to z2. The product is δ2, the blame that arrives at the output neuron.",
    "w2": "one more factor: z2 moves with w2 as fast as a1 is large.",
    "b2": "b2 is added as it is: its own factor is 1, so its derivative is δ2 itself.",
    "a1": "a1 is no knob, but its derivative tells the hidden neuron what was wanted of it.",
    "z1": "through the slope of σ once more. The product is δ1, the blame that arrives at the hidden neuron.",
    "w1": "five factors lie between the cost and w1. Four of them are already multiplied: they are δ1.",
    "b1": "b1 is added as it is: its own factor is 1, so its derivative is δ1 itself.",
    "a0": "the input cannot be turned either. A layer before it would take the blame from here.",
}
_FACTOR = {
    "a2": Formula("{a2} − {y}"), "z2": Formula("{a2}·(1 − {a2})"), "z1": Formula("{a1}·(1 − {a1})"),
    "w2": "a1", "b2": "1", "a1": "w2", "w1": "a0", "b1": "1", "a0": "w1",
}  # fmt: skip
"""The factor on the arrow that leaves a number: worked out, or just another number."""
_STEP, _UPDATE = Formula("{w} − {η}·{∂C/∂w}"), "w ← w − η ∂C/∂w        b ← b − η ∂C/∂b"


def captions(book: Book) -> list[Caption]:
    """Return what stands below each page: numbers that lead to their result as they are printed."""
    makers = [_forward] * len(FORWARD) + [_backward] * len(NEXT) + [_update]
    told = []
    for t, phase in zip(book.pages.row, book.pages.phase, strict=True):
        caption = makers[phase](book, t, _PHASES[phase])
        if not book.finite[t]:
            caption = Caption(_off_scale(book), caption.formula)
        told.append(Caption(*map(layered, (caption.words, caption.formula, caption.numbers))))
    return told


def _off_scale(book: Book) -> str:
    return f"The numbers left the scale at update {max(int(np.argmin(book.finite)), 1)}: η is too large."


def _forward(book: Book, t: int, name: str) -> Caption:
    begins = ""
    if name == "z1":
        begins = f"Update {t + 1} begins. " if t < book.n_updates else f"After update {t}. "
    (words, formula), result = _FORWARD[name], book.value[name][t]
    values = [book.printed(part, t) for part in formula.names]
    if name[0] == "a":
        numbers = f"{formula.filled(*map(show, values))} = {show(result)}"
    else:
        numbers = formula.worked(*values, result=result)
    return Caption(f"{begins}Forwards: {words}", f"{name} = {formula}", f"{name} = {numbers}")


def _backward(book: Book, t: int, name: str) -> Caption:
    lines = [f"{factor_name(name)} = {_own_factor(book, t, name)}"]
    if name != "a2":
        factors = [_printed_factor(book, t, step) for step in path(name)]
        products = [factors]
        if len(factors) > 2:
            products.append([book.slope[NEXT[name]][t], factors[-1]])
        result = book.slope[name][t]
        lines += [f"{slope_name(name)} = {product(*parts, result=result)}" for parts in products]
    words = f"Backwards: {_BACKWARD[name]} {_remark(book, t, name)}".rstrip()
    return Caption(words, _chain_rule(name), "\n".join(lines))


def _chain_rule(name: str) -> str:
    """Return ∂C/∂name as the product of the factors on the way to C, and as what is known of them."""
    if name == "a2":
        return f"∂C/∂a2 = {_FACTOR['a2']}"
    if name[0] != "z":
        way = " · ".join(map(factor_name, path(name)))
        return f"{slope_name(name)} = {way} = {slope_name(NEXT[name])} · {_FACTOR[name]}"
    known = {"z2": "∂C/∂a2", "z1": "δ2 · w2"}[name]
    return f"δ{name[1]} = ∂C/∂{name} = ∂C/∂{NEXT[name]} · {factor_name(name)} = {known} · σ′({name})"


def _own_factor(book: Book, t: int, name: str) -> str:
    """Return the factor of the arrow that leaves `name`, worked out."""
    factor = _FACTOR[name]
    if isinstance(factor, str):
        return "1" if factor == "1" else f"{factor} = {show(book.printed(factor, t))}"
    values = [book.printed(part, t) for part in factor.names]
    numbers = factor.worked(*values, result=book.factor[name][t])
    return numbers if name == "a2" else f"{factor} = {numbers}"


def _printed_factor(book: Book, t: int, name: str) -> float | str:
    """Return the factor of an arrow as it is to be printed in a product."""
    factor = _FACTOR[name]
    if factor == "1" or isinstance(factor, Formula):
        return factor if factor == "1" else book.factor[name][t]
    return book.printed(factor, t)


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
    if name[0] == "z" and book.factor[name][t] < 0.01:
        return "The neuron is saturated: hardly anything gets through."
    return ""


def _update(book: Book, t: int, _: str) -> Caption:
    if not book.finite[t + 1]:
        return Caption(_off_scale(book), _UPDATE)
    now, new = ({name: column[row] for name, column in book.value.items()} for row in (t, t + 1))
    words = (
        f"Update {t + 1}: all blame is known, now all four parameters move at once. "
        f"Output {show(now['a2'])} → {show(new['a2'])}, cost {show(now['C'])} → {show(new['C'])}."
        f"{' The output has reached 0.9.' if now['a2'] < 0.9 <= new['a2'] else ''}"
    )
    eta, lines = given(book.eta), []
    for name in PARAMETERS:
        numbers = _STEP.worked(now[name], eta, book.slope[name][t], result=new[name])
        lines.append(f"{name} ← {numbers}")
    return Caption(words, _UPDATE, "\n".join(lines))
