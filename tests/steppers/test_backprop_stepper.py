"""The flip-book of backpropagation: every number in it is redone from the formulas of the course."""

import base64
import dataclasses
import io
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

import oracle
from nblib import toydata
from nblib.network import Network
from nblib.steppers import backprop_stepper as backprop
from nblib.steppers.backprop_stepper import explorer, run, scene
from steppers.arithmetic import check

SHAPES = [(2, 2, 1), (2, 3, 1), (2, 4, 4, 2), (4, 4, 4, 4), (3, 2, 1), (2, 1), (1, 1, 1), (2, 1, 1, 1)]
RUNS = [
    {},
    {"sizes": (2, 2, 1), "eta": 7.94, "seed": 0},
    {"init": "all zero", "updates": 40},
    {"init": "all ½", "updates": 100},
    {"init": "large (× 30)", "updates": 100},
    {"activation": "tanh", "eta": 0.3, "updates": 90},
    {"activation": "relu", "eta": 0.2, "updates": 90},
    *({"sizes": sizes, "updates": 7} for sizes in SHAPES),
]
UP, DOWN = "⁰¹²³", "₀₁₂₃₄"


@pytest.fixture(params=RUNS, ids=str)
def record(request):
    return run(**request.param)


def number(text):
    return float(text.replace("−", "-").strip("()"))


def near(printed, exact):
    """Whether the printed text is the number, to one unit of its last digit."""
    digits = len(printed.rstrip(")").partition(".")[2])
    assert abs(number(printed) - exact) <= 1.0001 * 10.0**-digits, f"{printed} printed, {exact} is right"
    return True


def course(record, t):
    """Redo pass t example by example, from the weights of the record alone."""
    weights, biases = ([array[t] for array in part] for part in (record.weights, record.biases))
    net = oracle.Net(weights, biases, record.activation)
    passes = [net.backprop(x, y) for x, y in zip(record.x, record.y, strict=True)]
    return [
        {"a": one.activations, "z": [None, *one.zs], "delta": [None, *one.deltas], "cost": one.cost}
        for one in passes
    ]


def mean_slopes(passes, l, j, k=None):
    return np.mean([one["delta"][l][j] * (1 if k is None else one["a"][l - 1][k]) for one in passes])


def lines(caption):
    """Yield (letter, layer, indices, what is printed last) of every line of the numbers."""
    for row in caption.numbers.split("\n"):
        name = re.match(r"(?:∂C/∂)?([zaδwb])([¹²³])([₁₂₃₄]+)", row)
        where = (UP.index(name[2]), *(DOWN.index(i) - 1 for i in name[3])) if name else ()
        yield row, (name[1] if name else row[0]), where, re.split(r"= ", row)[-1]


# -- the numbers --------------------------------------------------------------------------------


def test_every_line_of_every_caption_can_be_redone_by_hand(record):
    made = [check(caption.numbers) for caption in scene(record).captions]
    assert min(made) >= 1 or record.activation == "relu"
    assert sum(made) > len(made)


def test_every_printed_number_is_that_of_the_course(record):
    example = min(2, len(record.x) - 1)
    seen = set()
    for caption in scene(record).captions:
        if caption.words.startswith("The network before"):
            near(caption.numbers.split("= ")[-1], np.mean([one["cost"] for one in course(record, 0)]))
            continue
        t = int(re.search(r"(?:numbers are those of update|^Update) (\d+)", caption.words)[1])
        before = course(record, t - 1)
        one = before[example]
        for row, letter, where, result in lines(caption):
            seen.add("∂" if row[0] == "∂" else letter + ("←" if "←" in row else ""))
            if "←" in row:
                l, j, *k = where
                array = (record.weights if letter == "w" else record.biases)[l - 1]
                slope = mean_slopes(before, l, j, *k)
                near(result, array[(t - 1, j, *k)] - record.eta * slope)
                near(result, array[(t, j, *k)])
            elif row.startswith("C"):
                near(result, one["cost"])
            elif row.startswith("∂") and "mean" in caption.formula:
                near(result, mean_slopes(before, *where))
            elif row.startswith("∂"):
                l, j, *k = where
                near(result, one["delta"][l][j] * (one["a"][l - 1][k[0]] if k else 1))
            else:
                l, j = where
                near(result, one[{"δ": "delta"}.get(letter, letter)][l][j])
    assert seen == {"z", "a", "C", "δ", "∂", "w←", "b←"}


