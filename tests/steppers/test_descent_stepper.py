import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from nblib.drawing.scene import COLOURS
from nblib.neuron import descend
from nblib.steppers import descent_stepper as view
from oracle import sigmoid as sigma
from steppers import arithmetic
from steppers.drawn import page, pages, parts, place, ruler

X = np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])
Y = np.array([0, 0, 0, 1, 0, 1, 1, 1])


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


def run(eta, steps=60, w=-1.0, b=0.0, x=X, y=Y):
    return descend(x, y, eta, steps, w, b)


# -- the captions ---------------------------------------------------------------------------------

UPDATE = re.compile(
    r"(?P<run>[AB]): (?P<p>[wb]) ← (?P=p) − η ∂C/∂(?P=p) = (?P<old>\S+) − (?P<eta>[\d.]+)·"
    r"\(?(?P<slope>[^()]+)\)? = (?P<new>\S+)"
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
    scene = view.explorer(eta_a, eta_b, start).scene()
    paths = {"A": walk(eta_a, 60, *view.STARTS[start]), "B": walk(eta_b, 60, *view.STARTS[start])}
    for t, caption in enumerate(scene.captions[1:], start=1):
        assert arithmetic.check(caption.numbers) == 4
        updates = [UPDATE.fullmatch(row) for row in caption.numbers.split("\n")]
        assert [(u["run"], u["p"]) for u in updates] == [("A", "w"), ("A", "b"), ("B", "w"), ("B", "b")]
        for u in updates:
            before, after = paths[u["run"]][t - 1], paths[u["run"]][t]
            column = "wb".index(u["p"])
            old, eta, slope, new = (arithmetic.values(u[name])[0] for name in ("old", "eta", "slope", "new"))
            assert eta == {"A": eta_a, "B": eta_b}[u["run"]]
            assert old == pytest.approx(before[column], rel=5.01e-3, abs=5.01e-5)
            assert slope == pytest.approx(before[2 + column], rel=5.01e-3)
            assert new == pytest.approx(after[column], rel=5.01e-3, abs=5.01e-5)


@pytest.mark.parametrize("eta_b", [16, 100])
def test_the_words_tell_the_cost_of_both_runs(eta_b):
    scene = view.explorer(4, eta_b).scene()
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
    first = view.explorer().scene().captions[0]
    assert arithmetic.check(first.numbers) == 2
    a = sigma(-X)
    delta = (a - Y) * a * (1 - a)
    for row, terms in zip(first.numbers.split("\n"), (delta * X, delta), strict=True):
        *shown, n, slope = arithmetic.values(row)
        np.testing.assert_allclose(shown, terms, atol=5.01e-5)
        assert n == 8
        assert slope == pytest.approx(terms.mean(), abs=5.01e-5)
    assert "w = −1.000, b = 0.000, C = 0.2402" in first.words
    assert "η = 4, B with η = 16" in first.words


def test_with_many_examples_the_sum_is_not_spelled_out():
    x = np.linspace(0, 3, 12)
    runs = [run(eta, 3, x=x, y=x > 1.5) for eta in (1, 2)]
    first, _ = view.scene(*runs).captions[0].numbers.split("\n")
    slope = walk(1, 0, x=x, y=x > 1.5)[0, 2]
    assert first == f"∂C/∂w = mean over 12 examples = {slope:.4f}".replace("-", "−")


def test_the_overshooting_run_of_the_text():
    words = [caption.words for caption in view.explorer(4, 16).scene().captions]
    assert "Run B goes up, from C = 0.1760 to 0.2176: the step was too long" in words[2]
    assert not any("Run A goes up" in line for line in words)


def test_a_run_that_leaves_the_picture_is_shown_at_its_edge():
    scene = view.explorer(4, 100).scene()
    assert "outside" not in scene.svg(2)
    assert "left the picture" not in scene.captions[2].words
    for step in (3, 4, 60):
        assert "it left the picture at step 3" in scene.captions[step].words.partition("Run B")[2]
        assert "left the picture" not in scene.captions[step].words.partition("Run B")[0]
        assert ">B outside<" in scene.svg(step)
        assert ">A<" in scene.svg(step)
    a = sigma(X * walk(100)[3, 0] + walk(100)[3, 1])
    steepest = f"{(a * (1 - a)).max():.5f}"
    assert (
        f"it is saturated: even the largest σ′ of all examples is only {steepest}" in scene.captions[3].words
    )


def test_a_run_that_comes_back_is_told():
    scene = view.explorer(4, 32).scene()
    inside = [-3 <= w <= 6 and -6 <= b <= 2 for w, b, *_ in walk(32)]
    assert inside.count(False) > 0
    assert inside[-1]
    back = [t for t in range(1, 61) if inside[t] and not inside[t - 1]]
    assert [t for t, c in enumerate(scene.captions) if "it is back in the picture" in c.words] == back
    assert [">B outside<" in scene.svg(t) for t in range(61)] == [not here for here in inside]


@pytest.mark.parametrize("eta", view.ETAS)
def test_no_eta_in_the_list_gets_away_from_the_saturated_start(eta):
    stuck = run(eta, 60, *view.STARTS["saturated"])
    assert stuck.w[-1] > 19.7
    assert 0.2499 < stuck.cost.min() <= stuck.cost.max() <= 0.25
    assert np.abs(stuck.delta * stuck.x).max() < 1e-4  # of a bar that can be 0.59 high


def test_saturated_runs_stand_still():
    scene = view.explorer(4, 100, "saturated").scene()
    words = "The neuron is saturated: even the largest σ′ of all examples is only 4.5·10⁻⁵."
    assert words in scene.captions[0].words
    a = sigma(20 * X)
    assert (a * (1 - a)).max() == pytest.approx(4.5e-5, abs=0.05e-5)
    assert all("hardly changes its cost, C = 0.2500" in c.words for c in scene.captions[1:])
    assert "w ← w − η ∂C/∂w = 20.0000 − 4·2.84·10⁻⁶ = 20.0000" in scene.captions[1].numbers
    assert walk(4, 0, 20.0)[0, 2] == pytest.approx(2.84e-6, abs=0.005e-6)


@pytest.mark.parametrize(
    "blown",
    [
        run(1e9, 20),  # above a million
        run(1.7e308, 20, w=0.001, x=100 * X),  # no number
    ],
)
def test_a_run_that_blows_up_is_told_and_can_be_stepped_through(blown):
    tame = run(1, 20, w=blown.w[0], x=blown.x, y=blown.y)
    first = int(np.argmax(blown.blown))
    assert first > 0
    scene = view.scene(tame, blown)
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


def test_the_two_runs_must_belong_together():
    one = run(4, 5)
    message = "a and b must have the same data, start and number of steps, and differ in η only"
    for other in (run(4, 6), run(4, 5, w=1), run(4, 5, y=1 - Y)):
        with pytest.raises(ValueError) as caught:
            view.scene(one, other)
        assert str(caught.value) == message
    far = run(4, 5, w=2e6)
    with pytest.raises(ValueError) as caught:
        view.scene(far, far)
    assert str(caught.value) == "the start must lie within a million, got w = 2e+06, b = 0"


# -- the drawing ----------------------------------------------------------------------------------

LOOKS = {"A": COLOURS["positive"], "B": COLOURS["negative"]}


def signs(root):
    """Where the discs of A and the squares of B stand that show a present step."""
    discs = [place(m, "cx", "cy") for m in parts(root, "circle", fill=LOOKS["A"], stroke="#ffffff")]
    squares = [place(m, "x", "y", "width") for m in parts(root, "rect", fill=LOOKS["B"], stroke="#ffffff")]
    return np.array(discs), np.array([(x + side / 2, y + side / 2) for x, y, side in squares])


def test_every_page_is_a_drawing_of_that_step():
    paths = walk(4), walk(16)
    for t, (root, _) in enumerate(pages(view.explorer().scene())):
        surface, costs = ruler(root, "w", "b"), ruler(root, "step", "cost C")
        for path, found in zip(paths, signs(root), strict=True):
            w, b = path[t, :2]
            assert len(found) == 2
            assert (np.abs(surface(*found.T) - [w, b]) < 1e-3).all(axis=1).any()
            assert (np.abs(costs(*found.T) - [t, cost(w, b)]) < 1e-3).all(axis=1).any()


def curve(root, name):
    """The points of the curve of a run over the data, as they are read off."""
    (path,) = parts(root, "path", stroke=LOOKS[name], stroke_width="2.5")
    points = np.array([pair.split(",") for pair in path.get("d").removeprefix("M").split()], float)
    return ruler(root, "x", "a = σ(wx + b)")(*points.T)


@pytest.mark.parametrize("eta", [4, 100])
def test_the_curves_over_the_data_pass_through_the_activations(eta):
    path = walk(eta)
    for t, (root, _) in enumerate(pages(view.scene(run(eta), run(eta)))):
        for name in "AB":
            x, a = curve(root, name).T
            assert x[0] < X.min() < X.max() < x[-1]
            assert (np.diff(x) >= -1e-9).all()
            rounding = 2e-3 + 1e-3 * abs(path[t, 0]) / 4
            np.testing.assert_allclose(a, sigma(path[t, 0] * x + path[t, 1]), atol=rounding)


@pytest.mark.parametrize(("w", "b"), [(0.0, 0.0), (0.0, 3.0), (1e-9, -1.0), (-1e-7, 1.0)])
def test_a_weight_of_nothing_makes_a_level_curve(w, b):
    still = run(1e-9, 1, w, b)
    x, a = curve(page(view.scene(still, still), 0), "A").T
    assert x[0] < X.min() < X.max() < x[-1]
    np.testing.assert_allclose(a, sigma(b), atol=1e-3)


def test_the_trail_ends_where_the_run_is_and_where_its_numbers_end():
    blown = run(1e9, 20)
    for name, record in (("A", run(4, 20)), ("B", blown)):
        scene, last = view.scene(run(4, 20), blown), None
        for root, _ in pages(scene):
            (trail,) = parts(root, "polyline", stroke=LOOKS[name])
            points = np.array([pair.split(",") for pair in trail.get("points").split()], float)
            shown = float(trail.get("stroke-dasharray").split()[0]) - place(trail, "stroke-dashoffset")[0]
            length = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
            end = [np.interp(shown, length, coordinate) for coordinate in points.T]
            here = signs(root)["AB".index(name)]
            if len(here) == 2:
                assert np.hypot(*(here - end).T).min() < 0.2 or not inside(root, end)
            else:
                assert len(here) == 0
                assert end == last  # it grows no more
            last = end
        assert (len(here) == 0) == record.blown[-1]


def inside(root, place):
    w, b = ruler(root, "w", "b")(*place)
    return -3 <= w <= 6 and -6 <= b <= 2


def test_the_shading_is_darkest_where_the_cost_is_highest():
    root = page(view.explorer().scene(), 0)
    (picture,) = parts(root, "image")
    code = picture.get("href").partition(",")[2]
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(code))).convert("LA"))
    grey, opacity = image[::20, ..., 0], image[::20, ..., 1].astype(int)
    assert (grey == 128).all()
    left, top, width, height = place(picture, "x", "y", "width", "height")
    down, across = np.mgrid[0 : image.shape[0] : 20, 0 : image.shape[1]]
    x, y = left + across / (image.shape[1] - 1) * width, top + down / (image.shape[0] - 1) * height
    w, b = np.moveaxis(ruler(root, "w", "b")(x, y), -1, 0)
    exact = np.mean([0.5 * (sigma(w * xi + b) - yi) ** 2 for xi, yi in zip(X, Y, strict=True)], axis=0)
    level = opacity < 190  # not on the edge of a band
    assert np.corrcoef(exact[level], opacity[level])[0, 1] > 0.99
    assert 0.5 < level.mean() < 1


