"""Stepper and explorer as Python sees them; what the browser makes of them is tested in tests/browser."""

import base64
import hashlib
import io
import json
import subprocess
import sys
from html import unescape
from typing import Any

import ipywidgets
import pytest
import traitlets
from PIL import Image

from messages import click, press, tell
from nblib.drawing.scene import Caption, Scene, circle, text
from nblib.steppers import gates_stepper
from nblib.widgets import stepper as module
from nblib.widgets.explorer import NEW_SEED, Explorer
from nblib.widgets.stepper import Stepper

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def scene(steps: int = 5, title: str = "A test", **arguments: Any) -> Scene:
    captions = [Caption(f"Step {i}.", "y = 2x", f"y = 2·{i} = {2 * i}") for i in range(steps)]
    parts = [
        circle(list(range(steps)), 20, 5, fill="positive"),
        text(50, 20, [f"no. {i}" for i in range(steps)]),
    ]
    return Scene(parts, captions, width=100, height=40, title=title, **arguments)


# -- the step ---------------------------------------------------------------------------------------


def test_the_step_chooses_the_caption_and_the_page():
    stepper = Stepper(scene(), step=2)
    assert stepper.step == 2
    assert stepper.caption == "Step 2.\ny = 2x\ny = 2·2 = 4"
    stepper.step = 4
    assert stepper.caption.startswith("Step 4.")
    assert stepper.svg() == stepper.svg(4) == scene().svg(4) != stepper.svg(0)


@pytest.mark.parametrize(
    ("step", "error", "message"),
    [
        (5, ValueError, "step must be at most 4, got 5"),
        (-1, ValueError, "step must be at least 0, got -1"),
        (True, TypeError, "step must be a whole number, got True"),
        (1.5, traitlets.TraitError, "expected an int"),
    ],
)
def test_a_step_that_is_not_there(step: Any, error: type[Exception], message: str):
    stepper = Stepper(scene(), step=3)
    with pytest.raises(error, match=message):
        stepper.step = step
    assert stepper.step == 3
    with pytest.raises(error, match=message):
        Stepper(scene(), step=step)


def test_a_cell_can_follow_the_step():
    stepper, seen = Stepper(scene()), []
    stepper.observe(lambda change: seen.append(change["new"]), "step")
    stepper.set_state({"step": 3})  # the browser turned the page
    stepper.step = 1
    assert seen == [3, 1]


def test_the_browser_may_be_late():
    """A page turned just before the scene became shorter: the last page is shown, nothing fails."""
    stepper = Stepper(scene(9), step=8)
    stepper.show(scene(3))
    stepper.set_state({"step": 8})
    assert stepper.step == 2


# -- another scene ----------------------------------------------------------------------------------


def test_show_replaces_the_scene():
    stepper = Stepper(scene(), step=4)
    stepper.show(scene(2, "Another"))
    assert (stepper.step, repr(stepper)) == (0, "[Stepper: Another, 2 steps]")
    assert stepper.scene == scene(2, "Another").payload()
    stepper.show(scene(9), step=8)
    assert stepper.caption.startswith("Step 8.")


def test_show_with_a_step_that_is_not_there_changes_nothing():
    stepper = Stepper(scene(), step=4, actions={"a": print})
    before = (stepper.step, stepper.scene, stepper.actions, repr(stepper))
    for step, error in ((2, ValueError), (-1, ValueError), (0.5, TypeError)):
        with pytest.raises(error, match="step must be"):
            stepper.show(scene(2, "Another"), step, {"b": print})
    assert (stepper.step, stepper.scene, stepper.actions, repr(stepper)) == before


def test_show_tells_the_browser_all_at_once():
    stepper, sent = Stepper(scene(), step=4), []
    stepper.send_state = lambda names: sent.append(set(names))
    stepper.show(scene(2), actions={"a": print})
    assert sent == [{"step", "scene", "actions"}]


# -- buttons and clicks -----------------------------------------------------------------------------


def test_actions_are_called():
    calls: list[str] = []
    stepper = Stepper(scene(), actions={"one": lambda: calls.append("1"), "two=0": lambda: calls.append("2")})
    assert stepper.actions == ["one", "two=0"]
    press(stepper, "two=0")
    press(stepper, "one")
    assert calls == ["2", "1"]


def test_actions_can_be_replaced_and_a_late_press_does_nothing():
    calls: list[str] = []
    stepper = Stepper(scene(), actions={"a=0": lambda: calls.append("old")})
    stepper.show(scene(), actions={"a=1": lambda: calls.append("new")})
    press(stepper, "a=0")  # pressed twice, before the page knew of the first
    assert calls == []
    press(stepper, "a=1")
    assert calls == ["new"]
    stepper.show(scene())
    assert stepper.actions == ["a=1"]


def test_a_click_brings_its_place():
    places: list[tuple[float, float]] = []
    stepper = Stepper(scene(), clicked=lambda x, y: places.append((x, y)))
    assert stepper.clickable
    click(stepper, 3.5, 4)
    assert places == [(3.5, 4)]


def test_without_a_callback_clicks_are_nothing():
    stepper = Stepper(scene())
    assert not stepper.clickable
    click(stepper, 3.5, 4)
    assert stepper.step == 0


