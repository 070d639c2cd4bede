"""The stepper of the three-neuron chain, held against the formulas of the course."""

import json
import re
from dataclasses import fields, replace
from math import exp, floor, log10
from xml.etree import ElementTree

import numpy as np
import pytest

from nblib.chain import Chain, ChainRecord
from nblib.drawing import numbers
from nblib.drawing.scene import COLOURS
from nblib.steppers import chain_stepper as chain
from steppers.arithmetic import check

START = {"w1": 1.5, "b1": -0.7, "w2": 2.0, "b2": -0.58}
CYCLE = 15
UP = str.maketrans("012", "⁰¹²")
NAMES = ["z1", "a1", "z2", "a2", "C", "a2", "z2", "w2", "b2", "a1", "z1", "w1", "b1", "a0"]
SETTINGS = [(eta, start, y) for start in chain.STARTS for eta in (0.02, 2.0, 200.0) for y in (0.0, 0.35, 1.0)]
SVG = "{http://www.w3.org/2000/svg}"


def sigma(z):
    return 1 / (1 + exp(-z)) if z > 0 else exp(z) / (1 + exp(z))


def there_and_back(w1, b1, w2, b2, y, a0=0.8):
    """The formulas of notebook 4, written out once more: values, factors on the arrows, derivatives."""
    z1 = w1 * a0 + b1
    a1 = sigma(z1)
    z2 = w2 * a1 + b2
    a2 = sigma(z2)
    value = {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "C": 0.5 * (a2 - y) ** 2}
    slope = a2 - y
    delta2 = slope * a2 * (1 - a2)
    delta1 = delta2 * w2 * a1 * (1 - a1)
    factor = {"a2": slope, "z2": a2 * (1 - a2), "w2": a1, "b2": 1, "a1": w2, "z1": a1 * (1 - a1)}
    factor |= {"w1": a0, "b1": 1, "a0": w1}
    derivative = {"a2": slope, "z2": delta2, "w2": delta2 * a1, "b2": delta2, "a1": delta2 * w2}
    derivative |= {"z1": delta1, "w1": delta1 * a0, "b1": delta1, "a0": delta1 * w1}
    return value, factor, derivative


def descend(eta, start, y, updates):
    """Each row: the parameters, and there and back with them."""
    now, rows = start, []
    for _ in range(updates + 1):
        rows.append((now, *there_and_back(**now, y=y)))
        now = {name: now[name] - eta * rows[-1][3][name] for name in now}
    return rows


def read(text):
    """The number at the end of a text, and the unit of its last digit."""
    digits, power = re.search(r"([+−]?[0-9]+(?:\.[0-9]+)?)(?:·10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?\.?$", text).groups()
    power = int((power or "0").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    decimals = len(digits.partition(".")[2])
    return float(digits.replace("−", "-")) * 10.0**power, 10.0 ** (power - decimals)


def printed_is(text, expected):
    """Whether the number at the end of a text is the expected one, rounded, with enough digits."""
    number, unit = read(text)
    enough = number == expected or unit <= max(1e-4, abs(expected) * 0.01)
    rough = 1e-12 if abs(expected) > 1e-12 else 5e-3  # so far out, σ by tanh has three right digits
    return abs(number - expected) <= 0.5001 * unit + rough * abs(expected) and enough


@pytest.fixture(scope="module")
def scene():
    return chain.explorer().scene()


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda s: f"{s[1]}, eta {s[0]:g}, y {s[2]:g}")
def run(request):
    eta, start, y = request.param
    params = {name: getattr(chain.STARTS[start], name) for name in START}
    return chain.explorer(eta, start, y, updates=8).scene(), descend(eta, params, y, 8)


def pages(run, kind):
    """Every page of one kind: row of the run, phase, caption, lines of its numbers."""
    scene, rows = run
    for page, caption in enumerate(scene.captions):
        t, phase = divmod(page, CYCLE)
        which = "forwards" if phase < 5 else "backwards" if phase < 14 else "update"
        if which == kind:
            yield rows, t, phase, caption, caption.numbers.split("\n")


