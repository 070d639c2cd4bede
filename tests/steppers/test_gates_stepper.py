"""The steppers of circuits: every sum, every signal and every table is that of Boolean logic."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from itertools import product
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.path import Path as Outline
from PIL import ImageFont

from messages import click, press
from nblib import gates
from nblib.drawing.scene import Caption, Scene
from nblib.gates import AND, NAND, OR, Circuit, Unit
from nblib.steppers import free_unit
from nblib.steppers import gates_stepper as view
from steppers.arithmetic import check
from steppers.drawn import SVG, page, parts, place, ruler, texts

STATEMENT = re.compile(r"([a-z][a-z.]*):? ([−(\d][^=;:]*) = (−?\d+) ≥ (−?\d+)\? (?:yes|no) → ([01])")
RULE = "output = 1 if w₁x₁ + … + wₙxₙ ≥ θ, else 0"

# What the names promise: Python's own logic, each weight, and θ.
KINDS = {
    "not": (lambda a: not a, -1, 0),
    "and": (lambda *bits: all(bits), 1, 2),
    "or": (lambda *bits: any(bits), 1, 1),
    "nand": (lambda *bits: not all(bits), -1, -1),
    "nor": (lambda *bits: not any(bits), -1, 0),
}
OUTPUTS = {
    "NOT": lambda a: (1 - a,),
    "AND": lambda a, b: (a & b,),
    "OR": lambda a, b: (a | b,),
    "NAND": lambda a, b: (1 - (a & b),),
    "NOR": lambda a, b: (1 - (a | b),),
    "XOR": lambda a, b: (a ^ b,),
    "half adder": lambda a, b: ((a + b) % 2, (a + b) // 2),
    "full adder": lambda a, b, c: ((a + b + c) % 2, (a + b + c) // 2),
}
SMALL = [(name, bits) for name in OUTPUTS for bits in product((0, 1), repeat=view.CIRCUITS[name].n_inputs)]
SUMS = [(0, 0), (15, 15), (15, 1), (1, 15), (11, 6), (5, 10), (8, 8), (7, 9)]

every_row = pytest.mark.parametrize(("name", "inputs"), SMALL)


def kind(unit: str) -> str:
    return unit.split(".")[-1]


def whole(text: str) -> int:
    return int(text.replace("−", "-"))


def bits_of(a: int, b: int) -> tuple[int, ...]:
    return tuple(int(bit) for number in (a, b) for bit in f"{number:04b}"[::-1])


def logic_signals(circuit: Circuit, inputs: Sequence[int]) -> dict[str, int]:
    """Return every signal, worked out from the names of the units alone."""
    signals = dict(zip(circuit.inputs, inputs, strict=True))
    for name, (_, sources) in circuit.units.items():
        signals[name] = int(KINDS[kind(name)][0](*(signals[source] for source in sources)))
    return signals


@cache
def show(name: str, inputs: tuple[int, ...]) -> Scene:
    return view.scene(view.CIRCUITS[name], inputs, name)


@cache
def pages(name: str, inputs: tuple[int, ...]) -> list[ET.Element]:
    scene = show(name, inputs)
    return [page(scene, step) for step in range(scene.n_steps)]


def statements(caption: Caption) -> list[tuple[str, str, int, int, int]]:
    found = []
    for row in caption.numbers.split("\n"):
        for name, terms, total, theta, answer in STATEMENT.findall(row):
            found.append((name, terms, whole(total), whole(theta), int(answer)))
    return found


def check_layers(scene: Scene, circuit: Circuit, inputs: Sequence[int]) -> None:
    """Compare the sums of every page with the weights that belong to the names of the units."""
    signals = logic_signals(circuit, inputs)
    for depth, names in enumerate(circuit.layers[1:], start=1):
        caption = scene.captions[depth]
        told = statements(caption)
        assert check(caption.numbers) == len(names)
        assert [kind(name) for name, *_ in told] == [kind(name) for name in names]
        assert caption.formula == RULE
        for name, (_, terms, total, theta, answer) in zip(names, told, strict=True):
            _, weight, expected_theta = KINDS[kind(name)]
            bits = [signals[source] for source in circuit.units[name][1]]
            assert (total, theta, answer) == (weight * sum(bits), expected_theta, signals[name])
            assert ("·" in terms) == (circuit is not gates.ripple_adder)
            if "·" in terms:
                pairs = [tuple(map(whole, pair)) for pair in re.findall(r"\(?(−?\d+)\)?·(\d)", terms)]
                assert pairs == [(weight, bit) for bit in bits]
            else:
                brought = [whole(term) for term in re.findall(r"−?\d+", terms.replace("− ", "−"))]
                assert brought == [weight * bit for bit in bits]


@every_row
def test_every_page_of_every_row(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    signals, n_layers = logic_signals(circuit, inputs), len(circuit.layers) - 1
    start, *layers, end = scene.captions
    given = ", ".join(f"{wire} = {bit}" for wire, bit in zip(circuit.inputs, inputs, strict=True))
    assert given in start.words
    check_layers(scene, circuit, inputs)
    for depth, (caption, names) in enumerate(zip(layers, circuit.layers[1:], strict=True), start=1):
        told = ", ".join(f"{unit} {'fires' if signals[unit] else 'is silent'}" for unit in names)
        assert caption.words == f"Layer {depth} of {n_layers}: {told}."
    expected = OUTPUTS[name](*inputs)
    told = ", ".join(f"{output} = {bit}" for output, bit in zip(circuit.outputs, expected, strict=True))
    assert end.words == f"The output{'s' * (len(expected) > 1)}: {told}."
    if len(expected) == 2:
        assert end.numbers == f"2·{expected[1]} + {expected[0]} = {sum(inputs)}"
        assert check(end.numbers) == 1
    else:
        assert end.numbers == f"({', '.join(map(str, inputs))}) → {expected[0]}"


@pytest.mark.parametrize(("a", "b"), SUMS)
def test_the_adder_adds(a: int, b: int):
    scene = show("4-bit adder", bits_of(a, b))
    check_layers(scene, gates.ripple_adder, bits_of(a, b))
    for caption, names in zip(scene.captions[1:], gates.ripple_adder.layers[1:], strict=False):
        columns = [row.split(":")[0] for row in caption.numbers.split("\n")]
        assert columns == list(dict.fromkeys(name.split(".")[0] for name in names))
    assert scene.captions[0].words.startswith(f"The inputs are set: a = {a:04b} = {a}, b = {b:04b} = {b} ")
    end = scene.captions[-1]
    first, last = end.numbers.split("\n")
    assert first == f"{a:04b} + {b:04b}: the outputs are {a + b:05b}"
    assert check(last) == 1
    assert last.endswith(f" = {a + b}")
    assert "But" not in end.words
    assert f"{a} + {b}:   {a:04b} + {b:04b} = {a + b:05b}, that is {a + b}" in texts(scene, scene.n_steps - 1)
    assert not any(f"that is {a + b}" in text for text in texts(scene, scene.n_steps - 2))


@pytest.mark.parametrize(("a", "b"), SUMS)
def test_the_carries_are_told_when_they_settle(a: int, b: int):
    scene = show("4-bit adder", bits_of(a, b))
    told = " ".join(caption.words for caption in scene.captions[1:-1])
    for bit in (1, 2, 3):
        carry = (a % 2**bit + b % 2**bit) >> bit
        assert f"the carry into bit {bit} is {carry}" in told
    for digit in range(5):
        assert f"digit s{digit} is {(a + b) >> digit & 1}" in told


def test_an_adder_with_a_fault_says_so():
    broken = deepcopy(gates.ripple_adder)
    broken.units["bit0.and"] = (OR, broken.units["bit0.and"][1])  # a carry too many
    end = view.scene(broken, bits_of(1, 2)).captions[-1]
    assert end.words.endswith("But 1 + 2 = 3: this circuit does not add rightly.")
    assert end.numbers.endswith(" = 5")
    assert check(end.numbers) == 1
    assert "But" not in view.scene(broken, bits_of(2, 4)).captions[-1].words


# -- the drawing --------------------------------------------------------------------------------

ALL = [*SMALL, *(("4-bit adder", bits_of(*pair)) for pair in SUMS)]
FONT = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 100)

Box = tuple[float, float, float, float]  # left, top, right, bottom


def box(text: ET.Element) -> Box:
    """Return the place that a text takes, measured with its font."""
    x, y, size = place(text, "x", "y", "font-size")
    length = FONT.getlength(text.text or "") * size / 100
    left = x - {"start": 0, "middle": 0.5, "end": 1}[text.attrib["text-anchor"]] * length
    return left, y - 0.45 * size, left + length, y + 0.45 * size


def box_of(rect: ET.Element) -> Box:
    x, y, width, height = place(rect, "x", "y", "width", "height")
    return x, y, x + width, y + height


def discs(page: ET.Element) -> np.ndarray:
    """Return x, y and radius of each input, unit and output."""
    return np.array([place(disc, "cx", "cy", "r") for disc in parts(page, "circle", fill="#ffffff")])


def wires(page: ET.Element) -> list[ET.Element]:
    return [line for line in parts(page, "line") if line.get("stroke-dasharray")]


def coins(page: ET.Element) -> list[ET.Element]:
    """Return what the wires bring: rounded boxes with a number."""
    return [group for group in parts(page, "g") if group.find(f"{SVG}rect[@rx='8']") is not None]


def rows_of(page: ET.Element) -> list[ET.Element]:
    """Return the rows of the truth table."""
    return [group for group in parts(page, "g") if group.find(f"{SVG}rect[@rx='4']") is not None]


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def crosses(wire: ET.Element, box: Box) -> bool:
    """Tell whether some point of a wire lies in a box."""
    x1, y1, x2, y2 = place(wire, "x1", "y1", "x2", "y2")
    t = np.linspace(0, 1, 400)
    x, y = x1 + t * (x2 - x1), y1 + t * (y2 - y1)
    return bool(np.any((box[0] < x) & (x < box[2]) & (box[1] < y) & (y < box[3])))


@pytest.mark.parametrize(("name", "inputs"), ALL)
def test_everything_stands_inside_the_picture_and_apart(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    assert 450 < scene.width <= 760
    assert 300 <= scene.height <= 480
    for drawn, caption in zip(pages(name, inputs), scene.captions, strict=True):
        assert drawn.findtext(f"{SVG}title") == name
        assert drawn.findtext(f"{SVG}desc") == str(caption)
        written = parts(drawn, "text")
        assert min(float(text.attrib["font-size"]) for text in written) >= 11
        middles, r = discs(drawn)[:, :2], discs(drawn)[:, 2]
        assert len(middles) == sum(map(len, circuit.layers)) + len(circuit.outputs)
        apart = np.linalg.norm(middles[:, None] - middles, axis=2) + 1e6 * np.eye(len(r))
        assert (apart > r[:, None] + r - 1).all()
        edges = np.array([*map(box, written), *map(box_of, parts(drawn, "rect")[1:])])  # after the paper
        assert min(edges[:, :2].min(), (middles - r[:, None]).min()) >= 0
        assert (edges[:, 2:] <= [scene.width, scene.height]).all()
        assert (middles + r[:, None] <= [scene.width, scene.height]).all()


@every_row
def test_sums_stand_clear_of_wires_coins_circles_and_other_texts(name: str, inputs: tuple[int, ...]):
    scene, n_sums = show(name, inputs), 0
    for drawn in pages(name, inputs):
        notes = [(text, box(text)) for text in parts(drawn, "text") if text.get("paint-order") and text.text]
        taken = [(x - 0.7 * r, y - r, x + 0.7 * r, y + r) for x, y, r in discs(drawn)]
        taken += [box_of(coin.find(f"{SVG}rect")) for coin in coins(drawn)]
        for told, room in notes:
            if told.text.endswith(("? yes", "? no")) or "=" in told.text:
                n_sums += 1
                others = [other for text, other in notes if text is not told]
                assert not any(crosses(wire, room) for wire in wires(drawn)), told.text
                assert not any(overlap(room, other) for other in [*taken, *others]), told.text
                assert room[3] < scene.height - 18  # the hint at the foot
    assert n_sums >= 2 * (scene.n_steps - 2)


@pytest.mark.parametrize(("name", "inputs"), ALL)
def test_what_is_not_settled_is_not_shown(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    settled = 0
    for step, drawn in enumerate(pages(name, inputs)):
        settled += len(circuit.layers[step]) if 0 < step < len(circuit.layers) else 0
        shown = [text.text or "" for text in parts(drawn, "text")]
        if name == "4-bit adder":
            assert sum(bool(re.fullmatch("−?[0-9]", text)) for text in shown) >= settled
            continue
        assert sum(text.endswith(("? yes", "? no")) for text in shown) == settled
        n_hidden = 2 * len(circuit.outputs) if step < scene.n_steps - 1 else 0  # below, and in the table
        assert shown.count("?") == n_hidden


@every_row
def test_the_row_of_the_truth_table_is_lit(name: str, inputs: tuple[int, ...]):
    (first, *_, last), answers = pages(name, inputs), OUTPUTS[name](*inputs)
    for drawn, told in ((first, ["?"] * len(answers)), (last, [str(bit) for bit in answers])):
        rows = rows_of(drawn)
        assert len(rows) == 2 ** len(inputs)
        lit = [i for i, row in enumerate(rows) if float(row.find(f"{SVG}rect").attrib["fill-opacity"])]
        assert lit == [int("".join(map(str, inputs)), 2)]
        assert [i for i, row in enumerate(rows) if "▶" in row.itertext()] == lit
        cells = [text for text in rows[lit[0]].itertext() if text != "▶"]
        assert cells == [*map(str, inputs), *told]


def test_an_inhibiting_wire_is_dashed_and_a_signal_is_thick():
    first, *_, last = pages("XOR", (1, 0))
    start, end = wires(first), wires(last)
    dashed = [line for line in end if line.get("stroke-dasharray") != "none"]
    assert len(end) == 7  # six wires between units, one to the output
    assert len(dashed) == 2
    assert [float(line.attrib["stroke-width"]) > 3 for line in dashed] == [True, False]  # a = 1, b = 0
    assert all(float(line.attrib["stroke-width"]) < 2 for line in start)


@every_row
def test_each_wire_brings_weight_times_signal_as_its_layer_settles(name: str, inputs: tuple[int, ...]):
    circuit = view.CIRCUITS[name]
    signals = logic_signals(circuit, inputs)
    for step, drawn in enumerate(pages(name, inputs)):
        brought = [whole(coin.findtext(f"{SVG}text")) for coin in coins(drawn)]
        settling = circuit.layers[step] if 0 < step < len(circuit.layers) else ()
        assert brought == [
            KINDS[kind(unit)][1] * signals[source] for unit in settling for source in circuit.units[unit][1]
        ]


@pytest.mark.parametrize("name", view.CIRCUITS)
def test_the_payload_is_small_and_the_last_page_is_the_telling_one(name: str):
    shown = view.explorer(name)
    assert len(json.dumps(shown.stepper.scene)) < 100_000
    assert shown.scene().telling == shown.n_steps - 1


# -- switches, clicks, sliders ------------------------------------------------------------------


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_switch_toggles_its_input_and_keeps_the_page(name: str):
    shown = view.explorer(name)
    circuit = view.CIRCUITS[name]
    for step in range(shown.n_steps):
        shown.step = step
        for k, wire in enumerate(circuit.inputs):
            before = shown.inputs
            switches = [f"{w}={bit}" for w, bit in zip(circuit.inputs, before, strict=True)]
            assert shown.stepper.actions == switches
            press(shown, switches[k])
            assert shown.inputs == (*before[:k], 1 - before[k], *before[k + 1 :])
            assert (shown.step, wire) == (step, circuit.inputs[k])
            assert shown.stepper.scene == view.scene(circuit, shown.inputs, f"Circuit: {name}").payload()


def test_a_switch_that_is_gone_does_nothing():
    shown = view.explorer("XOR")
    press(shown, "a=1")
    press(shown, "a=1")  # the second half of a double click, sent before the button was renamed
    assert shown.inputs == (0, 0)


def clickable(shown: view.GatesExplorer, name: str) -> tuple[float, float]:
    """Return the middle of an input."""
    drawn = page(shown.stepper, 0)
    found = [group for group in parts(drawn, "g", cursor="pointer") if name in group.itertext()]
    return place(found[0].find(f"{SVG}circle"), "cx", "cy")


def test_clicks_on_inputs_and_rows():
    shown = view.explorer("XOR", [0, 0])
    click(shown, *clickable(shown, "b"))
    assert shown.inputs == (0, 1)
    x, y = clickable(shown, "a")
    click(shown, x + 15, y - 10)  # near enough
    assert shown.inputs == (1, 1)
    rows = [place(row.find(f"{SVG}rect"), "x", "y", "height") for row in rows_of(page(shown.stepper, 0))]
    for i, (left, top, height) in enumerate(rows):
        click(shown, left + 5, top + height / 2)
        assert shown.inputs == (i >> 1, i & 1)
    left, top, height = rows[0]
    beside = [
        (left + across, top + down) for across, down in ((-20, 5), (5, -5), (5, len(rows) * height + 5))
    ]
    for nowhere in (discs(page(shown.stepper, 0))[-1, :2], *beside):  # a unit, and around the table
        click(shown, *nowhere)
        assert shown.inputs == (1, 1)


def sliders(shown: view.GatesExplorer) -> bool:
    """Tell whether the sliders of the adder are seen."""
    return any(set(shown.addends) <= set(getattr(row, "children", ())) for row in shown.children)


def test_the_adder_has_sliders_and_clicks_move_them():
    shown = view.explorer("4-bit adder")
    assert shown.stepper.actions == []
    assert [slider.value for slider in shown.addends] == [11, 6]
    assert sliders(shown)
    shown.step = 9
    shown.addends[0].value, shown.addends[1].value = 15, 1
    assert shown.step == 9
    assert shown.inputs == bits_of(15, 1)
    assert shown.caption.endswith("1·16 + 0·8 + 0·4 + 0·2 + 0·1 = 16")
    click(shown, *clickable(shown, "b3"))
    assert [slider.value for slider in shown.addends] == [15, 9]
    shown.set_inputs(*bits_of(3, 12))
    assert [slider.value for slider in shown.addends] == [3, 12]
    assert shown.caption.endswith(" = 15")


def test_another_circuit_begins_at_its_inputs_and_finds_its_bits_again():
    shown = view.explorer("full adder", [1, 1, 1])
    shown.step = 5
    shown.settings["circuit"].value = "NOT"
    assert (shown.step, shown.inputs) == (0, (1,))
    assert shown.stepper.actions == ["a=1"]
    assert not sliders(shown)
    shown.settings["circuit"].value = "4-bit adder"
    assert sliders(shown)
    assert shown.inputs == bits_of(11, 6)
    shown.settings["circuit"].value = "full adder"
    assert shown.inputs == (1, 1, 1)
    assert repr(shown) == "[Stepper: Circuit: full adder, 6 steps]"


# -- circuits of one's own, and bad ones --------------------------------------------------------

OWN = {
    "switch": Circuit(
        ["a", "b", "s"],
        {"a and not s": (Unit([1, -1], 1), "a", "s"), "b and s": (AND, "b", "s"),
         "or": (OR, "a and not s", "b and s")},
        {"out": "or"},
    ),
    "the same wire twice": Circuit(["a"], {"out": (NAND, "a", "a")}, {"out": "out"}),
    "wires past a layer": Circuit(
        ["a", "b"],
        {"m": (NAND, "a", "b"), "p": (NAND, "a", "m"), "q": (NAND, "m", "b"), "out": (NAND, "p", "q")},
        {"out": "out"},
    ),
    "no unit": Circuit(["a"], {}, {"out": "a"}),
    "not whole": Circuit(["a", "b"], {"u": (Unit([0.5, -0.25], 0.25), "a", "b")}, {"u": "u"}),
    "five inputs": Circuit(list("abcde"), {"most": (Unit([1] * 5, 3), *"abcde")}, {"most": "most"}),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_a_circuit_of_ones_own(name: str):
    shown = view.explorer(OWN[name])
    assert shown.settings["circuit"].value == view.OWN
    for inputs in product((0, 1), repeat=OWN[name].n_inputs):
        shown.set_inputs(*inputs)
        for step in range(shown.n_steps):
            page(shown.stepper, step)
        answer = f"({', '.join(map(str, inputs))}) → {OWN[name](*inputs)}"
        assert shown.scene().captions[-1].numbers == answer


def test_numbers_that_are_not_whole_are_printed_in_full():
    told = view.scene(OWN["not whole"], [1, 1]).captions[1].numbers
    assert told == "u: 0.5·1 + (−0.25)·1 = 0.25 ≥ 0.25? yes → 1"


def test_two_wires_from_one_source_run_side_by_side():
    drawn = page(view.scene(OWN["the same wire twice"], [1]), 1)
    first, second, _ = (place(line, "y1", "y2") for line in wires(drawn))
    assert np.abs(np.subtract(first, second)).min() > 8


WIDE = Circuit(["a"], {f"u{i}": (gates.NOT, "a") for i in range(7)}, {"out": "u0"})


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: view.explorer("XNOR"), "circuit must be one of 'NOT', 'AND'"),
        (lambda: view.explorer("XOR", [0, 1, 1]), "inputs must be 2 signals, got 3"),
        (lambda: view.scene(gates.XOR, [0, 2]), "inputs must be 0 or 1, got 2 at position 1"),
        (lambda: view.scene(gates.XOR, [0, np.nan]), "inputs must be 0 or 1, got nan at position 1"),
        (lambda: view.scene(gates.XOR, []), "inputs must be 2 signals, got 0"),
        (lambda: setattr(view.explorer("XOR"), "step", 4), "step must be at most 3, got 4"),
        (lambda: view.explorer("XOR").toggle("c"), "name must be one of 'a', 'b', got 'c'"),
        (
            lambda: view.explorer(WIDE),
            "circuit must have at most 8 inputs, 8 outputs, 8 layers and 6 units in a layer to be drawn, "
            "got 1, 1, 1 and 7",
        ),
        (lambda: view.free_unit([1, 1, 1]), "weights must have shape (2,), got shape (3,)"),
        (lambda: view.free_unit([1, 4]), "w₂ must be from −3 to 3, got 4"),
        (lambda: free_unit.scene([1, np.nan], 0), "weights must hold finite numbers"),
        (lambda: free_unit.scene([1, np.inf], 0), "weights must hold finite numbers"),
        (lambda: free_unit.scene([1, 1], np.nan), "threshold must hold finite numbers"),
        (lambda: free_unit.scene([1, 1], np.inf), "threshold must hold finite numbers"),
    ],
)
def test_bad_arguments_are_named(attempt, message: str):
    with pytest.raises(ValueError) as caught:
        attempt()
    assert str(caught.value).startswith(message)


def test_a_threshold_is_a_number():
    with pytest.raises(TypeError, match="threshold must hold real numbers"):
        view.free_unit([1, 1], "high")


# -- the free unit ------------------------------------------------------------------------------

FREE = {
    "never": lambda a, b: 0, "AND": lambda a, b: a & b, "x₁ and not x₂": lambda a, b: a & (1 - b),
    "x₁": lambda a, b: a, "x₂ and not x₁": lambda a, b: b & (1 - a), "x₂": lambda a, b: b,
    "XOR": lambda a, b: a ^ b, "OR": lambda a, b: a | b, "NOR": lambda a, b: 1 - (a | b),
    "XNOR": lambda a, b: 1 - (a ^ b), "not x₂": lambda a, b: 1 - b, "x₁ or not x₂": lambda a, b: a | (1 - b),
    "not x₁": lambda a, b: 1 - a, "x₂ or not x₁": lambda a, b: b | (1 - a),
    "NAND": lambda a, b: 1 - (a & b), "always": lambda a, b: 1,
}  # fmt: skip
ROWS = [(0, 0), (0, 1), (1, 0), (1, 1)]
GRID = list(product(np.arange(-3, 3.5, 1), np.arange(-3, 3.5, 1), np.arange(-3, 3.5, 0.5)))


def test_every_unit_of_the_sliders_has_the_right_name_and_none_is_xor():
    names = set()
    for w1, w2, theta in GRID:
        name = free_unit.name_of(Unit([w1, w2], theta))
        assert [FREE[name](*row) for row in ROWS] == [w1 * a + w2 * b >= theta for a, b in ROWS]
        names.add(name)
    assert set(FREE) - names == {"XOR", "XNOR"}
    assert list(free_unit.NAMES) == list(FREE)


@pytest.mark.parametrize(
    ("w1", "w2", "theta"), [(1, 1, 2), (1, 1, 1), (-1, -1, -1), (0, 0, 0), (0.5, -2.5, -0.5)]
)
def test_the_free_unit_row_by_row(w1: float, w2: float, theta: float):
    def written(value: float) -> str:
        return f"{value:g}".replace("-", "−")

    scene, fires = free_unit.scene([w1, w2], theta), [w1 * a + w2 * b >= theta for a, b in ROWS]
    (name,) = [name for name, table in FREE.items() if [table(*row) for row in ROWS] == fires]
    for step, ((a, b), yes) in enumerate(zip(ROWS, fires, strict=True)):
        caption, on_page = scene.captions[step], texts(scene, step)
        assert f"x₁ = {a}, x₂ = {b}; " in caption.words
        assert ("it is silent" in caption.words) != yes
        terms, told = caption.numbers.split(" = ")
        assert check(caption.numbers) == 1
        pairs = re.findall(r"\(?(−?[\d.]+)\)?·(\d)", terms)
        assert [(float(w.replace("−", "-")), int(bit)) for w, bit in pairs] == [(w1, a), (w2, b)]
        answer = "yes → 1" if yes else "no → 0"
        assert told == f"{written(w1 * a + w2 * b)} ≥ {written(theta)}? {answer}"
        assert f"This is {name}." not in on_page
        assert on_page.count("?") == 3 * (3 - step)  # sum, output and corner of each row to come
    assert scene.captions[4].numbers == f"outputs: {', '.join(str(int(yes)) for yes in fires)}"
    assert f"This is {name}." in texts(scene, 4)


@pytest.mark.parametrize(("w1", "w2", "theta"), GRID[::37])
def test_the_shaded_side_is_where_the_unit_fires(w1: float, w2: float, theta: float):
    drawn = page(free_unit.scene([w1, w2], theta), 4)
    read, x = ruler(drawn, "x₁", "x₂"), np.random.default_rng(0).uniform(-0.5, 1.5, (400, 2))
    shaded = np.zeros(400, bool)
    for polygon in parts(drawn, "polygon"):
        corners = np.array([corner.split(",") for corner in polygon.attrib["points"].split()], float)
        shaded |= Outline(read(*corners.T)).contains_points(x)
    z = x @ [w1, w2] - theta
    clear = (np.abs(z) > 0.05) | (w1 == w2 == 0)
    np.testing.assert_array_equal(shaded[clear], z[clear] >= 0)
    for border in [line for group in parts(drawn, "g") if group.get("clip-path") for line in group]:
        x1, y1, x2, y2 = place(border, "x1", "y1", "x2", "y2")
        np.testing.assert_allclose(read([x1, x2], [y1, y2]) @ [w1, w2], theta, atol=0.05)


def test_the_row_of_the_page_is_lit_and_its_corner_has_a_ring():
    scene = free_unit.scene([1, 1], 1)
    for step in range(5):
        drawn = page(scene, step)
        glows = [float(row.find(f"{SVG}rect").attrib["fill-opacity"]) for row in rows_of(drawn)]
        assert np.flatnonzero(glows).tolist() == [step][: step < 4]
        rings = [place(ring, "cx", "cy") for ring in parts(drawn, "circle", fill="none")]
        read = ruler(drawn, "x₁", "x₂")
        assert [tuple(np.round(read(*ring), 2)) for ring in rings] == ROWS[step : step + 1]


def test_the_explorer_keeps_the_page_and_the_tables_it_met():
    shown = view.free_unit()
    assert shown.step == 4
    assert shown.found == {"OR"}
    shown.settings["theta"].value = 2
    assert shown.found == {"OR", "AND"}
    assert shown.step == 4
    shown.step = 1
    shown.settings["w1"].value = -1
    assert shown.step == 1
    assert shown.found == {"OR", "AND", "never"}
    told = texts(shown.stepper, 1)
    assert sorted(text.split("  ")[2] for text in told if text.startswith("✓")) == ["AND", "OR", "never"]
    assert "Met so far: 3 of the 16 tables of two inputs" in told
    assert shown.stepper.scene == free_unit.scene([-1, 1], 2, shown.found).payload()
    assert len(json.dumps(shown.stepper.scene)) < 50_000