def test_a_message_that_only_asks_for_an_answer_does_nothing():
    calls: list[str] = []
    stepper = Stepper(scene(), actions={"a": lambda: calls.append("a")}, clicked=lambda *_: calls.append("b"))
    tell(stepper, {})
    assert calls == []


def test_the_browser_gets_one_script():
    script = Stepper(scene()).get_state()["_esm"]
    assert "export default { render }" in script
    assert "export function" not in script
    assert "import {" not in script
    assert script.count("function connect(") == 1


# -- without a browser ------------------------------------------------------------------------------


def test_the_repr_stays_the_same():
    assert repr(Stepper(scene())) == repr(Stepper(scene())) == "[Stepper: A test, 5 steps]"


def bundle(widget: ipywidgets.DOMWidget) -> dict[str, Any]:
    made = widget._repr_mimebundle_()
    return made[0] if isinstance(made, tuple) else made


def explorer(build: Any = None, **arguments: Any) -> Explorer:
    settings = {"steps": ipywidgets.IntSlider(value=5, min=1, max=9, description="steps")}
    return Explorer(build or (lambda steps: scene(steps)), settings, **arguments)


@pytest.mark.parametrize(
    "make",
    [lambda: Stepper(scene(telling=3)), lambda: explorer(lambda steps: scene(telling=3))],
    ids=["Stepper", "Explorer"],
)
def test_the_mime_bundle_holds_widget_picture_and_words(make: Any):
    widget = make()
    data = bundle(widget)
    assert set(data) == {WIDGET_VIEW, "text/plain", "text/html", "image/png"}
    assert data[WIDGET_VIEW]["model_id"] == widget.model_id
    assert data["text/plain"] == "[Stepper: A test, 5 steps]"
    alt = 'alt="A test, step 4 of 5. Step 3. y = 2x y = 2·3 = 6"'
    assert unescape(data["text/html"]).startswith(f"<img {alt} ")
    assert data["image/png"] in data["text/html"]
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert (image.format, image.width / image.height) == ("PNG", 100 / 40)
    json.dumps(data)


def test_the_alternative_text_is_escaped():
    data = bundle(Stepper(scene(title='1 < 2 & "so"')))
    assert 'alt="1 &lt; 2 &amp; &quot;so&quot;, step 1' in data["text/html"]


def test_the_picture_shows_the_page():
    stepper = Stepper(scene())
    pages = [stepper.png(step) for step in range(5)]
    assert len(set(pages)) == 5
    assert stepper.png() == pages[0]
    image = Image.open(io.BytesIO(pages[3])).convert("RGB")
    scale = image.width / 100
    assert image.getpixel((int(3 * scale), int(20 * scale))) == (0x00, 0x72, 0xB2)
    assert image.getpixel((int(90 * scale), int(35 * scale))) == (255, 255, 255)


def test_the_picture_has_the_letters_of_the_course():
    """Without the font the words would be missing: the page would be as white as one without them."""

    def ink(says: str) -> int:
        parts = [text(50, 20, says)]
        png = Stepper(Scene(parts, [Caption("")], width=100, height=40, title="t")).png()
        return sum(Image.open(io.BytesIO(png)).convert("L").histogram()[:128])

    assert ink("∂C/∂w₁") > ink("∂") > ink("") == 0


SAME = """
import hashlib
from nblib.steppers import perceptron_stepper as perceptron
print(hashlib.sha256(perceptron.explorer().stepper.png(7)).hexdigest())
"""


