"""Images that are turned, stretched, slanted and moved: against a loop over pixels."""

import math

import numpy as np
import pytest

from nblib.augmentations import affine, moved, shifts, warped

SIDE = 7
MIDDLE = (SIDE - 1) / 2


def images(n, dtype=np.float32):
    return np.random.default_rng(0).uniform(0.1, 1, (n, SIDE * SIDE)).astype(dtype)


def slow_warp(image, matrix, offset):
    """Ask of every pixel where it comes from, and blend the four pixels around."""

    def shade(row, column):
        return image[row, column] if 0 <= row < SIDE and 0 <= column < SIDE else 0.0

    result = np.zeros((SIDE, SIDE))
    for i in range(SIDE):
        for j in range(SIDE):
            row, column = np.array(matrix) @ (i - MIDDLE, j - MIDDLE) + offset + MIDDLE
            above, left = math.floor(row), math.floor(column)
            for r, share_r in ((above, above + 1 - row), (above + 1, row - above)):
                for c, share_c in ((left, left + 1 - column), (left + 1, column - left)):
                    result[i, j] += share_r * share_c * shade(r, c)
    return result


@pytest.mark.parametrize(
    ("matrix", "offset"),
    [
        ([[1, 0], [0, 1]], (0, 0)),
        ([[1, 0], [0, 1]], (0.3, -1.6)),
        ([[0.96, -0.28], [0.28, 0.96]], (0, 0)),
        ([[0.8, 0], [0, 1.3]], (0.5, 0.5)),
        ([[1, 0], [0.25, 1]], (0, 0)),
        ([[3, 0], [0, 3]], (0, 0)),
        ([[-1, 0], [0, 1]], (9, 0)),
    ],
)
def test_images_are_seen_through_a_map_as_the_loop_sees_them(matrix, offset):
    x = images(4)
    seen = warped(x, matrix, offset, SIDE)
    assert seen.dtype == np.float32
    expected = [slow_warp(image, matrix, offset).ravel() for image in x.reshape(-1, SIDE, SIDE)]
    np.testing.assert_allclose(seen, expected, atol=1e-6)


def test_whole_pixels_are_moved_to_the_bit():
    x = images(3)
    np.testing.assert_array_equal(warped(x, np.eye(2), (2, -1), SIDE), moved(x, -2, 1, SIDE))
    np.testing.assert_array_equal(warped(x, np.eye(2), side=SIDE), x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_images_given_are_left_alone_and_keep_their_type(dtype):
    x = images(20, dtype)
    before = x.copy()
    changed = affine(side=SIDE)(x, np.random.default_rng(0))
    np.testing.assert_array_equal(x, before)
    assert changed.dtype == dtype
    assert changed.shape == x.shape
    assert (changed != x).any(axis=1).all()


def measured(**only):
    """The matrix and the offset of each of 400 random maps, found from three bright points of a ramp."""
    side = 41
    rows, columns = np.indices((side, side)) / side
    ramps = np.tile(np.stack([rows.ravel(), columns.ravel()]), (400, 1))
    none = {"shift": 0, "degrees": 0, "scale": 0, "shear": 0}
    change = affine(**(none | only), maps=400, side=side)
    seen = change(ramps, np.random.default_rng(3)).reshape(400, 2, side, side) * side
    middle = seen[:, :, 20, 20]
    return seen[:, :, 30, 20] - middle, seen[:, :, 20, 30] - middle, middle - 20


def test_each_kind_of_change_stays_within_its_limit_and_comes_near_it_from_both_sides():
    _, _, offset = measured(shift=2.0)
    assert offset.min() == pytest.approx(-2, abs=0.05)
    assert offset.max() == pytest.approx(2, abs=0.05)
    down, right, _ = measured(degrees=10)
    turned = np.degrees(np.arctan2(down[:, 1], down[:, 0]))
    assert (turned.min(), turned.max()) == pytest.approx((-10, 10), abs=0.2)
    np.testing.assert_allclose(np.hypot(*right.T), 10, rtol=1e-6)
    down, right, _ = measured(scale=0.2)
    for factors in (down[:, 0] / 10, right[:, 1] / 10):
        assert np.log(factors).min() == pytest.approx(-0.2, abs=0.005)
        assert np.log(factors).max() == pytest.approx(0.2, abs=0.005)
    assert np.corrcoef(down[:, 0], right[:, 1])[0, 1] == pytest.approx(0, abs=0.15), "each axis by itself"
    down, right, _ = measured(shear=0.3)
    assert (down[:, 1].min(), down[:, 1].max()) == pytest.approx((-3, 3), abs=0.05)
    np.testing.assert_allclose(right, np.tile([0.0, 10.0], (400, 1)), atol=1e-6)


def test_a_part_of_the_mini_batch_goes_through_one_map():
    x = np.repeat(images(1), 12, axis=0)
    changed = affine(maps=4, side=SIDE)(x, np.random.default_rng(0)).reshape(4, 3, -1)
    assert (changed == changed[:, :1]).all()
    assert len(np.unique(changed[:, 0], axis=0)) == 4


def test_there_may_be_fewer_images_than_maps():
    assert affine(side=SIDE)(images(3), np.random.default_rng(0)).shape == (3, SIDE * SIDE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shift": -1}, "shift must be at least 0, got -1"),
        ({"degrees": 90}, "degrees must be below 90, got 90"),
        ({"scale": np.nan}, "scale must hold finite numbers, got nan"),
        ({"shear": 1}, "shear must be below 1, got 1"),
        ({"maps": 0}, "maps must be at least 1, got 0"),
        ({"side": 0}, "side must be at least 1, got 0"),
    ],
)
def test_a_bad_augmentation_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        affine(**arguments)


@pytest.mark.parametrize("augmentation", [affine(), shifts(1)])
def test_images_of_another_size_are_refused(augmentation):
    with pytest.raises(ValueError, match=r"x must have 784 pixels per row to be .*, got shape \(2, 49\)"):
        augmentation(images(2), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"matrix": np.eye(3)}, "matrix must have 2"),
        ({"matrix": [[1, 0]]}, r"matrix must have the shape \(2, 2\), got \(1, 2\)"),
        ({"matrix": [[1, 0], [0, np.inf]]}, "matrix must hold finite numbers, got inf"),
        ({"offset": (1, 2, 3)}, "offset must"),
        ({"side": 6}, "x must have 36"),
    ],
)
def test_a_bad_map_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        warped(**({"x": images(2), "matrix": np.eye(2), "side": SIDE} | arguments))
