"""Steppers in JupyterLab: every control, every key, and what must never happen."""

import re
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from browser.lab import Lab, NotebookPage
from browser.stepping import BUTTONS, NOBODY, StepperPage, code_for, explorers
from nblib.steppers import perceptron_stepper as perceptron

PERCEPTRON = """
from nblib.steppers import perceptron_stepper as perceptron
view = perceptron.explorer({arguments})
view
"""
N_STEPS = perceptron.explorer().n_steps
UPDATES = perceptron.explorer().stepper.scene["updates"]


@pytest.fixture
def start(run_cells: Callable[..., NotebookPage]) -> Callable[..., StepperPage]:
    """Runs cells that end with a stepper, and gives the stepper."""
    return lambda *sources: StepperPage(run_cells(*sources))


@pytest.fixture
def shown(start: Callable[..., StepperPage]) -> StepperPage:
    return start(PERCEPTRON.format(arguments=""))


# -- controls ---------------------------------------------------------------------------------------


def test_what_a_screen_reader_finds(shown: StepperPage):
    group = shown.page.get_by_role("group", name="A perceptron learns", exact=True)
    expect(group).to_have_count(1)
    names = [button.get_attribute("aria-label") for button in group.get_by_role("button").all()]
    assert names[:5] == list(BUTTONS)
    for name in (*BUTTONS, "Reset with new seed"):
        expect(shown.button(name)).to_be_visible()
        assert shown.button(name).text_content().isascii(), "signs are drawn: no font needs to know them"
    for name in ("Speed", "Turn pages by"):
        expect(shown.choice(name)).to_be_visible()
    expect(group.get_by_role("img")).to_have_accessible_name(f"A perceptron learns, step 1 of {N_STEPS}: "
        "All weights are zero: z = 0 for every example, so the unit never fires.")  # fmt: skip
    expect(group.locator(".nblib-caption")).to_have_attribute("aria-live", "polite")
    shown.expect_step(0, N_STEPS)
    assert shown.axe() == []


def test_buttons_turn_the_pages(shown: StepperPage):
    first = (shown.caption, shown.picture)
    shown.button("Next step").click()
    shown.expect_step(1)
    second = (shown.caption, shown.picture)
    assert second[0] != first[0]
    assert second[1] != first[1]
    shown.button("Last step").click()
    shown.expect_step(N_STEPS - 1)
    shown.button("Next step").click()
    shown.expect_step(N_STEPS - 1)
    shown.button("First step").click()
    shown.expect_step(0)
    assert (shown.caption, shown.picture) == first
    shown.button("Previous step").click()
    shown.expect_step(0)
    shown.button("Next step").click()
    assert (shown.caption, shown.picture) == second
    assert shown.kernel("view.stepper.step") == "1"


