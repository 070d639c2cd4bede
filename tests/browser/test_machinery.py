"""The fixtures of the browser tests report what goes wrong, and leave nothing behind."""

import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser

import refresh
from browser.lab import LAB, Lab, find_chromium, open_notebook


def save(folder: Path, *sources: str) -> Path:
    path = folder / "bad.ipynb"
    notebook = new_notebook(cells=[new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)])
    path.write_text(refresh.to_text(refresh.normalise(notebook)), encoding="utf-8")
    return path


BUTTON = """
from ipywidgets import Button

button = Button(description="Next")
button.on_click(lambda _: 1 / 0)
button
"""
IMAGE = 'from IPython.display import HTML\nHTML(\'<img alt="{alt}" src="data:image/{kind}">\')'
DOT = "gif;base64,R0lGODlhAQABAIAAAAAAAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("1 / 0", "cell 'cell-1' failed: ZeroDivisionError: division by zero"),
        ("import sys\nprint('beware', file=sys.stderr)", "cell 'cell-1' wrote to stderr: beware"),
        ("open('litter.txt', 'w').close()", "the file litter.txt was left behind"),
        (IMAGE.format(alt=" ", kind=DOT), "cell 'cell-1' shows a picture without an alternative text"),
        (
            IMAGE.format(alt="a dot", kind="png;base64,AAAA"),
            "cell 'cell-1' has a picture that cannot be seen: a dot",
        ),
    ],
    ids=["error", "stderr", "litter", "no alternative text", "broken picture"],
)
def test_what_goes_wrong_in_a_cell_is_reported(
    source: str, problem: str, lab: Lab, browser: Browser, tmp_path: Path
):
    path = save(tmp_path, "print('fine')", source)
    with pytest.raises(AssertionError) as caught, open_notebook(lab, browser, path) as notebook:
        notebook.run_all()
    assert problem in str(caught.value)


def test_an_error_in_a_widget_callback_is_reported(lab: Lab, browser: Browser, tmp_path: Path):
    def run_and_click():
        with open_notebook(lab, browser, save(tmp_path, BUTTON)) as notebook:
            assert notebook.run_all(), "the cell itself is fine"
            notebook.page.get_by_role("button", name="Next").click()

    with pytest.raises(AssertionError, match="the kernel reported ZeroDivisionError"):
        run_and_click()


def test_an_error_in_the_page_is_reported_with_the_place_where_it_arose(
    lab: Lab, browser: Browser, tmp_path: Path
):
    def throw_later():
        with open_notebook(lab, browser, save(tmp_path, "1")) as notebook:
            notebook.page.evaluate(
                "setTimeout(function culprit() { document.body.removeChild(document.createElement('p')) })"
            )
            notebook.page.wait_for_timeout(100)

    with pytest.raises(
        AssertionError, match=r"the page reported Failed to execute 'removeChild'[\s\S]*culprit"
    ):
        throw_later()


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
    with open_notebook(lab, browser, save(tmp_path, "1")) as notebook:
        assert notebook.run_all()
        assert lab.request("GET", "/api/kernels")
    assert lab.request("GET", "/api/kernels") == []
    assert list(lab.root.iterdir()) == []


def test_each_notebook_opens_with_the_settings_of_a_new_installation(
    lab: Lab, browser: Browser, tmp_path: Path
):
    path, saved = save(tmp_path, "1"), lab.root.parent / "config" / "lab" / "user-settings"
    with open_notebook(lab, browser, path) as notebook:
        notebook.set_theme("JupyterLab Dark")
        deadline = time.monotonic() + 20
        while not list(saved.rglob("themes.*")):
            assert time.monotonic() < deadline, "JupyterLab has saved the theme elsewhere"
            notebook.page.wait_for_timeout(50)
    with open_notebook(lab, browser, path) as notebook:
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
