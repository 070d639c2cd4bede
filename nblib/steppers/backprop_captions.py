"""The captions of a backpropagation run: what happened, the formula, the formula with its numbers."""

from __future__ import annotations

import numpy as np

from nblib.activations import Activation
from nblib.drawing.numbers import factor, num, sub
from nblib.drawing.scene import Caption
from nblib.runs.backprop_run import Array, BackpropRecord
from nblib.steppers.backprop_pages import Book, Page


def _up(l: int) -> str:
    return "⁰¹²³"[l]


def activation_name(l: int, j: int) -> str:
    """Return ``a²₁`` for neuron j of layer l (j from 0), ``x₁`` for an input."""
    return f"a{_up(l)}{sub(j + 1)}" if l else f"x{sub(j + 1)}"


def _w(l: int, j: int, k: int) -> str:
    return f"w{_up(l)}{sub(j + 1)}{sub(k + 1)}"


def _neuron_name(l: int, j: int) -> str:
    return f"{_up(l)}{sub(j + 1)}"


def describe_inputs(x: Array) -> str:
    """Return a row of numbers as ``(1, 0)``."""
    return f"({', '.join(f'{v:g}' for v in x)})".replace("-", "−")


def describe_example(book: Book) -> str:
    """Return which example the network shows: its number from 1, its inputs, its target."""
    x, y = book.record.x[book.example], book.record.y[book.example]
    target = f"{y[0]:g}" if y.size == 1 else describe_inputs(y)
    return f"example {book.example + 1}, x = {describe_inputs(x)}, y = {target}"


class _Number:
    """A number as it is printed, so that what is redone with it is what a reader redoes."""

    def __init__(self, value: float, digits: int = 5) -> None:
        self.digits = 0 if float(value).is_integer() else digits
        self.value = round(float(value), self.digits)

    def __str__(self) -> str:
        return factor(self.value, self.digits)

    @property
    def first(self) -> str:
        """The number where a sum or a product begins: without brackets."""
        return num(self.value, self.digits)


def _result(redone: float, value: float, digits: int) -> str:
    """Return `value` with as many digits, at most `digits`, as redoing it with printed numbers gives."""
    while digits and abs(redone - round(float(value), digits)) > 10.0**-digits:
        digits -= 1
    return num(value, digits)


def caption(book: Book, page: Page) -> Caption:
    """Return what stands below a page. All numbers agree with those they are worked out from, as printed."""
    if not book.fine[page.row]:
        return Caption(_off_scale(book), _UPDATE if book.takes_mean else _RETURNED)
    captions = {
        "start": _start,
        "forward": _forward,
        "cost": _cost,
        "BP1": _bp1,
        "BP2": _bp2,
        "slopes": _slopes,
        "mean": _mean,
        "update": _update,
    }
    return captions[page.phase](book, page)


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
    costs = [_Number(c, 5) for c in book.record.costs[0]]
    mean = book.record.costs[0].mean()
    total = f"({' + '.join(map(str, costs))})/{len(costs)}"
    redone = sum(c.value for c in costs) / len(costs)
    words = (
        f"The network before the first update. Every update uses all {len(costs)} examples, a full batch; "
        f"the network shows {describe_example(book)}."
    )
    if not book.takes_mean:
        words += " This run takes the slopes that a backprop of its own returns, and they are other ones."
    return Caption(
        words, "C = mean of the costs of the examples", f"C = {total} = {_result(redone, mean, 4)}"
    )


def _forward(book: Book, page: Page) -> Caption:
    record, t, i, l, j = book.record, page.row, book.example, page.layer, page.j
    w = [_Number(v) for v in record.weights[l - 1][t, j]]
    a = [_Number(v) for v in record.activations[l - 1][t, i]]
    b, z = _Number(record.biases[l - 1][t, j]), record.zs[l - 1][t, i, j]
    products = [f"{w[0].first}·{a[0]}", *(f"{u}·{v}" for u, v in zip(w[1:], a[1:], strict=True))]
    redone = sum(u.value * v.value for u, v in zip(w, a, strict=True)) + b.value
    name, shown = _neuron_name(l, j), _result(redone, z, 4)
    output = record.activations[l][t, i, j]
    redone_a = float(book.f(float(shown.replace("−", "-"))))
    lines = [
        f"z{name} = {' + '.join(products)} + {b} = {shown}",
        f"a{name} = {book.sign}({shown}) = {_result(redone_a, output, 4)}",
    ]
    does = "adds up what arrives and squeezes the sum" if book.sign != "relu" else "adds up what arrives"
    words = f"Update {page.update}, forward, {describe_example(book)}: neuron {j + 1} of layer {l} {does}."
    if page.whole:
        words = (
            f"Update {page.update}, forward, {describe_example(book)}. Here is neuron {j + 1} of layer {l}."
        )
    formula = f"zˡⱼ = Σₖ wˡⱼₖ aˡ⁻¹ₖ + bˡⱼ        aˡⱼ = {book.sign}(zˡⱼ)"
    return Caption(words, formula, "\n".join(lines))


