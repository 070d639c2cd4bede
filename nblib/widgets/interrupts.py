"""The kernel's interrupt button, while no cell runs.

A kernel takes no notice of interrupts then. What goes on by itself between the cells can `listen`. A
cell that runs meanwhile gets its own interrupts: the kernel sees to that.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

_heard: dict[object, Callable[[], None]] = {}


def listen(who: object, call: Callable[[], None]) -> None:
    """Have `call` called at an interrupt that the kernel would ignore, until `who` rests."""
    _heard[who] = call
    if _here() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)


def rest(who: object) -> None:
    """Listen no more."""
    _heard.pop(who, None)
    if _here() and not _heard and signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _here() -> bool:
    return threading.current_thread() is threading.main_thread()


def _interrupted(*_: object) -> None:
    for call in list(_heard.values()):
        call()
