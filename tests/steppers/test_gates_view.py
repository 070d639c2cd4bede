"""The steppers of circuits: every sum, every signal and every table is that of Boolean logic."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from copy import deepcopy
from itertools import product
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import ImageFont

from nblib import gates
from nblib.drawing.scene import Caption, Scene
from nblib.gates import AND, NAND, OR, Circuit, Unit
from nblib.steppers import circuits, free_unit, gates_captions
from nblib.steppers import gates_stepper as view
from steppers.arithmetic import check

SVG = "{http://www.w3.org/2000/svg}"
STATEMENT = re.compile(r"([a-z][a-z.]*):? ([−(\d][^=;:]*) = (−?\d+) ≥ (−?\d+)\? (?:yes|no) → ([01])")

# What the names promise, in Python's own logic.
LOGIC = {
    "not": lambda a: not a,
    "and": lambda *bits: all(bits),
    "or": lambda *bits: any(bits),
    "nand": lambda *bits: not all(bits),
    "nor": lambda *bits: not any(bits),
}
WEIGHTS = {
    "not": (-1, 0),
    "and": (1, 2),
    "or": (1, 1),
    "nand": (-1, -1),
    "nor": (-1, 0),
}  # each weight, and θ
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


def whole(text: str) -> int:
    return int(text.replace("−", "-"))


def bits_of(a: int, b: int) -> list[int]:
    return [int(bit) for number in (a, b) for bit in f"{number:04b}"[::-1]]


def logic_signals(circuit: Circuit, inputs: Sequence[int]) -> dict[str, int]:
    """Return every signal, worked out from the names of the units alone."""
    signals = dict(zip(circuit.inputs, inputs, strict=True))
    for name, (_, sources) in circuit.units.items():
        signals[name] = int(LOGIC[name.split(".")[-1]](*(signals[source] for source in sources)))
    return signals


def show(name: str, inputs: Sequence[int]) -> Scene:
    return view.scene(view.CIRCUITS[name], inputs, name)


def page(scene: Scene, step: int) -> ET.Element:
    return ET.fromstring(scene.svg(step))


def wires_of(page: ET.Element) -> list[ET.Element]:
    return [line for line in page.iter(f"{SVG}line") if line.get("stroke-dasharray")]


def texts(scene: Scene, step: int) -> list[str]:
    return [found.text or "" for found in page(scene, step).iter(f"{SVG}text")]


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
        assert [name.split(".")[-1] for name, *_ in told] == [name.split(".")[-1] for name in names]
        assert caption.formula == gates_captions.RULE
        for name, (_, terms, total, theta, answer) in zip(names, told, strict=True):
            weight, expected_theta = WEIGHTS[name.split(".")[-1]]
            bits = [signals[source] for source in circuit.units[name][1]]
            assert (total, theta, answer) == (weight * sum(bits), expected_theta, signals[name])
            assert ("·" in terms) == (circuit is not gates.ripple_adder)
            if "·" in terms:
                pairs = [tuple(map(whole, pair)) for pair in re.findall(r"\(?(−?\d+)\)?·(\d)", terms)]
                assert pairs == [(weight, bit) for bit in bits]
            else:
                brought = [whole(term) for term in re.findall(r"−?\d+", terms.replace("− ", "−"))]
                assert brought == [weight * bit for bit in bits]


@pytest.mark.parametrize(("name", "inputs"), SMALL)
def test_every_page_of_every_row(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    assert scene.n_steps == len(circuit.layers) + 1
    given = ", ".join(f"{wire} = {bit}" for wire, bit in zip(circuit.inputs, inputs, strict=True))
    assert given in scene.captions[0].words
    check_layers(scene, circuit, inputs)
    expected = OUTPUTS[name](*inputs)
    end = scene.captions[-1]
    told = ", ".join(f"{output} = {bit}" for output, bit in zip(circuit.outputs, expected, strict=True))
    assert end.words == f"The output{'s' * (len(expected) > 1)}: {told}."
    if len(expected) == 2:
        assert end.numbers == f"2·{expected[1]} + {expected[0]} = {sum(inputs)}"
        assert check(end.numbers) == 1
    else:
        assert end.numbers == f"({', '.join(map(str, inputs))}) → {expected[0]}"


@pytest.mark.parametrize(("name", "inputs"), SMALL)
def test_the_words_say_who_fires(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    signals = logic_signals(circuit, inputs)
    for depth, names in enumerate(circuit.layers[1:], start=1):
        told = ", ".join(f"{unit} {'fires' if signals[unit] else 'is silent'}" for unit in names)
        assert scene.captions[depth].words == f"Layer {depth} of {len(circuit.layers) - 1}: {told}."


@pytest.mark.parametrize(("a", "b"), SUMS)
def test_the_adder_adds(a: int, b: int):
    scene = show("4-bit adder", bits_of(a, b))
    check_layers(scene, gates.ripple_adder, bits_of(a, b))
    for depth, names in enumerate(gates.ripple_adder.layers[1:], start=1):
        columns = [row.split(":")[0] for row in scene.captions[depth].numbers.split("\n")]
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
    for place in range(5):
        assert f"digit s{place} is {(a + b) >> place & 1}" in told


def broken_adder(name: str, unit: Unit) -> Circuit:
    changed = deepcopy(gates.ripple_adder)
    changed.units[name] = (unit, changed.units[name][1])
    return changed


def test_an_adder_with_a_fault_says_so():
    broken = broken_adder("bit0.and", OR)  # a carry too many
    end = view.scene(broken, bits_of(1, 2)).captions[-1]
    assert end.words.endswith("But 1 + 2 = 3: this circuit does not add rightly.")
    assert end.numbers.endswith(" = 5")
    assert check(end.numbers) == 1
    assert "But" not in view.scene(broken, bits_of(2, 4)).captions[-1].words


# -- the drawing --------------------------------------------------------------------------------

ALL = [*SMALL, *(("4-bit adder", tuple(bits_of(*pair))) for pair in SUMS)]


@pytest.mark.parametrize(("name", "inputs"), ALL)
def test_every_page_is_svg(name: str, inputs: tuple[int, ...]):
    scene = show(name, inputs)
    assert 450 < scene.width <= 760
    assert 300 <= scene.height <= 480
    for step in range(scene.n_steps):
        drawn = page(scene, step)
        assert drawn.find(f"{SVG}title").text == name
        assert drawn.find(f"{SVG}desc").text == str(scene.captions[step])
        sizes = [float(found.get("font-size")) for found in drawn.iter(f"{SVG}text")]
        assert min(sizes) >= 11


@pytest.mark.parametrize("name", view.CIRCUITS)
def test_everything_stands_inside_the_picture_and_apart(name: str):
    drawn = circuits.layout(view.CIRCUITS[name])
    places = np.array(list(drawn.places.values()))
    assert len(places) == sum(map(len, view.CIRCUITS[name].layers)) + len(view.CIRCUITS[name].outputs)
    assert (places >= 20).all()
    assert (places <= [drawn.width - 20, drawn.height - 20]).all()
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 1e6 * np.eye(len(places))
    assert apart.min() > 2 * drawn.radius
    if drawn.table:
        assert drawn.table.left + drawn.table.width <= drawn.width


FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
Box = tuple[float, float, float, float]  # left, top, right, bottom


def box(text: ET.Element) -> Box:
    """Return the place that a text takes, measured with its font."""
    size = float(text.get("font-size"))
    half = ImageFont.truetype(str(FONT), 100).getlength(text.text or "") * size / 200
    x, y = float(text.get("x")), float(text.get("y"))
    return x - half, y - 0.45 * size, x + half, y + 0.45 * size


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def crosses(wire: ET.Element, place: Box) -> bool:
    """Tell whether some point of a wire lies in a box."""
    x1, y1, x2, y2 = (float(wire.get(name)) for name in ("x1", "y1", "x2", "y2"))
    t = np.linspace(0, 1, 400)
    x, y = x1 + t * (x2 - x1), y1 + t * (y2 - y1)
    return bool(np.any((place[0] < x) & (x < place[2]) & (place[1] < y) & (y < place[3])))


@pytest.mark.parametrize(("name", "inputs"), SMALL)
def test_sums_stand_clear_of_wires_coins_circles_and_other_texts(name: str, inputs: tuple[int, ...]):
    scene, n_sums = show(name, inputs), 0
    for step in range(scene.n_steps):
        drawn = page(scene, step)
        notes = [t for t in drawn.iter(f"{SVG}text") if t.get("paint-order") and t.text]
        sums = [t for t in notes if t.text.endswith(("? yes", "? no")) or "=" in t.text]
        wires = wires_of(drawn)
        taken = {id(t): box(t) for t in notes}
        for part in drawn.iter(f"{SVG}circle"):
            x, y, r = (float(part.get(name)) for name in ("cx", "cy", "r"))
            taken[id(part)] = (x - 0.7 * r, y - r, x + 0.7 * r, y + r)
        for coin in (coin for coin in drawn.iter(f"{SVG}rect") if coin.get("rx") == "8"):
            x, y, width, height = (float(coin.get(name)) for name in ("x", "y", "width", "height"))
            taken[id(coin)] = (x, y, x + width, y + height)
        for told in sums:
            place = box(told)
            assert not any(crosses(wire, place) for wire in wires), told.text
            assert not any(overlap(place, other) for key, other in taken.items() if key != id(told)), (
                told.text
            )
            assert place[3] < scene.height - 18  # the hint at the foot
        n_sums += len(sums)
    assert n_sums >= 2 * (scene.n_steps - 2)


@pytest.mark.parametrize(("name", "inputs"), ALL)
def test_what_is_not_settled_is_not_shown(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    settled = 0
    for step in range(scene.n_steps):
        settled += len(circuit.layers[step]) if 0 < step < len(circuit.layers) else 0
        shown = texts(scene, step)
        if name == "4-bit adder":
            assert sum(bool(re.fullmatch("−?[0-9]", text)) for text in shown) >= settled
            continue
        assert sum(text.endswith(("? yes", "? no")) for text in shown) == settled
        n_hidden = 2 * len(circuit.outputs) if step < scene.n_steps - 1 else 0  # below, and in the table
        assert shown.count("?") == n_hidden


@pytest.mark.parametrize(("name", "inputs"), SMALL)
def test_the_row_of_the_truth_table_is_lit(name: str, inputs: tuple[int, ...]):
    scene = show(name, inputs)
    expected = [*inputs, *OUTPUTS[name](*inputs)]
    for step in (0, scene.n_steps - 1):
        lit = [group for group in page(scene, step).iter(f"{SVG}g") if "▶" in (text.text for text in group)]
        (cells,) = [[text.text for text in row.findall(f"{SVG}text")][1:] for row in lit]
        if step == 0:
            assert cells == [*map(str, inputs), *["?"] * len(OUTPUTS[name](*inputs))]
        else:
            assert cells == [str(bit) for bit in expected]
        rows = [
            group
            for group in page(scene, step).iter(f"{SVG}g")
            if group.find(f"{SVG}rect[@rx='4']") is not None
        ]
        assert len(rows) == 2 ** len(inputs)
        glow = [float(row.find(f"{SVG}rect").get("fill-opacity")) for row in rows]
        assert np.flatnonzero(glow).tolist() == [int("".join(map(str, inputs)), 2)]


def test_an_inhibiting_wire_is_dashed_and_a_signal_is_thick():
    scene = show("XOR", (1, 0))
    end = wires_of(page(scene, 3))
    dashed = [line for line in end if line.get("stroke-dasharray") != "none"]
    assert len(end) == 7  # six wires between units, one to the output
    assert len(dashed) == 2
    assert [float(line.get("stroke-width")) > 3 for line in dashed] == [True, False]  # a = 1, b = 0
    start = wires_of(page(scene, 0))
    assert all(float(line.get("stroke-width")) < 2 for line in start)


@pytest.mark.parametrize(("name", "inputs"), SMALL)
def test_each_wire_brings_weight_times_signal_as_its_layer_settles(name: str, inputs: tuple[int, ...]):
    circuit, scene = view.CIRCUITS[name], show(name, inputs)
    signals = logic_signals(circuit, inputs)
    for step in range(scene.n_steps):
        coins = [
            group
            for group in page(scene, step).iter(f"{SVG}g")
            if group.find(f"{SVG}rect[@rx='8']") is not None
        ]
        brought = [whole(coin.find(f"{SVG}text").text) for coin in coins]
        settling = circuit.layers[step] if 0 < step < len(circuit.layers) else ()
        expected = [
            WEIGHTS[unit.split(".")[-1]][0] * signals[source]
            for unit in settling
            for source in circuit.units[unit][1]
        ]
        assert brought == expected


@pytest.mark.parametrize("name", view.CIRCUITS)
def test_the_payload_is_small(name: str):
    stepper = view.explorer(name).stepper
    assert len(json.dumps(stepper.scene)) < 100_000
    assert stepper._drawn.telling == stepper._drawn.n_steps - 1


# -- switches, clicks, sliders ------------------------------------------------------------------


def press(shown: view.GatesExplorer, action: str) -> None:
    shown.stepper._act(None, {"action": action}, None)


def click(shown: view.GatesExplorer, x: float, y: float) -> None:
    shown.stepper._act(None, {"click": [x, y]}, None)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_switch_toggles_its_input_and_keeps_the_page(name: str):
    shown = view.explorer(name)
    circuit = view.CIRCUITS[name]
    for step in range(shown.stepper._drawn.n_steps):
        shown.stepper.step = step
        for k, wire in enumerate(circuit.inputs):
            before = shown.inputs
            assert shown.stepper.actions == [
                f"{w}={bit}" for w, bit in zip(circuit.inputs, before, strict=True)
            ]
            press(shown, f"{wire}={before[k]}")
            assert shown.inputs == (*before[:k], 1 - before[k], *before[k + 1 :])
            assert shown.stepper.step == step
            assert str(shown.stepper._drawn.captions[-1]) == str(show(name, shown.inputs).captions[-1])
            assert shown.stepper.scene == shown.scene().payload()


def test_a_switch_that_is_gone_does_nothing():
    shown = view.explorer("XOR")
    press(shown, "a=1")
    press(shown, "a=1")  # the second half of a double click, sent before the button was renamed
    assert shown.inputs == (0, 0)


def test_clicks_on_inputs_and_rows():
    shown = view.explorer("XOR", [0, 0])
    drawn = circuits.layout(gates.XOR)
    click(shown, *drawn.places["b"])
    assert shown.inputs == (0, 1)
    click(shown, drawn.places["a"][0] + 15, drawn.places["a"][1] - 10)
    assert shown.inputs == (1, 1)
    left, top = drawn.table.left, drawn.table.top
    for row in range(4):
        click(shown, left + 5, top + 24 * row + 12)
        assert shown.inputs == (row >> 1, row & 1)
    for x, y in (
        drawn.places["and"],
        (left - 20, top + 5),
        (left + 5, top - 5),
        (left + 5, top + 24 * 4 + 5),
    ):
        click(shown, x, y)
        assert shown.inputs == (1, 1)


def test_the_adder_has_sliders_and_clicks_move_them():
    shown = view.explorer("4-bit adder")
    assert shown.stepper.actions == []
    assert [slider.value for slider in shown.addends] == [11, 6]
    assert shown._addends_row in shown.children
    shown.stepper.step = 9
    shown.addends[0].value, shown.addends[1].value = 15, 1
    assert shown.stepper.step == 9
    assert shown.inputs == tuple(bits_of(15, 1))
    assert shown.stepper.caption.endswith("1·16 + 0·8 + 0·4 + 0·2 + 0·1 = 16")
    click(shown, *circuits.layout(gates.ripple_adder).places["b3"])
    assert [slider.value for slider in shown.addends] == [15, 9]
    shown.set_inputs(*bits_of(3, 12))
    assert [slider.value for slider in shown.addends] == [3, 12]
    assert shown.stepper.caption.endswith(" = 15")


def test_another_circuit_begins_at_its_inputs_and_finds_its_bits_again():
    shown = view.explorer("full adder", [1, 1, 1])
    shown.stepper.step = 5
    shown.settings["circuit"].value = "NOT"
    assert (shown.stepper.step, shown.inputs) == (0, (1,))
    assert shown.stepper.actions == ["a=1"]
    assert shown._addends_row not in shown.children
    shown.settings["circuit"].value = "4-bit adder"
    assert shown._addends_row in shown.children
    assert shown.inputs == tuple(bits_of(11, 6))
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
        scene = shown.stepper._drawn
        for step in range(scene.n_steps):
            page(scene, step)
        answer = OWN[name](*inputs)
        assert scene.captions[-1].numbers == f"({', '.join(map(str, inputs))}) → {answer}"


def test_numbers_that_are_not_whole_are_printed_in_full():
    (told,) = view.scene(OWN["not whole"], [1, 1]).captions[1].numbers.split("\n")
    assert told == "u: 0.5·1 + (−0.25)·1 = 0.25 ≥ 0.25? yes → 1"


def test_two_wires_from_one_source_run_side_by_side():
    wires = page(view.scene(OWN["the same wire twice"], [1]), 1).iter(f"{SVG}line")
    first, second = [line for line in wires if line.get("stroke-dasharray", "none") != "none"]
    assert abs(float(first.get("y1")) - float(second.get("y1"))) == 16


def test_bad_arguments():
    with pytest.raises(ValueError, match="circuit must be one of 'NOT', 'AND'"):
        view.explorer("XNOR")
    with pytest.raises(ValueError, match="inputs must be 2 signals, got 3"):
        view.explorer("XOR", [0, 1, 1])
    with pytest.raises(ValueError, match="inputs must be 0 or 1, got 2"):
        view.scene(gates.XOR, [0, 2])
    with pytest.raises(ValueError, match="inputs must be"):
        view.scene(gates.XOR, [])
    with pytest.raises((ValueError, TypeError), match="inputs must"):
        view.scene(gates.XOR, [0, np.nan])
    with pytest.raises(ValueError, match="step must be at most 3, got 4"):
        view.explorer("XOR").stepper.step = 4
    with pytest.raises(ValueError, match="name must be one of 'a', 'b', got 'c'"):
        view.explorer("XOR").toggle("c")
    wide = Circuit(["a"], {f"u{i}": (gates.NOT, "a") for i in range(7)}, {"out": "u0"})
    with pytest.raises(
        ValueError, match=r"at most 8 inputs, 8 outputs, 8 layers and 6 units .* 1, 1, 1 and 7"
    ):
        view.explorer(wide)


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
    scene = free_unit.scene([w1, w2], theta)
    for step, (a, b) in enumerate(ROWS):
        total, fires = w1 * a + w2 * b, w1 * a + w2 * b >= theta
        caption = scene.captions[step]
        assert f"x₁ = {a}, x₂ = {b}; " in caption.words
        assert ("it is silent" in caption.words) != fires
        terms, told = caption.numbers.split(" = ")
        assert check(caption.numbers) == 1
        pairs = re.findall(r"\(?(−?[\d.]+)\)?·(\d)", terms)
        assert [(float(w.replace("−", "-")), int(bit)) for w, bit in pairs] == [(w1, a), (w2, b)]
        number, verdict = gates_captions.number, "yes → 1" if fires else "no → 0"
        assert told == f"{number(total)} ≥ {number(theta)}? {verdict}"
        assert f"This is {free_unit.name_of(Unit([w1, w2], theta))}." not in texts(scene, step)
        assert texts(scene, step).count("?") == 3 * (3 - step)  # sum, output and corner of each row to come
    outputs = ", ".join(str(int(w1 * a + w2 * b >= theta)) for a, b in ROWS)
    assert scene.captions[4].numbers == f"outputs: {outputs}"
    assert f"This is {free_unit.name_of(Unit([w1, w2], theta))}." in texts(scene, 4)


@pytest.mark.parametrize(("w1", "w2", "theta"), GRID[::37])
def test_the_shaded_side_is_where_the_unit_fires(w1: float, w2: float, theta: float):
    drawn = page(free_unit.scene([w1, w2], theta), 4)
    x, y = np.meshgrid(np.linspace(-0.6, 1.6, 221), np.linspace(-0.6, 1.6, 221))
    share = np.mean(w1 * x + w2 * y >= theta)
    area = 0.0
    for polygon in drawn.findall(f"{SVG}polygon"):
        corners = np.array([list(map(float, corner.split(","))) for corner in polygon.get("points").split()])
        after = np.roll(corners, -1, axis=0)
        area += abs(np.sum(corners[:, 0] * after[:, 1] - corners[:, 1] * after[:, 0])) / 2 / 200**2
        places = np.c_[(corners[:, 0] - 548) / 200, (240 - corners[:, 1]) / 200] * 2.2 - 0.6
        assert (places @ [w1, w2] >= theta - 0.02).all()
    assert area == pytest.approx(share, abs=0.02)


def test_the_explorer_keeps_the_page_and_the_tables_it_met():
    shown = view.free_unit()
    assert shown.stepper.step == 4
    assert shown.found == {"OR"}
    shown.settings["theta"].value = 2
    assert shown.found == {"OR", "AND"}
    assert shown.stepper.step == 4
    shown.stepper.step = 1
    shown.settings["w1"].value = -1
    assert shown.stepper.step == 1
    assert shown.found == {"OR", "AND", "never"}
    ticks = [text for text in texts(shown.stepper._drawn, 1) if text.startswith("✓")]
    assert sorted(tick.split("  ")[2] for tick in ticks) == ["AND", "OR", "never"]
    assert "Met so far: 3 of the 16 tables of two inputs" in texts(shown.stepper._drawn, 1)
    assert shown.stepper.scene == free_unit.scene([-1, 1], 2, shown.found).payload()
    assert len(json.dumps(shown.stepper.scene)) < 50_000


def test_bad_free_units():
    with pytest.raises(ValueError, match=r"weights must have shape \(2,\), got shape \(3,\)"):
        view.free_unit([1, 1, 1])
    with pytest.raises(ValueError, match="w₂ must be from −3 to 3, got 4"):
        view.free_unit([1, 4])
    with pytest.raises(TypeError, match="threshold must hold real numbers"):
        view.free_unit([1, 1], "high")
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="weights must hold finite numbers"):
            free_unit.scene([1, bad], 0)
        with pytest.raises(ValueError, match="threshold must hold finite numbers"):
            free_unit.scene([1, 1], bad)
