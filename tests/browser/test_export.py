"""Notebooks as HTML pages: still pictures without widget state, and with it steppers that need no kernel."""

import importlib.metadata
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import refresh
from browser.conftest import cannot_run
from browser.stepping import NOBODY, StepperPage

ROOT = refresh.NOTEBOOKS.parent
PROGRAM = ".venv/bin/jupyter nbconvert "
COMMANDS = [
    line.strip()
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    if line.strip().startswith(PROGRAM)
]
NOTEBOOK = refresh.NOTEBOOKS / "01_perceptron.ipynb"
WIDGET_MANAGER = {  # npm's packages, and the file in each that a page asks the internet for
    "@jupyter-widgets/html-manager@1.0.15": "dist/embed-amd.js",
    "requirejs@2.1.10": "require.js",
}
NO_NPM = "npm did not give {}: it must be installed and reach its registry for this test: {}"


def convert(arguments: str, folder: Path) -> Path:
    """Run ``jupyter nbconvert`` in the top folder and return the page that it writes to `folder`."""
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "nbconvert",
        *shlex.split(arguments),
        f"--output-dir={folder}",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (page,) = folder.glob("*.html")
    return page


@pytest.fixture(scope="module")
def widget_manager(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Addresses, as patterns, and what an exported page finds there."""
    folder, found = tmp_path_factory.mktemp("npm"), {}
    npm = shutil.which("npm")
    if npm is None:
        cannot_run(NO_NPM.format(", ".join(WIDGET_MANAGER), "there is no npm"))
    for number, (package, file) in enumerate(WIDGET_MANAGER.items()):
        place = folder / str(number)
        place.mkdir()
        pack = [npm, "pack", "--silent", "--prefer-offline", package]
        done = subprocess.run(pack, cwd=place, capture_output=True, text=True, timeout=120)
        if done.returncode:
            cannot_run(NO_NPM.format(package, done.stderr))
        with tarfile.open(next(place.glob("*.tgz"))) as archive:
            archive.extract(f"package/{file}", place, filter="data")
        found[rf"^https://.*/{Path(file).stem}(\.min)?\.js$"] = place / "package" / file
    (anywidget,) = (
        file.locate()
        for file in importlib.metadata.files("anywidget")
        if file.match("nbextensions/anywidget/index.js")
    )
    return found | {r"^https://.*/anywidget@[^/]+/dist/index\.js$": Path(anywidget)}


class Exported:
    """A page opened from the disk; what it asks the internet for it gets if it is `given`."""

    def __init__(self, page: Page, file: Path, given: dict[str, Path]) -> None:
        self.page, self.given, self.file = page, given, file
        self.errors: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route(re.compile("^https?:"), self._answer)
        page.goto(file.as_uri())

    def _answer(self, route: Route) -> None:
        self.asked.append(route.request.url)
        path = next((path for what, path in self.given.items() if re.search(what, route.request.url)), None)
        route.fulfill(path=path) if path else route.abort()

    def wait_until_idle(self) -> None:
        """No kernel is behind the page: nothing is to be waited for."""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Exported]]:
    pages = []

    def opened(file: Path, given: dict[str, Path] | None = None) -> Exported:
        pages.append(browser.new_page(viewport={"width": 1280, "height": 900}))
        return Exported(pages[-1], file, given or {})

    yield opened
    for page in pages:
        page.close()


def n_stills(path: Path) -> int:
    return sum(
        refresh.shows_picture(output)
        for cell in refresh.read(path).cells
        for output in cell.get("outputs", [])
    )


def test_as_committed_the_pictures_are_seen_without_the_internet(
    open_page: Callable[..., Exported], tmp_path: Path
):
    exported = open_page(convert(f"--to html {shlex.quote(str(NOTEBOOK))}", tmp_path))
    images = exported.page.get_by_role("img").and_(exported.page.locator(".jp-OutputArea-output img"))
    expect(images).to_have_count(n_stills(NOTEBOOK))
    for image in images.all():
        assert len(image.get_attribute("alt")) > 20
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth * image.width)")
    assert any("step" in image.get_attribute("alt") for image in images.all())
    expect(exported.page.locator(".nblib-stepper")).to_have_count(0)
    assert exported.errors == []


def test_the_readme_tells_how_to_export():
    assert len(COMMANDS) == 1
    assert NOTEBOOK.relative_to(ROOT).as_posix() in COMMANDS[0]


def test_exported_by_the_command_of_the_readme_a_stepper_steps_without_a_kernel(
    widget_manager: dict[str, Path], open_page: Callable[..., Exported], tmp_path: Path
):
    before = NOTEBOOK.read_bytes()
    arguments = re.sub(r"--output-dir[= ]\S+", "", COMMANDS[0].removeprefix(PROGRAM))
    exported = open_page(convert(arguments, tmp_path), widget_manager)
    assert NOTEBOOK.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [f"{NOTEBOOK.stem}.html"], "all is in one file"

    shown = StepperPage(exported)
    last = shown.n_steps - 1
    shown.button("First step").click()
    shown.expect_step(0)
    first = (shown.caption, shown.picture)
    shown.button("Next step").click()
    shown.expect_step(1)
    shown.page.keyboard.press("ArrowRight")
    shown.expect_step(2)
    second = (shown.caption, shown.picture)
    assert second[0] != first[0]
    assert second[1] != first[1]
    shown.slider.press("ArrowLeft")
    shown.expect_step(1)
    shown.slider.fill(str(last // 2))
    shown.expect_step(last // 2)
    shown.page.keyboard.press("End")
    shown.expect_step(last)
    shown.choice("Speed").select_option("fastest")
    shown.button("Play").click()
    expect(shown.button("Play")).to_be_visible()
    shown.expect_step(last)
    shown.page.keyboard.press("Home")
    shown.expect_step(0)
    assert (shown.caption, shown.picture) == first
    assert shown.axe() == []
    shown.button("Reset with new seed").click()
    expect(shown.notice).to_have_text("No answer yet: is the kernel busy, or not running?")
    data = exported.page.get_by_label("data", exact=True)
    chosen = data.input_value()
    data.select_option("XOR")
    expect(shown.notice).to_have_text(NOBODY)
    expect(data).to_have_value(chosen)
    assert exported.errors == []
