r"""McCulloch–Pitts units and the circuits that can be built from them.

A unit has fixed weights and a threshold θ. It fires when the weighted sum of its inputs
*reaches* the threshold (McCulloch and Pitts 1943, with inhibition as a negative weight)::

    output = 1 if w₁x₁ + … + wₙxₙ ≥ θ else 0

With weights 1, θ = n makes AND and θ = 1 makes OR; NOT is inhibition: w = −1, θ = 0. Everything
else here, up to the ripple adder, is made of such units alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate


class Unit:
    """A threshold unit: fixed weights, no learning.

    Parameters
    ----------
    weights : array_like, shape (n,)
        One weight per input: positive excites, negative inhibits.
    threshold : float
        θ. The unit fires when the weighted sum is at least θ.

    Raises
    ------
    ValueError, TypeError
        If the weights are no finite vector, or the threshold no finite number.

    Examples
    --------
    >>> AND = Unit([1, 1], threshold=2)
    >>> AND(1, 1), AND(1, 0)
    (1, 0)
    """

    def __init__(self, weights: ArrayLike, threshold: float) -> None:
        self.weights = validate.vector("weights", weights)
        self.threshold = validate.number("threshold", threshold)

    def __repr__(self) -> str:
        weights = ", ".join(f"{w:g}" for w in self.weights)
        return f"Unit([{weights}], threshold={self.threshold:g})"

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self.weights.size

    def total(self, *inputs: int) -> float:
        """Return the weighted sum of the inputs.

        Raises
        ------
        ValueError
            If the inputs are not as many signals, 0 or 1, as there are weights.
        """
        return float(self.weights @ _bits(inputs, self.n_inputs))

    def __call__(self, *inputs: int) -> int:
        """Return 1 if the weighted sum of the inputs reaches the threshold, else 0."""
        return int(self.total(*inputs) >= self.threshold)

    def truth_table(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all inputs, shape (2ⁿ, n), in counting order, and the output for each, shape (2ⁿ,)."""
        inputs = all_inputs(self.n_inputs)
        return inputs, np.array([self(*row) for row in inputs])


@dataclass(frozen=True, repr=False)
class CircuitRecord:
    """How the signals went through a circuit, layer by layer.

    Attributes
    ----------
    inputs : tuple of int
        The input signals.
    totals : dict of str to float
        The weighted sum at each unit, in the order in which the units fire.
    signals : dict of str to int
        The signal on every wire: inputs first, then the units in the order in which they fire.
    layers : tuple of tuple of str
        The wires that are settled at each step: layer 0 holds the inputs, layer l the units
        whose longest way from an input passes l units.
    outputs : tuple of int
        The output signals.
    """

    inputs: tuple[int, ...]
    totals: dict[str, float]
    signals: dict[str, int]
    layers: tuple[tuple[str, ...], ...]
    outputs: tuple[int, ...]

    def __repr__(self) -> str:
        return f"CircuitRecord({self.inputs} -> {self.outputs}, {len(self.layers) - 1} layers)"


