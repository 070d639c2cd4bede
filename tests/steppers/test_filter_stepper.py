"""One filter on a small picture: every number recomputed, place by place."""

import json

import numpy as np
import pytest

from nblib.drawing.scene import COLOURS
from nblib.runs.filter_run import learn_filter
from nblib.steppers import filter_stepper as stepper
from steppers.arithmetic import check, statements
from steppers.drawn import page, parts, place, texts

SETTINGS = [(name, eta) for name in stepper.PICTURES for eta in (0.1, 1.0, 20.0)]


def by_hand(image, w, b, target, eta, updates):
    """Each row: what the filter is, what it says, and its slopes, from a loop over places."""
    rows = []
    for _ in range(updates):
        z = np.array([[b + (w * image[i : i + 3, j : j + 3]).sum() for j in range(4)] for i in range(4)])
        a = np.where(z > 0, z, 0)
        delta = np.where(z > 0, (a.mean() - target) / 16, 0)
        nabla_w = sum(delta[i, j] * image[i : i + 3, j : j + 3] for i in range(4) for j in range(4))
        rows.append((w, b, z, a, delta, nabla_w))
        w, b = w - eta * nabla_w, b - eta * delta.sum()
    return rows, w, b


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda setting: f"{setting[0]}, eta {setting[1]:g}")
def run(request):
    name, eta = request.param
    rows, *_ = by_hand(stepper.picture(name), stepper.START, stepper.BIAS, stepper.TARGET, eta, 20)
    return stepper.explorer(name, eta).scene(), rows, eta


def test_the_record_is_that_of_a_loop_over_places():
    rng = np.random.default_rng(0)
    image, w = rng.uniform(size=(6, 6)), rng.normal(size=(3, 3))
    record = learn_filter(image, w, 0.2, target=1.5, eta=0.7, updates=5)
    rows, w, b = by_hand(image, w, 0.2, 1.5, 0.7, 5)
    for t, (w_t, b_t, z, a, delta, nabla_w) in enumerate(rows):
        np.testing.assert_allclose(record.weights[t], w_t.ravel())
        np.testing.assert_allclose(record.bias[t], b_t)
        for column, expected in (
            (record.z, z),
            (record.a, a),
            (record.delta, delta),
            (record.nabla_weights, nabla_w),
        ):
            np.testing.assert_allclose(column[t], expected.ravel(), atol=1e-12)
        assert record.answer[t] == pytest.approx(a.mean())
        assert record.cost[t] == pytest.approx((a.mean() - 1.5) ** 2 / 2)
    np.testing.assert_allclose(record.weights[5], w.ravel())
    assert record.bias[5] == pytest.approx(b)
    assert repr(record).startswith("FilterRecord(5 updates, cost ")


def test_the_slope_is_measured():
    rng = np.random.default_rng(1)
    image, w = rng.uniform(size=(6, 6)), rng.normal(size=(3, 3))
    record = learn_filter(image, w, 0.1, target=1.0, eta=1.0, updates=1)
    for k in range(9):
        costs = []
        for h in (1e-6, -1e-6):
            nudged = w.ravel().copy()
            nudged[k] += h
            costs.append(learn_filter(image, nudged.reshape(3, 3), 0.1, 1.0, 1.0, 1).cost[0])
        assert (costs[0] - costs[1]) / 2e-6 == pytest.approx(record.nabla_weights[0, k], abs=1e-7)


def test_the_first_pass_never_meets_the_kink():
    for name in stepper.PICTURES:
        assert np.abs(stepper.run(name).z[0]).min() > 0.01


def test_there_is_a_page_for_every_place_there_and_back(run):
    scene, rows, _ = run
    assert scene.n_steps == 16 + 1 + 16 + 1 + 19
    assert scene.updates == [0, *range(33, 53)]
    _, _, z, a, delta, _ = rows[0]
    for p in range(16):
        i, j = divmod(p, 4)
        there, back = scene.captions[p], scene.captions[17 + p]
        assert there.words.startswith(f"Row {i + 1}, column {j + 1}: ")
        first, second = there.numbers.splitlines()
        assert statements(first)[0].right == pytest.approx(z[i, j], abs=1e-4) if "·" in first else True
        assert float(second.removeprefix("a = ").replace("−", "-")) == pytest.approx(a[i, j], abs=1e-4)
        assert back.words.startswith(f"Back at row {i + 1}, column {j + 1}: ")
        if not delta[i, j]:
            assert back.numbers == "δ = 0"
        else:
            assert statements(back.numbers)[0].right == pytest.approx(delta[i, j], abs=5.1e-5)


