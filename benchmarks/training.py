"""Measure how the kernel answers in JupyterLab while a network trains live, and what live training costs.

    python benchmarks/training.py             784-16-10 and 784-100-10
    python benchmarks/training.py 30          784-30-10

For each network: the milliseconds until a cell ``1 + 1`` has answered, with an idle kernel and while it
trains; until Pause has paused it, alone and while another cell is being awaited; and the seconds of
an epoch, live and by `Network.sgd`. Only compare numbers of one run: they depend on the machine, and
on what else it does.
"""

from __future__ import annotations

import json
import statistics
import sys

from playwright.sync_api import Browser

from in_the_lab import lab_and_browser, p95  # first: it makes the folder of the tests known

# isort: split
from browser.lab import Lab, NotebookPage
from browser.stepping import save
from browser.test_training import TrainingPage

CELLS, PAUSES, EPOCHS = 40, 8, 3

SETUP = """
from time import perf_counter
from nblib import Network, mnist
from nblib.widgets.live_training import LiveTraining
data = mnist.load()
x, y = data.x_train[:50_000], data.y_train[:50_000]
validation = data.x_train[50_000:], data.y_train[50_000:]
def network():
    return Network([784, {hidden}, 10], init="scaled")
live = LiveTraining(network(), x, y, 10_000, 10, 0.5, validation=validation)
live
"""
SECONDS = f"""
async def seconds():
    short = LiveTraining(network(), x, y, {EPOCHS}, 10, 0.5, validation=validation)
    began = perf_counter()
    short.start()
    await short.finished()
    alive = perf_counter() - began
    run = network().sgd(x, y, {EPOCHS}, 10, 0.5, validation=(x[:9], y[:9]))
    plain = sum(record.seconds for record in run)
    return [alive / {EPOCHS}, plain / {EPOCHS}]
pairs = [await seconds() for _ in range(3)]
"""
KERNEL = "const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;"
ANSWER = f"""async () => {{
    {KERNEL}
    const begun = performance.now();
    await kernel.requestExecute({{code: '1 + 1', store_history: false}}).done;
    return performance.now() - begun;
}}"""
RUN = f"async code => {{ {KERNEL} return (await kernel.requestExecute({{code}}).done).content.status; }}"
AWAIT = f"() => {{ {KERNEL} kernel.requestExecute({{code: 'await live.finished()'}}); }}"
PAUSE = """() => new Promise(resolve => {
    const box = document.querySelector('.nblib-training'), begun = performance.now();
    new MutationObserver((_, watch) => {
        if (box.dataset.status !== 'paused') return;
        watch.disconnect();
        resolve(performance.now() - begun);
    }).observe(box, {attributes: true, attributeFilter: ['data-status']});
    box.querySelector('.nblib-main').click();
})"""


def answers(shown: TrainingPage) -> list[float]:
    times = []
    for _ in range(CELLS):
        times.append(shown.page.evaluate(ANSWER))
        shown.page.wait_for_timeout(50)
    return times


def pauses(shown: TrainingPage, awaited: bool) -> list[float]:
    times = []
    for _ in range(PAUSES):
        shown.button("Resume").click()
        shown.expect_status("running")
        if awaited:
            shown.page.evaluate(AWAIT)
        shown.page.wait_for_timeout(300)
        times.append(shown.page.evaluate(PAUSE))
    return times


def measure(lab: Lab, browser: Browser, hidden: int) -> dict[str, list[float]]:
    """Return the times in milliseconds of one network, and seconds of an epoch."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        folder = lab.root / f"hidden-{hidden}"
        notebook = NotebookPage(page, lab, save(folder, SETUP.format(hidden=hidden)))
        assert notebook.run_all(), "\n".join(notebook.problems())
        shown = TrainingPage(notebook)
        found = {"1 + 1, idle": answers(shown)}
        shown.button("Start").click()
        shown.expect_status("running")
        found["1 + 1, training"] = answers(shown)
        shown.button("Pause").click()
        found["Pause"] = pauses(shown, awaited=False)
        found["Pause, a cell awaits"] = pauses(shown, awaited=True)
        shown.kernel("1")
        assert shown.page.evaluate(RUN, SECONDS) == "ok"
        pairs = json.loads(shown.kernel("pairs"))
        found["epoch, live (s)"], found["epoch, sgd (s)"] = ([pair[i] for pair in pairs] for i in range(2))
        return found
    finally:
        page.close()
        lab.stop_kernels()


def main(hidden: list[int]) -> None:
    """Print the table."""
    with lab_and_browser() as (lab, browser):
        for n in hidden:
            print(f"{f'784-{n}-10':24}{'median':>10}{'p95':>10}{'most':>10}")
            for name, times in measure(lab, browser, n).items():
                digits = 2 if "(s)" in name else 0
                numbers = (statistics.median(times), p95(times), max(times))
                print(f"{name:24}" + "".join(f"{number:10.{digits}f}" for number in numbers), flush=True)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [16, 100])
