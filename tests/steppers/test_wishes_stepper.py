"""The stepper of wishes: every number of every caption, and every colour, is what the formulas say."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

import oracle
from messages import press
from nblib import Network, mnist
from nblib.drawing.scene import COLOURS
from nblib.runs import wishes_run
from nblib.steppers import wishes_stepper
from nblib.widgets.stepper import Stepper
from steppers.arithmetic import check
from steppers.drawn import page, pages, parts, place, texts

WISH = re.compile(r"[▲▼] ([+−]\d\.\d{4})")


@pytest.fixture(scope="module")
def data():
    return mnist.load()


@pytest.fixture(scope="module")
def networks(data):
    """One that has not learned, one that has begun to, and one that reads most of its images."""
    made = {"untrained": [], "begun": [(400, 0.5)], "trained": [(3000, 1.0)]}
    for name, epochs in made.items():
        network = Network([784, 16, 10], init="scaled", seed=0)
        for n, eta in epochs:
            next(network.sgd(data.x_train[:n], data.y_train[:n], 1, 10, eta))
        made[name] = network
    return made


@pytest.fixture(scope="module", params=["untrained", "begun", "trained"])
def record(request, data, networks):
    rows = np.arange(100, 110)
    return wishes_run.run(networks[request.param], data.x_train[rows], data.y_train[rows])


@pytest.fixture(scope="module")
def truth(record, networks, data):
    """The wishes by the formulas of the course in float64: for W², for W¹, and all in one arrow."""
    network = next(net for net in networks.values() if np.array_equal(net.weights[1], record.output_weights))
    net = oracle.Net.like(network, own=True)
    passes = [
        net.backprop(image, np.eye(10)[y]) for image, y in zip(record.images, record.labels, strict=True)
    ]
    arrows = [
        np.concatenate([-part.ravel() for part in (*one.nabla_weights, *one.nabla_biases)]) for one in passes
    ]
    return passes, np.array(arrows)


def number(text):
    return float(text.replace("−", "-"))


def so_far(values):
    return np.array([np.mean(values[: k + 1], axis=0) for k in range(len(values))])


def test_every_caption_says_what_the_formulas_of_the_course_say(record, truth):
    passes, arrows = truth
    captions = wishes_stepper.scene(record, 0.5).captions
    wishes = np.array([-one.nabla_weights[1][3, 5] for one in passes])
    alone, means = np.linalg.norm(arrows, axis=1), np.linalg.norm(so_far(arrows), axis=1)
    assert arrows.shape == (10, 12730)
    for k, caption in enumerate(captions[1:11]):
        wish, mean, left = (number(line.split(" = ")[-1]) for line in caption.numbers.split("\n"))
        assert wish == pytest.approx(wishes[k], abs=1.1e-5)
        assert mean == pytest.approx(wishes[: k + 1].mean(), abs=1.1e-5)
        assert left == pytest.approx(means[k] / alone[: k + 1].mean(), abs=6e-3)
        length = number(re.search(r"the length (\d\.\d{3})\. ", caption.words)[1])
        assert length == pytest.approx(alone[k], abs=6e-4)
        said = passes[k].activations[-1].argmax()
        way = "rightly" if said == record.labels[k] else f"as a {said}"
        assert caption.words.startswith(f"Image {k + 1} is a {record.labels[k]} and is read {way}.")
        assert ("grow" if wishes[k] > 0 else "shrink") in caption.words
        if k:
            on_average, of_mean, share = re.search(
                r"have (\S+) on average; their mean has the length (\S+)\. So (\d+)% is left", caption.words
            ).groups()
            assert number(on_average) == pytest.approx(alone[: k + 1].mean(), abs=6e-4)
            assert number(of_mean) == pytest.approx(means[k], abs=6e-4)
            assert int(share) == pytest.approx(100 * means[k] / alone[: k + 1].mean(), abs=0.51)


@pytest.mark.parametrize("eta", [0.013, 0.5, 3])
def test_the_step_goes_along_the_mean(record, truth, eta):
    passes, _ = truth
    caption = wishes_stepper.scene(record, eta).captions[-1]
    mean = np.mean([-one.nabla_weights[1][3, 5] for one in passes])
    new = number(caption.numbers.split(" = ")[-1])
    assert new == pytest.approx(record.output_weights[3, 5] + eta * mean, abs=1.1e-4)


def test_the_step_is_that_of_an_update(data, networks):
    x, y = data.x_train[:10], data.y_train[:10]
    record = wishes_run.run(networks["begun"], x, y)
    network = Network([784, 16, 10])
    network.set_parameters(networks["begun"].weights, networks["begun"].biases)
    network.update_mini_batch(x, y, eta=2.0)
    moved = record.output_weights + 2.0 * record.for_output_weights.mean(axis=0)
    np.testing.assert_allclose(moved, network.weights[1], atol=1e-6)
    new = number(wishes_stepper.scene(record, 2.0).captions[-1].numbers.split(" = ")[-1])
    assert new == pytest.approx(network.weights[1][3, 5], abs=1e-4)


def test_the_printed_numbers_add_up_on_every_page(record):
    for k, caption in enumerate(wishes_stepper.scene(record, 0.5).captions):
        assert check(caption.numbers) == (0 if k == 0 else 3), caption.numbers


def test_each_page_shows_the_wishes_so_far_and_no_others(record, truth):
    passes, _ = truth
    scene = wishes_stepper.scene(record, 0.5)
    for step in range(12):
        shown = [number(found[1]) for text in texts(scene, step) if (found := WISH.fullmatch(text))]
        expected = [-one.nabla_weights[1][3, 5] for one in passes[: min(step, 10)]]
        np.testing.assert_allclose(shown, expected, atol=6e-5)


def test_bars_targets_and_deltas_are_those_of_the_image(record, truth):
    passes, _ = truth
    scene = wishes_stepper.scene(record, 0.5)
    for k, one in enumerate(passes):
        bars = parts(page(scene, k + 1), "rect", fill=COLOURS["soft"])
        widths = np.array([place(bar, "width")[0] for bar in bars])
        np.testing.assert_allclose(widths / 110, one.activations[-1], atol=1e-3)
        lines = parts(page(scene, k + 1), "line", stroke_width="2.5")
        ends = [place(line, "x1")[0] for line in lines]
        assert np.argmax(ends) == record.labels[k]
        assert len(set(ends)) == 2
        deltas = [number(text) for text in texts(scene, k + 1) if re.fullmatch(r"[+−]\d\.\d{3}", text)]
        np.testing.assert_allclose(deltas, -one.deltas[-1], atol=6e-4)
    for step in (0, 11):
        assert not parts(page(scene, step), "rect", fill=COLOURS["soft"])


def cells(scene, step, left, top, width, height, down, across):
    """What is seen in a picture of weights: +1 for blue, −1 for orange and striped, 0 for paper."""
    seen = np.array(Image.open(io.BytesIO(Stepper(scene).png(step))).convert("RGB")).astype(int)
    x = (left + width / across * (np.arange(across) + 0.5)).astype(int)
    high = height / down
    upper, lower = (seen[(top + high * (np.arange(down) + at)).astype(int)][:, x] for at in (0.25, 0.75))
    blue, orange = (upper[..., i] > upper[..., 2 - i] + 9 for i in (2, 0))
    np.testing.assert_array_equal(lower[..., 2] > lower[..., 0] + 9, blue)  # striped where negative
    return blue.astype(int) - orange


def test_the_pictures_show_the_sign_of_each_wish_alone_and_in_the_mean(record, truth):
    passes, _ = truth
    scene = wishes_stepper.scene(record, 0.5)
    wishes = np.array([-one.nabla_weights[1] for one in passes])
    for k in (0, 4, 9):
        for left, true in ((294, wishes[k]), (522, wishes[: k + 1].mean(axis=0))):
            margin = 180 / 17
            seen = cells(scene, k + 1, left + margin, 343 + 5, 180 - margin, 100, 10, 16)
            assert (seen * true >= 0).all()
            strong = np.abs(true) > np.abs(wishes).max() / 4
            assert (seen[strong] != 0).all()


def test_the_wish_of_a_hidden_neuron_is_the_image_itself(record, truth):
    """By BP4: −δ¹ of the neuron times the pixels, so each tile is the digit, blue or orange."""
    passes, _ = truth
    scene = wishes_stepper.scene(record, 0.5)
    k = int(np.argmax([np.abs(one.deltas[0]).max() for one in passes]))
    j = int(np.argmax(np.abs(passes[k].deltas[0])))
    pixel = 180 / 60  # 4 tiles of 14 cells and a margin across; twice as fine and a margin each down
    left, top = 294 + pixel * (1 + 15 * (j % 4)), 154 + pixel * (0.5 + 15 * (j // 4))
    seen = cells(scene, k + 1, left, top, 14 * pixel, 14 * pixel, 14, 14)
    ink = record.images[k].reshape(14, 2, 14, 2).mean(axis=(1, 3))
    assert (seen[ink == 0] == 0).all()
    assert (seen[ink > 0.5] == -np.sign(passes[k].deltas[0][j])).all()


def test_the_curves_show_the_lengths_so_far(record, truth):
    _, arrows = truth
    scene = wishes_stepper.scene(record, 0.5)
    expected = np.linalg.norm(arrows, axis=1), np.linalg.norm(so_far(arrows), axis=1)
    for k in range(10):
        for name, values in zip(("alone", "mean"), (so_far(expected[0]), expected[1]), strict=True):
            (shown,) = (text for text in texts(scene, k + 1) if re.fullmatch(rf"{name} \d.*", text))
            assert float(shown.split()[1]) == pytest.approx(values[k], abs=6e-3)


def test_one_image_is_framed_at_a_time(record):
    scene = wishes_stepper.scene(record, 0.5)
    framed = [
        [place(frame, "x") for frame in parts(page(scene, step), "rect", stroke=COLOURS["mark"], y="26")]
        for step in range(scene.n_steps)
    ]
    first, last = framed[1][0][0], framed[10][0][0]
    assert framed == [[], *([(first + k * (last - first) / 9,)] for k in range(10)), []]


def test_pages_are_drawn_and_told(record):
    scene = wishes_stepper.scene(record, 0.5)
    assert len(list(pages(scene))) == 12
    for shown, _ in pages(scene):
        assert not [value for part in shown.iter() for value in part.attrib.values() if value == "nan"]


def test_the_explorer_is_small_and_its_settings_choose_network_and_images(data, networks):
    explorer = wishes_stepper.explorer(networks, data.x_train, data.y_train)
    assert repr(explorer) == "[Stepper: What one digit wishes, and the mean of all wishes, 12 steps]"
    first = explorer.scene().captions
    assert len(json.dumps(explorer.stepper.scene, allow_nan=False)) < 100_000
    explorer.settings["network"].value = "begun"
    second = explorer.scene().captions
    labels = [re.search(r"is a (\d)", caption.words)[1] for caption in second[1:11]]
    assert labels == [re.search(r"is a (\d)", caption.words)[1] for caption in first[1:11]]
    assert first[1].numbers != second[1].numbers
    explorer.settings["images"].value = wishes_stepper.SAME
    assert all("is a 3" in caption.words for caption in explorer.scene().captions[1:11])
    explorer.settings["images"].value = wishes_stepper.EACH
    for digit, caption in enumerate(explorer.scene().captions[1:11]):
        assert f"is a {digit} " in caption.words
    explorer.settings["images"].value = wishes_stepper.DRAWN
    press(explorer, "Reset with new seed")
    assert explorer.scene().captions[1].numbers != second[1].numbers


def test_what_the_notebook_tells_of_the_wishes(data, networks):
    """Untrained they agree, later they cancel; wishes of one digit agree at all times."""
    kept = {}
    for name, network in networks.items():
        for images in (wishes_stepper.DRAWN, wishes_stepper.SAME):
            explorer = wishes_stepper.explorer({name: network}, data.x_train[:50_000], data.y_train[:50_000])
            explorer.settings["images"].value = images
            kept[name, images] = number(explorer.scene().captions[10].numbers.split(" = ")[-1])
    assert kept["untrained", wishes_stepper.DRAWN] > 0.6
    assert kept["begun", wishes_stepper.DRAWN] < 0.5
    assert min(kept[name, wishes_stepper.SAME] for name in networks) > 0.6


def test_bad_arguments(data, networks):
    x, y, network = data.x_train[:200], data.y_train[:200], networks["begun"]
    with pytest.raises(TypeError) as error:
        wishes_run.run("a network", x, y)
    assert str(error.value) == "network must be a Network, got str"
    with pytest.raises(ValueError) as error:
        wishes_run.run(Network([784, 30, 10]), x, y)
    assert str(error.value) == "network must be a 784-16-10 network, got 784-30-10"
    with pytest.raises(ValueError) as error:
        wishes_run.run(network, x, y[1:])
    assert str(error.value) == "x and y must have the same length, got 200 and 199"
    with pytest.raises(ValueError) as error:
        wishes_run.run(network, x[:, :9], y)
    assert str(error.value) == "x must have 784 features per row, got 9"
    with pytest.raises(ValueError) as error:
        wishes_stepper.scene(wishes_run.run(network, x[:3], y[:3]), 0)
    assert str(error.value) == "eta must be greater than 0, got 0"
    with pytest.raises(ValueError) as error:
        wishes_stepper.explorer({}, x, y)
    assert str(error.value) == "networks must hold at least one network, got none"
    with pytest.raises(ValueError) as error:
        wishes_stepper.explorer({"one": network}, x[:3], [0, 1, 2])
    assert str(error.value).startswith("y must hold each digit, and 3 at least 10 times, got [1, 1, 1, 0,")
