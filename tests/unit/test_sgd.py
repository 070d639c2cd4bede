"""Training: mini-batches against a loop written out, records, leaving early and being interrupted."""

import _thread
import signal
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

import oracle
from nblib import Network, mnist
from nblib.augmentations import shifts
from nblib.classifier import Classifier
from nblib.convolution import ConvolutionalNetwork
from nblib.runs.epochs import Descent, Epochs
from nblib.schedules import cosine

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
RECIPE = {"momentum": 0.9, "schedule": cosine(0.2), "augment": shifts(1, side=2)}
either = pytest.mark.parametrize(("kind", "recipe"), [(Network, {}), (Classifier, {}), (Classifier, RECIPE)])


def data(n=23, features=3, classes=2, seed=5):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (n, features)), rng.integers(0, classes, n)


def copies(network):
    return [array.copy() for array in network.weights + network.biases]


def assert_same(network, arrays):
    for one, other in zip(network.weights + network.biases, arrays, strict=True):
        np.testing.assert_array_equal(one, other)


def collect(records, run):
    """Take records as the loop of a learner does, one by one."""
    for record in run:
        records.append(record)


def is_sound(network):
    return all(np.isfinite(array).all() for array in network.weights + network.biases)


# -- what an epoch is -------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    n=st.integers(1, 9),
    mini_batch_size=st.integers(1, 11),
    epochs=st.integers(1, 3),
    eta=st.floats(0.1, 3),
    seed=st.integers(0, 1000),
    cost=st.sampled_from(["quadratic", "cross_entropy"]),
)
def test_training_is_the_loop_over_shuffled_mini_batches(n, mini_batch_size, epochs, eta, seed, cost):
    network = Network([3, 4, 2], cost=cost, seed=seed, dtype=np.float64)
    net = oracle.Net.like(network, own=True)
    x, y = data(n)
    list(network.sgd(x, y, epochs, mini_batch_size, eta, seed=seed))
    for rows in oracle.mini_batches(n, mini_batch_size, epochs, seed):
        net.learn(x[rows], np.eye(2)[y[rows]], eta)
    for ours, theirs in zip(network.weights + network.biases, net.parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


@either
def test_two_runs_are_bit_identical_and_both_seeds_matter(kind, recipe):
    x, y = data(40, features=4)

    def trained(seed=1, order=0):
        network = kind([4, 5, 2], seed=seed)
        records = list(network.sgd(x, y, 3, 7, 0.5, **recipe, seed=order))
        return network, [(record.epoch, record.cost, record.accuracy) for record in records]

    first, again = trained(), trained()
    assert_same(again[0], copies(first[0]))
    assert again[1] == first[1]
    assert trained(seed=2)[1] != first[1]
    assert trained(order=2)[1] != first[1]
    default = kind([4, 5, 2], seed=1)
    list(default.sgd(x, y, 3, 7, 0.5, **recipe))
    assert_same(default, copies(first[0]))


@either
def test_labels_and_targets_train_alike(kind, recipe):
    x, y = data(features=4, classes=3)
    by_label, by_target = kind([4, 5, 3]), kind([4, 5, 3])
    list(by_label.sgd(x, y, 2, 5, 1.0, **recipe))
    list(by_target.sgd(x, np.eye(3)[y], 2, 5, 1.0, **recipe))
    assert_same(by_target, copies(by_label))


@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
def test_a_network_learns_xor(cost):
    network = Network([2, 3, 1], cost=cost, seed=1)
    *_, last = network.sgd(*XOR, epochs=1000, mini_batch_size=1, eta=1.0)
    assert last.accuracy == 1
    np.testing.assert_array_equal(network.predict(XOR[0]), XOR[1])
    np.testing.assert_allclose(network.feedforward(XOR[0])[:, 0], XOR[1], atol=0.2)


# -- records ----------------------------------------------------------------------------------


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize(("kind", "options"), [(Network, {}), (Classifier, {"weight_decay": 0.01})])
def test_each_record_measures_the_network_as_it_is_at_the_end_of_the_epoch(kind, options, validated):
    x, y = data(40)
    measured = data(30, seed=6) if validated else (x, y)
    network = kind([3, 4, 2], dtype=np.float64, **options)
    epochs = 0
    for record in network.sgd(x, y, 5, 7, 1.0, validation=measured if validated else None):
        epochs += 1
        assert record.epoch == epochs
        assert record.cost == pytest.approx(network.cost(*measured), rel=1e-12)
        assert record.accuracy == network.accuracy(*measured)
        assert record.seconds > 0
    assert epochs == 5


def test_the_seconds_of_a_record_are_those_of_its_own_updates():
    x, y = data(2000)
    run = Network([3, 4, 2]).sgd(x, y, 2, 10, 1.0)
    started = time.perf_counter()
    first = next(run)
    elapsed = time.perf_counter() - started
    time.sleep(elapsed + 0.2)  # what the caller does between two epochs does not count
    assert 0 < first.seconds <= elapsed
    started = time.perf_counter()
    assert next(run).seconds <= time.perf_counter() - started


def test_measuring_does_not_count_as_training():
    x, y = data(300_000)
    # One update, then much to measure.
    run = Network([3, 4, 2]).sgd(x[:1], y[:1], 6, 1, 1.0, validation=(x, y))
    shares = []
    for _ in range(6):
        started = time.perf_counter()
        record = next(run)
        shares.append(record.seconds / (time.perf_counter() - started))
    assert min(shares) < 0.5


def peak_of(act):
    """The most bytes that were allocated at one time while something was done."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:layer 1 of Classifier:RuntimeWarning")  # its ReLUs are dead
@pytest.mark.parametrize("kind", [Network, Classifier])
def test_the_arrays_of_the_caller_are_neither_changed_nor_copied(kind):
    x = np.random.default_rng(0).uniform(size=(20_000, 50)).astype(np.float32)
    y = np.eye(2, dtype=np.float32)[np.arange(len(x)) % 2]
    x.setflags(write=False)
    y.setflags(write=False)
    network, few = kind([50, 1, 2]), (x[:10], y[:10])
    list(network.sgd(x, y, 1, 1000, 1.0, validation=few))
    assert peak_of(lambda: list(network.sgd(x, y, 1, 10, 1.0, validation=few))) < x.nbytes / 2


def test_an_epoch_of_all_digits_and_its_record_take_less_than_two_megabytes():
    digits = mnist.load()
    run = Network([784, 100, 10], init="scaled").sgd(
        digits.x_train[:50_000], digits.y_train[:50_000], 2, 128, 0.5, (digits.x_test, digits.y_test)
    )
    next(run)
    assert peak_of(lambda: next(run)) < 2e6


def test_updates_and_measuring_run_on_one_blas_thread_and_the_rest_is_left_alone(two_blas_threads):
    def pools():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    seen, outside = [], pools()

    def look(*arguments):
        seen.append(pools())
        return 0.0, 0.0

    descent = Descent(lambda: look, 23, mini_batch_size=8, eta=0.1, rng=np.random.default_rng(0))
    list(Epochs(descent, 1, measure=look))
    assert seen == [[1] * len(outside)] * (3 + 1)
    assert pools() == outside


@pytest.mark.parametrize("method", ["accuracy", "cost", "predict", "feedforward"])
@pytest.mark.parametrize("kind", [Network, Classifier, ConvolutionalNetwork])
def test_whoever_reads_block_by_block_takes_one_blas_thread(kind, method, monkeypatch):
    network = ConvolutionalNetwork(6, 2, 3, n_classes=2) if kind is ConvolutionalNetwork else kind([36, 2])
    seen = []

    def look(real):
        def looked(*arguments):
            seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
            return real(*arguments)

        return looked

    name = "_maps" if kind is ConvolutionalNetwork else "forward"
    monkeypatch.setattr(network, name, look(getattr(network, name)))
    x, y = np.zeros((600, 36), np.float32), np.zeros(600, int)
    with threadpool_limits(2, user_api="blas"):
        getattr(network, method)(*([x, y] if method in ("accuracy", "cost") else [x]))
    assert len(seen) >= 3
    assert set(seen) == {1}


# -- the loop belongs to the caller -----------------------------------------------------------


@either
def test_nothing_is_trained_before_a_record_is_asked_for(kind, recipe):
    network = kind([4, 2])
    before = copies(network)
    run = network.sgd(*data(features=4), 3, 4, 1.0, **recipe)
    assert_same(network, before)
    next(run)
    assert any((one != other).any() for one, other in zip(copies(network), before, strict=True))


def test_a_training_whose_records_nobody_takes_says_so():
    network = Network([3, 2])
    run = network.sgd(*data(), 3, 4, 1.0)
    assert "nothing is trained yet: take its records" in repr(run)
    with pytest.warns(RuntimeWarning, match="sgd was called, but nothing is trained yet: take its records"):
        del run
    run = network.sgd(*data(), 3, 4, 1.0)
    next(run)
    assert repr(run) == "<a training: 1 of 3 epochs are over>"
    del run  # without a word: whoever has begun may stop
    network.sgd(*data(), 3, 4, 1.0).close()  # and so may whoever says it


def test_an_interrupted_epoch_goes_on_where_it_was():
    calls = []

    def interrupted(network, x, y):
        calls.append(len(x))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return Network.backprop(network, x, y)

    def plain(network, x, y):
        return Network.backprop(network, x, y)

    network, reference = (Network([3, 4, 2], dtype=np.float64) for _ in range(2))
    run = network.sgd(*data(), 2, 5, 1.0, backprop=interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(run)
    assert [record.epoch for record in run] == [1, 2]
    list(reference.sgd(*data(), 2, 5, 1.0, backprop=plain))
    assert_same(network, copies(reference))


@pytest.mark.filterwarnings("ignore:layer 1 of Classifier:RuntimeWarning")  # its ReLUs are dead
@pytest.mark.parametrize(("kind", "recipe"), [(Network, {}), (Classifier, {"momentum": 0.9})])
def test_a_run_can_be_left_early_and_the_network_goes_on_from_there(kind, recipe):
    x, y = data()
    network, reference = kind([3, 4, 2]), kind([3, 4, 2])
    for record in network.sgd(x, y, 100, 4, 1.0, **recipe):
        if record.epoch == 2:
            break
    list(reference.sgd(x, y, 2, 4, 1.0, **recipe))
    assert_same(network, copies(reference))
    run = network.sgd(x, y, 100, 4, 1.0, **recipe)
    next(run)
    run.close()
    after = copies(network)
    assert next(run, "nothing") == "nothing"
    assert_same(network, after)
    assert next(network.sgd(x, y, 1, 4, 1.0)).epoch == 1


def test_wrong_arguments_are_reported_at_the_call_and_leave_the_network_as_it_is():
    x, y = data()
    network = Network([3, 4, 2])
    before = copies(network)
    for options in (
        {"epochs": 0},
        {"mini_batch_size": 0},
        {"eta": -1.0},
        {"y": y[:-1]},
        {"validation": (x, y[:-1])},
        {"seed": -1},
        {"backprop": "mine"},
    ):
        with pytest.raises((ValueError, TypeError)):
            network.sgd(**{"x": x, "y": y, "epochs": 1, "mini_batch_size": 4, "eta": 1.0} | options)
    assert_same(network, before)


@pytest.mark.parametrize("after_updates", [1, 4, 7, 17])
def test_an_interrupt_in_the_middle_of_an_epoch_leaves_a_sound_network(after_updates):
    x, y = data(30)
    network, reference, calls = Network([3, 4, 2]), Network([3, 4, 2]), 0

    def interrupted(network, x, y):
        nonlocal calls
        calls += 1
        if calls > after_updates:
            raise KeyboardInterrupt
        return network.backprop(x, y)

    records = []
    with pytest.raises(KeyboardInterrupt):
        collect(records, network.sgd(x, y, 4, 5, 1.0, backprop=interrupted))  # 6 updates an epoch
    assert [record.epoch for record in records] == list(range(1, after_updates // 6 + 1))
    rng, orders = np.random.default_rng(0), []
    while len(orders) < after_updates:
        orders += np.split(rng.permutation(30), 6)
    for rows in orders[:after_updates]:  # the network is as the last update left it
        reference.update_mini_batch(x[rows], y[rows], 1.0)
    for one, other in zip(copies(network), copies(reference), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert next(network.sgd(x, y, 1, 5, 1.0)).accuracy >= 0


@pytest.fixture
def interruptible():
    """Hear SIGINT, which a shell that starts the tests in the background tells them to overhear."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("seconds", [0.1, 0.23])
def test_the_stop_button_interrupts_between_two_steps_and_training_can_go_on(
    interruptible, two_blas_threads, seconds
):
    x, y = data(100_000)
    network, records = Network([3, 8, 2], seed=2), []
    before, threads = copies(network), [pool["num_threads"] for pool in threadpool_info()]
    timer = threading.Timer(seconds, _thread.interrupt_main)
    run = network.sgd(x, y, 10_000, 1, 0.1, validation=(x[:100], y[:100]))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        collect(records, run)
    timer.join()
    assert is_sound(network)
    assert any((one != other).any() for one, other in zip(copies(network), before, strict=True))
    assert [record.epoch for record in records] == list(range(1, len(records) + 1))
    assert network.predict(x[:5]).shape == (5,)
    assert next(network.sgd(x[:100], y[:100], 1, 10, 0.1)).epoch == 1
    assert is_sound(network)
    assert [pool["num_threads"] for pool in threadpool_info()] == threads  # the threads are given back


@pytest.mark.parametrize("put", ["set_parameters", "a list", "an entry", "an entry of another type"])
@pytest.mark.parametrize("kind", [Network, Classifier])
def test_weights_that_are_put_in_between_two_epochs_are_those_that_go_on_learning(kind, put):
    x, y = data(22)  # the last mini-batch is a smaller one
    network, twin, other = kind([3, 4, 2]), kind([3, 4, 2], seed=9), kind([3, 4, 2], seed=9)
    run = network.sgd(x, y, 2, 4, 1.0)
    next(run)
    if put == "set_parameters":
        network.set_parameters(other.weights, other.biases)
    elif put == "a list":
        network.weights, network.biases = other.weights, other.biases
    else:
        number = np.float64 if put == "an entry of another type" else np.float32
        for mine, theirs in ((network.weights, other.weights), (network.biases, other.biases)):
            mine[:] = [array.astype(number) for array in theirs]
    next(run)
    rng = np.random.default_rng(0)
    rng.permutation(len(x))  # the order of the first epoch
    for rows in np.split(rng.permutation(len(x)), range(4, len(x), 4)):
        single = twin.sgd(x[rows], y[rows], 1, len(rows), 1.0)
        next(single)
    for ours, theirs in zip(copies(network), copies(twin), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


# -- a backpropagation of one's own -----------------------------------------------------------


def by_loops(network, x, y):
    """What a learner may write: one example after the other."""
    return oracle.Net.like(network).gradients(x, y)


def test_a_backpropagation_of_ones_own_trains_as_the_built_in_does():
    class Own(Network):
        def backprop(self, x, y):
            return by_loops(self, x, y)

    x, y = data(11)
    built_in, given_one, derived = (kind([3, 4, 2], dtype=np.float64) for kind in (Network, Network, Own))
    list(built_in.sgd(x, y, 2, 4, 1.5))
    list(given_one.sgd(x, y, 2, 4, 1.5, backprop=by_loops))
    list(derived.sgd(x, y, 2, 4, 1.5))
    for network in (given_one, derived):
        for ours, theirs in zip(copies(network), copies(built_in), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11)


def test_a_backpropagation_that_finds_no_slope_moves_nothing():
    network = Network([3, 4, 2])
    before = copies(network)
    x, y = data()

    def flat(network, x, y):
        return [0 * w for w in network.weights], [0 * b for b in network.biases]

    list(network.sgd(x, y, 2, 4, 1.0, backprop=flat))
    assert_same(network, before)


def test_a_backpropagation_that_is_no_function_is_refused():
    with pytest.raises(TypeError, match=r"backprop must be a function of .* got 3"):
        Network([3, 2]).sgd(*data(), 1, 4, 1.0, backprop=3)
