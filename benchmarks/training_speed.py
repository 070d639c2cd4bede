"""Measure how fast networks learn: nblib beside a per-example loop, scikit-learn, PyTorch and JAX.

    python benchmarks/training_speed.py                     all of it, in about ten minutes
    python benchmarks/training_speed.py --only epochs       time per epoch
    python benchmarks/training_speed.py --only races        time to 95, 97 and 98 % of the test digits
    python benchmarks/training_speed.py --only load memory  beside other work; and the memory it takes
    python benchmarks/training_speed.py --quick             few digits, each once: does it run?
    python benchmarks/training_speed.py --against REV       this nblib beside that of an older commit, no more
    python benchmarks/training_speed.py --kernels SkylakeX Haswell     all tables with each kind of kernels

`pip install -e ".[bench]"` brings scikit-learn and JAX; PyTorch takes part where it is installed. All run
in turns in one process and on one thread, and the tables hold medians. Only compare numbers of one run: they
depend on the machine, and on what else it does. The CPU time bears other work better than the clock.
NumPy's OpenBLAS has kernels for each kind of processor, SkylakeX for AVX-512 and Haswell for AVX2.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import training_against
import training_load
from nblib.drawing.picture import BLUE, INK, Picture, canvas
from training_contenders import (
    CONTENDERS,
    Contender,
    Data,
    Floor,
    Jax,
    Nblib,
    PerExampleLoop,
    Plan,
    PyTorch,
    ScikitLearn,
)

SIZES = ((784, 30, 10), (784, 100, 10))
MINI_BATCHES = (10, 32, 128)
PLANS = [Plan(sizes, mini_batch) for sizes in SIZES for mini_batch in MINI_BATCHES]

AIMS = {  # CPU time ÷ nblib's at mini-batch 10, for 784-30-10 and 784-100-10
    PerExampleLoop.name: (12, 12),
    ScikitLearn.name: (3, 2.8),
    PyTorch.name: (4, 3.2),
    Jax.name: (1 / 1.35, 1),
    Floor.name: (0.58, 0.68),
}

RACES = {  # an accuracy on the test digits, and how to get there
    0.95: Plan((784, 30, 10), 10, epochs=30),
    0.97: Plan((784, 100, 10), 10, epochs=30),
    0.98: Plan((784, 256, 10), 64, eta=0.1, epochs=8, modern=True),
}

BESIDE_OTHER_WORK = Plan((784, 100, 10), 32)  # products just so large that OpenBLAS gives them two threads

Contenders = Sequence[type[Contender]]


@dataclass(frozen=True)
class Time:
    """Seconds of the processor, and seconds on the clock."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: Time) -> Time:
        return Time(self.cpu + other.cpu, self.wall + other.wall)


@dataclass(frozen=True)
class Finish:
    """How a race ended: seconds of compiling beforehand, epochs, the time they took, the accuracy reached."""

    compiled_in: float
    epochs: int = 0
    time: Time = Time()
    accuracy: float = 0.0


# -- measuring --------------------------------------------------------------------------------


def timed(work: Callable[[], None]) -> Time:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Time(time.process_time() - cpu, time.perf_counter() - wall)


def check(contenders: Contenders, data: Data) -> float:
    """Train a little and hold all weights against nblib's: return the largest difference relative to them."""
    few = replace(data, x_train=data.x_train[:505], y_train=data.y_train[:505], labels=data.labels[:505])
    largest = 0.0
    # 1000 epochs: the learning rate hardly falls. Where it does, PyTorch means another thing by momentum.
    for plan in (PLANS[0], replace(RACES[0.98], epochs=1000)):
        exact = [c(plan, few) for c in contenders if c.exact and (c.knows_modern or not plan.modern)]
        for contender in exact:
            contender.epoch()
        ours, *others = [[*weights, *biases] for weights, biases in (c.parameters() for c in exact)]
        for contender, theirs in zip(exact[1:], others, strict=True):
            pairs = zip(ours, theirs, strict=True)
            difference = max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in pairs)
            if not difference < 1e-3:
                raise SystemExit(f"{contender.name} does not train as nblib does: {difference:.1e} away")
            largest = max(largest, difference)
    return largest


def epochs_in_turns(contenders: Contenders, plan: Plan, data: Data, turns: int) -> dict[str, Time]:
    """Return the median time of an epoch of each."""
    ready = [contender(plan, data) for contender in contenders]
    rounds = [[timed(contender.epoch) for contender in ready] for _ in range(turns)]
    return {
        c.name: Time(statistics.median(t.cpu for t in times), statistics.median(t.wall for t in times))
        for c, times in zip(ready, zip(*rounds, strict=True), strict=True)
    }


def race(goal: float, plan: Plan, contenders: Contenders, data: Data) -> dict[str, Finish]:
    """Let each train, an epoch in turn, until it is there or has done all the epochs it may."""
    running = [c(plan, data) for c in contenders if c.learns and (c.knows_modern or not plan.modern)]
    finishes = {contender.name: Finish(contender.compiled_in) for contender in running}
    while running:
        for contender in list(running):
            before = finishes[contender.name]
            took = before.time + timed(contender.epoch)
            now = Finish(before.compiled_in, before.epochs + 1, took, contender.accuracy(data))
            finishes[contender.name] = now
            if now.accuracy >= goal or now.epochs == contender.last_epoch(plan):
                running.remove(contender)
    return finishes


