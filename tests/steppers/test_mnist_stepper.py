"""The stepper of stochastic gradient descent: every number of every caption is that of the run."""

import io
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from threadpoolctl import threadpool_info, threadpool_limits

import oracle
from nblib import Network, mnist
from nblib.drawing.scene import COLOURS
from nblib.runs import mnist_run as sgd_run
from nblib.steppers import mnist_stepper as sgd
from nblib.widgets.stepper import Stepper
from steppers.arithmetic import check
from steppers.drawn import SVG, page, parts, place, texts


@pytest.fixture(scope="module")
def data():
    return mnist.load()


@pytest.fixture(scope="module")
def small(data):
    """A run that is quick to make: 12 mini-batches, 300 images for everything."""

    def run(**settings):
        x, y = data.x_train[:1500], data.y_train[:1500]
        return sgd_run.run(x, y, (data.x_test[:300], data.y_test[:300]), **{"n_steps": 12} | settings)

    return run


@pytest.fixture(scope="module")
def record(small):
    return small(eta=1.5, seed=2)


def number(text):
    return float(text.replace("−", "-"))


def by_the_course(data, m, eta, n_steps, seed):
    """The same run in float64, by the formulas of the course, one image at a time."""
    x, y = data.x_train[:1500].astype(float), data.y_train[:1500]
    targets = np.eye(10)[y]
    net = oracle.Net.like(Network([784, 16, 10], init="scaled", seed=seed), own=True)

    def direction(gradients):
        return np.concatenate([part.ravel() for part in (*gradients[0], *gradients[1])])

    for rows in list(oracle.mini_batches(1500, m, 1, seed))[:n_steps]:
        passes = [net.backprop(x[i], targets[i]) for i in rows]
        own, full = direction(net.gradients(x[rows], targets[rows])), direction(net.gradients(x, targets))
        truth = {
            "slopes": [one.nabla_weights[1][3, 5] for one in passes],
            "cost": np.mean([one.cost for one in passes]),
            "right": sum(one.activations[-1].argmax() == y[i] for one, i in zip(passes, rows, strict=True)),
            "cosine": own @ full / np.linalg.norm(own) / np.linalg.norm(full),
            "old": net.weights[1][3, 5],
        }
        net.learn(x[rows], targets[rows], eta)
        yield truth | {"new": net.weights[1][3, 5]}


@pytest.mark.parametrize(("m", "eta"), [(1, 0.5), (10, 1.5), (25, 8)])
def test_every_caption_says_what_the_formulas_of_the_course_say(data, small, m, eta):
    record = small(mini_batch_size=m, eta=eta, n_steps=4, seed=3)
    captions = sgd.scene(record).captions
    for caption, truth in zip(captions[1:], by_the_course(data, m, eta, 4, 3), strict=True):
        slope, update, angle = caption.numbers.split("\n")
        mean = np.mean(truth["slopes"])
        assert number(slope.split(" = ")[-1]) == pytest.approx(mean, abs=1.1e-5)
        old, result = re.fullmatch(r"w²₃,₅ ← (\S+) − \S+ = (\S+)", update).groups()
        assert number(old) == pytest.approx(truth["old"], abs=1.1e-5)
        assert number(result) == pytest.approx(truth["new"], abs=1.1e-4)
        cosine, degrees = re.search(r"\) = (\S+), ∠ = (\S+)°", angle).groups()
        assert number(cosine) == pytest.approx(truth["cosine"], abs=1.1e-3)
        assert number(degrees) == pytest.approx(math.degrees(math.acos(truth["cosine"])), abs=0.6)
        assert number(re.search(r"cost (\S+?)\. ", caption.words)[1]) == pytest.approx(
            truth["cost"], abs=6e-4
        )
        if m > 1:
            assert f"reads {truth['right']} of its {m} images rightly" in caption.words
        else:
            assert ("its one image rightly" in caption.words) == truth["right"]


@pytest.mark.parametrize("m", [1, 10, 25])
@pytest.mark.parametrize("eta", [0.013, 0.5, 2.37, 10])
def test_the_printed_numbers_add_up_on_every_page(small, m, eta):
    record = small(mini_batch_size=m, eta=eta)
    for t, caption in enumerate(sgd.scene(record).captions):
        if t == 0:
            assert re.fullmatch(r"w²₃,₅ = −?\d\.\d{4}, η = \S+", caption.numbers)
            continue
        lines = 2 + np.isfinite(record.angle[t - 1])
        assert check(caption.numbers) == lines, caption.numbers
        if lines == 3:
            cosine, degrees = re.search(r"= (\S+), ∠ = (\S+)°", caption.numbers).groups()
            assert abs(math.degrees(math.acos(number(cosine))) - number(degrees)) < 2