def test_each_bar_is_the_pull_of_one_example():
    scene = view.scene(run(4), run(16))
    for t in (0, 1, 5, 60):
        root = page(scene, t)
        read = ruler(root, "example", "−δ·x")
        for name, eta in (("A", 4), ("B", 16)):
            w, b, *_ = walk(eta)[max(t - 1, 0)]
            a = sigma(w * X + b)
            pulls = -(a - Y) * a * (1 - a) * X
            rects = [place(bar, "x", "y", "width", "height") for bar in parts(root, "rect", fill=LOOKS[name])]
            bars = [bar for bar in rects if abs(bar[2] - bar[3]) > 1e-6]  # squares mark the run's place
            for k, (pull, (x, y, width, height)) in enumerate(zip(pulls, bars, strict=True), start=1):
                (left, top), (right, low) = read(x, y), read(x + width, y + height)
                assert [low, top] == pytest.approx(sorted([0, pull]), abs=1e-3)
                edges = [k, left] if name == "B" else [right, k]
                assert edges[0] == pytest.approx(edges[1], abs=0.01)  # A left, B right


def test_colour_is_not_the_only_difference_between_the_runs():
    svg = view.explorer().scene().svg(10)
    assert ">A<" in svg
    assert ">B<" in svg
    assert ">A: η = 4<" in svg
    assert ">B: η = 16<" in svg
    assert 'stroke-dasharray="7 4"' in svg


