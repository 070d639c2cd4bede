"""The perceptron's stepper: every number of every caption is that of the run."""

import dataclasses
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path

import ipywidgets
import nbformat
import numpy as np
import pytest

from messages import click, press
from nblib.drawing.scene import Scene
from nblib.perceptron import Perceptron, PerceptronRecord
from nblib.steppers import perceptron_stepper as view
from nblib.widgets.explorer import NEW_SEED
from steppers.arithmetic import check, values
from steppers.drawn import page, pages, parts, place, ruler, texts

ETAS = (0.01, 0.5, 1.5848931924611136, 10.0)
SAYS = re.compile(
    r"Epoch (\d+), example (\d+), target y = ([01])\. The unit says ŷ = ([01]): "
    r"(right\. Nothing changes\.|wrong, y − ŷ = (\+1|−1)\. It should have (fired: w moves towards x"
    r"|been silent: w moves away from x)\.)"
    r"(?: Here the unit fires (?:every|no)where: "
    r"(?:where w is zero there is no line|the line lies outside the picture)\.)?"
    r"(?: A whole epoch without a mistake: it is done\.| Stopped after .*)?"
)
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_perceptron.ipynb"


@cache
def run(data: str, eta: float = 0.5, order: str = "given", seed: int = 4) -> tuple[PerceptronRecord, Scene]:
    """Return the scene of a run, and the run itself, made by the test."""
    x, y = view.DATA[data](seed) if data in view.DATA else ([(-0.5, -0.5), (0.5, 0.5)], [0, 1])
    fit = Perceptron(2).fit(np.round(x, 2), y, eta=round(eta, 2), max_epochs=10, order=order, seed=seed)
    return fit, explorer().run(data, eta, order, seed)


explorer = cache(view.explorer)


def perceptron_rule(record: PerceptronRecord) -> list[tuple]:
    """Walk through the run in the test's own words: z, ŷ, w and b before and after, at every step."""
    w1 = w2 = b = 0.0
    rows = []
    for i in record.example:
        (x1, x2), y = record.x[i], record.y[i]
        z = x1 * w1 + x2 * w2 + b
        says = 1 if z > 0 else 0
        after = (
            w1 + record.eta * (y - says) * x1,
            w2 + record.eta * (y - says) * x2,
            b + record.eta * (y - says),
        )
        rows.append((i, x1, x2, y, z, says, (w1, w2, b), after))
        w1, w2, b = after
    return rows


@pytest.mark.parametrize("order", ["given", "shuffled"])
@pytest.mark.parametrize("eta", ETAS)
@pytest.mark.parametrize("data", [*view.DATA, view.OWN])
def test_every_caption_is_right(data: str, eta: float, order: str):
    record, scene = run(data, eta, order)
    rows = perceptron_rule(record)
    assert scene.n_steps == len(rows) + 1
    assert "All weights are zero" in scene.captions[0].words
    for caption, epoch, row in zip(scene.captions[1:], record.epoch, rows, strict=True):
        i, x1, x2, y, z, says, before, after = row
        told = SAYS.fullmatch(caption.words)
        assert told, caption.words
        assert tuple(map(int, told.groups()[:4])) == (epoch, i + 1, y, says)
        assert caption.formula == view.FORMULA
        first, *updates = caption.numbers.split("\n")
        expected = [before[0], x1, before[1], x2, before[2], z]
        np.testing.assert_allclose(values(first.split("(rounding")[0]), expected, atol=0.6e-4)
        if says == y:
            assert told[5] == "right. Nothing changes."
            assert updates == []
            assert check(caption.numbers) == 1
        else:
            assert values(told[6]) == [y - says]
            assert ("towards" in told[7]) == (y > says)
            eta_printed = round(eta, 2)
            for line, old, x, new in zip(updates, before, (x1, x2, None), after, strict=True):
                _, numbers = line.split(" ← ")
                terms = [old, eta_printed, y, says, *([] if x is None else [x]), new]
                np.testing.assert_allclose(values(numbers), terms, atol=0.6e-4)
            assert [line.split(" ← ")[0] for line in updates] == ["w₁", "w₂", "b"]
            assert check(caption.numbers) == 4


