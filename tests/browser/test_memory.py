"""Turning pages leaves nothing behind, neither in the page nor in the kernel."""

from collections.abc import Callable
from pathlib import Path

from browser.lab import NotebookPage
from browser.stepping import StepperPage, code_for, save

MB, NODES, LISTENERS = 2, 200, 400  # Lab itself adds some 130 listeners, once
ANEW = """async times => {
    const {outputs} = window.jupyterapp.shell.currentWidget.content.model.cells.get(0);
    const shown = () => document.querySelector('.nblib-stepper');
    const until = async met => { while (!met()) await new Promise(resolve => setTimeout(resolve, 20)); };
    const kept = outputs.toJSON();
    for (let i = 0; i < times; i++) {
        outputs.clear();
        await until(() => !shown());
        outputs.fromJSON(kept);
        await until(shown);
    }
}"""
LEAK = """() => {
    window.kept = Array.from({length: 400}, () => document.createElement('p'));
    for (const node of window.kept)
        for (const name of ['click', 'keydown']) node.addEventListener(name, () => node);
    window.numbers = Array.from({length: 500_000}, (_, i) => i + 0.5);
}"""


def test_two_thousand_steps_leave_nothing_behind(
    run_notebook: Callable[[Path], NotebookPage], tmp_path: Path
):
    shown = StepperPage(run_notebook(save(tmp_path / "stepper", code_for("backprop_stepper.explorer"))))
    shown.turn(500)  # the first round fills caches
    before = shown.held()
    shown.turn(2000)
    step = (500 + 2000) % (2 * (shown.n_steps - 1))  # there and back
    step = min(step, 2 * (shown.n_steps - 1) - step)
    shown.expect_step(step)
    assert shown.kernel("view.step") == str(step)
    after = shown.held()
    grown = after - before
    assert grown.page < MB
    assert grown.nodes < NODES
    assert grown.listeners < LISTENERS
    assert grown.kernel < MB

    shown.page.evaluate(LEAK)
    shown.run("kept = bytearray(b'x' * 10_000_000)")
    leaked = shown.held() - after
    assert leaked.page > MB, "what stays is seen"
    assert leaked.nodes > NODES
    assert leaked.listeners > LISTENERS
    assert leaked.kernel > MB


def test_a_view_that_is_shown_anew_leaves_nothing_behind(
    run_notebook: Callable[[Path], NotebookPage], tmp_path: Path
):
    alone = code_for("perceptron_stepper.explorer") + ".stepper"  # ipywidgets keeps what stands above it
    shown = StepperPage(run_notebook(save(tmp_path / "stepper", alone)))
    shown.page.evaluate(ANEW, 3)
    before = shown.held()
    shown.page.evaluate(ANEW, 20)
    grown = shown.held() - before
    assert grown.page < MB
    assert grown.nodes < NODES
    assert grown.listeners < LISTENERS
