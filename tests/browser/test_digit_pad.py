"""The digit pad in JupyterLab: mouse, finger and keyboard draw, and the network answers."""

import re
import string
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from browser.lab import NotebookPage
from browser.stepping import NOBODY, StepperPage
from nblib import Network, handwriting, mnist

PAD = """
from nblib import Network, handwriting, mnist
from nblib.widgets.digit_pad import DigitPad

x, y = (part[:20_000] for part in mnist.load()[:2])
pad = DigitPad(Network.load({path!r}), x, y)
pad
"""
BLANK = "Nothing is drawn yet."


class PadPage(StepperPage):
    """The only pad of a notebook that has been run."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.box = self.page.locator(".nblib-pad")
        expect(self.box).to_have_count(1)
        self.sheet.scroll_into_view_if_needed()

    @property
    def sheet(self) -> Locator:
        return self.box.get_by_role("application", name="Pad for one digit", exact=True)

    @property
    def where(self) -> Locator:
        return self.box.locator(".nblib-where")

    @property
    def words(self) -> Locator:
        return self.box.locator(".nblib-words")

    @property
    def outputs(self) -> list[float]:
        said = (
            self.box.get_by_role("list", name="The ten outputs").get_by_role("listitem").all_text_contents()
        )
        assert [text[0] for text in said] == list(string.digits)
        return [float(text[1:]) for text in said]

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return where on the page a place of the pad lies."""
        box = self.sheet.bounding_box()
        return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]

    def draw(self, digit: int, size: float = 0.7) -> None:
        """Draw a digit with the mouse."""
        for stroke in handwriting.strokes(digit, size=size):
            self.page.mouse.move(*self.at(stroke[0]))
            self.page.mouse.down()
            for place in stroke[1:]:
                self.page.mouse.move(*self.at(place))
            self.page.mouse.up()

    def expect_answer(self, words: str) -> None:
        """Wait until all that is drawn is answered, with words that match."""
        self.page.wait_for_function(
            """() => {
                const box = document.querySelector('.nblib-pad');
                const drawn = [...box.querySelectorAll('polyline')].map(line => line.points.length - 1);
                return +box.dataset.points === drawn.reduce((sum, n) => sum + n, 0);
            }"""
        )
        expect(self.words).to_have_text(re.compile(words))

    def expect_strokes(self, n: int) -> None:
        expect(self.box).to_have_attribute("data-strokes", str(n))
        assert self.kernel("len(pad.strokes)") == str(n)

    def seen(self) -> list[int]:
        """Return the darkness of the 28 × 28 pixels that are shown as what the network sees."""
        values = self.box.get_by_role("img", name="The drawing as the network sees it").evaluate(
            "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]"
        )
        return [255 - red for red in values[::4]]


