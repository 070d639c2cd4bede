"""Live training with a switch for each ingredient, on a bare page: by mouse and key, and without a kernel."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from browser.mounted import Mounted
from nblib.runs.ingredients import INGREDIENTS
from nblib.widgets.live_ingredients import LiveIngredients


class Kitchen(Mounted):
    """The switches of a training that has not begun."""

    def switch(self, name: str) -> Locator:
        return self.box.get_by_role("checkbox", name=name, exact=True)

    def on(self) -> list[str]:
        """Return the ingredients that are in, as the page shows it."""
        return [name for name, long in INGREDIENTS.items() if self.switch(long).is_checked()]

    def axe(self) -> list[str]:
        found = Axe().run(self.page, context="main").response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def kitchen(browser: Browser) -> Iterator[Kitchen]:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(size=(30, 16)), rng.integers(3, size=30)
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    shown = Kitchen(page, LiveIngredients([16, 6, 3], x, y, 3, 5, (x, y), on=["relu"]))
    expect(shown.switch("ReLU")).to_be_visible()
    yield shown
    page.close()
    assert shown.errors == []


def test_a_switch_by_mouse_and_by_key_changes_the_recipe_and_its_eta(kitchen: Kitchen):
    assert kitchen.on() == ["relu"]
    expect(kitchen.box.get_by_role("group", name="Ingredients")).to_be_visible()
    expect(kitchen.box.locator("output")).to_have_text("1")
    kitchen.switch("softmax, cross-entropy").click()
    expect(kitchen.box.locator("output")).to_have_text("0.4")
    assert kitchen.widget.on == kitchen.on() == ["softmax", "relu"]
    kitchen.switch("momentum").focus()
    kitchen.page.keyboard.press("Space")
    expect(kitchen.box.locator("output")).to_have_text("0.08")
    assert kitchen.widget.on == kitchen.on() == ["softmax", "relu", "momentum"]
    kitchen.page.keyboard.press("Space")
    expect(kitchen.box.locator("output")).to_have_text("0.4")
    expect(kitchen.switch("momentum")).to_be_focused()
    kitchen.run(lambda: kitchen.widget.switch("shifts", True))
    expect(kitchen.switch("shifts")).to_be_checked()
    assert kitchen.axe() == []
    kitchen.mount("dark")
    assert kitchen.on() == ["softmax", "relu", "shifts"]
    assert kitchen.axe() == []


def test_flips_in_quick_succession_stay_as_they_were_made(kitchen: Kitchen):
    """While the kernel has heard of the first alone, the page does not take the others back."""
    told = []
    kitchen.page.evaluate(
        """() => {
            window.asked = [];
            window.model.ask = async message => window.asked.push(message);
            for (const box of document.querySelectorAll('fieldset input')) box.click();
        }"""
    )
    flipped = ["softmax", "he", "momentum", "cosine", "decay", "shifts"]
    assert kitchen.on() == flipped
    for message in kitchen.page.evaluate("window.asked"):
        kitchen.run(lambda message=message: kitchen.widget.switch(*message["switch"]))
        told.append(kitchen.widget.on)
        assert kitchen.on() == flipped
    assert len(told) == 7
    assert told[-1] == flipped
    kitchen.run(lambda: kitchen.widget.switch("relu", True))
    assert kitchen.on() == list(INGREDIENTS)


def test_the_paper_below_the_weights_follows_the_theme(kitchen: Kitchen):
    """Seen, not computed: Chromium goes on painting the old background of a canvas that gets a filter."""
    kitchen.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    kitchen.page.wait_for_timeout(300)
    png = kitchen.box.locator("canvas").screenshot()
    assert np.asarray(Image.open(io.BytesIO(png)).convert("L")).mean() < 110


def test_where_nobody_hears_the_switches_show_what_is_in(kitchen: Kitchen):
    kitchen.page.evaluate("window.model.dead = true")
    kitchen.switch("shifts").click()
    expect(kitchen.box.locator(".nblib-notice")).not_to_be_empty()
    assert kitchen.on() == kitchen.widget.on == ["relu"]


def test_all_fits_a_narrow_window(kitchen: Kitchen):
    kitchen.page.set_viewport_size({"width": 320, "height": 800})
    assert kitchen.box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    beyond = kitchen.box.evaluate("""box => [...box.querySelectorAll('label, figure, svg, fieldset')].filter(
        part => part.getBoundingClientRect().right > box.getBoundingClientRect().right + 1).length""")
    assert beyond == 0