@pytest.mark.parametrize("eta", ETAS)
@pytest.mark.parametrize("data", view.DATA)
def test_the_sign_of_z_can_be_seen(data: str, eta: float):
    for seed in range(6):
        record, scene = run(data, eta, seed=seed)
        for caption, z, says in zip(scene.captions[1:], record.z, record.prediction, strict=True):
            total = caption.numbers.split("\n")[0]
            (printed,) = values(re.search(r" = (−?[\d.]+)(?: \(|$)", total)[1])
            if printed == 0 and z != 0:
                assert f"rounding in the computer left {'+' if z > 0 else '−'}" in total
            else:
                assert (printed > 0) == says


def test_numbers_that_are_not_round_are_rounded():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(12, 2)), np.arange(12) % 2
    record = Perceptron(2).fit(x, y, eta=0.5, max_epochs=3)
    for caption, t in zip(view.scene(record).captions[1:], range(len(record)), strict=True):
        first = values(caption.numbers.split("\n")[0])
        assert first[-1] == pytest.approx(record.z[t], abs=0.6e-4)
        assert first[1] == pytest.approx(x[record.example[t], 0], abs=0.6e-4)


def test_the_notebook_and_its_stepper_show_the_same_run():
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    names: dict = {}
    for cell in ("imports", "learn-by-hand", "learn-with-nblib", "perceptron-stepper"):
        exec(cells[cell], names)
    assert names["stepper"].stepper.scene == view.scene(names["record"]).payload()


# -- how a run ends, and where no line is seen --------------------------------------------------------


def turn(a: tuple, b: tuple, c: tuple) -> int:
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def cross_each_other(p: tuple, q: tuple, r: tuple, s: tuple) -> bool:
    return turn(p, q, r) * turn(p, q, s) < 0 and turn(r, s, p) * turn(r, s, q) < 0


def inside(p: tuple, corners: tuple) -> bool:
    a, b, c = corners
    return {turn(a, b, p), turn(b, c, p), turn(c, a, p)} in ({1}, {-1})


def no_line_separates(record: PerceptronRecord) -> bool:
    """Kirchberger's theorem, in whole hundredths: four points say so, two against two or one in three.

    (Points that touch without crossing do not count here, so True is always true.)
    """
    rows = np.round(100 * record.x).astype(int).tolist()
    ones = [tuple(row) for row, y in zip(rows, record.y, strict=True) if y]
    zeros = [tuple(row) for row, y in zip(rows, record.y, strict=True) if not y]
    pairs = ((*p, *q) for p in combinations(ones, 2) for q in combinations(zeros, 2))
    return any(cross_each_other(*four) for four in pairs) or any(
        inside(p, corners)
        for some, others in ((ones, zeros), (zeros, ones))
        for corners in combinations(some, 3)
        for p in others
    )


@pytest.mark.parametrize(("data", "seed"), [*(("inseparable", seed) for seed in range(31)), ("XOR", 0)])
def test_inseparable_data_are_inseparable(data: str, seed: int):
    record, scene = run(data, seed=seed)
    assert no_line_separates(record)
    assert "Stopped after 10 epochs, and mistakes go on" in scene.captions[-1].words


@pytest.mark.parametrize("data", ["separable", "tight margin"])
def test_separable_data_are_separable(data: str):
    for seed in range(8):
        record, _ = run(data, seed=seed)
        assert not no_line_separates(record)


DONE = "A whole epoch without a mistake: it is done."
MISTAKES = "Stopped after 10 epochs, and mistakes go on: the unit is still wrong about {} of {} examples."
LUCK = "Stopped after 10 epochs: now every example is right, but no whole epoch was without a mistake."


