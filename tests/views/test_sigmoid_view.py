import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from nblib.views import sigmoid as view
from views import arithmetic

X = np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])
Y = np.array([0, 0, 0, 1, 0, 1, 1, 1])


def sigma(z):
    return 1 / (1 + np.exp(-np.asarray(z, float)))


def cost(w, b, x=X, y=Y):
    return np.mean(0.5 * (sigma(w * x + b) - y) ** 2)


def walk(eta, steps=60, w=-1.0, b=0.0, x=X, y=Y):
    """The descent of the course's text, written once more: rows of w, b, ∂C/∂w, ∂C/∂b."""
    rows = []
    for _ in range(steps + 1):
        a = sigma(w * x + b)
        common = (a - y) * a * (1 - a)
        rows.append((w, b, np.mean(common * x), np.mean(common)))
        w, b = w - eta * np.mean(common * x), b - eta * np.mean(common)
    return np.array(rows)


def numbers(text):
    return [float(n.replace("−", "-")) for n in re.findall(r"−?\d+(?:\.\d+)?", text)]


def pages(scene):
    """Every page as a parsed SVG document, with its caption."""
    for step, caption in enumerate(scene.captions):
        root = ET.fromstring(scene.svg(step))
        inside = {child.tag.rpartition("}")[2]: child for child in root}
        assert inside["title"].text == scene.title
        assert inside["desc"].text == str(caption)
        yield root, caption


# -- the record -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eta", "w", "b"), [(4, -1.0, 0.0), (16, -1.0, 0.0), (100, -1.0, 0.0), (4, 20.0, 0.0)]
)
def test_the_record_is_the_descent_of_the_text(eta, w, b):
    run = view.descend(eta, 60, w, b)
    expected = walk(eta, 60, w, b)
    np.testing.assert_allclose(np.column_stack([run.w, run.b]), expected[:, :2], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(np.column_stack([run.slope_w, run.slope_b]), expected[:, 2:], atol=1e-9)
    np.testing.assert_allclose(run.cost, [cost(w, b) for w, b in expected[:, :2]], atol=1e-12)
    np.testing.assert_allclose(run.a, sigma(np.outer(run.w, X) + run.b[:, None]), atol=1e-12)
    assert len(run) == 60
    assert not run.blown.any()


def test_the_slopes_are_those_that_a_nudge_measures():
    run, h = view.descend(4, 10, x=[-1.0, 0.5, 3.0], y=[1, 0, 0.5]), 1e-6
    for w, b, slope_w, slope_b in zip(run.w, run.b, run.slope_w, run.slope_b, strict=True):
        data = run.x, run.y
        assert slope_w == pytest.approx((cost(w + h, b, *data) - cost(w - h, b, *data)) / (2 * h), abs=1e-8)
        assert slope_b == pytest.approx((cost(w, b + h, *data) - cost(w, b - h, *data)) / (2 * h), abs=1e-8)


def test_the_record_says_what_it_is():
    assert repr(view.descend(4)) == "Descent(η = 4, 60 steps, C from 0.2402 to 0.0562)"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"eta": 0}, ValueError, "eta must be greater than 0, got 0"),
        ({"eta": "4"}, TypeError, "eta must hold real numbers, got '4'"),
        ({"eta": 4, "steps": 0}, ValueError, "steps must be at least 1, got 0"),
        ({"eta": 4, "w": np.nan}, ValueError, "w must hold finite numbers, got nan"),
        ({"eta": 4, "x": [1.0], "y": [0, 1]}, ValueError, "x and y must have the same length, got 1 and 2"),
        ({"eta": 4, "x": [1.0], "y": [2]}, ValueError, "y must hold targets from 0 to 1, got 2 to 2"),
    ],
)
def test_bad_arguments_of_the_record(arguments, error, message):
    with pytest.raises(error) as caught:
        view.descend(**arguments)
    assert str(caught.value) == message


# -- the captions of the descent --------------------------------------------------------------------

