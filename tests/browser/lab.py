"""JupyterLab and Notebook 7 on this machine, and a notebook that is open in one of them."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, Error, Page

from refresh import isolated_environment

START_SECONDS, RUN_SECONDS, ANSWER_SECONDS = 60, 600, 60

WINDOW = {"width": 1280, "height": 900}
CLEAR = "import ipywidgets; ipywidgets.Widget.close_all(); get_ipython().reset()"
ALL_CELLS = "none"  # no windowing: every cell is in the page, always
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
OWN_SCRIPT = re.compile(r"http://127\.0\.0\.1:\d+/static/")  # extensions, widgets among them, lie elsewhere
CHECKPOINTS = ".ipynb_checkpoints"  # Lab's own copies of what it has opened


@dataclass(frozen=True)
class App:
    """A program that shows notebooks: its Python module, its name in settings, its way to a notebook."""

    module: str
    settings: str
    path: str
    own_faults: tuple[str, ...] = ()  # errors that it reports itself, whatever is open

    def is_to_blame(self, message: str, stack: str) -> bool:
        """Whether an error is a known one of its own: nothing but its own scripts lies on the stack."""
        scripts = re.findall(r"\w+:[^\s()]+\.js\b|blob:\S+", stack)
        return message in self.own_faults and bool(scripts) and all(OWN_SCRIPT.match(url) for url in scripts)


LAB = App(
    *("jupyterlab", "LabApp", "doc/tree"),
    own_faults=(
        # 4.6, once in some hundred openings
        "Failed to execute 'removeChild' on 'Node': The node to be removed is not a child of this node.",
    ),
)
NOTEBOOK = App(
    *("notebook", "JupyterNotebookApp", "notebooks"),
    own_faults=(
        "Cannot read properties of undefined (reading 'schema')",  # 7.6, at its start, about shortcuts
        "Cannot read properties of undefined (reading 'last_modified')",  # 7.2, where no checkpoint is yet
    ),
)


@dataclass(frozen=True)
class Lab:
    """A running server of JupyterLab or Notebook 7; what lies in `root` is what it serves."""

    root: Path
    url: str
    token: str
    app: App = LAB

    def address(self, file: Path) -> str:
        """Return where a notebook below `root` opens, in a workspace of its own."""
        path = quote(file.relative_to(self.root).as_posix())
        return f"{self.url}/{self.app.path}/{path}?token={self.token}&reset"

    def request(self, method: str, path: str) -> Any:
        """Ask the server's REST interface; the answer is decoded from JSON."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def forget_settings(self) -> None:
        """Forget what was set in the pages so far, such as the theme."""
        shutil.rmtree(self.root.parent / "config" / "lab" / "user-settings", ignore_errors=True)

    def stop_kernels(self, folder: Path | None = None) -> None:
        """Stop the kernels of the notebooks in a folder below `root`, or all."""
        path = "" if folder is None else folder.relative_to(self.root).as_posix()
        for session in self.request("GET", "/api/sessions"):
            if session["path"].startswith(path):
                self.request("DELETE", f"/api/sessions/{session['id']}")


@contextmanager
def running_lab(home: Path, app: App = LAB, windowing: str = ALL_CELLS) -> Iterator[Lab]:
    """Run JupyterLab or Notebook 7; settings, kernels and files all lie in the empty folder `home`."""
    settings = SETTINGS | {"@jupyterlab/notebook-extension:tracker": {"windowingMode": windowing}}
    root, overrides = home / "root", home / "config" / "labconfig" / "default_setting_overrides.json"
    root.mkdir()
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(settings), encoding="utf-8")
    lab = Lab(root, f"http://127.0.0.1:{_free_port()}", secrets.token_hex(16), app)
    command = [
        *(sys.executable, "-m", app.module, "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={urlsplit(lab.url).port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={lab.token}", f"--ServerApp.root_dir={root}"),
        f"--{app.settings}.expose_app_in_browser=True",
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command, env=isolated_environment(home), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(lab, server, home / "log")
        yield lab
        lab.stop_kernels()
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            lab.request("GET", "/api/status")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"Jupyter did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


class NotebookPage:
    """A notebook that is open in Lab or Notebook; `page` is Playwright's, for clicking and looking."""

    def __init__(self, page: Page, lab: Lab, file: Path) -> None:
        self.page = page
        self.folder = file.parent
        self._served = self._files()
        self._page_errors: list[str] = []
        self._requests_to_others: list[str] = []
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self._note_error(lab.app, error))
        page.on("request", lambda request: self._note_request(request.url))
        page.add_init_script(path=Path(__file__).with_name("lab.js"))
        page.goto(lab.address(file))
        self._ask("course.ready(seconds)", START_SECONDS)

    @property
    def is_free(self) -> bool:
        """Whether its kernel is there and waits, and no dialog lies over the cells."""
        return self.page.evaluate("course.isFree()")

    def lay(self, *sources: str) -> None:
        """Put other cells in the place of all that are there, called ``cell-0``, …, and begin anew."""
        self._served = self._files()
        self._page_errors.clear()
        self._requests_to_others.clear()
        self.page.set_viewport_size(WINDOW)
        self.set_theme("JupyterLab Light")
        self._ask(f"course.lay(seconds, {json.dumps(sources)}, {json.dumps(CLEAR)})", ANSWER_SECONDS)

    def run_all(self) -> bool:
        """Choose *Run All Cells*, wait for the last one, and tell whether all went well."""
        return self._ask("course.runAll(seconds)", RUN_SECONDS)

    def wait_until_idle(self) -> None:
        """Wait until the kernel has answered everything that the page has asked it so far."""
        self._ask("course.idle(seconds)", RUN_SECONDS)

    def set_theme(self, theme: str) -> None:
        """Change Lab's theme, "JupyterLab Light" or "JupyterLab Dark"."""
        self._ask(f"course.setTheme(seconds, {json.dumps(theme)})", ANSWER_SECONDS)

    def cells(self) -> list[dict[str, Any]]:
        """Return of each code cell id, trust, count and outputs, and whether these are folded away."""
        return self.page.evaluate("course.cells()")

    def images(self) -> list[dict[str, Any]]:
        """Return alternative text, cell, number of pixels and shown width of each picture in the outputs."""
        return self.page.evaluate("course.images()")

    def failures(self) -> list[str]:
        """Return the errors that the kernel has reported so far, and forget them: a test expected them."""
        self.wait_until_idle()
        return self.page.evaluate("course.failures.splice(0)")

    def problems(self) -> list[str]:
        """Return what no reader should ever meet: errors, warnings, silent pictures, litter, calls home."""
        self.wait_until_idle()
        found = [f"the kernel reported {failure}" for failure in self.page.evaluate("course.failures")]
        found += [f"the page reported {error}" for error in self._page_errors]
        found += [f"a dialog is open: {text}" for text in self.page.evaluate("course.dialogs()")]
        found += [f"the page asked for {url}" for url in self._requests_to_others]
        for cell in self.cells():
            found += [f"cell {cell['id']!r} {fault}" for fault in map(_fault, cell["outputs"]) if fault]
        for image in self.images():
            if not image["alt"].strip():
                found.append(f"cell {image['cell']!r} shows a picture without an alternative text")
            if not image["pixels"] or not image["width"]:
                found.append(f"cell {image['cell']!r} has a picture that cannot be seen: {image['alt']}")
        found += [f"the file {name} was left behind" for name in sorted(self._files() - self._served)]
        return found

    def _ask(self, call: str, seconds: float) -> Any:
        return self.page.evaluate(f"seconds => {call}", seconds)

    def _note_error(self, app: App, error: Error) -> None:
        if not app.is_to_blame(error.message, error.stack or ""):
            self._page_errors.append(f"{error.message}\n{error.stack}")

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname != "127.0.0.1":
            self._requests_to_others.append(url)

    def _files(self) -> set[str]:
        files = (path for path in self.folder.rglob("*") if path.is_file() and CHECKPOINTS not in path.parts)
        return {path.relative_to(self.folder).as_posix() for path in files}


