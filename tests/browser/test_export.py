"""Notebooks as HTML pages, offline: as nbconvert makes them, and those of the handout command."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page, Route, expect

import refresh
from browser.conftest import cannot_run
from browser.stepping import StepperPage
from browser.test_kernel_faults import ADDER, PAD
from nblib.tools import handout, html_pages

ROOT = refresh.NOTEBOOKS.parent
COMMAND = "python -m nblib.tools.handout pages notebooks pages"
NOTEBOOK = refresh.NOTEBOOKS / "01_perceptron.ipynb"
NONE = "No kernel is behind this page: what is grey works in the notebook, opened in Jupyter."
TRAINING = """
import numpy as np
from nblib.widgets.live_ingredients import LiveIngredients
x, y = np.eye(16), np.arange(16) % 2
LiveIngredients([16, 4, 2], x, y, 3, 4, (x, y))
"""
PLAYGROUND = """
from nblib.widgets.playground import Playground
Playground(data="moons", hidden=[3], recorded=40, other={"eta": 3.0})
"""
LINKS = r"""[Here](01_perceptron.ipynb#cell-id=threshold), [not made](02_mcculloch_pitts_gates.ipynb) and
[itself](#cell-id=adder). $\eta$"""


class Exported:
    """A page opened from the disk, with every other host blocked."""

    def __init__(self, page: Page, file: Path, scripts: bool) -> None:
        self.page, self.file = page, file
        self.errors: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route(re.compile("^https?:"), self._block)
        if not scripts:
            page.route(re.compile("/scripts/"), lambda route: route.abort())
        page.goto(file.as_uri())

    def _block(self, route: Route) -> None:
        self.asked.append(route.request.url)
        route.abort()

    def wait_until_idle(self) -> None:
        """No kernel is behind the page: nothing is to be waited for."""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Exported]]:
    pages = []

    def opened(file: Path, scripts: bool = True) -> Exported:
        pages.append(browser.new_page(viewport={"width": 1280, "height": 900}))
        return Exported(pages[-1], file, scripts)

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
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "nbconvert",
        "--to=html",
        str(NOTEBOOK),
        "--output-dir",
        tmp_path,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    exported = open_page(tmp_path / "01_perceptron.html")
    images = exported.page.get_by_role("img").and_(exported.page.locator(".jp-OutputArea-output img"))
    expect(images).to_have_count(n_stills(NOTEBOOK))
    for image in images.all():
        assert len(image.get_attribute("alt")) > 20
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth * image.width)")
    assert any("step" in image.get_attribute("alt") for image in images.all())
    expect(exported.page.locator(".nblib-stepper")).to_have_count(0)
    assert exported.errors == []


# -- the pages of the handout command ---------------------------------------------------------------


def test_the_readme_tells_how_to_make_pages():
    assert f".venv/bin/{COMMAND}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command makes of the first lesson and of a notebook with the other widgets."""
    folder = tmp_path_factory.mktemp("pages")
    source = folder / "notebooks"
    source.mkdir()
    shutil.copy(NOTEBOOK, source)
    cells = [new_markdown_cell(f"# The others\n\n{LINKS}", id="links")]
    others = {"adder": ADDER, "pad": PAD, "training": TRAINING, "playground": PLAYGROUND}
    for name, code in others.items():
        cells.append(new_code_cell(code, id=name))
    text = refresh.to_text(refresh.normalise(new_notebook(cells=cells)))
    (source / "others.ipynb").write_text(text, encoding="utf-8")
    arguments = shlex.split(COMMAND)[3:]
    try:
        assert handout.main([arguments[0], str(source), str(folder / arguments[2])]) == 0
    except AssertionError:
        if shutil.which("npm") is None:
            cannot_run("npm must be installed, and reach its registry, for this test")
        raise
    return folder / arguments[2]


def test_a_stepper_steps_and_what_needs_a_kernel_says_so_at_once(
    pages: Path, open_page: Callable[..., Exported]
):
    exported = open_page(pages / "01_perceptron.html")
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
    expect(shown.notice).to_have_text(NONE)
    expect(shown.button("Reset with new seed")).to_have_attribute("aria-disabled", "true")
    shown.button("Reset with new seed").click(force=True)  # though it says that it is disabled
    expect(shown.notice).to_have_text(NONE)
    expect(shown.page.get_by_label("data", exact=True)).to_be_disabled()
    shown.page.wait_for_timeout(700)  # longer than a kernel may take before the page says that it waits
    expect(shown.notice).to_have_text(NONE)
    (still,) = [image for image in shown.page.locator("img").all() if not image.is_visible()]
    assert still.get_attribute("alt").startswith("A perceptron learns, step ")
    assert exported.page.title() == "1 · The perceptron"
    assert exported.page.locator("mjx-container").count() > 50
    assert "$" not in exported.page.locator(".jp-MarkdownCell").first.inner_text()
    assert exported.errors == exported.asked == []


