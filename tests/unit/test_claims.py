"""A verdict follows from what was found, and from nothing else."""

import numpy as np
import pytest

from nblib.tools.claims import DOES_NOT_HOLD, HOLDS, OPEN, WITH_A_CONDITION, Trial

MARKS = {HOLDS: "✓", WITH_A_CONDITION: "◐", DOES_NOT_HOLD: "✗", OPEN: "?"}


def wet_street():
    return Trial().claim(1, 1, "Weather", "The street is wet")


@pytest.mark.parametrize(
    ("holds", "when", "verdict"),
    [
        (True, None, HOLDS),
        (True, ("it rains", False), HOLDS),
        (True, ("it rains", True), HOLDS),
        (False, ("it rains", True), WITH_A_CONDITION),
        (False, ("it rains", False), DOES_NOT_HOLD),
        (False, None, DOES_NOT_HOLD),
        (np.bool_(True), None, HOLDS),
        (np.bool_(False), ("it rains", np.bool_(True)), WITH_A_CONDITION),
    ],
)
def test_the_verdict_follows_from_the_evidence(holds, when, verdict):
    claim = wet_street().judge(holds=holds, when=when)
    assert (claim.verdict, claim.mark) == (verdict, MARKS[verdict])
    assert repr(claim).startswith(f"{MARKS[verdict]} Claim 1 {verdict}")
    assert ("it rains" in repr(claim)) == (verdict == WITH_A_CONDITION)


def test_a_claim_is_open_until_it_is_judged_and_can_be_judged_anew():
    claim = wet_street()
    assert (claim.verdict, repr(claim)) == (OPEN, "? Claim 1 is open")
    claim.judge(holds=False, when=("it rains", True))
    assert claim.verdict == WITH_A_CONDITION
    claim.judge(holds=False)
    assert (claim.verdict, claim.condition) == (DOES_NOT_HOLD, "")


def test_claims_are_kept_by_number_and_counted():
    trial = Trial()
    trial.claim(3, 1, "C", "c").judge(holds=False)
    trial.claim(1, 2, "A", "a").judge(holds=True)
    trial.claim(2, 3, "B", "b")
    assert [(claim.number, claim.article, claim.section, claim.says) for claim in trial.claims] == [
        (1, 2, "A", "a"),
        (2, 3, "B", "b"),
        (3, 1, "C", "c"),
    ]
    assert trial.counts == {HOLDS: 1, WITH_A_CONDITION: 0, DOES_NOT_HOLD: 1}
    assert repr(trial) == "Trial(3 claims: 1 holds, 0 holds with a condition, 1 does not hold, 1 open)"


def test_a_cell_that_is_run_again_replaces_its_claim():
    trial = Trial()
    trial.claim(1, 1, "A", "a").judge(holds=True)
    trial.claim(1, 1, "A", "a").judge(holds=False)
    assert trial.counts == {HOLDS: 0, WITH_A_CONDITION: 0, DOES_NOT_HOLD: 1}


@pytest.mark.parametrize("found", ["no", 1, 0.0, None, np.array([True, False]), np.array([True])])
def test_only_true_and_false_are_evidence(found):
    claim = wet_street()
    with pytest.raises(TypeError, match="holds must be what was found, True or False"):
        claim.judge(holds=found)
    with pytest.raises(TypeError, match="when must be what was found, True or False"):
        claim.judge(holds=True, when=("it rains", found))
    assert (claim.verdict, claim.condition) == (OPEN, "")


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ((0, 1, "A", "a"), "number"),
        ((1, 0, "A", "a"), "article"),
        ((1, 1, " ", "a"), "section"),
        ((1, 1, "A", ""), "says"),
    ],
)
def test_what_a_claim_lacks_is_named(claim, name):
    trial = Trial()
    with pytest.raises(ValueError, match=f"{name} must be"):
        trial.claim(*claim)
    assert trial.claims == ()


def test_what_a_condition_lacks_is_named():
    with pytest.raises(TypeError, match="when must be a pair"):
        wet_street().judge(holds=False, when="it rains")
    with pytest.raises(ValueError, match="the condition must be"):
        wet_street().judge(holds=False, when=("", True))
