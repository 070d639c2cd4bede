"""The playground in a browser: what it computes is what nblib computes, and everything works by key."""

import re
import string
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from browser.lab import NotebookPage
from browser.mounted import Mounted
from browser.stepping import NOBODY, StepperPage
from nblib.drawing.numbers import num, show
from nblib.network import Network
from nblib.runs.playground_run import EDGE
from nblib.widgets.playground import Playground
from nblib.widgets.still import joined
from steppers import arithmetic

expect.set_options(timeout=20_000)

NODES = 41
READ = """
import { ACTIVATIONS, Examples, SmallNetwork, Surfaces } from "./small_network.js";
import { num, read, show } from "./formula.js";
window.maths = { ACTIVATIONS, Examples, SmallNetwork, Surfaces, num, read, show };
export default {};
"""
OWN = [(1.0, 1.0, 1), (-1.0, -1.0, 0), (1.0, -1.0, 1), (-2.0, 2.0, 0)]


class PlaygroundPage(Mounted):
    """A playground on a bare page."""

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name, exact=True)

    def choice(self, name: str) -> Locator:
        return self.box.get_by_role("combobox", name=name, exact=True)

    @property
    def slider(self) -> Locator:
        return self.box.get_by_role("slider", name="Step")

    @property
    def plane(self) -> Locator:
        return self.box.locator(".nblib-plane").first

    @property
    def notice(self) -> Locator:
        return self.box.locator(".nblib-notice")

    @property
    def words(self) -> str:
        return self.box.locator(".nblib-words").text_content()

    @property
    def numbers(self) -> list[str]:
        return self.box.locator(".nblib-numbers").text_content().split("\n")

    @property
    def last(self) -> int:
        return int(self.box.locator(".nblib-counter").text_content().split(" / ")[1])

    def expect_page(self, page: int) -> None:
        expect(self.box).to_have_attribute("data-step", str(page))

    def settle(self, number: int) -> None:
        """Wait until the page shows the run of this number: the first is 1."""
        expect(self.box).to_have_attribute("data-number", str(number))

    def axe(self) -> list[str]:
        found = Axe().run(self.page, context="main").response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def mount(browser: Browser) -> Iterator[Callable[..., PlaygroundPage]]:
    """Shows a playground with these ingredients; fails at the end if an error was raised in the page."""
    shown = []

    def begin(width: int = 1000, **ingredients: object) -> PlaygroundPage:
        page = browser.new_page(viewport={"width": width, "height": 900})
        shown.append(PlaygroundPage(page, Playground(**ingredients)))
        expect(shown[-1].box.locator(".nblib-words")).not_to_be_empty()
        return shown[-1]

    yield begin
    for one in shown:
        one.page.close()
    assert [error for one in shown for error in one.errors] == []


# -- what it computes -------------------------------------------------------------------------------


@pytest.fixture
def maths(browser: Browser) -> Iterator[Callable]:
    """Evaluates a function of the modules that compute."""
    page = browser.new_page()
    page.goto("about:blank")
    page.evaluate(
        "code => import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})))", joined(READ)
    )
    yield lambda script, argument=None: page.evaluate(script, argument)
    page.close()


