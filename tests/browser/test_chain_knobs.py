"""The chain with knobs in the browser: its arithmetic is nblib's, and everything moves with a key."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from xml.etree import ElementTree

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from browser.lab import Lab, NotebookPage, open_notebook
from browser.stepping import StepperPage, save
from nblib.chain import Chain
from nblib.drawing import numbers
from nblib.drawing.chain_tree import path, slope_field
from nblib.drawing.knob_panels import curve, tree
from nblib.drawing.scene import Caption, Scene
from nblib.widgets.chain_knobs import HERE, KNOBS, STEP, ChainKnobs
from steppers import arithmetic

RNG = np.random.default_rng(4)
NARROW = 390
SHOWN = "from nblib.widgets.chain_knobs import ChainKnobs\nknobs = ChainKnobs()\nknobs"


# -- the arithmetic ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def of_script(page: Page, script: str, call: str, argument: object) -> object:
    """Return what a call of a module of nblib comes to in the browser; the module is called `it`."""
    source = (HERE / script).read_text(encoding="utf-8")
    return page.evaluate(
        f"""async ([source, given]) => {{
            const address = URL.createObjectURL(new Blob([source], {{type: 'text/javascript'}}));
            const it = await import(address);
            return {call};
        }}""",
        [source, argument],
    )


def settings(size: float = 6.0) -> dict[str, float]:
    """Return random numbers: of the parameters from -size to size, of input and target from 0 to 1."""
    lows = {name: low for name, (_, low, _) in KNOBS.items()}
    return {name: float(RNG.uniform(-size, size) if low else RNG.uniform()) for name, low in lows.items()}


def on_the_grid(size: float = 6.0) -> dict[str, float]:
    """Return random numbers that the knobs can be turned to."""
    return {name: round(round(value / STEP) * STEP, 2) for name, value in settings(size).items()}


def python(given: dict[str, float]) -> dict[str, float]:
    w1, b1, w2, b2, a0, y = (given[name] for name in ("w1", "b1", "w2", "b2", "a0", "y"))
    return asdict(Chain(w1, b1, w2, b2).run(a0, y))


def test_every_number_of_the_browser_is_that_of_nblib(page: Page):
    tried = [settings(size) for size in (1, 3, 6, 40) for _ in range(100)]
    found = of_script(page, "chain_pass.js", "given.map(it.chainPass)", tried)
    for given, browser in zip(tried, found, strict=True):
        expected = python(given)
        assert browser.keys() == expected.keys()
        for name, value in expected.items():
            assert browser[name] == pytest.approx(value, rel=1e-9, abs=1e-15), (name, given)


def test_numbers_are_written_as_python_writes_them(page: Page):
    sizes = 10.0 ** RNG.uniform(-12, 8, size=400)
    values = [0.0, -0.0, 1.0, -1e-9, *(sizes * RNG.choice([-1, 1], size=400)).tolist()]
    for digits in (2, 3, 4):
        found = of_script(page, "numbers.js", f"given.map((v) => [it.num(v), it.show(v, {digits})])", values)
        assert found == [[numbers.num(v), numbers.show(v, digits)] for v in values]


# -- in a notebook ----------------------------------------------------------------------------------


class KnobsPage:
    """The knobs of an open notebook."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.box = self.page.get_by_role("group", name="The chain with knobs", exact=True)
        expect(self.box).to_have_count(1)

    def slider(self, name: str) -> Locator:
        kind, _, _ = KNOBS[name]
        return self.box.get_by_role("slider", name=f"{numbers.layered(name)}, {kind}", exact=True)

    def set(self, **values: float) -> None:
        for name, value in values.items():
            self.slider(name).fill(f"{value:.2f}")
            self.slider(name).focus()

    def says(self, part: str) -> str:
        return self.box.locator(f".nblib-{part}").text_content()

    @property
    def texts(self) -> list[str]:
        """All numbers and names of the drawing that can be seen."""
        return self.page.evaluate("""() => [...document.querySelectorAll('.nblib-knobs svg text')]
            .filter(text => !text.closest('[style*="none"]')).map(text => text.textContent)""")

    def attributes(self, selector: str, *names: str) -> list[list[str]]:
        return self.page.evaluate(
            """([selector, names]) => [...document.querySelectorAll('.nblib-knobs ' + selector)]
                .map(part => names.map(name => part.getAttribute(name)))""",
            [selector, list(names)],
        )

    def axe(self) -> list[str]:
        found = Axe().run(self.page, context=".nblib-knobs").response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]

    def kernel(self, expression: str) -> str:
        return StepperPage.kernel(self, expression)


@pytest.fixture(scope="module")
def shown(lab: Lab, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnobsPage]:
    """The knobs, in one notebook for all tests."""
    file = save(tmp_path_factory.mktemp("knobs") / "knobs", "1", SHOWN, "2")
    with open_notebook(lab, browser, file) as notebook:
        assert notebook.run_all()
        yield KnobsPage(notebook)


SVG = "{http://www.w3.org/2000/svg}"


def by_python(values: dict[str, float], over: str) -> ElementTree.Element:
    """The same drawing as Python makes it."""
    parts = [*tree(values, over), *curve(values, over)]
    return ElementTree.fromstring(Scene(parts, [Caption("")], width=1, height=1, title="t").svg(0))


