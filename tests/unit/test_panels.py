"""Panels that the steppers share: where their parts stand, and when they are seen."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

import numpy as np
import pytest

from nblib.drawing import panels
from nblib.drawing.axes import Axes
from nblib.drawing.panels import TruthTable, Wire
from nblib.drawing.pixels import mosaic
from nblib.drawing.scene import Caption, Element, Scene

SVG = "{http://www.w3.org/2000/svg}"
AXES = Axes(100, 50, 200, 100, (0, 4), (0, 10))


def pages(parts: Iterable[Element], n_pages: int) -> list[ET.Element]:
    scene = Scene(list(parts), [Caption("")] * n_pages, width=400, height=300, title="t")
    return [ET.fromstring(scene.svg(step)) for step in range(n_pages)]


def texts(page: ET.Element) -> list[str | None]:
    return [part.text for part in page.iter(f"{SVG}text")]


# -- wires ----------------------------------------------------------------------------------------


def test_a_wire_leaves_its_ends_free_and_runs_beside():
    wire = Wire((10, 20), (10, 120), leaves=15, stops=5, beside=8)
    assert (wire.start.tolist(), wire.end.tolist(), wire.along.tolist()) == ([2, 35], [2, 115], [0, 1])
    assert wire.at(0.25) == (2, 55)
    assert wire.at(1, -30) == (2, 85)


@pytest.mark.parametrize("drawn", [Wire.line, Wire.arrow])
@pytest.mark.parametrize(
    ("weight", "colour", "dash"),
    [(2, "#0072B2", "none"), (-2, "#D55E00", "7 4"), (0, "#6b6b6b", "none")],
)
def test_a_wire_tells_its_sign_twice(drawn, weight: float, colour: str, dash: str):
    page, other = pages([drawn(Wire((0, 0), (30, 40)), [weight, 1], [3.0, 1.0])], 2)
    (shaft,) = page.iter(f"{SVG}line")
    assert colour in (shaft.get("stroke"), *(part.get("color") for part in page))
    assert (shaft.get("stroke-dasharray"), shaft.get("stroke-width")) == (dash, "3")
    assert next(other.iter(f"{SVG}line")).get("stroke-width") == "1"


def test_the_look_of_an_arrow_can_be_overruled():
    (page,) = pages([Wire((0, 0), (30, 40)).arrow(-1, color="ink", stroke_dasharray="none", opacity=0.5)], 1)
    (arrow,) = page.findall(f"{SVG}g")
    assert (arrow.get("color"), arrow.get("opacity")) == ("#222222", "0.5")
    assert arrow.find(f"{SVG}line").get("stroke-dasharray") == "none"
    assert arrow.find(f"{SVG}polygon").get("points").startswith("30.0,40.0 ")


def test_a_pointer_turns_round_and_a_halo_is_seen_where_it_is_lit():
    wire = Wire((0, 0), (100, 0))
    there, back = wire.pointer(0.5, [True]), wire.pointer(0.5, [True], back=True)
    tips = [float(part.attributes["points"].split(",")[0]) for part in (there, back)]
    assert tips[0] > 50 > tips[1]
    strokes = [page.find(f"{SVG}line").get("stroke") for page in pages([wire.halo([False, True])], 2)]
    assert strokes == ["none", "#8A6D00"]


# -- the plane ------------------------------------------------------------------------------------


def test_a_plane_shows_its_examples_and_rings_one():
    x, here = [(1, 5), (3, 5)], ([np.nan, 3.0], [np.nan, 5.0])
    drawn = panels.plane(AXES, x, [1, 0], here=here, shown=[[True, True], [False, True]], title="both")
    first, second = pages(drawn, 2)
    assert "both" in texts(first)
    for page, n_squares, n_rings in ((first, 0, 0), (second, 1, 1)):
        circles = [part.get("fill") for part in page.iter(f"{SVG}circle")]
        assert circles.count("#0072B2") == 1
        assert [part.get("fill") for part in page.iter(f"{SVG}rect")].count("#D55E00") == n_squares
        assert circles.count("none") == n_rings
    ring = next(part for part in second.iter(f"{SVG}circle") if part.get("fill") == "none")
    assert AXES.at(float(ring.get("cx")), float(ring.get("cy"))) == (3, 5)


def test_a_boundary_is_seen_where_it_is_to_be():
    drawn = panels.boundary(AXES, [[1, 0], [1, 0], [0, 0]], [-2, -2, 1], [False, True, True])
    first, second, third = pages([drawn], 3)
    assert (first.find(f"{SVG}line"), third.find(f"{SVG}line")) == (None, None)
    border = second.find(f"{SVG}line")
    assert AXES.at(float(border.get("x1")), 0)[0] == pytest.approx(2)


# -- curves ---------------------------------------------------------------------------------------


def test_a_track_grows_up_to_now():
    values, rows = np.array([1.0, 4, 9, np.nan, 2]), np.array([0, 2, 2, 3, 4])
    drawn = pages(panels.track(AXES, "cost", values, rows), len(rows))
    for page, row in zip(drawn, rows, strict=True):
        (window,) = page.find(f"{SVG}clipPath")
        (group,) = page.findall(f"{SVG}g")
        assert group.get("clip-path") == f"url(#{page.find(f'{SVG}clipPath').get('id')})"
        right = float(window.get("x")) + float(window.get("width"))
        assert 0 < right - AXES.x(row) < AXES.x(1) - AXES.x(0)
        marks = [AXES.at(float(c.get("cx")), float(c.get("cy"))) for c in page.iter(f"{SVG}circle")]
        assert marks == [(row, values[row])] * bool(np.isfinite(values[row]))
    d = group.find(f"{SVG}path").get("d")
    assert [step[0] for step in d.split(" ")[::2]] == ["M", "L", "L", "M"]  # the gap is not bridged


def test_a_track_shows_faintly_what_is_ahead_if_asked():
    ahead, now = (
        part for part in pages(panels.track(AXES, "c", [1, 2], [0], ahead=True), 1)[0].iter(f"{SVG}path")
    )
    assert ahead.get("d") == now.get("d")
    assert float(ahead.get("stroke-width")) < float(now.get("stroke-width"))


def test_a_long_track_is_thinned_and_keeps_its_ends():
    axes = Axes(0, 0, 200, 100, (0, 9999), (0, 1))
    d = (
        pages(panels.track(axes, "c", np.linspace(0, 1, 10_000), [0]), 1)[0]
        .find(f"{SVG}g/{SVG}path")
        .get("d")
    )
    assert len(re.findall("[ML]", d)) == 601
    assert (d.startswith("M0.0 100.0"), d.endswith("L200.0 0.0")) == (True, True)


# -- tables, counters, mosaics --------------------------------------------------------------------


def test_a_truth_table_lights_the_present_row():
    table = TruthTable(50, 40, (30, 30, 60), n_inputs=2)
    rows = [("0", "0", "a"), ("0", "1", "b"), ("1", "0", ["?", "c"]), ("1", "1", "d")]
    drawn = pages(
        table.draw(("x", "y", "out"), rows, [False, False, True, [False, True]], cursor="pointer"), 2
    )
    for page, lit in zip(drawn, ([2], [2, 3]), strict=True):
        groups = page.findall(f"{SVG}g")
        assert [group.get("cursor") for group in groups] == ["pointer"] * 4
        glows = [float(group.find(f"{SVG}rect").get("fill-opacity")) for group in groups]
        assert np.flatnonzero(glows).tolist() == lit
        assert [i for i, group in enumerate(groups) if "▶" in texts(group)] == lit
    assert texts(drawn[0])[:3] == ["x", "y", "out"]
    assert texts(drawn[0].findall(f"{SVG}g")[2])[1:] == ["1", "0", "?"]


def test_a_row_is_found_where_it_stands():
    table = TruthTable(50, 40, (30, 30, 60), n_inputs=2, height=20)
    assert [table.row_at(60, 50 + 20 * row) for row in range(4)] == [0, 1, 2, 3]
    assert [table.row_at(*place) for place in ((45, 50), (175, 50), (60, 35), (60, 125))] == [None] * 4


def test_counters_stand_under_their_names():
    first, second = pages(panels.counters(10, 20, {"epoch": ["1", "2"], "bound": "9"}, apart=50), 2)
    assert (texts(first), texts(second)) == (["epoch", "1", "bound", "9"], ["epoch", "2", "bound", "9"])
    heights = [float(part.get("y")) for part in first.iter(f"{SVG}text")]
    assert (heights[2] - heights[0], heights == sorted(heights)) == (50, True)


def test_a_mosaic_stripes_what_is_negative():
    tiles = np.array([[[3]], [[-2]], [[0]]], np.int8)
    assert mosaic(tiles, across=2, margin=9).tolist() == [
        [9, 9, 9, 9, 9, 9, 9, 9],
        [9, 3, 3, 9, 9, -2, -2, 9],
        [9, 3, 3, 9, 9, 0, 0, 9],
        [9, 9, 9, 9, 9, 9, 9, 9],
        [9, 9, 9, 9, 9, 9, 9, 9],
        [9, 0, 0, 9, 9, 9, 9, 9],
        [9, 0, 0, 9, 9, 9, 9, 9],
        [9, 9, 9, 9, 9, 9, 9, 9],
    ]