UPDATE = re.compile(
    r"(?P<run>[AB]): (?P<p>[wb]) ← (?P=p) − η ∂C/∂(?P=p) = (?P<old>−?[\d.]+) − (?P<eta>[\d.]+)·"
    r"\(?(?P<slope>−?[\d.]+)\)? = (?P<new>−?[\d.]+)"
)


@pytest.mark.parametrize(
    ("eta_a", "eta_b", "start"),
    [
        (4, 16, "normal"),
        (50, 100, "normal"),
        (0.2, 1000, "normal"),
        (0.015, 8, "normal"),
        (4, 100, "saturated"),
    ],
)
def test_the_numbers_of_every_update(eta_a, eta_b, start):
    scene = view.descent(eta_a, eta_b, start).scene()
    paths = {"A": walk(eta_a, 60, *view.STARTS[start]), "B": walk(eta_b, 60, *view.STARTS[start])}
    for t, caption in enumerate(scene.captions[1:], start=1):
        assert arithmetic.check(caption.numbers) == 4
        updates = [UPDATE.fullmatch(row) for row in caption.numbers.split("\n")]
        assert [(u["run"], u["p"]) for u in updates] == [("A", "w"), ("A", "b"), ("B", "w"), ("B", "b")]
        for u in updates:
            before, after = paths[u["run"]][t - 1], paths[u["run"]][t]
            column = "wb".index(u["p"])
            old, eta, slope, new = (numbers(u[name])[0] for name in ("old", "eta", "slope", "new"))
            assert eta == {"A": eta_a, "B": eta_b}[u["run"]]
            assert old == pytest.approx(before[column], abs=5.01e-4)
            assert new == pytest.approx(after[column], abs=5.01e-4)
            digits = len(u["slope"].partition(".")[2])
            assert slope == pytest.approx(before[2 + column], abs=0.501 * 10.0**-digits)
            assert eta * 0.5 * 10.0**-digits <= 5.01e-4  # the slope's last digit is too small to matter


@pytest.mark.parametrize("eta_b", [16, 100])
def test_the_words_tell_the_cost_of_both_runs(eta_b):
    scene = view.descent(4, eta_b).scene()
    rises = 0
    for t, caption in enumerate(scene.captions[1:], start=1):
        for name, eta in (("A", 4), ("B", eta_b)):
            path = walk(eta)
            before, after = (round(cost(*path[s, :2]), 4) for s in (t - 1, t))
            story = caption.words.partition(f"Run {name} ")[2].partition(" Run ")[0]
            if before == after:
                assert story.startswith(f"hardly changes its cost, C = {after:.4f}")
                continue
            verb = "down" if after < before else "up"
            assert story.startswith(f"goes {verb}, from C = {before:.4f} to {after:.4f}")
            assert ("the step was too long" in story) == (after > before)
            rises += after > before
    assert rises > 0


def test_the_first_page_works_out_both_slopes():
    first = view.descent().scene().captions[0]
    assert arithmetic.check(first.numbers) == 2
    a = sigma(-X)
    delta = (a - Y) * a * (1 - a)
    for row, terms in zip(first.numbers.split("\n"), (delta * X, delta), strict=True):
        *shown, n, slope = numbers(row)
        np.testing.assert_allclose(shown, terms, atol=5.01e-6)
        assert n == 8
        assert slope == pytest.approx(terms.mean(), abs=5.01e-5)
    assert "w = −1.000, b = 0.000, C = 0.2402" in first.words
    assert "η = 4, B with η = 16" in first.words


def test_with_many_examples_the_sum_is_not_spelled_out_to_the_end():
    x = np.linspace(0, 3, 12)
    runs = [view.descend(eta, 3, x=x, y=x > 1.5) for eta in (1, 2)]
    assert "+ …) / 12 =" in view.descent_scene(*runs).captions[0].numbers


def test_the_overshooting_run_of_the_text():
    words = [caption.words for caption in view.descent(4, 16).scene().captions]
    assert "Run B goes up, from C = 0.1760 to 0.2176: the step was too long" in words[2]
    assert not any("Run A goes up" in line for line in words)


