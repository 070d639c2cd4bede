"""The doctor: all well, and each trouble with its remedy."""

import sys

import numpy as np
import pytest

from nblib import Network, mnist
from nblib.tools import doctor


@pytest.fixture
def examine(capsys):
    def run():
        well = doctor.examine()
        out, err = capsys.readouterr()
        assert err == ""
        return well, out.splitlines()

    return run


def test_a_fit_installation_gets_one_ok_per_check(examine):
    well, lines = examine()
    assert well is True
    assert all(line.startswith("ok       ") for line in lines[:-1]), lines
    assert lines[-1] == "Everything is in place."
    for subject in ("Python", "NumPy", "Matplotlib", "ipywidgets", "tqdm", "MNIST", "gradients"):
        assert any(subject in line for line in lines[:-1])


def troubled(lines):
    trouble = [line for line in lines if line.startswith("TROUBLE  ")]
    assert len(trouble) == 1, lines
    assert len(lines) > 5  # the other checks are still made
    assert lines[-1].startswith("See the lines marked TROUBLE")
    return trouble[0]


def test_damaged_digits_are_reported_with_a_remedy(examine, monkeypatch, tmp_path):
    path = tmp_path / "mnist.npz"
    path.write_bytes(mnist.PATH.read_bytes()[:-100])
    monkeypatch.setattr(mnist, "PATH", path)
    well, lines = examine()
    assert well is False
    assert "MNIST" in troubled(lines)
    assert str(path) in troubled(lines)
    assert "damaged" in troubled(lines)
    assert "install nblib again" in troubled(lines)


def test_missing_digits_are_reported_with_a_remedy(examine, monkeypatch, tmp_path):
    monkeypatch.setattr(mnist, "PATH", tmp_path / "mnist.npz")
    well, lines = examine()
    assert well is False
    assert "cannot be read; install nblib again" in troubled(lines)


@pytest.mark.parametrize("package", ["matplotlib", "ipywidgets", "tqdm"])
def test_a_missing_package_is_reported_with_the_command_that_installs_it(examine, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    well, lines = examine()
    assert well is False
    assert f"run: {sys.executable} -m pip install {package}" in troubled(lines)


def test_an_old_python_is_reported(examine, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    well, lines = examine()
    assert well is False
    assert "install 3.11 or newer" in troubled(lines)


def test_wrong_gradients_are_reported(examine, monkeypatch):
    right = Network.backprop

    def twice(self, x, y):
        nabla_weights, nabla_biases = right(self, x, y)
        return [2 * np.asarray(w) for w in nabla_weights], nabla_biases

    monkeypatch.setattr(Network, "backprop", twice)
    well, lines = examine()
    assert well is False
    assert "gradient check failed" in troubled(lines)