@pytest.fixture(scope="module")
def show_pad(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A cell that shows a pad, and a network behind it that knows digits."""
    data, network = mnist.load(), Network([784, 30, 10], init="scaled", seed=0)
    x, y = data.x_train[:20_000], data.y_train[:20_000]
    list(network.sgd(x, y, epochs=2, mini_batch_size=10, eta=1.0))
    path = tmp_path_factory.mktemp("network") / "digits.npz"
    network.save(path)
    return PAD.format(path=str(path))


@pytest.fixture
def start(run_cells: Callable[..., NotebookPage], show_pad: str) -> Callable[..., PadPage]:
    """Runs a cell that shows a pad, with others before and after it, and gives the pad."""

    def start(before: Sequence[str] = (), after: Sequence[str] = ()) -> PadPage:
        return PadPage(run_cells(*before, show_pad, *after))

    return start


def test_the_mouse_draws_and_the_network_answers(start: Callable[..., PadPage]):
    pad = start()
    expect(pad.words).to_have_text(BLANK)
    assert pad.axe() == []
    pad.draw(4)
    pad.expect_answer(r"^The network says 4 \(0\.\d\d\); next \d \(0\.\d\d\)\.$")
    expect(pad.words).to_have_attribute("aria-live", "polite")
    pad.expect_strokes(2)
    assert pad.kernel("pad.reading.answer") == "4"
    assert pad.outputs == [
        round(value, 2) for value in map(float, pad.kernel("*pad.answer['outputs']").split())
    ]
    assert pad.seen() == [
        int(value) for value in pad.kernel("*(255 * pad.reading.image).round().astype(int)").split()
    ]
    bars = pad.box.locator(".nblib-outputs i").evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
    assert bars.index(max(bars)) == 4
    for label in map(int, pad.kernel("*pad.reading.labels").split()):
        expect(pad.box.get_by_role("img", name=f"Training image near to it: a {label}").first).to_be_visible()
    expect(pad.box.get_by_role("img", name=re.compile("^hidden layer 1: \\d+ of 30 neurons"))).to_be_visible()
    assert pad.axe() == []
    pad.notebook.set_theme("JupyterLab Dark")
    assert pad.axe() == []
    assert (
        pad.box.locator("canvas").first.evaluate("canvas => getComputedStyle(canvas).filter") == "invert(1)"
    )

    pad.button("Undo").click()
    expect(pad.where).to_have_text("Undone. Strokes left: 1.")
    pad.expect_strokes(1)
    assert pad.kernel("pad.answer['points'] == len(pad.strokes[0])") == "True"
    said = pad.kernel("pad.reading.words")
    pad.expect_answer(f"^{re.escape(said[0].upper() + said[1:])}\\.$")
    pad.draw(4)
    pad.button("Clear").click()
    expect(pad.where).to_have_text("Cleared.")
    expect(pad.words).to_have_text(BLANK)
    expect(pad.box.locator(".nblib-reading")).to_be_hidden()
    pad.expect_strokes(0)
    pad.button("Undo").click()
    pad.button("Clear").click()
    pad.page.wait_for_timeout(4500)  # nothing is waited for, so nothing is late
    expect(pad.words).to_have_text(BLANK)
    expect(pad.notice).to_be_empty()


def test_answers_come_while_the_pen_is_down(start: Callable[..., PadPage]):
    pad = start()
    (stroke,) = handwriting.strokes(3, size=0.7)
    pad.page.mouse.move(*pad.at(stroke[0]))
    pad.page.mouse.down()
    for place in stroke[1:]:
        pad.page.mouse.move(*pad.at(place))
    pad.expect_answer("3")
    expect(pad.words).to_have_attribute("aria-live", "off")
    pad.page.mouse.move(*pad.at((0.9, -0.5)))  # captured: beyond the edge it draws along the edge
    pad.page.mouse.up()
    assert float(pad.kernel("pad.strokes[0][-1][1]")) == 0
    expect(pad.words).to_have_attribute("aria-live", "polite")
    pad.page.mouse.move(*pad.at((0.2, 0.9)))
    pad.expect_strokes(1)
    pad.page.mouse.click(*pad.at((0.2, 0.9)))  # a dot
    pad.expect_strokes(2)
    pad.page.mouse.click(*pad.at((0.5, 0.5)), button="right")
    pad.expect_strokes(2)


def test_the_keyboard_draws(start: Callable[..., PadPage]):
    pad = start(["1"], ["2"])
    pad.sheet.focus()
    cursor = pad.box.locator(".nblib-cursor")
    pad.page.keyboard.press("ArrowUp")
    expect(cursor).to_be_visible()
    expect(pad.where).to_have_text("Pen up, 50 % across, 46 % down.")
    for _ in range(8):
        pad.page.keyboard.press("ArrowUp")
    pad.page.keyboard.press("Shift+ArrowRight")
    pad.expect_strokes(0)
    pad.page.keyboard.press("Space")
    expect(pad.where).to_have_text("Pen down, 51 % across, 14 % down.")
    for _ in range(18):
        pad.page.keyboard.press("ArrowDown")
    pad.page.keyboard.press("Space")
    expect(pad.where).to_have_text("Pen up, 51 % across, 86 % down.")
    pad.expect_answer(r"^The network says 1 ")
    pad.expect_strokes(1)
    assert pad.kernel("*pad.strokes[0][0], *pad.strokes[0][-1]") == "0.51 0.14 0.51 0.86"
    for _ in range(9):
        pad.page.keyboard.press("ArrowDown")
    expect(pad.where).to_have_text("Pen up, 51 % across, 100 % down.")

    pad.page.keyboard.press("Control+z")
    pad.expect_strokes(0)
    expect(pad.words).to_have_text(BLANK)
    pad.page.keyboard.press("Space")
    pad.page.keyboard.press("ArrowLeft")
    pad.page.keyboard.press("Tab")  # leaves the pad, and raises the pen
    expect(pad.button("Undo")).to_be_focused()
    expect(cursor).to_be_hidden()
    pad.expect_strokes(1)
    pad.page.keyboard.press("Enter")
    pad.expect_strokes(0)
    pad.page.keyboard.press("Tab")
    expect(pad.button("Clear")).to_be_focused()
    pad.expect_keys_to_stay(pad.sheet, pad.button("Clear"), pad.button("Open a picture"), but="Enter")
    pad.expect_strokes(0)


def test_keys_work_after_a_click_where_a_click_gives_no_focus(start: Callable[..., PadPage]):
    pad = start(["1"], ["2"])
    before = pad.cells()
    pad.refuse_focus_as_safari_does()
    for name in ("Undo", "Clear"):
        pad.button(name).click()
        expect(pad.button(name)).to_be_focused()
        pad.page.keyboard.press("x")
    assert pad.cells() == before


def test_a_finger_draws_and_does_not_scroll(start: Callable[..., PadPage]):
    pad = start(after=["0"] * 30)
    session = pad.page.context.new_cdp_session(pad.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [dict(zip("xy", pad.at(place), strict=True), id=i) for i, place in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    top = pad.sheet.bounding_box()["y"]
    (stroke,) = handwriting.strokes(1, size=0.8)
    touch("touchStart", stroke[0])
    for place in stroke[1:]:
        touch("touchMove", place)
    touch("touchStart", stroke[-1], (0.1, 0.1))  # a second finger draws nothing
    touch("touchMove", stroke[-1], (0.1, 0.4))
    touch("touchEnd")
    pad.expect_answer(r"^The network says 1 ")
    pad.expect_strokes(1)
    assert pad.sheet.bounding_box()["y"] == top
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_cells_and_files_put_digits_on_the_pad(start: Callable[..., PadPage], tmp_path: Path):
    pad = start()
    pad.run("pad.draw(handwriting.strokes(8, size=0.5, centre=(0.3, 0.6)))")
    pad.expect_answer("^The network says 8 ")
    pad.expect_strokes(1)
    pad.page.mouse.move(*pad.at((0.1, 0.1)))
    pad.page.mouse.down()
    pad.run("pad.draw(handwriting.strokes(0))")
    pad.page.mouse.move(*pad.at((0.9, 0.1)))  # the pen was lifted: the new drawing stays as it is
    pad.page.mouse.up()
    pad.expect_answer("^The network says 0 ")
    pad.expect_strokes(1)
    assert pad.kernel("len(pad.strokes[0]) == len(handwriting.strokes(0)[0])") == "True"
    picture = tmp_path / "three.png"
    _save_digit(picture, 3)
    pad.page.locator(".nblib-pad input[type=file]").set_input_files(picture)
    expect(pad.where).to_have_text("three.png is shown.")
    pad.expect_answer("^The network says 3 ")
    pad.expect_strokes(0)
    broken = tmp_path / "broken.png"
    broken.write_bytes(picture.read_bytes()[:100])
    pad.page.locator(".nblib-pad input[type=file]").set_input_files(broken)
    expect(pad.where).to_have_text(re.compile("^'broken.png' cannot be read"))
    pad.expect_answer("^The network says 3 ")
    pad.button("Clear").click()
    expect(pad.words).to_have_text(BLANK)
    pad.shut_kernel_down()
    pad.draw(7)
    expect(pad.notice).to_have_text(NOBODY)
    expect(pad.words).to_be_empty()
    expect(pad.box.locator(".nblib-reading")).to_be_hidden()
    pad.button("Clear").click()
    pad.draw(7)
    expect(pad.notice).to_have_text(NOBODY)
    pad.start_kernel()


def _save_digit(path: Path, digit: int) -> None:
    ink = handwriting.ink(handwriting.strokes(digit))
    Image.fromarray((255 * (1 - ink)).astype("uint8")).save(path)
