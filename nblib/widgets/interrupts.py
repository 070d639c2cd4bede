"""The kernel's interrupt button, while no cell runs.

A kernel takes no notice of interrupts then. What goes on by itself between the cells can `listen`. A
cell that runs meanwhile gets its own interrupts: the kernel sees to that.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable

_listening: dict[Callable[[], None], asyncio.AbstractEventLoop] = {}


def listen(call: Callable[[], None]) -> None:
    """Have `call` called in this event loop, at each interrupt that the kernel would ignore."""
    _listening[call] = asyncio.get_running_loop()
    if _here() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)


def rest(call: Callable[[], None]) -> None:
    """Call it no more."""
    _listening.pop(call, None)
    if _here() and not _listening and signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _here() -> bool:
    return threading.current_thread() is threading.main_thread()


def _interrupted(*_: object) -> None:
    for call, loop in list(_listening.items()):
        loop.call_soon_threadsafe(call)