def test_the_other_widgets_say_so_too(pages: Path, open_page: Callable[..., Exported]):
    exported = open_page(pages / "others.html")
    boxes = exported.page.locator(".nblib-stepper")
    expect(boxes).to_have_count(4)
    for box in boxes.all():
        expect(box.locator(".nblib-notice")).to_have_text(NONE)
    for slider in exported.page.locator(".nblib-explorer .noUi-target").all():
        expect(slider).to_have_attribute("disabled", "true")
    sheet = exported.page.locator(".nblib-sheet")
    sheet.scroll_into_view_if_needed()
    sheet.click(position={"x": 50, "y": 50}, force=True)
    expect(exported.page.locator(".nblib-pad")).to_have_attribute("data-strokes", "0")
    training = exported.page.locator(".nblib-training")
    for name in ("Start", "Stop"):
        button = training.get_by_role("button", name=name, exact=True)
        expect(button).to_have_attribute("aria-disabled", "true")
    expect(training.get_by_role("slider")).to_be_disabled()
    expect(training.get_by_role("combobox")).to_be_disabled()
    expect(training.get_by_role("checkbox")).to_have_count(7)
    expect(training.get_by_role("checkbox", disabled=True)).to_have_count(7)
    training.get_by_role("button", name="Start").click(force=True)
    expect(training.locator(".nblib-notice")).to_have_text(NONE)
    assert exported.errors == exported.asked == []


def test_a_playground_steps_through_all_that_is_recorded(pages: Path, open_page: Callable[..., Exported]):
    exported = open_page(pages / "others.html")
    box = exported.page.locator(".nblib-playground")
    expect(box.locator(".nblib-words")).to_contain_text("The start")
    slider = box.get_by_role("slider", name="Step")
    said = set()
    for page in range(1, 41):
        slider.press("ArrowRight")
        expect(box).to_have_attribute("data-step", str(page))
        said.add(box.locator(".nblib-numbers").text_content())
    assert len(said) == 40
    slider.press("ArrowRight")
    expect(box).to_have_attribute("data-step", "40")
    expect(box.locator(".nblib-notice")).to_have_text(NONE)
    for setting in box.locator(".nblib-recipe select").all():
        expect(setting).to_be_disabled()
    box.get_by_role("button", name=re.compile("^Neuron 2 of hidden layer 1")).first.click()
    expect(box.locator(".nblib-numbers")).to_contain_text("w¹₂₁")
    assert exported.errors == exported.asked == []


def test_where_scripts_may_not_run_the_pictures_are_seen(pages: Path, open_page: Callable[..., Exported]):
    exported = open_page(pages / "01_perceptron.html", scripts=False)
    images = exported.page.locator(".jp-OutputArea-output img")
    expect(images).to_have_count(n_stills(NOTEBOOK))
    assert all(image.is_visible() for image in images.all())


def test_links_between_pages_lead_to_pages(pages: Path, open_page: Callable[..., Exported]):
    exported = open_page(pages / "others.html")
    link = exported.page.get_by_role("link")
    assert link.filter(has_text="not made").get_attribute("href") == "02_mcculloch_pitts_gates.ipynb"
    link.filter(has_text="itself").click()
    expect(exported.page.locator("[id='cell-id=adder']")).to_be_in_viewport()
    link.filter(has_text="Here").click()
    expect(exported.page.locator("[id='cell-id=threshold']")).to_be_in_viewport()
    assert exported.page.url.endswith("/01_perceptron.html#cell-id=threshold")


def test_every_link_of_the_course_leads_somewhere_in_its_pages():
    paths = refresh.all_notebooks()
    names = [path.stem for path in paths]
    pages, places = {}, {}
    for path in paths:
        notebook = refresh.read(path)
        places[path.stem] = {f"cell-id={cell.id}" for cell in notebook.cells}
        notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
        pages[path.stem] = html_pages.as_html(notebook, path, names).partition("<main>")[2]
        places[path.stem] |= {unquote(place) for place in re.findall(r'\bid="([^"]+)"', pages[path.stem])}
    links = [(name, urlsplit(link)) for name in names for link in re.findall(r'href="([^"]+)"', pages[name])]
    lost = [
        f"{name}: {link.geturl()}"
        for name, link in links
        if not link.netloc
        and unquote(link.fragment) not in places.get(link.path.removesuffix(".html") or name, set()) | {""}
    ]
    assert not lost, "\n".join(lost)
    assert len(links) > 1000