def test_the_picture_is_the_same_in_another_process():
    from nblib.steppers import perceptron_stepper as perceptron

    run = subprocess.run([sys.executable, "-c", SAME], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(perceptron.explorer().stepper.png(7)).hexdigest()


@pytest.mark.parametrize("make", [lambda: Stepper(scene()), explorer], ids=["Stepper", "Explorer"])
def test_where_resvg_is_not_installed_there_is_no_picture(make: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "resvg_py", None)
    widget = make()
    assert set(bundle(widget)) == {WIDGET_VIEW, "text/plain"}
    stepper = getattr(widget, "stepper", widget)
    assert stepper.png() is None
    assert stepper.still() == {}


# -- explorer ---------------------------------------------------------------------------------------


def test_a_setting_makes_the_run_anew():
    shown = explorer()
    shown.stepper.step = 4
    shown.settings["steps"].value = 3
    assert repr(shown) == "[Stepper: A test, 3 steps]"
    assert shown.stepper.step == 0


def test_the_browser_knows_which_settings_are_drawn():
    steps, kind = ipywidgets.IntSlider(value=5, min=1, max=9), ipywidgets.Dropdown(options=["a", "b"])
    shown = Explorer(lambda steps, kind: scene(steps, kind), {"steps": steps, "kind": kind})
    assert shown.stepper.settings == {steps.model_id: {"value": 5}, kind.model_id: {"index": 0}}
    kind.value = "b"
    assert shown.stepper.settings == {steps.model_id: {"value": 5}, kind.model_id: {"index": 1}}


class Further(Explorer):
    """An explorer with a widget that is no setting of the run."""

    def __init__(self):
        self.further = ipywidgets.IntSlider(value=3, description="next")
        super().__init__(lambda steps: scene(steps), {"steps": ipywidgets.IntSlider(value=5, min=1, max=9)})

    def rows(self):
        return [*super().rows(), ipywidgets.HBox([self.further])]


def test_the_browser_knows_every_widget_above_that_holds_a_value():
    shown = Further()
    steps = shown.settings["steps"]
    assert shown.stepper.settings == {steps.model_id: {"value": 5}, shown.further.model_id: {"value": 3}}
    shown.further.value = 4
    assert shown.stepper.settings[shown.further.model_id] == {"value": 4}


def test_the_sliders_of_the_adder_are_among_them_while_it_is_shown():
    shown = gates_stepper.explorer("XOR")
    assert len(shown.stepper.settings) == 1
    shown.settings["circuit"].value = "4-bit adder"
    values = [state.get("value") for state in shown.stepper.settings.values()]
    assert values == [None, *(slider.value for slider in shown.addends)]
    shown.addends[0].value = 9
    assert shown.stepper.settings[shown.addends[0].model_id] == {"value": 9}


def test_a_setting_whose_run_fails_goes_back_and_says_why():
    def build(steps, kind):
        if steps > 6:
            raise ArithmeticError("too many steps")
        return scene(steps)

    steps, kind = ipywidgets.IntSlider(value=5, min=1, max=9), ipywidgets.Dropdown(options=["a", "b"])
    shown = Explorer(build, {"steps": steps, "kind": kind})
    kind.value = "b"
    shown.step = 2
    before = shown.stepper.scene
    with pytest.raises(ArithmeticError):
        steps.value = 7
    assert (steps.value, kind.value, shown.step) == (5, "b", 2)
    assert shown.stepper.scene == before
    assert shown.stepper.error == "ArithmeticError: too many steps"
    steps.value = 6
    assert (shown.stepper.error, shown.n_steps) == ("", 6)


def test_a_new_seed_whose_run_fails_is_forgotten():
    def build(seed):
        if seed == 1:
            raise KeyboardInterrupt
        return scene()

    shown = Explorer(build, {}, seeded=True)
    with pytest.raises(KeyboardInterrupt):
        press(shown, NEW_SEED)
    assert (shown.seed, shown.stepper.error) == (0, "KeyboardInterrupt")
    tell(shown.stepper, {})
    assert shown.stepper.error == "KeyboardInterrupt", "only what is asked next wipes it off"


def test_settings_stand_above_the_stepper():
    row, stepper = explorer().children
    assert [widget.description for widget in row.children] == ["steps"]
    assert isinstance(stepper, Stepper)


def test_without_settings_there_is_the_stepper_alone():
    shown = Explorer(scene, {})
    assert shown.children == (shown.stepper,)
    assert shown.stepper.actions == []


def seeded(**arguments: Any) -> tuple[Explorer, list[tuple[int, int]]]:
    calls: list[tuple[int, int]] = []

    def build(steps: int, seed: int) -> Scene:
        calls.append((steps, seed))
        return scene(steps)

    return explorer(build, seeded=True, **arguments), calls


def test_the_seed_is_kept_until_the_button_asks_for_another():
    shown, calls = seeded(seed=7)
    shown.settings["steps"].value = 3
    press(shown.stepper, NEW_SEED)
    shown.settings["steps"].value = 4
    press(shown.stepper, NEW_SEED)
    assert calls == [(5, 7), (3, 7), (3, 8), (4, 8), (4, 9)]
    assert shown.seed == 9


class WithMore(Explorer):
    """An explorer with a button and a row of its own while there are five steps."""

    more = ipywidgets.Label("five")

    def actions(self):
        return {"mine": lambda: None} | super().actions() if self.settings["steps"].value == 5 else {}

    def rows(self):
        return [*super().rows(), *([self.more] if self.settings["steps"].value == 5 else [])]


def test_buttons_and_rows_come_and_go_with_the_settings():
    steps = ipywidgets.IntSlider(value=5, min=1, max=9, description="steps")
    shown = WithMore(lambda steps, seed: scene(steps), {"steps": steps}, seeded=True)
    for n_steps in (5, 4, 5):
        steps.value = n_steps
        assert shown.stepper.actions == (["mine", NEW_SEED] if n_steps == 5 else [])
        assert shown.children[1:] == ((shown.more, shown.stepper) if n_steps == 5 else (shown.stepper,))


@pytest.mark.parametrize("keeps", [False, True])
def test_another_setting_may_keep_the_page(keeps: bool):
    shown = explorer(keeps_page=keeps)
    shown.step = 3
    shown.settings["steps"].value = 4
    assert shown.step == (3 if keeps else 0)


def test_refresh_can_keep_the_step():
    shown = explorer()
    shown.refresh(step=3)
    assert shown.stepper.step == 3


def test_clicks_reach_the_explorer():
    places: list[tuple[float, float]] = []
    click(explorer(clicked=lambda x, y: places.append((x, y))).stepper, 1, 2)
    assert places == [(1, 2)]
