"""A stepper in JupyterLab, as the person at the keyboard sees it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import string
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

import refresh
from browser.lab import NotebookPage
from nblib import steppers

expect.set_options(timeout=20_000)

NOBODY = "The kernel does not answer: has it been shut down or restarted? Run the cell again."
BUTTONS = ("First step", "Previous step", "Play", "Next step", "Last step")


def save(folder: Path, *sources: str) -> Path:
    """Write a notebook of code cells, called ``cell-0``, ``cell-1``, …"""
    folder.mkdir(exist_ok=True)
    path = folder / "stepper.ipynb"
    notebook = new_notebook(cells=[new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)])
    path.write_text(refresh.to_text(refresh.normalise(notebook)), encoding="utf-8")
    return path


_MNIST = "(data := __import__('nblib').mnist.load())"
_ARGUMENTS = {
    "mnist_stepper.explorer": _MNIST,
    "wishes_stepper.explorer": f"{{'untrained': __import__('nblib').Network([784, 16, 10])}}, "
    f"{_MNIST}.x_train, data.y_train",
}


def explorers() -> list[str]:
    """Return the functions of nblib.steppers that return an explorer: "chain_stepper.explorer", …"""
    found = []
    for module in pkgutil.iter_modules(steppers.__path__):
        for name, function in vars(importlib.import_module(f"nblib.steppers.{module.name}")).items():
            its_own = getattr(function, "__module__", "") == f"nblib.steppers.{module.name}"
            if inspect.isfunction(function) and its_own and not name.startswith("_"):
                returns = str(inspect.signature(function).return_annotation)
                found += [f"{module.name}.{name}"] * returns.endswith("Explorer")
    return found


def code_for(name: str) -> str:
    """Return the code of a cell that shows what one of the `explorers` returns, and calls it ``view``."""
    module, function = name.split(".")
    call = f"make({_ARGUMENTS.get(name, '')})"
    return f"from nblib.steppers.{module} import {function} as make\nview = {call}\nview"


@dataclass(frozen=True)
class Held:
    """What is in use: MB of JavaScript in the page, its nodes and listeners, and MB of the kernel."""

    page: float
    nodes: int
    listeners: int
    kernel: float

    def __sub__(self, earlier: Held) -> Held:
        return Held(*(now - then for now, then in zip(astuple(self), astuple(earlier), strict=True)))


TURN = """async ([steps, at_once]) => {
    const slider = document.querySelector('.nblib-stepper [type=range]');
    let key = 'ArrowRight';
    for (let i = 1; i <= steps; i++) {
        if (slider.value === slider.max) key = 'ArrowLeft';
        if (slider.value === '0') key = 'ArrowRight';
        slider.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
        if (i % at_once === 0) await new Promise(requestAnimationFrame);
    }
}"""


class StepperPage:
    """The only stepper of a notebook that has been run."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        self.box = self.page.locator(".nblib-stepper")
        expect(self.box).to_have_count(1)
        expect(self.counter).to_have_text(re.compile(r"^\d+ / \d+$"))

    @property
    def counter(self) -> Locator:
        return self.box.locator(".nblib-counter")

    @property
    def caption(self) -> str:
        return "\n".join(filter(None, (part.text_content() for part in self.box.locator("p").all())))

    @property
    def drawing(self) -> Locator:
        return self.box.locator(".nblib-picture svg")

    @property
    def notice(self) -> Locator:
        """What says that the kernel is busy, or does not answer."""
        return self.box.get_by_role("status").and_(self.box.locator(".nblib-notice"))

    @property
    def picture(self) -> str:
        """What can be seen of the drawing, as SVG without the sentence that describes it."""
        return self.drawing.evaluate(
            """svg => {
                const copy = svg.cloneNode(true);
                for (const part of copy.querySelectorAll('[style*="none"]')) part.remove();
                for (const part of copy.querySelectorAll('[style]')) part.removeAttribute('style');
                return copy.innerHTML;
            }"""
        )

    @property
    def slider(self) -> Locator:
        return self.box.get_by_role("slider", name="Step")

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name, exact=True)

    def choice(self, name: str) -> Locator:
        return self.box.get_by_role("combobox", name=name, exact=True)

    @property
    def n_steps(self) -> int:
        return int(self.counter.text_content().split(" / ")[1])

    def controls(self) -> list[Locator]:
        """Return everything in the stepper that takes the focus."""
        return [part for part in self.box.locator("button, input, select").all() if part.is_visible()]

    def expect_step(self, step: int, n_steps: int | None = None) -> None:
        """Wait for the page of a step, counted from 0 as in Python, and check what names it."""
        expect(self.box).to_have_attribute("data-step", str(step))
        n_steps = n_steps or self.n_steps
        expect(self.counter).to_have_text(f"{step + 1} / {n_steps}")
        expect(self.slider).to_have_value(str(step))
        words = self.box.locator(".nblib-words").text_content()
        expect(self.slider).to_have_attribute("aria-valuetext", f"step {step + 1} of {n_steps}: {words}")
        label = self.drawing.get_attribute("aria-label")
        assert label.endswith(f", step {step + 1} of {n_steps}: {words}")

    def kernel(self, expression: str) -> str:
        """Return what the kernel prints for an expression, once it has heard all the page had to say."""
        self.notebook.wait_until_idle()
        return self.page.evaluate(
            """async code => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({code, store_history: false});
                let said = '';
                future.onIOPub = message => { said += message.content.text ?? message.content.evalue ?? ''; };
                await future.done;
                return said.trim();
            }""",
            f"print({expression})",
        )

    def expect_kernel(self, expression: str, says: str) -> None:
        """Wait until the kernel prints this for an expression; it may still have to hear of it."""
        until = time.monotonic() + 20
        while (said := self.kernel(expression)) != says:
            assert time.monotonic() < until, f"{expression} is {said}, not {says}"
            self.page.wait_for_timeout(20)

    def run(self, code: str) -> None:
        """Run code in the kernel, as a further cell would; it must print nothing and not fail."""
        said = self.kernel(f"exec({code!r}) or 'done'")
        assert said == "done", said

    def turn(self, steps: int, at_once: int = 10) -> None:
        """Turn pages by key to the last one, back, and so on, `at_once` of them between two frames."""
        self.page.evaluate(TURN, [steps, at_once])

    def held(self) -> Held:
        """Return what is in use once page and kernel have cleared away what they no longer need."""
        self.run("import gc, psutil; gc.collect()")
        kernel = int(self.kernel("psutil.Process().memory_info().rss"))
        tools = self.page.context.new_cdp_session(self.page)
        for _ in range(3):  # what the first round frees may have held something else
            tools.send("HeapProfiler.collectGarbage")
        heap, counts = tools.send("Runtime.getHeapUsage"), tools.send("Memory.getDOMCounters")
        tools.detach()
        return Held(heap["usedSize"] / 1e6, counts["nodes"], counts["jsEventListeners"], kernel / 1e6)

    def refuse_focus_as_safari_does(self) -> None:
        """Let no button get the focus by a click alone: in Safari none does."""
        self.page.evaluate("""() => {
            const until = new AbortController();
            document.addEventListener('mousedown', event => {
                if (event.target.closest('button')) event.preventDefault();
            }, {capture: true, signal: until.signal});
            course.undo.push(() => until.abort());
        }""")

    def shut_kernel_down(self) -> None:
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def start_kernel(self) -> None:
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.startKernel().then(() => null)"
        )

    def axe(self) -> list[str]:
        """Return what axe-core finds wrong inside the stepper."""
        found: list[dict[str, Any]] = Axe().run(self.page, context=".nblib-stepper").response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]

    def expect_keys_to_stay(self, *controls: Locator, but: str = "") -> None:
        """Press, on each control, every key by which Lab edits, moves or deletes cells: none of them does."""
        before = self.cells()
        keys = [key for key in ("ArrowUp", "ArrowDown", "Enter", "Delete", "Backspace") if key != but]
        for control in controls:
            control.focus()
            for key in (*keys, *string.ascii_letters, *string.digits):
                self.page.keyboard.press(key)
            assert self.mode() == "command", "a key has opened a cell for editing"
            self.page.keyboard.press("Escape")
            expect(control).to_be_focused()
        assert self.cells() == before

    def cells(self) -> list[tuple[str, str, str]]:
        """Return id, type and source of every cell, in order."""
        return [
            tuple(cell)
            for cell in self.page.evaluate(
                """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
                    .map(cell => [cell.id, cell.type, cell.sharedModel.source])"""
            )
        ]

    def mode(self) -> str:
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.mode")