def test_a_run_that_leaves_the_picture_is_shown_at_its_edge():
    scene = view.descent(4, 100).scene()
    assert "outside" not in scene.svg(2)
    assert "left the picture" not in scene.captions[2].words
    for step in (3, 4, 60):
        assert "it left the picture at step 3" in scene.captions[step].words.partition("Run B")[2]
        assert "left the picture" not in scene.captions[step].words.partition("Run B")[0]
        assert ">B outside<" in scene.svg(step)
        assert ">A<" in scene.svg(step)
    assert "it is saturated, σ′ is at most 0.0003 on every example" in scene.captions[3].words
    a = sigma(X * walk(100)[3, 0] + walk(100)[3, 1])
    assert 0.0002 < (a * (1 - a)).max() <= 0.0003


def test_a_run_that_comes_back_is_told():
    scene = view.descent(4, 32).scene()
    inside = [-3 <= w <= 6 and -6 <= b <= 2 for w, b, *_ in walk(32)]
    assert inside.count(False) > 0
    assert inside[-1]
    back = [t for t in range(1, 61) if inside[t] and not inside[t - 1]]
    assert [t for t, c in enumerate(scene.captions) if "it is back in the picture" in c.words] == back
    assert [">B outside<" in scene.svg(t) for t in range(61)] == [not here for here in inside]


@pytest.mark.parametrize("eta", view.ETAS)
def test_no_eta_in_the_list_gets_away_from_the_saturated_start(eta):
    run = view.descend(eta, 60, *view.STARTS["saturated"])
    assert run.w[-1] > 19.7
    assert 0.2499 < run.cost.min() <= run.cost.max() <= 0.25
    assert np.abs(run.delta * run.x).max() < 1e-4  # of a bar that can be 0.59 high


def test_saturated_runs_stand_still():
    scene = view.descent(4, 100, "saturated").scene()
    assert "The neuron is saturated: σ′ is at most 0.00005 on every example." in scene.captions[0].words
    assert all("hardly changes its cost, C = 0.2500" in c.words for c in scene.captions[1:])
    assert "0.0000028" in scene.captions[1].numbers


@pytest.mark.parametrize(
    "blown",
    [
        view.descend(1e9, 20),  # above a million
        view.descend(1.7e308, 20, w=0.001, x=100 * X, y=Y),  # no number
    ],
)
def test_a_run_that_blows_up_is_told_and_can_be_stepped_through(blown):
    tame = view.descend(1, 20, w=blown.w[0], x=blown.x, y=blown.y)
    first = int(np.argmax(blown.blown))
    assert first > 0
    scene = view.descent_scene(tame, blown)
    for step, (_, caption) in enumerate(pages(scene)):
        assert (f"Run B left every scale at step {first}, η is far too large" in caption.words) == (
            step >= first
        )
        if step:
            assert arithmetic.check(caption.numbers) == (4 if step < first else 2)
        svg = scene.svg(step)
        assert svg.count("<text") > 20
        assert not re.search(r"\b(nan|inf)\b", svg)
        assert (">B<" in svg or ">B outside<" in svg) == (step < first)
    assert "NaN" not in json.dumps(scene.payload())


def test_the_second_of_the_runs_that_blow_up_holds_no_number_at_all():
    run = view.descend(1.7e308, 20, w=0.001, x=100 * X, y=Y)
    assert not np.isfinite(run.w[-1])


def test_the_two_runs_must_belong_together():
    run = view.descend(4, 5)
    message = "a and b must have the same data, start and number of steps, and differ in η only"
    for other in (view.descend(4, 6), view.descend(4, 5, w=1), view.descend(4, 5, y=1 - Y)):
        with pytest.raises(ValueError) as caught:
            view.descent_scene(run, other)
        assert str(caught.value) == message
    far = view.descend(4, 5, w=2e6)
    with pytest.raises(ValueError) as caught:
        view.descent_scene(far, far)
    assert str(caught.value) == "the start must lie within a million, got w = 2e+06, b = 0"