def test_forwards_every_value_is_printed_and_right(run):
    found = list(pages(run, "forwards"))
    assert len(found) == 9 * 5
    for rows, t, phase, _, (line,) in found:
        name = NAMES[phase]
        assert line.startswith(f"{name} = ".translate(UP))
        assert printed_is(line, rows[t][1][name]), line
        if name[0] == "a":
            shown, unit = read(re.search(r"σ\((.*)\)", line)[1])
            assert abs(shown - rows[t][1][f"z{name[1]}"]) <= unit


def test_backwards_every_factor_and_derivative_is_printed_and_right(run):
    found = list(pages(run, "backwards"))
    assert len(found) == 8 * 9
    for rows, t, phase, caption, lines in found:
        name = NAMES[phase]
        _, factor, derivative = rows[t][1:]
        label = {"z1": "δ1", "z2": "δ2"}.get(name, f"∂C/∂{name}").translate(UP)
        assert label in caption.formula
        assert printed_is(lines[0], factor[name]), lines[0]
        assert len(lines) == {"a2": 1, "z2": 2}.get(name, 3)
        for line in lines[1:]:
            assert line.startswith(f"{label} = ")
            assert printed_is(line, derivative[name]), line


def test_a_product_has_one_factor_for_each_arrow_of_the_path(run):
    paths = {"z2": ["a2", "z2"], "w2": ["a2", "z2", "w2"], "b2": ["a2", "z2", "b2"], "a1": ["a2", "z2", "a1"]}
    paths["z1"] = [*paths["a1"], "z1"]
    paths |= {name: [*paths["z1"], name] for name in ("w1", "b1", "a0")}
    for rows, t, phase, _, lines in pages(run, "backwards"):
        if NAMES[phase] == "a2":
            continue
        path = paths[NAMES[phase]]
        product = re.sub(r"·10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])", "e", lines[1].split(" = ")[1])
        parts = [part.strip("()").replace("e", "·10") for part in product.split("·")]
        assert len(parts) == len(path)
        for part, name in zip(parts, path, strict=True):
            shown, unit = read(part)
            assert abs(shown - rows[t][2][name]) <= unit


def test_an_update_moves_every_parameter_by_minus_eta_times_its_slope(run):
    found = list(pages(run, "update"))
    assert len(found) == 8
    for rows, t, _, caption, lines in found:
        assert [line[:2] for line in lines] == ["w¹", "b¹", "w²", "b²"]
        for line, name in zip(lines, START, strict=True):
            assert printed_is(line, rows[t + 1][0][name]), line
        old, new = re.search(r"Output (\S+) → ([^ ,]+),", caption.words).groups()
        assert printed_is(old, rows[t][1]["a2"])
        assert printed_is(new, rows[t + 1][1]["a2"])


def test_every_line_can_be_redone_by_hand(run):
    for _, _, phase, caption, _ in pages(run, "backwards"):
        assert check(caption.numbers) == {"a2": 1, "z1": 3}.get(NAMES[phase], 2), caption.numbers
    for _, _, phase, caption, _ in pages(run, "forwards"):
        assert check(caption.numbers) == (NAMES[phase][0] != "a")
    for _, _, _, caption, _ in pages(run, "update"):
        assert check(caption.numbers) == 4


def test_the_default_run_goes_from_066_to_09(scene):
    outputs = [read(scene.captions[page].numbers)[0] for page in range(3, scene.n_steps, CYCLE)]
    assert outputs[0] == pytest.approx(0.66, abs=0.005)
    assert outputs[-1] >= 0.9
    reached = [page for page, caption in enumerate(scene.captions) if "reached 0.9" in caption.words]
    first = next(t for t, row in enumerate(descend(2.0, START, 1.0, 30)) if row[1]["a2"] >= 0.9)
    assert reached == [CYCLE * (first - 1) + 14]


def test_two_granularities(scene):
    assert scene.n_steps == 30 * CYCLE + 5
    assert scene.updates == [0, *(CYCLE * t + 14 for t in range(30)), scene.n_steps - 1]
    assert all("four parameters move" in scene.captions[page].words for page in scene.updates[1:-1])
    assert "w¹" in scene.captions[scene.telling].numbers


