"""Measure how fast networks learn: nblib beside a per-example loop, scikit-learn, PyTorch and JAX.

    python tests/benchmarks/training_speed.py                  time per epoch, and time to 95, 97 and 98 %
    python tests/benchmarks/training_speed.py --blas Haswell   and the epochs again with AVX2 kernels in NumPy
    python tests/benchmarks/training_speed.py --busy --memory  and beside other work; and the memory it takes
    python tests/benchmarks/training_speed.py --quick          a tenth of the data, each once: does it run?

`pip install -e ".[bench]"` brings scikit-learn and JAX; PyTorch takes part where it is installed. All run
in turns in one process and on one thread, and the table holds medians. Only compare numbers of one run: they
depend on the machine, and on what else it does. The CPU time bears other work better than the clock.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import training_load
from threadpoolctl import threadpool_info, threadpool_limits
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

from nblib.drawing.picture import BLUE, INK, Picture, canvas

SIZES = ((784, 30, 10), (784, 100, 10))
MINI_BATCHES = (10, 32, 128)
PLANS = [Plan(sizes, mini_batch) for sizes in SIZES for mini_batch in MINI_BATCHES]

AIMS = {  # CPU time ÷ nblib's at mini-batch 10, with AVX2 kernels, for 784-30-10 and 784-100-10
    PerExampleLoop.name: (9, 11),
    ScikitLearn.name: (3, 2.8),
    PyTorch.name: (4, 3.2),
    Jax.name: (1 / 1.6, 1 / 1.7),
    Floor.name: (0.60, 0.73),
}


@dataclass(frozen=True)
class Race:
    """Who is first at an accuracy on the test digits? Who cannot follow the plan trains by the other one."""

    goal: float
    plan: Plan
    otherwise: Plan | None = None

    def plan_of(self, contender: type[Contender]) -> Plan:
        return self.plan if contender.knows_modern or self.otherwise is None else self.otherwise


TO_95 = Race(0.95, Plan((784, 30, 10), 10, epochs=30))
TO_97 = Race(0.97, Plan((784, 100, 10), 10, epochs=30))
TO_98 = Race(0.98, Plan((784, 256, 10), 64, eta=0.1, epochs=8, modern=True), otherwise=TO_97.plan)
RACES = (TO_95, TO_97, TO_98)

BESIDE_OTHER_WORK = Plan((784, 100, 10), 32)  # products just so large that OpenBLAS gives them two threads


@dataclass(frozen=True)
class Time:
    """Seconds of the processor, and seconds on the clock."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: Time) -> Time:
        return Time(self.cpu + other.cpu, self.wall + other.wall)


@dataclass(frozen=True)
class Finish:
    """How a race ended: epochs, the time they took, and the accuracy reached."""

    epochs: int
    time: Time
    accuracy: float


# -- measuring --------------------------------------------------------------------------------


def timed(work: Callable[[], None]) -> Time:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Time(time.process_time() - cpu, time.perf_counter() - wall)


def prepared(contenders: Sequence[type[Contender]], plan: Plan, data: Data) -> dict[str, Contender]:
    ready = {contender.name: contender() for contender in contenders}
    for contender in ready.values():
        contender.prepare(plan, data)
    return ready


def check(contenders: Sequence[type[Contender]], data: Data) -> float:
    """Train a little and hold all weights against nblib's: return the largest difference relative to them."""
    few = replace(data, x_train=data.x_train[:505], y_train=data.y_train[:505], labels=data.labels[:505])
    largest = 0.0
    # 1000 epochs: the learning rate hardly falls. Where it does, PyTorch means another thing by momentum.
    for plan in (Plan((784, 30, 10), 10), replace(TO_98.plan, epochs=1000)):
        ready = prepared(
            [c for c in contenders if c.exact and (c.knows_modern or not plan.modern)], plan, few
        )
        for contender in ready.values():
            contender.epoch()
        ours = [array for arrays in ready[Nblib.name].parameters() for array in arrays]
        for name, contender in ready.items():
            theirs = [array for arrays in contender.parameters() for array in arrays]
            for one, other in zip(ours, theirs, strict=True):
                difference = float(np.abs(one - other).max() / np.abs(one).max())
                if not difference < 1e-3:
                    raise SystemExit(f"{name} does not train as nblib does: {difference:.1e} away from it")
                largest = max(largest, difference)
    return largest


def epochs_in_turns(
    contenders: Sequence[type[Contender]], plan: Plan, data: Data, turns: int
) -> dict[str, Time]:
    """Return the median time of an epoch of each."""
    ready = prepared(contenders, plan, data)
    took: dict[str, list[Time]] = {name: [] for name in ready}
    for _ in range(turns):
        for name, contender in ready.items():
            took[name].append(timed(contender.epoch))
    return {
        name: Time(statistics.median(t.cpu for t in times), statistics.median(t.wall for t in times))
        for name, times in took.items()
    }


