"""The captions of a backpropagation run: what happened, the formula, the formula with its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nblib.drawing.formula import Formula, formula
from nblib.drawing.numbers import num, plain, sub
from nblib.drawing.scene import Caption
from nblib.ranking import answers
from nblib.runs.backprop_run import Array, BackpropRecord
from nblib.steppers.backprop_pages import Book, Page


def activation_name(l: int, j: int) -> str:
    """Return ``a²₁`` for neuron j of layer l (j from 0), ``x₁`` for an input."""
    return f"a{_neuron_name(l, j)}" if l else f"x{sub(j + 1)}"


def _neuron_name(l: int, j: int) -> str:
    return f"{'⁰¹²³'[l]}{sub(j + 1)}"


def describe_inputs(x: Array) -> str:
    """Return a row of numbers as ``(1, 0)``."""
    return f"({', '.join(f'{v:g}' for v in x)})".replace("-", "−")


def describe_example(book: Book) -> str:
    """Return which example the network shows: its number from 1, its inputs, its target."""
    x, y = book.record.x[book.example], book.record.y[book.example]
    target = f"{y[0]:g}" if y.size == 1 else describe_inputs(y)
    return f"example {book.example + 1}, x = {describe_inputs(x)}, y = {target}"


def _names(l: int, j: int, k: int) -> tuple[str, str]:
    """Return how the bias of neuron j of layer l and its weight from neuron k are called."""
    return f"b{_neuron_name(l, j)}", f"w{_neuron_name(l, j)}{sub(k + 1)}"


def _plus(terms: int, term: str = "{}") -> str:
    return " + ".join([term] * terms)


def _pairs(first: Array, second: Array, digits: int = 5) -> list[str]:
    """Return the factors of products, one after the other, as they are printed."""
    pairs = zip(first, second, strict=True)
    return [text for u, v in pairs for text in (plain(u), plain(v, digits))]


def _mean_of(values: Array, decimals: int, digits: int) -> str:
    """Return the mean of a few values, worked out."""
    terms = [plain(value, decimals) for value in values]
    mean = formula(f"({_plus(len(terms))})/{len(terms)}")
    return mean.agreed(*terms, result=values.mean(), digits=digits)


_STEP, _SLOPE = Formula("{w} − {η}·{∂C/∂w}"), Formula("{δ}·{a}")
_UPDATE = "w ← w − η · mean of ∂C/∂w        b ← b − η · mean of ∂C/∂b"
_RETURNED = "w ← w − η · (returned for ∂C/∂w)        b ← b − η · (returned for ∂C/∂b)"
_MEAN = "C = mean of the costs of the examples, so ∂C/∂w = mean of their slopes"
_BP34 = "BP3   ∂C/∂bˡⱼ = δˡⱼ        BP4   ∂C/∂wˡⱼₖ = δˡⱼ aˡ⁻¹ₖ"


def _off_scale(book: Book) -> str:
    at = int(np.argmin(book.fine))
    if not book.takes_mean:
        return _off_scale_by_its_own(book.record, at)
    if at == 0:
        return "The run begins off the scale: its numbers are too large to show. Take smaller weights."
    return f"The cost left the scale at update {at}: η = {book.record.eta:g} is too large for this run."


def _off_scale_by_its_own(record: BackpropRecord, at: int) -> str:
    parameters, gradients = (*record.weights, *record.biases), (*record.nabla_weights, *record.nabla_biases)
    finite, returned = (all(np.isfinite(a[at]).all() for a in arrays) for arrays in (parameters, gradients))
    if finite and not returned:
        return f"For update {at + 1} its own backprop returns slopes that are not finite numbers."
    return f"The cost left the scale at update {at}, with the slopes that its own backprop returns."


def _start(book: Book, page: Page) -> Caption:
    costs = book.record.costs[0]
    words = (
        f"The network before the first update. Every update uses all {len(costs)} examples, a full batch; "
        f"the network shows {describe_example(book)}."
    )
    if not book.takes_mean:
        words += " This run takes the slopes that a backprop of its own returns, and they are other ones."
    return Caption(words, "C = mean of the costs of the examples", f"C = {_mean_of(costs, 5, digits=4)}")


def _forward(book: Book, page: Page) -> Caption:
    record, t, i, l, j = book.record, page.row, book.example, page.layer, page.j
    w, a = record.weights[l - 1][t, j], record.activations[l - 1][t, i]
    texts = *_pairs(w, a), plain(record.biases[l - 1][t, j])
    z = formula(_plus(len(w), "{}·{}") + " + {}").agreed(*texts, result=record.zs[l - 1][t, i, j], digits=4)
    output = record.activations[l][t, i, j]
    a = formula(f"{book.sign}({{}})").agreed(z.rpartition(" ")[2], result=output, digits=4)
    does = "adds up what arrives and squeezes the sum" if book.sign != "relu" else "adds up what arrives"
    name, neuron = _neuron_name(l, j), f"neuron {j + 1} of layer {l}"
    told = f". Here is {neuron}." if page.whole else f": {neuron} {does}."
    rule = f"zˡⱼ = Σₖ wˡⱼₖ aˡ⁻¹ₖ + bˡⱼ        aˡⱼ = {book.sign}(zˡⱼ)"
    return Caption(f"forward, {describe_example(book)}{told}", rule, f"z{name} = {z}\na{name} = {a}")


def _cost(book: Book, page: Page) -> Caption:
    record, t, i = book.record, page.row, book.example
    a, y = record.activations[-1][t, i], record.y[i]
    squares = _plus(len(y), "({} − {})²")
    half = formula(f"½·{squares}" if len(y) == 1 else f"½·({squares})")
    cost = half.agreed(*_pairs(a, y), result=record.costs[t, i], digits=5)
    words = f"the cost of {describe_example(book)}: how wrong the output is."
    return Caption(words, "C = ½ Σⱼ (aᴸⱼ − yⱼ)²", f"C = {cost}")


_SLOPES = {
    "sigmoid": ("{a}·(1 − {a})", "        σ′(z) = a (1 − a)"),
    "tanh": ("(1 − {a}²)", "        tanh′(z) = 1 − a²"),
}
"""f′(z), worked out from a = f(z): with the numbers of a caption, and as it stands beside BP1 and BP2."""


def _delta(book: Book, page: Page) -> Caption:
    """Return the caption of BP1, or of BP2 where neuron j is not an output."""
    record, t, i, l, j = book.record, page.row, book.example, page.layer, page.j
    a, delta = record.activations[l][t, i, j], record.deltas[l - 1][t, i, j]
    slope, rule = _SLOPES.get(book.f.name, ("{f′}", ""))
    if l == book.L:
        arrives, texts = "({} − {})", [plain(a), plain(record.y[i, j])]
        rule = f"BP1   δᴸⱼ = (aᴸⱼ − yⱼ) {book.sign}′(zᴸⱼ){rule}"
        words = f"BP1: δ of output neuron {j + 1}, the error times the slope of the neuron."
    else:
        w = record.weights[l][t, :, j]
        arrives, texts = f"({_plus(len(w), '{}·{}')})", _pairs(w, record.deltas[l][t, i], 6)
        rule = f"BP2   δˡₖ = (Σⱼ wˡ⁺¹ⱼₖ δˡ⁺¹ⱼ) {book.sign}′(zˡₖ){rule}"
        words = (
            f"BP2: δ flows back along the wires to layer {l}; neuron {j + 1} adds up what arrives, "
            "weight times δ, and multiplies by its slope."
        )
    steep = float(book.f.slope(np.array(a)))
    texts.append(plain(a if book.f.name in _SLOPES else steep))
    numbers = formula(f"{arrives}·{slope}").agreed(*texts, result=delta, digits=5)
    saturated = _saturated(steep) if steep < 0.01 and book.f.name != "relu" else ""
    return Caption(f"{words} {_wish(delta)}{saturated}", rule, f"δ{_neuron_name(l, j)} = {numbers}")


def _wish(delta: float) -> str:
    if abs(delta) < 5e-6:
        return "It is next to nothing: more or less input would hardly change the cost."
    way = "less" if delta > 0 else "more"
    return (
        f"It is {'positive' if delta > 0 else 'negative'}: the cost would fall if the neuron got {way} input."
    )


def _saturated(slope: float) -> str:
    size = f"{slope:.1g}".replace("e-0", "e-").replace("-", "−") if slope else "below 10⁻¹⁵"
    return f" The neuron is saturated: its slope is {size}."


def _slopes(book: Book, page: Page) -> Caption:
    record, t, i, l, j, k = book.record, page.row, book.example, page.layer, page.j, page.k
    delta, a = record.deltas[l - 1][t, i, j], record.activations[l - 1][t, i, k]
    (b, w), name, source = _names(l, j, k), f"δ{_neuron_name(l, j)}", activation_name(l - 1, k)
    product = _SLOPE.agreed(plain(delta, 6), plain(a), result=delta * a, digits=5)
    silent = f" {source} is silent, so {w} learns nothing from this example." if a == 0 else ""
    words = (
        f"BP3 and BP4: all δ are known, so all slopes of {describe_example(book)} can be read off. "
        f"Here are those along {b} and {w}.{silent}"
    )
    return Caption(words, _BP34, f"∂C/∂{b} = {name} = {num(delta, 5)}\n∂C/∂{w} = {name}·{source} = {product}")


def _mean(book: Book, page: Page) -> Caption:
    record, t, l, j, k = book.record, page.row, page.layer, page.j, page.k
    deltas, n = record.deltas[l - 1][t, :, j], len(record.x)
    (b, w), lines = _names(l, j, k), []
    for name, slopes in ((b, deltas), (w, deltas * record.activations[l - 1][t, :, k])):
        lines.append(f"∂C/∂{name} = {_mean_of(slopes, 6, digits=5)}")
    words = (
        f"the mean: the other {n - 1} examples have gone the same way forwards and back. "
        f"The slopes of all {n} are averaged."
    )
    if not book.takes_mean:
        slopes = (record.nabla_biases[l - 1][t, j], b), (record.nabla_weights[l - 1][t, j, k], w)
        returned = " and ".join(f"{num(slope, 5)} for {name}" for slope, name in slopes)
        words += f" But the backprop of this run returns {returned}."
    return Caption(words, _MEAN, "\n".join(lines))


def _update(book: Book, page: Page) -> Caption:
    record, t, l, j, k = book.record, page.row, page.layer, page.j, page.k
    b, w = _names(l, j, k)
    turned = [
        (w, record.weights[l - 1][:, j, k], record.nabla_weights[l - 1][:, j, k]),
        (b, record.biases[l - 1][:, j], record.nabla_biases[l - 1][:, j]),
    ]
    lines = []
    for name, values, slopes in turned:
        texts = plain(values[t - 1]), f"{record.eta:g}", plain(slopes[t - 1], 6)
        lines.append(f"{name} ← {_STEP.agreed(*texts, result=values[t], digits=4)}")
    before, after = record.costs[[page.since, t]].mean(axis=1)
    if page.since == t - 1:
        count = sum(array[0].size for array in (*record.weights, *record.biases))
        words = f"Update {t} is done: all {count} weights and biases have moved at once"
    else:
        words = f"Updates {page.since + 1} to {t} are done; the numbers are those of update {t}"
    words += f". Mean cost {num(before, 4)} → {num(after, 4)}; {_right(record, t)}.{_remark(book, t)}"
    return Caption(words, _UPDATE if book.takes_mean else _RETURNED, "\n".join(lines))


def _right(record: BackpropRecord, t: int) -> str:
    right = answers(record.activations[-1][t]) == answers(record.y)
    return f"{right.sum()} of {len(right)} answers right"


def _remark(book: Book, t: int) -> str:
    """Return what is odd about update t: that nothing moves, or that hidden neurons are alike."""
    record = book.record
    gradients = [*record.nabla_weights, *record.nabla_biases]
    if all(np.abs(nabla[t - 1]).max() < 1e-12 for nabla in gradients):
        what = "mean slope" if book.takes_mean else "slope that its backprop returns"
        return f" But nothing has moved: every {what} is zero."
    w = record.weights[0][t]
    if len(record.weights) > 1 and len(w) > 1 and np.ptp(w, axis=0).max() < 1e-9:
        return " The neurons of layer 1 still have equal weights: they do the same work."
    return ""


_CAPTIONS = {
    "start": _start, "forward": _forward, "cost": _cost, "BP1": _delta, "BP2": _delta,
    "slopes": _slopes, "mean": _mean, "update": _update,
}  # fmt: skip


def caption(book: Book, page: Page) -> Caption:
    """Return what stands below a page. All numbers agree with those they are worked out from, as printed."""
    if not book.fine[page.row]:
        return Caption(_off_scale(book), _UPDATE if book.takes_mean else _RETURNED)
    told = _CAPTIONS[page.phase](book, page)
    if page.phase in ("start", "update"):
        return told
    return replace(told, words=f"Update {page.update}, {told.words}")
