"""How answers are called, compared and shown, whatever the exercise."""

import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from nblib import Network, check
from nblib.lessons import NOTEBOOKS, calling
from nblib.lessons.compare import difference, form, parts, same, show
from nblib.lessons.exercise import Goal, exercise
from nblib.lessons.limit import time_limit
from nblib.lessons.result import Result, Wrong
from nblib.lessons.slips import HALF, NEGATED, SWAPPED, TRANSPOSED, TWICE, each, given, instead

# -- comparing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (1.0, 1),
        (1, True),
        (np.float32(0.1), 0.1),
        (np.array([1.0, 2.0]), [1, 2]),
        (np.array([[1.0], [2.0]]), ((1,), (2,))),
        (([1.0], 2.0), [(1,), 2]),
        ((np.ones(2), 3.0), [np.ones(2, np.float32), np.array(3)]),
        ({"a": 1.0, "b": np.zeros(2)}, {"b": [0, 0], "a": 1}),
        (np.array([1.0, 0.0]), [1.00001, 0.00001]),
        ("AND", "AND"),
        (np.inf, np.inf),
        (np.nan, np.nan),
    ],
)
def test_what_is_the_same(expected, answer):
    assert same(expected, answer)


@pytest.mark.parametrize(
    ("expected", "answer", "says"),
    [
        (1.0, "one", "it must be made of numbers, got a str"),
        (1.0, None, "it must be made of numbers, got None"),
        (1.0, [1.0], "it must be a single number, got the shape (1,)"),
        (np.zeros(2), 0.0, "it must have the shape (2,), got a single number"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "it must have the shape (2, 3), got the shape (3, 2)"),
        (np.zeros(2), [[1, 2], [3]], "it must be a regular array, but its rows have different lengths"),
        ([np.zeros(1), 0], 3, "it must hold 2 things, got an int"),
        ([np.zeros(1), 0], np.array(3), "it must hold 2 things, got an array of shape ()"),
        ([np.zeros(1), 0], [np.zeros(1)], "it must hold 2 things, got 1"),
        ([0.0, np.zeros(2)], [0.0, np.zeros(3)], "it[1] must have the shape (2,), got the shape (3,)"),
        ({"a": 1.0}, {"b": 1.0}, "it must have the keys 'a', got 'b'"),
        ({"a": 1.0}, [1.0], "it must be a dict, got a list"),
        ({"a": 1.0}, {"a": 2.0}, "it['a'] is another number"),
        (np.array([1.0, 2.0]), [1.0, 2.001], "some numbers in it are not as expected"),
        (np.array([1.0, 2.0]), [1.0, np.nan], "it holds NaN, which is not a number"),
        (np.array([1.0, 2.0]), [1.0, np.inf], "some numbers in it are not as expected"),
        ("AND", "OR", "it is another one"),
        ("AND", 3, "it must be a str, got an int"),
        (1, 1.01, "it is another number"),
    ],
)
def test_what_is_different_is_named(expected, answer, says):
    assert difference(expected, answer, "it") == says


def test_each_thing_that_is_returned_has_its_name():
    names = ("the weights", "the bias")
    assert difference(([1.0], 2.0), ([1.0], 3.0), names) == "the bias is another number"
    assert difference(([1.0], 2.0), 3, names) == (
        "the answer must hold 2 things, the weights and the bias, got an int"
    )


SLOPES = {"w": 1.0, "b": 2.0, "c": 3.0}


@pytest.mark.parametrize(
    ("pairs", "name", "says"),
    [
        ([((1.0, 2.0), (1.0, 3.0))], ("∂w", "∂b"), "∂b is another number; ∂w is right"),
        ([((1.0, 2.0), (1.5, 3.0))], ("∂w", "∂b"), "∂w and ∂b are other numbers"),
        ([((1.0, 2.0), (1.0, 3.0)), ((1.0, 2.0), (0.0, 2.0))], ("∂w", "∂b"), "∂w and ∂b are other numbers"),
        ([(SLOPES, SLOPES | {"w": 0.0})], "it", "'w' is another number; 'b' and 'c' are right"),
        ([(SLOPES, dict.fromkeys(SLOPES, 0.0))], "it", "'w', 'b' and 'c' are other numbers"),
        ([(SLOPES, SLOPES), (SLOPES, SLOPES | {"c": 0.0, "w": 9.0})], "it",
         "'w' and 'c' are other numbers; 'b' is right"),
        ([((np.ones(2), 1.0), ([1, 2], 1))], ("W", "b"), "some numbers in W are not as expected; b is right"),
        ([((np.ones(2), 1.0), ([1, 2], 2))], ("W", "b"), "W and b are not as expected"),
        ([((1.0, 2.0), (1.0, 3.0))], "it", None),
        ([((1.0, 2.0), (1.0, 2.0))], ("∂w", "∂b"), None),
        ([((1.0, 2.0), (1.0,))], ("∂w", "∂b"), None),
        ([((1.0, 2.0), (1.0, np.nan))], ("∂w", "∂b"), None),
        ([(1.0, 2.0)], "it", None),
    ],
)  # fmt: skip
def test_every_part_that_is_wrong_is_named(pairs, name, says):
    assert parts(pairs, name) == says


