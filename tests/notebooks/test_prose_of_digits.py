"""What 06 and 07 say of runs that nbval does not compare, held against the numbers that are stored beside it.

Such runs are chaotic: refreshing changes their last digits, and once perhaps what may be said of them.
"""

import re
from functools import cache

import numpy as np
from nbformat import NotebookNode

from nblib import schedules
from notebooks.course import ALL, notebook
from notebooks.predictions import words

MNIST, BEYOND = "06_mnist_sgd", "07_beyond_plain_sgd"


@cache
def cells(name: str) -> dict[str, NotebookNode]:
    (path,) = (path for path in ALL if path.stem == name)
    return {cell.id: cell for cell in notebook(path).cells}


def stored(name: str, cell: str) -> dict[str, np.ndarray]:
    """Return the columns of a table that is stored, as numbers where they are such."""
    lines = words(cells(name)[cell]).splitlines()
    rule = next(i for i, line in enumerate(lines) if line and set(line) <= set("─ "))
    spans = [match.span() for match in re.finditer("─+", lines[rule])]
    rows = [[line[left:right].strip() for left, right in spans] for line in lines[rule - 1 :]]
    return {head: _numbers(column) for head, _, *column in zip(*rows, strict=True)}


def _numbers(column: list[str]) -> np.ndarray:
    try:
        return np.array([float(entry.replace("−", "-")) for entry in column])
    except ValueError:
        return np.array(column)


def says(name: str, cell: str, *claims: str) -> None:
    """Look that a text still says what a test is about to hold against the numbers."""
    source = " ".join(cells(name)[cell].source.split())
    for claim in claims:
        assert claim in source, f"{cell} says no more: {claim}"


# -- 06 -------------------------------------------------------------------------------------------


def test_where_steps_of_different_sizes_arrive():
    says(MNIST, "one-epoch-reading", "arrive at the same place, within a tenth of a point")
    reached = stored(MNIST, "one-epoch-each")["validation %"]
    assert np.ptp(reached[-3:]) <= 0.1
    says(MNIST, "one-exact-step-reading", "no better than guessing")
    assert stored(MNIST, "one-exact-step")["validation %"].max() < 12


def test_how_much_of_a_wish_is_left():
    says(MNIST, "wishes-reading", "each wish is still half as long as before", "two thirds of it cancel")
    table = stored(MNIST, "wishes-left")
    assert abs(table["alone"][1] / table["alone"][0] - 1 / 2) < 0.05
    assert abs(1 - table["left"][1] - 2 / 3) < 0.05
    assert table["left"][0] > 0.7


def test_ten_images_point_hardly_better_than_one_late_in_training():
    says(
        MNIST, "angles-later-reading", "ten images point hardly better than one", "not far from a right angle"
    )
    later = stored(MNIST, "angles-later")["after an epoch of tens"]
    assert 80 < later[1] < later[0] < 90
    assert later[0] - later[1] <= 3


def test_what_gets_in_the_way_of_a_hundred_neurons():
    says(
        MNIST,
        "stuck-why",
        "above 95 %",
        "more than ten points behind",
        "$\\eta = 3$ is even the better one",
        "ten points apart",
    )
    table = stored(MNIST, "stuck-runs")
    small, large = (np.array([table[f"seed {seed}"][i] for seed in (0, 1)]) for i in (0, 1))
    assert large.mean() > small.mean()
    assert max(np.ptp(small), np.ptp(large)) > 10
    says(MNIST, "stuck-why-text", "Some digits are hardly ever said")
    said = stored(MNIST, "stuck-says")
    assert all(min(said[f"says {digit}"][row] for digit in range(10)) < 50 for row in range(4))


def test_what_the_place_of_a_digit_does():
    says(MNIST, "moving-reveal", "At four pixels nearly all the ink is still there, and most digits are lost")
    table = stored(MNIST, "moving-table")
    ways = np.array([table[way] for way in ("left", "right", "up", "down")])
    assert table["ink still there"][4] >= 99
    assert ways[:, 4].max() < 50
    says(MNIST, "moving-reveal", "at six it is near guessing")
    assert ways[:, 6].max() < 20


def test_how_far_the_two_middles_of_a_digit_are_apart():
    says(MNIST, "own-reading", "two digits in three lie no more than one pixel away", "none more than four")
    printed = words(cells(MNIST)["own-offsets"])
    assert 0.6 < float(re.search(r"apart: (\d+)%", printed)[1]) / 100 < 0.7
    assert "never more than 4 pixels" in printed


def test_how_much_ink_it_takes():
    says(MNIST, "paint-reading", "A dozen of 784 pixels turn more than half of the fours into something else")
    table = stored(MNIST, "paint-table")
    dozen = list(table["pixels"]).index(12)
    for kind in ("plain", "with decay"):
        assert table[f"{kind}: strongest"][dozen] < 50 < 90 < table[f"{kind}: at random"][dozen]


def test_what_a_hundred_hidden_neurons_reach():
    says(MNIST, "what-you-now-know", "more than 97 in 100 with 100 hidden neurons")
    assert min(stored(MNIST, "final-table")[pile][-1] for pile in ("validation", "test")) > 97


# -- 07 -------------------------------------------------------------------------------------------