def test_the_activation_is_that_of_the_z_that_is_printed(record):
    f = oracle.FUNCTIONS[record.activation]
    count = 0
    for caption in scene(record).captions:
        for z, a in re.findall(r"^a\S+ = \w+\((−?[\d.]+)\) = (\S+)$", caption.numbers, re.M):
            near(a, float(f(number(z))))
            count += 1
    assert count >= 1


def test_the_costs_and_answers_in_the_words(record):
    count = 0
    for caption in scene(record).captions:
        if " done" not in caption.words:
            continue
        count += 1
        since, t = re.match(r"Updates? (\d+)(?: to (\d+) are| is)", caption.words).groups()
        since, t = (int(since) - 1, int(t)) if t else (int(since) - 1, int(since))
        old, new, right, n = re.search(r"cost (\S+) → (\S+); (\d+) of (\d+) answers", caption.words).groups()
        passes = course(record, t)
        near(old, np.mean([one["cost"] for one in course(record, since)]))
        near(new, np.mean([one["cost"] for one in passes]))
        outputs = np.array([one["a"][-1] for one in passes])
        if outputs.shape[1] == 1:
            answers = np.sum((outputs > 0.5) == (record.y > 0.5))
        else:
            answers = np.sum(outputs.argmax(1) == record.y.argmax(1))
        assert (int(right), int(n)) == (answers, len(record.x))
    assert count == len(scene(record).updates) - 1


def test_every_mean_lists_the_slope_of_every_example():
    record = run(updates=5)
    found = [c for c in scene(record).captions if ", the mean" in c.words]
    assert len(found) == 5
    for t, caption in enumerate(found):
        passes = course(record, t)
        for row, _, (l, j, *k), _ in lines(caption):
            terms = re.search(r"= \((.*)\)/4", row)[1].split(" + ")
            for term, one in zip(terms, passes, strict=True):
                near(term, one["delta"][l][j] * (one["a"][l - 1][k[0]] if k else 1))


# -- the run ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", SHAPES)
def test_the_record_is_the_run_of_a_network(sizes):
    record = run(sizes, eta=1.5, updates=6, seed=2)
    network = Network(sizes, seed=2, dtype=np.float64)
    for t in range(7):
        for l in range(len(sizes) - 1):
            np.testing.assert_allclose(record.weights[l][t], network.weights[l], rtol=1e-12)
            np.testing.assert_allclose(record.biases[l][t], network.biases[l], rtol=1e-12)
        np.testing.assert_allclose(record.costs[t].mean(), network.cost(record.x, record.y))
        network.update_mini_batch(record.x, record.y, 1.5)


def test_it_is_the_run_of_the_notebook_and_learns_xor():
    record = run()
    x, y = toydata.gate("xor")
    np.testing.assert_array_equal(record.x, x)
    np.testing.assert_array_equal(record.y[:, 0], y)
    assert record.n_updates == 600
    assert record.eta == 4
    assert record.costs[0].mean() == pytest.approx(0.1395, abs=5e-5)
    assert record.costs[-1].mean() < 0.003
    assert "4 of 4 answers right" in scene(record).captions[-1].words


def test_zero_weights_never_move_and_equal_weights_stay_equal():
    zero = scene(run(init="all zero", updates=30))
    done = [c.words for c in zero.captions if " done" in c.words]
    assert all("nothing has moved" in words for words in done)
    record = run(init="all ½", updates=30)
    assert np.ptp(record.weights[0][-1], axis=0).max() < 1e-9
    assert np.abs(record.weights[0][-1] - 0.5).max() > 1e-3
    done = [c.words for c in scene(record).captions if " done" in c.words]
    assert all("equal weights" in words and "nothing" not in words for words in done)
    assert "equal weights" not in scene(run(updates=9)).captions[-1].words


def test_large_weights_saturate_and_the_caption_says_so():
    assert any("saturated" in c.words for c in scene(run(init="large (× 30)", updates=5)).captions)
    large, usual = run(init="large (× 30)", updates=1), run(updates=1)
    np.testing.assert_allclose(large.weights[0][0], 30 * usual.weights[0][0])
    np.testing.assert_array_equal(large.biases[0][0], usual.biases[0][0])


