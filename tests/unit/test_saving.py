"""Files: what is saved comes back the same, appears whole or not at all, and damage never goes unnoticed."""

import gc
import io
import os
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib import Network, mnist, saving
from nblib.classifier import Classifier
from nblib.data import npz


def parameters(network):
    return network.weights + network.biases


def same(one, other):
    pairs = zip(parameters(one), parameters(other), strict=True)
    alike = (repr(one), one.sizes, one.dtype) == (repr(other), other.sizes, other.dtype)
    return alike and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


@pytest.fixture
def saved(tmp_path):
    """A network, and the path of its file."""
    network = Network([2, 3, 2], seed=4)
    network.save(tmp_path / "network.npz")
    return network, tmp_path / "network.npz"


def content_of(path):
    with np.load(path) as file:
        return dict(file)


def refused(path):
    """Return the message with which the file is refused."""
    with pytest.raises(ValueError) as caught:
        Network.load(path)
    assert repr(str(path)) in str(caught.value)  # it names the file
    assert "network.save(path)" in str(caught.value)  # and says what to do
    return str(caught.value)


# -- there and back ---------------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(1, 12), min_size=2, max_size=5),
    activation=st.sampled_from(["step", "sigmoid", "tanh", "relu", "elu", "arctan"]),
    output=st.sampled_from([None, "sigmoid", "tanh"]),
    cross_entropy=st.booleans(),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_what_is_loaded_is_what_was_saved(sizes, activation, output, cross_entropy, dtype, seed, data):
    cost = "cross_entropy" if cross_entropy and (output or activation) == "sigmoid" else "quadratic"
    network = Network(sizes, activation, cost=cost, dtype=dtype, seed=seed, output=output)
    width = {np.float32: 32, np.float64: 64}[dtype]
    for array in parameters(network):  # any finite number, not only those of an initialisation
        array.flat[0] = data.draw(st.floats(allow_nan=False, allow_infinity=False, width=width))
    with tempfile.TemporaryDirectory() as folder:
        network.save(Path(folder, "network.npz"))
        loaded = Network.load(Path(folder, "network.npz"))
    assert same(loaded, network)
    assert loaded.activation is network.activation
    assert loaded.output is network.output


def test_a_loaded_network_answers_and_trains_like_the_saved_one(saved):
    network, path = saved
    loaded = Network.load(path)
    x, y = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9) % 2
    np.testing.assert_array_equal(loaded.feedforward(x), network.feedforward(x))
    assert loaded.cost(x, y) == network.cost(x, y)
    histories = [
        [(r.cost, r.accuracy) for r in one.sgd(x, y, 2, 2, 1.0, seed=3)] for one in (loaded, network)
    ]
    assert histories[0] == histories[1]
    assert same(loaded, network)


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("name", ["network.npz", "network", "net.v2.bin", "été 3"])
def test_the_file_has_exactly_the_name_that_was_given(tmp_path, name, kind):
    network = Network([2, 2])
    network.save(kind(tmp_path / name))
    assert os.listdir(tmp_path) == [name]
    assert same(Network.load(kind(tmp_path / name)), network)


def test_a_name_without_a_folder_is_meant_in_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Network([2, 2]).save("here.npz")
    assert os.listdir(tmp_path) == ["here.npz"]
    assert same(Network.load("here.npz"), Network([2, 2]))


def test_the_file_is_plain_arrays_that_numpy_reads_without_pickle(saved):
    network, path = saved
    with np.load(path, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["sizes"], [2, 3, 2])
        np.testing.assert_array_equal(file["weights_1"], network.weights[0])
        np.testing.assert_array_equal(file["biases_2"], network.biases[1])
        assert (str(file["activation"]), str(file["cost"])) == ("sigmoid", "quadratic")
        assert not any(file[name].dtype.hasobject for name in file.files)


# -- whole or not at all ----------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("moment", ["at the start", "in the middle", "at the end"])
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(saved, monkeypatch, trouble, moment):
    network, path = saved
    before = path.read_bytes()
    savez = np.savez

    def failing(*arguments, **arrays):
        if moment == "in the middle":
            savez(*arguments, **dict(list(arrays.items())[:4]))
        raise trouble

    monkeypatch.setattr(*((os, "replace") if moment == "at the end" else (np, "savez")), failing)
    network.update_mini_batch([[1, 2]], [0], 1.0)
    with pytest.raises(type(trouble)):
        network.save(path)
    with pytest.raises(type(trouble)):
        network.save(path.with_name("another.npz"))
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]
    network.save(path)
    assert same(Network.load(path), network)


def test_a_saved_file_may_be_read_by_whoever_may_read_other_new_files(saved):
    _, path = saved
    other = path.with_name("other")
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