def texts(page):
    return ["".join(part.itertext()) for part in page.iter(f"{SVG}text")]


def test_every_page_is_well_formed_svg_and_shows_what_is_known_so_far(scene):
    rows = descend(2.0, START, 1.0, 30)
    for page in range(scene.n_steps):
        root = ElementTree.fromstring(scene.svg(page))
        assert root.find(f"{SVG}title").text == scene.title
        assert root.find(f"{SVG}desc").text == str(scene.captions[page])
        t, phase = divmod(page, CYCLE)
        shown = texts(root)
        labels = [(f"∂C/∂{n}" if n[0] != "z" else f"δ{n[1]}").translate(UP) for n in NAMES[5:]]
        for k, (name, label) in enumerate(zip(NAMES[5:], labels, strict=True)):
            known = phase >= 5 + k
            assert (label in shown) == known
            if known and name != "a2":  # its label is also that of the factor
                assert printed_is(shown[shown.index(label) + 1], rows[t][3][name])
        for k, name in enumerate(NAMES[:5]):
            value = shown[shown.index(name.translate(UP)) + 1]
            assert printed_is(value, rows[t][1][name]) if phase >= k else value == ""
        for name in START:
            assert printed_is(shown[shown.index(name.translate(UP)) + 1], rows[t + (phase == 14)][0][name])


def lit(scene, page):
    """The arrows that are lit, by their place: (x, y) of the shaft's beginning, width, colour, dash."""
    found = {}
    for arrow in ElementTree.fromstring(scene.svg(page)).iter(f"{SVG}g"):
        shaft = arrow.find(f"{SVG}line")
        if "color" in arrow.attrib and float(shaft.get("stroke-width")) > 1:
            place = float(shaft.get("x1")), float(shaft.get("y1"))
            found[place] = float(shaft.get("stroke-width")), arrow.get("color"), shaft.get("stroke-dasharray")
    return found


def nearest(scene, place):
    """The name of the number of the tree that stands nearest to a place."""
    drawn = ElementTree.fromstring(scene.svg(0)).iter(f"{SVG}text")
    names = {t.text: (float(t.get("x")), float(t.get("y"))) for t in drawn if t.get("font-weight") == "bold"}
    there = {name: names[name.translate(UP)] for name in {*NAMES, *START} if name.translate(UP) in names}
    return min(there, key=lambda name: np.hypot(*np.subtract(there[name], place)))


@pytest.mark.parametrize(
    ("name", "n_arrows"),
    [("a2", 1), ("z2", 2), ("w2", 3), ("b2", 3), ("a1", 3), ("z1", 4), ("w1", 5), ("b1", 5), ("a0", 5)],
)
def test_the_path_back_from_the_cost_is_lit_and_its_newest_arrow_thickest(scene, name, n_arrows):
    arrows = lit(scene, 5 + NAMES[5:].index(name))
    widths = sorted(width for width, _, _ in arrows.values())
    assert widths == [3] * (n_arrows - 1) + [6]
    (start,) = (place for place, (width, _, _) in arrows.items() if width == 6)
    assert nearest(scene, start) == name
    signs = sorted((colour, dash) for _, colour, dash in arrows.values())
    assert signs == [("#0072B2", "none")] * (n_arrows - 1) + [("#D55E00", "7 4")]


def test_forwards_the_arrows_into_the_number_are_lit(scene):
    assert [len(lit(scene, phase)) for phase in range(5)] == [3, 1, 3, 1, 2]
    assert lit(scene, 14) == {}