def test_the_form_can_be_asked_for_alone():
    assert form((np.zeros(2), 0.0), ([5, 6], 7)) is None
    assert (
        form((np.zeros(2), 0.0), ([5, 6, 7], 8), "it") == "it[0] must have the shape (2,), got the shape (3,)"
    )


def test_values_are_shown_short():
    assert show(1 / 3) == "0.33333"
    assert show((np.array([1 / 3, 2]), True, 3)) == "([0.33333, 2], True, 3)"
    assert show({"w": np.bool_(False)}) == "{'w': False}"
    assert len(show(np.zeros((28, 28)))) < 400


def test_what_has_a_name_is_shown_with_it():
    assert show((1 / 3, 2), ("∂C/∂w", "∂C/∂b")) == "∂C/∂w: 0.33333, ∂C/∂b: 2"
    assert show((np.eye(2), 2), ("W", "b")) == "W: [[1, 0],\n    [0, 1]]\nb: 2"
    assert show((1, 2, 3), ("∂C/∂w", "∂C/∂b")) == "(1, 2, 3)"
    assert show({"w": 1}, "the gradient") == "{'w': 1}"


# -- calling --------------------------------------------------------------------------------------


def test_a_function_gets_copies_and_its_printing_is_not_shown(capsys):
    network = Network([2, 1])

    def noisy(x, y):
        print("here I am")
        np.log(-np.ones(1))
        return x is network, y

    assert calling.call(noisy, ["x", "y"], [network, 2]) == (False, 2)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("argument", "change"),
    [
        (np.zeros(2), lambda a: a.__iadd__(1)),
        ([1, 2], lambda a: a.append(3)),
        ([np.zeros(2)], lambda a: a[0].__setitem__(0, 1.0)),
        ({"a": 1}, lambda a: a.update(a=2)),
        (Network([2, 1]), lambda a: a.weights[0].fill(0)),
    ],
)
def test_writing_into_an_argument_is_noticed_however_deep(argument, change):
    with pytest.raises(Wrong) as raised:
        calling.call(change, ["x"], [argument])
    assert raised.value.says.startswith("It writes into its argument x, which belongs to the caller.")
    calling.call(change, ["x"], [argument], may_change=["x"])


def test_drawing_random_numbers_is_no_writing():
    assert 0 < calling.call(lambda rng: rng.random(), ["rng"], [np.random.default_rng(0)]) < 1


def test_reading_an_argument_is_no_writing():
    arguments = [
        np.array([1, np.nan]),
        [1, "a"],
        {"a": np.ones(1)},
        Network([2, 1]),
        np.random.default_rng(0),
    ]
    assert calling.call(lambda *given: 5, list("abcde"), arguments) == 5


def test_a_branch_on_an_array_is_explained():
    def branches(z):
        if z > 0:
            return z
        return 0 * z

    with pytest.raises(Wrong) as raised:
        calling.call(branches, ["z"], [np.array([1.0, -1.0])])
    assert raised.value.says == (
        "It asks whether an array is true, in the line `if z > 0:`. With several numbers there is no one "
        "answer: np.where(condition, this, that) chooses for each of them. Where one number is meant, add "
        "up first: w @ x, not w * x."
    )


def test_endless_recursion_is_explained():
    def again(x):
        return again(x)

    with pytest.raises(Wrong, match="calls itself again and again"):
        calling.call(again, ["x"], [1])


def test_leaving_the_kernel_is_not_hidden():
    with pytest.raises(KeyboardInterrupt):
        calling.call(lambda: (_ for _ in ()).throw(KeyboardInterrupt), [], [])


@pytest.mark.parametrize("function", [print, len, np.sum, str, calling.call, lambda x: x, lambda: 5])
def test_what_does_something_is_no_stub(function):
    assert not calling.is_stub(function)


def test_the_time_limit_leaves_everything_as_it_was():
    before, out = sys.gettrace(), sys.stdout

    def endless(x):
        while True:
            x += 1

    with pytest.raises(Wrong, match=r"still running after 0\.1 seconds"), time_limit(0.1):
        calling.call(endless, ["x"], [1])
    assert sys.gettrace() is before
    assert sys.stdout is out


def test_what_is_fast_enough_is_not_stopped():
    with time_limit(10):
        assert calling.call(lambda x: sum(range(x)), ["x"], [1000]) == 499500


# -- saying ---------------------------------------------------------------------------------------

WRONG = Result("name", "wrong", "σ′ < ¼ is missing.", (("z", "[1,\n 2]"), ("your answer", "3")))


def test_a_result_reads_well_as_text():
    assert repr(WRONG) == (
        "✗ Not yet. σ′ < ¼ is missing.\n    z           = [1,\n                   2]\n    your answer = 3"
    )
    assert not WRONG


