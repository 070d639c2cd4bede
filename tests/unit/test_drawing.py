"""The drawing layer: every picture can be seen, heard and read in a terminal, and says what is true."""

import base64
import hashlib
import inspect
import io
import json
import re
import subprocess
import sys
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from PIL import Image

from nblib import Network, Perceptron, gates
from nblib.chain import Chain
from nblib.drawing import diagram, figures, numbers
from nblib.drawing.formula import worked
from nblib.drawing.picture import BLUE, GREY, ORANGE, Picture, canvas, small_png
from nblib.drawing.table import Table, listed, table

SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR = [0, 1, 1, 0]
ALT = 'w < 0 & "b" > 1'  # must not break the HTML it is written into


def small_network():
    network = Network([2, 3, 1], seed=1, dtype=np.float64)
    return network, network.trace(SQUARE, XOR)


def perceptron_record():
    return Perceptron(2).fit(SQUARE, [0, 0, 0, 1])


# One example at least for each public function of the drawing layer.
EXAMPLES = {
    "figures.curves": lambda alt: figures.curves(
        {"σ": ([0, 1, 2], [0.5, 0.7, 0.9]), "step": ([0, 1, 2], [0, 1, 1])},
        alt=alt, xlabel="z", ylabel="a", marks={"here": (1, 0.7)},
    ),
    "figures.bars": lambda alt: figures.bars([3, 1, 2], alt=alt, xlabel="digit", ylabel="count", highlight=1),
    "figures.spread": lambda alt: figures.spread({"one": [1, 2, 4], "two": [3, 3, 3]}, alt=alt, xlabel="%"),
    "figures.tangents": lambda alt: figures.tangents(
        {"x²": (np.square, 1.0, 2.0), "−x": (np.negative, 1.0, -1.0)},
        alt=alt, xlabels=["x", "x"], ylabels=["y", "y"], reach=[1, 2],
    ),
    "figures.plane": lambda alt: figures.plane(
        SQUARE, XOR, alt=alt, lines={"first": ([1, 1], -0.5), "second": ([1, -1], 0.2)}, normal=True, ring=2
    ),
    "figures.planes": lambda alt: figures.planes(
        {name: {"x": SQUARE, "y": XOR, "lines": {"line": ([1, k], -0.5)}} for k, name in enumerate("abc")},
        alt=alt, columns=2,
    ),
    "figures.perceptron_steps": lambda alt: figures.perceptron_steps(
        perceptron_record(), [0, 3, 5, 9], alt=alt
    ),
    "figures.surface": lambda alt: figures.surface(
        (np.linspace(-1, 1, 9), np.linspace(0, 2, 7), np.outer(np.arange(7), np.ones(9)) + np.arange(9)),
        alt=alt, xlabel="w", ylabel="b", paths={"η = 1": ([0, 0.5, 0.7], [1, 1.2, 1.3])},
    ),
    "figures.images": lambda alt: figures.images(
        np.random.default_rng(0).uniform(size=(3, 784)), alt=alt, titles="abc"
    ),
    "figures.weights": lambda alt: figures.weights(
        np.random.default_rng(0).normal(size=(2, 784)), alt=alt, titles=["0", "1"], title="weights",
        outline=np.pad(np.ones((8, 8)), 10).ravel(),
    ),
    "figures.confusion": lambda alt: figures.confusion([[5, 1], [2, 7]], alt=alt),
    "diagram.draw": lambda alt: diagram.draw(
        {"a": diagram.Node(0, 0, "a"), "b": diagram.Node(2, 1, "b", "below", 0.5)},
        [diagram.Edge("a", "b", -1.5, "−1.5")], alt=alt,
    ),
    "diagram.neuron": lambda alt: diagram.neuron([0.5, -1.25], 0.75, alt=alt),
    "diagram.unit": lambda alt: diagram.unit(gates.NAND, alt=alt),
    "diagram.circuit": lambda alt: diagram.circuit(
        gates.full_adder, alt=alt, record=gates.full_adder.record(1, 0, 1)
    ),
    "diagram.ripple_adder": lambda alt: diagram.ripple_adder(
        gates.ripple_adder.record(1, 1, 0, 1, 0, 1, 0, 0), alt=alt
    ),
    "diagram.chain": lambda alt: diagram.chain(Chain(1.5, -0.7, 2.0, -0.58).run(0.8, 1.0), alt=alt),
    "diagram.network": lambda alt: diagram.network(
        small_network()[0], alt=alt, trace=small_network()[1], deltas=True
    ),
    "diagram.layer": lambda alt: diagram.layer([[1, -2], [0.5, 0], [3, 1]], alt=alt, to=1),
    "diagram.backward": lambda alt: diagram.backward(*small_network(), alt=alt),
}  # fmt: skip

every_picture = pytest.mark.parametrize("name", EXAMPLES)