PASS = """([sizes, activation, page, x, y]) => {
    const network = new maths.SmallNetwork(sizes, activation);
    const surfaces = new maths.Surfaces(network);
    const examples = new maths.Examples(network, x, y, y.length - 2);
    const pass = examples.pass(page, y.map((_, i) => i));
    const list = layers => layers.map(layer => layer.map(values => [...values]));
    return {
        surfaces: list(surfaces.draw(page)), a: list(pass.a), delta: list(pass.delta),
        piles: examples.measure(page),
    };
}"""


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("sizes", [[2, 1], [2, 3, 1], [2, 8, 8, 8, 8, 1]], ids=str)
def test_surfaces_and_deltas_are_those_of_the_network(maths, sizes, activation):
    network = Network(sizes, activation, init="scaled", seed=3, dtype=np.float64, output="sigmoid")
    parts = [part.ravel() for pair in zip(network.weights, network.biases, strict=True) for part in pair]
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-3, 3, (7, 2)), np.array([0, 1, 1, 0, 1, 0, 0])
    found = maths(PASS, [sizes, activation, np.concatenate(parts).tolist(), x.ravel().tolist(), y.tolist()])
    across = np.linspace(-EDGE, EDGE, NODES)
    x1, x2 = np.meshgrid(across, across[::-1])
    grid = np.column_stack([x1.ravel(), x2.ravel()])
    for ours, theirs in zip(found["surfaces"], network.activations(grid), strict=True):
        np.testing.assert_allclose(np.transpose(ours), theirs, atol=1e-12)
    np.testing.assert_allclose(found["surfaces"][-1][0], network.feedforward(grid)[:, 0], atol=1e-12)
    trace = network.trace(x, y)
    for ours, theirs in zip(found["delta"][1:], trace.deltas, strict=True):
        np.testing.assert_allclose(np.transpose(ours), theirs, atol=1e-12)
    for pile, rows in zip(found["piles"], (slice(0, 5), slice(5, 7)), strict=True):
        assert pile["cost"] == pytest.approx(network.cost(x[rows], y[rows]), abs=1e-12)
        assert pile["right"] / pile["n"] == pytest.approx(network.accuracy(x[rows], y[rows]))


def test_numbers_are_written_as_the_course_writes_them(maths):
    rng = np.random.default_rng(1)
    values = [
        0,
        1,
        -2.5,
        1e-7,
        -3.7e-9,
        123456.0,
        1e6,
        *(rng.normal(size=60) * 10.0 ** rng.integers(-9, 8, 60)),
    ]
    written = maths("values => values.map(value => [maths.show(value), maths.num(value, 2)])", values)
    assert written == [[show(value), num(value)] for value in values]
    read = maths("texts => texts.map(maths.read)", [text for text, _ in written])
    np.testing.assert_allclose(read, values, rtol=6e-3)


# -- what one reads ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ingredients",
    [
        {"hidden": [3], "mini_batch_size": 3, "eta": 3.0},
        {"hidden": [4, 2], "activation": "sigmoid", "weight_decay": 0.01},
        {"hidden": [3, 3], "activation": "relu", "mini_batch_size": 1, "data": "xor"},
        {"hidden": [], "mini_batch_size": 50, "data": "clouds"},
    ],
    ids=str,
)
def test_the_numbers_of_every_update_can_be_redone(mount, ingredients):
    shown = mount(recorded=6, **ingredients)
    run = shown.widget.runs[0]
    layers = len(run.recipe.sizes) - 1
    for t in (1, 2, 6):
        shown.slider.press("Home")
        for _ in range(t):
            shown.page.keyboard.press("ArrowRight")
        shown.expect_page(t)
        before, after = run.network_at(t - 1), run.network_at(t)
        for l in range(1, layers + 1):
            name = "Output" if l == layers else f"Neuron 1 of hidden layer {l}"
            pattern = re.compile("^The output" if l == layers else f"^{name}")
            shown.box.get_by_role("button", name=pattern).click()
            for k, value in (("0", "weights"), ("null", "biases")):
                shown.choice("Number that is looked at").select_option(k)
                place = (0, 0) if k == "0" else 0
                old, new = (getattr(one, value)[l - 1][place] for one in (before, after))
                slope, update, delta = shown.numbers
                assert update.endswith(f" = {show(float(new))}")
                assert re.search(r" ← (\S+) − ", update)[1].startswith(num(float(old), 3)[:-1])
                trace = before.trace(run.points.x[run.rows[t - 1]], run.points.y[run.rows[t - 1]])
                nabla = trace.nabla_weights if k == "0" else trace.nabla_biases
                slope_said, delta_said = (arithmetic.values(line)[-1] for line in (slope, delta))
                assert slope_said == pytest.approx(float(nabla[l - 1][place]), rel=6e-3, abs=1e-6)
                assert delta_said == pytest.approx(float(trace.deltas[l - 1][0, 0]), rel=6e-3, abs=1e-6)
                assert arithmetic.check(update) == arithmetic.check(delta) == 1
                arithmetic.check(slope)
    shown.slider.press("Home")
    assert shown.words.startswith("The start: first weights of seed 0.")


