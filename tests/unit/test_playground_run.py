"""Runs of the playground: recipes, points, and every update held against the formulas of the textbook."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracle
from nblib import toydata
from nblib.runs import playground_run
from nblib.runs.playground_run import MOST_POINTS, OWN, PlaygroundRun, Recipe, flat

OWN_POINTS = ((1.0, 0.5, 1), (-1.0, 2.0, 0), (-2.0, -1.0, 1), (3.0, -3.5, 0))

recipes = st.builds(
    Recipe,
    data=st.sampled_from([*toydata.PLANE, OWN]),
    noise=st.sampled_from([0.0, 0.3]),
    held_out=st.sampled_from([0.0, 0.3, 0.7]),
    own=st.just(OWN_POINTS),
    hidden=st.lists(st.integers(1, 8), max_size=4).map(tuple),
    activation=st.sampled_from(playground_run.ACTIVATIONS),
    seed=st.integers(0, 50),
    eta=st.sampled_from([0.1, 1.0, 3.0]),
    mini_batch_size=st.integers(1, 40),
    weight_decay=st.sampled_from([0.0, 0.003, 0.1]),
)


@settings(max_examples=30, deadline=None)
@given(recipe=recipes)
def test_every_update_is_that_of_the_textbook(recipe):
    run = PlaygroundRun(recipe)
    run.extend(4)
    assert run.n_updates == (4 if run.points.n_train else 0)
    x, y = run.points.x.astype(float), run.points.y.astype(float)[:, None]
    for t, rows in enumerate(run.rows, start=1):
        before, after = run.network_at(t - 1), run.network_at(t)
        net = oracle.Net.like(before, own=True)
        nabla_weights, nabla_biases = net.gradients(x[rows], y[rows])
        for w, nabla in zip(net.weights, nabla_weights, strict=True):
            w -= recipe.eta * (nabla + recipe.weight_decay * w)
        for b, nabla in zip(net.biases, nabla_biases, strict=True):
            b -= recipe.eta * nabla
        for ours, theirs in zip(after.weights + after.biases, net.parameters, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-6)


@settings(max_examples=20, deadline=None)
@given(recipe=recipes, parts=st.lists(st.integers(0, 9), max_size=4))
def test_the_same_recipe_makes_the_same_run_however_it_is_asked_for(recipe, parts):
    one, other = PlaygroundRun(recipe), PlaygroundRun(recipe)
    one.extend(sum(parts))
    for part in parts:
        other.extend(part)
    np.testing.assert_array_equal(one.parameters(), other.parameters())
    assert [list(rows) for rows in one.rows] == [list(rows) for rows in other.rows]
    assert one.parameters().dtype == np.float32
    np.testing.assert_array_equal(one.parameters()[-1], flat(one.network))


def test_mini_batches_are_those_of_sgd():
    run = PlaygroundRun(Recipe(mini_batch_size=30, seed=5))
    run.extend(11)
    batches = oracle.mini_batches(run.points.n_train, 30, 3, seed=5)
    assert [list(rows) for rows in run.rows] == list(batches)[:11]


@given(recipe=recipes)
def test_points_are_parted_in_each_class(recipe):
    x, y, n_train = recipe.points()
    assert len(x) == len(y) == (4 if recipe.data == OWN else playground_run.N_POINTS)
    for label in (0, 1):
        held = np.count_nonzero(y[n_train:] == label)
        of = np.count_nonzero(y == label)
        assert abs(held - recipe.held_out * of) < 1
    again = recipe.but(eta=50.0, hidden=(1,)).points()
    np.testing.assert_array_equal(x, again.x)


def test_a_further_point_of_ones_own_leaves_the_others_where_they_are():
    few = Recipe(data=OWN, held_out=0.5, own=OWN_POINTS)
    more = few.but(own=(*OWN_POINTS, (0.0, 0.0, 1)))

    def trained(recipe):
        x, _, n_train = recipe.points()
        return {tuple(point) for point in x[:n_train].tolist()}

    assert trained(few) <= trained(more)


def test_without_a_point_nothing_is_learned():
    for recipe in (Recipe(data=OWN), Recipe(data=OWN, own=((1.0, 1.0, 1),), held_out=0.999999)):
        run = PlaygroundRun(recipe)
        assert run.extend(5) == (0 if not run.points.n_train else 5)
        assert run.over is (run.points.n_train == 0)
    assert PlaygroundRun(Recipe(data=OWN)).parameters().shape == (1, 17)


def test_weights_that_run_away_end_the_run():
    run = PlaygroundRun(Recipe(eta=100.0, weight_decay=0.1))
    run.extend(1000)
    assert run.over
    assert run.left_at == run.n_updates + 1
    assert np.abs(run.parameters()).max() < playground_run.TOO_FAR
    assert run.extend(5) == 0


def test_a_record_ends_where_it_is_full(monkeypatch):
    monkeypatch.setattr(playground_run, "MOST_BYTES", 40 * 4 * 17)
    run = PlaygroundRun(Recipe())
    assert run.extend(100) == 40
    assert run.over
    assert run.left_at is None


def test_an_answer_in_time_holds_at_least_one_update():
    run = PlaygroundRun(Recipe())
    assert run.extend(100_000, seconds=1e-9) == 1


@pytest.mark.parametrize(
    ("ingredient", "error", "message"),
    [
        ({"data": "sphere"}, ValueError, "data must be one of 'clouds'"),
        ({"noise": -1}, ValueError, "noise must be at least 0"),
        ({"held_out": 1}, ValueError, "held_out must be below 1"),
        ({"own": [(0, 0)]}, ValueError, "own must hold points"),
        ({"own": [(0, 5, 1)]}, ValueError, "own must hold coordinates from −4 to 4, got 5"),
        ({"own": [(0, 0, 2)]}, ValueError, "own must hold labels that are 0 or 1"),
        ({"own": [(0, 0, 1)] * (MOST_POINTS + 1)}, ValueError, "own must hold at most 250 points, got 251"),
        ({"hidden": 4}, TypeError, "hidden must list"),
        ({"hidden": [1] * 5}, ValueError, "at most 4 layers of at most 8 neurons"),
        ({"hidden": [9]}, ValueError, "at most 4 layers of at most 8 neurons"),
        ({"activation": "step"}, ValueError, "activation must be one of 'sigmoid', 'tanh', 'relu'"),
        ({"eta": 0}, ValueError, "eta must be greater than 0"),
        ({"mini_batch_size": 0}, ValueError, "mini_batch_size must be at least 1"),
        ({"weight_decay": -0.1}, ValueError, "weight_decay must be at least 0"),
        ({"momentum": 0.9}, ValueError, "an ingredient must be one of 'data'"),
    ],
)
def test_a_recipe_says_what_does_not_fit(ingredient, error, message):
    with pytest.raises(error, match=message):
        Recipe().but(**ingredient)


@pytest.mark.parametrize(("page", "error"), [(-1, ValueError), (6, ValueError), (1.5, TypeError)])
def test_there_are_no_other_pages(page, error):
    run = PlaygroundRun(Recipe())
    run.extend(5)
    with pytest.raises(error, match="page must"):
        run.network_at(page)
