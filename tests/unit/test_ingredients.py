"""Recipes of ingredients, their training in slices, and the widget with a switch for each of them."""

import asyncio
import itertools

import numpy as np
import pytest

from nblib import Network, augmentations, gradcheck, mnist, schedules
from nblib.classifier import Classifier
from nblib.drawing import training_picture
from nblib.runs import training as slices
from nblib.runs.ingredients import ETAS, INGREDIENTS, Recipe, RecipeTraining, SigmoidClassifier
from nblib.widgets.live_ingredients import LiveIngredients

ALL = tuple(INGREDIENTS)
SIZES = [16, 6, 3]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(size=(40, 16)), rng.integers(3, size=40)
    return x[:30], y[:30], (x[30:], y[30:])


def trained(recipe, data, **settings):
    x, y, validation = data
    training = RecipeTraining(Recipe(recipe), SIZES, x, y, 4, 5, validation, **settings)
    list(training.run())
    return training


def test_a_recipe_of_all_is_what_the_classifier_does(data):
    x, y, validation = data
    training = trained(ALL, data, eta=0.1, seed=3)
    network = Classifier(SIZES, weight_decay=1e-3, seed=3)
    settings = {"momentum": 0.9, "schedule": schedules.cosine(), "augment": augmentations.shifts(1, 4)}
    list(network.sgd(x, y, 4, 5, 0.1, validation=validation, seed=3, **settings))
    for w, as_expected in zip(training.network.weights, network.weights, strict=True):
        np.testing.assert_array_equal(w, as_expected)


def test_a_recipe_of_nothing_is_the_network_of_notebook_06(data):
    x, y, validation = data
    training = trained((), data, eta=0.5, seed=3)
    network = Network(SIZES, init="scaled", seed=3)
    network.set_parameters(network.weights, [0 * b for b in network.biases])
    (*_, record) = network.sgd(x, y, 4, 5, 0.5, validation=validation, seed=3)
    for w, as_expected in zip(training.network.weights, network.weights, strict=True):
        np.testing.assert_allclose(w, as_expected, atol=1e-6)
    assert training.record[-1].validation_cost == pytest.approx(record.cost, abs=1e-6)


def test_sigmoid_outputs_have_the_right_gradient_with_decay_too(data):
    x, y, _ = data
    network = SigmoidClassifier(SIZES, activation="sigmoid", weight_decay=0.1, seed=1)
    assert gradcheck.compare(network, x[:6], y[:6]).passed


@pytest.mark.parametrize("recipe", [(), ("relu",), ("softmax", "momentum"), ALL], ids="-".join)
def test_what_is_measured_is_what_the_network_reaches(data, recipe):
    x, y, validation = data
    training = trained(recipe, data, eta=0.05)
    last, network = training.record[-1], training.network
    assert last.cost == pytest.approx(network.cost(x, y))
    assert last.training_accuracy == pytest.approx(network.accuracy(x, y))
    assert last.validation_cost == pytest.approx(network.cost(*validation))
    assert last.accuracy == pytest.approx(network.accuracy(*validation))
    assert training_picture.point(last)[5:] == [last.validation_cost, last.training_accuracy]
    read = f"{last.training_accuracy:.1%} of the training and {last.accuracy:.1%} of the validation images"
    assert training_picture.picture(training).alt.endswith(read)


def test_every_recipe_has_an_eta_and_begins_from_the_same_numbers():
    assert len(ETAS) == 8
    for n in range(len(ALL) + 1):
        for chosen in itertools.combinations(ALL, n):
            recipe = Recipe(chosen)
            assert recipe.eta > 0
            gain = np.sqrt(2) if "he" in chosen else 1
            first = recipe.network(SIZES, seed=5).weights[0] / gain
            np.testing.assert_allclose(first, Recipe(()).network(SIZES, seed=5).weights[0], rtol=1e-6)


def test_an_unknown_ingredient_is_refused(data):
    with pytest.raises(ValueError) as error:
        Recipe(["salt"])
    assert str(error.value).startswith("ingredients must be one of")
    x, y, validation = data
    live = LiveIngredients(SIZES, x, y, 2, 5, validation)
    with pytest.raises(ValueError) as error:
        live.switch("salt", True)
    assert str(error.value).startswith("name must be one of")
    assert live.on == []


@pytest.fixture
def in_slices(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 0.001)


def test_a_switch_begins_anew_with_the_eta_that_suits(data, in_slices):
    async def play():
        x, y, validation = data
        live = LiveIngredients(SIZES, x, y, 3, 5, validation, on=["softmax"], seed=2)
        first = [w.copy() for w in live.training.network.weights]
        live.switch("relu", True)
        assert (live.status, live.on, live.eta) == ("ready", ["softmax", "relu"], 0.4)
        live.start()
        await live.finished()
        assert (live.status, live.before) == ("finished", [])
        ended, said = list(live.points), []
        live.observe(lambda change: said.append(change["new"]), "words")
        live.switch("momentum", True)
        assert {words.split(".")[0] for words in said} == {"Ready", "Running"}  # never "Finished. After 0 …"
        assert (live.status, live.eta, live.training.eta) == ("running", 0.08, 0.08)
        assert live.before == ended
        assert len(live.points) == 1
        assert len(live.points[0]) == 7
        np.testing.assert_array_equal(live.training.network.weights[0], first[0])
        live._hear(live, {"switch": ["relu", False]}, [])  # while it runs; what has not ended is not kept
        assert (live.on, live.before) == (["softmax", "momentum"], ended)
        await live.finished()
        assert live.training.done
        live.close()

    asyncio.run(play())


def test_its_name_and_what_the_page_knows(data):
    x, y, validation = data
    live = LiveIngredients(SIZES, x, y, 2, 5, validation, on=["relu", "softmax"])
    assert repr(live) == "[Live training: 16-6-3, 0 of 2 epochs, ready, 2 of 7 ingredients]"
    assert live.switches == INGREDIENTS
    assert live.about["both"]
    assert live.about["headings"] == ["cost", "accuracy in % (of 30 and 10)"]


def test_what_notebook_07_says_of_its_switches():
    """On the digits, as there: what all seven reach, what is missed, and where the validation cost turns."""
    data = mnist.load()
    validation = data.x_train[50_000:], data.y_train[50_000:]

    def cook(*left_out):
        recipe = Recipe([name for name in ALL if name not in left_out])
        x, y = data.x_train[:10_000], data.y_train[:10_000]
        training = RecipeTraining(recipe, [784, 64, 10], x, y, 16, 50, validation)
        list(training.run())
        return training, training.network.accuracy(*validation), training.record[-1].training_accuracy

    (_, full, learned), (_, without_softmax, _) = cook(), cook("softmax")
    (_, without_cosine, _), (_, without_momentum, _) = cook("cosine"), cook("momentum")
    assert abs(full - 0.97) < 0.005
    assert without_softmax < 0.95 < without_cosine < 0.965
    assert full - without_momentum < 0.005
    by_heart, reads, everything = cook("decay", "shifts")
    unsteady, *_ = cook("decay", "shifts", "cosine")
    _, _, with_decay = cook("shifts")
    assert learned < 0.99 < with_decay < everything == 1
    assert full - reads > 0.005
    rises = []
    for training in (by_heart, unsteady):
        costs = {m.epoch: m.validation_cost for m in training.record if m.epoch >= 1}
        assert min(costs, key=costs.get) < 8.5
        rises.append(training.record[-1].validation_cost / min(costs.values()))
    assert 1.01 < rises[0] < rises[1]
