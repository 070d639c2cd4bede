"""On a phone: lines end between terms and words, what is touched is large enough, and nothing hurries."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.lab import Lab, NotebookPage
from browser.mounted import Mounted
from browser.stepping import code_for, explorers, save
from nblib.network import Network
from nblib.widgets.chain_knobs import ChainKnobs
from nblib.widgets.guess import YES_NO, Guess
from nblib.widgets.live_training import LiveTraining
from nblib.widgets.playground import Playground
from nblib.widgets.still import StillWidget

FINGER = 44  # pixels
CALM = 1000  # ms
PAGES = 30  # of each stepper

LINES = """element => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const lines = [];
    let below = -Infinity;
    while (texts.nextNode()) for (let i = 0; i < texts.currentNode.length; i++) {
        const range = document.createRange();
        range.setStart(texts.currentNode, i);
        range.setEnd(texts.currentNode, i + 1);
        const { top, bottom, width } = range.getBoundingClientRect();
        if (!width) continue;
        if ((top + bottom) / 2 > below) lines.push('');
        below = bottom;
        lines[lines.length - 1] += texts.currentNode.data[i];
    }
    return lines;
}"""
FORMULAS = f"""pages => {{
    const lines = {LINES};
    const found = [];
    const slider = document.querySelector('.nblib-controls [type=range]');
    for (let page = 0; page < pages; page++) {{
        for (const formula of document.querySelectorAll('.nblib-formula, .nblib-numbers'))
            found.push([formula.textContent, lines(formula)]);
        slider?.dispatchEvent(new KeyboardEvent('keydown', {{key: 'ArrowRight', cancelable: true}}));
    }}
    return found;
}}"""
# What a finger can miss. A handle may look small, if what is around it belongs to it.
TOO_SMALL = """finger => [...document.querySelectorAll('button, select, input, [role=slider]')]
    .filter(part => part.closest('.nblib-stepper, .nblib-explorer, .nblib-guess') && part.checkVisibility())
    .flatMap(part => {
        part.scrollIntoView({block: 'center'});
        const seen = part.type === 'radio' ? part.closest('label') : part;
        const {left, top, width, height} = seen.getBoundingClientRect();
        if (Math.min(width, height) >= finger) return [];
        const [x, y, reach] = [left + width / 2, top + height / 2, finger / 2 - 1];
        const hit = [[-reach, 0], [reach, 0], [0, -reach], [0, reach]]
            .map(([dx, dy]) => document.elementFromPoint(x + dx, y + dy));
        if (part.matches('[role=slider]') && hit.every(one => one === part)) return [];
        const around = hit.map(one => one?.className);
        return [`${width} × ${height}: ${part.outerHTML.slice(0, 120)}, around it ${around}`];
    })"""
PLAY = """button => new Promise((resolve) => {
    const [box, began] = [button.closest('[data-step]'), performance.now()];
    const { step } = box.dataset;
    new MutationObserver(() => box.dataset.step !== step && resolve(performance.now() - began))
        .observe(box, {attributes: true, attributeFilter: ['data-step']});
    button.click();
})"""


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    viewport = {"width": 390, "height": 844}
    context = browser.new_context(viewport=viewport, has_touch=True, reduced_motion="reduce")
    yield context
    context.close()


def stepper(name: str) -> StillWidget:
    given: dict[str, Any] = {}
    exec(code_for(name), given)
    return given["view"].stepper


def playground() -> Playground:
    return Playground(data="own", own=[(1, 1, 1), (-1, -1, 0), (0, 1, 0)], hidden=[4, 3], other={"eta": 0.1})


def training() -> LiveTraining:
    x = np.random.default_rng(0).uniform(size=(100, 16))
    return LiveTraining(Network([16, 2]), x, (x[:, 0] > 0.5).astype(int), 2, 10, 0.5)


WIDGETS = {name: lambda name=name: stepper(name) for name in explorers()} | {
    "knobs": ChainKnobs,
    "playground": playground,
    "training": training,
    "guess of a number": lambda: Guess("How many?", unit="%"),
    "guess": lambda: Guess("Is it?", YES_NO),
}


@pytest.fixture(params=WIDGETS)
def shown(request: pytest.FixtureRequest, phone: BrowserContext) -> Iterator[Page]:
    """A widget on a page."""
    page = phone.new_page()
    mounted = Mounted(page, WIDGETS[request.param]())
    if request.param == "playground":
        expect(mounted.box.locator(".nblib-words")).not_to_be_empty()
    yield page
    page.close()
    assert mounted.errors == []


def begins(text: str, lines: list[str]) -> Iterator[int]:
    """Yield where in a text its lines begin."""
    at = 0
    for line in filter(None, map(str.strip, lines)):
        at = text.index(line, at)
        yield at
        at += len(line)


def is_between_terms(formula: str, at: int) -> bool:
    """Whether a line may begin here: at a sign, after a gap, or before a factor of a long term."""
    after_gap = not at or formula[:at].endswith(("\n", "  ", ", ", ": "))
    return after_gap or re.match(r"[+−=≈←→≥≤<] | ?·(?!10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])", formula[at:]) is not None


def test_a_widget_on_a_phone(shown: Page):
    assert shown.evaluate("matchMedia('(pointer: coarse)').matches")
    assert shown.evaluate(TOO_SMALL, FINGER) == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    for play in shown.get_by_role("button", name="Play", exact=True).all():
        shown.get_by_role("slider", name="Step").press("Home")
        shown.get_by_role("combobox", name="Speed").evaluate("select => { select.selectedIndex = 3; }")
        assert shown.evaluate(PLAY, play.element_handle()) >= CALM - 1
        shown.get_by_role("button", name="Pause", exact=True).click()
    for formula, lines in shown.evaluate(FORMULAS, PAGES):
        for at in begins(formula, lines):
            assert is_between_terms(formula, at), f"{formula!r} is broken before {formula[at:]!r}"


LAB = (
    "from nblib.steppers import perceptron_stepper\nperceptron_stepper.explorer()",
    "from nblib.steppers import gates_stepper\ngates_stepper.explorer('4-bit adder')",
    "from nblib import Network\nfrom nblib.widgets.digit_pad import DigitPad\nDigitPad(Network([784, 10]))",
    "from nblib.widgets.guess import Guess\n"
    "guess = Guess('What becomes of it, whatever is done?', ['everything moves', 'everything stays'])\nguess",
    "guess.compare('everything moves')",
)


def test_in_jupyterlab(phone: BrowserContext, lab: Lab):
    lab.forget_settings()
    folder = lab.root / "phone"
    notebook = NotebookPage(phone.new_page(), lab, save(folder, *LAB))
    page = notebook.page
    try:
        assert notebook.run_all()
        expect(page.locator(".nblib-stepper")).to_have_count(3)
        assert page.evaluate(TOO_SMALL, FINGER) == []
        says = page.locator(".jp-OutputArea-executeResult pre").last
        text, lines = says.text_content(), says.evaluate(LINES)
        assert len(lines) > 1
        assert [at for at in begins(text, lines) if at and text[at - 1] != " "] == []
        assert notebook.problems() == []
    finally:
        page.close()
        lab.stop_kernels()
        shutil.rmtree(folder)
