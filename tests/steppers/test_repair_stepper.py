"""The XOR network that repairs itself: every number recomputed, by nudges of our own."""

import json
import re

import numpy as np
import pytest

from nblib.runs.repair_run import NAMES, SOUND, repair
from nblib.steppers import repair_stepper as stepper
from oracle import Net
from steppers.arithmetic import check, statements
from steppers.drawn import SVG, page, pages, parts, place, ruler, texts

X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
SETTINGS = [(fault, eta) for fault in stepper.FAULTS for eta in (0.5, 5.0, 100.0)]


def net(numbers):
    """The network that nine numbers are."""
    p = np.asarray(numbers, float)
    return Net([p[:4].reshape(2, 2), p[6:8].reshape(1, 2)], [p[4:6], p[8:]])


def mean_cost(numbers):
    return net(numbers).mean_cost(X, Y[:, None])


def descent(numbers, eta, steps, h=0.1):
    """Every row: the numbers, and the cost with each of them nudged down and up."""
    rows = []
    for _ in range(steps + 1):
        units = h * np.eye(9)
        nudged = [(mean_cost(numbers - unit), mean_cost(numbers + unit)) for unit in units]
        rows.append((numbers, np.array(nudged)))
        numbers = numbers - eta * np.array([(up - down) / (2 * h) for down, up in nudged])
    return rows


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda setting: f"{setting[0]}, eta {setting[1]:g}")
def run(request):
    fault, eta = request.param
    return (
        stepper.FAULTS[fault][0],
        stepper.explorer(fault, eta, steps=12).scene(),
        descent(stepper.faulty(fault), eta, 12),
    )


def test_the_run_is_that_of_nudges_of_our_own(run):
    _, _, rows = run
    record = repair(rows[0][0], eta=5.0, steps=3)
    assert repr(record) == f"RepairRecord(3 steps, cost {record.cost[0]:.4f} -> {record.cost[-1]:.4f})"
    for t, (numbers, nudged) in enumerate(descent(rows[0][0], 5.0, 3)):
        np.testing.assert_allclose(record.numbers[t], numbers, atol=1e-12)
        np.testing.assert_allclose(record.nudged[t], nudged, atol=1e-14)
        np.testing.assert_allclose(record.outputs[t], net(numbers).outputs(X)[:, 0], atol=1e-14)
        assert record.cost[t] == pytest.approx(mean_cost(numbers), abs=1e-14)


def test_the_slopes_are_nearly_those_of_backpropagation():
    record = repair(stepper.faulty(), steps=1, h=1e-4)
    weights, biases = net(stepper.faulty()).gradients(X, Y[:, None])
    by_backprop = [*weights[0].ravel(), *biases[0], *weights[1].ravel(), *biases[1]]
    np.testing.assert_allclose(record.slopes[0], by_backprop, atol=1e-8)


def test_every_number_of_a_caption_is_right_and_can_be_redone(run):
    fault, scene, rows = run
    k = NAMES.index(fault)
    assert scene.captions[0].numbers == ""
    for t in range(1, len(rows)):
        caption, (old, nudged), (new, _) = scene.captions[t], rows[t - 1], rows[t]
        assert check(caption.numbers) == 2
        measured, moved = statements(caption.numbers)
        slope = (nudged[k, 1] - nudged[k, 0]) / 0.2
        assert measured.right == pytest.approx(slope, abs=0.51 * measured.unit)
        assert moved.right == pytest.approx(new[k], abs=0.51 * moved.unit)
        assert caption.numbers.startswith("slope ≈ (")
        assert f"\n{fault} ← " in caption.numbers
        before, after = mean_cost(old), mean_cost(new)
        assert f"The cost {'falls' if after < before else 'rises'}, " in caption.words


def test_outputs_and_verdicts_are_those_of_the_row(run):
    fault, scene, rows = run
    for t, (numbers, _) in enumerate(rows):
        words = scene.captions[t].words
        answers = net(numbers).outputs(X)[:, 0]
        said = re.search(r"The outputs are (.*?); (\d) of 4", words)
        np.testing.assert_allclose(np.array(said[1].split(", "), float), answers, atol=0.0051)
        right = int(np.sum((answers > 0.5) == Y))
        assert int(said[2]) == right
        turned = t > 0 and numbers[NAMES.index(fault)] * rows[t - 1][0][NAMES.index(fault)] < 0
        assert (f"{fault} has changed its sign." in words) == turned