def test_a_mini_batch_of_ten_lists_what_each_image_asks_for(record):
    scene = sgd.scene(record)
    slopes = record.deltas * record.activations
    for t in range(len(record)):
        terms = re.search(r"\((.+)\)/10", scene.captions[t + 1].numbers)[1]
        listed = [number(term.replace(" ", "")) for term in re.findall(r"(?:^−?|[+−] )[\d.]+", terms)]
        assert listed == pytest.approx(slopes[t], abs=1e-6)  # six decimals, for η above 1
        under = [text for text in texts(scene, t + 1) if re.fullmatch(r"[+−]\d\.\d{4}", text)]
        assert [number(text) for text in under] == pytest.approx(slopes[t], abs=1e-4)


def test_the_weights_go_on_from_page_to_page(record):
    results = [
        number(re.search(r"← .+ = (\S+)", caption.numbers)[1]) for caption in sgd.scene(record).captions[1:]
    ]
    assert results == pytest.approx(record.weight[1:], abs=1e-4)
    first = Network([784, 16, 10], init="scaled", seed=2)
    assert record.weight[0] == first.weights[1][3, 5]
    assert np.array_equal(record.hidden_weights[0], first.weights[0])


def test_the_record_is_what_nblibs_own_sgd_does(data, small):
    record = small(mini_batch_size=125, eta=0.5, seed=5)
    network = Network([784, 16, 10], init="scaled", seed=5)
    test = data.x_test[:300], data.y_test[:300]
    (epoch,) = network.sgd(data.x_train[:1500], data.y_train[:1500], 1, 125, 0.5, validation=test, seed=5)
    np.testing.assert_allclose(record.hidden_weights[-1], network.weights[0], atol=1e-5)
    assert record.weight[-1] == pytest.approx(network.weights[1][3, 5], abs=1e-5)
    assert record.measured_cost[-1] == pytest.approx(epoch.cost, abs=1e-4)
    assert record.right[-1] / 300 == pytest.approx(epoch.accuracy, abs=0.01)


def test_the_first_pages_are_the_table_of_the_notebook(data):
    x, y = data.x_train[:50_000], data.y_train[:50_000]
    record = sgd_run.run(x, y, (data.x_test[:50], data.y_test[:50]), n_steps=8)
    network = Network([784, 16, 10], init="scaled", seed=0, dtype=np.float64)
    order = np.random.default_rng(0).permutation(50_000)
    for t in range(8):
        rows = order[10 * t : 10 * t + 10]
        assert np.array_equal(record.labels[t], y[rows])
        assert record.cost[t] == pytest.approx(network.cost(x[rows], y[rows]), abs=1e-5)
        network.update_mini_batch(x[rows], y[rows], eta=0.5)
        assert record.weight[t + 1] == pytest.approx(network.weights[1][3, 5], abs=1e-5)


def test_all_of_a_run_is_computed_by_one_thread(small, monkeypatch):
    """A second thread has nothing to gain here, and waits for work at the cost of everything else."""
    seen = {}

    def watched(name, method):
        def call(*arguments):
            threads = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
            seen.setdefault(name, []).extend(threads)
            return method(*arguments)

        return call

    names = ("feedforward", "backprop", "trace")
    for name in names:
        monkeypatch.setattr(Network, name, watched(name, getattr(Network, name)))
    with threadpool_limits(2, user_api="blas"):
        small(n_steps=2)
    assert seen.keys() == set(names)
    assert all(set(threads) == {1} for threads in seen.values())


def test_only_threes_want_the_weight_to_grow(record):
    assert np.array_equal(record.slopes < 0, record.labels == 3)
    assert (record.labels == 3).any()


def test_the_words_count_the_validation_images(record):
    for t, caption in enumerate(sgd.scene(record).captions[1:]):
        before, after = record.right[t], record.right[t + 1]
        assert f"Of 300 validation images it read {before} rightly, and now reads {after}." in caption.words
        uphill = "uphill" in caption.words
        assert uphill == (record.dot[t] < 0)


def test_right_and_wrong_are_said_by_a_mark(record):
    scene = sgd.scene(record)
    for t in (0, 7):
        verdicts = [text for text in texts(scene, t + 1) if text[:1] in ("✓", "✗")]
        pairs = zip(record.answers[t], record.labels[t], strict=True)
        assert verdicts == [f"✓ {a}" if a == y else f"✗ {a}, is {y}" for a, y in pairs]


@pytest.mark.parametrize("m", [1, 10, 25])
def test_every_page_is_well_formed(small, m):
    scene = sgd.scene(small(mini_batch_size=m, n_steps=3))
    assert scene.n_steps == 4
    for step in range(4):
        shown = page(scene, step)
        assert shown.find(f"{SVG}title").text == "Stochastic gradient descent on MNIST"
        assert shown.find(f"{SVG}desc").text == str(scene.captions[step])
        assert len(parts(shown, "image")) == (1 if step == 0 else 2)
    assert scene.captions[1].words.startswith("Mini-batch 1 of 3.")


