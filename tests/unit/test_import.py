"""`import nblib` needs NumPy and little else: it is quick, and works where no drawing is wanted."""

import subprocess
import sys

import pytest

HEAVY = ["matplotlib", "ipywidgets", "IPython", "anywidget", "traitlets", "tqdm", "PIL"]
MATHS = [
    "activations",
    "chain",
    "costs",
    "augmentations",
    "classifier",
    "data.npz",
    "gates",
    "gradcheck",
    "handwriting.neighbours",
    "handwriting.reader",
    "layers",
    "network",
    "neuron",
    "perceptron",
    "runs.backprop_run",
    "runs.mnist_run",
    "runs.training",
    "schedules",
    "tools.claims",
    "tools.doctor",
    "validate",
]


def loaded_by(code, *options):
    run = subprocess.run(
        [sys.executable, *options, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {name.partition(".")[0] for name in run.stdout.split()}, set(run.stdout.split())


@pytest.mark.parametrize("code", ["import nblib", "; ".join(f"import nblib.{name}" for name in MATHS)])
def test_the_mathematics_loads_nothing_that_draws_or_clicks(code):
    packages, _ = loaded_by(code, "-W", "error")
    assert "numpy" in packages
    assert not packages.intersection(HEAVY)


def test_the_drawing_layer_leaves_pyplot_and_the_widgets_alone():
    packages, modules = loaded_by("from nblib.drawing import diagram, figures, numbers, picture, table")
    assert "matplotlib" in packages
    assert "matplotlib.pyplot" not in modules
    assert not packages.intersection({"ipywidgets", "IPython", "anywidget"})


def test_the_package_shows_its_learners_its_data_and_its_version():
    import nblib

    assert sorted(nblib.__all__) == ["Network", "Perceptron", "mnist", "toydata"]
    assert all(hasattr(nblib, name) for name in nblib.__all__)


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    import nblib

    assert nblib.__version__ == version("nblib")
