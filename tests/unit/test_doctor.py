"""The doctor: all well, and each trouble with its remedy."""

import sys
import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

from nblib import Network, mnist
from nblib.tools import doctor

ROOT = Path(__file__).resolve().parents[2]


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def examine(capsys, monkeypatch):
    """Run the doctor as it runs where this very version is installed."""
    lab = [f'{one}; extra == "lab"' for one in PROJECT["optional-dependencies"]["lab"]]
    test = ['nothing-of-the-kind>=99; extra == "test"']
    monkeypatch.setattr(metadata, "requires", lambda name: [*PROJECT["dependencies"], *lab, *test])

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


@pytest.mark.parametrize("package", ["matplotlib", "pillow", "ipywidgets", "anywidget", "tqdm"])
def test_a_missing_package_is_reported_with_the_command_that_installs_it(examine, monkeypatch, package):
    monkeypatch.setitem(sys.modules, {"pillow": "PIL"}.get(package, package), None)
    well, lines = examine()
    assert well is False
    assert f"run: {sys.executable} -m pip install {package}" in troubled(lines)


OLD = {
    "ipykernel": ("6.31.0", ">=7"),  # deaf to widgets while a cell awaits: a training cannot be paused
    "ipywidgets": ("7.8.5", ">=8.1"),
    "anywidget": ("0.9.12", ">=0.9.13"),
    "jupyterlab": ("4.3.8", ">=4.4"),
    "numpy": ("1.26.4", ">=2.0"),
    "threadpoolctl": ("2.2.0", ">=3.2"),
    "matplotlib": ("3.8.4", ">=3.9"),
    "pillow": ("9.5.0", ">=10.1"),
    "tqdm": ("4.65.0", ">=4.66"),
}


@pytest.mark.parametrize("package", OLD)
def test_an_old_version_is_reported_with_the_command_that_renews_it(examine, monkeypatch, package):
    old, wanted = OLD[package]
    installed = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: old if name == package else installed(name))
    well, lines = examine()
    assert well is False
    command = f"run: {sys.executable} -m pip install --upgrade '{package}{wanted}'"
    assert troubled(lines).endswith(f": {package} {old} is there, and {package}{wanted} is needed; {command}")


def test_the_floors_are_those_of_the_project():
    """What is required for learning, and each of it is looked at."""
    required = map(Requirement, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]])
    floors = {one.name: str(one.specifier) for one in required if one.name != "resvg-py"}  # it may be missing
    assert floors == {name: wanted for name, (_, wanted) in OLD.items()}


def test_a_version_that_comes_before_a_release_is_new_enough(examine, monkeypatch):
    installed = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: "99.0rc1" if name == "anywidget" else installed(name)
    )
    assert examine()[0] is True


def test_what_shows_the_notebooks_may_be_installed_elsewhere(examine, monkeypatch):
    installed = metadata.version

    def version(name):
        if name == "jupyterlab":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    assert examine()[0] is True


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
