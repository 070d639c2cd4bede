"""Stop a function that does not come to an end.

Signals would do it in few places: not on Windows, not outside the main thread. So a second thread
looks at the clock and raises an exception in the thread of the function. Where there are no threads,
as in the browser, the clock is looked at with every line of the function.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nblib.lessons.result import Wrong

_AGAIN = 0.02  # seconds; whoever catches the exception and goes on meets the next one
_limits: list[tuple[float, float]] = []  # of the checks that are running: seconds, and when they are over


class TimeOver(Wrong):
    """Nothing more can be said of an answer: it takes too long."""


class _TooLong(BaseException):
    """Not an Exception, so that ``except Exception`` does not catch it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let everything that `limited` calls inside the block take so long together."""
    _limits.append((seconds, time.monotonic() + seconds))
    try:
        yield
    finally:
        _limits.pop()


def limited(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Call a function, and stop it when the time of the innermost `time_limit` is over.

    What a library does in one go is not interrupted before it returns; and an endless loop that
    catches every exception inside, by a bare ``except``, nothing can stop.

    Raises
    ------
    TimeOver
    """
    if not _limits:
        return function(*arguments)
    seconds, end = _limits[-1]
    over = TimeOver(
        f"It was still running after {seconds:g} seconds and was stopped. Is there a loop that never ends?"
    )
    if time.monotonic() >= end:
        raise over
    answer = None
    try:
        answer = _watched(function, arguments, end)
    except _TooLong:
        raise over from None
    except Exception:
        if time.monotonic() < end:
            raise
    if time.monotonic() >= end:
        raise over
    return answer


def _watched(function: Callable[..., Any], arguments: Sequence[Any], end: float) -> Any:
    finished, victim = threading.Event(), threading.get_ident()

    def watch() -> None:
        wait = end - time.monotonic()
        while not finished.wait(max(wait, 0)):
            _raise_in(victim, _TooLong)
            wait = _AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
        return function(*arguments)
    except RuntimeError:
        if watcher.ident is not None:
            raise
        return _traced(function, arguments, end)  # there are no threads here
    finally:
        try:
            finished.set()
            watcher.ident and watcher.join()
        except _TooLong:  # it came just now
            finished.set()
            watcher.join()
        _raise_in(victim, None)


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Let an exception appear in another thread; None takes back one that has not appeared yet."""
    raised = ctypes.py_object(exception) if exception else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


def _traced(function: Callable[..., Any], arguments: Sequence[Any], end: float) -> Any:
    library = str(Path(contextlib.__file__).parent)

    def look(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename.startswith((library, "<frozen")):
            return None  # never cut short what others rely on, such as the end of a with block
        frame.f_trace_opcodes = True  # a loop in one line shows itself only so
        if time.monotonic() > end:
            raise _TooLong
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        return function(*arguments)
    finally:
        sys.settrace(before)
