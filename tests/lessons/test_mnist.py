"""The exercises of notebook 06: right answers in every style pass, and what is wrong is named."""

import itertools
import re
from collections import deque
from time import process_time

import numpy as np
import pytest

from nblib import Network, mnist, toydata
from nblib.lessons import NOTEBOOKS, progress
from nblib.lessons import mnist_exercises as exercises
from nblib.lessons.mnist_exercises import (
    accuracy,
    epochs_until,
    few_neurons,
    forgetful_order,
    one_hot,
    sgd_epoch,
)
from nblib.lessons.recipe_advice import flat_neurons, what_is_missing
from nblib.lessons.recipes import piles
from nblib.runs.epochs import EpochRecord


def test_a_backprop_that_has_passed_counts_in_both_notebooks(monkeypatch):
    (backprop,) = set(NOTEBOOKS[5]) & set(NOTEBOOKS[6])
    monkeypatch.setattr(backprop, "yours", Network.backprop)
    assert progress(5).solved[backprop.title]
    assert progress(6).solved[backprop.title]


# -- targets and accuracy -------------------------------------------------------------------------


def with_a_loop(labels):
    rows = []
    for label in labels:
        row = [0] * 10
        row[label] = 1
        rows.append(row)
    return rows


def with_zeros(numbers):
    targets = np.zeros((len(numbers), 10), dtype=np.float32)
    targets[np.arange(len(numbers)), numbers] = 1
    return targets


def counted_one_by_one(a, y):
    right = 0
    for row, label in zip(a, y, strict=True):
        if list(row).index(max(row)) == label:
            right += 1
    return right / len(y)


def by_sorting(outputs, labels):
    return np.float32((np.argsort(outputs)[:, -1] == labels).sum() / len(labels))


# -- stop in time ---------------------------------------------------------------------------------


def with_return(run, wanted):
    for record in run:
        if record.accuracy >= wanted:
            return record.epoch
    return 0


def with_next(records, goal):
    return next((record.epoch for record in records if not record.accuracy < goal), 0)


def with_while(run, wanted):
    epoch = 0
    while True:
        try:
            record = next(run)
        except StopIteration:
            return 0
        epoch += 1
        if record.accuracy >= wanted:
            return np.float32(epoch)


def with_enumerate(run, wanted):
    found = 0
    for epoch, record in enumerate(run, start=1):
        if record.accuracy >= wanted:
            found = epoch
            break
    return found


def test_what_passes_also_stops_a_real_run():
    x, y = toydata.gate("and")
    network = Network([2, 1], seed=0)
    reached = with_return(network.sgd(x, y, epochs=200, mini_batch_size=1, eta=1.0), 1.0)
    assert 0 < reached < 200
    again = Network([2, 1], seed=0)
    deque(again.sgd(x, y, epochs=reached, mini_batch_size=1, eta=1.0), maxlen=0)
    np.testing.assert_array_equal(network.weights[0], again.weights[0])


def without_zero(run, wanted):
    for record in run:
        if record.accuracy >= wanted:
            return record.epoch


def last_good_one(run, wanted):
    found = 0
    for record in run:
        if record.accuracy >= wanted:
            found = record.epoch
    return found


def test_the_example_says_in_words_what_was_returned_and_trained():
    result = epochs_until(lambda run, wanted: len([record for record in run if record.accuracy >= wanted]))
    shown = dict(result.example)
    assert shown["your answer"] == "{'epoch returned': 1, 'epochs trained': 2}"
    assert shown["expected"] == "{'epoch returned': 2, 'epochs trained': 2}"


# -- an epoch of one's own ------------------------------------------------------------------------


def in_place(network, x, y, order, mini_batch_size, eta):
    for start in range(0, len(order), mini_batch_size):
        rows = order[start : start + mini_batch_size]
        nabla_weights, nabla_biases = network.backprop(x[rows], y[rows])
        for w, nabla in zip(network.weights, nabla_weights, strict=True):
            w -= eta * nabla
        for b, nabla in zip(network.biases, nabla_biases, strict=True):
            b -= eta * nabla


def new_lists(net, images, labels, order, m, eta):
    images, labels = images[order], labels[order]  # copies of its own
    while len(images):
        nabla_w, nabla_b = net.backprop(images[:m], labels[:m])
        net.weights = [w - eta * nabla for w, nabla in zip(net.weights, nabla_w, strict=True)]
        net.biases = [b - eta * nabla for b, nabla in zip(net.biases, nabla_b, strict=True)]
        images, labels = images[m:], labels[m:]


def example_by_example(network, x, y, order, mini_batch_size, eta):
    order = list(order)
    while order:
        rows = [order.pop(0) for _ in range(min(mini_batch_size, len(order)))]
        gradients = [network.backprop(x[i], y[i]) for i in rows]
        for kind, parameters in enumerate((network.weights, network.biases)):
            for layer in range(len(parameters)):
                mean = sum(gradient[kind][layer] for gradient in gradients) / len(rows)
                parameters[layer] = np.float32(parameters[layer] - eta * mean)