# -- pages ------------------------------------------------------------------------------------------


def test_keys_and_buttons_turn_the_pages_from_every_control(mount):
    shown = mount(recorded=40, hidden=[3, 2])
    assert shown.axe() == []
    for control in shown.box.locator("button:not([tabindex='-1']), select, input").all():
        if not control.is_visible():
            continue
        control.focus()
        for key, page in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 40), ("Home", 0)):
            shown.page.keyboard.press(key)
            assert shown.box.get_attribute("data-step") == str(page), f"{key} on {control}"
        expect(control).to_be_focused()
        assert control.get_attribute("data-lm-suppress-shortcuts") == "true", (
            "JupyterLab leaves its keys alone"
        )
    shown.button("Next step").click()
    shown.expect_page(1)
    shown.button("Last step").click()
    shown.expect_page(40)
    shown.button("Previous step").click()
    shown.expect_page(39)
    shown.wait_until(lambda: shown.widget.step == 39)
    shown.run(lambda: setattr(shown.widget, "step", 7))
    shown.expect_page(7)


def test_more_updates_come_as_one_goes_on(mount):
    shown = mount(recorded=25)
    shown.slider.press("End")
    shown.page.keyboard.press("ArrowRight")
    shown.expect_page(26)
    assert shown.widget.n_updates == 85
    shown.choice("Speed").select_option("16 updates a frame")
    shown.button("Play").click()
    shown.page.wait_for_function("+document.querySelector('.nblib-playground').dataset.step > 600")
    shown.page.keyboard.press("Space")
    expect(shown.button("Play")).to_be_visible()
    at = int(shown.box.get_attribute("data-step"))
    shown.wait_until(lambda: shown.widget.step == at)
    shown.page.keyboard.press("ArrowLeft")
    shown.expect_page(at - 1)
    shown.slider.press("Home")
    shown.expect_page(0)
    expect(shown.notice).to_be_empty()


def test_without_a_kernel_all_that_is_recorded_can_be_stepped(mount):
    shown = mount(recorded=30)
    shown.page.evaluate("model.dead = true")
    shown.choice("learning rate η").select_option("3")
    expect(shown.notice).to_have_text(NOBODY)
    expect(shown.choice("learning rate η")).to_have_value("1")
    words = set()
    for page in range(1, 31):
        shown.slider.press("ArrowRight")
        shown.expect_page(page)
        words.add(shown.words)
    assert len(words) == 30
    shown.page.keyboard.press("ArrowRight")
    shown.expect_page(30)
    shown.button("Play").click()
    expect(shown.button("Play")).to_be_visible()
    expect(shown.notice).to_have_text(NOBODY)
    assert shown.axe() == []


def test_what_a_reader_hears(mount):
    shown = mount(recorded=200, data="clouds", hidden=[2])
    shown.slider.press("End")
    said = r"^The plane of run A after 200 updates: the output says class 1 on \d+ % of it\. "
    expect(shown.plane).to_have_attribute(
        "aria-label", re.compile(said + r"training: C = [\d.]+, 140 of 140 right")
    )
    neuron = shown.box.get_by_role(
        "button", name=re.compile("^Neuron 2 of hidden layer 1: above its middle on")
    )
    neuron.click()
    expect(neuron).to_have_attribute("aria-pressed", "true")
    expect(shown.plane).to_have_attribute(
        "aria-label", re.compile("neuron 2 of hidden layer 1 is above its middle")
    )
    shown.page.keyboard.press("ArrowUp")
    expect(shown.box.get_by_role("button", name=re.compile("^Neuron 1 of hidden layer 1"))).to_be_focused()
    expect(shown.box.get_by_role("img", name=re.compile("^Cost of run A over the updates"))).to_be_visible()
    expect(shown.box.locator(".nblib-caption")).to_have_attribute("aria-live", "polite")