def rendered(scene, step):
    """A page as a reader without a kernel sees it: red, green and blue of each unit of the drawing."""
    return np.array(Image.open(io.BytesIO(Stepper(scene).png(step))).convert("RGB")).astype(int)


def framed(scene, step, stroke):
    """What is seen, left to right and top to bottom, inside of the squares with frames of this colour."""
    seen, squares = rendered(scene, step), []
    for frame in parts(page(scene, step), "rect", stroke=COLOURS[stroke]):
        left, top, width, height = map(int, place(frame, "x", "y", "width", "height"))
        squares.append(seen[top : top + height, left : left + width])
    return np.array(squares)


def weights_seen(scene, step):
    """The colours of the cells of the 16 tiles: upper half and lower half, shapes (16, 14, 14, 3)."""
    cells = framed(scene, step, "grid").reshape(16, 14, 4, 14, 4, 3)
    return cells[:, :, 1, :, 1], cells[:, :, 2, :, 1]


def test_the_digits_are_drawn_as_they_are(record):
    scene = sgd.scene(record)
    for t in (0, 3, 11):
        squares = framed(scene, t + 1, "ink")
        assert len(squares) == 10
        for square, image in zip(squares, record.images[t].reshape(-1, 28, 28), strict=True):
            brightness = square[1::2, 1::2, 0] / 255
            np.testing.assert_allclose(brightness[1:-1, 1:-1], 1 - image[1:-1, 1:-1], atol=0.04)


def test_the_weights_are_drawn_with_their_sign(record):
    scene = sgd.scene(record)
    for t in range(len(record) + 1):
        upper, lower = weights_seen(scene, t)
        weights = record.hidden_weights[t].reshape(16, 14, 2, 14, 2).mean(axis=(2, 4))
        blue, orange = (upper[..., i] > upper[..., 2 - i] + 9 for i in (2, 0))
        assert blue.any()
        assert orange.any()
        assert (weights[blue] > 0).all()
        assert (weights[orange] < 0).all()
        np.testing.assert_array_equal(lower[..., 2] > lower[..., 0] + 9, blue)  # striped where negative
        strong = np.abs(weights) > np.abs(weights).max() / 4
        assert (blue | orange | ~strong).all()
        for sign in (1, -1):
            chosen = sign * weights > 0
            order = np.argsort(sign * weights[chosen])
            assert (np.diff(upper[chosen].sum(axis=-1)[order]) <= 0).all()  # the stronger, the darker


def test_pages_share_their_pictures_of_the_weights_and_each_shows_its_own(record):
    scene = sgd.scene(record)
    links = [part.get("href") for t in range(13) for part in parts(page(scene, t), "image")[-1:]]
    assert 1 < len(set(links)) <= 13 / 3
    assert len({weights_seen(scene, t)[0].tobytes() for t in range(13)}) == 13
    for t in range(13):
        tiles = parts(page(scene, t), "rect", stroke=COLOURS["grid"])
        right, low = (int(max(place(tile, name)[0] for tile in tiles)) + 56 for name in ("x", "y"))
        beside = rendered(scene, t)[low - 230 : low, right + 2 : right + 12]
        assert (beside == 255).all(), "the weights of another page are seen beside those of this one"


def test_the_still_picture_shows_the_cells_as_they_are(record):
    """Unless resvg is told in a style, it blurs a cell into its neighbours."""
    halves = framed(sgd.scene(record), 12, "grid").reshape(16, 28, 2, 14, 4, 3)[:, 1:-1, :, 1:-1]
    assert len(np.unique(halves)) > 6
    assert (halves == halves[:, :, :1, :, :1]).all()


def test_the_arrow_turns_by_the_angle(record):
    scene = sgd.scene(record)
    for t in range(len(record)):
        (turned,) = (e for e in parts(page(scene, t + 1), "path") if e.get("transform"))
        turn = float(re.match(r"rotate\((\S+) ", turned.get("transform"))[1])
        cosine = record.dot[t] / (record.norm[t] * record.full_norm[t])
        assert -turn == pytest.approx(math.degrees(math.acos(cosine)), abs=0.1)
    assert not [e for e in parts(page(scene, 0), "path") if e.get("transform")]


def test_the_curves_show_what_is_so_far(record):
    scene, heights = sgd.scene(record), []
    for t in range(13):
        shown = page(scene, t)
        (past,) = parts(shown, "clipPath", id="accuracy")
        left, width = place(past[0], "x", "width")
        rings = parts(shown, "circle", r="5")
        assert len(rings) == (2 if t == 0 else 3)
        across, up = place(rings[-1], "cx", "cy")
        assert across < left + width < across + 5
        heights.append(up)
    slope, _ = line = np.polyfit(record.right, heights, 1)
    assert slope < 0  # better is higher
    np.testing.assert_allclose(np.polyval(line, record.right), heights, atol=0.02)


