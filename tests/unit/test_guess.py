"""A guess before a run: what it takes, and what is said of it afterwards."""

import math

import numpy as np
import pytest

from nblib.widgets.guess import YES_NO, Guess

MANY, LINE = "How many?", ["it turns", "it moves", "nothing"]


@pytest.mark.parametrize(
    ("guess", "result", "says"),
    [
        (None, 10, "How many? → 10."),
        (None, np.int64(10), "How many? → 10."),
        (None, 0.5, "How many? → 0.50."),
        (10, 10, "How many? → 10, as you guessed."),
        (0.3333, 1 / 3, "How many? → 0.33, as you guessed."),
        (12, 10, "How many? → 10. You guessed 12: 2 too high."),
        (8, 10, "How many? → 10. You guessed 8: 2 too low."),
        (100, 10, "How many? → 10. You guessed 100: 90 too high, a factor of 10."),
        (2, 10, "How many? → 10. You guessed 2: 8 too low, a factor of 5."),
        (0, 10, "How many? → 10. You guessed 0: 10 too low."),
        (3, 0, "How many? → 0. You guessed 3: 3 too high."),
        (0.5, 0.75, "How many? → 0.75. You guessed 0.50: 0.25 too low."),
        (-2, -1, "How many? → −1. You guessed −2: 1 too low, a factor of 2."),
        (1, -0.5, "How many? → −0.50. You guessed 1: the sign is the other one."),
        (10, math.nan, "How many? → no finite number."),
        (None, -math.inf, "How many? → no finite number."),
    ],
)
def test_a_number_is_held_against_the_result(guess: float | None, result: float, says: str):
    asked = Guess(MANY)
    asked.value = guess
    assert str(asked.compare(result)) == repr(asked.compare(result)) == says


def test_a_degree_stands_at_its_number():
    guess = Guess("How far?", unit="°", digits=0)
    guess.value = 60
    assert repr(guess.compare(17)) == "How far? → 17°. You guessed 60°: 43° too high, a factor of 3.53."


def test_units_and_digits_are_those_that_are_asked_for():
    guess = Guess("How much?", unit="%", digits=1)
    guess.value = 90
    assert guess.compare(95.42) == "How much? → 95.4 %. You guessed 90 %: 5.4 % too low."


@pytest.mark.parametrize(
    ("answers", "guess", "result", "says"),
    [
        (LINE, None, "nothing", "What? → nothing."),
        (LINE, "nothing", "nothing", "What? → nothing, as you guessed."),
        (LINE, "it turns", "nothing", "What? → nothing. You guessed: it turns."),
        (YES_NO, "yes", np.bool_(False), "What? → no. You guessed: yes."),
        (YES_NO, "no", False, "What? → no, as you guessed."),
        ([-8, 14, 16], "−8", 14, "What? → 14. You guessed: −8."),
        ({"a third": 1 / 3, "a half": 0.5}, "a third", 0.1 + 0.7 / 3, "What? → a third, as you guessed."),
        ([12, 14], "14", 15, "What? → 15, which was not among the answers."),
    ],
)
def test_a_choice_is_held_against_the_result(answers, guess, result, says: str):
    asked = Guess("What?", answers)
    asked.value = guess
    assert asked.compare(result) == says


def test_what_is_no_answer_is_refused_and_nothing_changes():
    guess, number = Guess("What?", LINE), Guess(MANY)
    guess.value, number.value = "nothing", 3
    with pytest.raises(ValueError, match="value must be one of 'it turns', 'it moves', 'nothing', got 'up'"):
        guess.value = "up"
    with pytest.raises(TypeError, match="value must hold real numbers, got 'three'"):
        number.value = "three"
    assert (guess.value, number.value) == ("nothing", 3)
    with pytest.raises(TypeError, match=r"result must be a single number, got an array of shape \(2,\)"):
        number.compare([1, 2])
    with pytest.raises(ValueError, match=r"answers must be at least two different ones, got \['a'\]"):
        Guess("What?", ["a", "a"])
    with pytest.raises(ValueError, match="digits must be at least 0"):
        Guess(MANY, digits=-1)


def test_what_is_stored_says_the_question_and_its_answers_in_words():
    bundle = Guess("a < b?", ["yes & no", "no"])._repr_mimebundle_()
    assert bundle["text/plain"] == "[Guess: a < b? / yes & no / no]"
    assert bundle["text/html"] == (
        '<div class="nblib-still"><b>a &lt; b?</b><ul><li>yes &amp; no</li><li>no</li></ul></div>'
    )
    assert repr(Guess(MANY)) == "[Guess: How many?]"