@pytest.mark.parametrize(
    ("data", "seed", "ending"),
    [
        ("separable", 4, DONE),
        ("tight margin", 2, MISTAKES),
        ("tight margin", 11, LUCK),
        ("XOR", 0, MISTAKES),
    ],
)
def test_the_last_page_and_no_other_says_how_the_run_ended(data: str, seed: int, ending: str):
    record, scene = run(data, seed=seed)
    *before, last = (caption.words for caption in scene.captions)
    assert not [words for words in before if "Stopped" in words or "it is done" in words]
    (w1, w2), b = record.weights[-1], record.biases[-1]
    examples = zip(record.x, record.y, strict=True)
    wrong = sum(int(w1 * x1 + w2 * x2 + b > 0) != y for (x1, x2), y in examples)
    assert last.endswith(f". {ending.format(wrong, len(record.x))}")
    assert (bool(wrong), record.converged) == (ending == MISTAKES, ending == DONE)


def test_the_end_after_one_epoch():
    record = Perceptron(2).fit([[1, 1], [-1, -1]], [1, 0], max_epochs=1)
    assert "Stopped after 1 epoch: now every example is right" in view.scene(record).captions[-1].words


def edges(drawn: ET.Element) -> tuple[float, ...]:
    """Return where the plane is cut off."""
    (window,) = (rect for clip in parts(drawn, "clipPath") for rect in clip)
    return place(window, "x", "y", "width", "height")


def corners(drawn: ET.Element) -> np.ndarray:
    """Return the lower left and the upper right corner of the plane, in its own numbers."""
    x, y, width, height = edges(drawn)
    return axes(drawn)([x, x + width], [y + height, y])


@pytest.mark.parametrize("data", view.DATA)
def test_a_line_that_is_not_seen_is_told(data: str):
    hidden = 0
    for seed in range(4):
        record, scene = run(data, seed=seed)
        (x1, y1), (x2, y2) = corners(page(scene, 0))
        edge, ones = np.linspace(0, 1, 2001), np.ones(2001)
        across, up = x1 + (x2 - x1) * edge, y1 + (y2 - y1) * edge
        x, y = np.r_[across, across, x1 * ones, x2 * ones], np.r_[y1 * ones, y2 * ones, up, up]
        for caption, w, b in zip(scene.captions[1:], record.weights[1:], record.biases[1:], strict=True):
            z = w[0] * x + w[1] * y + b
            seen = w.any() and z.min() <= 0 <= z.max()
            assert ("outside the picture" in caption.words) == bool(w.any() and not seen)
            assert ("there is no line" in caption.words) == (not w.any())
            if "fires everywhere" in caption.words or "fires nowhere" in caption.words:
                assert ("everywhere" in caption.words) == bool((z > 0).all())
            hidden += not seen
    assert hidden


# -- the picture ------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [*view.DATA, view.OWN])
def test_every_page_is_well_formed_and_the_payload_is_small(data: str):
    _, scene = run(data)
    for step, _ in enumerate(pages(scene)):
        assert not re.search(r"\b(nan|inf)\b", scene.svg(step), re.IGNORECASE)
    assert len(json.dumps(scene.payload(), allow_nan=False)) < 300_000


def test_the_counters_count():
    record, scene = run("separable")
    mistakes = 0
    for t in range(len(record)):
        mistakes += int(record.error[t] != 0)
        said = texts(scene, t + 1)
        assert said[said.index("epoch") + 1] == str(record.epoch[t])
        assert said[said.index("mistakes so far") + 1] == str(mistakes)
        assert not any("γ" in word for word in said), "the bound has no name yet where the stepper stands"
        for name, value in zip(
            ("w₁", "w₂", "b"), (*record.weights[t + 1], record.biases[t + 1]), strict=True
        ):
            assert values(said[said.index(name) + 1]) == pytest.approx([value], abs=1e-9)
    assert record.converged


def axes(drawn: ET.Element) -> Callable[..., np.ndarray]:
    """Return a function that reads places of the plane off."""
    return ruler(drawn, "x₁", "x₂")


def lines(drawn: ET.Element) -> list[ET.Element]:
    """Return the lines that are cut off at the edges of the plane: the present one, and dashed the last."""
    return [part for group in parts(drawn, "g") if group.get("clip-path") for part in parts(group, "line")]


