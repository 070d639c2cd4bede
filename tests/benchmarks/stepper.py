"""Measure how fast steppers turn their pages in JupyterLab.

    python tests/benchmarks/stepper.py                    every view
    python tests/benchmarks/stepper.py perceptron chain   some of them

For each view: the time from the key press to the painted frame, beside the same page drawn anew by
pyplot into an `Output` at each step, in the same notebook; frames a second in the fastest play; size
of the scene; time to build it. Only compare numbers of one run: they depend on the machine, and on
what else it does.
"""

from __future__ import annotations

import inspect
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browser.conftest import QUIET
from browser.lab import Lab, NotebookPage, find_chromium, running_lab
from browser.stepping import StepperPage, code_for, explorers, save

PRESSES, PYPLOT_PRESSES = 40, 12

TIMER = """selector => {
    const root = document.querySelector(selector);
    window.took = new Promise((resolve, reject) => {
        let begun;
        const begin = () => { begun = performance.now(); };
        document.addEventListener('keydown', begin, {capture: true, once: true});
        const watch = new MutationObserver(async () => {
            watch.disconnect();
            const images = [...root.querySelectorAll('img')];
            await Promise.all(images.map(image => image.decode().catch(() => null)));
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun)));
        });
        watch.observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
        setTimeout(() => reject(new Error(`nothing changed in ${selector}`)), 20_000);
    });
}"""
FRAMES = """() => {
    window.frames_at = [];
    const box = document.querySelector('.nblib-stepper');
    new MutationObserver(() => window.frames_at.push(performance.now()))
        .observe(box, {attributes: true, attributeFilter: ['data-step']});
}"""


def draw_with_pyplot(scene: Any, step: int) -> None:
    """Draw circles, lines, rectangles and words of a page. This runs in the notebook's kernel."""
    import matplotlib.pyplot as plt
    from matplotlib import patches

    from nblib.drawing.scene import COLOURS, _at

    colours = COLOURS | {"currentColor": COLOURS["ink"]}
    _, ax = plt.subplots(figsize=(scene.width / 100, scene.height / 100))
    ax.set(xlim=(0, scene.width), ylim=(scene.height, 0), title=scene.captions[step].words[:60])
    ax.axis("off")
    for part in scene._walk():
        a = {name: _at(value, step) for name, value in part.attributes.items()}
        if None in a.values():
            continue
        ink = {name: colours.get(a.get(name, "none"), a.get(name, "none")) for name in ("fill", "stroke")}
        if part.tag == "circle":
            ax.add_patch(patches.Circle((a["cx"], a["cy"]), a["r"], fc=ink["fill"], ec=ink["stroke"]))
        elif part.tag == "rect":
            ax.add_patch(
                patches.Rectangle((a["x"], a["y"]), a["width"], a["height"], fc=ink["fill"], ec=ink["stroke"])
            )
        elif part.tag == "line":
            ax.plot([a["x1"], a["x2"]], [a["y1"], a["y2"]], color=ink["stroke"])
        elif part.tag == "text" and "x" in a and "y" in a:
            says = str(_at(part.text, step)).replace("$", r"\$")
            ax.text(a["x"], a["y"], says, fontsize=0.72 * a.get("font-size", 12), ha="center", va="center")
    plt.show()


PYPLOT = f"""from __future__ import annotations
{inspect.getsource(draw_with_pyplot)}
import ipywidgets
book = view.stepper._drawn
out, slider = ipywidgets.Output(), ipywidgets.IntSlider(max=book.n_steps - 1)
out.add_class("pyplot-page"), slider.add_class("pyplot-slider")
def turn(change):
    with out:
        out.clear_output(wait=True)
        draw_with_pyplot(book, slider.value)
slider.observe(turn, "value")
turn(None)
ipywidgets.VBox([slider, out])
"""


def press(page: Page, selector: str) -> float:
    """Press → and return the milliseconds until what it changes below `selector` is painted."""
    page.evaluate(TIMER, selector)
    page.keyboard.press("ArrowRight")
    return page.evaluate("window.took")


def play(shown: StepperPage) -> float:
    """Return the frames a second of the fastest play."""
    shown.choice("Speed").select_option("fastest")
    shown.button("First step").click()
    shown.page.evaluate(FRAMES)
    shown.button("Play").click()
    shown.page.wait_for_function(
        "+document.querySelector('.nblib-stepper [type=range]').max + 1"
        " === 1 + +document.querySelector('.nblib-stepper').dataset.step",
        timeout=120_000,
    )
    at = shown.page.evaluate("window.frames_at")
    return 1000 * (len(at) - 1) / (at[-1] - at[0]) if len(at) > 2 else float("nan")


def in_the_page(lab: Lab, browser: Browser, name: str) -> tuple[list[float], list[float], float]:
    """Return the times of the stepper's and of pyplot's pages in milliseconds, and frames a second."""
    folder = lab.root / name
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        notebook = NotebookPage(page, lab, save(folder, code_for(name), PYPLOT))
        assert notebook.run_all(), "\n".join(notebook.problems())
        shown = StepperPage(notebook)
        page.locator(".pyplot-page img").wait_for()
        steppers, pyplots = [], []
        shown.slider.focus()
        for i in range(PRESSES + 2):
            if i % (shown.n_steps - 1) == 0:
                page.keyboard.press("Home")
                page.wait_for_timeout(100)
            steppers.append(press(page, ".nblib-stepper"))
        page.locator(".pyplot-slider .noUi-handle").focus()
        for _ in range(min(PYPLOT_PRESSES + 2, shown.n_steps - 1)):
            pyplots.append(press(page, ".pyplot-page"))
        return steppers[2:], pyplots[2:] or pyplots, play(shown)
    finally:
        page.close()
        lab.stop_kernels()


def build(name: str) -> tuple[float, float]:
    """Return seconds to build an explorer, the second time, and the size of its scene in kB."""
    names: dict[str, Any] = {}
    exec(code_for(name), names)
    begun = time.perf_counter()
    exec(code_for(name).split("\n")[1], names)
    seconds = time.perf_counter() - begun
    return seconds, len(json.dumps(names["view"].stepper.scene)) / 1000


def p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, round(0.95 * len(times)))]


def main(wanted: list[str]) -> None:
    """Print the table."""
    print(f"{'':22}{'stepper, ms':>16}{'pyplot, ms':>16}{'':>8}{'play':>8}{'scene':>8}{'build':>8}")
    print(f"{'view':22}{'median':>8}{'p95':>8}{'median':>8}{'p95':>8}{'ratio':>8}{'1/s':>8}{'kB':>8}{'s':>8}")
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        path = find_chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for name in explorers():
            if wanted and not any(name.startswith(word) for word in wanted):
                continue
            seconds, size = build(name)
            ours, theirs, frames = in_the_page(lab, browser, name)
            median, theirs_median = statistics.median(ours), statistics.median(theirs)
            print(
                f"{name:22}{median:8.0f}{p95(ours):8.0f}{theirs_median:8.0f}{p95(theirs):8.0f}"
                f"{theirs_median / median:8.1f}{frames:8.0f}{size:8.0f}{seconds:8.2f}",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