def test_an_old_file_of_any_kind_is_replaced(saved):
    network, path = saved
    path.write_bytes(b"x" * 100_000)
    network.save(path)
    assert same(Network.load(path), network)


def test_a_folder_is_not_replaced(saved):
    network, path = saved
    folder = path.with_name("folder")
    folder.mkdir()
    before = path.read_bytes()
    for wrong, words in {
        folder: f"path must name a file, and {str(folder)!r} is a folder: name a file in it",
        folder / "..": f"path must name a file, and {str(folder / '..')!r} is a folder: name a file in it",
        folder / "no" / "a": f"path: there is no folder {str(folder / 'no')!r} to write 'a' into",
        path / "a": f"path: there is no folder {str(path)!r} to write 'a' into",
        "": "path must name a file, got ''",
        ".": "path must name a file, and '.' is a folder: name a file in it",
        "a\0": "path must name a file, got 'a\\x00'",
    }.items():
        with pytest.raises(ValueError) as caught:
            network.save(wrong)
        assert str(caught.value) == words
    for wrong in (3, None, b"network.npz", network):
        for call in (network.save, Network.load):
            with pytest.raises(TypeError, match="path must be a text or a path, got "):
                call(wrong)
    assert sorted(os.listdir(path.parent)) == ["folder", path.name]
    assert path.read_bytes() == before


def test_the_name_may_be_as_long_as_the_system_allows(tmp_path):
    name = "n" * os.pathconf(tmp_path, "PC_NAME_MAX") if hasattr(os, "pathconf") else "n" * 200
    Network([2, 2]).save(tmp_path / name)
    assert os.listdir(tmp_path) == [name]
    with pytest.raises(OSError, match=r"path: .* cannot be written \(.*\); it is as it was before"):
        Network([2, 2]).save(tmp_path / f"{name}nn")


def spoiled(change):
    network = Network([2, 3, 2], seed=4)
    change(network)
    return network


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda n: n.weights[0].fill(np.nan), "weights[0] must hold finite numbers, got nan at index 0, 0"),
        (lambda n: n.biases[1].fill(np.inf), "biases[1] must hold finite numbers, got inf at index 0"),
        (
            lambda n: n.weights.__setitem__(0, np.ones((2, 2))),
            "weights[0] must have shape (3, 2), got (2, 2)",
        ),
        (lambda n: setattr(n, "sizes", [2, 4, 2]), "weights[0] must have shape (4, 2), got (3, 2)"),
        (
            lambda n: setattr(n, "activation", replace(n.activation, name="mine")),
            "activation must be one of 'step', 'sigmoid', 'tanh', 'relu', 'elu', 'arctan', got 'mine'",
        ),
    ],
)
def test_nothing_is_saved_that_would_not_be_loaded(saved, change, words):
    _, path = saved
    before, network = path.read_bytes(), spoiled(change)
    with pytest.raises(ValueError) as caught:
        network.save(path)
    assert str(caught.value) == f"network must be one that can be loaded again, got {network}: {words}"
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_what_was_put_in_by_hand_is_saved_in_the_type_of_the_network(saved):
    network, path = saved
    network.weights[0] = network.weights[0].astype(np.float64)
    network.save(path)
    assert same(Network.load(path), Network([2, 3, 2], seed=4))


def test_only_networks_are_saved(tmp_path):
    with pytest.raises(TypeError, match="network must be a Network, got Classifier"):
        saving.save(Classifier([2, 2]), tmp_path / "network.npz")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")]
)
@pytest.mark.parametrize("after", [0, 100, 600])  # bytes
def test_a_disk_that_takes_no_more_is_told_of_and_leaves_the_old_file(saved, monkeypatch, error, after):
    network, path = saved
    before = path.read_bytes()

    class Full(io.FileIO):
        def write(self, data):
            if self.tell() + len(data) > after:
                raise error
            return super().write(data)

    monkeypatch.setattr(npz, "open", lambda path, mode: Full(path, mode), raising=False)
    with pytest.raises(type(error)) as caught:
        network.save(path)
    words = f"path: {str(path)!r} cannot be written ({error.strerror}); it is as it was before"
    assert str(caught.value) == words
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "is a file that you may not read"),
    ],
)
def test_a_file_that_cannot_be_opened_is_not_called_damaged(saved, monkeypatch, error, words):
    _, path = saved

    def refuse(*_):
        raise error

    assert "is a folder, not a file" in refused(path.parent)
    monkeypatch.setattr(npz, "open", refuse, raising=False)
    assert words in refused(path)


# -- damage and foreign files -----------------------------------------------------------------