def test_the_solid_line_goes_where_z_is_zero():
    record, scene = run("separable")
    for step in (5, 20, scene.n_steps - 1):
        drawn = page(scene, step)
        (solid,) = (line for line in lines(drawn) if not line.get("stroke-dasharray"))
        for end in (("x1", "y1"), ("x2", "y2")):
            z = axes(drawn)(*place(solid, *end)) @ record.weights[step] + record.biases[step]
            assert abs(z) < 0.001 * np.linalg.norm(record.weights[step]) + 1e-6


@pytest.mark.parametrize("data", [*view.DATA, view.OWN])
def test_the_side_that_fires_is_shaded(data: str):
    record, scene = run(data)
    across, up = np.linspace(*(corners(page(scene, 0)) * 0.98), 7).T
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    for step in range(0, scene.n_steps, 3):
        drawn = page(scene, step)
        ((shade,),) = [parts(group, "polygon") for group in parts(drawn, "g") if group.get("clip-path")]
        shape = [tuple(map(float, pair.split(","))) for pair in shade.get("points").split()]
        z = grid @ record.weights[step] + record.biases[step]
        for here, total in zip(grid, z, strict=True):
            if abs(total) > 0.02 * max(1, np.linalg.norm(record.weights[step])):
                assert within(axes(drawn), shape, here) == (total > 0)


def within(read, corners: list[tuple[float, float]], here: np.ndarray) -> bool:
    """Tell whether a place lies in a convex polygon: on the same side of all its edges."""
    if not corners:
        return False
    ends = read(*np.array(corners).T)
    along, off = np.roll(ends, -1, axis=0) - ends, here - ends
    turns = along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0]
    return bool((turns >= 0).all() or (turns <= 0).all())


def test_the_line_before_is_dashed_where_it_has_moved():
    record, scene = run("separable")
    for step in range(2, scene.n_steps):
        dashed = [line for line in lines(page(scene, step)) if line.get("stroke-dasharray")]
        before = [line for line in lines(page(scene, step - 1)) if not line.get("stroke-dasharray")]
        there = [place(line, "x1", "y1", "x2", "y2") for line in before] * bool(record.error[step - 1])
        assert [place(line, "x1", "y1", "x2", "y2") for line in dashed] == there


def test_the_first_page_has_no_line_and_no_ring():
    _, scene = run("separable")
    assert not lines(page(scene, 0))
    assert not parts(page(scene, 0), "circle", fill="none")


def test_points_differ_in_shape_and_the_ring_is_around_the_example():
    record, scene = run("separable")
    drawn = page(scene, 7)
    discs, squares = parts(drawn, "circle", fill="#0072B2"), parts(drawn, "rect", fill="#D55E00")
    assert (len(discs), len(squares)) == (record.y.sum(), (1 - record.y).sum())
    (ring,) = parts(drawn, "circle", fill="none")
    np.testing.assert_allclose(axes(drawn)(*place(ring, "cx", "cy")), record.x[record.example[6]], atol=0.01)


def test_updates_are_the_mistakes():
    record, scene = run("separable")
    stops = {0, *(t + 1 for t in range(len(record)) if record.error[t]), len(record)}
    assert scene.updates == sorted(stops)
    assert record.error[-1] == 0  # the run ends with pages without a mistake, and they can be reached
    assert record.error[scene.telling - 1] != 0


def test_a_run_without_a_mistake():
    record = Perceptron(2).fit([[0.1, 0.2], [0.3, 0.1]], [0, 0])
    scene = view.scene(record)
    assert scene.n_steps == 3
    assert (scene.telling, scene.updates) == (0, [0, 2])
    assert not lines(page(scene, 2))
    assert not pins(page(scene, 2))


def test_weights_to_begin_with_are_told():
    unit = Perceptron(2)
    unit.weights, unit.bias = np.array([1.0, -1.0]), 0.5
    assert view.scene(unit.fit([[0, 0], [1, 1]], [0, 1])).captions[0].words == "The line to begin with."