def hidden(root: ElementTree.Element) -> set[ElementTree.Element]:
    return {part for group in root.iter() if group.get("style") == "display: none" for part in group.iter()}


def test_every_number_and_the_tangent_move_with_the_knobs(shown: KnobsPage):
    for over in ("w2", "a0", "b1", "w1", "b2"):
        values = on_the_grid()
        shown.set(**values)
        shown.slider(over).focus()
        drawn = by_python(values, over)
        assert shown.texts == [
            part.text or "" for part in drawn.iter(f"{SVG}text") if part not in hidden(drawn)
        ]
        (tangent,) = (part for part in drawn.iter(f"{SVG}line") if "data-tangent" in part.attrib)
        ends = [float(end) for end in shown.attributes("[data-tangent]", "x1", "y1", "x2", "y2")[0]]
        assert ends == pytest.approx([float(tangent.get(end)) for end in ("x1", "y1", "x2", "y2")], abs=0.01)
        (line,) = (part.get("points") for part in drawn.iter(f"{SVG}polyline"))
        (points,) = shown.attributes("[data-curve]", "points")[0]
        places = [np.array(re.split(r"[ ,]", text), float) for text in (points, line)]
        np.testing.assert_allclose(*places, atol=0.051)
        arrows = [part for part in drawn.iter(f"{SVG}g") if "data-arrow" in part.attrib]
        dashes = [[part[0].get("stroke-dasharray")] for part in arrows]
        assert shown.attributes("[data-arrow] > :first-child", "stroke-dasharray") == dashes
        lit = [stroke != "none" for (stroke,) in shown.attributes("[data-lit]", "stroke")]
        assert sum(lit) == len(path(over))


def test_the_formula_has_the_numbers_and_can_be_redone(shown: KnobsPage):
    for name in ("w1", "b1", "w2", "b2", "a0"):
        values = on_the_grid(3)
        shown.set(**values)
        shown.slider(name).focus()
        slope = python(values)[slope_field(name)]
        assert shown.says("formula").startswith(f"∂C/∂{numbers.layered(name)} = ∂C/∂a² · ∂a²/∂z² · ")
        assert shown.says("numbers").endswith(f" = {numbers.show(slope)}")
        assert arithmetic.check(shown.says("numbers")) == 1
        falls = "falls" if slope < 0 else "rises"
        assert f"and C {falls} by {numbers.show(abs(slope))} times that bit." in shown.says("words")
    shown.slider("y").focus()
    assert shown.says("formula") == "C = ½·(a² − y)²"
    assert arithmetic.check(shown.says("numbers")) == 1


def test_keys_turn_a_knob_and_reach_no_cell(shown: KnobsPage):
    cells = StepperPage.cells(shown)
    shown.box.get_by_role("button", name="Back to the start").click()
    for name, value in (("w1", 1.5), ("b1", -0.7), ("w2", 2), ("b2", -0.58), ("a0", 0.8), ("y", 1)):
        expect(shown.slider(name)).to_have_value(f"{value:g}")
    slider = shown.slider("w1")
    slider.focus()
    for key, value in (("ArrowRight", "1.52"), ("ArrowUp", "1.54"), ("ArrowLeft", "1.52"), ("Home", "-6")):
        shown.page.keyboard.press(key)
        expect(slider).to_have_value(value)
    for key in "xabdy12":
        shown.page.keyboard.press(key)
    assert StepperPage.cells(shown) == cells
    assert StepperPage.mode(shown) == "command"
    expect(slider).to_be_focused()
    cost = python({"w1": -6, "b1": -0.7, "w2": 2, "b2": -0.58, "a0": 0.8, "y": 1})
    words = f"−6.00, cost {numbers.show(cost['cost'])}, slope {numbers.show(cost['dC_dw1'])}"
    expect(slider).to_have_attribute("aria-valuetext", words)


def test_a_cell_hears_of_the_knobs(shown: KnobsPage):
    shown.set(w2=-3.0)
    here = ChainKnobs(**{name: float(shown.slider(name).input_value()) for name in KNOBS})
    heard = shown.kernel("knobs.w2, knobs.over, round(knobs.values.a2, 6)")
    assert heard == f"-3.0 w2 {here.values.a2:.6f}"


def test_in_both_themes_and_in_a_narrow_window(shown: KnobsPage):
    assert shown.axe() == []
    shown.notebook.set_theme("JupyterLab Dark")
    assert shown.axe() == []
    shown.notebook.set_theme("JupyterLab Light")
    shown.page.set_viewport_size({"width": NARROW, "height": 844})
    sticks_out = shown.page.evaluate("""() => {
        const box = document.querySelector('.nblib-knobs'), edge = box.getBoundingClientRect();
        return [...box.querySelectorAll('svg, input, output, button, p')]
            .filter(part => part.getBoundingClientRect().right > edge.right + 1)
            .map(part => part.outerHTML.slice(0, 80));
    }""")
    assert sticks_out == []
    shown.page.set_viewport_size({"width": 1280, "height": 900})


def test_no_kernel_is_needed(shown: KnobsPage):
    StepperPage.shut_kernel_down(shown)
    before = json.dumps(shown.texts)
    shown.slider("b2").focus()
    shown.page.keyboard.press("ArrowRight")
    assert json.dumps(shown.texts) != before
    StepperPage.start_kernel(shown)
