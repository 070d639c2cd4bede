"""The exercises of the playground: what reaches the goal, and what is said where it is not reached."""

import numpy as np
import pytest

from nblib import check
from nblib.lessons.playground_exercises import best_line
from nblib.runs.playground_run import Recipe

STRIP = [(x, y, int(x == 0)) for x in (-2, 0, 2) for y in (-2, -1, 0, 1, 2)]


@pytest.mark.parametrize("seed", range(5))
def test_the_best_line_is_the_best_of_very_many(seed):
    rng = np.random.default_rng(seed)
    x, right = rng.normal(size=(9, 2)), rng.integers(0, 2, 9) > 0
    normals = rng.normal(size=(4000, 2))
    heights = x @ normals.T
    offsets = np.sort(heights, axis=0)
    cuts = np.vstack([offsets[:1] - 1, (offsets[1:] + offsets[:-1]) / 2])
    says = heights[None] > cuts[:, None]
    shares = (says == right[None, :, None]).mean(axis=1)
    assert best_line(x, right) == pytest.approx(max(shares.max(), 1 - shares.min()))


def test_lines_are_searched_where_points_lie_on_one():
    x = np.array([[-1.0, 0], [0, 0], [1, 0]])
    assert best_line(x, np.array([False, True, False])) == pytest.approx(2 / 3)
    assert best_line(x, np.array([False, True, True])) == 1
    assert best_line(np.zeros((4, 2)), np.array([True, True, True, False])) == 0.75


def test_points_that_reach_the_goal():
    result = check.no_line(STRIP)
    assert result, result
    assert "The best line has 67% right" in result.says


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([(0, 0, 1)] * 4, "at least 4 points of each class; there are 0 and 4"),
        ([(0, 9, 1)], "The points do not fit: own must hold coordinates from −4 to 4"),
        (3, "The points do not fit"),
        ([(x, 0, int(x > 0)) for x in (-3, -2, -1, -0.5, 0.5, 1, 2, 3)], "There is a line that has 100%"),
        (
            [
                (x, y, int((i + j) % 2))
                for i, x in enumerate((-3, -1, 1, 3))
                for j, y in enumerate((-3, -1, 1, 3))
            ],
            "two lines must be enough",
        ),
    ],
)
def test_points_that_do_not(points, says):
    result = check.no_line(points)
    assert result.status == "wrong"
    assert says in result.says


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ("eight", "must be a dict of ingredients"),
        ({"hidden": [8, 1]}, "At most 8 hidden neurons are allowed in all; yours are 9"),
        ({"noise": 0.0}, "noise is 0.1 in this exercise, and yours is 0.0"),
        ({"momentum": 0.9}, "an ingredient must be one of"),
        ({"hidden": [2]}, "the descent falls short"),
        ({"hidden": [8], "weight_decay": 0.1, "eta": 100.0}, "the weights run away"),
    ],
)
def test_recipes_that_do_not_wind_around_the_spiral(recipe, says):
    result = check.spiral_with_eight(recipe)
    assert result.status == "wrong"
    assert says in result.says


def test_a_recipe_may_be_taken_from_the_playground():
    fixed = Recipe(data="spiral", noise=0.1, hidden=(8,))
    assert check.spiral_with_eight(fixed)
    assert "own" not in check.spiral_with_eight(fixed.but(data="circle")).says


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ({}, "It knows too much by heart"),
        ({"weight_decay": 0.1}, "It learns too little"),
        ({"hidden": [4]}, "hidden is (8, 8) in this exercise"),
    ],
)
def test_recipes_that_learn_by_heart_or_nothing(recipe, says):
    result = check.less_by_heart(recipe)
    assert result.status == "wrong"
    assert says in result.says


def test_weight_decay_leaves_out_what_is_chance():
    assert check.less_by_heart({"weight_decay": 0.007})