def pins(drawn: ET.Element) -> list[tuple[float, ...]]:
    """Return the lines that end in a black tip."""
    tips = [place(tip, "cx", "cy") for tip in parts(drawn, "circle", fill="#222222")]
    ends = [place(line, "x1", "y1", "x2", "y2") for line in parts(drawn, "line")]
    return [end for end in ends if end[2:] in tips]


def test_the_pin_stands_on_the_line_and_points_where_the_unit_fires():
    record, scene = run("separable")
    lengths = []
    for (drawn, _), w, b in zip(pages(scene), record.weights, record.biases, strict=True):
        low, high = corners(drawn)
        for x1, y1, x2, y2 in pins(drawn):
            foot, tip = axes(drawn)([x1, x2], [y1, y2])
            assert ((low <= foot) & (foot <= high)).all()
            assert w @ foot + b == pytest.approx(0, abs=0.002 * np.linalg.norm(w))
            assert w @ tip + b > 0
            lengths.append(np.hypot(x2 - x1, y2 - y1))
    assert len(lengths) > 20
    np.testing.assert_allclose(lengths, lengths[0], atol=0.05)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 3, 8])
def test_a_run_that_left_the_scale_says_so_and_goes_on(row: int, value: float):
    record = Perceptron(2).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], eta=0.5, max_epochs=2)
    weights, biases = record.weights.copy(), record.biases.copy()
    weights[row:], biases[row:] = value, value
    scene = view.scene(dataclasses.replace(record, weights=weights, biases=biases))
    json.dumps(scene.payload(), allow_nan=False)
    first = max(row, 1)
    for step in range(1, scene.n_steps):
        off = scene.captions[step].words == f"The numbers left the scale at step {first}."
        assert off == (step >= first)
        assert bool(scene.captions[step].numbers) != off
    for step in range(scene.n_steps):
        assert not re.search(r"\b(nan|inf)\b", scene.svg(step), re.IGNORECASE)
        said = texts(scene, step)
        assert (said[said.index("w₁") + 1] == "–") == (step >= row)
        assert len(said) > 15


def test_z_alone_off_the_scale():
    record = Perceptron(2).fit([[0, 0], [1, 1]], [0, 1], max_epochs=2)
    z = record.z.copy()
    z[1] = np.nan
    scene = view.scene(dataclasses.replace(record, z=z))
    assert scene.captions[2].words == "The numbers left the scale at step 2."
    assert "left the scale" not in scene.captions[1].words


def test_eta_with_more_decimals_is_printed_with_them():
    record = Perceptron(2).fit([[0.5, 0.5], [1, 1]], [0, 1], eta=0.125, max_epochs=2)
    captions = view.scene(record).captions[1:]
    assert "+ 0.125·(1 − 0)·" in captions[1].numbers
    assert sum(check(caption.numbers) for caption in captions) > len(captions)


def test_records_that_cannot_be_drawn():
    with pytest.raises(ValueError, match="record must be of a perceptron with 2 inputs, got 3"):
        view.scene(Perceptron(3).fit([[0, 0, 1], [1, 1, 1]], [0, 1]))
    record = Perceptron(2).fit([[0, 0], [1, 1]], [0, 1])
    with pytest.raises(ValueError, match="x must hold finite numbers"):
        view.scene(dataclasses.replace(record, x=np.full((2, 2), np.nan)))


# -- settings ---------------------------------------------------------------------------------------


def places(shown: view.PerceptronExplorer) -> set[tuple[float, ...]]:
    """Return where the discs are."""
    return {place(disc, "cx", "cy") for disc in parts(page(shown.stepper, 0), "circle")}


def test_a_setting_keeps_the_seed():
    shown = view.explorer(seed=4)
    points = places(shown)
    shown.step = 3
    shown.settings["eta"].value = 2.0
    assert (shown.seed, shown.step, places(shown)) == (4, 0, points)
    assert "+ 2.00·(1 − 0)·" in str(shown.scene().captions[1])
    press(shown, NEW_SEED)
    assert shown.seed == 5
    assert places(shown) != points
    shown.settings["data"].value = "tight margin"
    assert shown.seed == 5
    assert shown.stepper.svg() == view.explorer("tight margin", 2.0, 5).stepper.svg()