def test_the_printed_arithmetic_can_be_redone(run):
    scene, rows, eta = run
    redone = sum(check(caption.numbers) for caption in scene.captions)
    assert redone >= 20 + 1 + np.count_nonzero(rows[0][4])
    for t, caption in enumerate(scene.captions[33:]):
        new = rows[t][0][1, 1] - eta * rows[t][5][1, 1]
        (moved,) = statements(caption.numbers)
        assert moved.right == pytest.approx(new, abs=0.51 * moved.unit)
        assert caption.words.startswith(f"Update {t + 1} is done.")


def test_a_dead_filter_is_called_so():
    scene = stepper.explorer("an upright stroke", 5.0).scene()
    assert scene.captions[-1].words.endswith(
        "The filter is at 0 at every place, so all slopes are 0: it is dead."
    )
    assert "dead" not in stepper.explorer("a stroke", 1.0).scene().captions[-1].words


def test_the_window_and_its_place_in_the_map_are_marked_together(run):
    scene, _, _ = run
    for step in (0, 5, 15, 17, 32):
        marked = [rect for rect in parts(page(scene, step), "rect") if rect.get("stroke-width") == "4"]
        window, place = sorted(marked, key=lambda rect: -float(rect.get("width")))
        p = step if step < 16 else step - 17
        assert (float(window.get("x")) - 24) / 40 == p % 4
        assert (float(place.get("y")) - 92) / 40 == p // 4
    for step in (16, 33, 40):
        assert not [rect for rect in parts(page(scene, step), "rect") if rect.get("stroke-width") == "4"]


def test_the_map_and_the_gradient_fill_place_by_place(run):
    scene, rows, _ = run
    shown = [len(texts(scene, step)) for step in range(16)]
    assert shown == sorted(shown)
    assert "∂C/∂w so far" in texts(scene, 0)
    written = [text.replace("−", "-") for text in texts(scene, 32)]
    numbers = [float(text) for text in written if text.lstrip("+-").replace(".", "").isdigit()]
    for value in rows[0][5].ravel():
        assert min(abs(value - number) for number in numbers) <= 0.00501


def test_it_is_small_and_bad_settings_are_refused(run):
    scene, _, _ = run
    assert len(json.dumps(scene.payload())) < 100_000
    for arguments, says in (
        (("a cat",), "picture_name must be"),
        (("a corner", 50.0), "eta must be from 0.1 to 20"),
    ):
        with pytest.raises(ValueError, match=says):
            stepper.explorer(*arguments)
    with pytest.raises(ValueError, match="image must have the shape of a square"):
        learn_filter(np.zeros((3, 4)), np.zeros((2, 2)), 0, 1, 1)


def cells(scene, step):
    """Return number, colour and depth of each of the nine cells of the gradient, row by row."""
    shown = page(scene, step)
    boxes = {place(box, "x", "y"): box for box in parts(shown, "rect", width="40", height="40")}
    said = {place(text, "x", "y"): text.text or "" for text in parts(shown, "text")}
    for x, y in ((300 + 40 * column, 270 + 40 * row) for row in range(3) for column in range(3)):
        (number,) = (words for (at, level), words in said.items() if at == x + 20 and y < level < y + 40)
        yield (
            float(number.replace("−", "-") or 0),
            boxes[x, y].get("fill"),
            float(boxes[x, y].get("fill-opacity")),
        )


@pytest.mark.parametrize("name", ["a stroke", "a corner"])
def test_the_cells_of_the_gradient_show_what_has_been_added_up_and_how_large_it_is(name):
    scene = stepper.explorer(name, 1.0).scene()
    image = stepper.picture(name)
    rows, *_ = by_hand(image, stepper.START, stepper.BIAS, stepper.TARGET, 1.0, 20)
    largest = max(np.abs(nabla_w).max() for *_, nabla_w in rows)
    seen = [image[i : i + 3, j : j + 3] for i in range(4) for j in range(4)]
    for step in (17, 24, 30, 33, 34, 40, 52):
        if step <= 32:  # the first update, after so many places
            expected = sum(rows[0][4].ravel()[p] * seen[p] for p in range(step - 16))
        else:
            expected = rows[step - 33][5]
        for value, (number, colour, depth) in zip(expected.ravel(), cells(scene, step), strict=True):
            assert number == pytest.approx(value, abs=0.0051)
            assert depth == pytest.approx(0.75 * abs(value) / largest, abs=0.01)
            if value:
                assert colour == COLOURS["positive" if value > 0 else "negative"]
