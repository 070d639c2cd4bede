"""What every exercise promises, whatever it asks."""

import contextlib
import itertools
import re
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import refresh
from nblib import check
from nblib.lessons import NOTEBOOKS
from nblib.lessons.exercise import Check, Exercise, Goal
from nblib.lessons.result import Wrong
from notebooks.course import LESSONS, WITH_EXERCISES, number

CHECKS = list(dict.fromkeys(one for ones in NOTEBOOKS.values() for one in ones))
EXERCISES = [one for one in CHECKS if isinstance(one, Exercise)]
FUNCTIONS = [one for one in EXERCISES if one.prepare is None]
GRADIENTS = {
    "filter_gradient",
    "backprop", "chain_gradient", "input_gradient", "neuron_gradient", "quartic_backprop",
    "tanh_chain_gradient", "tanh_gradient", "temperature_delta", "three_neuron_gradient",
}  # fmt: skip


def each(checks: list[Check]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("exercise", checks, ids=lambda one: one.name)


def test_check_offers_every_exercise_and_nothing_else():
    assert {one.name for one in CHECKS} | {"progress"} == set(check.__all__)
    for one in CHECKS:
        assert getattr(check, one.name) is one


def test_every_notebook_but_the_first_has_exercises():
    assert list(NOTEBOOKS) == [number(path) for path in WITH_EXERCISES]
    assert all(NOTEBOOKS.values())


def test_each_lesson_has_three_exercises_and_ends_with_an_open_goal():
    for path in LESSONS:
        name, checks = number(path), NOTEBOOKS[number(path)]
        assert len(checks) >= 3, name
        assert isinstance(checks[-1], Goal), name


@each(CHECKS)
def test_an_exercise_says_what_it_asks_and_what_is_learned(exercise: Check):
    assert exercise.__doc__.strip().endswith(".")
    assert re.fullmatch(r"[A-Z].*\.", exercise.learned)
    assert exercise.title


@each(EXERCISES)
def test_usual_mistakes_are_known(exercise: Exercise):
    assert len(exercise.slips) >= (5 if exercise.name in GRADIENTS else 2)


@each(EXERCISES)
def test_what_is_said_of_a_mistake_is_short_and_ends_as_a_sentence(exercise: Exercise):
    for says in exercise.slips:
        assert re.fullmatch(r"\S+( \S+)+[.?]\)?", says), says
        assert len(says) <= 200, says


def test_the_gradients_are_those_that_are_named_so():
    assert {one.name for one in EXERCISES if "gradient" in one.name or "backprop" in one.name} <= GRADIENTS


@each(EXERCISES)
def test_each_mistake_gets_its_own_diagnosis_and_no_other(exercise: Exercise):
    assert list(exercise.mistakes) == list(exercise.slips)
    for says, mistake in exercise.mistakes.items():
        assert exercise.diagnoses(mistake) == [says]
        with pytest.raises(Wrong) as raised:
            exercise.compare(mistake)
        assert raised.value.says == says
        assert {"your answer", "expected", *exercise.names} == set(raised.value.example)


@each(EXERCISES)
def test_the_reference_is_right(exercise: Exercise):
    exercise.compare(exercise.reference)
    assert exercise.diagnoses(exercise.reference) == []


@each(FUNCTIONS)
def test_a_check_answers_at_once_and_again_and_again(exercise: Exercise):
    began = process_time()
    assert exercise(exercise.reference)
    assert exercise(exercise.reference)
    assert not exercise(list(exercise.mistakes.values())[-1])
    assert process_time() - began < 1


@each(CHECKS)
def test_dots_and_empty_functions_are_not_attempted(exercise: Check):
    def empty(*arguments):
        # Your turn.
        ...

    def explained(*arguments):
        """What it shall return."""
        ...

    for answer in (..., empty, explained):
        result = exercise(answer)
        assert (result.status, bool(result)) == ("not attempted", False)
    assert exercise.yours is None


# -- what a learner's function may do -------------------------------------------------------------


def _endless(*arguments):
    while True:
        pass


def _endless_in_one_line(*arguments):
    while True: pass  # fmt: skip  # noqa: E701


def _endless_and_deaf(*arguments):
    while True:
        with contextlib.suppress(Exception):
            list(range(10))


@each(FUNCTIONS)
def test_a_function_that_fails_is_explained_with_its_line(exercise: Exercise):
    def fails(*arguments):
        return {}["the missing key"]

    result = exercise(fails)
    assert result.status == "wrong"
    assert result.says == (
        "It stops with KeyError: 'the missing key', in the line `return {}[\"the missing key\"]`."
    )


@each(FUNCTIONS)
@pytest.mark.parametrize("answer", ["a string", object(), {"a": 1}, [[1], [1, 2]]])
def test_a_wrong_type_is_explained(exercise: Exercise, answer):
    result = exercise(lambda *arguments: answer)
    assert result.status == "wrong"
    assert re.search(r"\b(must|dict|keys)\b", result.says)


@each(FUNCTIONS)
@pytest.mark.parametrize(("answers", "came"), [((0.5,), "a float"), ((len, len), "2 things")])
def test_a_result_in_place_of_the_function_is_explained(exercise: Exercise, answers, came):
    assert exercise(*answers).says == (
        f"check.{exercise.name} wants your function itself, its name without brackets; got {came}."
    )


@each(FUNCTIONS)
def test_nothing_returned_is_explained(exercise: Exercise):
    result = exercise(lambda *arguments: [arguments].clear())
    assert result.says == "It returns None. Is a `return` missing?"


@each(FUNCTIONS)
def test_too_few_arguments_are_explained(exercise: Exercise):
    result = exercise(lambda: 1)
    assert result.status == "wrong"
    assert f"({', '.join(exercise.names)})" in result.says


@each(FUNCTIONS)
def test_not_a_number_never_passes(exercise: Exercise):
    result = exercise(altered(exercise, lambda array: array * np.nan))
    assert result.status == "wrong"


@each(FUNCTIONS)
def test_writing_into_the_arguments_is_noticed(exercise: Exercise):
    def writes(*arguments):
        answer = exercise.reference(*arguments)
        for argument in arguments:
            for array in arrays_in(argument):
                array += 1
        return answer

    changeable = [
        name
        for name, argument in zip(exercise.names, exercise.cases()[0], strict=True)
        if list(arrays_in(argument)) and name not in exercise.may_change
    ]
    result = exercise(writes)
    if changeable:
        assert result.status == "wrong"
        assert result.says.startswith(f"It writes into its argument {changeable[0]}")
    else:
        assert result


@pytest.mark.parametrize("endless", [_endless, _endless_in_one_line, _endless_and_deaf])
def test_an_endless_loop_is_stopped(endless, monkeypatch):
    monkeypatch.setattr(check.perceptron_update, "seconds", 0.2)
    result = check.perceptron_update(endless)
    assert result.says.startswith("It was still running after 0.2 seconds")
    assert not result.example


def arrays_in(value):
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            yield value
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from arrays_in(entry)
    elif hasattr(value, "weights"):
        yield from value.weights


def altered(exercise: Exercise, change):
    """Return the right answer with a change to every number in it."""

    def alter(answer):
        if isinstance(answer, dict):
            return {key: alter(entry) for key, entry in answer.items()}
        if isinstance(answer, (list, tuple)):
            return [alter(entry) for entry in answer]
        return change(np.asarray(answer, float))

    return lambda *arguments: alter(exercise.reference(*arguments))


# -- wrong answers that nobody has thought of -----------------------------------------------------

FACTORS = st.floats(-3, 3).filter(lambda factor: abs(factor - 1) > 1e-3)
SHIFTS = st.floats(0.001, 2) | st.floats(-2, -0.001)


@each(FUNCTIONS)
@settings(max_examples=15, deadline=None)
@given(factor=FACTORS)
def test_a_wrong_factor_never_passes(exercise: Exercise, factor: float):
    assert not exercise(altered(exercise, lambda array: factor * array))


@each(FUNCTIONS)
@settings(max_examples=15, deadline=None)
@given(shift=SHIFTS)
def test_a_wrong_shift_never_passes(exercise: Exercise, shift: float):
    assert not exercise(altered(exercise, lambda array: array + shift * max(1, np.abs(array).max(initial=0))))


@each(FUNCTIONS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_one_wrong_number_in_one_case_never_passes(exercise: Exercise, data: st.DataObject):
    wrong = data.draw(st.integers(0, len(exercise.cases()) - 1))
    counter = itertools.count()

    def answer(*arguments):
        right = altered(exercise, np.copy)(*arguments)
        if next(counter) == wrong:
            places = [array for array in all_arrays(right) if array.size]
            array = places[data.draw(st.integers(0, len(places) - 1))]
            place = data.draw(st.integers(0, array.size - 1))
            array.flat[place] += 0.01 * max(1, np.abs(array).max())
        return right

    assert not exercise(answer)


def all_arrays(answer):
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, (list, tuple)):
        for entry in answer:
            yield from all_arrays(entry)
    else:
        yield answer


# -- the notebooks --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_a_notebook_asks_what_its_checks_check(path):
    notebook = refresh.read(path)
    cells = {cell.id: cell for cell in notebook.cells}
    ids = list(cells)
    name = number(path)
    stubs = [
        name.removesuffix("-check")
        for name in ids
        if name.startswith("exercise-") and name.endswith("-check")
    ]
    called = [re.findall(r"check\.(\w+)\(", cells[f"{stub}-check"].source) for stub in stubs]
    assert list(itertools.chain(*called)) == [one.name for one in NOTEBOOKS[name]]
    for stub in stubs:
        place = ids.index(stub)
        assert ids[place + 1 : place + 3] == [f"{stub}-check", f"{stub}-solution"]
        assert "..." in cells[stub].source
        for output in cells[f"{stub}-check"].outputs:
            assert "Not attempted yet." in output.data["text/plain"]
        help_text = cells[f"{stub}-solution"].source
        assert re.findall(r"<summary>(Hint \d|Solution)", help_text)[:3] == ["Hint 1", "Hint 2", "Solution"]
    progress = cells["exercises-progress"]
    assert progress.source == f"check.progress({name!r})".replace("'", '"')
    assert progress.outputs[0].data["text/plain"].startswith(f"0 of {len(NOTEBOOKS[name])} exercises solved")
    text = "\n".join(cell.source for cell in notebook.cells[ids.index("exercises") :])
    for i, one in enumerate(NOTEBOOKS[name], start=1):
        (heading,) = re.findall(rf"^\*\*{i}\. (.+?)\.?\*\*", text, re.MULTILINE)
        names = sorted((heading.casefold(), one.title.casefold()), key=len)
        assert names[0] in names[1], "an exercise has one name"