# -- showing ----------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table that is legible as it stands, and as Markdown."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def line(first: str, *others: str) -> str:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        return f"| {' | '.join([first.ljust(widths[0]), *cells])} |"

    rule = line("-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:]))
    return "\n".join([line(*head), rule, *(line(*row) for row in rows)])


def against(value: float, own: float, digits: str = ".0f") -> str:
    return f"{value:{digits}} ({value / own:.2g}×)"


def epochs_table(times: Mapping[Plan, Mapping[str, Time]], kind: str) -> str:
    """Return milliseconds for each contender and plan, and how many times those of nblib they are."""
    title = {"cpu": "CPU ms an epoch", "wall": "ms on the clock"}[kind]
    head = [title, *(f"{plan}, m={plan.mini_batch}" for plan in times)]
    ms = [{name: 1000 * getattr(t, kind) for name, t in of.items()} for of in times.values()]
    return table(head, [[name, *(against(of[name], of[Nblib.name]) for of in ms)] for name in ms[0]])


def shares_table(times: Mapping[Plan, Mapping[str, Time]]) -> str:
    """Return how much of each contender's CPU time the floor is."""
    head = ["share of the floor", *(f"{plan}, m={plan.mini_batch}" for plan in times)]
    names = [name for name in next(iter(times.values())) if name != Floor.name]
    rows = [[name, *(f"{of[Floor.name].cpu / of[name].cpu:.0%}" for of in times.values())] for name in names]
    return table(head, rows)


def aims_table(times: Mapping[Plan, Mapping[str, Time]]) -> str:
    """Return CPU times as multiples of nblib's, each beside what it is to be at least."""
    plans = [plan for plan in times if plan.mini_batch == 10]
    rows = []
    for name in [name for name in AIMS if name in times[plans[0]]]:
        ratios = [times[plan][name].cpu / times[plan][Nblib.name].cpu for plan in plans]
        cells = [(f"{ratio:.2f}", f"{aim:.2g}") for ratio, aim in zip(ratios, AIMS[name], strict=True)]
        rows.append([name, *sum(cells, ())])
    heads = [(str(plan), "at least") for plan in plans]
    return table(["CPU time ÷ nblib's, mini-batch 10", *sum(heads, ())], rows)


def races_table(finishes: Mapping[float, Mapping[str, Finish]]) -> str:
    """Return the CPU seconds that each took, and how many times those of nblib they are."""

    def cell(goal: float, of: Mapping[str, Finish], name: str) -> str:
        if name not in of:
            return "plain SGD only"
        took = f"{against(of[name].time.cpu, of[Nblib.name].time.cpu, '.2f')}, {of[name].epochs} epochs"
        return took if of[name].accuracy >= goal else f"not in {took}: {of[name].accuracy:.2%}"

    head = ["CPU s to", *(f"{goal:.0%}: {RACES[goal]}" for goal in finishes)]
    names = next(iter(finishes.values()))
    return table(head, [[name, *(cell(goal, of, name) for goal, of in finishes.items())] for name in names])


def load_table(took: Mapping[str, Mapping[training_load.Setting, float]]) -> str:
    settings = list(next(iter(took.values())))
    head = ["ms beside busy processes", *(f"{threads} thr., {busy} busy" for threads, busy in settings)]
    rows = [
        [name, *(against(1000 * t, 1000 * of[settings[0]]) for t in of.values())] for name, of in took.items()
    ]
    return table(head, rows)


def drawing(times: Mapping[Plan, Mapping[str, Time]], title: str) -> Picture:
    """Draw the CPU times: a plot for each network and mini-batch."""
    names = list(next(iter(times.values())))[::-1]
    room = {"width": 11, "height": 2.6 * len(SIZES), "sharex": True, "sharey": True}
    with canvas(len(SIZES), len(MINI_BATCHES), **room) as (figure, axes):
        for ax, (plan, of) in zip(axes.flat, times.items(), strict=True):
            ours = 1000 * of[Nblib.name].cpu
            ax.axvline(ours, color=BLUE, linewidth=1)
            for height, name in enumerate(names):
                ms = 1000 * of[name].cpu
                colour, marker = (BLUE, "D") if name == Nblib.name else (INK, "o")
                ax.plot(ms, height, marker, color=colour)
                label = f"{ms:.0f} ms, {ms / ours:.2g}×"
                paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                ax.annotate(label, (ms, height), (8, -3), textcoords="offset points", fontsize=8, bbox=paper)
            ax.set(xscale="log", title=f"{plan}, mini-batch {plan.mini_batch}")
            ax.set_yticks(range(len(names)), names)
        low, high = axes[0, 0].get_xlim()
        axes[0, 0].set(xlim=(low, 8 * high), ylim=(-0.6, len(names) - 0.4))
        for ax in axes[-1]:
            ax.set_xlabel("CPU time of an epoch in ms")
        figure.suptitle(title)
    return Picture(figure, f"Points: the CPU time that an epoch takes each contender. {title}")


def machine(contenders: Contenders) -> str:
    """Return what was measured on: processor, kernels, versions, date, load."""
    try:
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
        processor = names[0].partition(":")[2].strip()
    except (OSError, IndexError):
        processor = platform.processor() or platform.machine()
    packages = dict.fromkeys(["numpy", *(c.needs.replace("sklearn", "scikit-learn") for c in contenders)])
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{processor}, {os.cpu_count()} cores; NumPy's kernels: {training_load.kernels()}; one BLAS thread\n"
        f"Python {platform.python_version()}, {versions}; {date.today()}, load {training_load.load()}"
    )