def test_every_page_in_the_browser_is_that_of_python(shown: StepperPage):
    python = perceptron.explorer().stepper
    for step in (0, 1, 2, N_STEPS // 2, N_STEPS - 1):
        shown.run(f"view.stepper.step = {step}")
        shown.expect_step(step, N_STEPS)
        python.step = step
        assert shown.caption == python.caption
        drawn = shown.page.evaluate("""() => [...document.querySelectorAll('.nblib-picture svg text')]
            .filter(text => text.checkVisibility()).map(text => text.textContent)""")
        texts = ElementTree.fromstring(python.svg()).iter("{http://www.w3.org/2000/svg}text")
        assert drawn == [text.text or "" for text in texts]


def test_the_slider_is_dragged(shown: StepperPage):
    box = shown.slider.bounding_box()
    shown.slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(shown.box).not_to_have_attribute("data-step", "0")
    step = int(shown.box.get_attribute("data-step"))
    assert abs(step - (N_STEPS - 1) / 2) <= 2
    shown.expect_step(step)
    assert shown.kernel("view.stepper.step") == str(step)


def test_play_and_pause(shown: StepperPage):
    shown.choice("Speed").select_option("fast")
    shown.button("Play").click()
    expect(shown.button("Pause")).to_have_text("Pause")
    expect(shown.button("Play")).to_have_count(0)
    expect(shown.box.locator(".nblib-caption")).to_have_attribute("aria-live", "off")
    shown.page.wait_for_function("+document.querySelector('.nblib-stepper').dataset.step >= 3")
    shown.button("Pause").click()
    expect(shown.button("Play")).to_have_text("Play")
    expect(shown.box.locator(".nblib-caption")).to_have_attribute("aria-live", "polite")
    step = int(shown.box.get_attribute("data-step"))
    assert 3 <= step < N_STEPS - 1
    shown.page.wait_for_timeout(500)
    shown.expect_step(step)
    assert shown.kernel("view.stepper.step") == str(step)


def test_play_stops_at_the_end_and_begins_again(shown: StepperPage):
    shown.choice("Speed").select_option("fastest")
    shown.button("Play").click()
    expect(shown.button("Play")).to_be_visible()
    shown.expect_step(N_STEPS - 1)
    assert shown.kernel("view.stepper.step") == str(N_STEPS - 1)
    shown.choice("Speed").select_option("slow")
    shown.button("Play").click()
    shown.expect_step(0)
    shown.button("Pause").click()


def test_a_change_of_speed_while_playing_starts_no_second_play(shown: StepperPage):
    shown.page.evaluate("""() => {
        window.seen = [];
        const box = document.querySelector('.nblib-stepper');
        new MutationObserver(() => window.seen.push([performance.now(), +box.dataset.step]))
            .observe(box, {attributes: true, attributeFilter: ['data-step']});
    }""")
    shown.button("Play").click()
    for speed in ("slow", "fast", "normal", "fast"):
        shown.choice("Speed").select_option(speed)
    shown.page.wait_for_function("window.seen.length >= 8")
    shown.button("Pause").click()
    seen = shown.page.evaluate("window.seen")
    assert [step for _, step in seen] == list(range(1, len(seen) + 1)), "every page once, in order"
    between = sorted(after - before for (before, _), (after, _) in pairwise(seen))
    assert between[len(between) // 2] > 130, "one page every 150 ms, not two"


def test_play_does_not_flood_the_kernel(shown: StepperPage):
    shown.run("heard = []; view.stepper.observe(lambda change: heard.append(change['new']), 'step')")
    shown.choice("Speed").select_option("fastest")
    shown.page.evaluate("""() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
        .requestExecute({code: 'import time; time.sleep(4)'}).done && null""")
    shown.button("Play").click()
    expect(shown.button("Play")).to_be_visible()
    shown.expect_step(N_STEPS - 1)
    shown.expect_kernel("view.stepper.step", str(N_STEPS - 1))
    assert int(shown.kernel("len(heard)")) < N_STEPS / 4, "while the kernel is busy, steps are gathered"


def test_update_by_update(shown: StepperPage):
    shown.choice("Turn pages by").select_option("update by update")
    for update in UPDATES[1:4]:
        shown.button("Next step").click()
        shown.expect_step(update)
    shown.page.keyboard.press("ArrowLeft")
    shown.expect_step(UPDATES[2])
    shown.choice("Speed").select_option("fastest")
    shown.button("Play").click()
    expect(shown.button("Play")).to_be_visible()
    shown.expect_step(UPDATES[-1])
    shown.button("Last step").click()
    shown.expect_step(N_STEPS - 1)
    shown.button("Previous step").click()
    shown.expect_step(UPDATES[-2])
    assert UPDATES[-2] < N_STEPS - 2, "pages without an update follow the last one"
    shown.button("Next step").click()
    shown.expect_step(N_STEPS - 1)
    shown.button("Next step").click()
    shown.expect_step(N_STEPS - 1)


# -- keys -------------------------------------------------------------------------------------------


def test_keys_work_from_every_control(shown: StepperPage):
    for control in shown.controls():
        control.focus()
        name = control.get_attribute("aria-label") or control.text_content()
        for key, step in (
            ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", N_STEPS - 1), ("Home", 0),
        ):  # fmt: skip
            shown.page.keyboard.press(key)
            assert shown.box.get_attribute("data-step") == str(step), f"{key} on {name}"
        expect(control).to_be_focused()
    shown.expect_step(0)
    assert shown.choice("Speed").input_value() == "500", "arrows turn pages, they choose nothing"


def test_space_plays_and_pauses(shown: StepperPage):
    shown.choice("Speed").select_option("slow")
    for control in (*(shown.button(name) for name in BUTTONS if name != "Play"), shown.slider):
        control.focus()
        shown.page.keyboard.press("Space")
        expect(shown.button("Pause")).to_be_visible()
        expect(control).to_be_focused()
        shown.page.keyboard.press("Space")
        expect(shown.button("Play")).to_be_visible()
    shown.expect_step(0)
    shown.button("Play").focus()
    shown.page.keyboard.press("Space")
    expect(shown.button("Pause")).to_be_focused()
    shown.page.keyboard.press("Space")
    expect(shown.button("Play")).to_be_focused()
    shown.page.keyboard.press("Enter")
    expect(shown.button("Pause")).to_be_focused()
    shown.page.keyboard.press("Enter")
    expect(shown.button("Play")).to_be_focused()


def test_keys_with_control_are_left_to_the_browser(shown: StepperPage):
    shown.button("Next step").focus()
    for key in ("Control+ArrowRight", "Alt+End", "Meta+ArrowRight"):
        shown.page.keyboard.press(key)
    shown.expect_step(0)


def test_keys_work_after_a_click_where_a_click_gives_no_focus(start: Callable[..., StepperPage]):
    shown = start("1", PERCEPTRON.format(arguments=""), "2")
    before = shown.cells()
    shown.refuse_focus_as_safari_does()
    shown.button("Next step").click()
    expect(shown.button("Next step")).to_be_focused()
    shown.page.keyboard.press("x")
    shown.page.keyboard.press("ArrowRight")
    shown.expect_step(2)
    shown.button("Reset with new seed").click()
    expect(shown.button("Reset with new seed")).to_be_focused()
    shown.page.keyboard.press("x")
    shown.expect_step(0)
    assert shown.cells() == before


def test_no_key_reaches_the_notebook(start: Callable[..., StepperPage]):
    shown = start("1", PERCEPTRON.format(arguments="'your own'"), "2")
    buttons = [shown.button(name) for name in ("Next step", "Remove last point")]
    for button in buttons:
        button.click()
        expect(button).to_be_focused()
    settings = [shown.page.locator(f".nblib-explorer {kind}").first for kind in ("select", ".noUi-handle")]
    shown.expect_keys_to_stay(*buttons, shown.slider, shown.choice("Speed"), *settings)
    expect(shown.box).to_be_visible()


# -- the kernel -------------------------------------------------------------------------------------


def test_the_step_is_the_same_in_page_and_kernel(shown: StepperPage):
    shown.run("view.stepper.step = 7")
    shown.expect_step(7, N_STEPS)
    shown.button("Next step").click()
    shown.expect_step(8)
    assert shown.kernel("view.stepper.step") == "8"
    assert shown.kernel("view.stepper.caption") == shown.caption
    for _ in range(20):
        shown.page.keyboard.press("ArrowRight")
    shown.expect_step(28)
    assert shown.kernel("view.stepper.step") == "28"
    shown.expect_step(28)


def test_a_new_seed_keeps_the_focus(shown: StepperPage):
    before = shown.picture
    button = shown.button("Reset with new seed")
    for i, press in enumerate((button.click, lambda: shown.page.keyboard.press("Enter"),
                               lambda: shown.page.keyboard.press("Space")), 1):  # fmt: skip
        press()
        # widgets and cells may be heard in different threads: the page shows first that the seed was heard
        shown.expect_step(0, perceptron.explorer(seed=4 + i).n_steps)
        assert shown.kernel("view.seed") == str(4 + i)
        expect(button).to_be_focused()
    assert shown.picture != before


def test_settings_make_the_run_anew(shown: StepperPage):
    shown.button("Last step").click()
    shown.page.get_by_label("data", exact=True).select_option("XOR")
    shown.notebook.wait_until_idle()
    shown.expect_step(0, 41)
    xor = shown.picture
    shown.button("Next step").click()
    shown.button("Next step").click()
    before = shown.caption
    handle = shown.page.get_by_role("slider", name="η").or_(shown.page.locator(".widget-slider .noUi-handle"))
    handle.first.focus()
    shown.page.keyboard.press("ArrowRight")
    shown.notebook.wait_until_idle()
    shown.expect_step(0, 41)
    for _ in range(2):
        shown.button("Next step").click()
    assert shown.caption != before
    eta = float(shown.kernel("view.settings['eta'].value"))
    assert eta > 0.5
    assert f" + {eta:.2f}·(" in shown.caption
    shown.page.get_by_label("order", exact=True).select_option("shuffled")
    shown.notebook.wait_until_idle()
    shown.expect_step(0)
    assert xor != ""
    assert shown.kernel("view.seed") == "4"


def test_a_change_of_the_run_stops_the_play(shown: StepperPage):
    shown.choice("Speed").select_option("fastest")
    shown.button("Play").click()
    shown.run("view.settings['data'].value = 'your own'")
    expect(shown.button("Play")).to_be_visible()
    shown.notebook.wait_until_idle()
    step = shown.kernel("view.stepper.step")
    shown.expect_step(int(step), 7)


def test_points_of_ones_own(start: Callable[..., StepperPage]):
    shown = start(PERCEPTRON.format(arguments="'your own'"))
    discs = shown.drawing.locator("circle[fill='var(--nblib-positive)']")
    expect(discs).to_have_count(1)
    picture = shown.drawing.bounding_box()
    place = picture["x"] + 0.45 * picture["width"], picture["y"] + 0.3 * picture["height"]
    shown.page.mouse.click(*place)
    expect(discs).to_have_count(2)
    disc = discs.last.bounding_box()
    for at, corner, side in zip(place, ("x", "y"), ("width", "height"), strict=True):
        assert abs(disc[corner] + disc[side] / 2 - at) < 2, "the point lies where the click was"
    assert shown.kernel("len(view.own)") == "3"
    shown.page.get_by_label("new point").select_option("orange square, y = 0")
    shown.notebook.wait_until_idle()
    shown.button("Add point").click()
    assert shown.kernel("view.own[-1]") == "(0.0, 0.0, 0)"
    shown.button("Remove last point").click()
    assert shown.kernel("len(view.own)") == "3"
    shown.page.keyboard.press("Enter")
    assert shown.kernel("len(view.own)") == "2"
    expect(discs).to_have_count(1)
    expect(shown.button("Remove last point")).to_be_focused()


def test_stepping_needs_no_kernel(shown: StepperPage, lab: Lab):
    shown.shut_kernel_down()
    assert lab.request("GET", "/api/kernels") == []
    before = (shown.caption, shown.picture)
    for step in range(1, 6):
        shown.slider.press("ArrowRight")
        shown.expect_step(step)
    assert (shown.caption, shown.picture) != before
    shown.choice("Speed").select_option("fastest")
    shown.button("Play").click()
    expect(shown.button("Play")).to_be_visible()
    shown.expect_step(N_STEPS - 1)
    shown.start_kernel()


def test_where_there_is_no_kernel_the_page_says_so_and_settings_go_back(start: Callable[..., StepperPage]):
    shown = start(PERCEPTRON.format(arguments="'your own'"))
    data, eta = shown.page.get_by_label("data", exact=True), shown.page.locator(".noUi-handle").first
    drawn, rate = (data.input_value(), shown.picture), eta.get_attribute("aria-valuenow")
    shown.shut_kernel_down()
    data.select_option("XOR")
    expect(shown.notice).to_have_text(NOBODY)
    expect(data).to_have_value(drawn[0])
    eta.press("ArrowRight")
    expect(eta).to_have_attribute("aria-valuenow", rate)
    shown.drawing.click(position={"x": 200, "y": 100})
    shown.button("Add point").click()
    expect(shown.notice).to_have_text(NOBODY)
    assert (data.input_value(), shown.picture) == drawn
    assert shown.axe() == []
    shown.button("Next step").click()
    shown.expect_step(1)
    shown.start_kernel()


FAILS = """
from nblib.drawing.scene import Caption, Scene
from nblib.widgets.stepper import Stepper
Stepper(Scene([], [Caption("one")], width=10, height=10, title="t"), actions={"fail": lambda: 1 / 0})
"""


def test_an_error_in_an_action_is_reported(start: Callable[..., StepperPage]):
    shown = start(FAILS)
    shown.button("fail").click()
    expect(shown.box.get_by_role("alert")).to_have_text("ZeroDivisionError: division by zero")
    assert shown.notebook.failures() == ["ZeroDivisionError: division by zero"]


CLIPPED = """
from nblib.drawing.scene import Caption, Scene, circle, element, group, rect
from nblib.widgets.stepper import Stepper
clips = [element("clipPath", rect(0, 0, side, side), id=f"clip{side}") for side in (3, 6)]
part = group(circle(5, 5, 5), clip_path=["url(#clip3)", "url(#clip6)"])
Stepper(Scene([*clips, part], [Caption("0"), Caption("1")], width=10, height=10, title="t"))
"""


def test_a_reference_that_varies_stays_within_its_drawing(start: Callable[..., StepperPage]):
    shown = start(CLIPPED)
    part = shown.drawing.locator("[clip-path]")
    for step in range(2):
        shown.slider.fill(str(step))
        shown.expect_step(step)
        clip = part.get_attribute("clip-path").removeprefix("url(#").removesuffix(")")
        found = shown.page.evaluate(
            "id => document.getElementById(id).firstChild.getAttribute('width')", clip
        )
        assert found == str(3 + 3 * step)


SWITCH = """
from nblib.drawing.scene import Caption, Scene, circle, group, line
from nblib.widgets.stepper import Stepper
nan = float("nan")
last = group(circle(5, 5, 1, fill=["ink", "ink", "soft"]))
parts = [circle([1, 2, 3], 5, nan), circle([nan] * 3, 5, 1), last]
on = 0
def scene():
    return Scene(parts, [Caption(f"{on}{i}") for i in range(3)], width=10, height=10, title="t")
def flip():
    global on
    on = 1 - on
    stepper.show(scene(), stepper.step, {f"a={on}": flip, "b=0": print})
stepper = Stepper(scene(), actions={"a=0": flip, "b=0": print})
stepper
"""


def test_switches_and_what_is_not_a_number(start: Callable[..., StepperPage]):
    shown = start(SWITCH)
    visible = "() => [...document.querySelectorAll('.nblib-stepper circle')].map(c => c.checkVisibility())"
    assert shown.page.evaluate(visible) == [False, False, True]
    shown.button("Next step").click()
    assert shown.page.evaluate(visible) == [False, False, True]
    switch = shown.box.get_by_role("switch").first
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.dblclick()
    shown.notebook.wait_until_idle()
    expect(switch).to_be_focused()
    if shown.kernel("on") == "0":
        shown.page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_have_text("a=1")
    expect(switch).to_be_focused()
    shown.expect_step(1)
    expect(shown.box.locator(".nblib-words")).to_have_text("11")
    assert shown.axe() == []


def test_two_views_of_one_stepper_go_together(run_cells: Callable[..., NotebookPage]):
    notebook = run_cells(PERCEPTRON.format(arguments=""), "view")
    boxes = notebook.page.locator(".nblib-stepper")
    expect(boxes).to_have_count(2)
    boxes.nth(1).get_by_role("button", name="Next step").click()
    for i in range(2):
        expect(boxes.nth(i)).to_have_attribute("data-step", "1")
    ids = notebook.page.evaluate(
        "() => [...document.querySelectorAll('.nblib-stepper [id]')].map(part => part.id)"
    )
    assert len(set(ids)) == len(ids) > 0


# -- looks ------------------------------------------------------------------------------------------

COLOURS = """() => {
    const box = document.querySelector('.nblib-stepper');
    const colour = (what, name) => getComputedStyle(box.querySelector(what))[name];
    return {
        paper: colour('.nblib-picture svg', 'backgroundColor'),
        ink: colour('svg text[fill="var(--nblib-ink)"]', 'fill'),
        disc: colour('svg circle[fill="var(--nblib-positive)"]', 'fill'),
        caption: colour('.nblib-caption', 'color'),
    };
}"""
MOVES = """() => [...document.querySelectorAll('.nblib-stepper, .nblib-stepper *')].filter(part => {
    const style = getComputedStyle(part);
    return style.animationName !== 'none' || style.transitionDuration !== '0s';
}).length + document.querySelector('.nblib-stepper').getAnimations({subtree: true}).length"""


def test_dark_theme_and_nothing_that_moves_by_itself(shown: StepperPage):
    light = shown.page.evaluate(COLOURS)
    assert shown.axe() == []
    shown.notebook.set_theme("JupyterLab Dark")
    dark = shown.page.evaluate(COLOURS)
    assert all(light[name] != dark[name] for name in light), (light, dark)
    assert shown.axe() == []
    shown.button("Next step").click()
    assert shown.page.evaluate(MOVES) == 0
    shown.notebook.set_theme("JupyterLab Light")


def test_the_focus_is_seen(shown: StepperPage):
    shown.slider.focus()
    for _ in range(3):
        shown.page.keyboard.press("Tab")
        outline = shown.page.evaluate("() => getComputedStyle(document.activeElement).outline")
        assert re.search(r"solid [23]px", outline), outline


def test_a_narrow_window_shows_all(shown: StepperPage):
    shown.page.set_viewport_size({"width": 640, "height": 900})
    width = shown.page.evaluate("""() => {
        const box = document.querySelector('.nblib-stepper');
        return [box.scrollWidth, box.clientWidth];
    }""")
    assert width[0] <= width[1]
    for control in shown.controls():
        place, box = control.bounding_box(), shown.box.bounding_box()
        assert place["x"] >= box["x"] - 1
        assert place["x"] + place["width"] <= box["x"] + box["width"] + 1


# -- every view -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", explorers())
def test_every_view(name: str, start: Callable[..., StepperPage]):
    shown = start(code_for(name))
    assert shown.n_steps > 1
    assert shown.axe() == []
    shown.slider.press("Home")
    shown.expect_step(0)
    pages = [(shown.caption, shown.picture)]
    for _ in range(min(5, shown.n_steps - 1)):
        shown.page.keyboard.press("ArrowRight")
        pages.append((shown.caption, shown.picture))
        assert pages[-1][0] != pages[-2][0], "the caption changes"
    assert len({picture for _, picture in pages}) > len(pages) // 2, "the picture changes"
    shown.page.keyboard.press("End")
    shown.expect_step(shown.n_steps - 1)
    assert shown.axe() == []
    shown.page.keyboard.press("Home")
    shown.expect_step(0)
    assert (shown.caption, shown.picture) == pages[0]
