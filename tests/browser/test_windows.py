"""Several windows on one notebook, and a notebook that was saved and opened again."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.lab import NOTEBOOK, App, Lab, NotebookPage, running_lab
from browser.stepping import save

PAD = """
from nblib import Network
from nblib.handwriting import strokes
from nblib.widgets.digit_pad import DigitPad
pad = DigitPad(Network([784, 10], seed=0))
pad
"""
TRAINING = """
import numpy as np
from nblib.widgets.live_training import LiveTraining
x = np.random.default_rng(0).uniform(size=(3000, 16))
live = LiveTraining(Network([16, 2]), x, (x[:, 0] > 0.5).astype(int), 1_000_000, 10, 0.5)
live
"""
STEPPER = """
from nblib.steppers import perceptron_stepper
view = perceptron_stepper.explorer()
view
"""
RUN = """code => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
    .requestExecute({code, store_history: false}).done.then(reply => reply.content.status)"""
SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"
CLEAR = """number => {
    window.jupyterapp.shell.currentWidget.content.model.cells.get(number).outputs.clear();
}"""


@contextmanager
def folder_in(lab: Lab, path: Path) -> Iterator[Path]:
    """Give a copy of a notebook that the server knows."""
    folder = lab.root / "windows"
    folder.mkdir()
    try:
        yield Path(shutil.copy(path, folder))
    finally:
        lab.stop_kernels(folder)
        shutil.rmtree(folder)


@pytest.fixture
def windows(lab: Lab, browser: Browser) -> Iterator[Any]:
    """Opens windows on notebooks, closes them at the end."""
    with ExitStack() as stack:

        def open_window(file: Path, script: str = "", server: Lab = lab) -> NotebookPage:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            stack.callback(page.close)
            page.add_init_script(script)
            return NotebookPage(page, server, file)

        yield open_window


def run(page: Page, code: str) -> None:
    assert page.evaluate(RUN, code) == "ok"


# -- two windows ------------------------------------------------------------------------------------


def draw(page: Page, *places: tuple[float, float]) -> None:
    sheet = page.locator(".nblib-sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def shows(page: Page) -> list[str]:
    """Return the strokes, how many points they have, how many the answer is about, and the answer."""
    return page.evaluate("""() => {
        const pad = document.querySelector('.nblib-pad');
        const lines = [...pad.querySelectorAll('polyline')].map((line) => line.getAttribute('points'));
        const points = lines.reduce((sum, line) => sum + (line.split(/[ ,]/).length - 2) / 2, 0);
        const words = pad.querySelector('.nblib-words').textContent;
        return [lines.join(';'), String(points), pad.dataset.points, words];
    }""")


def expect_same(one: Page, other: Page, strokes: int) -> None:
    """Wait until both windows show so many strokes, the same ones, and the same answer to them."""
    for page in (one, other):
        expect(page.locator(".nblib-pad")).to_have_attribute("data-strokes", str(strokes))
    until = time.monotonic() + 20
    while (seen := shows(one)) != shows(other) or seen[1] != seen[2]:
        assert time.monotonic() < until, (seen, shows(other))
        one.wait_for_timeout(50)


def status(page: Page, wanted: str) -> None:
    expect(page.locator(".nblib-training")).to_have_attribute("data-status", wanted)


def test_two_windows_show_the_same_and_training_rests_when_none_shows_it(
    lab: Lab, windows: Any, tmp_path: Path
):
    lab.forget_settings()
    with folder_in(lab, save(tmp_path / "n", PAD, TRAINING)) as file:
        first = windows(file)
        assert first.run_all()
        one: Page = first.page
        expect(one.locator(".nblib-training")).to_be_visible()
        one.evaluate(SAVE)
        other: Page = windows(file).page
        expect(other.locator(".nblib-training")).to_be_visible()

        draw(one, (0.3, 0.2), (0.5, 0.5), (0.6, 0.8))
        expect_same(one, other, 1)
        draw(other, (0.2, 0.4), (0.8, 0.4))
        expect_same(one, other, 2)
        one.get_by_role("button", name="Undo").click()
        expect_same(one, other, 1)
        run(one, "pad.draw(strokes(8))")
        expect_same(one, other, 1)
        draw(one, (0.1, 0.1), (0.2, 0.9), (0.9, 0.9))
        expect_same(one, other, 2)
        draw(other, (0.5, 0.1), (0.6, 0.1))
        expect_same(one, other, 3)
        other.get_by_role("button", name="Clear").click()
        expect_same(one, other, 0)

        one.get_by_role("button", name="Start", exact=True).click()
        for page in (one, other):
            status(page, "running")
        other.evaluate(CLEAR, 1)
        one.wait_for_timeout(3000)  # longer than the call of the roll
        status(one, "running")
        one.evaluate(CLEAR, 1)
        expect(one.locator(".nblib-training")).to_have_count(0)
        one.wait_for_timeout(3000)
        run(one, "assert live.status == 'paused', live.status")
        assert first.problems() == []


# -- saved and opened again -------------------------------------------------------------------------


def expect_picture(page: Page, shown: bool) -> None:
    """Check whether the picture stands for the stepper, and that nothing is called missing."""
    picture = page.locator(".jp-OutputArea-output img")
    expect(picture).to_have_count(1)
    expect(picture).to_be_visible(visible=shown)
    expect(page.locator(".nblib-stepper")).to_have_count(0 if shown else 1)


@pytest.mark.parametrize("app", [None, NOTEBOOK], ids=["Lab", "Notebook 7"])
def test_saved_and_opened_again_without_running_the_picture_is_seen(
    app: App | None, lab: Lab, windows: Any, tmp_path: Path
):
    with ExitStack() as stack:
        home = tmp_path / "home"
        home.mkdir()
        server = lab if app is None else stack.enter_context(running_lab(home, app))
        file = stack.enter_context(folder_in(server, save(tmp_path / "n", STEPPER)))
        first = windows(file, server=server)
        assert first.run_all()
        expect_picture(first.page, shown=False)
        first.page.evaluate(SAVE)
        again = windows(file, server=server)  # the kernel runs on: the stepper lives here too
        expect_picture(again.page, shown=False)
        server.stop_kernels(file.parent)
        later = windows(file, server=server)
        expect_picture(later.page, shown=True)
        missing = later.page.get_by_text("model not found")
        expect(missing).to_have_count(1)
        expect(missing).to_be_hidden()
        says = missing.evaluate("node => getComputedStyle(node, '::before').content")
        assert "Run the cell to bring it to life." in says
        assert later.run_all()
        expect_picture(later.page, shown=False)
        assert later.problems() == []
