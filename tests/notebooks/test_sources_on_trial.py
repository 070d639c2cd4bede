"""Notebook 08: every claim has a source, a cell that runs it, and a verdict that nobody has typed in.

That the stored verdicts are those of a fresh run is nbval's to find.
"""

import ast
import builtins
import re
from functools import cache

import pytest

import refresh
from nblib.tools import articles
from nblib.tools.claims import DOES_NOT_HOLD, HOLDS, VERDICTS, WITH_A_CONDITION
from notebooks.predictions import PROMPT, words

PATH = refresh.NOTEBOOKS / "08_sources_on_trial.ipynb"
HEADING = re.compile(r"^### (\d+) · (.+)$", re.MULTILINE)
SOURCE = re.compile(r"^\(([123])(?:, \*([^*]+)\*(?:, (in formulas|in words))?|\))", re.MULTILINE)
VERDICT = re.compile(
    r"^([✓◐✗]) Claim (\d+) (holds with a condition|holds|does not hold)(?:: (.+))?$", re.MULTILINE
)
MARKS = {HOLDS: "✓", WITH_A_CONDITION: "◐", DOES_NOT_HOLD: "✗"}

SECTIONS = {
    1: {
        "A Biological Neuron",
        "An Artificial Neuron",
        "Structural Functionality",
        "Learning Process",
        "Little Confessions",
        "Learning Process - Continued",
    },
    2: {
        "The Biology",
        "The History",
        "The Model (Overview)",
        "The Model (Details)",
        "Training",
        "Feedforward in Matrix Notation",
        "Backpropagation (in words)",
        "Backpropagation (in formulas)",
    },
    3: {
        "Making predictions",
        "How will it learn?",
        "Mathematical set up",
        "Backpropagation under the hood",
    },
}

# What was known about the articles before the notebook was written, and what they say word by word:
# article, heading of the claim, verdict.
KNOWN = [
    (1, "The matrix of 5 → 8 → 2", DOES_NOT_HOLD),
    (1, "The bias under the sum", DOES_NOT_HOLD),
    (1, "A sum in the slope of a weight", DOES_NOT_HOLD),
    (1, "Passes, or reaches?", WITH_A_CONDITION),
    (1, "Batch gradient descent", DOES_NOT_HOLD),
    (1, "The loss runs from 0 to N", WITH_A_CONDITION),
    (1, "Step four of the algorithm", WITH_A_CONDITION),
    (1, "Whose biases are b¹?", DOES_NOT_HOLD),
    (1, "The plain sum becomes the activation", WITH_A_CONDITION),
    (1, "Over-fitting comes from using every example", DOES_NOT_HOLD),
    (2, "A column is 1 × n", DOES_NOT_HOLD),
    (2, "z or s?", HOLDS),
    (2, "Most wirings have no logical output", WITH_A_CONDITION),
    (2, "The output layer first", WITH_A_CONDITION),
    (3, "From layer l to layer l − 1?", DOES_NOT_HOLD),
    (3, "The update without η", WITH_A_CONDITION),
    (3, "(2, −0.3) says: a big step up, a small step down", DOES_NOT_HOLD),
    (3, "The rows of the transpose", WITH_A_CONDITION),
    (3, "Smooth or continuous", WITH_A_CONDITION),
    (3, "The code is the five steps", DOES_NOT_HOLD),
    (3, "92 % with the printed call", DOES_NOT_HOLD),
]


@cache
def cells():
    return refresh.read(PATH).cells


@cache
def parts() -> dict[int, str]:
    """Return by number the text of each claim, from its heading to the next one, in one cell."""
    found = {}
    for cell in cells():
        if cell.cell_type == "markdown":
            for part in re.split(r"(?m)^(?=##)", cell.source):
                if heading := HEADING.match(part):
                    found[int(heading[1])] = part
    return found


@cache
def headings() -> dict[int, str]:
    return {number: HEADING.match(part)[2] for number, part in parts().items()}