def test_every_page_shows_the_nine_numbers_and_the_four_outputs(run):
    _, scene, rows = run
    for t, (numbers, _) in enumerate(rows):
        shown = texts(scene, t)
        for name, value in zip(NAMES, numbers, strict=True):
            (written,) = (said for said in shown if said.startswith(f"{name} = "))
            assert float(written.split(" = ")[1].replace("−", "-")) == pytest.approx(value, abs=0.0051)
        for answer in net(numbers).outputs(X)[:, 0]:
            assert f"{answer:.2f}" in shown


def test_the_wire_with_the_fault_is_lit_and_a_negative_one_is_dashed():
    scene = stepper.explorer().scene()
    for step, dashed in ((0, False), (200, True)):
        drawn = page(scene, step)
        (halo,) = parts(drawn, "line", stroke="#8A6D00")
        ends = place(halo, "x1", "y1", "x2", "y2")
        (wire,) = (
            line for line in parts(drawn, "line")
            if line is not halo and np.allclose(place(line, "x1", "y1", "x2", "y2"), ends)
        )  # fmt: skip
        assert (wire.get("stroke-dasharray") == "7 4") == dashed
        assert (wire.get("stroke") == "#D55E00") == dashed


def test_the_point_walks_along_the_cost():
    scene, record = stepper.explorer().scene(), repair(stepper.faulty())
    for step in (0, 10, 200):
        drawn = page(scene, step)
        (point,) = parts(drawn, "circle", fill="#8A6D00")
        found = ruler(drawn, "step", "cost C")(*place(point, "cx", "cy"))
        assert found[0] == pytest.approx(step, abs=0.5)
        assert found[1] == pytest.approx(record.cost[step], abs=0.001)


def test_what_the_notebook_says_of_the_repair():
    """It is repaired after 200 steps, the wire has changed its sign; from +3 it gets stuck half way."""
    record = repair(stepper.faulty())
    assert (record.outputs[-1] > 0.5).tolist() == [False, True, True, False]
    assert np.abs(record.outputs[-1] - Y).max() < 0.13
    assert record.numbers[0, 7] == 2.0
    assert record.numbers[-1, 7] < -5
    stuck = repair(stepper.faulty("w²₁₂ = +3"))
    assert stuck.cost[-1] > 0.08
    assert (stuck.outputs[-1] > 0.5).tolist() == [False, True, True, True]
    for fault in ("w²₁₁ = −3", "b¹₁ = +1.5"):
        assert ((repair(stepper.faulty(fault)).outputs[-1] > 0.5) == Y).all()


def test_every_page_tells_a_screen_reader_its_caption():
    scene = stepper.explorer(steps=5).scene()
    assert sum(1 for _ in pages(scene)) == 6
    assert {part.tag for part in page(scene, 0)} >= {f"{SVG}title", f"{SVG}desc"}


@pytest.mark.parametrize(("fault", "eta"), SETTINGS)
def test_the_payload_is_small(fault, eta):
    assert len(json.dumps(stepper.explorer(fault, eta).stepper.scene, allow_nan=False)) < 300_000


def test_a_setting_makes_the_run_anew():
    explorer = stepper.explorer(steps=20)
    explorer.step = 3
    explorer.settings["fault"].value = "w²₁₁ = −3"
    assert explorer.step == 0
    assert "w²₁₁ = −3.00" in explorer.caption
    explorer.settings["eta"].value = 10.0
    explorer.step = 1
    assert " − 10·" in explorer.caption


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: stepper.explorer(fault="w"), ValueError, "fault must be one of 'w²₁₂ = +2', "),
        (lambda: stepper.explorer(eta=0.1), ValueError, "eta must be from 0.5 to 100, got 0.1"),
        (lambda: stepper.explorer(eta="fast"), TypeError, "eta must"),
        (lambda: stepper.explorer(steps=0), ValueError, "steps must be at least 1, got 0"),
        (lambda: stepper.faulty("none"), ValueError, "fault must be one of"),
        (lambda: stepper.scene(repair(SOUND, steps=1), "w³₁₁"), ValueError, "fault must be one of 'w¹₁₁', "),
        (lambda: repair(SOUND[:8]), ValueError, "numbers must"),
        (lambda: repair([np.nan, *SOUND[1:]]), ValueError, "numbers must"),
        (lambda: repair(SOUND, eta=0), ValueError, "eta must be greater than 0"),
        (lambda: repair(SOUND, h=-1), ValueError, "h must be greater than 0"),
        (lambda: repair(SOUND, steps=1.5), TypeError, "steps must be a whole number"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