def texts(picture):
    """Return all texts of a picture that are not empty."""
    return [
        text.get_text()
        for text in picture.figure.findobj(match=lambda a: hasattr(a, "get_text"))
        if text.get_text()
    ]


# -- pictures ---------------------------------------------------------------------------------


def test_every_public_function_has_an_example_here():
    public = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (figures, diagram)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if inspect.signature(function).return_annotation == "Picture" and not name.startswith("_")
    }
    assert public == set(EXAMPLES)


@every_picture
def test_a_picture_comes_as_text_html_and_image(name):
    picture = EXAMPLES[name](ALT)
    assert isinstance(picture, Picture)
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    assert bundle["text/plain"] == repr(picture) == f"[Figure: {ALT}]"
    html = re.fullmatch(
        r'<img alt="([^"<>]*)" width="(\d+)" style="[^"<>]*" src="data:image/png;base64,([A-Za-z0-9+/=]+)">',
        bundle["text/html"],
    )
    assert html, bundle["text/html"][:300]
    assert unescape(html[1]) == ALT
    assert html[3] == bundle["image/png"]
    assert int(html[2]) == round(96 * picture.figure.get_size_inches()[0])
    image = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"], validate=True)))
    assert image.format == "PNG"
    assert min(image.size) > 50
    assert len(image.convert("RGB").getcolors(1 << 20)) > 3  # something is drawn on it


@every_picture
def test_two_renderings_have_the_same_bytes(name):
    first = EXAMPLES[name](ALT)
    assert first.png() == first.png() == EXAMPLES[name](ALT).png()


@every_picture
def test_no_picture_is_drawn_without_words(name):
    with pytest.raises(ValueError, match="alt must say in words what the figure shows, got ''"):
        EXAMPLES[name]("")


@pytest.mark.parametrize("alt", ["", "  \n ", None, 3])
def test_a_picture_without_words_is_refused(alt):
    with pytest.raises(ValueError, match="alt must say in words what the figure shows") as caught:
        Picture(Figure(), alt)
    assert repr(alt) in str(caught.value)


def test_the_alternative_text_is_one_line():
    assert repr(Picture(Figure(), "  a line,\n   and   another ")) == "[Figure: a line, and another]"


def test_a_picture_is_drawn_in_the_style_of_the_course_whatever_the_reader_has_set():
    chosen = ["figures.curves", "figures.weights", "diagram.unit"]
    code = (
        "import hashlib, json, runpy, sys\n"
        "import matplotlib\n"
        "matplotlib.rcParams.update({'font.size': 23, 'axes.grid': False, 'savefig.facecolor': 'black',"
        " 'lines.linewidth': 9, 'savefig.dpi': 30})\n"
        f"examples = runpy.run_path({__file__!r})['EXAMPLES']\n"
        "pictures = {name: make('alt') for name, make in examples.items()}\n"
        f"print(json.dumps([hashlib.md5(pictures[name].png()).hexdigest() for name in {chosen}]))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert matplotlib.rcParams['font.size'] == 23\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [hashlib.md5(EXAMPLES[name]("alt").png()).hexdigest() for name in chosen]


def test_a_canvas_gives_its_axes_by_row_and_column():
    with canvas(2, 3, width=5, height=2) as (figure, axes):
        assert axes.shape == (2, 3)
        assert tuple(figure.get_size_inches()) == (5, 2)
    with canvas() as (_, axes):
        assert axes.shape == (1, 1)


def test_axes_on_which_nothing_is_drawn_are_not_seen():
    with canvas(1, 2) as (_, axes):
        axes[0, 0].plot([0, 1])
    assert [ax.get_visible() for ax in axes.flat] == [True, False]
    figure = EXAMPLES["figures.planes"]("three of them, two in a row").figure
    assert [bool(ax.get_title()) for ax in figure.axes] == [ax.get_visible() for ax in figure.axes]
    assert len(figure.axes) == 4


# -- what is in the figures -------------------------------------------------------------------


def test_points_are_told_apart_by_shape_as_well_as_colour():
    picture = figures.plane(SQUARE, [0, 1, 1, 1], alt="points")
    by_label = {drawn.get_label(): drawn for drawn in picture.figure.axes[0].collections}
    ones, zeros = by_label["y = 1"], by_label["y = 0"]
    assert to_hex(ones.get_facecolor()[0]) == BLUE.lower()
    assert to_hex(zeros.get_facecolor()[0]) == ORANGE.lower()
    assert len(ones.get_paths()[0].vertices) != len(zeros.get_paths()[0].vertices)
    np.testing.assert_array_equal(zeros.get_offsets(), [[0, 0]])
    np.testing.assert_array_equal(ones.get_offsets(), [[0, 1], [1, 0], [1, 1]])


@given(
    w=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).filter(lambda w: abs(w[0]) + abs(w[1]) > 0.1),
    b=st.floats(-2, 2),
)
def test_a_line_lies_where_the_weighted_input_is_zero_and_side_1_is_shaded(w, b):
    ax = figures.plane(SQUARE, XOR, alt="line", lines={"the line": (w, b)}).figure.axes[0]
    (line,) = (line for line in ax.lines if line.get_label() == "the line")
    x, y = line.get_data()
    np.testing.assert_allclose(w[0] * x + w[1] * y + b, 0, atol=1e-9)
    (shade,) = ax.patches
    assert (shade.get_xy() @ w + b > -1e-9).all()
    assert (shade.get_xy() @ w + b > 0.1).any()


