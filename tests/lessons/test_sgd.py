"""When to stop, an epoch of one's own, and the order of the images: exercises of notebook 06."""

from collections import deque
from time import perf_counter

import numpy as np
import pytest

from nblib import Network, check, mnist, toydata
from nblib.lessons import NOTEBOOKS, progress
from nblib.lessons.mnist_exercises import epochs_until, forgetful_order, sgd_epoch
from nblib.lessons.recipes import piles


def test_the_exercises_stand_in_the_order_of_the_notebook():
    names = ["one_hot", "accuracy", "epochs_until", "sgd_epoch", "forgetful_order", "backprop", "few_neurons"]
    assert [one.name for one in NOTEBOOKS[6]] == names
    assert NOTEBOOKS[6][-1] is check.few_neurons


def test_a_backprop_that_has_passed_counts_in_both_notebooks(monkeypatch):
    (backprop,) = set(NOTEBOOKS[5]) & set(NOTEBOOKS[6])
    monkeypatch.setattr(backprop, "yours", Network.backprop)
    assert progress(5).solved[backprop.title]
    assert progress(6).solved[backprop.title]


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


@pytest.mark.parametrize("answer", [with_return, with_next, with_while, with_enumerate])
def test_stopping_in_another_style_passes(answer):
    result = epochs_until(answer)
    assert result, result.says


def test_what_passes_also_stops_a_real_run():
    x, y = toydata.gate("and")
    network = Network([2, 1], seed=0)
    reached = with_return(network.sgd(x, y, epochs=200, mini_batch_size=1, eta=1.0), 1.0)
    assert 0 < reached < 200
    again = Network([2, 1], seed=0)
    deque(again.sgd(x, y, epochs=reached, mini_batch_size=1, eta=1.0), maxlen=0)
    np.testing.assert_array_equal(network.weights[0], again.weights[0])


def test_a_loop_that_falls_off_its_end_is_told_what_to_return():
    def no_zero(run, wanted):
        for record in run:
            if record.accuracy >= wanted:
                return record.epoch

    assert "If no epoch reaches what is wanted, return 0." in epochs_until(no_zero).says


def test_the_example_says_in_words_what_was_returned_and_trained():
    result = epochs_until(lambda run, wanted: len([record for record in run if record.accuracy >= wanted]))
    shown = dict(result.example)
    assert shown["your answer"] == "{'epoch returned': 1, 'epochs trained': 2}"
    assert shown["expected"] == "{'epoch returned': 2, 'epochs trained': 2}"


def test_the_last_good_epoch_is_told_from_the_first():
    def last(run, wanted):
        found = 0
        for record in run:
            if record.accuracy >= wanted:
                found = record.epoch
        return found

    assert epochs_until(last).says.startswith("It returns the last epoch that is good enough")


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


@pytest.mark.parametrize("answer", [in_place, new_lists, example_by_example, by_mini_batch])
def test_an_epoch_in_another_style_passes(answer):
    result = sgd_epoch(answer)
    assert result, result.says


def test_what_passes_trains_as_nblib_does():
    x, y = toydata.gate("xor")
    mine, theirs = (Network([2, 3, 1], seed=1, dtype=np.float64) for _ in range(2))
    rng = np.random.default_rng(0)
    for _ in range(50):
        in_place(mine, x, y, rng.permutation(4), mini_batch_size=3, eta=1.0)
    deque(theirs.sgd(x, y, epochs=50, mini_batch_size=3, eta=1.0, seed=0), maxlen=0)
    np.testing.assert_allclose(mine.weights[0], theirs.weights[0], rtol=1e-9)


@pytest.mark.parametrize("mistake", sgd_epoch.mistakes, ids=lambda mistake: mistake.says[:30])
def test_each_wrong_epoch_is_told_apart_at_the_door_too(mistake):
    assert sgd_epoch(mistake.function).says == mistake.says


def test_a_new_name_for_new_weights_leaves_the_network_as_it_was():
    def renamed(network, x, y, order, mini_batch_size, eta):
        for w, nabla in zip(network.weights, network.backprop(x, y)[0], strict=True):
            w = w - eta * nabla

    assert sgd_epoch(renamed).says.startswith("The network is as it was.")


@pytest.mark.parametrize("seed", range(5))
def test_a_shuffle_of_ones_own_is_told(seed):
    rng = np.random.default_rng(seed)

    def shuffles(network, x, y, order, mini_batch_size, eta):
        in_place(network, x, y, rng.permutation(len(x)), mini_batch_size, eta)

    says = "It takes the rows as they lie, or in another order than the given one."
    assert sgd_epoch(shuffles).says.startswith(says)


def test_shuffling_the_callers_data_in_place_is_noticed():
    def shuffles_in_place(network, x, y, order, mini_batch_size, eta):
        x[:], y[:] = x[order], y[order]
        in_place(network, x, y, np.arange(len(x)), mini_batch_size, eta)

    assert sgd_epoch(shuffles_in_place).says.startswith("It writes into its argument x, which belongs")


@pytest.mark.parametrize("answer", [lambda network, x, y: network.sgd(x, y), 3])
def test_what_cannot_be_an_epoch_is_explained(answer):
    result = sgd_epoch(answer)
    assert result.status == "wrong"
    assert "6 arguments" in result.says or "its name without brackets; got an int" in result.says


@pytest.mark.parametrize(("exercise", "answer"), [(epochs_until, with_next), (sgd_epoch, example_by_example)])
def test_a_check_answers_at_once(exercise, answer):
    assert exercise(answer)
    began = perf_counter()
    assert exercise(answer)
    assert not exercise(exercise.mistakes[-1].function)
    assert perf_counter() - began < 1


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