def run(race: Race, contenders: Sequence[type[Contender]], data: Data, most: int) -> dict[str, Finish]:
    """Let each train, an epoch in turn, until it is there or has done all the epochs of its plan."""
    finishes = {}
    running = {}
    for contender in contenders:
        if contender is not Floor:
            running |= prepared([contender], race.plan_of(contender), data)
            finishes[contender.name] = Finish(0, Time(), 0.0)
    while running:
        for name, contender in list(running.items()):
            plan = race.plan_of(type(contender))
            before = finishes[name]
            took = before.time + timed(contender.epoch)
            accuracy = plan.accuracy(contender.parameters(), data)
            finishes[name] = Finish(before.epochs + 1, took, accuracy)
            if accuracy >= race.goal or before.epochs + 1 >= min(most, plan.epochs):
                del running[name]
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


def against(value: float, own: float, digits: str) -> str:
    return f"{value:{digits}} ({value / own:.2g}×)"


def epochs_table(times: Mapping[Plan, Mapping[str, Time]], kind: str) -> str:
    """Return milliseconds for each contender and plan, and how many times those of nblib they are."""
    title = {"cpu": "CPU ms an epoch", "wall": "ms on the clock"}[kind]
    head = [title, *(f"{plan}, m={plan.mini_batch}" for plan in times)]
    ms = {plan: {name: 1000 * getattr(t, kind) for name, t in of.items()} for plan, of in times.items()}
    names = next(iter(ms.values()))
    return table(head, [[n, *(against(of[n], of[Nblib.name], ".0f") for of in ms.values())] for n in names])


def aims_table(times: Mapping[Plan, Mapping[str, Time]]) -> str:
    """Return CPU times as multiples of nblib's, each beside what it is to be at least."""
    plans = [plan for plan in times if plan.mini_batch == 10]
    rows = []
    for name, aims in AIMS.items():
        row = [name]
        for of, aim in zip((times[plan] for plan in plans), aims, strict=True):
            row += [
                f"{of[name].cpu / of[Nblib.name].cpu:.2f}" if name in of else "not measured",
                f"{aim:.2g}",
            ]
        rows.append(row)
    head = ["CPU time ÷ nblib's, mini-batch 10"] + [
        cell for plan in plans for cell in (str(plan), "at least")
    ]
    return table(head, rows)


def races_table(finishes: Mapping[Race, Mapping[str, Finish]]) -> str:
    names = list(next(iter(finishes.values())))
    rows = [[name] for name in names]
    for race, of in finishes.items():
        for row, there in zip(rows, of.values(), strict=True):
            it_took = f"{against(there.time.cpu, of[Nblib.name].time.cpu, '.2f')}, {there.epochs} epochs"
            row.append(it_took if there.accuracy >= race.goal else f"not in {it_took}: {there.accuracy:.2%}")
    return table(["CPU s to", *(f"{race.goal:.0%}: {race.plan}" for race in finishes)], rows)


def busy_table(took: Mapping[str, Mapping[training_load.Setting, float]]) -> str:
    settings = list(next(iter(took.values())))
    head = ["ms beside busy processes", *(f"{threads} thr., {busy} busy" for threads, busy in settings)]
    rows = [
        [name, *(against(1000 * t, 1000 * of[1, 0], ".0f") for t in of.values())] for name, of in took.items()
    ]
    return table(head, rows)


def drawing(times: Mapping[Plan, Mapping[str, Time]], title: str) -> Picture:
    """Draw the CPU times: a plot for each network and mini-batch."""
    names = list(next(iter(times.values())))[::-1]
    room = {"width": 11, "height": 2.6 * len(SIZES), "sharex": True, "sharey": True}
    with canvas(len(SIZES), len(MINI_BATCHES), **room) as (figure, axes):
        for plan, of in times.items():
            ax = axes[SIZES.index(plan.sizes), MINI_BATCHES.index(plan.mini_batch)]
            ours = of[Nblib.name].cpu
            ax.axvline(1000 * ours, color=BLUE, linewidth=1)
            for height, name in enumerate(names):
                colour, marker = (BLUE, "D") if name == Nblib.name else (INK, "o")
                ax.plot(1000 * of[name].cpu, height, marker, color=colour)
                label = f"{1000 * of[name].cpu:.0f} ms, {of[name].cpu / ours:.2g}×"
                ax.annotate(
                    label, (1000 * of[name].cpu, height), (8, -3), textcoords="offset points", fontsize=8
                )
            ax.set(xscale="log", title=f"{plan}, mini-batch {plan.mini_batch}")
            ax.set_yticks(range(len(names)), names)
        low, high = axes[0, 0].get_xlim()
        axes[0, 0].set(xlim=(low, 8 * high), ylim=(-0.6, len(names) - 0.4))
        for ax in axes[-1]:
            ax.set_xlabel("CPU time of an epoch in ms")
        figure.suptitle(title)
    return Picture(figure, f"Points: the CPU time that an epoch takes each contender. {title}")