# -- the parts --------------------------------------------------------------------------------


def epochs_part(wanted: argparse.Namespace, contenders: Contenders, data: Data) -> None:
    times = {plan: epochs_in_turns(contenders, plan, data, wanted.turns) for plan in PLANS}
    tables = [epochs_table(times, "cpu"), epochs_table(times, "wall"), shares_table(times), aims_table(times)]
    print(*tables if Floor in contenders else tables[:2], sep="\n\n")
    if wanted.picture:
        wanted.picture.write_bytes(drawing(times, machine(contenders)).png())


def races_part(wanted: argparse.Namespace, contenders: Contenders, data: Data) -> None:
    plans = {goal: replace(plan, epochs=1) if wanted.quick else plan for goal, plan in RACES.items()}
    finishes = {goal: race(goal, plan, contenders, data) for goal, plan in plans.items()}
    print(races_table(finishes))
    if Jax in contenders:
        compiled = ", ".join(f"{of[Jax.name].compiled_in:.1f}" for of in finishes.values())
        print(f"Not counted: JAX compiles for {compiled} s beforehand.")


def load_part(wanted: argparse.Namespace, contenders: Contenders, data: Data) -> None:
    print(load_table(training_load.beside_other_work(BESIDE_OTHER_WORK, data, wanted.turns)))


def memory_part(wanted: argparse.Namespace, contenders: Contenders, data: Data) -> None:
    for plan in RACES.values():
        peak, own = training_load.peak_of_training(plan, data)
        print(
            f"{plan.network()}: training allocates {peak / 1e6:.0f} MB at its peak, "
            f"{peak / own:.2f} times the {own / 1e6:.0f} MB of the data; an epoch and its record allocate "
            f"{training_load.peak_of_epoch(plan, data) / 1e6:.1f} MB"
        )


def against_part(wanted: argparse.Namespace, data: Data) -> None:
    with training_against.older(wanted.against) as older:
        times = {plan: epochs_in_turns([Nblib, older, Floor], plan, data, wanted.turns) for plan in PLANS}
    print(epochs_table(times, "cpu"), shares_table(times), sep="\n\n")


PARTS = {"epochs": epochs_part, "races": races_part, "load": load_part, "memory": memory_part}


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)
    names = sorted(contender.short_name() for contender in CONTENDERS if contender is not Nblib)
    parser.add_argument("--only", nargs="+", default=list(PARTS), choices=PARTS, help="what to measure")
    parser.add_argument("--without", nargs="+", default=[], choices=names, help="who stays away")
    parser.add_argument("--turns", type=int, default=5, help="epochs of each; the tables hold the median")
    parser.add_argument("--quick", action="store_true", help="few digits, each once")
    parser.add_argument("--picture", type=Path, help="draw the times per epoch into this PNG file")
    parser.add_argument("--against", metavar="REV", help="a commit, whose nblib is timed in turns with this")
    parser.add_argument(
        "--kernels", nargs="+", default=[], help="kinds of OpenBLAS kernels, one run for each"
    )
    wanted = parser.parse_args(arguments)
    if wanted.turns < 1:
        parser.error("--turns must be at least 1")
    if wanted.quick:
        wanted.turns = 1
    return wanted


def main(arguments: Sequence[str] | None = None) -> None:
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    wanted = options(arguments)
    if wanted.kernels:
        training_against.with_each_kind_of_kernels(
            __file__, wanted.kernels, sys.argv[1:] if arguments is None else list(arguments)
        )
        return
    data = Data.load(1_000, 500) if wanted.quick else Data.load(50_000, 10_000)
    contenders = []
    for contender in CONTENDERS:
        if contender.short_name() in wanted.without:
            print(f"{contender.name}: left out")
        elif not contender.installed():
            print(f"{contender.name}: not installed")
        else:
            contenders.append(contender)
    with threadpool_limits(1, user_api="blas"):
        print(f"\n{machine(contenders)}\n", flush=True)
        if wanted.against:
            against_part(wanted, data)
            return
        largest = check(contenders, data)
        print(f"Checked: those who train the same way end at the same weights, to {largest:.0e} of them.")
        for part in wanted.only:
            print(flush=True)
            PARTS[part](wanted, contenders, data)
    print(f"\nLoad at the end: {training_load.load()}")


if __name__ == "__main__":
    main()
