"""Circuits of threshold units: inputs to toggle, signals that travel layer by layer, the truth table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from nblib import gates, validate
from nblib.drawing.scene import Caption, Element, Scene, circle, element, group, line, note, rect, text
from nblib.gates import Circuit, CircuitRecord, Unit
from nblib.views.circuits import (
    RULE,
    Layout,
    added,
    arriving,
    column_widths,
    layout,
    number,
    products,
    signed_number,
    verdict,
)
from nblib.views.free_unit import free_unit
from nblib.widgets.explorer import Explorer

__all__ = ["CIRCUITS", "GatesExplorer", "explorer", "free_unit", "scene"]

_ROW = 24  # height of a row of the truth table
_BIT = 16  # radius of an input or output


def _gate(name: str, unit: Unit) -> Circuit:
    inputs = ["a", "b"][: unit.n_inputs]
    return Circuit(inputs, {name: (unit, *inputs)}, {"out": name})


CIRCUITS = {
    "NOT": _gate("not", gates.NOT),
    "AND": _gate("and", gates.AND),
    "OR": _gate("or", gates.OR),
    "NAND": _gate("nand", gates.NAND),
    "NOR": _gate("nor", gates.NOR),
    "XOR": gates.XOR,
    "half adder": gates.half_adder,
    "full adder": gates.full_adder,
    "4-bit adder": gates.ripple_adder,
}
OWN = "your own"


def scene(circuit: Circuit, inputs: Sequence[int], title: str = "A circuit of threshold units") -> Scene:
    """Return the scene of a circuit at work: the inputs, one page per layer, and the outputs.

    Parameters
    ----------
    circuit : Circuit
        With at most 8 inputs, 8 outputs, 8 layers and 6 units in a layer, or wired as
        `nblib.gates.ripple_adder`. Up to 3 inputs the truth table stands beside it.
    inputs : sequence of int
        One bit for each input.
    title : str

    Raises
    ------
    ValueError
        If the circuit is too large to be drawn, or `inputs` are not bits, one for each input.
    """
    drawing = _Drawing(circuit, circuit.record(*inputs), layout(circuit))
    return Scene(
        [
            *drawing.boxes(),
            *drawing.wires(),
            *drawing.inputs(),
            *drawing.units(),
            *drawing.outputs(),
            *drawing.table(),
            *drawing.texts(),
        ],
        drawing.captions(),
        width=drawing.layout.width,
        height=drawing.layout.height,
        title=title,
        telling=drawing.n_steps - 1,
    )


class _Drawing:
    """The elements of a circuit at work. Page l shows layer l settle, the last page the outputs."""

    def __init__(self, circuit: Circuit, record: CircuitRecord, layout: Layout) -> None:
        self.circuit, self.record, self.layout = circuit, record, layout
        self.n_layers = len(record.layers) - 1
        self.n_steps = self.n_layers + 2
        self.pages = np.arange(self.n_steps)
        self.depth = {name: depth for depth, layer in enumerate(record.layers) for name in layer}
        self.small = layout.radius < 20

    # -- wires ----------------------------------------------------------------------------------

    def wires(self) -> list[Element]:
        elements = []
        for name, (unit, sources) in self.circuit.units.items():
            for k, source in enumerate(sources):
                # Two wires from one source run side by side.
                beside = 16 * (sources[:k].count(source) - (sources.count(source) - 1) / 2)
                elements += self._wire(source, name, float(unit.weights[k]), beside)
        for output, source in self.circuit.outputs.items():
            elements += self._wire(source, f"output {output}", None, 0)
        return elements

    def _wire(self, source: str, target: str, weight: float | None, beside: float) -> list[Element]:
        start, end = np.array(self.layout.places[source]), np.array(self.layout.places[target])
        along = (end - start) / np.linalg.norm(end - start)
        aside = beside * np.array([-along[1], along[0]])
        start = start + aside + along * (_BIT if source in self.circuit.inputs else self.layout.radius)
        end = end + aside - along * (self.layout.radius if weight is not None else _BIT)
        signal, arrives = self.record.signals[source], self.depth.get(target, self.n_steps - 1)
        lit = self.pages >= arrives
        colour = "quiet" if not weight else "positive" if weight > 0 else "negative"
        look = {"opacity": np.where(lit, 1.0 if signal else 0.6, 0.3)}
        dash = {"stroke_dasharray": "6 4"} if weight is not None and weight < 0 else {}
        width = np.where(lit & bool(signal), 3.2, 1.4)
        elements = [line(*start, *(end - 4 * along), stroke=colour, stroke_width=width, **look, **dash)]
        if self.small or weight is None:
            return elements
        elements.append(_arrow_head(end, along, fill=colour, **look))
        if weight != 1 or self._all_weights():
            elements.append(note(*(start + 0.24 * (end - start)), signed_number(weight), size=12))
        elements.append(_token(end - 32 * along, weight * signal, np.where(self.pages == arrives, 1, np.nan)))
        return elements

    # -- circles --------------------------------------------------------------------------------

    def inputs(self) -> list[Element]:
        return [
            self._bit(name, name, self.record.signals[name], 0, cursor="pointer")
            for name in self.circuit.inputs
        ]

    def outputs(self) -> list[Element]:
        return [
            self._bit(f"output {name}", name, signal, self.n_steps - 1)
            for name, signal in zip(self.circuit.outputs, self.record.outputs, strict=True)
        ]

    def _bit(self, place: str, name: str, signal: int, settles: int, **attributes: Any) -> Element:
        x, y = self.layout.places[place]
        content = [str(signal) if page >= settles else "?" for page in self.pages]
        away = _BIT + 11 if place in self.layout.below else -_BIT - 10
        return group(
            *self._disc(x, y, _BIT, signal, settles),
            text(x, y, content, size=15, font_weight="bold"),
            note(x, y + away, name, size=12),
            **attributes,
        )

    def units(self) -> list[Element]:
        return [self._unit(name) for name in self.circuit.units]

    def _unit(self, name: str) -> Element:
        unit, sources = self.circuit.units[name]
        x, y = self.layout.places[name]
        r, settles, signal = self.layout.radius, self.depth[name], self.record.signals[name]
        bits = [self.record.signals[source] for source in sources]
        theta, settled = number(unit.threshold), self.pages >= settles
        rim = self._disc(x, y, r, signal, settles)
        label = note(
            x, y - r - (7 if self.small else 10), name.rpartition(".")[2], size=11 + (not self.small)
        )
        total = number(unit.total(*bits))
        if self.small:
            sign = "≥" if signal else "<"
            comparison = np.where(settled, f"{sign} {theta}", f"≥ {theta}").tolist()
            above = text(x, y - 6, np.where(settled, total, "").tolist(), size=11)
            return group(*rim, above, text(x, np.where(settled, y + 7, y), comparison, size=11), label)
        terms = f"{added(arriving(unit, bits))} =" if 1 < len(bits) <= 4 else "sum"
        lines = (f"{terms} {total}", verdict(unit, bits))
        written = [
            note(x + 18, y + r + 13 + 15 * i, np.where(settled, line_, "").tolist(), size=12)
            for i, line_ in enumerate(lines)
        ]
        return group(*rim, text(x, y, f"≥ {theta}", size=14), label, *written)

    def _disc(self, x: float, y: float, r: float, signal: int, settles: int) -> list[Element]:
        """Return a circle that fills when it fires and has a thick rim while it settles."""
        now, settled = self.pages == settles, self.pages >= settles
        rim = {"stroke": np.where(settled, "ink", "quiet"), "stroke_width": np.where(now, 3.2, 1.4)}
        glow = np.where(settled & bool(signal), 0.6, 0.0)
        return [circle(x, y, r, fill="paper"), circle(x, y, r, fill="soft", fill_opacity=glow, **rim)]

    def boxes(self) -> list[Element]:
        elements = []
        for x, y, width, height, name in self.layout.boxes:
            frame = rect(x, y, width, height, rx=8, fill="none", stroke="grid", stroke_width=1.5)
            elements += [frame, text(x + 66, y + height - 11, name, size=12, fill="quiet")]
        return elements

    # -- truth table ----------------------------------------------------------------------------

    def table(self) -> list[Element]:
        if self.layout.table is None:
            return []
        left, top = self.layout.table
        edges = left + np.r_[0, np.cumsum(column_widths(self.circuit))]
        centres, width = (edges[:-1] + edges[1:]) / 2, edges[-1] - left
        names = (*self.circuit.inputs, *self.circuit.outputs)
        elements = [
            text(x, top - 14, n, size=12, font_weight="bold") for x, n in zip(centres, names, strict=True)
        ]
        elements.append(line(left, top - 2, edges[-1], top - 2))
        for i, row in enumerate(np.hstack(self.circuit.truth_table()).tolist()):
            elements.append(self._row(left, top + _ROW * i, width, centres, row))
        split = edges[self.circuit.n_inputs]
        bottom = top + _ROW * 2**self.circuit.n_inputs
        return [*elements, line(split, top - 22, split, bottom, stroke="quiet")]

    def _row(self, left: float, top: float, width: float, centres: Any, row: list[int]) -> Element:
        n, y = self.circuit.n_inputs, top + _ROW / 2
        here = tuple(row[:n]) == self.record.inputs
        back = rect(left, top, width, _ROW, fill="soft", fill_opacity=0.4 if here else 0, rx=4)
        parts = [back, text(left - 9, y, "▶", size=11)] if here else [back]
        for k, (x, bit) in enumerate(zip(centres, row, strict=True)):
            shown = "?" if here and k >= n else str(bit)  # what comes out is not known yet
            content = np.where(self.pages == self.n_steps - 1, str(bit), shown).tolist()
            parts.append(text(x, y, content, size=14, font_weight="bold" if here else "normal"))
        return group(*parts, cursor="pointer")

    def _all_weights(self) -> bool:
        """Tell whether there is room for all weights, and not only for those that are not 1."""
        return len(self.circuit.units) <= 3

    def texts(self) -> list[Element]:
        """Return the line that says what can be clicked, or the numbers that an adder adds."""
        if not self.small:
            hint = "click an input" + (" or a row of the table" if self.layout.table else "")
            hint += "" if self._all_weights() else "; wires without a number have weight +1"
            return [text(10, self.layout.height - 12, hint, size=12, fill="quiet", text_anchor="start")]
        a, b = self._addends()
        given = f"{a} + {b}:   {_binary(a, 4)} + {_binary(b, 4)} = "
        result = f"{_binary(self._result(), 5)}, that is {self._result()}"
        ends = np.where(self.pages == self.n_steps - 1, given + result, given + "?").tolist()
        return [text(self.layout.width / 2, 18, ends, size=14, font_weight="bold")]

    # -- captions -------------------------------------------------------------------------------

    def captions(self) -> list[Caption]:
        given = ", ".join(f"{name} = {self.record.signals[name]}" for name in self.circuit.inputs)
        start = f"The inputs are set: {given}. No unit has answered yet."
        if _adds(self.circuit):
            a, b = self._addends()
            start = (
                f"The inputs are set: a = {_binary(a, 4)} = {a}, b = {_binary(b, 4)} = {b} (lowest bit last)."
            )
        layers = [self._layer(depth) for depth in range(1, self.n_layers + 1)]
        return [Caption(start, RULE), *layers, self._end()]

    def _layer(self, depth: int) -> Caption:
        names = self.record.layers[depth]
        answers = [f"{name} {'fires' if self.record.signals[name] else 'is silent'}" for name in names]
        words = f"Layer {depth} of {self.n_layers}: {', '.join(answers)}."
        if self.small:
            firing = sum(self.record.signals[name] for name in names)
            words = (
                f"Layer {depth} of {self.n_layers}: {firing} of {len(names)} units fire.{self._news(names)}"
            )
            return Caption(words, RULE, self._sums_by_bit(names))
        return Caption(words, RULE, "\n".join(f"{name}: {self._sum(name, products)}" for name in names))

    def _sum(self, name: str, write: Callable[[Unit, Sequence[int]], str]) -> str:
        unit, sources = self.circuit.units[name]
        bits = [self.record.signals[source] for source in sources]
        return f"{write(unit, bits)} {verdict(unit, bits)} → {unit(*bits)}"

    def _sums_by_bit(self, names: Sequence[str]) -> str:
        """Return the sums of a layer of the adder, a line for each column."""
        lines: dict[str, list[str]] = {}
        for name in names:
            column, _, rest = name.partition(".")
            lines.setdefault(column, []).append(f"{rest.rpartition('.')[2]} {self._sum(name, _total)}")
        return "\n".join(f"{column}:  {';  '.join(sums)}" for column, sums in lines.items())

    def _news(self, names: Sequence[str]) -> str:
        """Return which digits and carries of the adder are settled now."""
        carries = {"bit0.and": 1} | {f"bit{bit}.or": bit + 1 for bit in (1, 2)}
        said = [
            f"the carry into bit {carries[name]} is {self.record.signals[name]}"
            for name in names
            if name in carries
        ]
        for output, wire in self.circuit.outputs.items():
            if wire in names:
                said.append(f"digit {output} is {self.record.signals[wire]}")
        return f" Settled: {', '.join(said)}." if said else ""

    def _end(self) -> Caption:
        outputs = dict(zip(self.circuit.outputs, self.record.outputs, strict=True))
        words = f"The output{'s' * (len(outputs) > 1)}: " + ", ".join(
            f"{k} = {v}" for k, v in outputs.items()
        )
        if _adds(self.circuit):
            return self._end_of_sum(f"{words}.")
        if set(outputs) == {"sum", "carry"}:
            digit, carry = outputs["sum"], outputs["carry"]
            shown = f"2·{carry} + {digit} = {2 * carry + digit}"
            return Caption(f"{words}.", "as a number: 2·carry + sum", shown)
        given, answer = (", ".join(map(str, bits)) for bits in (self.record.inputs, self.record.outputs))
        shown = f"({given}) → {answer if len(outputs) == 1 else f'({answer})'}"
        return Caption(f"{words}.", "the row of the truth table: inputs → outputs", shown)

    def _end_of_sum(self, words: str) -> Caption:
        (a, b), result = self._addends(), self._result()
        if result != a + b:
            words += f" But {a} + {b} = {a + b}: this circuit does not add rightly."
        worth = " + ".join(f"{bit}·{2**i}" for i, bit in reversed(list(enumerate(self.record.outputs))))
        shown = f"{_binary(a, 4)} + {_binary(b, 4)}: the outputs are {_binary(result, 5)}\n{worth} = {result}"
        return Caption(words, "s₄·16 + s₃·8 + s₂·4 + s₁·2 + s₀·1", shown)

    def _addends(self) -> tuple[int, int]:
        return _number(self.record.inputs[:4]), _number(self.record.inputs[4:])

    def _result(self) -> int:
        return _number(self.record.outputs)


def _total(unit: Unit, bits: Sequence[int]) -> str:
    return f"{added(arriving(unit, bits))} = {number(unit.total(*bits))}"


def _arrow_head(tip: Any, along: Any, **attributes: Any) -> Element:
    across = 4.5 * np.array([-along[1], along[0]])
    corners = (tip, tip - 9 * along + across, tip - 9 * along - across)
    return element("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners), **attributes)


def _token(place: Any, value: float, shown: Any) -> Element:
    """Return what a wire brings, as a coin at the end of the wire."""
    x, y = place
    content = number(value)
    half = 4 + 4 * len(content)
    coin = rect(x - half, y - 9, 2 * half, 18, rx=8, fill="paper", stroke="ink")
    return group(coin, text(x, y, content, size=12, font_weight="bold"), opacity=shown)


def _binary(value: int, n_bits: int) -> str:
    return f"{value:0{n_bits}b}"


def _number(bits: Sequence[int]) -> int:
    return sum(int(bit) << i for i, bit in enumerate(bits))


def _adds(circuit: Circuit) -> bool:
    """Tell whether a circuit has the inputs and outputs of the 4-bit adder."""
    known = gates.ripple_adder
    return circuit.inputs == known.inputs and tuple(circuit.outputs) == tuple(known.outputs)


# -- the explorer -------------------------------------------------------------------------------


class GatesExplorer(Explorer):
    """The stepper of a circuit whose inputs can be toggled; the page that is shown stays.

    Every input has a button, a switch called ``a=0`` or ``a=1`` as it stands; a click on the
    input in the picture does the same, and a click on a row of the truth table sets all inputs.
    The 4-bit adder has two sliders instead.
    """

    def __init__(self, circuit: str | Circuit, inputs: Sequence[int] | None) -> None:
        self.circuits = dict(CIRCUITS)
        if isinstance(circuit, Circuit):
            self.circuits[OWN], circuit = circuit, OWN
        validate.one_of("circuit", circuit, self.circuits)
        self._bits = {name: _first_bits(known) for name, known in self.circuits.items()}
        if inputs is not None:
            self._bits[circuit] = list(self.circuits[circuit].record(*inputs).inputs)
        self._name = circuit
        self.addends = [
            ipywidgets.IntSlider(value=0, min=0, max=15, description=name, continuous_update=True)
            for name in "ab"
        ]
        choice = ipywidgets.Dropdown(options=list(self.circuits), value=circuit, description="circuit")
        super().__init__(self.run, {"circuit": choice}, actions=self._switches(), clicked=self._click)
        self._addends_row = ipywidgets.HBox(
            self.addends, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="0.5em")
        )
        self._show_addends()
        for slider in self.addends:
            slider.observe(self._slid, "value")

    @property
    def circuit(self) -> Circuit:
        """The circuit that is shown."""
        return self.circuits[self._name]

    @property
    def inputs(self) -> tuple[int, ...]:
        """The bits at its inputs."""
        return tuple(self._bits[self._name])

    def run(self, circuit: str) -> Scene:
        """Return the scene of a circuit, chosen by name, with the bits that its inputs have."""
        return scene(self.circuits[circuit], self._bits[circuit], f"Circuit: {circuit}")

    def toggle(self, name: str) -> None:
        """Switch one input on or off, by its name."""
        validate.one_of("name", name, self.circuit.inputs)
        wires = zip(self.circuit.inputs, self.inputs, strict=True)
        self.set_inputs(*(bit ^ (wire == name) for wire, bit in wires))

    def set_inputs(self, *bits: int) -> None:
        """Set all inputs, one bit each; the page that is shown stays."""
        self._bits[self._name] = list(self.circuit.record(*bits).inputs)
        self._show_addends()
        self.refresh(self.stepper.step)

    def refresh(self, step: int = 0) -> None:
        """Run the circuit anew and show it from `step`."""
        self.stepper.show(self.scene(), step, self._switches())

    def _changed(self, _: Any) -> None:
        self._name = self.settings["circuit"].value
        self._show_addends()
        self.refresh()

    def _switches(self) -> dict[str, Callable[[], None]]:
        if _adds(self.circuit):
            return {}
        bits = zip(self.circuit.inputs, self.inputs, strict=True)
        return {f"{name}={bit}": partial(self.toggle, name) for name, bit in bits}

    def _show_addends(self) -> None:
        """Show the sliders where the circuit adds two numbers, at the numbers that it adds."""
        row, *_ = self.children
        if not _adds(self.circuit):
            self.children = [row, self.stepper]
            return
        for slider, bits in zip(self.addends, (self.inputs[:4], self.inputs[4:]), strict=True):
            slider.value = _number(bits)
        self.children = [row, self._addends_row, self.stepper]

    def _slid(self, change: Any) -> None:
        bits = list(self.inputs)
        first = 4 * self.addends.index(change["owner"])
        bits[first : first + 4] = [change["new"] >> i & 1 for i in range(4)]
        if bits != list(self.inputs):
            self.set_inputs(*bits)

    def _click(self, x: float, y: float) -> None:
        drawn = layout(self.circuit)
        for name in self.circuit.inputs:
            if np.hypot(x - drawn.places[name][0], y - drawn.places[name][1]) <= _BIT + 6:
                self.toggle(name)
                return
        if drawn.table is not None:
            left, top = drawn.table
            row, width = int((y - top) // _ROW), sum(column_widths(self.circuit))
            if 0 <= x - left <= width and 0 <= row < 2**self.circuit.n_inputs:
                self.set_inputs(*gates.all_inputs(self.circuit.n_inputs)[row].tolist())


def _first_bits(circuit: Circuit) -> list[int]:
    """Return the bits to begin with: 11 + 6 for an adder, else 1 and 0 in turns."""
    if _adds(circuit):
        return [1, 1, 0, 1, 0, 1, 1, 0]
    return [(i + 1) % 2 for i in range(circuit.n_inputs)]


def explorer(circuit: str | Circuit = "XOR", inputs: Sequence[int] | None = None) -> GatesExplorer:
    """Return the stepper of a circuit at work.

    Parameters
    ----------
    circuit : str or Circuit
        One of the `CIRCUITS`: "NOT", "AND", "OR", "NAND", "NOR", "XOR", "half adder", "full adder",
        "4-bit adder"; or a circuit of one's own, as large as `scene` can draw.
    inputs : sequence of int, optional
        The bits to begin with; by default 1, 0, 1, …, and 11 + 6 for the adder.
    """
    return GatesExplorer(circuit, inputs)
