"""A verdict follows from what was found, and from nothing else."""

import numpy as np
import pytest

from nblib.tools import articles
from nblib.tools.claims import DOES_NOT_HOLD, HOLDS, OPEN, VERDICTS, WITH_A_CONDITION, Claim, Trial

MARKS = {HOLDS: "✓", WITH_A_CONDITION: "◐", DOES_NOT_HOLD: "✗", OPEN: "?"}


def wet_street(condition="it rains"):
    return Trial().claim(1, 1, "Weather", "The street is wet", condition)


@pytest.mark.parametrize(
    ("as_said", "kindly", "verdict"),
    [
        (True, None, HOLDS),
        (True, False, HOLDS),
        (True, True, HOLDS),
        (False, True, WITH_A_CONDITION),
        (False, False, DOES_NOT_HOLD),
        (False, None, DOES_NOT_HOLD),
        (np.bool_(True), None, HOLDS),
        (np.bool_(False), np.bool_(True), WITH_A_CONDITION),
    ],
)
def test_the_verdict_follows_from_the_evidence(as_said, kindly, verdict):
    claim = wet_street().judge(as_said=as_said, kindly=kindly)
    assert (claim.verdict, claim.mark) == (verdict, MARKS[verdict])
    assert repr(claim).startswith(f"{MARKS[verdict]} Claim 1 {verdict}")
    assert ("it rains" in repr(claim)) == (verdict == WITH_A_CONDITION)
    needs = {HOLDS: "", WITH_A_CONDITION: "it rains", DOES_NOT_HOLD: "tried in vain: it rains", OPEN: ""}
    assert claim.needs == needs[verdict]


def test_a_claim_is_open_until_it_is_judged_and_can_be_judged_anew():
    claim = wet_street()
    assert (claim.verdict, repr(claim), claim.needs) == (OPEN, "? Claim 1 is open", "")
    claim.judge(as_said=False, kindly=True)
    assert claim.verdict == WITH_A_CONDITION
    claim.judge(as_said=False)
    assert claim.verdict == DOES_NOT_HOLD


def test_claims_are_kept_by_number_and_counted():
    trial = Trial([Claim(3, 1, "C", "c")])
    trial.claim(1, 2, "A", "a")
    trial.claim(2, 3, "B", "b")
    trial.judge(3, as_said=False)
    trial.judge(1, as_said=True)
    assert [(claim.number, claim.article, claim.section, claim.says) for claim in trial.claims] == [
        (1, 2, "A", "a"),
        (2, 3, "B", "b"),
        (3, 1, "C", "c"),
    ]
    assert trial.counts == {HOLDS: 1, WITH_A_CONDITION: 0, DOES_NOT_HOLD: 1}
    assert repr(trial) == "Trial(3 claims: 1 holds, 0 holds with a condition, 1 does not hold, 1 open)"


def test_a_cell_that_is_run_again_replaces_its_claim():
    trial = Trial()
    trial.claim(1, 1, "A", "a").judge(as_said=True)
    trial.claim(1, 1, "A", "a").judge(as_said=False)
    assert trial.counts == {HOLDS: 0, WITH_A_CONDITION: 0, DOES_NOT_HOLD: 1}


def test_bets_are_held_against_the_verdicts():
    trial = Trial([Claim(number, 1, "A", "a", "b") for number in (1, 2, 3, 4)])
    assert trial.bets == "You have made no bets."
    for number, value in ((1, HOLDS), (2, HOLDS), (3, None), (4, DOES_NOT_HOLD)):
        guess = trial.bet(number)
        assert guess.answers == list(VERDICTS)
        guess.value = value
    assert trial.bets == "You have made no bets."  # none of them has been judged
    assert repr(trial.judge(1, as_said=True)) == "✓ Claim 1 holds. You bet: holds"
    assert repr(trial.judge(2, as_said=False)) == "✗ Claim 2 does not hold. You bet: holds"
    assert repr(trial.judge(3, as_said=True)) == "✓ Claim 3 holds"
    assert trial.bets == "Bets made: 2. Right: 1."


@pytest.mark.parametrize("found", ["no", 1, 0.0, np.array([True, False]), np.array([True])])
def test_only_true_and_false_are_evidence(found):
    claim = wet_street()
    with pytest.raises(TypeError, match="as_said must be what was found, True or False"):
        claim.judge(as_said=found)
    with pytest.raises(TypeError, match="kindly must be what was found, True or False"):
        claim.judge(as_said=True, kindly=found)
    assert claim.verdict == OPEN


def test_there_is_no_kindness_without_a_condition():
    claim = wet_street(condition=None)
    with pytest.raises(ValueError, match="kindly must be left out: claim 1 has no condition, got True"):
        claim.judge(as_said=False, kindly=True)
    assert claim.verdict == OPEN


@pytest.mark.parametrize("number", [0, 2])
def test_only_what_is_on_record_is_judged(number):
    trial = Trial([wet_street()])
    for call in (trial.bet, lambda number: trial.judge(number, as_said=True)):
        with pytest.raises(ValueError, match="number must be"):
            call(number)


def test_a_trial_begins_with_claims():
    with pytest.raises(TypeError, match="claims must be an iterable of Claim, got 'The street is wet'"):
        Trial([wet_street(), "The street is wet"])


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ((0, 1, "A", "a"), "number"),
        ((1, 0, "A", "a"), "article"),
        ((1, 1, " ", "a"), "section"),
        ((1, 1, "A", ""), "says"),
        ((1, 1, "A", "a", ""), "condition"),
    ],
)
def test_what_a_claim_lacks_is_named(claim, name):
    trial = Trial()
    with pytest.raises(ValueError, match=f"{name} must be"):
        trial.claim(*claim)
    assert trial.claims == ()


def test_the_claims_of_the_articles_are_open_and_each_has_a_condition_to_try():
    claims = articles.claims()
    assert [claim.number for claim in claims] == list(range(1, len(claims) + 1))
    assert {claim.verdict for claim in claims} == {OPEN}
    assert all(claim.condition for claim in claims)
    assert len({claim.says for claim in claims}) == len(claims)
    articles.claims()[0].judge(as_said=True)
    assert articles.claims()[0].verdict == OPEN