# -- the pages ----------------------------------------------------------------------------------


def phases(drawn):
    return [
        re.search(r"(forward|the cost|BP1|BP2|BP3|the mean|done|before the first)", c.words)[1] for c in drawn
    ]


def test_the_first_update_goes_neuron_by_neuron():
    got = phases(scene(run(updates=3)).captions)
    first = ["forward"] * 4 + ["the cost", "BP1"] + ["BP2"] * 3 + ["BP3", "the mean", "done"]
    others = ["forward", "the cost", "BP1", "BP2", "BP3", "the mean", "done"]
    assert got == ["before the first", *first, *others, *others]


def test_delta_reaches_the_layers_from_the_back():
    words = [c.numbers for c in scene(run((2, 2, 2, 1), updates=2)).captions if "BP2" in c.formula]
    assert [re.match(r"δ([¹²])", w)[1] for w in words] == ["²", "²", "¹", "¹", "²", "¹"]


@pytest.mark.parametrize("updates", [1, 2, 5, 6, 19, 20, 21, 78, 79, 150, 600, 1001])
def test_updates_are_complete_where_the_stepper_stops(updates):
    drawn = scene(run(updates=updates))
    assert drawn.updates[0] == 0
    assert drawn.updates[-1] == drawn.n_steps - 1
    reached = [0]
    for page in drawn.updates[1:]:
        first, last = re.match(r"Updates? (\d+)(?: to (\d+))?", drawn.captions[page].words).groups()
        assert int(first) == reached[-1] + 1
        reached.append(int(last or first))
    assert reached[-1] == updates
    assert reached[: min(updates, 20) + 1] == list(range(min(updates, 20) + 1))
    assert drawn.n_steps <= 200


def test_the_telling_page_shows_delta_flowing_back():
    for sizes in SHAPES:
        drawn = scene(run(sizes, updates=30))
        assert ("BP2" if len(sizes) > 2 else "BP1") in drawn.captions[drawn.telling].formula


def texts(drawn, step):
    root = ET.fromstring(drawn.svg(step))
    return [node.text for node in root.iter("{http://www.w3.org/2000/svg}text") if node.text]


def test_every_page_is_a_drawing_with_a_name(record):
    drawn = scene(record)
    for step in range(drawn.n_steps):
        root = ET.fromstring(drawn.svg(step))
        names = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert names["title"] == drawn.title
        assert names["desc"] == str(drawn.captions[step])
        values = {v for node in root.iter() for name, v in node.attrib.items() if name != "href"}
        assert not {v for v in values if "nan" in v.lower() or "inf" in v.lower()}


def test_what_is_not_yet_computed_is_not_shown():
    record = run(updates=2)
    drawn = scene(record)
    outputs = [f"{a:.2f}" for a in record.activations[1][0, 2]]
    for step, known in enumerate((0, 1, 2, 3)):
        assert sum(a in texts(drawn, step) for a in outputs) == known
    shown = [sum(text.startswith("δ = ") for text in texts(drawn, step)) for step in range(12)]
    assert shown == [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 0]
    assert sum(text.startswith("mean δ = ") for text in texts(drawn, 11)) == 4


def test_the_wires_carry_weights_then_slopes_then_mean_slopes():
    record = run(updates=1)
    drawn = scene(record)
    passes = course(record, 0)
    for step, expected in (
        (0, lambda l, j, k: f"{record.weights[l][0, j, k]:.2f}"),
        (10, lambda l, j, k: f"{passes[2]['delta'][l + 1][j] * passes[2]['a'][l][k]:.3f}"),
        (11, lambda l, j, k: f"{mean_slopes(passes, l + 1, j, k):.3f}"),
        (12, lambda l, j, k: f"{record.weights[l][1, j, k]:.2f}"),
    ):
        shown = texts(drawn, step)
        for l, W in enumerate(record.weights):
            for j, k in np.ndindex(W[0].shape):
                number = expected(l, j, k)
                zero = float(number) == 0
                assert (number.lstrip("-") if zero else number.replace("-", "−")) in shown, (step, l, j, k)


