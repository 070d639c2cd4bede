"""Live training in JupyterLab: it is watched and steered while the kernel answers everything else."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from browser.lab import NotebookPage
from browser.stepping import StepperPage

SETUP = """
import numpy as np
from nblib import Network
from nblib.widgets.live_training import LiveTraining

rng = np.random.default_rng(0)
x = rng.uniform(size=(3000, 16))
y = (x[:, 0] > x[:, 1]).astype(int)

def make(epochs=1_000_000, network=None):  # nobody waits for the end of a million epochs
    return LiveTraining(network or Network([16, 6, 2], init="scaled"), x, y, epochs, 10, 0.5)

live = make({epochs})
"""
ENDLESS, SHORT = SETUP.format(epochs=""), SETUP.format(epochs=3)


class TrainingPage(StepperPage):
    """The only live training of a notebook that has been run."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.box = self.page.locator(".nblib-training")
        expect(self.box.first).to_be_visible()

    @property
    def alert(self) -> Locator:
        return self.box.get_by_role("alert")

    def expect_status(self, status: str) -> None:
        expect(self.box.first).to_have_attribute("data-status", status)

    def points(self) -> int:
        return int(self.box.first.get_attribute("data-points"))

    def wait_for_more_points(self, more: int = 2) -> None:
        wanted = self.points() + more
        self.page.wait_for_function(
            "wanted => +document.querySelector('.nblib-training').dataset.points >= wanted", arg=wanted
        )

    def interrupt(self) -> None:
        """Press the stop button of the notebook's toolbar."""
        self.page.locator(
            "[data-jp-item-name='interrupt'] jp-button, [data-jp-item-name='interrupt'] button"
        ).first.click()


SHADES = """() => [...document.querySelectorAll('.nblib-training canvas')].map(canvas => {
    const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(image.data.buffer)).size;
})"""


@pytest.fixture
def start(run_cells: Callable[..., NotebookPage]) -> Callable[..., TrainingPage]:
    """Runs cells that show a live training."""
    return lambda *sources: TrainingPage(run_cells(*sources))


def test_start_look_elsewhere_pause_change_resume_stop(start: Callable[..., TrainingPage]):
    shown = start(ENDLESS, "live")
    shown.expect_status("ready")
    expect(
        shown.page.get_by_role("group", name="Training of 16-6-2, 1,000,000 epochs of 3,000 examples")
    ).to_have_count(1)
    expect(shown.button("Stop")).to_have_attribute("aria-disabled", "true")
    assert shown.axe() == []
    shown.button("Start").click()
    shown.expect_status("running")
    shown.wait_for_more_points()
    expect(shown.button("Pause")).to_be_focused()
    # other cells answer while it trains, and training goes on in between
    first, second = (int(shown.kernel("live.training.updates")) for _ in range(2))
    assert 0 < first < second
    assert float(shown.kernel("live.training.network.accuracy(x, y)")) > 0.4
    expect(shown.button("Pause")).to_be_visible()
    assert shown.axe() == []

    shown.button("Pause").click()
    shown.expect_status("paused")
    expect(shown.box.locator(".nblib-words")).to_have_text(re.compile(r"^Paused\. After "))
    at = shown.kernel("live.training.updates")
    shown.page.wait_for_timeout(300)
    assert shown.kernel("live.training.updates") == at

    eta = shown.box.get_by_role("slider", name="Learning rate η")
    eta.focus()
    shown.page.keyboard.press("ArrowRight")
    expect(eta).to_have_attribute("aria-valuetext", "η = 1")
    shown.choice("Mini-batch size").select_option("100")
    shown.button("Resume").click()
    shown.expect_status("running")
    shown.wait_for_more_points()
    eta.focus()
    for _ in range(3):  # while it runs, faster than the kernel can answer
        shown.page.keyboard.press("ArrowRight")
    expect(eta).to_have_attribute("aria-valuetext", "η = 10")
    shown.wait_for_more_points()
    expect(eta).to_have_attribute("aria-valuetext", "η = 10")
    assert shown.kernel("(live.eta, live.mini_batch_size)") == "(10.0, 100)"
    assert (
        shown.kernel("[*dict.fromkeys((m.eta, m.mini_batch_size) for m in live.training.record)][-1]")
        == "(10.0, 100)"
    )
    expect(shown.drawing).to_contain_text("m = 100")
    shown.run("live.eta, live.mini_batch_size = 0.03, 7")  # values of one's own are offered beside the usual
    expect(eta).to_have_attribute("aria-valuetext", "η = 0.03")
    expect(shown.choice("Mini-batch size")).to_have_value("7")
    shown.page.keyboard.press("ArrowLeft")
    expect(eta).to_have_attribute("aria-valuetext", "η = 0.02")

    shown.button("Stop").click()
    shown.expect_status("stopped")
    expect(shown.button("Stop")).to_be_focused()
    assert 0 <= float(shown.kernel("live.training.network.accuracy(x, y)")) <= 1
    shown.notebook.set_theme("JupyterLab Dark")
    assert shown.axe() == []
    shown.notebook.set_theme("JupyterLab Light")
    shown.button("Start again").click()
    shown.expect_status("running")
    shown.button("Stop").click()
    shown.expect_status("stopped")
    expect(shown.alert).to_be_empty()