# -- the drawing of the descent ---------------------------------------------------------------------


def test_every_page_of_the_descent_is_a_drawing_of_that_step():
    scene = view.descent().scene()
    paths = {"circle": walk(4), "rect": walk(16)}
    seen = 0
    for t, (root, _) in enumerate(pages(scene)):
        for tag, path in paths.items():
            w, b = path[t, :2]
            x, y = 60 + (w + 3) / 9 * 370, 34 + 226 - (b + 6) / 8 * 226
            found = [
                (float(m.get("cx", 0)), float(m.get("cy", 0))) for m in root.iter() if m.tag.endswith(tag)
            ]
            if tag == "rect":
                found = [
                    (float(m.get("x", 0)) + 5, float(m.get("y", 0)) + 5)
                    for m in root.iter()
                    if m.tag.endswith(tag)
                ]
            seen += any(abs(u - x) < 0.02 and abs(v - y) < 0.02 for u, v in found)
    assert seen == 2 * 61


def test_the_curves_over_the_data_pass_through_the_activations():
    axes = view.Axes(0, 0, 100, 100, (0, 5), (0, 1))
    for eta in (4, 100):
        run = view.descend(eta)
        for t, path in enumerate(view._curve_paths(axes, run)):
            points = np.array([pair.split(",") for pair in path.removeprefix("M").split()], float)
            assert points[0, 0] == 0
            assert points[-1, 0] == 100
            assert (np.diff(points[:, 0]) >= 0).all()
            exact = sigma(run.w[t] * points[:, 0] / 20 + run.b[t])
            np.testing.assert_allclose(
                1 - points[:, 1] / 100, exact, atol=2e-3 + 0.05 / 20 * abs(run.w[t]) / 4
            )


def test_the_trail_grows_with_the_steps_and_ends_where_the_numbers_do():
    x, y = np.array([0.0, 3.0, 3.0, np.nan]), np.array([0.0, 4.0, 5.0, np.nan])
    trail = view._trail(x, y)
    assert trail.attributes["points"] == "0.0,0.0 3.0,4.0 3.0,5.0"
    assert trail.attributes["stroke-dasharray"] == "7.00 7.00"
    assert trail.attributes["stroke-dashoffset"].tolist() == [7, 2, 1, 1]


def test_the_shading_is_darkest_where_the_cost_is_highest():
    import base64
    import io

    from PIL import Image

    uri = view._shades(tuple(X), tuple(Y.astype(float)), (-3.0, 6.0), (-6.0, 2.0))
    assert uri is view._shades(tuple(X), tuple(Y.astype(float)), (-3.0, 6.0), (-6.0, 2.0))  # made once
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))
    grey, opacity = image[..., 0], image[..., 1].astype(int)
    assert (grey == 128).all()
    rows, columns = opacity.shape
    exact = np.array(
        [[cost(w, b) for w in np.linspace(-3, 6, columns)] for b in np.linspace(2, -6, rows)[::20]]
    )
    shown = opacity[::20]
    level = shown < 190  # not on the edge of a band
    rank = np.corrcoef(exact[level], shown[level])[0, 1]
    assert rank > 0.99
    assert 0.5 < level.mean() < 1


def test_each_bar_is_the_pull_of_one_example():
    runs = {"A": view.descend(4), "B": view.descend(16)}
    bars = [part for part in view._pulls(runs) if part.tag == "rect"]
    assert len(bars) == 16
    scale = 84 / (2 * 4 / 27 * 4)
    for bars_of_run, eta in ((bars[:8], 4), (bars[8:], 16)):
        for t in (0, 1, 5, 60):
            w, b, *_ = walk(eta)[max(t - 1, 0)]
            a = sigma(w * X + b)
            pull = -(a - Y) * a * (1 - a) * X
            heights = [bar.attributes["height"][t] for bar in bars_of_run]
            tops = np.array([bar.attributes["y"][t] for bar in bars_of_run])
            np.testing.assert_allclose(heights, np.abs(pull) * scale, atol=1e-9)
            np.testing.assert_allclose(tops, 364 - np.maximum(pull, 0) * scale, atol=1e-9)


