"""The training benchmark runs to its end, and compares like with like. No test measures time."""

import importlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SLOW_TO_IMPORT = ["torch", "jax"]


@pytest.fixture(scope="module")
def speed():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("training_speed")


@pytest.fixture(scope="module")
def contenders(speed):
    return sys.modules["training_contenders"]


@pytest.fixture(scope="module")
def data(contenders):
    return contenders.Data.load(5_000, 500)


@pytest.fixture(scope="module")
def few(data):
    first = {name: getattr(data, name)[:505] for name in ("x_train", "y_train", "labels")}
    return replace(data, **first)


@pytest.fixture(autouse=True)
def one_blas_thread():
    with threadpool_limits(1, user_api="blas"):
        yield


def rows_of(output, title):
    """Return the rows of the table whose head begins with `title`: name → cells."""
    table = re.search(rf"^\| {re.escape(title)} .*\n\|[ -:|]*\|\n((?:\|.*\n)+)", output, re.MULTILINE)
    assert table, f"no table of {title!r} in:\n{output}"
    lines = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table[1].splitlines()]
    return {name: cells for name, *cells in lines}


def test_the_command_prints_all_contenders_that_are_there(tmp_path, contenders):
    command = [
        sys.executable,
        BENCHMARKS / "training_speed.py",
        "--quick",
        "--only",
        "epochs",
        "races",
        "memory",
    ]
    command += ["--picture", tmp_path / "speed.png", "--without", *SLOW_TO_IMPORT]
    path = os.pathsep.join([str(BENCHMARKS.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"},
        timeout=300,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")

    there = [c for c in contenders.CONTENDERS if c.installed() and c.needs not in SLOW_TO_IMPORT]
    names = [c.name for c in there]
    for title in ("CPU ms an epoch", "ms on the clock"):
        rows = rows_of(ran.stdout, title)
        assert list(rows) == names
        cells = [cell for row in rows.values() for cell in row]
        assert len(cells) == 6 * len(names)
        assert all(re.fullmatch(r"\d+ \([\d.e+-]+×\)", cell) for cell in cells), cells
        assert all(cell.endswith("(1×)") for cell in rows["nblib"])
    shares = rows_of(ran.stdout, "share of the floor")
    assert list(shares) == [c.name for c in there if c is not contenders.Floor]
    assert all(re.fullmatch(r"\d+%", cell) for row in shares.values() for cell in row), shares
    races = rows_of(ran.stdout, "CPU s to")
    assert list(races) == [c.name for c in there if c.learns]
    assert races["per-example loop"][2] == "plain SGD only"
    for name in {c.name for c in contenders.CONTENDERS} - set(names):
        assert re.search(rf"^{re.escape(name)}: (left out|not installed)$", ran.stdout, re.MULTILINE)
    assert "Checked: those who train the same way end at the same weights" in ran.stdout
    assert ran.stdout.count("times the 3 MB of the data") == 3
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")


def test_all_that_are_exact_end_at_the_same_weights(speed, contenders, few):
    exact = [c for c in contenders.CONTENDERS if c.exact and c.installed() and c.needs not in SLOW_TO_IMPORT]
    assert contenders.PerExampleLoop in exact
    assert 0 < speed.check(exact, few) < 1e-4


def test_the_loop_as_the_article_prints_it_is_found_out(speed, contenders, few):
    class AsPrinted(contenders.PerExampleLoop):
        name = "as printed"

        def backprop(self, x, y):
            nabla_b, nabla_w = super().backprop(x, y)
            nabla_b[-1], nabla_w[-1] = np.zeros_like(nabla_b[-1]), np.zeros_like(nabla_w[-1])
            return nabla_b, nabla_w

    with pytest.raises(SystemExit, match="as printed does not train as nblib does"):
        speed.check([contenders.Nblib, AsPrinted], few)


@pytest.mark.parametrize("columns", [True, False])
def test_the_floor_does_the_products_of_backpropagation(contenders, few, columns):
    w, w_last = contenders.Plan((784, 12, 10), 7).start()[0]
    x = few.x_train[:7]
    products = contenders.products([w, w_last], x, columns)
    for product, left, right, out in products:
        product(left, right, out)
    a, delta, delta_last = (np.full((n, 7), 0.1) for n in (12, 12, 10))
    forwards_and_back = [w @ x.T, w_last @ a, w_last.T @ delta_last]
    expected = [z if columns else z.T for z in forwards_and_back] + [delta @ x, delta_last @ a.T]
    for (*_, out), right in zip(products, expected, strict=True):
        np.testing.assert_allclose(out, right, rtol=1e-4, atol=1e-5)


def test_a_race_ends_at_the_goal_or_with_the_epochs_of_the_plan(speed, contenders, few):
    plan = contenders.Plan((784, 12, 10), 10, epochs=3)
    both = [contenders.Nblib, contenders.PerExampleLoop, contenders.Floor]
    easy = speed.race(0.15, plan, both, few)
    assert {name: finish.epochs for name, finish in easy.items()} == {"nblib": 1, "per-example loop": 1}
    assert all(finish.accuracy >= 0.15 for finish in easy.values())
    network = plan.network()
    *_, last = network.sgd(few.x_train, few.labels, 3, 10, plan.eta, validation=(few.x_test, few.y_test))
    never = speed.race(1.0, plan, both, few)
    assert {finish.epochs for finish in never.values()} == {3}
    assert never["nblib"].accuracy == last.accuracy


def test_in_the_race_to_98_are_those_who_know_its_recipe(speed, contenders, few):
    plan = replace(speed.RACES[0.98], sizes=(784, 12, 10), epochs=2)
    finishes = speed.race(1.0, plan, [contenders.Nblib, contenders.PerExampleLoop], few)
    assert {name: finish.epochs for name, finish in finishes.items()} == {"nblib": 2}


def test_other_work_is_measured_in_every_setting(speed, contenders, few):
    took = speed.training_load.beside_other_work(contenders.Plan((784, 12, 10), 10), few, turns=1)
    assert len(took) == 3
    for of in took.values():
        assert {threads for threads, _ in of} == {1, 2}
        assert {0, 1} <= {busy for _, busy in of}
        assert all(seconds > 0 for seconds in of.values())


@pytest.mark.parametrize("goal", [0.95, 0.97, 0.98])
def test_training_allocates_at_most_twice_the_data(speed, data, goal):
    peak, own = speed.training_load.peak_of_training(speed.RACES[goal], data)
    assert own == data.x_train.nbytes + data.labels.nbytes
    assert 0 < peak <= 2 * own


@pytest.mark.parametrize("goal", [0.95, 0.97, 0.98])
def test_an_epoch_allocates_less_than_two_megabytes(speed, data, goal):
    assert 0 < speed.training_load.peak_of_epoch(speed.RACES[goal], data) < 2e6


def test_an_older_package_trains_beside_this_one_and_leaves_it_alone(speed, contenders, few):
    plan = contenders.Plan((784, 12, 10), 10)
    with speed.training_against.older("HEAD") as older:
        times = speed.epochs_in_turns([contenders.Nblib, older], plan, few, turns=1)
        contender = older(plan, few)
        contender.epoch()
    assert set(times) == {"nblib", "nblib at HEAD"}
    assert type(contender.network) is not contenders.Network
    assert importlib.import_module("nblib").Network is contenders.Network