@pytest.mark.parametrize("normal", [False, True])
def test_zero_weights_give_no_line(normal):
    ax = figures.plane(SQUARE, XOR, alt="none", lines={"the line": ([0, 0], 0)}, normal=normal).figure.axes[0]
    assert len(ax.lines) == len(ax.patches) == 0


def test_the_border_of_an_answer_is_in_the_legend_and_looks_like_no_line():
    lines = {name: ([1, k], -0.5) for k, name in enumerate(("first", "second", "third"))}
    picture = figures.plane(SQUARE, XOR, alt="a", lines=lines, answer=lambda rows: rows[:, 0])
    (ax,) = picture.figure.axes
    assert [text.get_text() for text in ax.get_legend().get_texts()][2:] == ["border, ½", *lines]
    looks = [(line.get_color(), line.get_linestyle()) for line in ax.lines]
    assert len(set(looks)) == 4
    assert not {BLUE, ORANGE} & {color for color, _ in looks}


def test_no_border_where_the_answer_never_crosses_a_half():
    ax = figures.plane(SQUARE, XOR, alt="a", answer=lambda rows: 0 * rows[:, 0]).figure.axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["y = 1", "y = 0"]


def test_the_normal_starts_on_the_line_and_is_the_weight_vector():
    w, b = np.array([0.6, -0.8]), 0.3
    ax = figures.plane(SQUARE, XOR, alt="normal", lines={"line": (w, b)}, normal=True).figure.axes[0]
    (arrow,) = (text for text in ax.texts if text.get_text() == "")
    assert w @ arrow.xyann + b == pytest.approx(0)
    np.testing.assert_allclose(np.subtract(arrow.xy, arrow.xyann), w)


def test_the_background_of_a_plane_is_what_is_answered_there():
    seen = []

    def answer(rows):
        seen.append(rows)
        return (rows[:, 0] > 0.5).astype(float)

    ax = figures.plane(SQUARE, XOR, alt="answers", answer=answer).figure.axes[0]
    assert seen[0].shape[1] == 2
    np.testing.assert_allclose(seen[0].min(axis=0), [ax.get_xlim()[0], ax.get_ylim()[0]])
    np.testing.assert_allclose(seen[0].max(axis=0), [ax.get_xlim()[1], ax.get_ylim()[1]])
    boundary = next(c for c in ax.collections if hasattr(c, "levels") and list(c.levels) == [0.5])
    vertices = np.concatenate([path.vertices for path in boundary.get_paths()])
    np.testing.assert_allclose(vertices[:, 0], 0.5, atol=0.02)


def test_the_steps_of_a_perceptron_show_the_line_before_and_after():
    record = perceptron_record()
    steps = [0, int(record.mistakes[2]), len(record) - 1]
    picture = figures.perceptron_steps(record, steps, alt="steps")
    for ax, t in zip(picture.figure.axes, steps, strict=True):
        error = record.error[t]
        verdict = "right" if error == 0 else f"wrong: y − ŷ = {'+' if error > 0 else '−'}1"
        assert ax.get_title() == f"step {t + 1}\n{verdict}"
        for label, row in (("before", t), ("after", t + 1)):
            drawn = [line for line in ax.lines if line.get_label() == label]
            expected = record.weights[row].any() and (label == "after" or error != 0)
            assert len(drawn) == expected
            for line in drawn:
                x, y = line.get_data()
                total = record.weights[row, 0] * x + record.weights[row, 1] * y + record.biases[row]
                np.testing.assert_allclose(total, 0, atol=1e-9)
        ring = ax.collections[-1]
        np.testing.assert_array_equal(ring.get_offsets(), [record.x[record.example[t]]])
    (legend,) = picture.figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert said == ["y = 1", "y = 0", "line before the update", "line after it, unit fires where shaded"]


def test_a_tangent_has_the_slope_that_was_given_and_touches_the_curve():
    picture = EXAMPLES["figures.tangents"]("tangents")
    for ax, slope, height, colour in zip(picture.figure.axes, (2, -1), (1, -1), (BLUE, ORANGE), strict=True):
        tangent = next(line for line in ax.lines if len(line.get_xdata()) == 2)
        (x0, x1), (y0, y1) = tangent.get_data()
        assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)
        assert y0 + slope * (1 - x0) == pytest.approx(height)
        assert tangent.get_color() == colour
        assert f"slope {'+' if slope > 0 else '−'}{abs(slope)}.000" in ax.get_title()