class Circuit:
    """Units wired together without loops.

    Parameters
    ----------
    inputs : sequence of str
        Names of the input wires.
    parts : mapping of str to tuple
        ``name: (part, wire, wire, …)`` in an order in which every wire is known before it is
        used. A part is a `Unit`, whose output wire is called `name`, or another `Circuit`, whose
        outputs are called ``name.output`` and whose units become units of this one.
    outputs : mapping of str to str
        ``name: wire`` for each output.

    Attributes
    ----------
    units : dict of str to (Unit, tuple of str)
        Every unit with the wires that it listens to. There is nothing else in a circuit.

    Raises
    ------
    ValueError, TypeError
        If a part is wired wrongly: to a wire that is not known yet, to too many or too few, or by a name
        given twice.

    Examples
    --------
    >>> xor = Circuit(["a", "b"], {"or": (OR, "a", "b"), "nand": (NAND, "a", "b"),
    ...               "both": (AND, "or", "nand")}, {"xor": "both"})
    >>> xor(1, 0), xor(1, 1)
    (1, 0)
    """

    def __init__(
        self, inputs: Sequence[str], parts: Mapping[str, tuple[Any, ...]], outputs: Mapping[str, str]
    ) -> None:
        self.inputs = tuple(validate.listed("inputs", inputs, "names"))
        if not all(isinstance(name, str) for name in self.inputs):
            raise TypeError(f"inputs must be names, got {validate.shown(self.inputs)}")
        validate.mapping("parts", parts, "name: (part, wire, wire, …)")
        validate.mapping("outputs", outputs, "name: wire")
        if not self.inputs or len(set(self.inputs)) != len(self.inputs) or "." in "".join(self.inputs):
            raise ValueError(f"inputs must be names, all different and without a dot, got {list(inputs)}")
        if not outputs:
            raise ValueError("outputs must name at least one wire, got none")
        self.units: dict[str, tuple[Unit, tuple[str, ...]]] = {}
        # A circuit used as a part keeps no box of its own: `wires` says where each name is settled.
        wires = {name: name for name in self.inputs}
        for name, entry in parts.items():
            if not isinstance(entry, (tuple, list)) or not entry:
                raise TypeError(f"parts[{name!r}] must be (part, wire, wire, …), got {entry!r}")
            if (
                not isinstance(name, str) or name in wires or "." in name
            ):  # the dot is for the units of a circuit used as a part
                raise ValueError(f"parts: the name {name!r} is used twice or has a dot")
            part, *sources = entry
            self._check_part(name, part, sources, wires)
            settled = tuple(wires[source] for source in sources)
            wires |= self._add(name, part, settled)
        unknown = [wire for wire in outputs.values() if wire not in wires]
        if unknown:
            raise ValueError(f"outputs: no wire is called {unknown[0]!r}; known are {', '.join(wires)}")
        self.outputs = {name: wires[wire] for name, wire in outputs.items()}

    @staticmethod
    def _check_part(name: str, part: Any, sources: Sequence[str], wires: Mapping[str, str]) -> None:
        if not isinstance(part, (Unit, Circuit)):
            raise TypeError(f"parts[{name!r}] must begin with a Unit or a Circuit, got {part!r}")
        if len(sources) != part.n_inputs:
            raise ValueError(f"parts[{name!r}] takes {part.n_inputs} inputs, got {len(sources)}")
        for source in sources:
            if source not in wires:
                raise ValueError(
                    f"parts[{name!r}]: no wire is called {source!r} yet; known are {', '.join(wires)}"
                )

    def _add(self, name: str, part: Unit | Circuit, sources: tuple[str, ...]) -> dict[str, str]:
        """Add the units of a part, and return where each of its outputs is settled."""
        if isinstance(part, Unit):
            self.units[name] = (part, sources)
            return {name: name}
        inside = dict(zip(part.inputs, sources, strict=True))
        for unit_name, (unit, unit_sources) in part.units.items():
            inside[unit_name] = f"{name}.{unit_name}"
            self.units[inside[unit_name]] = (unit, tuple(inside[wire] for wire in unit_sources))
        return {f"{name}.{output}": inside[wire] for output, wire in part.outputs.items()}

    def __repr__(self) -> str:
        return (
            f"Circuit({len(self.inputs)} inputs, {len(self.units)} units in {len(self.layers) - 1} layers, "
            f"{len(self.outputs)} outputs)"
        )

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return len(self.inputs)

    @property
    def layers(self) -> tuple[tuple[str, ...], ...]:
        """Names of inputs and units by layer; layer 0 is the input."""
        depth = dict.fromkeys(self.inputs, 0)
        for name, (_, sources) in self.units.items():
            depth[name] = 1 + max(depth[source] for source in sources)
        return tuple(
            tuple(name for name in depth if depth[name] == layer) for layer in range(max(depth.values()) + 1)
        )

    def record(self, *inputs: int) -> CircuitRecord:
        """Run the circuit and return every signal on the way.

        Raises
        ------
        ValueError
            If the inputs are not as many signals, 0 or 1, as the circuit has.
        """
        bits = [int(bit) for bit in _bits(inputs, self.n_inputs)]
        signals = dict(zip(self.inputs, bits, strict=True))
        totals: dict[str, float] = {}
        for name, (unit, sources) in self.units.items():
            arriving = [signals[source] for source in sources]
            totals[name] = unit.total(*arriving)
            signals[name] = int(totals[name] >= unit.threshold)
        outputs = tuple(signals[wire] for wire in self.outputs.values())
        return CircuitRecord(tuple(bits), totals, signals, self.layers, outputs)

    def __call__(self, *inputs: int) -> int | tuple[int, ...]:
        """Return the output signal, or a tuple of them where the circuit has several outputs."""
        outputs = self.record(*inputs).outputs
        return outputs[0] if len(outputs) == 1 else outputs

    def truth_table(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all inputs, shape (2ⁿ, n), in counting order, and the outputs, shape (2ⁿ, n_outputs)."""
        inputs = all_inputs(self.n_inputs)
        return inputs, np.array([self.record(*row).outputs for row in inputs])


def all_inputs(n: int) -> NDArray[np.int64]:
    """Return the 2ⁿ rows of n bits in counting order, shape (2ⁿ, n); n is 1 to 16.

    Raises
    ------
    ValueError, TypeError
        If `n` is not as described.
    """
    n = validate.whole("n", n, at_least=1)
    if n > 16:
        raise ValueError(f"n must be at most 16, got {n}: a table of 2^{n} rows is too long")
    return np.array(list(product((0, 1), repeat=n)))


def _bits(inputs: Sequence[int], n: int) -> NDArray[np.int64]:
    if len(inputs) != n:
        raise ValueError(f"inputs must be {n} signals, got {len(inputs)}")
    for i, signal in enumerate(inputs):
        if not (np.ndim(signal) == 0 and signal in (0, 1)):
            raise ValueError(f"inputs must be 0 or 1, got {validate.shown(signal)} at position {i}")
    return np.array(inputs, dtype=np.int64)


AND = Unit([1, 1], threshold=2)
OR = Unit([1, 1], threshold=1)
NOT = Unit([-1], threshold=0)
NAND = Unit([-1, -1], threshold=-1)
NOR = Unit([-1, -1], threshold=0)

XOR = Circuit(
    ["a", "b"],
    {"or": (OR, "a", "b"), "nand": (NAND, "a", "b"), "and": (AND, "or", "nand")},
    {"xor": "and"},
)

half_adder = Circuit(
    ["a", "b"],
    {"xor": (XOR, "a", "b"), "and": (AND, "a", "b")},
    {"sum": "xor.xor", "carry": "and"},
)

full_adder = Circuit(
    ["a", "b", "carry_in"],
    {
        "first": (half_adder, "a", "b"),
        "second": (half_adder, "first.sum", "carry_in"),
        "or": (OR, "first.carry", "second.carry"),
    },
    {"sum": "second.sum", "carry": "or"},
)


def _ripple_adder(n_bits: int) -> Circuit:
    """n full adders in a row, each handing its carry to the next; bit 0 is the lowest."""
    parts: dict[str, tuple[Any, ...]] = {"bit0": (half_adder, "a0", "b0")}
    for i in range(1, n_bits):
        parts[f"bit{i}"] = (full_adder, f"a{i}", f"b{i}", f"bit{i - 1}.carry")
    highest = n_bits - 1
    return Circuit(
        [f"a{i}" for i in range(n_bits)] + [f"b{i}" for i in range(n_bits)],
        parts,
        {f"s{i}": f"bit{i}.sum" for i in range(n_bits)} | {f"s{n_bits}": f"bit{highest}.carry"},
    )


ripple_adder = _ripple_adder(4)


def add(a: int, b: int, n_bits: int = 4) -> int:
    """Add two whole numbers from 0 to 2ⁿ − 1 with the ripple adder of `n_bits` bits.

    Raises
    ------
    ValueError, TypeError
        If a number does not fit into `n_bits` bits, or is no whole number.
    """
    n_bits = validate.whole("n_bits", n_bits, at_least=1)
    circuit = ripple_adder if n_bits == 4 else _ripple_adder(n_bits)
    outputs = circuit.record(*_to_bits("a", a, n_bits), *_to_bits("b", b, n_bits)).outputs
    return sum(bit << i for i, bit in enumerate(outputs))


def _to_bits(name: str, value: int, n_bits: int) -> list[int]:
    value = validate.whole(name, value, at_least=0)
    if value >= 2**n_bits:
        raise ValueError(
            f"{name} must fit into {n_bits} bits, that is, be at most {2**n_bits - 1}, got {value}"
        )
    return [(value >> i) & 1 for i in range(n_bits)]
