"""Live training: a network learns before one's eyes, while the kernel answers everything else.

Training runs in the kernel's own event loop, a slice of 30 milliseconds at a time, without a
thread. Between two slices the kernel does what it is asked to: runs other cells, hears the buttons.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping
from time import perf_counter
from typing import Any

import traitlets
from IPython import get_ipython
from numpy.typing import ArrayLike

from nblib.drawing import training_picture
from nblib.drawing.picture import Picture
from nblib.network import Network
from nblib.runs.training import Measurement, Training
from nblib.widgets import interrupts
from nblib.widgets.still import HERE, StillWidget, styles

STATUSES = "ready", "running", "paused", "stopped", "finished", "failed"
READY, RUNNING, PAUSED, STOPPED, FINISHED, FAILED = STATUSES
BREATH = 0.001  # seconds for the kernel's other work between two slices
SAY_EVERY, SHOW_EVERY = 4.0, 0.25  # seconds between two sentences, and between two pictures of weights
POINT_EVERY = 0.1  # seconds between two points of the curves, at least
MOST_POINTS = 600  # with more of them, every second one goes
ROLL_CALL = 2.0  # seconds in which a window that shows it may say so
WAITS = " A cell waits for it: Resume, or Stop to let it go on."

_running: weakref.WeakSet[LiveTraining] = weakref.WeakSet()


class LiveTraining(StillWidget):
    """A training that one watches and steers: Start, Pause, Resume, Stop; η and the mini-batch size.

    Nothing begins before `start`. The same settings and seed train the same network as
    `Network.sgd`, as long as nobody changes them on the way.

    Parameters
    ----------
    network : Network
        It is changed in place, and can be used between any two cells, also while it trains.
    x, y, epochs, mini_batch_size, eta, validation, seed
        As for `Network.sgd`.

    Attributes
    ----------
    training : Training
        What is being done, with its `record`.
    status : str
        "ready", "running", "paused", "stopped", "finished" or "failed".
    eta, mini_batch_size
        Set them here or in the widget, at any time: they act from the next mini-batch.
    words : str
        How far it has come, in a sentence.
    error : str
        What went wrong, if anything did.

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit, as from `Network.sgd`.
    """

    _esm = HERE / "live_training.js"
    _css = styles("stepper.css", "live_training.css")
    about = traitlets.Dict().tag(sync=True)
    status = traitlets.Enum(STATUSES, READY).tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    eta = traitlets.Float().tag(sync=True)
    mini_batch_size = traitlets.Int().tag(sync=True)
    points = traitlets.List().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    switches = traitlets.Dict().tag(sync=True)
    on = traitlets.List(traitlets.Unicode()).tag(sync=True)
    before = traitlets.List().tag(sync=True)

    def __init__(
        self,
        network: Network,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
    ) -> None:
        self._open(Training(network, x, y, epochs, mini_batch_size, eta, validation, seed))

    def _open(self, training: Training, **traits: Any) -> None:
        """Become the widget of a training."""
        self.training = training
        self._task: asyncio.Task[None] | None = None
        self._loop = _this_loop()
        self._moved = asyncio.Event()  # on, or to its end, after a pause
        self._n_waiting, self._interrupted = 0, False  # cells that wait; whether they were told to go on
        self._seen = False
        super().__init__(
            about=training_picture.about(training),
            eta=training.eta,
            mini_batch_size=training.mini_batch_size,
            points=[training_picture.point(training.record[0])],  # no view without them: see _begin
            weights=training_picture.levels(training).tobytes(),
            **traits,
        )
        self._begin()
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        epochs = training_picture.epochs(self.training, self.training.epoch)
        return f"[Live training: {self.training.network.architecture}, {epochs}, {self.status}]"

    # -- what one can do ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start, or go on after a pause; after the end or a stop, begin again with the initial weights.

        Raises
        ------
        RuntimeError
            If the network is just being trained by another, or where there is no event loop.
        """
        if self.status == RUNNING:
            return
        network = self.training.network
        if any(other.training.network is network for other in _running):
            raise RuntimeError(
                f"{network!r} is just being trained by another live training: stop that one first, "
                "with its Stop button or by interrupting the kernel"
            )
        self._loop = _this_loop()
        if self._loop is None:
            raise RuntimeError("start must be called where an event loop runs, as in any cell of a notebook")
        if self.status not in (READY, PAUSED):
            self.training.rewind()
            self._begin()
        self.error, self._interrupted = "", False
        self._become(RUNNING)
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._train())
            if get_ipython() is not None:  # errors are shown there, and need no second place
                self._task.add_done_callback(lambda task: task.cancelled() or task.exception())

    def pause(self) -> None:
        """Rest after the present slice; `start` goes on from there."""
        if self.status == RUNNING:
            self._become(PAUSED)

    def stop(self) -> None:
        """End after the present slice. The network stays as it is."""
        if self.status in (RUNNING, PAUSED):
            self._become(STOPPED)

    async def finished(self) -> None:
        """Wait until it is finished or stopped, or the kernel is interrupted, which pauses it.

        A pause only makes the waiting longer. The cells below wait as well, so that in *Run All* they
        find a trained network.

        Raises
        ------
        RuntimeError
            If it was never started.
        Exception
            With which the training failed, if it did.
        """
        if self._task is None:
            raise RuntimeError("the training was never started: call start() first, or press Start")
        self._wait(1)
        try:
            await asyncio.shield(self._task)
            while self.status == PAUSED and not self._interrupted:
                await self._moved.wait()
                await asyncio.shield(self._task)
        except asyncio.CancelledError:
            self.pause()
            raise
        finally:
            self._wait(-1)

    def close(self) -> None:
        """Stop, and take the widget away."""
        if self.status in (RUNNING, PAUSED):  # no picture of it any more: it may be the end of Python
            self.status = STOPPED
            _running.discard(self)
            self._moved.set()
        super().close()

    def picture(self) -> Picture:
        """Return the curves and the hidden weights so far as a figure."""
        return training_picture.picture(self.training)

    def switch(self, name: str, on: bool) -> None:
        """Put an ingredient in or leave it out, where there are any.

        Raises
        ------
        ValueError
            If there is no such ingredient.
        """
        raise ValueError(f"this training has no ingredient {name!r}")

    # -- training ---------------------------------------------------------------------------------

    async def _train(self) -> None:
        try:
            while self.status == RUNNING:
                interrupts.listen(self._interrupt)
                self._slice()
                await asyncio.sleep(BREATH)
        except asyncio.CancelledError:
            self.pause()
            raise
        except Exception as error:
            self._become(FAILED)
            self._report(error)
            raise
        finally:
            interrupts.rest(self._interrupt)

    def _slice(self) -> None:
        try:
            if (measurement := self.training.advance()) is not None:
                self._show(measurement)
            if self.training.done:
                self._become(FINISHED)
        except KeyboardInterrupt:  # it must not leave the loop, or the kernel would end
            self._interrupt()

    def _interrupt(self) -> None:
        self._interrupted = True
        self.pause()

    def _wait(self, more: int) -> None:
        self._n_waiting += more
        if self.status == PAUSED:
            self._say()

    def _become(self, status: str) -> None:
        self.status = status
        (self._moved.clear if status == PAUSED else self._moved.set)()
        (_running.add if status == RUNNING else _running.discard)(self)
        if status in (PAUSED, STOPPED) and self.training.record[-1].epoch < self.training.epoch:
            self._show(self.training.measure())
        self._show_weights()
        self._say()

    # -- what one sees ----------------------------------------------------------------------------

    def _begin(self) -> None:
        self.points, self._pointed = [training_picture.point(self.training.record[0])], -POINT_EVERY
        self._show_weights()
        self._say()

    def _show(self, measurement: Measurement) -> None:
        if perf_counter() - self._pointed >= POINT_EVERY or self.status != RUNNING or self.training.done:
            self._show_point(training_picture.point(measurement))
        if perf_counter() - self._shown >= SHOW_EVERY:
            self._show_weights()
        if perf_counter() - self._said >= SAY_EVERY:
            self._say()

    def _show_point(self, point: list[float | None]) -> None:
        self._pointed = perf_counter()
        if len(self.points) < MOST_POINTS:
            self.points.append(point)  # for whoever looks later; who looks now is told this one alone
            self.send({"point": point})
        else:
            self.points = [*self.points[::2], point]

    def _show_weights(self) -> None:
        self._shown = perf_counter()
        self.weights = training_picture.levels(self.training).tobytes()

    def _say(self) -> None:
        self._said = perf_counter()
        waits = WAITS if self.status == PAUSED and self._n_waiting else ""
        self.words = f"{self.status.capitalize()}. {training_picture.so_far(self.training)}.{waits}"

    # -- what one says ----------------------------------------------------------------------------

    def _hear(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Do what the browser asks; messages may come in a thread of their own, but training is here."""
        if self._loop is None or self._loop is _this_loop():
            self._obey(content)
        else:
            self._loop.call_soon_threadsafe(self._obey, content)

    def _obey(self, content: Mapping[str, Any]) -> None:
        actions = {"start": self.start, "pause": self.pause, "stop": self.stop, "leave": self._call_the_roll}
        try:
            self._seen |= "here" in content
            if "action" in content:
                actions[content["action"]]()
            for name in ("eta", "mini_batch_size"):
                if name in content:
                    setattr(self, name, content[name])
            if "switch" in content:
                self.switch(*content["switch"])
        except Exception as error:
            self._report(error)

    def _call_the_roll(self) -> None:
        """Ask every window, since one has left: what nobody can see or stop rests, unless a cell waits."""
        self._seen = False
        self.send({"roll": True})
        asyncio.get_running_loop().call_later(ROLL_CALL, self._rest_unseen)

    def _rest_unseen(self) -> None:
        if not self._seen and not self._n_waiting:
            self.pause()

    def _report(self, error: Exception) -> None:
        """Show an error in the widget, and where the notebook shows errors."""
        self.error = f"{type(error).__name__}: {error}"
        if (shell := get_ipython()) is not None:
            shell.showtraceback((type(error), error, error.__traceback__))

    @traitlets.validate("eta", "mini_batch_size")
    def _set(self, proposal: Any) -> Any:
        """Set it in the training too, which checks it."""
        name = proposal["trait"].name
        setattr(self.training, name, proposal["value"])
        return getattr(self.training, name)


def _this_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