def test_rings_are_wide_where_delta_is_large_and_dashed_where_it_is_negative():
    record = run(updates=1)
    drawn = scene(record)
    root = ET.fromstring(drawn.svg(9))  # the last page of BP2: all δ are there
    rings = [c for c in root.iter("{http://www.w3.org/2000/svg}circle") if c.get("stroke-dasharray")]
    delta = np.concatenate([d[0, 2] for d in record.deltas])
    width = np.array([float(ring.get("stroke-width")) for ring in rings])
    assert (np.argsort(width) == np.argsort(np.abs(delta))).all()
    assert [ring.get("stroke-dasharray") != "none" for ring in rings] == (delta < 0).tolist()


def test_wires_light_up_forwards_and_then_backwards():
    drawn = scene(run(updates=1))
    named = ET.fromstring(drawn.svg(0)).iter("{http://www.w3.org/2000/svg}text")
    names = {"layer 1", "output", "C"}
    column = {round(float(text.get("x"))): text.text for text in named if text.text in names}
    lit = []
    for step in range(13):
        root = ET.fromstring(drawn.svg(step))
        glow = [
            column[round(float(node.get("x2")))]
            for node in root.iter("{http://www.w3.org/2000/svg}line")
            if node.get("stroke-opacity") and node.get("stroke") != "none"
        ]
        lit.append((len(glow), *sorted(set(glow))))
    forward = [(0,), (2, "layer 1"), (2, "layer 1"), (2, "layer 1"), (3, "output"), (1, "C")]
    assert lit == [*forward, (1, "C"), *[(1, "output")] * 6]


def test_arrows_point_the_way_that_the_signals_go():
    drawn = scene(run((2, 3, 2), updates=1))
    ways = {1: 0, -1: 0}
    for step, caption in enumerate(drawn.captions):
        root = ET.fromstring(drawn.svg(step))
        heads = [p for p in root.iter("{http://www.w3.org/2000/svg}polygon") if p.get("fill") != "none"]
        for head in heads:
            tip, base, _ = (float(corner.split(",")[0]) for corner in head.get("points").split())
            way = 1 if tip > base else -1
            assert way == (-1 if re.match("BP[12]", caption.formula) else 1)
            ways[way] += 1
    assert ways == {1: 3 * 2 + 2 * 3 + 2, -1: 2 + 3 * 2}


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (3, 4, 2), (2, 3, 3, 1), (4, 4, 4, 4), (4, 3, 4, 2)])
def test_the_numbers_on_the_wires_stand_free_of_one_another(sizes):
    root = ET.fromstring(scene(run(sizes, updates=1)).svg(0))
    places = [
        (float(node.get("x")), float(node.get("y")))
        for node in root.iter("{http://www.w3.org/2000/svg}text")
        if re.fullmatch(r"−?\d+\.\d\d", node.text or "")
        and node.get("stroke")
        and node.get("font-size") == "12"
    ]
    places = [place for place in places if place[0] < 42 + 186 * 2.6]
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[:i]:
            assert abs(x - other_x) > 30 or abs(y - other_y) > 9


def surface(drawn, step):
    href = ET.fromstring(drawn.svg(step)).find("{http://www.w3.org/2000/svg}image").get("href")
    image = Image.open(io.BytesIO(base64.b64decode(href.partition(",")[2])))
    return np.asarray(image.convert("RGBA")).astype(int)


def test_the_surface_is_the_output_of_the_network():
    record = run()
    drawn = scene(record)
    for step, t in ((0, 0), (drawn.n_steps - 1, 600)):
        network = Network([2, 3, 1], dtype=np.float64)
        network.set_parameters([w[t] for w in record.weights], [b[t] for b in record.biases])
        pixels = surface(drawn, step)
        assert pixels.shape == (24, 24, 4)
        for row, column in np.ndindex(24, 24):
            x = [-0.5 + 2 * (column + 0.5) / 24, -0.5 + 2 * (23.5 - row) / 24]
            a = network.feedforward(x)[0]
            red, _, blue, opacity = pixels[row, column]
            if (red, blue) == (0x80, 0x80):
                assert abs(a - 0.5) < 0.4  # the border at ½
            elif abs(a - 0.5) > 0.05:
                assert (blue > red) == (a > 0.5)
                assert abs(opacity / 220 - abs(a - 0.5) * 2) < 0.09


