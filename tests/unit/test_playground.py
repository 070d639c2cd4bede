"""The playground in Python: what a cell can do with it, and what the browser is told."""

import json
import zlib

import numpy as np
import pytest

from messages import tell
from nblib.runs.playground_run import PlaygroundRun, Recipe
from nblib.widgets.page_chunks import packed
from nblib.widgets.playground import AT_ONCE, RECORDED, Playground

LARGEST = {"hidden": [8, 8, 8, 8], "data": "spiral", "mini_batch_size": 10}


@pytest.fixture
def sent(monkeypatch):
    """Messages to the browser, with their buffers."""
    said = []
    monkeypatch.setattr(
        Playground, "send", lambda self, message, buffers=None: said.append((message, buffers))
    )
    return said


def unpacked(data, pages, size):
    """Return the pages and rows that are in a chunk, the slow and plain way."""
    raw = np.frombuffer(zlib.decompress(data), np.uint8)
    planes = raw[: 4 * pages * size].reshape(4, -1).astype(np.uint64)
    differences = sum(plane << np.uint64(8 * i) for i, plane in enumerate(planes)).reshape(pages, size)
    bits = (np.cumsum(differences, axis=0) % 2**32).astype("<u4")
    return bits.view("<f4"), raw[4 * pages * size :]


def test_chunks_hold_the_very_numbers():
    run = PlaygroundRun(Recipe(hidden=(3, 2), eta=3.0, weight_decay=0.01))
    run.extend(50)
    pages, rows = unpacked(packed(run.parameters(), run.rows), 51, run.network.n_parameters)
    np.testing.assert_array_equal(pages, run.parameters())
    np.testing.assert_array_equal(rows, np.concatenate(run.rows))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_300_pages_of_the_largest_network_weigh_less_than_300_kb(activation):
    playground = Playground(**LARGEST, activation=activation, recorded=299)
    state = {name: getattr(playground, name) for name in ("step", "book", "chunks", "ends")}
    assert playground.runs[0].network.n_parameters == 249
    heavy = json.dumps(state, default=lambda value: "x" * ((len(value) + 2) // 3 * 4))  # base64, as in a page
    assert len(heavy) < 300_000


def test_the_noisy_circle_is_as_the_notebook_says():
    run = PlaygroundRun(Recipe(data="circle", noise=0.8, held_out=0.7, hidden=(8, 8)))
    assert (run.network.n_parameters, run.points.n_train, len(run.points.x)) == (105, 60, 200)


def test_what_the_browser_gets_at_once():
    playground = Playground(data="xor", hidden=[2], eta=3.0)
    assert playground.n_updates == RECORDED
    assert repr(playground) == f"[Playground: xor, 2-2-1 tanh, η = 3, {RECORDED} updates]"
    (run,) = playground.book["runs"]
    assert (run["sizes"], run["eta"], run["n_train"]) == ([2, 2, 1], 3.0, 140)
    (chunk,) = playground.chunks
    assert (chunk["first"], chunk["pages"]) == (0, RECORDED + 1)
    assert playground.ends == [{"over": False, "left_at": None}]


def test_the_network_of_a_page():
    playground = Playground(recorded=20, other={"hidden": []})
    playground.step = 7
    one, other = playground.networks
    assert (one.sizes, other.sizes) == ([2, 4, 1], [2, 1])
    np.testing.assert_array_equal(one.weights[0], playground.runs[0].network_at(7).weights[0])
    assert playground.network.sizes == one.sizes
    for step in (21, -1):
        with pytest.raises(ValueError, match="step must"):
            playground.step = step


def test_changes_begin_anew_with_the_same_weights():
    playground = Playground(recorded=30)
    start = playground.networks[0].weights[0]
    playground.step = 30
    playground.change(eta=3.0)
    assert (playground.step, playground.n_updates, playground.recipe.eta) == (0, AT_ONCE, 3.0)
    np.testing.assert_array_equal(playground.network.weights[0], start)
    number = playground.book["number"]
    with pytest.raises(ValueError, match="eta must be greater than 0"):
        playground.change(eta=0, seed=3)
    assert (playground.book["number"], playground.recipe.seed) == (number, 0)


def test_two_runs_differ_in_what_is_asked_for():
    playground = Playground(recorded=10)
    playground.compare(eta=0.1, hidden=[2, 2])
    assert playground.other == {"eta": 0.1, "hidden": (2, 2)}
    one, other = playground.runs
    np.testing.assert_array_equal(one.points.x, other.points.x)
    assert (other.recipe.eta, other.recipe.sizes, other.recipe.seed) == (0.1, [2, 2, 2, 1], one.recipe.seed)
    playground.change(data="moons")
    assert [run.recipe.data for run in playground.runs] == ["moons"] * 2
    with pytest.raises(ValueError, match="other must be one of 'eta'"):
        playground.compare(data="xor")
    playground.compare()
    assert playground.other is None
    assert len(playground.runs) == 1


def test_more_pages_are_kept_and_sent(sent):
    playground = Playground(recorded=10, other={"eta": 0.1})
    playground.train(25)
    assert playground.n_updates == 35
    (first, [data]), (second, _), (answered, _) = sent
    assert first["chunk"] == {"number": 1, "run": 0, "first": 11, "pages": 25}
    assert second["chunk"]["run"] == 1
    assert answered == {"answered": 1}
    run = playground.runs[0]
    pages, rows = unpacked(data, 25, run.network.n_parameters)
    np.testing.assert_array_equal(pages, run.parameters(11))
    np.testing.assert_array_equal(rows, np.concatenate(run.rows[10:]))
    kept = playground.get_state()["chunks"]
    assert [(chunk["run"], chunk["first"]) for chunk in kept] == [(0, 0), (1, 0), (0, 11), (1, 11)]


def test_a_run_that_is_over_waits_for_the_other():
    playground = Playground(recorded=50, weight_decay=0.1, other={"eta": 100.0})
    one, other = playground.runs
    assert other.over
    assert playground.n_updates == one.n_updates == 50
    assert playground.ends[1] == {"over": True, "left_at": other.n_updates + 1}
    playground.step = 50
    assert len(playground.networks) == 2
    assert Playground(data="own").n_updates == 0


def test_what_the_browser_asks_for(sent):
    playground = Playground(recorded=5)
    tell(playground, {"more": 10, "step": 4, "number": 1})
    assert (playground.n_updates, playground.step) == (15, 4)
    tell(playground, {"change": {"eta": 3.0}, "compare": {"seed": 4}})
    assert (playground.recipe.eta, playground.other) == (3.0, {"seed": 4})
    sent.clear()
    tell(playground, {"more": 10, "step": 4, "number": 1})  # of the run before
    tell(playground, {})
    assert (playground.n_updates, playground.step, sent) == (AT_ONCE, 0, [])
    number = playground.book["number"]
    tell(playground, {"change": {"eta": -1.0}})
    assert playground.book["number"] == number + 1, "the browser waits for an answer"
    assert playground.recipe.eta == 3.0


def test_the_still_says_what_is_seen():
    playground = Playground(
        data="clouds", hidden=[], recorded=100, other={"activation": "relu", "hidden": [3]}
    )
    said = playground.picture().alt
    assert "Run A, clouds, 2-1 tanh, η = 1, after 100 updates" in said
    assert "Run B, clouds, 2-3-1 relu" in said
    assert "about 100 % of 140 training points" in said
    assert "there are no points" in Playground(data="own").picture().alt
    bundle = playground._repr_mimebundle_()
    assert "<img alt=" in bundle["text/html"]
