"""The fixtures of the browser tests report what goes wrong, and leave nothing behind."""

import re
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.lab import LAB, Desk, Lab, NotebookPage, find_chromium, open_notebook
from browser.stepping import save

BUTTON = """
from ipywidgets import Button

button = Button(description="Next")
button.on_click(lambda _: {}["left"])
button
"""
IMAGE = 'from IPython.display import HTML\nHTML(\'<img alt="{alt}" src="data:image/{kind}">\')'
DOT = "gif;base64,R0lGODlhAQABAIAAAAAAAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="


FAULTS = {
    "import sys\nprint('beware', file=sys.stderr)": "cell 'cell-0' wrote to stderr: beware",
    "open('litter.txt', 'w').close()": "the file litter.txt was left behind",
    IMAGE.format(alt=" ", kind=DOT): "cell 'cell-2' shows a picture without an alternative text",
    IMAGE.format(alt="dot", kind="png;base64,AAAA"): "cell 'cell-3' has a picture that cannot be seen: dot",
    BUTTON: "the kernel reported KeyError: 'left'",
    "1 / 0": "cell 'cell-5' failed: ZeroDivisionError: division by zero",
}


def open_dialog(notebook: NotebookPage) -> None:
    notebook.page.evaluate("void jupyterapp.commands.execute('notebook:restart-kernel')")
    expect(notebook.page.locator(".jp-Dialog")).to_be_visible()


def test_what_goes_wrong_is_reported(desk: Desk):
    def run_and_click():
        with desk.laid(*FAULTS) as notebook:
            assert not notebook.run_all()
            notebook.page.get_by_role("button", name="Next").click()
            notebook.page.evaluate(
                "setTimeout(function culprit() { document.body.removeChild(document.createElement('p')) })"
            )
            open_dialog(notebook)
            seen.append(notebook)

    seen: list[NotebookPage] = []
    with pytest.raises(AssertionError) as caught:
        run_and_click()
    said = str(caught.value)
    assert not [problem for problem in FAULTS.values() if said.count(problem) != 1]
    assert re.search(r"the page reported Failed to execute 'removeChild'[\s\S]*culprit", said), "and where"
    assert re.search(r"a dialog is open: Restart Kernel\?", said)
    with desk.laid("1") as new:
        assert new is not seen[0], "after a failure"


def test_what_one_test_lays_on_the_desk_the_next_does_not_find(desk: Desk):
    with desk.laid("x = 1", BUTTON) as notebook:
        assert notebook.run_all()
        notebook.set_theme("JupyterLab Dark")
        notebook.page.evaluate("window.there = true, course.undo.push(() => delete window.there)")
    with desk.laid("'x' in globals()") as again:
        assert again is notebook, "the page is still open"
        assert again.run_all()
        assert [(cell["id"], cell["outputs"][0]["data"]) for cell in again.cells()] == [
            ("cell-0", {"text/plain": "False"})
        ]
        assert again.page.get_by_role("button", name="Next", exact=True).count() == 0
        assert again.page.evaluate("document.body.dataset.jpThemeName") == "JupyterLab Light"
        assert not again.page.evaluate("window.there")
    open_dialog(again)  # as when the kernel is found dead a moment after the test
    with desk.laid("1") as new:
        assert new is not notebook, "nothing lies over the cells"


@pytest.mark.parametrize(
    ("message", "scripts", "blamed"),
    [
        (LAB.own_faults[0], ["http://127.0.0.1:1/static/lab/1.js"], True),
        (LAB.own_faults[0], ["http://127.0.0.1:1/static/lab/1.js", "blob:http://127.0.0.1:1/2f-ab"], False),
        (LAB.own_faults[0], ["http://127.0.0.1:1/lab/extensions/any/static/1.js"], False),
        (LAB.own_faults[0], [], False),
        ("x is not defined", ["http://127.0.0.1:1/static/lab/1.js"], False),
    ],
    ids=["its own", "a widget on the stack", "an extension", "no stack", "unknown"],
)
def test_only_known_errors_of_its_own_are_put_down_to_jupyterlab(
    message: str, scripts: list[str], blamed: bool
):
    stack = "\n".join(["Error: what", *(f"    at doIt ({script}:1:2)" for script in scripts)])
    assert LAB.is_to_blame(message, stack) == blamed


def test_nothing_of_a_notebook_is_left_when_it_is_closed(lab: Lab, browser: Browser, tmp_path: Path):
    def there() -> tuple[set[str], set[Path]]:
        return {kernel["id"] for kernel in lab.request("GET", "/api/kernels")}, set(lab.root.iterdir())

    before, saved = there(), lab.root.parent / "config" / "lab" / "user-settings"
    with open_notebook(lab, browser, save(tmp_path, "1")) as notebook:
        assert notebook.run_all()
        assert len(there()[0] - before[0]) == len(there()[1] - before[1]) == 1
        notebook.set_theme("JupyterLab Dark")
        deadline = time.monotonic() + 20
        while not list(saved.rglob("themes.*")):
            assert time.monotonic() < deadline, "JupyterLab has saved the theme elsewhere"
            notebook.page.wait_for_timeout(50)
    assert there() == before
    with open_notebook(lab, browser, save(tmp_path, "1")) as notebook:
        assert notebook.page.evaluate("document.body.dataset.jpThemeName") == "JupyterLab Light"


def test_the_chromium_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    on_path = tmp_path / "chromium"
    on_path.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("NBLIB_CHROMIUM", sys.executable)
    assert find_chromium("own") == sys.executable
    monkeypatch.delenv("NBLIB_CHROMIUM")
    assert find_chromium("own") == str(on_path)
    on_path.unlink()
    assert find_chromium(sys.executable) == sys.executable
    assert find_chromium("own") is None


def test_a_chromium_that_is_not_there_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NBLIB_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="NBLIB_CHROMIUM names"):
        find_chromium(sys.executable)
