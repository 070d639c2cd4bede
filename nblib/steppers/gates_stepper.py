"""Circuits of threshold units: inputs to toggle, signals that travel layer by layer, the truth table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from nblib import gates, validate
from nblib.drawing.marks import arrow_head, disc, sign_colour, sign_dash
from nblib.drawing.scene import Element, Scene, group, line, note, rect, text
from nblib.gates import Circuit, CircuitRecord, Unit
from nblib.steppers.circuits import (
    Layout,
    added,
    arriving,
    column_widths,
    layout,
    number,
    signed_number,
    verdict,
)
from nblib.steppers.free_unit import free_unit
from nblib.steppers.gates_captions import addends, adds, captions, whole
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
        captions(circuit, drawing.record, by_column=drawing.small),
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
        colour, opacity = sign_colour(weight or 0), np.where(lit, 1.0 if signal else 0.6, 0.3)
        shaft = line(
            *start,
            *(end - 4 * along),
            stroke=colour,
            stroke_width=np.where(lit & bool(signal), 3.2, 1.4),
            stroke_dasharray=sign_dash(weight or 0),
            opacity=opacity,
        )
        if self.small or weight is None:
            return [shaft]
        elements = [shaft, arrow_head(end, along, fill=colour, opacity=opacity)]
        if weight != 1 or self._all_weights():
            elements.append(note(*(start + 0.24 * (end - start)), signed_number(weight), stroke_width=6))
        return [
            *elements,
            _token(end - 32 * along, weight * signal, np.where(self.pages == arrives, 1, np.nan)),
        ]

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
            comparison = np.where(settled, f"{sign}{theta}", f"≥{theta}")
            above = text(x, y - 6, np.where(settled, total, ""), size=11)
            return group(*rim, above, text(x, np.where(settled, y + 7, y), comparison, size=11), label)
        terms = f"{added(arriving(unit, bits))} =" if 1 < len(bits) <= 4 else "sum"
        right, down = self.layout.sums.get(name, (18, r + 13))
        written = [
            note(x + right, y + down + 15 * i, np.where(settled, said, ""), size=12, stroke_width=6)
            for i, said in enumerate((f"{terms} {total}", verdict(unit, bits)))
        ]
        return group(*rim, text(x, y, f"≥ {theta}", size=14), label, *written)

    def _disc(self, x: float, y: float, r: float, signal: int, settles: int) -> tuple[Element, Element]:
        """Return a circle that fills when it fires and has a thick rim while it settles."""
        now, settled = self.pages == settles, self.pages >= settles
        rim = {"stroke": np.where(settled, "ink", "quiet"), "stroke_width": np.where(now, 3.2, 1.4)}
        return disc(x, y, r, np.where(settled & bool(signal), 0.6, 0.0), **rim)

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
            content = np.where(self.pages == self.n_steps - 1, str(bit), shown)
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
        (a, b), result = addends(self.record), whole(self.record.outputs)
        given = f"{a} + {b}:   {a:04b} + {b:04b} = "
        ends = np.where(self.pages == self.n_steps - 1, f"{given}{result:05b}, that is {result}", f"{given}?")
        return [text(self.layout.width / 2, 18, ends, size=14, font_weight="bold")]


def _token(place: Any, value: float, shown: Any) -> Element:
    """Return what a wire brings, as a coin at the end of the wire."""
    x, y = place
    content = number(value)
    half = 4 + 4 * len(content)
    coin = rect(x - half, y - 9, 2 * half, 18, rx=8, fill="paper", stroke="ink")
    return group(coin, text(x, y, content, size=12, font_weight="bold"), opacity=shown)


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
        if adds(self.circuit):
            return {}
        bits = zip(self.circuit.inputs, self.inputs, strict=True)
        return {f"{name}={bit}": partial(self.toggle, name) for name, bit in bits}

    def _show_addends(self) -> None:
        """Show the sliders where the circuit adds two numbers, at the numbers that it adds."""
        row, *_ = self.children
        if not adds(self.circuit):
            self.children = [row, self.stepper]
            return
        for slider, bits in zip(self.addends, (self.inputs[:4], self.inputs[4:]), strict=True):
            slider.value = whole(bits)
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
    if adds(circuit):
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
