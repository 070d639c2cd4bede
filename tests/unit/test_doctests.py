"""The examples in the documentation do what they say."""

import doctest
import importlib
import pkgutil

import pytest

import nblib

MODULES = ["nblib", *(module.name for module in pkgutil.walk_packages(nblib.__path__, "nblib."))]
WITH_EXAMPLES = {
    "nblib.chain",
    "nblib.drawing.numbers",
    "nblib.gates",
    "nblib.classifier",
    "nblib.network",
    "nblib.neuron",
    "nblib.perceptron",
    "nblib.runs.training",
    "nblib.tools.claims",
}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert failed == 0
    assert tried > 0 or name not in WITH_EXAMPLES


def test_all_modules_are_found():
    assert WITH_EXAMPLES < set(MODULES)
