"""A guess in JupyterLab and Notebook 7: the answer is folded away until the run, and no key is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Locator, expect

import refresh
from browser.lab import LAB, NOTEBOOK, Lab, NotebookPage, open_notebook, running_lab
from browser.stepping import NOBODY

SOURCES = {
    "ask": "from nblib.widgets.guess import Guess\nguess = Guess('How many?')\nguess",
    "run": "print(guess.compare(10))",
    "choose": "choice = Guess('What becomes of it?', ['it turns', 'it moves', 'nothing'])\nchoice",
    "chosen": "choice.compare('nothing')",
}
STORED = {"run": "How many? → 10.", "chosen": "What becomes of it? → nothing."}


def save(folder: Path) -> Path:
    """Write a notebook with two guesses, and the results stored and folded away."""
    cells = [new_code_cell(source, id=name) for name, source in SOURCES.items()]
    for cell in cells:
        if cell.id in STORED:
            cell.outputs = [new_output("stream", text=STORED[cell.id])]
            cell.metadata = {"jupyter": {"outputs_hidden": True}}
    path = folder / "guess.ipynb"
    path.write_text(refresh.to_text(refresh.normalise(new_notebook(cells=cells))), encoding="utf-8")
    return path


RERUN = """async ([index, heard, seconds]) => {
    const {content, sessionContext} = window.jupyterapp.shell.currentWidget;
    const ask = {code: '', silent: true, user_expressions: {heard}};
    const until = performance.now() + 1000 * seconds;
    for (;;) {
        const reply = await sessionContext.session.kernel.requestExecute(ask).done;
        const said = reply.content.user_expressions.heard.data['text/plain'];
        if (said === 'True') break;
        if (performance.now() > until) throw new Error(`after ${seconds} s the kernel has heard ${said}`);
    }
    content.activeCellIndex = index;
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""


class GuessPage:
    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.number = self.page.get_by_role("textbox", name="How many?")
        self.choices = self.page.get_by_role("group", name="What becomes of it?")

    def output(self, name: str) -> Locator:
        """Return what is seen below a cell."""
        return self.page.locator(".jp-Cell").nth(list(SOURCES).index(name)).locator(".jp-OutputArea-output")

    def rerun(self, name: str, heard: object) -> None:
        """Run a cell again, as the next one after a guess, once the kernel has heard that guess."""
        guess = "guess" if name == "run" else "choice"
        self.page.evaluate(
            RERUN, [list(SOURCES).index(name), f"{guess}.value == {heard!r} or {guess}.value", 20]
        )

    def says(self) -> list[str]:
        return self.page.locator(".nblib-guess p[role=status]").all_text_contents()

    def sources(self) -> list[str]:
        return self.page.evaluate(
            """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
                .map(cell => cell.sharedModel.source)"""
        )


@pytest.fixture(scope="module", params=[LAB, NOTEBOOK], ids=["lab", "notebook7"])
def shown(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GuessPage]:
    """Both guesses; the notebook was opened with its stored results and has then been run."""
    path = save(tmp_path_factory.mktemp("guess"))
    with running_lab(tmp_path_factory.mktemp("home"), request.param) as server:
        yield from opened(server, browser, path)


def opened(server: Lab, browser: Browser, path: Path) -> Iterator[GuessPage]:
    with open_notebook(server, browser, path) as notebook:
        page = GuessPage(notebook)
        for name in STORED:  # the first test: nothing of the answer is to be seen
            expect(page.output(name).filter(visible=True)).to_have_count(0)
        assert "→" not in page.page.locator(".jp-Notebook").inner_text()
        assert notebook.run_all(), "\n".join(notebook.problems())
        for name, text in STORED.items():
            expect(page.output(name).filter(visible=True)).to_have_text(text)
        yield page


def test_a_number_is_typed_and_held_against_the_result(shown: GuessPage):
    assert shown.says() == ["Type a number, then run the next cell.", "Choose one, then run the next cell."]
    for typed, number, says in (
        ("12", 12, "You guessed 12: 2 too high."),
        ("−2", -2, "You guessed −2: the sign is the other one."),
        ("1,000", 1000, "You guessed 1000: 990 too high, a factor of 100."),
        ("21/2", 10.5, "You guessed 10.50: 0.50 too high."),
        ("10", 10, "as you guessed."),
    ):
        shown.number.fill(typed)
        expect(shown.number).to_have_attribute("aria-invalid", "false")
        shown.rerun("run", number)
        expect(shown.output("run")).to_contain_text(says)
    assert shown.says()[0] == "Your guess: 10. Now run the next cell."


@pytest.mark.parametrize("typed", ["ten", "0,5", "1/0", "1/2/3", "-", "1e", ".", "∞", "0x10"])
def test_what_is_no_number_is_said_to_be_none(shown: GuessPage, typed: str):
    shown.number.fill(typed)
    expect(shown.number).to_have_attribute("aria-invalid", "true")
    assert shown.says()[0] == "That is no number. Write it like 12, −0.5 or 1/4."
    shown.number.fill("")
    assert shown.says()[0] == "Type a number, then run the next cell."
    shown.rerun("run", None)
    expect(shown.output("run")).to_have_text(STORED["run"])


def test_an_answer_is_chosen_by_mouse_and_keys(shown: GuessPage):
    shown.choices.get_by_label("it turns").check()
    shown.rerun("chosen", "it turns")
    expect(shown.output("chosen")).to_have_text(f"{STORED['chosen']} You guessed: it turns.")
    shown.choices.get_by_label("it turns").focus()
    shown.page.keyboard.press("ArrowDown")
    shown.page.keyboard.press("ArrowDown")
    expect(shown.choices.get_by_label("nothing")).to_be_checked()
    shown.rerun("chosen", "nothing")
    expect(shown.output("chosen")).to_have_text("What becomes of it? → nothing, as you guessed.")
    assert shown.says()[1] == "Your guess: nothing. Now run the next cell."


def test_no_key_reaches_the_notebook(shown: GuessPage):
    before = shown.sources()
    for control in (shown.number, shown.choices.get_by_label("nothing")):
        control.focus()
        for key in ("x", "d", "d", "a", "b", "m", "Escape", "Enter", "Shift+Enter", "z"):
            shown.page.keyboard.press(key)
            expect(control).to_be_focused()
    assert shown.sources() == before
    expect(shown.number).to_have_value("xddabmz")
    shown.number.fill("")


def test_axe_finds_nothing(shown: GuessPage):
    found = Axe().run(shown.page, context=".nblib-guess").response["violations"]
    assert [rule["id"] for rule in found] == []


def test_without_a_kernel_it_says_so(shown: GuessPage):
    """The last test of a page: its kernel is another one afterwards."""
    session = "window.jupyterapp.shell.currentWidget.sessionContext"
    shown.page.evaluate(f"() => {session}.shutdown()")
    shown.choices.get_by_label("it moves").check()
    expect(shown.page.locator(".nblib-guess .nblib-notice").last).to_have_text(NOBODY)
    shown.page.evaluate(f"() => {session}.startKernel().then(() => null)")