# -- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_a_run_that_blows_up_is_shown_to_the_end(seed):
    record = run(activation="elu", eta=8.0, seed=seed, updates=40)
    largest = [
        max(np.abs(a[t]).max() for a in (*record.weights, *record.zs, *record.deltas, record.costs))
        for t in range(41)
    ]
    first = next(t for t, value in enumerate(largest) if not value < 1e5)
    drawn = scene(record)
    off = [c for c in drawn.captions if "left the scale" in c.words]
    assert off
    assert off[-1] is drawn.captions[-1]
    assert {c.words for c in off} == {
        f"The cost left the scale at update {first}: η = 8 is too large for this run."
    }
    for step in range(drawn.n_steps):
        assert len(texts(drawn, step)) > 15
        check(drawn.captions[step].numbers)
    json.dumps(drawn.payload(), allow_nan=False)


def test_a_run_that_begins_off_the_scale():
    drawn = scene(run(activation="relu", init="large (× 30)", seed=3, updates=3))
    assert {c.words for c in drawn.captions} == {
        "The run begins off the scale: its numbers are too large to show. Take smaller weights."
    }
    assert "layer 1" in texts(drawn, 0)


def test_not_a_number_gives_no_blank_page():
    record = run(updates=12)
    for arrays in (record.weights, record.biases, record.zs, record.deltas):
        for array in arrays:
            array[7:] = np.nan
    record.costs[7:] = np.nan
    drawn = scene(record)
    assert "left the scale at update 7" in drawn.captions[-1].words
    assert "layer 1" in texts(drawn, drawn.n_steps - 1)
    json.dumps(drawn.payload(), allow_nan=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": (2, 5, 1)}, "sizes must list at most 4 layers of at most 4 neurons"),
        ({"sizes": (2, 2, 2, 2, 1)}, "sizes must list at most 4 layers"),
        ({"eta": 0}, "eta must be greater than 0, got 0"),
        ({"updates": 0}, "updates must be at least 1, got 0"),
        ({"init": "ones"}, "init must be one of"),
        ({"activation": "sine"}, "activation must be one of"),
        ({"x": [[0, 1]]}, "x and y must be given together"),
        ({"x": [[0, 1]], "y": [0, 1]}, "same length"),
        ({"x": [[0, 1, 2]], "y": [0]}, "x must have 2 features"),
    ],
)
def test_bad_arguments_of_a_run(arguments, message):
    with pytest.raises(ValueError, match=message):
        run(**arguments)


def test_bad_arguments_of_a_scene():
    record = run(updates=2)
    with pytest.raises(ValueError, match="example must be at most 3, got 4"):
        scene(record, example=4)
    with pytest.raises(ValueError, match="biases must have one row for each of the 3 rows of costs, got 2"):
        dataclasses.replace(record, biases=[b[:2] for b in record.biases])
    with pytest.raises(ValueError, match="at least one update"):
        dataclasses.replace(record, costs=record.costs[:0])
    with pytest.raises(ValueError, match="x and y must have the same length, got 4 and 3"):
        dataclasses.replace(record, y=record.y[:3])
    with pytest.raises(ValueError, match="zs and costs must hold 4 examples, got 3"):
        dataclasses.replace(record, zs=[z[:, :3] for z in record.zs])
    with pytest.raises(ValueError, match="costs must hold 4 examples, got 2"):
        dataclasses.replace(record, costs=record.costs[:, :2])


