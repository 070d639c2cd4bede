"""Measure how fast steppers turn their pages in JupyterLab.

    python benchmarks/stepper.py                    every stepper
    python benchmarks/stepper.py perceptron chain   some of them

For each stepper: the time from the key press to the painted frame, beside the same page drawn anew by
pyplot into an `Output` at each step, in the same notebook; the time from the key press that changes a
setting of the run (η, data, seed) to the painted first page of the new run; frames a second in the
fastest play; size of the scene; time to build it; what 10,000 steps back and forth leave behind, in
the page and in the kernel. Only compare numbers of one run: they depend on the machine, and on what
else it does.
"""

from __future__ import annotations

import inspect
import json
import re
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from in_the_lab import lab_and_browser, p95  # first: it makes the folder of the tests known

# isort: split
from browser.lab import Lab, NotebookPage
from browser.stepping import Held, StepperPage, code_for, explorers, save

PRESSES, PYPLOT_PRESSES, ROUND_TRIPS, STEPS = 40, 12, 3, 10_000

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
NEW_DRAWING = """() => {
    const drawing = () => document.querySelector('.nblib-picture svg');
    const before = drawing();
    window.took = new Promise((resolve, reject) => {
        let begun;
        const begin = () => { begun = performance.now(); };
        document.addEventListener('keydown', begin, {capture: true, once: true});
        const look = () => requestAnimationFrame(drawing() && drawing() !== before
            ? () => resolve(performance.now() - begun) : look);
        look();
        setTimeout(() => reject(new Error('no new drawing')), 20_000);
    });
}"""
FRAMES = """() => {
    window.frames_at = [];
    const box = document.querySelector('.nblib-stepper');
    new MutationObserver(() => window.frames_at.push(performance.now()))
        .observe(box, {attributes: true, attributeFilter: ['data-step']});
}"""


def draw_with_pyplot(page: str) -> None:
    """Draw circles, lines, rectangles and words of a page in SVG. This runs in the kernel."""
    from xml.etree import ElementTree

    import matplotlib.pyplot as plt
    from matplotlib import patches

    svg = ElementTree.fromstring(page)
    width, height = (float(svg.get(name)) for name in ("width", "height"))
    _, ax = plt.subplots(figsize=(width / 100, height / 100))
    ax.set(xlim=(0, width), ylim=(height, 0), title=svg.findtext("{*}desc")[:60])
    ax.axis("off")
    for part in svg.iter():
        a, tag = part.attrib, part.tag.rpartition("}")[2]
        inks = (a.get(name, "none") for name in ("fill", "stroke"))
        fill, stroke = ("black" if ink == "currentColor" else ink for ink in inks)
        if tag == "circle":
            centre = float(a["cx"]), float(a["cy"])
            ax.add_patch(patches.Circle(centre, float(a["r"]), fc=fill, ec=stroke))
        elif tag == "rect" and "x" in a:
            corner, size = (float(a["x"]), float(a["y"])), (float(a["width"]), float(a["height"]))
            ax.add_patch(patches.Rectangle(corner, *size, fc=fill, ec=stroke))
        elif tag == "line":
            across, up = ([float(a[f"{axis}{end}"]) for end in (1, 2)] for axis in "xy")
            ax.plot(across, up, color=stroke)
        elif tag == "text" and "x" in a and "y" in a:
            says, size = (part.text or "").replace("$", r"\$"), 0.72 * float(a.get("font-size", 12))
            ax.text(float(a["x"]), float(a["y"]), says, fontsize=size, ha="center", va="center")
    plt.show()


PYPLOT = f"""from __future__ import annotations
{inspect.getsource(draw_with_pyplot)}
import ipywidgets
out, slider = ipywidgets.Output(), ipywidgets.IntSlider(max=view.stepper.scene["steps"] - 1)
out.add_class("pyplot-page"), slider.add_class("pyplot-slider")
def turn(change):
    with out:
        out.clear_output(wait=True)
        draw_with_pyplot(view.stepper.svg(slider.value))
slider.observe(turn, "value")
turn(None)
ipywidgets.VBox([slider, out])
"""


def press(page: Page, selector: str) -> float:
    """Press → and return the milliseconds until what it changes below `selector` is painted."""
    page.evaluate(TIMER, selector)
    page.keyboard.press("ArrowRight")
    return page.evaluate("window.took")