def test_the_order_changes_the_run():
    shown = view.explorer()
    given = shown.stepper.scene
    shown.settings["order"].value = "shuffled"
    assert shown.stepper.scene["words"] != given["words"]


@pytest.mark.parametrize("chosen", [False, True])
def test_no_button_for_a_new_seed_where_nothing_is_random(chosen: bool):
    shown = view.explorer("separable" if chosen else "XOR")
    if chosen:
        shown.settings["data"].value = "XOR"
    assert shown.stepper.actions == []
    shown.settings["order"].value = "shuffled"
    assert shown.stepper.actions == [NEW_SEED]
    before = shown.stepper.scene
    press(shown, NEW_SEED)
    assert shown.stepper.scene != before


def own() -> view.PerceptronExplorer:
    return view.explorer(view.OWN)


def by_choice() -> view.PerceptronExplorer:
    shown = view.explorer()
    shown.settings["data"].value = view.OWN
    return shown


@pytest.mark.parametrize("make", [own, by_choice])
def test_own_points_by_button(make):
    shown = make()
    assert shown.stepper.actions == ["Add point", "Remove last point"]
    _, words, row, stepper = shown.children
    label, x1, x2 = row.children
    assert stepper is shown.stepper
    x1.value, x2.value, label.value = 0.25, -0.75, 0
    press(shown, "Add point")
    assert shown.own == [(-0.5, -0.5, 0), (0.5, 0.5, 1), (0.25, -0.75, 0)]
    shown.step = 3
    assert "−0.75" in shown.caption
    press(shown, "Remove last point")
    for _ in range(2):
        assert shown.own == [(-0.5, -0.5, 0), (0.5, 0.5, 1)]
        press(shown, "Remove last point")
        assert "The first two points stay" in words.value
    press(shown, "Add point")
    assert (
        words.value
        == "A click on the plane adds a point; so does the button, at the place that the sliders choose."
    )


@pytest.mark.parametrize("make", [own, by_choice])
def test_own_points_by_click(make):
    shown = make()
    shown.children[2].children[0].value = 0
    drawn = page(shown.stepper, 0)
    x, y, width, height = edges(drawn)
    click(shown, x + 0.8 * width, y + 0.3 * height)
    there = axes(drawn)(x + 0.8 * width, y + 0.3 * height)
    assert shown.own[2:] == [(*np.round(there, 2), 0)]
    click(shown, x - 5, y)
    click(shown, x + width + 1, y + 5)
    assert len(shown.own) == 3
    assert sum(check(caption.numbers) for caption in shown.scene().captions) >= shown.n_steps - 1


def test_clicks_count_only_with_own_points():
    shown = view.explorer()
    click(shown, 200, 200)
    assert len(shown.own) == 2
    assert shown.children == (shown.children[0], shown.stepper)


def test_leaving_own_points_brings_the_seed_back():
    shown = own()
    shown.settings["data"].value = "separable"
    assert shown.stepper.actions == [NEW_SEED]
    assert len(shown.children) == 2


def test_settings_have_names():
    shown = own()
    row, _, own_row, _ = shown.children
    for widget in (*row.children, *own_row.children):
        assert isinstance(widget, ipywidgets.DOMWidget)
        assert widget.description


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"data": "spiral"},
            "data must be one of 'separable', 'tight margin', 'inseparable', 'XOR', 'your own'",
        ),
        ({"eta": 0}, "eta must be greater than 0, got 0"),
        ({"eta": 50}, "eta must be from 0.01 to 10, got 50"),
        ({"eta": float("nan")}, "eta must hold finite numbers, got nan"),
        ({"max_epochs": 0}, "max_epochs must be at least 1, got 0"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
    ],
)
def test_bad_arguments_are_named(arguments: dict, message: str):
    with pytest.raises(ValueError) as caught:
        view.explorer(**arguments)
    assert str(caught.value).startswith(message)