# -- other runs -------------------------------------------------------------------------------------


def test_settings_make_the_run_anew(mount):
    shown = mount(recorded=40)
    shown.slider.press("End")
    shown.choice("number of hidden layers").select_option("3")
    shown.settle(2)
    shown.expect_page(0)
    assert shown.widget.recipe.hidden == (4, 4, 4)
    shown.choice("neurons of hidden layer 2").select_option("8")
    shown.settle(3)
    shown.choice("activation f of the hidden layers").select_option(label="ReLU")
    shown.settle(4)
    expect(shown.box.locator("button.nblib-neuron")).to_have_count(17)
    assert (shown.widget.recipe.hidden, shown.widget.recipe.activation) == ((4, 8, 4), "relu")
    before = shown.words
    shown.button("Reset with new seed").click()
    shown.settle(5)
    assert shown.words != before
    assert shown.widget.recipe.seed == 1
    shown.choice("weight decay λ").select_option("0.01")
    shown.settle(6)
    shown.page.keyboard.press("ArrowRight")
    expect(shown.box.locator(".nblib-formula")).to_contain_text("λ·")


def test_two_runs_side_by_side(mount):
    shown = mount(recorded=40)
    shown.choice("side by side").select_option(label="another η")
    expect(shown.box.locator(".nblib-run")).to_have_count(2)
    shown.choice("learning rate η of B").select_option("10")
    shown.settle(3)
    expect(shown.box.locator(".nblib-title").nth(1)).to_contain_text("B: 2-4-1 tanh, η = 10")
    shown.slider.press("ArrowRight")
    shown.expect_page(1)
    assert [line[:3] for line in shown.numbers] == ["A: "] * 3 + ["B: "] * 3
    assert re.search(r" − 10·", shown.numbers[4])
    assert shown.axe() == []
    shown.choice("side by side").select_option(label="other layers")
    shown.choice("number of hidden layers of B").select_option("0")
    expect(shown.box.locator(".nblib-run").nth(1).locator("button.nblib-neuron")).to_have_count(1)
    shown.choice("side by side").select_option(label="one run")
    expect(shown.box.locator(".nblib-run")).to_have_count(1)


def test_what_cannot_learn_is_told(mount):
    shown = mount(data="own")
    assert shown.words.startswith("There are no points yet")
    shown.run(lambda: shown.widget.change(own=[(0, 0, 1)], held_out=0.999999999))
    expect(shown.box.locator(".nblib-words")).to_contain_text("All points are held out")
    shown.run(lambda: shown.widget.change(own=[(0, 0, 1), (1, 1, 1)], held_out=0))
    expect(shown.box.locator(".nblib-words")).to_contain_text("are of class 1: it will say 1 everywhere")
    shown.run(lambda: shown.widget.change(own=OWN, eta=100.0, weight_decay=0.1))
    shown.slider.press("End")
    expect(shown.box.locator(".nblib-words")).to_contain_text("η is far too large. The run ends here.")
    shown.button("Next step").click()
    expect(shown.notice).to_be_empty()


# -- points of one's own ----------------------------------------------------------------------------