@pytest.mark.parametrize("value", [(np.sin, 0.0), (np.sin, 0.0, 1.0, 2.0), np.sin])
def test_what_is_no_triple_is_no_tangent(value):
    with pytest.raises(TypeError, match=r"functions\['f'\] must be \(function, x, slope\), got "):
        figures.tangents({"f": value}, xlabels=["x"], ylabels=["y"], reach=[1.0], alt="none")


def test_curves_and_paths_are_drawn_through_their_points():
    ax = EXAMPLES["figures.curves"]("curves").figure.axes[0]
    curve = next(line for line in ax.lines if line.get_label() == "σ")
    np.testing.assert_array_equal(curve.get_data(), [[0, 1, 2], [0.5, 0.7, 0.9]])
    styles = [line.get_linestyle() for line in ax.lines[:2]]
    assert styles[0] != styles[1]  # told apart by more than colour
    assert "here" in texts(EXAMPLES["figures.curves"]("curves"))
    ax = EXAMPLES["figures.surface"]("surface").figure.axes[0]
    np.testing.assert_array_equal(ax.lines[0].get_data(), [[0, 0.5, 0.7], [1, 1.2, 1.3]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w", "b")


def test_a_spread_shows_every_run_and_the_mean_from_the_top_down():
    ax = EXAMPLES["figures.spread"]("spread").figure.axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    assert ax.yaxis_inverted()
    runs = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert runs == [[[1, 0], [2, 0], [4, 0]], [[3, 1], [3, 1], [3, 1]]]
    means = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "|"]
    assert means == [[[pytest.approx(7 / 3), 0]], [[3, 1]]]


@pytest.mark.parametrize(
    ("heights", "look"), [([3, 1, 2], {"highlight": 1}), ([3, -1, 0], {"by_sign": True})]
)
def test_the_bar_that_stands_out_is_told_apart_by_its_hatching_too(heights, look):
    picture = figures.bars(heights, alt="bars", xlabel="x", ylabel="y", **look)
    bars = picture.figure.axes[0].patches
    assert [bar.get_height() for bar in bars] == heights
    colours = [to_hex(bar.get_facecolor()) for bar in bars]
    assert colours == [colour.lower() for colour in (BLUE, ORANGE, BLUE)]
    pixels = np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB")).astype(int)
    shares = []
    for colour in (BLUE, ORANGE):
        near = np.abs(pixels - [int(colour[i : i + 2], 16) for i in (1, 3, 5)]).sum(axis=2) < 9
        rows, columns = np.nonzero(near)
        shares.append(near[rows.min() : rows.max(), np.median(columns).astype(int)].mean())
    plain, hatched = shares  # how much of an upright line through the bar has its colour
    assert plain == 1
    assert 0.5 < hatched < 0.95


def test_images_are_the_rows_in_order_white_at_0_and_black_at_1():
    rows = np.random.default_rng(0).uniform(size=(5, 6))
    picture = figures.images(rows, alt="images", shape=(2, 3), columns=2, titles="abcde")
    drawn = [ax for ax in picture.figure.axes if ax.images]
    assert len(drawn) == 5
    for ax, row, title in zip(drawn, rows, "abcde", strict=True):
        image = ax.images[0]
        np.testing.assert_array_equal(image.get_array(), row.reshape(2, 3))
        assert (image.norm.vmin, image.norm.vmax) == (0, 1)
        assert to_hex(image.cmap(0.0)) == "#ffffff"
        assert to_hex(image.cmap(1.0)) == "#000000"
        assert ax.get_title() == title


def test_images_that_are_not_square_need_their_shape():
    with pytest.raises(ValueError, match="rows must have 2 × 2 pixels, got 6; give the shape"):
        figures.images(np.ones((1, 6)), alt="no")


def test_weights_are_blue_above_zero_and_orange_below_and_carry_their_sign():
    (ax,) = figures.weights([[1, -2, 0, 0.25]], alt="weights").figure.axes
    image = ax.images[0]
    assert to_hex(image.cmap(image.norm(2))) == BLUE.lower()
    assert to_hex(image.cmap(image.norm(-2))) == ORANGE.lower()
    assert min(image.cmap(image.norm(0))) > 0.99
    assert [text.get_text() for text in ax.texts] == ["+1.00", "−2.00", "+0.00", "+0.25"]
    (ax,) = figures.weights([[1, -2, 0, 3]], alt="whole").figure.axes
    assert [text.get_text() for text in ax.texts][:2] == ["+1", "−2"]


def test_large_weight_images_mark_the_strong_weights_with_their_sign():
    image = np.zeros((6, 6))
    image[1, 2], image[4, 5], image[0, 0] = 2.0, -1.5, 0.9
    (ax,) = figures.weights([image.ravel()], alt="weights").figure.axes
    plus, minus = (np.asarray(c.get_offsets()).tolist() for c in ax.collections)
    assert plus == [[2, 1]]  # x is the column, y is the row
    assert minus == [[5, 4]]


def test_all_zero_weights_can_be_drawn():
    assert figures.weights(np.zeros((1, 9)), alt="zeros").png()


def test_the_outline_of_an_image_is_drawn_over_every_one_of_the_weights():
    square = np.pad(np.ones((4, 6)), ((3, 3), (2, 2)))  # ink in rows 3 to 6, columns 2 to 7
    rows = np.random.default_rng(0).normal(size=(3, 100))
    picture = figures.weights(rows, alt="weights", outline=square.ravel())
    for ax in picture.figure.axes:
        (outline,) = (drawn for drawn in ax.collections if isinstance(drawn, ContourSet))
        points = np.concatenate([path.vertices for path in outline.get_paths()])
        np.testing.assert_allclose(points.min(axis=0), [1.5, 2.5])
        np.testing.assert_allclose(points.max(axis=0), [7.5, 6.5])


@pytest.mark.parametrize("level", [0, 0.3, 1])
def test_an_image_without_an_outline_has_none(level):
    (ax,) = figures.weights(np.ones((1, 100)), alt="weights", outline=np.full(100, level)).figure.axes
    assert not any(isinstance(drawn, ContourSet) for drawn in ax.collections)


@pytest.mark.parametrize("outline", [np.ones(99), np.ones((1, 100)), np.ones((2, 100)), 1.0])
def test_an_outline_that_is_not_one_image_is_refused(outline):
    with pytest.raises(ValueError, match=r"outline must be one image of 100 pixels, got shape \("):
        figures.weights(np.ones((2, 100)), alt="weights", outline=outline)


def test_the_confusion_matrix_has_the_true_digits_as_rows():
    ax = figures.confusion([[5, 1], [2, 7]], alt="counts").figure.axes[0]
    assert {tuple(text.get_position()): text.get_text() for text in ax.texts} == {
        (0, 0): "5", (1, 0): "1", (0, 1): "2", (1, 1): "7"
    }  # fmt: skip
    assert "true" in ax.get_ylabel()
    np.testing.assert_array_equal(ax.images[0].get_array(), [[0, 1], [2, 0]])  # only mistakes are coloured


# -- what is in the diagrams ------------------------------------------------------------------


def arrows(picture):
    """Return colour, dashed or not, and width of every wire."""
    patches = [
        text.arrow_patch for text in picture.figure.axes[0].texts if getattr(text, "arrow_patch", None)
    ]
    return [
        (to_hex(p.get_edgecolor()), p.get_linestyle() not in ("-", "solid"), p.get_linewidth())
        for p in patches
    ]


@pytest.mark.parametrize(
    ("weight", "colour", "dashed"),
    [(1.5, BLUE, False), (0.0, BLUE, False), (-0.5, ORANGE, True), (None, GREY, False)],
)
def test_a_wire_tells_its_sign_by_dashes_as_well_as_colour(weight, colour, dashed):
    nodes = {"a": diagram.Node(0, 0), "b": diagram.Node(2, 0)}
    ((found, dashes, _),) = arrows(diagram.draw(nodes, [diagram.Edge("a", "b", weight)], alt="wire"))
    assert (found, dashes) == (colour.lower(), dashed)


def test_a_strong_wire_is_thicker():
    nodes = {"a": diagram.Node(0, 0), "b": diagram.Node(2, 0)}
    wires = [diagram.Edge("a", "b", weight) for weight in (0.1, -1, 2.5)]
    weak, middle, strong = (width for *_, width in arrows(diagram.draw(nodes, wires, alt="wires")))
    assert weak < middle < strong


def test_the_diagram_of_a_unit_shows_weights_and_threshold():
    shown = texts(diagram.unit(gates.Unit([1, -1, 0.5], threshold=-2), alt="unit"))
    assert {"x1", "x2", "x3", "+1", "−1", "+0.50", "≥ −2"} <= set(shown)
    assert {"a", "b", "≥ 2"} <= set(texts(diagram.unit(gates.AND, alt="and", inputs=["a", "b"])))


def test_the_diagram_of_a_neuron_shows_weights_and_bias():
    assert {"+0.50", "−1.25", "b = 0.75"} <= set(texts(diagram.neuron([0.5, -1.25], 0.75, alt="neuron")))


@pytest.mark.parametrize("bits", [(0, 0), (0, 1), (1, 1)])
def test_the_diagram_of_a_circuit_shows_what_every_unit_compared(bits):
    record = gates.XOR.record(*bits)
    shown = texts(diagram.circuit(gates.XOR, alt="xor", record=record))
    for name, (unit, _) in gates.XOR.units.items():
        sign = "≥" if record.signals[name] else "<"
        comparison = f"{record.totals[name]:g} {sign} {unit.threshold:g}".replace("-", "−")
        assert comparison in shown
        assert f"{name}: {record.signals[name]}" in shown
    assert str(record.outputs[0]) in shown
    assert {"≥ 1", "≥ −1", "≥ 2"} <= set(texts(diagram.circuit(gates.XOR, alt="xor")))


@pytest.mark.parametrize(("a", "b"), [(11, 2), (15, 15), (0, 0), (5, 10)])
def test_the_diagram_of_the_adder_shows_bits_and_carries(a, b):
    bits = [a >> i & 1 for i in range(4)] + [b >> i & 1 for i in range(4)]
    shown = texts(diagram.ripple_adder(gates.ripple_adder.record(*bits), alt="adder"))
    for i in range(4):
        assert {f"a{i}\n{a >> i & 1}", f"b{i}\n{b >> i & 1}"} <= set(shown)
    for i in range(5):
        assert f"s{i}\n{a + b >> i & 1}" in shown
    carries = [(a % 2**i + b % 2**i) >> i for i in range(1, 5)]
    assert [text for text in shown if text.startswith("carry")] == [f"carry {carry}" for carry in carries]


def test_the_diagram_of_the_chain_shows_every_value_and_every_factor():
    v = Chain(1.5, -0.7, 2.0, -0.58).run(0.8, 1.0)
    shown = texts(diagram.chain(v, alt="chain"))
    values = {"a0": 0.8, "w1": 1.5, "b1": -0.7, "w2": 2.0, "b2": -0.58}
    values |= {"z1": v.z1, "a1": v.a1, "a2": v.a2, "C": v.cost}
    for name, value in values.items():
        written = name.translate(str.maketrans("012", "⁰¹²"))
        assert f"{written}\n{value:.3f}".replace("-", "−") in shown
    for factor in (v.dC_da2, v.da2_dz2, v.dz2_da1, v.da1_dz1, v.dz1_da0, v.dz2_dw2):
        assert f"{factor:+.3f}".replace("-", "−") in shown


def test_the_diagram_of_a_network_shows_weights_activations_and_deltas():
    network, trace = small_network()
    plain = texts(diagram.network(network, alt="network"))
    for array in network.weights:
        assert {f"{w:.2f}".replace("-", "−") for w in array.ravel()} <= set(plain)
    for array in network.biases:
        assert {f"b\n{b:.2f}".replace("-", "−") for b in array} <= set(plain)
    for row in (0, 3):
        shown = texts(diagram.network(network, alt="network", trace=trace, row=row, deltas=True))
        for a in trace.activations:
            assert {f"{value:.2f}" for value in a[row]} <= set(shown)
        for delta in trace.deltas:
            assert {f"δ = {value:+.3f}".replace("-", "−") for value in delta[row]} <= set(shown)
    hidden = texts(diagram.network(network, alt="network", labels=False))
    assert not {f"{w:.2f}".replace("-", "−") for w in network.weights[0].ravel()} & set(hidden)


def test_the_diagram_of_the_way_back_shows_deltas_and_slopes():
    network, trace = small_network()
    shown = texts(diagram.backward(network, trace, alt="back", row=2))
    for delta, a in zip(trace.deltas, trace.activations[1:], strict=True):
        for d, activation in zip(delta[2], a[2], strict=True):
            assert f"δ\n{d:+.3f}".replace("-", "−") in shown
            assert f"f′ = {activation * (1 - activation):.3f}" in shown


def test_the_diagram_of_a_layer_writes_the_weights_asked_for():
    w = [[1, -2], [0.5, 0], [3, 1]]

    def wires(**options):
        return [text for text in texts(diagram.layer(w, alt="layer", **options)) if text[0] in "+−"]

    assert len(wires()) == 6
    assert sorted(wires(to=1)) == ["+0.00", "+0.50"]
    assert sorted(wires(start=1)) == ["+0.00", "+1.00", "−2.00"]
    assert wires(to=2, start=0) == ["+3.00"]
    assert {"a₁", "a₂", "z₁", "z₂", "z₃"} <= set(texts(diagram.layer(w, alt="layer")))


def test_networks_too_large_to_read_are_refused():
    with pytest.raises(ValueError, match=r"at most 8 neurons per layer to be drawn, got \[2, 9, 1\]"):
        diagram.network(Network([2, 9, 1]), alt="large")
    with pytest.raises(ValueError, match="at most 8"):
        diagram.layer(np.ones((9, 2)), alt="large")
    network = Network([2, 9, 1])
    with pytest.raises(ValueError, match="at most 8"):
        diagram.backward(network, network.trace([[1, 2]], [0]), alt="large")


# -- small pictures ---------------------------------------------------------------------------


def png(pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(file, format="PNG")
    return file.getvalue()


def pixels_of(image: bytes):
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB")).astype(int)


def test_a_small_picture_keeps_the_colours_of_the_course_and_no_pixel_loses_its_hue():
    grey = np.repeat(np.arange(256)[:, None], 3, axis=1)
    picture = np.repeat(grey[None], 256, axis=0)
    course = [(0, 114, 178), (213, 94, 0), (0, 158, 115), (119, 119, 119), (34, 34, 34)]
    for i, colour in enumerate(course):
        picture[3 * i, 3 * i] = colour  # one pixel of 65,536
    picture[40, 40] = 1, 113, 177  # one that is nobody's own
    small = pixels_of(small_png(png(picture)))
    for i, colour in enumerate(course):
        assert tuple(small[3 * i, 3 * i]) == colour
    assert np.abs(small - picture).max() <= 4
    assert Image.open(io.BytesIO(small_png(png(picture)))).mode == "P"


def test_what_fills_much_of_a_picture_keeps_its_colour_beside_thin_lines_with_many_shades():
    grey = np.linspace(60, 250, 20).astype(int)  # contour bands, from the largest to the smallest
    picture = np.repeat(grey, np.linspace(20, 5, 20).astype(int))[:, None, None] * np.ones((1, 200, 3), int)
    bands = picture.copy()
    for row in range(0, len(picture), 2):  # a pink line, softened towards what lies under it
        for column, share in enumerate(np.linspace(0.05, 1, 8)):
            picture[row, column] = share * np.array([204, 121, 167]) + (1 - share) * picture[row, column]
    small = pixels_of(small_png(png(picture)))
    np.testing.assert_array_equal(small[:, 8:], bands[:, 8:])


def test_the_strongest_weights_keep_their_colours():
    weights = np.random.default_rng(0).normal(scale=0.3, size=(28, 28))
    weights[3, 4], weights[20, 7] = 2.0, -2.0
    drawn = figures.weights([weights.ravel()], columns=1, width=3.6, alt="weights")
    seen = {tuple(pixel) for pixel in pixels_of(drawn.png()).reshape(-1, 3)}
    assert {(0, 114, 178), (213, 94, 0)} <= seen


def test_a_picture_of_few_colours_stays_as_it_is():
    few = np.random.default_rng(0).integers(0, 4, size=(20, 30, 3)) * 80
    assert np.array_equal(pixels_of(small_png(png(few))), few)


# -- tables -----------------------------------------------------------------------------------


def test_a_table_lines_up_as_text():
    table = Table(["step", "w₁", "what"], [[1, 0.5, "up"], [12, -1.25, "down"]], caption="Two steps")
    assert repr(table).splitlines() == [
        "Two steps",
        "step     w₁  what",
        "────  ─────  ────",
        "   1   0.50    up",
        "  12  −1.25  down",
    ]
    assert repr(Table(["a"], [])).splitlines() == ["a", "─"]


def test_a_table_has_headings_and_a_caption_in_html_and_nothing_slips_through():
    html = Table(["<b>"], [["a & b"], [-1], ["<script>"]], caption='"quoted" <i>')._repr_html_()
    assert html.startswith("<table><caption>&quot;quoted&quot; &lt;i&gt;</caption>")
    assert '<th scope="col">&lt;b&gt;</th>' in html
    assert re.findall(r"<td[^<>]*>([^<>]*)</td>", html) == ["a &amp; b", "−1", "&lt;script&gt;"]
    assert "<caption>" not in Table(["a"], [[1]])._repr_html_()


def test_a_table_sets_sentences_flush_left_where_asked():
    table = Table(["n", "what"], [[1, "so"], [12, "and so"]], left=["what"])
    assert repr(table).splitlines() == [" n  what", "──  ──────", " 1  so", "12  and so"]
    html = table._repr_html_()
    assert html.count("text-align: left") == 3
    assert '<td style="text-align: right">12</td><td style="text-align: left">and so</td>' in html
    with pytest.raises(ValueError, match="left must name columns of the table, got 'why'"):
        Table(["n"], [[1]], left=["why"])


@pytest.mark.parametrize(
    ("entry", "digits", "text"),
    [
        (3, 2, "3"),
        (-3, 2, "−3"),
        (np.int64(-3), 2, "−3"),
        (0.125, 2, "0.12"),
        (-0.125, 3, "−0.125"),
        (-0.001, 2, "0.00"),
        (np.float32(-1.5), 1, "−1.5"),
        (2.0, 0, "2"),
        ("a-b", 2, "a-b"),
    ],
)
def test_an_entry_is_written_as_the_course_writes_numbers(entry, digits, text):
    assert Table(["x"], [[entry]], digits=digits).rows == [[text]]


@pytest.mark.parametrize("row", [[], [1], [1, 2, 3]])
def test_a_row_of_another_length_is_refused(row):
    with pytest.raises(ValueError, match=rf"rows\[1\] must have 2 entries, got {len(row)}"):
        Table(["a", "b"], [[1, 2], row])


def test_columns_that_were_reckoned_make_a_table():
    x = np.array([1.0, -2.0])
    made = table({"η": 0.5, "x": x, "n": [1, 12], "fires": x > 0, "what": "so"}, digits={"x": 1}, caption="c")
    assert repr(made).splitlines() == [
        "c",
        "   η     x   n  fires  what",
        "────  ────  ──  ─────  ────",
        "0.50   1.0   1    yes    so",
        "0.50  −2.0  12     no    so",
    ]
    assert table({"a": 1, "b": True}, digits=0).rows == [["1", "yes"]]
    assert table({"a": [], "b": np.array([])}).rows == []
    assert table({"a": [0.125]}, digits=3).rows == [["0.125"]]


def test_rows_that_were_reckoned_make_a_table():
    assert repr(table({"n": n, "half": n / 2} for n in (1, 2))) == repr(
        Table(["n", "half"], [[1, 0.5], [2, 1.0]])
    )
    with pytest.raises(ValueError, match=r"rows\[1\] must have the headings \['n'\], got \['m'\]"):
        table([{"n": 1}, {"m": 1}])


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="column 'b' must have 2 entries, got 3"):
        table({"a": [1, 2], "b": [1, 2, 3], "c": 1})
    with pytest.raises(ValueError, match="digits must name columns of the table, got 'x'"):
        table({"a": [1]}, digits={"x": 1})


def test_listed_numbers_stand_one_below_the_other_without_a_heading():
    made = listed({"z": np.float64(-0.18), "right": np.bool_(True), "n": 12}, digits=3)
    assert repr(made).splitlines() == ["z      −0.180", "right     yes", "n          12"]
    assert "<thead>" not in made._repr_html_()
    assert made._repr_html_().count("<td") == 6


def test_a_formula_is_worked_out_for_each_row():
    w, x = np.array([0.1 + 0.2, -2.0]), np.array([3, 1])
    assert worked("{w}·{x} + {b}", w, x, 1, result=w * x + 1, digits=2) == [
        "0.3·3 + 1 = 1.90",
        "−2·1 + 1 = −1.00",
    ]
    assert worked("{a} − {b}", 1, -0.5, result=1.5, digits=2) == "1 − (−0.5) = 1.50"


# -- numbers ----------------------------------------------------------------------------------


@given(value=st.floats(-1e6, 1e6), digits=st.integers(0, 6))
def test_a_number_has_a_true_minus_sign_and_there_is_no_negative_zero(value, digits):
    text = numbers.num(value, digits)
    assert "-" not in text
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-9)
    assert len(text.partition(".")[2]) == digits
    assert text.startswith("−") == (float(f"{value:.{digits}f}") < 0)
    assert numbers.signed(value, digits) == (text if text[0] == "−" else "+" + text)
    assert numbers.factor(value, digits) == (f"({text})" if text[0] == "−" else text)


