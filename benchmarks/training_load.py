"""What training asks of the machine: how it bears other work beside it, and how much memory it takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_info, threadpool_limits

from training_contenders import Data, Floor, Nblib, Plan

SPIN = "import time\nend = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass"
"""A process that keeps a core busy, and ends by itself should nobody end it."""

Setting = tuple[int, int]
"""BLAS threads that the program allows, and busy processes beside it."""


@contextmanager
def spinners(n: int, seconds: int = 600) -> Iterator[None]:
    """Keep `n` processes busy beside this one."""
    running = [subprocess.Popen([sys.executable, "-c", SPIN.format(seconds=seconds)]) for _ in range(n)]
    try:
        time.sleep(0.2 if n else 0)
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def beside_other_work(plan: Plan, data: Data, turns: int) -> dict[str, dict[Setting, float]]:
    """Return the seconds of an epoch on the clock, for each setting.

    The products alone show what the load itself costs, on one thread, and what two threads do.
    """
    settings = [(threads, busy) for busy in (0, 1, os.cpu_count() or 1) for threads in (1, 2)]
    kinds = {"nblib": Nblib, "floor, one thread": Floor, "floor, the threads allowed": Floor}
    rows = {name: kind(plan, data) for name, kind in kinds.items()}
    took: dict[str, dict[Setting, list[float]]] = {name: {s: [] for s in settings} for name in rows}
    for _ in range(turns):
        for threads, busy in settings:
            with spinners(busy):
                for name, contender in rows.items():
                    with threadpool_limits(1 if name == "floor, one thread" else threads, user_api="blas"):
                        begun = time.perf_counter()
                        contender.epoch()
                        took[name][threads, busy].append(time.perf_counter() - begun)
    return {name: {s: statistics.median(took[name][s]) for s in settings} for name in rows}


def peak_of_epoch(plan: Plan, data: Data) -> int:
    """Return the bytes allocated at the peak of an epoch that is measured on the test digits."""
    settings = 2, plan.mini_batch, plan.eta
    run = plan.network().sgd(data.x_train, data.labels, *settings, validation=(data.x_test, data.y_test))
    next(run)
    tracemalloc.start()
    try:
        next(run)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def peak_of_training(plan: Plan, data: Data) -> tuple[int, int]:
    """Return the bytes allocated at the peak of an epoch and its record, and the bytes of the data itself."""
    network = plan.network()
    own = data.x_train.nbytes + data.labels.nbytes
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        next(network.sgd(data.x_train, data.labels, plan.epochs, plan.mini_batch, plan.eta))
        return tracemalloc.get_traced_memory()[1] - before, own
    finally:
        tracemalloc.stop()


def kernels() -> str:
    """Return which library and which kernels NumPy multiplies by."""
    for library in threadpool_info():
        if library["user_api"] == "blas" and "numpy" in library["filepath"]:
            return f"{library['internal_api']} {library.get('architecture', '')}".strip()
    return "unknown"


def load() -> str:
    """Return how many processes wanted a core in the last minute."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