def by_mini_batch(network, x, y, order, mini_batch_size, eta):
    for rows in np.split(order, range(mini_batch_size, len(order), mini_batch_size)):
        network.update_mini_batch(x[rows], y[rows], eta)
    return network


def test_what_passes_trains_as_nblib_does():
    x, y = toydata.gate("xor")
    mine, theirs = (Network([2, 3, 1], seed=1, dtype=np.float64) for _ in range(2))
    rng = np.random.default_rng(0)
    for _ in range(50):
        in_place(mine, x, y, rng.permutation(4), mini_batch_size=3, eta=1.0)
    deque(theirs.sgd(x, y, epochs=50, mini_batch_size=3, eta=1.0, seed=0), maxlen=0)
    np.testing.assert_allclose(mine.weights[0], theirs.weights[0], rtol=1e-9)


@pytest.mark.parametrize("says", sgd_epoch.slips)
def test_each_wrong_epoch_is_told_apart_at_the_door_too(says):
    assert sgd_epoch(sgd_epoch.mistakes[says]).says == says


def with_new_names(network, x, y, order, mini_batch_size, eta):
    for w, nabla in zip(network.weights, network.backprop(x, y)[0], strict=True):
        w = w - eta * nabla


def shuffles_the_callers_data(network, x, y, order, mini_batch_size, eta):
    x[:], y[:] = x[order], y[order]
    in_place(network, x, y, np.arange(len(x)), mini_batch_size, eta)


@pytest.mark.parametrize("seed", range(5))
def test_a_shuffle_of_ones_own_is_told(seed):
    rng = np.random.default_rng(seed)

    def shuffles(network, x, y, order, mini_batch_size, eta):
        in_place(network, x, y, rng.permutation(len(x)), mini_batch_size, eta)

    says = "It takes the rows as they lie, or in another order than the given one."
    assert sgd_epoch(shuffles).says.startswith(says)


# -- what passes, and what is told ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("exercise", "answers"),
    [
        (one_hot, [with_a_loop, with_zeros, mnist.one_hot, lambda labels: labels[:, None] == np.arange(10)]),
        (accuracy, [counted_one_by_one, by_sorting]),
        (epochs_until, [with_return, with_next, with_while, with_enumerate]),
        (sgd_epoch, [in_place, new_lists, example_by_example, by_mini_batch]),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_right_answers_in_other_styles_pass_at_once(exercise, answers):
    for answer in answers:
        began = process_time()
        result = exercise(answer)
        assert result, result.says
        assert process_time() - began < 1


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        (
            accuracy,
            lambda outputs, labels: np.mean(outputs.argmax(axis=0) == labels),  # NumPy may refuse
            "It looks for the largest within a column.",
        ),
        (
            accuracy,
            lambda outputs, labels: np.mean(outputs.max(axis=1) == labels),
            "It compares how bright the brightest output neuron is with the label.",
        ),
        (
            accuracy,
            lambda outputs, labels: np.mean(outputs.argmin(axis=1) == labels),
            "It takes the darkest output neuron",
        ),
        (
            accuracy,
            lambda outputs, labels: int("seven"),
            "It stops with ValueError: invalid literal for int()",
        ),
        (epochs_until, last_good_one, "It returns the last epoch that is good enough"),
        (
            epochs_until,
            without_zero,
            "It returns None. Is a `return` missing? If no epoch reaches what is wanted, return 0.",
        ),
        (epochs_until, 3, "check.epochs_until wants your function itself"),
        (sgd_epoch, with_new_names, "The network is as it was."),
        (sgd_epoch, shuffles_the_callers_data, "It writes into its argument x, which belongs"),
        (sgd_epoch, lambda network, x, y: network.sgd(x, y), "It must take 6 arguments"),
        (sgd_epoch, 3, "check.sgd_epoch wants your function itself, its name without brackets; got an int."),
    ],
)
def test_what_is_wrong_is_explained(exercise, answer, says):
    assert exercise(answer).says.startswith(says)


# -- an order that forgets ------------------------------------------------------------------------


def test_the_piles_share_no_image_and_leave_none_out():
    data = mnist.load()
    training, validation, test = piles()
    assert [len(x) for x, _ in (training, validation, test)] == [50_000, 10_000, 10_000]
    np.testing.assert_array_equal(np.concatenate([training[1], validation[1]]), data.y_train)
    np.testing.assert_array_equal(test[0], data.x_test)


def with_argsort(labels):
    return np.argsort(labels, kind="stable")


def with_sorted(y):
    return sorted(range(len(y)), key=lambda i: -y[i])


@pytest.mark.parametrize(("answer", "digit"), [(with_argsort, 9), (with_sorted, 0)])
def test_digits_one_after_the_other_are_forgotten(answer, digit):
    result = forgetful_order(answer)
    assert result, result.says
    assert result.says.endswith(f"and says only the digit {digit}.")