def test_a_result_is_announced_and_its_table_has_headings():
    page = ElementTree.fromstring(WRONG._repr_html_())
    assert page.get("role") == "status"
    assert [heading.get("scope") for heading in page.iter("th")] == ["row", "row"]
    assert "".join(page.itertext()) == "✗ Not yet. σ′ < ¼ is missing.z[1,\n 2]your answer3"


def test_the_sign_of_a_result_is_not_told_by_colour_alone():
    heads = {repr(Result("name", status, "…"))[0] for status in ("passed", "wrong", "not attempted")}
    assert len(heads) == 3


# -- slipping -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slip", "answer"),
    [
        (NEGATED, (-6, [-2, -3])),
        (TWICE, (12, [4, 6])),
        (HALF, (3, [1, 1.5])),
        (SWAPPED, ([2, 3], 6)),
        (each(lambda number: number + 1), (7, [3, 4])),
        (instead(lambda product, factors: product + sum(factors)), 11),
        (given(x=0), (0, [2, 0])),
        (given(x=lambda w: w), (4, [2, 2])),
        (given(x=lambda w, x: w + x, w=1), (5, [1, 5])),
    ],
)
def test_a_slip_makes_a_wrong_answer_of_the_right_one(slip, answer):
    def product(w, x):
        return w * x, [w, x]

    assert slip.of(product)(2, 3) == answer
    assert product(2, 3) == (6, [2, 3])


def test_a_slip_reaches_what_a_dict_holds_and_may_change_an_answer_as_a_whole():
    def slopes(w):
        return {"w": w, "b": 1}

    assert NEGATED.of(slopes)(3) == {"w": -3, "b": -1}
    assert instead(lambda found: {**found, "b": 0}).of(slopes)(3) == {"w": 3, "b": 0}
    assert TRANSPOSED.of(lambda a: [a])(np.zeros((2, 3)))[0].shape == (3, 2)


# -- putting it together --------------------------------------------------------------------------


@pytest.fixture
def double():
    @exercise(title="Twice", learned="It doubles.", cases=lambda rng: [(1.0,), (2.0,), (3.0,)])
    def double(x):
        """Twice x."""
        return 2 * x

    double.slips = {"That is the square.": lambda x: x * x}
    return double


def test_a_right_answer_passes_and_is_remembered(double, monkeypatch):
    monkeypatch.setitem(NOTEBOOKS, 1, (double,))

    def mine(number):
        return number + number

    assert repr(double(mine)) == "✓ Passed. It doubles."
    assert double.yours is mine
    assert repr(check.progress(1)) == "1 of 1 exercises solved: ✓ Twice"


def test_a_wrong_answer_afterwards_takes_nothing_back(double):
    double(double.reference)
    assert not double(lambda x: 0)
    assert double.yours is double.reference


def test_the_smallest_failing_example_is_shown(double):
    result = double(lambda x: 2 * x if x < 2 else 5)
    assert result.says == "The answer is another number."
    assert dict(result.example) == {"x": "2", "your answer": "5", "expected": "4"}


def test_a_failure_is_shown_with_what_it_was_called_with(double):
    result = double(lambda x: 1 / (x - 1))
    assert dict(result.example) == {"x": "1"}
    assert result.says.startswith("It stops with ZeroDivisionError: float division by zero")


@pytest.mark.parametrize("answer", [lambda x: 2 * x if x > 1 else [][0], lambda x: x * x if x > 1 else [][0]])
def test_a_failure_where_a_mistake_does_not_fail_is_not_that_mistake(double, answer):
    assert double(answer).says.startswith("It stops with IndexError: list index out of range")


def test_a_mistake_that_only_sometimes_fits_is_not_named(double):
    assert double(lambda x: x * x + (x == 2)).says == "The answer is another number."


@pytest.mark.parametrize(("answers", "came"), [((3,), "an int"), ((len, len), "2 things")])
def test_something_else_than_a_function_is_refused_kindly(double, answers, came):
    assert double(*answers).says == (
        f"check.double wants your function itself, its name without brackets; got {came}."
    )


def test_without_an_answer_python_complains(double):
    with pytest.raises(TypeError, match=r"check\.double needs your answer: check\.double\(my_answer\)"):
        double()


def test_progress_of_a_notebook_that_has_none():
    with pytest.raises(ValueError, match="notebook must be one of 1, 2, 3, 4, 5, 5b, 6, 7, 7b, 8, 9, got 77"):
        check.progress(77)


def test_a_goal_counts_its_answers():
    def far(distance, speed):
        """Go far."""
        if distance < 10:
            raise Wrong(f"{distance} is not far.")
        return f"That was {distance}."

    goal = Goal(far, title="Far", learned="You can walk.")
    assert goal(3).says == "check.far wants (distance, speed), got 1 things."
    assert repr(goal(3, 1)) == "✗ Not yet. 3 is not far."
    assert repr(goal(30, 1)) == "✓ Passed. You can walk. That was 30."
    assert goal.yours == (30, 1)
