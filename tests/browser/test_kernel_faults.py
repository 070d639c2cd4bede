"""Under every widget the kernel is busy, interrupted, restarted and killed.

Whatever happens, the page says so in words, and no setting shows what was never run.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser.lab import Lab
from browser.stepping import save

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


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.fixture
def ask(tab: Page, lab: Lab, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Opens the notebook with all widgets; then asks the page to do one of the `faults`."""
    lab.forget_settings()
    folder = lab.root / "faults"
    tab.goto(lab.address(save(folder, *CELLS)))
    tab.evaluate("script => { (0, eval)(script); }", Path(__file__).with_name("faults.js").read_text("utf-8"))
    yield lambda fault, *given: tab.evaluate(f"given => window.faults.{fault}(...given)", given)
    tab.goto("about:blank")
    lab.stop_kernels()
    shutil.rmtree(folder)


def test_whatever_happens_to_the_kernel_the_page_says_so(ask: Callable[..., None]):
    ask("run")
    ask("busy")
    ask("interrupted", CELLS.index(SLOW))
    ask("restart")
    ask("dead")
    ask("run")
    ask("killed")
    ask("dead")
