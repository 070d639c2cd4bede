"""`import nblib` needs NumPy and little else: it is quick, and works where no drawing is wanted."""

import pkgutil
import subprocess
import sys
from importlib.metadata import version

import pytest

import nblib
from nblib import chain, classifier

HEAVY = ["matplotlib", "ipywidgets", "IPython", "anywidget", "traitlets", "tqdm", "PIL"]
DRAWS = ("drawing", "widgets", "steppers", "lessons", "check")
MODULES = [module.name for module in pkgutil.walk_packages(nblib.__path__, "nblib.")]
MATHS = [name for name in MODULES if name.split(".")[1] not in DRAWS]


def loaded_by(code, *options):
    run = subprocess.run(
        [sys.executable, *options, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {name.partition(".")[0] for name in run.stdout.split()}, set(run.stdout.split())


@pytest.mark.parametrize("modules", [["nblib"], MATHS], ids=["nblib", "mathematics"])
def test_the_mathematics_loads_nothing_that_draws_or_clicks(modules):
    packages, _ = loaded_by(f"import {', '.join(modules)}", "-W", "error")
    assert "numpy" in packages
    assert not packages.intersection(HEAVY)


def test_the_drawing_layer_leaves_pyplot_and_the_widgets_alone():
    packages, modules = loaded_by("from nblib.drawing import diagram, figures, numbers, picture, table")
    assert "matplotlib" in packages
    assert "matplotlib.pyplot" not in modules
    assert not packages.intersection({"ipywidgets", "IPython", "anywidget"})


def test_the_package_shows_its_learners_its_data_and_its_version():
    assert nblib.__all__ == ["Chain", "Classifier", "Network", "Perceptron", "mnist", "toydata"]
    assert all(hasattr(nblib, name) for name in nblib.__all__)
    assert set(nblib.__all__) <= set(dir(nblib))
    assert nblib.Classifier is classifier.Classifier
    assert nblib.Chain is chain.Chain
    with pytest.raises(ImportError, match="cannot import name 'Clasifier' from 'nblib'"):
        from nblib import Clasifier  # noqa: F401


def test_what_is_seldom_needed_is_brought_in_when_it_is_asked_for():
    _, modules = loaded_by("import nblib")
    assert not modules.intersection({"nblib.chain", "nblib.classifier", "nblib.data.mnist", "numpy.random"})
    _, modules = loaded_by("from nblib import Chain, Classifier, toydata")
    assert modules >= {"nblib.chain", "nblib.classifier", "nblib.data.toydata"}


def test_the_version_is_that_of_the_distribution():
    assert nblib.__version__ == version("nblib")
