"""Live training as Python sees it, in an event loop of its own; tests/browser looks at the page."""

import asyncio
import json
import signal
import threading
from functools import wraps

import numpy as np
import pytest

from messages import tell
from nblib import Network
from nblib.drawing import training_picture
from nblib.runs.training import Training
from nblib.widgets import live_training as module
from nblib.widgets.live_training import POINT_EVERY, LiveTraining
from unit.test_sgd import assert_same, copies, is_sound

ENDLESS = 1_000_000


def in_a_loop(test):
    """Run a test in an event loop of its own, as a kernel runs a cell."""
    return wraps(test)(lambda *arguments, **fixtures: asyncio.run(test(*arguments, **fixtures)))


def data(n=600):
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(n, 16))
    return x, (x[:, 0] > x[:, 1]).astype(int)


def make(epochs=ENDLESS, network=None, **options):
    return LiveTraining(network or Network([16, 5, 2], init="scaled"), *data(), epochs, 10, 0.5, **options)


def trained_by_sgd(epochs, seed=0):
    network = Network([16, 5, 2], init="scaled")
    list(network.sgd(*data(), epochs, 10, 0.5, seed=seed))
    return copies(network)


async def updated(live, updates=1):
    """Wait until it has taken some more mini-batches."""
    wanted = live.training.updates + updates
    while live.training.updates < wanted:
        await asyncio.sleep(0.001)


async def begun(**options):
    """Return a training that has taken its first mini-batches."""
    live = make(**options)
    live.start()
    await updated(live)
    return live


async def assert_rests(live, status):
    """Check that it does nothing any more."""
    await asyncio.sleep(0.1)  # longer than a slice
    updates, weights = live.training.updates, copies(live.training.network)
    await asyncio.sleep(0.05)
    assert (live.status, live.training.updates) == (status, updates)
    assert_same(live.training.network, weights)
    assert is_sound(live.training.network)


@pytest.fixture(autouse=True)
def _nothing_runs_on():
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is before


# -- start, pause, resume, stop -----------------------------------------------------------------------


@in_a_loop
async def test_untouched_it_trains_the_very_network_of_sgd():
    live = make(epochs=3, seed=4)
    assert live.status == "ready"
    live.start()
    assert (live.status, live.training.updates) == ("running", 0)
    await live.finished()
    assert_same(live.training.network, trained_by_sgd(3, seed=4))
    assert live.status == "finished"
    assert repr(live) == "[Live training: 16-5-2, 3 of 3 epochs, finished]"
    assert live.words.startswith("Finished. After 3 of 3 epochs: cost ")


@in_a_loop
async def test_other_work_is_done_while_it_trains():
    live, counted = make(), 0
    live.start()
    while live.training.updates < 2000:
        await asyncio.sleep(0)
        counted += 1
    live.stop()
    await live.finished()
    assert counted > 5


@in_a_loop
async def test_pause_keeps_order_and_place():
    live = await begun(epochs=4)
    live.pause()
    await assert_rests(live, "paused")
    assert 0 < live.training.updates < 240
    assert live.training.record[-1].epoch == live.training.epoch, "the words are about this very moment"
    live.start()
    await live.finished()
    assert_same(live.training.network, trained_by_sgd(4))


@in_a_loop
async def test_after_a_stop_it_begins_again_with_the_initial_weights():
    live = make(epochs=2)
    initial = copies(live.training.network)
    live.start()
    live.stop()
    live.start()
    await live.finished()
    once = copies(live.training.network)
    live.start()
    assert_same(live.training.network, initial)
    assert len(live.points) == 1
    await live.finished()
    assert_same(live.training.network, once)
    assert live.training.updates == 120, "one task, not two"


@in_a_loop
async def test_buttons_pressed_out_of_turn_do_nothing():
    live = make(epochs=2)
    live.pause()
    live.stop()
    assert live.status == "ready"
    for press in (live.start, live.start, live.pause, live.start):
        press()
    assert len(asyncio.all_tasks()) == 2, "this one and the training"
    await live.finished()
    live.pause()
    live.stop()
    assert live.status == "finished"
    assert live.training.updates == 120


@in_a_loop
async def test_closed_it_trains_no_more():
    live = await begun()
    live.close()
    await assert_rests(live, "stopped")