def test_a_run_that_blew_up_is_said_and_still_drawn(record):
    def broken(values, t):
        values = values.astype(float).copy()
        values[t:] = np.nan
        return values

    names = ("cost", "deltas", "activations", "gradient", "dot", "norm")
    later = ("weight", "hidden_weights", "measured_cost")
    blown = replace(
        record,
        **{name: broken(getattr(record, name), 5) for name in names},
        **{name: broken(getattr(record, name), 6) for name in later},
    )
    scene = sgd.scene(blown)
    json.dumps(scene.payload(), allow_nan=False)
    assert scene.captions[5] == sgd.scene(record).captions[5]
    for step in range(6, 13):
        assert scene.captions[step].words == "The cost left the scale at mini-batch 6: η is too large."
        shown = page(scene, step)
        assert not [text for text in texts(scene, step) if "nan" in text]
        numbers = [v for e in shown.iter() for k, v in e.attrib.items() if k != "href"]
        assert not [v for v in numbers if "nan" in v]
        assert len(parts(shown, "image")) == 2


def test_a_gradient_of_zero_has_no_direction(record):
    norm, dot = record.norm.copy(), record.dot.copy()
    norm[4] = dot[4] = 0
    scene = sgd.scene(replace(record, norm=norm, dot=dot))
    assert "saturated" in scene.captions[5].words
    assert "∠" not in scene.captions[5].numbers
    assert check(scene.captions[5].numbers) == 2


def test_the_explorer_is_small_and_its_settings_make_the_run_anew(data):
    explorer = sgd.explorer(data)
    stepper = explorer.stepper
    sizes = [len(json.dumps(stepper.scene, allow_nan=False))]
    assert stepper.scene["steps"] == 51
    assert repr(explorer) == "[Stepper: Stochastic gradient descent on MNIST, 51 steps]"
    start = re.search(r"w²₃,₅ = \S+,", stepper.caption)[0]
    assert "over 2,000 training images" in stepper.caption
    assert "all 50,000" in stepper.caption
    stepper.step = 3
    explorer.settings["eta"].value = 2.0
    assert stepper.step == 0
    assert stepper.caption.endswith("η = 2")
    assert start in stepper.caption
    explorer.settings["mini_batch_size"].value = 1
    sizes.append(len(json.dumps(stepper.scene)))
    assert "one update by one image" in stepper.caption
    explorer.settings["mini_batch_size"].value = 100
    sizes.append(len(json.dumps(stepper.scene)))
    assert start in stepper.caption
    assert "one update by 100 images" in stepper.caption
    assert max(sizes) < 300_000
    explorer.new_seed()
    assert explorer.seed == 1
    assert start not in stepper.caption


def test_bad_arguments(data):
    x, y, validation = data.x_train[:50], data.y_train[:50], (data.x_test[:20], data.y_test[:20])
    with pytest.raises(ValueError) as error:
        sgd_run.run(x, y, validation, n_steps=6)
    assert str(error.value) == "n_steps · mini_batch_size must be at most 50 images, got 60"
    with pytest.raises(ValueError) as error:
        sgd_run.run(x, y[:-1], validation, n_steps=1)
    assert str(error.value) == "x and y must have the same length, got 50 and 49"
    with pytest.raises(ValueError) as error:
        sgd_run.run(x[:, 1:], y, validation, n_steps=1)
    assert str(error.value) == "x must have 784 features per row, got 783"
    with pytest.raises(TypeError) as error:
        sgd_run.run(x, y, data.x_test, n_steps=1)
    assert str(error.value) == "validation must be a pair (x, y), got ndarray"
    with pytest.raises(ValueError) as error:
        sgd_run.run(x, y, (data.x_test[:3], data.y_test[:4]), n_steps=1)
    assert str(error.value) == "validation x and validation y must have the same length, got 3 and 4"
    for name, value in (("eta", 0), ("mini_batch_size", 0), ("n_steps", 0)):
        with pytest.raises(ValueError) as error:
            sgd_run.run(x, y, validation, **{"n_steps": 1} | {name: value})
        assert str(error.value).startswith(f"{name} must be")
    with pytest.raises(TypeError) as error:
        sgd.explorer((x, y))
    assert str(error.value) == "data must be what mnist.load() returns, got tuple"
    with pytest.raises(ValueError) as error:
        sgd.explorer(data, mini_batch_size=7)
    assert str(error.value) == "mini_batch_size must be one of (1, 10, 100), got 7"