def reached(result):
    return float(result.says.split("still reads ")[1].split("%")[0])


def test_a_random_order_reads_more_than_80_percent():
    result = forgetful_order(lambda labels: np.random.default_rng(0).permutation(len(labels)))
    assert not result
    assert reached(result) > 80


def test_even_before_odd_digits_is_not_forgetful_enough():
    result = forgetful_order(lambda labels: np.argsort(labels % 2, kind="stable"))
    assert not result
    assert 20 < reached(result) < 60


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (np.sort, "These are the labels in another order."),
        (lambda labels: np.zeros(5000, int), "Each row number from 0 to 4999 must come exactly once"),
        (lambda labels: np.argsort(labels)[:4000], "It must return the 5000 row numbers in another order"),
        (lambda labels: [labels].clear(), "It must return the 5000 row numbers in another order"),
        (lambda labels: labels.sort(), "It writes into its argument labels"),
    ],
)
def test_what_is_no_order_is_explained(answer, says):
    assert forgetful_order(answer).says.startswith(says)


# -- many digits with few neurons: the goal is lowered where a few epochs tell as much --------------


def untrained(sizes=(784, 30, 10), **options):
    return Network(sizes, **({"init": "scaled"} | options))


def short_run(network, etas=(1.0,)):
    """Return the verdict after mini-batches of 100, which are quick."""
    return few_neurons(network, 100, list(etas))


def test_a_good_recipe_passes_and_leaves_the_network_untrained(monkeypatch):
    monkeypatch.setattr(exercises, "GOAL", 0.88)
    network = untrained()
    before = [w.copy() for w in network.weights]
    for etas in (np.array([5.0, 5.0]), (5, np.float32(5))):  # the second time, it begins anew
        result = few_neurons(network, np.int64(100), etas)
        assert result, result.says
        assert "30 hidden neurons, 2 epochs: 9" in result.says
    for w, as_before in zip(network.weights, before, strict=True):
        np.testing.assert_array_equal(w, as_before)


def test_validation_decides_and_the_test_images_are_opened_once(monkeypatch):
    tested = []

    class Images:
        """The test images: they tell whoever looks at them."""

        def __array__(self, *arguments, **named):
            tested.append(True)
            return piles()[2][0][:100]

    test = Images(), piles()[2][1][:100]
    monkeypatch.setattr(exercises, "piles", lambda: (*piles()[:2], test))
    monkeypatch.setattr(exercises, "GOAL", 0.99)
    assert "test images" not in short_run(untrained(), [5.0]).says
    assert not tested
    monkeypatch.setattr(exercises, "GOAL", 0.8)
    first, second = short_run(untrained(), [5.0]), short_run(untrained(), [5.0])
    assert first, first.says
    assert "And now, once, the test images" in first.says
    assert second, second.says
    assert len(tested) == 1
    assert second.says.endswith("to look again would be to choose by them.")


def test_hint_1_passes_with_the_seed_that_nobody_has_chosen():
    network = Network([784, 30, 10], init="scaled")
    result = few_neurons(network, 10, [1.0] * 14 + [0.1] * 6)
    assert result, result.says


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
    says = what_is_missing(0.96, untrained(), validation, validation, 10, [1.0] * 3, history)
    assert says.startswith("It was there after epoch 2, with 96.10%, and lost it again")


def test_the_epochs_of_a_run_are_counted(monkeypatch):
    """Each is a run of its own inside."""
    seen = []
    monkeypatch.setattr(exercises, "what_is_missing", lambda *a: seen.extend(r.epoch for r in a[-1]) or "")
    few_neurons(untrained([784, 2, 10]), 1000, [1.0] * 3)
    assert seen == [1, 2, 3]


def test_steps_that_are_too_long_for_the_cost_are_found_by_trying(monkeypatch):
    """Cross-entropy at η = 2, as if it were the quadratic cost."""
    (x, y), *others = piles()
    monkeypatch.setattr(exercises, "piles", lambda: ((x[:5000], y[:5000]), *others))
    says = few_neurons(untrained(cost="cross_entropy"), 10, [2.0] * 8).says
    assert "The steps are too long at the end" in says
    assert re.search(r"leads to a cost of (\S+) with η = 0.2, and of (\S+) with your η = 2\.$", says)


@pytest.mark.parametrize(
    ("hidden", "says"),
    [
        (30, "but those do not count. Try other first weights, or another η"),
        (5, "it has stopped getting better. Try more neurons (up to 30), other first weights"),
    ],
)
def test_a_network_at_rest_is_told_what_to_change(monkeypatch, hidden, says):
    (x, y), *others = piles()
    monkeypatch.setattr(exercises, "piles", lambda: ((x[:500], y[:500]), *others))
    assert says in few_neurons(untrained([784, hidden, 10]), 10, [1.0] * 18 + [0.01] * 2).says
