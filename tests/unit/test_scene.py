"""Scenes: what Python renders is what the browser is told, at every step."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib.drawing import scene as s
from nblib.drawing.axes import Axes
from nblib.drawing.scene import COLOURS, Caption, Scene

N = "{http://www.w3.org/2000/svg}"
NAN, INF = float("nan"), float("inf")


def make(*elements, steps=3, **arguments):
    captions = [Caption(f"step {i}", "y = x", f"y = {i}") for i in range(steps)]
    return Scene(elements, captions, **{"width": 100, "height": 50, "title": "A test"} | arguments)


def page(scene: Scene, step: int) -> ET.Element:
    return ET.fromstring(scene.svg(step))


def drawn(scene: Scene, step: int) -> list[tuple]:
    """Return tag, attributes and text of everything Python draws, in the colours of a light page."""
    _, _, _, *parts = page(scene, step)
    return [_tree(part) for part in parts]


def _tree(part: ET.Element) -> tuple:
    return part.tag.removeprefix(N), dict(part.attrib), part.text or "", [_tree(child) for child in part]


def shown(scene: Scene, step: int) -> list[tuple]:
    """Return the same from the payload, read by the rules of stepper.js."""
    payload = json.loads(json.dumps(scene.payload(), allow_nan=False))
    return [tree for part in payload["elements"] if (tree := _read(part, step))]


def at(packed, step: int):
    if isinstance(packed, list):
        return packed[step]
    return packed["values"][int(packed["index"][step])] if isinstance(packed, dict) else packed


def _read(part: dict, step: int) -> tuple | None:
    varying = {name: at(value, step) for name, value in part["vary"].items()}
    says = at(part.get("text", ""), step)
    if says is None or None in varying.values():
        return None
    attributes = {name: str(value) for name, value in (part["set"] | varying).items()}
    for name in ("fill", "stroke", "stop-color", "color"):
        if name in attributes:
            attributes[name] = COLOURS.get(attributes[name], attributes[name])
    children = [tree for child in part.get("children", ()) if (tree := _read(child, step))]
    return part["tag"], attributes, str(says), children


# -- packing ----------------------------------------------------------------------------------------


values = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([NAN, INF, -INF, 0.0, -0.0, 1 / 3]))


@given(st.lists(values, min_size=1, max_size=12), st.data())
def test_the_payload_says_at_each_step_what_the_page_shows(numbers, data):
    steps = len(numbers)
    words = data.draw(st.lists(st.sampled_from(["a", "b", '<&">', "−½"]), min_size=steps, max_size=steps))
    colours = data.draw(st.lists(st.sampled_from([*COLOURS, "none"]), min_size=steps, max_size=steps))
    scene = make(
        s.circle(np.array(numbers), 5, 2, fill=colours, stroke="quiet"),
        s.group(s.text(1, numbers, words), s.rect(0, 0, tuple(numbers), 1, id="box"), opacity=0.5),
        s.text(1, 2, numbers),
        steps=steps,
    )
    for step in range(steps):
        assert shown(scene, step) == drawn(scene, step)


def test_constants_and_arrays_that_do_not_vary_are_sent_once():
    (part,) = make(s.circle(1, [2, 2, 2], [1, 2, 3])).payload()["elements"]
    assert part == {"tag": "circle", "set": {"cx": 1, "cy": 2}, "vary": {"r": [1, 2, 3]}}


@pytest.mark.parametrize(
    ("values", "packed"),
    [
        (["on", "off"] * 5, {"values": ["on", "off"], "index": "01" * 5}),
        ([1.5, NAN, 1.5, 1.5, 1.5], {"values": [1.5, None], "index": "01000"}),
        ([*"abcdefghijkl"] * 3, {"values": [*"abcdefghijkl"], "index": [*range(12)] * 3}),
        ([*range(12)] * 3, [*range(12)] * 3),
        (["a", "b", "c", "a"], ["a", "b", "c", "a"]),
    ],
)
def test_few_values_that_repeat_are_sent_once(values: list, packed: object):
    scene = make(s.text(0, 0, values), steps=len(values))
    (part,) = scene.payload()["elements"]
    assert part["text"] == packed
    assert all(shown(scene, step) == drawn(scene, step) for step in range(len(values)))


def test_numbers_are_sent_with_two_decimals():
    (part,) = make(s.circle(1 / 3, [2.0, 2.004, 2.006], np.float32(1))).payload()["elements"]
    assert part == {"tag": "circle", "set": {"cx": 0.33, "r": 1}, "vary": {"cy": [2, 2, 2.01]}}
    assert isinstance(part["set"]["r"], int)


def test_the_payload_holds_captions_names_and_sizes():
    payload = make(updates=[0, np.int64(2)]).payload()
    assert {name: payload[name] for name in ("width", "height", "title", "steps", "updates")} == {
        "width": 100, "height": 50, "title": "A test", "steps": 3, "updates": [0, 2],
    }  # fmt: skip
    assert payload["words"] == ["step 0", "step 1", "step 2"]
    assert payload["formula"] == "y = x"
    assert payload["numbers"] == ["y = 0", "y = 1", "y = 2"]
    assert make().payload()["updates"] is None
    json.dumps(payload)


@pytest.mark.parametrize(
    ("updates", "stops"),
    [([], [0, 2]), ([1], [0, 1, 2]), ([2, 1, 1], [0, 1, 2]), (np.array([0, 1]), [0, 1, 2]), (None, None)],
)
def test_the_first_and_the_last_page_are_stops_too(updates, stops):
    """Else pages that follow the last update could not be reached update by update."""
    assert make(updates=updates).updates == make(updates=updates).payload()["updates"] == stops


def test_a_run_of_one_page_has_one_stop():
    assert make(steps=1, updates=[]).updates == [0]


# -- a page -----------------------------------------------------------------------------------------


def test_a_page_is_a_document_with_title_and_description():
    svg = page(make(s.circle(1, 2, 3)), 1)
    assert svg.tag == f"{N}svg"
    assert svg.get("viewBox") == "0 0 100 50"
    assert svg.get("role") == "img"
    assert [child.tag.removeprefix(N) for child in svg] == ["title", "desc", "rect", "circle"]
    assert svg.findtext(f"{N}title") == "A test"
    assert svg.findtext(f"{N}desc") == "step 1\ny = x\ny = 1"


def test_text_and_attributes_are_escaped():
    nasty = "<b> & \"quoted\" 'too' </svg>"
    scene = Scene(
        [s.text(0, 0, nasty, aria_label=nasty), s.text(0, 0, [nasty])],
        [Caption(nasty, nasty, nasty)], width=10, height=10, title=nasty,
    )  # fmt: skip
    svg = page(scene, 0)
    assert svg.findtext(f"{N}title") == nasty
    assert svg.findtext(f"{N}desc") == "\n".join([nasty] * 3)
    first, second = svg.findall(f"{N}text")
    assert first.text == second.text == first.get("aria-label") == nasty


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_what_is_not_finite_hides_an_element_and_what_is_in_it(bad: float):
    scene = make(
        s.circle([1, bad, 3], 0, 1),
        s.group(s.line(0, 0, 1, 1), opacity=[bad, 1, 1]),
        s.circle(bad, 0, 1),
        s.circle([bad] * 3, 0, 1),
        s.text(0, 0, bad),
    )
    tags = [[tree[0] for tree in drawn(scene, step)] for step in range(3)]
    assert tags == [["circle"], ["g"], ["circle", "g"]]
    assert all(shown(scene, step) == drawn(scene, step) for step in range(3))


def test_a_text_of_zero_is_shown():
    assert drawn(make(s.text(0, 0, 0)), 0)[0][2] == "0"


def test_colours_have_meanings():
    scene = make(s.circle(0, 0, 1, fill="positive", stroke=["ink", "#123456", "none"]))
    attributes = [drawn(scene, step)[0][1] for step in range(3)]
    assert {a["fill"] for a in attributes} == {"#0072B2"}
    assert [a["stroke"] for a in attributes] == ["#222222", "#123456", "none"]


def test_the_style_sheet_knows_every_colour_for_both_themes():
    css = Path(s.__file__).parents[1] / "widgets" / "stepper.css"
    light, dark = css.read_text(encoding="utf-8").split(".vscode-dark", 1)
    for name, colour in COLOURS.items():
        assert f"--nblib-{name}: {colour};" in light
        assert f"--nblib-{name}: " in dark


def test_python_names_become_attribute_names():
    part = s.element("stop", stop_color="ink", class_="x", stroke_width=2)
    assert set(part.attributes) == {"stop-color", "class", "stroke-width"}


def test_the_shapes():
    assert s.polyline([0, 1.26], [2, 3]).attributes["points"] == "0.0,2.0 1.3,3.0"
    assert s.line(1, 2, 3, 4).attributes == {"x1": 1, "y1": 2, "x2": 3, "y2": 4, "stroke": "ink"}
    assert s.text(0, 0, "a", text_anchor="end").attributes["text-anchor"] == "end"
    assert s.note(0, 0, "a").attributes["paint-order"] == "stroke"
    assert [part.tag for part in s.group(s.circle(0, 0, 1), s.group(s.line(0, 0, 1, 1))).walk()] == [
        "g", "circle", "g", "line",
    ]  # fmt: skip


# -- what is not a scene ----------------------------------------------------------------------------


def test_an_empty_record_is_no_scene():
    with pytest.raises(ValueError) as caught:
        make(steps=0)
    assert str(caught.value) == "captions must hold at least one step, got none: the record is empty"


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (s.circle([1, 2], 0, 0), "circle cx"),
        (s.text(0, 0, ["a", "b"]), "text text"),
        (s.group(s.group(s.rect(0, 0, np.zeros(2), 0))), "rect width"),
        (s.line(0, 0, (1, 2), 0), "line x2"),
    ],
)
def test_arrays_of_another_length_are_named(part: s.Element, name: str):
    with pytest.raises(ValueError) as caught:
        make(part)
    assert str(caught.value) == f"{name} must have one value for each of the 3 steps, got 2"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"telling": 3}, ValueError, "telling must be at most 2, got 3"),
        ({"telling": -1}, ValueError, "telling must be at least 0, got -1"),
        ({"telling": 0.5}, TypeError, "telling must be a whole number, got 0.5"),
        ({"updates": [0, 3]}, ValueError, "updates must be at most 2, got 3"),
        ({"updates": [-1]}, ValueError, "updates must be at least 0, got -1"),
        ({"updates": [True]}, TypeError, "updates must be a whole number, got True"),
    ],
)
def test_steps_that_are_not_there_are_named(arguments: dict, error: type[Exception], message: str):
    with pytest.raises(error) as caught:
        make(**arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize("step", [-1, 3])
def test_a_page_that_is_not_there(step: int):
    with pytest.raises(ValueError, match="step must be at"):
        make().svg(step)


def test_a_scene_has_a_repr_that_stays_the_same():
    assert repr(make()) == "Scene('A test', 3 steps)"


@pytest.mark.parametrize(
    ("caption", "text"),
    [
        (Caption(""), ""),
        (Caption("words"), "words"),
        (Caption("words", numbers="1 = 1"), "words\n1 = 1"),
        (Caption("words", "a = b", "1 = 1"), "words\na = b\n1 = 1"),
    ],
)
def test_captions_leave_out_what_is_empty(caption: Caption, text: str):
    assert str(caption) == text
    scene = Scene([], [caption], width=10, height=10, title="t")
    assert (page(scene, 0).findtext(f"{N}desc") or "") == text
    assert scene.payload()["numbers"] == caption.numbers


# -- axes -------------------------------------------------------------------------------------------


AXES = Axes(10, 20, 200, 100, (-1, 3), (0, 5))


def test_axes_map_their_limits_to_their_edges():
    assert (AXES.x(-1), AXES.x(3), AXES.y(0), AXES.y(5)) == (10, 210, 120, 20)
    assert isinstance(AXES.x(1), float)
    np.testing.assert_allclose(AXES.x([0, 1]), [60, 110])
    np.testing.assert_allclose(AXES.y(np.array([[1], [2]])), [[100], [80]])
    assert np.isnan(AXES.x([NAN, 0])).tolist() == [True, False]


@given(st.floats(-1, 3), st.floats(0, 5))
def test_at_undoes_x_and_y(x: float, y: float):
    assert AXES.at(AXES.x(x), AXES.y(y)) == pytest.approx((x, y), abs=1e-9)


def test_axes_hold_what_lies_inside():
    assert all(AXES.holds(x, y) for x in (10, 110, 210) for y in (20, 70, 120))
    assert not any(AXES.holds(x, y) for x, y in [(9, 70), (211, 70), (110, 19), (110, 121)])


def test_many_places_are_held_at_once():
    assert AXES.holds(np.array([10, 9, NAN]), np.array([20, 70, 70])).tolist() == [True, False, False]


@given(*[st.floats(-5, 5, allow_subnormal=False)] * 3)
def test_on_the_boundary_the_weighted_sum_is_zero(w1: float, w2: float, b: float):
    for ends in (AXES.boundary([w1, w2], b), [end[1] for end in AXES.boundary([[0, 0], [w1, w2]], [1, b])]):
        if np.isnan(ends[0]):
            assert np.isnan(ends).all()
            length = np.hypot(w1, w2)  # no line, or one that is far outside
            assert length == 0 or abs(w1 * 1 + w2 * 2.5 + b) / length > 20
            continue
        x1, y1, x2, y2 = ends
        for place in ((x1, y1), (x2, y2)):
            assert not AXES.holds(*place)
            z = np.dot([w1, w2], AXES.at(*place)) + b
            assert z == pytest.approx(0, abs=1e-6 * np.hypot(w1, w2))
        assert (x1, y1) != (x2, y2)


@pytest.mark.parametrize("bad", [NAN, INF])
def test_a_boundary_that_is_no_line_is_hidden(bad: float):
    x1, *others = AXES.boundary([[bad, 1], [0, 0], [1, 1]], [0, 1, bad])
    assert np.isnan([x1, *others]).all()
    assert drawn(make(s.line(x1, *others)), 0) == []


@pytest.mark.parametrize("limits", [(1.0, 1.0), (2.0, 1.0), (0.0, NAN), (-INF, 0.0)])
def test_axes_need_two_limits(limits: tuple[float, float]):
    with pytest.raises(ValueError, match="xlim must go from a number to a greater one"):
        Axes(0, 0, 10, 10, limits, (0, 1))
    with pytest.raises(ValueError, match="ylim must go from a number to a greater one"):
        Axes(0, 0, 10, 10, (0, 1), limits)


@pytest.mark.parametrize(
    ("limits", "ticks"),
    [
        ((0, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ((-2, 2), ["−2", "−1", "0", "1", "2"]),
        ((0.1, 0.72), ["0.2", "0.4", "0.6"]),
        ((0, 37_000), ["0", "10000", "20000", "30000"]),
    ],
)
def test_a_frame_has_round_numbers_and_labels(limits: tuple[float, float], ticks: list[str]):
    frame = Axes(50, 20, 100, 100, limits, (0, 1)).frame("x", "height <m>", "A title")
    said = [part.text for part in frame.walk() if part.tag == "text"]
    assert said[: len(ticks)] == ticks
    assert said[-3:] == ["x", "height <m>", "A title"]
    drawn(make(frame), 0)


@given(low=st.floats(-100, 100), size=st.floats(0.01, 1000), most=st.integers(2, 6))
def test_at_least_two_numbers_stand_at_an_axis_and_each_stands_where_it_belongs(low, size, most):
    axes = Axes(50, 20, 100, 100, (low, low + size), (0, 1))
    numbers = [part for part in axes.frame("x", "y", ticks=most).walk() if part.tag == "text"]
    below = [part for part in numbers[:-2] if part.attributes["y"] > 120]
    assert 2 <= len(below) <= max(most + 1, 6)
    for part in below:
        place = float(axes.x(float(part.text.replace("−", "-"))))
        assert part.attributes["x"] == pytest.approx(place, abs=100 * 1e-3 / size)
        assert 50 - 1e-6 <= part.attributes["x"] <= 150 + 1e-6


def test_a_clip_cuts_at_the_rectangle():
    (tag, _, _, (clip, inside)) = drawn(make(AXES.clip("plot", s.circle(0, 0, 1))), 0)[0]
    assert tag == "g"
    assert clip[1] == {"id": "plot"}
    assert clip[3][0][1] == {"x": "10", "y": "20", "width": "200", "height": "100"}
    assert inside[1] == {"clip-path": "url(#plot)"}
    assert inside[3][0][0] == "circle"