def _fault(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        return f"failed: {output['ename']}: {output['evalue']}"
    if output.get("name") == "stderr":
        return f"wrote to stderr: {''.join(output['text'])}"
    return ""


@contextmanager
def watched(notebook: NotebookPage, name: str) -> Iterator[NotebookPage]:
    """Look at the end whether anything went wrong in a notebook.

    Raises
    ------
    AssertionError
        On leaving, if the notebook has `problems`. Any other exception gets them as a note.
    """
    try:
        yield notebook
    except Exception as error:
        error.add_note("\n".join(["", f"{name}, as the browser saw it:", *notebook.problems()]))
        raise
    found = notebook.problems()
    assert not found, "\n".join([f"{name}:", *found])


@contextmanager
def opened(lab: Lab, browser: Browser, path: Path) -> Iterator[NotebookPage]:
    """Open a copy of a notebook, and of the files beside it, in a page of its own."""
    lab.forget_settings()
    folder = lab.root / f"{path.stem}-{secrets.token_hex(4)}"
    shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns(CHECKPOINTS))
    page = browser.new_page(viewport=WINDOW)
    try:
        yield NotebookPage(page, lab, folder / path.name)
    finally:
        page.close()
        lab.stop_kernels(folder)
        shutil.rmtree(folder)


@contextmanager
def open_notebook(lab: Lab, browser: Browser, path: Path) -> Iterator[NotebookPage]:
    """Do as `opened`, and watch the notebook."""
    with opened(lab, browser, path) as notebook, watched(notebook, path.name):
        yield notebook


class Desk:
    """A notebook that stays open, because opening one takes longer than most tests: see `laid`."""

    def __init__(self, lab: Lab, browser: Browser, empty: Path) -> None:
        self._open = partial(opened, lab, browser, empty)
        self._pages = ExitStack()
        self._notebook: NotebookPage | None = None

    @contextmanager
    def laid(self, *sources: str) -> Iterator[NotebookPage]:
        """Lay code cells on the desk, in place of those of the test before, and watch the notebook.

        Nothing has been run. The kernel is cleared; it and the page are new only where the test before has
        failed, or has left no kernel or an open dialog.
        """
        if self._notebook is None or not self._notebook.is_free:
            self.close()
            self._notebook = self._pages.enter_context(self._open())
        notebook, self._notebook = self._notebook, None
        notebook.lay(*sources)
        with watched(notebook, "the notebook"):
            yield notebook
        self._notebook = notebook  # all went well

    def close(self) -> None:
        """Close the notebook."""
        self._notebook = None
        self._pages.close()


def find_chromium(own: str) -> str | None:
    """Return the Chromium to use: the one NBLIB_CHROMIUM names, one on the PATH, or Playwright's `own`."""
    if chosen := os.environ.get("NBLIB_CHROMIUM"):
        if not Path(chosen).is_file():
            raise FileNotFoundError(f"NBLIB_CHROMIUM names {chosen!r}, and there is no such file")
        return chosen
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    on_path = (shutil.which(name) for name in names)
    return next(filter(None, on_path), own if Path(own).is_file() else None)