def test_points_are_put_and_taken_by_click_and_by_key(mount):
    shown = mount(data="own", held_out=0.0)
    box = shown.plane.bounding_box()
    middle, unit = box["width"] / 2, box["width"] / (2 * EDGE)
    shown.plane.click(position={"x": middle + unit, "y": middle - 2 * unit})
    expect(shown.plane.locator(".one")).to_have_count(1)
    shown.button("put class 0 ■").click()
    shown.plane.click(position={"x": middle - unit, "y": middle})
    expect(shown.plane.locator(".zero")).to_have_count(1)
    shown.wait_until(lambda: len(shown.widget.recipe.own) == 2)
    np.testing.assert_allclose(shown.widget.recipe.own, [(1, 2, 1), (-1, 0, 0)], atol=0.05)
    shown.plane.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "1", "ArrowDown", "ArrowDown", "0"):
        shown.page.keyboard.press(key)
    expect(shown.plane.locator(".one, .zero")).to_have_count(4)
    expect(shown.plane).to_be_focused()
    shown.wait_until(lambda: len(shown.widget.recipe.own) == 4)
    assert shown.widget.recipe.own[2:] == ((0.5, 0.05, 1), (0.5, -0.45, 0))
    expect(shown.box.locator(".nblib-where")).to_have_text("A point of class 0 at (0.50, −0.45).")
    shown.page.keyboard.press("Delete")
    expect(shown.plane.locator(".zero")).to_have_count(1)
    shown.plane.click(position={"x": middle + unit, "y": middle - 2 * unit})  # on a point: it goes
    expect(shown.plane.locator(".one")).to_have_count(1)
    shown.expect_page(0)
    assert shown.axe() == []
    shown.button("Clear points").click()
    expect(shown.plane.locator(".one, .zero")).to_have_count(0)
    shown.page.evaluate("model.dead = true")
    shown.plane.click(position={"x": middle, "y": middle})
    expect(shown.notice).to_have_text(NOBODY)
    expect(shown.plane.locator(".one, .zero")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 320])
def test_a_narrow_page_shows_all(mount, width):
    shown = mount(width=width, data="own", own=OWN, hidden=[8, 8, 8, 8], other={"eta": 0.1})
    wide, there = shown.box.evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert wide <= there
    for control in shown.box.locator("select, input, .nblib-controls button").all():
        if control.is_visible():
            place = control.bounding_box()
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= width
    assert shown.axe() == []


# -- in JupyterLab ----------------------------------------------------------------------------------

LAB = """
from nblib.widgets.playground import Playground
view = Playground(data="own", own=[(1, 1, 1), (-1, -1, 0)])
view
"""


class InLab(StepperPage):
    """The only playground of a notebook that has been run."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.box = self.page.locator(".nblib-playground")
        expect(self.box.locator(".nblib-words")).not_to_be_empty()


def test_in_jupyterlab(run_cells: Callable[..., NotebookPage]):
    shown = InLab(run_cells("1", LAB, "2"))
    shown.button("Last step").click()
    expect(shown.box).to_have_attribute("data-step", "300")
    shown.page.keyboard.press("ArrowRight")
    expect(shown.box).to_have_attribute("data-step", "301")
    shown.expect_kernel("view.step, view.n_updates", "301 360")
    plane, neuron = shown.box.locator(".nblib-plane"), shown.box.locator("button.nblib-neuron").first
    before = shown.cells()
    for control in (plane, neuron, shown.slider, shown.choice("learning rate η")):
        for key in (*string.ascii_letters, "Escape", "Enter"):
            control.focus()
            shown.page.keyboard.press(key)
            assert shown.mode() == "command", f"{key} opened a cell for editing"
    assert shown.cells() == before
    plane.focus()
    for key in ("ArrowLeft", "0"):
        shown.page.keyboard.press(key)
    expect(shown.box).to_have_attribute("data-number", "2")
    expect(plane).to_be_focused()
    assert shown.kernel("view.recipe.own[-1]") == "(-0.25, 0.0, 0)"
    shown.run("view.change(data='moons', held_out=0.3); view.train(40); view.step = 90")
    expect(shown.box).to_have_attribute("data-step", "90")
    shown.notebook.set_theme("JupyterLab Dark")
    assert shown.axe() == []
    shown.notebook.set_theme("JupyterLab Light")
    shown.shut_kernel_down()
    shown.slider.press("Home")
    for page in (1, 2, 3):
        shown.page.keyboard.press("ArrowRight")
        expect(shown.box).to_have_attribute("data-step", str(page))
    expect(shown.notice).to_be_empty()
    shown.choice("learning rate η").select_option("10")
    expect(shown.notice).to_have_text(NOBODY)
    expect(shown.choice("learning rate η")).to_have_value("1")
    shown.start_kernel()