def calls(source: str, method: str) -> list[ast.Call]:
    """Return the calls of `trial.method(…)` in a cell."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"trial.{method}"
    ]


@cache
def judged() -> dict[int, tuple]:
    """Return for each claim the cell that judges it, and the verdict under that cell."""
    found = {}
    for cell in cells():
        if cell.cell_type == "code":
            for call in calls(cell.source, "judge"):
                number = ast.literal_eval(call.args[0])
                ((_, said, verdict, _),) = VERDICT.findall(words(cell))
                assert int(said) == number, f"claim {number} is judged as {said}"
                assert number not in found, f"claim {number} is judged twice"
                found[number] = (cell, verdict)
    return found


CLAIMS = {claim.number: claim for claim in articles.claims()}


def test_about_forty_claims_and_each_is_heard():
    assert 38 <= len(CLAIMS) <= 45
    assert list(headings()) == list(judged()) == list(CLAIMS)


def test_each_claim_says_where_it_stands():
    for number, claim in CLAIMS.items():
        assert claim.section in SECTIONS[claim.article], f"claim {number}: {claim.section!r} is no heading"
        source = SOURCE.search(parts()[number])
        assert source, f"claim {number} has no source"
        assert int(source[1]) == claim.article, f"claim {number} names two articles"
        section = f"{source[2]} ({source[3]})" if source[3] else source[2]
        assert section is None or section == claim.section, f"claim {number} names two sections"


def test_a_verdict_is_found_and_not_written():
    for number, (cell, _) in judged().items():
        (judge,) = calls(cell.source, "judge")
        evidence = {keyword.arg: keyword.value for keyword in judge.keywords}
        assert list(evidence) == ["as_said", "kindly"], f"claim {number}: both are tried for every claim"
        for value in evidence.values():
            names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
            assert names - {"np", *dir(builtins)}, (
                f"the evidence of claim {number} is no result: {ast.unparse(value)}"
            )


def test_no_code_names_the_condition_of_a_claim():
    for number, claim in CLAIMS.items():
        assert claim.condition not in judged()[number][0].source


def predicted() -> set[int]:
    return {number for number, part in parts().items() if PROMPT.search(part)}


def test_to_be_asked_for_a_prediction_tells_nothing_about_the_verdict():
    """Claims of each verdict are predicted about as often."""
    given = {number: verdict for number, (_, verdict) in judged().items()}
    overall = len(predicted()) / len(given)
    for verdict in VERDICTS:
        of_this = {number for number in given if given[number] == verdict}
        share = len(of_this & predicted()) / len(of_this)
        assert abs(share - overall) < 0.1, f"{verdict}: {share:.0%} are predicted, of all {overall:.0%}"
        assert len(of_this & predicted()) >= 5


def test_each_prediction_of_a_verdict_can_be_a_bet():
    bets = [
        ast.literal_eval(call.args[0])
        for cell in cells()
        if cell.cell_type == "code"
        for call in calls(cell.source, "bet")
    ]
    asked_for_a_number = {headings()[number] for number in predicted() - set(bets)}
    assert asked_for_a_number == {"92 % with the printed call"}
    assert set(bets) <= predicted()
    assert bets == sorted(bets)


def test_no_heading_and_no_text_before_a_run_says_a_verdict():
    for number in predicted():
        text = parts()[number]
        assert not re.search(r"\b(does not hold|holds|is (right|wrong|false|true)|correctly)\b", text), number


def test_all_three_verdicts_are_given_and_the_table_is_what_the_cells_say():
    (table,) = [words(cell) for cell in cells() if cell.id == "verdicts"]
    lines = table.partition("───\n")[2].splitlines()
    assert len(lines) == len(judged())
    for line, (number, (_, verdict)) in zip(lines, judged().items(), strict=True):
        claim = CLAIMS[number]
        needs = {
            HOLDS: "",
            WITH_A_CONDITION: claim.condition,
            DOES_NOT_HOLD: f"tried in vain: {claim.condition}",
        }
        row = [str(number), str(claim.article), claim.says, f"{MARKS[verdict]} {verdict}", needs[verdict]]
        assert re.split(r"\s{2,}", line.strip()) == [entry for entry in row if entry]
    given = [verdict for _, verdict in judged().values()]
    assert all(given.count(verdict) >= 5 for verdict in VERDICTS)
    (counts,) = [words(cell) for cell in cells() if cell.id == "counts"]
    assert counts.split()[-5:] == ["all", str(len(given)), *(str(given.count(v)) for v in VERDICTS)]


@pytest.mark.parametrize(("article", "title", "verdict"), KNOWN, ids=[title for _, title, _ in KNOWN])
def test_what_was_known_is_heard(article: int, title: str, verdict: str):
    (number,) = [number for number, heading in headings().items() if heading == title]
    assert (CLAIMS[number].article, judged()[number][1]) == (article, verdict)


def test_the_long_run_is_one_flag_away():
    source = "\n".join(cell.source for cell in cells() if cell.cell_type == "code")
    values = {
        node.targets[0].id: node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["FULL"]) is False
    seeds = ast.literal_eval(values["SEEDS"])
    runs = [ast.literal_eval(key) for key in values["RUNS"].keys]
    # The last assignment of MEASURED is the one that measures; the stored numbers come before it.
    stored = ast.literal_eval(re.search(r"^MEASURED = (\{.*?^\})", source, re.MULTILINE | re.DOTALL)[1])
    assert len(seeds) >= 3
    assert list(stored) == runs
    assert all(len(reached) == len(seeds) and 0 < min(reached) < 100 for reached in stored.values())
    # As the text says: far from 92 %, the frozen layer ahead in the mean, the cured network at the top.
    mean = {name: sum(reached) / len(reached) for name, reached in stored.items()}
    assert max(max(stored[name]) for name in runs[:2]) < 50
    assert mean["as printed, η = 3"] > mean["repaired, η = 3"]
    assert sum(share > 95 for share in stored["repaired, η = 3"]) == 1  # "one of the three has freed itself"
    assert min(stored[runs[-1]]) > 97


def test_the_short_road_ends_where_the_long_one_does():
    """What stands for the printed call is within a point of the call itself, seed by seed."""
    (short,) = [words(cell) for cell in cells() if cell.id == "run-short-road"]
    (full,) = [words(cell) for cell in cells() if cell.id == "full-table"]
    ends = [
        [[float(number) for number in re.findall(r"\d+\.\d+", line)[-3:]] for line in rows]
        for rows in (short.splitlines()[-2:], full.splitlines()[-5:-3])
    ]
    for there, here in zip(*ends, strict=True):
        assert all(abs(a - b) < 1 for a, b in zip(there, here, strict=True)), (there, here)


def test_the_readme_counts_the_claims():
    readme = (refresh.NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    assert f"| {len(CLAIMS)} claims of the articles" in readme
