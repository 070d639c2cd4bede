"""Small data sets: what they promise about shapes, labels, gaps and randomness."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib import Perceptron, toydata


@given(n=st.integers(2, 200), gap=st.floats(0.01, 1), seed=st.integers(0, 1000))
def test_separable_points_keep_clear_of_the_documented_line(n, gap, seed):
    x, y = toydata.separable(n, gap=gap, seed=seed)
    assert (x.shape, y.shape) == ((n, 2), (n,))
    assert x.dtype == np.float64
    assert y.dtype.kind == "i"
    assert np.abs(x).max() <= 1
    distance = (x - [0, 0.2]) @ [0.6, 0.8]  # from the line through (0, 0.2) with that normal
    assert np.abs(distance).min() >= gap / 2 - 1e-12
    np.testing.assert_array_equal(y, distance > 0)


def test_separable_points_fill_the_square_up_to_the_gap():
    x, y = toydata.separable(5000, gap=0.4)
    distance = (x - [0, 0.2]) @ [0.6, 0.8]
    assert np.abs(distance).min() < 0.21
    assert x.min(axis=0) == pytest.approx([-1, -1], abs=0.01)
    assert x.max(axis=0) == pytest.approx([1, 1], abs=0.01)
    assert 0.2 < y.mean() < 0.8


def test_a_perceptron_learns_separable_points_and_not_overlapping_ones():
    assert Perceptron(2).fit(*toydata.separable(seed=3), max_epochs=1000).converged
    assert not Perceptron(2).fit(*toydata.overlapping(seed=3), max_epochs=1000).converged


def test_overlapping_clouds_lie_where_they_should():
    x, y = toydata.overlapping(20_000, seed=1)
    assert (x.shape, y.shape) == ((20_000, 2), (20_000,))
    for label, centre in ((0, (-0.4, -0.3)), (1, (0.4, 0.3))):
        cloud = x[y == label]
        assert len(cloud) == 10_000
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.02)
        np.testing.assert_allclose(cloud.std(axis=0), 0.45, atol=0.02)


# -- larger sets in the plane ---------------------------------------------------------------------

each_set = pytest.mark.parametrize("name", toydata.PLANE)


@each_set
@given(n=st.integers(4, 60), noise=st.floats(0, 1), seed=st.integers(0, 1000))
def test_a_set_in_the_plane_has_two_halves_and_comes_again(name, n, noise, seed):
    x, y = toydata.PLANE[name](n, noise, seed)
    assert (x.shape, y.shape) == ((n, 2), (n,))
    assert y.sum() == n // 2
    again, _ = toydata.PLANE[name](n, noise, seed)
    np.testing.assert_array_equal(x, again)
    other, _ = toydata.PLANE[name](n, noise + 0.1, seed)
    assert not np.array_equal(x, other)


@each_set
def test_noise_is_added_to_the_same_points(name):
    x, y = toydata.PLANE[name](4000, 0.0, seed=3)
    shaken, labels = toydata.PLANE[name](4000, 0.3, seed=3)
    np.testing.assert_array_equal(y, labels)
    assert (shaken - x).std(axis=0) == pytest.approx([0.3, 0.3], rel=0.05)
    assert np.hypot(*x.T).max() < 4


@each_set
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 3}, "n must be at least 4"),
        ({"noise": -0.1}, "noise must be at least 0"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_set_in_the_plane_refuses_what_it_cannot_use(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        toydata.PLANE[name](**arguments)


def test_without_noise_each_set_is_what_it_is_called():
    x, y = toydata.circle(500)
    radius = np.hypot(*x.T)
    assert radius[y == 1].max() <= 1.5 < 2 <= radius[y == 0].min()
    assert radius[y == 0].max() <= 3
    x, y = toydata.quadrants(500)
    np.testing.assert_array_equal(y, x[:, 0] * x[:, 1] < 0)
    assert np.abs(x).min() >= 0.2
    x, y = toydata.clouds(500)
    np.testing.assert_array_equal(y, x @ [1.5, 1] > 0)
    x, y = toydata.spiral(500)
    np.testing.assert_allclose(x[y == 1], -x[y == 0], atol=1e-12)  # half a turn
    assert np.hypot(*x.T).min() >= 0.2
    x, y = toydata.clusters(500)
    nearest = np.abs((x @ [1.7, 0.8])[:, None] / (1.7**2 + 0.8**2) - np.arange(-1.5, 2)).argmin(axis=1)
    np.testing.assert_array_equal(y, nearest % 2)
    x, y = toydata.moons(500)
    centre = np.where(y[:, None] == 1, [0.9, 0.4], [-0.9, -0.4])
    np.testing.assert_allclose(np.hypot(*(x - centre).T), 1.8)
    np.testing.assert_array_equal((x - centre)[:, 1] > 0, y == 0)


@pytest.mark.parametrize(("name", "separable"), [("clouds", True), ("moons", False), ("clusters", False)])
def test_of_these_sets_a_line_separates_the_clouds_alone(name, separable):
    assert Perceptron(2).fit(*toydata.PLANE[name](200), max_epochs=300).converged == separable


@pytest.mark.parametrize(
    ("name", "y"),
    [
        ("and", [0, 0, 0, 1]),
        ("or", [0, 1, 1, 1]),
        ("nand", [1, 1, 1, 0]),
        ("nor", [1, 0, 0, 0]),
        ("xor", [0, 1, 1, 0]),
    ],
)
def test_a_gate_is_its_truth_table(name, y):
    x, labels = toydata.gate(name)
    np.testing.assert_array_equal(x, list(itertools.product((0, 1), repeat=2)))
    np.testing.assert_array_equal(labels, y)
    assert x.dtype == np.float64
    assert labels.shape == (4,)


@given(size=st.integers(3, 8), copies=st.integers(1, 3))
def test_lines_without_noise_are_all_rows_and_all_columns(size, copies):
    x, y = toydata.lines(size, copies=copies)
    assert (x.shape, y.shape) == ((2 * size * copies, size**2), (2 * size * copies,))
    seen = []
    for image, label in zip(x.reshape(-1, size, size), y, strict=True):
        assert set(np.unique(image)) == {0, 1}
        across = [i for i in range(size) if image[i].all()]
        down = [j for j in range(size) if image[:, j].all()]
        assert image.sum() == size
        assert len(across + down) == 1
        assert label == (1 if across else 0)
        seen.append((label, *across, *down))
    assert sorted(seen) == sorted(
        [(1, i) for i in range(size)] * copies + [(0, i) for i in range(size)] * copies
    )


@given(size=st.integers(3, 8), copies=st.integers(1, 3), data=st.data())
def test_one_row_can_be_asked_for(size, copies, data):
    row = data.draw(st.integers(0, size - 1))
    x, y = toydata.lines(size, row=row, copies=copies)
    np.testing.assert_array_equal(x, toydata.lines(size, copies=copies)[0])
    for image, label in zip(x.reshape(-1, size, size), y, strict=True):
        assert label == image[row].all()
    assert y.sum() == copies
    assert y.dtype.kind == "i"


def test_a_perceptron_learns_one_row_but_not_horizontal_against_vertical():
    assert Perceptron(9).fit(*toydata.lines(3, row=1), max_epochs=1000).converged
    assert not Perceptron(9).fit(*toydata.lines(3), max_epochs=1000).converged


def test_noise_is_added_to_every_pixel_and_clipped():
    clean, _ = toydata.lines(28, copies=20)
    noisy, _ = toydata.lines(28, noise=0.1, copies=20)
    assert (noisy.min(), noisy.max()) == (0, 1)
    ink = noisy[clean == 1]
    assert (ink < 1).mean() == pytest.approx(0.5, abs=0.02)  # the other half is clipped
    assert np.sqrt(np.mean((ink[ink < 1] - 1) ** 2)) == pytest.approx(0.1, abs=0.005)
    assert (noisy[clean == 0] > 0).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: toydata.separable(seed=seed),
        lambda seed: toydata.overlapping(seed=seed),
        lambda seed: toydata.lines(noise=0.2, seed=seed),
    ],
    ids=["separable", "overlapping", "lines"],
)
def test_a_seed_gives_the_same_data_every_time_and_another_seed_others(make):
    for one, other in zip(make(3), make(3), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (make(3)[0] != make(4)[0]).any()


def test_the_points_of_a_seed_are_the_same_on_every_machine():
    np.testing.assert_allclose(
        toydata.separable(2, seed=0)[0],
        [[0.2739233746429086, -0.4604265724722594], [-0.9180529521276106, -0.9669447289429418]],
        rtol=1e-15,
    )
    np.testing.assert_allclose(
        toydata.overlapping(10, seed=0)[0][0], [-0.34342140050797304, -0.3594471884810858], rtol=1e-14
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: toydata.separable(1), "n must be at least 2, got 1"),
        (lambda: toydata.separable(2.0), "n must be a whole number, got 2.0"),
        (lambda: toydata.separable(gap=0), "gap must be greater than 0, got 0"),
        (lambda: toydata.separable(gap=1.5), "gap must be at most 1, got 1.5"),
        (lambda: toydata.separable(seed=-1), "seed must be at least 0, got -1"),
        (lambda: toydata.overlapping(9), "n must be at least 10, got 9"),
        (lambda: toydata.overlapping(seed="a"), "seed must be a whole number, got 'a'"),
        (lambda: toydata.gate("xnor"), "name must be one of 'and', 'or', 'nand', 'nor', 'xor', got 'xnor'"),
        (lambda: toydata.lines(2), "size must be at least 3, got 2"),
        (lambda: toydata.lines(noise=-0.1), "noise must be at least 0, got -0.1"),
        (lambda: toydata.lines(noise=float("inf")), "noise must hold finite numbers, got inf"),
        (lambda: toydata.lines(copies=0), "copies must be at least 1, got 0"),
        (lambda: toydata.lines(row=3), "row must be at most 2 for images of 3 rows, got 3"),
        (lambda: toydata.lines(row=-1), "row must be at least 0, got -1"),
        (lambda: toydata.lines(seed=1.5), "seed must be a whole number, got 1.5"),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == words
