"""Circuits of threshold units: inputs to toggle, signals that travel layer by layer, the truth table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from nblib import gates, validate
from nblib.drawing import truth_tables as sums
from nblib.drawing.marks import disc
from nblib.drawing.panels import Wire
from nblib.drawing.scene import Element, Scene, group, note, rect, text
from nblib.gates import Circuit, CircuitRecord, Unit
from nblib.steppers import gates_captions as told
from nblib.steppers.circuits import layout
from nblib.steppers.free_unit import free_unit
from nblib.steppers.pages import Pages
from nblib.widgets.explorer import Explorer, row_of

__all__ = ["CIRCUITS", "GatesExplorer", "explorer", "free_unit", "scene"]

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
    drawing = _Drawing(circuit, circuit.record(*inputs))
    return Scene(
        [
            *drawing.boxes(),
            *drawing.wires(),
            *drawing.bits(),
            *(drawing.unit(name) for name in circuit.units),
            *drawing.table(),
            drawing.foot(),
        ],
        told.captions(circuit, drawing.record, by_column=drawing.small),
        width=drawing.layout.width,
        height=drawing.layout.height,
        title=title,
        telling=drawing.last,
    )


class _Drawing:
    """The elements of a circuit at work. Page l shows layer l settle, the last page the outputs."""

    def __init__(self, circuit: Circuit, record: CircuitRecord) -> None:
        self.circuit, self.record, self.layout = circuit, record, layout(circuit)
        self.outputs = {f"output {name}": name for name in circuit.outputs}
        self.signals = record.signals | dict(zip(self.outputs, record.outputs, strict=True))
        layers = [*record.layers, tuple(self.outputs)]
        self.depth = {name: depth for depth, layer in enumerate(layers) for name in layer}
        self.last = len(record.layers)
        self.pages = Pages.phases(len(layers))
        self.small = self.layout.radius < 20
        self.all_weights = len(circuit.units) <= 3  # else there is room only for those that are not 1

    def boxes(self) -> list[Element]:
        elements = []
        for x, y, width, height, name in self.layout.boxes:
            frame = rect(x, y, width, height, rx=8, fill="none", stroke="grid", stroke_width=1.5)
            elements += [frame, text(x + 66, y + height - 11, name, size=12, fill="quiet")]
        return elements

    def wires(self) -> list[Element]:
        elements = []
        for name, (unit, sources) in self.circuit.units.items():
            for k, source in enumerate(sources):
                # Two wires from one source run side by side.
                beside = 16 * (sources[:k].count(source) - (sources.count(source) - 1) / 2)
                elements += self._wire(source, name, float(unit.weights[k]), beside)
        for place, output in self.outputs.items():
            elements += self._wire(self.circuit.outputs[output], place)
        return elements

    def _wire(
        self, source: str, target: str, weight: float | None = None, beside: float = 0
    ) -> list[Element]:
        r, places = self.layout.radius, self.layout.places
        ends = _BIT if source in self.circuit.inputs else r, _BIT if weight is None else r
        wire = Wire(places[source], places[target], *ends, beside)
        signal, arrives = self.signals[source], self.depth[target]
        lit = self.pages.since(arrives)
        width, opacity = np.where(lit & bool(signal), 3.2, 1.4), np.where(lit, 1.0 if signal else 0.6, 0.3)
        if self.small or weight is None:
            return [wire.line(weight or 0, width, opacity=opacity)]
        elements = [wire.arrow(weight, width, opacity=opacity)]
        if weight != 1 or self.all_weights:
            elements.append(note(*wire.at(0.24), sums.signed_number(weight), stroke_width=6))
        return [*elements, _coin(*wire.at(1, -32), sums.number(weight * signal), self.pages.at(arrives))]

    def bits(self) -> list[Element]:
        """Return the inputs, which can be clicked, and the outputs."""
        inputs = [self._bit(name, name, cursor="pointer") for name in self.circuit.inputs]
        return [*inputs, *(self._bit(place, name) for place, name in self.outputs.items())]

    def _bit(self, place: str, name: str, **attributes: Any) -> Element:
        content = np.where(self.pages.since(self.depth[place]), str(self.signals[place]), "?")
        inside = text(*self.layout.places[place], content, size=15, font_weight="bold")
        return self._circle(place, name, _BIT, inside, **attributes)

    def unit(self, name: str) -> Element:
        """Return a unit with its threshold, and its sum as soon as it is known."""
        unit, sources = self.circuit.units[name]
        (x, y), r, bits = self.layout.places[name], self.layout.radius, [self.signals[s] for s in sources]
        settled, theta = self.pages.since(self.depth[name]), sums.number(unit.threshold)
        if self.small:
            comparison = np.where(settled, f"{'≥' if self.signals[name] else '<'}{theta}", f"≥{theta}")
            parts = [
                text(x, y - 6, np.where(settled, sums.number(unit.total(*bits)), ""), size=11),
                text(x, np.where(settled, y + 7, y), comparison, size=11),
            ]
        else:
            short = 1 < len(bits) <= 4
            total = sums.brought(unit, bits) if short else f"sum {sums.number(unit.total(*bits))}"
            right, down = self.layout.sums.get(name, (18, r + 13))
            parts = [text(x, y, f"≥ {theta}", size=14)]
            for i, said in enumerate((total, sums.verdict(unit, bits))):
                below = y + down + 15 * i
                parts.append(note(x + right, below, np.where(settled, said, ""), stroke_width=6))
        return self._circle(name, name.rpartition(".")[2], r, *parts)

    def _circle(self, place: str, name: str, r: float, *inside: Element, **attributes: Any) -> Element:
        """Return a circle with its name that fills when it fires and has a thick rim while it settles."""
        (x, y), settles = self.layout.places[place], self.depth[place]
        settled, now = self.pages.since(settles), self.pages.at(settles)
        rim = {"stroke": np.where(settled, "ink", "quiet"), "stroke_width": np.where(now, 3.2, 1.4)}
        glow = np.where(settled & bool(self.signals[place]), 0.6, 0.0)
        size, gap = (11, 7) if self.small else (12, 10)
        away = r + gap + 1 if place in self.layout.below else -r - gap
        return group(*disc(x, y, r, glow, **rim), note(x, y + away, name, size), *inside, **attributes)

    def table(self) -> list[Element]:
        """Return the truth table; what comes out is not known before the last page."""
        if self.layout.table is None:
            return []
        rows, lit, n = [], [], self.circuit.n_inputs
        for row in np.hstack(self.circuit.truth_table()).tolist():
            here = tuple(row[:n]) == self.record.inputs
            hidden = here & ~self.pages.since(self.last)
            rows.append([*map(str, row[:n]), *(np.where(hidden, "?", str(bit)) for bit in row[n:])])
            lit.append(here)
        names = (*self.circuit.inputs, *self.circuit.outputs)
        return self.layout.table.draw(names, rows, lit, cursor="pointer")

    def foot(self) -> Element:
        """Return the line that says what can be clicked, or the numbers that an adder adds."""
        if not self.small:
            hint = "click an input" + (" or a row of the table" if self.layout.table else "")
            hint += "" if self.all_weights else "; wires without a number have weight +1"
            return text(10, self.layout.height - 12, hint, size=12, fill="quiet", text_anchor="start")
        (a, b), result = told.addends(self.record.inputs), told.whole(self.record.outputs)
        given = f"{a} + {b}:   {a:04b} + {b:04b} = "
        known = np.where(self.pages.since(self.last), f"{given}{result:05b}, that is {result}", f"{given}?")
        return text(self.layout.width / 2, 18, known, size=14, font_weight="bold")


def _coin(x: float, y: float, content: str, shown: Any) -> Element:
    """Return what a wire brings, as a coin at the end of the wire."""
    half = 4 + 4 * len(content)
    coin = rect(x - half, y - 9, 2 * half, 18, rx=8, fill="paper", stroke="ink")
    return group(coin, text(x, y, content, size=12, font_weight="bold"), opacity=np.where(shown, 1, np.nan))


# -- the explorer -------------------------------------------------------------------------------


class GatesExplorer(Explorer):
    """The stepper of a circuit whose inputs can be toggled; the page that is shown stays.

    Every input has a button, a switch called ``a=0`` or ``a=1`` as it stands; a click on the
    input in the picture does the same, and a click on a row of the truth table sets all inputs.
    The 4-bit adder has two sliders instead.

    Raises
    ------
    ValueError, TypeError
        If there is no circuit of this name, or the inputs are not as many signals as it has.
    """

    def __init__(self, circuit: str | Circuit, inputs: Sequence[int] | None) -> None:
        self.circuits = dict(CIRCUITS)
        if isinstance(circuit, Circuit):
            self.circuits[OWN], circuit = circuit, OWN
        validate.one_of("circuit", circuit, self.circuits)
        self._bits = {name: _first_bits(known) for name, known in self.circuits.items()}
        if inputs is not None:
            bits = validate.listed("inputs", inputs, "signals")
            self._bits[circuit] = self.circuits[circuit].record(*bits).inputs
        self.addends = [ipywidgets.IntSlider(min=0, max=15, description=name) for name in "ab"]
        self._addends_row = row_of(*self.addends)
        choice = ipywidgets.Dropdown(options=list(self.circuits), value=circuit, description="circuit")
        super().__init__(self.run, {"circuit": choice}, clicked=self._clicked)
        self._move_sliders()
        for slider in self.addends:
            slider.observe(self._slid, "value")

    @property
    def circuit(self) -> Circuit:
        """The circuit that is shown."""
        return self.circuits[self.settings["circuit"].value]

    @property
    def inputs(self) -> tuple[int, ...]:
        """The bits at its inputs."""
        return self._bits[self.settings["circuit"].value]

    def run(self, circuit: str) -> Scene:
        """Return the scene of a circuit, chosen by name, with the bits that its inputs have."""
        return scene(self.circuits[circuit], self._bits[circuit], f"Circuit: {circuit}")

    def toggle(self, name: str) -> None:
        """Switch one input on or off, by its name.

        Raises
        ------
        ValueError
            If there is no such input.
        """
        validate.one_of("name", name, self.circuit.inputs)
        wires = zip(self.circuit.inputs, self.inputs, strict=True)
        self.set_inputs(*(bit ^ (wire == name) for wire, bit in wires))

    def set_inputs(self, *bits: int) -> None:
        """Set all inputs, one bit each; the page that is shown stays.

        Raises
        ------
        ValueError
            If these are not as many bits as there are inputs.
        """
        self._bits[self.settings["circuit"].value] = self.circuit.record(*bits).inputs
        self.refresh(self.step)

    def refresh(self, step: int = 0) -> None:
        """Run the circuit anew and show it from `step`."""
        self._move_sliders()
        super().refresh(step)

    def actions(self) -> dict[str, Callable[[], None]]:
        """Return the switches."""
        if told.adds(self.circuit):
            return {}
        bits = zip(self.circuit.inputs, self.inputs, strict=True)
        return {f"{name}={bit}": partial(self.toggle, name) for name, bit in bits}

    def rows(self) -> list[ipywidgets.Widget]:
        """Return the settings, and the sliders where the circuit adds two numbers."""
        return [*super().rows(), *([self._addends_row] if told.adds(self.circuit) else [])]

    def _move_sliders(self) -> None:
        if told.adds(self.circuit):
            for slider, number in zip(self.addends, told.addends(self.inputs), strict=True):
                slider.value = number

    def _slid(self, change: Any) -> None:
        bits, first = list(self.inputs), 4 * self.addends.index(change["owner"])
        bits[first : first + 4] = [change["new"] >> i & 1 for i in range(4)]
        if tuple(bits) != self.inputs:
            self.set_inputs(*bits)

    def _clicked(self, x: float, y: float) -> None:
        drawn = layout(self.circuit)
        for name in self.circuit.inputs:
            if np.hypot(*np.subtract((x, y), drawn.places[name])) <= _BIT + 6:
                self.toggle(name)
                return
        row = drawn.table.row_at(x, y) if drawn.table else None
        if row is not None:
            self.set_inputs(*gates.all_inputs(self.circuit.n_inputs)[row].tolist())


def _first_bits(circuit: Circuit) -> tuple[int, ...]:
    """Return the bits to begin with: 11 + 6 for an adder, else 1 and 0 in turns."""
    if told.adds(circuit):
        return (1, 1, 0, 1, 0, 1, 1, 0)
    return tuple((i + 1) % 2 for i in range(circuit.n_inputs))


def explorer(circuit: str | Circuit = "XOR", inputs: Sequence[int] | None = None) -> GatesExplorer:
    """Return the stepper of a circuit at work.

    Parameters
    ----------
    circuit : str or Circuit
        One of the `CIRCUITS`: "NOT", "AND", "OR", "NAND", "NOR", "XOR", "half adder", "full adder",
        "4-bit adder"; or a circuit of one's own, as large as `scene` can draw.
    inputs : sequence of int, optional
        The bits to begin with; by default 1, 0, 1, …, and 11 + 6 for the adder.

    Raises
    ------
    ValueError
        If there is no such circuit, or as for `scene`.
    """
    return GatesExplorer(circuit, inputs)
