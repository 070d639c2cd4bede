"""Measure how fast the digit pad answers in JupyterLab.

    python benchmarks/digit_pad.py

Digits are drawn with the mouse, about sixty moves a second, and lifted without a rest; the nearest two
of 60,000 training images are looked for. Measured in the page, each to the painted frame: from the move
of the pen to its ink; from the end of a stroke to the answer to all that is drawn; from a single tap
to the answer. Only compare numbers of one run: they depend on the machine, and on what else it does.
"""

from __future__ import annotations

import statistics

from in_the_lab import lab_and_browser, p95  # first: it makes the folder of the tests known

# isort: split
from browser.lab import NotebookPage
from browser.stepping import save
from browser.test_digit_pad import PadPage
from nblib import handwriting

N = 30
SOURCE = """
from nblib import Network, mnist
from nblib.widgets.digit_pad import DigitPad
data = mnist.load()
network = Network([784, 100, 10], init="scaled", seed=0)
list(network.sgd(data.x_train[:5000], data.y_train[:5000], 1, 10, 1.0))
pad = DigitPad(network, data.x_train{rows}, data.y_train{rows})
pad
"""
IN_PYTHON = """
import statistics, time
from nblib import handwriting
def seconds(digit):
    strokes = handwriting.strokes(digit, size=0.7)
    pad.clear()
    begun = time.perf_counter()
    pad.draw(strokes)
    return time.perf_counter() - begun
spent = [seconds(digit) for _ in range(3) for digit in range(10)]
pad.clear()
"""

# An event tells when the input came; at the second frame after a change the first one is on the screen.
WATCH = """() => {
    const box = document.querySelector('.nblib-pad'), sheet = box.querySelector('.nblib-sheet');
    const painted = then => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())));
    const lines = box.getElementsByTagName('polyline');
    const drawn = () => [...lines].reduce((sum, line) => sum + line.points.length - 1, 0);
    window.ink = [], window.answers = [];
    let lifted = null;
    sheet.addEventListener('pointermove', event => event.buttons
        && painted(now => window.ink.push(now - event.timeStamp)));
    const look = () => {
        if (lifted === null || +box.dataset.points !== drawn()) return;
        const from = lifted;
        lifted = null;
        painted(now => window.answers.push(now - from));
    };
    sheet.addEventListener('pointerup', event => { lifted = event.timeStamp; look(); });
    new MutationObserver(look).observe(box, {attributes: true, attributeFilter: ['data-points']});
}"""


def told(name: str, times: list[float]) -> None:
    numbers = statistics.median(times), p95(times), min(times)
    print(f"{name:34}" + "".join(f"{number:8.0f}" for number in numbers) + f"{len(times):6d}", flush=True)


def measure(pad: PadPage, draw: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds to the ink of each move, and to the answer after each stroke."""
    pad.page.evaluate("window.ink = [], window.answers = []")
    for i in range(N):
        if draw == "digits":
            stroke = max(handwriting.strokes(i % 10, size=0.7), key=len)[::2]
            pad.page.mouse.move(*pad.at(stroke[0]))
            pad.page.mouse.down()
            for place in stroke[1:]:
                pad.page.mouse.move(*pad.at(place))
                pad.page.wait_for_timeout(12)
            pad.page.mouse.up()
        else:
            pad.page.mouse.click(*pad.at((0.2 + 0.02 * i, 0.5)))
        pad.page.wait_for_function("n => window.answers.length === n", arg=i + 1)
        pad.page.wait_for_timeout(50)
        if draw == "digits":
            pad.button("Clear").click()
            pad.page.wait_for_timeout(150)
    return pad.page.evaluate("[window.ink, window.answers]")


def main() -> None:
    """Print the table."""
    print(f"{'milliseconds':34}{'median':>8}{'p95':>8}{'best':>8}{'n':>6}")
    with lab_and_browser() as (lab, browser):
        for name, rows in (("60,000 images", ""), ("10 images", "[:10]")):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            notebook = NotebookPage(page, lab, save(lab.root / rows.strip("[:]"), SOURCE.format(rows=rows)))
            assert notebook.run_all(), "\n".join(notebook.problems())
            pad = PadPage(notebook)
            pad.run(IN_PYTHON)
            told(f"{name}: in Python alone", [1000 * float(s) for s in pad.kernel("*spent").split()])
            page.evaluate(WATCH)
            ink, answers = measure(pad, "digits")
            told(f"{name}: move to ink", ink)
            told(f"{name}: stroke to answer", answers)
            told(f"{name}: tap to answer", measure(pad, "taps")[1])
            page.close()
            lab.stop_kernels()


if __name__ == "__main__":
    main()
