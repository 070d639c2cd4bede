"""A stepper in Notebook 7: the same controls, and still no key reaches the notebook."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.lab import NOTEBOOK, open_notebook, running_lab
from browser.stepping import StepperPage, code_for, save


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StepperPage]:
    """The perceptron's stepper, in a notebook with a cell before and after it."""
    path = save(tmp_path_factory.mktemp("stepper"), "1", code_for("perceptron_stepper.explorer"), "2")
    home = tmp_path_factory.mktemp("notebook7")
    with running_lab(home, NOTEBOOK) as server, open_notebook(server, browser, path) as notebook:
        assert notebook.run_all(), "\n".join(notebook.problems())
        yield StepperPage(notebook)


@pytest.fixture(autouse=True)
def begin_at_the_first_page(shown: StepperPage) -> None:
    shown.button("First step").click()
    shown.expect_step(0)


def test_this_is_notebook_7(shown: StepperPage):
    assert shown.page.evaluate("() => window.jupyterapp.name") == "Jupyter Notebook"
    assert shown.page.evaluate("() => window.jupyterapp.version").startswith("7.")


def test_clicks_turn_the_pages(shown: StepperPage):
    last = shown.n_steps - 1
    pages = []
    for name, step in (("Next step", 1), ("Next step", 2), ("Previous step", 1), ("Last step", last)):
        shown.button(name).click()
        shown.expect_step(step)
        pages.append((shown.caption, shown.picture))
    assert pages[0] == pages[2]
    assert len(set(pages)) == 3
    assert shown.kernel("view.step") == str(last)


def test_keys_turn_the_pages_from_every_control(shown: StepperPage):
    last = shown.n_steps - 1
    for control in shown.controls():
        control.focus()
        name = control.get_attribute("aria-label") or control.text_content()
        for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", last), ("Home", 0)):
            shown.page.keyboard.press(key)
            assert shown.box.get_attribute("data-step") == str(step), f"{key} on {name}"
        expect(control).to_be_focused()
    shown.expect_step(0)


def test_space_plays_and_pauses(shown: StepperPage):
    shown.slider.focus()
    shown.page.keyboard.press("Space")
    expect(shown.button("Pause")).to_be_visible()
    shown.page.wait_for_function("+document.querySelector('.nblib-stepper').dataset.step >= 2")
    shown.page.keyboard.press("Space")
    expect(shown.button("Play")).to_be_visible()
    step = int(shown.box.get_attribute("data-step"))
    assert 2 <= step < shown.n_steps - 1
    assert shown.kernel("view.step") == str(step)


def test_the_slider_is_moved_by_keyboard(shown: StepperPage):
    for press in range(1, 4):
        shown.slider.press("ArrowRight")
        shown.expect_step(press)
    shown.slider.press("PageUp")  # the browser's own key: a tenth of the way
    expect(shown.box).not_to_have_attribute("data-step", "3")
    assert 3 < int(shown.slider.input_value()) < shown.n_steps - 1
    assert shown.kernel("view.step") == shown.slider.input_value()


def test_no_key_reaches_the_notebook(shown: StepperPage):
    assert len(shown.cells()) == 3
    buttons = [shown.button(name) for name in ("Next step", "Reset with new seed")]
    shown.expect_keys_to_stay(*buttons, shown.slider, shown.choice("Speed"))
    expect(shown.box).to_be_visible()