@in_a_loop
async def test_a_closed_training_is_stopped_without_a_last_picture(monkeypatch):
    live = await begun()
    live.pause()
    await asyncio.sleep(0.1)  # longer than a slice
    monkeypatch.setattr(training_picture, "levels", None)  # as at the end of Python
    live.close()
    assert live.status == "stopped"


def test_when_its_loop_ends_it_rests():
    live = asyncio.run(begun())
    assert live.status == "paused"
    assert is_sound(live.training.network)


@in_a_loop
async def test_who_waits_for_the_end_waits_through_a_pause_and_is_told_so():
    live = await begun(epochs=4)
    waiting = asyncio.create_task(live.finished())
    live.pause()
    await assert_rests(live, "paused")
    assert not waiting.done()
    assert live.words.endswith(". A cell waits for it: Resume, or Stop to let it go on.")
    live.start()
    await waiting
    assert live.status == "finished"
    assert_same(live.training.network, trained_by_sgd(4))


@pytest.mark.parametrize("end", ["stop", "close"])
def test_the_end_of_a_paused_training_lets_who_waits_go_on(end):
    @in_a_loop
    async def end_it():
        live = await begun()
        live.pause()
        await assert_rests(live, "paused")
        waiting = asyncio.create_task(live.finished())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        getattr(live, end)()
        await waiting
        assert live.status == "stopped"
        assert end == "close" or "waits" not in live.words

    end_it()


@in_a_loop
async def test_an_interrupt_lets_who_waits_go_on(monkeypatch):
    live = await begun()
    waiting = asyncio.create_task(live.finished())
    await updated(live)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(live.training, "advance", interrupted)
    await waiting
    assert live.status == "paused"


@in_a_loop
async def test_a_window_that_leaves_pauses_it_only_where_no_other_shows_it(monkeypatch):
    monkeypatch.setattr(module, "ROLL_CALL", 0.05)
    live, sent = await begun(), []
    monkeypatch.setattr(live, "send", lambda content, *_: sent.append(content))
    tell(live, {"action": "leave"})
    assert {"roll": True} in sent
    tell(live, {"here": True})
    await asyncio.sleep(0.1)
    assert live.status == "running"
    waiting = asyncio.create_task(live.finished())
    tell(live, {"action": "leave"})
    await asyncio.sleep(0.1)
    assert live.status == "running", "a cell waits, and nobody could resume it"
    waiting.cancel()
    await asyncio.wait({waiting})
    live.start()
    tell(live, {"action": "leave"})
    await asyncio.sleep(0.1)
    assert live.status == "paused"


@in_a_loop
async def test_who_cancels_the_waiting_pauses_the_training():
    live = await begun()
    waiting = asyncio.create_task(live.finished())
    await updated(live)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert live.status == "paused"


# -- what is refused, and what fails ------------------------------------------------------------------


@in_a_loop
async def test_a_second_training_of_the_same_network_is_refused():
    network = Network([16, 5, 2])
    one, other = make(network=network), make(network=network)
    one.start()
    with pytest.raises(RuntimeError, match=r"Network\(16-5-2.* just being trained by another"):
        other.start()
    assert other.status == "ready"
    one.stop()
    other.start()
    other.stop()
    await asyncio.gather(one.finished(), other.finished())


@in_a_loop
async def test_two_networks_may_train_at_a_time():
    lives = [make(epochs=2) for _ in range(2)]
    for live in lives:
        live.start()
    await asyncio.gather(*(live.finished() for live in lives))
    assert [live.status for live in lives] == ["finished", "finished"]
    assert_same(lives[0].training.network, copies(lives[1].training.network))