def change(notebook: NotebookPage, control: Locator, key: str) -> float:
    """Press a key that changes the run and return the milliseconds until its first page is painted."""
    control.focus()
    notebook.page.evaluate(NEW_DRAWING)
    notebook.page.keyboard.press(key)
    took = notebook.page.evaluate("window.took")
    notebook.wait_until_idle()
    return took


def there_and_back(control: Locator) -> list[str]:
    """Return the keys that change a slider or a list and, if it is not at its ends, change it back."""
    listed = control.evaluate("part => part.tagName === 'SELECT'")
    there, back = ("End", "Home") if listed else ("ArrowRight", "ArrowLeft")  # Lab takes a list's arrows
    at_end = control.evaluate("""part => part.tagName === 'SELECT' ? part.selectedIndex === part.length - 1
        : +part.ariaValueNow >= +part.ariaValueMax""")
    return [back, there] if at_end else [there, back]


def settings(shown: StepperPage) -> list[float]:
    """Return the milliseconds from each change of the run to its painted first page."""
    rows = shown.page.locator(".widget-inline-hbox:not(.pyplot-slider)")
    times = []
    for control in rows.locator("select, .noUi-handle").all():
        times += [change(shown.notebook, control, key) for key in there_and_back(control) * ROUND_TRIPS]
    for seed in shown.box.get_by_role("button", name=re.compile("new seed")).all():
        times += [change(shown.notebook, seed, "Enter") for _ in range(2 * ROUND_TRIPS)]
    return times


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


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each step, of each page by pyplot, of each change of the run; and the rest."""

    steps: list[float]
    pyplot: list[float]
    settings: list[float]
    frames: float
    left: Held


def in_the_page(lab: Lab, browser: Browser, name: str) -> Measured:
    """Open a stepper in a notebook and measure it."""
    folder = lab.root / name
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        notebook = NotebookPage(page, lab, save(folder, code_for(name), PYPLOT))
        assert notebook.run_all(), "\n".join(notebook.problems())
        shown = StepperPage(notebook)
        page.locator(".pyplot-page img").wait_for()
        steps, pyplot = [], []
        shown.slider.focus()
        for i in range(PRESSES + 2):
            if i % (shown.n_steps - 1) == 0:
                page.keyboard.press("Home")
                page.wait_for_timeout(100)
            steps.append(press(page, ".nblib-stepper"))
        page.locator(".pyplot-slider .noUi-handle").focus()
        for _ in range(min(PYPLOT_PRESSES + 2, shown.n_steps - 1)):
            pyplot.append(press(page, ".pyplot-page"))
        frames = play(shown)
        shown.turn(500)
        before = shown.held()
        shown.turn(STEPS)
        left = shown.held() - before
        return Measured(steps[2:], pyplot[2:] or pyplot, settings(shown), frames, left)
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


HEAD = (
    f"{'':24}step, ms     pyplot, ms{'':9}setting, ms    play   scene   build   {STEPS:,} steps leave\n"
    f"{'stepper':22}  median   p95   median   p95  ratio  median   p95     1/s      kB       s"
    f"{'MB in page':>12}{'nodes':>7}{'MB in kernel':>14}"
)


def row(name: str, seconds: float, size: float, found: Measured) -> str:
    """Return a line of the table."""
    step, pyplot, setting = (
        (statistics.median(times), p95(times)) for times in (found.steps, found.pyplot, found.settings)
    )
    return (
        f"{name:22}{step[0]:8.0f}{step[1]:6.0f}{pyplot[0]:9.0f}{pyplot[1]:6.0f}{pyplot[0] / step[0]:7.1f}"
        f"{setting[0]:8.0f}{setting[1]:6.0f}{found.frames:8.0f}{size:8.0f}{seconds:8.2f}"
        f"{found.left.page:12.1f}{found.left.nodes:7}{found.left.kernel:14.1f}"
    )


def main(wanted: list[str]) -> None:
    """Print the table."""
    print(HEAD)
    with lab_and_browser() as (lab, browser):
        for name in explorers():
            if not wanted or any(name.startswith(word) for word in wanted):
                print(row(name, *build(name), in_the_page(lab, browser, name)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