def test_the_present_point_walks_along_the_curve_of_the_output(scene):
    rows = descend(2.0, START, 1.0, 30)
    a2 = np.array([value["a2"] for _, value, _, _ in rows])
    for page in (0, 13, 14, 15, 200, scene.n_steps - 1):
        t = page // CYCLE + (page % CYCLE == 14)
        root = ElementTree.fromstring(scene.svg(page))
        curve = next(path.get("d") for path in root.iter(f"{SVG}path"))
        x, y = np.array(re.findall(r"[ML](\S+) (\S+)", curve), float).T
        np.testing.assert_allclose(np.diff(x), (x[-1] - x[0]) / 30, atol=0.11)
        np.testing.assert_allclose((y - y[0]) / (y[-1] - y[0]), (a2 - a2[0]) / (a2[-1] - a2[0]), atol=0.01)
        point = next(c for c in root.iter(f"{SVG}circle") if c.get("fill") == COLOURS["mark"])
        assert float(point.get("cx")) == pytest.approx(x[t], abs=0.06)
        assert float(point.get("cy")) == pytest.approx(y[t], abs=0.06)
        assert any(text.startswith("a² = ") and printed_is(text, a2[t]) for text in texts(root))


@pytest.mark.parametrize("start", chain.STARTS)
@pytest.mark.parametrize("eta", [0.02, 2.0, 200.0])
@pytest.mark.parametrize("y", [0.0, 0.35, 1.0])
def test_the_payload_is_json_and_small(start, eta, y):
    assert len(json.dumps(chain.explorer(eta, start, y).stepper.scene, allow_nan=False)) < 300_000


def test_a_setting_makes_the_run_anew():
    explorer = chain.explorer()
    explorer.stepper.step = 100
    explorer.settings["y"].value = 0.35
    assert explorer.stepper.step == 0
    explorer.stepper.step = 4
    assert explorer.stepper.caption.endswith("C = ½·(0.6604 − 0.35)² = 0.0482")
    explorer.settings["start"].value = "w² = 0"
    explorer.stepper.step = 9
    assert "no blame gets through" in explorer.stepper.caption
    explorer.settings["eta"].value = 20.0
    explorer.stepper.step = 14
    w2 = descend(20.0, START | {"w2": 0.0}, 0.35, 1)[1][0]["w2"]
    assert printed_is(explorer.stepper.caption.split("\n")[-2], w2)
    assert " − 20·" in explorer.stepper.caption


def test_what_is_saturated_is_called_so():
    scene = chain.explorer(start="saturated: w¹ = w² = 20", y=0.0).scene()
    assert "saturated" in scene.captions[6].words
    assert "saturated" in scene.captions[10].words
    assert not any("saturated" in caption.words for caption in chain.explorer().scene().captions)


def blown_up(row, value):
    record = Chain(**START).descend(0.8, 1.0, eta=1.0, steps=4)

    def broken(column):
        column = np.array(column, float)
        column[row:] = value
        return column

    passes = replace(
        record.passes, **{f.name: broken(getattr(record.passes, f.name)) for f in fields(record.passes)}
    )
    return replace(record, passes=passes, **{name: broken(getattr(record, name)) for name in START})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 2, 4])
def test_a_run_that_left_the_scale_says_so_and_goes_on(row, value):
    scene = chain.scene(blown_up(row, value))
    assert scene.n_steps == 4 * CYCLE + 5
    json.dumps(scene.payload(), allow_nan=False)
    for page, caption in enumerate(scene.captions):
        off = page // CYCLE >= row or page == CYCLE * (row - 1) + 14
        said = f"The numbers left the scale at update {max(row, 1)}: η is too large."
        assert (caption.words == said) == off
        assert caption.formula
        assert bool(caption.numbers) != off
        assert len(texts(ElementTree.fromstring(scene.svg(page)))) > 20


def test_a_single_number_that_is_missing_is_told():
    record = Chain(**START).descend(0.8, 1.0, eta=1.0, steps=4)
    for name in ("da1_dz1", "delta2", "cost", "z1"):
        column = getattr(record.passes, name).copy()
        column[2] = np.nan
        scene = chain.scene(replace(record, passes=replace(record.passes, **{name: column})))
        json.dumps(scene.payload(), allow_nan=False)
        said = "The numbers left the scale at update 2: η is too large."
        off = [page for page, caption in enumerate(scene.captions) if caption.words == said]
        assert off == list(range(2 * CYCLE - 1, 3 * CYCLE)), name