# -- the explorer ---------------------------------------------------------------------------------


def test_the_descent_is_small():
    explorer = view.explorer()
    explorer.settings["eta_b"].value = 50.0
    assert len(json.dumps(explorer.stepper.scene)) < 200_000


def test_settings_make_the_run_anew_from_the_same_start():
    explorer = view.explorer()
    assert repr(explorer) == "[Stepper: Gradient descent of one neuron with two learning rates, 61 steps]"
    first = explorer.caption
    explorer.step = 7
    explorer.settings["eta_a"].value = 0.2
    assert explorer.step == 0
    assert explorer.caption == first.replace("A will step with η = 4", "A will step with η = 0.2")
    explorer.step = 1
    assert f"= {walk(0.2)[1, 0]:.4f}".replace("-", "−") in explorer.caption
    explorer.settings["start"].value = "saturated"
    assert "w = 20.000" in explorer.caption
    explorer.settings["start"].value = "normal"
    explorer.settings["eta_a"].value = 4.0
    assert explorer.caption == first


def test_any_eta_can_be_asked_for_and_the_usual_ones_can_be_chosen():
    explorer = view.explorer(eta_a=3, eta_b=16)
    etas = [eta for _, eta in explorer.settings["eta_a"].options]
    assert etas == [0.2, 1, 2, 3, 4, 8, 16, 50, 100, 1000]
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
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError) as caught:
        view.explorer(**arguments)
    assert str(caught.value) == message