def test_a_subscript_is_written_with_small_digits():
    assert numbers.sub(1234567890) == "₁₂₃₄₅₆₇₈₉₀"
    assert "w" + numbers.sub(0) == "w₀"
    assert numbers.sub(np.int64(12)) == "₁₂"


def test_paths_on_a_surface_look_as_curves_do_with_one_ring_for_each_start():
    grid = [0.0, 1.0], [0.0, 1.0], [[0.0, 1.0], [1.0, 2.0]]
    lines = {"slow": ([0, 0.1], [0, 0.2]), "quick": ([0, 0.5], [0, 0.9]), "elsewhere": ([1, 0.5], [1, 0.9])}
    on_surface = figures.surface(grid, xlabel="w", ylabel="b", alt="x", paths=lines).figure.axes[0].lines
    alone = figures.curves(lines, xlabel="w", ylabel="b", alt="x").figure.axes[0].lines

    def looks(line):
        return line.get_color(), line.get_linestyle()

    drawn = [line for line in on_surface if len(line.get_xdata()) > 1]
    assert [looks(line) for line in drawn] == [looks(line) for line in alone[:3]]
    assert len({looks(line) for line in drawn}) == 3
    rings = {tuple(np.ravel(line.get_data()).tolist()) for line in on_surface if len(line.get_xdata()) == 1}
    assert rings == {(0.0, 0.0), (1.0, 1.0)}
    assert len(on_surface) == 5, "two of three paths begin at one place, and share its ring"


def test_a_surface_refuses_more_paths_than_it_can_tell_apart():
    grid = [0.0, 1.0], [0.0, 1.0], [[0.0, 1.0], [1.0, 2.0]]
    with pytest.raises(ValueError, match="paths must be at most 4, to tell them apart, got 5"):
        figures.surface(grid, xlabel="w", ylabel="b", alt="x", paths={str(i): ([0], [0]) for i in range(5)})
