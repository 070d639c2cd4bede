"""The open end of notebook 06. Its goal is lowered here where a run of a few epochs tells as much."""

import itertools

import numpy as np
import pytest

from nblib import Network
from nblib.lessons import mnist_exercises as mnist
from nblib.lessons.mnist_exercises import few_neurons
from nblib.lessons.recipes import flat_neurons, piles, what_is_missing
from nblib.network import EpochRecord


def untrained(sizes=(784, 30, 10), **options):
    return Network(sizes, **({"init": "scaled"} | options))


def short_run(network, etas=(1.0,)):
    """Return the verdict after mini-batches of 100, which are quick."""
    return few_neurons(network, 100, list(etas))


def test_a_good_recipe_passes_and_leaves_the_network_untrained(monkeypatch):
    monkeypatch.setattr(mnist, "GOAL", 0.88)
    network = untrained()
    before = [w.copy() for w in network.weights]
    for etas in (np.array([5.0, 5.0]), (5, np.float32(5))):  # the second time, it begins anew
        result = few_neurons(network, np.int64(100), etas)
        assert result, result.says
        assert "30 hidden neurons, 2 epochs: 9" in result.says
    for w, as_before in zip(network.weights, before, strict=True):
        np.testing.assert_array_equal(w, as_before)


def test_a_goal_reached_on_validation_only_is_not_reached(monkeypatch):
    network = untrained()
    result = short_run(network, [5.0])
    validation = float(result.says.split("It reads ")[1].split("%")[0]) / 100
    monkeypatch.setattr(mnist, "GOAL", validation - 0.001)
    x, y = piles()[2]
    with_other_test = (*piles()[:2], (x, (y + 1) % 10))  # labels that no network can have learned
    monkeypatch.setattr(mnist, "piles", lambda: with_other_test)
    says = short_run(network, [5.0]).says
    assert says.startswith(f"It reads {validation:.2%} of the validation images, but only")
    assert says.endswith("Find a recipe that leaves more room on validation.")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (("784-30-10", 10, [1.0]), "my_network must be a Network that has not been trained, got a str."),
        ((untrained([784, 16, 15, 10]), 10, [1.0]), "my_network has 31 hidden neurons"),
        ((untrained([784, 30, 1]), 10, [1.0]), "my_network must begin with 784 inputs"),
        (
            (untrained(), 10, [1.0] * 21),
            "my_etas has one entry for each epoch, and 1 to 20 are allowed; got more.",
        ),
        (
            (untrained(), 10, itertools.repeat(1.0)),
            "my_etas has one entry for each epoch, and 1 to 20 are allowed; got more.",
        ),
        ((untrained(activation="step"), 10, [1.0]), "my_network has the activation step, whose slope is 0"),
        ((untrained(), 10, []), "my_etas has one entry for each epoch, and 1 to 20 are allowed; got 0."),
        ((untrained(), 10, 1.0), "my_etas must be a list with one η for each epoch"),
        ((untrained(), 10, [1.0, -1.0]), "my_etas[1] must be greater than 0, got -1."),
        ((untrained(), 2.5, [1.0]), "my_mini_batch_size must be a whole number, got 2.5."),
        ((untrained(), 0, [1.0]), "my_mini_batch_size must be at least 1, got 0."),
        ((untrained(),), "check.few_neurons wants (my_network, my_mini_batch_size, my_etas), got 1 things."),
    ],
)
def test_what_breaks_a_rule_is_explained_before_anything_is_trained(answers, says):
    assert few_neurons(*answers).says.startswith(says)


@pytest.mark.parametrize("place", range(3))
def test_dots_in_any_place_are_not_attempted(place):
    answers = [untrained(), 10, [1.0]]
    answers[place] = ...
    assert few_neurons(*answers).status == "not attempted"


def test_epochs_before_the_first_are_noticed():
    network = untrained()
    list(network.sgd(*piles()[0], epochs=1, mini_batch_size=100, eta=5.0))
    assert short_run(network).says.startswith("my_network has been trained before: it reads ")


def test_too_large_steps_are_seen_by_output_neurons_that_are_all_flat():
    says = short_run(untrained(), [300.0]).says
    assert "All ten output neurons are flat and dark" in says
    assert "steps that are too large" in says


@pytest.mark.parametrize(
    ("digits", "says"),
    [
        ([3], "It hardly ever says 3: that output neuron is flat and dark"),
        ([3, 5, 8], "It hardly ever says 3, 5 or 8: these output neurons are flat and dark"),
    ],
)
def test_flat_output_neurons_are_named_and_no_others(digits, says):
    network = untrained()
    network.biases[-1][digits] = -20
    assert flat_neurons(network, piles()[1]).startswith(says)
    assert flat_neurons(untrained(), piles()[1]) is None


def test_weights_that_run_away_are_noticed_at_once():
    result = short_run(untrained(activation="elu"), [500.0] * 20)
    assert result.says == "In epoch 1 the weights ran away, beyond all numbers: η is too large."


def test_too_small_steps_are_told_to_go_on():
    assert "The cost has fallen in every epoch, to the last one. More" in short_run(untrained(), [0.01]).says


def test_a_goal_that_was_lost_again_is_noticed():
    _, validation, _ = piles()
    history = [EpochRecord(1, 0.04, 0.958, 1), EpochRecord(2, 0.03, 0.961, 1), EpochRecord(3, 0.04, 0.955, 1)]
    says = what_is_missing(0.96, untrained(), validation, validation, history)
    assert says.startswith("It was there after epoch 2, with 96.10%, and lost it again")


@pytest.mark.parametrize(
    ("hidden", "says"),
    [
        (30, "but those do not count. Try other first weights, or smaller steps"),
        (5, "it has stopped getting better. Try more neurons (up to 30), other first weights"),
    ],
)
def test_a_network_at_rest_is_told_what_to_change(monkeypatch, hidden, says):
    (x, y), *others = piles()
    monkeypatch.setattr(mnist, "piles", lambda: ((x[:500], y[:500]), *others))
    assert says in few_neurons(untrained([784, hidden, 10]), 10, [1.0] * 18 + [0.01] * 2).says
