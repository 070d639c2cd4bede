"""Under every widget the kernel is busy, interrupted, restarted and killed, or the page itself was busy.

Whatever happens, the page says so in words, no setting shows what was never run, and what the kernel said is
heard: in Chromium and in Firefox.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import cannot_run
from browser.firefox import FirefoxTab, find_firefox, running_firefox
from browser.lab import Lab
from browser.stepping import save

FAULTS = Path(__file__).with_name("faults.js")
ADD_SCRIPT = """text => {
    document.head.append(Object.assign(document.createElement("script"), { textContent: text }));
}"""
NO_FIREFOX = "no Firefox was found: install it, or let the environment variable NBLIB_FIREFOX name one"

STEPPER = """
from nblib.steppers import perceptron_stepper
perceptron_stepper.explorer()
"""
ADDER = """
from nblib.steppers import gates_stepper
gates_stepper.explorer("4-bit adder")
"""
PAD = """
from nblib import Network
from nblib.widgets.digit_pad import DigitPad
DigitPad(Network([784, 10]))
"""
TRAINING = """
import numpy as np
from nblib.widgets.live_training import LiveTraining
x = np.random.default_rng(0).uniform(size=(100, 16))
LiveTraining(Network([16, 2]), x, (x[:, 0] > 0.5).astype(int), 1_000_000, 10, 0.5)
"""
SLOW = """
import time
import ipywidgets
from nblib.drawing.scene import Caption, Scene
from nblib.widgets.explorer import Explorer

def build(speed):
    if speed == "slow":
        time.sleep(60)
    if speed == "fails":
        raise ArithmeticError("no run with this")
    return Scene([], [Caption("one"), Caption("two")], width=10, height=10, title="t")

Explorer(build, {"speed": ipywidgets.Dropdown(options=["quick", "slow", "fails"])})
"""
CELLS = (STEPPER, ADDER, PAD, TRAINING, SLOW)
SPOKEN_TO = """
from IPython.display import display
import numpy as np
from nblib import Network
from nblib.handwriting import strokes
from nblib.steppers import perceptron_stepper
from nblib.widgets.digit_pad import DigitPad
from nblib.widgets.live_training import LiveTraining
view, pad = perceptron_stepper.explorer(), DigitPad(Network([784, 10], seed=0))
x = np.random.default_rng(0).uniform(size=(3000, 16))
live = LiveTraining(Network([16, 2]), x, (x[:, 0] > 0.5).astype(int), 1_000_000, 10, 0.5)
display(view, pad, live)
view.step = 3
pad.draw(strokes(1))
live.eta = 2
"""


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirefoxTab]:
    path, home = find_firefox(), tmp_path_factory.mktemp("firefox")
    if path is None:
        cannot_run(NO_FIREFOX)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        with running_firefox(path, home) as tab:
            yield tab


@pytest.fixture(params=["chromium", "firefox"])
def open_cells(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Callable[..., Callable[..., None]]]:
    """Opens a notebook of these cells; what it returns asks the page to do one of the `faults`."""
    tab: Page | FirefoxTab = request.getfixturevalue(request.param)
    folder = lab.root / "faults"

    def open_cells(*cells: str) -> Callable[..., None]:
        lab.forget_settings()
        tab.goto(lab.address(save(folder, *cells)))
        tab.evaluate(ADD_SCRIPT, FAULTS.read_text("utf-8"))
        return lambda fault, *given: tab.evaluate(f"given => window.faults.{fault}(...given)", given)

    yield open_cells
    tab.goto("about:blank")
    lab.stop_kernels(folder)
    shutil.rmtree(folder)


def test_whatever_happens_to_the_kernel_the_page_says_so(open_cells: Callable[..., Callable[..., None]]):
    ask = open_cells(*CELLS)
    ask("run")
    ask("busy")
    ask("interrupted", CELLS.index(SLOW))
    ask("restart")
    ask("dead")
    ask("run")
    ask("killed")
    ask("dead")


def test_a_page_that_was_busy_hears_the_kernel_all_the_same(open_cells: Callable[..., Callable[..., None]]):
    ask = open_cells(SPOKEN_TO)
    ask("busyPage")
    ask("heard")