def _cost(book: Book, page: Page) -> Caption:
    record, t, i = book.record, page.row, book.example
    a = [_Number(v) for v in record.activations[-1][t, i]]
    y = [_Number(v) for v in record.y[i]]
    squares = [f"({u.first} − {v})²" for u, v in zip(a, y, strict=True)]
    total = squares[0] if len(squares) == 1 else f"({' + '.join(squares)})"
    redone = 0.5 * sum((u.value - v.value) ** 2 for u, v in zip(a, y, strict=True))
    cost = record.costs[t, i]
    words = f"Update {page.update}, the cost of {describe_example(book)}: how wrong the output is."
    return Caption(words, "C = ½ Σⱼ (aᴸⱼ − yⱼ)²", f"C = ½·{total} = {_result(redone, cost, 5)}")


def _slope(f: Activation, a: float) -> tuple[str, float]:
    """Return f′(z), worked out from a = f(z), and its value with the printed numbers."""
    printed = _Number(a)
    if f.name == "sigmoid":
        return f"{printed}·(1 − {printed})", printed.value * (1 - printed.value)
    if f.name == "tanh":
        return f"(1 − {printed}²)", 1 - printed.value**2
    slope = _Number(float(f.slope(np.array(a))))
    return str(slope), slope.value


def _bp1(book: Book, page: Page) -> Caption:
    record, t, i, j = book.record, page.row, book.example, page.j
    a, y = record.activations[-1][t, i, j], _Number(record.y[i, j])
    delta, name = record.deltas[-1][t, i, j], _neuron_name(book.L, j)
    slope, slope_value = _slope(book.f, a)
    redone = (_Number(a).value - y.value) * slope_value
    words = (
        f"Update {page.update}, BP1: δ of output neuron {j + 1}, the error times the slope of the neuron. "
        + _wish(delta)
        + _saturated(book, page)
    )
    numbers = f"δ{name} = ({_Number(a).first} − {y})·{slope} = {_result(redone, delta, 5)}"
    return Caption(words, f"BP1   δᴸⱼ = (aᴸⱼ − yⱼ) {book.sign}′(zᴸⱼ){_slope_formula(book)}", numbers)


def _bp2(book: Book, page: Page) -> Caption:
    record, t, i, l, k = book.record, page.row, book.example, page.layer, page.j
    w = [_Number(v) for v in record.weights[l][t, :, k]]
    d = [_Number(v, 6) for v in record.deltas[l][t, i]]
    slope, slope_value = _slope(book.f, record.activations[l][t, i, k])
    delta = record.deltas[l - 1][t, i, k]
    products = [f"{w[0].first}·{d[0]}", *(f"{u}·{v}" for u, v in zip(w[1:], d[1:], strict=True))]
    redone = sum(u.value * v.value for u, v in zip(w, d, strict=True)) * slope_value
    flows = f"δ flows back along the wires to layer {l}"
    words = (
        f"Update {page.update}, BP2: {flows}; neuron {k + 1} adds up what arrives, weight times δ, "
        f"and multiplies by its slope. " + _wish(delta) + _saturated(book, page)
    )
    numbers = f"δ{_neuron_name(l, k)} = ({' + '.join(products)})·{slope} = {_result(redone, delta, 5)}"
    formula = f"BP2   δˡₖ = (Σⱼ wˡ⁺¹ⱼₖ δˡ⁺¹ⱼ) {book.sign}′(zˡₖ){_slope_formula(book)}"
    return Caption(words, formula, numbers)


def _wish(delta: float) -> str:
    if abs(delta) < 5e-6:
        return "It is next to nothing: more or less input would hardly change the cost."
    way = "less" if delta > 0 else "more"
    return (
        f"It is {'positive' if delta > 0 else 'negative'}: the cost would fall if the neuron got {way} input."
    )


def _saturated(book: Book, page: Page) -> str:
    a = book.record.activations[page.layer][page.row, book.example, page.j]
    slope = float(book.f.slope(np.array(a)))
    if slope >= 0.01 or book.f.name == "relu":
        return ""
    size = f"{slope:.1g}".replace("e-0", "e-").replace("-", "−") if slope else "below 10⁻¹⁵"
    return f" The neuron is saturated: its slope is {size}."