def test_bad_arguments_of_the_explorer():
    for arguments, message in (
        ({"network": "2-5-1"}, "network must be one of"),
        ({"init": "ones"}, "init must be one of"),
        ({"activation": "elu"}, "activation must be one of"),
        ({"example": 4}, "example must be at most 3"),
        ({"eta": 1000}, "eta must be from 0.1 to 100, got 1000"),
        ({"updates": 0}, "updates must be at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            explorer(**arguments)


def test_your_own_data():
    x, y = np.array([[0.2, 0.9], [1.0, -0.5], [3.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    record = run((2, 3, 2), updates=3, x=x, y=y)
    drawn = scene(record, example=1)
    assert "x = (1, −0.5), y = (1, 0)" in drawn.captions[0].words
    assert all(check(caption.numbers) for caption in drawn.captions)


# -- a backprop of one's own ---------------------------------------------------------------------


def my_backprop(network, x, y):
    """One example after the other, neuron by neuron."""
    nabla_weights = [np.zeros_like(W) for W in network.weights]
    nabla_biases = [np.zeros_like(b) for b in network.biases]
    for one_x, one_y in zip(x, y, strict=True):
        a = [one_x]
        for W, b in zip(network.weights, network.biases, strict=True):
            a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
        delta = (a[-1] - one_y) * a[-1] * (1 - a[-1])
        for l in reversed(range(len(network.weights))):
            nabla_weights[l] += np.outer(delta, a[l]) / len(x)
            nabla_biases[l] += delta / len(x)
            delta = network.weights[l].T @ delta * a[l] * (1 - a[l])
    return nabla_weights, nabla_biases


def no_slope_in_bp1(network, x, y):
    a = network.trace(x, y).activations
    delta = (a[2] - y) / len(x)
    hidden = delta @ network.weights[1] * a[1] * (1 - a[1])
    return [hidden.T @ a[0], delta.T @ a[1]], [hidden.sum(axis=0), delta.sum(axis=0)]


def last_layer_lost(network, x, y):
    (first, last), (first_bias, last_bias) = my_backprop(network, x, y)
    return [first, 0 * last], [first_bias, 0 * last_bias]


def in_float32(network, x, y):
    return tuple([nabla.astype(np.float32) for nabla in part] for part in my_backprop(network, x, y))


@pytest.mark.parametrize("init", backprop.INITS)
@pytest.mark.parametrize("own", [my_backprop, Network.backprop, in_float32])
def test_a_right_backprop_gives_the_same_pages(own, init):
    drawn = scene(run(init=init, updates=60))
    with_own = scene(run(init=init, updates=60, backprop=own))
    assert with_own.title == drawn.title
    assert len(with_own.captions) == len(drawn.captions)
    if own is not in_float32:
        assert with_own.captions == drawn.captions
        assert [texts(with_own, step) for step in range(30)] == [texts(drawn, step) for step in range(30)]
    assert not [c for c in with_own.captions if "its own" in str(c) or "returned" in str(c)]


@pytest.mark.parametrize("own", [no_slope_in_bp1, last_layer_lost])
def test_a_wrong_backprop_makes_other_updates_and_the_pages_say_so(own):
    right, record = run(updates=40), run(updates=40, backprop=own)
    network = Network([2, 3, 1], seed=4, dtype=np.float64)
    for t in range(41):
        for l in range(2):
            np.testing.assert_allclose(record.weights[l][t], network.weights[l], rtol=1e-12)
            np.testing.assert_allclose(record.biases[l][t], network.biases[l], rtol=1e-12)
        for parameters, nablas in zip(
            (network.weights, network.biases), own(network, record.x, record.y), strict=True
        ):
            for array, nabla in zip(parameters, nablas, strict=True):
                array -= record.eta * nabla
    assert np.abs(record.weights[0][-1] - right.weights[0][-1]).max() > 0.01
    drawn = scene(record)
    assert all(check(caption.numbers) for caption in drawn.captions)
    assert "a backprop of its own returns, and they are other ones" in drawn.captions[0].words
    for caption in drawn.captions:
        if ", the mean" in caption.words:
            assert "But the backprop of this run returns" in caption.words
        if " done" in caption.words:
            assert "returned for" in caption.formula
            assert "mean" not in caption.formula


def test_what_a_wrong_backprop_returns_is_shown_beside_the_mean():
    record = run(updates=1, backprop=no_slope_in_bp1)
    drawn = scene(record)
    (page,) = (p for p, caption in enumerate(drawn.captions) if ", the mean" in caption.words)
    passes, ((_, weights), (_, biases)) = (
        course(record, 0),
        no_slope_in_bp1(Network([2, 3, 1], seed=4, dtype=np.float64), record.x, record.y),
    )
    rows = [(where, printed) for _, _, where, printed in lines(drawn.captions[page])]
    assert [near(printed, mean_slopes(passes, *where)) for where, printed in rows] == [True, True]
    b, w = re.search(r"returns (\S+) for b²₁ and (\S+) for w²₁₃", drawn.captions[page].words).groups()
    assert near(b, biases[0])
    assert near(w, weights[0, 2])
    shown = texts(drawn, page)
    assert "On the wires: slopes that its backprop returns" in shown
    assert f"{weights[0, 2]:.3f}".replace("-", "−") in shown
    assert f"returned = {'+' if biases[0] > 0 else '−'}{abs(biases[0]):.3f}" in shown
    assert not [text for text in shown if "mean δ" in text]


def test_a_backprop_that_blows_up_is_shown_to_the_end():
    def too_large(network, x, y):
        return tuple([1e9 * nabla for nabla in part] for part in my_backprop(network, x, y))

    def no_numbers(network, x, y):
        nablas = my_backprop(network, x, y)
        return (
            nablas if np.abs(network.weights[0]).max() < 2.5 else ([n * np.nan for n in nablas[0]], nablas[1])
        )

    for own, words in (
        (
            too_large,
            r"The cost left the scale at update \d+, with the slopes that its own backprop returns\.",
        ),
        (no_numbers, r"For update \d+ its own backprop returns slopes that are not finite numbers\."),
    ):
        drawn = scene(run(updates=200, backprop=own))
        assert re.fullmatch(words, drawn.captions[-1].words)
        assert not re.fullmatch(words, drawn.captions[0].words)
        for step in range(drawn.n_steps):
            assert not [text for text in texts(drawn, step) if "nan" in text]
        json.dumps(drawn.payload(), allow_nan=False)


def test_a_backprop_cannot_change_the_run_behind_its_back():
    def writes(network, x, y):
        nablas = my_backprop(network, x, y)
        network.weights[0] += 1
        x += 1
        return nablas

    assert scene(run(updates=9, backprop=writes)).captions == scene(run(updates=9)).captions


def test_backprop_must_be_a_function():
    with pytest.raises(TypeError, match="backprop must be a function of"):
        explorer(backprop=3)


def test_the_stepper_runs_on_your_own_backprop():
    asked = []

    def counted(network, x, y):
        asked.append(network.sizes)
        return my_backprop(network, x, y)

    theirs, yours = explorer(updates=50), explorer(updates=50, backprop=counted)
    assert asked == [[2, 3, 1]] * 51
    assert repr(yours) == repr(theirs)
    for view in (theirs, yours):
        view.step = view.n_steps - 1
    assert yours.caption == theirs.caption
    yours.settings["example"].value = 0
    assert len(asked) == 51  # the same run, seen from another example
    yours.settings["network"].value = "2-2-1"
    assert asked[51:] == [[2, 2, 1]] * 51
    faulty = explorer(updates=50, backprop=last_layer_lost)
    assert "other ones" in faulty.caption
    assert explorer(updates=50, backprop=None).caption == explorer(updates=50).caption


# -- the stepper --------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(2, 3, 1), (4, 4, 4, 4)])  # the largest that can be chosen, and be drawn
def test_the_payload_is_small(sizes: tuple[int, ...]):
    assert len(json.dumps(scene(run(sizes, updates=600)).payload(), allow_nan=False)) < 300_000


def test_settings_make_the_run_anew_and_keep_the_seed():
    view = explorer()
    start = view.stepper.caption
    view.stepper.step = 20
    view.settings["eta"].value = 1.0
    assert view.seed == 4
    assert view.stepper.step == 0
    assert view.stepper.caption == start  # the same initial weights
    view.stepper.step = 12
    assert "1.57563 − 1·0.004093" in view.stepper.caption
    view.settings["example"].value = 0
    assert "example 1, x = (0, 0), y = 0" in view.stepper.caption
    view.settings["network"].value = "2-2-1"
    assert view.stepper.scene["title"] == "Backpropagation in a 2-2-1 network"
    view.settings["weights"].value = "all zero"
    assert "(0.12500 + 0.12500 + 0.12500 + 0.12500)/4 = 0.1250" in view.stepper.caption
    view.settings["activation"].value = "tanh"
    assert "(0 + 0.50000 + 0.50000 + 0)/4 = 0.2500" in view.stepper.caption
    assert view.seed == 4


def test_a_new_seed_gives_other_weights():
    view = explorer(updates=20)
    before = view.stepper.caption
    view.new_seed()
    assert view.seed == 5
    assert view.stepper.caption != before


def test_the_names_and_the_still_picture():
    view = explorer()
    assert repr(view) == "[Stepper: Backpropagation in a 2-3-1 network, 126 steps]"
    assert "BP2" in view.scene().captions[view.scene().telling].words
    assert set(backprop.NETWORKS) == {"2-2-1", "2-3-1"}
    assert repr(run(updates=3)) == "BackpropRecord(2-3-1, 3 updates)"