def test_bad_records():
    record = Chain(**START).descend(0.8, 1.0, eta=1.0, steps=2)
    several = Chain(**START).descend([0.8, 0.3], [1.0, 0.0], eta=1.0, steps=2)
    with pytest.raises(ValueError) as caught:
        chain.scene(several)
    assert str(caught.value) == (
        "record must be of one example, got activations of shape (3, 2): descend with one number a0 and one y"
    )
    with pytest.raises(ValueError) as caught:
        chain.scene(replace(record, b2=record.b2[:-1]))
    assert str(caught.value) == "record must have 3 rows of b2 as of w1, got 2"
    cut = {f.name: getattr(record.passes, f.name)[:1] for f in fields(record.passes)}
    short = ChainRecord(1.0, 1.0, *(np.zeros(1) for _ in START), replace(record.passes, **cut))
    with pytest.raises(ValueError) as caught:
        chain.scene(short)
    assert str(caught.value) == "record must hold at least one step, got 1 rows"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"eta": 0}, ValueError, "eta must be from 0.01 to 200, got 0"),
        ({"eta": "fast"}, TypeError, "eta must"),
        ({"y": 1.5}, ValueError, "y must be from 0 to 1, got 1.5"),
        ({"y": np.nan}, ValueError, "y must hold finite numbers, got nan"),
        ({"start": "zero"}, ValueError, "start must be one of 'output 0.66', "),
        ({"updates": 0}, ValueError, "updates must be at least 1, got 0"),
        ({"updates": 2.5}, TypeError, "updates must be a whole number, got 2.5"),
    ],
)
def test_bad_settings(settings, error, message):
    with pytest.raises(error) as caught:
        chain.explorer(**settings)
    assert str(caught.value).startswith(message)


def test_show_keeps_at_least_two_digits_of_what_is_small():
    for value in (0.5, 12.3456, 0.034812, 0.00512345, 0.000512345, 5.12345e-5, -3.7e-9, 1.234e7, -123456.0):
        text = numbers.show(value)
        assert printed_is(text, value), text
        number, unit = read(text)
        assert floor(log10(abs(number))) - floor(log10(unit)) >= 2
    assert numbers.show(0.0) == "0"
    assert numbers.show(np.nan) == "–"


def test_what_the_notebook_says_of_other_settings():
    """Target 0.5: the first four pages stay, one factor and all derivatives change their sign."""
    usual, lower = chain.explorer().scene(), chain.explorer(y=0.5).scene()
    same = [page for page in range(CYCLE) if usual.captions[page] == lower.captions[page]]
    assert same == [0, 1, 2, 3]
    (_, _, factor, derivative), (after, *_) = descend(2.0, START, 0.5, 1)
    assert [name for name in factor if factor[name] < 0] == []
    assert all(value > 0 for value in derivative.values())
    assert all(after[name] < START[name] for name in START)
    (_, _, _, first), (_, _, _, second) = descend(2.0, START | {"w2": 0.0}, 1.0, 1)
    assert [name for name in first if first[name] == 0] == ["a1", "z1", "w1", "b1", "a0"]
    assert all(value != 0 for value in second.values())


def test_every_number_fits_into_its_circle():
    sizes = set()
    learns, overshoots = (
        chain.explorer(eta=eta, y=y, updates=120).scene() for eta, y in ((4.0, 0.35), (200.0, 1.0))
    )
    for drawn, page in [(learns, page) for page in range(4, learns.n_steps, 2 * CYCLE)] + [(overshoots, -1)]:
        said = texts(ElementTree.fromstring(drawn.svg(page % drawn.n_steps)))
        in_circle = said[said.index("C") + 1]
        assert len(in_circle) <= 8  # 2·10⁻²³; raised digits are narrow
        number, unit = read(in_circle)
        full = read(next(text for text in said if text.startswith("C = ")))[0]
        assert number == pytest.approx(full, abs=0.51 * unit)
        sizes |= {floor(log10(number))} if number else set()
    assert {-2, -3, -4, -5} <= sizes
    assert min(sizes) < -20