def _slope_formula(book: Book) -> str:
    return {"sigmoid": "        σ′(z) = a (1 − a)", "tanh": "        tanh′(z) = 1 − a²"}.get(book.f.name, "")


def _slopes(book: Book, page: Page) -> Caption:
    record, t, i, l, j, k = book.record, page.row, book.example, page.layer, page.j, page.k
    delta, a = record.deltas[l - 1][t, i, j], record.activations[l - 1][t, i, k]
    d, source = _Number(delta, 6), _Number(a)
    name = _neuron_name(l, j)
    worked = _result(d.value * source.value, delta * a, 5)
    lines = [
        f"∂C/∂b{name} = δ{name} = {num(delta, 5)}",
        f"∂C/∂{_w(l, j, k)} = δ{name}·{activation_name(l - 1, k)} = {d.first}·{source} = {worked}",
    ]
    silent = (
        f" {activation_name(l - 1, k)} is silent, so {_w(l, j, k)} learns nothing from this example."
        if a == 0
        else ""
    )
    words = (
        f"Update {page.update}, BP3 and BP4: all δ are known, so all slopes of {describe_example(book)} "
        f"can be read off. Here are those along b{name} and {_w(l, j, k)}.{silent}"
    )
    return Caption(words, _BP34, "\n".join(lines))


def _mean(book: Book, page: Page) -> Caption:
    record, t, l, j, k = book.record, page.row, page.layer, page.j, page.k
    deltas, n = record.deltas[l - 1][t, :, j], len(record.x)
    b, w = f"b{_neuron_name(l, j)}", _w(l, j, k)
    lines = []
    for name, slopes in ((b, deltas), (w, deltas * record.activations[l - 1][t, :, k])):
        terms, mean = [_Number(slope, 6) for slope in slopes], slopes.mean()
        redone = sum(term.value for term in terms) / n
        total = " + ".join([terms[0].first, *map(str, terms[1:])])
        lines.append(f"∂C/∂{name} = ({total})/{n} = {_result(redone, mean, 5)}")
    words = (
        f"Update {page.update}, the mean: the other {n - 1} examples have gone the same way forwards and "
        f"back. The slopes of all {n} are averaged."
    )
    if not book.takes_mean:
        returned = record.nabla_biases[l - 1][t, j], record.nabla_weights[l - 1][t, j, k]
        slopes_returned = f"{num(returned[0], 5)} for {b} and {num(returned[1], 5)} for {w}"
        words += f" But the backprop of this run returns {slopes_returned}."
    return Caption(words, _MEAN, "\n".join(lines))


def _update(book: Book, page: Page) -> Caption:
    record, t, l, j, k = book.record, page.row, page.layer, page.j, page.k
    lines = [
        _turn(record, _w(l, j, k), record.weights[l - 1][:, j, k], record.nabla_weights[l - 1][:, j, k], t),
        _turn(
            record, f"b{_neuron_name(l, j)}", record.biases[l - 1][:, j], record.nabla_biases[l - 1][:, j], t
        ),
    ]
    costs, count = record.costs[[page.since, t]].mean(axis=1), sum(w[0].size for w in record.weights)
    count += sum(b[0].size for b in record.biases)
    if page.since == t - 1:
        words = f"Update {t} is done: all {count} weights and biases have moved at once"
    else:
        words = f"Updates {page.since + 1} to {t} are done; the numbers are those of update {t}"
    words += f". Mean cost {num(costs[0], 4)} → {num(costs[1], 4)}; {_right(record, t)}."
    formula = _UPDATE if book.takes_mean else _RETURNED
    return Caption(words + _remark(book, t), formula, "\n".join(lines))


def _turn(record: BackpropRecord, name: str, values: Array, slopes: Array, t: int) -> str:
    """Return ``name ← old − η·slope = new`` for update t."""
    old, slope = _Number(values[t - 1]), _Number(slopes[t - 1], 6)
    eta = f"{record.eta:g}"
    redone = old.value - float(eta) * slope.value
    return f"{name} ← {old.first} − {eta}·{slope} = {_result(redone, values[t], 4)}"


def _right(record: BackpropRecord, t: int) -> str:
    a, y = record.activations[-1][t], record.y
    right = (a > 0.5) == (y > 0.5) if y.shape[1] == 1 else (a.argmax(axis=1) == y.argmax(axis=1))[:, None]
    return f"{right.sum()} of {len(y)} answers right"


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