def test_colour_is_not_the_only_difference_between_the_runs():
    svg = view.descent().scene().svg(10)
    assert ">A<" in svg
    assert ">B<" in svg
    assert ">A: η = 4<" in svg
    assert ">B: η = 16<" in svg
    assert 'stroke-dasharray="7 4"' in svg


# -- the explorer of the descent --------------------------------------------------------------------


def test_the_descent_is_small():
    explorer = view.descent()
    explorer.settings["eta_b"].value = 50.0
    assert len(json.dumps(explorer.stepper.scene)) < 300_000


def test_settings_make_the_run_anew_from_the_same_start():
    explorer = view.descent()
    assert repr(explorer) == "[Stepper: Gradient descent of one neuron with two learning rates, 61 steps]"
    first = explorer.stepper.caption
    explorer.stepper.step = 7
    explorer.settings["eta_a"].value = 0.2
    assert explorer.stepper.step == 0
    assert explorer.stepper.caption == first.replace("A will step with η = 4", "A will step with η = 0.2")
    explorer.stepper.step = 1
    assert f"= {walk(0.2)[1, 0]:.3f}".replace("-", "−") in explorer.stepper.caption
    explorer.settings["start"].value = "saturated"
    assert "w = 20.000" in explorer.stepper.caption
    explorer.settings["start"].value = "normal"
    explorer.settings["eta_a"].value = 4.0
    assert explorer.stepper.caption == first


def test_any_eta_can_be_asked_for_and_the_usual_ones_can_be_chosen():
    explorer = view.descent(eta_a=3, eta_b=16)
    assert [value for _, value in explorer.settings["eta_a"].options] == [
        0.2,
        1,
        2,
        3,
        4,
        8,
        16,
        50,
        100,
        1000,
    ]
    assert {widget.description for widget in explorer.settings.values()} == {"η of A", "η of B", "start"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"eta_a": -1}, "eta_a must be greater than 0, got -1"),
        ({"eta_b": 0}, "eta_b must be greater than 0, got 0"),
        ({"start": "far"}, "start must be one of 'normal', 'saturated', got 'far'"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
    ],
)
def test_bad_arguments_of_the_descent(arguments, message):
    with pytest.raises(ValueError) as caught:
        view.descent(**arguments)
    assert str(caught.value) == message


# -- the curve --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("w", "b"), [(2, -2), (1, 0), (5, -10), (-2, -4), (0, 0), (0, 3), (10, 20), (-10, -20), (0.3, 0.45)]
)
def test_the_numbers_of_every_page_of_the_curve(w, b):
    scene = view.curve_scene(w, b)
    assert scene.n_steps == 33
    for x, caption in zip(np.linspace(-4, 4, 33), scene.captions, strict=True):
        z = w * x + b
        a = sigma(z)
        slope = a * (1 - a)
        made = arithmetic.check(caption.numbers)
        assert made >= (4 if abs(z) <= 12 else 3)
        rows = caption.numbers.split("\n")
        assert numbers(rows[0]) == pytest.approx([w, x, b, z], abs=1e-9)
        assert numbers(rows[1])[-1] == pytest.approx(a, abs=5.01e-7)
        if abs(z) <= 12:
            assert numbers(rows[1])[-2] == pytest.approx(np.exp(-z), abs=5.01e-7)
        assert numbers(rows[2])[-1] == pytest.approx(slope, abs=5.01e-6)
        assert numbers(rows[3])[-1] == pytest.approx(w * slope, abs=5.01e-4)