def test_no_changed_byte_goes_unnoticed(saved):
    network, path = saved
    good = path.read_bytes()
    damaged, unharmed = path.with_name("damaged.npz"), 0
    for i in range(len(good)):
        for change in (1, 1 << i % 8, 0xFF):
            damaged.write_bytes(good[:i] + bytes([good[i] ^ change]) + good[i + 1 :])
            try:
                loaded = Network.load(damaged)
            except ValueError:
                continue
            unharmed += 1  # a byte that says nothing, such as one of a date
            assert same(loaded, network), f"byte {i} changed by {change:#x}"
    assert unharmed < len(good)


@pytest.mark.parametrize("lie", ["type", "length"])
def test_a_header_that_makes_numpy_read_too_little_does_not_go_unnoticed(tmp_path, lie):
    network, path = Network([2, 40, 40], dtype=np.float64), tmp_path / "network.npz"
    network.set_parameters([np.ones((40, 2)), np.ones((40, 40))], [np.ones(40), np.ones(40)])
    network.save(path)
    data = bytearray(path.read_bytes())
    header = data.index(b"\x93NUMPY", data.index(b"weights_2"))
    if lie == "type":  # read 8 bytes as two numbers of 4: half of the file would be looked at
        at = data.index(b"<f8", header)
        data[at : at + 3] = b"<f4"
    else:  # spaces of the header's padding would become the first number
        data[header + 8] -= 16
    path.write_bytes(data)
    assert "damaged" in refused(path)


def test_a_file_that_is_cut_short_is_refused(saved):
    _, path = saved
    good = path.read_bytes()
    for tenth in range(10):
        path.write_bytes(good[: len(good) * tenth // 10])
        assert "damaged" in refused(path)
    path.write_bytes(good[:-1])
    assert "damaged" in refused(path)


def test_a_missing_file_is_told_from_a_damaged_one(tmp_path):
    assert "there is no file" in refused(tmp_path / "nothing.npz")
    assert "there is no file" in refused(str(tmp_path / "no" / "folder.npz"))


def test_a_folder_a_text_and_an_empty_file_are_refused(tmp_path):
    assert "is a folder, not a file" in refused(tmp_path)
    for content in (b"", b"weights = [1, 2, 3]\n", b"PK\x03\x04", b"PK\x05\x06" + 18 * b"\0", bytes(1000)):
        path = tmp_path / "file.npz"
        path.write_bytes(content)
        refused(path)


def test_arrays_that_are_no_network_are_refused(tmp_path):
    np.save(tmp_path / "array.npy", np.ones(3))
    refused(tmp_path / "array.npy")
    np.savez(tmp_path / "other.npz", x=np.ones(3))
    assert "no network" in refused(tmp_path / "other.npz")
    assert "no network" in refused(mnist.PATH)


class Marker:
    """Unpickling it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["format", "weights_1", "extra"])
def test_a_file_with_a_pickled_object_is_refused_and_runs_no_code(saved, name):
    _, path = saved
    content = content_of(path)
    marker = path.with_name("the code was run")
    np.savez(path, **content | {name: np.array([Marker(marker)], dtype=object)})
    assert "damaged or no .npz" in refused(path)
    assert not marker.exists()
    with np.load(path, allow_pickle=True) as file:
        _ = file[name]
    assert marker.exists()  # it would have been


@pytest.mark.parametrize(
    "change",
    [
        {"format": np.array("nblib network 2")},
        {"format": np.array([1, 2])},
        {"sizes": np.array([2, 4, 2])},
        {"sizes": np.array([2])},
        {"sizes": np.array(3)},
        {"sizes": np.array([2.0, 3.0, 2.0])},
        {"sizes": np.array([2, 3, 2, 2])},
        {"activation": np.array("softplus")},
        {"cost": np.array("hinge")},
        {"output": np.array("tanh"), "cost": np.array("cross_entropy")},
        {"output": np.array("softmax")},
        {"weights_1": np.ones((2, 3), np.float32)},
        {"weights_1": np.ones((3, 2), np.float16)},
        {"weights_1": np.ones((3, 2), np.int64)},
        {"weights_2": np.full((2, 3), np.nan, np.float32)},
        {"biases_1": np.full(3, np.inf, np.float32)},
        {"biases_2": np.ones(3, np.float32)},
        {"biases_2": np.array(["a", "b"])},
    ],
    ids=str,
)
def test_contents_that_do_not_fit_together_are_refused(saved, change):
    _, path = saved
    np.savez(path, **content_of(path) | change)
    assert "no network" in refused(path)


PARTS = ["format", "sizes", "activation", "output", "cost", "weights_2", "biases_1"]


@pytest.mark.parametrize("missing", PARTS)
def test_a_missing_part_is_named(saved, missing):
    _, path = saved
    content = content_of(path)
    del content[missing]
    np.savez(path, **content)
    assert missing in refused(path)


def test_a_refused_file_is_closed_again(saved):
    _, path = saved
    path.write_bytes(path.read_bytes()[:-30])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        refused(path)
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