WAIT = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const reply = kernel.requestExecute({code: 'await live.finished()', store_history: false}).done;
    window.waited = '';
    reply.then(({content}) => (window.waited = content.status));
}"""


def test_a_cell_that_awaits_waits_through_a_pause_and_goes_on_at_the_stop(start: Callable[..., TrainingPage]):
    shown = start(ENDLESS, "live")
    words = shown.box.locator(".nblib-words")
    shown.button("Start").click()
    shown.page.evaluate(WAIT)
    shown.wait_for_more_points()
    shown.button("Pause").click()
    shown.expect_status("paused")
    expect(words).to_have_text(re.compile(r" A cell waits for it: Resume, or Stop to let it go on\.$"))
    eta = shown.box.get_by_role("slider", name="Learning rate η")
    eta.press("ArrowRight")
    expect(eta).to_have_attribute("aria-valuetext", "η = 1")
    shown.button("Resume").click()
    shown.expect_status("running")
    shown.wait_for_more_points()
    expect(shown.drawing).to_contain_text("η = 1")
    shown.button("Pause").click()
    shown.expect_status("paused")
    shown.page.wait_for_timeout(600)  # longer than it takes until the page says that it waits
    expect(shown.notice).to_be_empty()
    assert shown.page.evaluate("window.waited") == "", "all the while the cell has waited"
    shown.button("Stop").click()
    shown.expect_status("stopped")
    shown.page.wait_for_function("window.waited === 'ok'")
    expect(words).not_to_contain_text("waits")


def test_run_all_goes_on_by_itself(start: Callable[..., TrainingPage]):
    shown = start(SHORT, "live.start()\nlive", "await live.finished()\nprint(live)", "live")
    shown.expect_status("finished")
    said = [cell["outputs"] for cell in shown.notebook.cells()]
    assert said[2][0]["text"] == "[Live training: 16-6-2, 3 of 3 epochs, finished]\n"
    for box in shown.box.all():  # a later view shows the whole run
        expect(box).to_have_attribute("data-points", shown.kernel("len(live.points)"))
    assert shown.box.count() == 2
    assert min(shown.page.evaluate(SHADES)) > 8, "the weights are drawn"


CLEAR = "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(1).outputs.clear()"


def test_interrupting_an_idle_kernel_pauses_the_training(start: Callable[..., TrainingPage]):
    shown = start(ENDLESS, "live.start()\nlive")
    shown.wait_for_more_points()
    shown.interrupt()
    shown.expect_status("paused")
    assert 0 <= float(shown.kernel("live.training.network.accuracy(x, y)")) <= 1
    shown.button("Resume").click()
    shown.wait_for_more_points()
    shown.page.evaluate(CLEAR)  # as when the cell is run again
    deadline = time.monotonic() + 20
    while shown.kernel("live.status") != "paused":
        assert time.monotonic() < deadline, "what nobody can see or stop rests"


HOLD_FRAMES = """() => {
    const held = window.held = new Map();
    const {requestAnimationFrame, cancelAnimationFrame} = window;
    course.undo.push(() => Object.assign(window, {requestAnimationFrame, cancelAnimationFrame}));
    window.requestAnimationFrame = frame => {
        if (!String(frame).includes('this.draw()')) return requestAnimationFrame(frame);  // Lab's own
        held.set(-1 - held.size, frame);
        return -held.size;
    };
    window.cancelAnimationFrame = number => held.delete(number) || cancelAnimationFrame(number);
}"""


def test_a_view_that_is_gone_draws_nothing(start: Callable[..., TrainingPage]):
    shown = start(SHORT, "live")
    shown.page.evaluate(HOLD_FRAMES)
    shown.run("live.weights = bytes(len(live.weights))")
    shown.page.wait_for_function("window.held.size === 1")
    shown.page.evaluate(CLEAR)
    expect(shown.box).to_have_count(0)
    shown.page.wait_for_function("window.held.size === 0")  # it has taken the frame back


def test_keys_work_after_a_click_where_a_click_gives_no_focus(start: Callable[..., TrainingPage]):
    shown = start("1", ENDLESS, "live", "2")
    before = shown.cells()
    shown.refuse_focus_as_safari_does()
    shown.button("Start").click()
    shown.expect_status("running")
    shown.page.keyboard.press("x")
    shown.button("Stop").click()
    shown.expect_status("stopped")
    expect(shown.notice).to_be_empty()
    assert shown.cells() == before


def test_a_narrow_window_shows_all(start: Callable[..., TrainingPage]):
    wide = "live = LiveTraining(Network([784, 16, 10]), np.zeros((20, 784)), np.zeros(20, int), 30, 10, 0.5)"
    shown = start(f"{SHORT}\n{wide}\nlive")
    shown.page.set_viewport_size({"width": 320, "height": 800})  # or 1280 at 400 %
    expect(shown.box.locator("canvas")).to_be_visible()
    shown.page.wait_for_function("document.querySelector('.nblib-training').clientWidth < 300")
    beyond = shown.box.evaluate("""box => [...box.querySelectorAll('*')].filter(
        part => part.getBoundingClientRect().right > box.getBoundingClientRect().right + 1
    ).map(part => part.outerHTML.slice(0, 80))""")
    assert beyond == []
    assert shown.box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_interrupting_a_cell_that_waits(start: Callable[..., TrainingPage]):
    shown = start(ENDLESS, "live.start()\nlive")
    shown.page.evaluate("""() => {
        const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        window.waited = kernel.requestExecute({code: 'await live.finished()'}).done;
    }""")
    shown.wait_for_more_points()
    shown.interrupt()
    assert shown.page.evaluate("window.waited.then(reply => reply.content.status)") == "error"
    shown.expect_status("paused")
    assert 0 <= float(shown.kernel("live.training.network.accuracy(x, y)")) <= 1
    assert [failure.partition(":")[0] for failure in shown.notebook.failures()] == ["CancelledError"]


def test_no_key_reaches_the_notebook_and_a_refusal_is_shown(start: Callable[..., TrainingPage]):
    shown = start("1", ENDLESS, "live", "2")
    shown.expect_keys_to_stay(*shown.controls(), but="Enter")  # which starts the training
    shown.run("other = make(network=live.training.network); other.start()")
    shown.button("Start").click()
    expect(shown.alert).to_contain_text("is just being trained by another live training")
    assert [failure.partition(":")[0] for failure in shown.notebook.failures()] == ["RuntimeError"]
    shown.expect_status("ready")
    assert shown.axe() == []
    shown.run("other.stop()")
    shown.button("Start").click()
    shown.expect_status("running")
    expect(shown.alert).to_be_empty()
    shown.button("Stop").click()
    shown.expect_status("stopped")