def test_the_words_of_the_curve():
    words = dict(
        zip(np.linspace(-4, 4, 33), (c.words for c in view.curve_scene(2, -2).captions), strict=True)
    )
    assert words[-4].startswith(
        "x = −4.00: z is negative. The step says 0, σ says nearly 0. Here σ is nearly as flat"
    )
    assert words[1].startswith("x = 1.00: z is 0, the middle. σ says ½")
    assert words[2].startswith(
        "x = 2.00: z is positive. The step says 1, σ says 0.88. On σ a nudge of x by +0.01"
    )
    assert "moves a by about 0.0021, on the step it moves nothing." in words[2]
    moved = sigma(2 * 2.01 - 2) - sigma(2 * 2 - 2)
    assert moved == pytest.approx(0.0021, abs=5e-5)
    assert words[4].startswith("x = 4.00: z is positive. The step says 1, σ says nearly 1.")
    level = view.curve_scene(0, 3).captions[5].words
    assert "with w = 0, z is b whatever x is. The step says 1, σ says 0.95." in level


def test_a_middle_that_floating_point_misses_is_still_the_middle():
    words = [c.words for c in view.curve_scene(0.3, -0.9).captions]
    assert "z is 0, the middle" in words[28]
    assert sum("the middle" in line for line in words) == 1


@pytest.mark.parametrize(("w", "b"), [(2, -2), (-3, 0), (0, 0), (0, -1), (10, 20), (1, 4)])
def test_every_page_of_the_curve_shows_the_point_on_curve_and_step(w, b):
    scene = view.curve_scene(w, b)
    for i, (root, _) in enumerate(pages(scene)):
        x = np.linspace(-4, 4, 33)[i]
        z = w * x + b
        place = 60 + (x + 4) / 8 * 400
        height = [34 + 206 - (v + 0.1) / 1.2 * 206 for v in (sigma(z), float(z > 0))]
        discs = [(float(m.get("cx")), float(m.get("cy"))) for m in root.iter() if m.tag.endswith("circle")]
        assert any(abs(u - place) < 0.02 and abs(v - height[0]) < 0.02 for u, v in discs)
        squares = [m for m in root.iter() if m.tag.endswith("rect") and m.get("x")]
        assert float(squares[0].get("x")) + 5 == pytest.approx(place, abs=0.02)
        assert float(squares[0].get("y")) + 5 == pytest.approx(height[1], abs=0.02)
    assert ("middle: x = −b/w" in scene.svg(0)) == (w != 0 and abs(b / w) <= 4)


def test_the_tangent_has_the_slope_of_the_curve():
    scene = view.curve_scene(2, -2)
    tangent = next(
        part for part in scene._walk() if part.tag == "line" and len(np.shape(part.attributes["x1"])) == 1
    )
    rise = tangent.attributes["y1"] - tangent.attributes["y2"]
    run = tangent.attributes["x2"] - tangent.attributes["x1"]
    x, h = np.linspace(-4, 4, 33), 1e-6
    measured = (sigma(2 * (x + h) - 2) - sigma(2 * (x - h) - 2)) / (2 * h)
    np.testing.assert_allclose(rise / run * (400 / 8) / (206 / 1.2), measured, atol=1e-6)


def test_another_weight_keeps_the_page():
    explorer = view.curve()
    assert len(json.dumps(explorer.stepper.scene)) < 60_000
    explorer.stepper.step = 20
    explorer.settings["w"].value = -3.5
    assert explorer.stepper.step == 20
    assert explorer.stepper.caption == str(view.curve_scene(-3.5, -2).captions[20])
    explorer.settings["b"].value = 1.5
    assert "z = −3.50·1.00 + 1.50 = −2.00" in explorer.stepper.caption
    assert repr(explorer) == "[Stepper: One sigmoid neuron from left to right, 33 steps]"
    explorer.refresh(3)
    assert explorer.stepper.step == 3


@pytest.mark.parametrize("build", [view.curve, view.curve_scene])
def test_bad_arguments_of_the_curve(build):
    with pytest.raises(ValueError) as caught:
        build(11, 0)
    assert str(caught.value) == "w must be from -10 to 10, got 11"
    with pytest.raises(ValueError) as caught:
        build(1, -20.5)
    assert str(caught.value) == "b must be from -20 to 20, got -20.5"
    with pytest.raises(TypeError):
        build("1", 0)
