"""The test that convicts a claim: right ones in many styles pass, careless ones are told what they miss."""

import numpy as np
import pytest

import refresh
from nblib import check
from nblib.lessons.trial_exercises import FALSE, PLACES, TRUE

NOTEBOOK = refresh.NOTEBOOKS / "08_sources_on_trial.ipynb"


def test_the_claims_are_what_they_are_called():
    """By another measurement than the exercise's own: five points in place of two."""
    for claims, is_true in ((TRUE, True), (FALSE, False)):
        for C, slope in claims:
            h = 1e-3
            wide = 8 * (C(PLACES + h) - C(PLACES - h)) - (C(PLACES + 2 * h) - C(PLACES - 2 * h))
            off = np.abs(wide / (12 * h) - slope(PLACES)).max()
            assert (off < 1e-6) == is_true, (C, slope, off)
            assert is_true or off > 0.01


def test_the_text_says_how_many_there_are():
    words = {7: "seven", 8: "eight"}
    (text,) = (cell.source for cell in refresh.read(NOTEBOOK).cells if cell.id == "exercises")
    assert f"convict {words[len(FALSE)]} false claims" in text
    assert f"acquit {words[len(TRUE)]} true ones" in text


def test_each_claim_takes_numbers_and_arrays():
    for pair in TRUE + FALSE:
        for curve in pair:
            one_by_one = [float(curve(a)) for a in PLACES]
            np.testing.assert_allclose(curve(PLACES), one_by_one)


def one_by_one(C, slope):
    for a in np.arange(-3, 3.01, 0.1):  # noqa: SIM110
        if abs((C(a + 1e-6) - C(a)) / 1e-6 - slope(a)) > 1e-3:
            return True
    return False


def by_allclose(C, slope):
    a, h = np.linspace(-3, 3, 61), 1e-5
    return not np.allclose(slope(a), (C(a + h) - C(a - h)) / (2 * h))


def relative(C, slope):
    a, h = np.linspace(-3, 3, 25), 1e-4
    measured = (C(a + h) - C(a - h)) / (2 * h)
    return any(abs(measured - slope(a)) > 1e-3 * np.maximum(1, abs(measured)))


def at_random(C, slope):
    a, h = np.random.default_rng(0).uniform(-3, 3, 200), 1e-4
    return np.abs((C(a + h) - C(a - h)) / (2 * h) - slope(a)).max() > 1e-3


def by_numpy(C, slope):
    a = np.linspace(-3, 3, 1000)
    return np.abs(np.gradient(C(a), a) - slope(a))[2:-2].max() > 0.01


def as_a_number(C, slope):
    return int(by_allclose(C, slope))


@pytest.mark.parametrize("right", [one_by_one, by_allclose, relative, at_random, by_numpy, as_a_number])
def test_right_tests_pass(right):
    assert check.convicts(right), check.convicts(right)


def exact(C, slope):
    a, h = np.linspace(-3, 3, 61), 1e-5
    return np.any((C(a + h) - C(a - h)) / (2 * h) != slope(a))


def upwards(C, slope):
    a, h = np.linspace(-3, 2, 51), 1e-5
    return np.any(abs((C(a + h) - C(a - h)) / (2 * h) - slope(a)) > 1e-3)


def no_any(C, slope):
    a, h = np.linspace(-3, 3, 61), 1e-5
    return abs((C(a + h) - C(a - h)) / (2 * h) - slope(a)) > 1e-3


def an_if(C, slope):
    return bool(no_any(C, slope))


@pytest.mark.parametrize(
    ("careless", "says"),
    [
        (lambda C, slope: True, "convicts every claim, the true ones too, so it proves nothing"),
        (exact, "What is measured is never exact to the last digit"),
        (lambda C, slope: False, "acquits every claim, the false ones too"),
        (lambda C, slope: not by_allclose(C, slope), "The verdict is turned round"),
        (upwards, "Of 15 cases it acquits 1 that should be convicted. This is the first:"),
        (no_any, "the verdict must be a single number, got the shape (61,)"),
        (an_if, "With several numbers there is no one answer"),
        (lambda C, slope: C(0) / 0 > 1, "It stops with ZeroDivisionError"),
    ],
)
def test_careless_tests_are_told_what_they_miss(careless, says):
    result = check.convicts(careless)
    assert result.status == "wrong"
    assert says.lower() in result.says.lower()


def test_an_example_shows_the_claim_in_formulas():
    result = check.convicts(lambda C, slope: False)
    assert dict(result.example) == {
        "C": "(a − 1)²", "slope": "a − 1", "your answer": "False", "expected": "True",
    }  # fmt: skip