@in_a_loop
async def test_an_error_is_shown_and_reaches_who_waits(monkeypatch):
    live = await begun()
    monkeypatch.setattr(live.training, "advance", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await live.finished()
    assert (live.status, live.error) == ("failed", "ZeroDivisionError: division by zero")
    monkeypatch.undo()
    live.start()
    assert (live.status, live.error) == ("running", "")
    live.stop()
    await live.finished()


def test_an_error_is_told_to_the_notebook_once(monkeypatch):
    shown, unheard = [], []

    class Shell:
        def showtraceback(self, error):
            shown.append(error[1])

    monkeypatch.setattr(module, "get_ipython", Shell)

    async def run():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
        live = make()
        tell(live, {"action": "dance"})
        tell(live, {"eta": -1})
        live.start()
        monkeypatch.setattr(live.training, "advance", lambda: 1 / 0)
        while live.status == "running":
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(run())
    assert [type(error) for error in shown] == [KeyError, ValueError, ZeroDivisionError]
    assert unheard == []


def test_without_an_event_loop_start_says_what_it_needs():
    live = make()
    with pytest.raises(RuntimeError, match="where an event loop runs"):
        live.start()
    assert live.status == "ready"
    with pytest.raises(RuntimeError, match="never started"):
        asyncio.run(live.finished())


def test_wrong_arguments_are_reported():
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        make(epochs=0)
    live = make()
    for name, value in (("eta", -1.0), ("mini_batch_size", 0)):
        with pytest.raises(ValueError, match=name):
            setattr(live, name, value)
    assert (live.eta, live.training.eta, live.mini_batch_size) == (0.5, 0.5, 10)
    assert live.training.mini_batch_size == 10


# -- interrupts ---------------------------------------------------------------------------------------


@pytest.fixture
def interrupts_ignored():
    """So it is in a kernel while no cell runs."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@in_a_loop
async def test_where_interrupts_are_ignored_one_pauses_every_training(interrupts_ignored):
    lives = [await begun(), await begun()]
    signal.raise_signal(signal.SIGINT)
    for live in lives:
        await assert_rests(live, "paused")
    assert 0 <= live.training.network.accuracy(*data()) <= 1
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    live.start()
    await updated(live)
    live.stop()
    await live.finished()


@in_a_loop
async def test_an_interrupt_in_the_middle_of_a_slice_does_not_end_the_kernel(monkeypatch):
    live = await begun()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(live.training, "advance", interrupted)
    await assert_rests(live, "paused")


# -- what the browser says and hears ------------------------------------------------------------------


@in_a_loop
async def test_the_buttons_and_settings_of_the_browser():
    live = make()
    tell(live, {})  # only asks for an answer
    tell(live, {"action": "start"})
    await updated(live)
    tell(live, {"eta": 2})
    tell(live, {"mini_batch_size": 100})
    assert (live.eta, live.training.eta, live.training.mini_batch_size) == (2.0, 2.0, 100)
    for action, status in (("pause", "paused"), ("start", "running"), ("stop", "stopped")):
        tell(live, {"action": action})
        assert live.status == status
    await live.finished()


@in_a_loop
async def test_messages_that_come_in_another_thread_are_obeyed_in_this_one():
    live, threads = make(), []
    live.observe(lambda _: threads.append(threading.current_thread()), "status")
    steps = {"start": "running", "pause": "paused", "stop": "stopped"}
    for action in ("start", "pause", "start", "stop"):
        messenger = threading.Thread(target=tell, args=(live, {"action": action}))
        messenger.start()
        messenger.join()
        async with asyncio.timeout(20):
            while live.status != steps[action]:
                await asyncio.sleep(0.001)
    await live.finished()
    assert set(threads) == {threading.main_thread()}


async def watched(monkeypatch, epochs, seconds):
    """Train with one slice an epoch, each of them `seconds` long; return the widget, its points and words."""
    now, live, sent, said = [0.0], make(epochs=epochs), [], []
    advance = live.training.advance

    def an_epoch():
        now[0] += seconds
        return advance(10.0)

    monkeypatch.setattr(module, "perf_counter", lambda: now[0])
    monkeypatch.setattr(live.training, "advance", an_epoch)
    monkeypatch.setattr(live, "send", lambda content: sent.append(content["point"]))
    live.observe(lambda change: said.append(change["new"]), "words")
    live.start()
    await live.finished()
    assert live.get_state("points")["points"] == live.points
    return live, sent, said


@in_a_loop
async def test_points_are_sent_one_by_one_and_kept_for_later(monkeypatch):
    live, sent, _ = await watched(monkeypatch, epochs=3, seconds=0.2)
    assert live.points[1:] == sent
    record = [[m.epoch, m.cost, m.accuracy] for m in live.training.record]
    assert [point[:3] for point in live.points] == record
    assert sent[-1][3:] == [0.5, 10]


@in_a_loop
async def test_a_fast_training_does_not_flood_the_page(monkeypatch):
    live, sent, _ = await watched(monkeypatch, epochs=50, seconds=0.03)
    assert len(live.training.record) == 51
    assert 10 <= len(sent) <= 0.03 * 50 / POINT_EVERY + 2
    assert [sent[0][0], sent[-1][0]] == [1, 50], "the first and the last are never left out"


@in_a_loop
async def test_a_long_training_keeps_every_second_point(monkeypatch):
    monkeypatch.setattr(module, "MOST_POINTS", 20)
    live, sent, _ = await watched(monkeypatch, epochs=29, seconds=0.2)
    epochs = [point[0] for point in live.points]
    assert epochs == [*range(0, 20, 2), *range(20, 30)]
    assert len(sent) == 28, "the point after which every second one goes comes with all the others"


@in_a_loop
async def test_words_come_every_few_seconds(monkeypatch):
    _, _, said = await watched(monkeypatch, epochs=100, seconds=0.1)
    assert 3 <= len(said) <= 4, "at the beginning, after 4 and 8 seconds, and at the end"
    assert said[0].startswith("Running. After 0 of 100 epochs")
    assert said[-1].startswith("Finished. After 100 of 100 epochs")


def test_numbers_that_overflow_reach_the_browser_as_nothing():
    network = Network([16, 8, 2], activation="relu")
    network.weights[0][0, 0] = np.nan
    live = make(network=network)
    assert live.points[0][1] is None
    json.dumps(live.points, allow_nan=False)
    assert "the cost is no number" in live.words


# -- pictures -----------------------------------------------------------------------------------------


def test_hidden_weights_are_shades():
    network = Network([16, 3, 2])
    network.weights[0][:] = 0
    network.weights[0][1, 2] = 0.5
    network.weights[0][2, 15] = -1
    training = Training(network, *data(), 1, 10, 0.5)
    network.weights[0][0, 0] = np.nan
    tiles = training_picture.levels(training)
    assert (tiles.shape, tiles.dtype) == ((3, 4, 4), np.int8)
    assert (tiles[1, 0, 2], tiles[2, 3, 3]) == (4, -7)  # 0.995 of the weights are below 0.88
    assert np.count_nonzero(tiles) == 2
    live = make(network=network)
    assert live.weights == tiles.tobytes()
    assert live.about["tiles"] == {"n": 3, "side": 4, "columns": 2, "levels": 7}


def test_a_negative_weight_is_striped():
    tiles = np.zeros((1, 4, 4), np.int8)
    tiles[0, 0, 0], tiles[0, 0, 1] = 7, -7
    pixels = training_picture.mosaic(tiles)
    assert pixels.shape == (10, 10, 3)
    blue, orange, white = [0, 114, 178], [213, 94, 0], [255, 255, 255]
    assert pixels[1:3, 1:5].tolist() == [[blue, blue, orange, orange], [blue, blue, white, white]]


def test_inputs_that_are_no_picture_have_none():
    x, y = np.random.default_rng(0).uniform(size=(30, 3)), np.arange(30) % 2
    live = LiveTraining(Network([3, 4, 2]), x, y, 2, 10, 0.5)
    assert (live.about["tiles"]["n"], live.weights) == (0, b"")
    assert live.picture().png()


def test_weights_are_drawn_once_they_have_been_changed():
    live = make(epochs=1)
    assert len(live.picture().figure.axes) == 2
    live.training.advance()
    assert len(live.picture().figure.axes) == 3


@in_a_loop
async def test_the_still_is_a_picture_in_words_too_and_changes_as_it_trains():
    live = make(epochs=2)
    heading = "Training of 16-5-2, 2 epochs of 600 examples."
    before = live._repr_mimebundle_()
    assert set(before) == {
        "application/vnd.jupyter.widget-view+json", "text/plain", *live.picture().image_bundle(),
    }  # fmt: skip
    assert before["text/plain"] == "[Live training: 16-5-2, 0 of 2 epochs, ready]"
    assert f'<img alt="{heading} After 0 of 2 epochs: cost ' in before["text/html"]
    live.start()
    await live.finished()
    after = live._repr_mimebundle_()
    assert f'<img alt="{heading} After 2 of 2 epochs: cost 0.' in after["text/html"]
    image = [bundle["text/html"].partition("src=")[2] for bundle in (before, after)]
    assert image[0] != image[1]