def test_where_the_quadratic_delta_turns():
    says(BEYOND, "why-it-helps-text", "The quadratic δ grows only until the output is ⅓")
    a = np.linspace(0, 1, 100_001)
    assert abs(a[np.argmax(np.abs((a - 1) * a * (1 - a)))] - 1 / 3) < 1e-4


def test_what_arrives_of_delta():
    says(BEYOND, "signal-text", "a few millionths", "about 20 after nine")
    left = stored(BEYOND, "signal")["δ: layer 1 / layer 10"]
    assert 1e-6 < left[0] < 9e-6
    assert 15 < 1 / left[1] < 25
    assert abs(2**4.5 - 20) < 3
    assert left[2] > 0.9


def test_looking_ahead_is_no_free_lunch():
    says(
        BEYOND,
        "look-ahead-in-the-valley-reading",
        "less than half of the steps",
        "overshoots across the valley",
    )
    table = stored(BEYOND, "look-ahead-in-the-valley")
    plain, ahead = table["steps with momentum"], table["steps with the look ahead"]
    assert int(ahead[0]) < plain[0] / 2
    assert ahead[1] == "never"


def test_two_ingredients_of_seven_do_most_of_it():
    says(BEYOND, "ladder-text", "Two of the seven did most of it")
    gains = np.diff(stored(BEYOND, "ladder-table")["mean"])
    assert set(np.argsort(gains)[-2:]) == {0, 6}
    assert gains[[0, 6]].sum() > 0.5 * gains.sum()


def test_momentum_is_about_as_good_at_the_same_sum_of_steps():
    says(BEYOND, "momentum-fair-reading", "About as good")
    small, large, momentum = stored(BEYOND, "momentum-fair-table")["mean of three seeds"]
    assert abs(momentum - large) < 1
    assert momentum - small > 2


def test_learning_by_heart():
    says(BEYOND, "by-heart-reading", "falls on and on, to a hundredth and less: it soon reads all of them")
    table = stored(BEYOND, "by-heart-table")
    assert table["training: cost"][-1] <= 0.01
    assert table["training: % right"][-1] == 100
    says(BEYOND, "by-heart-reading", "then *rises*, though the accuracy hardly changes")
    assert table["others: cost"][1] > 1.1 * table["others: cost"][0]
    assert np.ptp(table["others: % right"]) < 1.5


def test_stopping_early():
    says(
        BEYOND, "early-stopping-reading", "Five epochs after the lowest point", "Two thirds of the 40 epochs"
    )
    printed = words(cells(BEYOND)["early-stopping-run"])
    trained, lowest = (int(re.search(what + r" (\d+)", printed)[1]) for what in ("→", "lowest cost at epoch"))
    assert trained == lowest + 5
    assert abs((40 - trained) / 40 - 2 / 3) < 0.1
    assert lowest == stored(BEYOND, "by-heart-table")["epoch"][0]


def test_shifts_of_one_pixel_help_with_two():
    says(BEYOND, "shifted-validation-text", "about a quarter of its right answers, three pixels half of them")
    without = stored(BEYOND, "shifted-validation")["trained without shifts"]
    assert abs(1 - without[2] / without[0] - 0.25) < 0.05
    assert abs(1 - without[3] / without[0] - 0.5) < 0.05


def test_the_constant_eta_is_ahead_first_and_up_and_down_at_the_end():
    says(BEYOND, "quick-text", "Its factor is ½ on average")
    up_and_down = schedules.linear(warm_up=0.2)
    assert abs(np.mean([up_and_down(t) for t in np.linspace(0, 1, 1001)]) - 1 / 2) < 1e-3
    says(BEYOND, "quick-reveal", "has the lead at first", "The gain is a fraction of a point")
    table = stored(BEYOND, "quick-constant")
    assert table["constant: cost"][0] < table["up and down: cost"][0]
    assert table["constant: %"][0] > table["up and down: %"][0]
    assert table["constant: cost"][-1] > table["up and down: cost"][-1]
    assert 0 < table["up and down: %"][-1] - table["constant: %"][-1] < 1


def test_98_percent_takes_two_seconds():
    says(BEYOND, "quick", "98 % in two seconds")
    assert np.abs(stored(BEYOND, "quick-run")["validation %"] - 98).max() < 0.25
    assert abs(stored(BEYOND, "quick-run")["validation %"].mean() - 98) < 0.05
    assert stored(BEYOND, "quick-run")["seconds of training"].max() < 2.5


def test_99_percent_takes_one_look():
    says(BEYOND, "long", "99 % in half a minute")
    assert int(re.search(r"after (\d+) seconds", words(cells(BEYOND)["long-run"]))[1]) < 35
    says(BEYOND, "test-text", "just across 99 % on both piles, and nine looks a tenth or two further")
    table = stored(BEYOND, "test-table")
    one, nine = (np.array([table[pile][row] for pile in ("validation", "test")]) for row in (-2, -1))
    assert np.all((one > 99) & (one < 99.2))
    assert np.all((0.05 < nine - one) & (nine - one < 0.25))
    says(BEYOND, "test-text", "the hundred or so that the large network misreads at one look")
    assert 85 <= 100 * (100 - one[1]) <= 115
    says(BEYOND, "nine-looks-reading", "A tenth of a point or so", "a tenth of its errors")
    assert 0.05 < nine[0] - one[0] < 0.2
    assert 0.05 < (nine[0] - one[0]) / (100 - one[0]) < 0.2
