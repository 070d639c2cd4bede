"""The stepper and the exercise in CONTRIBUTING.md run as they stand there, and do what is said of them."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nblib.widgets.explorer import Explorer
from steppers.arithmetic import check

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example(heading: str = "Add a stepper") -> str:
    section = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return block


@pytest.fixture
def view() -> Explorer:
    *lines, shown = example().strip().split("\n")
    names: dict[str, Any] = {}
    exec("\n".join([*lines, f"view = {shown}"]), names)
    return names["view"]


def roots(x: float, steps: int = 6) -> list[float]:
    """Return Newton's way to √2 as Heron has it: the mean of x and 2/x."""
    found = [x]
    for _ in range(steps):
        found.append((found[-1] + 2 / found[-1]) / 2)
    return found


def expect(view: Explorer, start: float) -> None:
    stepper = view.stepper
    for step, (x, new) in enumerate(zip(roots(start)[:-1], roots(start)[1:], strict=True)):
        stepper.step = step
        words, formula, numbers = stepper.caption.split("\n")
        assert words == f"The tangent at x = {x:.4f} meets zero at x = {new:.4f}."
        assert formula == "x ← x − f(x) / f′(x)"
        assert numbers.endswith(f" = {new:.4f}")
        printed = re.match(r"x ← (\d\.\d{4,}) − ", numbers)[1]
        assert printed == f"{x:.{len(printed) - 2}f}"
        assert check(numbers) == 1
        assert f">x = {x:.2f}</text>" in stepper.svg()
    with pytest.raises(ValueError, match="step must be at most 5"):
        stepper.step = 6


@pytest.mark.parametrize(("heading", "most"), [("Add a stepper", 38), ("Add an exercise", 19)])
def test_it_is_short(heading: str, most: int):
    assert len([line for line in example(heading).splitlines() if line.strip()]) <= most


def test_its_numbers_are_right_at_every_step(view: Explorer):
    expect(view, 3.5)
    assert view.stepper.caption.split()[-1] == f"{2**0.5:.4f}"


def test_its_setting_makes_the_run_anew(view: Explorer):
    for start in (0.5, 1.0, 4.0):
        view.settings["start"].value = start
        expect(view, start)


def test_its_pages_differ(view: Explorer):
    assert len({view.stepper.svg(step) for step in range(5)}) == 5
    assert view._repr_mimebundle_()["text/plain"] == "[Stepper: Newton's method, 6 steps]"


def test_the_exercise_knows_its_mistakes(capsys: pytest.CaptureFixture[str]):
    names: dict[str, Any] = {}
    exec(example("Add an exercise"), names)
    assert capsys.readouterr().out.startswith("✗ Not yet. The 2 is missing: the derivative of u² is 2u.\n")
    exercise = names["square_slope"]
    assert exercise(lambda a, target: 2 * a - 2 * target)
    assert len(exercise.mistakes) == 3
    for says, mistake in exercise.mistakes.items():
        assert exercise.diagnoses(mistake) == [says]


def test_what_it_says_of_tables_and_guesses_runs():
    x, w = np.array([[0.2, 1.0], [1.0, 0.5]]), np.array([0.6, -0.4])
    names: dict[str, Any] = {"x": x, "weights": w, "bias": 0.1, "train": lambda eta: 10}
    names |= {"w": w, "eta": 0.5, "error": 1, "new_w": w + 0.5 * x}
    exec(example("Change a notebook"), names)
    with_one = {"w": 0.6, "eta": 0.5, "error": 1, "x": 0.2, "new_w": 0.7, "worked": names["worked"]}
    call, says = example("Change a notebook").strip().splitlines()[-1].split("  # ")
    assert repr(eval(call, with_one)) == says.replace('"', "'")

    section = TEXT.split("\n## Ask for a prediction\n", 1)[1].split("\n## ", 1)[0]
    ask, _ = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    exec(ask, names)
    guess = names["Guess"]("How many mistakes with η = 100?")
    guess.value = 12
    assert f"# {guess.compare(10)}\n" in section
