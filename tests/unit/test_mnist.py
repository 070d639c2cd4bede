"""The digits: complete, the original ones, and refused when the file is not what it should be."""

import hashlib
import struct
import subprocess
import sys

import numpy as np
import pytest

from nblib import mnist

# Of the four files as Yann LeCun published them, unpacked.
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
COUNTS = {
    "train": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    "test": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
}


@pytest.fixture(scope="module")
def digits():
    return mnist.load()


def test_the_arrays_have_the_documented_shapes_types_and_ranges(digits):
    assert digits._fields == ("x_train", "y_train", "x_test", "y_test")
    for x, y, n in ((digits.x_train, digits.y_train, 60_000), (digits.x_test, digits.y_test, 10_000)):
        assert (x.shape, x.dtype) == ((n, 784), np.float32)
        assert (y.shape, y.dtype) == ((n,), np.int64)
        assert (x.min(), x.max()) == (0, 1)
        assert (y.min(), y.max()) == (0, 9)


def test_every_digit_is_there_as_often_as_it_should_be(digits):
    assert np.bincount(digits.y_train).tolist() == COUNTS["train"]
    assert np.bincount(digits.y_test).tolist() == COUNTS["test"]
    assert (sum(COUNTS["train"]), sum(COUNTS["test"])) == (60_000, 10_000)


def test_written_in_their_first_format_they_are_the_published_files(digits):
    def idx(array):
        header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        return hashlib.md5(header + array.astype(np.uint8).tobytes()).hexdigest()

    def pixels(x):
        return np.rint(x * 255).reshape(-1, 28, 28)

    assert MD5 == {
        "train-images-idx3-ubyte": idx(pixels(digits.x_train)),
        "train-labels-idx1-ubyte": idx(digits.y_train),
        "t10k-images-idx3-ubyte": idx(pixels(digits.x_test)),
        "t10k-labels-idx1-ubyte": idx(digits.y_test),
    }


def test_the_readme_beside_the_data_has_the_right_sums():
    text = (mnist.PATH.parent / "README.md").read_text(encoding="utf-8")
    assert all(name in text and md5 in text for name, md5 in MD5.items())
    assert hashlib.sha256(mnist.PATH.read_bytes()).hexdigest() in text


def test_the_brightness_is_the_byte_over_255(digits):
    levels = np.unique(digits.x_test)
    np.testing.assert_array_equal(levels, (np.arange(256) / 255).astype(np.float32))


def test_two_loads_share_nothing(digits):
    again = mnist.load()
    assert not any(np.shares_memory(one, other) for one, other in zip(digits, again, strict=True))
    again.x_test[:] = 7
    assert digits.x_test.max() == 1


def test_a_copy_elsewhere_can_be_read(tmp_path, digits):
    copy = tmp_path / "copy of mnist.npz"
    copy.write_bytes(mnist.PATH.read_bytes())
    for path in (copy, str(copy)):
        np.testing.assert_array_equal(mnist.load(path).y_test, digits.y_test)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[: len(data) // 3],
        lambda data: b"",
    ],
    ids=["one bit", "cut by a byte", "a byte too many", "cut", "empty"],
)
def test_a_damaged_file_is_told_by_its_checksum(tmp_path, spoil):
    path = tmp_path / "mnist.npz"
    path.write_bytes(spoil(mnist.PATH.read_bytes()))
    with pytest.raises(ValueError) as caught:
        mnist.load(path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    for words in (
        repr(str(path)),
        "damaged or another file",
        found[:12],
        "ee068f36682c",
        "install nblib again",
    ):
        assert words in str(caught.value)


def test_a_missing_file_is_reported_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "PATH", tmp_path / "mnist.npz")
    for arguments in ((), (tmp_path / "nothing.npz",), (tmp_path,)):
        with pytest.raises(ValueError, match="cannot be read; install nblib again") as caught:
            mnist.load(*arguments)
        assert repr(str(arguments[0] if arguments else tmp_path / "mnist.npz")) in str(caught.value)


def test_loading_takes_less_than_450_megabytes():
    measure = (
        "import resource, sys; from nblib import mnist; digits = mnist.load();"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "print(peak if sys.platform == 'darwin' else peak * 1024)"
    )
    # Started by a small process of its own: on Linux the peak of a new process counts its parent's too.
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    run = subprocess.run(
        [sys.executable, "-c", start, measure], check=True, capture_output=True, text=True, timeout=100
    )
    peak = int(run.stdout)
    assert 220e6 < peak < 450e6  # the arrays alone are 220 MB: less would mean that nothing was measured


# -- targets ----------------------------------------------------------------------------------


def test_one_hot_puts_a_1_at_the_place_of_the_digit():
    targets = mnist.one_hot([4, 0, 9, 4])
    assert (targets.shape, targets.dtype) == ((4, 10), np.float32)
    for row, digit in zip(targets.tolist(), [4, 0, 9, 4], strict=True):
        assert row == [1.0 if k == digit else 0.0 for k in range(10)]


def test_one_hot_takes_labels_of_any_number_type():
    expected = np.identity(10)
    for dtype in (np.uint8, np.int64, np.float32):
        np.testing.assert_array_equal(mnist.one_hot(np.arange(10, dtype=dtype)), expected)


@pytest.mark.parametrize(
    ("labels", "error", "words"),
    [
        ([3, 10], ValueError, ["0 to 9", "10", "index 1"]),
        ([-1], ValueError, ["0 to 9", "-1", "index 0"]),
        ([0, 1, 3.5], ValueError, ["whole numbers", "3.5", "index 2"]),
        ([float("nan")], ValueError, ["finite", "nan"]),
        ([], ValueError, ["at least one"]),
        (4, ValueError, ["1-D", "()"]),
        ([[4]], ValueError, ["1-D", "(1, 1)"]),
        ([[1], [2, 3]], ValueError, ["different lengths"]),
        (["4"], TypeError, ["real numbers"]),
        (None, TypeError, ["real numbers", "None"]),
        ([1j], TypeError, ["real numbers", "complex"]),
    ],
)
def test_one_hot_refuses_what_is_no_digit(labels, error, words):
    with pytest.raises(error) as caught:
        mnist.one_hot(labels)
    assert str(caught.value).startswith("labels must")
    assert all(word in str(caught.value) for word in words), str(caught.value)