def machine() -> str:
    """Return what was measured on: processor, kernels, versions, date, load."""
    try:
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
        processor = names[0].partition(":")[2].strip()
    except (OSError, IndexError):
        processor = platform.processor() or platform.machine()
    packages = ["numpy", *dict.fromkeys(c.needs for c in CONTENDERS if c.needs != "numpy" and c.installed())]
    versions = ", ".join(
        f"{name} {version({'sklearn': 'scikit-learn'}.get(name, name))}" for name in packages
    )
    return (
        f"{processor}, {os.cpu_count()} cores; NumPy's kernels: {kernels()}; one BLAS thread\n"
        f"Python {platform.python_version()}, {versions}; {date.today().isoformat()}, load {load()}"
    )


def kernels() -> str:
    for library in threadpool_info():
        if library["user_api"] == "blas" and "numpy" in library["filepath"]:
            return f"{library['internal_api']} {library.get('architecture', '')}".strip()
    return "unknown"


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = sorted(contender.short_name() for contender in CONTENDERS if contender is not Nblib)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, each once")
    parser.add_argument("--turns", type=int, default=5, help="epochs of each; the table holds the median")
    parser.add_argument("--without", nargs="+", default=[], choices=names, help="who stays away")
    parser.add_argument("--epochs-only", action="store_true", help="no races to 95, 97 and 98 %%")
    parser.add_argument(
        "--blas", metavar="CORE", help="the epochs again, with OpenBLAS's kernels for this core"
    )
    parser.add_argument("--busy", action="store_true", help="also with two threads, and beside other work")
    parser.add_argument("--memory", action="store_true", help="also the memory that training takes")
    parser.add_argument(
        "--picture",
        type=Path,
        default=Path(tempfile.gettempdir()) / "training_speed.png",
        help="the file to draw into (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    wanted = options(arguments)
    turns, most = (1, 1) if wanted.quick else (wanted.turns, 30)
    data = Data.load(5_000, 1_000) if wanted.quick else Data.load(50_000, 10_000)
    contenders = []
    for contender in CONTENDERS:
        if contender.short_name() in wanted.without:
            print(f"{contender.name}: left out")
        elif not contender.installed():
            print(f"{contender.name}: not installed")
        else:
            contenders.append(contender)
    with threadpool_limits(1, user_api="blas"):
        print(f"\n{machine()}\n")
        largest = check(contenders, data)
        print(
            f"Checked: all who train the same way end at the same weights, to {largest:.0e} of the largest.\n"
        )
        times = {plan: epochs_in_turns(contenders, plan, data, turns) for plan in PLANS}
        for kind in ("cpu", "wall"):
            print(epochs_table(times, kind), end="\n\n")
        print(aims_table(times), end="\n\n", flush=True)
        wanted.picture.write_bytes(drawing(times, machine()).png())
        print(f"Drawn in {wanted.picture}\n", flush=True)
        if not wanted.epochs_only:
            print(races_table({race: run(race, contenders, data, most) for race in RACES}), end="\n\n")
    if wanted.busy:
        print(busy_table(training_load.beside_other_work(BESIDE_OTHER_WORK, data, turns)), end="\n\n")
    if wanted.memory:
        for plan in (PLANS[5], TO_98.plan):
            peak, own = training_load.peak_of_training(plan, data)
            print(
                f"{plan.network()}: training allocates {peak / 1e6:.0f} MB at its peak,\n"
                f"{peak / own:.2f} times the {own / 1e6:.0f} MB of the data itself (aimed at: at most 2)\n"
            )
    print(f"Load at the end: {load()}", flush=True)
    if wanted.blas:
        again(wanted)


def again(wanted: argparse.Namespace) -> None:
    """Measure the epochs in a process of its own: OpenBLAS chooses its kernels when it is loaded."""
    picture = wanted.picture.with_stem(f"{wanted.picture.stem}_{wanted.blas}")
    command = [
        sys.executable,
        __file__,
        "--epochs-only",
        "--turns",
        str(wanted.turns),
        "--picture",
        str(picture),
    ]
    command += ["--quick"] * wanted.quick + ["--without", *wanted.without] * bool(wanted.without)
    subprocess.run(command, env=os.environ | {"OPENBLAS_CORETYPE": wanted.blas}, check=True)


if __name__ == "__main__":
    main()
