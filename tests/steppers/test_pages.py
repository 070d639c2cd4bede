"""Pages: which row each of them shows, and what is known on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib.drawing.scene import Caption, Scene, circle
from nblib.steppers.pages import Pages, where


@given(n=st.integers(1, 9))
def test_there_is_a_page_before_the_first_step_and_one_after_each(n):
    pages, column = Pages.after(n), np.arange(n) * 1.5
    assert len(pages) == n + 1
    np.testing.assert_array_equal(pages.of(column), [np.nan, *column])
    np.testing.assert_array_equal(pages.of(column, none=7), [7, *column])
    assert pages.of(["right"] * n, none="").tolist() == ["", *["right"] * n]
    assert pages.of(np.ones((n, 2, 2))).shape == (n + 1, 2, 2)
    assert pages.written(column, write=str) == ["", *map(str, column)]


@given(n=st.integers(1, 9), part=st.integers(0, 8))
def test_what_a_part_adds_is_known_from_its_page_on(n, part):
    pages = Pages.phases(n)
    assert pages.at(part).tolist() == [page == part for page in range(n)]
    assert pages.since(part).tolist() == [page >= part for page in range(n)]
    assert pages.written([0.25], pages.since(part)) == ["0.25" if page >= part else "" for page in range(n)]


def test_whole_numbers_stay_whole_where_every_page_has_a_row():
    pages = Pages(np.array([0, 0, 1]), np.array([0, 1, 0]))
    assert pages.of([3, 4]).tolist() == [3, 3, 4]
    assert pages.of([3, 4]).dtype.kind == "i"


def test_what_is_hidden_is_not_drawn():
    dot = circle(where([True, False], 5.0), 5, 1)
    drawn = Scene([dot], [Caption("seen"), Caption("hidden")], width=10, height=10, title="a dot")
    assert ["<circle" in drawn.svg(page) for page in range(2)] == [True, False]


def test_what_is_not_shown_is_not_written():
    pages = Pages(np.array([0, 1]), np.zeros(2, int))
    assert pages.written(np.array([1, np.nan]), np.array([True, False])) == ["1.00", ""]
    assert pages.written([1, 2], [False, True], str) == ["", "2"]
    with pytest.raises(ValueError):
        pages.written([1, 2], [True, True, False])


def test_a_row_that_is_not_there_is_an_error():
    with pytest.raises(IndexError):
        Pages.after(3).of([1.0, 2.0])
