"""Measure how fast the playground turns its pages, beside a stepper, on the same page of the same browser.

    python benchmarks/playground.py

Printed are the milliseconds from a key press to the painted frame, and of that the work of the script;
the frames a second of a play; and what 300 pages weigh. Only compare numbers of one run: they depend on
the machine, and on what else it does.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser.conftest import QUIET
from browser.lab import find_chromium
from browser.mounted import Mounted, readable
from nblib.steppers import backprop_stepper
from nblib.widgets.playground import Playground
from nblib.widgets.still import StillWidget

PRESSES, SECONDS = 60, 4
LARGEST = {"data": "spiral", "hidden": [8, 8, 8, 8], "recorded": 299}
SHOWN = {
    "stepper of notebook 05": lambda: backprop_stepper.explorer().stepper,
    "playground 2-4-1": Playground,
    "playground 2-8-8-8-8-1": lambda: Playground(**LARGEST),
    "two of 2-8-8-8-8-1": lambda: Playground(**LARGEST, other={"eta": 0.1}),
}
PRESS = """key => new Promise(resolve => {
    const begun = performance.now();
    document.querySelector('[type=range]').dispatchEvent(
        new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    const worked = performance.now() - begun;
    requestAnimationFrame(() => {  // its callbacks come before the frame is painted, a message after it
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve([worked, performance.now() - begun]);
        channel.port2.postMessage(null);
    });
})"""
FRAMES = """seconds => new Promise(resolve => {
    const box = document.querySelector('[data-step]');
    let seen = 0;
    const watch = new MutationObserver(() => seen++);
    watch.observe(box, {attributes: true, attributeFilter: ['data-step']});
    [...box.querySelectorAll('button')].find(one => one.getAttribute('aria-label') === 'Play').click();
    setTimeout(() => { watch.disconnect(); resolve(seen / seconds); }, 1000 * seconds);
})"""


def measure(page: Page, widget: StillWidget) -> tuple[list[list[float]], float]:
    """Return [work, painted] of each key press, and the frames a second of a play from the start."""
    Mounted(page, widget)
    page.wait_for_timeout(1500)
    presses = [page.evaluate(PRESS, "ArrowRight") for _ in range(PRESSES + 5)][5:]
    page.evaluate(PRESS, "Home")
    speed = page.get_by_role("combobox", name="Speed")
    speed.select_option("0" if speed.locator("option[value='0']").count() else "1 update a frame")
    frames = page.evaluate(FRAMES, SECONDS)
    return presses, frames


def main() -> None:
    """Print the table."""
    print(f"{'':26}{'key to frame, ms':>20}{'script, ms':>14}{'play':>8}{'300 pages':>12}")
    print(f"{'':26}{'median':>13}{'p95':>7}{'median':>14}{'1/s':>8}{'kB':>12}")
    with sync_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for name, make in SHOWN.items():
            widget = make()
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            presses, frames = measure(page, widget)
            work, painted = (sorted(times) for times in zip(*presses, strict=True))
            p95 = painted[int(0.95 * len(painted))]
            told = {
                trait: readable(getattr(widget, trait))
                for trait in ("book", "chunks", "ends")
                if trait in widget.keys
            }
            weight = f"{len(json.dumps(told)) / 1000:12.0f}" if told else ""
            print(
                f"{name:26}{statistics.median(painted):13.1f}{p95:7.1f}{statistics.median(work):14.1f}"
                f"{frames:8.0f}{weight}",
                flush=True,
            )
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
