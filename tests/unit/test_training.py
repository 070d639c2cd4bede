"""Training in slices: the same as `Network.sgd` when nobody interferes, and what interfering does."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from nblib import Network
from nblib.runs import training as module
from nblib.runs.training import Training
from unit.test_sgd import assert_same, copies, data, is_sound


def by_updates(training, seconds=0.0):
    """Train to the end, one mini-batch at a time."""
    while not training.done:
        before = training.updates
        training.advance(seconds)
        assert training.updates >= before + 1
        yield training.updates


@settings(max_examples=25)
@given(
    n=st.integers(1, 9),
    mini_batch_size=st.integers(1, 11),
    epochs=st.integers(1, 3),
    seconds=st.sampled_from([1e-9, 10.0]),
    outputs=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_untouched_it_trains_the_very_network_of_sgd(n, mini_batch_size, epochs, seconds, outputs, seed):
    one, other = (Network([3, 4, outputs], seed=seed) for _ in range(2))
    x, y = data(n)
    y = y.astype(float) if outputs == 1 else y
    list(one.sgd(x, y, epochs, mini_batch_size, 0.7, seed=seed))
    training = Training(other, x, y, epochs, mini_batch_size, 0.7, seed=seed)
    *_, updates = by_updates(training, seconds)
    assert updates == epochs * -(-n // mini_batch_size)
    assert_same(other, copies(one))
    assert training.epoch == epochs
    assert training.advance() is None
    assert training.updates == updates


def test_targets_train_as_labels_do():
    x, y = data(classes=3)
    by_label, by_target = Network([3, 4, 3]), Network([3, 4, 3])
    list(Training(by_label, x, y, 2, 5, 1.0).run())
    list(Training(by_target, x, np.eye(3)[y], 2, 5, 1.0).run())
    assert_same(by_target, copies(by_label))


def test_a_change_acts_from_the_next_mini_batch_and_keeps_order_and_place():
    x, y = data(30)
    network, reference = Network([3, 4, 2]), Network([3, 4, 2])
    training = Training(network, x, y, 2, 5, 1.0, seed=3)
    for _ in range(2):
        training.advance(1e-9)
    training.eta = 0.25
    training.advance(1e-9)
    training.mini_batch_size = 8
    list(by_updates(training, 1e-9))
    rng = np.random.default_rng(3)
    first, second = rng.permutation(30), rng.permutation(30)
    batches = [(first[0:5], 1.0), (first[5:10], 1.0), (first[10:15], 0.25)]
    batches += [(rows, 0.25) for rows in (first[15:23], first[23:30])]  # the last one of an epoch is smaller
    batches += [(second[start : start + 8], 0.25) for start in range(0, 30, 8)]
    for rows, eta in batches:
        reference.update_mini_batch(x[rows], y[rows], eta)
    assert training.updates == len(batches)
    assert_same(network, copies(reference))
    assert (training.record[-1].eta, training.record[-1].mini_batch_size) == (0.25, 8)
    assert (training.record[0].eta, training.record[0].mini_batch_size) == (1.0, 5)


def test_the_record_says_what_the_network_was_like():
    x, y = data(60)
    test = data(40, seed=6)
    network = Network([3, 4, 2])
    training = Training(network, x, y, 3, 7, 1.0, validation=test)
    assert training.record[0].epoch == 0
    for measurement in training.run():
        assert measurement is training.record[-1]
        assert measurement.epoch == training.epoch
        assert measurement.cost == network.cost(x, y)
        assert measurement.accuracy == network.accuracy(*test)
    assert {1, 2, 3} <= {measurement.epoch for measurement in training.record}
    assert all(one.epoch < other.epoch for one, other in pairwise(training.record))


def test_measuring_is_done_on_the_first_rows(monkeypatch):
    monkeypatch.setattr(module, "COST_IMAGES", 11)
    monkeypatch.setattr(module, "ACCURACY_IMAGES", 13)
    x, y = data(60)
    network = Network([3, 4, 2])
    training = Training(network, x, y, 1, 7, 1.0)
    assert training.n_measured == (11, 13)
    assert not training.validated
    assert training.record[0].cost == network.cost(x[:11], y[:11])
    assert training.record[0].accuracy == network.accuracy(x[:13], y[:13])


class Timed(Network):
    """A network with a clock on which an update takes one second, and measuring as long as it is told."""

    def __init__(self, monkeypatch, measuring):
        super().__init__([3, 4, 2])
        self.now, self.measuring = 0.0, measuring
        monkeypatch.setattr(module, "perf_counter", lambda: self.now)

    def backprop(self, x, y):
        self.now += 1.0
        return super().backprop(x, y)

    def measure(self, x, y):
        self.now += self.measuring / 2  # it is asked twice: for the cost, and for the accuracy
        return super().measure(x, y)


@pytest.mark.parametrize("measuring", [0.001, 0.5, 3.0])
def test_within_an_epoch_measuring_takes_less_than_a_tenth_of_the_time(monkeypatch, measuring):
    x, y = data(1000)
    clock = Timed(monkeypatch, measuring)
    training = Training(clock, x, y, 1, 1, 0.1)
    began, measurements = clock.now, list(training.run())
    assert training.seconds == 1000
    within = len(measurements) - 1  # the last one stands at the end of the epoch
    assert clock.now - began == pytest.approx(1000 + (within + 1) * measuring)
    assert within * measuring <= 1000 / module.SHARE
    assert within >= min(999, 1000 / module.SHARE / measuring - 1)


def test_a_slice_lasts_as_long_as_it_is_told(monkeypatch):
    x, y = data(100)
    training = Training(Timed(monkeypatch, 0.0), x, y, 2, 1, 0.1)
    for seconds, updates in ((0.5, 1), (1.0, 2), (7.0, 9), (60.0, 69), (60.0, 100), (60.0, 160)):
        training.advance(seconds)
        assert training.updates == updates, "a slice ends with its time or with the epoch"
    assert training.seconds == 160


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "x"])
def test_a_slice_lasts_for_some_time(seconds):
    x, y = data()
    training = Training(Network([3, 4, 2]), x, y, 2, 1, 0.1)
    with pytest.raises((TypeError, ValueError)) as caught:
        training.advance(seconds)
    assert str(caught.value).startswith("seconds must ")
    assert (training.updates, len(training.record)) == (0, 1)


def test_a_slice_takes_one_mini_batch_at_least():
    x, y = data()
    training = Training(Network([3, 4, 2]), x, y, 2, 1, 0.1)
    training.advance(1e-12)
    assert training.updates == 1


def test_rewind_begins_anew_with_the_same_weights_and_order():
    x, y = data()
    network = Network([3, 4, 2], seed=4)
    initial = copies(network)
    training = Training(network, x, y, 2, 5, 1.0, seed=9)
    list(training.run())
    trained, record = copies(network), training.record
    training.rewind()
    assert_same(network, initial)
    assert (training.epoch, training.updates, training.seconds) == (0, 0, 0)
    assert len(training.record) == 1
    list(training.run())
    assert_same(network, trained)
    assert training.record[-1] == record[-1]


@pytest.mark.parametrize("after", [1, 4, 6, 9])
def test_an_interrupt_leaves_a_sound_network_and_training_can_go_on(after, two_blas_threads):
    class Interrupted(Network):
        def backprop(self, x, y):
            if training.updates == after and not interrupts:
                interrupts.append(after)
                raise KeyboardInterrupt
            return super().backprop(x, y)

    x, y = data(30)
    interrupts = [after]  # none before the training is there
    network, whole = Interrupted([3, 4, 2], dtype=np.float64), Interrupted([3, 4, 2], dtype=np.float64)
    training = Training(whole, x, y, 3, 5, 1.0)
    list(training.run())
    training = Training(network, x, y, 3, 5, 1.0)
    interrupts.clear()
    threads = [pool["num_threads"] for pool in threadpool_info()]
    with pytest.raises(KeyboardInterrupt):
        list(training.run())
    assert is_sound(network)
    assert training.updates == after
    assert [pool["num_threads"] for pool in threadpool_info()] == threads
    list(training.run())
    assert_same(network, copies(whole))


def test_numbers_that_overflow_are_no_warning():
    """The page says it: the cost is no number any more."""
    network = Network([3, 8, 2], activation="relu")
    x, y = data(200)
    training = Training(network, np.abs(x) * 1e4, y, 3, 2, 1e30)
    list(training.run())
    assert not np.isfinite(training.record[-1].cost)


def test_wrong_arguments_are_reported_and_change_nothing():
    x, y = data()
    network = Network([3, 4, 2])
    before = copies(network)
    right = {"network": network, "x": x, "y": y, "epochs": 1, "mini_batch_size": 4, "eta": 1.0}
    for name, value, error in (
        ("network", "mine", TypeError),
        ("x", x[:, :2], ValueError),
        ("y", y[:-1], ValueError),
        ("epochs", 0, ValueError),
        ("mini_batch_size", 1.5, TypeError),
        ("eta", -1.0, ValueError),
        ("seed", -1, ValueError),
        ("validation", (x, y[:-1]), ValueError),
    ):
        with pytest.raises(error, match=name):
            Training(**right | {name: value})
    training = Training(**right)
    for name, value, error in (
        ("eta", 0, ValueError),
        ("eta", "x", TypeError),
        ("mini_batch_size", 0, ValueError),
        ("mini_batch_size", 2.0, TypeError),
    ):
        with pytest.raises(error, match=name):
            setattr(training, name, value)
    assert (training.eta, training.mini_batch_size) == (1.0, 4)
    assert_same(network, before)


def test_the_data_are_neither_copied_nor_changed():
    x = np.random.default_rng(0).uniform(size=(20_000, 30)).astype(np.float32)
    x.setflags(write=False)
    tracemalloc.start()
    training = Training(Network([30, 2]), x, np.arange(20_000) % 2, 1, 5000, 1.0)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    list(training.run())
    assert kept < x.nbytes / 2
    assert len(training) == 20_000


def test_the_repr():
    training = Training(Network([3, 4, 2]), *data(20), 2, 5, 1.0)
    training.advance(1e-9)
    assert repr(training) == "Training(3-4-2, 1 updates in 0.25 of 2 epochs)"
